package auditlog

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// search is the address of the page: what it shows.
type search struct {
	Find    string `query:"q"`
	What    string `query:"what"` // a name, or how names begin
	When    string `query:"when"` // days, up to today
	From    string `query:"from"` // a date; it and To in place of When
	To      string `query:"to"`   // a date, which is shown
	Actor   string `query:"actor"`
	Subject string `query:"subject"`
	Cursor  string `query:"cursor"`
}

// read reads the address of the page. Dates are more particular than When.
func (s *search) read(c *web.Context) (Filter, error) {
	if err := c.BindQuery(s); err != nil {
		return Filter{}, err
	}
	if s.From != "" || s.To != "" {
		s.When = ""
	}
	return s.filter(c.Context(), c.Now())
}

// filter is the search in the terms of the list. Days begin at midnight where
// the reader is.
func (s search) filter(ctx context.Context, now time.Time) (Filter, error) {
	f := Filter{Search: s.Find, Name: s.What, Actor: s.Actor, Subject: s.Subject}
	if days, ok := periods[s.When]; ok {
		y, m, d := now.In(lang.Zone(ctx)).Date()
		f.From = time.Date(y, m, d-days+1, 0, 0, 0, 0, lang.Zone(ctx))
	}
	for _, date := range []struct {
		text string
		days int
		into *time.Time
	}{{s.From, 0, &f.From}, {s.To, 1, &f.To}} {
		if date.text == "" {
			continue
		}
		midnight, err := time.ParseInLocation(time.DateOnly, date.text, lang.Zone(ctx))
		if err != nil {
			return f, errs.Malformed("invalid_parameter", "A date is written like 2026-10-04.")
		}
		*date.into = midnight.AddDate(0, 0, date.days)
	}
	return f, nil
}

// values are the address of the search.
func (s search) values() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{
		"q": s.Find, "what": s.What, "when": s.When, "from": s.From, "to": s.To, "actor": s.Actor, "subject": s.Subject, "cursor": s.Cursor,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// periods are the days of When.
var periods = map[string]int{"today": 1, "7d": 7, "30d": 30, "90d": 90}

var periodWords = []struct {
	value string
	label lang.Text
}{
	{"today", lang.Key("Today")}, {"7d", lang.Key("Last 7 days")}, {"30d", lang.Key("Last 30 days")}, {"90d", lang.Key("Last 90 days")},
}

// kind is a sort of events, by how their names begin.
type kind struct {
	prefix string
	label  lang.Text
}

var (
	kindsOfOrg = []kind{
		{"user.", lang.Key("Users")}, {"profile.", lang.Key("Own profiles")}, {"invitation.", lang.Key("Invitations")},
		{"signin.", lang.Key("Sign-ins")}, {"session.", lang.Key("Sign-outs")}, {"password.", lang.Key("Passwords")},
		{"api_key.", lang.Key("API keys")}, {"settings.", lang.Key("Settings")}, {"organization.", lang.Key("Organization")},
		{"subscription.", lang.Key("Subscriptions")},
	}
	kindsOfPlatform = []kind{
		{"organization.", lang.Key("Organizations")}, {"service.", lang.Key("Services")}, {"subscription.", lang.Key("Subscriptions")}, {"operator.", lang.Key("Operators")}, {"operator_key.", lang.Key("Operator keys")},
	}
)

type listView struct {
	c         *web.Context
	plane     plane
	search    search
	page      op.Page[Event]
	seesUsers bool
}

// with is the page's address, from the beginning of the list, after a change.
func (v listView) with(change func(*search)) string {
	s := v.search
	s.Cursor = ""
	change(&s)
	return v.address("", s)
}

func (v listView) address(below string, s search) string {
	path := v.plane.path(v.c) + below
	if q := s.values(); len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path
}

func (v listView) next() string {
	if v.page.Next == nil {
		return ""
	}
	s := v.search
	s.Cursor = *v.page.Next
	return v.address("", s)
}

func (v listView) back() string {
	if v.search.Cursor == "" {
		return ""
	}
	return v.with(func(*search) {})
}

// export is the address of what the page shows, as a file.
func (v listView) export(form string) string {
	s := v.search
	s.Cursor = ""
	return v.address("/export."+form, s)
}

func (v listView) filtered() bool {
	s := v.search
	s.Cursor = ""
	return s != search{}
}

func (v listView) filters(ctx context.Context) []ui.Filter {
	what := ui.Filter{Name: "what", Label: lang.T(ctx, "What"), Single: true, Value: v.search.What, Clear: v.with(func(s *search) { s.What = "" })}
	for _, k := range v.plane.kinds {
		o := ui.Option{Value: k.prefix, Label: k.label.In(ctx), Selected: v.search.What == k.prefix}
		if o.Selected {
			what.Value = o.Label
		}
		what.Options = append(what.Options, o)
	}
	when := ui.Filter{Name: "when", Label: lang.T(ctx, "When"), Single: true, Clear: v.with(func(s *search) { s.When = "" })}
	for _, p := range periodWords {
		o := ui.Option{Value: p.value, Label: p.label.In(ctx), Selected: v.search.When == p.value}
		if o.Selected {
			when.Value = o.Label
		}
		when.Options = append(when.Options, o)
	}
	filters := []ui.Filter{what, when}
	if id := v.search.Actor; id != "" {
		filters = append(filters, one("actor", lang.T(ctx, "By"), id, v.called(ctx, id), v.with(func(s *search) { s.Actor = "" })))
	}
	if id := v.search.Subject; id != "" {
		filters = append(filters, one("subject", lang.T(ctx, "About"), id, v.called(ctx, id), v.with(func(s *search) { s.Subject = "" })))
	}
	return filters
}

// dateLabel is what the button for dates says.
func (v listView) dateLabel(ctx context.Context) string {
	switch from, to := v.search.From, v.search.To; {
	case from != "" && to != "":
		return from + " – " + to
	case from != "":
		return lang.T(ctx, "Since %s", from)
	case to != "":
		return lang.T(ctx, "Until %s", to)
	}
	return lang.T(ctx, "Dates")
}

// one is a filter by somebody or something: there is nothing to choose but to
// take it away.
func one(name, label, id, called, clear string) ui.Filter {
	return ui.Filter{
		Name: name, Label: label, Value: called, Clear: clear, Single: true,
		Options: []ui.Option{{Value: id, Label: called, Selected: true}},
	}
}

// called is the name under which the shown events know an id.
func (v listView) called(ctx context.Context, id string) string {
	for _, e := range v.page.Items {
		for _, p := range []Party{e.Actor, e.Subject} {
			if p.ID == id {
				return partyName(ctx, p, true)
			}
		}
	}
	return id
}

// day is what happened on one day.
type day struct {
	label   string
	entries []entry
}

// entry is one event in words.
type entry struct {
	Event
	said    []said
	changes []Difference
	note    string
}

// said is a piece of a sentence, with where it leads.
type said struct {
	Piece
	href string
}

// look is how events are shown.
type look struct {
	now    time.Time
	onCard bool               // on the page of their subject
	href   func(Party) string // where a name leads; empty: nowhere
}

// days groups events, which come newest first.
func (l look) days(ctx context.Context, list []Event) []day {
	var days []day
	for _, e := range list {
		label := lang.Day(ctx, l.now, e.At)
		if n := len(days); n == 0 || days[n-1].label != label {
			days = append(days, day{label: label})
		}
		today := &days[len(days)-1]
		today.entries = append(today.entries, l.entry(ctx, e))
	}
	return days
}

func (l look) entry(ctx context.Context, e Event) entry {
	shown := entry{Event: e, changes: Differences(ctx, e), note: note(ctx, e)}
	pieces := Sentence(ctx, e)
	if l.onCard {
		pieces = OnCard(ctx, e)
	}
	for _, p := range pieces {
		s := said{Piece: p}
		if p.Party != nil && l.href != nil {
			s.href = l.href(*p.Party)
		}
		shown.said = append(shown.said, s)
	}
	return shown
}

// note says when and from where: 17:12 · Firefox on Windows · 192.0.2.1.
func note(ctx context.Context, e Event) string {
	parts := []string{lang.Time(ctx, e.At)}
	if e.Agent != "" && !e.Actor.program() {
		parts = append(parts, web.Device(ctx, e.Agent))
	}
	if e.Address != "" {
		parts = append(parts, e.Address)
	}
	return strings.Join(parts, " · ")
}

// days are the page's events; the names of users lead to their cards.
func (v listView) days(ctx context.Context) []day {
	return look{now: v.c.Now(), href: v.card}.days(ctx, v.page.Items)
}

func (v listView) card(p Party) string {
	if !v.seesUsers || p.Kind != string(authz.UserKind) || p.Erased() {
		return ""
	}
	return v.c.Path("users", p.ID)
}

type verifyView struct {
	c      *web.Context
	plane  plane
	anchor string
	report Report
}

// brokenWords say what is wrong with an event of the given number.
var brokenWords = map[Why]lang.Text{
	Altered:   lang.Key("Event %s is not what was recorded: something in it was altered."),
	Removed:   lang.Key("Event %s is missing."),
	Inserted:  lang.Key("Event %s was never recorded: somebody put it in."),
	Reordered: lang.Key("Event %s is not in its place: somebody changed the order."),
	Blanked:   lang.Key("The names in event %s were erased, although nobody was deleted."),
	Rewritten: lang.Key("The log up to event %s was written anew: it is not the one that was sealed."),
}

// broken says what is wrong.
func (v verifyView) broken(ctx context.Context) string {
	text := brokenWords[v.report.FirstBroken.Why].In(ctx)
	return strings.Replace(text, "%s", lang.Number(ctx, int(v.report.FirstBroken.Link)), 1)
}

func (v verifyView) facts(ctx context.Context) []ui.Fact {
	facts := []ui.Fact{{Term: lang.T(ctx, "Events that fit"), Text: lang.Number(ctx, int(v.report.Checked))}}
	if !v.report.SealedUntil.IsZero() {
		facts = append(facts, ui.Fact{Term: lang.T(ctx, "The last one"), Text: lang.DateTime(ctx, v.report.SealedUntil)})
	}
	if v.report.Unsealed > 0 {
		facts = append(facts, ui.Fact{Term: lang.T(ctx, "Not sealed yet"), Text: lang.Number(ctx, v.report.Unsealed), Note: lang.T(ctx, "they will be within a second")})
	}
	if b := v.report.FirstBroken; b != nil && b.ID != "" {
		facts = append(facts, ui.Fact{Term: lang.T(ctx, "The event"), Text: string(b.ID)})
	}
	return facts
}

// fewChanges is how many changes of an event are shown without being asked for.
const fewChanges = 3

// madeNew reports whether there was nothing before any of the changes.
func madeNew(list []Difference) bool {
	return !slices.ContainsFunc(list, func(d Difference) bool { return d.Before != "" })
}
