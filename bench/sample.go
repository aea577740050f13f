package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"time"

	"roster/internal/apikey"
	"roster/internal/app"
	"roster/internal/authz"
	"roster/internal/config"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/user"
)

// The organizations of a sample: the one that is measured, and one more, so
// that nothing is fast only because there is nobody else.
const (
	largeOrg   = "large"
	smallOrg   = "small"
	smallUsers = 200
)

// samplePassword is what everybody in a sample signs in with.
const samplePassword = "seven quiet lanterns over the harbor"

// sample is what a database was filled with.
type sample struct {
	People      []person // of the large organization
	Key         string   // of the large organization, with all permissions
	OperatorKey string
	Took        time.Duration
}

// admin is somebody who can sign in and do everything.
func (s *sample) admin() person { return s.People[0] }

// signers are the people who can sign in.
func (s *sample) signers() []person {
	return slices.DeleteFunc(slices.Clone(s.People), func(p person) bool { return p.State != user.Active })
}

// lastNames counts how many people have a name, the rarest first.
func (s *sample) lastNames() []string {
	n := map[string]int{}
	for _, p := range s.People {
		n[p.LastName]++
	}
	return slices.SortedFunc(maps.Keys(n), func(a, b string) int { return cmp.Or(cmp.Compare(n[a], n[b]), cmp.Compare(a, b)) })
}

// fill migrates the database and fills it, as fast as the door lets people in.
// Nothing is measured here but the time, and nothing is left to do for the
// server's workers: no letters, and few events.
func fill(ctx context.Context, storage config.Storage, users int, seed uint64) (*sample, error) {
	base, err := app.OpenBase(ctx, storage, app.Options{PublicURL: "http://localhost"}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		return nil, err
	}
	defer base.Close()
	hash, err := base.Hasher.Hash(ctx, samplePassword)
	if err != nil {
		return nil, err
	}
	f := filler{ctx: ctx, started: time.Now(), hash: hash}
	f.open(base)

	s := &sample{}
	large, err := f.organization("Large", largeOrg)
	if err != nil {
		return nil, err
	}
	small, err := f.organization("Small", smallOrg)
	if err != nil {
		return nil, err
	}
	if _, err := f.people(small, newCrowd("small.example", seed), smallUsers); err != nil {
		return nil, err
	}
	if _, err := lookAround.Do(ctx, f.door, f.call, op.Nothing{}); err != nil {
		return nil, err
	}
	if s.People, err = f.people(large, newCrowd("large.example", seed), users); err != nil {
		return nil, err
	}
	f.past = 0
	if s.Key, err = makeKey.Do(ctx, f.door, f.call, large); err != nil {
		return nil, err
	}
	operator, err := apikey.IssueOperatorKey.Do(ctx, f.door, f.call, apikey.NewOperatorKey{Name: "Benchmark"})
	s.OperatorKey, s.Took = operator.Secret, time.Since(f.started)
	return s, err
}

// filler fills one database through a door of its own, at which it may do
// everything, and whose clock it moves.
type filler struct {
	ctx     context.Context
	door    *op.Door
	call    op.Call
	started time.Time
	past    time.Duration
	hash    string
}

const fillerName = "benchmark"

func (f *filler) open(base *app.Base) {
	hooks := app.Hooks()
	prove := hooks.Actor
	hooks.Actor = func(t *op.Tx, c authz.Caller, org id.Org) (authz.Actor, error) {
		if c.System == fillerName {
			return authz.Actor{Kind: authz.SystemKind, ID: fillerName, Name: "Benchmark", Permissions: authz.OrganizationSet(), Reach: authz.Everywhere()}, nil
		}
		return prove(t, c, org)
	}
	f.call = op.Call{By: authz.Worker(fillerName)}
	f.door = op.NewDoor(op.Config{
		Database: base.Database, Hooks: hooks, Tools: op.Tools{Passwords: base.Hasher}, Keys: base.Keys,
		PublicURL: "http://localhost", Log: base.Log, Offset: func() time.Duration { return -f.past },
	})
}

func (f *filler) organization(name, slug string) (id.Org, error) {
	o, err := makeOrganization.Do(f.ctx, f.door, f.call, org.New{Name: name, Slug: slug})
	return o.ID, err
}

// people adds n people, a thousand in a transaction, who came over three years.
func (f *filler) people(to id.Org, from *crowd, n int) ([]person, error) {
	const atOnce, years = 1000, 3 * 365 * 24 * time.Hour
	all := make([]person, 0, n)
	for len(all) < n {
		next := batch{org: to, now: f.started, hash: f.hash}
		for range min(atOnce, n-len(all)) {
			next.people = append(next.people, from.next())
		}
		f.past = time.Duration(float64(years) * (1 - float64(len(all))/float64(n)))
		if _, err := addPeople.Do(f.ctx, f.door, f.call, next); err != nil {
			return nil, err
		}
		all = append(all, next.people...)
	}
	return all, nil
}

var makeOrganization = op.Command[org.New, org.Organization]{
	Name: "benchmark.organization", Needs: authz.SystemWork, Scope: authz.System,
	Run: org.Create.Run,
}

var makeKey = op.Command[id.Org, string]{
	Name: "benchmark.key", Needs: authz.SystemWork, Scope: authz.System,
	Run: func(t *op.Tx, of id.Org) (string, error) {
		if err := t.Enter(of); err != nil {
			return "", err
		}
		k, err := apikey.Create.Run(t, apikey.New{Name: "Benchmark", Permissions: authz.OrganizationSet().List()})
		return k.Secret, err
	},
}

var lookAround = op.Command[op.Nothing, op.Nothing]{
	Name: "benchmark.statistics", Needs: authz.SystemWork, Scope: authz.System, Relaxed: true,
	Quiet: "it changes nothing",
	Run:   func(t *op.Tx, _ op.Nothing) (op.Nothing, error) { return op.Nothing{}, countPeople(t) },
}

// batch is some people of one organization.
type batch struct {
	org    id.Org
	people []person
	now    time.Time
	hash   string // of the one password that they all have
}

var addPeople = op.Command[batch, op.Nothing]{
	Name: "benchmark.people", Needs: authz.SystemWork, Scope: authz.System, Relaxed: true,
	Quiet: "people of a benchmark have no history",
	Run: func(t *op.Tx, in batch) (op.Nothing, error) {
		if err := t.Enter(in.org); err != nil {
			return op.Nothing{}, err
		}
		for _, p := range in.people {
			u, added, err := user.AddInvited(t, p.User)
			if err == nil && !added {
				err = fmt.Errorf("the address %s is taken", p.Email)
			}
			if err == nil && p.State != user.Invited {
				err = settle(t, u.ID, p, in)
			}
			if err != nil {
				return op.Nothing{}, err
			}
		}
		return op.Nothing{}, nil
	},
}
