package group_test

import (
	"encoding/json"
	"fmt"
	"reflect"
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
	"roster/internal/invite"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/people"
	"roster/internal/secret"
	"roster/internal/user"
)

func create(t *testing.T, w *apptest.World, call op.Call, name string) group.Group {
	t.Helper()
	g, err := group.Create.Do(t.Context(), w.Door, call, group.Input{Name: patch.To(name)})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func groups(t *testing.T, w *apptest.World, place apptest.Place) []group.Group {
	t.Helper()
	p, err := group.List.Do(t.Context(), w.Door, place.Admin.Call(place), group.ListInput{})
	if err != nil {
		t.Fatal(err)
	}
	return p.Items
}

// standard is the default group of a place; it fails the test unless there is
// exactly one.
func standard(t *testing.T, w *apptest.World, place apptest.Place) group.Group {
	t.Helper()
	all := slices.DeleteFunc(groups(t, w, place), func(g group.Group) bool { return !g.Default })
	if len(all) != 1 {
		t.Fatalf("%s has %d default groups: %+v", place.Org.Name, len(all), all)
	}
	return all[0]
}

// put puts a user into a group.
func put(t *testing.T, w *apptest.World, call op.Call, u id.User, g id.Group) error {
	t.Helper()
	_, err := user.Change.Do(t.Context(), w.Door, call, user.Update{ID: u, Group: patch.To(g)})
	return err
}

// keyWith is a call with a key of A that holds some permissions.
func keyWith(t *testing.T, w *apptest.World, permissions ...authz.Permission) op.Call {
	t.Helper()
	k, err := apikey.Create.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), apikey.New{Name: "key", Permissions: permissions})
	if err != nil {
		t.Fatal(err)
	}
	hash, _ := secret.HashToken(k.Secret, secret.APIKey)
	return op.Call{By: authz.Caller{Key: hash.Bytes(), Origin: apptest.Origin}, Org: string(w.A.Org.ID)}
}

func TestAnOrganizationBeginsWithItsDefaultGroup(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		for _, place := range []apptest.Place{w.A, w.B} {
			all := groups(t, w, place)
			if len(all) != 1 || all[0].Name != "Default" || !all[0].Default || all[0].Users != 2 || all[0].Version != 1 {
				t.Errorf("%s begins with %+v", place.Org.Name, all)
			}
			if u := place.User.User; u.Group != all[0].ID {
				t.Errorf("%s is in %s, not in %s", u.Name(), u.Group, all[0].ID)
			}
		}
	})
}

func TestAGroupIsMadeChangedAndDeleted(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, since := w.A.Admin.Call(w.A), w.Now(t)
		g, err := group.Create.Do(t.Context(), w.Door, admin, group.Input{
			Name:     patch.To("Field service"),
			Defaults: patch.To(group.DefaultsChange{Role: patch.To(authz.RoleAdmin), Language: patch.To("sv")}),
			Settings: patch.To(map[string]string{"fax_profile": "fine"}),
		})
		if err != nil || g.Default || !reflect.DeepEqual(g.Defaults, group.Defaults{Role: authz.RoleAdmin, Language: "sv"}) || g.Settings["fax_profile"] != "fine" {
			t.Fatalf("made %+v, %v", g, err)
		}
		for _, name := range []string{"Field service", " FIELD  SERVICE", "Default"} {
			if _, err := group.Create.Do(t.Context(), w.Door, admin, group.Input{Name: patch.To(name)}); !errs.Is(err, "name_taken") {
				t.Errorf("another %q: %v", name, err)
			}
		}
		changed, err := group.Change.Do(t.Context(), w.Door, admin, group.Update{ID: g.ID, Version: 1, Input: group.Input{
			Name: patch.To("Field"), Defaults: patch.To(group.DefaultsChange{Role: patch.ToNull[id.Role]()}),
		}})
		if err != nil || changed.Name != "Field" || !reflect.DeepEqual(changed.Defaults, group.Defaults{Language: "sv"}) || changed.Settings["fax_profile"] != "fine" || changed.Version != 2 {
			t.Fatalf("changed to %+v, %v", changed, err)
		}
		if same, err := group.Change.Do(t.Context(), w.Door, admin, group.Update{ID: g.ID, Input: group.Input{Name: patch.To("Field")}}); err != nil || same.Version != 2 {
			t.Errorf("changed to the same: %+v, %v", same, err)
		}
		if _, err := group.Change.Do(t.Context(), w.Door, admin, group.Update{ID: g.ID, Version: 1, Input: group.Input{Name: patch.To("x")}}); !errs.Is(err, "version_conflict") {
			t.Errorf("on an old version: %v", err)
		}
		if _, err := group.Change.Do(t.Context(), w.Door, admin, group.Update{ID: g.ID, Input: group.Input{Name: patch.To("default")}}); !errs.Is(err, "name_taken") {
			t.Errorf("the name of another: %v", err)
		}
		if _, err := group.Delete.Do(t.Context(), w.Door, admin, group.Removal{ID: g.ID, Version: 1}); !errs.Is(err, "version_conflict") {
			t.Errorf("deleted on an old version: %v", err)
		}
		if _, err := group.Delete.Do(t.Context(), w.Door, admin, group.Removal{ID: g.ID, Version: 2}); err != nil {
			t.Error(err)
		}
		if _, err := group.Get.Do(t.Context(), w.Door, admin, group.Ref{ID: g.ID}); errs.KindOf(err) != errs.KindNotFound {
			t.Errorf("deleted, but there: %v", err)
		}
		events := w.Events(t, w.A.Org.ID, since)
		names := slices.DeleteFunc(apptest.Names(events), func(name string) bool { return !strings.HasPrefix(name, "group.") })
		if want := []string{"group.created", "group.updated", "group.deleted"}; !slices.Equal(names, want) {
			t.Errorf("recorded are %v", names)
		}
		if made := events[len(events)-3]; !strings.Contains(made.Changes, `"settings.fax_profile"`) || !strings.Contains(made.Changes, `"default_role_id"`) || made.Subject != string(g.ID) {
			t.Errorf("recorded is %+v", made)
		}
		if all := groups(t, w, w.B); len(all) != 1 {
			t.Errorf("the mirror organization has %+v", all)
		}
	})
}

func TestTheDefaultMovesAndStays(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, first, since := w.A.Admin.Call(w.A), standard(t, w, w.A), w.Now(t)
		g := create(t, w, admin, "Office")
		made, err := group.Change.Do(t.Context(), w.Door, admin, group.Update{ID: g.ID, Input: group.Input{Default: patch.To(true)}})
		if err != nil || !made.Default {
			t.Fatalf("made the default: %+v, %v", made, err)
		}
		if now := standard(t, w, w.A); now.ID != g.ID {
			t.Errorf("the default is %+v", now)
		}
		if names := apptest.Names(w.Events(t, w.A.Org.ID, since)); !slices.Equal(names, []string{"group.created", "group.updated", "group.updated"}) {
			t.Errorf("recorded are %v", names)
		}
		if _, err := group.Change.Do(t.Context(), w.Door, admin, group.Update{ID: g.ID, Input: group.Input{Default: patch.To(false)}}); !errs.Is(err, "default_group") {
			t.Errorf("no default any more: %v", err)
		}
		if _, err := group.Delete.Do(t.Context(), w.Door, admin, group.Removal{ID: g.ID, To: first.ID}); !errs.Is(err, "default_group") {
			t.Errorf("the default is deleted: %v", err)
		}
		if third, err := group.Create.Do(t.Context(), w.Door, admin, group.Input{Name: patch.To("Third"), Default: patch.To(true)}); err != nil || standard(t, w, w.A).ID != third.ID {
			t.Errorf("made as the default: %+v, %v", third, err)
		}
		p := w.Person(t, w.A.Org, "Nia", "New", "nia@alpha.example", authz.RoleUser)
		if p.User.Group != standard(t, w, w.A).ID {
			t.Errorf("somebody new is in %s", p.User.Group)
		}
		if now := standard(t, w, w.B); now.Name != "Default" || now.Version != 1 {
			t.Errorf("the mirror organization has the default %+v", now)
		}
	})
}

func TestOneDefaultWhoeverMakesWhat(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		other := w.Person(t, w.A.Org, "Otto", "Other", "otto@alpha.example", authz.RoleAdmin)
		calls := []op.Call{w.A.Admin.Call(w.A), other.Call(w.A)}
		rivals := []group.Group{create(t, w, calls[0], "One"), create(t, w, calls[0], "Two")}
		for round := range 20 {
			failures := make([]error, len(rivals))
			var all sync.WaitGroup
			for i, g := range rivals {
				all.Go(func() {
					_, failures[i] = group.Change.Do(t.Context(), w.Door, calls[i], group.Update{ID: g.ID, Input: group.Input{Default: patch.To(true)}})
				})
			}
			all.Wait()
			for i, err := range failures {
				if err != nil {
					t.Errorf("round %d, %s: %v", round, rivals[i].Name, err)
				}
			}
			if now := standard(t, w, w.A); now.Name == "Default" {
				t.Errorf("round %d: the default is %+v", round, now)
			}
			put := standard(t, w, w.A)
			first := slices.IndexFunc(groups(t, w, w.A), func(g group.Group) bool { return g.Name == "Default" })
			back := groups(t, w, w.A)[first]
			if _, err := group.Change.Do(t.Context(), w.Door, calls[0], group.Update{ID: back.ID, Input: group.Input{Default: patch.To(true)}}); err != nil {
				t.Fatalf("from %s back: %v", put.Name, err)
			}
		}
		if now := standard(t, w, w.B); now.Version != 1 {
			t.Errorf("the mirror organization has the default %+v", now)
		}
	})
}

func TestUsersMoveWhenTheirGroupGoes(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, u := w.A.Admin.Call(w.A), w.A.User.User.ID
		from, to := create(t, w, admin, "From"), create(t, w, admin, "To")
		theirs := create(t, w, w.B.Admin.Call(w.B), "Theirs")
		if err := put(t, w, admin, u, from.ID); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			to   id.Group
			code string
		}{
			"nowhere":                 {"", "group_in_use"},
			"into itself":             {from.ID, "validation_failed"},
			"into what is not":        {"grp_00000000000000000000000000", "validation_failed"},
			"into another's":          {theirs.ID, "validation_failed"},
			"into what is no id":      {"' or 1=1", "validation_failed"},
			"into the mirror default": {standard(t, w, w.B).ID, "validation_failed"},
		} {
			if _, err := group.Delete.Do(t.Context(), w.Door, admin, group.Removal{ID: from.ID, To: c.to}); !errs.Is(err, c.code) {
				t.Errorf("%s: %v", name, err)
			}
		}
		since := w.Now(t)
		if _, err := group.Delete.Do(t.Context(), w.Door, admin, group.Removal{ID: from.ID, To: to.ID}); err != nil {
			t.Fatal(err)
		}
		moved, err := user.Get.Do(t.Context(), w.Door, admin, user.Ref{ID: u})
		if err != nil || moved.Group != to.ID || moved.Version != w.A.User.User.Version+2 {
			t.Errorf("moved to %+v, %v", moved, err)
		}
		events := w.Events(t, w.A.Org.ID, since)
		if len(events) != 1 || events[0].Name != "group.deleted" || !strings.Contains(events[0].Changes, string(to.ID)) || !strings.Contains(events[0].Changes, `"after":1`) {
			t.Errorf("recorded are %+v", events)
		}
		for _, g := range groups(t, w, w.B) {
			if g.Version != 1 {
				t.Errorf("the mirror organization has %+v", g)
			}
		}
	})
}

// Somebody is put into a group while it is deleted, again and again. Whoever
// comes first: everybody is in a group that exists.
func TestNobodyIsLeftWithoutAGroup(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, u, home := w.A.Admin.Call(w.A), w.A.User.User.ID, standard(t, w, w.A)
		for round := range 25 {
			g := create(t, w, admin, fmt.Sprint("Round ", round))
			var deleted, putInto, invited error
			var all sync.WaitGroup
			all.Go(func() {
				_, deleted = group.Delete.Do(t.Context(), w.Door, admin, group.Removal{ID: g.ID, To: home.ID})
			})
			all.Go(func() { putInto = put(t, w, admin, u, g.ID) })
			all.Go(func() {
				_, invited = invite.Create.Do(t.Context(), w.Door, admin, invite.Input{Emails: []string{fmt.Sprintf("r%d@x.example", round)}, Group: g.ID})
			})
			all.Wait()
			if deleted != nil {
				t.Errorf("round %d: deleted: %v", round, deleted)
			}
			for _, err := range []error{putInto, invited} {
				if err != nil && !errs.Is(err, "validation_failed") {
					t.Errorf("round %d: put into it: %v", round, err)
				}
			}
			now, err := user.Get.Do(t.Context(), w.Door, admin, user.Ref{ID: u})
			if err != nil || now.Group != home.ID {
				t.Fatalf("round %d: in %s, %v", round, now.Group, err)
			}
		}
		all := groups(t, w, w.A)
		everybody, err := people.List.Do(t.Context(), w.Door, admin, people.ListInput{Paging: op.Paging{Count: true}})
		if err != nil || len(all) != 1 || all[0].Users != *everybody.Total {
			t.Errorf("the groups %+v, and %d users, %v", all, *everybody.Total, err)
		}
	})
}

func TestNobodyGivesMoreByAGroupThanTheyHold(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		lesser := keyWith(t, w, authz.GroupsManage, authz.InvitationsManage, authz.UsersManage)
		admins := group.Input{Name: patch.To("Admins"), Defaults: patch.To(group.DefaultsChange{Role: patch.To(authz.RoleAdmin)})}
		if _, err := group.Create.Do(t.Context(), w.Door, lesser, admins); !errs.Is(err, "grant_exceeds_own") {
			t.Errorf("a group with more: %v", err)
		}
		plain := create(t, w, lesser, "Plain")
		if _, err := group.Change.Do(t.Context(), w.Door, lesser, group.Update{ID: plain.ID, Input: group.Input{Defaults: admins.Defaults}}); !errs.Is(err, "grant_exceeds_own") {
			t.Errorf("a group gets more: %v", err)
		}
		g, err := group.Create.Do(t.Context(), w.Door, admin, admins)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := group.Change.Do(t.Context(), w.Door, lesser, group.Update{ID: g.ID, Input: group.Input{Default: patch.To(true)}}); !errs.Is(err, "grant_exceeds_own") {
			t.Errorf("everybody gets more: %v", err)
		}
		if renamed, err := group.Change.Do(t.Context(), w.Door, lesser, group.Update{ID: g.ID, Input: group.Input{Name: patch.To("Bosses")}}); err != nil || renamed.DefaultRole != authz.RoleAdmin {
			t.Errorf("what gives nothing new: %+v, %v", renamed, err)
		}
		for _, role := range []id.Role{"rol_king", "rol_00000000000000000000000000"} {
			_, err := group.Create.Do(t.Context(), w.Door, admin, group.Input{Name: patch.To("x"), Defaults: patch.To(group.DefaultsChange{Role: patch.To(role)})})
			if !errs.Is(err, "validation_failed") || !strings.Contains(err.Error(), "unknown_role") {
				t.Errorf("the role %s: %v", role, err)
			}
		}
		before := w.Letters(t, "more@x.example")
		if _, err := invite.Create.Do(t.Context(), w.Door, lesser, invite.Input{Emails: []string{"more@x.example"}, Group: g.ID}); !errs.Is(err, "grant_exceeds_own") {
			t.Errorf("invited into it: %v", err)
		}
		if after := w.Letters(t, "more@x.example"); len(after) != len(before) {
			t.Error("there is a letter all the same")
		}
		if r, err := invite.Create.Do(t.Context(), w.Door, lesser, invite.Input{Emails: []string{"less@x.example"}, Group: g.ID, Role: authz.RoleUser}); err != nil || r.Count(invite.Invited) != 1 {
			t.Errorf("invited into it with less: %+v, %v", r, err)
		}
	})
}

// A default role is for who comes: nobody who is there gets it, or loses theirs.
func TestDefaultsAreForWhoComes(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		g, err := group.Create.Do(t.Context(), w.Door, admin, group.Input{
			Name: patch.To("Norden"), Defaults: patch.To(group.DefaultsChange{Role: patch.To(authz.RoleUser), Language: patch.To("sv")}),
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := put(t, w, admin, w.A.Admin.User.ID, g.ID); err != nil {
			t.Fatal(err)
		}
		last, err := user.Get.Do(t.Context(), w.Door, admin, user.Ref{ID: w.A.Admin.User.ID})
		if err != nil || last.Role != authz.RoleAdmin || last.Language != "en" || last.Group != g.ID {
			t.Errorf("the last admin is %+v, %v", last, err)
		}
		if _, err := group.Change.Do(t.Context(), w.Door, admin, group.Update{ID: g.ID, Input: group.Input{Defaults: patch.To(group.DefaultsChange{Role: patch.To(authz.RoleAdmin)})}}); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			in       invite.Input
			role     id.Role
			language string
		}{
			"what the group says":    {invite.Input{Group: g.ID}, authz.RoleAdmin, "sv"},
			"a choice by hand":       {invite.Input{Group: g.ID, Role: authz.RoleUser, Language: "de"}, authz.RoleUser, "de"},
			"a group without":        {invite.Input{}, authz.RoleUser, "en"},
			"one of both by hand":    {invite.Input{Group: g.ID, Language: "fr"}, authz.RoleAdmin, "fr"},
			"only another role then": {invite.Input{Group: g.ID, Role: authz.RoleUser}, authz.RoleUser, "sv"},
		} {
			c.in.Emails = []string{strings.ReplaceAll(name, " ", "-") + "@x.example"}
			r, err := invite.Create.Do(t.Context(), w.Door, admin, c.in)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			u, err := user.Get.Do(t.Context(), w.Door, admin, user.Ref{ID: r.Results[0].User})
			if err != nil || u.Role != c.role || u.Language != c.language || c.in.Group != "" && u.Group != c.in.Group || c.in.Group == "" && u.Group != standard(t, w, w.A).ID {
				t.Errorf("%s: %+v, %v", name, u, err)
			}
		}
	})
}

func TestThereIsAnEndToGroups(t *testing.T) {
	w := apptest.New(t, apptest.SQLite(t))
	w.Put(t, w.A.Org.ID, func(t *op.Tx) error {
		for i := range group.MaxGroups - 1 {
			if _, err := t.Exec(`insert into groups (org_id, id, name, name_key, is_default, default_role_id, default_language, settings, created_at, version)
				values (:org, :id, :name, :name, false, '', '', '{}', 0, 1)`, op.Args{"id": id.New[id.Group](t.Now()), "name": fmt.Sprint("g", i)}); err != nil {
				return err
			}
		}
		return nil
	})
	if _, err := group.Create.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), group.Input{Name: patch.To("one more")}); !errs.Is(err, "too_many_groups") {
		t.Errorf("one more: %v", err)
	}
	create(t, w, w.B.Admin.Call(w.B), "of another")
}

func TestTheSchemaKeepsEverybodyInAGroupOfTheirs(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		theirs, mine := standard(t, w, w.B), standard(t, w, w.A)
		for name, statement := range map[string]string{
			"no group":                  `update users set group_id = null where org_id = :org`,
			"a group of another":        `update users set group_id = '` + string(theirs.ID) + `' where org_id = :org`,
			"a group that is not":       `update users set group_id = 'grp_x' where org_id = :org`,
			"a group that is in use":    `delete from groups where org_id = :org and id = '` + string(mine.ID) + `'`,
			"a second default":          `insert into groups select org_id, 'grp_2', '2', '2', true, '', '', '{}', 0, 1 from groups where org_id = :org`,
			"a second one of that name": `insert into groups select org_id, 'grp_2', name, name_key, false, '', '', '{}', 0, 1 from groups where org_id = :org`,
		} {
			c := op.Command[op.Nothing, op.Nothing]{
				Name: "test.break", Needs: authz.GroupsManage, Scope: authz.InOrg, Quiet: "a test",
				Run: func(t *op.Tx, _ op.Nothing) (op.Nothing, error) {
					_, err := t.Exec(statement, nil)
					return op.Nothing{}, err
				},
			}
			if _, err := c.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), op.Nothing{}); errs.KindOf(err) != errs.KindInternal || err == nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		standard(t, w, w.A)
	})
}

func TestGroupsGoWithTheirOrganization(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		create(t, w, w.A.Admin.Call(w.A), "One more")
		call := apptest.OperatorCall()
		call.Org = string(w.A.Org.ID)
		if _, err := org.Update.Do(t.Context(), w.Door, call, org.Change{Suspended: patch.To(true)}); err != nil {
			t.Fatal(err)
		}
		if _, err := org.Delete.Do(t.Context(), w.Door, call, org.Version{}); err != nil {
			t.Fatal(err)
		}
		standard(t, w, w.B)
	})
}

func TestMovesAreRecordedByName(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		g, since := create(t, w, admin, "Field"), w.Now(t)
		if err := put(t, w, admin, w.A.User.User.ID, g.ID); err != nil {
			t.Fatal(err)
		}
		var changes []struct {
			Field         string
			Before, After op.Named
		}
		events := w.Events(t, w.A.Org.ID, since)
		last := events[len(events)-1]
		if err := json.Unmarshal([]byte(last.Changes), &changes); err != nil || last.Name != "user.updated" || len(changes) != 1 ||
			changes[0].Field != "group_id" || changes[0].Before.Name != "Default" || changes[0].After != g.Named() {
			t.Errorf("recorded is %+v, %v", last, err)
		}
		for name, group := range map[string]id.Group{"none": "", "another's": standard(t, w, w.B).ID, "unknown": "grp_00000000000000000000000000"} {
			if err := put(t, w, admin, w.A.User.User.ID, group); !errs.Is(err, "validation_failed") || !strings.Contains(err.Error(), "unknown_group") {
				t.Errorf("%s: %v", name, err)
			}
			_, err := invite.Create.Do(t.Context(), w.Door, admin, invite.Input{Emails: []string{"x@x.example"}, Group: group})
			if name != "none" && (!errs.Is(err, "validation_failed") || !strings.Contains(err.Error(), "unknown_group")) {
				t.Errorf("invited into %s: %v", name, err)
			}
		}
		above := keyWith(t, w, authz.UsersManage)
		if err := put(t, w, above, w.A.Admin.User.ID, g.ID); !errs.Is(err, "target_above_caller") {
			t.Errorf("somebody above is put into a group: %v", err)
		}
	})
}
