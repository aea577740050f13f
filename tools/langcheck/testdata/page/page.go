// Package page is read by the test that finds texts.
package page

import (
	"context"

	"roster/internal/errs"
	"roster/internal/lang"
)

// Described is a table of names.
type Described struct{ Key, Name string }

var names = []Described{{"users.view", "See users"}}

func title(ctx context.Context) string { return lang.T(ctx, "A title") }

var state = lang.Key("A state")

func body(ctx context.Context, n int, text string) string {
	return lang.T(ctx, "Two "+"lines") + lang.N(ctx, n, "%d seat", "%d seats") + lang.T(ctx, text) +
		lang.N(ctx, n, "%d seat", "%d seats in all")
}

func check(c *errs.Check) error {
	c.Fail("email", "invalid", "A field is wrong: %s.", errs.Phrased("no @"))
	if err := errs.Conflict("taken", "It is so."); err != nil {
		return err
	}
	return errs.Invalid(errs.Field{Field: "x", Message: "By hand."})
}
