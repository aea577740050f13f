package password

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

// The tests below occupy the hasher themselves instead of keeping it busy with real
// work, so that they decide by order and not by time.

// occupy fills c to its last place and returns how to empty it again.
func occupy(c chan struct{}) (release func()) {
	for range cap(c) {
		c <- struct{}{}
	}
	return func() {
		for range cap(c) {
			<-c
		}
	}
}

// idle fails the test if h still counts a caller.
func idle(t *testing.T, h *Hasher) {
	t.Helper()
	synctest.Wait()
	for _, c := range []chan struct{}{h.ordinary, h.preferred, h.lane, h.slots} {
		if len(c) != 0 {
			t.Errorf("%d of %d places were not given back", len(c), cap(c))
		}
	}
}

func TestQueueIsBounded(t *testing.T) {
	for name, wrap := range map[string]func(context.Context) context.Context{
		"ordinary": func(ctx context.Context) context.Context { return ctx },
		"priority": WithPriority,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, ctx := NewCheapHasher(), wrap(t.Context())
				release := occupy(h.slots)
				results := make(chan error, cap(h.ordinary))
				for range cap(results) {
					go func() { results <- h.VerifyNobody(ctx, "x") }()
				}
				synctest.Wait()
				if len(results) != 0 {
					t.Fatal("somebody did not wait for a slot")
				}
				if err := h.VerifyNobody(ctx, "x"); !errors.Is(err, ErrBusy) {
					t.Errorf("one more than fit: %v", err)
				}
				release()
				for range cap(results) {
					if err := <-results; err != nil {
						t.Errorf("a waiting caller: %v", err)
					}
				}
				idle(t, h)
			})
		})
	}
}

func TestPriorityPassesAFullQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewCheapHasher()
		leaveOrdinary, leaveLane, leaveSlots := occupy(h.ordinary), occupy(h.lane), occupy(h.slots)
		if err := h.VerifyNobody(t.Context(), "x"); !errors.Is(err, ErrBusy) {
			t.Errorf("an ordinary caller: %v", err)
		}
		result := make(chan error)
		go func() { result <- h.VerifyNobody(WithPriority(t.Context()), "x") }()
		synctest.Wait()
		<-h.slots // one hash ends, and that is enough
		if err := <-result; err != nil {
			t.Errorf("a preferred caller: %v", err)
		}
		h.slots <- struct{}{}
		leaveOrdinary()
		leaveLane()
		leaveSlots()
		idle(t, h)
	})
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewCheapHasher()
		release := occupy(h.slots)
		ctx, cancel := context.WithCancel(t.Context())
		result := make(chan error)
		callers := cap(h.lane) + 1 // one of them waits for the lane, the others for a slot
		for range callers {
			go func() { result <- h.VerifyNobody(ctx, "x") }()
		}
		synctest.Wait()
		cancel()
		for range callers {
			if err := <-result; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		}
		if err := h.VerifyNobody(ctx, "x"); !errors.Is(err, context.Canceled) {
			t.Errorf("after the end: %v", err)
		}
		release()
		idle(t, h)
	})
}
