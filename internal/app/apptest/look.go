package apptest

import (
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/secret"
	"roster/internal/user"
)

// Letter is one that waits in the outbox.
type Letter struct {
	Kind, To string
	mail.Message
}

var token = regexp.MustCompile(`rst_[a-z]{3}_[0-9A-Za-z]{49}`)

// Token is the token of the letter's link, empty if it has none.
func (l Letter) Token() secret.Clear { return secret.NewClear(token.FindString(l.Text)) }

type outboxRow struct {
	ID   id.Letter `db:"id"`
	Kind string    `db:"kind"`
	To   string    `db:"to_address"`
	Body []byte    `db:"body"`
}

// Letters are those to an address that have not left, oldest first.
func (w *World) Letters(t testing.TB, to string) []Letter {
	t.Helper()
	rows := look(t, w, func(t *op.Tx) ([]outboxRow, error) {
		return op.All[outboxRow](t, `-- across organizations: a test
			select id, kind, to_address, body from letters where to_address = :to and state = 'queued' order by created_at, id`, op.Args{"to": to})
	})
	var letters []Letter
	for _, r := range rows {
		clear, err := w.Door.Keys().Open(op.LetterPlace(r.ID), r.Body)
		if err != nil {
			t.Fatal(err)
		}
		var body struct{ Message mail.Message }
		if err := json.Unmarshal(clear, &body); err != nil {
			t.Fatal(err)
		}
		letters = append(letters, Letter{r.Kind, r.To, body.Message})
	}
	return letters
}

// Due are the addresses of the letters that may leave now.
func (w *World) Due(t testing.TB) []string {
	t.Helper()
	return look(t, w, func(t *op.Tx) ([]string, error) {
		return op.All[string](t, `-- across organizations: a test
			select to_address from letters where state = 'queued' and next_at <= :now order by id`, op.Args{"now": t.Now()})
	})
}

// Newest is the last letter to an address; it fails the test if there is none.
func (w *World) Newest(t testing.TB, to string) Letter {
	t.Helper()
	letters := w.Letters(t, to)
	if len(letters) == 0 {
		t.Fatalf("there is no letter to %s", to)
	}
	return letters[len(letters)-1]
}

// Event is one line of an audit log, as tests look at it.
type Event struct {
	Name    string `db:"name"`
	Actor   string `db:"actor_id"`
	Subject string `db:"subject_id"`
	Changes string `db:"changes"`
	Address string `db:"address"`
}

// Events are an organization's, or the platform's if it is empty, oldest first, that happened since a moment.
func (w *World) Events(t testing.TB, of id.Org, since time.Time) []Event {
	t.Helper()
	return look(t, w, func(t *op.Tx) ([]Event, error) {
		return op.All[Event](t, `-- across organizations: a test
			select name, actor_id, subject_id, changes, address from events where org_id = :of and at >= :since order by seq`,
			op.Args{"of": string(of), "since": since})
	})
}

// Names are the events' names.
func Names(events []Event) []string {
	names := make([]string, len(events))
	for i, e := range events {
		names[i] = e.Name
	}
	return names
}

// Now is the world's time.
func (w *World) Now(t testing.TB) time.Time {
	t.Helper()
	return look(t, w, func(t *op.Tx) (time.Time, error) { return t.Now(), nil })
}

func look[Out any](t testing.TB, w *World, f func(t *op.Tx) (Out, error)) Out {
	t.Helper()
	q := op.Query[op.Nothing, Out]{
		Name: "test.look", Needs: authz.SystemWork, Scope: authz.System,
		Run: func(t *op.Tx, _ op.Nothing) (Out, error) { return f(t) },
	}
	out, err := q.Do(t.Context(), w.Door, op.Call{By: authz.Caller{System: testFixture}}, op.Nothing{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Put runs f as a fixture in an organization: it makes what no command can.
func (w *World) Put(t testing.TB, o id.Org, f func(t *op.Tx) error) {
	t.Helper()
	c := op.Command[op.Nothing, op.Nothing]{
		Name: "test.put", Needs: authz.SystemWork, Scope: authz.System, Quiet: "a fixture",
		Run: func(t *op.Tx, _ op.Nothing) (op.Nothing, error) {
			if err := t.Enter(o); err != nil {
				return op.Nothing{}, err
			}
			return op.Nothing{}, f(t)
		},
	}
	if _, err := c.Do(t.Context(), w.Door, op.Call{By: authz.Caller{System: testFixture, Origin: Origin}}, op.Nothing{}); err != nil {
		t.Fatal(err)
	}
}

// In puts a user into a state that no command of the moment leads to.
func (w *World) In(t testing.TB, o org.Organization, u user.User, s user.State) {
	t.Helper()
	w.Put(t, o.ID, func(t *op.Tx) error {
		return t.ExecOne(`update users set state = :state where org_id = :org and id = :id`, op.Args{"id": u.ID, "state": s})
	})
}
