package throttle_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/op"
	"roster/internal/throttle"
)

type answer struct {
	wait     time.Duration
	failures int
}

// on makes a command of one step of this package.
func on(f func(t *op.Tx) (answer, error)) op.Command[op.Nothing, answer] {
	return op.Command[op.Nothing, answer]{
		Name: "test.attempt", Needs: authz.Everybody, Scope: authz.Public, Relaxed: true, Quiet: "a test",
		Run: func(t *op.Tx, _ op.Nothing) (answer, error) { return f(t) },
	}
}

func count(k throttle.Key) op.Command[op.Nothing, answer] {
	return on(func(t *op.Tx) (answer, error) {
		wait, failures, err := throttle.Count(t, k)
		return answer{wait, failures}, err
	})
}

func do(t *testing.T, w *apptest.World, c op.Command[op.Nothing, answer]) answer {
	t.Helper()
	got, err := c.Do(context.Background(), w.Door, op.Call{}, op.Nothing{})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestTriesAreSlowedDown(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		k, other := throttle.Account("test", "p@x.example"), throttle.Account("test", "q@x.example")
		for n := 1; n <= 5; n++ {
			if got := do(t, w, count(k)); got.wait != 0 || got.failures != n {
				t.Fatalf("try %d: %+v", n, got)
			}
		}
		for range 3 { // refused tries do not make it longer
			if got := do(t, w, count(k)); got.wait <= 0 || got.wait > time.Second {
				t.Errorf("right after the fifth try: %+v", got)
			}
		}
		if got := do(t, w, count(other)); got.failures != 1 {
			t.Errorf("another account: %+v", got)
		}
		w.Advance(time.Second)
		if got := do(t, w, count(k)); got.wait != 0 || got.failures != 6 {
			t.Errorf("a second later: %+v", got)
		}
		if got := do(t, w, count(k)); got.wait <= time.Second || got.wait > 2*time.Second {
			t.Errorf("after the sixth try: %+v", got)
		}

		do(t, w, on(func(t *op.Tx) (answer, error) { return answer{}, throttle.Clear(t, k) }))
		if got := do(t, w, count(k)); got.wait != 0 || got.failures != 1 {
			t.Errorf("after a success: %+v", got)
		}
		do(t, w, count(k))
		do(t, w, on(func(t *op.Tx) (answer, error) { return answer{}, throttle.Forgive(t, k) }))
		if got := do(t, w, count(k)); got.failures != 2 {
			t.Errorf("after one try was taken back: %+v", got)
		}
		w.Advance(24 * time.Hour)
		if got := do(t, w, count(k)); got.failures != 1 {
			t.Errorf("a day later: %+v", got)
		}
	})
}

func TestNoMoreParallelTriesGetThroughThanDelaysAllow(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		k := throttle.Account("test", "p@x.example")
		var through sync.Map
		var all sync.WaitGroup
		for range 40 {
			all.Go(func() {
				got, err := count(k).Do(context.Background(), w.Door, op.Call{}, op.Nothing{})
				if err != nil {
					t.Error(err)
				}
				if got.wait != 0 {
					return
				}
				if _, twice := through.LoadOrStore(got.failures, true); twice {
					t.Errorf("try %d was counted twice", got.failures)
				}
			})
		}
		all.Wait()
		n := 0
		through.Range(func(any, any) bool { n++; return true })
		// Forty transactions take less than the seven seconds of the eighth try.
		if n < 5 || n > 8 {
			t.Errorf("%d of 40 parallel tries got through", n)
		}
	})
}

func TestSweepRemovesOnlyWhatIsForgotten(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		do(t, w, count(throttle.Account("test", "old")))
		w.Advance(23 * time.Hour)
		do(t, w, count(throttle.Account("test", "young")))
		w.Advance(2 * time.Hour)
		n, err := throttle.Sweep.Do(t.Context(), w.Door, op.Call{By: authz.Worker("sweeper")}, op.Nothing{})
		if err != nil || n != 1 {
			t.Errorf("swept %d, %v", n, err)
		}
		if got := do(t, w, count(throttle.Account("test", "young"))); got.failures != 2 {
			t.Errorf("what was not forgotten yet: %+v", got)
		}
	})
}
