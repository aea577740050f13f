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

	hash string
}

// SetPassword sets the password of somebody else: what they are signed in to,
// their reset links and known devices end at once, and they are told that it
// happened. Errors: not_found, own_account, target_above_caller, not_activated,
// deactivated, no_password, validation_failed.
var SetPassword = op.Command[PasswordFor, op.Nothing]{
	Name: "user.set_password", Needs: authz.UsersManage, Scope: authz.InOrg,
	Prepare: func(ctx context.Context, tools op.Tools, in PasswordFor) (_ PasswordFor, err error) {
		in.hash, err = Hash(ctx, tools, in.Password)
		return in, err
	},
	Run: setPassword,
}

// Hash hashes what can be a password, in a command's Prepare; what cannot, and
// what the organization's rules refuse, is for Rules.Check in its Run to say.
func Hash(ctx context.Context, tools op.Tools, pw secret.Clear) (string, error) {
	if n := utf8.RuneCountInString(pw.Reveal()); n == 0 || n > password.MaxRunes {
		return "", nil
	}
	return tools.Passwords.Hash(ctx, pw.Reveal())
}

func setPassword(t *op.Tx, in PasswordFor) (op.Nothing, error) {
	u, err := user.ByID(t, in.ID)
	if err != nil {
		return op.Nothing{}, err
	}
	if u.ID == t.Actor().User() {
		return op.Nothing{}, errs.Conflict("own_account", "Change your own password on your page Security: that needs the present one.")
	}
	if err := user.MayReset(t, u); err != nil {
		return op.Nothing{}, err
	}
	o, err := org.Mine(t)
	if err != nil {
		return op.Nothing{}, err
	}
	var c errs.Check
	RulesFor(o, u).Check(&c, "password", in.Password)
	if err := c.Err(); err != nil {
		return op.Nothing{}, err
	}
	if err := user.SetPassword(t, u.ID, in.hash, in.MustChange); err != nil {
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
