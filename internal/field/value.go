package field

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"roster/internal/errs"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/text"
)

// Values are what a user has in the custom fields, by key: a string, or a float64
// in a field of the kind number. There is no empty value.
type Values map[string]any

// Scan implements sql.Scanner: the column is a JSON object.
func (v *Values) Scan(column any) error {
	written, ok := column.(string)
	if !ok {
		return fmt.Errorf("field: cannot read %T into values", column)
	}
	*v = Values{}
	return json.Unmarshal([]byte(written), v)
}

// Written is the JSON object that Scan reads.
func (v Values) Written() string {
	if len(v) == 0 {
		return "{}"
	}
	written, err := json.Marshal(map[string]any(v))
	if err != nil {
		return "{}" // strings and finite numbers are always JSON
	}
	return string(written)
}

// Show is the value of a key as text, empty if there is none.
func (v Values) Show(key string) string {
	switch value := v[key].(type) {
	case string:
		return value
	case float64:
		return decimal(value)
	}
	return ""
}

// Over is v with what was given, as it was given: what a form shows again when it
// has been refused.
func (v Values) Over(given patch.Field[Given]) Values {
	over := Values{}
	maps.Copy(over, v)
	for key, value := range given.Value {
		switch value := value.(type) {
		case nil:
			delete(over, key)
		case typed:
			over[key] = string(value)
		default:
			over[key] = value
		}
	}
	return over
}

// Given is what a request says of custom fields, by key: a value, or nil to have
// none. Keys that are left out stay as they are.
type Given map[string]any

// typed is a value as somebody typed it into a form, whatever its kind.
type typed string

// Prefix stands before the key in the name of an input, and of a wrong field.
const Prefix = "custom."

// FromForm is what a form says of custom fields, absent if it has none of them.
func FromForm(values url.Values) patch.Field[Given] {
	given := Given{}
	for name, sent := range values {
		if key, ours := strings.CutPrefix(name, Prefix); ours && len(sent) > 0 {
			given[key] = typed(sent[0])
		}
	}
	if len(given) == 0 {
		return patch.Field[Given]{}
	}
	return patch.To(given)
}

// Writer is who writes values: it decides which of the fields are theirs.
type Writer int

// The writers.
const (
	Admin   Writer = iota // may write all of them
	Inviter               // an admin too, before the person has joined: what is missing they will be asked for
	Person                // may write those that people edit themselves
	Joiner                // a person setting up the account, who is asked for what is required of them
)

// writes reports whether the field is one that the writer may write.
func (w Writer) writes(f Field) bool {
	switch w {
	case Person:
		return f.PersonMayEdit
	case Joiner:
		return f.Asked()
	}
	return true
}

// Asked reports whether people are asked for the field when they set up their
// account.
func (f Field) Asked() bool { return f.Required && f.PersonMayEdit }

// Apply is now with what was given, and notes in c what is wrong with that. It is
// the one rule for the forms and the API.
//
// What was not given stays, even where it no longer fits its field. But where
// anything is required of the writer, it has to be there: call Apply whenever the
// writer could have given it.
func Apply(fields []Field, now Values, given Given, by Writer, c *errs.Check) Values {
	after := Values{}
	maps.Copy(after, now)
	for _, key := range slices.Sorted(maps.Keys(given)) {
		at := slices.IndexFunc(fields, func(f Field) bool { return f.Key == key })
		switch {
		case at < 0:
			c.Fail(Prefix+shown(key), "unknown_field", "There is no such field. It may have been deleted meanwhile.")
		case !by.writes(fields[at]):
			c.Fail(Prefix+key, "not_yours", "Only an admin writes this field.")
		default:
			value, ok := fields[at].read(given[key], c)
			if ok && value != nil {
				after[key] = value
			} else {
				delete(after, key)
			}
			if !ok {
				after[key] = now[key] // so that it is not said to be missing as well
			}
		}
	}
	for _, f := range fields {
		if _, there := after[f.Key]; !there && f.Required && by.writes(f) && by != Inviter {
			c.Fail(Prefix+f.Key, "required", "%s", f.missing())
		}
	}
	return after
}

// Nothing gives no value in any of the fields that the writer may write.
func Nothing(fields []Field, by Writer) Given {
	none := Given{}
	for _, f := range fields {
		if by.writes(f) {
			none[f.Key] = nil
		}
	}
	return none
}

// shown is a key as a refusal may repeat it: it is anything that was sent.
func shown(key string) string {
	if keyForm.MatchString(key) {
		return key
	}
	return "?"
}

func (f Field) missing() string {
	switch f.Kind {
	case Choice:
		return "Choose one."
	case Date:
		return "Enter a date."
	case Number:
		return "Enter a number."
	}
	return "Fill this in."
}

// read is a value as it is kept, nil for none; false if it does not fit.
func (f Field) read(value any, c *errs.Check) (any, bool) {
	form := false
	if t, ok := value.(typed); ok {
		value, form = string(t), true
	}
	said, isText := value.(string)
	switch number, isNumber := value.(float64); {
	case value == nil, isText && strings.TrimSpace(said) == "":
		return nil, true
	case f.Kind == Number && (isNumber || form):
		return f.readNumber(number, said, isNumber, c)
	case f.Kind == Number:
		c.Fail(Prefix+f.Key, "invalid_type", "This must be a number.")
	case !isText:
		c.Fail(Prefix+f.Key, "invalid_type", "This must be a text.")
	default:
		return f.readText(said, c)
	}
	return nil, false
}

// Limits of a number, within which every JSON reader gets the same one.
const (
	maxDigits   = 15
	maxDecimals = 6
)

func (f Field) readNumber(number float64, said string, isNumber bool, c *errs.Check) (any, bool) {
	if !isNumber {
		var err error
		said = strings.TrimSpace(said)
		if number, err = strconv.ParseFloat(said, 64); err != nil || strings.Trim(said, "-0123456789.") != "" {
			c.Fail(Prefix+f.Key, "invalid_number", "Write the number with digits and a point, such as 12.5.")
			return nil, false
		}
		if digits(said) > maxDigits { // what would be rounded silently
			number = math.Inf(1)
		}
	}
	written := decimal(number)
	_, decimals, _ := strings.Cut(written, ".")
	if math.IsInf(number, 0) || math.IsNaN(number) || digits(written) > maxDigits || len(decimals) > maxDecimals {
		c.Fail(Prefix+f.Key, "invalid_number", "A number has at most %d digits, %d of them behind the point.", maxDigits, maxDecimals)
		return nil, false
	}
	if number == 0 {
		return 0.0, true // and not the other one
	}
	return number, true
}

func decimal(number float64) string { return strconv.FormatFloat(number, 'f', -1, 64) }

// digits counts those that matter: not the zeros in front.
func digits(number string) int {
	return len(strings.TrimLeft(strings.NewReplacer("-", "", ".", "").Replace(number), "0"))
}

func (f Field) readText(said string, c *errs.Check) (any, bool) {
	clean, err := text.Clean(said, MaxText)
	if e, wrong := errors.AsType[*text.Error](err); wrong {
		c.Fail(Prefix+f.Key, e.Code, "This field %s.", e.Message)
		return nil, false
	}
	switch f.Kind {
	case Date:
		day, err := time.Parse(time.DateOnly, clean)
		if err != nil || day.Year() < 1 {
			c.Fail(Prefix+f.Key, "invalid_date", "Write the date as year, month and day, such as 2026-12-24.")
			return nil, false
		}
	case Choice:
		if !slices.Contains(f.Choices, clean) {
			c.Fail(Prefix+f.Key, "unknown_choice", "Choose one that the field offers.")
			return nil, false
		}
	}
	return clean, true
}

// Changes are the differences for the audit log, field by field.
func Changes(before, after Values) []op.Change {
	keys := map[string]bool{}
	for key := range before {
		keys[key] = true
	}
	for key := range after {
		keys[key] = true
	}
	var list []op.Change
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if before[key] != after[key] {
			list = append(list, op.Change{Field: Prefix + key, Before: before[key], After: after[key]})
		}
	}
	return list
}
