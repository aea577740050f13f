package user

import (
	"fmt"
	"slices"
	"strings"

	"roster/internal/account"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/role"
)

// Rights is what a user may do, and with which accounts. What role and services
// give is read with the user, so that the answer is as fresh as the row.
type Rights struct {
	Extra    role.Permissions `db:"permissions" json:"permissions" audit:"ignore" doc:"What the user may do beyond the role."` // rightsChanges tell of these
	Side     authz.Side       `db:"side" json:"side" audit:"ignore" enum:"organization,delivery" doc:"delivery: a user of an end customer, who sees and administers only what belongs to their delivery accounts."`
	Contract authz.Accounts   `db:"contract_accounts" json:"contract_accounts" audit:"ignore" doc:"The contract accounts that the user has access to, with what lies below them."`
	Delivery authz.Accounts   `db:"delivery_accounts" json:"delivery_accounts" audit:"ignore" doc:"The delivery accounts of a user of the side delivery; all for others."`
	RoleName string           `db:"role_name" json:"-" audit:"ignore"`        // if the organization made it
	Given    role.Permissions `db:"role_permissions" json:"-" audit:"ignore"` // by the role, if the organization made it
	Limits   authz.Limits     `db:"role_limits" json:"-" audit:"ignore"`      // of the role
	Declared Declared         `db:"declared" json:"-" audit:"ignore"`
}

// OfOrganization are the rights of somebody who belongs to the organization and
// has access to all of its accounts, before a role is read.
func OfOrganization() Rights {
	return Rights{Side: authz.OfOrganization, Contract: authz.AllAccounts(), Delivery: authz.AllAccounts()}
}

// Declared are the permissions that the organization's services declare, and
// whether users of a delivery account may hold them.
type Declared map[authz.Permission]bool

// Scan implements sql.Scanner: keys with commas between them, with a plus behind
// those for users of a delivery account.
func (d *Declared) Scan(column any) error {
	*d = nil
	written, ok := column.(string)
	if column != nil && !ok {
		return fmt.Errorf("user: cannot read %T into permissions", column)
	}
	if written == "" {
		return nil
	}
	*d = Declared{}
	for one := range strings.SplitSeq(written, ",") {
		key, delivery := strings.CutSuffix(one, "+")
		(*d)[authz.Permission(key)] = delivery
	}
	return nil
}

func declaredBy(c role.Catalogue) Declared {
	d := Declared{}
	for _, o := range c {
		if o.Service != "" {
			d[o.Permission] = o.Delivery
		}
	}
	return d
}

// Permissions is what the user was given, by the role or beyond it. Users of a
// delivery account hold only what such users may hold; what no service of the
// organization declares any more, nobody does. What a service gives everybody is
// not in it.
func (u User) Permissions() authz.Set {
	given := authz.SetOf(slices.Concat(u.Given, u.Extra)...)
	held := authz.Set{}
	for _, d := range authz.OrganizationPermissions() {
		if (given[d.Permission] || u.Role == authz.RoleAdmin) && (u.Side != authz.OfDelivery || d.Delivery) {
			held[d.Permission] = true
		}
	}
	for p, delivery := range u.Declared {
		if (given[p] || u.Role == authz.RoleAdmin) && (u.Side != authz.OfDelivery || delivery) {
			held[p] = true
		}
	}
	return held
}

// Reach is how far the user's rights go.
func (u User) Reach() authz.Reach {
	return authz.Reach{Side: u.Side, Limits: u.Limits, Contract: u.Contract, Delivery: u.Delivery}
}

// Access is what is said about what a user may do and with which accounts.
// Absent fields stay as they are; of a new user, they are those of whoever adds
// them.
type Access struct {
	Extra    patch.Field[role.Permissions] `json:"permissions,omitzero" doc:"What the user may do beyond the role: nothing that the caller may not do."`
	Side     patch.Field[authz.Side]       `json:"side,omitzero" enum:"organization,delivery" doc:"Whether the user belongs to the organization itself or to a delivery account."`
	Contract patch.Field[authz.Accounts]   `json:"contract_accounts,omitzero" doc:"all, or the contract accounts that the user has access to, with what lies below them."`
	Delivery patch.Field[authz.Accounts]   `json:"delivery_accounts,omitzero" doc:"Of a user of the side delivery: their delivery accounts, at least one. all for others."`
}

// said reports whether anything is.
func (in Access) said() bool {
	return in.Extra.Set || in.Side.Set || in.Contract.Set || in.Delivery.Set
}

// Apply writes what is said into u, which is new or as it was, with the role
// that u has now, and notes in c what is wrong with it. Whether the actor may
// give it is asked when it is saved.
func (in Access) Apply(t *op.Tx, c *errs.Check, u User) (User, error) {
	if u.Side == "" { // new
		reach := t.Actor().Reach
		if t.Actor().OnPlatform() || reach.Side == "" {
			reach = authz.Everywhere()
		}
		u.Side, u.Contract, u.Delivery = reach.Side, reach.Contract, reach.Delivery
	}
	u.Extra = in.Extra.Or(u.Extra).Tidy()
	before := u.Side
	u.Side = in.Side.Or(u.Side)
	u.Contract = in.Contract.Or(u.Contract)
	u.Delivery = in.Delivery.Or(u.Delivery)
	switch {
	case u.Side == authz.OfOrganization:
		if in.Delivery.Set && !in.Delivery.Value.All {
			c.Fail("delivery_accounts", "not_wanted", "Only a user of a delivery account is limited to delivery accounts.")
		}
		u.Delivery = authz.AllAccounts()
	case u.Side != authz.OfDelivery:
		c.Fail("side", "unknown_side", "Choose whether the user belongs to your organization or to a delivery account.")
	case u.Delivery.All:
		u.Delivery = authz.Accounts{}
	}
	if in.Contract.Set {
		if err := account.Check(t, c, "contract_accounts", account.Contract, u.Contract); err != nil {
			return u, err
		}
	}
	if in.Delivery.Set || u.Side != before || u.Side == authz.OfDelivery && u.ID == "" {
		if err := account.Check(t, c, "delivery_accounts", account.Delivery, u.Delivery); err != nil {
			return u, err
		}
	}
	return WithRole(t, c, u)
}

// WithRole is u with what their role gives, read anew. It notes in c when there
// is no such role, when the user cannot have it, and when one of the extra
// permissions is none that they can hold.
func WithRole(t *op.Tx, c *errs.Check, u User) (User, error) {
	catalogue, err := role.CatalogueOf(t)
	if err != nil {
		return u, err
	}
	u.Declared = declaredBy(catalogue)
	catalogue.Check(c, "permissions", u.Extra)
	r, err := role.Find(t, u.Role)
	switch {
	case errs.KindOf(err) == errs.KindNotFound:
		c.Fail("role_id", "unknown_role", "Choose a role from the list.")
		return u, nil
	case err != nil:
		return u, err
	}
	u.RoleName, u.Given, u.Limits = r.Name, r.Permissions, r.Limits
	held := u.Permissions()
	if u.Type == Group && held.Administers() {
		c.Fail("role_id", "group_user_not_allowed", "A shared address cannot administer anything: give the role to a person.")
	}
	for _, p := range u.Extra {
		if o, known := catalogue.Find(p); known && !o.Delivery && u.Side == authz.OfDelivery {
			c.Fail("permissions", "delivery_not_allowed", "Users of a delivery account cannot have the permission %s.", o.Name)
		}
	}
	return u, nil
}

// Covers reports whether an actor may do all that u may, to all users and with
// all accounts that u may do it to.
func Covers(t *op.Tx, actor authz.Actor, u User) (bool, error) {
	if actor.OnPlatform() {
		return true, nil
	}
	holds := u.Permissions()
	if !actor.Permissions.Covers(holds) || !role.Limited(actor.Reach.Limits, u.Limits, holds) ||
		actor.Reach.Side == authz.OfDelivery && u.Side != authz.OfDelivery {
		return false, nil
	}
	within, err := account.Covers(t, actor.Reach.Contract, u.Contract)
	if err != nil || !within {
		return false, err
	}
	return account.Covers(t, actor.Reach.Delivery, u.Delivery)
}

// mayTouch is the rule that nobody acts on the credentials, state or rights of
// somebody who may do more. Error: target_above_caller.
func mayTouch(t *op.Tx, u User) error {
	switch ok, err := Covers(t, t.Actor(), u); {
	case err != nil:
		return err
	case !ok:
		return errs.New(errs.KindForbidden, "target_above_caller", "%s has rights that you do not have. Ask an admin to do this.", u.Name())
	}
	return nil
}

// mayGrant is the rule that nobody grants more than they hold: u is who would
// come of it. Error: grant_exceeds_own.
func mayGrant(t *op.Tx, u User) error {
	switch ok, err := Covers(t, t.Actor(), u); {
	case err != nil:
		return err
	case ok:
		return nil
	}
	if r, err := role.Find(t, u.Role); err == nil && role.MayGive(t.Actor(), r) != nil {
		return role.MayGive(t.Actor(), r)
	}
	return errs.New(errs.KindForbidden, "grant_exceeds_own", "That would give %s more permissions, or access to more accounts, than you have yourself.", u.Name())
}

// RolesToGive are the roles that whoever acts may give. To a user of a delivery
// account, those with more than such users may hold give only what they may.
func RolesToGive(t *op.Tx) ([]role.Choice, error) {
	catalogue, err := role.CatalogueOf(t)
	if err != nil {
		return nil, err
	}
	roles, err := role.Choices(t)
	actor := t.Actor()
	return slices.DeleteFunc(roles, func(r role.Choice) bool {
		if actor.Reach.Side == authz.OfDelivery {
			r.Permissions = User{Role: r.ID, Rights: Rights{Side: authz.OfDelivery, Given: r.Permissions.List(), Declared: declaredBy(catalogue)}}.Permissions()
		}
		return !r.MayGive(actor)
	}), err
}

// MayKeep is the last step of whoever has put somebody somewhere: those who have
// limits put nobody beyond them. Error: grant_exceeds_own.
func MayKeep(t *op.Tx, user id.User) error {
	within, err := Within(t, []id.User{user})
	if err == nil && !within[user] {
		return errs.New(errs.KindForbidden, "grant_exceeds_own", "The user would be beyond those whom you manage. Choose a group, a team or an account that is yours.")
	}
	return err
}

// rightsChanges are the differences of the rights that were given, for the audit log.
func rightsChanges(t *op.Tx, old, u User) ([]op.Change, error) {
	var list []op.Change
	if old.Role != u.Role {
		list = append(list, op.Change{Field: "role_id", Before: old.namedRole(), After: u.namedRole()})
	}
	if !slices.Equal(old.Extra, u.Extra) {
		list = append(list, op.Change{Field: "permissions", Before: old.Extra, After: u.Extra})
	}
	if old.Side != u.Side && (old.Side != "" || u.Side == authz.OfDelivery) {
		list = append(list, op.Change{Field: "side", Before: old.Side, After: u.Side})
	}
	names, err := account.NamesOf(t, old.Contract, u.Contract, old.Delivery, u.Delivery)
	if err != nil {
		return nil, err
	}
	for _, kind := range []struct {
		field       string
		before, now authz.Accounts
	}{{"contract_accounts", old.Contract, u.Contract}, {"delivery_accounts", old.Delivery, u.Delivery}} {
		if kind.before.Equal(kind.now) || old.Side == "" && kind.now.All {
			continue
		}
		list = append(list, op.Change{Field: kind.field, Before: called(kind.before, names), After: called(kind.now, names)})
	}
	return list, nil
}

// namedRole is the user's role as the value of a change, nil if there is none.
func (u User) namedRole() any {
	if u.Role == "" {
		return nil
	}
	return op.Named{ID: string(u.Role), Name: u.RoleCalled()}
}

// RoleCalled is the name of the user's role.
func (u User) RoleCalled() string { return authz.RoleName(u.Role, u.RoleName) }

// called is a choice of accounts as the value of a change.
func called(a authz.Accounts, names map[id.Account]string) any {
	if a.All {
		return "all"
	}
	list := []string{}
	for _, one := range a.IDs {
		if name, known := names[one]; known {
			list = append(list, name)
		} else {
			list = append(list, string(one))
		}
	}
	slices.Sort(list)
	return list
}
