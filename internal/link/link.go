// Package link makes the one-time links that Roster mails to people.
//
// A link is bound to its purpose, its organization, its subject, the address
// that it was mailed to, and the version of the credential that it replaces.
// Only a hash of its token is stored. Opening a link changes nothing; Consume
// does, once: of any number of parallel uses exactly one wins. Whether it has
// expired or been revoked is decided then, by the database's clock.
package link

import (
	"time"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/secret"
)

// Purpose is what a link is for. A token works for its own purpose only.
type Purpose string

// The purposes.
const (
	Invitation    Purpose = "invitation"
	Activation    Purpose = "activation"
	PasswordReset Purpose = "password_reset"     // an admin has sent it
	Forgotten     Purpose = "password_forgotten" // somebody has asked for it, who need not be its owner
	OperatorSetup Purpose = "operator_setup"
)

// prefixes make a token's purpose readable, and let it be refused before any
// query when it is shown to the wrong page.
var prefixes = map[Purpose]secret.Prefix{
	Invitation: secret.Invitation, Activation: secret.Activation, PasswordReset: secret.Reset, Forgotten: secret.Reset, OperatorSetup: secret.Setup,
}

// Why a link was revoked: the page behind it says so.
const (
	Superseded = "superseded" // a newer one was sent
	Withdrawn  = "withdrawn"  // an admin revoked it, or its subject changed
)

// Link is one stored link, without its token.
type Link struct {
	Org               id.Org    `db:"org_id"`
	ID                id.Link   `db:"id"`
	Purpose           Purpose   `db:"purpose"`
	Subject           string    `db:"subject_id"`
	Address           string    `db:"address"`
	CredentialVersion int       `db:"credential_version"`
	CreatedAt         time.Time `db:"created_at"`
	ExpiresAt         time.Time `db:"expires_at"`
	UsedAt            time.Time `db:"used_at"`
	RevokedAt         time.Time `db:"revoked_at"`
	RevokedWhy        string    `db:"revoked_why"`
}

// New is what Issue needs.
type New struct {
	Purpose           Purpose
	Subject           string
	Address           string
	CredentialVersion int
	Life              time.Duration
}

// Issue makes a link and revokes, as superseded, those of the same subject and
// purpose. The token is in the answer and nowhere else.
func Issue(t *op.Tx, n New) (secret.Clear, Link, error) {
	if err := Revoke(t, n.Subject, Superseded, n.Purpose); err != nil {
		return secret.Clear{}, Link{}, err
	}
	token, hash := secret.NewToken(prefixes[n.Purpose])
	l := Link{
		Org: t.Org(), ID: id.New[id.Link](t.Now()), Purpose: n.Purpose, Subject: n.Subject, Address: n.Address,
		CredentialVersion: n.CredentialVersion, CreatedAt: t.Now(), ExpiresAt: t.Now().Add(n.Life),
	}
	return token, l, insert(t, l, hash)
}

// Find opens a link without using it, and binds the transaction to the link's
// organization. An unknown token, or one of another purpose, is 404
// link_unknown; a known one that no longer works is 410 link_used,
// link_expired, link_superseded or link_revoked.
func Find(t *op.Tx, purpose Purpose, token string) (Link, error) {
	unknown := errs.New(errs.KindNotFound, "link_unknown", "This link is not known here. Check that the address was copied whole.")
	hash, ok := secret.HashToken(token, prefixes[purpose])
	if !ok {
		return Link{}, unknown
	}
	l, err := byHash(t, hash)
	if errs.KindOf(err) == errs.KindNotFound {
		return Link{}, unknown
	}
	if err != nil {
		return Link{}, err
	}
	if l.Purpose != purpose {
		return Link{}, unknown
	}
	if err := t.Enter(l.Org); err != nil {
		return Link{}, err
	}
	return l, l.usable(t.Now())
}

// usable says why a link no longer works, nil if it does.
func (l Link) usable(now time.Time) error {
	switch {
	case !l.UsedAt.IsZero():
		return errs.New(errs.KindGone, "link_used", "This link has been used already. It works once.")
	case l.RevokedWhy == Superseded:
		return errs.New(errs.KindGone, "link_superseded", "A newer e-mail with another link has been sent. Use the link in the newest one.")
	case !l.RevokedAt.IsZero():
		return errs.New(errs.KindGone, "link_revoked", "This link has been withdrawn. Ask the person who sent it.")
	case !now.Before(l.ExpiresAt):
		return errs.New(errs.KindGone, "link_expired", "This link has expired. Ask for a new one.")
	}
	return nil
}

// Consume uses the link up. Exactly one of many callers succeeds; the others
// get link_used or whatever else has happened to it.
func Consume(t *op.Tx, l Link) error {
	won, err := consume(t, l.ID)
	if err != nil || won {
		return err
	}
	now, err := byID(t, l.ID)
	if err != nil {
		return err
	}
	if err := now.usable(t.Now()); err != nil {
		return err
	}
	return errs.New(errs.KindGone, "link_used", "This link has been used already. It works once.")
}
