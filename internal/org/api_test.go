package org_test

import (
	"strings"
	"testing"

	"roster/internal/apikey"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/op"
	"roster/internal/org"
)

// operatorKey is a key of the operator.
func operatorKey(t *testing.T, w *apptest.World) string {
	t.Helper()
	k, err := apikey.CreateOperatorKey.Do(t.Context(), w.Door, apptest.OperatorCall(), apikey.NewOperatorKey{Name: "Billing"})
	if err != nil {
		t.Fatal(err)
	}
	return k.Secret
}

// adminKey is a key with everything that an admin of the place may do.
func adminKey(t *testing.T, w *apptest.World, place apptest.Place) string {
	t.Helper()
	k, err := apikey.Create.Do(t.Context(), w.Door, place.Admin.Call(place), apikey.New{Name: "Everything", Permissions: authz.OrganizationSet().List()})
	if err != nil {
		t.Fatal(err)
	}
	return k.Secret
}

func TestOrganizationsByTheAPI(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		c := w.Client(t, operatorKey(t, w), org.Routes)
		made := c.Do("POST", "/organizations", `{"name": "Nordlys", "admin_email": "astrid@nordlys.example"}`)
		if made.Status != 201 || made.Header.Get("ETag") != `"v1"` || !strings.Contains(made.Header.Get("Location"), "/organizations/org_") ||
			!strings.Contains(made.Body, `"slug":"nordlys"`) || !strings.Contains(made.Body, `"suspended":false`) {
			t.Fatalf("made: %+v", made)
		}
		w.Newest(t, "astrid@nordlys.example")
		for _, test := range []struct {
			method, path, body, ifMatch string
			status                      int
			code                        string
		}{
			{"POST", "/organizations", `{"name": "Other", "slug": "nordlys"}`, "", 409, "slug_taken"},
			{"POST", "/organizations", `{"name": "", "slug": "N"}`, "", 422, "validation_failed"},
			{"POST", "/organizations", `{"name": "N", "id": "org_00000000000000000000000000"}`, "", 422, "validation_failed"},
			{"GET", "/organizations?q=nord&count=true", "", "", 200, ""},
			{"GET", "/organizations/nordlys", "", "", 200, ""},
			{"GET", "/organizations/nowhere", "", "", 404, "not_found"},
			{"PATCH", "/organizations/nordlys", `{"name": "Nordlys AS"}`, `"v1"`, 200, ""},
			{"PATCH", "/organizations/nordlys", `{"name": "Late"}`, `"v1"`, 412, "version_conflict"},
			{"PATCH", "/organizations/nordlys", `{"slug": "alpha"}`, "", 409, "slug_taken"},
			{"DELETE", "/organizations/nordlys", "", "", 409, "not_suspended"},
			{"PATCH", "/organizations/nordlys", `{"suspended": true}`, `"v2"`, 200, ""},
			{"DELETE", "/organizations/nordlys", "", `"v2"`, 412, "version_conflict"},
			{"DELETE", "/organizations/nordlys", "", `"v3"`, 204, ""},
			{"GET", "/organizations/nordlys", "", "", 404, "not_found"},
		} {
			var headers []string
			if test.ifMatch != "" {
				headers = []string{"If-Match", test.ifMatch}
			}
			if got := c.Do(test.method, test.path, test.body, headers...); got.Status != test.status || got.Code() != test.code {
				t.Errorf("%s %s %s: %+v, want %d %s", test.method, test.path, test.body, got, test.status, test.code)
			}
		}
	})
}

func TestSettingsByTheAPI(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		c := w.Client(t, adminKey(t, w, w.A), org.Routes)
		got := c.Do("GET", "/organizations/alpha/settings", "")
		if got.Status != 200 || got.Header.Get("ETag") != `"v1"` || !strings.Contains(got.Body, `"invitation_days":7`) {
			t.Errorf("read: %+v", got)
		}
		if got := c.Do("PATCH", "/organizations/alpha/settings", `{"invitation_days": 14, "reply_to": null}`, "If-Match", `"v1"`); got.Status != 200 || got.Header.Get("ETag") != `"v2"` {
			t.Errorf("changed: %+v", got)
		}
		if got := c.Do("PATCH", "/organizations/alpha/settings", `{"invitation_days": 3}`, "If-Match", `"v1"`); got.Code() != "version_conflict" {
			t.Errorf("changed on an old version: %+v", got)
		}
		if got := c.Do("PATCH", "/organizations/alpha/settings", `{"slug": "mine"}`); got.Status != 422 {
			t.Errorf("the short name: %+v", got)
		}
		// An organization's key is nobody on the platform, and foreign elsewhere.
		for _, test := range []struct {
			method, path, body string
			status             int
		}{
			{"GET", "/organizations", "", 401}, {"POST", "/organizations", `{"name": "Mine"}`, 401},
			{"GET", "/organizations/alpha", "", 401}, {"PATCH", "/organizations/alpha", `{"name": "Mine"}`, 401}, {"DELETE", "/organizations/alpha", "", 401},
			{"GET", "/organizations/beta/settings", "", 404}, {"PATCH", "/organizations/beta/settings", `{"name": "Mine"}`, 404}, {"GET", "/organizations/nowhere/settings", "", 404},
		} {
			if got := c.Do(test.method, test.path, test.body); got.Status != test.status {
				t.Errorf("%s %s: %+v, want %d", test.method, test.path, got, test.status)
			}
		}
		if theirs, err := org.GetSettings.Do(t.Context(), w.Door, w.B.Admin.Call(w.B), op.Nothing{}); err != nil || theirs.Name != "Beta" {
			t.Errorf("Beta is %+v, %v", theirs, err)
		}
		c.Key = operatorKey(t, w)
		if got := c.Do("PATCH", "/organizations/beta/settings", `{"invitation_days": 3}`); got.Status != 200 {
			t.Errorf("an operator key in Beta: %+v", got)
		}
	})
}
