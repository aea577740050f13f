package account_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"roster/internal/account"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/role"
	"roster/internal/user"
)

func create(t *testing.T, w *apptest.World, call op.Call, kind account.Kind, name string, more account.Input) account.Account {
	t.Helper()
	more.Name = patch.To(name)
	a, err := account.Create.Do(t.Context(), w.Door, call, account.New{Kind: kind, Input: more})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return a
}

func below(a account.Account) account.Input { return account.Input{Parent: patch.To(a.ID)} }

func under(list ...account.Account) account.Input {
	var ids account.IDs
	for _, a := range list {
		ids = append(ids, a.ID)
	}
	return account.Input{Contracts: patch.To(ids)}
}

// listed are the names that a caller sees, with commas between them.
func listed(t *testing.T, w *apptest.World, call op.Call, f account.Filter) string {
	t.Helper()
	p, err := account.List.Do(t.Context(), w.Door, call, account.ListInput{Filter: f, Paging: op.Paging{Count: true}})
	if err != nil || *p.Total != len(p.Items) {
		t.Fatalf("%+v, %v", p, err)
	}
	var names []string
	for _, a := range p.Items {
		names = append(names, a.Name)
	}
	return strings.Join(names, ", ")
}

// limit gives a user a role of these permissions, and access.
func limit(t *testing.T, w *apptest.World, who id.User, access user.Access, permissions ...authz.Permission) {
	t.Helper()
	admin := w.A.Admin.Call(w.A)
	r, err := role.Create.Do(t.Context(), w.Door, admin, role.Input{Name: patch.To("of " + string(who)), Permissions: patch.To(role.Permissions(permissions))})
	if err == nil {
		_, err = user.Change.Do(t.Context(), w.Door, admin, user.Update{ID: who, Role: patch.To(r.ID), Access: access})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func only(list ...account.Account) patch.Field[authz.Accounts] {
	var ids []id.Account
	for _, a := range list {
		ids = append(ids, a.ID)
	}
	return patch.To(authz.ChosenAccounts(ids...))
}

func TestAnAccountIsMadeChangedAndDeleted(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, since := w.A.Admin.Call(w.A), w.Now(t)
		north := create(t, w, admin, account.Contract, "North", account.Input{})
		inner := create(t, w, admin, account.Contract, "Oslo", below(north))
		port := create(t, w, admin, account.Delivery, "Port", under(inner))
		if port.Contracts[0] != inner.ID || inner.Parent != north.ID {
			t.Errorf("made %+v and %+v", inner, port)
		}
		if _, err := account.Create.Do(t.Context(), w.Door, admin, account.New{Kind: account.Contract, Input: account.Input{Name: patch.To("NORTH ")}}); !errs.Is(err, "name_taken") {
			t.Errorf("the same name: %v", err)
		}
		create(t, w, admin, account.Contract, "North", below(north)) // elsewhere it is free
		create(t, w, admin, account.Delivery, "North", account.Input{})
		if _, err := account.Change.Do(t.Context(), w.Door, admin, account.Update{ID: inner.ID, Input: account.Input{Name: patch.To("north")}}); !errs.Is(err, "name_taken") {
			t.Errorf("the name of another: %v", err)
		}
		if _, err := account.Change.Do(t.Context(), w.Door, admin, account.Update{ID: north.ID, Version: 2, Input: account.Input{Name: patch.To("x")}}); !errs.Is(err, "version_conflict") {
			t.Errorf("on another version: %v", err)
		}
		for name, c := range map[string]struct {
			in   account.Input
			code string
		}{
			"below itself":       {below(north), "circle"},
			"below its own":      {below(inner), "circle"},
			"below a delivery":   {below(port), "unknown_account"},
			"below what is not":  {account.Input{Parent: patch.To(id.Account("acc_00000000000000000000000000"))}, "unknown_account"},
			"a contract under":   {under(inner), "not_wanted"},
			"under a delivery":   {under(port), "not_wanted"},
			"without being told": {account.Input{Name: patch.To("")}, "required"},
		} {
			if _, err := account.Change.Do(t.Context(), w.Door, admin, account.Update{ID: north.ID, Input: c.in}); err == nil || !strings.Contains(err.Error(), c.code) {
				t.Errorf("%s: %v, want %s", name, err, c.code)
			}
		}
		if _, err := account.Delete.Do(t.Context(), w.Door, admin, account.Removal{ID: north.ID}); !errs.Is(err, "account_in_use") {
			t.Errorf("deleted with others below: %v", err)
		}
		if same, err := account.Change.Do(t.Context(), w.Door, admin, account.Update{ID: port.ID, Input: under(inner)}); err != nil || same.Version != 1 {
			t.Errorf("changed to the same: %+v, %v", same, err)
		}
		if free, err := account.Change.Do(t.Context(), w.Door, admin, account.Update{ID: port.ID, Version: 1, Input: under()}); err != nil || len(free.Contracts) != 0 || free.Version != 2 {
			t.Errorf("under none: %+v, %v", free, err)
		}
		if _, err := account.Delete.Do(t.Context(), w.Door, admin, account.Removal{ID: inner.ID, Version: 1}); err != nil {
			t.Error(err)
		}
		events := w.Events(t, w.A.Org.ID, since)
		if last := events[len(events)-2]; last.Name != "account.updated" || !strings.Contains(last.Changes, `"before":["Oslo"]`) {
			t.Errorf("recorded is %+v", last)
		}
		if all := listed(t, w, w.B.Admin.Call(w.B), account.Filter{}); all != "" {
			t.Errorf("the mirror organization has %s", all)
		}
	})
}

func TestWhatIsUsedIsNotDeleted(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		a := create(t, w, admin, account.Contract, "North", account.Input{})
		limit(t, w, w.A.User.User.ID, user.Access{Contract: only(a)}, authz.UsersView)
		if _, err := account.Delete.Do(t.Context(), w.Door, admin, account.Removal{ID: a.ID}); !errs.Is(err, "account_in_use") {
			t.Errorf("a user has it: %v", err)
		}
		if _, err := user.Change.Do(t.Context(), w.Door, admin, user.Update{ID: w.A.User.User.ID, Access: user.Access{Contract: patch.To(authz.AllAccounts())}}); err != nil {
			t.Fatal(err)
		}
		r, err := role.Create.Do(t.Context(), w.Door, admin, role.Input{Name: patch.To("Of the north"), Limits: patch.To(authz.Limits{Accounts: []id.Account{a.ID}})})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := account.Delete.Do(t.Context(), w.Door, admin, account.Removal{ID: a.ID}); !errs.Is(err, "account_in_use") {
			t.Errorf("a role is limited to it: %v", err)
		}
		if _, err := role.Delete.Do(t.Context(), w.Door, admin, role.Removal{ID: r.ID}); err != nil {
			t.Fatal(err)
		}
		if _, err := account.Delete.Do(t.Context(), w.Door, admin, account.Removal{ID: a.ID}); err != nil {
			t.Errorf("nobody uses it: %v", err)
		}
	})
}

func TestTreesHaveAnEnd(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		at := create(t, w, admin, account.Contract, "1", account.Input{})
		for level := 2; level <= account.MaxDepth; level++ {
			at = create(t, w, admin, account.Contract, fmt.Sprint(level), below(at))
		}
		if _, err := account.Create.Do(t.Context(), w.Door, admin, account.New{Kind: account.Contract, Input: account.Input{Name: patch.To("x"), Parent: patch.To(at.ID)}}); err == nil || !strings.Contains(err.Error(), "too_deep") {
			t.Errorf("one level more: %v", err)
		}
		top := create(t, w, admin, account.Contract, "top", account.Input{})
		second := create(t, w, admin, account.Contract, "second", below(top))
		if _, err := account.Change.Do(t.Context(), w.Door, admin, account.Update{ID: top.ID, Input: account.Input{Parent: patch.To(at.Parent)}}); err == nil || !strings.Contains(err.Error(), "too_deep") {
			t.Errorf("two levels where there is room for one: %v", err)
		}
		if moved, err := account.Change.Do(t.Context(), w.Door, admin, account.Update{ID: second.ID, Input: account.Input{Parent: patch.To(at.Parent)}}); err != nil || moved.ParentName != "7" {
			t.Errorf("one level where there is room for one: %+v, %v", moved, err)
		}
	})
}

// rows are the table of what lies below what, as it is and as a recount has it.
var rows = op.Query[op.Nothing, [2]map[string]bool]{
	Name: "test.below", Needs: authz.AccountsManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, _ op.Nothing) (two [2]map[string]bool, err error) {
		is, err := op.All[string](t, `select account_id || ' ' || below_id from account_below where org_id = :org`, nil)
		if err != nil {
			return two, err
		}
		counted, err := op.All[string](t, `with recursive down (top, at) as (
				select id, id from accounts where org_id = :org
				union all select down.top, a.id from down join accounts a on a.org_id = :org and a.parent_id = down.at)
			select top || ' ' || at from down`, nil)
		two[0], two[1] = map[string]bool{}, map[string]bool{}
		for _, one := range is {
			two[0][one] = true
		}
		for _, one := range counted {
			two[1][one] = true
		}
		return two, err
	},
}

func TestWhatLiesBelowIsWhatARecountSays(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, random := w.A.Admin.Call(w.A), rand.New(rand.NewPCG(1, 2))
		var all []account.Account
		for i := range 12 {
			all = append(all, create(t, w, admin, account.Contract, fmt.Sprint("a", i), account.Input{}))
		}
		moved := 0
		for range 60 {
			what, to := all[random.IntN(len(all))], all[random.IntN(len(all))]
			in := below(to)
			if random.IntN(5) == 0 {
				in = account.Input{Parent: patch.ToNull[id.Account]()}
			}
			if _, err := account.Change.Do(t.Context(), w.Door, admin, account.Update{ID: what.ID, Input: in}); err == nil {
				moved++
			}
		}
		two, err := rows.Do(t.Context(), w.Door, admin, op.Nothing{})
		if err != nil || fmt.Sprint(two[0]) != fmt.Sprint(two[1]) || moved < 20 {
			t.Errorf("after %d moves: %v, %v, %v", moved, two[0], two[1], err)
		}
	})
}

// Whoever has limits makes nothing, moves nothing and sees nothing beyond them,
// and what they do not see of an account stays as it is.
func TestLimitsOfWhoeverManagesAccounts(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, uma := w.A.Admin.Call(w.A), w.A.User.Call(w.A)
		top := create(t, w, admin, account.Contract, "Top", account.Input{})
		north, south := create(t, w, admin, account.Contract, "North", below(top)), create(t, w, admin, account.Contract, "South", below(top))
		oslo := create(t, w, admin, account.Contract, "Oslo", below(north))
		port := create(t, w, admin, account.Delivery, "Port", under(oslo, south))
		hidden := create(t, w, admin, account.Delivery, "Quarry", under(south))
		limit(t, w, w.A.User.User.ID, user.Access{Contract: only(north)}, authz.UsersView, authz.AccountsManage)
		if all := listed(t, w, uma, account.Filter{}); all != "North, Oslo, Port" {
			t.Errorf("sees %s", all)
		}
		for _, f := range []account.Filter{{Parent: top.ID}, {Under: south.ID}} {
			if all := listed(t, w, uma, f); all != "" {
				t.Errorf("at a place beyond the limits: %s", all)
			}
		}
		if a, err := account.Get.Do(t.Context(), w.Door, uma, account.Ref{ID: north.ID}); err != nil || a.Parent != "" || a.ParentName != "" || a.Below != 1 {
			t.Errorf("what lies above shows: %+v, %v", a, err)
		}
		if a, err := account.Get.Do(t.Context(), w.Door, uma, account.Ref{ID: port.ID}); err != nil || fmt.Sprint(a.Contracts) != fmt.Sprint(account.IDs{oslo.ID}) {
			t.Errorf("another contract shows: %+v, %v", a, err)
		}
		for _, one := range []account.Account{top, south, hidden} {
			if _, err := account.Change.Do(t.Context(), w.Door, uma, account.Update{ID: one.ID, Input: account.Input{Name: patch.To("x")}}); errs.KindOf(err) != errs.KindNotFound {
				t.Errorf("%s is changed: %v", one.Name, err)
			}
			if _, err := account.Delete.Do(t.Context(), w.Door, uma, account.Removal{ID: one.ID}); errs.KindOf(err) != errs.KindNotFound {
				t.Errorf("%s is deleted: %v", one.Name, err)
			}
		}
		for name, in := range map[string]account.New{
			"a contract at the top":   {Kind: account.Contract, Input: account.Input{Name: patch.To("x")}},
			"a delivery under nobody": {Kind: account.Delivery, Input: account.Input{Name: patch.To("x")}},
		} {
			if _, err := account.Create.Do(t.Context(), w.Door, uma, in); !errs.Is(err, "grant_exceeds_own") {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, in := range map[string]account.Input{"to the top": {Parent: patch.ToNull[id.Account]()}, "to another's": below(south)} {
			if a, err := account.Change.Do(t.Context(), w.Door, uma, account.Update{ID: oslo.ID, Input: in}); err == nil {
				t.Errorf("moved %s: %+v", name, a)
			}
		}
		// The form sends back what it shows: no parent, one contract.
		if _, err := account.Change.Do(t.Context(), w.Door, uma, account.Update{ID: north.ID, Input: account.Input{Name: patch.To("Nord"), Parent: patch.To(id.Account(""))}}); err != nil {
			t.Error(err)
		}
		if _, err := account.Change.Do(t.Context(), w.Door, uma, account.Update{ID: port.ID, Input: account.Input{Name: patch.To("Hafen"), Contracts: patch.To(account.IDs{oslo.ID})}}); err != nil {
			t.Error(err)
		}
		if a, _ := account.Get.Do(t.Context(), w.Door, admin, account.Ref{ID: north.ID}); a.Parent != top.ID || a.Name != "Nord" {
			t.Errorf("what lies above was not kept: %+v", a)
		}
		if a, _ := account.Get.Do(t.Context(), w.Door, admin, account.Ref{ID: port.ID}); len(a.Contracts) != 2 || a.Name != "Hafen" {
			t.Errorf("another contract was not kept: %+v", a)
		}
	})
}

// An account that is deleted while it is given ends as one of both: nobody has
// an account that does not exist.
func TestDeletedWhileItIsGiven(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		for i := range 8 {
			a := create(t, w, admin, account.Contract, fmt.Sprint("c", i), account.Input{})
			var both sync.WaitGroup
			var given, deleted error
			both.Go(func() {
				_, given = user.Change.Do(t.Context(), w.Door, admin, user.Update{ID: w.A.User.User.ID, Access: user.Access{Contract: only(a)}})
			})
			both.Go(func() { _, deleted = account.Delete.Do(t.Context(), w.Door, admin, account.Removal{ID: a.ID}) })
			both.Wait()
			if (given == nil) == (deleted == nil) {
				t.Errorf("given: %v, deleted: %v", given, deleted)
			}
			u, err := user.Get.Do(t.Context(), w.Door, admin, user.Ref{ID: w.A.User.User.ID})
			if _, gone := account.Get.Do(t.Context(), w.Door, admin, account.Ref{ID: a.ID}); err != nil || (gone != nil) == (fmt.Sprint(u.Contract.IDs) == fmt.Sprint([]id.Account{a.ID})) {
				t.Errorf("%+v has %v, which is %v", u.Name(), u.Contract, gone)
			}
		}
	})
}
