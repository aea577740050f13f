package user

import (
	"slices"

	"roster/internal/account"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/field"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/patch"
)

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{Get, Change, Deactivate, Activate, Delete}
}

// Ref names a user of the organization.
type Ref struct {
	ID id.User `path:"id" json:"-"`
}

// Get answers one user.
var Get = op.Query[Ref, User]{
	Name: "user.get", Needs: authz.UsersView, Scope: authz.InOrg,
	Run: func(t *op.Tx, in Ref) (User, error) { return ByID(t, in.ID) },
}

// Update is what an admin may change of a user. E-mail, username and type are
// fixed once the account exists.
type Update struct {
	ID      id.User `path:"id" json:"-"`
	Version int64   `ifmatch:"version" json:"-"`
	Fields
	Access
	Group      patch.Field[id.Group] `json:"group_id,omitzero" form:"group_id"`
	Role       patch.Field[id.Role]  `json:"role_id,omitzero" form:"role_id"`
	Teams      patch.Field[Teams]    `json:"team_ids,omitzero" form:"team_ids" doc:"The teams that the user is to be in, all of them. It needs teams.manage, too."`
	ExternalID patch.Field[string]   `json:"external_id,omitzero" form:"external_id"`
	Notes      patch.Field[string]   `json:"notes,omitzero" form:"notes"`

	NeverExpires patch.Field[bool] `json:"password_never_expires,omitzero" form:"password_never_expires" doc:"Takes the password out of the organization's rule of expiry."`
}

// Change changes a user's profile, group or role. Errors: not_found,
// validation_failed, version_conflict, grant_exceeds_own, target_above_caller,
// last_admin, forbidden for teams without teams.manage.
var Change = op.Command[Update, User]{
	Name: "user.update", Needs: authz.UsersManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in Update) (User, error) {
		u, err := ByID(t, in.ID)
		if err != nil {
			return u, err
		}
		if err := mayTouch(t, u); err != nil {
			return u, err
		}
		return revise(t, u, in, field.Admin, "user.updated")
	},
}

// Deactivate keeps a user from signing in; all data remain. What the user was
// signed in with ends at once. Errors: not_found, already_deactivated,
// invited, target_above_caller, last_admin.
var Deactivate = op.Command[Ref, User]{
	Name: "user.deactivate", Needs: authz.UsersManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in Ref) (User, error) {
		return move(t, in.ID, "user.deactivated", User.deactivated)
	},
}

// Activate lets a deactivated user in again, as what they were before. Nothing
// that was ended comes back. Errors: not_found, not_deactivated,
// target_above_caller.
var Activate = op.Command[Ref, User]{
	Name: "user.activate", Needs: authz.UsersManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in Ref) (User, error) {
		return move(t, in.ID, "user.activated", User.activated)
	},
}

// Delete removes a deactivated user and their personal data for good. The
// audit log keeps that somebody was here. Errors: not_found, not_deactivated,
// own_account, target_above_caller.
var Delete = op.Command[Ref, op.Nothing]{
	Name: "user.delete", Needs: authz.UsersManage, Scope: authz.InOrg, Run: destroy,
}

// revise applies an update, keeps the rules, and records what changed.
func revise(t *op.Tx, old User, in Update, by field.Writer, event string) (User, error) {
	if in.Version != 0 && int(in.Version) != old.Version {
		return old, errs.Changed()
	}
	u, changes, err := in.over(t, old, by)
	if err != nil {
		return old, err
	}
	if err := keepAnAdmin(t, old, u); err != nil {
		return old, err
	}
	e, moved := u.event(event, old), !slices.Equal(u.Teams, old.Teams)
	e.Changes = append(e.Changes, changes...)
	if len(e.Changes) == 0 && !moved {
		return old, nil
	}
	if err := update(t, u); err != nil {
		return old, err
	}
	u.Version++
	if err := follow(t, u, len(changes) > 0, moved); err != nil {
		return old, err
	}
	if len(e.Changes) == 0 {
		return u, nil // what moved has been recorded
	}
	return u, t.Record(e)
}

// over is old with what the update says, and the changes of group and rights.
// Whoever acts may give them.
func (in Update) over(t *op.Tx, old User, by field.Writer) (User, []op.Change, error) {
	var c errs.Check
	u := in.Fields.Apply(old, &c)
	if u.State != Invited {
		u.RequireName(&c)
	}
	u.Group = in.Group.Or(u.Group)
	changes, err := moved(t, &c, old.Group, u.Group)
	if err != nil {
		return old, nil, err
	}
	if u.Role = in.Role.Or(u.Role); u.Role != old.Role || in.Access.said() {
		if u, err = in.Access.Apply(t, &c, u); err != nil {
			return old, nil, err
		}
	}
	u = AdminsOwn(u, in.ExternalID, in.Notes, &c)
	u.NeverExpires = in.NeverExpires.Or(u.NeverExpires)
	if u, err = customized(t, u, in.Custom, by, &c); err != nil {
		return old, nil, err
	}
	u.Teams = Teams(in.Teams.Or(u.Teams)).clean()
	if err := c.Err(); err != nil {
		return old, nil, err
	}
	given, err := rightsChanges(t, old, u)
	if err == nil && len(given) > 0 {
		err = mayGrant(t, u)
	}
	return u, append(changes, given...), err
}

// follow writes what stands in other tables than the user's row, and asks whether
// whoever acts still reaches the user.
func follow(t *op.Tx, u User, given, moved bool) error {
	if given {
		if err := account.Give(t, u.ID, u.Contract, u.Delivery); err != nil {
			return err
		}
	}
	if moved {
		if err := Hooks.Moved(t, u, u.Teams); err != nil {
			return err
		}
	}
	return MayKeep(t, u.ID)
}

// moved is the change of a user's group as events tell of it, none if they stay
// where they are. It notes when there is no such group.
func moved(t *op.Tx, c *errs.Check, from, to id.Group) ([]op.Change, error) {
	if from == to {
		return nil, nil
	}
	now, err := group.Find(t, to)
	if errs.KindOf(err) == errs.KindNotFound {
		c.Fail("group_id", "unknown_group", "Choose a group from the list.")
		return nil, nil
	}
	change := op.Change{Field: "group_id", After: now.Named()}
	if err == nil && from != "" {
		var was group.Group
		was, err = group.Find(t, from)
		change.Before = was.Named()
	}
	return []op.Change{change}, err
}

// move changes a user's state by one of the pure steps above.
func move(t *op.Tx, user id.User, event string, step func(User) (User, error)) (User, error) {
	old, err := ByID(t, user)
	if err != nil {
		return old, err
	}
	if err := mayTouch(t, old); err != nil {
		return old, err
	}
	u, err := step(old)
	if err != nil {
		return old, err
	}
	if err := keepAnAdmin(t, old, u); err != nil {
		return old, err
	}
	if err := update(t, u); err != nil {
		return old, err
	}
	u.Version++
	if u.State == Deactivated {
		if err := Hooks.Stopped(t, u); err != nil {
			return old, err
		}
	} else if err := Hooks.Returned(t, u); err != nil {
		return old, err
	}
	if err := t.Record(u.event(event, old)); err != nil {
		return old, err
	}
	if u.State == Active {
		if _, err := enter(t, u); err != nil {
			return old, err
		}
	}
	return ByID(t, u.ID) // with what the hooks have changed
}

// keepAnAdmin refuses the step that would leave the organization without an
// active admin. Two such steps at once conflict, and the later one runs again.
func keepAnAdmin(t *op.Tx, before, after User) error {
	if !before.IsActiveAdmin() || after.IsActiveAdmin() {
		return nil
	}
	others, err := otherActiveAdmins(t, before.ID)
	if err != nil {
		return err
	}
	if others == 0 {
		return errs.Conflict("last_admin", "%s is the last admin who can sign in. Make somebody else an admin first.", before.Name())
	}
	return nil
}

func destroy(t *op.Tx, in Ref) (op.Nothing, error) {
	u, err := ByID(t, in.ID)
	if err != nil {
		return op.Nothing{}, err
	}
	if err := mayTouch(t, u); err != nil {
		return op.Nothing{}, err
	}
	if err := u.deletable(t.Actor()); err != nil {
		return op.Nothing{}, err
	}
	if err := Hooks.Stopped(t, u); err != nil {
		return op.Nothing{}, err
	}
	if err := Hooks.Deleted(t, u); err != nil {
		return op.Nothing{}, err
	}
	if err := remove(t, u.ID); err != nil {
		return op.Nothing{}, err
	}
	// The trace that remains names nobody.
	return op.Nothing{}, t.Record(op.Event{Name: "user.deleted", Subject: op.Subject{Kind: "user", ID: string(u.ID)}})
}
