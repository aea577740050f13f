package lang

import (
	"context"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// speaker is what a context carries.
type speaker struct {
	*catalog
	zone *time.Location
}

type contextKey struct{}

// With returns a context that speaks the shipped language nearest to tag and tells time in zone (nil: UTC).
func With(ctx context.Context, tag language.Tag, zone *time.Location) context.Context {
	if zone == nil {
		zone = time.UTC
	}
	return context.WithValue(ctx, contextKey{}, speaker{shipped.nearest(tag), zone})
}

func from(ctx context.Context) speaker {
	if s, ok := ctx.Value(contextKey{}).(speaker); ok {
		return s
	}
	return speaker{shipped.list[0], time.UTC}
}

// Tag returns the language of the context: one of [Shipped].
func Tag(ctx context.Context) language.Tag { return from(ctx).tag }

// Zone returns the time zone of the context.
func Zone(ctx context.Context) *time.Location { return from(ctx).zone }

// Dir returns the direction in which the context's language is written, for HTML: "ltr" or "rtl".
func Dir(ctx context.Context) string {
	script, _ := Tag(ctx).Script()
	switch script.String() {
	case "Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Syrc", "Thaa":
		return "rtl"
	}
	return "ltr"
}

// T returns english in the context's language. Verbs are those of package fmt; %d groups digits as the language
// does, so a number that is no quantity (a year, a code) is passed as a string with %s.
func T(ctx context.Context, english string, args ...any) string {
	return from(ctx).text(english, args)
}

// N is [T] for a count: one is the English text for 1, other for every other n. The first argument of the text is
// n itself, args follow it.
func N(ctx context.Context, n int, one, other string, args ...any) string {
	return from(ctx).count(n, one, other, args)
}

// Text is an English text that is said later, see [Key].
type Text struct{ english string }

// Key marks an English text that stands in a table or constant, far from any context.
func Key(english string) Text { return Text{english} }

// In says the text in the context's language.
func (t Text) In(ctx context.Context) string { return from(ctx).text(t.english, nil) }

// Saying says formats in the context's language that the caller does not know: those of refusals, see errs.Say.
func Saying(ctx context.Context) func(format string, args ...any) string {
	s := from(ctx)
	return func(format string, args ...any) string { return s.text(format, args) }
}

// Named says what stands in a table of ours under its English name: a permission, a built-in role. What somebody has
// typed, such as the name of a role of an organization's own, comes back as it is.
func Named(ctx context.Context, english string) string { return from(ctx).text(english, nil) }

// English reports whether the context speaks the language in which texts are written.
func English(ctx context.Context) bool { return from(ctx).catalog == shipped.list[0] }

// Number writes n with the grouping of the context's language: 12,584.
func Number(ctx context.Context, n int) string {
	return from(ctx).printer.Sprint(n)
}

func (c *catalog) text(english string, args []any) string {
	if translated, ok := c.texts[english]; ok {
		english = translated
	}
	if len(args) == 0 {
		return english
	}
	return c.printer.Sprintf(english, args...)
}

func (c *catalog) count(n int, one, other string, args []any) string {
	format := other
	if forms, ok := c.counts[one]; ok {
		format = forms.of(c.form(n))
	} else if n == 1 {
		format = one
	}
	return c.printer.Sprintf(format, append([]any{n}, args...)...)
}

// form is the plural form that the language uses for n.
func (c *catalog) form(n int) plural.Form {
	if n < 0 {
		n = -n
	}
	return plural.Cardinal.MatchPlural(c.tag, n%10_000_000, 0, 0, 0, 0)
}
