package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// Lease is a seat that a user has on a device, until it expires.
type Lease struct {
	ID        string    `json:"id"`
	Pool      string    `json:"pool_id"`
	Slot      int       `json:"slot"`
	User      string    `json:"user_id"`
	Device    string    `json:"device"`
	TTL       int       `json:"ttl_seconds"`
	StartedAt time.Time `json:"started_at"`
	BusyUntil time.Time `json:"busy_until"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Crowd is what is known of a pool without a free seat.
type Crowd struct {
	FreeAt  time.Time `json:"free_at"` // when one may be free; zero if nobody knows
	Holders []struct {
		Lease
		Name string `json:"name"`
	} `json:"holders"` // for keys that may see users and licenses
}

// Crowded reports whether err says that all seats are in use, and what is known of it.
func Crowded(err error) (Crowd, bool) {
	p, ok := errors.AsType[*Problem](err)
	if !ok || p.Code != "no_seat" {
		return Crowd{}, false
	}
	var c Crowd
	_ = json.Unmarshal(p.Details, &c) // absent: nothing is known
	return c, true
}

// TakenOver reports whether err says that the user has gone on on another device.
func TakenOver(err error) bool {
	p, ok := errors.AsType[*Problem](err)
	return ok && p.Code == "taken_over"
}

// Take takes a seat of a pool for a user on a device; who has it already keeps it,
// renewed. The lease ends so long after its last renewal, or after the pool's time if ttl
// is 0. The key needs seats.lease. Refusals: no_seat (see Crowded), second_device,
// not_a_member, not_active, subscription_expired.
func (c *Client) Take(ctx context.Context, pool, user, device string, ttl time.Duration) (Lease, error) {
	body := map[string]any{"user_id": user, "device": device}
	if ttl > 0 {
		body["ttl_seconds"] = int(ttl / time.Second)
	}
	var l Lease
	err := c.do(ctx, http.MethodPost, "/seat-pools/"+url.PathEscape(pool)+"/leases", body, &l)
	return l, err
}

// Renew says that the user of a lease is active, or busy until a moment: while they are,
// the clock is paused. The zero time is not busy. Refusals: taken_over, lease_ended,
// subscription_expired.
func (c *Client) Renew(ctx context.Context, lease string, busyUntil time.Time) (Lease, error) {
	body := map[string]any{}
	if !busyUntil.IsZero() {
		body["busy_until"] = busyUntil.UTC()
	}
	var l Lease
	err := c.do(ctx, http.MethodPut, "/leases/"+url.PathEscape(lease), body, &l)
	return l, err
}

// Return gives a seat back; one that has ended is given back already.
func (c *Client) Return(ctx context.Context, lease string) error {
	return c.do(ctx, http.MethodDelete, "/leases/"+url.PathEscape(lease), nil, nil)
}

// Keep renews a lease in time for as long as the user was active since the last renewal,
// as active says, until ctx ends or the lease has. It answers nil if ctx ended, and
// otherwise why the seat is gone: TakenOver, or another error. A server that cannot be
// reached for a while takes no seat from anybody before the lease expires.
func (c *Client) Keep(ctx context.Context, l Lease, active func() bool) error {
	pause := time.Duration(l.TTL) * time.Second / 3
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if !active() {
			continue // it runs out by itself; the next renewal says so
		}
		_, err := c.Renew(ctx, l.ID, time.Time{})
		if p, refused := errors.AsType[*Problem](err); refused && p.Status < 500 && p.Status != http.StatusTooManyRequests {
			return err
		}
	}
}
