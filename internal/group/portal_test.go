package group_test

import (
	"regexp"
	"strings"
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/group"
)

var groupPath = regexp.MustCompile(`^/o/alpha/groups/(grp_[0-9a-z]{26})$`)

func TestAnAdminWorksWithGroups(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, group.Pages).As(w.A.Admin, w.A)
		if list := b.Get("/o/alpha/groups"); !list.Has("Default", ">default<", "1 group, by name", "nothing of its own") || list.Has("/delete") {
			t.Errorf("at first: %+v", list)
		}
		if form := b.Get("/o/alpha/groups/new"); !form.Has(`name="setting"`, `value="rol_admin"`, "None of its own", "Create group") {
			t.Errorf("the form: %+v", form)
		}
		wrong := b.Post("/o/alpha/groups", "name", " default", "role_id", "rol_admin", "setting", "fax_profile", "value", "fine")
		if wrong.Status != 422 || !wrong.Has("Another group has this name", `value="fine"`, `value="fax_profile"`, `value="rol_admin" selected`) {
			t.Errorf("a name that is taken: %+v", wrong)
		}
		wrong = b.Post("/o/alpha/groups", "name", "", "setting", "Fax", "value", "fine", "setting", "", "value", "")
		if wrong.Status != 422 || !wrong.Has(`id="name-e"`, `id="setting-0-e"`, `value="Fax"`) {
			t.Errorf("a wrong key: %+v", wrong)
		}
		more := b.Post("/o/alpha/groups", "name", "Field", "setting", "a", "value", "1", "setting", "b", "value", "2", "more", "1")
		if more.Status != 200 || !more.Has(`value="Field"`, `value="b"`, `id="setting-4"`) || more.Has(`id="setting-5"`) {
			t.Errorf("more rows: %+v", more)
		}
		made := b.Post("/o/alpha/groups", "name", "Field", "role_id", "", "language", "sv", "setting", "fax_profile", "value", "fine", "setting", "gone", "value", "")
		at := made.Location
		if !groupPath.MatchString(at) {
			t.Fatalf("made: %+v", made)
		}
		if page := b.Follow(made); !page.Has("The group has been created.", "svenska", "fax_profile", "fine", "none of its own", "Make default", "/o/alpha/users?group=grp_") || page.Has("gone") {
			t.Errorf("the group: %+v", page)
		}
		edit := b.Get(at + "/edit")
		if !edit.Has(`value="Field"`, `value="sv"`, `name="version" value="1"`) {
			t.Errorf("the form to edit: %+v", edit)
		}
		if saved := b.Follow(b.Post(at+"/edit", "version", "1", "name", "Field service", "default", "on", "setting", "fax_profile", "value", "")); !saved.Has("Saved.", "Field service", "The default group", "The group has none.") || saved.Has("/delete") {
			t.Errorf("saved: %+v", saved)
		}
		if late := b.Post(at+"/edit", "version", "1", "name", "Too late"); late.Status != 412 || !late.Has("Somebody changed this group", `value="Too late"`, `name="version" value="2"`) {
			t.Errorf("saved over another change: %+v", late)
		}
		if edit := b.Get(at + "/edit"); !edit.Has("To change it, make another group the default.") {
			t.Errorf("the form of the default: %+v", edit)
		}
		if question := b.Get(at + "/delete"); !question.Has("It is the default group.") || question.Has(">Delete group<") {
			t.Errorf("the question about the default: %+v", question)
		}
	})
}

func TestDeletingAGroupAsksWhereItsUsersGo(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		g, home := create(t, w, admin, "Field"), standard(t, w, w.A)
		at := "/o/alpha/groups/" + string(g.ID)
		b := w.Browser(t, group.Pages).As(w.A.Admin, w.A)
		if question := b.Get(at + "/delete"); !question.Has("Delete the group Field?", "Nobody is in it.", ">Delete group<") || question.Has("move_to") {
			t.Errorf("an empty group: %+v", question)
		}
		if err := put(t, w, admin, w.A.User.User.ID, g.ID); err != nil {
			t.Fatal(err)
		}
		if refused := b.Post(at + "/delete"); refused.Status != 409 || !refused.Has("Move 1 user to", `value="`+string(home.ID)+`" selected`) {
			t.Errorf("without saying where: %+v", refused)
		}
		if refused := b.Post(at+"/delete", "move_to", string(standard(t, w, w.B).ID)); refused.Status != 422 || !refused.Has(`id="move_to-e"`) {
			t.Errorf("to a group of another: %+v", refused)
		}
		for name, other := range map[string]*apptest.Browser{
			"a plain user": w.Browser(t, group.Pages).As(w.A.User, w.A), "an admin of B": w.Browser(t, group.Pages).As(w.B.Admin, w.B),
		} {
			path := at
			if name == "an admin of B" {
				path = strings.Replace(at, "alpha", "beta", 1)
			}
			for _, answer := range []apptest.Answer{other.Get(path), other.Get(path + "/delete"), other.Post(path+"/delete", "move_to", string(home.ID)), other.Post(path + "/default")} {
				if answer.Status != 404 {
					t.Errorf("%s: %+v", name, answer)
				}
			}
		}
		if done := b.Follow(b.Post(at+"/delete", "move_to", string(home.ID))); !done.Has("Field has been deleted. 1 user has moved to Default.", "1 group, by name") {
			t.Errorf("deleted: %+v", done)
		}
		if b.Get(at).Status != 404 {
			t.Error("the group is still there")
		}
	})
}

func TestMakeDefaultByAButton(t *testing.T) {
	w := apptest.New(t, apptest.SQLite(t))
	g := create(t, w, w.A.Admin.Call(w.A), "Office")
	b := w.Browser(t, group.Pages).As(w.A.Admin, w.A)
	if done := b.Follow(b.Post("/o/alpha/groups/" + string(g.ID) + "/default")); !done.Has("Office is the default group now.", "The default group") {
		t.Errorf("made: %+v", done)
	}
	if found := b.Get("/o/alpha/groups?q=OFF"); !found.Has("1 group, by name", "Office") || found.Has(">Default<") {
		t.Errorf("searched: %+v", found)
	}
	if none := b.Get("/o/alpha/groups?q=nothing"); !none.Has("No group matches", "Show all groups") {
		t.Errorf("searched for nothing: %+v", none)
	}
}
