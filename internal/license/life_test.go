package license_test

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"roster/internal/adduser"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/license"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/service"
	"roster/internal/user"
)

// tallied is one row: what of a plan was bought, how many rows hold it, and how
// many the organization believes that do.
type tallied struct {
	Plan    string `db:"plan"`
	Held    int    `db:"held"`
	Counted int    `db:"counted"`
}

// life is an organization in which licenses come and go.
type life struct {
	w       *apptest.World
	door    *op.Door
	call    op.Call
	bought  map[string]int
	sold    map[string]id.Subscription
	people  []id.User
	invited int
	held    map[string]int // before the last step
}

// Random sales, arrivals, departures and assignments: after each of them the
// rules of licenses hold, counted anew from the rows.
func TestTheRulesOfLicensesHoldWhateverHappens(t *testing.T) {
	for name, test := range map[string]struct {
		address func(testing.TB) string
		runs    int
	}{"sqlite": {apptest.SQLite, 60}, "postgres": {apptest.PostgreSQL, 12}} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() {
				test.runs = 10
			}
			w := apptest.New(t, test.address(t))
			// Whoever acts may do everything in the organization that is named, and is nobody of it.
			door := w.Another(t, func(c *op.Config) {
				prove := c.Hooks.Actor
				c.Hooks.Actor = func(t *op.Tx, caller authz.Caller, org id.Org) (authz.Actor, error) {
					if caller.System == "life" {
						return authz.Actor{Kind: authz.OperatorKey, ID: "key_life", Permissions: authz.OperatorSet(), Reach: authz.Everywhere()}, nil
					}
					return prove(t, caller, org)
				}
			})
			sell(t, w, true, map[string]int{"basic": 0, "pro": 0})
			for _, set := range []struct{ name, value string }{{"rapid.checks", fmt.Sprint(test.runs)}, {"rapid.nofailfile", "true"}} {
				if err := flag.Set(set.name, set.value); err != nil {
					t.Fatal(err)
				}
			}
			rapid.Check(t, func(r *rapid.T) {
				o, err := org.Create.Do(t.Context(), w.Door, apptest.OperatorCall(), org.New{Name: "Life " + string(id.New[id.Event](time.Now()))})
				if err != nil {
					r.Fatal(err)
				}
				l := &life{w: w, door: door, call: op.Call{By: authz.Caller{System: "life", Origin: apptest.Origin}, Org: string(o.ID)}, bought: map[string]int{}, sold: map[string]id.Subscription{}, held: map[string]int{}}
				for range rapid.IntRange(1, 25).Draw(r, "steps") {
					l.step(t, r)
					l.holds(t, r)
				}
			})
		})
	}
}

// may fails for every error but refusals, which change nothing.
func may(r *rapid.T, err error) bool {
	if err == nil {
		return true
	}
	for _, code := range []string{"no_license", "license_required", "licenses_needed", "not_found", "last_admin", "already_deactivated", "not_deactivated", "invited", "validation_failed"} {
		if errs.Is(err, code) {
			return false
		}
	}
	r.Fatalf("%v", err)
	return false
}

func (l *life) step(t *testing.T, r *rapid.T) {
	ctx, door := t.Context(), l.door
	plan := rapid.SampledFrom([]string{"basic", "pro"}).Draw(r, "plan")
	somebody := id.User("usr_none")
	if len(l.people) > 0 {
		somebody = rapid.SampledFrom(l.people).Draw(r, "somebody")
	}
	switch rapid.SampledFrom([]string{"sell", "add", "add", "activation", "stop", "return", "assign", "take", "delete", "rule"}).Draw(r, "what") {
	case "sell":
		n := rapid.IntRange(1, 4).Draw(r, "quantity")
		if l.sold[plan] == "" {
			s, err := service.Subscribe.Do(ctx, door, l.call, service.NewSubscription{Service: "fax", Plan: plan, Quantity: n})
			if may(r, err) {
				l.sold[plan], l.bought[plan] = s.ID, n
			}
			return
		}
		_, err := service.ChangeSubscription.Do(ctx, door, l.call, service.Term{ID: l.sold[plan], Quantity: patch.To(n)})
		if may(r, err) {
			l.bought[plan] = n
		}
	case "add", "activation":
		l.invited++
		in := adduser.Input{Email: fmt.Sprintf("p%d@life.example", l.invited), Fields: user.Fields{FirstName: patch.To("P"), LastName: patch.To(fmt.Sprint(l.invited))}, Entry: adduser.ByFederation}
		in.AllowWaiting = rapid.Bool().Draw(r, "allow waiting")
		if rapid.Bool().Draw(r, "chosen") {
			in.Licenses = []license.Wish{{Service: "fax", Plan: plan}}
		}
		u, err := adduser.Add.Do(ctx, door, l.call, in)
		if may(r, err) {
			l.people = append(l.people, u.ID)
		}
	case "stop":
		_, err := user.Deactivate.Do(ctx, door, l.call, user.Ref{ID: somebody})
		may(r, err)
	case "return":
		_, err := user.Activate.Do(ctx, door, l.call, user.Ref{ID: somebody})
		may(r, err)
	case "delete":
		_, err := user.Delete.Do(ctx, door, l.call, user.Ref{ID: somebody})
		may(r, err)
	case "assign":
		_, err := license.Assign.Do(ctx, door, l.call, license.Assignment{User: somebody, Service: "fax", Plan: plan})
		may(r, err)
	case "take":
		_, err := license.Remove.Do(ctx, door, l.call, license.Ref{User: somebody, Service: "fax"})
		may(r, err)
	case "rule":
		_, err := license.SetDefault.Do(ctx, door, l.call, license.Choice{Service: "fax", Plan: plan})
		may(r, err)
	}
}

// holds counts everything anew, and compares.
func (l *life) holds(t *testing.T, r *rapid.T) {
	l.w.Put(t, id.Org(l.call.Org), func(t *op.Tx) error {
		rows, err := op.All[tallied](t, `select p.key as plan, coalesce(c.held, 0) as counted,
				(select count(*) from licenses l where l.org_id = :org and l.service = p.service and l.plan = p.key and l.held) as held
			from plans p left join license_counts c on c.org_id = :org and c.service = p.service and c.plan = p.key`, nil)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if row.Held != row.Counted {
				r.Errorf("%s: %d rows, %d counted", row.Plan, row.Held, row.Counted)
			}
			if most := max(l.bought[row.Plan], l.held[row.Plan]); row.Held > most {
				r.Errorf("%s: %d held of %d bought, %d before", row.Plan, row.Held, l.bought[row.Plan], l.held[row.Plan])
			}
			l.held[row.Plan] = row.Held
		}
		for _, rule := range []struct{ what, sql string }{
			{"active without a license", `select count(*) from users u where u.org_id = :org and u.state = 'active'
				and exists (select 1 from subscriptions b where b.org_id = :org)
				and not exists (select 1 from licenses l where l.org_id = :org and l.user_id = u.id and l.held)`},
			{"a license held by somebody who is not there", `select count(*) from licenses l join users u on u.org_id = l.org_id and u.id = l.user_id
				where l.org_id = :org and l.held and u.state = 'deactivated'`},
			{"waiting with a license", `select count(*) from users u where u.org_id = :org and u.state = 'waiting'
				and exists (select 1 from licenses l where l.org_id = :org and l.user_id = u.id and l.held)`},
		} {
			n, err := op.One[int](t, rule.sql, nil)
			if err != nil {
				return err
			}
			if n > 0 {
				r.Errorf("%d %s", n, rule.what)
			}
		}
		idle, err := op.One[int](t, `select count(*) from licenses l join users u on u.org_id = l.org_id and u.id = l.user_id
			join license_counts c on c.org_id = :org and c.service = l.service and c.plan = l.plan
			where l.org_id = :org and not l.held and u.state in ('waiting', 'active')
				and c.held < (select coalesce(sum(b.quantity), 0) from subscriptions b where b.org_id = :org and b.plan = l.plan)`, nil)
		if err == nil && idle > 0 {
			r.Errorf("%d wait for what is free", idle)
		}
		return err
	})
}
