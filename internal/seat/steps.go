package seat

import (
	"context"
	"time"

	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/service"
	"roster/internal/user"
)

// Sold is the step of a subscription to plans of a service having been made or
// changed: each seat plan has a default pool from then on.
func Sold(t *op.Tx, key string) error {
	bought, err := service.Bought(t)
	if err != nil {
		return err
	}
	all, err := pools(t, "")
	if err != nil {
		return err
	}
	has := map[string]bool{}
	for _, p := range all {
		has[p.Service+"/"+p.Plan] = true
	}
	for _, s := range bought {
		if s.Model != service.Seat || s.Service != key || has[s.Service+"/"+s.Key] {
			continue
		}
		made := Pool{
			ID: id.New[id.SeatPool](t.Now()), Service: s.Service, Plan: s.Key, Name: defaultName, Default: true,
			SignOutAfter: defaultSignOut, SecondDevice: TakeOver, CreatedAt: t.Now(), Version: 1,
		}
		if err := insertPool(t, made); err != nil {
			return err
		}
		if err := t.Record(op.Event{Name: "seat_pool.created", Subject: made.subject()}); err != nil {
			return err
		}
	}
	return nil
}

// Unseat is the step of a user's license having changed: they keep no seat of a
// pool that they are no member of any more.
func Unseat(t *op.Tx, u id.User, pool id.SeatPool) error {
	l, found, err := seatOf(t, pool, u)
	if err != nil || !found {
		return err
	}
	return finish(t, l, Left)
}

// Erase is the step of deleting a user for good: that seats were used stays, by
// whom does not. They hold none, because they were deactivated before.
func Erase(t *op.Tx, u user.User) error {
	return forget(t, u.ID)
}

// keep is how long past leases are remembered, and how many are put away at once.
const (
	keep       = 400 * 24 * time.Hour
	sweepBatch = 500
)

// Sweep puts away leases that ran out, writes down how pools were used on the days
// that are over, and forgets what is more than 400 days old. Nothing waits for it.
var Sweep = op.Sequence[op.Nothing, op.Nothing]{
	Name: "lease.sweep", Needs: authz.SystemWork, Scope: authz.System, Quiet: quiet,
	Run: func(ctx context.Context, d *op.Door, call op.Call, _ op.Nothing) (op.Nothing, error) {
		found, err := findRanOut.Do(ctx, d, call, op.Nothing{})
		if err != nil {
			return op.Nothing{}, err
		}
		for _, one := range found.list {
			for more := true; more; {
				if more, err = putAway.Do(ctx, d, call, one); err != nil {
					return op.Nothing{}, err
				}
			}
		}
		for _, one := range found.books {
			if _, err := keepBook.Do(ctx, d, call, one); err != nil {
				return op.Nothing{}, err
			}
		}
		return op.Nothing{}, nil
	},
}

// some is what there is to do: organizations in which leases ran out, and pools of
// which days are not written down.
type some struct {
	list  []id.Org
	books []ofPool
}

// keepBook writes down how a pool was used on the days that are over.
var keepBook = op.Command[ofPool, op.Nothing]{
	Name: "lease.keep_book", Needs: authz.SystemWork, Scope: authz.System, Relaxed: true, Quiet: quiet,
	Run: func(t *op.Tx, of ofPool) (op.Nothing, error) {
		if err := t.Enter(of.Org); err != nil {
			return op.Nothing{}, err
		}
		row, err := poolBy(t, of.Pool)
		if err != nil {
			return op.Nothing{}, err
		}
		return op.Nothing{}, writeDays(t, row.Pool)
	},
}

var findRanOut = op.Command[op.Nothing, some]{
	Name: "lease.find_ran_out", Needs: authz.SystemWork, Scope: authz.System, Quiet: quiet,
	Run: func(t *op.Tx, _ op.Nothing) (some, error) {
		if err := dropPast(t, t.Now().Add(-keep)); err != nil {
			return some{}, err
		}
		list, err := ranOut(t, sweepBatch)
		if err != nil {
			return some{}, err
		}
		books, err := behind(t, sweepBatch)
		return some{list, books}, err
	},
}

var putAway = op.Command[id.Org, bool]{
	Name: "lease.put_away", Needs: authz.SystemWork, Scope: authz.System, Relaxed: true, Quiet: quiet,
	Run: func(t *op.Tx, of id.Org) (bool, error) {
		if err := t.Enter(of); err != nil {
			return false, err
		}
		over, err := ranOutHere(t, sweepBatch)
		if err != nil {
			return false, err
		}
		for _, l := range over {
			if err := finish(t, l, Expired); err != nil {
				return false, err
			}
		}
		return len(over) == sweepBatch, nil
	},
}
