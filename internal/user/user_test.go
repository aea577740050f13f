package user_test

import (
	"strings"
	"sync"
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/user"
)

func code(err error) string {
	if e, ok := err.(*errs.Error); ok {
		return e.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestStatesAndTheWaysBetweenThem(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx, admin := t.Context(), w.A.Admin.Call(w.A)
		ref := user.Ref{ID: w.A.User.User.ID}
		steps := []struct {
			name string
			do   func() error
			want string
		}{
			{"delete an active user", func() error { _, err := user.Delete.Do(ctx, w.Door, admin, ref); return err }, "not_deactivated"},
			{"activate an active user", func() error { _, err := user.Activate.Do(ctx, w.Door, admin, ref); return err }, "not_deactivated"},
			{"deactivate", func() error { _, err := user.Deactivate.Do(ctx, w.Door, admin, ref); return err }, ""},
			{"deactivate again", func() error { _, err := user.Deactivate.Do(ctx, w.Door, admin, ref); return err }, "already_deactivated"},
			{"activate", func() error { _, err := user.Activate.Do(ctx, w.Door, admin, ref); return err }, ""},
			{"deactivate once more", func() error { _, err := user.Deactivate.Do(ctx, w.Door, admin, ref); return err }, ""},
			{"delete", func() error { _, err := user.Delete.Do(ctx, w.Door, admin, ref); return err }, ""},
			{"get what is gone", func() error { _, err := user.Get.Do(ctx, w.Door, admin, ref); return err }, "not_found"},
			{"deactivate oneself, the last admin", func() error {
				_, err := user.Deactivate.Do(ctx, w.Door, admin, user.Ref{ID: w.A.Admin.User.ID})
				return err
			}, "last_admin"},
			{"make oneself a user, the last admin", func() error {
				_, err := user.Change.Do(ctx, w.Door, admin, user.Update{ID: w.A.Admin.User.ID, Role: patch.To(authz.RoleUser)})
				return err
			}, "last_admin"},
		}
		for _, s := range steps {
			if got := code(s.do()); got != s.want {
				t.Errorf("%s: got %q, want %q", s.name, got, s.want)
			}
		}
		if b, err := user.Get.Do(ctx, w.Door, w.B.Admin.Call(w.B), user.Ref{ID: w.B.User.User.ID}); err != nil || b.State != user.Active || b.Version != w.B.User.User.Version {
			t.Errorf("the other organization's user: %+v, %v", b, err)
		}
	})
}

func TestAnActiveAdminAlwaysRemains(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		for round := range 6 {
			second := w.Person(t, w.A.Org, "Second", "Admin", "second"+string(rune('a'+round))+"@alpha.example", authz.RoleAdmin)
			first := w.A.Admin
			// Each takes the other's role away at the same moment.
			outcome := make([]error, 2)
			var both sync.WaitGroup
			for i, pair := range [][2]apptest.Person{{first, second}, {second, first}} {
				both.Go(func() {
					_, outcome[i] = user.Change.Do(t.Context(), w.Door, pair[0].Call(w.A), user.Update{ID: pair[1].User.ID, Role: patch.To(authz.RoleUser)})
				})
			}
			both.Wait()
			won := 0
			for _, err := range outcome {
				if err == nil {
					won++
				} else if got := code(err); got != "last_admin" && got != "forbidden" && got != "target_above_caller" {
					t.Errorf("the loser was told %v", err)
				}
			}
			if won != 1 {
				t.Fatalf("round %d: %d of two demotions succeeded: %v", round, won, outcome)
			}
			if outcome[0] != nil { // the first lost the role: give it back for the next round
				if _, err := user.Change.Do(t.Context(), w.Door, second.Call(w.A), user.Update{ID: first.User.ID, Role: patch.To(authz.RoleAdmin)}); err != nil {
					t.Fatal(err)
				}
				if _, err := user.Change.Do(t.Context(), w.Door, first.Call(w.A), user.Update{ID: second.User.ID, Role: patch.To(authz.RoleUser)}); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func TestChangesAreBasedOnAVersion(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx, admin := t.Context(), w.A.Admin.Call(w.A)
		u := w.A.User.User
		changed, err := user.Change.Do(ctx, w.Door, admin, user.Update{ID: u.ID, Version: int64(u.Version), Fields: user.Fields{Title: patch.To("Lead")}})
		if err != nil || changed.Version != u.Version+1 || changed.Title != "Lead" {
			t.Fatalf("%+v, %v", changed, err)
		}
		_, err = user.Change.Do(ctx, w.Door, admin, user.Update{ID: u.ID, Version: int64(u.Version), Fields: user.Fields{Title: patch.To("Other")}})
		if code(err) != "version_conflict" {
			t.Errorf("an old version: %v", err)
		}
		same, err := user.Change.Do(ctx, w.Door, admin, user.Update{ID: u.ID, Fields: user.Fields{Title: patch.To("Lead")}})
		if err != nil || same.Version != changed.Version {
			t.Errorf("a change that changes nothing made version %d of %d: %v", same.Version, changed.Version, err)
		}
	})
}

func TestWrongFieldsAreNamedAndNothingIsKept(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx, admin := t.Context(), w.A.Admin.Call(w.A)
		long := patch.To(strings.Repeat("x", user.MaxName+1))
		for field, in := range map[string]user.Update{
			"first_name": {Fields: user.Fields{FirstName: patch.To("")}},
			"last_name":  {Fields: user.Fields{LastName: long}},
			"phone":      {Fields: user.Fields{Phone: patch.To("call me")}},
			"country":    {Fields: user.Fields{Country: patch.To("XX")}},
			"language":   {Fields: user.Fields{Language: patch.To("tlh")}},
			"time_zone":  {Fields: user.Fields{TimeZone: patch.To("Mars/Olympus")}},
			"role_id":    {Role: patch.To(id.Role("rol_root"))},
		} {
			in.ID = w.A.User.User.ID
			in.Title = patch.To("must not be kept")
			_, err := user.Change.Do(ctx, w.Door, admin, in)
			e, ok := err.(*errs.Error)
			if !ok || e.Kind != errs.KindInvalid || len(e.Fields) != 1 || e.Fields[0].Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if u, err := user.Get.Do(ctx, w.Door, admin, user.Ref{ID: w.A.User.User.ID}); err != nil || u.Title != "" {
			t.Errorf("kept %q, %v", u.Title, err)
		}
	})
}

func TestNobodyReachesAnotherOrganizationsUsers(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		theirs := user.Ref{ID: w.B.User.User.ID}
		for name, call := range map[string]op.Call{"in one's own": w.A.Admin.Call(w.A)} {
			_, get := user.Get.Do(ctx, w.Door, call, theirs)
			_, deactivate := user.Deactivate.Do(ctx, w.Door, call, theirs)
			_, activate := user.Activate.Do(ctx, w.Door, call, theirs)
			_, remove := user.Delete.Do(ctx, w.Door, call, theirs)
			_, change := user.Change.Do(ctx, w.Door, call, user.Update{ID: theirs.ID, Role: patch.To(authz.RoleAdmin)})
			for _, err := range []error{get, deactivate, activate, remove, change} {
				if code(err) != "not_found" {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		if u, err := user.Get.Do(ctx, w.Door, w.B.Admin.Call(w.B), theirs); err != nil || u.State != user.Active || u.Role != authz.RoleUser {
			t.Errorf("changed from outside: %+v, %v", u, err)
		}
	})
}
