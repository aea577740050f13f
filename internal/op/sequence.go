package op

import (
	"context"
	"errors"
	"fmt"

	"roster/internal/authz"
	"roster/internal/errs"
)

// Sequence is an operation of several transactions, where one must hold
// whatever becomes of the next: a try is counted before the password is looked
// at, and stays counted. Its steps are Commands and Queries that prove the
// caller and ask for their permission themselves; the sequence stands for them
// in lists and routes.
//
// A repeat with the same Idempotency-Key runs again: each step would take the
// key for its own. Only where a single step is a Command, it is safe to give it
// the key: see Once.
type Sequence[In, Out any] struct {
	Name     string
	Needs    authz.Permission
	Scope    authz.Scope
	ReadOnly bool // all of its steps are Queries, but for counting what was tried
	Once     bool // all of its steps but one are Queries, and that one takes the Idempotency-Key
	Quiet    string
	Run      func(ctx context.Context, d *Door, call Call, in In) (Out, error)
}

// Spec implements Operation.
func (s Sequence[In, Out]) Spec() Spec {
	return Spec{Name: s.Name, Needs: s.Needs, Scope: s.Scope, Writes: !s.ReadOnly, Quiet: s.Quiet}
}

// Do takes the steps. The error is an *errs.Error.
func (s Sequence[In, Out]) Do(ctx context.Context, d *Door, call Call, in In) (Out, error) {
	if !s.Once {
		call.Once = nil
	}
	out, err := s.Run(ctx, d, call, in)
	if err != nil {
		var none Out
		if _, ok := errors.AsType[*errs.Error](err); !ok {
			err = d.report(ctx, s.Spec(), err) // the steps have reported theirs
		}
		return none, err
	}
	return out, nil
}

// Zero implements Operation.
func (s Sequence[In, Out]) Zero() any { var in In; return in }

// Try implements Operation.
func (s Sequence[In, Out]) Try(ctx context.Context, d *Door, call Call, in any) (any, error) {
	return try(ctx, d, call, in, s.Do)
}

// Become makes whoever has just proved who they are the actor of what follows:
// their password was right, or they hold a link that only they were sent. Only
// an operation that anybody may run can change who acts.
func (t *Tx) Become(a authz.Actor) error {
	if t.spec.Scope != authz.Public {
		return t.breakWith(fmt.Errorf("op: %s is not public and cannot change who acts", t.spec.Name))
	}
	a.Origin = t.actor.Origin
	t.actor = a
	return nil
}
