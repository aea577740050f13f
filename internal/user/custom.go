package user

import (
	"roster/internal/errs"
	"roster/internal/field"
	"roster/internal/op"
	"roster/internal/patch"
)

// Customize is u with what was given in the organization's custom fields, and
// notes in c what is wrong with it. Null removes all that the writer may write.
func Customize(fields []field.Field, u User, given patch.Field[field.Given], by field.Writer, c *errs.Check) User {
	if given.Null {
		given.Value = field.Nothing(fields, by)
	}
	u.Custom = field.Apply(fields, u.Custom, given.Value, by, c)
	return u
}

// customized is Customize for a change, which is held to the rules of custom
// fields only if it says something of them.
func customized(t *op.Tx, u User, given patch.Field[field.Given], by field.Writer, c *errs.Check) (User, error) {
	if !given.Set {
		return u, nil
	}
	fields, err := field.All(t)
	if err != nil {
		return u, err
	}
	if by == field.Admin && u.State == Invited {
		by = field.Inviter
	}
	return Customize(fields, u, given, by, c), nil
}
