package signin

import (
	"time"

	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/user"
)

// expires is when a password that was set at a moment is not enough any more;
// zero: never.
func (r Rules) expires(u user.User, setAt time.Time) time.Time {
	if r.ExpiryDays == 0 || u.NeverExpires || setAt.IsZero() {
		return time.Time{}
	}
	return setAt.Add(r.Life())
}

// remindAt is from when on an e-mail tells of the end of a password; zero: never.
func (r Rules) remindAt(u user.User, setAt time.Time) time.Time {
	end := r.expires(u, setAt)
	if end.IsZero() || r.ReminderDays == 0 {
		return time.Time{}
	}
	return end.Add(-r.Notice())
}

// past reports whether an end has come; one that is zero never does.
func past(end, now time.Time) bool { return !end.IsZero() && !now.Before(end) }

// PasswordState is how a user's password stands, without the password.
type PasswordState struct {
	Set       bool      // there is one
	SetAt     time.Time // zero: there is none
	ExpiresAt time.Time // zero: never
	Must      bool      // it is to be changed before anything else, because an admin has set it
	Expired   bool      // or because it has expired
	Reset     Delivery  // the last e-mail with a link that an admin has sent
}

// MustChange reports whether another one is to be set before anything else.
func (s PasswordState) MustChange() bool { return s.Must || s.Expired }

// Delivery is what became of an e-mail.
type Delivery struct {
	SentAt  time.Time `db:"created_at"` // when it was written; zero: there is none
	State   string    `db:"state"`
	Problem string    `db:"problem"`
}

// Undeliverable reports whether the e-mail came back, or could not be sent at all.
func (d Delivery) Undeliverable() bool { return d.State == "undeliverable" }

// StateOf is the step of showing how a user's password stands. Error: not_found.
func StateOf(t *op.Tx, o org.Organization, u user.User) (PasswordState, error) {
	stored, err := user.CredentialsOf(t, u.ID)
	if err != nil {
		return PasswordState{}, err
	}
	s := PasswordState{Set: stored.Password != "", SetAt: stored.SetAt, ExpiresAt: RulesFor(o, u).expires(u, stored.SetAt), Must: stored.MustChange}
	s.Expired = past(s.ExpiresAt, t.Now())
	return s, nil
}

// WithReset is s with what became of the last reset that an admin has sent.
func (s PasswordState) WithReset(t *op.Tx, u id.User) (PasswordState, error) {
	var err error
	s.Reset, err = orNothing(lastLetter(t, u, kindReset))
	return s, err
}
