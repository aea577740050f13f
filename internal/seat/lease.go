package seat

import (
	"context"
	"fmt"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/license"
	"roster/internal/op"
	"roster/internal/text"
	"roster/internal/user"
)

// Each lease is the product's business, and there are many: they are no events of
// the audit log, but remembered as past leases.
const quiet = "leases are remembered as past leases"

// Ask asks for a seat.
type Ask struct {
	Pool   id.SeatPool `path:"id" json:"-"`
	User   id.User     `json:"user_id" required:"true"`
	Device string      `json:"device" required:"true" maxLength:"64" doc:"Names the device, the same each time: at most 64 characters. Admins see it." example:"Pixel 9"`
	TTL    int         `json:"ttl_seconds,omitempty" doc:"The lease ends so long after the last renewal: from 10 up to the pool's sign_out_after_seconds, which it is if left out." example:"300"`
}

// Acquire gives a member of a pool a seat on a device. Who has one on this device
// keeps it, renewed: it can be repeated at any time. Errors: not_found,
// validation_failed, not_active, not_a_member, subscription_expired,
// second_device, no_seat.
var Acquire = op.Sequence[Ask, Lease]{
	Name: "lease.acquire", Needs: authz.SeatsLease, Scope: authz.InOrg, Quiet: quiet,
	Run: func(ctx context.Context, d *op.Door, call op.Call, in Ask) (Lease, error) {
		tried, err := try.Do(ctx, d, call, in)
		if err == nil && tried.crowded != nil {
			err = tried.crowded
		}
		return tried.Lease, err
	},
}

// attempt is the lease that somebody has, or the refusal of a pool without a free
// seat: no error, because that it was refused is written down, and must stay.
type attempt struct {
	Lease
	crowded *errs.Error
}

var try = op.Command[Ask, attempt]{
	Name: "lease.try", Needs: authz.SeatsLease, Scope: authz.InOrg, Relaxed: true, Quiet: quiet,
	Run: func(t *op.Tx, in Ask) (attempt, error) {
		p, l, err := acquire(t, in)
		if err != nil || l.Slot != 0 {
			return attempt{Lease: l}, err
		}
		if err := turnAway(t, p, l); err != nil {
			return attempt{}, err
		}
		refusal, err := crowded(t, p)
		return attempt{crowded: refusal}, err
	},
}

// Sign is a sign of life.
type Sign struct {
	ID        id.Lease  `path:"id" json:"-"`
	BusyUntil time.Time `json:"busy_until,omitzero" doc:"The user is busy, such as in a call, until then, at most 24 hours from now: the clock is paused, and starts again at that moment. Left out: not busy."`
}

// Renew tells that a lease's user is active, or busy until a moment. Errors:
// not_found, validation_failed, taken_over, lease_ended, subscription_expired.
var Renew = op.Command[Sign, Lease]{
	Name: "lease.renew", Needs: authz.SeatsLease, Scope: authz.InOrg, Relaxed: true, Quiet: quiet, Run: renew,
}

// LeaseRef names a lease.
type LeaseRef struct {
	ID id.Lease `path:"id" json:"-"`
}

// Return gives a seat back; one whose lease has ended is given back already. Error:
// not_found.
var Return = op.Command[LeaseRef, op.Nothing]{
	Name: "lease.return", Needs: authz.SeatsLease, Scope: authz.InOrg, Relaxed: true, Quiet: quiet,
	Run: func(t *op.Tx, in LeaseRef) (op.Nothing, error) {
		_, err := end(t, in.ID, Returned)
		return op.Nothing{}, err
	},
}

// Free takes a seat from whoever holds it, who can take another one. Error:
// not_found.
var Free = op.Command[LeaseRef, op.Nothing]{
	Name: "lease.free", Needs: authz.LicensesManage, Scope: authz.InOrg, Run: freeOne,
}

// LeasesInput is whose seats, and which of those who hold them.
type LeasesInput struct {
	PoolRef
	op.Paging
}

// Leases answers who holds the seats of a pool now, by seat, as far as whoever asks
// reaches them. Errors: not_found, invalid_cursor.
var Leases = op.Query[LeasesInput, op.Page[Holder]]{
	Name: "lease.list", Needs: authz.LicensesView, Scope: authz.InOrg, Run: list,
}

// check makes a lease of what was asked for, or says what is wrong with it.
func (in Ask) check(p Pool, now time.Time) (Lease, error) {
	var c errs.Check
	l := Lease{ID: id.New[id.Lease](now), Pool: p.ID, User: in.User, TTL: in.TTL, StartedAt: now}
	var err error
	if l.Device, err = text.Clean(in.Device, maxDevice); err != nil || l.Device == "" {
		c.Fail("device", "required", "Name the device, with at most %d characters, none of which cannot be seen.", maxDevice)
	}
	if l.TTL == 0 {
		l.TTL = p.SignOutAfter
	}
	if l.TTL < minTTL || l.TTL > p.SignOutAfter {
		c.Fail("ttl_seconds", "out_of_range", "Enter a number from %d to %d.", minTTL, p.SignOutAfter)
	}
	return l.renewed(now, time.Time{}), c.Err()
}

// admit refuses who can have no seat of a pool.
func admit(t *op.Tx, u id.User, p asking) error {
	switch p.State {
	case user.Active:
	case "":
		return errs.NotFound()
	default:
		return errs.Conflict("not_active", "The user is not active, and can have no seat.")
	}
	member, err := license.Hold(t, u, p.Service, p.ID)
	if err != nil {
		return err
	}
	if !member {
		return errs.Conflict("not_a_member", "The user is no member of this pool.")
	}
	if p.Bought == 0 {
		return expired()
	}
	return nil
}

func expired() *errs.Error {
	return errs.Conflict("subscription_expired", "No subscription to these seats is in force.")
}

// acquire gives a seat, or answers a lease without one if there is none.
func acquire(t *op.Tx, in Ask) (Pool, Lease, error) {
	p, err := ask(t, in.Pool, in.User)
	if err != nil {
		return p.Pool, Lease{}, err
	}
	l, err := in.check(p.Pool, t.Now())
	if err != nil {
		return p.Pool, l, err
	}
	if err := admit(t, in.User, p); err != nil {
		return p.Pool, l, err
	}
	own, has, err := seatOf(t, p.ID, in.User)
	if err != nil {
		return p.Pool, l, err
	}
	switch inForce := own.inForce(t.Now()); {
	case inForce && own.Device == l.Device:
		own.TTL, own.again = l.TTL, true
		own = own.renewed(t.Now(), own.BusyUntil)
		return p.Pool, own, write(t, own)
	case inForce && p.SecondDevice == Refuse:
		return p.Pool, l, errs.Conflict("second_device", "The user has a seat on another device. Sign out there first.")
	case inForce:
		if err := remember(t, own, TakenOver); err != nil {
			return p.Pool, l, err
		}
		l.Slot, l.StartedAt = own.Slot, own.endedAt(t.Now())
		return p.Pool, l, write(t, l)
	case has:
		if err := finish(t, own, Expired); err != nil {
			return p.Pool, l, err
		}
	}
	empty, err := vacant(t, p.Pool)
	if err != nil || empty.Slot == 0 {
		return p.Pool, l, err
	}
	l.Slot = empty.Slot
	if empty.StartedAt.After(l.StartedAt) {
		l.StartedAt = empty.StartedAt
	}
	if p.Wishes {
		if _, err := wishUntil(t, l, t.Now()); err != nil {
			return p.Pool, l, err
		}
	}
	return p.Pool, l, write(t, l)
}

// vacant is a seat for a new lease, locked and empty since its StartedAt; without a
// number if there is none. Who sits beyond the limit of a pool that has become smaller
// moves in first.
func vacant(t *op.Tx, p Pool) (Lease, error) {
	for {
		seat, found, err := free(t, p.ID, p.Limit)
		if err == nil && !found {
			// Another one may have made the rows since, so it is worth a look in any case.
			if err = grow(t, p); err == nil {
				seat, found, err = free(t, p.ID, p.Limit)
			}
		}
		if err != nil || !found {
			return Lease{}, err
		}
		if seat.ID != "" {
			if err := finish(t, seat, Expired); err != nil {
				return Lease{}, err
			}
			seat.StartedAt = seat.ExpiresAt
		}
		far, outside, err := beyond(t, p.ID, p.Limit)
		if err != nil || !outside {
			return seat, err
		}
		if err := vacate(t, far, t.Now()); err != nil {
			return Lease{}, err
		}
		far.Slot = seat.Slot
		if err := write(t, far); err != nil {
			return Lease{}, err
		}
	}
}

// growth is how many rows are made at once for seats that are used for the first time.
const growth = 32

// grow makes rows for seats that nobody has had yet, if there are any.
func grow(t *op.Tx, p Pool) error {
	last, err := lastSlot(t, p.ID)
	if err != nil || last >= p.Limit {
		return err
	}
	return addSlots(t, p.ID, last+1, min(p.Limit, last+growth))
}

// crowdAtMost is how many holders a refusal names.
const crowdAtMost = 20

// crowded is the refusal of a pool without a free seat, with those who hold its
// seats for whoever may see them.
func crowded(t *op.Tx, p Pool) (*errs.Error, error) {
	var c Crowded
	var err error
	if c.FreeAt, _, err = nextFree(t, p.ID); err != nil {
		return nil, err
	}
	if may := t.Actor().Permissions; may.Has(authz.LicensesView) && may.Has(authz.UsersView) {
		if c.Holders, err = holders(t, p.ID, 0, crowdAtMost); err != nil {
			return nil, err
		}
	}
	return noSeat(p, c), nil
}

func renew(t *op.Tx, in Sign) (Lease, error) {
	var c errs.Check
	if in.BusyUntil.After(t.Now().Add(maxBusy)) {
		c.Fail("busy_until", "out_of_range", "A user can be busy for at most 24 hours from now.")
		return Lease{}, c.Err()
	}
	l, err := held(t, in.ID)
	if err != nil {
		return l, err
	}
	if !l.inForce(t.Now()) {
		return l, Expired.refusal()
	}
	p, err := poolBy(t, l.Pool)
	if err != nil {
		return l, err
	}
	if p.Bought == 0 {
		return l, expired()
	}
	l.TTL = min(l.TTL, p.SignOutAfter) // which may be less than when the seat was taken
	l = l.renewed(t.Now(), in.BusyUntil)
	return l, write(t, l)
}

// held is a lease that stands on a seat, in force or run out, locked. Errors:
// not_found, taken_over, lease_ended.
func held(t *op.Tx, lease id.Lease) (Lease, error) {
	l, found, err := byLease(t, lease)
	if err != nil {
		return l, err
	}
	if !found {
		how, known, err := endOf(t, lease)
		if err == nil && !known {
			err = errs.NotFound()
		}
		if err != nil {
			return l, err
		}
		return l, how.refusal()
	}
	reaches, err := user.Within(t, []id.User{l.User})
	if err == nil && !reaches[l.User] {
		err = errs.NotFound()
	}
	return l, err
}

// end ends a lease. One that has ended already is answered without an id.
func end(t *op.Tx, lease id.Lease, how End) (Lease, error) {
	l, err := held(t, lease)
	switch {
	case errs.KindOf(err) == errs.KindConflict:
		return Lease{}, nil
	case err != nil:
		return l, err
	}
	return l, finish(t, l, how)
}

// finish empties a seat and remembers how its lease ended.
func finish(t *op.Tx, l Lease, how End) error {
	if err := remember(t, l, how); err != nil {
		return err
	}
	return vacate(t, l, l.endedAt(t.Now()))
}

func freeOne(t *op.Tx, in LeaseRef) (op.Nothing, error) {
	l, err := end(t, in.ID, Freed)
	if err != nil || l.ID == "" {
		return op.Nothing{}, err
	}
	p, err := poolBy(t, l.Pool)
	if err != nil {
		return op.Nothing{}, err
	}
	u, err := user.ByID(t, l.User)
	if err != nil {
		return op.Nothing{}, err
	}
	return op.Nothing{}, t.Record(op.Event{
		Name: "seat.freed", Subject: u.Subject(), Changes: []op.Change{{Field: "pool_id", Before: op.Named{ID: string(p.ID), Name: p.Name}}},
	})
}

func list(t *op.Tx, in LeasesInput) (op.Page[Holder], error) {
	var none op.Page[Holder]
	if _, err := poolBy(t, in.ID); err != nil {
		return none, err
	}
	limit, err := in.Size()
	if err != nil {
		return none, err
	}
	name := fmt.Sprintf("leases\x00%s", in.ID)
	after := 0
	if in.Cursor != "" {
		if err := t.OpenCursor(name, in.Cursor, &after); err != nil {
			return none, err
		}
	}
	rows, err := holders(t, in.ID, after, limit+1)
	if err != nil {
		return none, err
	}
	page, err := op.Cut(t, name, rows, limit, func(h Holder) any { return h.Slot })
	if err == nil && in.Count {
		var n int
		n, err = countHolders(t, in.ID)
		page.Total = &n
	}
	return page, err
}
