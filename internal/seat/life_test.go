package seat_test

import (
	"errors"
	"flag"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"roster/internal/adduser"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/doctor"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/license"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/seat"
	"roster/internal/secret"
	"roster/internal/service"
	"roster/internal/user"
)

var lifeRuns = flag.Int("life.runs", 45, "how many organizations TestTheRulesHoldWhateverHappens lives through on SQLite; a third of them on PostgreSQL")

// life is an organization in which people come and go, work on seats, and are moved
// about, while what was bought changes.
type life struct {
	*rapid.T
	w      *apptest.World
	door   *op.Door
	call   op.Call
	n      int // of whoever came
	people []id.User
	guests []id.Invitation
	groups []id.Group
	pools  []id.SeatPool
	leases []id.Lease
	sold   map[string]id.Subscription // by plan
	busy   map[id.SeatPool]int        // how many seats were in use before the last step
	ruled  bool                       // there was an active admin
	told   map[string]int             // how often each answer was given to who asked for a seat, in all runs
}

// Random commands about people, licenses, pools and seats: after each of them every rule
// holds that the doctor knows, no pool has more leases in force than it may or had, and
// nobody was refused a seat that was free.
func TestTheRulesHoldWhateverHappens(t *testing.T) {
	for name, test := range map[string]struct {
		address func(testing.TB) string
		runs    int
	}{"sqlite": {apptest.SQLite, *lifeRuns}, "postgres": {apptest.PostgreSQL, *lifeRuns / 3}} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() {
				test.runs = min(5, test.runs)
			}
			w := apptest.New(t, test.address(t))
			door := w.Another(t, func(c *op.Config) {
				prove := c.Hooks.Actor
				c.Hooks.Actor = func(t *op.Tx, caller authz.Caller, org id.Org) (authz.Actor, error) {
					if caller.System == "life" {
						return authz.Actor{Kind: authz.OperatorKey, ID: "key_life", Permissions: authz.OperatorSet(), Reach: authz.Everywhere()}, nil
					}
					return prove(t, caller, org)
				}
			})
			operator := apptest.OperatorCall()
			_, err := service.Create.Do(t.Context(), w.Door, operator, service.New{Key: "help", Input: service.Input{Name: patch.To("Help"), LicenseRequired: patch.To(true)}})
			ok(t, err)
			for key, model := range map[string]service.Model{"desk": service.Seat, "own": service.Named} {
				_, err := service.CreatePlan.Do(t.Context(), w.Door, operator, service.NewPlan{Service: "help", Key: key, Model: model, PlanInput: service.PlanInput{Name: patch.To(key)}})
				ok(t, err)
			}
			for flagged, value := range map[string]string{"rapid.checks": fmt.Sprint(test.runs), "rapid.nofailfile": "true"} {
				ok(t, flag.Set(flagged, value))
			}
			told := map[string]int{}
			rapid.Check(t, func(r *rapid.T) {
				o, err := org.Create.Do(t.Context(), w.Door, operator, org.New{Name: "Life " + string(id.New[id.Event](time.Now()))})
				ok(t, err)
				l := &life{
					T: r, w: w, door: door, call: op.Call{By: authz.Caller{System: "life", Origin: apptest.Origin}, Org: string(o.ID)},
					sold: map[string]id.Subscription{}, busy: map[id.SeatPool]int{}, told: told,
				}
				l.buy(t, "desk", rapid.IntRange(1, 4).Draw(r, "seats"))
				for range 4 {
					l.add(t)
				}
				for range rapid.IntRange(1, 80).Draw(r, "steps") {
					l.step(t)
					l.holds(t)
				}
			})
			t.Logf("seats: %v", told)
		})
	}
}

// did reports whether a command was done; a refusal changes nothing, and everything else
// fails.
func (l *life) did(err error) bool {
	l.Helper()
	if e, refused := errors.AsType[*errs.Error](err); err != nil && (!refused || e.Kind == errs.KindInternal || e.Kind == errs.KindUnavailable) {
		l.Fatalf("%v", err)
	}
	return err == nil
}

// one is one of a list, or one that does not exist.
func one[N ~string](l *life, list []N, what string) N {
	if len(list) == 0 {
		return "none"
	}
	return rapid.SampledFrom(list).Draw(l.T, what)
}

func (l *life) step(t *testing.T) {
	switch n := rapid.IntRange(0, 99).Draw(l.T, "kind"); {
	case n < 45:
		l.work(t)
	case n < 75:
		l.persons(t)
	default:
		l.share(t)
	}
}

// work is a product's: seats are taken, renewed, returned and freed, and time goes by.
func (l *life) work(t *testing.T) {
	ctx := t.Context()
	lease := one(l, l.leases, "lease")
	switch rapid.SampledFrom([]string{"take", "take", "take", "renew", "return", "free", "time", "sweep"}).Draw(l.T, "what") {
	case "take":
		who, pool := one(l, l.people, "who"), one(l, l.pools, "pool")
		if u, err := user.Get.Do(ctx, l.door, l.call, user.Ref{ID: who}); l.did(err) && len(u.Licenses) > 0 && rapid.IntRange(0, 9).Draw(l.T, "own pool") > 0 {
			pool = u.Licenses[0].Pool
		}
		l.take(t, pool, who, rapid.SampledFrom([]string{"Mac", "Phone"}).Draw(l.T, "device"))
	case "renew":
		in := seat.Sign{ID: lease}
		if rapid.Bool().Draw(l.T, "busy") {
			in.BusyUntil = l.w.Now(t).Add(time.Hour)
		}
		_, err := seat.Renew.Do(ctx, l.door, l.call, in)
		l.did(err)
	case "return":
		_, err := seat.Return.Do(ctx, l.door, l.call, seat.LeaseRef{ID: lease})
		l.did(err)
	case "free":
		_, err := seat.Free.Do(ctx, l.door, l.call, seat.LeaseRef{ID: lease})
		l.did(err)
	case "time":
		l.w.Advance(time.Duration(rapid.IntRange(1, 20).Draw(l.T, "minutes")) * time.Minute)
	case "sweep":
		_, err := seat.Sweep.Do(ctx, l.door, op.Call{By: authz.Worker("sweeper")}, op.Nothing{})
		l.did(err)
	}
}

// take asks for a seat. It is refused for want of one exactly if all are in use.
func (l *life) take(t *testing.T, pool id.SeatPool, u id.User, device string) {
	p, err := seat.GetPool.Do(t.Context(), l.door, l.call, seat.PoolRef{ID: pool})
	there := l.did(err)
	var own []id.Lease
	if there {
		page, err := seat.Leases.Do(t.Context(), l.door, l.call, seat.LeasesInput{PoolRef: seat.PoolRef{ID: pool}, Paging: op.Paging{Limit: 100}})
		l.did(err)
		for _, h := range page.Items {
			if h.User == u {
				own = append(own, h.ID)
			}
		}
	}
	made, err := seat.Acquire.Do(t.Context(), l.door, l.call, seat.Ask{Pool: pool, User: u, Device: device})
	if e, refused := errors.AsType[*errs.Error](err); refused {
		l.told[e.Code]++
	} else {
		l.told["taken"]++
	}
	switch {
	case l.did(err):
		l.leases = append(l.leases, made.ID)
		if len(own) == 0 && p.InUse >= p.Limit {
			l.Errorf("a seat of %d was given while %d were in use", p.Limit, p.InUse)
		}
	case errs.Is(err, "no_seat") && (len(own) > 0 || p.InUse < p.Limit):
		l.Errorf("no seat was given while %d of %d were in use: %v", p.InUse, p.Limit, own)
	}
}

// persons are those who come, go, and get other roles, groups and licenses.
func (l *life) persons(t *testing.T) {
	ctx, who := t.Context(), one(l, l.people, "who")
	switch rapid.SampledFrom([]string{"add", "add", "invite", "revoke", "stop", "return", "delete", "role", "group", "seat", "seat", "own", "take"}).Draw(l.T, "what") {
	case "add":
		l.add(t)
	case "invite":
		l.n++
		r, err := invite.Create.Do(ctx, l.door, l.call, invite.Input{Emails: []string{fmt.Sprintf("p%d@life.example", l.n)}})
		if l.did(err) {
			l.guests = append(l.guests, r.Results[0].Invitation)
		}
	case "revoke":
		_, err := invite.Revoke.Do(ctx, l.door, l.call, invite.Ref{ID: one(l, l.guests, "guest")})
		l.did(err)
	case "stop":
		_, err := user.Deactivate.Do(ctx, l.door, l.call, user.Ref{ID: who})
		l.did(err)
	case "return":
		_, err := user.Activate.Do(ctx, l.door, l.call, user.Ref{ID: who})
		l.did(err)
	case "delete":
		_, err := user.Delete.Do(ctx, l.door, l.call, user.Ref{ID: who})
		l.did(err)
	case "role":
		role := rapid.SampledFrom([]id.Role{authz.RoleAdmin, authz.RoleUser}).Draw(l.T, "role")
		_, err := user.Change.Do(ctx, l.door, l.call, user.Update{ID: who, Role: patch.To(role)})
		l.did(err)
	case "group":
		_, err := user.Change.Do(ctx, l.door, l.call, user.Update{ID: who, Group: patch.To(one(l, l.groups, "group"))})
		l.did(err)
	case "seat":
		_, err := license.Assign.Do(ctx, l.door, l.call, license.Assignment{User: who, Service: "help", Plan: "desk", Pool: one(l, l.pools, "pool")})
		l.did(err)
	case "own":
		_, err := license.Assign.Do(ctx, l.door, l.call, license.Assignment{User: who, Service: "help", Plan: "own"})
		l.did(err)
	case "take":
		_, err := license.Remove.Do(ctx, l.door, l.call, license.Ref{User: who, Service: "help"})
		l.did(err)
	}
}

func (l *life) add(t *testing.T) {
	l.n++
	u, err := adduser.Add.Do(t.Context(), l.door, l.call, adduser.Input{
		Email: fmt.Sprintf("p%d@life.example", l.n), Fields: user.Fields{FirstName: patch.To("P"), LastName: patch.To(fmt.Sprint(l.n))},
		Entry: adduser.ByPassword, Password: secret.NewClear("seven quiet harbors at dawn"), AllowWaiting: rapid.Bool().Draw(l.T, "may wait"),
	})
	if l.did(err) {
		l.people = append(l.people, u.ID)
	}
}

// share is what admins and the operator do: buy, make groups and pools, and cut seats.
func (l *life) share(t *testing.T) {
	ctx, pool, seats := t.Context(), one(l, l.pools, "pool"), rapid.IntRange(0, 4).Draw(l.T, "seats")
	switch rapid.SampledFrom([]string{"buy", "buy", "make", "resize", "move", "delete", "rule", "group", "no group"}).Draw(l.T, "what") {
	case "buy":
		l.buy(t, rapid.SampledFrom([]string{"desk", "own"}).Draw(l.T, "plan"), seats+1)
	case "make":
		made, err := seat.CreatePool.Do(ctx, l.door, l.call, seat.NewPool{Service: "help", Plan: "desk", Input: seat.Input{Name: patch.To(fmt.Sprint("Pool ", len(l.pools))), Seats: patch.To(seats)}})
		if l.did(err) {
			l.pools = append(l.pools, made.ID)
		}
	case "resize":
		_, err := seat.ChangePool.Do(ctx, l.door, l.call, seat.Update{PoolRef: seat.PoolRef{ID: pool}, Input: seat.Input{Seats: patch.To(seats), Overage: patch.To(seats * 25)}})
		l.did(err)
	case "move":
		_, err := seat.MoveSeats.Do(ctx, l.door, l.call, seat.Move{PoolRef: seat.PoolRef{ID: pool}, To: one(l, l.pools, "to"), Seats: seats})
		l.did(err)
	case "delete":
		_, err := seat.DeletePool.Do(ctx, l.door, l.call, seat.Deletion{PoolRef: seat.PoolRef{ID: pool}})
		l.did(err)
	case "rule":
		choice := license.Choice{Service: "help", Plan: "own"}
		if rapid.Bool().Draw(l.T, "of a pool") {
			choice.Plan, choice.Pool = "desk", pool
		}
		_, err := license.SetDefault.Do(ctx, l.door, l.call, choice)
		l.did(err)
	case "group":
		made, err := group.Create.Do(ctx, l.door, l.call, group.Input{Name: patch.To(fmt.Sprint("Group ", len(l.groups)))})
		if l.did(err) {
			l.groups = append(l.groups, made.ID)
		}
	case "no group":
		_, err := group.Delete.Do(ctx, l.door, l.call, group.Removal{ID: one(l, l.groups, "group"), To: one(l, l.groups, "to")})
		l.did(err)
	}
}

// buy sells so many of a plan: more or fewer than before. The default pool comes with
// the first seats.
func (l *life) buy(t *testing.T, plan string, n int) {
	ctx := t.Context()
	if known := l.sold[plan]; known != "" {
		_, err := service.ChangeSubscription.Do(ctx, l.door, l.call, service.Term{ID: known, Quantity: patch.To(n)})
		l.did(err)
		return
	}
	s, err := service.Subscribe.Do(ctx, l.door, l.call, service.NewSubscription{Service: "help", Plan: plan, Quantity: n})
	if !l.did(err) {
		return
	}
	l.sold[plan] = s.ID
	if plan == "desk" {
		list, err := seat.ListPools.Do(ctx, l.door, l.call, op.Nothing{})
		l.did(err)
		l.pools = append(l.pools, list.Items[0].ID)
	}
}

// holds examines everything, and counts the leases of each pool.
func (l *life) holds(t *testing.T) {
	r, err := doctor.Examine.Do(t.Context(), l.door, op.Call{By: authz.Worker("doctor")}, op.Nothing{})
	l.did(err)
	for _, f := range r.Findings {
		l.Errorf("%s breaks the rule: %s", f.What, f.Rule)
	}
	l.w.Put(t, id.Org(l.call.Org), func(t *op.Tx) error {
		admins, err := op.One[int](t, `select count(*) from users where org_id = :org and role_id = 'rol_admin' and state = 'active'`, nil)
		if l.ruled && admins == 0 {
			l.Errorf("the last admin is gone")
		}
		l.ruled = admins > 0
		return err
	})
	list, err := seat.ListPools.Do(t.Context(), l.door, l.call, op.Nothing{})
	l.did(err)
	for _, p := range list.Items {
		if p.InUse > max(p.Limit, l.busy[p.ID]) {
			l.Errorf("%d of %d seats are in use, %d before", p.InUse, p.Limit, l.busy[p.ID])
		}
		l.busy[p.ID] = p.InUse
	}
}
