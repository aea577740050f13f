package seat_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"roster/internal/apikey"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/seat"
)

func (s *stage) usage(pool id.SeatPool, days int) seat.Usage {
	s.Helper()
	u, err := seat.GetUsage.Do(s.Context(), s.w.Door, s.w.A.Admin.Call(s.w.A), seat.UsageInput{PoolRef: seat.PoolRef{ID: pool}, Days: days})
	return must(s, u, err)
}

// again signs the admin in anew: their session has ended while the clock was moved.
func (s *stage) again() {
	s.Helper()
	s.w.A.Admin = s.w.Person(s, s.w.A.Org, "Ann", "Again", string(id.New[id.User](s.w.Now(s)))+"@alpha.example", authz.RoleAdmin)
	s.admin = s.w.A.Admin.Call(s.w.A)
}

func TestUsageTellsOfPeaksAndOfWhoWasTurnedAway(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := sold(t, w, 2)
		u := s.people(4, s.standard)
		// To noon of the next day, so that no step of this test crosses midnight.
		w.Advance(36*time.Hour - w.Now(t).UTC().Sub(w.Now(t).UTC().Truncate(24*time.Hour)))
		s.again()
		used := w.Now(t).UTC()
		one, two := s.takes(u[0], s.standard, "Mac", ""), s.takes(u[1], s.standard, "Mac", "")
		for range 3 { // trying again is no other wish
			s.takes(u[2], s.standard, "Mac", "no_seat")
			w.Advance(time.Minute)
		}
		s.takes(u[3], s.standard, "Mac", "no_seat")
		w.Advance(time.Second)
		if got := s.usage(s.standard, 1); len(got.Items) != 1 || got.Peak != 2 || got.TurnedAway != 2 || got.Sufficient != 4 || got.FullDays != 1 || got.Full != 181 {
			t.Errorf("while two are turned away: %+v", got)
		}
		w.Advance(time.Minute)
		s.returns(one, "")
		s.takes(u[2], s.standard, "Mac", "") // wishes no more
		w.Advance(time.Minute)
		s.returns(two, "")
		s.again()
		today := s.usage(s.standard, 30)
		if n := len(today.Items); n != 2 || today.Sufficient != 4 || today.Items[n-1].Peak != 2 || today.Items[n-1].Seats != 2 || today.TurnedAway != 2 || today.Full != 301 {
			t.Errorf("from its making on: %+v", today)
		}

		// A day that is over is written down: what becomes of the pool does not change it.
		w.Advance(24 * time.Hour)
		for range 2 {
			_, err := seat.Sweep.Do(t.Context(), w.Door, op.Call{By: authz.Worker("sweeper")}, op.Nothing{})
			ok(t, err)
		}
		s.again()
		if _, err := seat.ChangePool.Do(t.Context(), w.Door, s.admin, seat.Update{PoolRef: seat.PoolRef{ID: s.standard}, Input: seat.Input{Overage: patch.To(100)}}); err != nil {
			t.Fatal(err)
		}
		later := s.usage(s.standard, 30)
		if n := len(later.Items); n != 3 || later.Items[1].Peak != 2 || later.Items[1].Limit != 2 || later.Items[1].TurnedAway != 2 || later.Items[1].Demand != 4 || later.Items[2].Limit != 4 || later.Items[2].Peak != 0 {
			t.Errorf("the day after: %+v", later)
		}
		other := w.Person(t, w.B.Org, "Bo", "Again", "again@beta.example", authz.RoleAdmin).Call(w.B)
		report := func(by op.Call, month time.Time) []seat.Used {
			t.Helper()
			m, err := seat.Report.Do(t.Context(), w.Door, by, seat.ReportInput{Month: month.UTC().Format("2006-01")})
			return must(t, m, err).Items
		}
		if got := report(s.admin, used); len(got) != 1 || got[0].Users != 7 || got[0].Leases != 3 || got[0].Seconds < 241+301+900 || got[0].Seconds > 1445 || got[0].GroupName == "" {
			t.Errorf("the month: %+v", got)
		}
		if got := report(s.admin, used.AddDate(0, -2, 0)); len(got) != 1 || got[0].Users != 7 || got[0].Leases != 0 || got[0].Seconds != 0 {
			t.Errorf("two months before: %+v", got)
		}
		if got := report(other, used); len(got) != 0 {
			t.Errorf("another organization's: %+v", got)
		}
		for _, wrong := range []string{"2026-13", "2999-01", "now"} {
			_, err := seat.Report.Do(t.Context(), w.Door, s.admin, seat.ReportInput{Month: wrong})
			s.says(wrong, err, "validation_failed")
		}
		key, err := apikey.Create.Do(t.Context(), w.Door, s.admin, apikey.New{Name: "Books", Permissions: []authz.Permission{authz.LicensesView}})
		ok(t, err)
		sheet := w.Client(t, key.Secret, seat.Routes).Do("GET", fmt.Sprintf("/organizations/%s/licenses/usage?month=%s", w.A.Org.ID, used.Format("2006-01")), "", "Accept", "text/csv")
		if lines := strings.Split(sheet.Body, "\n"); len(lines) != 3 || !strings.HasPrefix(lines[0], "month,group_id,group,") || !strings.HasSuffix(lines[1], ",help,support,Help Support,seat,7,3,0.40") {
			t.Errorf("as a table:\n%s", sheet.Body)
		}
		if _, err := seat.GetUsage.Do(t.Context(), w.Door, s.admin, seat.UsageInput{PoolRef: seat.PoolRef{ID: s.standard}, Days: 367}); err == nil {
			t.Error("more than a year of days")
		}
		if _, err := seat.GetUsage.Do(t.Context(), w.Door, other, seat.UsageInput{PoolRef: seat.PoolRef{ID: s.standard}}); err == nil {
			t.Error("another organization sees the usage")
		}
	})
}
