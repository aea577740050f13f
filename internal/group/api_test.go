package group_test

import (
	"encoding/json"
	"strings"
	"testing"

	"roster/internal/apikey"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/group"
	"roster/internal/people"
	"roster/internal/user"
)

func TestGroupsByTheAPI(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		k, err := apikey.Create.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), apikey.New{Name: "all", Permissions: authz.OrganizationSet().List()})
		if err != nil {
			t.Fatal(err)
		}
		c := w.Client(t, k.Secret, group.Routes, people.Routes, user.Routes)
		const path = "/organizations/alpha/groups"
		body := `{"name": "Field", "default": false, "defaults": {"role_id": "rol_user", "language": "sv"}, "settings": {"fax_profile": "fine"}}`
		made, again := c.Do("POST", path, body, "Idempotency-Key", "one"), c.Do("POST", path, body, "Idempotency-Key", "one")
		var g struct {
			ID       string
			Default  bool
			Defaults map[string]string
			Settings map[string]string
			Users    int `json:"user_count"`
			Version  int
		}
		if err := json.Unmarshal([]byte(made.Body), &g); err != nil || made.Status != 201 || g.Defaults["language"] != "sv" || g.Settings["fax_profile"] != "fine" || g.Default || g.Version != 1 {
			t.Fatalf("made: %+v, %v", made, err)
		}
		if made.Body != again.Body || made.Header.Get("ETag") != `"v1"` || !strings.HasSuffix(made.Header.Get("Location"), path+"/"+g.ID) {
			t.Errorf("made: %+v, again: %+v", made, again)
		}
		one, theirs := path+"/"+g.ID, string(standard(t, w, w.B).ID)
		home := string(standard(t, w, w.A).ID)
		person := "/organizations/alpha/users/" + string(w.A.User.User.ID)
		for _, test := range []struct {
			method, path, body, ifMatch string
			status                      int
			says                        string
		}{
			{"POST", path, `{}`, "", 422, `"name"`},
			{"POST", path, `{"name": "FIELD"}`, "", 409, "name_taken"},
			{"POST", path, `{"name": "x", "defaults": {"plan": "gold"}}`, "", 422, `"defaults.plan","code":"unknown_field"`},
			{"POST", path, `{"name": "x", "defaults": {"role_id": "rol_king"}}`, "", 422, `"defaults.role_id","code":"unknown_role"`},
			{"POST", path, `{"name": "x", "settings": {"Fax": "1"}}`, "", 422, "invalid_key"},
			{"POST", path, `{"name": "x", "settings": {"fax": 1}}`, "", 422, "invalid_type"},
			{"POST", path, `{"name": "x", "id": "` + theirs + `"}`, "", 422, "unknown_field"},
			{"PATCH", one, `{"settings": {}}`, `"v7"`, 412, "version_conflict"},
			{"PATCH", one, `{"defaults": {"role_id": null}}`, `"v1"`, 200, `"defaults":{"language":"sv"}`},
			{"PATCH", one, `{"settings": null, "defaults": null}`, `"v2"`, 200, `"settings":{}`},
			{"PATCH", path + "/" + home, `{"default": false}`, "", 409, "default_group"},
			{"GET", path + "?count=true", "", "", 200, `"total":2`},
			{"GET", path + "?q=fie", "", "", 200, g.ID},
			{"GET", path + "/" + theirs, "", "", 404, "not_found"},
			{"PATCH", path + "/" + theirs, `{"name": "mine"}`, "", 404, "not_found"},
			{"DELETE", path + "/" + theirs, "", "", 404, "not_found"},
			{"DELETE", path + "/" + home, "", "", 409, "default_group"},
			{"PATCH", person, `{"group_id": "` + theirs + `"}`, "", 422, `"group_id","code":"unknown_group"`},
			{"PATCH", person, `{"group_id": null}`, "", 422, "unknown_group"},
			{"PATCH", person, `{"group_id": "` + g.ID + `"}`, "", 200, `"group_id":"` + g.ID},
			{"GET", "/organizations/alpha/users?group_id=" + g.ID + "&count=true", "", "", 200, `"total":1`},
			{"GET", "/organizations/alpha/users?group_id=" + theirs + "&count=true", "", "", 200, `"total":0`},
			{"GET", one, "", "", 200, `"user_count":1`},
			{"DELETE", one, "", "", 409, "group_in_use"},
			{"DELETE", one + "?move_to=" + theirs, "", "", 422, `"move_to","code":"unknown_group"`},
			{"DELETE", one + "?move_to=" + home, "", `"v1"`, 412, "version_conflict"},
			{"DELETE", one + "?move_to=" + home, "", `"v3"`, 204, ""},
			{"GET", person, "", "", 200, `"group_id":"` + home},
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
		if now := standard(t, w, w.B); now.Version != 1 || now.Users != 2 {
			t.Errorf("the mirror organization has %+v", now)
		}
	})
}
