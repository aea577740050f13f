package number

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/phone"
)

// Kind is what a number is for.
type Kind string

// The kinds.
const (
	Main     Kind = "main"     // the organization's own, at most one
	Shared   Kind = "shared"   // of nobody in particular
	Personal Kind = "personal" // of one user, or free
)

// Kinds lists them in the order in which pages show them.
func Kinds() []Kind { return []Kind{Main, Shared, Personal} }

var kindWords = map[Kind]lang.Text{Main: lang.Key("Main number"), Shared: lang.Key("Shared"), Personal: lang.Key("Personal")}

// Number is one number of the organization.
type Number struct {
	ID        id.Number `db:"id" json:"id" audit:"ignore"`
	Number    string    `db:"number" json:"number" audit:"track" doc:"In E.164." example:"+4681234567"`
	Kind      Kind      `db:"kind" json:"kind" audit:"track" enum:"main,shared,personal"`
	Group     id.Group  `db:"group_id" json:"group_id" audit:"ignore"`         // the event tells of it by name
	User      id.User   `db:"user_id" json:"user_id,omitempty" audit:"ignore"` // events of their own tell of it
	UserName  string    `db:"user_name" json:"user_name,omitempty" audit:"ignore" doc:"What that user is called."`
	GroupName string    `db:"group_name" json:"-" audit:"ignore"`
	LeftBy    id.User   `db:"left_by" json:"-" audit:"ignore"` // who lost it by deactivation and may get it back
	CreatedAt time.Time `db:"created_at" json:"created_at" audit:"ignore"`
	Version   int       `db:"version" json:"version" audit:"ignore"`
}

// ETag is the version as the API's ETag.
func (n Number) ETag() string { return fmt.Sprintf(`"v%d"`, n.Version) }

// Shown is the number as people write it: +46 8 123 45 67.
func (n Number) Shown() string { return phone.Spaced(n.Number) }

// Limits.
const (
	// MaxNumbers is how many an organization has at most.
	MaxNumbers = 100_000
	// MaxRange is how many one range adds.
	MaxRange = 10_000
	// MaxList is how many one list adds.
	MaxList = 1000
	// MaxOfUser is how many one user has at most.
	MaxOfUser = 20

	maxInput = 64 // of a number as somebody writes it
)

// Change is what may be changed of a number.
type Change struct {
	ID      id.Number             `path:"id" json:"-"`
	Version int64                 `ifmatch:"version" json:"-"`
	Kind    patch.Field[Kind]     `json:"kind,omitzero" enum:"main,shared,personal"`
	Group   patch.Field[id.Group] `json:"group_id,omitzero"`
	User    patch.Field[id.User]  `json:"user_id,omitzero" doc:"Gives the number to a user, also if another one has it; null frees it."`

	Who string `json:"-"` // in place of User: an address or username, as people type it
}

// apply writes what was given into n, or notes in c what is wrong. That group
// and user exist, their owners say.
func (ch Change) apply(n Number, c *errs.Check) Number {
	n.Kind = checkKind(c, ch.Kind.Or(n.Kind))
	n.Group, n.User = ch.Group.Or(n.Group), ch.User.Or(n.User)
	if n.User != "" && n.Kind != Personal && ch.User.Set {
		c.Fail("user_id", "not_personal", "Only a personal number can be given to somebody.")
	}
	return n
}

func checkKind(c *errs.Check, k Kind) Kind {
	if k != Main && k != Shared && k != Personal {
		c.Fail("kind", "unknown_kind", "Choose main, shared or personal.")
	}
	return k
}

// changeable says why old cannot become of another kind, nil if it can. main is
// the main number, if there is one.
func changeable(old, now Number, main *Number) error {
	switch {
	case now.Kind == old.Kind:
		return nil
	case now.User != "" && now.Kind != Personal:
		return assigned(old)
	case now.Kind == Main && main != nil:
		return mainThere(*main)
	}
	return nil
}

// deletable says why n cannot be deleted, nil if it can.
func (n Number) deletable() error {
	if n.User != "" {
		return assigned(n)
	}
	return nil
}

// givable says why n cannot be given to somebody who is to have a free number.
func (n Number) givable() error {
	switch {
	case n.Kind != Personal:
		return errs.Conflict("not_personal", "%s is not a personal number. Choose another one.", n.Number)
	case n.User != "":
		return errs.Conflict("number_assigned", "%s belongs to somebody already. Choose another one.", n.Number)
	}
	return nil
}

func assigned(n Number) error {
	return errs.Conflict("number_assigned", "%s belongs to %s. Free it first.", n.Number, n.UserName)
}

func taken(number string) error {
	return errs.Conflict("number_taken", "The organization has the number %s already.", number)
}

func mainThere(m Number) error {
	return errs.Conflict("main_number_exists", "%s is the main number. Make it a shared one first.", m.Number)
}

func noneFree() error {
	return errs.Conflict("no_number", "There is no free personal number. Add some, or choose another group.")
}

// parse reads a number as people write it, with its country code.
func parse(written string) (string, error) {
	if len(written) > maxInput {
		return "", errors.New("it is too long")
	}
	e164, err := phone.Parse(written, "")
	if e, wrong := errors.AsType[*phone.Error](err); wrong {
		return "", errors.New(e.Reason)
	}
	return e164, err
}

// digits are those of a text, as search compares them.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

func (n Number) subject() op.Subject {
	return op.Subject{Kind: "number", ID: string(n.ID), Name: n.Number}
}
