package app

import (
	"context"
	"time"

	"roster/internal/authz"
	"roster/internal/license"
	"roster/internal/link"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/operator"
	"roster/internal/seat"
	"roster/internal/signin"
	"roster/internal/throttle"
)

// sweepEvery is how often dead rows are removed, and reminders written. Nothing
// depends on it.
const sweepEvery = time.Hour

// sweep removes, now and every hour, what has long been dead. It decides
// nothing: a node whose sweeper stands still serves just as well.
func sweep(ctx context.Context, d *op.Door) {
	call := op.Call{By: authz.Worker("sweeper")}
	hourly(ctx, func() {
		for _, s := range []op.Runner[op.Nothing, op.Nothing]{op.Sweep, link.Sweep, signin.Sweep, operator.Sweep, mail.Sweep, seat.Sweep} {
			sweepWith(ctx, d, call, s)
		}
		sweepWith(ctx, d, call, throttle.Sweep)
	})
}

// remind does, now and every hour, what a day or an hour brings: it tells people of
// passwords that are about to expire, and gives licenses that have become free.
func remind(ctx context.Context, d *op.Door) {
	call := op.Call{By: authz.Worker("reminder")}
	hourly(ctx, func() {
		sweepWith(ctx, d, call, signin.Remind)
		sweepWith(ctx, d, call, license.Restock)
	})
}

func hourly(ctx context.Context, do func()) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		do()
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
			d.Log().ErrorContext(ctx, "an hourly worker panicked", "worker", call.By.System, "panic", p)
		}
	}()
	_, _ = s.Do(ctx, d, call, op.Nothing{})
}
