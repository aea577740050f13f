package signin

import (
	"context"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/link"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/secret"
	"roster/internal/throttle"
	"roster/internal/user"
	"roster/internal/wording"
)

// How long links work, and how many letters with them one address gets.
const (
	forgottenLife    = time.Hour
	resetLife        = 24 * time.Hour
	forgottenPerHour = 3
	resetsPerDay     = 3
)

// asked is how long an answer takes to a question that must not tell whether an
// account exists. The work behind it takes a fraction of that.
const asked = 200 * time.Millisecond

// evenly runs f and answers after the same time whatever f had to do.
func evenly(ctx context.Context, f func() error) error {
	floor := time.NewTimer(asked)
	defer floor.Stop()
	err := f()
	select {
	case <-floor.C:
	case <-ctx.Done():
	}
	return err
}

// Forgotten is whose password was forgotten, as they say.
type Forgotten struct {
	Login string `form:"username"`
}

// Forgot sends a link to set a new password, to an active user who signs in
// with one, at most three in an hour. To everybody else it sends nothing and
// answers the same. The old password works until the link is used. Errors:
// validation_failed for nothing, too_many_attempts from one network.
var Forgot = op.Sequence[Forgotten, op.Nothing]{
	Name: "password.forgot", Needs: authz.Everybody, Scope: authz.Public, Run: forgot,
}

// countAsk counts a question that anybody may ask.
var countAsk = op.Command[op.Nothing, counted]{
	Name: "password.count_ask", Needs: authz.Everybody, Scope: authz.Public, Relaxed: true,
	Quiet: "it is about counters only",
	Run: func(t *op.Tx, _ op.Nothing) (counted, error) {
		wait, _, err := throttle.Count(t, throttle.Network(planeAsk, t.Actor().Origin.Address))
		return counted{wait}, err
	},
}

var sendForgotten = op.Command[login, op.Nothing]{
	Name: "password.send_forgotten", Needs: authz.Everybody, Scope: authz.Public, Run: postForgotten,
}

func forgot(ctx context.Context, d *op.Door, call op.Call, in Forgotten) (op.Nothing, error) {
	if in.Login == "" {
		return op.Nothing{}, errs.Invalid(errs.Field{Field: "username", Code: "required", Message: "Enter your e-mail address or username."})
	}
	return op.Nothing{}, ask(ctx, d, call, func() error {
		_, err := sendForgotten.Do(ctx, d, call, loginOf(in.Login))
		return err
	})
}

// ask counts a question, and answers it evenly.
func ask(ctx context.Context, d *op.Door, call op.Call, answer func() error) error {
	return evenly(ctx, func() error {
		c, err := countAsk.Do(ctx, d, op.Call{By: call.By}, op.Nothing{})
		switch {
		case err != nil:
			return err
		case c.wait > 0:
			return throttle.Refusal(c.wait)
		}
		return answer()
	})
}

func postForgotten(t *op.Tx, l login) (op.Nothing, error) {
	o, err := org.Mine(t)
	if err != nil {
		return op.Nothing{}, err
	}
	u, err := orNothing(user.BySignIn(t, l.email, l.username))
	if err != nil || u.State != user.Active || u.Authentication != user.ByPassword || o.Suspended {
		return op.Nothing{}, err
	}
	n, err := lettersSince(t, u.Email, kindForgotten, t.Now().Add(-time.Hour))
	if err != nil || n >= forgottenPerHour {
		return op.Nothing{}, err
	}
	stored, err := user.CredentialsOf(t, u.ID)
	if err != nil {
		return op.Nothing{}, err
	}
	// Anybody can ask this, so it kills no link that an admin has sent.
	if err := postLink(t, o, u, stored, kindForgotten, link.Forgotten, forgottenLife); err != nil {
		return op.Nothing{}, err
	}
	return op.Nothing{}, t.Record(op.Event{Name: "password.reset_requested", Subject: u.Subject()})
}

// postLink makes a reset link, which kills the older one, and posts it.
func postLink(t *op.Tx, o org.Organization, u user.User, stored user.Credentials, kind string, purpose link.Purpose, life time.Duration) error {
	token, l, err := link.Issue(t, link.New{
		Purpose: purpose, Subject: string(u.ID), Address: u.Email, CredentialVersion: stored.Version, Life: life,
	})
	if err != nil {
		return err
	}
	about := forgottenWords
	if kind == kindReset {
		about = resetWords
	}
	w, err := wording.For(t, about, languageOf(o, u))
	if err != nil {
		return err
	}
	_, err = mail.Post(t, resetLetter(t, o, u, kind, token, l.ExpiresAt, w))
	return err
}

// Sent is until when a link works that was sent.
type Sent struct {
	ExpiresAt time.Time `json:"expires_at" doc:"Until when the link in the e-mail works."`
}

// ResetPassword disables a user's password, ends all they are signed in to, and
// sends them a link to set a new one. Errors: not_found, target_above_caller,
// not_activated, deactivated, no_password, too_many_letters.
var ResetPassword = op.Command[user.Ref, Sent]{
	Name: "user.reset_password", Needs: authz.UsersManage, Scope: authz.InOrg, Run: resetPassword,
}

func resetPassword(t *op.Tx, in user.Ref) (Sent, error) {
	u, err := user.ByID(t, in.ID)
	if err != nil {
		return Sent{}, err
	}
	if err := user.MayReset(t, u); err != nil {
		return Sent{}, err
	}
	if err := mail.TooMany(t, u.Email, kindReset, resetsPerDay); err != nil {
		return Sent{}, err
	}
	o, err := org.Mine(t)
	if err != nil {
		return Sent{}, err
	}
	if err := replace(t, u, "", false); err != nil {
		return Sent{}, err
	}
	if err := EndAll(t, u); err != nil {
		return Sent{}, err
	}
	stored, err := user.CredentialsOf(t, u.ID)
	if err != nil {
		return Sent{}, err
	}
	if err := postLink(t, o, u, stored, kindReset, link.PasswordReset, resetLife); err != nil {
		return Sent{}, err
	}
	return Sent{t.Now().Add(resetLife)}, t.Record(op.Event{
		Name: "password.reset_requested", Subject: u.Subject(), Changes: []op.Change{{Field: "password", After: "disabled"}},
	})
}

// Token is what stands in the address of a link that was mailed.
type Token struct {
	Token secret.Clear
}

// ResetOffer is what lies behind a reset link.
type ResetOffer struct {
	Org       org.Organization
	User      user.User
	Rules     Rules
	ExpiresAt time.Time
	Dead      *errs.Error // why the link no longer works, of which only Org is known; nil: it works
}

// ShowReset opens a reset link without using it. Errors: link_unknown, and
// too_many_attempts once a network has tried many such.
var ShowReset = op.Sequence[Token, ResetOffer]{
	Name: "password.show_reset", Needs: authz.Everybody, Scope: authz.Public, ReadOnly: true,
	Run: func(ctx context.Context, d *op.Door, call op.Call, in Token) (ResetOffer, error) {
		offer, err := openReset.Do(ctx, d, call, in)
		return offer, Guess(ctx, d, call, err)
	},
}

var openReset = op.Query[Token, ResetOffer]{
	Name: "password.open_reset", Needs: authz.Everybody, Scope: authz.Public,
	Run: func(t *op.Tx, in Token) (ResetOffer, error) {
		r, err := findReset(t, in)
		if r.org.ID == "" {
			return ResetOffer{}, err
		}
		if err != nil {
			offer := ResetOffer{Org: r.org}
			offer.Dead, err = link.Dead(err)
			return offer, err
		}
		rules, err := RulesFor(r.org, r.user).Recall(t, r.user)
		return ResetOffer{Org: r.org, User: r.user, Rules: rules, ExpiresAt: r.link.ExpiresAt}, err
	},
}

// NewPassword is what somebody with a reset link sends.
type NewPassword struct {
	Token    secret.Clear
	Password secret.Clear `form:"password"`

	rules Rules
	new   Hashed
}

// ResetDone is what a new password opens the way to.
type ResetDone struct {
	Org    id.Org
	Slug   string
	Email  string
	Device secret.Clear // makes the browser a known one
}

// Reset uses a reset link: the user has this password, and nothing that was
// signed in before stays so. It signs nobody in; a link never stands for a
// second factor. Of parallel uses exactly one succeeds. Errors:
// validation_failed, link_unknown and the other refusals of link.Find.
var Reset = op.Sequence[NewPassword, ResetDone]{
	Name: "password.reset", Needs: authz.Everybody, Scope: authz.Public, Run: reset,
}

var useReset = op.Command[NewPassword, ResetDone]{
	Name: "password.use_reset", Needs: authz.Everybody, Scope: authz.Public,
	Prepare: func(ctx context.Context, tools op.Tools, in NewPassword) (NewPassword, error) {
		var c errs.Check
		in.rules.Check(&c, "password", in.Password)
		if err := c.Err(); err != nil {
			return in, err
		}
		var err error
		in.new, err = in.rules.Hash(ctx, tools, in.Password)
		return in, err
	},
	Run: redeem,
}

func reset(ctx context.Context, d *op.Door, call op.Call, in NewPassword) (ResetDone, error) {
	offer, err := openReset.Do(ctx, d, call, Token{in.Token})
	if err != nil {
		return ResetDone{}, Guess(ctx, d, call, err)
	}
	if offer.Dead != nil {
		return ResetDone{}, offer.Dead
	}
	in.rules = offer.Rules
	return useReset.Do(ctx, d, call, in)
}

func redeem(t *op.Tx, in NewPassword) (ResetDone, error) {
	r, err := findReset(t, Token{in.Token})
	if err != nil {
		return ResetDone{}, err
	}
	if err := link.Consume(t, r.link); err != nil {
		return ResetDone{}, err
	}
	u := r.user
	stored, err := user.CredentialsOf(t, u.ID)
	if err != nil {
		return ResetDone{}, err
	}
	if err := in.new.refuse(in.rules, "password", stored); err != nil {
		return ResetDone{}, err
	}
	if err := t.Become(asActor(u, r.org.ID, "")); err != nil {
		return ResetDone{}, err
	}
	if err := replace(t, u, in.new.hash, false); err != nil {
		return ResetDone{}, err
	}
	if err := EndAll(t, u); err != nil {
		return ResetDone{}, err
	}
	if err := Forgive(t, u); err != nil {
		return ResetDone{}, err
	}
	device, err := remember(t, u.ID)
	if err != nil {
		return ResetDone{}, err
	}
	if err := post(t, u, changedWords, changedLetter); err != nil {
		return ResetDone{}, err
	}
	return ResetDone{r.org.ID, r.org.Slug, u.Email, device}, t.Record(op.Event{Name: "password.reset", Subject: u.Subject()})
}

// found is a reset link, with whom it is for.
type found struct {
	link link.Link
	org  org.Organization
	user user.User
}

// findReset finds what a reset link is for. Of a link that no longer works it
// answers the organization beside the error.
func findReset(t *op.Tx, in Token) (found, error) {
	l, dead := link.Find(t, link.PasswordReset, in.Token.Reveal())
	if errs.Is(dead, "link_unknown") {
		l, dead = link.Find(t, link.Forgotten, in.Token.Reveal())
	}
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
	if f.user, err = orNothing(user.ByID(t, id.User(l.Subject))); err != nil {
		return found{}, err
	}
	stored, err := orNothing(user.CredentialsOf(t, f.user.ID))
	if err != nil {
		return found{}, err
	}
	return f, f.usable(stored)
}

// usable says why a link that is in force does not fit its user any more.
func (f found) usable(stored user.Credentials) error {
	set := f.user.State == user.Active || f.user.State == user.Waiting
	switch {
	case f.org.Suspended:
		return Suspended()
	case !set || f.user.Authentication != user.ByPassword,
		stored.Version != f.link.CredentialVersion || f.user.Email != f.link.Address:
		return errs.New(errs.KindGone, "link_revoked", "This link has been withdrawn: the account has changed since it was sent.")
	}
	return nil
}
