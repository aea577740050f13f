package mail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/op"
)

// Sender delivers one envelope. Its error is an *Error for everything that a
// mail server has said.
type Sender interface {
	Send(ctx context.Context, e Envelope) error
}

const (
	claimSize = 4                // letters taken, and delivered, at once: none waits while its claim runs out
	claimLife = 3 * time.Minute  // longer than any delivery takes: see maxTimeout
	keepTry   = 48 * time.Hour   // then a letter is undeliverable
	idle      = 10 * time.Second // how long a missed signal can delay a letter
)

// result is what became of one try.
type result struct {
	state   string // sent, queued (again), undeliverable
	next    time.Time
	sent    time.Time
	problem string
}

var claimLetters = op.Command[op.Nothing, []claimed]{
	Name: "letter.claim", Needs: authz.SystemWork, Scope: authz.System, Relaxed: true,
	Quiet: "sending a letter is not a change that somebody made",
	Run: func(t *op.Tx, _ op.Nothing) ([]claimed, error) {
		return claim(t, claimSize, t.Now().Add(claimLife))
	},
}

type settling struct {
	letter claimed
	err    error
}

var settleLetter = op.Command[settling, op.Nothing]{
	Name: "letter.settle", Needs: authz.SystemWork, Scope: authz.System, Relaxed: true,
	Quiet: "sending a letter is not a change that somebody made",
	Run: func(t *op.Tx, in settling) (op.Nothing, error) {
		return op.Nothing{}, settle(t, in.letter, outcome(in.letter, in.err, t.Now()))
	},
}

// Operations lists what this package does.
func Operations() []op.Operation { return []op.Operation{claimLetters, settleLetter, Sweep} }

// outcome decides what a try means for the letter.
func outcome(c claimed, err error, now time.Time) result {
	if err == nil {
		return result{state: "sent", next: now, sent: now}
	}
	r := result{state: "queued", problem: err.Error()}
	refused, said := errors.AsType[*Error](err)
	if said {
		r.problem = refused.Reason
	}
	wait := backoff(c)
	if said && refused.Permanent || now.Add(wait).Sub(c.Created) > keepTry {
		r.state, r.next = "undeliverable", now
		return r
	}
	r.next = now.Add(wait)
	return r
}

// backoff doubles from 15 seconds up to an hour, and spreads: what an outage
// has held up does not come all at once.
func backoff(c claimed) time.Duration {
	full := min(15*time.Second<<min(c.Attempts-1, 10), time.Hour)
	spread := 0
	for _, b := range []byte(c.ID) {
		spread = (spread*31 + int(b)) % 256
	}
	return full*3/4 + full*time.Duration(spread)/512
}

// Worker sends what is in the outbox. Any number of workers on any number of
// nodes share the work; each letter has one owner at a time.
type Worker struct {
	Door   *op.Door
	Sender Sender
	From   string // the address of the operator's mail account
	Log    *slog.Logger
}

// Run sends until ctx ends. It finishes the letters that it has begun.
func (w Worker) Run(ctx context.Context) {
	tick := time.NewTicker(idle)
	defer tick.Stop()
	for {
		for w.round(ctx) {
		}
		select {
		case <-ctx.Done():
			return
		case <-w.Door.Letters():
		case <-tick.C:
		}
	}
}

// round claims and sends one batch; true means that there may be more.
func (w Worker) round(ctx context.Context) (more bool) {
	defer func() {
		if p := recover(); p != nil {
			w.Log.Error("the mail worker panicked", "panic", p)
		}
	}()
	call := op.Call{By: authz.Worker("mail")}
	letters, err := claimLetters.Do(ctx, w.Door, call, op.Nothing{})
	if err != nil {
		return false // the door has logged it; the next tick tries again
	}
	if len(letters) == 0 {
		return false
	}
	op.Crash("mail:claimed")
	// What has been claimed is sent even while the server stops.
	ctx = context.WithoutCancel(ctx)
	var all sync.WaitGroup
	for _, l := range letters {
		all.Go(func() { w.send(ctx, call, l) })
	}
	all.Wait()
	return len(letters) == claimSize
}

// send delivers one letter and writes down what became of it.
func (w Worker) send(ctx context.Context, call op.Call, l claimed) {
	defer func() {
		if p := recover(); p != nil {
			w.Log.Error("settling a letter panicked", "letter", l.ID, "panic", p)
		}
	}()
	err := w.deliver(ctx, l)
	op.Crash("mail:sent")
	if _, err := settleLetter.Do(ctx, w.Door, call, settling{l, err}); err != nil {
		w.Log.Warn("a letter's outcome could not be written; it will be sent again", "letter", l.ID)
	}
	if err != nil {
		// The server's own words are shown at the invitation: they may hold an address, which no log does.
		w.Log.Warn("a letter could not be sent", "letter", l.ID, "attempt", l.Attempts, "reply", replyCode(err))
	}
}

// replyCode is the code with which a mail server refused, zero if it said nothing.
func replyCode(err error) int {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return 0
}

func (w Worker) deliver(ctx context.Context, l claimed) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("sending panicked: %v", p)
		}
	}()
	clear, err := w.Door.Keys().Open(op.LetterPlace(l.ID), l.Body)
	if err != nil {
		return &Error{Permanent: true, Reason: "the letter cannot be read with the present keys"}
	}
	var p posted
	if err := json.Unmarshal(clear, &p); err != nil {
		return &Error{Permanent: true, Reason: "the letter is broken"}
	}
	return w.Sender.Send(ctx, Envelope{
		MessageID: string(l.ID) + "@" + w.domain(), Date: l.Created,
		From: p.Identity.From(w.From), ReplyTo: p.Identity.Answers(), To: l.To, Message: p.Message,
	})
}

// domain is the right side of Message-IDs: the public name of this installation.
func (w Worker) domain() string {
	u, err := url.Parse(w.Door.PublicURL())
	if err != nil || u.Hostname() == "" {
		return "localhost"
	}
	return u.Hostname()
}

// TooMany refuses a letter that would be one too many for its address within
// 24 hours. Nobody is to be flooded in an organization's name.
func TooMany(t *op.Tx, to, kind string, most int) error {
	n, oldest, err := SentSince(t, to, kind, t.Now().Add(-day))
	if err != nil || n < most {
		return err
	}
	return errs.TooMany("too_many_letters", oldest.Add(day).Sub(t.Now()),
		"This address has had %d such e-mails within a day. Wait until tomorrow, or ask the person to look for the last one.", n)
}

// keepSettled is how long it can be seen what became of a letter.
const keepSettled = 90 * 24 * time.Hour

// Sweep removes letters that were settled long ago.
var Sweep = op.Command[op.Nothing, op.Nothing]{
	Name: "letter.sweep", Needs: authz.SystemWork, Scope: authz.System, Relaxed: true,
	Quiet: "what is removed was settled three months ago",
	Run: func(t *op.Tx, _ op.Nothing) (op.Nothing, error) {
		return op.Nothing{}, removeSettled(t, t.Now().Add(-keepSettled))
	},
}
