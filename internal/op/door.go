package op

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/semaphore"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op/internal/sqldb"
	"roster/internal/password"
	"roster/internal/secret"
)

// Tools are what Prepare may use outside a transaction.
type Tools struct {
	Passwords *password.Hasher
}

// Organization is what the door needs to know of an organization.
type Organization struct {
	ID        id.Org `db:"id"`
	Suspended bool   `db:"suspended"`
}

// Hooks are the two questions that the door cannot answer itself.
type Hooks struct {
	// Organization finds an organization by id or slug, or answers errs.NotFound.
	Organization func(t *Tx, ref string) (Organization, error)
	// Actor proves a caller on fresh rows. org is the organization that the
	// request names, or empty. A caller who proves nothing is authz.Nobody.
	Actor func(t *Tx, caller authz.Caller, org id.Org) (authz.Actor, error)
	// Stale runs after an operation of an actor that is Stale, in order to
	// write down that the session or key was used. Nil: nobody does.
	Stale func(ctx context.Context, d *Door, call Call, actor authz.Actor)
}

// Config is what a door is made of. All fields are required but the last three.
type Config struct {
	Database  *Database
	Hooks     Hooks
	Tools     Tools
	Keys      *secret.Keyring
	PublicURL string // without a slash at the end
	Log       *slog.Logger
	// PasswordFloor is the shortest password, in characters, that any
	// organization may allow; 15 if zero.
	PasswordFloor int
	Offset        func() time.Duration // tests move the clock
	Patience      time.Duration        // how long an operation may take; half a minute if zero
}

// Door is the only way to the data.
type Door struct {
	db       *sqldb.DB
	hooks    Hooks
	tools    Tools
	keys     *secret.Keyring
	url      string
	log      *slog.Logger
	floor    int
	offset   func() time.Duration
	letters  chan struct{}
	events   chan struct{}
	counts   counters
	patience time.Duration
	turns    *semaphore.Weighted // see inTurn
	lanes    *semaphore.Weighted
}

// NewDoor makes a door. It panics if a field of the config is missing: that is
// a mistake of the program.
func NewDoor(c Config) *Door {
	if c.Database == nil || c.Hooks.Organization == nil || c.Hooks.Actor == nil || c.Keys == nil || c.Log == nil {
		panic("op: the door's config is incomplete")
	}
	if c.Offset == nil {
		c.Offset = func() time.Duration { return 0 }
	}
	return &Door{
		db: c.Database.db, hooks: c.Hooks, tools: c.Tools, keys: c.Keys, url: c.PublicURL, log: c.Log, floor: cmp.Or(c.PasswordFloor, 15), offset: c.Offset,
		letters: make(chan struct{}, 1), events: make(chan struct{}, 1), counts: newCounters(),
		turns: semaphore.NewWeighted(everybody), lanes: semaphore.NewWeighted(c.Database.db.Lanes()), patience: cmp.Or(c.Patience, patience),
	}
}

// Letters is signaled after a commit that left letters to send.
func (d *Door) Letters() <-chan struct{} { return d.letters }

// Events is signaled after a commit that recorded events.
func (d *Door) Events() <-chan struct{} { return d.events }

// Keys seals what is not kept in clear.
func (d *Door) Keys() *secret.Keyring { return d.keys }

// PublicURL is the one base of all links, without a slash at the end.
func (d *Door) PublicURL() string { return d.url }

// Log is where operators are told.
func (d *Door) Log() *slog.Logger { return d.log }

// How often a transaction begins anew, and from which time on it has the node
// to itself. Serializable transactions lose conflicts also to neighbors in an
// index; among many clients, somebody would lose every time.
const (
	maxTries   = 12
	aloneAfter = 3
	everybody  = 1 << 20
)

// patience is how long an operation may wait and work in all of its tries,
// unless the door's config says otherwise, and commitTime how long it waits for
// the answer to its commit. Nobody may hold others up without end. Roster's own
// workers have no limit: what they do grows with the installation.
const (
	patience   = 30 * time.Second
	commitTime = 10 * time.Second
)

// noted marks the context in which it is written down that somebody did something.
type noted struct{}

// inside marks the context of a transaction.
type inside struct{}

// Outside refuses a context that belongs to a transaction: whoever does slow
// work asks it, so that no transaction is held open meanwhile.
func Outside(ctx context.Context) error {
	if ctx.Value(inside{}) != nil {
		return errors.New("op: slow work inside a transaction; do it in Prepare")
	}
	return nil
}

// transact runs f in a transaction and commits it, again and again while it
// loses conflicts. A failed or panicking f leaves nothing behind.
func (d *Door) transact(ctx context.Context, isolation sqldb.Isolation, spec Spec, f func(*Tx) error) error {
	if spec.Scope != authz.System {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d.patience)
		defer cancel()
	}
	for try := 1; ; try++ {
		err := d.inTurn(ctx, isolation, try, func() error { return d.attempt(ctx, isolation, spec, f) })
		if _, refused := errors.AsType[*errs.Error](err); err != nil && !refused && ctx.Err() != nil {
			return ctx.Err() // why whatever failed did
		}
		if err == nil || !sqldb.IsRetry(err) || sqldb.IsDuplicate(err) && try > aloneAfter {
			return err // what is still taken after looking again is a mistake of ours
		}
		d.counts.retry(spec.Name)
		if try == maxTries {
			return errs.Unavailable("overloaded", time.Second, "Too many people are changing this at once. Nothing was saved: try again in a moment.")
		}
		// Spread the losers, so that they do not meet again.
		wait := rand.N(time.Duration(1<<min(try, 7)) * time.Millisecond)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// inTurn runs a try beside all others of this node, or, when it has lost a few
// times, alone. What competes then are other nodes, one transaction of each. All
// wait for a connection in the order in which they came: the connection pool
// would choose any of those that wait, and leave some waiting for long. SQLite has
// one that writes.
func (d *Door) inTurn(ctx context.Context, isolation sqldb.Isolation, try int, run func() error) error {
	one := d.db.Dialect == sqldb.SQLite && isolation != sqldb.ReadOnly
	if isolation == sqldb.Serializable || one {
		share := int64(1)
		if try > aloneAfter || one {
			share = everybody
		}
		if err := d.turns.Acquire(ctx, share); err != nil {
			return err
		}
		defer d.turns.Release(share)
	}
	if !one {
		if err := d.lanes.Acquire(ctx, 1); err != nil {
			return err
		}
		defer d.lanes.Release(1)
	}
	return run()
}

func (d *Door) attempt(ctx context.Context, isolation sqldb.Isolation, spec Spec, f func(*Tx) error) error {
	// A command that prepares has been authorized once before, in a transaction
	// that reads. It is not the one to die in.
	dieAt := func(point string) {
		if isolation != sqldb.ReadOnly {
			crash(spec.Name + ":" + point)
		}
	}
	dieAt("begin")
	ctx = context.WithValue(ctx, inside{}, true)
	// The transaction ends with ctx, until its commit has begun: what has been
	// sent to the database must not be given up because somebody hung up.
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	untie := context.AfterFunc(ctx, end)
	tx, err := d.db.Begin(life, isolation)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after a commit it does nothing
	t := &Tx{door: d, ctx: ctx, sql: tx, spec: spec}
	if err := t.readClock(); err != nil {
		return err
	}
	if err := f(t); err != nil {
		return err
	}
	if t.broken != nil {
		return t.broken // f dropped a statement's error
	}
	if t.wrote && t.recorded == 0 && spec.Quiet == "" {
		return errors.New("op: " + spec.Name + " wrote without recording an event")
	}
	dieAt("commit")
	if !untie() {
		return ctx.Err()
	}
	defer time.AfterFunc(commitTime, end).Stop()
	if err := tx.Commit(); err != nil {
		return commitError(err)
	}
	dieAt("committed")
	if t.posted > 0 {
		signal(d.letters)
	}
	if t.recorded > 0 {
		signal(d.events)
	}
	return nil
}

// commitError tells a commit that certainly failed from one whose outcome
// nobody knows: the second must not be repeated blindly.
func commitError(err error) error {
	if sqldb.IsRetry(err) || sqldb.IsFull(err) {
		return err
	}
	return errors.Join(err, errs.Unavailable("outcome_unknown", 2*time.Second,
		"The database did not confirm the change. Look whether it is there before you repeat it."))
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// enter proves the caller, binds the transaction to its organization, and asks
// for the permission.
func (d *Door) enter(t *Tx, call Call, spec Spec) error {
	var org Organization
	if call.Org != "" {
		found, err := d.hooks.Organization(t, call.Org)
		if err != nil {
			return d.anonymousFirst(t, call, spec, err)
		}
		org = found
	}
	actor, err := d.hooks.Actor(t, call.By, org.ID)
	if err != nil {
		return err
	}
	actor.Origin = call.By.Origin
	if org.ID == "" && actor.Org != "" && spec.Scope.OfOrganization() {
		if org, err = d.hooks.Organization(t, string(actor.Org)); err != nil {
			return err
		}
	}
	t.actor, t.org, t.suspended = actor, org.ID, org.Suspended
	if err := t.bind(); err != nil {
		return err
	}
	if err := t.may(spec); err != nil {
		return err
	}
	if !actor.OnPlatform() && spec.Scope.OfOrganization() {
		return t.Serving()
	}
	return nil
}

// anonymousFirst answers for an organization that does not exist exactly as for
// one that the caller has no session in: sign in first.
func (d *Door) anonymousFirst(t *Tx, call Call, spec Spec, cause error) error {
	if spec.Scope == authz.Public {
		return cause
	}
	by := call.By
	by.Sessions = nil // none of them is of the organization that was named
	actor, err := d.hooks.Actor(t, by, "")
	if err != nil {
		return err
	}
	if actor.Kind == authz.Nobody {
		return errs.Unauthenticated()
	}
	return cause
}

// used tells that the actor was here, after an operation that went well. The
// operation that writes it down does not tell again.
func (d *Door) used(ctx context.Context, call Call, spec Spec, actor authz.Actor) {
	if noting := ctx.Value(noted{}) != nil; actor.Stale && !noting && d.hooks.Stale != nil {
		d.hooks.Stale(context.WithValue(ctx, noted{}, true), d, call, actor)
	}
}

// authorized runs only the first half of an operation: may the caller?
func (d *Door) authorized(ctx context.Context, call Call, spec Spec) error {
	return d.transact(ctx, sqldb.ReadOnly, spec, func(t *Tx) error { return d.enter(t, call, spec) })
}

// Ask runs several reads in one snapshot on behalf of call, for pages made of
// several queries. scope says on which plane the page stands: who is not of it
// gets nothing at all. f runs the queries with Query.Within, each of which asks
// for its own permission.
func Ask[Out any](ctx context.Context, d *Door, call Call, scope authz.Scope, f func(t *Tx) (Out, error)) (Out, error) {
	q := Query[Nothing, Out]{
		Name: "page", Needs: authz.Everybody, Scope: scope,
		Run: func(t *Tx, _ Nothing) (Out, error) { return f(t) },
	}
	return q.Do(ctx, d, call, Nothing{})
}

// report logs what nobody is shown and turns it into a refusal that may be shown.
func (d *Door) report(ctx context.Context, spec Spec, err error) error {
	d.counts.failure(spec.Name, err)
	if e, ok := errors.AsType[*errs.Error](err); ok {
		if e.Kind == errs.KindUnavailable {
			d.log.WarnContext(ctx, "operation unavailable", "operation", spec.Name, "error", err)
		}
		return e
	}
	switch {
	case ctx.Err() != nil && (errors.Is(err, ctx.Err()) || sqldb.IsEnded(err)):
		return errs.Unavailable("canceled", time.Second, "The request was given up before it was done. Nothing was saved.")
	case errors.Is(err, context.DeadlineExceeded):
		d.log.WarnContext(ctx, "operation took too long", "operation", spec.Name, "error", err)
		return errs.Unavailable("overloaded", 2*time.Second, "The server is too busy to do this now. Nothing was saved: try again in a moment.")
	case sqldb.IsUnavailable(err):
		d.log.ErrorContext(ctx, "the database is not available", "operation", spec.Name, "error", err)
		return errs.Unavailable("database_unavailable", 2*time.Second, "The database cannot be reached right now. Nothing was saved: try again in a moment.")
	case sqldb.IsFull(err):
		d.log.ErrorContext(ctx, "storage is full", "operation", spec.Name, "error", err)
		return errs.Unavailable("storage_unavailable", 30*time.Second, "The server has no room left to save this. Nothing was changed.")
	case errors.Is(err, password.ErrBusy):
		return errs.Unavailable("overloaded", 2*time.Second, "Many people are signing in right now. Try again in a moment.")
	}
	d.log.ErrorContext(ctx, "operation failed", "operation", spec.Name, "error", err)
	return errs.New(errs.KindInternal, "internal", "Something went wrong on our side. Nothing was saved. If it happens again, tell the people who run this server, with the request id.")
}
