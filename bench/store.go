package main

import (
	"time"

	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/user"
)

// settle moves somebody who has just been added on to where they stand by now.
func settle(t *op.Tx, added id.User, p person, in batch) error {
	var activated, seen time.Time
	hash := ""
	if p.State != user.Pending {
		activated, hash = t.Now(), in.hash
	}
	if p.unseen >= 0 {
		seen = in.now.Add(-p.unseen)
		if seen.Before(t.Now()) {
			seen = t.Now() // nobody was here before they came
		}
	}
	before := ""
	if p.State == user.Deactivated {
		before = string(user.Active)
	}
	return t.ExecOne(`update users set state = :state, state_before = :before, password = :hash, activated_at = :activated, last_seen_at = :seen
		where org_id = :org and id = :id`,
		op.Args{"id": added, "state": p.State, "before": before, "hash": hash, "activated": activated, "seen": seen})
}

// countPeople has PostgreSQL look at how many people there are. It plans by
// that, would find out by itself within minutes, and until then reads the table
// from end to end for each statement that it has planned while there was nobody.
func countPeople(t *op.Tx) error {
	if t.OnSQLite() {
		return nil
	}
	_, err := t.Exec(`-- across organizations: statistics are of a whole table
		analyze users`, nil)
	return err
}
