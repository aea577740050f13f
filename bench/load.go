package main

import (
	"context"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// load is a bounded number of requests, by some clients at once.
type load struct {
	clients  int
	requests int           // at most
	time     time.Duration // at most
	warmUp   int           // requests before that, which do not count
	// do sends the n-th request and answers how long it took, from before it
	// was sent until all of the answer was there. An answer that is not the
	// right one is an error: nothing is fast because it failed.
	do func(ctx context.Context, n int) (time.Duration, error)
}

// figures are what came of a load. Times are in milliseconds.
type figures struct {
	Clients   int     `json:"clients"`
	Requests  int     `json:"requests"`
	PerSecond float64 `json:"per_second"`
	P50       float64 `json:"p50_ms"`
	P95       float64 `json:"p95_ms"`
	P99       float64 `json:"p99_ms"`
	Most      float64 `json:"max_ms"`
}

// run sends the requests. The first error ends it.
func (l load) run(ctx context.Context) (figures, error) {
	var n atomic.Int64
	if _, err := l.round(ctx, &n, l.warmUp); err != nil {
		return figures{}, err
	}
	began := time.Now()
	times, err := l.round(ctx, &n, l.requests)
	took := time.Since(began)
	if err != nil {
		return figures{}, err
	}
	slices.Sort(times)
	return figures{
		Clients: l.clients, Requests: len(times), PerSecond: float64(len(times)) / took.Seconds(),
		P50: millis(percentile(times, 50)), P95: millis(percentile(times, 95)), P99: millis(percentile(times, 99)), Most: millis(percentile(times, 100)),
	}, nil
}

// round has the clients send until there were enough requests or the time is
// over. n numbers the requests through all rounds.
func (l load) round(ctx context.Context, n *atomic.Int64, requests int) ([]time.Duration, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var left atomic.Int64
	left.Store(int64(requests))
	times := make([][]time.Duration, l.clients)
	end := time.Now().Add(l.time)
	var all sync.WaitGroup
	for c := range l.clients {
		all.Go(func() {
			for left.Add(-1) >= 0 && ctx.Err() == nil && time.Now().Before(end) {
				took, err := l.do(ctx, int(n.Add(1)))
				if err != nil {
					stop(err)
					return
				}
				times[c] = append(times[c], took)
			}
		})
	}
	all.Wait()
	return slices.Concat(times...), context.Cause(ctx)
}

// percentile is the smallest of the sorted times that p percent of them do not
// exceed; 0 if there are none.
func percentile(sorted []time.Duration, p float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// median is the middle one of some times.
func median(times []time.Duration) time.Duration {
	return percentile(slices.Sorted(slices.Values(times)), 50)
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
