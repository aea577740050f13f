package photo

import (
	"context"

	"roster/internal/authz"
	"roster/internal/op"
	"roster/internal/user"
)

// Operations lists what this package does.
func Operations() []op.Operation { return []op.Operation{Set, Remove, Own, Get, Withdraw} }

// Upload is a file that somebody wants to be seen by.
type Upload struct {
	File []byte `body:"file" json:"-"`

	picture Picture
}

// Set makes a photo of a file, and shows it in place of the one before. Errors:
// validation_failed for the field photo; overloaded.
var Set = op.Command[Upload, Photo]{
	Name: "me.set_photo", Needs: authz.SelfService, Scope: authz.Self,
	Prepare: func(ctx context.Context, _ op.Tools, in Upload) (_ Upload, err error) {
		in.picture, err = Draw(ctx, in.File)
		return in, err
	},
	Run: func(t *op.Tx, in Upload) (Photo, error) {
		u, err := user.ByID(t, t.Actor().User())
		if err != nil {
			return Photo{}, err
		}
		before, err := versionOf(t, u.ID)
		if err != nil {
			return Photo{}, err
		}
		p := Photo{Version: next(before, t.Now()), CreatedAt: t.Now()}
		if err := put(t, u.ID, p, in.picture); err != nil {
			return Photo{}, err
		}
		return p, t.Record(op.Event{Name: "photo.changed", Subject: u.Subject()})
	},
}

// Remove removes the own photo. Error: not_found if there is none.
var Remove = op.Command[op.Nothing, op.Nothing]{
	Name: "me.remove_photo", Needs: authz.SelfService, Scope: authz.Self,
	Run: func(t *op.Tx, _ op.Nothing) (op.Nothing, error) {
		u, err := user.ByID(t, t.Actor().User())
		if err != nil {
			return op.Nothing{}, err
		}
		if err := remove(t, u.ID); err != nil {
			return op.Nothing{}, err
		}
		return op.Nothing{}, t.Record(op.Event{Name: "photo.removed", Subject: u.Subject()})
	},
}

// Own answers the own photo. Error: not_found if there is none.
var Own = op.Query[op.Nothing, Shown]{
	Name: "me.photo", Needs: authz.SelfService, Scope: authz.Self,
	Run: func(t *op.Tx, _ op.Nothing) (Shown, error) { return Of(t, t.Actor().User()) },
}

// Get answers the photo of a user. Error: not_found if there is none, or no such
// user.
var Get = op.Query[user.Ref, Shown]{
	Name: "user.photo", Needs: authz.UsersView, Scope: authz.InOrg,
	Run: func(t *op.Tx, in user.Ref) (Shown, error) { return Of(t, in.ID) },
}

// Withdraw removes the photo of somebody else. Errors: not_found, also if there
// is none; target_above_caller.
var Withdraw = op.Command[user.Ref, op.Nothing]{
	Name: "user.remove_photo", Needs: authz.UsersManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in user.Ref) (op.Nothing, error) {
		u, err := user.ByID(t, in.ID)
		if err != nil {
			return op.Nothing{}, err
		}
		if err := user.MayManage(t, u); err != nil {
			return op.Nothing{}, err
		}
		if err := remove(t, u.ID); err != nil {
			return op.Nothing{}, err
		}
		return op.Nothing{}, t.Record(op.Event{Name: "photo.withdrawn", Subject: u.Subject()})
	},
}
