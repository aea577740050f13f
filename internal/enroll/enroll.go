package enroll

import (
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/field"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/link"
	"roster/internal/org"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/user"
)

// Token is what stands in the address of a link.
type Token struct {
	Token secret.Clear

	purpose link.Purpose // what the page is for: a token works for its own purpose only
}

// Offer is what lies behind a link.
type Offer struct {
	Org        org.Organization
	User       user.User         // whose account it is, as far as that is known
	Invitation invite.Invitation // none behind an activation's link
	Fields     []field.Field     // all that the organization has
	Rules      signin.Rules
	ExpiresAt  time.Time
	SignedInAs string      // who uses this browser in the organization already; empty: nobody
	Dead       *errs.Error // why the link no longer works, of which only Org is known; nil: it works
}

// Acceptance is what the person sends.
type Acceptance struct {
	Token secret.Clear
	user.Fields
	Password secret.Clear

	purpose link.Purpose
	offer   Offer
	hash    string
}

// check says what is wrong with the person's fields and password, all at once.
func (in Acceptance) check() error {
	var c errs.Check
	u := in.Fields.Apply(in.offer.User, &c)
	u.RequireName(&c)
	user.Customize(in.offer.Fields, u, in.Custom, field.Joiner, &c)
	signin.RulesFor(in.offer.Org, u).Check(&c, "password", in.Password)
	return c.Err()
}

// found is a link, with all that it is for.
type found struct {
	link       link.Link
	org        org.Organization
	user       user.User
	stored     user.Credentials
	invitation invite.Invitation
	stands     bool // whoever invited may still give what was given
}

// usable says why a link that is in force leads nowhere: what it was made for
// is no more, or whoever invited cannot give any longer what it gives. An
// account that was added directly has had its role since then.
func (f found) usable() error {
	switch {
	case f.org.Suspended:
		return signin.Suspended()
	case f.link.Purpose == link.Activation:
		if f.user.State != user.Pending || f.user.Email != f.link.Address || f.stored.Version != f.link.CredentialVersion {
			return withdrawn(errs.Phrased("This link has been withdrawn: the account has changed since it was sent."))
		}
		return nil
	case f.user.State != user.Invited || f.invitation.ID == "" || f.user.Email != f.link.Address:
		return withdrawn(errs.Phrased("This invitation has been withdrawn."))
	case !f.stands:
		return withdrawn(errs.Phrased("Whoever invited you may not give this role any more. Ask an admin of the organization for a new invitation."))
	}
	return nil
}

func withdrawn(why errs.Phrase) *errs.Error {
	return errs.New(errs.KindGone, "link_revoked", "%s", why)
}

// kindOf says what sort of thing an inviter's id names.
func kindOf(inviter string) authz.Kind {
	switch {
	case id.Valid[id.User](inviter):
		return authz.UserKind
	case id.Valid[id.Key](inviter):
		return authz.KeyKind
	}
	return authz.OperatorOne // or Roster itself: what they invite to stands
}
