package signin

import (
	"cmp"
	"time"
	"unicode/utf8"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/mailaddr"
	"roster/internal/password"
	"roster/internal/secret"
	"roster/internal/text"
	"roster/internal/throttle"
	"roster/internal/user"
)

// Credentials are what somebody sends who says that they are a user.
type Credentials struct {
	Login    string       `form:"username"` // address or username, however spelled
	Password secret.Clear `form:"password"`
	Stay     bool         `form:"remember"` // also after the browser was closed
	Device   []byte       // hash of the browser's device token; nil if it shows none
}

// check refuses what cannot be meant, whoever it is for.
func (in Credentials) check() error {
	var c errs.Check
	if in.Login == "" {
		c.Fail("username", "required", "Enter your e-mail address or username.")
	}
	switch n := utf8.RuneCountInString(in.Password.Reveal()); {
	case n == 0:
		c.Fail("password", "required", "Enter your password.")
	case n > password.MaxRunes:
		c.Fail("password", password.CodeTooLong, "A password has at most %d characters.", password.MaxRunes)
	}
	return c.Err()
}

// SignedIn is a session that has just begun, and what the browser keeps of it.
type SignedIn struct {
	Org        id.Org
	Slug       string
	User       user.User
	Session    Session
	Token      secret.Clear
	Device     secret.Clear // makes the browser a known one; empty if it is one already
	MustChange bool         // the password is to be changed before anything else
}

// Until is how long the browser keeps the session; zero: until it is closed.
func (s SignedIn) Until() time.Time {
	if s.Session.Stays {
		return s.Session.ExpiresAt
	}
	return time.Time{}
}

// login is the one form that all spellings of an address or username have.
type login struct{ email, username string }

// maxLogin is how many bytes of a login are looked at: more than any address or
// username has.
const maxLogin = 1024

// loginOf reads what somebody typed. What is too long is nobody's.
func loginOf(typed string) login {
	if len(typed) > maxLogin {
		return login{}
	}
	l := login{username: text.Key(typed)}
	if address, err := mailaddr.Parse(l.username); err == nil {
		l.email = address.Key
	}
	return l
}

// name is what tries are counted for: the account, or what nobody is called.
func (l login) name(u user.User) string {
	return cmp.Or(string(u.ID), l.email, l.username)
}

// The planes keep the counters of different doors apart.
const (
	planeSignIn  = "signin"
	planeConfirm = "confirm"
	planeAsk     = "ask"
	planeLink    = "link"
)

// mostFailures is how often in a row a password may be wrong. Then it is of no
// use until a new one is set.
const mostFailures = 100

// accountCounter is the counter of an account, known or not.
func accountCounter(org id.Org, name string) throttle.Key {
	return throttle.Account(planeSignIn, string(org), "account", name)
}

// deviceCounter is that of a known device, which others cannot drive up.
func deviceCounter(org id.Org, device []byte) throttle.Key {
	return throttle.Account(planeSignIn, string(org), "device", string(device))
}

// reason is why a sign-in was refused. Only the audit log says it.
type reason string

const (
	unknown       reason = "unknown"
	suspended     reason = "organization_suspended"
	noPassword    reason = "no_password"
	wrongPassword reason = "wrong_password"
	changed       reason = "password_changed"
)

// evidence is all that a sign-in with a password is decided by.
type evidence struct {
	user      user.User // zero: there is no such account
	suspended bool      // its organization
	usable    bool      // there is a password
	right     bool      // and it was given
	fresh     bool      // and has not been changed while it was looked at
}

// refusal is why nobody is let in; empty: the user is.
func (e evidence) refusal() reason {
	switch {
	case e.user.ID == "":
		return unknown
	case e.suspended:
		return suspended
	case e.user.State != user.Active:
		return reason(e.user.State)
	case e.user.Authentication != user.ByPassword || !e.usable:
		return noPassword
	case !e.right:
		return wrongPassword
	case !e.fresh:
		return changed
	}
	return ""
}

// waits reports whether only a license is missing. It is said to whoever has
// proved to be the user.
func (e evidence) waits() bool {
	proved := e
	proved.user.State = user.Active
	return e.user.State == user.Waiting && proved.refusal() == ""
}

func waiting() *errs.Error {
	return errs.New(errs.KindForbidden, "waiting_for_license", "Your account is set up and waits for a license. You get an e-mail as soon as you can sign in; your admins know about it.")
}

// invalidCredentials is the one answer for all reasons but one; see waits.
func invalidCredentials() *errs.Error {
	return errs.New(errs.KindUnauthenticated, "invalid_credentials", "The e-mail address, the username or the password is wrong.")
}

// Suspended is the refusal of a link into an organization that is suspended:
// whoever holds it knows the organization.
func Suspended() *errs.Error {
	return errs.New(errs.KindForbidden, "organization_suspended", "This organization is suspended. The link works again when it is not.")
}

// asActor is the user as the one who acts from here on.
func asActor(u user.User, org id.Org, s id.Session) authz.Actor {
	return authz.Actor{Kind: authz.UserKind, ID: string(u.ID), Name: u.Name(), Org: org, Session: s, Permissions: u.Permissions(), Reach: u.Reach()}
}
