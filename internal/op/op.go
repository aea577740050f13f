package op

import (
	"context"
	"errors"
	"fmt"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/op/internal/sqldb"
)

// Args are the values of a statement's named parameters.
type Args = sqldb.Args

// Command changes something. The door runs it in one writing transaction,
// asks for the permission inside that transaction, and refuses to commit it
// without an audit event. Run may be called several times (the loser of a
// conflict runs again), so it must do nothing but call the Tx it is given.
type Command[In, Out any] struct {
	Name  string           // noun.verb, for audit, logs, metrics and golden files
	Needs authz.Permission // asked on fresh rows inside the transaction
	Scope authz.Scope

	// Prepare does slow work (hashing a password) before the transaction
	// begins. The caller has been authorized once by then, and is again later.
	Prepare func(ctx context.Context, tools Tools, in In) (In, error)
	Run     func(t *Tx, in In) (Out, error)

	// Relaxed commands are correct by constraint and run without
	// serializable isolation.
	Relaxed bool
	// Quiet says why this command writes no audit event. Empty: it must.
	Quiet string
}

// Query answers something in one read-only snapshot.
type Query[In, Out any] struct {
	Name  string
	Needs authz.Permission
	Scope authz.Scope
	Run   func(t *Tx, in In) (Out, error)
}

// Nothing is the input or output of an operation that has none.
type Nothing struct{}

// Spec describes an operation to routes, golden files and tests.
type Spec struct {
	Name    string
	Needs   authz.Permission
	Scope   authz.Scope
	Writes  bool
	Relaxed bool
	Quiet   string
}

// Operation is any Command or Query.
type Operation interface {
	Spec() Spec
	// Zero is an empty input of the operation, for tests that walk over all.
	Zero() any
	// Try runs the operation with an input of its own type behind an any; it
	// is for tests that walk over all operations.
	Try(ctx context.Context, d *Door, call Call, in any) (any, error)
}

// Runner is a Command or Query with these types: what routes are made of.
type Runner[In, Out any] interface {
	Operation
	Do(ctx context.Context, d *Door, call Call, in In) (Out, error)
}

// Spec implements Operation.
func (c Command[In, Out]) Spec() Spec {
	return Spec{c.Name, c.Needs, c.Scope, true, c.Relaxed, c.Quiet}
}

// Spec implements Operation.
func (q Query[In, Out]) Spec() Spec { return Spec{Name: q.Name, Needs: q.Needs, Scope: q.Scope} }

// Check refuses a list of operations in which one has no name, no permission,
// no scope, or a name that another one has.
func Check(list []Operation) error {
	seen := map[string]bool{}
	var problems []error
	for _, o := range list {
		s := o.Spec()
		switch {
		case s.Name == "":
			problems = append(problems, fmt.Errorf("op: an operation has no name: %+v", s))
		case s.Needs == "":
			problems = append(problems, fmt.Errorf("op: %s has no permission", s.Name))
		case s.Scope == 0:
			problems = append(problems, fmt.Errorf("op: %s has no scope", s.Name))
		case s.Needs == authz.Everybody && s.Scope != authz.Public:
			problems = append(problems, fmt.Errorf("op: %s is for everybody, but not public", s.Name))
		case seen[s.Name]:
			problems = append(problems, fmt.Errorf("op: two operations are named %s", s.Name))
		}
		seen[s.Name] = true
	}
	return errors.Join(problems...)
}

// Call is one request to run an operation: who asks, where, and whether a
// repeat of the same request is to be answered with the first one's answer.
type Call struct {
	By  authz.Caller
	Org string // id or slug as the caller wrote it; empty: the caller's own, or none
	// Once makes a repeat harmless: see the header Idempotency-Key.
	Once *Once
}

// Do runs the command. The error is an *errs.Error for everything that the
// caller is meant to see.
func (c Command[In, Out]) Do(ctx context.Context, d *Door, call Call, in In) (Out, error) {
	var out Out
	spec := c.Spec()
	if c.Prepare != nil {
		// Nobody makes the server hash who may not run the command anyway.
		if err := d.authorized(ctx, call, spec); err != nil {
			return out, d.report(ctx, spec, err)
		}
		prepared, err := c.Prepare(ctx, d.tools, in)
		if err != nil {
			return out, d.report(ctx, spec, err)
		}
		in = prepared
	}
	isolation := sqldb.Serializable
	if c.Relaxed {
		isolation = sqldb.Relaxed
	}
	var actor authz.Actor
	err := d.transact(ctx, isolation, spec, func(t *Tx) error {
		if err := d.enter(t, call, spec); err != nil {
			return err
		}
		actor = t.actor
		return call.Once.run(t, &out, func() (err error) {
			out, err = c.Run(t, in)
			return err
		})
	})
	if err != nil {
		var none Out
		return none, d.report(ctx, spec, err)
	}
	d.used(ctx, call, spec, actor)
	return out, nil
}

// Do answers the query.
func (q Query[In, Out]) Do(ctx context.Context, d *Door, call Call, in In) (Out, error) {
	var out Out
	spec := q.Spec()
	var actor authz.Actor
	err := d.transact(ctx, sqldb.ReadOnly, spec, func(t *Tx) error {
		err := d.enter(t, call, spec)
		if err == nil {
			actor = t.actor
			out, err = q.Run(t, in)
		}
		return err
	})
	if err != nil {
		var none Out
		return none, d.report(ctx, spec, err)
	}
	d.used(ctx, call, spec, actor)
	return out, nil
}

// Zero implements Operation.
func (c Command[In, Out]) Zero() any { var in In; return in }

// Zero implements Operation.
func (q Query[In, Out]) Zero() any { var in In; return in }

// Try implements Operation.
func (c Command[In, Out]) Try(ctx context.Context, d *Door, call Call, in any) (any, error) {
	return try(ctx, d, call, in, c.Do)
}

// Try implements Operation.
func (q Query[In, Out]) Try(ctx context.Context, d *Door, call Call, in any) (any, error) {
	return try(ctx, d, call, in, q.Do)
}

func try[In, Out any](ctx context.Context, d *Door, call Call, in any, do func(context.Context, *Door, Call, In) (Out, error)) (any, error) {
	typed, ok := in.(In)
	if !ok {
		return nil, fmt.Errorf("op: the input is a %T, not a %T", in, typed)
	}
	return do(ctx, d, call, typed)
}

// Within runs the query as a part of a transaction that runs already, after
// asking for its own permission. It is how a page that shows several features stays one picture.
func (q Query[In, Out]) Within(t *Tx, in In) (Out, error) {
	var none Out
	if err := t.may(q.Spec()); err != nil {
		return none, err
	}
	return q.Run(t, in)
}

// May tells whether this transaction's actor may run the operation: pages ask
// it to leave out what somebody may not use.
func (t *Tx) May(o Operation) bool { return t.may(o.Spec()) == nil }

func (t *Tx) may(s Spec) error {
	switch authz.May(t.actor, s.Scope, s.Needs, t.org) {
	case authz.Allowed:
		return nil
	case authz.Hidden:
		return errs.NotFound()
	case authz.Lacking:
		return errs.Forbidden(string(s.Needs))
	case authz.PasswordFirst:
		return errs.New(errs.KindForbidden, "password_change_required", "Set a new password first: the present one has expired, or was set by somebody else. Until then nothing else is allowed.")
	default:
		return errs.Unauthenticated()
	}
}
