package apikey_test

import (
	"encoding/json"
	"strings"
	"testing"

	"roster/internal/apikey"
	"roster/internal/app/apptest"
	"roster/internal/authz"
)

func TestKeysByTheAPI(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		k, _ := key(t, w, w.A.Admin.Call(w.A), authz.APIKeysManage, authz.UsersView)
		c := w.Client(t, k.Secret, apikey.Routes)
		body := `{"name": "Payroll", "permissions": ["users.view"], "expires_at": "2999-01-01T00:00:00Z"}`
		made := c.Do("POST", "/organizations/alpha/api-keys", body, "Idempotency-Key", "one")
		again := c.Do("POST", "/organizations/alpha/api-keys", body, "Idempotency-Key", "one")
		var answer struct{ ID, Key, State string }
		if err := json.Unmarshal([]byte(made.Body), &answer); err != nil || made.Status != 201 || !strings.HasPrefix(answer.Key, "rst_key_") || answer.State != "active" {
			t.Fatalf("made: %+v, %v", made, err)
		}
		if again.Body != made.Body {
			t.Errorf("repeated: %+v, at first %+v", again, made)
		}
		if at := made.Header.Get("Location"); !strings.HasSuffix(at, "/organizations/alpha/api-keys/"+answer.ID) {
			t.Errorf("it is said to be at %q", at)
		}
		list := c.Do("GET", "/organizations/alpha/api-keys?count=true", "")
		if list.Status != 200 || !strings.Contains(list.Body, `"total":2`) || strings.Contains(list.Body, "rst_key_") {
			t.Errorf("listed: %+v", list)
		}
		for _, test := range []struct {
			method, path, body string
			status             int
			code               string
		}{
			{"POST", "/organizations/alpha/api-keys", `{"name": "x", "permissions": ["settings.manage"]}`, 403, "grant_exceeds_own"},
			{"POST", "/organizations/alpha/api-keys", `{"name": "x", "permissions": ["root"]}`, 422, "validation_failed"},
			{"POST", "/organizations/alpha/api-keys", `{"name": "x", "permissions": ["users.view"], "key": "mine"}`, 422, "validation_failed"},
			{"GET", "/organizations/alpha/api-keys/" + answer.ID, "", 200, ""},
			{"GET", "/organizations/beta/api-keys/" + answer.ID, "", 404, "not_found"},
			{"GET", "/organizations/alpha/api-keys?api_key=" + k.Secret, "", 400, "credential_in_url"},
			{"GET", "/operator-keys", "", 401, "unauthenticated"},
			{"POST", "/operator-keys", `{"name": "x"}`, 401, "unauthenticated"},
			{"DELETE", "/operator-keys/" + answer.ID, "", 401, "unauthenticated"},
			{"DELETE", "/organizations/alpha/api-keys/" + answer.ID, "", 204, ""},
			{"DELETE", "/organizations/alpha/api-keys/" + answer.ID, "", 404, "not_found"},
			{"DELETE", "/organizations/alpha/api-keys/" + string(k.ID), "", 204, ""}, // itself
			{"GET", "/organizations/alpha/api-keys", "", 401, "unauthenticated"},
		} {
			if got := c.Do(test.method, test.path, test.body); got.Status != test.status || got.Code() != test.code {
				t.Errorf("%s %s %s: %+v, want %d %s", test.method, test.path, test.body, got, test.status, test.code)
			}
		}
		vendors, _ := operatorKey(t, w)
		c.Key = vendors.Secret
		if got := c.Do("GET", "/operator-keys", ""); got.Status != 200 || !strings.Contains(got.Body, string(vendors.ID)) {
			t.Errorf("operator keys: %+v", got)
		}
		if got := c.Do("DELETE", "/operator-keys/"+string(vendors.ID), ""); got.Status != 204 {
			t.Errorf("an operator key revokes itself: %+v", got)
		}
		if got := c.Do("GET", "/operator-keys", ""); got.Status != 401 {
			t.Errorf("afterwards: %+v", got)
		}
	})
}
