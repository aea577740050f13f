package team_test

import (
	"regexp"
	"strings"
	"testing"

	"roster/internal/apikey"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/patch"
	"roster/internal/people"
	"roster/internal/team"
	"roster/internal/user"
)

// keyOf is a key of A that may do this.
func keyOf(t *testing.T, w *apptest.World, may ...authz.Permission) string {
	t.Helper()
	k, err := apikey.Create.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), apikey.New{Name: "Teams", Permissions: may})
	if err != nil {
		t.Fatal(err)
	}
	return k.Secret
}

func TestAnAdminManagesTeamsInThePortal(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, team.Pages, people.Pages).As(w.A.Admin, w.A)
		if empty := b.Get("/o/alpha/teams"); !empty.Has("There is no team yet", "/o/alpha/teams/new") {
			t.Errorf("without teams: %+v", empty)
		}
		if wrong := b.Post("/o/alpha/teams", "name", " ", "description", "keep me"); wrong.Status != 422 || !wrong.Has(`id="name-e"`, "keep me") {
			t.Errorf("without a name: %+v", wrong)
		}
		made := b.Post("/o/alpha/teams", "name", "Field <b>service</b>", "description", "Those outside")
		page := b.Follow(made)
		if !page.Has("Field &lt;b&gt;service&lt;/b&gt;", "Now add people to it.", "Nobody is in the team yet") {
			t.Fatalf("made: %+v", page)
		}
		if twice := b.Post("/o/alpha/teams", "name", "field <B>service</B>"); twice.Status != 422 || !twice.Has("There is a team with this name already.") {
			t.Errorf("the same name: %+v", twice)
		}
		at := made.Location
		added := b.Post(at+"/members", "members", "user@alpha.example; Ada Admin-Alpha, ghost@alpha.example")
		if !added.Has("2 of 3 added", "Nobody here has this address or name.", "ghost@alpha.example</textarea>", "Uma User-Alpha") {
			t.Errorf("added: %+v", added)
		}
		if none := b.Post(at+"/members", "members", "  "); none.Status != 422 || !none.Has(`id="members-e"`) {
			t.Errorf("nobody: %+v", none)
		}
		if list := b.Get("/o/alpha/teams"); !list.Has("1 team, by name", ">2</td>") {
			t.Errorf("the list: %+v", list)
		}
		if found := b.Get(at + "?q=uma"); !found.Has("1 of 2 people", "Uma") || found.Has("Ada Admin-Alpha</bdi></a>") {
			t.Errorf("searched: %+v", found)
		}
		if users := b.Get("/o/alpha/users?team=" + strings.TrimPrefix(at, "/o/alpha/teams/")); !users.Has("2 users, ", `aria-label="Remove filter Team"`, "Field &lt;b&gt;service") {
			t.Errorf("users of the team: %+v", users)
		}
		card := "/o/alpha/users/" + string(w.A.User.User.ID)
		if c := b.Get(card); !c.Has(`<a href="` + at + `">`) {
			t.Errorf("the card: %+v", c)
		}
		ask := regexp.MustCompile(`members/usr_[0-9a-z]+/remove`).FindString(b.Get(at + "?q=uma").Body)
		if question := b.Get(at + "/" + ask); !question.Has("Remove Uma User-Alpha from Field") {
			t.Errorf("asked: %+v", question)
		}
		if removed := b.Follow(b.Post(at + "/" + ask)); !removed.Has("not in the team any more", "1 person, by name") {
			t.Errorf("removed: %+v", removed)
		}
		if question := b.Get(at + "/delete"); !question.Has("1 person loses it.") {
			t.Errorf("before deleting: %+v", question)
		}
		if saved := b.Follow(b.Post(at+"/edit", "name", "Field", "description", "", "version", "1")); !saved.Has("Saved.", "<bdi>Field</bdi>") {
			t.Errorf("renamed: %+v", saved)
		}
		if late := b.Post(at+"/edit", "name", "Late", "version", "1"); late.Status != 412 || !late.Has("Somebody changed the team meanwhile.", `value="Late"`) {
			t.Errorf("on an old version: %+v", late)
		}
		for name, other := range map[string]*apptest.Browser{
			"a plain user": w.Browser(t, team.Pages).As(w.A.User, w.A), "an admin of B": w.Browser(t, team.Pages).As(w.B.Admin, w.B),
		} {
			path := at
			if name == "an admin of B" {
				path = strings.Replace(at, "alpha", "beta", 1)
			}
			for _, got := range []apptest.Answer{other.Get(path), other.Post(path + "/delete"), other.Post(path+"/members", "members", "user@beta.example")} {
				if got.Status != 404 {
					t.Errorf("%s: %+v", name, got)
				}
			}
		}
		if gone := b.Follow(b.Post(at + "/delete")); !gone.Has("The team has been deleted.", "There is no team yet") {
			t.Errorf("deleted: %+v", gone)
		}
	})
}

func TestTheFormOfAUserSetsTeams(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		one, two := create(t, w, admin, "One"), create(t, w, admin, "Two")
		b := w.Browser(t, people.Pages).As(w.A.Admin, w.A)
		at := "/o/alpha/users/" + string(w.A.User.User.ID) + "/edit"
		names := []string{"first_name", "Uma", "last_name", "User-Alpha"}
		save := func(pairs ...string) []string {
			t.Helper()
			if got := b.Post(at, append(pairs, names...)...); got.Status != 303 {
				t.Fatalf("saved: %+v", got)
			}
			var ids []string
			for _, one := range get(t, w, admin, w.A.User.User.ID).Teams {
				ids = append(ids, string(one))
			}
			return ids
		}
		if got := save("teams", "shown", "team_ids", string(one.ID), "team_ids", string(two.ID)); len(got) != 2 {
			t.Errorf("both: %v", got)
		}
		if form := b.Get(at); !regexp.MustCompile(`value="` + string(two.ID) + `" checked`).MatchString(form.Body) {
			t.Errorf("the form: %+v", form)
		}
		if got := save("title", "x"); len(got) != 2 {
			t.Errorf("a form without teams: %v", got)
		}
		if got := save("teams", "shown"); len(got) != 0 {
			t.Errorf("none checked: %v", got)
		}
		if wrong := b.Post(at, append([]string{"teams", "shown", "team_ids", "tea_x"}, names...)...); wrong.Status != 422 || !wrong.Has(`id="team_ids-e"`) {
			t.Errorf("an unknown one: %+v", wrong)
		}
	})
}

// A key that manages users and no teams moves nobody.
func TestTeamsOfAUserNeedTheirOwnPermission(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		one := create(t, w, w.A.Admin.Call(w.A), "One")
		c := w.Client(t, keyOf(t, w, authz.UsersManage, authz.UsersView), user.Routes)
		at := "/organizations/alpha/users/" + string(w.A.User.User.ID)
		if got := c.Do("PATCH", at, `{"team_ids": ["`+string(one.ID)+`"], "title": "no"}`); got.Status != 403 || !strings.Contains(got.Body, "teams.manage") {
			t.Errorf("got %+v", got)
		}
		if got := c.Do("PATCH", at, `{"team_ids": [], "title": "yes"}`); got.Status != 200 || !strings.Contains(got.Body, `"team_ids":[]`) {
			t.Errorf("the teams as they are: %+v", got)
		}
		if _, err := user.Change.Do(t.Context(), w.Door, w.A.User.Call(w.A), user.Update{ID: w.A.User.User.ID, Teams: patch.To(user.Teams{one.ID})}); !errs.Is(err, "forbidden") {
			t.Errorf("a plain user moves themselves: %v", err)
		}
	})
}
