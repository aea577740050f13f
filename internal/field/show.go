package field

import (
	"context"
	"slices"
	"time"

	"roster/internal/lang"
	"roster/internal/web/ui"
)

// Facts are a user's values with the names of their fields, those that are empty
// left out where they are shown.
func Facts(ctx context.Context, fields []Field, values Values) []ui.Fact {
	var facts []ui.Fact
	for _, f := range fields {
		fact := ui.Fact{Term: f.Name, Text: f.show(ctx, values)}
		if f.stale(values) {
			fact.Note = lang.T(ctx, "no longer offered")
		}
		facts = append(facts, fact)
	}
	return facts
}

// show is a value in words.
func (f Field) show(ctx context.Context, values Values) string {
	said := values.Show(f.Key)
	if f.Kind == Date {
		// A day has no time zone: it is written in that of the reader.
		if day, err := time.ParseInLocation(time.DateOnly, said, lang.Zone(ctx)); err == nil {
			return lang.Date(ctx, day)
		}
	}
	return said
}

// stale reports whether a value is none of the choices any more.
func (f Field) stale(values Values) bool {
	said := values.Show(f.Key)
	return f.Kind == Choice && said != "" && !slices.Contains(f.Choices, said)
}

// Editable are the fields that people edit themselves, or those that they do not.
func Editable(fields []Field, theirs bool) []Field {
	return slices.DeleteFunc(slices.Clone(fields), func(f Field) bool { return f.PersonMayEdit != theirs })
}

// AskedOf are the fields that people are asked for when they set up their account.
func AskedOf(fields []Field) []Field {
	return slices.DeleteFunc(slices.Clone(fields), func(f Field) bool { return !f.Asked() })
}

// Pairs are the names of the inputs with their labels, for the summary of what is
// wrong in a form.
func Pairs(fields []Field) []ui.Pair {
	var pairs []ui.Pair
	for _, f := range fields {
		pairs = append(pairs, ui.Pair{Name: Prefix + f.Key, Value: f.Name})
	}
	return pairs
}

// Inputs are custom fields in a form, with a user's values. Faults are by the
// names of the inputs.
type Inputs struct {
	Fields []Field
	Values Values
	Faults map[string]string
	// Lenient is for whoever may leave out what is required: see Inviter.
	Lenient bool
}

// options are the choices of a field, none first. A value that is no longer among
// them is offered as what it is, and refused.
func (in Inputs) options(ctx context.Context, f Field) []ui.Option {
	now := in.Values.Show(f.Key)
	options := []ui.Option{{Label: lang.T(ctx, "None"), Selected: now == ""}}
	if f.Required {
		options[0].Label = lang.T(ctx, "Choose one")
	}
	if f.stale(in.Values) {
		options = append(options, ui.Option{Value: now, Label: now, Count: lang.T(ctx, "no longer offered"), Selected: true})
	}
	for _, choice := range f.Choices {
		options = append(options, ui.Option{Value: choice, Label: choice, Selected: choice == now})
	}
	return options
}
