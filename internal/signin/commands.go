package signin

import (
	"context"
	"slices"
	"strconv"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/password"
	"roster/internal/secret"
	"roster/internal/throttle"
	"roster/internal/user"
)

// Operations lists what this package does.
func Operations() []op.Operation {
	return slices.Concat(
		[]op.Operation{SignIn, countTry, settle, forgive, Touch, List, End, EndOthers, SignOut, SignOutUser, Sweep},
		[]op.Operation{Confirm, countConfirmation, settleConfirmation},
		[]op.Operation{Forgot, countAsk, sendForgotten, ResetPassword, ShowReset, Reset, countGuess, openReset, useReset},
		[]op.Operation{SetPassword, lookPassword, putPassword},
		[]op.Operation{Remind, findDue, remindOne},
		[]op.Operation{Find, sendPlaces},
	)
}

// SignIn starts a session for address or username and password, in the
// organization that the call names. Errors: validation_failed for what is left
// out; invalid_credentials for everything that is wrong, whatever it is;
// too_many_attempts.
var SignIn = op.Sequence[Credentials, SignedIn]{
	Name: "signin.start", Needs: authz.Everybody, Scope: authz.Public, Run: signIn,
}

// trial is a sign-in between its steps.
type trial struct {
	Credentials
	login    login
	user     user.User // whose login it is; zero if nobody's
	stored   user.Credentials
	known    bool // the browser is a known device of the user
	failures int  // in a row, this one included
	wait     time.Duration

	right  bool
	rehash string // today's hash of the password, if the stored one is of old
}

// outcome is what came of a trial.
type outcome struct {
	SignedIn
	refused bool
	waits   bool // for a license; the password was right
}

// countTry counts a try before anybody looks at the password, and reads what it
// will be compared with.
var countTry = op.Command[Credentials, trial]{
	Name: "signin.count", Needs: authz.Everybody, Scope: authz.Public, Relaxed: true,
	Quiet: "what comes of the try is recorded", Run: count,
}

// settle checks the password; then it starts the session, or records that it
// does not.
var settle = op.Command[trial, outcome]{
	Name: "signin.settle", Needs: authz.Everybody, Scope: authz.Public,
	Quiet: "a failure against nobody leaves a counter and no event",
	Prepare: func(ctx context.Context, tools op.Tools, try trial) (_ trial, err error) {
		if try.known {
			ctx = password.WithPriority(ctx)
		}
		try.right, try.rehash, err = verify(ctx, tools, try.stored.Password, try.Password)
		return try, err
	},
	Run: settleTrial,
}

// forgive takes back the network's try after a success. It stands alone,
// because a whole office shares that counter.
var forgive = op.Command[op.Nothing, op.Nothing]{
	Name: "signin.forgive", Needs: authz.Everybody, Scope: authz.Public, Relaxed: true,
	Quiet: "it is about counters only",
	Run: func(t *op.Tx, _ op.Nothing) (op.Nothing, error) {
		return op.Nothing{}, throttle.Forgive(t, throttle.Network(planeSignIn, t.Actor().Origin.Address))
	},
}

func signIn(ctx context.Context, d *op.Door, call op.Call, in Credentials) (SignedIn, error) {
	if err := in.check(); err != nil {
		return SignedIn{}, err
	}
	try, err := countTry.Do(ctx, d, call, in)
	if err != nil {
		return SignedIn{}, err
	}
	if try.wait > 0 {
		return SignedIn{}, throttle.Refusal(try.wait)
	}
	out, err := settle.Do(ctx, d, call, try)
	if err == nil && out.refused {
		return SignedIn{}, invalidCredentials()
	}
	if err == nil && out.waits {
		return SignedIn{}, waiting()
	}
	if !try.known && (err == nil || errs.KindOf(err) == errs.KindUnavailable) {
		// It was right, or nobody had the time to look. A failure is reported by
		// the door and costs the network one try.
		_, _ = forgive.Do(ctx, d, call, op.Nothing{})
	}
	if err != nil {
		return SignedIn{}, err
	}
	return out.SignedIn, nil
}

func count(t *op.Tx, in Credentials) (try trial, err error) {
	try = trial{Credentials: in, login: loginOf(in.Login)}
	if try.user, err = orNothing(user.BySignIn(t, try.login.email, try.login.username)); err != nil {
		return try, err
	}
	if try.stored, err = orNothing(user.CredentialsOf(t, try.user.ID)); err != nil {
		return try, err
	}
	if try.known, err = isDevice(t, try.user.ID, in.Device); err != nil {
		return try, err
	}
	counters := []throttle.Key{throttle.Network(planeSignIn, t.Actor().Origin.Address), try.counter(t)}
	if try.known {
		counters = counters[1:]
	}
	for _, c := range counters {
		if try.wait, try.failures, err = throttle.Count(t, c); err != nil || try.wait > 0 {
			break
		}
	}
	return try, err
}

// counter is what a try counts for beside the network.
func (try trial) counter(t *op.Tx) throttle.Key {
	if try.known {
		return deviceCounter(t.Org(), try.Device)
	}
	return accountCounter(t.Org(), try.login.name(try.user))
}

// verify compares a password with the stored hash. Where there is none it does
// the same work for nobody.
func verify(ctx context.Context, tools op.Tools, stored string, pw secret.Clear) (right bool, rehash string, err error) {
	if stored == "" {
		return false, "", tools.Passwords.VerifyNobody(ctx, pw.Reveal())
	}
	right, old, err := tools.Passwords.Verify(ctx, stored, pw.Reveal())
	if err == nil && old {
		rehash, err = tools.Passwords.Hash(ctx, pw.Reveal())
	}
	return right, rehash, err
}

// settleTrial reads again what the trial began with: it may be of old by now.
func settleTrial(t *op.Tx, try trial) (outcome, error) {
	o, err := org.Mine(t)
	if err != nil {
		return outcome{}, err
	}
	u, err := orNothing(user.ByID(t, try.user.ID))
	if err != nil {
		return outcome{}, err
	}
	stored, err := orNothing(user.CredentialsOf(t, try.user.ID))
	if err != nil {
		return outcome{}, err
	}
	e := evidence{
		user: u, suspended: o.Suspended, usable: stored.Password != "",
		right: try.right, fresh: stored.Version == try.stored.Version,
	}
	if why := e.refusal(); why != "" {
		return outcome{refused: !e.waits(), waits: e.waits()}, refuse(t, try, u, why)
	}
	in, err := Admit(t, u, o, try.Stay, try.known)
	if err != nil {
		return outcome{}, err
	}
	if err := succeeded(t, try); err != nil {
		return outcome{}, err
	}
	in.MustChange = stored.MustChange || past(RulesFor(o, u).expires(u, stored.SetAt), t.Now())
	if !try.known && !u.LastSeenAt.IsZero() { // the very first sign-in surprises nobody
		if err := post(t, u, deviceWords, deviceLetter); err != nil {
			return outcome{}, err
		}
	}
	return outcome{SignedIn: in}, t.Record(op.Event{Name: "signin.succeeded", Subject: u.Subject()})
}

func succeeded(t *op.Tx, try trial) error {
	if try.rehash != "" {
		if err := user.Rehash(t, try.user.ID, try.rehash); err != nil {
			return err
		}
	}
	if try.known {
		if err := seeDevice(t, try.user.ID, try.Device); err != nil {
			return err
		}
	}
	// The account's counter too, if it was a device's that counted: the failures
	// of strangers are no longer in a row.
	if err := throttle.Clear(t, accountCounter(t.Org(), try.login.name(try.user))); err != nil {
		return err
	}
	return throttle.Clear(t, try.counter(t))
}

// refuse records a failure. One against nobody writes a row as well, a new one
// each time, so that it takes as long.
func refuse(t *op.Tx, try trial, u user.User, why reason) error {
	if why == unknown {
		_, _, err := throttle.Count(t, throttle.Account(planeSignIn, string(t.Org()), "nobody", try.login.name(u), strconv.Itoa(try.failures)))
		return err
	}
	if why == wrongPassword && try.failures >= mostFailures {
		if err := lock(t, u); err != nil {
			return err
		}
	}
	return t.Record(op.Event{Name: "signin.failed", Subject: u.Subject(), Changes: []op.Change{{Field: "reason", After: why}}})
}

// lock makes a password useless that too many have guessed at, and tells its
// owner. What they are signed in to goes on.
func lock(t *op.Tx, u user.User) error {
	if err := replace(t, u, "", false); err != nil {
		return err
	}
	if err := post(t, u, lockedWords, lockedLetter); err != nil {
		return err
	}
	return t.Record(op.Event{Name: "password.locked", Subject: u.Subject()})
}

// Forgive is the step of setting a password: whoever may do that does not guess.
func Forgive(t *op.Tx, u user.User) error {
	return throttle.Clear(t, accountCounter(t.Org(), string(u.ID)))
}

// Guess counts a link that nobody knows against the network it came from, and
// refuses what follows when there are too many. Other errors it leaves alone.
func Guess(ctx context.Context, d *op.Door, call op.Call, err error) error {
	if !errs.Is(err, "link_unknown") {
		return err
	}
	c, failed := countGuess.Do(ctx, d, op.Call{By: call.By}, op.Nothing{})
	switch {
	case failed != nil:
		return failed
	case c.wait > 0:
		return throttle.Refusal(c.wait)
	}
	return err
}

// counted is how long a try has to wait; zero: it was counted.
type counted struct{ wait time.Duration }

var countGuess = op.Command[op.Nothing, counted]{
	Name: "link.guess", Needs: authz.Everybody, Scope: authz.Public, Relaxed: true,
	Quiet: "it is about counters only",
	Run: func(t *op.Tx, _ op.Nothing) (counted, error) {
		wait, _, err := throttle.Count(t, throttle.Network(planeLink, t.Actor().Origin.Address))
		return counted{wait}, err
	},
}
