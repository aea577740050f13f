package adduser

import (
	"net/url"
	"slices"
	"strings"

	"roster/internal/access"
	"roster/internal/errs"
	"roster/internal/field"
	"roster/internal/id"
	"roster/internal/license"
	"roster/internal/number"
	"roster/internal/patch"
	"roster/internal/user"
	"roster/internal/web/ui"
)

// step is one page of the form 'Add user'.
type step string

// The steps, in their order.
const (
	whose  step = "whose"
	person step = "person"
	rights step = "access"
	review step = "review"
)

var steps = []step{whose, person, rights, review}

// asks are the names of the fields that each step asks for; the first one asks
// for the custom fields, too. A field that is in none of them is not carried along.
var asks = map[step][]string{
	person: {
		"type", "email", "username", "external_id", "first_name", "last_name", "display_name", "country", "phone", "language", "time_zone",
		"title", "department", "notes",
	},
	whose:  {"side"},
	rights: append([]string{"group_id", "role_id", "team_ids", "no_teams", "number", "number_ids", "next_number", "licenses", "entry", "allow_waiting"}, access.Names...),
	// asked says that the box has been seen, so that an empty one means no.
	review: {"password", "must_change_password", "asked"},
}

// form is the form as it was sent, from one of the steps.
type form struct {
	Input
	access.Form
	Step  step   `form:"step"`
	Go    string `form:"go"` // back, or another thing than the next step: add
	Asked bool   `form:"asked"`

	NoTeams bool     `form:"no_teams"` // whatever the group says
	Number  string   `form:"number"`   // an id, or where the next free one is taken from
	Wishes  []string `form:"licenses"`
}

// add as the value of Go makes the user.
const goAdd = "add"

// input is the request that the form stands for. Only the names of the chosen
// type count, and only the password of the chosen entry.
func (f form) input() Input {
	in := f.Input
	in.Access = f.Form.Access()
	if in.Type == user.Group {
		in.FirstName, in.LastName = patch.Field[string]{}, patch.Field[string]{}
	} else {
		in.DisplayName = patch.Field[string]{}
	}
	if f.NoTeams && len(in.Teams) == 0 {
		in.Teams = []id.Team{}
	}
	in.Licenses = license.Wishes(f.Wishes)
	switch next := number.Next(f.Number); next {
	case "":
	case number.InGroup, number.Any:
		in.Next = next
	default:
		in.Numbers = append(in.Numbers, id.Number(f.Number))
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

// stepsFor are the steps that are asked: whose user it is, only where there is
// a choice.
func stepsFor(o access.Offer) []step {
	if o.Sides {
		return steps
	}
	return steps[1:]
}

// next is the step that the form leads to, if nothing is wrong up to it.
func (f form) next(o access.Offer) step {
	asked := stepsFor(o)
	at := slices.Index(asked, f.known())
	if f.Go == "back" {
		return asked[max(at-1, 0)]
	}
	return asked[min(at+1, len(asked)-1)]
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
