package demo

import (
	"fmt"

	"roster/internal/account"
	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/role"
	"roster/internal/user"
)

// Users of a customer of Nordlys, who see nobody but themselves.
var terminal = []person{
	{"Piotr", "Zieliński", "", "piotr.zielinski@gct-gdynia.example", "Terminal Manager", "", gdansk, "", on(2, 940)},
	{"Hanna", "Wójcik", "", "hanna.wojcik@gct-gdynia.example", "Shift Lead", "", gdansk, "", never},
}

// divided is a business with accounts, by their names.
type divided struct {
	*story
	made map[string]id.Account
}

// nordlysAccess is who may do what, and for which part of the business.
func nordlysAccess(s *story) {
	b := divided{s, map[string]id.Account{}}
	b.divides(on(76, 1010), account.Contract, "Nordics", "")
	b.divides(on(76, 1012), account.Contract, "Sweden", "Nordics")
	b.divides(on(76, 1013), account.Contract, "Norway", "Nordics")
	b.divides(on(76, 1015), account.Contract, "Central Europe", "")
	b.divides(on(76, 1016), account.Contract, "Poland", "Central Europe")
	b.divides(on(75, 1400), account.Delivery, "Gdynia Container Terminal", "", "Poland")
	b.divides(on(75, 1404), account.Delivery, "Fjordkraft Maintenance", "", "Norway", "Sweden")
	b.divides(on(75, 1406), account.Delivery, "Fjordkraft Bergen", "Fjordkraft Maintenance")

	b.entitles(on(74, 920), "declan.obrien@nordlys.example", func() (role.Input, user.Access) {
		return role.Input{
			Name: patch.To("Help desk"), Description: patch.To("Looks after everybody in support, and nobody else."),
			Permissions: patch.To(role.Permissions{authz.UsersView, authz.UsersManage, authz.InvitationsManage}),
			Limits:      patch.To(authz.Limits{Groups: []id.Group{s.groups[named(inSupport)]}}),
		}, user.Access{}
	})
	b.entitles(on(73, 1105), "kalea@nordlys.example", func() (role.Input, user.Access) {
		return role.Input{
			Name: patch.To("Account manager"), Description: patch.To("Keeps contract and delivery accounts in order."),
			Permissions: patch.To(role.Permissions{authz.UsersView, authz.AccountsManage}),
		}, user.Access{Contract: patch.To(authz.ChosenAccounts(b.made["Nordics"]))}
	})
	b.welcomes(on(72, 1020), authz.RoleAdmin, terminal[0])
	b.welcomes(on(71, 1020), authz.RoleUser, terminal[1])
}

// divides makes an account.
func (b divided) divides(m moment, kind account.Kind, name, below string, under ...string) {
	b.then(m, "make the account "+name, func(d *op.Door) error {
		call, err := b.as(d, maya)
		if err != nil {
			return err
		}
		in := account.Input{Name: patch.To(name), Parent: patch.To(b.made[below])}
		if kind == account.Delivery {
			var list account.IDs
			for _, one := range under {
				list = append(list, b.made[one])
			}
			in.Contracts = patch.To(list)
		}
		a, err := account.Create.Do(b.ctx, d, call, account.New{Kind: kind, Input: in})
		b.made[name] = a.ID
		return err
	})
}

// entitles makes a role and gives it to somebody.
func (b divided) entitles(m moment, email string, in func() (role.Input, user.Access)) {
	b.then(m, "give a role to "+email, func(d *op.Door) error {
		call, err := b.as(d, maya)
		if err != nil {
			return err
		}
		wanted, access := in()
		r, err := role.Create.Do(b.ctx, d, call, wanted)
		if err != nil {
			return err
		}
		_, err = user.Change.Do(b.ctx, d, call, user.Update{ID: b.users[email], Role: patch.To(r.ID), Access: access})
		return err
	})
}

// welcomes is a user of the terminal who is invited, and joins the next day.
func (b divided) welcomes(m moment, as id.Role, p person) {
	b.then(m, "invite "+p.email, func(d *op.Door) error {
		call, err := b.as(d, maya)
		if err != nil {
			return err
		}
		out, err := invite.Create.Do(b.ctx, d, call, invite.Input{
			Emails: []string{fmt.Sprintf("%s %s <%s>", p.first, p.last, p.email)}, Role: as,
			Access: user.Access{
				Side: patch.To(authz.OfDelivery), Contract: patch.To(authz.AllAccounts()),
				Delivery: patch.To(authz.ChosenAccounts(b.made["Gdynia Container Terminal"])),
			},
		})
		if err == nil {
			b.users[p.email] = out.Results[0].User
		}
		return err
	})
	b.joins(m.later(1, 220), p)
}
