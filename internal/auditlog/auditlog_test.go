package auditlog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/app/apptest"
	"roster/internal/auditlog"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/user"
)

// record writes events as somebody would by doing things.
var record = op.Command[[]op.Event, op.Nothing]{
	Name: "test.record", Needs: authz.SelfService, Scope: authz.Self,
	Run: func(t *op.Tx, list []op.Event) (op.Nothing, error) {
		for _, e := range list {
			if err := t.Record(e); err != nil {
				return op.Nothing{}, err
			}
		}
		return op.Nothing{}, nil
	},
}

// write records n events about a subject.
func write(t testing.TB, w *apptest.World, call op.Call, n int, subject op.Subject) {
	t.Helper()
	list := make([]op.Event, n)
	for i := range list {
		list[i] = op.Event{Name: "user.updated", Subject: subject, Changes: []op.Change{{Field: "title", Before: i, After: i + 1}}}
	}
	if _, err := record.Do(t.Context(), w.Door, call, list); err != nil {
		t.Fatal(err)
	}
}

func list(t testing.TB, w *apptest.World, call op.Call, in auditlog.ListInput) op.Page[auditlog.Event] {
	t.Helper()
	p, err := auditlog.List.Do(t.Context(), w.Door, call, in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func names(events []auditlog.Event) []string {
	var list []string
	for _, e := range events {
		list = append(list, e.Name+" "+e.Subject.Name)
	}
	return list
}

func TestListShowsWhoDidWhatToWhom(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, u := w.A.Admin.Call(w.A), w.A.User.User
		if _, err := user.Change.Do(t.Context(), w.Door, admin, user.Update{ID: u.ID, Fields: user.Fields{Title: patch.To("Technician")}}); err != nil {
			t.Fatal(err)
		}
		got := list(t, w, admin, auditlog.ListInput{}).Items
		want := []string{"user.updated Uma User-Alpha", "user.joined Uma User-Alpha", "user.joined Ada Admin-Alpha", "organization.created Alpha"}
		if !slices.Equal(names(got), want) {
			t.Fatalf("got %q, want %q", names(got), want)
		}
		e := got[0]
		if e.Actor != (auditlog.Party{Kind: "user", ID: string(w.A.Admin.User.ID), Name: w.A.Admin.User.Name()}) ||
			e.Subject != (auditlog.Party{Kind: "user", ID: string(u.ID), Name: u.Name()}) {
			t.Errorf("by %+v about %+v", e.Actor, e.Subject)
		}
		if len(e.Changes) != 1 || e.Changes[0] != (op.Change{Field: "title", Before: "", After: "Technician"}) {
			t.Errorf("changes %+v", e.Changes)
		}
		if o := apptest.Origin; e.Address != o.Address || e.Agent != o.Agent || e.Request != o.RequestID {
			t.Errorf("from %q %q %q", e.Address, e.Agent, e.Request)
		}
		if !id.Valid[id.Event](string(e.ID)) || time.Since(e.At) > time.Minute {
			t.Errorf("id %q at %v", e.ID, e.At)
		}
	})
}

func TestFilters(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		if _, err := invite.Create.Do(t.Context(), w.Door, admin, invite.Input{Emails: []string{"Søren <soren@x.example>", "p@x.example"}}); err != nil {
			t.Fatal(err)
		}
		w.Advance(20 * time.Minute)
		if _, err := user.Deactivate.Do(t.Context(), w.Door, w.Person(t, w.A.Org, "Åsa", "Lindqvist", "asa@alpha.example", authz.RoleAdmin).Call(w.A), user.Ref{ID: w.A.User.User.ID}); err != nil {
			t.Fatal(err)
		}
		everything := list(t, w, admin, auditlog.ListInput{Paging: op.Paging{Count: true}})
		if n := len(everything.Items); n != 7 || *everything.Total != 7 {
			t.Fatalf("%d events of %d: %q", n, *everything.Total, names(everything.Items))
		}
		later := everything.Items[1].At // when Åsa joined
		for _, c := range []struct {
			name   string
			filter auditlog.Filter
			want   int
		}{
			{"by an actor", auditlog.Filter{Actor: string(w.A.Admin.User.ID)}, 2},
			{"about a subject", auditlog.Filter{Subject: string(w.A.User.User.ID)}, 2},
			{"of a name", auditlog.Filter{Name: "user.joined"}, 3},
			{"of names that begin so", auditlog.Filter{Name: "user."}, 4},
			{"of no name", auditlog.Filter{Name: "user"}, 0},
			{"percent is no pattern", auditlog.Filter{Name: "%."}, 0},
			{"from a time", auditlog.Filter{From: later}, 2},
			{"to a time", auditlog.Filter{To: later}, 5},
			{"between", auditlog.Filter{From: later, To: later.Add(time.Millisecond)}, 1},
			{"by a name without its accents", auditlog.Filter{Search: "ASA lind"}, 2},
			{"by a part of an address", auditlog.Filter{Search: "soren@"}, 1},
			{"underscore is no pattern", auditlog.Filter{Search: "_"}, 0},
			{"several at once", auditlog.Filter{Search: "asa", Name: "user.", From: later, Subject: string(w.A.User.User.ID)}, 1},
		} {
			got := list(t, w, admin, auditlog.ListInput{Filter: c.filter, Paging: op.Paging{Count: true}})
			if len(got.Items) != c.want || *got.Total != c.want {
				t.Errorf("%s: %q, total %d, want %d", c.name, names(got.Items), *got.Total, c.want)
			}
		}
		for name, f := range map[string]auditlog.Filter{
			"a long search": {Search: strings.Repeat("ö", 129)}, "a backwards time": {From: later, To: later},
		} {
			if _, err := auditlog.List.Do(t.Context(), w.Door, admin, auditlog.ListInput{Filter: f}); !errs.Is(err, "invalid_parameter") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestPagesFollowEachOther(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		write(t, w, admin, 95, op.Subject{Kind: "user", ID: "usr_1", Name: "One"}) // all in the same millisecond
		for _, f := range []auditlog.Filter{{}, {Search: "one"}, {Name: "user."}, {Actor: string(w.A.Admin.User.ID)}} {
			whole := list(t, w, admin, auditlog.ListInput{Filter: f, Paging: op.Paging{Limit: 500}}).Items
			var parts []auditlog.Event
			in := auditlog.ListInput{Filter: f, Paging: op.Paging{Limit: 10}}
			for {
				p := list(t, w, admin, in)
				parts = append(parts, p.Items...)
				write(t, w, admin, 1, op.Subject{}) // news do not disturb who reads on
				if p.Next == nil {
					break
				}
				in.Cursor = *p.Next
			}
			if len(parts) < 95 || fmt.Sprint(parts) != fmt.Sprint(whole) {
				t.Errorf("%+v: %d events by pages, %d at once", f, len(parts), len(whole))
			}
		}
	})
}

// A search looks at a part of a long log at a time; going on finds everything.
func TestLongSearchesGoOnPageByPage(t *testing.T) {
	w := apptest.New(t, apptest.SQLite(t))
	admin := w.A.Admin.Call(w.A)
	write(t, w, admin, 1, op.Subject{Kind: "key", ID: "key_1", Name: "Needle"})
	for range 9 {
		write(t, w, admin, 5000, op.Subject{Kind: "key", ID: "key_2", Name: "Hay"})
	}
	in := auditlog.ListInput{Filter: auditlog.Filter{Search: "needle"}}
	for pages := 1; ; pages++ {
		p := list(t, w, admin, in)
		if len(p.Items) == 1 && pages == 3 {
			break
		}
		if len(p.Items) > 0 || p.Next == nil || pages > 3 {
			t.Fatalf("page %d: %q, goes on: %t", pages, names(p.Items), p.Next != nil)
		}
		in.Cursor = *p.Next
	}
	b := w.Browser(t, auditlog.Pages).As(w.A.Admin, w.A)
	if page := b.Get("/o/alpha/audit?q=needle"); !page.Has("Nothing matches so far", "Search further back") {
		t.Error(page.Body)
	}
}

func TestOthersSeeNothing(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		write(t, w, admin, 20, op.Subject{Kind: "user", ID: string(w.A.User.User.ID), Name: "Marker-Alpha"})

		p := list(t, w, w.B.Admin.Call(w.B), auditlog.ListInput{Paging: op.Paging{Count: true}})
		if *p.Total != 3 || strings.Contains(fmt.Sprint(p.Items), "Alpha") {
			t.Errorf("the mirror image sees %q", names(p.Items))
		}
		for _, f := range []auditlog.Filter{{Actor: string(w.A.Admin.User.ID)}, {Subject: string(w.A.User.User.ID)}, {Search: "marker"}} {
			if p := list(t, w, w.B.Admin.Call(w.B), auditlog.ListInput{Filter: f}); len(p.Items) != 0 {
				t.Errorf("the mirror image finds %q", names(p.Items))
			}
		}
		for name, c := range map[string]struct {
			call op.Call
			want errs.Kind
		}{
			"nobody":                            {op.Call{Org: string(w.A.Org.ID)}, errs.KindUnauthenticated},
			"a plain user":                      {w.A.User.Call(w.A), errs.KindForbidden},
			"an admin of another organization":  {w.B.Admin.CallIn(w.A.Org.ID, w.B), errs.KindUnauthenticated},
			"a user of another organization":    {w.B.User.CallIn(w.A.Org.ID, w.B), errs.KindUnauthenticated},
			"an organization that is not there": {w.A.Admin.CallIn("org_unknown", w.A), errs.KindUnauthenticated},
			"an operator":                       {op.Call{By: apptest.OperatorCall().By, Org: string(w.A.Org.ID)}, errs.KindUnauthenticated},
		} {
			if _, err := auditlog.List.Do(t.Context(), w.Door, c.call, auditlog.ListInput{}); errs.KindOf(err) != c.want {
				t.Errorf("%s lists: %v", name, err)
			}
			if _, err := auditlog.Verify.Do(t.Context(), w.Door, c.call, auditlog.VerifyInput{}); errs.KindOf(err) != c.want {
				t.Errorf("%s verifies: %v", name, err)
			}
		}
		for _, call := range []op.Call{admin, w.A.User.Call(w.A), {}} {
			call.Org = ""
			if _, err := auditlog.ListPlatform.Do(t.Context(), w.Door, call, auditlog.ListInput{}); errs.KindOf(err) != errs.KindUnauthenticated {
				t.Errorf("somebody sees the platform's events: %v", err)
			}
		}
	})
}

func TestCursorsOpenInTheirOwnListOnly(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		for _, place := range []apptest.Place{w.A, w.B} {
			write(t, w, place.Admin.Call(place), 3, op.Subject{})
		}
		one := op.Paging{Limit: 1}
		cursor := *list(t, w, w.A.Admin.Call(w.A), auditlog.ListInput{Paging: one}).Next
		for name, c := range map[string]struct {
			call   op.Call
			filter auditlog.Filter
			cursor string
		}{
			"another organization": {w.B.Admin.Call(w.B), auditlog.Filter{}, cursor},
			"another filter":       {w.A.Admin.Call(w.A), auditlog.Filter{Name: "user.joined"}, cursor},
			"a broken one":         {w.A.Admin.Call(w.A), auditlog.Filter{}, cursor[1:]},
			"an invented one":      {w.A.Admin.Call(w.A), auditlog.Filter{}, "eyJ0IjoxfQ"},
		} {
			in := auditlog.ListInput{Filter: c.filter, Paging: op.Paging{Limit: 1, Cursor: c.cursor}}
			if _, err := auditlog.List.Do(t.Context(), w.Door, c.call, in); !errs.Is(err, "invalid_cursor") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestOperatorsSeeThePlatformOnly(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		write(t, w, w.A.Admin.Call(w.A), 5, op.Subject{Kind: "user", ID: "usr_1", Name: "Private"})
		if _, err := org.Create.Do(t.Context(), w.Door, apptest.OperatorCall(), org.New{Name: "Gamma"}); err != nil {
			t.Fatal(err)
		}
		got, err := auditlog.ListPlatform.Do(t.Context(), w.Door, apptest.OperatorCall(), auditlog.ListInput{})
		want := []string{"organization.created Gamma", "organization.created Beta", "organization.created Alpha"}
		if err != nil || !slices.Equal(names(got.Items), want) {
			t.Errorf("operators see %q, %v", names(got.Items), err)
		}
		inside := apptest.OperatorCall()
		inside.Org = string(w.A.Org.ID)
		if _, err := auditlog.ListPlatform.Do(t.Context(), w.Door, inside, auditlog.ListInput{}); errs.KindOf(err) != errs.KindNotFound {
			t.Errorf("operators look into an organization: %v", err)
		}
	})
}

func TestOwnShowsSignInsOfTheCallerOnly(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		about := func(p apptest.Person) op.Subject { return p.User.Subject() }
		events := []op.Event{
			{Name: "signin.succeeded", Subject: about(w.A.User)}, {Name: "signin.failed", Subject: about(w.A.Admin)},
			{Name: "user.updated", Subject: about(w.A.User)}, {Name: "password.changed", Subject: about(w.A.User)},
		}
		if _, err := record.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), events); err != nil {
			t.Fatal(err)
		}
		got, err := auditlog.Own.Do(t.Context(), w.Door, w.A.User.Call(w.A), op.Nothing{})
		if want := []string{"password.changed Uma User-Alpha", "signin.succeeded Uma User-Alpha"}; err != nil || !slices.Equal(names(got), want) {
			t.Errorf("own activity is %q, %v", names(got), err)
		}
		if _, err := auditlog.Own.Do(t.Context(), w.Door, apptest.OperatorCall(), op.Nothing{}); errs.KindOf(err) != errs.KindUnauthenticated {
			t.Errorf("an operator has own activity: %v", err)
		}
	})
}

func TestHistoryIsAboutOneSubject(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := w.A.User.User
		write(t, w, w.A.Admin.Call(w.A), 30, u.Subject())
		write(t, w, w.A.Admin.Call(w.A), 1, op.Subject{Kind: "user", ID: "usr_other"})
		history := func(place apptest.Place) []auditlog.Event {
			got, err := op.Ask(t.Context(), w.Door, place.Admin.Call(place), authz.InOrg, func(t *op.Tx) ([]auditlog.Event, error) {
				return auditlog.History(t, string(u.ID), 10)
			})
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		if got := history(w.A); len(got) != 10 || got[0].Subject.ID != string(u.ID) || got[0].Changes[0].After != float64(30) {
			t.Errorf("history %+v", got)
		}
		if got := history(w.B); len(got) != 0 {
			t.Errorf("the mirror image sees %+v", got)
		}
	})
}
