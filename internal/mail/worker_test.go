package mail_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"roster/internal/app/apptest"
	"roster/internal/invite"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
)

// post is a mail server that only writes down whom it got letters for.
type post struct {
	mu   sync.Mutex
	to   []string
	slow time.Duration
}

func (p *post) Send(_ context.Context, e mail.Envelope) error {
	time.Sleep(p.slow)
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.To == "panic@x.example" {
		panic("as if something were wrong with this one")
	}
	p.to = append(p.to, e.To)
	return nil
}

func (p *post) got() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Sorted(slices.Values(p.to))
}

// until waits for a number of letters.
func (p *post) until(t *testing.T, n int) {
	t.Helper()
	for range 1000 {
		if len(p.got()) >= n {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("only %q came", p.got())
}

// deliver runs workers while f looks.
func deliver(t *testing.T, p *post, f func(), doors ...*op.Door) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for _, d := range doors {
		all.Go(func() { mail.Worker{Door: d, Sender: p, From: "roster@vendor.example", Log: apptest.Log(t)}.Run(ctx) })
	}
	f()
	stop()
	all.Wait()
}

func ask(t *testing.T, w *apptest.World, place apptest.Place, emails ...string) {
	t.Helper()
	if _, err := invite.Create.Do(t.Context(), w.Door, place.Admin.Call(place), invite.Input{Emails: emails}); err != nil {
		t.Fatal(err)
	}
}

func suspend(t *testing.T, w *apptest.World, o org.Organization, yes bool) {
	t.Helper()
	call := apptest.OperatorCall()
	call.Org = string(o.ID)
	if _, err := org.Update.Do(t.Context(), w.Door, call, org.Change{Suspended: patch.To(yes)}); err != nil {
		t.Fatal(err)
	}
}

func TestASuspendedOrganizationSendsNothing(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ask(t, w, w.A, "waits@x.example")
		ask(t, w, w.B, "goes@x.example")
		suspend(t, w, w.A.Org, true)
		p := &post{}
		deliver(t, p, func() {
			p.until(t, 1)
			suspend(t, w, w.A.Org, true) // gives the worker one more occasion
		}, w.Door)
		if got := p.got(); len(got) != 1 || got[0] != "goes@x.example" {
			t.Errorf("while it is suspended: %q", got)
		}
		suspend(t, w, w.A.Org, false)
		deliver(t, p, func() { p.until(t, 2) }, w.Door)
		if got := p.got(); len(got) != 2 || got[1] != "waits@x.example" {
			t.Errorf("after it was resumed: %q", got)
		}
	})
}

func TestTwoWorkersAtASlowServerSendEachLetterOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		var want []string
		for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"} {
			want = append(want, name+"@x.example")
		}
		ask(t, w, w.A, want...)
		p := &post{slow: 30 * time.Millisecond}
		deliver(t, p, func() { p.until(t, len(want)) }, w.Door, w.Another(t, func(*op.Config) {}))
		if got := p.got(); !slices.Equal(got, want) {
			t.Errorf("sent to %q", got)
		}
	})
}

func TestALetterThatPanicsStopsNoOther(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ask(t, w, w.A, "panic@x.example", "fine@x.example")
		p := &post{}
		deliver(t, p, func() { p.until(t, 1) }, w.Door)
		if got := p.got(); !slices.Equal(got, []string{"fine@x.example"}) {
			t.Errorf("sent to %q", got)
		}
	})
}
