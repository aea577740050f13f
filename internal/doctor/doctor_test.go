package doctor_test

import (
	"slices"
	"strings"
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/doctor"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/service"
)

func examine(t *testing.T, w *apptest.World) []string {
	t.Helper()
	r, err := doctor.Examine.Do(t.Context(), w.Door, op.Call{By: authz.Worker("doctor")}, op.Nothing{})
	if err != nil {
		t.Fatal(err)
	}
	var broken []string
	for _, f := range r.Findings {
		if f.Org != w.A.Org.ID {
			t.Errorf("found in an organization that is well: %+v", f)
		}
		broken = append(broken, f.Rule)
	}
	slices.Sort(broken)
	return slices.Compact(broken)
}

// Each rule is broken past the door, and found.
func TestEveryRuleFindsWhatBreaksIt(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		if found := examine(t, w); len(found) > 0 {
			t.Fatalf("in a world that is well: %v", found)
		}
		ctx, operator := t.Context(), apptest.OperatorCall()
		for _, key := range []string{"desk", "line"} {
			if _, err := service.Create.Do(ctx, w.Door, operator, service.New{Key: key, Input: service.Input{Name: patch.To(key)}}); err != nil {
				t.Fatal(err)
			}
			if _, err := service.CreatePlan.Do(ctx, w.Door, operator, service.NewPlan{Service: key, Key: "one", Model: map[string]service.Model{"desk": service.Seat, "line": service.Named}[key], PlanInput: service.PlanInput{Name: patch.To("One")}}); err != nil {
				t.Fatal(err)
			}
			call := operator
			call.Org = string(w.A.Org.ID)
			if _, err := service.Subscribe.Do(ctx, w.Door, call, service.NewSubscription{Service: key, Plan: "one", Quantity: 2, StartsOn: "2020-01-01"}); err != nil {
				t.Fatal(err)
			}
		}
		args := op.Args{"user": w.A.User.User.ID, "now": w.Now(t), "never": w.Now(t).Add(1e12)}
		tested := map[string]bool{}
		for _, breaks := range []struct{ rule, do, undo string }{
			{"the licenses of a plan are as many as are counted", `insert into license_counts (org_id, service, plan, held) values (:org, 'line', 'one', 7)`,
				`delete from license_counts where org_id = :org and held = 7`},
			{"the members of a pool are as many as are counted", `insert into pool_counts (org_id, pool_id, members) select org_id, id, 7 from seat_pools where org_id = :org`,
				`delete from pool_counts where org_id = :org and members = 7`},
			{"a license of a seat plan is in a pool of the plan, and no other is in one", `insert into licenses (org_id, user_id, service, plan, held, manual, since) values (:org, :user, 'desk', 'one', false, false, :now)`,
				`delete from licenses where org_id = :org`},
			{"each seat plan that was bought has one default pool", `update seat_pools set is_default = false where org_id = :org`,
				`update seat_pools set is_default = true where org_id = :org`},
			{"who has a seat is an active member of its pool", `insert into seats (org_id, pool_id, slot, lease_id, user_id, device, ttl, started_at, expires_at)
				select org_id, id, 1, 'lea_1', :user, '', 60, :now, :never from seat_pools where org_id = :org`, ``},
			{"a lease is on one seat, and has not ended", `insert into past_leases (org_id, id, pool_id, service, plan, group_id, device, started_at, ended_at, reason)
				values (:org, 'lea_1', 'pol_1', 'desk', 'one', 'grp_1', '', :now, :now, 'returned')`, `delete from past_leases where org_id = :org`},
			{"a seat has a lease and a user, or neither", `update seats set user_id = null where org_id = :org`, `delete from seats where org_id = :org`},
			{"an active user has a license where one is required", `-- across organizations: a test
				update services set license_required = true where key = 'line'`, `-- across organizations: a test
				update services set license_required = false where key = 'line'`},
			{"only active users have sessions", `update users set state = 'deactivated' where org_id = :org and id = :user`,
				`update users set state = 'active' where org_id = :org and id = :user`},
			{"who has not joined has no password", `update users set state = 'pending', password = 'x' where org_id = :org and id = :user`,
				`update users set state = 'active', password = '' where org_id = :org and id = :user`},
			{"", `update users set state = 'deactivated' where org_id = :org and id = :user`, ``},
			{"only those who are, or are to become, active have a license", `insert into licenses (org_id, user_id, service, plan, held, manual, since)
				select org_id, id, 'line', 'one', true, false, :now from users where org_id = :org and id = :user`, ``},
			{"only invited people have an invitation", `insert into invitations (org_id, id, user_id, email_key, invited_by, invited_by_name, message, language, letter_id, reminders, created_at, sent_at, expires_at, version)
				values (:org, 'inv_1', :user, '', '', '', '', 'en', '', 0, :now, :now, :now, 1)`, `delete from invitations where org_id = :org`},
			{"everybody is found by search", `-- across organizations: a test
				delete from user_words where rowid = (select seq from users where org_id = :org and id = :user)`, ``},
			{"one group of an organization is the default one", `update groups set is_default = false where org_id = :org`,
				`update groups set is_default = true where org_id = :org`},
		} {
			write := func(sql string) {
				t.Helper()
				if sql == "" {
					return
				}
				some := op.Args{}
				for name, value := range args {
					if strings.Contains(sql, ":"+name) {
						some[name] = value
					}
				}
				w.Put(t, w.A.Org.ID, func(t *op.Tx) error {
					_, err := t.Exec(sql, some)
					return err
				})
			}
			before := examine(t, w)
			write(breaks.do)
			found := examine(t, w)
			if breaks.rule != "" && (slices.Contains(before, breaks.rule) || !slices.Contains(found, breaks.rule)) {
				t.Errorf("%s: found %v before and %v after", breaks.rule, before, found)
			}
			write(breaks.undo)
			tested[breaks.rule] = breaks.rule != ""
		}
		if r, err := doctor.Examine.Do(ctx, w.Door, op.Call{By: authz.Worker("doctor")}, op.Nothing{}); err != nil || len(tested) != r.Rules+1 {
			t.Errorf("%d of %d rules were broken here, %v", len(tested)-1, r.Rules, err)
		}
	})
}
