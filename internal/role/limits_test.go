package role_test

import (
	"slices"
	"strings"
	"testing"

	"roster/internal/account"
	"roster/internal/adduser"
	"roster/internal/app/apptest"
	"roster/internal/auditlog"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/people"
	"roster/internal/role"
	"roster/internal/team"
	"roster/internal/user"
)

// field is A with two of everything that a role can be limited to: Ina is inside
// the first of each, Otto in the second.
type field struct {
	w         *apptest.World
	group     group.Group
	team      team.Team
	accounts  [2]account.Account // the second lies below no other
	inner     account.Account    // below the first
	ina, otto apptest.Person
}

func newField(t *testing.T, w *apptest.World) field {
	t.Helper()
	f, admin := field{w: w}, w.A.Admin.Call(w.A)
	var err error
	must := func() {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	f.group, err = group.Create.Do(t.Context(), w.Door, admin, group.Input{Name: patch.To("Field")})
	must()
	f.team, err = team.Create.Do(t.Context(), w.Door, admin, team.New{Name: "Crew"})
	must()
	made := func(kind account.Kind, name string, parent id.Account) account.Account {
		var a account.Account
		a, err = account.Create.Do(t.Context(), w.Door, admin, account.New{Kind: kind, Input: account.Input{Name: patch.To(name), Parent: patch.To(parent)}})
		must()
		return a
	}
	f.accounts[0], f.accounts[1] = made(account.Contract, "North", ""), made(account.Contract, "South", "")
	f.inner = made(account.Contract, "Oslo", f.accounts[0].ID)
	f.ina = w.Person(t, w.A.Org, "Ina", "Inside", "ina@alpha.example", authz.RoleUser)
	f.otto = w.Person(t, w.A.Org, "Otto", "Outside", "otto@alpha.example", authz.RoleUser)
	_, err = user.Change.Do(t.Context(), w.Door, admin, user.Update{
		ID: f.ina.User.ID, Group: patch.To(f.group.ID), Teams: patch.To(user.Teams{f.team.ID}),
		Access: user.Access{Contract: patch.To(authz.ChosenAccounts(f.inner.ID))},
	})
	must()
	_, err = user.Change.Do(t.Context(), w.Door, admin, user.Update{ID: f.otto.User.ID, Access: user.Access{Contract: patch.To(authz.ChosenAccounts(f.accounts[1].ID))}})
	must()
	return f
}

func invited(t *testing.T, w *apptest.World, call op.Call, in invite.Input) invite.Result {
	t.Helper()
	r, err := invite.Create.Do(t.Context(), w.Door, call, in)
	if err != nil || len(r.Results) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	return r.Results[0]
}

// emails are those of the users whom a caller sees.
func emails(t *testing.T, w *apptest.World, call op.Call, f people.Filter) []string {
	t.Helper()
	p, err := people.List.Do(t.Context(), w.Door, call, people.ListInput{Filter: f, Paging: op.Paging{Count: true}})
	if err != nil || *p.Total != len(p.Items) {
		t.Fatalf("%+v, %v", p, err)
	}
	var list []string
	for _, u := range p.Items {
		list = append(list, u.Email)
	}
	slices.Sort(list)
	return list
}

func TestWhoeverHasLimitsReachesNobodyElse(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newField(t, w)
		admin := w.A.Admin.Call(w.A)
		for name, limits := range map[string]authz.Limits{
			"group":   {Groups: []id.Group{f.group.ID}},
			"team":    {Teams: []id.Team{f.team.ID}},
			"account": {Accounts: []id.Account{f.accounts[0].ID}},
			"all":     {Groups: []id.Group{f.group.ID}, Teams: []id.Team{f.team.ID}, Accounts: []id.Account{f.accounts[0].ID}},
		} {
			r := create(t, w, admin, "Of the "+name, limits, authz.UsersView, authz.UsersManage, authz.InvitationsManage, authz.AuditView, authz.TeamsManage, authz.APIKeysManage)
			mel := w.Person(t, w.A.Org, "Mel", "Manager", name+"@alpha.example", r.ID)
			call := mel.Call(w.A)
			for kind, by := range map[string]op.Call{"user": call, "key": keyOf(t, w, call, authz.UsersView, authz.UsersManage, authz.InvitationsManage, authz.AuditView, authz.TeamsManage)} {
				want := []string{"ina@alpha.example"}
				if kind == "user" {
					want = append(want, name+"@alpha.example")
					slices.Sort(want)
				}
				limited(t, f, name+" by a "+kind, by, want)
			}
		}
	})
}

// limited asks everything that answers or changes users.
func limited(t *testing.T, f field, name string, call op.Call, want []string) {
	t.Helper()
	w, otto := f.w, f.otto.User.ID
	if got := emails(t, w, call, people.Filter{}); !slices.Equal(got, want) {
		t.Errorf("%s sees %v, want %v", name, got, want)
	}
	if got := emails(t, w, call, people.Filter{Search: "outside"}); len(got) != 0 {
		t.Errorf("%s finds %v", name, got)
	}
	if counts, err := people.Counts.Do(t.Context(), w.Door, call, op.Nothing{}); err != nil || counts[user.Active] != len(want) {
		t.Errorf("%s counts %v, %v", name, counts, err)
	}
	if found, err := people.Lookup.Do(t.Context(), w.Door, call, people.Address{Email: "otto@alpha.example"}); err != nil || found.User != nil {
		t.Errorf("%s looks up %+v, %v", name, found, err)
	}
	if found, err := people.Lookup.Do(t.Context(), w.Door, call, people.Address{Email: "ina@alpha.example"}); err != nil || found.User == nil {
		t.Errorf("%s looks up %+v, %v", name, found, err)
	}
	for what, err := range map[string]error{
		"get": func() error { _, err := user.Get.Do(t.Context(), w.Door, call, user.Ref{ID: otto}); return err }(),
		"change": func() error {
			_, err := user.Change.Do(t.Context(), w.Door, call, user.Update{ID: otto, Fields: user.Fields{Title: patch.To("x")}})
			return err
		}(),
		"deactivate": func() error { _, err := user.Deactivate.Do(t.Context(), w.Door, call, user.Ref{ID: otto}); return err }(),
		"into a team": func() error {
			_, err := team.AddMember.Do(t.Context(), w.Door, call, team.Membership{ID: f.team.ID, User: otto})
			return err
		}(),
	} {
		if errs.KindOf(err) != errs.KindNotFound {
			t.Errorf("%s: %s of somebody outside: %v", name, what, err)
		}
	}
	if r, err := team.AddMembers.Do(t.Context(), w.Door, call, team.People{ID: f.team.ID, Members: []string{"otto@alpha.example"}}); err != nil || r.Count(team.Added) != 0 {
		t.Errorf("%s puts into a team: %+v, %v", name, r, err)
	}
	log, err := auditlog.List.Do(t.Context(), w.Door, call, auditlog.ListInput{Paging: op.Paging{Limit: 500}})
	if err != nil || len(log.Items) == 0 {
		t.Errorf("%s reads %d events, %v", name, len(log.Items), err)
	}
	for _, e := range log.Items {
		if e.Subject.Kind != "user" || strings.Contains(e.Subject.Name, "Otto") {
			t.Errorf("%s reads of %+v", name, e.Subject)
		}
	}
	again := invited(t, w, call, invite.Input{
		Emails: []string{"otto@alpha.example"}, Group: f.group.ID, Teams: []id.Team{f.team.ID}, Access: user.Access{Contract: patch.To(authz.ChosenAccounts(f.inner.ID))},
	})
	if again.Outcome != invite.AlreadyUser || again.User != "" {
		t.Errorf("%s invites somebody outside: %+v", name, again)
	}
	if _, err := invite.Create.Do(t.Context(), w.Door, call, invite.Input{Emails: []string{"new@alpha.example"}}); !errs.Is(err, "grant_exceeds_own") {
		t.Errorf("%s invites beyond the limits: %v", name, err)
	}
	if len(w.Letters(t, "new@alpha.example")) != 0 {
		t.Errorf("%s: there is a letter all the same", name)
	}
}

// A user of a delivery account sees and administers only what is theirs.
func TestUsersOfADeliveryAccount(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		made := func(name string) account.Account {
			a, err := account.Create.Do(t.Context(), w.Door, admin, account.New{Kind: account.Delivery, Input: account.Input{Name: patch.To(name)}})
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		port, quarry := made("Port"), made("Quarry")
		of := func(a account.Account) user.Access {
			return user.Access{Side: patch.To(authz.OfDelivery), Delivery: patch.To(authz.ChosenAccounts(a.ID))}
		}
		boss := w.Person(t, w.A.Org, "Boss", "Port", "boss@port.example", authz.RoleUser)
		hand := w.Person(t, w.A.Org, "Hand", "Port", "hand@port.example", authz.RoleUser)
		other := w.Person(t, w.A.Org, "Other", "Quarry", "other@quarry.example", authz.RoleUser)
		for _, given := range []struct {
			who  apptest.Person
			role id.Role
			to   account.Account
		}{{boss, authz.RoleAdmin, port}, {hand, authz.RoleUser, port}, {other, authz.RoleUser, quarry}} {
			if err := give(t, w, admin, given.who.User.ID, given.role, of(given.to)); err != nil {
				t.Fatal(err)
			}
		}
		call := boss.Call(w.A)
		if got := emails(t, w, call, people.Filter{}); !slices.Equal(got, []string{"boss@port.example", "hand@port.example"}) {
			t.Errorf("sees %v", got)
		}
		if got := emails(t, w, call, people.Filter{Search: "quarry"}); len(got) != 0 {
			t.Errorf("finds %v", got)
		}
		if counts, err := people.Counts.Do(t.Context(), w.Door, call, op.Nothing{}); err != nil || counts[user.Active] != 2 {
			t.Errorf("counts %v, %v", counts, err)
		}
		if list, err := account.List.Do(t.Context(), w.Door, call, account.ListInput{}); err != nil || len(list.Items) != 1 || list.Items[0].Users != 2 {
			t.Errorf("sees the accounts %+v, %v", list.Items, err)
		}
		for name, who := range map[string]id.User{"another's": other.User.ID, "the organization's": w.A.User.User.ID} {
			if _, err := user.Change.Do(t.Context(), w.Door, call, user.Update{ID: who, Fields: user.Fields{Title: patch.To("x")}}); errs.KindOf(err) != errs.KindNotFound {
				t.Errorf("changes %s: %v", name, err)
			}
		}
		if _, err := user.Change.Do(t.Context(), w.Door, call, user.Update{ID: hand.User.ID, Fields: user.Fields{Title: patch.To("Hand")}}); err != nil {
			t.Errorf("changes their own: %v", err)
		}
		for name, access := range map[string]user.Access{
			"another account": of(quarry), "the organization": {Side: patch.To(authz.OfOrganization)},
			"a permission for others": {Extra: patch.To(role.Permissions{authz.SettingsManage})},
		} {
			if err := give(t, w, call, hand.User.ID, authz.RoleUser, access); err == nil {
				t.Errorf("gives %s", name)
			}
		}
		if err := give(t, w, admin, hand.User.ID, authz.RoleUser, user.Access{Extra: patch.To(role.Permissions{authz.SettingsManage})}); err == nil || !strings.Contains(err.Error(), "delivery_not_allowed") {
			t.Errorf("an admin gives a permission for others: %v", err)
		}
		if _, err := group.List.Do(t.Context(), w.Door, call, group.ListInput{}); errs.KindOf(err) != errs.KindForbidden {
			t.Errorf("an admin of a delivery account manages groups: %v", err)
		}
		if r := invited(t, w, call, invite.Input{Emails: []string{"new@port.example"}}); r.Outcome != invite.Invited {
			t.Errorf("invited: %+v", r)
		}
		if u, err := adduser.Add.Do(t.Context(), w.Door, call, adduser.Input{Email: "added@port.example", Fields: user.Fields{FirstName: patch.To("A"), LastName: patch.To("B")}}); err != nil || u.Side != authz.OfDelivery || !slices.Equal(u.Delivery.IDs, []id.Account{port.ID}) {
			t.Errorf("added: %+v, %v", u.Rights, err)
		}
		invited(t, w, admin, invite.Input{Emails: []string{"own@alpha.example"}})
		if list, err := invite.List.Do(t.Context(), w.Door, call, invite.ListInput{Paging: op.Paging{Count: true}}); err != nil || len(list.Items) != 1 || *list.Total != 1 {
			t.Errorf("sees the invitations %+v, %v", list, err)
		}
	})
}
