package throttle

import (
	"time"

	"roster/internal/authz"
	"roster/internal/op"
)

// Count counts a try. A wait says that it came too early: it was not counted,
// and the caller refuses it unseen, with Refusal. Otherwise failures is how
// many tries there were in a row, this one included.
//
// Of tries at the same moment, no more get through than the delays allow. The
// transaction must commit: the command that calls Count answers a refusal as a
// value, not as an error.
func Count(t *op.Tx, k Key) (wait time.Duration, failures int, err error) {
	n, err := op.All[int](t, `-- across organizations: attempts are counted before anybody knows whose they are
		insert into attempts (key, failures, first_at, last_at) values (:key, 1, :now, :now)
		on conflict (key) do update set
			failures = case when attempts.last_at <= :forgotten then 1 else attempts.failures + 1 end,
			first_at = case when attempts.last_at <= :forgotten then excluded.first_at else attempts.first_at end,
			last_at = excluded.last_at
		where attempts.blocked_until is null or attempts.blocked_until <= :now
		returning failures`,
		op.Args{"key": k.hash, "now": t.Now(), "forgotten": t.Now().Add(-k.limit.memory)})
	if err != nil {
		return 0, 0, err
	}
	if len(n) == 0 {
		until, err := op.One[time.Time](t, `-- across organizations: attempts are counted before anybody knows whose they are
			select blocked_until from attempts where key = :key`, op.Args{"key": k.hash})
		return max(until.Sub(t.Now()), time.Millisecond), 0, err
	}
	// The row is locked until the commit, so nobody gets between the two statements.
	if delay := k.limit.delay(n[0]); delay > 0 {
		_, err = t.Exec(`-- across organizations: attempts are counted before anybody knows whose they are
			update attempts set blocked_until = :until where key = :key`, op.Args{"key": k.hash, "until": t.Now().Add(delay)})
	}
	return 0, n[0], err
}

// Clear forgets the tries on k: somebody has proved that they are not guessing.
func Clear(t *op.Tx, k Key) error {
	_, err := t.Exec(`-- across organizations: attempts are counted before anybody knows whose they are
		delete from attempts where key = :key`, op.Args{"key": k.hash})
	return err
}

// Forgive takes back one try. It is what a success means for a network: its
// other tries still count, since guessing succeeds now and then, too.
func Forgive(t *op.Tx, k Key) error {
	_, err := t.Exec(`-- across organizations: attempts are counted before anybody knows whose they are
		update attempts set failures = failures - 1 where key = :key and failures > 0`, op.Args{"key": k.hash})
	return err
}

// Sweep removes the counters that have rested for so long that they begin again anyway.
var Sweep = op.Command[op.Nothing, int64]{
	Name: "attempts.sweep", Needs: authz.SystemWork, Scope: authz.System, Relaxed: true,
	Quiet: "it removes what has no meaning any more",
	Run: func(t *op.Tx, _ op.Nothing) (int64, error) {
		return t.Exec(`-- across organizations: attempts are counted before anybody knows whose they are
			delete from attempts where last_at <= :forgotten`, op.Args{"forgotten": t.Now().Add(-ofAccount.memory)})
	},
}

// Operations lists what this package does.
func Operations() []op.Operation { return []op.Operation{Sweep} }
