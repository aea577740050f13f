package field

import (
	"slices"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/text"
)

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{List, Get, Page, Create, Change, Ask, Delete}
}

// Fields are those of an organization, in their order.
type Fields struct {
	Items []Field `json:"items"`
}

// List answers the organization's fields, for who may see the users.
var List = op.Query[op.Nothing, Fields]{
	Name: "custom_field.list", Needs: authz.UsersView, Scope: authz.InOrg, Run: list,
}

// Page answers them for who declares them.
var Page = op.Query[op.Nothing, Fields]{
	Name: "custom_field.page", Needs: authz.SettingsManage, Scope: authz.InOrg, Run: list,
}

func list(t *op.Tx, _ op.Nothing) (Fields, error) {
	all, err := All(t)
	return Fields{all}, err
}

// Ref names a field of the organization.
type Ref struct {
	ID id.Field `path:"id" json:"-"`
}

// Get answers one field.
var Get = op.Query[Ref, Field]{
	Name: "custom_field.get", Needs: authz.UsersView, Scope: authz.InOrg,
	Run: func(t *op.Tx, in Ref) (Field, error) { return byID(t, in.ID) },
}

// Create declares a field, as the last one. Errors: validation_failed, key_taken,
// name_taken, too_many_fields.
var Create = op.Command[New, Field]{
	Name: "custom_field.create", Needs: authz.SettingsManage, Scope: authz.InOrg, Run: create,
}

// Change changes a field, or moves it to another place. No user's value changes.
// Errors: not_found, validation_failed, version_conflict, name_taken.
var Change = op.Command[Update, Field]{
	Name: "custom_field.update", Needs: authz.SettingsManage, Scope: authz.InOrg, Run: change,
}

// Asked is a field with what hangs on it.
type Asked struct {
	Field Field
	Users int // who have a value in it
}

// Ask answers what a deletion would remove. It looks at all users.
var Ask = op.Query[Ref, Asked]{
	Name: "custom_field.ask", Needs: authz.SettingsManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in Ref) (Asked, error) {
		f, err := byID(t, in.ID)
		if err != nil {
			return Asked{}, err
		}
		n, err := filled(t, f)
		return Asked{f, n}, err
	},
}

// Removal is what somebody says to delete a field.
type Removal struct {
	ID      id.Field `path:"id" json:"-"`
	Version int64    `ifmatch:"version" json:"-"`
}

// Delete removes a field, and its values from all users, in one transaction.
// Errors: not_found, version_conflict.
var Delete = op.Command[Removal, op.Nothing]{
	Name: "custom_field.delete", Needs: authz.SettingsManage, Scope: authz.InOrg, Run: destroy,
}

func create(t *op.Tx, in New) (Field, error) {
	f, err := in.check(t.Now())
	if err != nil {
		return f, err
	}
	all, err := All(t)
	if err != nil {
		return f, err
	}
	if len(all) >= MaxFields {
		return f, errs.Conflict("too_many_fields", "An organization has at most %d custom fields. Delete one that is not needed.", MaxFields)
	}
	if err := clash(all, f); err != nil {
		return f, err
	}
	f.Position = len(all) + 1
	if err := insert(t, f); err != nil {
		return f, err
	}
	return f, t.Record(f.event("custom_field.created", Field{}))
}

// clash says whether another field has f's key or name. Two who declare at once
// conflict over what they have read, and the later one runs again.
func clash(all []Field, f Field) error {
	for _, other := range all {
		switch {
		case other.ID == f.ID:
		case other.Key == f.Key:
			return keyTaken()
		case text.Key(other.Name) == text.Key(f.Name):
			return errs.Conflict("name_taken", "Another field has this name. Choose another one.")
		}
	}
	return nil
}

func keyTaken() error {
	return errs.Conflict("key_taken", "Another field has this key. Choose another one.")
}

func change(t *op.Tx, in Update) (Field, error) {
	all, err := All(t)
	if err != nil {
		return Field{}, err
	}
	at := slices.IndexFunc(all, func(f Field) bool { return f.ID == in.ID })
	if at < 0 {
		return Field{}, errs.NotFound()
	}
	old := all[at]
	if in.Version != 0 && int(in.Version) != old.Version {
		return old, errs.Changed()
	}
	f, err := in.apply(old, len(all))
	if err != nil {
		return old, err
	}
	if err := clash(all, f); err != nil {
		return old, err
	}
	e := f.event("custom_field.updated", old)
	if f.Position != old.Position {
		e.Changes = append(e.Changes, op.Change{Field: "position", Before: old.Position, After: f.Position})
	}
	if len(e.Changes) == 0 {
		return old, nil
	}
	if err := update(t, f); err != nil {
		return old, err
	}
	for _, other := range places(all, f.ID, f.Position) {
		if other.id == f.ID {
			continue
		}
		if err := place(t, other.id, other.position); err != nil {
			return old, err
		}
	}
	f.Version++
	return f, t.Record(e)
}

func destroy(t *op.Tx, in Removal) (op.Nothing, error) {
	f, err := byID(t, in.ID)
	if err != nil {
		return op.Nothing{}, err
	}
	if in.Version != 0 && int(in.Version) != f.Version {
		return op.Nothing{}, errs.Changed()
	}
	users, err := filled(t, f)
	if err != nil {
		return op.Nothing{}, err
	}
	if users > 0 {
		if err := Hooks.Erase(t, f.Key); err != nil {
			return op.Nothing{}, err
		}
	}
	if err := remove(t, f); err != nil {
		return op.Nothing{}, err
	}
	rest, err := All(t)
	if err != nil {
		return op.Nothing{}, err
	}
	for _, other := range places(rest, "", 0) {
		if err := place(t, other.id, other.position); err != nil {
			return op.Nothing{}, err
		}
	}
	e := op.Event{Name: "custom_field.deleted", Subject: f.subject()}
	if users > 0 {
		e.Changes = []op.Change{{Field: "users", After: users}}
	}
	return op.Nothing{}, t.Record(e)
}
