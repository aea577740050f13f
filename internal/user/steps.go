package user

import (
	"cmp"
	"errors"
	"slices"

	"roster/internal/account"
	"roster/internal/errs"
	"roster/internal/field"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/role"
)

// Hooks are filled once, in app/reactions.go: what other features do in the
// same transaction when something happens to a user.
var Hooks struct {
	// Stopped ends everything that the user could still act with: sessions,
	// links, keys. It runs on deactivation and before deletion.
	Stopped func(t *op.Tx, u User) error
	// Enters gives the user what they need to become active, and answers Active,
	// or Waiting where there is not enough of it. The row is there already.
	Enters func(t *op.Tx, u User) (State, error)
	// Expected notes what somebody is to get who was invited, or added with an
	// activation e-mail.
	Expected func(t *op.Tx, u User) error
	// Returned gives back what the user lost by deactivation, when they are
	// activated again.
	Returned func(t *op.Tx, u User) error
	// Moved puts the user into exactly these teams, and records it.
	Moved func(t *op.Tx, u User, teams []id.Team) error
	// Deleted erases what other features keep about a user who is deleted for
	// good.
	Deleted func(t *op.Tx, u User) error
}

// AddInvited is the step of inviting: it makes the row of somebody who has been
// asked to join. The caller records the event. False means that the address, or
// a username like it, is taken.
func AddInvited(t *op.Tx, u User) (User, bool, error) {
	u.Type, u.State = Personal, Invited
	u, added, err := add(t, u)
	if err != nil || !added {
		return u, added, err
	}
	return u, true, Hooks.Expected(t, u)
}

// Add is the step of creating somebody directly, with rights that Access.Apply
// has written and in the state that u says:
// pending until they follow the link of the activation e-mail, or active, which
// becomes waiting where a license is required and none is free. The caller has
// checked the fields and sets the password; who is put into no group goes into the
// default one.
// False means that the address, or a username like it, is taken.
func Add(t *op.Tx, u User) (User, bool, error) {
	if u.State == Active {
		u.ActivatedAt = t.Now()
	}
	u, added, err := add(t, u)
	if err != nil || !added {
		return u, false, err
	}
	e := u.event("user.added", User{})
	into, err := moved(t, &errs.Check{}, "", u.Group)
	if err != nil {
		return u, false, err
	}
	given, err := rightsChanges(t, User{}, u)
	if err != nil {
		return u, false, err
	}
	e.Changes = append(append(e.Changes, into...), given...)
	if err := t.Record(e); err != nil {
		return u, true, err
	}
	if u.State != Active {
		return u, true, Hooks.Expected(t, u)
	}
	u, err = enter(t, u)
	return u, true, err
}

// enter lets a user, who is written down as active, in, or makes them wait.
func enter(t *op.Tx, u User) (User, error) {
	state, err := Hooks.Enters(t, u)
	if err != nil || state == u.State {
		return u, err
	}
	old := u
	u.State = state
	if err := update(t, u); err != nil {
		return u, err
	}
	u.Version++
	return u, t.Record(u.event("user.waiting", old))
}

// Admit is the step of a license having been given to somebody who waited for
// one: they are active.
func Admit(t *op.Tx, u User) (User, error) {
	if u.State != Waiting {
		return u, nil
	}
	old := u
	u.State = Active
	if err := update(t, u); err != nil {
		return u, err
	}
	u.Version++
	return u, t.Record(u.event("user.admitted", old))
}

func add(t *op.Tx, u User) (User, bool, error) {
	if u.Side == "" { // nobody is limited, or let near everything, by being forgotten
		return u, false, errors.New("user: it was not decided how far the rights of " + u.Email + " reach")
	}
	if err := mayGrant(t, u); err != nil {
		return u, false, err
	}
	if u.Group == "" {
		g, err := group.Default(t)
		if err != nil {
			return u, false, err
		}
		u.Group = g.ID
	}
	if u.Username == "" {
		u.Username = u.Email
	}
	if u.Custom == nil {
		u.Custom = field.Values{}
	}
	u.ID, u.CreatedAt, u.Version = id.New[id.User](t.Now()), t.Now(), 1
	added, err := insert(t, u)
	if err != nil || !added {
		return u, added, err
	}
	return u, true, account.Give(t, u.ID, u.Contract, u.Delivery)
}

// Clash says whether somebody in the organization has u's address or username
// already, or could be mistaken for u where people sign in with either: errors
// email_taken, username_taken. What other organizations have does not count.
func Clash(t *op.Tx, u User) error {
	others, err := namesakes(t, u)
	if err != nil {
		return err
	}
	for _, o := range others {
		switch {
		case o.EmailKey == u.EmailKey():
			return EmailTaken()
		case slices.Contains(u.addressKeys(), o.UsernameKey):
			return errs.Conflict("email_taken", "Somebody in the organization signs in with this address as their username.")
		}
	}
	if len(others) > 0 {
		return errs.Conflict("username_taken", "Somebody in the organization signs in with this username already. Choose another one.")
	}
	return nil
}

// EmailTaken is the refusal of an address that somebody in the organization has.
func EmailTaken() *errs.Error {
	return errs.Conflict("email_taken", "Somebody in the organization has this address already.")
}

// Reinvite is the step of sending an invitation again, with the group, role,
// language and rights of as: the one who sends it must be able to give what it
// gives. The caller records the event.
func Reinvite(t *op.Tx, u, as User) (User, error) {
	if err := mayTouch(t, u); err != nil {
		return u, err
	}
	as.Side, as.Extra, u.Wishes = cmp.Or(as.Side, u.Side), u.Extra, as.Wishes
	if err := mayGrant(t, as); err != nil {
		return u, err
	}
	same := u.Contract.Equal(as.Contract) && u.Delivery.Equal(as.Delivery)
	if same && u.Group == as.Group && u.Role == as.Role && u.Language == as.Language && u.Side == as.Side {
		return u, Hooks.Expected(t, u)
	}
	u.Group, u.Role, u.Language, u.Rights = as.Group, as.Role, as.Language, as.Rights
	if err := update(t, u); err != nil {
		return u, err
	}
	u.Version++
	if err := account.Give(t, u.ID, u.Contract, u.Delivery); err != nil {
		return u, err
	}
	return u, Hooks.Expected(t, u)
}

// Join is the step of accepting an invitation or following an activation link:
// the person's own fields come in, and the account becomes active. The caller
// has consumed the link and sets the password. Errors: validation_failed, and
// conflict already_joined in any other state.
func Join(t *op.Tx, u User, f Fields) (User, error) {
	if u.State != Invited && u.State != Pending {
		return u, errs.Conflict("already_joined", "This account has been set up already. Sign in.")
	}
	var c errs.Check
	old := u
	u = f.Apply(u, &c)
	u.RequireName(&c)
	fields, err := field.All(t)
	if err != nil {
		return u, err
	}
	u = Customize(fields, u, f.Custom, field.Joiner, &c)
	if err := c.Err(); err != nil {
		return u, err
	}
	u.State, u.ActivatedAt = Active, t.Now()
	if err := update(t, u); err != nil {
		return u, err
	}
	u.Version++
	if err := t.Record(u.event("user.joined", old)); err != nil {
		return u, err
	}
	return enter(t, u)
}

// Withdraw is the step of revoking an invitation: the row of somebody who never
// joined goes. The caller records the event.
func Withdraw(t *op.Tx, u User) error {
	if u.State != Invited {
		return errs.Conflict("not_invited", "%s has joined already. Deactivate the user instead.", u.Name())
	}
	if err := mayTouch(t, u); err != nil {
		return err
	}
	if err := Hooks.Stopped(t, u); err != nil {
		return err
	}
	return remove(t, u.ID)
}

// Revise is the step of a user changing their own profile.
func Revise(t *op.Tx, u User, f Fields, version int64) (User, error) {
	return revise(t, u, Update{Version: version, Fields: f}, field.Person, "profile.updated")
}

// MayGive is the rule for whatever gives a role to others later: it must exist,
// and nobody grants more than they hold. Errors: validation_failed,
// grant_exceeds_own.
func MayGive(t *op.Tx, given id.Role) error {
	r, err := role.Find(t, given)
	if errs.KindOf(err) == errs.KindNotFound {
		return errs.Invalid(errs.Field{Field: "role_id", Code: "unknown_role", Message: "Choose a role from the list."})
	}
	if err != nil {
		return err
	}
	return role.MayGive(t.Actor(), r)
}

// MayManage is the rule that nobody acts on the access of somebody who may do
// more than they may.
func MayManage(t *op.Tx, u User) error { return mayTouch(t, u) }

// MayReset tells whether an admin may send the user a password reset, or set a
// password. Errors: target_above_caller, not_activated, deactivated, no_password.
func MayReset(t *op.Tx, u User) error {
	if err := mayTouch(t, u); err != nil {
		return err
	}
	switch {
	case u.State == Invited:
		return errs.Conflict("not_activated", "%s has not set up the account yet. Send the invitation again instead.", u.Name())
	case u.State == Pending:
		return errs.Conflict("not_activated", "%s has not activated the account yet. Send the activation e-mail again instead.", u.Name())
	case u.State == Deactivated:
		return errs.Conflict("deactivated", "%s is deactivated. Activate the user first.", u.Name())
	case u.Authentication != ByPassword:
		return errs.Conflict("no_password", "%s signs in without a password.", u.Name())
	}
	return nil
}

// Subject is the user as the subject of an event.
func (u User) Subject() op.Subject {
	return op.Subject{Kind: "user", ID: string(u.ID), Name: u.Name()}
}

func (u User) event(name string, before User) op.Event {
	changes := append(op.Diff(before, u), field.Changes(before.Custom, u.Custom)...)
	return op.Event{Name: name, Subject: u.Subject(), Changes: changes}
}
