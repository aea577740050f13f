package app

import (
	"context"

	"roster/internal/apikey"
	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/operator"
	"roster/internal/signin"
)

// Hooks are the door's questions, answered by the features.
func Hooks() op.Hooks { return op.Hooks{Organization: organization, Actor: actor, Stale: touch} }

// touches write down that a session or key was used.
var touches = map[authz.Kind]op.Command[op.Nothing, op.Nothing]{
	authz.UserKind: signin.Touch, authz.OperatorOne: operator.Touch, authz.KeyKind: apikey.Touch, authz.OperatorKey: apikey.Touch,
}

// touch runs after what was asked for has been done. If it fails, the door has
// logged why, and the next request tries again.
func touch(ctx context.Context, d *op.Door, call op.Call, actor authz.Actor) {
	if note, ok := touches[actor.Kind]; ok {
		_, _ = note.Do(context.WithoutCancel(ctx), d, call, op.Nothing{})
	}
}

// actor proves a caller. A key counts alone; an operator's session counts on
// the platform only, a user's only in its organization.
func actor(t *op.Tx, caller authz.Caller, org id.Org) (authz.Actor, error) {
	nobody := authz.Actor{Kind: authz.Nobody}
	switch scope := t.Scope(); {
	case caller.System != "":
		return authz.Actor{Kind: authz.SystemKind, ID: caller.System, Name: "Roster", Reach: authz.Everywhere()}, nil
	case caller.Key != nil:
		return apikey.Prove(t, caller.Key)
	case scope == authz.Platform || scope == authz.Operator:
		if caller.Operator == nil {
			return nobody, nil
		}
		return operator.Prove(t, caller.Operator)
	}
	if of, hash := session(caller.Sessions, org); hash != nil {
		return signin.Prove(t, of, hash)
	}
	return nobody, nil
}
