package op_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/user"
)

// command makes a command of an organization's admin out of what it runs.
func command(run func(t *op.Tx) error) op.Command[op.Nothing, op.Nothing] {
	return op.Command[op.Nothing, op.Nothing]{
		Name: "test.command", Needs: authz.UsersManage, Scope: authz.InOrg,
		Run: func(t *op.Tx, _ op.Nothing) (op.Nothing, error) { return op.Nothing{}, run(t) },
	}
}

// notes reads what the tests below write: a user's notes.
func notes(t *testing.T, w *apptest.World, place apptest.Place) string {
	t.Helper()
	u, err := user.Get.Do(t.Context(), w.Door, place.Admin.Call(place), user.Ref{ID: place.User.User.ID})
	if err != nil {
		t.Fatal(err)
	}
	return u.Notes
}

func write(t *op.Tx, u id.User, text string) error {
	return t.ExecOne(`update users set notes = :text where org_id = :org and id = :id`, op.Args{"id": u, "text": text})
}

func event(t *op.Tx) error { return t.Record(op.Event{Name: "test.written"}) }

func TestWhatTheDoorDoesNotCommit(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		target := w.A.User.User.ID
		for name, run := range map[string]func(t *op.Tx) error{
			"a change without an event": func(t *op.Tx) error { return write(t, target, "changed") },
			"a change after which Run fails": func(t *op.Tx) error {
				return errors.Join(write(t, target, "changed"), event(t), errors.New("failed"))
			},
			"a statement's error that Run drops": func(t *op.Tx) error {
				_ = write(t, target, "changed")
				_, _ = t.Exec(`update users set nothing = 1 where org_id = :org`, nil)
				_ = event(t)
				return nil
			},
			"a statement that names no organization": func(t *op.Tx) error {
				_, _ = t.Exec(`update users set notes = 'changed'`, nil)
				return event(t)
			},
			"an organization that the caller supplies": func(t *op.Tx) error {
				_, _ = t.Exec(`update users set notes = 'changed' where org_id = :org`, op.Args{"org": w.B.Org.ID})
				return event(t)
			},
			"a way into another organization": func(t *op.Tx) error {
				_ = t.Enter(w.B.Org.ID)
				_ = write(t, target, "changed")
				return event(t)
			},
		} {
			if _, err := command(run).Do(t.Context(), w.Door, w.A.Admin.Call(w.A), op.Nothing{}); errs.KindOf(err) != errs.KindInternal {
				t.Errorf("%s: %v", name, err)
			}
			if got := notes(t, w, w.A) + notes(t, w, w.B); got != "" {
				t.Fatalf("%s left %q", name, got)
			}
		}
		ok := command(func(t *op.Tx) error { return errors.Join(write(t, target, "changed"), event(t)) })
		if _, err := ok.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), op.Nothing{}); err != nil || notes(t, w, w.A) != "changed" {
			t.Errorf("the same with an event: %v", err)
		}
	})
}

func TestAQueryCannotWrite(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		q := op.Query[op.Nothing, op.Nothing]{
			Name: "test.query", Needs: authz.UsersView, Scope: authz.InOrg,
			Run: func(t *op.Tx, _ op.Nothing) (op.Nothing, error) {
				return op.Nothing{}, write(t, w.A.User.User.ID, "changed")
			},
		}
		if _, err := q.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), op.Nothing{}); errs.KindOf(err) != errs.KindInternal {
			t.Errorf("got %v", err)
		}
		if got := notes(t, w, w.A); got != "" {
			t.Errorf("a query wrote %q", got)
		}
	})
}

// The second lock: even a statement that forgets to say which organization's
// rows it wants gets none of another one on PostgreSQL.
func TestRowSecurityHidesOtherOrganizations(t *testing.T) {
	w := apptest.New(t, apptest.PostgreSQL(t))
	seen := -1
	look := command(func(t *op.Tx) (err error) {
		seen, err = op.One[int](t, `select count(*) from users where :org <> ''`, nil)
		return err
	})
	if _, err := look.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), op.Nothing{}); err != nil {
		t.Fatal(err)
	}
	if seen != 2 {
		t.Errorf("a statement that forgot the organization saw %d users, not the 2 of its own", seen)
	}
	moved := command(func(t *op.Tx) error {
		_, err := t.Exec(`update users set org_id = :other where org_id = :org and id = :id`, op.Args{"other": w.B.Org.ID, "id": w.A.User.User.ID})
		return err
	})
	if _, err := moved.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), op.Nothing{}); err == nil {
		t.Error("a row was moved into another organization")
	}
}

func TestOneKeyIsOneRequest(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		runs := 0
		count := op.Command[string, int]{
			Name: "test.count", Needs: authz.UsersManage, Scope: authz.InOrg,
			Run: func(t *op.Tx, in string) (int, error) {
				runs++
				return runs, errors.Join(write(t, w.A.User.User.ID, in), event(t))
			},
		}
		do := func(p apptest.Person, place apptest.Place, fingerprint string) (int, error) {
			call := p.Call(place)
			call.Once = &op.Once{Key: "k", Fingerprint: []byte(fingerprint)}
			return count.Do(t.Context(), w.Door, call, fingerprint)
		}
		first, err := do(w.A.Admin, w.A, "one")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := do(w.A.Admin, w.A, "one"); err != nil || again != first {
			t.Errorf("the same request again: %d instead of %d, %v", again, first, err)
		}
		if _, err := do(w.A.Admin, w.A, "two"); errs.KindOf(err) != errs.KindInvalid {
			t.Errorf("another request with the same key: %v", err)
		}
		if _, err := do(w.B.Admin, w.B, "one"); !errs.Is(err, "not_found") {
			t.Errorf("somebody else's key must be another one: %v", err)
		}
		w.Advance(25 * time.Hour)
		call := op.Call{By: w.Person(t, w.A.Org, "New", "Admin", "new@alpha.example", authz.RoleAdmin).Call(w.A).By}
		call.Once = &op.Once{Key: "k", Fingerprint: []byte("one")}
		if _, err := count.Do(t.Context(), w.Door, call, "one"); err != nil {
			t.Errorf("after a day: %v", err)
		}
	})
}

func TestParallelRequestsWithOneKeyRunOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		var mu sync.Mutex
		answers := map[string]int{}
		name := op.Command[op.Nothing, string]{
			Name: "test.name", Needs: authz.UsersManage, Scope: authz.InOrg,
			Run: func(t *op.Tx, _ op.Nothing) (string, error) {
				word := string(id.New[id.Event](t.Now()))
				return word, errors.Join(write(t, w.A.User.User.ID, word), event(t))
			},
		}
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				call := w.A.Admin.Call(w.A)
				call.Once = &op.Once{Key: "parallel", Fingerprint: []byte("x")}
				got, err := name.Do(t.Context(), w.Door, call, op.Nothing{})
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				answers[got]++
				mu.Unlock()
			})
		}
		all.Wait()
		if len(answers) != 1 {
			t.Errorf("ten requests with one key have %d different answers", len(answers))
		}
	})
}

// Serializable transactions that all change the same row lose nearly always.
// Still each of them gets through, and none is told to come back later.
func TestNobodyLosesEveryConflict(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		grow := command(func(t *op.Tx) error {
			u, err := user.ByID(t, w.A.User.User.ID)
			if err != nil {
				return err
			}
			return errors.Join(write(t, u.ID, u.Notes+"x"), event(t))
		})
		const people, times = 24, 8
		var all sync.WaitGroup
		for range people {
			all.Go(func() {
				for range times {
					if _, err := grow.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), op.Nothing{}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if got := len(notes(t, w, w.A)); got != people*times {
			t.Errorf("%d of %d changes are there", got, people*times)
		}
	})
}

// Whoever holds a row for long makes others wait, but not without end.
func TestNobodyWaitsWithoutEnd(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		door := w.Another(t, func(c *op.Config) { c.Patience = 300 * time.Millisecond })
		held, done := make(chan struct{}), make(chan struct{})
		var holder sync.WaitGroup
		var once sync.Once
		holder.Go(func() {
			slow := command(func(t *op.Tx) error {
				err := errors.Join(write(t, w.A.User.User.ID, "slow"), event(t))
				once.Do(func() { close(held) })
				<-done
				return err
			})
			if _, err := slow.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), op.Nothing{}); err != nil {
				t.Error(err)
			}
		})
		<-held
		fast := command(func(t *op.Tx) error { return errors.Join(write(t, w.A.User.User.ID, "fast"), event(t)) })
		if _, err := fast.Do(t.Context(), door, w.A.Admin.Call(w.A), op.Nothing{}); !errs.Is(err, "overloaded") {
			t.Errorf("behind somebody slow: %v", err)
		}
		close(done)
		holder.Wait()
		if got := notes(t, w, w.A); got != "slow" {
			t.Errorf("the notes are %q", got)
		}
	})
}

// What has been sent to the database is not given up because somebody hung up.
func TestAnAnswerIsTrueAlsoForThoseWhoHungUp(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		for n := range 40 {
			ctx, hangUp := context.WithCancel(t.Context())
			text := strings.Repeat("x", n+1)
			c := command(func(t *op.Tx) error {
				err := errors.Join(write(t, w.A.User.User.ID, text), event(t))
				time.AfterFunc(time.Duration(n)*50*time.Microsecond, hangUp)
				return err
			})
			_, err := c.Do(ctx, w.Door, w.A.Admin.Call(w.A), op.Nothing{})
			hangUp()
			if saved := notes(t, w, w.A) == text; saved != (err == nil) && !errs.Is(err, "outcome_unknown") {
				t.Errorf("after %d: saved %t, answered %v", n, saved, err)
			}
		}
	})
}

func TestCursorsOpenOnlyWhereTheyWereMade(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		var cursor string
		make := command(func(t *op.Tx) (err error) { cursor, err = t.Cursor("list", "here"); return err })
		open := func(list, cursor string) op.Command[op.Nothing, op.Nothing] {
			return command(func(t *op.Tx) error {
				var at string
				return t.OpenCursor(list, cursor, &at)
			})
		}
		if _, err := make.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), op.Nothing{}); err != nil {
			t.Fatal(err)
		}
		if _, err := open("list", cursor).Do(t.Context(), w.Door, w.A.Admin.Call(w.A), op.Nothing{}); err != nil {
			t.Errorf("where it was made: %v", err)
		}
		flipped := strings.Map(func(r rune) rune { return r ^ 1 }, cursor[:1]) + cursor[1:]
		for name, c := range map[string]struct {
			list, cursor string
			person       apptest.Person
			place        apptest.Place
		}{
			"another list":         {"other", cursor, w.A.Admin, w.A},
			"another organization": {"list", cursor, w.B.Admin, w.B},
			"one bit":              {"list", flipped, w.A.Admin, w.A},
			"SQL":                  {"list", "'; drop table users", w.A.Admin, w.A},
			"nothing":              {"list", "", w.A.Admin, w.A},
		} {
			if _, err := open(c.list, c.cursor).Do(t.Context(), w.Door, c.person.Call(c.place), op.Nothing{}); !errs.Is(err, "invalid_cursor") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestMigrateTwiceAtOnce(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{"sqlite": apptest.SQLite, "postgres": apptest.EmptyPostgreSQL} {
		t.Run(name, func(t *testing.T) {
			at := address(t)
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					db, err := op.OpenDatabase(context.Background(), at)
					if err != nil {
						t.Error(err)
						return
					}
					defer db.Close()
					if err := db.Migrate(context.Background()); err != nil {
						t.Error(err)
					}
					if err := db.Ready(context.Background()); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		})
	}
}
