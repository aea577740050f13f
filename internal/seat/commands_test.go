package seat_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/access"
	"roster/internal/apikey"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/license"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/role"
	"roster/internal/seat"
	"roster/internal/secret"
	"roster/internal/service"
	"roster/internal/user"
)

// stage is an organization that has bought seats, and a product that leases them.
type stage struct {
	testing.TB
	w              *apptest.World
	admin, product op.Call
	key            string
	standard       id.SeatPool
	subscription   id.Subscription
}

func (s *stage) operator() op.Call {
	c := apptest.OperatorCall()
	c.Org = string(s.w.A.Org.ID)
	return c
}

func must[Out any](t testing.TB, out Out, err error) Out {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func ok(t testing.TB, err error) {
	t.Helper()
	must(t, 0, err)
}

// sold is a stage with so many seats.
func sold(t testing.TB, w *apptest.World, seats int) *stage {
	t.Helper()
	s := &stage{TB: t, w: w, admin: w.A.Admin.Call(w.A)}
	ctx := t.Context()
	_, err := service.Create.Do(ctx, w.Door, apptest.OperatorCall(), service.New{Key: "help", Input: service.Input{
		Name: patch.To("Help"), Permissions: patch.To([]service.Permission{{Key: "help.chat", Name: "Chat"}}),
	}})
	ok(t, err)
	_, err = service.CreatePlan.Do(ctx, w.Door, apptest.OperatorCall(), service.NewPlan{Service: "help", Key: "support", Model: service.Seat, PlanInput: service.PlanInput{
		Name: patch.To("Support"), Permissions: patch.To(role.Permissions{"help.chat"}),
	}})
	ok(t, err)
	made, err := service.Subscribe.Do(ctx, w.Door, s.operator(), service.NewSubscription{Service: "help", Plan: "support", Quantity: seats, StartsOn: "2020-01-01"})
	s.subscription = must(t, made, err).ID
	key, err := apikey.Create.Do(ctx, w.Door, s.admin, apikey.New{Name: "Help", Permissions: []authz.Permission{authz.SeatsLease}})
	s.key = must(t, key, err).Secret
	hash, _ := secret.HashToken(key.Secret, secret.APIKey)
	s.product = op.Call{By: authz.Caller{Key: hash.Bytes(), Origin: apptest.Origin}, Org: string(w.A.Org.ID)}
	list := s.pools()
	if len(list) != 1 || !list[0].Default || list[0].Seats != seats || list[0].Name != "Default Seat Pool" {
		t.Fatalf("what was bought is in the default pool: %+v", list)
	}
	s.standard = list[0].ID
	return s
}

func (s *stage) pools() []seat.Pool {
	s.Helper()
	list, err := seat.ListPools.Do(s.Context(), s.w.Door, s.admin, op.Nothing{})
	return must(s, list, err).Items
}

// member makes the user a member of a pool.
func (s *stage) member(u id.User, pool id.SeatPool) {
	s.Helper()
	if _, err := license.Assign.Do(s.Context(), s.w.Door, s.admin, license.Assignment{User: u, Service: "help", Plan: "support", Pool: pool}); err != nil {
		s.Fatal(err)
	}
}

// people are so many users who are members of a pool.
func (s *stage) people(n int, pool id.SeatPool) []id.User {
	s.Helper()
	var list []id.User
	for i := range n {
		u := s.w.Person(s, s.w.A.Org, "P", fmt.Sprint("N", i), fmt.Sprintf("p%d-%s@alpha.example", i, strings.ToLower(string(pool[len(pool)-4:]))), authz.RoleUser).User.ID
		s.member(u, pool)
		list = append(list, u)
	}
	return list
}

func (s *stage) take(u id.User, pool id.SeatPool, device string) (seat.Lease, error) {
	return seat.Acquire.Do(s.Context(), s.w.Door, s.product, seat.Ask{Pool: pool, User: u, Device: device})
}

// takes is take, and fails if the answer is another one: empty, or a code.
func (s *stage) takes(u id.User, pool id.SeatPool, device, code string) seat.Lease {
	s.Helper()
	l, err := s.take(u, pool, device)
	s.says("take", err, code)
	return l
}

func (s *stage) renews(l seat.Lease, busy time.Time, code string) seat.Lease {
	s.Helper()
	l, err := seat.Renew.Do(s.Context(), s.w.Door, s.product, seat.Sign{ID: l.ID, BusyUntil: busy})
	s.says("renew", err, code)
	return l
}

func (s *stage) returns(l seat.Lease, code string) {
	s.Helper()
	_, err := seat.Return.Do(s.Context(), s.w.Door, s.product, seat.LeaseRef{ID: l.ID})
	s.says("return", err, code)
}

func (s *stage) says(what string, err error, code string) {
	s.Helper()
	if code == "" && err != nil || code != "" && !errs.Is(err, code) {
		s.Errorf("%s: %v instead of %q", what, err, code)
	}
}

// ends counts the past leases of each end.
func (s *stage) ends() string {
	s.Helper()
	var said []string
	s.w.Put(s, s.w.A.Org.ID, func(t *op.Tx) (err error) {
		said, err = op.All[string](t, `select reason || ' ' || count(*) from past_leases where org_id = :org group by reason order by reason`, nil)
		return err
	})
	return strings.Join(said, ", ")
}

func TestALeaseFromTakingToReturning(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := sold(t, w, 2)
		ada, bo, cy := w.A.Admin.User.ID, w.A.User.User.ID, w.Person(t, w.A.Org, "Cy", "Ek", "cy@alpha.example", authz.RoleUser).User.ID
		s.takes(ada, s.standard, "Mac", "not_a_member")
		for _, u := range []id.User{ada, bo, cy} {
			s.member(u, s.standard)
		}
		first := s.takes(ada, s.standard, "Mac", "")
		if again := s.takes(ada, s.standard, "Mac", ""); again.ID != first.ID || !again.Repeated() || first.Repeated() || first.Slot != 1 {
			t.Errorf("the same device has the same lease: %+v, then %+v", first, again)
		}
		second := s.takes(bo, s.standard, "Mac", "")
		if second.Slot != 2 {
			t.Errorf("the second seat: %+v", second)
		}
		_, err := s.take(cy, s.standard, "Mac")
		if e, ok := errors.AsType[*errs.Error](err); !ok || e.Code != "no_seat" || len(e.Details.(seat.Crowded).Holders) != 0 || e.Details.(seat.Crowded).FreeAt.IsZero() {
			t.Errorf("all are taken, and a key that sees no users is not told by whom: %+v", err)
		}
		phone := s.takes(ada, s.standard, "Phone", "")
		s.renews(first, time.Time{}, "taken_over")
		s.returns(first, "") // it is given back already
		s.returns(seat.Lease{ID: "lea_1"}, "not_found")
		s.returns(phone, "")
		s.renews(phone, time.Time{}, "lease_ended")
		third := s.takes(cy, s.standard, "Mac", "")
		if third.Slot != 1 {
			t.Errorf("the lowest free seat: %+v", third)
		}

		asks := func(u id.User, want access.Reason) {
			t.Helper()
			got, err := access.Check.Do(t.Context(), w.Door, s.admin, access.Questions{Checks: []access.Question{{User: u, Permission: "help.chat"}}})
			if err != nil || got.Results[0].Reason != want {
				t.Errorf("%+v, %v instead of %s", got.Results, err, want)
			}
		}
		asks(bo, access.ByPlan)
		asks(ada, access.NoSeat)

		pool := seat.Update{PoolRef: seat.PoolRef{ID: s.standard}, Input: seat.Input{SecondDevice: patch.To(seat.Refuse)}}
		if _, err := seat.ChangePool.Do(t.Context(), w.Door, s.admin, pool); err != nil {
			t.Fatal(err)
		}
		s.takes(cy, s.standard, "Phone", "second_device")
		if _, err := seat.Free.Do(t.Context(), w.Door, s.admin, seat.LeaseRef{ID: third.ID}); err != nil {
			t.Fatal(err)
		}
		s.renews(third, time.Time{}, "lease_ended")
		asks(cy, access.NoSeat)
		if _, err := seat.Free.Do(t.Context(), w.Door, s.product, seat.LeaseRef{ID: second.ID}); !errs.Is(err, "forbidden") {
			t.Errorf("a product frees no seats: %v", err)
		}
		if got := s.ends(); got != "freed 1, returned 1, taken_over 1" {
			t.Errorf("how leases ended: %s", got)
		}
	})
}

func TestTheClockOfALease(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := sold(t, w, 1)
		ada, bo := w.A.Admin.User.ID, w.A.User.User.ID
		s.member(ada, s.standard)
		s.member(bo, s.standard)
		l := s.takes(ada, s.standard, "Mac", "")
		w.Advance(14 * time.Minute)
		l = s.renews(l, time.Time{}, "")
		w.Advance(14 * time.Minute)
		l = s.renews(l, w.Now(t).Add(10*time.Minute), "")
		w.Advance(20 * time.Minute) // busy for 10, and 10 of 15 minutes after that
		s.takes(bo, s.standard, "Mac", "no_seat")
		w.Advance(6 * time.Minute)
		s.renews(l, time.Time{}, "lease_ended")
		s.takes(bo, s.standard, "Mac", "")
		if got := s.ends(); got != "expired 1" {
			t.Errorf("how it ended: %s", got)
		}
		w.Advance(16 * time.Minute)
		if _, err := seat.Sweep.Do(t.Context(), w.Door, op.Call{By: authz.Worker("test")}, op.Nothing{}); err != nil {
			t.Fatal(err)
		}
		if got := s.ends(); got != "expired 2" {
			t.Errorf("what ran out was put away: %s", got)
		}
	})
}

func TestAPoolThatSignsOutSoonerDoesSoFromTheNextRenewalOn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := sold(t, w, 1)
		ada := w.A.Admin.User.ID
		s.member(ada, s.standard)
		l := s.takes(ada, s.standard, "Mac", "")
		if _, err := seat.ChangePool.Do(t.Context(), w.Door, s.admin, seat.Update{PoolRef: seat.PoolRef{ID: s.standard}, Input: seat.Input{SignOutAfter: patch.To(60)}}); err != nil {
			t.Fatal(err)
		}
		if l = s.renews(l, time.Time{}, ""); l.TTL != 60 || l.ExpiresAt.After(w.Now(t).Add(time.Minute)) {
			t.Errorf("renewed: %+v", l)
		}
	})
}

func TestPoolsMembersAndWhoLeaves(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := sold(t, w, 3)
		ctx := t.Context()
		create := func(name string, n int) (seat.Pool, error) {
			return seat.CreatePool.Do(ctx, w.Door, s.admin, seat.NewPool{Service: "help", Plan: "support", Input: seat.Input{Name: patch.To(name), Seats: patch.To(n)}})
		}
		night, err := create("Night", 2)
		ok(t, err)
		for _, test := range []struct {
			name string
			n    int
			code string
		}{{"night", 0, "name_taken"}, {"Day", 2, "no_seats_left"}, {"", 0, "validation_failed"}} {
			_, err := create(test.name, test.n)
			s.says("create "+test.name, err, test.code)
		}
		u := s.people(4, night.ID)
		one, two := s.takes(u[0], night.ID, "Mac", ""), s.takes(u[1], night.ID, "Mac", "")
		s.takes(u[2], night.ID, "Mac", "no_seat")
		s.takes(u[2], s.standard, "Mac", "not_a_member")

		// Fewer seats than are in use: nobody loses one, and none is given too early.
		resize := func(n int) {
			t.Helper()
			if _, err := seat.ChangePool.Do(ctx, w.Door, s.admin, seat.Update{PoolRef: seat.PoolRef{ID: night.ID}, Input: seat.Input{Seats: patch.To(n)}}); err != nil {
				t.Fatal(err)
			}
		}
		resize(1)
		two = s.renews(two, time.Time{}, "")
		s.returns(one, "")
		s.takes(u[2], night.ID, "Mac", "no_seat")
		if two = s.renews(two, time.Time{}, ""); two.Slot != 1 {
			t.Errorf("who sat outside has moved in: %+v", two)
		}
		resize(2)
		s.takes(u[2], night.ID, "Mac", "")

		// Who moves, or is deactivated, keeps no seat.
		s.member(u[1], s.standard)
		s.renews(two, time.Time{}, "lease_ended")
		last := s.takes(u[0], night.ID, "Mac", "")
		if _, err := user.Deactivate.Do(ctx, w.Door, s.admin, user.Ref{ID: u[0]}); err != nil {
			t.Fatal(err)
		}
		s.renews(last, time.Time{}, "lease_ended")
		s.takes(u[0], night.ID, "Mac", "not_active")

		if _, err := seat.DeletePool.Do(ctx, w.Door, s.admin, seat.Deletion{PoolRef: seat.PoolRef{ID: s.standard}}); !errs.Is(err, "default_pool") {
			t.Errorf("the default pool stays: %v", err)
		}
		if _, err := seat.DeletePool.Do(ctx, w.Door, s.admin, seat.Deletion{PoolRef: seat.PoolRef{ID: night.ID}}); err != nil {
			t.Fatal(err)
		}
		if list := s.pools(); len(list) != 1 || list[0].Seats != 3 || list[0].Members != 3 || list[0].InUse != 0 {
			t.Errorf("seats and members came back to the default pool: %+v", list)
		}
		if got := s.ends(); got != "left 3, returned 1" {
			t.Errorf("how leases ended: %s", got)
		}

		// What has ended denies, and loses nothing.
		held := s.takes(u[2], s.standard, "Mac", "")
		_, err = service.ChangeSubscription.Do(ctx, w.Door, s.operator(), service.Term{ID: s.subscription, EndsOn: patch.To("2020-12-31")})
		ok(t, err)
		s.takes(u[3], s.standard, "Mac", "subscription_expired")
		s.renews(held, time.Time{}, "subscription_expired")
		if list := s.pools(); len(list) != 1 || list[0].Members != 3 || list[0].Limit != 0 {
			t.Errorf("members stay: %+v", list)
		}
	})
}

func TestNoSeatIsLeasedTwice(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		const seats, many = 5, 16
		s := sold(t, w, seats)
		people := s.people(many, s.standard)
		other := w.Another(t, func(*op.Config) {})
		var lock sync.Mutex
		holding, most, won := 0, 0, 0
		count := func(by int) {
			lock.Lock()
			defer lock.Unlock()
			if holding += by; by > 0 {
				won++
			}
			most = max(most, holding)
		}
		var all sync.WaitGroup
		for i, u := range people {
			door := w.Door
			if i%2 == 1 {
				door = other
			}
			all.Go(func() {
				for range 6 {
					l, err := seat.Acquire.Do(t.Context(), door, s.product, seat.Ask{Pool: s.standard, User: u, Device: "Mac"})
					if errs.Is(err, "no_seat") {
						continue
					}
					if err != nil {
						t.Error(err)
						return
					}
					count(1)
					if _, err := seat.Renew.Do(t.Context(), door, s.product, seat.Sign{ID: l.ID}); err != nil {
						t.Error(err)
					}
					count(-1) // before the seat is given back, so that whoever gets it next is not counted beside this one
					if _, err := seat.Return.Do(t.Context(), door, s.product, seat.LeaseRef{ID: l.ID}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if most > seats || won == 0 {
			t.Errorf("%d of %d seats were held at a time, %d leases", most, seats, won)
		}
		all = sync.WaitGroup{}
		slots := map[int]id.User{}
		for _, u := range people {
			all.Go(func() {
				l, err := s.take(u, s.standard, "Mac")
				if errs.Is(err, "no_seat") {
					return
				}
				lock.Lock()
				defer lock.Unlock()
				if before, twice := slots[l.Slot]; twice || err != nil || l.Slot > seats {
					t.Errorf("seat %d of %s is given to %s: %v", l.Slot, before, u, err)
				}
				slots[l.Slot] = u
			})
		}
		all.Wait()
		if len(slots) != seats {
			t.Errorf("%d of %d seats were given", len(slots), seats)
		}
	})
}

// Whoever is deactivated while they take a seat has none afterwards.
func TestDeactivationMeetsALease(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := sold(t, w, 12)
		people := s.people(12, s.standard)
		var all sync.WaitGroup
		for _, u := range people {
			all.Go(func() {
				for range 3 {
					_, err := s.take(u, s.standard, "Mac")
					if err != nil && !errs.Is(err, "not_active") && !errs.Is(err, "not_a_member") {
						t.Error(err)
					}
				}
			})
			all.Go(func() {
				if _, err := user.Deactivate.Do(t.Context(), w.Door, s.admin, user.Ref{ID: u}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if list := s.pools(); list[0].InUse != 0 || list[0].Members != 0 {
			t.Errorf("seats of users who were deactivated: %+v", list)
		}
	})
}

func TestSeatsByTheAPI(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := sold(t, w, 1)
		s.member(w.A.User.User.ID, s.standard)
		s.member(w.A.Admin.User.ID, s.standard)
		keyOf := func(place apptest.Place) string {
			k, err := apikey.Create.Do(t.Context(), w.Door, place.Admin.Call(place), apikey.New{Name: "all", Permissions: authz.OrganizationSet().List()})
			return must(t, k, err).Secret
		}
		product, admin, mirror := w.Client(t, s.key, seat.Routes), w.Client(t, keyOf(w.A), seat.Routes), w.Client(t, keyOf(w.B), seat.Routes)
		pool := "/organizations/alpha/seat-pools/" + string(s.standard)
		ask := fmt.Sprintf(`{"user_id": %q, "device": "Pixel 9", "ttl_seconds": 60}`, w.A.User.User.ID)
		made := product.Do("POST", pool+"/leases", ask)
		if made.Status != 201 || !strings.Contains(made.Body, `"slot":1`) || strings.Contains(made.Body, "busy_until") {
			t.Fatalf("taken: %+v", made)
		}
		if again := product.Do("POST", pool+"/leases", ask); again.Status != 200 {
			t.Errorf("again: %+v", again)
		}
		lease := "/organizations/alpha/leases/" + made.Body[strings.Index(made.Body, "lea_"):][:30]
		for _, test := range []struct {
			who                *apptest.Client
			method, path, body string
			status             int
			says               string
		}{
			{product, "POST", pool + "/leases", fmt.Sprintf(`{"user_id": %q, "device": "Mac"}`, w.A.Admin.User.ID), 409, `"details":{"free_at":`},
			{admin, "POST", pool + "/leases", fmt.Sprintf(`{"user_id": %q, "device": "Mac"}`, w.A.Admin.User.ID), 409, `"name":"` + w.A.User.User.Name()},
			{product, "POST", pool + "/leases", fmt.Sprintf(`{"user_id": %q, "device": "", "ttl_seconds": 5}`, w.A.Admin.User.ID), 422, `"ttl_seconds"`},
			{product, "POST", pool + "/leases", `{"user_id": "usr_1", "device": "Mac"}`, 404, "not_found"},
			{product, "PUT", lease, `{"busy_until": "2100-01-01T00:00:00Z"}`, 422, `"busy_until"`},
			{product, "PUT", lease, `{}`, 200, `"device":"Pixel 9"`},
			{product, "GET", pool, "", 403, "forbidden"},
			{admin, "GET", pool, "", 200, `"limit":1,"members":2,"in_use":1`},
			{admin, "GET", pool + "/leases?count=true", "", 200, `"total":1`},
			{admin, "PATCH", pool, `{"overage_percent": 100}`, 200, `"limit":2`},
			{admin, "DELETE", pool, "", 409, "default_pool"},
			{admin, "POST", "/organizations/alpha/seat-pools", `{"service": "help", "plan": "gold", "name": "A"}`, 422, `"plan"`},
			{mirror, "GET", strings.Replace(pool, "alpha", "beta", 1), "", 404, "not_found"},
			{mirror, "GET", strings.Replace(pool, "alpha", "beta", 1) + "/leases", "", 404, "not_found"},
			{mirror, "PUT", strings.Replace(lease, "alpha", "beta", 1), `{}`, 404, "not_found"},
			{mirror, "DELETE", strings.Replace(lease, "alpha", "beta", 1), "", 404, "not_found"},
			{mirror, "POST", strings.Replace(lease, "alpha", "beta", 1) + "/free", "", 404, "not_found"},
			{mirror, "GET", "/organizations/beta/seat-pools", "", 200, `"items":[]`},
			{mirror, "GET", pool, "", 404, "not_found"},
			{admin, "POST", lease + "/free", "", 204, ""},
			{product, "PUT", lease, `{}`, 409, "lease_ended"},
			{product, "DELETE", lease, "", 204, ""},
		} {
			if got := test.who.Do(test.method, test.path, test.body); got.Status != test.status || !strings.Contains(got.Body, test.says) {
				t.Errorf("%s %s %s: %d %s", test.method, test.path, test.body, got.Status, got.Body)
			}
		}
	})
}

// A user who is deleted leaves seats behind that nobody can be told from.
func TestNothingOfADeletedUserStays(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := sold(t, w, 1)
		u := s.people(1, s.standard)[0]
		s.takes(u, s.standard, "Ada's phone", "")
		for _, err := range []error{
			func() error { _, err := user.Deactivate.Do(t.Context(), w.Door, s.admin, user.Ref{ID: u}); return err }(),
			func() error { _, err := user.Delete.Do(t.Context(), w.Door, s.admin, user.Ref{ID: u}); return err }(),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		w.Put(t, w.A.Org.ID, func(tx *op.Tx) error {
			n, err := op.One[int](tx, `select count(*) from past_leases where org_id = :org and (user_id is not null or device <> '')`, nil)
			if n > 0 {
				t.Errorf("%d past leases say whose they were", n)
			}
			return err
		})
		if got := s.ends(); got != "left 1" {
			t.Errorf("that the seat was used stays: %s", got)
		}
	})
}
