package operator

import (
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/secret"
)

// An operator's session ends after an hour without use, and after twelve in any case.
const (
	sessionIdle = time.Hour
	sessionLife = 12 * time.Hour
	touchEvery  = time.Minute
)

// maxSessions and maxDevices are how many of each an operator has; beyond them
// the oldest go.
const (
	maxSessions = 20
	maxDevices  = 20
)

type proof struct {
	Session   id.Session `db:"session"`
	SeenAt    time.Time  `db:"seen_at"`
	ExpiresAt time.Time  `db:"expires_at"`
	Operator
}

// Prove is the door's question who an operator's session belongs to.
func Prove(t *op.Tx, hash []byte) (authz.Actor, error) {
	p, err := bySession(t, hash)
	if errs.KindOf(err) == errs.KindNotFound {
		return authz.Actor{Kind: authz.Nobody}, nil
	}
	if err != nil {
		return authz.Actor{}, err
	}
	if !t.Now().Before(p.ExpiresAt) || t.Now().Sub(p.SeenAt) >= sessionIdle {
		return authz.Actor{Kind: authz.Nobody}, nil
	}
	actor := p.actor(p.Session)
	actor.Stale = t.Now().Sub(p.SeenAt) >= touchEvery
	return actor, nil
}

// actor is the operator as the one who acts.
func (o Operator) actor(s id.Session) authz.Actor {
	return authz.Actor{Kind: authz.OperatorOne, ID: string(o.ID), Name: o.Name, Session: s, Permissions: authz.OperatorSet(), Reach: authz.Everywhere()}
}

// start makes a session for an operator who has just proved who they are, and
// makes the browser a known device unless it is one. Nothing else makes one.
func start(t *op.Tx, o Operator, known bool) (SignedIn, error) {
	session := id.New[id.Session](t.Now())
	token, hash := secret.NewToken(secret.Operator)
	in := SignedIn{Operator: o, Token: token, ExpiresAt: t.Now().Add(sessionLife)}
	if err := insertSession(t, session, o.ID, hash, in.ExpiresAt); err != nil {
		return in, err
	}
	if !known {
		in.Device, hash = secret.NewToken(secret.Device)
		if err := insertDevice(t, o.ID, hash); err != nil {
			return in, err
		}
	}
	if err := seen(t, o.ID); err != nil {
		return in, err
	}
	if err := t.Become(o.actor(session)); err != nil {
		return in, err
	}
	return in, t.Record(o.event("operator.signed_in"))
}

// SignOut ends the session that the request came with.
var SignOut = op.Command[op.Nothing, op.Nothing]{
	Name: "operator.sign_out", Needs: authz.SelfService, Scope: authz.Operator,
	Run: func(t *op.Tx, _ op.Nothing) (op.Nothing, error) {
		actor := t.Actor()
		if err := endSession(t, actor.Session); err != nil {
			return op.Nothing{}, err
		}
		return op.Nothing{}, t.Record(Operator{ID: id.Operator(actor.ID), Name: actor.Name}.event("operator.signed_out"))
	},
}

// Touch keeps a session from going idle and notes when the operator was last
// seen. The portal calls it for an actor that is Stale.
var Touch = op.Command[op.Nothing, op.Nothing]{
	Name: "operator.touch", Needs: authz.SelfService, Scope: authz.Operator, Relaxed: true,
	Quiet: "being here is not a change",
	Run: func(t *op.Tx, _ op.Nothing) (op.Nothing, error) {
		if err := touchSession(t, t.Actor().Session); err != nil {
			return op.Nothing{}, err
		}
		return op.Nothing{}, seen(t, id.Operator(t.Actor().ID))
	},
}
