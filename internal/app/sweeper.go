package app

import (
	"context"
	"time"

	"roster/internal/authz"
	"roster/internal/link"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/operator"
	"roster/internal/signin"
	"roster/internal/throttle"
)

// sweepEvery is how often dead rows are removed. Nothing depends on it.
const sweepEvery = time.Hour

// sweep removes, now and every hour, what has long been dead. It decides
// nothing: a node whose sweeper stands still serves just as well.
func sweep(ctx context.Context, d *op.Door) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	call := op.Call{By: authz.Worker("sweeper")}
	for {
		for _, s := range []op.Runner[op.Nothing, op.Nothing]{op.Sweep, link.Sweep, signin.Sweep, operator.Sweep, mail.Sweep} {
			sweepWith(ctx, d, call, s)
		}
		sweepWith(ctx, d, call, throttle.Sweep)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sweepWith runs one of them. The door has logged a failure; the next hour
// tries again.
func sweepWith[Out any](ctx context.Context, d *op.Door, call op.Call, s op.Runner[op.Nothing, Out]) {
	defer func() {
		if p := recover(); p != nil {
			d.Log().ErrorContext(ctx, "the sweeper panicked", "panic", p)
		}
	}()
	_, _ = s.Do(ctx, d, call, op.Nothing{})
}
