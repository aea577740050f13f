package invite

import (
	"cmp"
	"strings"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/license"
	"roster/internal/mailaddr"
	"roster/internal/phone"
	"roster/internal/service"
	"roster/internal/team"
	"roster/internal/text"
	"roster/internal/user"
)

// State is where an invitation stands, as seen at a moment.
type State string

// The states. Accepted and revoked invitations are gone from the list.
const (
	Open    State = "open"
	Expired State = "expired"
)

// Delivery is what became of the newest e-mail of an invitation.
type Delivery string

// The deliveries.
const (
	OnItsWay      Delivery = "queued"
	Delivered     Delivery = "sent"
	Undeliverable Delivery = "undeliverable"
)

// Invitation is one that has not been accepted.
type Invitation struct {
	ID            id.Invitation `db:"id" json:"id"`
	User          id.User       `db:"user_id" json:"user_id"`
	Email         string        `db:"email" json:"email"`
	Name          string        `db:"name" json:"name"`
	Group         id.Group      `db:"group_id" json:"group_id"`
	GroupName     string        `db:"group_name" json:"-"`
	Role          id.Role       `db:"role_id" json:"role_id"`
	RoleName      string        `db:"role_name" json:"-"` // if the organization made it
	Teams         user.Teams    `db:"team_ids" json:"team_ids"`
	State         State         `db:"-" json:"state" enum:"open,expired"`
	InvitedBy     string        `db:"invited_by" json:"invited_by"`
	InvitedByName string        `db:"invited_by_name" json:"invited_by_name"`
	Message       string        `db:"message" json:"message"`
	Language      string        `db:"language" json:"language"`
	Delivery      Delivery      `db:"delivery" json:"delivery" enum:"queued,sent,undeliverable"`
	Problem       string        `db:"problem" json:"problem,omitempty" doc:"Why the e-mail could not be delivered."`
	Reminders     int           `db:"reminders" json:"reminders"`
	CreatedAt     time.Time     `db:"created_at" json:"created_at"`
	SentAt        time.Time     `db:"sent_at" json:"sent_at"`
	ExpiresAt     time.Time     `db:"expires_at" json:"expires_at"`
	Version       int           `db:"version" json:"version"`

	called   []string          // the teams that were given just now
	services []service.Service // of which the letter says how to install them
}

// at fills in what depends on the moment.
func (i Invitation) at(now time.Time) Invitation {
	i.State = Open
	if !now.Before(i.ExpiresAt) {
		i.State = Expired
	}
	return i
}

// Limits of one call.
const (
	MaxAddresses = 1000
	MaxMessage   = 2000
)

// lettersPerDay is how many invitation e-mails one address gets from one
// organization within 24 hours, reminders included.
const lettersPerDay = 3

// Input is a request to invite: everybody in it gets the same.
type Input struct {
	Emails []string  `json:"emails" form:"emails" doc:"Up to 1,000 addresses; each may be written as Name <address>."`
	Group  id.Group  `json:"group_id,omitempty" form:"group_id" doc:"The default group if left out."`
	Role   id.Role   `json:"role_id,omitempty" form:"role_id" doc:"The group's default role if left out, else rol_user."`
	Teams  []id.Team `json:"team_ids,omitempty" form:"team_ids" doc:"The teams that they are in from the start; those of the group if left out."`
	user.Access
	Licenses []license.Wish `json:"licenses,omitempty" doc:"The licenses that they get when they join, at most one of each service; what the organization's rules say if left out. It needs licenses.manage, too."`
	Language string         `json:"language,omitempty" form:"language" doc:"Of the e-mail; the group's default if left out, else the organization's."`
	Message  string         `json:"message,omitempty" form:"message" maxLength:"2000" doc:"A personal message, shown in the e-mail."`

	teams    []team.Team       // those of Teams, once they have been found
	as       user.User         // what everybody gets
	services []service.Service // that the organization may use
}

// Outcome is what came of one address.
type Outcome string

// The outcomes.
const (
	Invited        Outcome = "invited"
	AlreadyUser    Outcome = "already_user"
	AlreadyInvited Outcome = "already_invited"
	Invalid        Outcome = "invalid"
)

// Result is the outcome for one address, in the order in which they were given.
type Result struct {
	Email      string        `json:"email" doc:"As it was written."`
	Outcome    Outcome       `json:"outcome" enum:"invited,already_user,already_invited,invalid"`
	User       id.User       `json:"user_id,omitempty"`
	Invitation id.Invitation `json:"invitation_id,omitempty"`
	External   bool          `json:"external" doc:"The address lies outside of the organization's domains."`
	Message    string        `json:"message,omitempty" doc:"Why the address is invalid, or who has it already."`
	why        *errs.Phrase
}

// because gives the outcome its reason.
func (r *Result) because(o Outcome, why errs.Phrase) {
	r.Outcome, r.Message, r.why = o, why.String(), &why
}

// Results answers an invitation.
type Results struct {
	Results []Result `json:"results"`
	People  int      `json:"people" doc:"How many people each of the invited will see, and be seen by."`
}

// Count is how many addresses had the outcome.
func (r Results) Count(o Outcome) int {
	n := 0
	for _, one := range r.Results {
		if one.Outcome == o {
			n++
		}
	}
	return n
}

// check cleans what everybody gets, or says which fields are wrong, beside what
// c says already. What is not said, the group says, then the organization. g is
// the group of the invitation, nothing if there is none such.
func (in Input) check(c *errs.Check, language string, g group.Group) Input {
	if in.Group = g.ID; in.Group == "" {
		c.Fail("group_id", "unknown_group", "Choose a group from the list.")
	}
	switch {
	case len(in.Emails) == 0:
		c.Fail("emails", "required", "Enter at least one e-mail address.")
	case len(in.Emails) > MaxAddresses:
		c.Fail("emails", "too_many", "At most %d addresses go into one invitation; these are %d.", MaxAddresses, len(in.Emails))
	}
	in.Role = cmp.Or(in.Role, g.Defaults.Role, authz.RoleUser)
	in.Language = cmp.Or(in.Language, g.Defaults.Language, language)
	if !phone.ValidLanguage(in.Language) {
		c.Fail("language", "unknown_language", "Choose a language from the list.")
	}
	message, err := text.CleanLines(in.Message, MaxMessage)
	if err != nil {
		c.Fail("message", "too_long", "The message has at most %d characters.", MaxMessage)
	}
	in.Message = message
	return in
}

// person is one address of an Input, taken apart.
type person struct {
	written string
	name    string
	address mailaddr.Address
	problem *errs.Phrase // what is wrong with it, if anything is
	twice   bool
}

func (p *person) wrong(why errs.Phrase) { p.problem = &why }

// people takes the addresses apart. An entry that holds several is invalid:
// the caller splits pasted text with mailaddr.ParseList.
func (in Input) people() []person {
	list := make([]person, len(in.Emails))
	seen := map[string]bool{}
	for i, written := range in.Emails {
		p := person{written: strings.TrimSpace(written)}
		items, more := mailaddr.ParseList(written, 1)
		switch {
		case len(items) == 0:
			p.wrong(errs.Phrased("There is no address."))
		case more:
			p.wrong(errs.Phrased("There are several addresses in one entry."))
		case items[0].Err != nil:
			p.wrong(errs.Phrased("This is not an e-mail address: %s.", mailaddr.Why(items[0].Err)))
		default:
			p.name, p.address = items[0].Name, items[0].Address
			p.twice = seen[p.address.Key]
			seen[p.address.Key] = true
		}
		list[i] = p
	}
	return list
}

// names guesses first and last name from what stood before an address: the
// person corrects it when they join.
func (p person) names() (first, last string) {
	name, err := text.Clean(p.name, user.MaxName)
	if err != nil || strings.Contains(name, "@") {
		return "", ""
	}
	if last, first, ok := strings.Cut(name, ", "); ok {
		return first, last
	}
	first, last, _ = strings.Cut(name, " ")
	return first, last
}
