package adduser

import (
	"net/url"
	"slices"
	"strings"

	"roster/internal/errs"
	"roster/internal/field"
	"roster/internal/patch"
	"roster/internal/user"
	"roster/internal/web/ui"
)

// step is one page of the form 'Add user'.
type step string

// The steps, in their order.
const (
	person step = "person"
	access step = "access"
	review step = "review"
)

var steps = []step{person, access, review}

// asks are the names of the fields that each step asks for; the first one asks
// for the custom fields, too. A field that is in none of them is not carried along.
var asks = map[step][]string{
	person: {
		"type", "email", "username", "external_id", "first_name", "last_name", "display_name", "country", "phone", "language", "time_zone",
		"title", "department", "notes",
	},
	access: {"group_id", "role_id", "team_ids", "entry"},
	// asked says that the box has been seen, so that an empty one means no.
	review: {"password", "must_change_password", "asked"},
}

// form is the form as it was sent, from one of the steps.
type form struct {
	Input
	Step  step   `form:"step"`
	Go    string `form:"go"` // back, or another thing than the next step: add
	Asked bool   `form:"asked"`
}

// add as the value of Go makes the user.
const goAdd = "add"

// input is the request that the form stands for. Only the names of the chosen
// type count, and only the password of the chosen entry.
func (f form) input() Input {
	in := f.Input
	if in.Type == user.Group {
		in.FirstName, in.LastName = patch.Field[string]{}, patch.Field[string]{}
	} else {
		in.DisplayName = patch.Field[string]{}
	}
	if in.entry() != ByPassword {
		in.Password, in.MustChange = Input{}.Password, false
	}
	return in
}

// known is the step that the form was sent from; the first if it says none.
func (f form) known() step {
	if !slices.Contains(steps, f.Step) {
		return person
	}
	return f.Step
}

// next is the step that the form leads to, if nothing is wrong up to it.
func (f form) next() step {
	at := slices.Index(steps, f.known())
	if f.Go == "back" {
		return steps[max(at-1, 0)]
	}
	return steps[min(at+1, len(steps)-1)]
}

// stepOf is the step that asks for a field.
func stepOf(field string) step {
	for _, s := range steps {
		if slices.Contains(asks[s], field) {
			return s
		}
	}
	return person
}

// stopped is the first step, up to the last one given, in which something is
// wrong, and what is; false: nothing is.
func stopped(faults []errs.Field, upTo step) (step, []errs.Field, bool) {
	for _, s := range steps {
		var here []errs.Field
		for _, f := range faults {
			if stepOf(f.Field) == s {
				here = append(here, f)
			}
		}
		if len(here) > 0 {
			return s, here, true
		}
		if s == upTo {
			break
		}
	}
	return "", nil, false
}

// carried is what the other steps have asked for, as it was typed. A password is
// never sent back into a page.
func carried(typed url.Values, at step) []ui.Pair {
	pairs := []ui.Pair{{Name: "step", Value: string(at)}}
	for _, s := range steps {
		if s == at {
			continue
		}
		names := asks[s]
		if s == person {
			names = append(slices.Clone(names), customNames(typed)...)
		}
		for _, name := range names {
			for _, value := range typed[name] {
				if value != "" && name != "password" {
					pairs = append(pairs, ui.Pair{Name: name, Value: value})
				}
			}
		}
	}
	return pairs
}

// customNames are the names of the custom fields among what was typed, in order.
func customNames(typed url.Values) []string {
	var names []string
	for name := range typed {
		if strings.HasPrefix(name, field.Prefix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
