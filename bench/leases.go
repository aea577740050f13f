package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// How many people work on seats, in how many pools. A plan has at most 200 pools, the
// default one among them, so many pools are those of several services.
const (
	seated       = mostRequests + warmUp
	manyPools    = 1000
	poolsOfOne   = 199
	crowdClients = 64
)

// seats are people, and the pool of each.
type seats struct {
	users []string
	pools []string
}

// leases measures taking, renewing and returning seats: all of one pool, and of many.
func (b *bench) leases() ([]measured, error) {
	users, err := b.activeUsers(seated)
	if err != nil {
		return nil, err
	}
	b.say("  sharing seats out")
	one, err := b.share(users, 1)
	if err != nil {
		return nil, err
	}
	many, err := b.share(users, manyPools)
	if err != nil {
		return nil, err
	}
	var list []measured
	for _, of := range []struct {
		name string
		in   seats
	}{{"one pool", one}, {thousands(manyPools) + " pools", many}} {
		in := of.in
		held := make([]atomic.Value, seated+1)
		take, renew, give := measured{Name: "seat: take, " + of.name}, measured{Name: "seat: renew, " + of.name}, measured{Name: "seat: return, " + of.name}
		for _, clients := range []int{manyClients, crowdClients} {
			for _, step := range []struct {
				into *measured
				do   func(c *client, ctx context.Context, n int) (time.Duration, error)
			}{
				{&take, func(c *client, ctx context.Context, n int) (time.Duration, error) {
					a, err := c.api(ctx, http.MethodPost, seatPath(in.pools[n-1], "leases"), map[string]any{"user_id": in.users[n-1], "device": "Bench"})
					return a.took, keepLease(a, err, &held[n])
				}},
				{&renew, func(c *client, ctx context.Context, n int) (time.Duration, error) {
					a, err := c.api(ctx, http.MethodPut, leasePath(&held[n]), map[string]any{})
					return a.took, err
				}},
				{&give, func(c *client, ctx context.Context, n int) (time.Duration, error) {
					a, err := c.api(ctx, http.MethodDelete, leasePath(&held[n]), nil)
					return a.took, err
				}},
			} {
				m, err := b.measure(step.into.Name, 0, []int{clients}, func(c *client) func(context.Context, int) (time.Duration, error) {
					return func(ctx context.Context, n int) (time.Duration, error) { return step.do(c, ctx, n) }
				})
				if err != nil {
					return nil, err
				}
				step.into.Figures = append(step.into.Figures, m.Figures...)
			}
		}
		list = append(list, take, renew, give)
	}
	return list, nil
}

func seatPath(pool, rest string) string {
	return "/organizations/" + largeOrg + "/seat-pools/" + pool + "/" + rest
}

func leasePath(held *atomic.Value) string {
	lease, _ := held.Load().(string)
	return "/organizations/" + largeOrg + "/leases/" + lease
}

// keepLease keeps the id of a lease that was given anew.
func keepLease(a answer, err error, into *atomic.Value) error {
	if err != nil {
		return err
	}
	var l struct{ ID string }
	if err := json.Unmarshal(a.body, &l); err != nil || l.ID == "" || a.status != http.StatusCreated {
		return fmt.Errorf("%w: %d %s", errWrong, a.status, a.body)
	}
	into.Store(l.ID)
	return nil
}

// activeUsers are so many users who can have seats.
func (b *bench) activeUsers(n int) ([]string, error) {
	c := newClient(b.server.url, b.sample.Key, 1)
	q := url.Values{"limit": {"500"}, "state": {"active"}}
	var list []string
	for {
		p, err := c.users(b.ctx, q)
		if err != nil {
			return nil, err
		}
		for _, item := range p.Items {
			if list = append(list, item.ID); len(list) == n {
				return list, nil
			}
		}
		if p.Next == "" {
			return nil, fmt.Errorf("%w: only %d active users", errWrong, len(list))
		}
		q.Set("cursor", p.Next)
	}
}

// share sells seats for all of the users, cut into so many pools, and makes each a member
// of one.
func (b *bench) share(users []string, pools int) (seats, error) {
	c := newClient(b.server.url, b.sample.OperatorKey, manyClients)
	post := func(path string, body any) (string, error) {
		a, err := c.api(b.ctx, http.MethodPost, path, body)
		var made struct{ ID string }
		if err == nil {
			err = json.Unmarshal(a.body, &made)
		}
		return made.ID, err
	}
	const org = "/organizations/" + largeOrg
	each := (len(users) + pools - 1) / pools // seats of a pool
	var all, keys []string                   // pools, and their services
	for len(all) < pools {
		here := min(poolsOfOne, pools-len(all))
		key := fmt.Sprintf("seats%d-%d", pools, len(all))
		if _, err := post("/services", map[string]any{"key": key, "name": key}); err != nil {
			return seats{}, err
		}
		if _, err := post("/services/"+key+"/plans", map[string]any{"key": "seat", "name": "Seat", "model": "seat"}); err != nil {
			return seats{}, err
		}
		if _, err := post(org+"/subscriptions", map[string]any{"service": key, "plan": "seat", "quantity": here * each}); err != nil {
			return seats{}, err
		}
		for i := range here {
			pool, err := post(org+"/seat-pools", map[string]any{"service": key, "plan": "seat", "name": fmt.Sprint("Pool ", i), "seats": each})
			if err != nil {
				return seats{}, err
			}
			all, keys = append(all, pool), append(keys, key)
		}
	}
	in := seats{users: users}
	for i := range users {
		in.pools = append(in.pools, all[i%pools])
	}
	var failed atomic.Value
	var group sync.WaitGroup
	for w := range manyClients {
		group.Go(func() {
			for i := w; i < len(users) && failed.Load() == nil; i += manyClients {
				_, err := c.api(b.ctx, http.MethodPut, org+"/users/"+users[i]+"/licenses/"+keys[i%pools], map[string]any{"plan": "seat", "pool_id": in.pools[i]})
				if err != nil {
					failed.Store(err)
				}
			}
		})
	}
	group.Wait()
	err, _ := failed.Load().(error)
	return in, err
}
