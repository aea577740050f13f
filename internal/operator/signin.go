package operator

import (
	"context"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/op"
	"roster/internal/password"
	"roster/internal/secret"
	"roster/internal/throttle"
)

// Credentials are what somebody sends who says that they are an operator.
type Credentials struct {
	Email    string       `form:"email"`
	Password secret.Clear `form:"password"`
	Device   []byte       // hash of the browser's device token; nil if it shows none
}

// SignedIn is a session that has just begun.
type SignedIn struct {
	Operator  Operator
	Token     secret.Clear
	ExpiresAt time.Time
	Device    secret.Clear // makes the browser a known one; empty if it is one already
}

// SignIn starts a session for address and password. Errors: invalid_credentials
// for everything that is wrong with them, too_many_attempts.
//
// It is three steps: the try is counted in a transaction of its own, before the
// password is looked at; the password is checked, outside of any transaction;
// what came of it is recorded, and in the good case the session begins.
var SignIn = op.Sequence[Credentials, SignedIn]{
	Name: "operator.sign_in", Needs: authz.Everybody, Scope: authz.Public,
	Run: func(ctx context.Context, d *op.Door, call op.Call, in Credentials) (SignedIn, error) {
		try, err := attempt.Do(ctx, d, call, in)
		if err != nil {
			return SignedIn{}, err
		}
		if try.wait > 0 {
			return SignedIn{}, throttle.Refusal(try.wait)
		}
		out, err := settle.Do(ctx, d, call, try)
		if err == nil && out.refused {
			err = errs.New(errs.KindUnauthenticated, "invalid_credentials", "The e-mail address or the password is wrong.")
		}
		return out.SignedIn, err
	},
}

// trial is a sign-in between its steps.
type trial struct {
	Credentials
	account account // whose address it is; zero if nobody's
	known   bool    // the browser is a known device of the account
	wait    time.Duration

	proven bool
	rehash string // today's hash of the password, if the stored one is of old
}

// outcome is what came of a trial.
type outcome struct {
	SignedIn
	refused bool
}

// attempt counts a try before anybody looks at the password.
var attempt = op.Command[Credentials, trial]{
	Name: "operator.attempt", Needs: authz.Everybody, Scope: authz.Public, Relaxed: true,
	Quiet: "what comes of the try is recorded", Run: countTry,
}

// settle checks the password, then starts the session or records the failure.
var settle = op.Command[trial, outcome]{
	Name: "operator.settle", Needs: authz.Everybody, Scope: authz.Public,
	Prepare: checkPasswordOf, Run: settleTrial,
}

func countTry(t *op.Tx, in Credentials) (trial, error) {
	try := trial{Credentials: in}
	var err error
	if try.account, err = accountOf(t, emailKey(in.Email)); err != nil && errs.KindOf(err) != errs.KindNotFound {
		return try, err
	}
	if try.known, err = isDevice(t, try.account.ID, in.Device); err != nil {
		return try, err
	}
	counters := []throttle.Key{try.networkCounter(t), try.counter()}
	if try.known {
		counters = counters[1:]
	}
	for _, counter := range counters {
		if try.wait, _, err = throttle.Count(t, counter); err != nil || try.wait > 0 {
			break
		}
	}
	return try, err
}

// plane keeps the counters of operators apart from those of users.
const plane = "operator"

func (try trial) networkCounter(t *op.Tx) throttle.Key {
	return throttle.Network(plane, t.Actor().Origin.Address)
}

// counter is what the try counts for beside the network. A known device has a
// counter of its own: what strangers try does not slow its owner down.
func (try trial) counter() throttle.Key {
	if try.known {
		return throttle.Account(plane, "device", string(try.Device))
	}
	return throttle.Account(plane, "account", emailKey(try.Email))
}

// checkPasswordOf takes as long for an unknown address as for a wrong password.
func checkPasswordOf(ctx context.Context, tools op.Tools, try trial) (trial, error) {
	if try.known {
		ctx = password.WithPriority(ctx)
	}
	if try.account.Password == "" {
		return try, tools.Passwords.VerifyNobody(ctx, try.Password.Reveal())
	}
	ok, old, err := tools.Passwords.Verify(ctx, try.account.Password, try.Password.Reveal())
	if try.proven = ok; err == nil && old {
		try.rehash, err = tools.Passwords.Hash(ctx, try.Password.Reveal())
	}
	return try, err
}

func settleTrial(t *op.Tx, try trial) (outcome, error) {
	now, err := accountOf(t, emailKey(try.Email))
	if err != nil && errs.KindOf(err) != errs.KindNotFound {
		return outcome{}, err
	}
	// A password that was changed while it was being checked is an old one.
	if !try.proven || now.ID != try.account.ID || now.Password != try.account.Password {
		return outcome{refused: true}, t.Record(now.event("operator.sign_in_failed"))
	}
	if try.rehash != "" {
		if err := setPassword(t, now.ID, try.rehash); err != nil {
			return outcome{}, err
		}
	}
	if err := throttle.Clear(t, try.counter()); err != nil {
		return outcome{}, err
	}
	if !try.known {
		if err := throttle.Forgive(t, try.networkCounter(t)); err != nil {
			return outcome{}, err
		}
	}
	in, err := start(t, now.Operator, try.known)
	return outcome{SignedIn: in}, err
}
