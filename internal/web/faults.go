package web

import (
	"errors"
	"maps"
	"slices"

	"roster/internal/errs"
	"roster/internal/web/ui"
)

// Faults are the wrong fields of a form: by name, what to correct.
type Faults map[string]string

// FaultsOf are the wrong fields that err speaks of. It is false for everything but errs.Invalid: those errors belong to
// the page, not to a field.
func FaultsOf(err error) (Faults, bool) {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Kind != errs.KindInvalid {
		return nil, false
	}
	faults := Faults{}
	for _, f := range e.Fields {
		if _, twice := faults[f.Field]; !twice {
			faults[f.Field] = f.Message
		}
	}
	return faults, true
}

// Summary lists the faults for ui.Form.Errors, in the order of the form's fields: name (which is the id) and label.
// Faults of fields that are not in the form come last, so that none is lost.
func (f Faults) Summary(fields ...ui.Pair) []ui.FieldError {
	var list []ui.FieldError
	shown := map[string]bool{}
	for _, field := range fields {
		if message, wrong := f[field.Name]; wrong {
			list = append(list, ui.FieldError{ID: field.Name, Label: field.Value, Message: message})
			shown[field.Name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if !shown[name] {
			list = append(list, ui.FieldError{ID: name, Label: name, Message: f[name]})
		}
	}
	return list
}
