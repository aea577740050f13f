package enroll

import (
	"context"

	"roster/internal/apikey"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/field"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/link"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/service"
	"roster/internal/signin"
	"roster/internal/user"
)

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{Show, ShowActivation, look, whoIsHere, Accept, Activate, join}
}

// Show opens an invitation's link without using it. Errors: link_unknown, and
// too_many_attempts once a network has tried many such.
var Show = op.Sequence[Token, Offer]{
	Name: "enroll.show", Needs: authz.Everybody, Scope: authz.Public, ReadOnly: true, Run: show(link.Invitation),
}

// ShowActivation opens an activation's link without using it. Errors as of Show.
var ShowActivation = op.Sequence[Token, Offer]{
	Name: "activation.show", Needs: authz.Everybody, Scope: authz.Public, ReadOnly: true, Run: show(link.Activation),
}

// Accept uses an invitation's link: the account is active, has this password,
// and the person is signed in, in place of whoever used the browser before. Where
// a license is required and none is free, the user is waiting and nobody is signed
// in. Of
// parallel uses exactly one succeeds. Errors: validation_failed; link_unknown,
// and the other refusals of link.Find; link_revoked if whoever invited may not
// give the role any more.
var Accept = op.Sequence[Acceptance, signin.SignedIn]{
	Name: "enroll.accept", Needs: authz.Everybody, Scope: authz.Public, Run: accept(link.Invitation),
}

// Activate uses an activation's link, as Accept does an invitation's. Errors:
// validation_failed; link_unknown, and the other refusals of link.Find;
// link_revoked if the account has changed since the link was sent.
var Activate = op.Sequence[Acceptance, signin.SignedIn]{
	Name: "activation.accept", Needs: authz.Everybody, Scope: authz.Public, Run: accept(link.Activation),
}

// look opens a link, and answers the organization beside the refusal of one
// that no longer works.
var look = op.Query[Token, Offer]{
	Name: "enroll.look", Needs: authz.Everybody, Scope: authz.Public,
	Run: func(t *op.Tx, in Token) (Offer, error) {
		f, err := find(t, in)
		if f.org.ID == "" {
			return Offer{}, err
		}
		if err != nil {
			offer := Offer{Org: f.org}
			offer.Dead, err = link.Dead(err)
			return offer, err
		}
		fields, err := field.All(t)
		return Offer{
			Fields: fields, Org: f.org, User: f.user, Invitation: f.invitation, Rules: signin.RulesFor(f.org, f.user), ExpiresAt: f.link.ExpiresAt,
		}, err
	},
}

// here is who uses the browser in an organization.
type here struct{ Name string }

var whoIsHere = op.Query[op.Nothing, here]{
	Name: "enroll.who_is_here", Needs: authz.Everybody, Scope: authz.Public,
	Run: func(t *op.Tx, _ op.Nothing) (here, error) { return here{t.Actor().Name}, nil },
}

var join = op.Command[Acceptance, signin.SignedIn]{
	Name: "enroll.join", Needs: authz.Everybody, Scope: authz.Public,
	Prepare: func(ctx context.Context, tools op.Tools, in Acceptance) (Acceptance, error) {
		if err := in.check(); err != nil {
			return in, err
		}
		var err error
		in.hash, err = tools.Passwords.Hash(ctx, in.Password.Reveal())
		return in, err
	},
	Run: enter,
}

// show opens links of one purpose.
func show(purpose link.Purpose) func(context.Context, *op.Door, op.Call, Token) (Offer, error) {
	return func(ctx context.Context, d *op.Door, call op.Call, in Token) (Offer, error) {
		in.purpose = purpose
		offer, err := look.Do(ctx, d, call, in)
		if err != nil || offer.Dead != nil {
			return offer, signin.Guess(ctx, d, call, err)
		}
		call.Org = string(offer.Org.ID)
		who, err := whoIsHere.Do(ctx, d, call, op.Nothing{})
		offer.SignedInAs = who.Name
		return offer, err
	}
}

// accept uses links of one purpose.
func accept(purpose link.Purpose) func(context.Context, *op.Door, op.Call, Acceptance) (signin.SignedIn, error) {
	return func(ctx context.Context, d *op.Door, call op.Call, in Acceptance) (signin.SignedIn, error) {
		in.purpose = purpose
		var err error
		if in.offer, err = look.Do(ctx, d, call, in.token()); err != nil {
			return signin.SignedIn{}, signin.Guess(ctx, d, call, err)
		}
		if in.offer.Dead != nil {
			return signin.SignedIn{}, in.offer.Dead
		}
		call.Org = string(in.offer.Org.ID) // so that the browser's session there is known
		return join.Do(ctx, d, call, in)
	}
}

func enter(t *op.Tx, in Acceptance) (signin.SignedIn, error) {
	f, err := find(t, in.token())
	if err != nil {
		return signin.SignedIn{}, err
	}
	if err := link.Consume(t, f.link); err != nil {
		return signin.SignedIn{}, err
	}
	// The account is not active before it has joined, and nobody is let in
	// before: so the fields of the event are the invited person's own work.
	if err := t.Become(authz.Actor{Kind: authz.UserKind, ID: string(f.user.ID), Name: f.user.Name(), Org: t.Org(), Session: t.Actor().Session}); err != nil {
		return signin.SignedIn{}, err
	}
	u, err := user.Join(t, f.user, in.Fields)
	if err != nil {
		return signin.SignedIn{}, err
	}
	if err := user.SetPassword(t, u.ID, in.hash, false); err != nil {
		return signin.SignedIn{}, err
	}
	if err := invite.Accepted(t, u); err != nil {
		return signin.SignedIn{}, err
	}
	if u.State == user.Waiting { // welcomed, and let in, once there is a license
		return signin.SignedIn{Org: f.org.ID, Slug: f.org.Slug, User: u}, nil
	}
	if err := service.Welcome(t, f.org, u); err != nil {
		return signin.SignedIn{}, err
	}
	return signin.Admit(t, u, f.org, false, false)
}

func (in Acceptance) token() Token { return Token{in.Token, in.purpose} }

// find finds what a link is for. Of one that no longer works it answers the
// organization beside the error.
func find(t *op.Tx, in Token) (found, error) {
	l, dead := link.Find(t, in.purpose, in.Token.Reveal())
	if l.ID == "" {
		return found{}, dead
	}
	o, err := org.Mine(t)
	if err != nil {
		return found{}, err
	}
	f := found{link: l, org: o}
	if dead != nil {
		return f, dead
	}
	if f.user, err = user.ByID(t, id.User(l.Subject)); err == nil {
		err = f.ask(t)
	}
	if err != nil && errs.KindOf(err) != errs.KindNotFound {
		return found{}, err
	}
	return f, f.usable()
}

// ask reads what the link depends on beside its user.
func (f *found) ask(t *op.Tx) (err error) {
	if f.link.Purpose == link.Activation {
		f.stored, err = user.CredentialsOf(t, f.user.ID)
		return err
	}
	if f.invitation, err = invite.ByUser(t, f.user.ID); err != nil {
		return err
	}
	inviter, err := behind(t, f.invitation.InvitedBy)
	if err != nil {
		return err
	}
	f.stands, err = user.Covers(t, inviter, f.user)
	return err
}

// behind is whoever invited, with what they may do now.
func behind(t *op.Tx, inviter string) (authz.Actor, error) {
	switch kindOf(inviter) {
	case authz.UserKind:
		u, err := user.ByID(t, id.User(inviter))
		if errs.KindOf(err) == errs.KindNotFound || err == nil && u.State != user.Active {
			return authz.Actor{Reach: authz.Everywhere()}, nil // what needs no right stands
		}
		return authz.Actor{Kind: authz.UserKind, Permissions: u.Permissions(), Reach: u.Reach()}, err
	case authz.KeyKind:
		return apikey.Holds(t, id.Key(inviter))
	}
	return authz.Actor{Kind: authz.OperatorOne}, nil
}
