package signin

import (
	"context"
	"unicode/utf8"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/link"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/password"
	"roster/internal/secret"
	"roster/internal/user"
)

// PasswordFor is a password that an admin sets for a user.
type PasswordFor struct {
	ID         id.User      `path:"id" json:"-"`
	Password   secret.Clear `json:"password" form:"password" required:"true"`
	MustChange bool         `json:"must_change_password,omitempty" form:"must_change_password" doc:"The user can do nothing before they have set another one."`

	rules Rules
	new   Hashed
}

// SetPassword sets the password of somebody else: what they are signed in to,
// their reset links and known devices end at once, and they are told that it
// happened. Errors: not_found, own_account, target_above_caller, not_activated,
// deactivated, no_password, validation_failed.
var SetPassword = op.Sequence[PasswordFor, op.Nothing]{
	Name: "user.set_password", Needs: authz.UsersManage, Scope: authz.InOrg, Once: true, Run: setPassword,
}

// lookPassword reads what the new password is measured by.
var lookPassword = op.Query[user.Ref, Rules]{
	Name: "user.look_password", Needs: authz.UsersManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in user.Ref) (Rules, error) {
		_, rules, err := whose(t, in.ID)
		return rules, err
	},
}

// putPassword sets it.
var putPassword = op.Command[PasswordFor, op.Nothing]{
	Name: "user.put_password", Needs: authz.UsersManage, Scope: authz.InOrg,
	Prepare: func(ctx context.Context, tools op.Tools, in PasswordFor) (_ PasswordFor, err error) {
		in.new, err = in.rules.Hash(ctx, tools, in.Password)
		return in, err
	},
	Run: put,
}

// setTries is how often the password is compared anew because another one was
// set meanwhile.
const setTries = 3

func setPassword(ctx context.Context, d *op.Door, call op.Call, in PasswordFor) (op.Nothing, error) {
	for try := 1; ; try++ {
		var err error
		if in.rules, err = lookPassword.Do(ctx, d, call, user.Ref{ID: in.ID}); err != nil {
			return op.Nothing{}, err
		}
		var c errs.Check
		if in.rules.Check(&c, "password", in.Password); c.Err() != nil {
			return op.Nothing{}, c.Err()
		}
		_, err = putPassword.Do(ctx, d, call, in)
		if try == setTries || !errs.Is(err, "version_conflict") {
			return op.Nothing{}, err
		}
	}
}

// whose is somebody whose password the actor may set, with the rules for it.
func whose(t *op.Tx, who id.User) (user.User, Rules, error) {
	u, err := user.ByID(t, who)
	if err != nil {
		return u, Rules{}, err
	}
	if u.ID == t.Actor().User() {
		return u, Rules{}, errs.Conflict("own_account", "Change your own password on your page Security: that needs the present one.")
	}
	if err := user.MayReset(t, u); err != nil {
		return u, Rules{}, err
	}
	o, err := org.Mine(t)
	if err != nil {
		return u, Rules{}, err
	}
	rules, err := RulesFor(o, u).ForAnother().Recall(t, u)
	return u, rules, err
}

// Hash hashes what can be a password, in a command's Prepare; what cannot, and
// what the organization's rules refuse, is for Rules.Check in its Run to say.
func Hash(ctx context.Context, tools op.Tools, pw secret.Clear) (string, error) {
	if n := utf8.RuneCountInString(pw.Reveal()); n == 0 || n > password.MaxRunes {
		return "", nil
	}
	return tools.Passwords.Hash(ctx, pw.Reveal())
}

func put(t *op.Tx, in PasswordFor) (op.Nothing, error) {
	u, rules, err := whose(t, in.ID)
	if err != nil {
		return op.Nothing{}, err
	}
	var c errs.Check
	if rules.Check(&c, "password", in.Password); c.Err() != nil {
		return op.Nothing{}, c.Err()
	}
	stored, err := user.CredentialsOf(t, u.ID)
	if err != nil {
		return op.Nothing{}, err
	}
	if err := in.new.refuse(in.rules, "password", stored); err != nil {
		return op.Nothing{}, err
	}
	if err := replace(t, u, in.new.hash, in.MustChange); err != nil {
		return op.Nothing{}, err
	}
	if err := link.Revoke(t, string(u.ID), link.Withdrawn, link.PasswordReset, link.Forgotten); err != nil {
		return op.Nothing{}, err
	}
	if err := EndAll(t, u); err != nil {
		return op.Nothing{}, err
	}
	if err := Forgive(t, u); err != nil {
		return op.Nothing{}, err
	}
	if err := post(t, u, setWords, setLetter(in.MustChange)); err != nil {
		return op.Nothing{}, err
	}
	return op.Nothing{}, t.Record(op.Event{
		Name: "password.set", Subject: u.Subject(), Changes: []op.Change{{Field: "must_change_password", After: in.MustChange}},
	})
}
