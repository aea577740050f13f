package seat_test

import (
	"strings"
	"testing"
	"time"

	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/license"
	"roster/internal/patch"
	"roster/internal/people"
	"roster/internal/seat"
)

func TestAnAdminSharesSeatsOutInThePortal(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := sold(t, w, 5)
		b := w.Browser(t, license.Pages, seat.Pages).As(w.A.Admin, w.A)
		const pools = "/o/alpha/licenses/pools"
		if page := b.Get("/o/alpha/licenses"); !page.Has("Seat pools", "Default Seat Pool", "Help Support", "1 pool, 0 members") {
			t.Errorf("the overview: %+v", page)
		}
		if page := b.Get(pools + "/new"); !page.Has("Help Support (5 seats left)") {
			t.Errorf("the form: %+v", page)
		}
		fields := func(name, seats, minutes string) []string {
			return []string{"plan", "help/support", "name", name, "seats", seats, "sign_out_after_seconds", minutes, "second_device", "take_over", "overage_percent", "0"}
		}
		for _, wrong := range []struct {
			fields []string
			says   []string
		}{
			{fields("Night", "six", "0"), []string{"Enter a number from 0 to 1000000.", "Enter a number of minutes from 1 to 1,440.", `value="six"`, `value="Night"`}},
			{fields("Night", "6", "15"), []string{"The pool Default Seat Pool has 5 seats left, and 6 more are asked for."}},
			{fields("default seat POOL", "1", "15"), []string{"Another pool of the plan has this name."}},
		} {
			if page := b.Post(pools, wrong.fields...); page.Status != 422 || !page.Has(wrong.says...) {
				t.Errorf("%v: %+v", wrong.fields, page)
			}
		}
		page := b.Follow(b.Post(pools, fields("Night", "2", "1.5")...))
		if !page.Has("Night", "2 seats of Help Support, 0 members, sign-out after 1.5 min without activity.", "In use now: 0 of 2", "Nobody has a seat at this moment.") {
			t.Fatalf("made: %+v", page)
		}
		night := s.pools()[1]
		own := pools + "/" + string(night.ID)

		u := s.people(3, night.ID)
		first := s.takes(u[0], night.ID, "Tablet", "")
		s.renews(s.takes(u[1], night.ID, "Mac", ""), w.Now(t).Add(time.Hour), "")
		s.takes(u[2], night.ID, "Mac", "no_seat")
		w.Advance(65 * time.Second)
		if page := b.Get(own); !page.Has("In use now: 2 of 2", "P N0", "Tablet", "Idle 1 min, signed out in 1", "Busy until", "1 more seat would have served everyone.", "Move seats from another pool…", "1 person was turned away.") &&
			!page.Has("Move 1 seat from Default Seat Pool…") {
			t.Errorf("in use: %+v", page)
		}
		users := w.Browser(t, people.Pages).As(w.A.Admin, w.A)
		if page := users.Get("/o/alpha/users?pool=" + string(night.ID)); !page.Has("P N0", "P N2", "Help Support", "Seats in use now", "in 2 pools, 3 members") || page.Has(w.A.User.User.Email) {
			t.Errorf("the members: %+v", page)
		}
		if page := users.Get("/o/alpha/users?license_model=named"); page.Has("P N0") || page.Status != 200 {
			t.Errorf("who has a license of their own: %+v", page)
		}
		if page := users.Get("/o/alpha/users?license_model=seat"); !page.Has("P N0") || page.Has(w.A.User.User.Email) {
			t.Errorf("who shares seats: %+v", page)
		}
		if page := users.Get("/o/alpha/users?license_model=free"); page.Status != 400 {
			t.Errorf("an unknown model: %+v", page)
		}
		if page := users.Get("/o/alpha/users/" + string(u[0])); !page.Has("Help Support", "pool Night") {
			t.Errorf("the card: %+v", page)
		}
		if page := b.Get(own + "/move"); !page.Has("Move seats to Night?", "Default Seat Pool (3 seats)", `value="1"`) {
			t.Errorf("moving: %+v", page)
		}
		if page := b.Post(own+"/move", "from", string(s.standard), "seats", "4"); page.Status != 422 || !page.Has("Enter a number from 1 to 3.", `value="4"`) {
			t.Errorf("more than there are: %+v", page)
		}
		if page := b.Follow(b.Post(own+"/move", "from", string(s.standard), "seats", "1")); !page.Has("Night has 1 seat more.", "In use now: 2 of 3") {
			t.Errorf("moved: %+v", page)
		}
		free := own + "/leases/" + string(first.ID) + "/free"
		if page := b.Get(free); !page.Has("Free the seat of P N0?", "Tablet") {
			t.Errorf("freeing: %+v", page)
		}
		if page := b.Follow(b.Post(free)); !page.Has("The seat is free.", "In use now: 1 of 3") {
			t.Errorf("freed: %+v", page)
		}

		edit := b.Get(own + "/edit")
		if !edit.Has(`value="Night"`, `value="1.5"`) {
			t.Errorf("the form: %+v", edit)
		}
		change := append(fields("Late", "3", "1.5"), "version", "1")
		if page := b.Post(own+"/edit", change...); page.Status != 412 || !page.Has("Somebody changed the pool meanwhile.", `value="Late"`) {
			t.Errorf("an old version: %+v", page)
		}
		change[len(change)-1] = "2"
		if page := b.Follow(b.Post(own+"/edit", change...)); !page.Has("The pool Late has been saved.") {
			t.Errorf("saved: %+v", page)
		}
		if page := b.Get(own + "/delete"); !page.Has("Delete the pool Late?", "Its 3 seats go to the default pool.", "1 person works on one now", "Move 3 members to") {
			t.Errorf("deletion: %+v", page)
		}
		if page := b.Post(own+"/delete", "move_to", "pol_1"); page.Status != 422 || !page.Has("There is no such pool of this plan.") {
			t.Errorf("into an unknown pool: %+v", page)
		}
		if page := b.Follow(b.Post(own+"/delete", "move_to", string(s.standard))); !page.Has("The pool Late has been deleted.", "1 pool, 3 members") {
			t.Errorf("deleted: %+v", page)
		}
		if sheet := b.Get("/o/alpha/licenses/usage.csv"); !strings.HasPrefix(sheet.Body, "month,group_id,") || !sheet.Has(",seat,3,2,") {
			t.Errorf("the report: %+v", sheet)
		}
		standard := pools + "/" + string(s.standard)
		if page := w.Browser(t, seat.Pages).As(w.B.Admin, w.B).Get("/o/beta/licenses/pools/" + string(s.standard)); page.Status != 404 {
			t.Errorf("another organization: %+v", page)
		}
		for _, path := range []string{standard, standard + "/edit", pools + "/new", "/o/alpha/licenses/usage.csv"} {
			if page := w.Browser(t, seat.Pages).As(w.A.User, w.A).Get(path); page.Status != 404 && page.Status != 403 {
				t.Errorf("a user without the permission: %+v", page)
			}
		}
	})
}

func TestSeatsMoveBetweenPools(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := sold(t, w, 10)
		pool := func(name string, seats int) seat.Pool {
			t.Helper()
			made, err := seat.CreatePool.Do(t.Context(), w.Door, s.admin, seat.NewPool{Service: "help", Plan: "support", Input: seat.Input{Name: patch.To(name), Seats: patch.To(seats)}})
			return must(t, made, err)
		}
		day, night := pool("Day", 4), pool("Night", 1)
		move := func(from, to seat.Pool, n int, code string, want ...int) {
			t.Helper()
			_, err := seat.MoveSeats.Do(t.Context(), w.Door, s.admin, seat.Move{PoolRef: seat.PoolRef{ID: from.ID}, To: to.ID, Seats: n})
			s.says("move", err, code)
			for i, p := range s.pools() {
				if code == "" && p.Seats != want[i] {
					t.Errorf("%s has %d seats instead of %d", p.Name, p.Seats, want[i])
				}
			}
		}
		standard := s.pools()[0]
		w.Advance(time.Millisecond) // after the pools were made
		since := w.Now(t)
		move(day, night, 3, "", 5, 1, 4)
		move(standard, day, 5, "", 0, 6, 4)
		move(night, standard, 4, "", 4, 6, 0)
		move(night, standard, 1, "validation_failed")
		move(day, day, 1, "validation_failed")
		move(day, standard, 0, "validation_failed")
		move(day, standard, -1, "validation_failed")
		move(seat.Pool{ID: "pol_1"}, standard, 1, "not_found")
		var names []string
		for _, e := range w.Events(t, w.A.Org.ID, since) {
			names = append(names, e.Name)
		}
		if got := strings.Join(names, ", "); got != "seat_pool.updated, seat_pool.updated, seat_pool.updated, seat_pool.updated" {
			t.Errorf("recorded %s", got)
		}
		if _, err := seat.MoveSeats.Do(t.Context(), w.Door, w.B.Admin.Call(w.B), seat.Move{PoolRef: seat.PoolRef{ID: day.ID}, To: night.ID, Seats: 1}); err == nil {
			t.Error("another organization moves seats")
		}
		viewer := w.Person(t, w.A.Org, "Vi", "Ewer", "vi@alpha.example", authz.RoleUser)
		if _, err := seat.MoveSeats.Do(t.Context(), w.Door, viewer.Call(w.A), seat.Move{PoolRef: seat.PoolRef{ID: day.ID}, To: night.ID, Seats: 1}); err == nil {
			t.Error("a user moves seats")
		}
	})
}
