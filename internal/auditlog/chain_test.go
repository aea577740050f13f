package auditlog_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
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

func seal(t testing.TB, w *apptest.World) {
	t.Helper()
	s := auditlog.Sealer{Door: w.Door, Log: apptest.Log(t)}
	s.Catch(t.Context())
}

func verify(t testing.TB, w *apptest.World, call op.Call, anchor string) auditlog.Report {
	t.Helper()
	r, err := auditlog.Verify.Do(t.Context(), w.Door, call, auditlog.VerifyInput{Anchor: anchor})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// burglar is a connection past the door, of somebody who got at the database.
func burglar(t testing.TB, w *apptest.World) *sql.DB {
	t.Helper()
	driver, name := "pgx", w.Address
	if path, lite := strings.CutPrefix(w.Address, "sqlite:"); lite {
		driver, name = "sqlite", "file:"+path+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	if driver == "pgx" {
		run(t, db, `select set_config('roster.across', 'on', false)`)
	}
	return db
}

func run(t testing.TB, db *sql.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.Exec(statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// sealedWorld has ten sealed events in A, the last eight about a user.
func sealedWorld(t testing.TB, w *apptest.World) {
	t.Helper()
	write(t, w, w.A.Admin.Call(w.A), 7, w.A.User.User.Subject())
	seal(t, w)
}

func TestAnUntouchedChainHolds(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		if r := verify(t, w, admin, ""); !r.OK || r.Checked != 0 || r.Unsealed != 3 {
			t.Errorf("before sealing: %+v", r)
		}
		sealedWorld(t, w)
		early := verify(t, w, admin, "")
		if !early.OK || early.Checked != 10 || early.Unsealed != 0 || early.FirstBroken != nil || time.Since(early.SealedUntil) > time.Minute {
			t.Fatalf("after sealing: %+v", early)
		}
		write(t, w, admin, 3, op.Subject{})
		if r := verify(t, w, admin, early.Anchor); !r.OK || r.Checked != 10 || r.Unsealed != 3 || r.Anchor != early.Anchor {
			t.Errorf("with news: %+v", r)
		}
		seal(t, w)
		late := verify(t, w, admin, early.Anchor)
		if !late.OK || late.Checked != 13 || late.Anchor == early.Anchor {
			t.Errorf("with the news sealed: %+v", late)
		}
		if r := verify(t, w, w.B.Admin.Call(w.B), ""); !r.OK || r.Checked != 3 {
			t.Errorf("the other organization's chain: %+v", r)
		}
		if r := verify(t, w, w.B.Admin.Call(w.B), early.Anchor); r.OK {
			t.Errorf("the other organization's chain contains this one's anchor: %+v", r)
		}
		for _, anchor := range []string{"x", "1:00", "-1:" + strings.Repeat("0", 64), strings.Repeat("0", 64)} {
			if _, err := auditlog.Verify.Do(t.Context(), w.Door, admin, auditlog.VerifyInput{Anchor: anchor}); !errs.Is(err, "invalid_parameter") {
				t.Errorf("anchor %q: %v", anchor, err)
			}
		}
	})
}

func TestEveryColumnIsUnderSeal(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		sealedWorld(t, w)
		db := burglar(t, w)
		for column, value := range map[string]any{
			"id": "evt_other", "at": 1, "name": "user.activated", "request": "req_other",
			"actor_kind": "key", "actor_id": "usr_other", "actor_name": "Mallory", "actor_key": "mallory", "address": "203.0.113.9", "agent": "other",
			"subject_kind": "key", "subject_id": "usr_other", "subject_name": "Mallory", "subject_key": "mallory", "changes": "[]",
			"hash": []byte("h"), "actor_salt": []byte("s"), "actor_digest": []byte("d"), "about_salt": []byte("s"), "about_digest": []byte("d"),
		} {
			var before any
			if err := db.QueryRow(`select `+column+` from events where org_id = $1 and link = 5`, string(w.A.Org.ID)).Scan(&before); err != nil {
				t.Fatal(err)
			}
			run(t, db, `update events set `+column+` = $1 where org_id = $2 and link = 5`, value, string(w.A.Org.ID))
			r := verify(t, w, w.A.Admin.Call(w.A), "")
			if r.OK || r.Checked != 4 || r.FirstBroken == nil || r.FirstBroken.Link != 5 || r.FirstBroken.Why != auditlog.Altered {
				t.Errorf("%s: %+v %+v", column, r, r.FirstBroken)
			}
			run(t, db, `update events set `+column+` = $1 where org_id = $2 and link = 5`, before, string(w.A.Org.ID))
		}
		if r := verify(t, w, w.A.Admin.Call(w.A), ""); !r.OK {
			t.Fatalf("after putting everything back: %+v", r.FirstBroken)
		}
	})
}

func TestTamperingIsFoundAndNamed(t *testing.T) {
	const (
		ofA    = `org_id = (select id from organizations where slug = 'alpha')`
		insert = `insert into events (org_id, id, at, name, actor_kind, actor_id, actor_name, actor_key, subject_kind, subject_id, subject_name, subject_key,
				changes, address, agent, request, link, hash, actor_salt, actor_digest, about_salt, about_digest)
			select org_id, 'evt_forged', at, name, actor_kind, actor_id, actor_name, actor_key, subject_kind, subject_id, subject_name, subject_key,
				changes, address, agent, request, %s, hash, actor_salt, actor_digest, about_salt, about_digest from events where ` + ofA + ` and link = 1`
	)
	shift := func(by string) []string { // unique numbers are moved by way of others
		return []string{`update events set link = -link where ` + ofA + ` and link > 4`, `update events set link = -link` + by + ` where ` + ofA + ` and link < 0`}
	}
	for _, c := range []struct {
		name       string
		statements []string
		link       int64
		why        auditlog.Why
	}{
		{"an event removed", []string{`delete from events where ` + ofA + ` and link = 4`}, 4, auditlog.Removed},
		{"the first one removed", []string{`delete from events where ` + ofA + ` and link = 1`}, 1, auditlog.Removed},
		{"the tail cut off", []string{`delete from events where ` + ofA + ` and link > 8`}, 9, auditlog.Removed},
		{"everything removed", []string{`delete from events where ` + ofA}, 1, auditlog.Removed},
		{"taken out of the chain", []string{`update events set link = null where ` + ofA + ` and link = 4`}, 4, auditlog.Removed},
		{"removed and moved up", append([]string{`delete from events where ` + ofA + ` and link = 4`}, shift(" - 1")...), 4, auditlog.Removed},
		{"two exchanged", []string{
			`update events set link = 99 where ` + ofA + ` and link = 4`, `update events set link = 4 where ` + ofA + ` and link = 7`,
			`update events set link = 7 where ` + ofA + ` and link = 99`}, 4, auditlog.Reordered},
		{"one put in between", append(shift(" + 1"), fmt.Sprintf(insert, "5")), 5, auditlog.Inserted},
		{"one put at the end", []string{fmt.Sprintf(insert, "11")}, 11, auditlog.Altered},
		{"one put before the beginning", []string{fmt.Sprintf(insert, "-3")}, -3, auditlog.Inserted},
		{"names blanked as if the user were deleted", []string{
			`update events set subject_name = '', subject_key = '', changes = '[]', about_salt = null where ` + ofA + ` and link = 6`}, 6, auditlog.Blanked},
		{"the actor blanked", []string{
			`update events set actor_name = '', actor_key = '', address = '', agent = '', actor_salt = null where ` + ofA + ` and link = 6`}, 6, auditlog.Blanked},
		{"a name kept without its salt", []string{`update events set about_salt = null where ` + ofA + ` and link = 6`}, 6, auditlog.Altered},
		{"the anchor set back", []string{
			`delete from events where ` + ofA + ` and link > 8`,
			`update audit_anchors set link = 8, hash = (select hash from events where ` + ofA + ` and link = 8) where ` + ofA}, 8, auditlog.Rewritten},
		{"the anchor moved to another organization", []string{
			`update audit_anchors set mark = (select mark from audit_anchors where org_id <> '' and not ` + ofA + `) where ` + ofA}, 10, auditlog.Rewritten},
		{"the anchor removed", []string{`delete from audit_anchors where ` + ofA}, 1, auditlog.Inserted},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			apptest.Each(t, func(t *testing.T, w *apptest.World) {
				sealedWorld(t, w)
				db := burglar(t, w)
				for _, s := range c.statements {
					run(t, db, s)
				}
				r := verify(t, w, w.A.Admin.Call(w.A), "")
				if r.OK || r.FirstBroken == nil || r.FirstBroken.Link != c.link || r.FirstBroken.Why != c.why {
					t.Errorf("got %+v, first broken %+v, want %d %s", r, r.FirstBroken, c.link, c.why)
				}
				if r := verify(t, w, w.B.Admin.Call(w.B), ""); !r.OK {
					t.Errorf("the other organization's chain: %+v", r.FirstBroken)
				}
			})
		})
	}
}

// A burglar who takes the anchor away with the tail leaves a chain that holds in
// itself. Only an anchor that was kept elsewhere tells.
func TestAnAnchorKeptElsewhereShowsWhatWasCutOff(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		db := burglar(t, w)
		seal(t, w)
		var link int64
		var hash, mark []byte
		if err := db.QueryRow(`select link, hash, mark from audit_anchors where org_id = $1`, string(w.A.Org.ID)).Scan(&link, &hash, &mark); err != nil {
			t.Fatal(err)
		}
		sealedWorld(t, w)
		kept := verify(t, w, w.A.Admin.Call(w.A), "").Anchor
		run(t, db, `delete from events where org_id = $1 and link > $2`, string(w.A.Org.ID), link)
		run(t, db, `update audit_anchors set link = $1, hash = $2, mark = $3 where org_id = $4`, link, hash, mark, string(w.A.Org.ID))
		if r := verify(t, w, w.A.Admin.Call(w.A), ""); !r.OK {
			t.Fatalf("without the kept anchor: %+v", r.FirstBroken)
		}
		r := verify(t, w, w.A.Admin.Call(w.A), kept)
		if r.OK || *r.FirstBroken != (auditlog.Broken{Link: link + 1, Why: auditlog.Removed}) {
			t.Errorf("with the kept anchor: %+v", r.FirstBroken)
		}
	})
}

func TestManySealersMakeOneChain(t *testing.T) {
	const writers, sealers, events = 8, 4, 1000
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		var working, watching sync.WaitGroup
		done := make(chan struct{})
		for range sealers {
			watching.Go(func() {
				for {
					seal(t, w)
					select {
					case <-done:
						return
					default:
					}
				}
			})
		}
		for n := range writers {
			working.Go(func() {
				place := []apptest.Place{w.A, w.B}[n%2]
				for range events / writers / 5 {
					write(t, w, place.Admin.Call(place), 5, place.User.User.Subject())
				}
			})
		}
		working.Wait()
		close(done)
		watching.Wait()
		seal(t, w)
		for _, place := range []apptest.Place{w.A, w.B} {
			if r := verify(t, w, place.Admin.Call(place), ""); !r.OK || r.Checked != events/2+3 || r.Unsealed != 0 {
				t.Errorf("%s: %+v, first broken %+v", place.Org.Name, r, r.FirstBroken)
			}
		}
	})
}

func TestTheSealerWakesUp(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		var running sync.WaitGroup
		ctx, stop := context.WithCancel(t.Context())
		defer running.Wait()
		defer stop()
		s := auditlog.Sealer{Door: w.Door, Log: apptest.Log(t)}
		running.Go(func() { s.Run(ctx) })
		write(t, w, w.A.Admin.Call(w.A), 10, op.Subject{})
		for start := time.Now(); ; time.Sleep(5 * time.Millisecond) {
			r := verify(t, w, w.A.Admin.Call(w.A), "")
			if r.OK && r.Checked == 13 && r.Unsealed == 0 {
				return
			}
			if time.Since(start) > 10*time.Second {
				t.Fatalf("after ten seconds: %+v", r)
			}
		}
	})
}

func TestThePlatformHasAChain(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		onPlatform := op.Command[op.Nothing, op.Nothing]{
			Name: "test.platform", Needs: authz.OperatorsManage, Scope: authz.Platform,
			Run: func(t *op.Tx, _ op.Nothing) (op.Nothing, error) {
				return op.Nothing{}, t.Record(op.Event{Name: "operator.created", Subject: op.Subject{Kind: "operator", ID: "opr_2", Name: "Second"}})
			},
		}
		if _, err := onPlatform.Do(t.Context(), w.Door, apptest.OperatorCall(), op.Nothing{}); err != nil {
			t.Fatal(err)
		}
		seal(t, w)
		r, err := auditlog.VerifyPlatform.Do(t.Context(), w.Door, apptest.OperatorCall(), auditlog.VerifyInput{})
		if err != nil || !r.OK || r.Checked != 1 {
			t.Errorf("%+v, %v", r, err)
		}
		run(t, burglar(t, w), `update events set subject_name = 'Third' where org_id = ''`)
		r, err = auditlog.VerifyPlatform.Do(t.Context(), w.Door, apptest.OperatorCall(), auditlog.VerifyInput{})
		if err != nil || r.OK || r.FirstBroken.Why != auditlog.Altered {
			t.Errorf("altered: %+v, %v", r, err)
		}
	})
}

// remains is everything in the table of events that reads like text, as one.
func remains(t *testing.T, db *sql.DB) string {
	t.Helper()
	rows, err := db.Query(`select actor_name, actor_key, subject_name, subject_key, changes, address, agent from events`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all strings.Builder
	for rows.Next() {
		var c [7]string
		if err := rows.Scan(&c[0], &c[1], &c[2], &c[3], &c[4], &c[5], &c[6]); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&all, c)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.ToLower(all.String())
}

func TestErasingKeepsTheChainAndNothingPersonal(t *testing.T) {
	for _, c := range []struct {
		name string
		seal func(t testing.TB, w *apptest.World)
	}{
		{"sealed", seal},
		{"not_sealed_yet", func(testing.TB, *apptest.World) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			apptest.Each(t, func(t *testing.T, w *apptest.World) {
				admin, db := w.A.Admin.Call(w.A), burglar(t, w)
				gone := w.Person(t, w.A.Org, "Zebulon", "Quimby", "zebulon@quimby.example", authz.RoleAdmin)
				by := gone.Call(w.A)
				by.By.Origin = authz.Origin{Address: "198.51.100.77", Agent: "Quimbyphone", RequestID: "req_q"}
				must := func(err error) {
					t.Helper()
					if err != nil {
						t.Fatal(err)
					}
				}
				// What they did, what was done to them, and what somebody did who said to be them.
				_, err := invite.Create.Do(t.Context(), w.Door, by, invite.Input{Emails: []string{"guest@x.example"}})
				must(err)
				_, err = user.Change.Do(t.Context(), w.Door, admin, user.Update{ID: gone.User.ID, Fields: user.Fields{Title: patch.To("Quimby in chief")}})
				must(err)
				_, err = user.Change.Do(t.Context(), w.Door, by, user.Update{ID: w.A.User.User.ID, Fields: user.Fields{Title: patch.To("Helper")}})
				must(err)
				_, err = asNobody.Do(t.Context(), w.Door, op.Call{By: authz.Caller{Origin: by.By.Origin}, Org: string(w.A.Org.ID)}, gone.User.Subject())
				must(err)
				c.seal(t, w)
				_, err = user.Deactivate.Do(t.Context(), w.Door, admin, user.Ref{ID: gone.User.ID})
				must(err)
				before := verify(t, w, admin, "")
				if !strings.Contains(remains(t, db), "quimby") {
					t.Fatal("there was nothing to erase")
				}
				_, err = user.Delete.Do(t.Context(), w.Door, admin, user.Ref{ID: gone.User.ID})
				must(err)

				left := remains(t, db)
				for _, personal := range []string{"zebulon", "quimby", "198.51.100.77"} {
					if strings.Contains(left, personal) {
						t.Errorf("%q remains in the events:\n%s", personal, left)
					}
				}
				for _, kept := range []string{"guest@x.example", "uma user-alpha", "helper", "ada admin-alpha", "192.0.2.1"} {
					if !strings.Contains(left, kept) {
						t.Errorf("%q of others was erased:\n%s", kept, left)
					}
				}
				seal(t, w)
				if r := verify(t, w, admin, before.Anchor); !r.OK || r.Unsealed != 0 {
					t.Errorf("after erasing: %+v", r.FirstBroken)
				}
				e := list(t, w, admin, auditlog.ListInput{Filter: auditlog.Filter{Actor: string(gone.User.ID)}}).Items
				if len(e) != 2 || !e[0].Actor.Erased() || auditlog.Say(t.Context(), e[0]) != "A deleted user changed Uma User-Alpha" {
					t.Errorf("what they did reads %+v", e)
				}
				// The digests that stay are under seal as before.
				run(t, db, `update events set actor_digest = about_digest where org_id = $1 and actor_id = $2`, string(w.A.Org.ID), string(gone.User.ID))
				if r := verify(t, w, admin, ""); r.OK || r.FirstBroken.Why != auditlog.Altered {
					t.Errorf("an altered digest: %+v", r)
				}
			})
		})
	}
}

// asNobody records what somebody did who has not proved who they are.
var asNobody = op.Command[op.Subject, op.Nothing]{
	Name: "test.nobody", Needs: authz.Everybody, Scope: authz.Public,
	Run: func(t *op.Tx, about op.Subject) (op.Nothing, error) {
		return op.Nothing{}, t.Record(op.Event{Name: "signin.failed", Subject: about})
	},
}

// Deleting and sealing meet on the same rows.
func TestErasingWhileSealing(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		const users = 6
		var gone []id.User
		for n := range users {
			p := w.Person(t, w.A.Org, "Zebulon", "Quimby", fmt.Sprintf("z%d@quimby.example", n), authz.RoleUser)
			write(t, w, p.Call(w.A), 100, p.User.Subject())
			if _, err := user.Deactivate.Do(t.Context(), w.Door, admin, user.Ref{ID: p.User.ID}); err != nil {
				t.Fatal(err)
			}
			gone = append(gone, p.User.ID)
		}
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() { seal(t, w) })
		}
		for _, u := range gone {
			all.Go(func() {
				if _, err := user.Delete.Do(t.Context(), w.Door, admin, user.Ref{ID: u}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		seal(t, w)
		if r := verify(t, w, admin, ""); !r.OK || r.Unsealed != 0 || r.Checked != 3+users*103 {
			t.Errorf("%+v, first broken %+v", r, r.FirstBroken)
		}
		if left := remains(t, burglar(t, w)); strings.Contains(left, "quimby") {
			t.Error("names remain")
		}
	})
}

func TestTheChainOutlivesItsOrganization(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		operator := apptest.OperatorCall()
		operator.Org = "alpha"
		if _, err := org.Update.Do(t.Context(), w.Door, operator, org.Change{Suspended: patch.To(true)}); err != nil {
			t.Fatal(err)
		}
		if _, err := org.Delete.Do(t.Context(), w.Door, operator, org.Version{}); err != nil {
			t.Fatal(err)
		}
		seal(t, w)
		var open int
		if err := burglar(t, w).QueryRow(`select count(*) from events where link is null`).Scan(&open); err != nil || open != 0 {
			t.Errorf("%d events are not sealed, %v", open, err)
		}
	})
}
