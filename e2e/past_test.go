package e2e

import (
	"database/sql"
	"errors"
	"strings"
	"testing"
)

// past looks at the database past the door, as only a test may: on PostgreSQL it
// opens row security first.
func (s storage) past(t testing.TB, f func(*sql.Tx) error) {
	t.Helper()
	driver, address := "pgx", s.database
	if path, ok := strings.CutPrefix(s.database, "sqlite:"); ok {
		driver, address = "sqlite", "file:"+path+"?_txlock=immediate&_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if driver == "pgx" {
		_, err = tx.Exec(`select set_config('roster.across', 'on', true)`)
	}
	if err := errors.Join(err, f(tx)); err != nil {
		t.Fatal(errors.Join(err, tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// tally is how many of everything there are.
type tally map[string]int

// tallied are the things that an operation leaves behind, each counted by what
// distinguishes it. What only tells of being used (counters, times) is left out,
// and so is the platform, where each start leaves a link to set it up.
const tallied = `
	select 'organization', count(*) from organizations
	union all select 'user ' || state, count(*) from users group by state
	union all select 'user with a password', count(*) from users where password <> ''
	union all select 'invitation', count(*) from invitations
	union all select 'link ' || purpose || case when used_at is not null then ' used' when revoked_at is not null then ' revoked' else '' end, count(*)
		from links where org_id <> '' group by purpose, used_at is not null, revoked_at is not null
	union all select 'session', count(*) from sessions
	union all select 'device', count(*) from devices
	union all select 'letter ' || kind, count(*) from letters group by kind
	union all select 'event ' || name, count(*) from events where org_id <> '' group by name
	union all select 'answer', count(*) from answers`

// tally counts.
func (s storage) tally(t testing.TB) tally {
	t.Helper()
	counts := tally{}
	s.past(t, func(tx *sql.Tx) error {
		rows, err := tx.Query(tallied)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var what string
			var n int
			if err := rows.Scan(&what, &n); err != nil {
				return err
			}
			counts[what] += n
		}
		return rows.Err()
	})
	return counts
}

// since is what there is more, or less, than before.
func (now tally) since(before tally) tally {
	change := tally{}
	for what, n := range now {
		if n != before[what] {
			change[what] = n - before[what]
		}
	}
	for what, n := range before {
		if now[what] == 0 && n != 0 {
			change[what] = -n
		}
	}
	return change
}

// one answers a single number.
func (s storage) one(t testing.TB, query string) int {
	t.Helper()
	var n int
	s.past(t, func(tx *sql.Tx) error { return tx.QueryRow(query).Scan(&n) })
	return n
}

// letClaimsRunOut makes it two minutes later for letters that a process had
// taken to send before it died.
func (s storage) letClaimsRunOut(t testing.TB) {
	t.Helper()
	s.past(t, func(tx *sql.Tx) error {
		_, err := tx.Exec(`update letters set next_at = 0 where state = 'sending'`)
		return err
	})
}
