package group

import (
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
)

// First is the step of creating an organization: it begins with one group, the
// default. The event of the organization tells of it.
func First(t *op.Tx) error {
	_, err := insert(t, Group{ID: id.New[id.Group](t.Now()), Name: firstName, Default: true, Written: "{}", CreatedAt: t.Now()})
	return err
}

// Choose is the step of whoever puts somebody into a group: the one that is
// named, or the default if none is. A group that does not exist in the
// organization is refused as validation_failed in the field group_id.
func Choose(t *op.Tx, group id.Group) (Group, error) {
	if group == "" {
		return Default(t)
	}
	g, err := Find(t, group)
	if errs.KindOf(err) == errs.KindNotFound {
		return g, unknownGroup("group_id")
	}
	return g, err
}
