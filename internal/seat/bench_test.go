package seat_test

import (
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/seat"
)

// BenchmarkTakeAndReturn takes a seat of a pool of 1,000 and returns it, at the door.
func BenchmarkTakeAndReturn(b *testing.B) {
	for name, address := range map[string]func(testing.TB) string{"sqlite": apptest.SQLite, "postgres": apptest.PostgreSQL} {
		b.Run(name, func(b *testing.B) {
			s := sold(b, apptest.New(b, address(b)), 1000)
			u := s.people(20, s.standard)
			i := 0
			for b.Loop() {
				l, err := s.take(u[i%len(u)], s.standard, "Mac")
				ok(b, err)
				_, err = seat.Return.Do(b.Context(), s.w.Door, s.product, seat.LeaseRef{ID: l.ID})
				ok(b, err)
				i++
			}
		})
	}
}
