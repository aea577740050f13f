package self

import (
	"context"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/field"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/user"
)

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{Get, ownProfile, Update, ChangePassword, showRules, setPassword}
}

// Me is the signed-in user, as they see themselves.
type Me struct {
	user.User
	Organization       Organization       `json:"organization"`
	Permissions        []authz.Permission `json:"permissions"`
	MustChangePassword bool               `json:"must_change_password" doc:"Nothing else is allowed before."`
}

// Organization is the one that the user belongs to.
type Organization struct {
	Org  string `json:"id"`
	Name string `json:"name"`
	Slug string `json:"slug"`
}

// Get answers who is signed in, also to those who must change their password.
var Get = op.Query[op.Nothing, Me]{
	Name: "me.get", Needs: authz.OwnPassword, Scope: authz.Self,
	Run: func(t *op.Tx, _ op.Nothing) (Me, error) { return me(t) },
}

// profile is what the page shows of somebody.
type profile struct {
	Me
	Fields []field.Field // what their custom fields are
}

// ownProfile is Get for the page, which is closed while the password must be
// changed.
var ownProfile = op.Query[op.Nothing, profile]{
	Name: "me.profile", Needs: authz.SelfService, Scope: authz.Self,
	Run: func(t *op.Tx, _ op.Nothing) (p profile, err error) {
		if p.Me, err = me(t); err == nil {
			p.Fields, err = field.All(t)
		}
		return p, err
	},
}

func me(t *op.Tx) (Me, error) {
	u, err := user.ByID(t, t.Actor().User())
	if err != nil {
		return Me{}, err
	}
	o, err := org.Mine(t)
	if err != nil {
		return Me{}, err
	}
	stored, err := user.CredentialsOf(t, u.ID)
	u.Notes = "" // they are the admins'
	return Me{
		User: u, Organization: Organization{string(o.ID), o.Name, o.Slug},
		Permissions: t.Actor().Permissions.List(), MustChangePassword: stored.MustChange,
	}, err
}

// Change is what people change of themselves.
type Change struct {
	Version int64 `ifmatch:"version" json:"-"`
	user.Fields
}

// Update changes the own profile. Errors: validation_failed, version_conflict.
var Update = op.Command[Change, Me]{
	Name: "me.update", Needs: authz.SelfService, Scope: authz.Self,
	Run: func(t *op.Tx, in Change) (Me, error) {
		u, err := user.ByID(t, t.Actor().User())
		if err != nil {
			return Me{}, err
		}
		if _, err := user.Revise(t, u, in.Fields, in.Version); err != nil {
			return Me{}, err
		}
		return me(t)
	},
}

// PasswordChange is the present password and the one to come.
type PasswordChange struct {
	Current  secret.Clear `json:"current_password" form:"current_password" required:"true"`
	Password secret.Clear `json:"new_password" form:"new_password" required:"true"`

	proof signin.Confirmed
	hash  string
}

// ChangePassword sets a new password for who knows the present one, signs them
// out everywhere else, and tells them by e-mail. Errors: validation_failed,
// with wrong_password for the present one; too_many_attempts.
var ChangePassword = op.Sequence[PasswordChange, op.Nothing]{
	Name: "me.change_password", Needs: authz.OwnPassword, Scope: authz.Self, Run: changePassword,
}

var showRules = op.Query[op.Nothing, signin.Rules]{
	Name: "me.password_rules", Needs: authz.OwnPassword, Scope: authz.Self,
	Run: func(t *op.Tx, _ op.Nothing) (signin.Rules, error) {
		o, err := org.Mine(t)
		if err != nil {
			return signin.Rules{}, err
		}
		u, err := user.ByID(t, t.Actor().User())
		return signin.RulesFor(o, u), err
	},
}

var setPassword = op.Command[PasswordChange, op.Nothing]{
	Name: "me.set_password", Needs: authz.OwnPassword, Scope: authz.Self,
	Prepare: func(ctx context.Context, tools op.Tools, in PasswordChange) (_ PasswordChange, err error) {
		in.hash, err = tools.Passwords.Hash(ctx, in.Password.Reveal())
		return in, err
	},
	Run: func(t *op.Tx, in PasswordChange) (op.Nothing, error) {
		u, err := user.ByID(t, t.Actor().User())
		if err != nil {
			return op.Nothing{}, err
		}
		return op.Nothing{}, signin.SetOwn(t, u, in.proof, in.hash)
	},
}

func changePassword(ctx context.Context, d *op.Door, call op.Call, in PasswordChange) (op.Nothing, error) {
	rules, err := showRules.Do(ctx, d, call, op.Nothing{})
	if err != nil {
		return op.Nothing{}, err
	}
	// The new one first: it costs no try to get it right.
	if err := in.check(rules); err != nil {
		return op.Nothing{}, err
	}
	if in.proof, err = signin.Confirm.Do(ctx, d, call, in.Current); err != nil {
		return op.Nothing{}, err
	}
	return setPassword.Do(ctx, d, call, in)
}

// check says what is wrong with the fields, before anything is compared.
func (in PasswordChange) check(rules signin.Rules) error {
	var c errs.Check
	if in.Current.IsZero() {
		c.Fail("current_password", "required", "Enter your present password.")
	}
	rules.Check(&c, "new_password", in.Password)
	if !in.Password.IsZero() && in.Password.Equal(in.Current) {
		c.Fail("new_password", "unchanged", "Choose another password than the present one.")
	}
	return c.Err()
}
