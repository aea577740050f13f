package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"roster/internal/errs"
)

// metrics count requests by route. A route is a pattern of ours, so nothing that a client types becomes a label.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	panics   prometheus.Counter
}

func newMetrics() metrics {
	return metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "roster_http_requests_total", Help: "Requests by route and status.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "roster_http_request_seconds", Help: "Time to answer by route.",
			Buckets: []float64{.005, .02, .05, .15, .4, 1, 3, 10},
		}, []string{"route"}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "roster_http_panics_total", Help: "Requests that ended in a panic.",
		}),
	}
}

// Collectors are the kit's metrics.
func (k *Kit) Collectors() []prometheus.Collector {
	return []prometheus.Collector{k.metrics.requests, k.metrics.seconds, k.metrics.panics}
}

// end is deferred around a request: it turns a panic into an answer, then writes the log line and counts.
func (k *Kit) end(w *recorder, r *http.Request, state *request) {
	thrown := recover()
	broken := thrown != nil && w.status != 0
	if thrown != nil && thrown != http.ErrAbortHandler {
		k.metrics.panics.Inc()
		k.log.ErrorContext(r.Context(), "panic", "request_id", state.id, "value", fmt.Sprint(thrown), "at", origin())
		if !broken {
			state.page = nil // whatever made it panic is not asked again
			k.Fail(w, r, failure())
		}
	}
	k.account(w, r, state)
	if broken || thrown == http.ErrAbortHandler {
		// Half an answer must not look like a whole one: the server drops the connection.
		panic(http.ErrAbortHandler)
	}
}

// account writes the log line. It says nothing about persons: no address, no path, no query, no agent.
func (k *Kit) account(w *recorder, r *http.Request, state *request) {
	route, took := r.Pattern, time.Since(state.began)
	if route == "" {
		route = "none"
	}
	status := w.status
	if status == 0 {
		status = http.StatusOK // what the server sends for a handler that wrote nothing
	}
	k.metrics.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	k.metrics.seconds.WithLabelValues(route).Observe(took.Seconds())
	attrs := []slog.Attr{
		slog.String("method", cleaned(r.Method, 16)), slog.String("route", route), slog.Int("status", status),
		slog.Float64("ms", float64(took.Microseconds())/1000), slog.String("request_id", state.id),
	}
	if state.code != "" {
		attrs = append(attrs, slog.String("code", state.code))
	}
	k.log.LogAttrs(r.Context(), slog.LevelInfo, "request", attrs...)
}

// failure is what people are told about a mistake of ours.
func failure() *errs.Error {
	return errs.New(errs.KindInternal, "internal",
		"Something went wrong on our side. Look whether your last change was saved before you repeat it. If it happens again, tell the people who run this server, with the request id.")
}

// origin names the functions of ours that a panic came through, the innermost first.
func origin() string {
	var counters [64]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(3, counters[:])])
	var ours []string
	for {
		frame, more := frames.Next()
		if strings.HasPrefix(frame.Function, "roster/") && len(ours) < 8 {
			ours = append(ours, fmt.Sprintf("%s:%d", strings.TrimPrefix(frame.Function, "roster/"), frame.Line))
		}
		if !more {
			return strings.Join(ours, " < ")
		}
	}
}
