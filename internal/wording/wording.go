package wording

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"roster/internal/errs"
	"roster/internal/lang"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/text"
)

// The limits, in characters.
const (
	MaxSubject = 120
	MaxOpening = 2000
	MaxClosing = 1000
)

// Value is what may stand in double braces.
type Value string

// The values.
const (
	Organization Value = "organization" // its name
	Inviter      Value = "inviter"      // the name of who invites
	Name         Value = "name"         // the reader's first name, or address where no name is known
	Email        Value = "email"        // the reader's address
	Service      Value = "service"      // the name of the service that the letter is about
)

// Values are what is filled in. They are names: see mail.Name.
type Values map[Value]string

// Name is one of the values, for a sentence of ours.
func (v Values) Name(value Value) mail.Name { return mail.Name(v[value]) }

// Letter is a letter whose texts can be changed. Features declare one for each.
type Letter struct {
	Kind   string    // in addresses: "invitation"
	Title  lang.Text // what pages call it
	When   lang.Text // who gets it, and when
	Values []Value   // what may stand in its texts
	// Ours are our own words.
	Ours func(ctx context.Context, v Values) Texts
	// Sample is the letter to somebody who does not exist.
	Sample func(t *op.Tx, o org.Organization, w Words) mail.Letter
}

// Texts are what an admin can change of a letter.
type Texts struct {
	Subject string `db:"subject" json:"subject" maxLength:"120" audit:"track" form:"subject"`
	Opening string `db:"opening" json:"opening" maxLength:"2000" audit:"track" form:"opening"`
	Closing string `db:"closing" json:"closing,omitempty" maxLength:"1000" audit:"track" form:"closing"`
}

// stored is a row of letter_texts.
type stored struct {
	Letter   string `db:"letter"`
	Language string `db:"language"`
	Texts
	ChangedAt time.Time `db:"changed_at"`
	Version   int       `db:"version"`
}

// Words are the words of one letter in one language: an admin's, or ours.
type Words struct {
	letter Letter
	lang   string
	own    *Texts
}

// Language is the language in which the letter is written.
func (w Words) Language() string { return w.lang }

// Said are the texts of one letter to one person, ready to stand in it.
type Said struct {
	Subject string
	Opening mail.Block
	Closing []mail.Block // nothing, or one
}

// Say fills in the values. ctx is that in which the rest of the letter is
// written.
func (w Words) Say(ctx context.Context, v Values) Said {
	if w.own == nil {
		ours := w.letter.Ours(ctx, v)
		said := Said{Subject: ours.Subject, Opening: mail.Text(ours.Opening)}
		if ours.Closing != "" {
			said.Closing = []mail.Block{mail.Text(ours.Closing)}
		}
		return said
	}
	said := Said{Subject: v.fill(w.own.Subject), Opening: mail.Typed(v.fill(w.own.Opening))}
	if w.own.Closing != "" {
		said.Closing = []mail.Block{mail.Typed(v.fill(w.own.Closing))}
	}
	return said
}

// braces finds a value; what stands in it is a word of ours or an admin's mistake.
var braces = regexp.MustCompile(`\{\{([^{}]*)\}\}`)

// fill puts the values into a text that was typed.
func (v Values) fill(typed string) string {
	return braces.ReplaceAllStringFunc(mail.Unmarked(typed), func(found string) string {
		value := Value(strings.TrimSpace(strings.Trim(found, "{}")))
		if value == Inviter && v[Inviter] == "" {
			value = Organization // nobody whom the reader knows
		}
		return v.Name(value).String()
	})
}

// SampleName, SampleEmail and SampleToken are for letters to somebody who does
// not exist.
const (
	SampleName  = "Robin"
	SampleEmail = "robin@example.com"
	SampleToken = "example"
)

// original are our own words with the values still in braces.
func (l Letter) original(ctx context.Context) Texts {
	v := Values{}
	for _, value := range l.Values {
		v[value] = "{{" + string(value) + "}}"
	}
	ours := l.Ours(ctx, v)
	return Texts{Subject: mail.Unmarked(ours.Subject), Opening: mail.Unmarked(ours.Opening), Closing: mail.Unmarked(ours.Closing)}
}

// check cleans what was typed, or notes which fields are wrong.
func (l Letter) check(in Texts, c *errs.Check) Texts {
	line := func(field, typed string, limit int, clean func(string, int) (string, error)) string {
		got, err := clean(typed, limit)
		if e, wrong := errors.AsType[*text.Error](err); wrong {
			c.Fail(field, e.Code, "This field %s.", e.Message)
		}
		l.checkValues(field, got, c)
		return got
	}
	out := Texts{
		Subject: line("subject", in.Subject, MaxSubject, text.Clean),
		Opening: line("opening", in.Opening, MaxOpening, text.CleanLines),
		Closing: line("closing", in.Closing, MaxClosing, text.CleanLines),
	}
	if out.Subject == "" {
		c.Fail("subject", "required", "Enter a subject.")
	}
	if out.Opening == "" {
		c.Fail("opening", "required", "Enter what the e-mail begins with.")
	}
	return out
}

// checkValues refuses braces that hold no value of the letter.
func (l Letter) checkValues(field, typed string, c *errs.Check) {
	for _, found := range braces.FindAllStringSubmatch(typed, -1) {
		if !slices.Contains(l.Values, Value(strings.TrimSpace(found[1]))) {
			c.Fail(field, "unknown_placeholder", "There is something in double braces that this e-mail cannot fill in. Possible are: %s.", l.offered())
			return
		}
	}
	if rest := braces.ReplaceAllString(typed, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
		c.Fail(field, "unknown_placeholder", "Double braces stand around one name each. Possible are: %s.", l.offered())
	}
}

// offered lists what may stand in the letter's texts.
func (l Letter) offered() string {
	list := make([]string, len(l.Values))
	for i, v := range l.Values {
		list[i] = "{{" + string(v) + "}}"
	}
	return strings.Join(list, ", ")
}

func (s stored) subject() op.Subject {
	name := s.Letter + " (" + s.Language + ")"
	return op.Subject{Kind: "letter", ID: s.Letter + "/" + s.Language, Name: name}
}
