package access

import (
	"context"
	"slices"

	"roster/internal/account"
	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/role"
	"roster/internal/user"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Form is the part of a form that says what a user may do beyond the role and
// which accounts they have access to, as it was sent. The zero value is a form
// without it.
type Form struct {
	Shown       bool               `form:"access"` // the form had it, so that nothing checked means nothing
	Permissions []authz.Permission `form:"permissions"`
	Side        authz.Side         `form:"side"`
	Contract    string             `form:"contract_access"` // all, or chosen
	Contracts   []id.Account       `form:"contract_accounts"`
	Deliveries  []id.Account       `form:"delivery_accounts"`
}

// Names are the fields of the form, for those that carry them along.
var Names = []string{"access", "permissions", "contract_access", "contract_accounts", "delivery_accounts"}

// FormOf is the form about a user as they are.
func FormOf(u user.User) Form {
	f := Form{Shown: true, Permissions: u.Extra, Side: u.Side, Contract: "chosen", Contracts: u.Contract.IDs, Deliveries: u.Delivery.IDs}
	if u.Contract.All {
		f.Contract = "all"
	}
	return f
}

// Access is what the form says. What it did not ask for stays as it is.
func (f Form) Access() user.Access {
	var in user.Access
	if f.Side != "" {
		in.Side = patch.To(f.Side)
	}
	if !f.Shown {
		return in
	}
	in.Extra = patch.To(role.Permissions(f.Permissions).Tidy())
	switch f.Contract {
	case "all":
		in.Contract = patch.To(authz.AllAccounts())
	case "chosen":
		in.Contract = patch.To(authz.ChosenAccounts(f.Contracts...))
	}
	if f.Side == authz.OfDelivery {
		in.Delivery = patch.To(authz.ChosenAccounts(f.Deliveries...))
	}
	return in
}

// offered is how many accounts of a kind a form has room for. Beyond that, one
// that lies above them can be chosen, or the API used.
const offered = 300

// Offer is what whoever acts may give a user.
type Offer struct {
	Permissions  role.Catalogue
	Contracts    []account.Account
	AllContracts bool // not only chosen ones
	Deliveries   []account.Account
	Sides        bool       // whether the user belongs to a delivery account can be chosen
	Side         authz.Side // of whoever acts
}

// OfferTo is what whoever acts may give; it has the accounts that a user has now.
func OfferTo(t *op.Tx, now user.User) (Offer, error) {
	actor := t.Actor()
	catalogue, err := role.CatalogueOf(t)
	if err != nil {
		return Offer{}, err
	}
	o := Offer{Permissions: catalogue, AllContracts: actor.OnPlatform() || actor.Reach.Contract.All, Side: actor.Reach.Side}
	if !actor.OnPlatform() {
		o.Permissions = catalogue.Among(actor.Permissions)
	}
	if o.Contracts, err = account.Offered(t, account.Contract, offered, now.Contract); err != nil {
		return o, err
	}
	o.Deliveries, err = account.Offered(t, account.Delivery, offered, now.Delivery)
	o.Sides = actor.Reach.Side != authz.OfDelivery && len(o.Deliveries) > 0
	return o, err
}

// Nothing reports whether there is nothing to choose for a user of the side.
func (o Offer) Nothing(side authz.Side) bool {
	return len(o.For(side)) == 0 && len(o.Contracts) == 0 && (side != authz.OfDelivery || len(o.Deliveries) == 0)
}

// For are the permissions that a user of the side can be given.
func (o Offer) For(side authz.Side) role.Catalogue {
	if side != authz.OfDelivery {
		return o.Permissions
	}
	return slices.DeleteFunc(slices.Clone(o.Permissions), func(p role.Offered) bool { return !p.Delivery })
}

// View is the part of the form with what has been said so far.
type View struct {
	Offer  Offer
	Form   Form
	Side   authz.Side // of the user
	Faults web.Faults
	// AskSide shows the choice of the side, too.
	AskSide bool
}

// section is the permissions of one service, or Roster's own.
type section struct {
	name    string
	options []ui.Option
}

func (v View) sections(ctx context.Context) []section {
	side := v.Side
	if v.AskSide { // both can be chosen, and what does not fit is said when it is saved
		side = authz.OfOrganization
	}
	var list []section
	for _, p := range v.Offer.For(side) {
		name := p.ServiceName
		if p.Service == "" {
			name = lang.T(ctx, "Administration")
		}
		if len(list) == 0 || list[len(list)-1].name != name {
			list = append(list, section{name: name})
		}
		last := &list[len(list)-1]
		last.options = append(last.options, ui.Option{Value: string(p.Permission), Label: p.Label(ctx), Selected: slices.Contains(v.Form.Permissions, p.Permission)})
	}
	return list
}

// chosenIn is how many permissions of the form are checked.
func (v View) chosenIn() int { return len(v.Form.Permissions) }

func accounts(list []account.Account, chosen []id.Account) []ui.Option {
	var options []ui.Option
	for _, a := range list {
		options = append(options, ui.Option{Value: string(a.ID), Label: a.Name, Count: a.ParentName, Selected: slices.Contains(chosen, a.ID)})
	}
	return options
}

// Summary are the fields of the form for the list of what is wrong.
func Summary(ctx context.Context) []ui.Pair {
	return []ui.Pair{
		{Name: "side", Value: lang.T(ctx, "Side")}, {Name: "permissions", Value: lang.T(ctx, "Permissions")},
		{Name: "contract_accounts", Value: lang.T(ctx, "Contract accounts")}, {Name: "delivery_accounts", Value: lang.T(ctx, "Delivery accounts")},
	}
}

// Sides are the two sides to choose from.
func Sides(ctx context.Context, chosen authz.Side) []ui.Choice {
	return []ui.Choice{
		{
			Value: string(authz.OfOrganization), Label: lang.T(ctx, "Your own organization"), Selected: chosen != authz.OfDelivery,
			Hint: lang.T(ctx, "One of your own people. Their access can be limited to contract accounts."),
		},
		{
			Value: string(authz.OfDelivery), Label: lang.T(ctx, "A delivery account"), Selected: chosen == authz.OfDelivery,
			Hint: lang.T(ctx, "Somebody of an end customer, who sees and administers only what belongs to their delivery accounts."),
		},
	}
}
