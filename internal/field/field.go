package field

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/text"
)

// Kind is what the values of a field are.
type Kind string

// The kinds.
const (
	Text   Kind = "text"   // one line
	Number Kind = "number" // a decimal number
	Date   Kind = "date"   // a day
	Choice Kind = "choice" // one of the field's choices
)

// Kinds lists them in the order in which pages show them.
func Kinds() []Kind { return []Kind{Text, Number, Date, Choice} }

// Field is one that an organization has declared.
type Field struct {
	ID            id.Field  `db:"id" json:"id" audit:"ignore"`
	Key           string    `db:"key" json:"key" audit:"track"`
	Name          string    `db:"name" json:"name" audit:"track"`
	Kind          Kind      `db:"kind" json:"kind" audit:"track" enum:"text,number,date,choice"`
	Choices       Choices   `db:"choices" json:"choices" audit:"track" doc:"Of the kind choice only; else empty."`
	Required      bool      `db:"required" json:"required" audit:"track" doc:"Whoever adds a user, or writes a user's custom fields, has to give a value."`
	PersonMayEdit bool      `db:"person_may_edit" json:"person_may_edit" audit:"track" doc:"People may write it in their own profile. They see it in any case."`
	Position      int       `db:"position" json:"position" audit:"ignore" doc:"Its place among the fields, from 1."`
	CreatedAt     time.Time `db:"created_at" json:"created_at" audit:"ignore"`
	Version       int       `db:"version" json:"version" audit:"ignore"`
}

// ETag is the version as the API's ETag.
func (f Field) ETag() string { return fmt.Sprintf(`"v%d"`, f.Version) }

// Choices are the values that a field of the kind choice takes, in order.
type Choices []string

// Scan implements sql.Scanner: the column is a JSON list.
func (l *Choices) Scan(column any) error {
	written, ok := column.(string)
	if !ok {
		return fmt.Errorf("field: cannot read %T into choices", column)
	}
	*l = nil
	return json.Unmarshal([]byte(written), l)
}

func (l Choices) written() string {
	if len(l) == 0 {
		return "[]"
	}
	written, err := json.Marshal([]string(l))
	if err != nil {
		return "[]" // a list of texts is always JSON
	}
	return string(written)
}

// Limits of fields.
const (
	MaxFields  = 50 // in one organization
	MaxKey     = 32
	MaxName    = 64
	MaxChoices = 100
	MaxChoice  = 100
	MaxText    = 500 // characters of a value
)

var (
	keyForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)
	notKey  = regexp.MustCompile(`[^a-z0-9]+`)
)

// reserved are the columns of files of users, in which custom fields stand under
// their keys.
var reserved = []string{
	"type", "email", "username", "first_name", "last_name", "display_name", "phone", "country", "language", "time_zone", "title", "department",
	"external_id", "group", "teams", "role", "permissions", "contract_accounts", "delivery_accounts", "authentication", "entry", "password",
	"service", "plan", "pool", "number", "error",
}

// New is a field to declare.
type New struct {
	Key           string   `json:"key,omitempty" form:"key" maxLength:"32" doc:"What programs and files call it: a lower-case letter, then up to 31 lower-case letters, digits and underscores. Made from the name if left out. It cannot be changed later." example:"cost_center"`
	Name          string   `json:"name" form:"name" required:"true" maxLength:"64" example:"Cost center"`
	Kind          Kind     `json:"kind" form:"kind" required:"true" enum:"text,number,date,choice" doc:"It cannot be changed later."`
	Choices       []string `json:"choices,omitempty" maxItems:"100" doc:"With the kind choice only, and needed there: up to 100 of up to 100 characters."`
	Required      bool     `json:"required,omitempty" form:"required"`
	PersonMayEdit bool     `json:"person_may_edit,omitempty" form:"person_may_edit"`
}

// check makes a field of what was given, or says what is wrong with it.
func (n New) check(at time.Time) (Field, error) {
	var c errs.Check
	f := Field{
		ID: id.New[id.Field](at), Key: n.Key, Kind: n.Kind, Required: n.Required, PersonMayEdit: n.PersonMayEdit, CreatedAt: at, Version: 1,
	}
	if n.Key == "" {
		f.Key = keyFor(n.Name)
	}
	switch {
	case f.Key == "" && n.Name != "": // else it is the name that is missing
		c.Fail("key", "required", "Enter a key.")
	case f.Key == "":
	case !keyForm.MatchString(f.Key):
		c.Fail("key", "invalid_key", "The key begins with a lower-case letter and has up to %d lower-case letters, digits and underscores.", MaxKey)
	case slices.Contains(reserved, f.Key):
		c.Fail("key", "reserved_key", "Files of users have a column of this name already. Choose another key.")
	}
	f.Name = checkName(&c, n.Name)
	if !slices.Contains(Kinds(), n.Kind) {
		c.Fail("kind", "unknown_kind", "Choose text, number, date or choice.")
	} else {
		f.Choices = checkChoices(&c, n.Kind, n.Choices)
	}
	return f, c.Err()
}

// keyFor proposes a key: the letters and digits of a name, without accents.
func keyFor(name string) string {
	key := strings.Trim(notKey.ReplaceAllString(text.SearchKey(name), "_"), "_")
	if key != "" && key[0] >= '0' && key[0] <= '9' {
		key = "f_" + key
	}
	return strings.TrimRight(key[:min(len(key), MaxKey)], "_")
}

func checkName(c *errs.Check, name string) string {
	clean := text.Name(c, "name", name, MaxName)
	if text.Key(clean) == "" {
		c.Fail("name", "required", "Enter a name.")
	}
	return clean
}

// checkChoices cleans the choices of a field of some kind. Two that people could
// not tell apart are one too many.
func checkChoices(c *errs.Check, kind Kind, choices []string) Choices {
	if kind != Choice {
		if len(choices) > 0 {
			c.Fail("choices", "not_wanted", "Only a field of the kind choice has choices.")
		}
		return nil
	}
	switch {
	case len(choices) == 0:
		c.Fail("choices", "required", "Enter the choices.")
	case len(choices) > MaxChoices:
		c.Fail("choices", "too_many", "A field has at most %d choices; these are %d.", MaxChoices, len(choices))
		return nil
	}
	var clean Choices
	seen := map[string]bool{}
	for i, choice := range choices {
		one, err := text.Clean(choice, MaxChoice)
		key := text.Key(one)
		switch e, wrong := errors.AsType[*text.Error](err); {
		case wrong:
			c.Fail("choices", e.Code, "Choice %d has more than %d characters, or some that cannot be seen.", i+1, MaxChoice)
		case key == "":
			c.Fail("choices", "required", "Choice %d is empty.", i+1)
		case seen[key]:
			c.Fail("choices", "twice", "Choice %d is there already.", i+1)
		}
		seen[key] = true
		clean = append(clean, one)
	}
	return clean
}

// Update is what may be changed of a field. Key and kind are fixed.
type Update struct {
	ID            id.Field              `path:"id" json:"-"`
	Version       int64                 `ifmatch:"version" json:"-"`
	Name          patch.Field[string]   `json:"name,omitzero" maxLength:"64"`
	Choices       patch.Field[[]string] `json:"choices,omitzero" maxItems:"100" doc:"All of them. Users keep a value that is no longer among them until somebody writes it."`
	Required      patch.Field[bool]     `json:"required,omitzero"`
	PersonMayEdit patch.Field[bool]     `json:"person_may_edit,omitzero"`
	Position      patch.Field[int]      `json:"position,omitzero" minimum:"1" doc:"The place to move to. The others make room."`
}

// apply is f with what was given, of so many fields in all.
func (up Update) apply(f Field, fields int) (Field, error) {
	var c errs.Check
	if up.Name.Set {
		f.Name = checkName(&c, up.Name.Value)
	}
	if up.Choices.Set {
		f.Choices = checkChoices(&c, f.Kind, up.Choices.Value)
	}
	f.Required = up.Required.Or(f.Required)
	f.PersonMayEdit = up.PersonMayEdit.Or(f.PersonMayEdit)
	if up.Position.Set {
		if f.Position = up.Position.Value; f.Position < 1 || f.Position > fields {
			c.Fail("position", "out_of_range", "Choose a number from 1 to %d.", fields)
		}
	}
	return f, c.Err()
}

// placed is a field that stands in another place than before.
type placed struct {
	id       id.Field
	position int
}

// places is where the fields, given in their order, stand after one of them has
// gone to a place: those that stand in another one now.
func places(fields []Field, moved id.Field, to int) []placed {
	order := slices.Clone(fields)
	if at := slices.IndexFunc(order, func(f Field) bool { return f.ID == moved }); at >= 0 {
		one := order[at]
		order = slices.Delete(order, at, at+1)
		order = slices.Insert(order, min(max(to-1, 0), len(order)), one)
	}
	var changed []placed
	for i, f := range order {
		if f.Position != i+1 {
			changed = append(changed, placed{f.ID, i + 1})
		}
	}
	return changed
}

func (f Field) subject() op.Subject {
	return op.Subject{Kind: "custom_field", ID: string(f.ID), Name: f.Name}
}

func (f Field) event(name string, before Field) op.Event {
	return op.Event{Name: name, Subject: f.subject(), Changes: op.Diff(before, f)}
}
