package adduser

import (
	"context"

	"roster/internal/access"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/field"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/license"
	"roster/internal/number"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/role"
	"roster/internal/signin"
	"roster/internal/team"
	"roster/internal/user"
)

// Operations lists what this package does.
func Operations() []op.Operation { return []op.Operation{Add, Prepare, Show, Resend} }

// Add creates a user with everything given beforehand. With the entry
// activation they get an e-mail, else nobody writes to them. Errors:
// validation_failed, grant_exceeds_own; email_taken, username_taken;
// number_assigned, not_personal, no_number, and forbidden for numbers without
// numbers.manage; no_license.
var Add = op.Command[Input, user.User]{
	Name: "user.add", Needs: authz.UsersManage, Scope: authz.InOrg,
	Prepare: func(ctx context.Context, tools op.Tools, in Input) (_ Input, err error) {
		if in.entry() == ByPassword {
			in.hash, err = signin.Hash(ctx, tools, in.Password)
		}
		return in, err
	},
	Run: add,
}

func add(t *op.Tx, in Input) (user.User, error) {
	var c errs.Check
	d, err := read(t, in, &c)
	if err != nil {
		return user.User{}, err
	}
	o, u := d.org, d.user
	in.checkPassword(o, u, &c)
	teams, err := team.ChooseFor(t, &c, in.Teams, d.group)
	if err != nil {
		return user.User{}, err
	}
	numbers, err := number.Choose(t, &c, in.Numbers, in.Next, d.group.ID)
	if err != nil {
		return user.User{}, err
	}
	if u.Wishes, err = license.Choose(t, &c, in.Licenses); err != nil {
		return user.User{}, err
	}
	if err := c.Err(); err != nil {
		return user.User{}, err
	}
	if err := user.Clash(t, u); err != nil {
		return user.User{}, err
	}
	u, added, err := user.Add(t, u)
	switch {
	case err != nil:
		return user.User{}, err
	case !added: // at the same moment by somebody else
		return user.User{}, user.EmailTaken()
	case u.State == user.Waiting && !in.AllowWaiting:
		return user.User{}, errs.Conflict("no_license", "No license is free, and %s cannot be active without one. Nothing was saved: take one from somebody, buy more, or let the user wait.", u.Name())
	}
	if err := team.Join(t, u, teams); err != nil {
		return user.User{}, err
	}
	if numbers, err = number.Assign(t, u, numbers); err != nil {
		return user.User{}, err
	}
	switch in.entry() {
	case ByPassword:
		err = user.SetPassword(t, u.ID, in.hash, in.MustChange)
	case ByActivation:
		if err = send(t, o, u); err == nil {
			err = number.Tell(t, u, numbers)
		}
	}
	if err != nil {
		return user.User{}, err
	}
	if err := user.MayKeep(t, u.ID); err != nil {
		return user.User{}, err
	}
	return user.ByID(t, u.ID)
}

// draft is who is to be added, by the rules of their organization.
type draft struct {
	org    org.Organization
	group  group.Group
	fields []field.Field
	user   user.User
}

// read makes a draft of what was typed, and notes what is wrong with it.
func read(t *op.Tx, in Input, c *errs.Check) (d draft, err error) {
	if d.org, err = org.Mine(t); err != nil {
		return d, err
	}
	if d.group, err = groupOf(t, in); err != nil {
		return d, err
	}
	if d.fields, err = field.All(t); err != nil {
		return d, err
	}
	u := user.Customize(d.fields, in.user(d.org, d.group, c), in.Custom, field.Admin, c)
	d.user, err = in.Access.Apply(t, c, u)
	return d, err
}

// groupOf is the group that was asked for, or the default; one without an id if
// it does not exist.
func groupOf(t *op.Tx, in Input) (group.Group, error) {
	g, err := group.Choose(t, in.Group)
	if errs.KindOf(err) == errs.KindInvalid {
		return group.Group{}, nil
	}
	return g, err
}

// Offer is what the form 'Add user' says and offers to this person, after what
// has been typed so far.
type Offer struct {
	Organization string
	Days         int           // for which an activation's link works
	Roles        []role.Choice // those that they may give
	Access       access.Offer
	Groups       []group.Choice
	Fields       []field.Field
	Teams        []team.Team     // those that they may put somebody into
	Given        []team.Team     // those that who was typed comes into
	Numbers      []number.Number // free ones that they may give
	MayNumber    bool            // whether they may give any
	Licenses     license.Offer
	Rules        signin.Rules // for a password of whom was typed
	User         user.User    // who was typed
	Faults       []errs.Field // what is wrong so far, but for the password
	Namesake     *user.User   // who has the address already; nil: nobody, or not to be seen
	MayInvite    bool
}

// Prepare looks at what has been typed of somebody to be added, and adds nobody.
var Prepare = op.Query[Input, Offer]{
	Name: "user.prepare", Needs: authz.UsersManage, Scope: authz.InOrg, Run: prepare,
}

func prepare(t *op.Tx, in Input) (Offer, error) {
	var c errs.Check
	d, err := read(t, in, &c)
	if err != nil {
		return Offer{}, err
	}
	o, u, holds := d.org, d.user, t.Actor().Permissions
	offer := Offer{Fields: d.fields, Organization: o.Name, Days: o.InvitationDays, Rules: signin.RulesFor(o, u).ForAnother(), User: u, MayInvite: holds.Has(authz.InvitationsManage)}
	if offer.Access, err = access.OfferTo(t, user.User{}); err != nil {
		return Offer{}, err
	}
	if offer.Groups, err = group.Choices(t); err != nil {
		return Offer{}, err
	}
	if offer.Teams, err = team.Offered(t); err != nil {
		return Offer{}, err
	}
	if offer.Given, err = team.ChooseFor(t, &c, in.Teams, d.group); err != nil {
		return Offer{}, err
	}
	if offer.MayNumber = holds.Has(authz.NumbersManage); offer.MayNumber {
		free, err := number.Offered(t)
		if err != nil {
			return Offer{}, err
		}
		offer.Numbers = free.Free
		if _, err := number.Choose(t, &c, in.Numbers, in.Next, d.group.ID); err != nil && !clashes(&c, err) {
			return Offer{}, err
		}
	}
	if offer.Roles, err = user.RolesToGive(t); err != nil {
		return Offer{}, err
	}
	if offer.Licenses, err = license.OfferTo(t); err != nil {
		return Offer{}, err
	}
	if _, err := license.Choose(t, &c, in.Licenses); err != nil && !clashes(&c, err) {
		return Offer{}, err
	}
	if u.Email != "" {
		found, err := user.ByEmailKeys(t, []string{u.EmailKey()})
		if err != nil {
			return Offer{}, err
		}
		if other, taken := found[u.EmailKey()]; taken && holds.Has(authz.UsersView) {
			within, err := user.Within(t, []id.User{other.ID})
			if err != nil {
				return Offer{}, err
			}
			if within[other.ID] {
				offer.Namesake = &other
			}
		}
		if err := user.Clash(t, u); err != nil && !clashes(&c, err) {
			return Offer{}, err
		}
	}
	offer.Faults = faultsIn(c)
	return offer, nil
}

// clashes notes a conflict over a name or a number at its field; false: it is something else.
func clashes(c *errs.Check, err error) bool {
	e, ok := err.(*errs.Error)
	if !ok {
		return false
	}
	switch e.Code {
	case "email_taken":
		c.Fail("email", e.Code, "%s", e.Phrase())
	case "username_taken":
		c.Fail("username", e.Code, "%s", e.Phrase())
	case "number_assigned", "not_personal", "no_number":
		c.Fail("number_ids", e.Code, "%s", e.Phrase())
	default:
		return false
	}
	return true
}

func faultsIn(c errs.Check) []errs.Field {
	e, ok := c.Err().(*errs.Error)
	if !ok {
		return nil
	}
	return e.Fields
}
