package op

import (
	"github.com/prometheus/client_golang/prometheus"

	"roster/internal/errs"
)

// counters are what operators watch: refusals by operation and reason, and
// conflicts. No label holds anything that a person typed.
type counters struct {
	failures *prometheus.CounterVec
	retries  *prometheus.CounterVec
}

func newCounters() counters {
	return counters{
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "roster_operation_failures_total", Help: "Operations that were refused or failed, by kind of failure.",
		}, []string{"operation", "kind"}),
		retries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "roster_operation_retries_total", Help: "Transactions that lost a conflict and ran again.",
		}, []string{"operation"}),
	}
}

var kindNames = map[errs.Kind]string{
	errs.KindInternal: "internal", errs.KindMalformed: "malformed", errs.KindUnauthenticated: "unauthenticated",
	errs.KindForbidden: "forbidden", errs.KindNotFound: "not_found", errs.KindConflict: "conflict", errs.KindGone: "gone",
	errs.KindPrecondition: "precondition", errs.KindInvalid: "invalid", errs.KindTooMany: "too_many", errs.KindUnavailable: "unavailable",
}

func (c counters) failure(operation string, err error) {
	c.failures.WithLabelValues(operation, kindNames[errs.KindOf(err)]).Inc()
}

func (c counters) retry(operation string) { c.retries.WithLabelValues(operation).Inc() }

// Collectors are the door's metrics.
func (d *Door) Collectors() []prometheus.Collector {
	return []prometheus.Collector{d.counts.failures, d.counts.retries}
}
