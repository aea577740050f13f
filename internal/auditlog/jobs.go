package auditlog

import (
	"context"
	"log/slog"
	"time"

	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/op"
)

const (
	sealAtOnce = 500         // events that one transaction seals
	sealEvery  = time.Second // how long a missed signal can delay a seal
	anchorLog  = time.Hour   // how often an organization's anchor goes to the log
)

var toSeal = op.Query[op.Nothing, []id.Org]{
	Name: "audit.unsealed", Needs: authz.SystemWork, Scope: authz.System,
	Run: func(t *op.Tx, _ op.Nothing) ([]id.Org, error) { return unsealedOrgs(t) },
}

// sealed is what came of sealing: how many events, up to where.
type sealed struct {
	count  int
	anchor anchor
}

var sealNext = op.Command[id.Org, sealed]{
	Name: "audit.seal", Needs: authz.SystemWork, Scope: authz.System, Relaxed: true,
	Quiet: "sealing the log is no event in it",
	Run:   sealSome,
}

// sealSome seals the next events of an organization; the empty one is the
// platform. It holds the chain's anchor while it works, so that two sealers
// take turns, and no number is given twice.
func sealSome(t *op.Tx, org id.Org) (sealed, error) {
	if err := t.Enter(org); err != nil {
		return sealed{}, err
	}
	from, err := holdAnchor(t)
	if err != nil {
		return sealed{}, err
	}
	rows, err := unsealed(t, sealAtOnce)
	if err != nil || len(rows) == 0 {
		return sealed{}, err
	}
	to := from
	for _, r := range rows {
		r = r.digested()
		r.Link = to.Link + 1
		r.Hash = r.linkHash(to.Hash)
		if err := seal(t, r); err != nil {
			return sealed{}, err
		}
		to.Link, to.Hash = r.Link, r.Hash
	}
	to.SealedAt = t.Now()
	return sealed{len(rows), to}, moveAnchor(t, from, to)
}

// Sealer puts events into the chains behind the commits that wrote them. Any
// number of sealers on any number of nodes may run.
type Sealer struct {
	Door *op.Door
	Log  *slog.Logger

	told map[id.Org]time.Time // when an anchor was last written to the log
}

// Run seals until ctx ends.
func (s *Sealer) Run(ctx context.Context) {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for {
		s.Catch(ctx)
		select {
		case <-ctx.Done():
			return
		case <-s.Door.Events():
		case <-tick.C:
		}
	}
}

// Catch seals what there is to seal, and returns when nothing is left. An
// organization that writes a lot does not keep others waiting: they take turns.
func (s *Sealer) Catch(ctx context.Context) {
	defer func() {
		if p := recover(); p != nil {
			s.Log.ErrorContext(ctx, "the sealer panicked", "panic", p)
		}
	}()
	call := op.Call{By: authz.Worker("sealer")}
	orgs, err := toSeal.Do(ctx, s.Door, call, op.Nothing{})
	if err != nil {
		return // the door has logged it; the next tick tries again
	}
	for len(orgs) > 0 && ctx.Err() == nil {
		var more []id.Org
		for _, org := range orgs {
			done, err := sealNext.Do(ctx, s.Door, call, org)
			if err != nil {
				continue
			}
			if done.count == sealAtOnce {
				more = append(more, org)
			}
			s.tell(ctx, org, done)
		}
		orgs = more
	}
}

// tell writes an anchor to the log, which is usually kept elsewhere: it shows
// later that the end of a chain was cut off.
func (s *Sealer) tell(ctx context.Context, org id.Org, done sealed) {
	at := done.anchor.SealedAt
	if done.count == 0 || at.Sub(s.told[org]) < anchorLog {
		return
	}
	if s.told == nil {
		s.told = map[id.Org]time.Time{}
	}
	s.told[org] = at
	s.Log.InfoContext(ctx, "audit log sealed", "organization", string(org), "anchor", done.anchor.String())
}
