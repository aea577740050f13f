package service_test

import (
	"strings"
	"testing"

	"roster/internal/apikey"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/org"
	"roster/internal/service"
)

func TestServicesByTheAPI(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		vendor, err := apikey.CreateOperatorKey.Do(t.Context(), w.Door, apptest.OperatorCall(), apikey.NewOperatorKey{Name: "Billing"})
		if err != nil {
			t.Fatal(err)
		}
		admin := func(place apptest.Place) string {
			k, err := apikey.Create.Do(t.Context(), w.Door, place.Admin.Call(place), apikey.New{Name: "all", Permissions: authz.OrganizationSet().List()})
			if err != nil {
				t.Fatal(err)
			}
			return k.Secret
		}
		of := map[string]*apptest.Client{
			"vendor": w.Client(t, vendor.Secret, service.Routes, org.Routes), "admin": w.Client(t, admin(w.A), service.Routes, org.Routes),
			"mirror": w.Client(t, admin(w.B), service.Routes, org.Routes), "nobody": w.Client(t, "", service.Routes),
		}
		const subscriptions = "/organizations/alpha/subscriptions"
		body := `{"key": "fax", "name": "Fax", "link": "https://fax.example", "install_text": "a", "welcome_text": "b", "license_required": true, "uses_numbers": true,
			"permissions": [{"key": "fax.send", "name": "Send", "everybody": true, "delivery": false}]}`
		for _, test := range []struct {
			who, method, path, body, ifMatch string
			status                           int
			says                             string
		}{
			{"admin", "POST", "/services", body, "", 401, "unauthenticated"},
			{"nobody", "GET", "/services", "", "", 401, "unauthenticated"},
			{"vendor", "GET", "/services?count=true", "", "", 200, `{"items":[],"next_cursor":null,"total":0}`},
			{"vendor", "POST", "/services", body, "", 201, `"license_required":true,"uses_numbers":true,"permissions":[{"key":"fax.send","name":"Send","everybody":true,"delivery":false}]`},
			{"vendor", "POST", "/services", body, "", 409, "service_exists"},
			{"vendor", "POST", "/services", `{}`, "", 422, `"key"`},
			{"vendor", "POST", "/services", `{"key": "x1", "name": "X", "plans": []}`, "", 422, `"plans","code":"unknown_field"`},
			{"vendor", "POST", "/services", `{"key": "x1", "name": "X", "permissions": [{"key": "x.y", "name": "Y", "service": "fax"}]}`, "", 422, `"permissions[0].service","code":"unknown_field"`},
			{"vendor", "POST", "/services", `{"key": "x1", "name": "X", "permissions": [{"key": "users.fax", "name": "Y"}]}`, "", 422, `"permissions[0].key","code":"reserved"`},
			{"vendor", "POST", "/services", `{"key": "x1", "name": "X", "permissions": [{"key": "fax.send", "name": "Y"}]}`, "", 409, "permission_taken"},
			{"vendor", "POST", "/services", `{"key": "x1", "name": "X", "link": "http://x.example"}`, "", 422, "invalid_link"},
			{"vendor", "GET", "/services/fax", "", "", 200, `"version":1`},
			{"vendor", "GET", "/services/mail", "", "", 404, "not_found"},
			{"admin", "GET", "/services/fax", "", "", 401, "unauthenticated"},
			{"vendor", "PATCH", "/services/fax", `{"name": "Facsimile"}`, `"v7"`, 412, "version_conflict"},
			{"vendor", "PATCH", "/services/fax", `{"name": "Facsimile", "link": null}`, `"v1"`, 200, `"name":"Facsimile","link":""`},
			{"vendor", "PATCH", "/services/fax", `{"key": "mail"}`, "", 422, "unknown_field"},
			{"vendor", "PATCH", "/services/fax", `{"permissions": []}`, "", 200, `"permissions":[]`},

			{"vendor", "POST", subscriptions, `{"service": "fax", "starts_on": "2026-01-01", "ends_on": "2026-06-30"}`, "", 201, `"service":"fax","service_name":"Facsimile","quantity":0,"starts_on":"2026-01-01","ends_on":"2026-06-30"`},
			{"vendor", "POST", subscriptions, `{"service": "fax", "starts_on": "2026-06-30"}`, "", 409, "already_subscribed"},
			{"vendor", "POST", subscriptions, `{"service": "fax", "quantity": 3}`, "", 422, `"quantity","code":"not_wanted"`},
			{"vendor", "POST", subscriptions, `{"service": "mail"}`, "", 422, "unknown_service"},
			{"vendor", "POST", subscriptions, `{"service": "fax", "starts_on": "soon"}`, "", 422, `"starts_on","code":"invalid_date"`},
			{"vendor", "POST", "/organizations/nowhere/subscriptions", `{"service": "fax"}`, "", 404, "not_found"},
			{"admin", "POST", subscriptions, `{"service": "fax", "starts_on": "2027-01-01"}`, "", 401, "unauthenticated"},
			{"admin", "GET", subscriptions + "?count=true", "", "", 200, `"total":1`},
			{"vendor", "GET", subscriptions, "", "", 200, `"service":"fax"`},
			{"mirror", "GET", subscriptions, "", "", 404, "not_found"},
			{"mirror", "GET", "/organizations/beta/subscriptions", "", "", 200, `"items":[]`},
			{"admin", "GET", "/organizations/alpha/settings", "", "", 200, `"welcome_mails":true`},
			{"admin", "PATCH", "/organizations/alpha/settings", `{"welcome_mails": false}`, "", 200, `"welcome_mails":false`},
			{"mirror", "GET", "/organizations/beta/settings", "", "", 200, `"welcome_mails":true`},
		} {
			var headers []string
			if test.ifMatch != "" {
				headers = []string{"If-Match", test.ifMatch}
			}
			if got := of[test.who].Do(test.method, test.path, test.body, headers...); got.Status != test.status || !strings.Contains(got.Body, test.says) {
				t.Errorf("%s: %s %s %s: %+v, want %d %s", test.who, test.method, test.path, test.body, got, test.status, test.says)
			}
		}
		made := of["vendor"].Do("POST", subscriptions, `{"service": "fax"}`, "Idempotency-Key", "one")
		again := of["vendor"].Do("POST", subscriptions, `{"service": "fax"}`, "Idempotency-Key", "one")
		if made.Status != 201 || made.Body != again.Body || !strings.Contains(made.Header.Get("Location"), subscriptions+"/sub_") {
			t.Fatalf("made: %+v, again: %+v", made, again)
		}
		_, one, _ := strings.Cut(made.Header.Get("Location"), "/api/v1")
		for _, test := range []struct {
			who, method, body, ifMatch string
			status                     int
			says                       string
		}{
			{"admin", "GET", "", "", 200, `"state":"current"`},
			{"mirror", "GET", "", "", 404, "not_found"},
			{"admin", "PATCH", `{"ends_on": null}`, "", 401, "unauthenticated"},
			{"vendor", "PATCH", `{"ends_on": "2020-01-01"}`, "", 422, "ends_before_start"},
			{"vendor", "PATCH", `{"service": "mail"}`, "", 422, "unknown_field"},
			{"vendor", "PATCH", `{"ends_on": "2099-01-01"}`, `"v3"`, 412, "version_conflict"},
			{"vendor", "PATCH", `{"ends_on": "2099-01-01"}`, `"v1"`, 200, `"ends_on":"2099-01-01","state":"current"`},
			{"vendor", "PATCH", `{"starts_on": "2026-01-01"}`, "", 409, "already_subscribed"},
		} {
			var headers []string
			if test.ifMatch != "" {
				headers = []string{"If-Match", test.ifMatch}
			}
			if got := of[test.who].Do(test.method, one, test.body, headers...); got.Status != test.status || !strings.Contains(got.Body, test.says) {
				t.Errorf("%s: %s %s: %+v, want %d %s", test.who, test.method, test.body, got, test.status, test.says)
			}
		}
	})
}
