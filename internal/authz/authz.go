// Package authz has the words of authorization: who acts (Caller, Actor), on
// which plane (Scope), with which right (Permission), and the built-in roles.
// It decides by pure functions; package op asks them inside every transaction.
package authz

import (
	"cmp"
	"maps"
	"slices"

	"roster/internal/id"
)

// Scope is the plane that an operation belongs to.
type Scope uint8

// The scopes. The zero value is none, and the door refuses to register it.
const (
	InOrg    Scope = iota + 1 // members and keys of one organization, and operator keys on its behalf
	Self                      // a signed-in user, about their own account
	Platform                  // operators and operator keys
	Operator                  // a signed-in operator, about their own account
	Public                    // anybody: the operation itself decides by what it is shown
	System                    // Roster's own workers
	OnBehalf                  // a signed-in user, about their own account; or a key, for the user that it names
)

// String names the scope in golden files and the OpenAPI document.
func (s Scope) String() string {
	return [...]string{"none", "org", "self", "platform", "operator", "public", "system", "behalf"}[s]
}

// OfOrganization reports whether an operation of the scope works in one organization.
func (s Scope) OfOrganization() bool { return s == InOrg || s == Self || s == OnBehalf }

// Kind says what sort of actor somebody is.
type Kind string

// The kinds of actors. They are stored in audit events and never renamed.
const (
	Nobody      Kind = "nobody"
	UserKind    Kind = "user"
	KeyKind     Kind = "key"
	OperatorOne Kind = "operator"
	OperatorKey Kind = "operator_key"
	SystemKind  Kind = "system"
)

// Origin is where a request came from. It goes into audit events and the list
// of sessions, never into a decision.
type Origin struct {
	Address   string // of the client, after trusted proxies
	Agent     string // user agent, cut to 256 characters
	RequestID string
}

// Caller is an unproved claim: hashes of the tokens that a request shows, and
// where it came from. The door turns it into an Actor inside each transaction,
// so that what an actor may do is never older than the transaction that asks.
type Caller struct {
	// Sessions holds a hash for each organization that the browser is signed
	// in to: the one that the request names counts, or the only one.
	Sessions map[id.Org][]byte
	Operator []byte // hash of an operator's session: counts on the platform only
	Key      []byte // hash of an API key: counts alone
	System   string // one of Roster's own workers
	Origin   Origin
}

// Worker is one of Roster's own workers. Only package app may hand it out.
func Worker(name string) Caller { return Caller{System: name} }

// Actor is a proved caller.
type Actor struct {
	Kind        Kind
	ID          string // usr_, key_, opr_, or a worker's name
	Name        string // as audit events show it
	Org         id.Org // empty for operators, their keys, and workers
	Session     id.Session
	Permissions Set
	Reach       Reach
	MustChange  bool // the own password, before anything else
	Stale       bool // the session's last use is worth writing down again
	Origin      Origin
}

// User is the actor's user id, empty if the actor is no user.
func (a Actor) User() id.User {
	if a.Kind != UserKind {
		return ""
	}
	return id.User(a.ID)
}

// OnPlatform reports whether the actor is the operator or one of the operator's keys.
func (a Actor) OnPlatform() bool { return a.Kind == OperatorOne || a.Kind == OperatorKey }

// Set is a set of permissions.
type Set map[Permission]bool

// SetOf is the set of the listed permissions.
func SetOf(list ...Permission) Set {
	s := make(Set, len(list))
	for _, p := range list {
		s[p] = true
	}
	return s
}

// Has reports whether p is in the set.
func (s Set) Has(p Permission) bool { return s[p] }

// Covers reports whether everything in other is also in s. It is the rule
// behind 'nobody grants more than they hold' and 'nobody acts on somebody above'.
func (s Set) Covers(other Set) bool {
	for p := range other {
		if !s[p] {
			return false
		}
	}
	return true
}

// And is what both sets hold: a key may do what it was given and its owner still may.
func (s Set) And(other Set) Set {
	both := Set{}
	for p := range s {
		if other[p] {
			both[p] = true
		}
	}
	return both
}

// List is the set in alphabetical order, never nil.
func (s Set) List() []Permission {
	return slices.SortedFunc(maps.Keys(s), cmp.Compare[Permission])
}

// Verdict is the answer to whether an actor may enter an operation.
type Verdict uint8

// The verdicts, in the order in which they are tried.
const (
	Allowed         Verdict = iota
	Unauthenticated         // no proof, or one of the wrong plane
	Hidden                  // another organization's: answered like what does not exist
	Lacking                 // known and visible, but the permission is missing
	PasswordFirst           // known, but a new password is to be set before anything else
)

// May decides whether actor may run an operation of the given scope and
// permission in org (empty on the platform). The permission Everybody asks for
// nothing but that the actor is of the scope. It is here, and nowhere else, that
// a password which must be changed closes everything but the own password.
func May(actor Actor, scope Scope, needs Permission, org id.Org) Verdict {
	switch scope {
	case Public:
		return Allowed
	case System:
		return allowIf(actor.Kind == SystemKind)
	case Operator:
		return allowIf(actor.Kind == OperatorOne)
	case Platform:
		if !actor.OnPlatform() {
			return Unauthenticated
		}
	case OnBehalf:
		if actor.Kind == UserKind {
			return May(actor, Self, needs, org)
		}
		return May(actor, InOrg, needs, org)
	case Self:
		if actor.Kind != UserKind {
			return Unauthenticated
		}
		if actor.Org != org {
			return Hidden
		}
		if actor.MustChange && needs != OwnPassword && needs != Everybody {
			return PasswordFirst
		}
		return Allowed
	case InOrg:
		switch actor.Kind {
		case UserKind, KeyKind:
			if actor.Org != org {
				return Hidden
			}
			if actor.MustChange {
				return PasswordFirst
			}
		case OperatorKey: // in any organization, and seen in its audit log
			if org == "" {
				return Hidden
			}
		default:
			return Unauthenticated
		}
	default:
		return Unauthenticated
	}
	if needs != Everybody && !actor.Permissions.Has(needs) {
		return Lacking
	}
	return Allowed
}

func allowIf(ok bool) Verdict {
	if ok {
		return Allowed
	}
	return Unauthenticated
}
