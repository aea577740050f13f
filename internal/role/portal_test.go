package role_test

import (
	"regexp"
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/role"
	"roster/internal/user"
)

var rolePath = regexp.MustCompile(`^/o/alpha/roles/(rol_[0-9a-z]{26})$`)

func TestAnAdminWorksWithRoles(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b, home := w.Browser(t, role.Pages).As(w.A.Admin, w.A), string(w.A.User.User.Group)
		if list := b.Get("/o/alpha/roles"); !list.Has("2 roles", ">built in<", "Not everybody who helps has to be an admin.", "/o/alpha/users?role=rol_admin") || list.Has("/delete") {
			t.Errorf("at first: %+v", list)
		}
		if page := b.Get("/o/alpha/roles/rol_admin"); !page.Has("Built in.", "apikeys.manage") || page.Has("/edit") {
			t.Errorf("a role that is built in: %+v", page)
		}
		if away := b.Get("/o/alpha/roles/rol_admin/edit"); away.Location != "/o/alpha/roles/rol_admin" {
			t.Errorf("its form: %+v", away)
		}
		if form := b.Get("/o/alpha/roles/new"); !form.Has(`id="p-users.view"`, `name="group_ids"`, "Create role", ">Roster<") || form.Has("disabled") {
			t.Errorf("the form: %+v", form)
		}
		wrong := b.Post("/o/alpha/roles", "name", "admin", "description", "kept", "permissions", "users.view", "group_ids", home)
		if wrong.Status != 422 || !wrong.Has(`id="name-e"`, `value="admin"`, `value="kept"`, `value="users.view" checked`, `value="`+home+`" checked`) {
			t.Errorf("the name of one that is built in: %+v", wrong)
		}
		if wrong := b.Post("/o/alpha/roles", "name", "x", "permissions", "users.fly"); wrong.Status != 422 || !wrong.Has(`id="permissions-e"`, `value="x"`) {
			t.Errorf("an unknown permission: %+v", wrong)
		}
		if look := b.Post("/o/alpha/roles", "name", "Desk", "find", "nothing", "group_ids", home, "look", "1"); look.Status != 200 || !look.Has(`value="Desk"`, `value="nothing"`, `value="`+home+`" checked`) {
			t.Errorf("looked for more: %+v", look)
		}
		made := b.Post("/o/alpha/roles", "name", "Desk", "permissions", "users.view", "permissions", "users.manage", "group_ids", home)
		at := made.Location
		if !rolePath.MatchString(at) {
			t.Fatalf("made: %+v", made)
		}
		if page := b.Follow(made); !page.Has("The role has been created.", "Nobody has it.", "users.manage", "In one of the groups", "Default") {
			t.Errorf("the role: %+v", page)
		}
		if saved := b.Follow(b.Post(at+"/edit", "version", "1", "name", "Desk", "permissions", "users.view", "group_ids", home)); !saved.Has("Saved.") || saved.Has("users.manage") {
			t.Errorf("saved: %+v", saved)
		}
		if late := b.Post(at+"/edit", "version", "1", "name", "Too late"); late.Status != 412 || !late.Has("Somebody changed this role", `value="Too late"`, `name="version" value="2"`) {
			t.Errorf("saved over another change: %+v", late)
		}
		given := id.Role(rolePath.FindStringSubmatch(at)[1])
		if err := give(t, w, w.A.Admin.Call(w.A), w.A.User.User.ID, given, user.Access{}); err != nil {
			t.Fatal(err)
		}
		if question := b.Get(at + "/delete"); !question.Has("1 user has it.", "/o/alpha/users?role="+string(given)) || question.Has(">Delete role<") {
			t.Errorf("the question: %+v", question)
		}
		if refused := b.Post(at + "/delete"); refused.Status != 409 || !refused.Has("1 user has it.") {
			t.Errorf("deleted: %+v", refused)
		}
		if err := give(t, w, w.A.Admin.Call(w.A), w.A.User.User.ID, authz.RoleUser, user.Access{}); err != nil {
			t.Fatal(err)
		}
		for name, other := range map[string]*apptest.Browser{"a plain user": w.Browser(t, role.Pages).As(w.A.User, w.A)} {
			for _, answer := range []apptest.Answer{other.Get(at), other.Get(at + "/edit"), other.Post(at + "/delete")} {
				if answer.Status != 404 {
					t.Errorf("%s: %+v", name, answer)
				}
			}
		}
		if done := b.Follow(b.Post(at + "/delete")); !done.Has("The role has been deleted.", "2 roles") {
			t.Errorf("deleted: %+v", done)
		}
	})
}

// Whoever has less sees what they cannot give, and why.
func TestTheFormOfSomebodyWithLess(t *testing.T) {
	w := apptest.New(t, apptest.SQLite(t))
	lesser := create(t, w, w.A.Admin.Call(w.A), "Lesser", authz.Limits{}, authz.RolesManage)
	above := create(t, w, w.A.Admin.Call(w.A), "Above", authz.Limits{}, authz.AuditView)
	lee := w.Person(t, w.A.Org, "Lee", "Lesser", "lee@alpha.example", lesser.ID)
	b := w.Browser(t, role.Pages).As(lee, w.A)
	if form := b.Get("/o/alpha/roles/new"); !form.Has("You do not have it yourself.", `value="audit.view" disabled`) {
		t.Errorf("the form: %+v", form)
	}
	if page := b.Get("/o/alpha/roles/" + string(above.ID)); !page.Has("You cannot change this role.") || page.Has("/edit") {
		t.Errorf("a role above: %+v", page)
	}
	if wrong := b.Post("/o/alpha/roles", "name", "x", "permissions", "audit.view"); wrong.Status != 422 || !wrong.Has(`id="permissions-e"`, `value="x"`) {
		t.Errorf("made all the same: %+v", wrong)
	}
}
