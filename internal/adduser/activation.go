package adduser

import (
	"cmp"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/invite"
	"roster/internal/link"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/service"
	"roster/internal/user"
	"roster/internal/wording"
)

// State is where an activation stands, as seen at a moment.
type State string

// The states.
const (
	Open      State = "open"
	Expired   State = "expired"
	Withdrawn State = "withdrawn" // the user was deactivated since: send it again
)

// Activation is the newest activation e-mail of somebody who has not followed
// its link.
type Activation struct {
	State     State           `db:"-" json:"state" enum:"open,expired,withdrawn"`
	SentAt    time.Time       `db:"sent_at" json:"sent_at,omitzero"`
	ExpiresAt time.Time       `db:"expires_at" json:"expires_at,omitzero" doc:"Until when the link in the e-mail works."`
	RevokedAt time.Time       `db:"revoked_at" json:"-"`
	Delivery  invite.Delivery `db:"delivery" json:"delivery,omitempty" enum:"queued,sent,undeliverable"`
	Problem   string          `db:"problem" json:"problem,omitempty" doc:"Why the e-mail could not be delivered."`
}

// at fills in what depends on the moment.
func (a Activation) at(now time.Time) Activation {
	switch {
	case !a.RevokedAt.IsZero():
		a.State = Withdrawn
	case now.Before(a.ExpiresAt):
		a.State = Open
	default:
		a.State = Expired
	}
	return a
}

// lettersPerDay is how many activation e-mails one address gets from one
// organization within 24 hours.
const lettersPerDay = 3

// kindActivation is what an activation e-mail is counted as.
const kindActivation = "activation"

// Show answers where the activation of a user stands. Errors: not_found,
// not_pending.
var Show = op.Query[user.Ref, Activation]{
	Name: "user.show_activation", Needs: authz.UsersView, Scope: authz.InOrg,
	Run: func(t *op.Tx, in user.Ref) (Activation, error) {
		u, err := user.ByID(t, in.ID)
		if err != nil {
			return Activation{}, err
		}
		if err := pending(u); err != nil {
			return Activation{}, err
		}
		return ByUser(t, u.ID)
	},
}

// Resend sends the activation e-mail again: a new link for a new full time. The
// older link stops working. Errors: not_found, target_above_caller, not_pending,
// too_many_letters.
var Resend = op.Command[user.Ref, Activation]{
	Name: "user.resend_activation", Needs: authz.UsersManage, Scope: authz.InOrg, Run: resend,
}

func resend(t *op.Tx, in user.Ref) (Activation, error) {
	u, err := user.ByID(t, in.ID)
	if err != nil {
		return Activation{}, err
	}
	if err := user.MayManage(t, u); err != nil {
		return Activation{}, err
	}
	if err := pending(u); err != nil {
		return Activation{}, err
	}
	if err := mail.TooMany(t, u.Email, kindActivation, lettersPerDay); err != nil {
		return Activation{}, err
	}
	o, err := org.Mine(t)
	if err != nil {
		return Activation{}, err
	}
	// What has not left yet carries a link that is about to die.
	if err := mail.Cancel(t, string(u.ID)); err != nil {
		return Activation{}, err
	}
	if err := send(t, o, u); err != nil {
		return Activation{}, err
	}
	a, err := ByUser(t, u.ID)
	if err != nil {
		return Activation{}, err
	}
	return a, t.Record(op.Event{
		Name: "activation.sent", Subject: u.Subject(), Changes: []op.Change{{Field: "expires_at", After: a.ExpiresAt}},
	})
}

// pending refuses whoever is not waiting to activate the account.
func pending(u user.User) error {
	switch u.State {
	case user.Pending:
		return nil
	case user.Invited:
		return errs.Conflict("not_pending", "%s has been invited. Send the invitation again instead.", u.Name())
	case user.Deactivated:
		return errs.Conflict("not_pending", "%s is deactivated. Activate the user first.", u.Name())
	}
	return errs.Conflict("not_pending", "%s has activated the account already.", u.Name())
}

// send makes the link, which kills the older one, and posts the letter.
func send(t *op.Tx, o org.Organization, u user.User) error {
	stored, err := user.CredentialsOf(t, u.ID)
	if err != nil {
		return err
	}
	token, l, err := link.Issue(t, link.New{
		Purpose: link.Activation, Subject: string(u.ID), Address: u.Email, CredentialVersion: stored.Version, Life: o.InvitationLife(),
	})
	if err != nil {
		return err
	}
	w, err := wording.For(t, activationLetter, cmp.Or(u.Language, o.Language))
	if err != nil {
		return err
	}
	services, err := service.InForce(t)
	if err != nil {
		return err
	}
	_, err = mail.Post(t, letter(t, o, u, services, token, l.ExpiresAt, w))
	return err
}
