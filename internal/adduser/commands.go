package adduser

import (
	"context"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/signin"
	"roster/internal/team"
	"roster/internal/user"
)

// Operations lists what this package does.
func Operations() []op.Operation { return []op.Operation{Add, Prepare, Show, Resend} }

// Add creates a user with everything given beforehand. With the entry
// activation they get an e-mail, else nobody writes to them. Errors:
// validation_failed, grant_exceeds_own; email_taken, username_taken.
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
	o, err := org.Mine(t)
	if err != nil {
		return user.User{}, err
	}
	g, err := groupOf(t, in)
	if err != nil {
		return user.User{}, err
	}
	var c errs.Check
	u := in.user(o, g, &c)
	in.checkPassword(o, u, &c)
	teams, err := team.Choose(t, &c, in.Teams)
	if err != nil {
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
	}
	if err := team.Join(t, u, teams); err != nil {
		return user.User{}, err
	}
	switch in.entry() {
	case ByPassword:
		err = user.SetPassword(t, u.ID, in.hash, in.MustChange)
	case ByActivation:
		err = send(t, o, u)
	}
	if err != nil || len(teams) == 0 {
		return u, err
	}
	return user.ByID(t, u.ID)
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
	Days         int             // for which an activation's link works
	Roles        []authz.BuiltIn // those that they may give
	Groups       []group.Choice
	Teams        []team.Team  // those that they may put somebody into
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
	o, err := org.Mine(t)
	if err != nil {
		return Offer{}, err
	}
	holds := t.Actor().Permissions
	g, err := groupOf(t, in)
	if err != nil {
		return Offer{}, err
	}
	var c errs.Check
	u := in.user(o, g, &c)
	offer := Offer{Organization: o.Name, Days: o.InvitationDays, Rules: signin.RulesFor(o, u).ForAnother(), User: u, MayInvite: holds.Has(authz.InvitationsManage)}
	if offer.Groups, err = group.Choices(t); err != nil {
		return Offer{}, err
	}
	if offer.Teams, err = team.Offered(t); err != nil {
		return Offer{}, err
	}
	if _, err := team.Choose(t, &c, in.Teams); err != nil {
		return Offer{}, err
	}
	for _, r := range authz.BuiltIns() {
		if holds.Covers(r.Permissions) {
			offer.Roles = append(offer.Roles, r)
		}
	}
	if u.Email != "" {
		found, err := user.ByEmailKeys(t, []string{u.EmailKey()})
		if err != nil {
			return Offer{}, err
		}
		if other, taken := found[u.EmailKey()]; taken && holds.Has(authz.UsersView) {
			offer.Namesake = &other
		}
		if err := user.Clash(t, u); err != nil && !clashes(&c, err) {
			return Offer{}, err
		}
	}
	offer.Faults = faultsIn(c)
	return offer, nil
}

// clashes notes a conflict over a name at its field; false: it is something else.
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
