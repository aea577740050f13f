package org_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/errs"
	"roster/internal/invite"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/user"
)

// on is a request of the operator about an organization.
func on(ref string) op.Call {
	call := apptest.OperatorCall()
	call.Org = ref
	return call
}

func get(t *testing.T, w *apptest.World, ref string) org.Organization {
	t.Helper()
	o, err := org.Get.Do(t.Context(), w.Door, on(ref), op.Nothing{})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestAnOrganizationBeginsWithItsFirstAdmin(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		o, err := org.Create.Do(t.Context(), w.Door, apptest.OperatorCall(), org.New{Name: "Nordlys", AdminEmail: "astrid@nordlys.example"})
		if err != nil || o.Slug != "nordlys" {
			t.Fatalf("made %+v, %v", o, err)
		}
		if byID, bySlug := get(t, w, string(o.ID)), get(t, w, "nordlys"); byID != bySlug {
			t.Errorf("by id %+v, by short name %+v", byID, bySlug)
		}
		if _, err := org.Create.Do(t.Context(), w.Door, apptest.OperatorCall(), org.New{Name: "Other", Slug: "nordlys"}); !errs.Is(err, "slug_taken") {
			t.Errorf("the same short name: %v", err)
		}
		for _, place := range []apptest.Place{w.A, w.B} {
			p, err := invite.List.Do(t.Context(), w.Door, place.Admin.Call(place), invite.ListInput{})
			if err != nil || len(p.Items) != 0 {
				t.Errorf("%s has the invitations %+v, %v", place.Org.Name, p.Items, err)
			}
		}
	})
}

func TestAShortNameHasOneOwner(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		var won atomic.Int32
		var all sync.WaitGroup
		for n := range 16 {
			all.Go(func() {
				// Half of them make an organization, the others rename one.
				var err error
				if n%2 == 0 {
					_, err = org.Create.Do(context.Background(), w.Door, apptest.OperatorCall(), org.New{Name: fmt.Sprint("New ", n), Slug: "wanted"})
				} else {
					_, err = org.Update.Do(context.Background(), w.Door, on([]string{"alpha", "beta"}[n/2%2]), org.Change{Slug: patch.To("wanted")})
				}
				switch {
				case err == nil:
					won.Add(1)
				case errs.Is(err, "slug_taken"), errs.KindOf(err) == errs.KindNotFound: // renamed by another one meanwhile
				default:
					t.Errorf("a loser gets %v", err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Errorf("%d own the short name", won.Load())
		}
		get(t, w, "wanted")
	})
}

func TestOrganizationsAreOfThePlatform(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		for name, person := range map[string]apptest.Person{"admin": w.A.Admin, "user": w.A.User} {
			for _, call := range []op.Call{person.Call(w.A), person.CallIn(w.B.Org.ID, w.A), {By: person.Call(w.A).By}} {
				_, created := org.Create.Do(t.Context(), w.Door, call, org.New{Name: "Mine"})
				_, listed := org.List.Do(t.Context(), w.Door, call, org.ListInput{})
				_, read := org.Get.Do(t.Context(), w.Door, call, op.Nothing{})
				_, changed := org.Update.Do(t.Context(), w.Door, call, org.Change{Suspended: patch.To(true)})
				_, deleted := org.Delete.Do(t.Context(), w.Door, call, org.Version{})
				for what, err := range map[string]error{"create": created, "list": listed, "get": read, "update": changed, "delete": deleted} {
					if errs.KindOf(err) != errs.KindUnauthenticated {
						t.Errorf("%s, %s in %q: %v", name, what, call.Org, err)
					}
				}
			}
		}
		for _, ref := range []string{"nowhere", "", "org_00000000000000000000000000"} {
			_, read := org.Get.Do(t.Context(), w.Door, on(ref), op.Nothing{})
			_, changed := org.Update.Do(t.Context(), w.Door, on(ref), org.Change{Name: patch.To("x")})
			_, deleted := org.Delete.Do(t.Context(), w.Door, on(ref), org.Version{})
			if !errs.Is(read, "not_found") || !errs.Is(changed, "not_found") || !errs.Is(deleted, "not_found") {
				t.Errorf("%q: get %v, update %v, delete %v", ref, read, changed, deleted)
			}
		}
		if got := get(t, w, "alpha"); got != w.A.Org {
			t.Errorf("Alpha changed: %+v", got)
		}
	})
}

func TestOnlyASuspendedOrganizationIsDeleted(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		if _, err := org.Delete.Do(t.Context(), w.Door, on("alpha"), org.Version{}); !errs.Is(err, "not_suspended") {
			t.Errorf("at work: %v", err)
		}
		suspended, err := org.Update.Do(t.Context(), w.Door, on("alpha"), org.Change{Version: int64(w.A.Org.Version), Suspended: patch.To(true)})
		if err != nil || !suspended.Suspended {
			t.Fatalf("suspended: %+v, %v", suspended, err)
		}
		if _, err := org.Delete.Do(t.Context(), w.Door, on("alpha"), org.Version{Version: int64(w.A.Org.Version)}); !errs.Is(err, "version_conflict") {
			t.Errorf("on an old version: %v", err)
		}
		if _, err := org.Delete.Do(t.Context(), w.Door, on("alpha"), org.Version{Version: int64(suspended.Version)}); err != nil {
			t.Fatal(err)
		}
		if _, err := org.Get.Do(t.Context(), w.Door, on("alpha"), op.Nothing{}); !errs.Is(err, "not_found") {
			t.Errorf("afterwards: %v", err)
		}
		if _, err := user.Get.Do(t.Context(), w.Door, w.A.Admin.CallIn(w.A.Org.ID, w.A), user.Ref{ID: w.A.User.User.ID}); errs.KindOf(err) != errs.KindUnauthenticated {
			t.Errorf("its admin: %v", err)
		}
		if _, err := user.Get.Do(t.Context(), w.Door, w.B.Admin.Call(w.B), user.Ref{ID: w.B.User.User.ID}); err != nil {
			t.Errorf("the other organization: %v", err)
		}
	})
}

func TestASuspendedOrganizationRefusesItsPeople(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		page := func() error {
			_, err := op.Ask(t.Context(), w.Door, w.A.Admin.Call(w.A), org.GetSettings.Scope, func(t *op.Tx) (org.SettingsView, error) {
				return org.GetSettings.Within(t, op.Nothing{})
			})
			return err
		}
		for _, step := range []struct {
			suspended bool
			code      string
		}{{true, "organization_suspended"}, {false, ""}} {
			if _, err := org.Update.Do(t.Context(), w.Door, on("alpha"), org.Change{Suspended: patch.To(step.suspended)}); err != nil {
				t.Fatal(err)
			}
			_, err := org.GetSettings.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), op.Nothing{})
			for what, err := range map[string]error{"query": err, "page": page()} {
				if (err == nil) != (step.code == "") || err != nil && !errs.Is(err, step.code) {
					t.Errorf("suspended %v, %s: %v", step.suspended, what, err)
				}
			}
		}
	})
}

func TestSettingsAreChangedOnTheVersionThatWasRead(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		before, err := org.GetSettings.Do(t.Context(), w.Door, admin, op.Nothing{})
		if err != nil {
			t.Fatal(err)
		}
		var won atomic.Int32
		var all sync.WaitGroup
		for n := range 8 {
			all.Go(func() {
				_, err := org.UpdateSettings.Do(context.Background(), w.Door, admin, org.SettingsChange{Version: int64(before.Version), InvitationDays: patch.To(10 + n)})
				if err == nil {
					won.Add(1)
				} else if !errs.Is(err, "version_conflict") {
					t.Errorf("a loser gets %v", err)
				}
			})
		}
		all.Wait()
		after, err := org.GetSettings.Do(t.Context(), w.Door, admin, op.Nothing{})
		if err != nil || won.Load() != 1 || after.Version != before.Version+1 {
			t.Errorf("%d won; before %+v, after %+v, %v", won.Load(), before, after, err)
		}
		same, err := org.UpdateSettings.Do(t.Context(), w.Door, admin, org.SettingsChange{InvitationDays: patch.To(after.InvitationDays)})
		if err != nil || same.Version != after.Version {
			t.Errorf("what changes nothing makes a version: %+v, %v", same, err)
		}
		if _, err := org.UpdateSettings.Do(t.Context(), w.Door, w.A.User.Call(w.A), org.SettingsChange{Name: patch.To("Mine")}); !errs.Is(err, "forbidden") {
			t.Errorf("a plain user: %v", err)
		}
		if _, err := org.UpdateSettings.Do(t.Context(), w.Door, w.A.Admin.CallIn(w.B.Org.ID, w.A), org.SettingsChange{Name: patch.To("Mine")}); errs.KindOf(err) != errs.KindUnauthenticated {
			t.Errorf("an admin of another organization: %v", err)
		}
		if theirs := get(t, w, "beta"); theirs != w.B.Org {
			t.Errorf("Beta changed: %+v", theirs)
		}
	})
}

func TestOrganizationsAreListedByName(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		for _, name := range []string{"Ångström", "delta 100%", "Delta_200", "gamma"} {
			if _, err := org.Create.Do(t.Context(), w.Door, apptest.OperatorCall(), org.New{Name: name}); err != nil {
				t.Fatal(err)
			}
		}
		list := func(in org.ListInput) (names []string) {
			t.Helper()
			for {
				p, err := org.List.Do(t.Context(), w.Door, apptest.OperatorCall(), in)
				if err != nil {
					t.Fatal(err)
				}
				for _, o := range p.Items {
					names = append(names, o.Name)
				}
				if p.Next == nil {
					return names
				}
				in.Cursor = *p.Next
			}
		}
		for search, want := range map[string]string{
			"": "[Alpha Beta delta 100% Delta_200 gamma Ångström]", "DELTA": "[delta 100% Delta_200]", "%": "[delta 100%]", "_": "[Delta_200]",
			"ång": "[Ångström]", "angstrom": "[Ångström]", "zeta": "[]",
		} {
			if got := fmt.Sprint(list(org.ListInput{Search: search, Paging: op.Paging{Limit: 2}})); got != want {
				t.Errorf("%q: got %s, want %s", search, got, want)
			}
		}
	})
}
