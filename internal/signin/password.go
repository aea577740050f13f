package signin

import (
	"context"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/link"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/password"
	"roster/internal/secret"
	"roster/internal/throttle"
	"roster/internal/user"
)

// Rules are what a new password is measured by.
type Rules struct {
	org.PasswordRules
	About []string // what everybody can find out about its owner

	others bool   // it is the password of somebody else
	former former // what it may not repeat, once it has been recalled
}

// RulesFor are the organization's rules for one of its users: those for admins
// are for whoever holds any permission there.
func RulesFor(o org.Organization, u user.User) Rules {
	return Rules{PasswordRules: o.PasswordRules(len(u.Permissions()) > 0), About: []string{u.Email, u.Username, u.FirstName, u.LastName, u.DisplayName, o.Name}}
}

// ForAnother are the same rules in the words for who sets somebody else's password.
func (r Rules) ForAnother() Rules {
	r.others = true
	return r
}

func (r Rules) policy() password.Policy {
	return password.Policy{MinLength: r.MinLength, Kinds: r.Kinds}
}

// Check notes for the field why pw is not good enough, with all reasons at once.
func (r Rules) Check(c *errs.Check, field string, pw secret.Clear) {
	if pw.IsZero() {
		c.Fail(field, "required", "Enter a password.")
		return
	}
	problems := r.policy().Check(pw.Reveal(), r.About...)
	if len(problems) == 0 {
		return
	}
	reasons := problems[0].Message
	for _, p := range problems[1:] {
		reasons = errs.Phrased("%s, and %s", reasons, p.Message)
	}
	c.Fail(field, problems[0].Code, "The password %s.", reasons)
}

// Strength is how hard pw is to guess for somebody who knows its owner: 0,
// nothing typed, to 4; and what the rules still ask for, which is what counts.
func (r Rules) Strength(pw secret.Clear) (score int, problems []password.Problem) {
	if pw.IsZero() {
		return 0, nil
	}
	score, _ = password.Strength(pw.Reveal(), r.About...)
	problems = r.policy().Check(pw.Reveal(), r.About...)
	if len(problems) > 0 {
		return 1, problems
	}
	return max(score, 2), nil
}

// Confirm has the signed-in user prove their password once more, before
// something that a borrowed browser must not do. Tries count for the session,
// so that nobody else can use them up; after too many the password is locked.
// Errors: validation_failed with wrong_password, too_many_attempts.
var Confirm = op.Sequence[secret.Clear, Confirmed]{
	Name: "password.confirm", Needs: authz.OwnPassword, Scope: authz.Self, Run: confirm,
}

// Confirmed is the password that was proved: another one has another version.
type Confirmed struct{ version int }

// WrongPassword is the refusal of a password that somebody should know, for the
// field that it was typed into.
func WrongPassword(field string) *errs.Error {
	return errs.Invalid(errs.Field{Field: field, Code: "wrong_password", Message: "This is not your present password."})
}

var countConfirmation = op.Command[secret.Clear, trial]{
	Name: "password.count_confirmation", Needs: authz.OwnPassword, Scope: authz.Self, Relaxed: true,
	Quiet: "it is about counters only",
	Run: func(t *op.Tx, pw secret.Clear) (try trial, err error) {
		try.Password = pw
		if try.stored, err = user.CredentialsOf(t, t.Actor().User()); err != nil {
			return try, err
		}
		try.wait, try.failures, err = throttle.Count(t, confirmCounter(t))
		return try, err
	},
}

var settleConfirmation = op.Command[trial, outcome]{
	Name: "password.settle_confirmation", Needs: authz.OwnPassword, Scope: authz.Self,
	Quiet: "knowing one's password changes nothing; forgetting it too often is recorded",
	Prepare: func(ctx context.Context, tools op.Tools, try trial) (_ trial, err error) {
		try.right, _, err = verify(password.WithPriority(ctx), tools, try.stored.Password, try.Password)
		return try, err
	},
	Run: func(t *op.Tx, try trial) (outcome, error) {
		if try.right {
			return outcome{}, throttle.Clear(t, confirmCounter(t))
		}
		if try.failures < mostFailures || try.stored.Password == "" {
			return outcome{refused: true}, nil
		}
		u, err := user.ByID(t, t.Actor().User())
		if err != nil {
			return outcome{}, err
		}
		return outcome{refused: true}, lock(t, u)
	},
}

func confirmCounter(t *op.Tx) throttle.Key {
	return throttle.Account(planeConfirm, string(t.Org()), string(t.Actor().Session))
}

func confirm(ctx context.Context, d *op.Door, call op.Call, pw secret.Clear) (Confirmed, error) {
	try, err := countConfirmation.Do(ctx, d, call, pw)
	if err != nil {
		return Confirmed{}, err
	}
	if try.wait > 0 {
		return Confirmed{}, throttle.Refusal(try.wait)
	}
	out, err := settleConfirmation.Do(ctx, d, call, try)
	if err == nil && out.refused {
		err = WrongPassword("current_password")
	}
	return Confirmed{try.stored.Version}, err
}

// SetOwn is the step of changing the own password, by whoever has just
// confirmed the present one: it ends everything but the session of the request,
// which goes on under a new token, and tells the user. Errors: validation_failed
// for one that may not come again; version_conflict if it is not the present one
// any more.
func SetOwn(t *op.Tx, u user.User, proof Confirmed, rules Rules, new Hashed) (Renewed, error) {
	stored, err := user.CredentialsOf(t, u.ID)
	if err != nil {
		return Renewed{}, err
	}
	if stored.Version != proof.version {
		return Renewed{}, errs.Changed()
	}
	if err := new.refuse(rules, "new_password", stored); err != nil {
		return Renewed{}, err
	}
	if err := replace(t, u, new.hash, false); err != nil {
		return Renewed{}, err
	}
	if err := link.Revoke(t, string(u.ID), link.Withdrawn, link.PasswordReset, link.Forgotten); err != nil {
		return Renewed{}, err
	}
	if err := EndElsewhere(t); err != nil {
		return Renewed{}, err
	}
	if err := Forgive(t, u); err != nil {
		return Renewed{}, err
	}
	if err := post(t, u, changedWords, changedLetter); err != nil {
		return Renewed{}, err
	}
	if err := t.Record(op.Event{Name: "password.changed", Subject: u.Subject()}); err != nil {
		return Renewed{}, err
	}
	return renew(t)
}
