package self

import (
	"context"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/field"
	"roster/internal/id"
	"roster/internal/number"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/photo"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/user"
)

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{Get, ownProfile, Update, ChangePassword, showRules, recallRules, setPassword}
}

// Me is the signed-in user, as they see themselves.
type Me struct {
	user.User
	Organization       Organization       `json:"organization"`
	Permissions        []authz.Permission `json:"permissions"`
	PhotoVersion       int64              `json:"photo_version,omitzero" doc:"Of the photo; absent if there is none."`
	MustChangePassword bool               `json:"must_change_password" doc:"Nothing else is allowed before: an admin has set the password, or it has expired."`
	PasswordExpired    bool               `json:"password_expired"`
	PasswordSetAt      time.Time          `json:"password_set_at,omitzero"`
	PasswordExpiresAt  time.Time          `json:"password_expires_at,omitzero" doc:"Absent if it does not expire."`

	numbers []number.Number // for the page; the API has their ids
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
	numbers, err := number.OfUser(t, u.ID)
	if err != nil {
		return Me{}, err
	}
	password, err := signin.StateOf(t, o, u)
	if err != nil {
		return Me{}, err
	}
	photos, err := photo.Versions(t, []id.User{u.ID})
	u.Notes = "" // they are the admins'
	return Me{
		PhotoVersion: photos[u.ID],
		User:         u, Organization: Organization{string(o.ID), o.Name, o.Slug},
		Permissions: t.Actor().Permissions.List(), MustChangePassword: password.MustChange(),
		PasswordExpired: password.Expired, PasswordSetAt: password.SetAt, PasswordExpiresAt: password.ExpiresAt,
		numbers: numbers,
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

	rules signin.Rules
	proof signin.Confirmed
	new   signin.Hashed
}

// ChangePassword sets a new password for who knows the present one, signs them
// out everywhere else, gives the session of the request a new token, and tells
// them by e-mail. Errors: validation_failed, with wrong_password for the present
// one; too_many_attempts; version_conflict if another one was set meanwhile.
var ChangePassword = op.Sequence[PasswordChange, signin.Renewed]{
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

// recallRules are the same, with what the new password must not repeat.
var recallRules = op.Query[op.Nothing, signin.Rules]{
	Name: "me.recall_passwords", Needs: authz.OwnPassword, Scope: authz.Self,
	Run: func(t *op.Tx, _ op.Nothing) (signin.Rules, error) {
		o, err := org.Mine(t)
		if err != nil {
			return signin.Rules{}, err
		}
		u, err := user.ByID(t, t.Actor().User())
		if err != nil {
			return signin.Rules{}, err
		}
		return signin.RulesFor(o, u).Recall(t, u)
	},
}

var setPassword = op.Command[PasswordChange, signin.Renewed]{
	Name: "me.set_password", Needs: authz.OwnPassword, Scope: authz.Self,
	Prepare: func(ctx context.Context, tools op.Tools, in PasswordChange) (_ PasswordChange, err error) {
		in.new, err = in.rules.Hash(ctx, tools, in.Password)
		return in, err
	},
	Run: func(t *op.Tx, in PasswordChange) (signin.Renewed, error) {
		u, err := user.ByID(t, t.Actor().User())
		if err != nil {
			return signin.Renewed{}, err
		}
		return signin.SetOwn(t, u, in.proof, in.rules, in.new)
	},
}

func changePassword(ctx context.Context, d *op.Door, call op.Call, in PasswordChange) (signin.Renewed, error) {
	var err error
	if in.rules, err = recallRules.Do(ctx, d, call, op.Nothing{}); err != nil {
		return signin.Renewed{}, err
	}
	// The new one first: it costs no try to get it right.
	if err := in.check(in.rules); err != nil {
		return signin.Renewed{}, err
	}
	if in.proof, err = signin.Confirm.Do(ctx, d, call, in.Current); err != nil {
		return signin.Renewed{}, err
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
