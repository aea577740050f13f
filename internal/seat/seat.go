package seat

import (
	"fmt"
	"time"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/text"
)

// SecondDevice is what becomes of a lease when its user starts on another device.
type SecondDevice string

// What a pool can do then.
const (
	TakeOver SecondDevice = "take_over" // the new device has the seat, the old one is told
	Refuse   SecondDevice = "refuse"
)

// Pool is a share of the seats of a plan.
type Pool struct {
	ID           id.SeatPool  `db:"id" json:"id" audit:"ignore"`
	Service      string       `db:"service" json:"service" audit:"ignore" doc:"The service's key."`
	Plan         string       `db:"plan" json:"plan" audit:"ignore" doc:"The plan's key."`
	Name         string       `db:"name" json:"name" audit:"track"`
	Default      bool         `db:"is_default" json:"default" audit:"ignore" doc:"It has the seats that no other pool of the plan has."`
	Seats        int          `db:"seats" json:"seats" audit:"track"`
	SignOutAfter int          `db:"sign_out_after" json:"sign_out_after_seconds" audit:"track" doc:"After so long without a renewal a lease ends."`
	SecondDevice SecondDevice `db:"second_device" json:"second_device" audit:"track" enum:"take_over,refuse" doc:"What happens when a user starts on a second device."`
	Overage      int          `db:"overage" json:"overage_percent" audit:"track" doc:"So much more than its seats can be used at a time."`
	Limit        int          `db:"-" json:"limit" audit:"ignore" doc:"So many can be used at a time: its seats, as far as they are bought, and the overage."`
	Members      int          `db:"members" json:"members" audit:"ignore"`
	InUse        int          `db:"in_use" json:"in_use" audit:"ignore"`
	CreatedAt    time.Time    `db:"created_at" json:"created_at" audit:"ignore"`
	Version      int          `db:"version" json:"version" audit:"ignore"`
}

// ETag is the version as the API's ETag.
func (p Pool) ETag() string { return fmt.Sprintf(`"v%d"`, p.Version) }

func (p Pool) subject() op.Subject {
	return op.Subject{Kind: "seat_pool", ID: string(p.ID), Name: p.Name}
}

// reckoned is p with the seats that it has of those that were bought: the default
// pool what the others leave, another one what older ones leave and it asks for.
func (p Pool) reckoned(bought, taken int) Pool {
	left := max(0, bought-taken)
	if p.Default {
		p.Seats = left
	} else {
		left = min(left, p.Seats)
	}
	p.Limit = left + left*p.Overage/100
	return p
}

// Limits and defaults of pools.
const (
	maxName        = 64
	maxPools       = 200 // of a plan
	maxSeats       = 1_000_000
	maxOverage     = 100
	minSignOut     = 60
	maxSignOut     = 24 * 60 * 60
	defaultSignOut = 15 * 60
	defaultName    = "Default Seat Pool"
)

// Input is what can be said of a pool: absent fields stay as they are.
type Input struct {
	Name         patch.Field[string]       `json:"name,omitzero" maxLength:"64" example:"Support EMEA"`
	Seats        patch.Field[int]          `json:"seats,omitzero" doc:"At most what the default pool of the plan has left. That one has no number of its own." example:"24"`
	SignOutAfter patch.Field[int]          `json:"sign_out_after_seconds,omitzero" doc:"After so long without a renewal a lease ends: 60 to 86,400; 900 in a new pool." example:"900"`
	SecondDevice patch.Field[SecondDevice] `json:"second_device,omitzero" enum:"take_over,refuse" doc:"What happens when a user starts on a second device: take_over, as in a new pool, or refuse."`
	Overage      patch.Field[int]          `json:"overage_percent,omitzero" doc:"So much more than its seats can be used at a time: 0, as in a new pool, to 100." example:"0"`
}

// apply is p with what was given, or which fields are wrong.
func (in Input) apply(p Pool) (Pool, error) {
	var c errs.Check
	if in.Name.Set || p.Name == "" {
		if p.Name = text.Name(&c, "name", in.Name.Value, maxName); text.Key(p.Name) == "" {
			c.Fail("name", "required", "Enter a name for the pool.")
		}
	}
	number := func(field string, given patch.Field[int], into *int, least, most int) {
		if !given.Set {
			return
		}
		if *into = given.Value; given.Value < least || given.Value > most {
			c.Fail(field, "out_of_range", "Enter a number from %d to %d.", least, most)
		}
	}
	if p.Default && in.Seats.Set {
		c.Fail("seats", "not_wanted", "The default pool has the seats that no other pool has. Change those of the others.")
	}
	number("seats", in.Seats, &p.Seats, 0, maxSeats)
	number("sign_out_after_seconds", in.SignOutAfter, &p.SignOutAfter, minSignOut, maxSignOut)
	number("overage_percent", in.Overage, &p.Overage, 0, maxOverage)
	if in.SecondDevice.Set {
		if p.SecondDevice = in.SecondDevice.Value; p.SecondDevice != TakeOver && p.SecondDevice != Refuse {
			c.Fail("second_device", "unknown_value", "A second device takes the seat over, or is refused.")
		}
	}
	return p, c.Err()
}

// Lease is a seat that somebody holds.
type Lease struct {
	ID        id.Lease    `db:"lease_id" json:"id"`
	Pool      id.SeatPool `db:"pool_id" json:"pool_id"`
	Slot      int         `db:"slot" json:"slot" doc:"The seat's number in its pool. It can change while a pool that has become smaller is tidied."`
	User      id.User     `db:"user_id" json:"user_id"`
	Device    string      `db:"device" json:"device"`
	TTL       int         `db:"ttl" json:"ttl_seconds" doc:"It ends so long after the last renewal, or after the end of busy_until."`
	StartedAt time.Time   `db:"started_at" json:"started_at"`
	BusyUntil time.Time   `db:"busy_until" json:"busy_until,omitzero" doc:"Until then the clock is paused."`
	ExpiresAt time.Time   `db:"expires_at" json:"expires_at"`
	again     bool        // it was there already
}

// Repeated reports whether the lease was there before it was asked for.
func (l Lease) Repeated() bool { return l.again }

// inForce reports whether somebody holds the seat at this moment.
func (l Lease) inForce(now time.Time) bool { return l.ID != "" && l.ExpiresAt.After(now) }

// endedAt is when a lease ends that is ended now: when it ran out, if it has; and never
// before it began, which a transaction may have written whose clock is ahead of this one's.
func (l Lease) endedAt(now time.Time) time.Time {
	switch {
	case !l.ExpiresAt.After(now):
		return l.ExpiresAt
	case l.StartedAt.After(now):
		return l.StartedAt
	}
	return now
}

// Limits of leases.
const (
	minTTL    = 10
	maxDevice = 64
	maxBusy   = 24 * time.Hour
)

// renewed is l as a sign of life makes it, busy until a moment or not at all.
func (l Lease) renewed(now, busyUntil time.Time) Lease {
	from := now
	if l.BusyUntil = busyUntil; busyUntil.After(now) {
		from = busyUntil
	} else {
		l.BusyUntil = time.Time{}
	}
	l.ExpiresAt = from.Add(time.Duration(l.TTL) * time.Second)
	return l
}

// End is how a lease ended.
type End string

// The ends.
const (
	Returned  End = "returned"   // by the product
	Expired   End = "expired"    // not renewed in time
	TakenOver End = "taken_over" // by another device of the same user
	Freed     End = "freed"      // by an admin
	Left      End = "left"       // the user left the pool, or was deactivated
)

// refusal says why a lease that ended so cannot be renewed.
func (e End) refusal() *errs.Error {
	if e == TakenOver {
		return errs.Conflict("taken_over", "The user has started on another device, which has the seat now.")
	}
	return errs.Conflict("lease_ended", "This lease has ended: it was returned, freed or not renewed in time. Take a new one.")
}

// Crowded is what no_seat tells whoever may see it.
type Crowded struct {
	FreeAt  time.Time `json:"free_at,omitzero"` // when the next seat is free, unless it is renewed
	Holders []Holder  `json:"holders,omitempty"`
}

// Holder is somebody who holds a seat.
type Holder struct {
	Lease
	Name string `db:"name" json:"name"`
}

func noSeat(p Pool, c Crowded) *errs.Error {
	e := errs.Conflict("no_seat", "All %d seats of the pool %s are in use. Try again when one is free.", p.Limit, p.Name)
	e.Details = c
	return e
}
