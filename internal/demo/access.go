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

// nordlysAccess is who may do what, and for which part of the business.
func nordlysAccess(s *story) {
	made := map[string]id.Account{}
	divides := func(m moment, kind account.Kind, name, below string, under ...string) {
		s.then(m, "make the account "+name, func(d *op.Door) error {
			call, err := s.as(d, maya)
			if err != nil {
				return err
			}
			in := account.Input{Name: patch.To(name), Parent: patch.To(made[below])}
			if kind == account.Delivery {
				var list account.IDs
				for _, one := range under {
					list = append(list, made[one])
				}
				in.Contracts = patch.To(list)
			}
			a, err := account.Create.Do(s.ctx, d, call, account.New{Kind: kind, Input: in})
			made[name] = a.ID
			return err
		})
	}
	divides(on(76, 1010), account.Contract, "Nordics", "")
	divides(on(76, 1012), account.Contract, "Sweden", "Nordics")
	divides(on(76, 1013), account.Contract, "Norway", "Nordics")
	divides(on(76, 1015), account.Contract, "Central Europe", "")
	divides(on(76, 1016), account.Contract, "Poland", "Central Europe")
	divides(on(75, 1400), account.Delivery, "Gdynia Container Terminal", "", "Poland")
	divides(on(75, 1404), account.Delivery, "Fjordkraft Maintenance", "", "Norway", "Sweden")
	divides(on(75, 1406), account.Delivery, "Fjordkraft Bergen", "Fjordkraft Maintenance")

	entitles := func(m moment, email string, in func() role.Input, access func() user.Access) {
		s.then(m, "give a role to "+email, func(d *op.Door) error {
			call, err := s.as(d, maya)
			if err != nil {
				return err
			}
			r, err := role.Create.Do(s.ctx, d, call, in())
			if err != nil {
				return err
			}
			_, err = user.Change.Do(s.ctx, d, call, user.Update{ID: s.users[email], Role: patch.To(r.ID), Access: access()})
			return err
		})
	}
	entitles(on(74, 920), "declan.obrien@nordlys.example", func() role.Input {
		return role.Input{
			Name: patch.To("Help desk"), Description: patch.To("Looks after everybody in support, and nobody else."),
			Permissions: patch.To(role.Permissions{authz.UsersView, authz.UsersManage, authz.InvitationsManage}),
			Limits:      patch.To(authz.Limits{Groups: []id.Group{s.groups[named(inSupport)]}}),
		}
	}, func() user.Access { return user.Access{} })
	entitles(on(73, 1105), "kalea@nordlys.example", func() role.Input {
		return role.Input{
			Name: patch.To("Account manager"), Description: patch.To("Keeps contract and delivery accounts in order."),
			Permissions: patch.To(role.Permissions{authz.UsersView, authz.AccountsManage}),
		}
	}, func() user.Access { return user.Access{Contract: patch.To(authz.ChosenAccounts(made["Nordics"]))} })

	for i, p := range terminal {
		in := invite.Input{Emails: []string{fmt.Sprintf("%s %s <%s>", p.first, p.last, p.email)}, Role: authz.RoleUser}
		if i == 0 {
			in.Role = authz.RoleAdmin
		}
		s.then(on(72-i, 1020), "invite "+p.email, func(d *op.Door) error {
			call, err := s.as(d, maya)
			if err != nil {
				return err
			}
			in.Access = user.Access{
				Side: patch.To(authz.OfDelivery), Contract: patch.To(authz.AllAccounts()), Delivery: patch.To(authz.ChosenAccounts(made["Gdynia Container Terminal"])),
			}
			out, err := invite.Create.Do(s.ctx, d, call, in)
			if err == nil {
				s.users[p.email] = out.Results[0].User
			}
			return err
		})
		s.joins(on(71-i, 1400), p)
	}
}
