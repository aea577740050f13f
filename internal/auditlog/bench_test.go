package auditlog_test

import (
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/auditlog"
	"roster/internal/op"
)

// big is how many events the benchmarks work on.
const big = 100_000

// bigWorld has them in organization A, not sealed.
func bigWorld(b *testing.B) *apptest.World {
	b.Helper()
	w := apptest.New(b, apptest.SQLite(b))
	for range big / 5000 {
		write(b, w, w.A.Admin.Call(w.A), 5000, w.A.User.User.Subject())
	}
	return w
}

func BenchmarkSeal(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		w := bigWorld(b)
		b.StartTimer()
		seal(b, w)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*big), "µs/event")
}

func BenchmarkVerify(b *testing.B) {
	w := bigWorld(b)
	seal(b, w)
	for b.Loop() {
		if r := verify(b, w, w.A.Admin.Call(w.A), ""); !r.OK || r.Checked != big+3 {
			b.Fatalf("%+v, first broken %+v", r, r.FirstBroken)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*big), "µs/event")
}

func BenchmarkList(b *testing.B) {
	w := bigWorld(b)
	for name, f := range map[string]auditlog.Filter{
		"newest": {}, "search_without_match": {Search: "nobody"}, "search_with_matches": {Search: "uma"},
		"name_without_match": {Name: "user.deleted"}, "names_without_match": {Name: "operator."}, "subject": {Subject: string(w.A.User.User.ID)},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				list(b, w, w.A.Admin.Call(w.A), auditlog.ListInput{Filter: f, Paging: op.Paging{Limit: 50}})
			}
		})
	}
}
