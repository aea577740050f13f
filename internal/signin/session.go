package signin

import (
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/secret"
	"roster/internal/user"
)

// Session is one place where a user is signed in.
type Session struct {
	ID        id.Session `db:"id" json:"id"`
	User      id.User    `db:"user_id" json:"-"`
	Address   string     `db:"address" json:"address" doc:"Network address it was started from."`
	Agent     string     `db:"agent" json:"agent" doc:"Browser, as it names itself."`
	Stays     bool       `db:"stays" json:"-"` // also after the browser was closed
	CreatedAt time.Time  `db:"created_at" json:"created_at"`
	SeenAt    time.Time  `db:"seen_at" json:"last_seen_at"`
	ExpiresAt time.Time  `db:"expires_at" json:"expires_at"`
	Current   bool       `db:"-" json:"current" doc:"Whether this request came with it."`
}

// maxSessions is how many places one user can be signed in at, and maxDevices
// how many browsers are known; beyond them the one unused for longest goes.
const (
	maxSessions = 50
	maxDevices  = 50
)

// touchEvery is how fresh last_seen is kept. Writing it with each request would
// make every page a write.
const touchEvery = time.Minute

// limits are how long sessions of an organization last, as set now.
type limits struct {
	IdleMinutes int `db:"session_idle_minutes"`
	MaxHours    int `db:"session_max_hours"`
}

func (l limits) life() time.Duration { return time.Duration(l.MaxHours) * time.Hour }

// over reports whether a session has ended by itself: unused for too long, or
// too old, also by limits that were lowered since it began.
func (l limits) over(s Session, now time.Time) bool {
	idle := time.Duration(l.IdleMinutes) * time.Minute
	return now.Sub(s.SeenAt) >= idle || !now.Before(s.ExpiresAt) || now.Sub(s.CreatedAt) >= l.life()
}

func limitsOf(o org.Organization) limits { return limits{o.SessionIdleMinutes, o.SessionMaxHours} }

// Start makes a session for a user who has just proved who they are, and
// answers its token. Nothing else makes one, and it asks for the state again:
// whoever is not active gets none.
func Start(t *op.Tx, u user.User, o org.Organization) (secret.Clear, Session, error) {
	return start(t, u, o, false)
}

func start(t *op.Tx, u user.User, o org.Organization, stays bool) (secret.Clear, Session, error) {
	if u.State != user.Active || o.Suspended {
		return secret.Clear{}, Session{}, errs.Unauthenticated()
	}
	token, hash := secret.NewToken(secret.Session)
	origin := t.Actor().Origin
	s := Session{
		ID: id.New[id.Session](t.Now()), User: u.ID, Address: origin.Address, Agent: origin.Agent, Stays: stays,
		CreatedAt: t.Now(), SeenAt: t.Now(), ExpiresAt: t.Now().Add(limitsOf(o).life()),
	}
	if err := insertSession(t, s, hash); err != nil {
		return secret.Clear{}, Session{}, err
	}
	if err := endOldest(t, u.ID, maxSessions); err != nil {
		return secret.Clear{}, Session{}, err
	}
	return token, s, user.Seen(t, u.ID)
}

// Admit lets in somebody who has just proved who they are: what the browser was
// signed in to in this organization ends, a session starts, and from here on
// they are the actor. known says that the browser is a known device already.
func Admit(t *op.Tx, u user.User, o org.Organization, stays, known bool) (SignedIn, error) {
	if before := t.Actor().Session; before != "" {
		if _, err := endSession(t, before); err != nil {
			return SignedIn{}, err
		}
	}
	in := SignedIn{Org: o.ID, Slug: o.Slug, User: u}
	var err error
	if in.Token, in.Session, err = start(t, u, o, stays); err != nil {
		return SignedIn{}, err
	}
	if !known {
		if in.Device, err = remember(t, u.ID); err != nil {
			return SignedIn{}, err
		}
	}
	return in, t.Become(asActor(u, o.ID, in.Session.ID))
}

// remember makes the browser a known device of the user.
func remember(t *op.Tx, u id.User) (secret.Clear, error) {
	token, hash := secret.NewToken(secret.Device)
	if err := insertDevice(t, u, hash); err != nil {
		return secret.Clear{}, err
	}
	return token, forgetOldest(t, u, maxDevices)
}

// proof is what a session's token proves, read in one statement.
type proof struct {
	Org        id.Org     `db:"org_id"`
	MustChange bool       `db:"must_change_password"`
	Session    id.Session `db:"session"`
	SeenAt     time.Time  `db:"seen_at"`
	StartedAt  time.Time  `db:"started_at"`
	ExpiresAt  time.Time  `db:"expires_at"`
	limits
	user.User

	SetAt           time.Time `db:"password_set_at"`
	ExpiryDays      int       `db:"password_expiry_days"`
	AdminExpiryDays int       `db:"admin_password_expiry_days"`
}

// mustChange reports whether a new password is to be set before anything else:
// an admin has set this one, or it has expired.
func (p proof) mustChange(now time.Time) bool {
	o := org.Organization{Settings: org.Settings{PasswordSettings: org.PasswordSettings{
		PasswordExpiryDays: p.ExpiryDays, AdminPasswordExpiryDays: p.AdminExpiryDays,
	}}}
	return p.MustChange || past(RulesFor(o, p.User).expires(p.User, p.SetAt), now)
}

// Prove is the door's question who a session belongs to. Whatever is not an
// active user with a session in force is nobody.
func Prove(t *op.Tx, org id.Org, hash []byte) (authz.Actor, error) {
	p, err := bySession(t, org, hash)
	if errs.KindOf(err) == errs.KindNotFound {
		return authz.Actor{Kind: authz.Nobody}, nil
	}
	if err != nil {
		return authz.Actor{}, err
	}
	s := Session{CreatedAt: p.StartedAt, SeenAt: p.SeenAt, ExpiresAt: p.ExpiresAt}
	if p.State != user.Active || p.over(s, t.Now()) {
		return authz.Actor{Kind: authz.Nobody}, nil
	}
	actor := asActor(p.User, p.Org, p.Session)
	if actor.MustChange = p.mustChange(t.Now()); actor.MustChange {
		actor.Permissions = authz.Set{} // nothing to use and nothing to give, until it is changed
	}
	actor.Stale = t.Now().Sub(p.SeenAt) >= touchEvery
	return actor, nil
}

// Touch keeps a session from going idle and notes when its user was last seen.
// It follows an operation of an actor that is Stale.
var Touch = op.Command[op.Nothing, op.Nothing]{
	Name: "session.touch", Needs: authz.OwnPassword, Scope: authz.Self, Relaxed: true,
	Quiet: "being here is not a change",
	Run: func(t *op.Tx, _ op.Nothing) (op.Nothing, error) {
		if err := touch(t, t.Actor().Session); err != nil {
			return op.Nothing{}, err
		}
		return op.Nothing{}, user.Seen(t, t.Actor().User())
	},
}

// Renewed is the session of the request under a new token: whoever has seen the
// old one has nothing.
type Renewed struct {
	Session
	Org    id.Org       `json:"-"`
	Token  secret.Clear `json:"-"`
	Device secret.Clear `json:"-"` // makes the browser a known one
}

// Until is how long the browser keeps the session; zero: until it is closed.
func (r Renewed) Until() time.Time { return SignedIn{Session: r.Session}.Until() }

// renew gives the session of the request a new token, and makes the browser a
// known device.
func renew(t *op.Tx) (Renewed, error) {
	token, hash := secret.NewToken(secret.Session)
	if err := setToken(t, t.Actor().Session, hash); err != nil {
		return Renewed{}, err
	}
	s, err := sessionByID(t, t.Actor().Session)
	if err != nil {
		return Renewed{}, err
	}
	s.Current = true
	device, err := remember(t, t.Actor().User())
	return Renewed{s, t.Org(), token, device}, err
}

// Sessions are where a user is signed in, the last used first.
type Sessions struct {
	Items []Session `json:"items"`
}

// List answers the sessions of who asks.
var List = op.Query[op.Nothing, Sessions]{
	Name: "session.list", Needs: authz.SelfService, Scope: authz.Self,
	Run: func(t *op.Tx, _ op.Nothing) (Sessions, error) {
		o, err := org.Mine(t)
		if err != nil {
			return Sessions{}, err
		}
		all, err := sessionsOf(t, t.Actor().User())
		list := Sessions{Items: []Session{}}
		for _, s := range all {
			if s.Current = s.ID == t.Actor().Session; !limitsOf(o).over(s, t.Now()) {
				list.Items = append(list.Items, s)
			}
		}
		return list, err
	},
}

// SessionRef names a session.
type SessionRef struct {
	ID id.Session `path:"id" json:"-"`
}

// End signs the user out at one of their places. Error: not_found.
var End = op.Command[SessionRef, op.Nothing]{
	Name: "session.end", Needs: authz.SelfService, Scope: authz.Self,
	Run: func(t *op.Tx, in SessionRef) (op.Nothing, error) {
		s, err := sessionByID(t, in.ID)
		if err != nil {
			return op.Nothing{}, err
		}
		if s.User != t.Actor().User() {
			return op.Nothing{}, errs.NotFound()
		}
		if _, err := endSession(t, s.ID); err != nil {
			return op.Nothing{}, err
		}
		return op.Nothing{}, recordEnded(t, 1)
	},
}

// EndOthers signs the user out everywhere but here.
var EndOthers = op.Command[op.Nothing, op.Nothing]{
	Name: "session.end_others", Needs: authz.SelfService, Scope: authz.Self,
	Run: func(t *op.Tx, _ op.Nothing) (op.Nothing, error) {
		all, err := sessionsOf(t, t.Actor().User())
		if err != nil || len(all) == 1 {
			return op.Nothing{}, err // there is only this one
		}
		n, err := endSessions(t, t.Actor().User(), t.Actor().Session)
		if err != nil {
			return op.Nothing{}, err
		}
		return op.Nothing{}, recordEnded(t, n)
	},
}

// SignOut ends the session that the request came with.
var SignOut = op.Command[op.Nothing, op.Nothing]{
	Name: "session.sign_out", Needs: authz.OwnPassword, Scope: authz.Self,
	Run: func(t *op.Tx, _ op.Nothing) (op.Nothing, error) {
		if _, err := endSession(t, t.Actor().Session); err != nil {
			return op.Nothing{}, err
		}
		return op.Nothing{}, recordEnded(t, 1)
	},
}

// SignOutUser ends all sessions of another user and forgets their devices.
// Errors: not_found, target_above_caller.
var SignOutUser = op.Command[user.Ref, op.Nothing]{
	Name: "user.sign_out", Needs: authz.UsersManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in user.Ref) (op.Nothing, error) {
		u, err := user.ByID(t, in.ID)
		if err != nil {
			return op.Nothing{}, err
		}
		if err := user.MayManage(t, u); err != nil {
			return op.Nothing{}, err
		}
		if err := EndAll(t, u); err != nil {
			return op.Nothing{}, err
		}
		return op.Nothing{}, t.Record(op.Event{Name: "user.signed_out", Subject: u.Subject()})
	},
}

// EndAll is the step of whatever stops a user: all their sessions and known
// devices are gone, on every node, with the commit.
func EndAll(t *op.Tx, u user.User) error {
	if _, err := endSessions(t, u.ID, ""); err != nil {
		return err
	}
	return forgetDevices(t, u.ID)
}

// EndElsewhere is the step of changing the own password: only the session of
// the request stays.
func EndElsewhere(t *op.Tx) error {
	if _, err := endSessions(t, t.Actor().User(), t.Actor().Session); err != nil {
		return err
	}
	return forgetDevices(t, t.Actor().User())
}

func recordEnded(t *op.Tx, sessions int64) error {
	actor := t.Actor()
	return t.Record(op.Event{
		Name: "session.ended", Subject: op.Subject{Kind: "user", ID: actor.ID, Name: actor.Name},
		Changes: []op.Change{{Field: "sessions", Before: sessions, After: 0}},
	})
}
