package sender_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/apikey"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/number"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/secret"
	"roster/internal/sender"
	"roster/internal/user"
)

func switched(on bool) org.Change {
	return org.Change{Features: patch.To(org.FeaturesChange{UnlistedSenders: patch.To(on)})}
}

// allow switches the feature of an organization on or off.
func allow(t *testing.T, w *apptest.World, place apptest.Place, on bool) {
	t.Helper()
	call := apptest.OperatorCall()
	call.Org = string(place.Org.ID)
	if o, err := org.Update.Do(t.Context(), w.Door, call, switched(on)); err != nil || o.Features.UnlistedSenders != on {
		t.Fatalf("%+v, %v", o, err)
	}
}

func put(t *testing.T, w *apptest.World, call op.Call, in sender.Input) sender.Policy {
	t.Helper()
	p, err := sender.Put.Do(t.Context(), w.Door, call, in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func check(t *testing.T, w *apptest.World, call op.Call, email string) sender.Verdict {
	t.Helper()
	v, err := sender.Check.Do(t.Context(), w.Door, call, sender.Question{Service: "fax", Email: email})
	if err != nil {
		t.Fatal(err)
	}
	if v.Allowed != v.Reason.Allows() || v.Settings == nil {
		t.Errorf("%s: %+v", email, v)
	}
	return v
}

func policies(t *testing.T, w *apptest.World, call op.Call) []sender.Policy {
	t.Helper()
	all, err := sender.List.Do(t.Context(), w.Door, call, sender.Which{})
	if err != nil {
		t.Fatal(err)
	}
	return all.Items
}

func TestAPolicyIsSetReplacedAndDeleted(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		for name, do := range map[string]func() error{
			"list": func() error { _, err := sender.List.Do(t.Context(), w.Door, admin, sender.Which{}); return err },
			"put": func() error {
				_, err := sender.Put.Do(t.Context(), w.Door, admin, sender.Input{Service: "fax", Enabled: true, Domains: []string{"b.example"}})
				return err
			},
			"delete": func() error {
				_, err := sender.Delete.Do(t.Context(), w.Door, admin, sender.Ref{Service: "fax"})
				return err
			},
		} {
			if err := do(); !errs.Is(err, "feature_off") || errs.KindOf(err) != errs.KindForbidden {
				t.Errorf("%s before it is switched on: %v", name, err)
			}
		}
		allow(t, w, w.A, true)
		allow(t, w, w.B, true)
		since := w.Now(t)
		p := put(t, w, admin, sender.Input{Service: "fax", Enabled: true, Domains: []string{"b.example", "*.c.example"}, Addresses: []string{"x@y.example"}, Blocked: []string{"z@b.example"}, Language: "de"})
		if p.Version != 1 || len(p.Domains) != 2 || p.Language != "de" {
			t.Errorf("made %+v", p)
		}
		if same := put(t, w, admin, sender.Input{Service: "fax", Enabled: true, Domains: []string{"*.c.example", "b.example"}, Addresses: []string{"x@y.example"}, Blocked: []string{"z@b.example"}, Language: "de"}); same.Version != 1 {
			t.Errorf("the same once more: %+v", same)
		}
		if _, err := sender.Put.Do(t.Context(), w.Door, admin, sender.Input{Service: "fax", Version: 7}); !errs.Is(err, "version_conflict") {
			t.Errorf("on another version: %v", err)
		}
		if _, err := sender.Put.Do(t.Context(), w.Door, admin, sender.Input{Service: "fax2", Version: 1}); !errs.Is(err, "version_conflict") {
			t.Errorf("a new one on a version: %v", err)
		}
		if now := put(t, w, admin, sender.Input{Service: "fax", Version: 1, Enabled: true, Domains: []string{"b.example"}}); now.Version != 2 || len(now.Addresses)+len(now.Blocked) != 0 || now.Language != "" {
			t.Errorf("replaced by %+v", now)
		}
		put(t, w, admin, sender.Input{Service: "scan"})
		if all := policies(t, w, admin); len(all) != 2 || all[0].Service != "fax" || !slices.Equal(all[0].Domains, []string{"b.example"}) || all[1].Enabled {
			t.Errorf("there are %+v", all)
		}
		if one, err := sender.List.Do(t.Context(), w.Door, admin, sender.Which{Service: "scan"}); err != nil || len(one.Items) != 1 {
			t.Errorf("of one service: %+v, %v", one, err)
		}
		if _, err := sender.Delete.Do(t.Context(), w.Door, admin, sender.Ref{Service: "scan", Version: 3}); !errs.Is(err, "version_conflict") {
			t.Errorf("deleted on another version: %v", err)
		}
		if _, err := sender.Delete.Do(t.Context(), w.Door, w.B.Admin.Call(w.B), sender.Ref{Service: "scan"}); errs.KindOf(err) != errs.KindNotFound {
			t.Errorf("another organization's is deleted: %v", err)
		}
		if _, err := sender.Delete.Do(t.Context(), w.Door, admin, sender.Ref{Service: "scan"}); err != nil {
			t.Error(err)
		}
		want := []string{"sender.policy_created", "sender.policy_updated", "sender.policy_created", "sender.policy_deleted"}
		if names := apptest.Names(w.Events(t, w.A.Org.ID, since)); !slices.Equal(names, want) {
			t.Errorf("recorded are %v", names)
		}
		if all := policies(t, w, w.B.Admin.Call(w.B)); len(all) != 0 {
			t.Errorf("the mirror organization has %+v", all)
		}
	})
}

func TestThereIsAnEndToPolicies(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		allow(t, w, w.A, true)
		admin := w.A.Admin.Call(w.A)
		for i := range sender.MaxPolicies {
			put(t, w, admin, sender.Input{Service: fmt.Sprint("s", i)})
		}
		if _, err := sender.Put.Do(t.Context(), w.Door, admin, sender.Input{Service: "more"}); !errs.Is(err, "too_many_policies") {
			t.Errorf("one more: %v", err)
		}
		var long []string
		for i := range sender.MaxAddresses {
			long = append(long, fmt.Sprintf("a%d@b.example", i))
		}
		if p := put(t, w, admin, sender.Input{Service: "s1", Enabled: true, Addresses: long, Blocked: long}); len(p.Addresses) != len(long) || len(p.Blocked) != len(long) {
			t.Errorf("%d and %d addresses", len(p.Addresses), len(p.Blocked))
		}
	})
}

func TestWhoMaySend(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, uma := w.A.Admin.Call(w.A), w.A.User.User
		field, err := group.Create.Do(t.Context(), w.Door, admin, group.Input{
			Name: patch.To("Field"), Settings: patch.To(map[string]string{"fax_profile": "fine"}),
			Defaults: patch.To(group.DefaultsChange{Language: patch.To("fr")}),
		})
		if err != nil {
			t.Fatal(err)
		}
		if v := check(t, w, admin, "x@b.example"); v.Reason != sender.Disabled {
			t.Errorf("without a policy: %+v", v)
		}
		allow(t, w, w.A, true)
		put(t, w, admin, sender.Input{Service: "fax", Enabled: true, Domains: []string{"b.example", "alpha.example"}, Blocked: []string{"bad@b.example", uma.Email}})
		if v := check(t, w, admin, "X@B.example"); v.Reason != sender.ListedDomain || v.Language != "en" || v.Number != "" || v.Group != uma.Group || len(v.Settings) != 0 {
			t.Errorf("by the domain: %+v", v)
		}
		main, err := number.Add.Do(t.Context(), w.Door, admin, number.Input{Number: "+4681234567", Kind: number.Main})
		if err != nil {
			t.Fatal(err)
		}
		shared, err := number.Add.Do(t.Context(), w.Door, admin, number.Input{Number: "+4681234568", Kind: number.Shared})
		if err != nil {
			t.Fatal(err)
		}
		own, err := number.Add.Do(t.Context(), w.Door, admin, number.Input{Number: "+4681234569", User: uma.ID})
		if err != nil {
			t.Fatal(err)
		}
		if v := check(t, w, admin, "x@b.example"); v.Number != main.Number {
			t.Errorf("with a main number: %+v", v)
		}
		// A policy never decides about users, whatever it lists.
		if v := check(t, w, admin, strings.ToUpper(uma.Email)); v.Reason != sender.OfUser || v.User != uma.ID || v.Number != own.Number || v.Group != uma.Group {
			t.Errorf("a user: %+v", v)
		}
		for name, in := range map[string]sender.Input{
			"a personal number": {Service: "fax", Number: own.ID}, "no number": {Service: "fax", Number: "num_00000000000000000000000000"},
			"another's group": {Service: "fax", Group: w.B.User.User.Group}, "no group": {Service: "fax", Group: "grp_00000000000000000000000000"},
		} {
			if _, err := sender.Put.Do(t.Context(), w.Door, admin, in); !errs.Is(err, "validation_failed") {
				t.Errorf("%s: %v", name, err)
			}
		}
		put(t, w, admin, sender.Input{Service: "fax", Enabled: true, Addresses: []string{"x@b.example"}, Number: shared.ID, Group: field.ID})
		if v := check(t, w, admin, "x@b.example"); v.Reason != sender.ListedAddress || v.Language != "fr" || v.Number != shared.Number || v.Group != field.ID || v.Settings["fax_profile"] != "fine" {
			t.Errorf("with a profile: %+v", v)
		}
		if v := check(t, w, admin, "y@b.example"); v.Reason != sender.NotListed || v.Number != "" || v.Language != "" || v.Group != "" {
			t.Errorf("who is not listed: %+v", v)
		}
		for _, s := range []user.State{user.Invited, user.Pending, user.Waiting, user.Deactivated} {
			w.In(t, w.A.Org, uma, s)
			if v := check(t, w, admin, uma.Email); v.Reason != sender.NotActive || v.User != uma.ID || v.Number != "" {
				t.Errorf("a user who is %s: %+v", s, v)
			}
		}
		w.In(t, w.A.Org, uma, user.Active)
		allow(t, w, w.A, false)
		if v := check(t, w, admin, "x@b.example"); v.Reason != sender.Disabled {
			t.Errorf("switched off by the operator: %+v", v)
		}
		if v := check(t, w, admin, uma.Email); v.Reason != sender.OfUser {
			t.Errorf("a user, while it is off: %+v", v)
		}
		allow(t, w, w.A, true)
		if v := check(t, w, admin, "x@b.example"); v.Reason != sender.ListedAddress {
			t.Errorf("switched on again: %+v", v)
		}
		if v, err := sender.Check.Do(t.Context(), w.Door, w.B.Admin.Call(w.B), sender.Question{Service: "fax", Email: "x@b.example"}); err != nil || v.Reason != sender.Disabled {
			t.Errorf("in the mirror organization: %+v, %v", v, err)
		}
		for _, q := range []sender.Question{{Service: "Fax", Email: "x@b.example"}, {Service: "fax", Email: "x"}} {
			if _, err := sender.Check.Do(t.Context(), w.Door, admin, q); !errs.Is(err, "validation_failed") {
				t.Errorf("%+v: %v", q, err)
			}
		}
		if since := w.Now(t); len(w.Events(t, w.A.Org.ID, since.Add(time.Millisecond))) != 0 {
			t.Error("checking is recorded")
		}
	})
}

// What a policy names cannot vanish under it.
func TestNumbersAndGroupsOfPolicies(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		allow(t, w, w.A, true)
		var groups []id.Group
		for _, name := range []string{"One", "Two"} {
			g, err := group.Create.Do(t.Context(), w.Door, admin, group.Input{Name: patch.To(name)})
			if err != nil {
				t.Fatal(err)
			}
			groups = append(groups, g.ID)
		}
		shared, err := number.Add.Do(t.Context(), w.Door, admin, number.Input{Number: "+4681234568", Kind: number.Shared})
		if err != nil {
			t.Fatal(err)
		}
		put(t, w, admin, sender.Input{Service: "fax", Enabled: true, Number: shared.ID, Group: groups[0]})
		if _, err := number.Delete.Do(t.Context(), w.Door, admin, number.Version{ID: shared.ID}); !errs.Is(err, "number_in_use") {
			t.Errorf("the number is deleted: %v", err)
		}
		if _, err := number.Update.Do(t.Context(), w.Door, admin, number.Change{ID: shared.ID, Kind: patch.To(number.Personal)}); !errs.Is(err, "number_in_use") {
			t.Errorf("the number is made personal: %v", err)
		}
		if _, err := number.Update.Do(t.Context(), w.Door, admin, number.Change{ID: shared.ID, Kind: patch.To(number.Main)}); err != nil {
			t.Errorf("the number is made the main one: %v", err)
		}
		if _, err := group.Delete.Do(t.Context(), w.Door, admin, group.Removal{ID: groups[0], To: groups[1]}); err != nil {
			t.Fatal(err)
		}
		if p := policies(t, w, admin)[0]; p.Group != groups[1] || p.Version != 2 {
			t.Errorf("after the group moved: %+v", p)
		}
		if _, err := group.Delete.Do(t.Context(), w.Door, admin, group.Removal{ID: groups[1]}); err != nil {
			t.Fatal(err)
		}
		if p := policies(t, w, admin)[0]; p.Group != "" {
			t.Errorf("after the group went: %+v", p)
		}
		put(t, w, admin, sender.Input{Service: "fax", Enabled: true})
		if _, err := number.Delete.Do(t.Context(), w.Door, admin, number.Version{ID: shared.ID}); err != nil {
			t.Error(err)
		}
	})
}

func TestPoliciesSetAtOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		allow(t, w, w.A, true)
		put(t, w, admin, sender.Input{Service: "fax"})
		const many = 10
		failures := make([]error, many)
		var all sync.WaitGroup
		for i := range many {
			all.Go(func() {
				_, failures[i] = sender.Put.Do(t.Context(), w.Door, admin, sender.Input{Service: "fax", Version: 1, Domains: []string{fmt.Sprintf("d%d.example", i)}})
			})
		}
		all.Wait()
		won := 0
		for i, err := range failures {
			if err == nil {
				won++
			} else if !errs.Is(err, "version_conflict") {
				t.Errorf("%d: %v", i, err)
			}
		}
		if p := policies(t, w, admin)[0]; won != 1 || p.Version != 2 || len(p.Domains) != 1 {
			t.Errorf("%d won, and it is %+v", won, p)
		}
	})
}

// keyWith is a key of A that holds some permissions.
func keyWith(t testing.TB, w *apptest.World, permissions ...authz.Permission) (op.Call, string) {
	t.Helper()
	k, err := apikey.Create.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), apikey.New{Name: "key", Permissions: permissions})
	if err != nil {
		t.Fatal(err)
	}
	hash, _ := secret.HashToken(k.Secret, secret.APIKey)
	return op.Call{By: authz.Caller{Key: hash.Bytes(), Origin: apptest.Origin}, Org: string(w.A.Org.ID)}, k.Secret
}
