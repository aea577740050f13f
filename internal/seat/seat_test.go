package seat

import (
	"testing"
	"time"

	"roster/internal/errs"
	"roster/internal/patch"
)

func TestThePoolsShareWhatWasBought(t *testing.T) {
	for _, test := range []struct {
		name          string
		pool          Pool
		bought, taken int
		seats, limit  int
	}{
		{"the default pool has what is left", Pool{Default: true}, 20, 12, 8, 8},
		{"and nothing, if nothing is", Pool{Default: true}, 10, 12, 0, 0},
		{"another one has what it asks for", Pool{Seats: 5}, 20, 12, 5, 5},
		{"as far as it was bought", Pool{Seats: 5}, 14, 12, 5, 2},
		{"or not at all", Pool{Seats: 5}, 0, 0, 5, 0},
		{"overage is rounded down", Pool{Seats: 5, Overage: 30}, 20, 0, 5, 6},
		{"the default one can have some, too", Pool{Default: true, Overage: 100}, 3, 0, 3, 6},
	} {
		if got := test.pool.reckoned(test.bought, test.taken); got.Seats != test.seats || got.Limit != test.limit {
			t.Errorf("%s: %d seats, limit %d", test.name, got.Seats, got.Limit)
		}
	}
}

func TestALeaseLivesFromItsLastSignOfLife(t *testing.T) {
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name          string
		busy, expires time.Time
		keeps         bool
	}{
		{"active", time.Time{}, now.Add(5 * time.Minute), false},
		{"busy: the clock starts when that ends", now.Add(time.Hour), now.Add(65 * time.Minute), true},
		{"busy until before now is not busy", now.Add(-time.Hour), now.Add(5 * time.Minute), false},
	} {
		l := Lease{ID: "lea_1", TTL: 300}.renewed(now, test.busy)
		if !l.ExpiresAt.Equal(test.expires) || l.BusyUntil.IsZero() == test.keeps {
			t.Errorf("%s: expires %v, busy until %v", test.name, l.ExpiresAt, l.BusyUntil)
		}
		if !l.inForce(l.ExpiresAt.Add(-time.Millisecond)) || l.inForce(l.ExpiresAt) {
			t.Errorf("%s: it is in force up to its end, and no longer", test.name)
		}
	}
}

func TestWhatAPoolCanBe(t *testing.T) {
	for _, test := range []struct {
		name  string
		in    Input
		of    Pool
		wrong string // fields, with their codes
	}{
		{"a name is enough", Input{Name: patch.To("EMEA")}, Pool{}, ""},
		{"a name is needed", Input{}, Pool{}, "name required"},
		{"and must be seen", Input{Name: patch.To(" \t ")}, Pool{}, "name required"},
		{"no negative seats", Input{Name: patch.To("a"), Seats: patch.To(-1)}, Pool{}, "seats out_of_range"},
		{"the default pool's are not set", Input{Seats: patch.To(3)}, Pool{Name: "d", Default: true}, "seats not_wanted"},
		{"half a minute is too short", Input{SignOutAfter: patch.To(30)}, Pool{Name: "d"}, "sign_out_after_seconds out_of_range"},
		{"twice the seats at most", Input{Overage: patch.To(101)}, Pool{Name: "d"}, "overage_percent out_of_range"},
		{"two ways with a second device", Input{SecondDevice: patch.To(SecondDevice("both"))}, Pool{Name: "d"}, "second_device unknown_value"},
	} {
		_, err := test.in.apply(test.of)
		got := ""
		if e, ok := err.(*errs.Error); ok {
			for _, f := range e.Fields {
				got += f.Field + " " + f.Code
			}
		}
		if got != test.wrong {
			t.Errorf("%s: %q instead of %q", test.name, got, test.wrong)
		}
	}
}
