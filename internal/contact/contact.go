package contact

import (
	"errors"
	"time"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/mailaddr"
	"roster/internal/op"
	"roster/internal/phone"
	"roster/internal/team"
	"roster/internal/text"
	"roster/internal/user"
)

// Kind is what sort of contact one is.
type Kind string

// The kinds.
const (
	Teammate Kind = "teammate"
	Own      Kind = "own" // written down by the person themselves
)

// Contact is somebody whom a user can reach.
type Contact struct {
	Kind       Kind       `db:"kind" json:"kind" enum:"teammate,own"`
	ID         id.Contact `db:"contact_id" json:"id,omitempty" doc:"Of an own contact."`
	User       id.User    `db:"user_id" json:"user_id,omitempty" doc:"Of a teammate."`
	Type       user.Type  `db:"type" json:"type,omitempty" enum:"personal,group" doc:"Of a teammate."`
	Name       string     `db:"name" json:"name"`
	Email      string     `db:"email" json:"email"`
	Phone      string     `db:"phone" json:"phone"`
	Title      string     `db:"title" json:"title"`
	Department string     `db:"department" json:"department"`
	Note       string     `db:"note" json:"note" doc:"Of an own contact."`
	NameKey    string     `db:"name_key" json:"-"`
	Photo      int64      `db:"-" json:"photo_version,omitzero" doc:"Of a teammate's photo; absent if there is none."`
}

// key is by what lists are in order: ids tell apart who is called alike.
func (c Contact) key() position {
	if c.Kind == Own {
		return position{c.NameKey, string(c.ID)}
	}
	return position{c.NameKey, string(c.User)}
}

// Limits.
const (
	maxName = 128
	maxNote = 500
	// maxOwn is how many contacts one person writes down.
	maxOwn = 2000
)

// New is a contact as somebody writes it down.
type New struct {
	As    id.User `query:"as" json:"-" doc:"With an API key: the user whose contact it becomes."`
	Name  string  `json:"name" form:"name" maxLength:"128" required:"true"`
	Email string  `json:"email,omitempty" form:"email" maxLength:"254"`
	Phone string  `json:"phone,omitempty" form:"phone"`
	Note  string  `json:"note,omitempty" form:"note" maxLength:"500"`
}

// check makes a contact of what was given, or says which fields are wrong. A
// phone number without a country code is one of the owner's country.
func (n New) check(country string, at time.Time) (Contact, error) {
	var c errs.Check
	made := Contact{Kind: Own, ID: id.New[id.Contact](at)}
	name := text.Name(&c, "name", n.Name, maxName)
	if text.Key(name) == "" {
		c.Fail("name", "required", "Enter a name.")
	}
	made.Name, made.NameKey = name, text.Key(name)
	if n.Email != "" {
		address, err := mailaddr.Parse(n.Email)
		if e, wrong := errors.AsType[*mailaddr.Error](err); wrong {
			c.Fail("email", e.Code, "This is not an e-mail address: %s.", e.Reason)
		}
		made.Email = address.Spelling
	}
	if n.Phone != "" {
		number, err := phone.Parse(n.Phone, country)
		if err != nil {
			c.Fail("phone", "invalid_phone", "Write the phone number with its country code, such as +46 8 123 456 78.")
		}
		made.Phone = number
	}
	note, err := text.CleanLines(n.Note, maxNote)
	if e, wrong := errors.AsType[*text.Error](err); wrong {
		c.Fail("note", e.Code, "The note has at most %d characters.", maxNote)
	}
	made.Note = note
	return made, c.Err()
}

// Reason is why one may contact another, or not.
type Reason string

// The reasons.
const (
	SharedTeam   Reason = "shared_team"
	Everybody    Reason = "everybody" // one of them is in no team, and the organization lets these see everybody
	NoSharedTeam Reason = "no_shared_team"
	NotActive    Reason = "not_active" // one of them
	SameUser     Reason = "same_user"
)

// Answer says whether one may contact another.
type Answer struct {
	Allowed bool   `json:"allowed"`
	Reason  Reason `json:"reason" enum:"shared_team,everybody,no_shared_team,not_active,same_user"`
}

// decide is the rule: both active, and in one team. open is the organization's
// setting for people in no team; kin, whether their delivery accounts have to do
// with each other.
func decide(a, b user.User, open, kin bool) Answer {
	switch {
	case a.ID == b.ID:
		return Answer{false, SameUser}
	case a.State != user.Active || b.State != user.Active:
		return Answer{false, NotActive}
	case team.Share(a, b, false, kin):
		return Answer{true, SharedTeam}
	case team.Share(a, b, open, kin):
		return Answer{true, Everybody}
	}
	return Answer{false, NoSharedTeam}
}

// event tells that somebody's own contacts changed. Whom they have is theirs,
// so the log does not say it.
func event(name string, owner user.User) op.Event {
	return op.Event{Name: name, Subject: owner.Subject()}
}
