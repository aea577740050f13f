package auditlog

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/text"
)

// Event is one line of the audit log.
type Event struct {
	ID      id.Event    `json:"id"`
	At      time.Time   `json:"at"`
	Name    string      `json:"name" doc:"What happened, as noun.verb." example:"user.deactivated"`
	Actor   Party       `json:"actor" doc:"Who did it."`
	Subject Party       `json:"subject" doc:"Whom or what it was done to."`
	Changes []op.Change `json:"changes" doc:"What changed, field by field."`
	Address string      `json:"address" doc:"Network address that the request came from."`
	Agent   string      `json:"agent" doc:"Browser or program, as it names itself."`
	Request string      `json:"request_id"`
}

// Party is who did something, or whom or what it was done to. The name is as it
// was then; it is empty once the user it named has been deleted.
type Party struct {
	Kind string `json:"kind" doc:"For an actor: user, key, operator, operator_key, system or nobody." example:"user"`
	ID   string `json:"id"`
	Name string `json:"name" doc:"As it was then. Empty after the user has been deleted."`
}

// Filter selects events.
type Filter struct {
	Actor   string    `query:"actor_id" form:"actor" json:"-" maxLength:"64" doc:"Only what this user, key or operator did."`
	Subject string    `query:"subject_id" form:"subject" json:"-" maxLength:"64" doc:"Only what was done to this user, key or other thing."`
	Name    string    `query:"name" form:"name" json:"-" maxLength:"64" doc:"Only events of this name. With a period at its end, all that begin with it: user." example:"user.deleted"`
	From    time.Time `query:"from" json:"-" doc:"Only events at this time or later."`
	To      time.Time `query:"to" json:"-" doc:"Only events before this time."`
	Search  string    `query:"q" form:"q" json:"-" maxLength:"128" doc:"Part of the name of who did it, or of whom or what it was done to."`
}

// maxSearch is the longest search, in characters.
const maxSearch = 128

// read understands a filter, or refuses it.
func (f Filter) read() (Filter, error) {
	if utf8.RuneCountInString(f.Search) > maxSearch {
		return f, errs.Malformed("invalid_parameter", "q has at most %d characters.", maxSearch)
	}
	if !f.From.IsZero() && !f.To.IsZero() && !f.From.Before(f.To) {
		return f, errs.Malformed("invalid_parameter", "from must be before to.")
	}
	f.Search = text.SearchKey(f.Search)
	return f, nil
}

// scans reports whether no index leads to the matches, so that events that do
// not match have to be looked at.
func (f Filter) scans() bool { return f.Search != "" || strings.HasSuffix(f.Name, ".") }

// list names the filter for cursors: a cursor of one filter does not open with another.
func (f Filter) list() string {
	return strings.Join([]string{"audit", f.Actor, f.Subject, f.Name, stamp(f.From), stamp(f.To), f.Search}, "\x00")
}

func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}

// event is a row as people and programs see it.
func (r row) event() Event {
	e := Event{
		ID: r.ID, At: r.At, Name: r.Name, Address: r.Address, Agent: r.Agent, Request: r.Request,
		Actor:   Party{r.ActorKind, r.ActorID, r.ActorName},
		Subject: Party{r.SubjectKind, r.SubjectID, r.SubjectName},
	}
	_ = json.Unmarshal([]byte(r.Changes), &e.Changes) // what cannot be read shows no changes; Verify finds it
	if e.Changes == nil {
		e.Changes = []op.Change{}
	}
	return e
}

func events(rows []row) []Event {
	list := make([]Event, len(rows))
	for i, r := range rows {
		list[i] = r.event()
	}
	return list
}

// Erased reports whether the party was a user who has been deleted since.
func (p Party) Erased() bool { return p.Kind == string(authz.UserKind) && p.Name == "" }

// program reports whether no person was at the other end.
func (p Party) program() bool {
	return p.Kind == string(authz.KeyKind) || p.Kind == string(authz.OperatorKey) || p.Kind == string(authz.SystemKind)
}
