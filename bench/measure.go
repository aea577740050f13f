package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"roster/internal/user"
)

// How much is sent. Whatever comes first ends a load.
const (
	mostRequests = 2000
	mostTime     = 10 * time.Second
	warmUp       = 100
	manyClients  = 8
	pageSize     = 50
	idleFor      = 10 * time.Second
	starts       = 5
)

// measured is one thing that was asked for, by one client and by several.
type measured struct {
	Name    string    `json:"name"`
	Found   int       `json:"found,omitempty"` // of a search or filter
	Figures []figures `json:"figures"`
}

// bench measures a server that runs on a sample.
type bench struct {
	ctx    context.Context
	server *server
	sample *sample
	say    func(format string, args ...any)
}

func (b *bench) measure(name string, found int, clients []int, do func(c *client) func(ctx context.Context, n int) (time.Duration, error)) (measured, error) {
	m := measured{Name: name, Found: found}
	for _, n := range clients {
		f, err := load{clients: n, requests: mostRequests, time: mostTime, warmUp: warmUp, do: do(newClient(b.server.url, b.sample.Key, n))}.run(b.ctx)
		if err != nil {
			return m, fmt.Errorf("%s with %d clients: %w", name, n, err)
		}
		b.say("  %-44s %d clients %8.0f/s  p50 %7.1f ms  p95 %7.1f ms  p99 %7.1f ms", name, n, f.PerSecond, f.P50, f.P95, f.P99)
		m.Figures = append(m.Figures, f)
	}
	return m, nil
}

// reads are the requests that change nothing: pages of the list of users.
func (b *bench) reads() ([]measured, error) {
	middle, err := b.middle()
	if err != nil {
		return nil, err
	}
	names := b.sample.lastNames()
	all := func(person) bool { return true }
	search := func(name, part string) view {
		return view{fmt.Sprintf("%s (“%s”)", name, part), url.Values{"q": {part}}, func(p person) bool { return p.matches(part) }}
	}
	var list []measured
	for _, v := range []view{
		{"list: first page", url.Values{}, all},
		{"list: page in the middle", url.Values{"cursor": {middle}}, all},
		{"list: last seen first", url.Values{"sort": {"-last_seen_at"}}, all},
		{"filter: deactivated", url.Values{"state": {"deactivated"}}, func(p person) bool { return p.State == user.Deactivated }},
		search("search: a rare name", names[0]),
		search("search: a common name", names[len(names)-1]),
		search("search: part of many names", "son"),
		search("search: two letters", "an"),
		search("search: two letters, nobody", "qx"),
	} {
		m, err := b.list(v)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	m, err := b.portal()
	return append(list, m), err
}

// view is one way to look at the list, and who has to be in it.
type view struct {
	name    string
	query   url.Values
	belongs func(person) bool
}

// list measures one view, after it has been proved right once: by the number of
// all who match, and by those on the page.
func (b *bench) list(v view) (measured, error) {
	c := newClient(b.server.url, b.sample.Key, 1)
	want := count(b.sample.People, v.belongs)
	v.query.Set("limit", strconv.Itoa(pageSize))
	counting := url.Values{"count": {"true"}}
	for name, values := range v.query {
		counting[name] = values
	}
	p, err := c.users(b.ctx, counting)
	if err != nil {
		return measured{}, err
	}
	if p.Total != want || len(p.Items) != min(want, pageSize) {
		return measured{}, fmt.Errorf("%s: %w: %d of %d users, not of %d", v.name, errWrong, len(p.Items), p.Total, want)
	}
	known := map[string]person{}
	for _, person := range b.sample.People {
		known[person.Email] = person
	}
	for _, item := range p.Items {
		if person, ok := known[item.Email]; !ok || !v.belongs(person) || string(person.State) != item.State {
			return measured{}, fmt.Errorf("%s: %w: %s does not belong there", v.name, errWrong, item.Email)
		}
	}
	path := usersPath(v.query)
	return b.measure(v.name, want, []int{1, manyClients}, func(c *client) func(context.Context, int) (time.Duration, error) {
		return func(ctx context.Context, _ int) (time.Duration, error) {
			a, err := c.api(ctx, http.MethodGet, path, nil)
			if n := bytes.Count(a.body, []byte(`"email":`)); err == nil && n != len(p.Items) {
				err = fmt.Errorf("%w: %d users instead of %d", errWrong, n, len(p.Items))
			}
			return a.took, err
		}
	})
}

// middle is the cursor behind half of all users.
func (b *bench) middle() (string, error) {
	c := newClient(b.server.url, b.sample.Key, 1)
	q := url.Values{"limit": {"500"}}
	for seen := 0; seen < len(b.sample.People)/2; {
		p, err := c.users(b.ctx, q)
		if err != nil {
			return "", err
		}
		seen += len(p.Items)
		q.Set("cursor", p.Next)
	}
	return q.Get("cursor"), nil
}

// portal measures the page Users as a browser gets it.
func (b *bench) portal() (measured, error) {
	_, cookies, err := newClient(b.server.url, "", 1).signIn(b.ctx, b.sample.admin().Email, "192.0.2.1")
	if err != nil {
		return measured{}, err
	}
	return b.measure("page: Users in the portal", 0, []int{1, manyClients}, func(c *client) func(context.Context, int) (time.Duration, error) {
		return func(ctx context.Context, _ int) (time.Duration, error) {
			a, err := c.portal(ctx, "/users", cookies)
			if n := bytes.Count(a.body, []byte("@large.example")); err == nil && n < pageSize {
				err = fmt.Errorf("%w: only %d addresses on the page", errWrong, n)
			}
			return a.took, err
		}
	})
}

// signIns measures signing in, each time as somebody else and from elsewhere.
func (b *bench) signIns() (measured, error) {
	people := b.sample.signers()
	return b.measure("sign in", 0, []int{manyClients}, func(c *client) func(context.Context, int) (time.Duration, error) {
		return func(ctx context.Context, n int) (time.Duration, error) {
			a, _, err := c.signIn(ctx, people[n%len(people)].Email, elsewhere(n))
			return a.took, err
		}
	})
}

// elsewhere is an address in the n-th network.
func elsewhere(n int) string {
	return netip.AddrFrom4([4]byte{10, byte(n >> 8), byte(n), 1}).String()
}

// invitations measures inviting people one by one, and a thousand at once.
func (b *bench) invitations() ([]measured, error) {
	one, err := b.measure("invite: one address", 0, []int{manyClients}, func(c *client) func(context.Context, int) (time.Duration, error) {
		return func(ctx context.Context, n int) (time.Duration, error) {
			return c.invite(ctx, fmt.Sprint("one-", n), 1)
		}
	})
	if err != nil {
		return nil, err
	}
	c := newClient(b.server.url, b.sample.Key, 1)
	many, err := load{clients: 1, requests: 5, time: time.Minute, do: func(ctx context.Context, n int) (time.Duration, error) {
		return c.invite(ctx, fmt.Sprint("many-", n), 1000)
	}}.run(b.ctx)
	b.say("  %-44s 1 client  p50 %7.1f ms", "invite: 1,000 addresses in one call", many.P50)
	return []measured{one, {Name: "invite: 1,000 addresses in one call", Figures: []figures{many}}}, err
}

// invite invites n people whom nobody has invited before.
func (c *client) invite(ctx context.Context, who string, n int) (time.Duration, error) {
	in := map[string][]string{}
	for i := range n {
		in["emails"] = append(in["emails"], fmt.Sprintf("%s-%d@invited.example", who, i))
	}
	a, err := c.api(ctx, http.MethodPost, "/organizations/"+largeOrg+"/invitations", in)
	if invited := bytes.Count(a.body, []byte(`"outcome":"invited"`)); err == nil && invited != n {
		err = fmt.Errorf("%w: %d of %d were invited", errWrong, invited, n)
	}
	return a.took, err
}
