package role_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"roster/internal/apikey"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/role"
	"roster/internal/secret"
	"roster/internal/user"
)

func create(t *testing.T, w *apptest.World, call op.Call, name string, limits authz.Limits, permissions ...authz.Permission) role.Role {
	t.Helper()
	r, err := role.Create.Do(t.Context(), w.Door, call, role.Input{Name: patch.To(name), Permissions: patch.To(role.Permissions(permissions)), Limits: patch.To(limits)})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return r
}

func give(t *testing.T, w *apptest.World, call op.Call, u id.User, r id.Role, access user.Access) error {
	t.Helper()
	_, err := user.Change.Do(t.Context(), w.Door, call, user.Update{ID: u, Role: patch.To(r), Access: access})
	return err
}

// keyOf is a call with a key that somebody of A has made.
func keyOf(t *testing.T, w *apptest.World, maker op.Call, permissions ...authz.Permission) op.Call {
	t.Helper()
	k, err := apikey.Create.Do(t.Context(), w.Door, maker, apikey.New{Name: "key", Permissions: permissions})
	if err != nil {
		t.Fatal(err)
	}
	hash, _ := secret.HashToken(k.Secret, secret.APIKey)
	return op.Call{By: authz.Caller{Key: hash.Bytes(), Origin: apptest.Origin}, Org: string(w.A.Org.ID)}
}

func TestARoleIsMadeChangedAndDeleted(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, since := w.A.Admin.Call(w.A), w.Now(t)
		r := create(t, w, admin, "Help desk", authz.Limits{}, authz.UsersManage, authz.UsersView)
		for _, name := range []string{"HELP desk", "admin", " Admin", "USER"} {
			if _, err := role.Create.Do(t.Context(), w.Door, admin, role.Input{Name: patch.To(name)}); !errs.Is(err, "name_taken") {
				t.Errorf("another %q: %v", name, err)
			}
		}
		if _, err := role.Create.Do(t.Context(), w.Door, admin, role.Input{Name: patch.To("x"), Permissions: patch.To(role.Permissions{"fax.send"})}); err == nil || !strings.Contains(err.Error(), "unknown_permission") {
			t.Errorf("an unknown permission: %v", err)
		}
		if _, err := role.Create.Do(t.Context(), w.Door, admin, role.Input{Name: patch.To("x"), Limits: patch.To(authz.Limits{Groups: []id.Group{w.B.User.User.Group}})}); err == nil || !strings.Contains(err.Error(), "unknown_limit") {
			t.Errorf("limited to a group of another: %v", err)
		}
		changed, err := role.Change.Do(t.Context(), w.Door, admin, role.Update{ID: r.ID, Version: 1, Input: role.Input{
			Description: patch.To("First line"), Limits: patch.To(authz.Limits{Groups: []id.Group{w.A.User.User.Group}}),
		}})
		if err != nil || changed.Version != 2 || len(changed.Permissions) != 2 || len(changed.Limits.Groups) != 1 || changed.Name != "Help desk" {
			t.Fatalf("changed to %+v, %v", changed, err)
		}
		if same, err := role.Change.Do(t.Context(), w.Door, admin, role.Update{ID: r.ID, Input: role.Input{Description: patch.To("First line")}}); err != nil || same.Version != 2 {
			t.Errorf("changed to the same: %+v, %v", same, err)
		}
		if _, err := role.Change.Do(t.Context(), w.Door, admin, role.Update{ID: r.ID, Version: 1}); !errs.Is(err, "version_conflict") {
			t.Errorf("on an old version: %v", err)
		}
		for _, built := range []id.Role{authz.RoleAdmin, authz.RoleUser} {
			if _, err := role.Change.Do(t.Context(), w.Door, admin, role.Update{ID: built, Input: role.Input{Name: patch.To("x")}}); !errs.Is(err, "built_in_role") {
				t.Errorf("%s is changed: %v", built, err)
			}
			if _, err := role.Delete.Do(t.Context(), w.Door, admin, role.Removal{ID: built}); !errs.Is(err, "built_in_role") {
				t.Errorf("%s is deleted: %v", built, err)
			}
		}
		if err := give(t, w, admin, w.A.User.User.ID, r.ID, user.Access{}); err != nil {
			t.Fatal(err)
		}
		if _, err := role.Delete.Do(t.Context(), w.Door, admin, role.Removal{ID: r.ID}); !errs.Is(err, "role_in_use") {
			t.Errorf("deleted, but somebody has it: %v", err)
		}
		if err := give(t, w, admin, w.A.User.User.ID, authz.RoleUser, user.Access{}); err != nil {
			t.Fatal(err)
		}
		g, err := group.Create.Do(t.Context(), w.Door, admin, group.Input{Name: patch.To("Desk"), Defaults: patch.To(group.DefaultsChange{Role: patch.To(r.ID)})})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := role.Delete.Do(t.Context(), w.Door, admin, role.Removal{ID: r.ID}); !errs.Is(err, "role_in_use") {
			t.Errorf("deleted, but a group gives it: %v", err)
		}
		if _, err := group.Delete.Do(t.Context(), w.Door, admin, group.Removal{ID: g.ID}); err != nil {
			t.Fatal(err)
		}
		if _, err := role.Delete.Do(t.Context(), w.Door, admin, role.Removal{ID: r.ID, Version: 2}); err != nil {
			t.Error(err)
		}
		names := slices.DeleteFunc(apptest.Names(w.Events(t, w.A.Org.ID, since)), func(name string) bool { return !strings.HasPrefix(name, "role.") })
		if want := []string{"role.created", "role.updated", "role.deleted"}; !slices.Equal(names, want) {
			t.Errorf("recorded are %v", names)
		}
		theirs, err := role.List.Do(t.Context(), w.Door, w.B.Admin.Call(w.B), op.Nothing{})
		if err != nil || len(theirs.Items) != 2 {
			t.Errorf("the mirror organization has %+v, %v", theirs, err)
		}
	})
}

// A role that gives more than somebody holds is neither made nor given nor
// changed by them, and what they may not do changes nothing.
func TestNobodyGivesMoreThanTheyHold(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, home := w.A.Admin.Call(w.A), w.A.User.User.Group
		g, err := group.Create.Do(t.Context(), w.Door, admin, group.Input{Name: patch.To("Elsewhere")})
		if err != nil {
			t.Fatal(err)
		}
		mine := authz.Limits{Groups: []id.Group{home}}
		lesser := create(t, w, admin, "Lesser", mine, authz.RolesManage, authz.UsersView, authz.UsersManage)
		above := create(t, w, admin, "Above", authz.Limits{}, authz.AuditView)
		wide := create(t, w, admin, "Wide", authz.Limits{}, authz.UsersView)
		lee := w.Person(t, w.A.Org, "Lee", "Lesser", "lee@alpha.example", lesser.ID)
		call := lee.Call(w.A)
		for name, in := range map[string]role.Input{
			"more permissions":   {Name: patch.To("x"), Permissions: patch.To(role.Permissions{authz.AuditView}), Limits: patch.To(mine)},
			"over everybody":     {Name: patch.To("x"), Permissions: patch.To(role.Permissions{authz.UsersView})},
			"over another group": {Name: patch.To("x"), Permissions: patch.To(role.Permissions{authz.UsersView}), Limits: patch.To(authz.Limits{Groups: []id.Group{home, g.ID}})},
		} {
			if _, err := role.Create.Do(t.Context(), w.Door, call, in); !errs.Is(err, "grant_exceeds_own") {
				t.Errorf("%s: %v", name, err)
			}
		}
		own := create(t, w, call, "Own", mine, authz.UsersView)
		if _, err := role.Change.Do(t.Context(), w.Door, call, role.Update{ID: own.ID, Input: role.Input{Limits: patch.ToNull[authz.Limits]()}}); !errs.Is(err, "grant_exceeds_own") {
			t.Errorf("widened: %v", err)
		}
		for _, r := range []role.Role{above, wide} {
			if _, err := role.Change.Do(t.Context(), w.Door, call, role.Update{ID: r.ID, Input: role.Input{Permissions: patch.To(role.Permissions{})}}); !errs.Is(err, "target_above_caller") {
				t.Errorf("%s is changed: %v", r.Name, err)
			}
			if _, err := role.Delete.Do(t.Context(), w.Door, call, role.Removal{ID: r.ID}); !errs.Is(err, "target_above_caller") {
				t.Errorf("%s is deleted: %v", r.Name, err)
			}
			if err := give(t, w, call, w.A.User.User.ID, r.ID, user.Access{}); !errs.Is(err, "grant_exceeds_own") {
				t.Errorf("%s is given: %v", r.Name, err)
			}
		}
		if err := give(t, w, call, w.A.User.User.ID, own.ID, user.Access{Extra: patch.To(role.Permissions{authz.AuditView})}); !errs.Is(err, "grant_exceeds_own") {
			t.Errorf("more beside a role: %v", err)
		}
		if err := give(t, w, call, w.A.User.User.ID, own.ID, user.Access{}); err != nil {
			t.Errorf("what is theirs: %v", err)
		}
		// Somebody whom Lee does not reach has the role: it is not Lee's to change.
		out := w.Person(t, w.A.Org, "Out", "Side", "out@alpha.example", own.ID)
		if _, err := user.Change.Do(t.Context(), w.Door, admin, user.Update{ID: out.User.ID, Group: patch.To(g.ID)}); err != nil {
			t.Fatal(err)
		}
		if _, err := role.Change.Do(t.Context(), w.Door, call, role.Update{ID: own.ID, Input: role.Input{Permissions: patch.To(role.Permissions{})}}); !errs.Is(err, "target_above_caller") {
			t.Errorf("a role of others is changed: %v", err)
		}
		if r, err := role.Get.Do(t.Context(), w.Door, call, role.Ref{ID: own.ID}); err != nil || r.Users != 1 || len(r.Permissions) != 1 {
			t.Errorf("the role is %+v, %v", r, err)
		}
	})
}

// Deleting what a role is limited to never makes anybody reach further.
func TestLimitsStayWhenWhatTheyNameIsGone(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		g, err := group.Create.Do(t.Context(), w.Door, admin, group.Input{Name: patch.To("Desk")})
		if err != nil {
			t.Fatal(err)
		}
		r := create(t, w, admin, "Of the desk", authz.Limits{Groups: []id.Group{g.ID}}, authz.UsersView)
		if _, err := group.Delete.Do(t.Context(), w.Door, admin, group.Removal{ID: g.ID}); err != nil {
			t.Fatal(err)
		}
		renamed, err := role.Change.Do(t.Context(), w.Door, admin, role.Update{ID: r.ID, Input: role.Input{Name: patch.To("Desk"), Limits: patch.To(r.Limits)}})
		if err != nil || len(renamed.Limits.Groups) != 1 {
			t.Errorf("renamed: %+v, %v", renamed, err)
		}
		p, err := role.Page.Do(t.Context(), w.Door, admin, role.Look{ID: r.ID})
		if err != nil || len(p.LimitedTo.Groups) != 1 || p.LimitedTo.Groups[0].Name != "" {
			t.Errorf("the page has %+v, %v", p.LimitedTo, err)
		}
	})
}

// A role that is deleted while somebody gets it ends as one of both: nobody has a
// role that does not exist.
func TestDeletedWhileItIsGiven(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		for i := range 8 {
			r := create(t, w, admin, fmt.Sprint("r", i), authz.Limits{}, authz.UsersView)
			var both sync.WaitGroup
			var given, deleted error
			both.Go(func() { given = give(t, w, admin, w.A.User.User.ID, r.ID, user.Access{}) })
			both.Go(func() { _, deleted = role.Delete.Do(t.Context(), w.Door, admin, role.Removal{ID: r.ID}) })
			both.Wait()
			if (given == nil) == (deleted == nil) {
				t.Errorf("given: %v, deleted: %v", given, deleted)
			}
			u, err := user.Get.Do(t.Context(), w.Door, admin, user.Ref{ID: w.A.User.User.ID})
			if _, gone := role.Get.Do(t.Context(), w.Door, admin, role.Ref{ID: u.Role}); err != nil || gone != nil {
				t.Errorf("the user has %s: %v, %v", u.Role, gone, err)
			}
		}
	})
}
