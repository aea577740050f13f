package demo

import (
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/link"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/user"
)

// worker is who runs the fixtures.
func worker() op.Call { return op.Call{By: authz.Worker("demo")} }

// workerFrom stands in for a person, who is elsewhere.
func workerFrom(o authz.Origin) op.Call {
	call := worker()
	call.By.Origin = o
	return call
}

// found is what there is before a fill.
type found struct {
	now     time.Time
	missing []string // short names that no organization has
}

var look = op.Query[[]string, found]{
	Name: "demo.look", Needs: authz.SystemWork, Scope: authz.System,
	Run: func(t *op.Tx, slugs []string) (found, error) {
		f := found{now: t.Now()}
		for _, slug := range slugs {
			switch _, err := org.Find(t, slug); {
			case errs.KindOf(err) == errs.KindNotFound:
				f.missing = append(f.missing, slug)
			case err != nil:
				return f, err
			}
		}
		return f, nil
	},
}

// finding asks for the user of an address.
type finding struct {
	org   id.Org
	email string
}

var find = op.Query[finding, id.User]{
	Name: "demo.find", Needs: authz.SystemWork, Scope: authz.System,
	Run: func(t *op.Tx, in finding) (id.User, error) {
		if err := t.Enter(in.org); err != nil {
			return "", err
		}
		key := user.User{Email: in.email}.EmailKey()
		u, err := user.BySignIn(t, key, key)
		return u.ID, err
	},
}

// coming is somebody who follows their invitation.
type coming struct {
	org    id.Org
	user   id.User
	fields user.Fields
	hash   string
}

// join is somebody's enrollment, without the link, which stands in a letter
// that nobody reads, and without a slow hash for each of them.
var join = op.Command[coming, []byte]{
	Name: "demo.join", Needs: authz.SystemWork, Scope: authz.System,
	Run: func(t *op.Tx, in coming) ([]byte, error) {
		if err := t.Enter(in.org); err != nil {
			return nil, err
		}
		u, err := user.ByID(t, in.user)
		if err != nil {
			return nil, err
		}
		if u, err = user.Join(t, u, in.fields); err != nil {
			return nil, err
		}
		if err := user.SetPassword(t, u.ID, in.hash, false); err != nil {
			return nil, err
		}
		if err := link.Revoke(t, string(u.ID), link.Superseded, link.Invitation); err != nil {
			return nil, err
		}
		if err := invite.Accepted(t, u); err != nil {
			return nil, err
		}
		return begin(t, u)
	},
}

// arriving is somebody who signs in.
type arriving struct {
	org  id.Org
	user id.User
}

// arrive is a sign-in, without a slow look at the password.
var arrive = op.Command[arriving, []byte]{
	Name: "demo.arrive", Needs: authz.SystemWork, Scope: authz.System,
	Run: func(t *op.Tx, in arriving) ([]byte, error) {
		if err := t.Enter(in.org); err != nil {
			return nil, err
		}
		u, err := user.ByID(t, in.user)
		if err != nil {
			return nil, err
		}
		hash, err := begin(t, u)
		if err != nil {
			return nil, err
		}
		return hash, t.Record(op.Event{Name: "signin.succeeded", Subject: u.Subject()})
	},
}

// begin starts a session and answers the hash of its token.
func begin(t *op.Tx, u user.User) ([]byte, error) {
	o, err := org.Mine(t)
	if err != nil {
		return nil, err
	}
	token, _, err := signin.Start(t, u, o)
	if err != nil {
		return nil, err
	}
	hash, _ := secret.HashToken(token.Reveal(), secret.Session)
	return hash.Bytes(), nil
}

// placing is somebody who is there without having been invited.
type placing struct {
	org    id.Org
	user   user.User
	fields user.Fields
	hash   string
}

// place puts somebody into a state that no command leads to.
var place = op.Command[placing, id.User]{
	Name: "demo.place", Needs: authz.SystemWork, Scope: authz.System,
	Run: func(t *op.Tx, in placing) (id.User, error) {
		if err := t.Enter(in.org); err != nil {
			return "", err
		}
		var c errs.Check
		u := in.fields.Apply(in.user, &c)
		u.RequireName(&c)
		if err := c.Err(); err != nil {
			return "", err
		}
		u, added, err := user.Add(t, u)
		switch {
		case err != nil:
			return "", err
		case !added:
			return "", errs.Conflict("email_taken", "Somebody has the address %s already.", u.Email)
		}
		return u.ID, user.SetPassword(t, u.ID, in.hash, false)
	},
}

// outbox is what becomes of an organization's letters.
type outbox struct {
	org      id.Org
	problems map[id.Invitation]string // what came back
	stays    []string                 // about whom letters wait for the local mailbox
}

// withhold keeps letters to people who do not exist from being sent. Those that
// stay land in the local mailbox, for whoever looks around: with --demo there is
// no mail server.
var withhold = op.Command[outbox, op.Nothing]{
	Name: "demo.withhold", Needs: authz.SystemWork, Scope: authz.System,
	Quiet: "sending a letter is not a change that somebody made",
	Run: func(t *op.Tx, in outbox) (op.Nothing, error) {
		if err := t.Enter(in.org); err != nil {
			return op.Nothing{}, err
		}
		if err := mail.Withhold(t, in.stays...); err != nil {
			return op.Nothing{}, err
		}
		for about, problem := range in.problems {
			if err := mail.Bounce(t, string(about), problem); err != nil {
				return op.Nothing{}, err
			}
		}
		return op.Nothing{}, nil
	},
}
