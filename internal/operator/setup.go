package operator

import (
	"cmp"
	"context"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/link"
	"roster/internal/op"
	"roster/internal/secret"
)

// setupLife is how long a setup link works.
const setupLife = 24 * time.Hour

// theFirst is the subject of the link for the operator who does not exist yet.
const theFirst = "first_operator"

// Link is a one-time link, to be printed where only whoever runs the server looks.
type Link struct {
	URL       secret.Clear
	ExpiresAt time.Time
}

// SetupLink makes the link to set up the first operator; earlier ones stop
// working. Once there is an operator it does nothing, and answers no link.
var SetupLink = op.Command[op.Nothing, Link]{
	Name: "operator.setup_link", Needs: authz.SystemWork, Scope: authz.System, Run: setupLink,
}

// New is an operator to make.
type New struct {
	Email    string
	Name     string       // the address if left out
	Password secret.Clear // a link to set one if left out

	hash string
}

// Made is an operator, and the link to set a password if none was given.
type Made struct {
	Operator Operator
	Link     Link
}

// Create makes an operator, or lets one with this address in again: what was
// signed in before is signed out once the password is set. The command line
// runs it. Error: validation_failed.
var Create = op.Command[New, Made]{
	Name: "operator.create", Needs: authz.SystemWork, Scope: authz.System,
	Prepare: func(ctx context.Context, tools op.Tools, in New) (New, error) {
		if in.Password.IsZero() {
			return in, nil
		}
		var c errs.Check
		checkPassword(&c, in.Password, in.Email, in.Name)
		if err := c.Err(); err != nil {
			return in, err
		}
		var err error
		in.hash, err = tools.Passwords.Hash(ctx, in.Password.Reveal())
		return in, err
	},
	Run: create,
}

// Token is what stands in the address of a setup link.
type Token struct {
	Token secret.Clear
}

// Offer is what a setup page shows before it is sent.
type Offer struct {
	Email     string // whom the link names; empty: the first operator, who says so
	Name      string
	ExpiresAt time.Time
}

// ShowSetup opens a setup link without using it. Errors: link_unknown and the
// other refusals of link.Find.
var ShowSetup = op.Query[Token, Offer]{
	Name: "operator.show_setup", Needs: authz.Everybody, Scope: authz.Public, Run: showSetup,
}

// Setup is what somebody with a setup link sends. Whom the link names keeps
// their address.
type Setup struct {
	Token    secret.Clear
	Email    string       `form:"email"`
	Name     string       `form:"name"`
	Password secret.Clear `form:"password"`

	hash string
}

// CompleteSetup uses a setup link: the operator exists, has this password, and
// is signed in; nothing that was signed in before stays so. Of parallel uses
// exactly one succeeds. Errors: validation_failed, link_unknown and the other
// refusals of link.Find.
var CompleteSetup = op.Command[Setup, SignedIn]{
	Name: "operator.complete_setup", Needs: authz.Everybody, Scope: authz.Public,
	Prepare: func(ctx context.Context, tools op.Tools, in Setup) (Setup, error) {
		if _, ok := secret.HashToken(in.Token.Reveal(), secret.Setup); !ok {
			return in, nil // Run refuses it; nothing is worth hashing
		}
		var c errs.Check
		checkEmail(&c, in.Email)
		in.Name = checkName(&c, in.Name)
		checkPassword(&c, in.Password, in.Email, in.Name)
		if err := c.Err(); err != nil {
			return in, err
		}
		var err error
		in.hash, err = tools.Passwords.Hash(ctx, in.Password.Reveal())
		return in, err
	},
	Run: completeSetup,
}

func setupLink(t *op.Tx, _ op.Nothing) (Link, error) {
	if n, err := count(t); err != nil || n > 0 {
		return Link{}, err
	}
	l, err := issue(t, theFirst, "")
	if err != nil {
		return l, err
	}
	return l, t.Record(op.Event{Name: "operator.setup_offered", Subject: op.Subject{Kind: "operator", Name: "the first operator"}})
}

func issue(t *op.Tx, subject, address string) (Link, error) {
	token, l, err := link.Issue(t, link.New{Purpose: link.OperatorSetup, Subject: subject, Address: address, Life: setupLife})
	if err != nil {
		return Link{}, err
	}
	return Link{secret.NewClear(t.URL("/operator/setup/" + token.Reveal())), l.ExpiresAt}, nil
}

func create(t *op.Tx, in New) (Made, error) {
	var c errs.Check
	address := checkEmail(&c, in.Email)
	if in.Name == "" {
		in.Name = cmp.Or(address.Spelling, in.Email) // of an address that is none, only that is said
	}
	in.Name = checkName(&c, in.Name)
	if err := c.Err(); err != nil {
		return Made{}, err
	}
	known, err := accountOf(t, address.Key)
	o := known.Operator
	if errs.KindOf(err) == errs.KindNotFound {
		o, err = add(t, Operator{Email: address.Spelling, Name: in.Name}, address.Key)
	}
	if err != nil {
		return Made{}, err
	}
	if in.hash != "" {
		return Made{Operator: o}, give(t, o, in.hash)
	}
	l, err := issue(t, string(o.ID), o.Email)
	if err != nil {
		return Made{}, err
	}
	return Made{o, l}, t.Record(o.event("operator.setup_offered"))
}

// add makes an operator without a password. From the first one on, the link
// that was printed for the first one is of no use.
func add(t *op.Tx, o Operator, key string) (Operator, error) {
	o.ID, o.CreatedAt = id.New[id.Operator](t.Now()), t.Now()
	if err := insert(t, o, key); err != nil {
		return o, err
	}
	if err := link.Revoke(t, theFirst, link.Withdrawn, link.OperatorSetup); err != nil {
		return o, err
	}
	return o, t.Record(o.event("operator.created"))
}

// give sets a password, and ends everything that an older one has opened.
func give(t *op.Tx, o Operator, hash string) error {
	if err := setPassword(t, o.ID, hash); err != nil {
		return err
	}
	if err := forget(t, o.ID); err != nil {
		return err
	}
	if err := link.Revoke(t, string(o.ID), link.Withdrawn, link.OperatorSetup); err != nil {
		return err
	}
	return t.Record(o.event("operator.password_set"))
}

func showSetup(t *op.Tx, in Token) (Offer, error) {
	l, err := link.Find(t, link.OperatorSetup, in.Token.Reveal())
	if err != nil || l.Subject == theFirst {
		return Offer{ExpiresAt: l.ExpiresAt}, err
	}
	o, err := byID(t, id.Operator(l.Subject))
	offer := Offer{Email: o.Email, Name: o.Name, ExpiresAt: l.ExpiresAt}
	if offer.Name == offer.Email {
		offer.Name = "" // nobody has asked for it yet
	}
	return offer, err
}

func completeSetup(t *op.Tx, in Setup) (SignedIn, error) {
	l, err := link.Find(t, link.OperatorSetup, in.Token.Reveal())
	if err != nil {
		return SignedIn{}, err
	}
	if err := link.Consume(t, l); err != nil {
		return SignedIn{}, err
	}
	o, err := behind(t, l, in)
	if err != nil {
		return SignedIn{}, err
	}
	// Who holds the link is who it is for, and does what follows.
	if err := t.Become(o.actor("")); err != nil {
		return SignedIn{}, err
	}
	if err := give(t, o, in.hash); err != nil {
		return SignedIn{}, err
	}
	return start(t, o, false)
}

// behind is the operator whom a link is for, with the name that they have
// entered: a new one behind the link for the first.
func behind(t *op.Tx, l link.Link, in Setup) (Operator, error) {
	if l.Subject != theFirst {
		o, err := byID(t, id.Operator(l.Subject))
		if err != nil {
			return o, err
		}
		o.Name = in.Name
		return o, rename(t, o)
	}
	// Making any operator revokes the link, so there is none; this is the second lock.
	if n, err := count(t); err != nil || n > 0 {
		return Operator{}, errs.New(errs.KindGone, "link_revoked", "Roster has an operator already. Sign in.")
	}
	var c errs.Check
	address := checkEmail(&c, in.Email)
	if err := c.Err(); err != nil {
		return Operator{}, err
	}
	return add(t, Operator{Email: address.Spelling, Name: in.Name}, address.Key)
}
