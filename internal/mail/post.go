package mail

import (
	"context"
	"time"

	"golang.org/x/text/language"

	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
)

// Letter is what a feature posts: who gets it, whose face it shows, what it says.
type Letter struct {
	Kind     string // "invitation", "password_reset", …
	To       string // an address that has been parsed
	About    string // id of what it concerns: its delivery is shown there
	Language string
	Identity Identity
	Content  Content
	// PerDay is how many letters of this kind the address gets from the
	// organization within 24 hours; one too many waits until it is none. Zero: no limit.
	PerDay int
}

// posted is a letter in the outbox, sealed.
type posted struct {
	Identity Identity
	Message  Message
}

// Post renders a letter and puts it into the outbox of the transaction: it
// leaves if, and only if, that commits.
func Post(t *op.Tx, l Letter) (id.Letter, error) {
	tag := language.Make(l.Language)
	m, err := Render(tag, l.Identity, l.Content)
	if err != nil {
		return "", err
	}
	after, err := l.due(t)
	if err != nil {
		return "", err
	}
	return t.Send(op.Letter{Kind: l.Kind, To: l.To, About: l.About, After: after, Body: posted{l.Identity, m}})
}

// Preview renders a letter that nobody gets.
func Preview(l Letter) (Message, error) {
	return Render(language.Make(l.Language), l.Identity, l.Content)
}

// due is when the letter may leave.
func (l Letter) due(t *op.Tx) (time.Time, error) {
	if l.PerDay == 0 {
		return t.Now(), nil
	}
	n, oldest, err := SentSince(t, l.To, l.Kind, t.Now().Add(-day))
	if err != nil || n < l.PerDay {
		return t.Now(), err
	}
	return oldest.Add(day), nil
}

const day = 24 * time.Hour

// Writing is the context in which a letter's words are chosen: its reader's
// language and time zone.
func Writing(tag, zone string) context.Context {
	where, err := time.LoadLocation(zone)
	if err != nil {
		where = time.UTC
	}
	return lang.With(context.Background(), language.Make(tag), where)
}
