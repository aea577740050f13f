package number_test

import (
	"encoding/json"
	"strings"
	"testing"

	"roster/internal/adduser"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/number"
	"roster/internal/people"
	"roster/internal/user"
)

func TestNumbersByTheAPI(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		_, key := keyWith(t, w, authz.OrganizationSet().List()...)
		c := w.Client(t, key, number.Routes, people.Routes, user.Routes, adduser.Routes)
		theirs := string(add(t, w, w.B.Admin.Call(w.B), number.Input{Number: "+4681234567"}).ID)
		const path = "/organizations/alpha/numbers"
		body := `{"number": "+46 8 123 45 67", "kind": "personal"}`
		made, again := c.Do("POST", path, body, "Idempotency-Key", "one"), c.Do("POST", path, body, "Idempotency-Key", "one")
		var n struct{ ID, Number string }
		if err := json.Unmarshal([]byte(made.Body), &n); err != nil || made.Status != 201 || n.Number != "+4681234567" || made.Body != again.Body {
			t.Fatalf("made: %+v, again %+v, %v", made, again, err)
		}
		if several := c.Do("POST", path, `{"numbers": ["+4930129999"]}`); several.Status != 201 || strings.Contains(several.Body, `"version"`) || strings.Contains(several.Body, `"created_at"`) {
			t.Errorf("several: %+v", several)
		}
		one, uma := path+"/"+n.ID, string(w.A.User.User.ID)
		person := "/organizations/alpha/users/" + uma
		for _, test := range []struct {
			method, path, body, ifMatch string
			status                      int
			says                        string
		}{
			{"POST", path, `{}`, "", 422, `"number","code":"required"`},
			{"POST", path, body, "", 409, "number_taken"},
			{"POST", path, `{"number": "12"}`, "", 422, "invalid_number"},
			{"POST", path, `{"number": 12}`, "", 422, "invalid_type"},
			{"POST", path, `{"from": "+4681234560", "to": "+4681234565"}`, "", 201, `"results":[{"number":"+4681234560","outcome":"added","number_id":"num_`},
			{"POST", path, `{"numbers": ["+4681234560", "x"], "kind": "shared"}`, "", 201, `"outcome":"taken"`},
			{"POST", path, `{"number": "+4681234599", "id": "` + theirs + `"}`, "", 422, "unknown_field"},
			{"GET", path + "?count=true&q=456&assigned=false&kind=personal", "", "", 200, `"total":7`},
			{"GET", path + "?assigned=maybe", "", "", 400, "invalid_parameter"},
			{"GET", path + "/" + theirs, "", "", 404, "not_found"},
			{"PATCH", path + "/" + theirs, `{"kind": "shared"}`, "", 404, "not_found"},
			{"DELETE", path + "/" + theirs, "", "", 404, "not_found"},
			{"PATCH", one, `{"user_id": "` + string(w.B.User.User.ID) + `"}`, "", 422, "unknown_user"},
			{"PATCH", one, `{"user_id": "` + uma + `"}`, `"v7"`, 412, "version_conflict"},
			{"PATCH", one, `{"user_id": "` + uma + `"}`, `"v1"`, 200, `"user_name":"Uma User-Alpha"`},
			{"GET", person, "", "", 200, `"number_ids":["` + n.ID + `"]`},
			{"GET", "/organizations/alpha/users?q=uma", "", "", 200, `"number_ids":["` + n.ID + `"]`},
			{"GET", path + "?assigned=true&count=true", "", "", 200, `"total":1`},
			{"DELETE", one, "", "", 409, "number_assigned"},
			{"POST", person + "/numbers", `{"number_id": "` + n.ID + `"}`, "", 409, "number_assigned"},
			{"POST", person + "/numbers", `{"number_id": "` + theirs + `"}`, "", 422, "unknown_number"},
			{"POST", person + "/numbers", `{"number_id": "` + n.ID + `", "next_number": "any"}`, "", 422, "required"},
			{"POST", person + "/numbers", `{"next_number": "group"}`, "", 200, `"+4681234560"`},
			{"PATCH", one, `{"user_id": null, "kind": "main"}`, "", 200, `"kind":"main"`},
			{"POST", path, `{"number": "+4681234599", "kind": "main"}`, "", 409, "main_number_exists"},
			{"POST", "/organizations/alpha/users", `{"email": "n@alpha.example", "first_name": "N", "last_name": "N", "next_number": "any"}`, "", 201, `"number_ids":["num_`},
			{"DELETE", one, "", `"v1"`, 412, "version_conflict"},
			{"DELETE", one, "", `"v3"`, 204, ""},
			{"GET", one, "", "", 404, "not_found"},
		} {
			var headers []string
			if test.ifMatch != "" {
				headers = []string{"If-Match", test.ifMatch}
			}
			if got := c.Do(test.method, test.path, test.body, headers...); got.Status != test.status || !strings.Contains(got.Body, test.says) {
				t.Errorf("%s %s %s: %+v, want %d %s", test.method, test.path, test.body, got, test.status, test.says)
			}
		}
		_, lesser := keyWith(t, w, authz.UsersManage, authz.UsersView)
		c = w.Client(t, lesser, number.Routes, adduser.Routes)
		for _, test := range [][3]string{{"GET", path, ""}, {"POST", path, body}, {"POST", person + "/numbers", `{"next_number": "any"}`}} {
			if got := c.Do(test[0], test[1], test[2]); got.Status != 403 {
				t.Errorf("%v without the permission: %+v", test, got)
			}
		}
		if got := c.Do("POST", "/organizations/alpha/users", `{"email": "m@alpha.example", "first_name": "M", "last_name": "M", "next_number": "any"}`); got.Status != 403 {
			t.Errorf("with a user, without the permission: %+v", got)
		}
	})
}
