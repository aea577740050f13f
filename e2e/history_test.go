package e2e

import (
	"bytes"
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	historyOperations = flag.Int("history.operations", 3000, "how many operations TestSeatsAndLicensesSurviveEverything does, on each database")
	historyPause      = flag.Duration("history.pause", 700*time.Millisecond, "how long a node lives on average before one is killed")
)

const (
	historyClients = 16
	historyUsers   = 48
	leaseSeconds   = 10
	ownLicenses    = 9 // of the named plan
)

// did is an operation as its client saw it. What was not answered may have been done, or
// may be done yet.
type did struct {
	what         string // take, renew, return, seat (a member of another pool), own, none (a license), stop, activate
	began, ended time.Time
	answered     bool
	status       int
	user         int
	pool, device string
	lease        string
	slot         int
	expires      time.Time
	held         bool // after own
}

// history is an organization whose people work on seats, and what was done.
type history struct {
	theater
	org     organization
	users   []string
	pools   map[string]int // how many seats each has
	nodes   []*atomic.Pointer[mortal]
	left    atomic.Int64           // operations to do
	leases  []*atomic.Pointer[did] // of each user, the last one that was given
	clients [historyClients][]did
}

// Many clients at once take, renew and return seats, and change licenses, while nodes are
// killed: two of them on PostgreSQL, one on SQLite. From what was answered and from what
// is in the database in the end: no seat and no license is ever held twice, and none is
// lost.
func TestSeatsAndLicensesSurviveEverything(t *testing.T) {
	for name, test := range map[string]struct {
		on    func(testing.TB) storage
		nodes int
	}{"sqlite": {onSQLite, 1}, "postgres": {onPostgres, 2}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &history{theater: openTheater(t, test.on(t)), pools: map[string]int{}}
			h.begin(t, test.nodes)
			h.left.Store(int64(*historyOperations))
			over := make(chan struct{})
			kills := h.killing(t, over)
			together(historyClients, func(i int) { h.work(i) })
			close(over)
			kills.Wait()
			h.check(t)
		})
	}
}

func (h *history) begin(t *testing.T, nodes int) {
	for range nodes {
		var node atomic.Pointer[mortal]
		m := h.run(t, "")
		node.Store(&m)
		h.nodes = append(h.nodes, &node)
	}
	s := h.nodes[0].Load().server
	h.org = s.organization(t, "History")
	o := h.org
	for service, plan := range map[string]map[string]any{"help": {"key": "desk", "name": "Desk", "model": "seat"}, "line": {"key": "own", "name": "Own", "model": "named"}} {
		s.operator.post(t, v1+"/services", map[string]any{"key": service, "name": service}).ok(t, 201)
		s.operator.post(t, v1+"/services/"+service+"/plans", plan).ok(t, 201)
	}
	s.operator.patch(t, o.path("settings"), map[string]any{"license_assign": false}).ok(t, 200)
	s.operator.post(t, o.path("subscriptions"), map[string]any{"service": "help", "plan": "desk", "quantity": 12}).ok(t, 201)
	s.operator.post(t, o.path("subscriptions"), map[string]any{"service": "line", "plan": "own", "quantity": ownLicenses}).ok(t, 201)
	for name, seats := range map[string]int{"Day": 5, "Night": 3} {
		s.operator.post(t, o.path("seat-pools"), map[string]any{"service": "help", "plan": "desk", "name": name, "seats": seats}).ok(t, 201)
	}
	var names []string
	for _, p := range into[struct {
		Items []struct {
			ID    string
			Seats int
		}
	}](t, s.operator.get(t, o.path("seat-pools")).ok(t, 200)).Items {
		h.pools[p.ID] = p.Seats
		names = append(names, p.ID)
	}
	for i := range historyUsers {
		u := into[struct{ ID string }](t, s.operator.post(t, o.path("users"), map[string]any{
			"email": fmt.Sprintf("p%d@history.example", i), "first_name": "P", "last_name": fmt.Sprint(i), "entry": "password", "password": password,
		}).ok(t, 201)).ID
		s.operator.do(t, "PUT", o.path("users", u, "licenses", "help"), map[string]any{"plan": "desk", "pool_id": names[i%len(names)]}).ok(t, 200)
		h.users, h.leases = append(h.users, u), append(h.leases, &atomic.Pointer[did]{})
	}
}

// killing kills one node after the other, and starts it again, until it is over. There
// were at least three kills.
func (h *history) killing(t *testing.T, over chan struct{}) *sync.WaitGroup {
	var all sync.WaitGroup
	all.Go(func() {
		kills := 0
		for {
			select {
			case <-over:
				if kills < 3 {
					t.Errorf("only %d kills", kills)
				}
				return
			case <-time.After(*historyPause/4 + rand.N(*historyPause*3/2)):
			}
			node := h.nodes[rand.IntN(len(h.nodes))]
			m := node.Load()
			_ = m.process.Process.Kill()
			<-m.process.ended
			again := h.run(t, "")
			node.Store(&again)
			kills++
		}
	})
	return &all
}

// work is one client: it does one thing after the other, at any node. Licenses are
// changed only by the client whose user it is, so that the last answer counts.
func (h *history) work(me int) {
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range h.pools {
			if !yield(name) {
				return
			}
		}
	})
	in := make([]string, historyUsers) // the pool that a user of ours is in
	for i := range in {
		in[i] = names[i%len(names)]
	}
	for h.left.Add(-1) >= 0 {
		own := me + historyClients*rand.IntN(historyUsers/historyClients)
		d := did{user: rand.IntN(historyUsers), pool: names[rand.IntN(len(names))], device: []string{"Mac", "Phone"}[rand.IntN(2)]}
		switch n := rand.IntN(100); {
		case n < 40:
			d.what = "take"
			if rand.IntN(20) > 0 {
				d.user = own
				d.pool = in[own]
			}
		case n < 60:
			d.what = "renew"
		case n < 82:
			d.what = "return"
		case n < 86:
			d.what, d.user = "seat", own
		case n < 92:
			d.what, d.user = "own", own
		case n < 97:
			d.what, d.user = "none", own
		case n < 99:
			d.what, d.user = "activate", own
		default:
			d.what, d.user = "stop", own
		}
		h.ask(&d)
		if d.what == "seat" && d.status == 200 {
			in[own] = d.pool
		}
		h.clients[me] = append(h.clients[me], d)
	}
}

// ask sends the request of a deed to a node, and notes the answer.
func (h *history) ask(d *did) {
	last := h.leases[d.user].Load()
	if last != nil {
		d.lease = last.lease
	}
	o, user := h.org, h.users[d.user]
	method, path, body := "POST", "", any(nil)
	switch d.what {
	case "take":
		path, body = o.path("seat-pools", d.pool, "leases"), map[string]any{"user_id": user, "device": d.device, "ttl_seconds": leaseSeconds}
	case "renew":
		method, path, body = "PUT", o.path("leases", cmp.Or(d.lease, "lea_1")), map[string]any{}
	case "return":
		method, path = "DELETE", o.path("leases", cmp.Or(d.lease, "lea_1"))
	case "seat":
		method, path, body = "PUT", o.path("users", user, "licenses", "help"), map[string]any{"plan": "desk", "pool_id": d.pool}
	case "own":
		method, path, body = "PUT", o.path("users", user, "licenses", "line"), map[string]any{"plan": "own"}
	case "none":
		method, path = "DELETE", o.path("users", user, "licenses", "line")
	case "stop":
		path = o.path("users", user, "deactivate")
	case "activate":
		path = o.path("users", user, "activate")
	}
	var a answer
	var err error
	for {
		node := h.nodes[rand.IntN(len(h.nodes))].Load()
		d.began = time.Now()
		a, err = node.operator.try(method, path, body)
		d.ended = time.Now()
		if broken, ok := errors.AsType[*net.OpError](err); !ok || broken.Op != "dial" {
			break
		}
		time.Sleep(20 * time.Millisecond) // nobody was asked: the node comes back
	}
	d.answered, d.status = err == nil && a.status < 500, a.status
	if !d.answered {
		d.status = 0
		return
	}
	if d.what == "take" && a.status < 300 || d.what == "renew" && a.status == 200 {
		var l struct {
			ID        string
			Slot      int
			PoolID    string    `json:"pool_id"`
			ExpiresAt time.Time `json:"expires_at"`
		}
		if json.Unmarshal(a.body, &l) != nil { // it died while it answered
			d.answered, d.status = false, 0
			return
		}
		d.lease, d.slot, d.pool, d.expires = l.ID, l.Slot, l.PoolID, l.ExpiresAt
	}
	if d.what == "take" && a.status < 300 {
		h.leases[d.user].Store(d)
	}
	if d.what == "own" && a.status == 200 {
		d.held = bytes.Contains(a.body, []byte(`"service":"line"`)) // not if the user is deactivated
	}
}

// hold is the time for which somebody certainly had something.
type hold struct {
	from, to time.Time
	what     string // a seat, a user, a license
	by       string
}

// certain are the times for which leases certainly were in force: from when they were
// given, until they had run out or something began that may have ended them.
func (h *history) certain(t *testing.T, all []did) (seats, users []hold) {
	until := map[string]time.Time{}
	taken := map[string]did{}
	of := map[int][]did{} // what may end the lease of a user
	for _, d := range all {
		switch d.what {
		case "take", "renew":
			if d.lease != "" && !d.expires.IsZero() && d.expires.After(until[d.lease]) {
				until[d.lease] = d.expires
			}
			if first, known := taken[d.lease]; d.what == "take" && d.status == 201 || d.what == "take" && d.status == 200 && !known {
				if known && first.status == 201 {
					t.Errorf("%s was given twice", d.lease)
				}
				taken[d.lease] = d
			}
		}
		switch d.what {
		case "take", "return", "seat", "stop":
			of[d.user] = append(of[d.user], d)
		}
	}
	for id, d := range taken {
		if id == "" {
			continue
		}
		if d.slot < 1 || d.slot > h.pools[d.pool] {
			t.Errorf("seat %d of %d was given", d.slot, h.pools[d.pool])
		}
		certainly := hold{d.ended, until[id].Add(-time.Second), fmt.Sprint(d.pool, " ", d.slot), id}
		for _, e := range of[d.user] {
			if e.what == "take" && e.lease == id && e.device == d.device || e.what == "return" && e.lease != id || e.answered && e.ended.Before(d.began) {
				continue
			}
			if e.began.Before(certainly.to) {
				certainly.to = e.began
			}
		}
		if certainly.from.Before(certainly.to) {
			seats = append(seats, certainly)
			certainly.what = fmt.Sprint(d.user)
			users = append(users, certainly)
		}
	}
	return seats, users
}

// atMost fails the test if more than n hold the same thing at a time. It answers how
// often that could be seen.
func atMost(t *testing.T, n int, holds []hold) int {
	t.Helper()
	slices.SortFunc(holds, func(a, b hold) int { return a.from.Compare(b.from) })
	now := map[string][]hold{}
	for _, h := range holds {
		if !h.from.Before(h.to) {
			continue // it was over before it began
		}
		still := slices.DeleteFunc(now[h.what], func(o hold) bool { return !o.to.After(h.from) })
		if still = append(still, h); len(still) > n {
			t.Errorf("%s is held by %d at a time: %+v", h.what, len(still), still)
		}
		now[h.what] = still
	}
	return len(holds)
}

// check judges the answers, and what there is in the end.
func (h *history) check(t *testing.T) {
	var all []did
	answered, unknown := 0, 0
	for _, of := range h.clients {
		all = append(all, of...)
	}
	slices.SortFunc(all, func(a, b did) int { return a.began.Compare(b.began) })
	given := map[string]bool{}
	for _, d := range all {
		if d.answered {
			answered++
		} else {
			unknown++
		}
		if d.what == "take" && d.status == 201 {
			given[d.lease] = true
		}
	}
	seats, users := h.certain(t, all)
	n, m := atMost(t, 1, seats), atMost(t, 1, users)
	k := atMost(t, ownLicenses, h.ownLicenses(t, all))
	t.Logf("%d operations, %d of them without an answer; %d leases were given; certainly held: %d seats by %d people, %d licenses", len(all), unknown, len(given), n, m, k)
	if answered < len(all)/2 || n < len(all)/100 || k == 0 {
		t.Errorf("too little was seen: %d of %d were answered", answered, len(all))
	}
	h.remembered(t, given)
	h.stillThere(t)
	if found := h.roster(t, "", "doctor"); !strings.HasPrefix(found, "All ") {
		t.Errorf("the doctor says: %s", found)
	}
}

// ownLicenses are the times for which named licenses were certainly held; what is left in
// the end is compared with the last answer.
func (h *history) ownLicenses(t *testing.T, all []did) []hold {
	var holds []hold
	held := map[int]did{}
	unsure := map[int]bool{}
	for _, d := range all {
		switch d.what {
		case "own", "none", "stop", "activate":
		default:
			continue
		}
		if had, was := held[d.user]; was {
			holds = append(holds, hold{had.ended, d.began, "own", fmt.Sprint(d.user)})
			delete(held, d.user)
		}
		unsure[d.user] = true
		switch {
		case d.what == "own" && d.held:
			held[d.user], unsure[d.user] = d, false
		case d.what == "none" && (d.status == 200 || d.status == 204 || d.status == 404):
			unsure[d.user] = false
		}
	}
	s := h.nodes[0].Load().server
	n := 0
	for i, id := range h.users {
		u := into[struct {
			State    string
			Licenses []struct{ Service string }
		}](t, s.operator.get(t, h.org.path("users", id)).ok(t, 200))
		has := slices.ContainsFunc(u.Licenses, func(l struct{ Service string }) bool { return l.Service == "line" })
		if has {
			n++
		}
		if _, should := held[i]; !unsure[i] && has != should {
			t.Errorf("user %d: has a license: %v, should: %v", i, has, should)
		}
	}
	lines := into[struct {
		Items []struct {
			Plan     string
			Assigned int
			Over     int `json:"over_assigned"`
		}
	}](t, s.operator.get(t, h.org.path("licenses")).ok(t, 200)).Items
	for _, l := range lines {
		if l.Plan == "own" && (l.Assigned != n || l.Over != 0 || n > ownLicenses) {
			t.Errorf("%d of %d licenses are held, and %+v are counted", n, ownLicenses, l)
		}
	}
	return holds
}

// remembered fails the test unless every lease that was given is there, or is remembered,
// and no seat was used by two at a time in what is remembered.
func (h *history) remembered(t *testing.T, given map[string]bool) {
	h.past(t, func(tx *sql.Tx) error {
		rows, err := tx.Query(`select id, pool_id, started_at, ended_at from past_leases
			union all select lease_id, pool_id, started_at, expires_at from seats where lease_id is not null`)
		if err != nil {
			return err
		}
		defer rows.Close()
		missing := len(given)
		var holds []hold
		for rows.Next() {
			var id, pool string
			var from, to int64
			if err := rows.Scan(&id, &pool, &from, &to); err != nil {
				return err
			}
			if given[id] {
				missing--
			}
			holds = append(holds, hold{time.UnixMilli(from), time.UnixMilli(to), pool, id})
		}
		if missing != 0 {
			t.Errorf("%d leases that were given are not remembered", missing)
		}
		for pool, n := range h.pools {
			atMost(t, n, slices.DeleteFunc(slices.Clone(holds), func(o hold) bool { return o.what != pool }))
		}
		return rows.Err()
	})
}

// stillThere fails the test unless, in the end, all seats of each pool can be had, and
// not one more.
func (h *history) stillThere(t *testing.T) {
	s := h.nodes[0].Load().server
	o := h.org
	for _, u := range h.users {
		s.operator.post(t, o.path("users", u, "activate"), nil)
	}
	next := 0
	for pool, seats := range h.pools {
		for _, l := range into[struct{ Items []struct{ ID string } }](t, s.operator.get(t, o.path("seat-pools", pool, "leases")+"?limit=100").ok(t, 200)).Items {
			s.operator.do(t, "DELETE", o.path("leases", l.ID), nil).ok(t, 204)
		}
		for i := range seats + 1 {
			u := h.users[next]
			next++
			s.operator.do(t, "PUT", o.path("users", u, "licenses", "help"), map[string]any{"plan": "desk", "pool_id": pool}).ok(t, 200)
			want := 201
			if i == seats {
				want = 409
			}
			if a := s.operator.post(t, o.path("seat-pools", pool, "leases"), map[string]any{"user_id": u, "device": "End"}); a.status != want {
				t.Errorf("seat %d of %d in the end: %s", i+1, seats, a)
			}
		}
	}
}
