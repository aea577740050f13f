package field_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"roster/internal/adduser"
	"roster/internal/apikey"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/field"
	"roster/internal/people"
	"roster/internal/user"
)

func TestFieldsByTheAPI(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		k, err := apikey.Create.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), apikey.New{Name: "all", Permissions: authz.OrganizationSet().List()})
		if err != nil {
			t.Fatal(err)
		}
		c := w.Client(t, k.Secret, field.Routes, people.Routes, user.Routes, adduser.Routes)
		const path, users = "/organizations/alpha/custom-fields", "/organizations/alpha/users"
		made := c.Do("POST", path, `{"key": "shirt", "name": "Shirt", "kind": "choice", "choices": ["S", "M"], "required": true}`)
		var f field.Field
		if err := json.Unmarshal([]byte(made.Body), &f); err != nil || made.Status != 201 || made.Header.Get("ETag") != `"v1"` || !strings.HasSuffix(made.Header.Get("Location"), path+"/"+string(f.ID)) {
			t.Fatalf("made: %+v, %v", made, err)
		}
		one, theirs := path+"/"+string(f.ID), path+"/"+string(declare(t, w, w.B, field.New{Key: "shirt", Name: "Shirt", Kind: field.Text}).ID)
		person := users + "/" + string(w.A.User.User.ID)
		for _, test := range []struct {
			method, path, body, ifMatch string
			status                      int
			says                        string
		}{
			{"POST", path, `{}`, "", 422, `"kind","code":"required"`},
			{"POST", path, `{"key": "email", "name": "x", "kind": "text"}`, "", 422, `"key","code":"reserved_key"`},
			{"POST", path, `{"key": "Shirt", "name": "x", "kind": "text"}`, "", 422, `"key","code":"invalid_key"`},
			{"POST", path, `{"key": "shirt", "name": "x", "kind": "text"}`, "", 409, "key_taken"},
			{"POST", path, `{"key": "x", "name": "SHIRT", "kind": "text"}`, "", 409, "name_taken"},
			{"POST", path, `{"key": "x", "name": "x", "kind": "color"}`, "", 422, `"kind"`},
			{"POST", path, `{"key": "days", "name": "Days", "kind": "number", "person_may_edit": true}`, "", 201, `"choices":[]`},
			{"GET", path, "", "", 200, `"items":[{"id":"` + string(f.ID)},
			{"GET", one, "", "", 200, `"choices":["S","M"]`},
			{"PATCH", one, `{"kind": "text"}`, "", 422, `"kind","code":"unknown_field"`},
			{"PATCH", one, `{"key": "other"}`, "", 422, `"key","code":"unknown_field"`},
			{"PATCH", one, `{"choices": null}`, "", 422, `"choices","code":"required"`},
			{"PATCH", one, `{"position": 3}`, "", 422, `"position","code":"out_of_range"`},
			{"PATCH", one, `{"name": "T-shirt"}`, `"v7"`, 412, "version_conflict"},
			{"PATCH", one, `{"name": "T-shirt", "position": 2}`, `"v1"`, 200, `"position":2`},
			{"GET", theirs, "", "", 404, "not_found"},
			{"PATCH", theirs, `{"name": "mine"}`, "", 404, "not_found"},
			{"DELETE", theirs, "", "", 404, "not_found"},
			{"PATCH", person, `{"custom": {"shirt": "M", "days": 2.50}}`, "", 200, `"custom":{"days":2.5,"shirt":"M"}`},
			{"PATCH", person, `{"custom": {"days": null}}`, "", 200, `"custom":{"shirt":"M"}`},
			{"PATCH", person, `{"custom": {"days": "2"}}`, "", 422, `"custom.days","code":"invalid_type"`},
			{"PATCH", person, `{"custom": {"days": 1e400}}`, "", 422, `"custom.days"`},
			{"PATCH", person, `{"custom": {"shirt": {"a": 1}}}`, "", 422, `"custom.shirt","code":"invalid_type"`},
			{"PATCH", person, `{"custom": {"shirt": null}}`, "", 422, `"custom.shirt","code":"required"`},
			{"PATCH", person, `{"custom": {"nothing": "x"}}`, "", 422, `"custom.nothing","code":"unknown_field"`},
			{"PATCH", person, `{"custom": ["x"]}`, "", 422, `"custom","code":"invalid_type"`},
			{"PATCH", person, `{"title": "Welder"}`, "", 200, `"custom":{"shirt":"M"}`},
			{"GET", person, "", "", 200, `"custom":{"shirt":"M"}`},
			{"GET", users + "?q=uma", "", "", 200, `"custom":{"shirt":"M"}`},
			{"POST", users, `{"email": "n@x.example", "first_name": "N", "last_name": "N"}`, "", 422, `"custom.shirt","code":"required"`},
			{"POST", users, `{"email": "n@x.example", "first_name": "N", "last_name": "N", "custom": {"shirt": "S"}}`, "", 201, `"custom":{"shirt":"S"}`},
			{"DELETE", one, "", `"v1"`, 412, "version_conflict"},
			{"DELETE", one, "", `"v2"`, 204, ""},
			{"GET", one, "", "", 404, "not_found"},
			{"GET", person, "", "", 200, `"custom":{}`},
		} {
			var headers []string
			if test.ifMatch != "" {
				headers = []string{"If-Match", test.ifMatch}
			}
			if got := c.Do(test.method, test.path, test.body, headers...); got.Status != test.status || !strings.Contains(got.Body, test.says) {
				t.Errorf("%s %s %s: %+v, want %d %s", test.method, test.path, test.body, got, test.status, test.says)
			}
		}
		if declared(t, w, w.B) != "shirt" || !maps.Equal(get(t, w, w.B, w.B.User.User.ID).Custom, field.Values{}) {
			t.Error("the mirror organization has changed")
		}
		viewer, err := apikey.Create.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), apikey.New{Name: "reads", Permissions: []authz.Permission{authz.UsersView}})
		if err != nil {
			t.Fatal(err)
		}
		c.Key = viewer.Secret
		if got := c.Do("GET", path, ""); got.Status != 200 {
			t.Errorf("who may see users lists the fields: %+v", got)
		}
		if got := c.Do("POST", path, `{"key": "x", "name": "x", "kind": "text"}`); got.Status != 403 {
			t.Errorf("who may see users declares: %+v", got)
		}
	})
}
