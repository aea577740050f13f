package user

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/field"
	"roster/internal/id"
	"roster/internal/mailaddr"
	"roster/internal/patch"
	"roster/internal/phone"
	"roster/internal/text"
)

// Type is what is behind an address.
type Type string

// The types.
const (
	Personal Type = "personal"
	Group    Type = "group" // a shared address, such as a distribution list
)

// State is where a user stands: see the package's drawing.
type State string

// The states.
const (
	Invited     State = "invited"
	Pending     State = "pending"
	Waiting     State = "waiting"
	Active      State = "active"
	Deactivated State = "deactivated"
)

// States lists them in the order in which pages show them.
func States() []State { return []State{Active, Invited, Pending, Waiting, Deactivated} }

// Authentication is how a user signs in.
type Authentication string

// The methods.
const (
	ByPassword Authentication = "password"
	Federated  Authentication = "federated"
)

// User is one account in one organization, without its credentials.
type User struct {
	ID          id.User   `db:"id" json:"id" audit:"ignore"`
	Type        Type      `db:"type" json:"type" audit:"track" enum:"personal,group"`
	Email       string    `db:"email" json:"email" audit:"track"`
	Username    string    `db:"username" json:"username" audit:"track"`
	FirstName   string    `db:"first_name" json:"first_name" audit:"track"`
	LastName    string    `db:"last_name" json:"last_name" audit:"track"`
	DisplayName string    `db:"display_name" json:"display_name" audit:"track"`
	Phone       string    `db:"phone" json:"phone" audit:"track"`
	Country     string    `db:"country" json:"country" audit:"track"`
	Language    string    `db:"language" json:"language" audit:"track"`
	TimeZone    string    `db:"time_zone" json:"time_zone" audit:"track"`
	Title       string    `db:"title" json:"title" audit:"track"`
	Department  string    `db:"department" json:"department" audit:"track"`
	ExternalID  string    `db:"external_id" json:"external_id" audit:"track"`
	Notes       string    `db:"notes" json:"notes" audit:"track"`
	State       State     `db:"state" json:"state" audit:"track" enum:"invited,pending,waiting,active,deactivated"`
	StateBefore State     `db:"state_before" json:"-" audit:"ignore"`
	Group       id.Group  `db:"group_id" json:"group_id" audit:"ignore"`                                          // moved tells of it by name
	Role        id.Role   `db:"role_id" json:"role_id" audit:"ignore"`                                            // rightsChanges tell of it by name
	Teams       Teams     `db:"team_ids" json:"team_ids" audit:"ignore" doc:"The teams that the user is in."`     // package team records them
	Numbers     Numbers   `db:"number_ids" json:"number_ids" audit:"ignore" doc:"The numbers that the user has."` // package number records them
	Licenses    Licenses  `db:"licenses" json:"licenses" audit:"ignore" doc:"The licenses that the user holds."`  // package license records them
	Wishes      []License `json:"-" audit:"ignore"`                                                               // what was chosen for somebody new, or invited
	Rights
	Authentication Authentication `db:"authentication" json:"authentication" audit:"track" enum:"password,federated"`
	NeverExpires   bool           `db:"password_never_expires" json:"password_never_expires" audit:"track" doc:"The password does not expire, whatever the organization's rules say."`
	Custom         field.Values   `db:"custom" json:"custom" audit:"ignore" doc:"What the user has in the organization's custom fields, by their keys."` // event has them by key
	CreatedAt      time.Time      `db:"created_at" json:"created_at" audit:"ignore"`
	ActivatedAt    time.Time      `db:"activated_at" json:"activated_at,omitzero" audit:"ignore"`
	LastSeenAt     time.Time      `db:"last_seen_at" json:"last_seen_at,omitzero" audit:"ignore"`
	Version        int            `db:"version" json:"version" audit:"ignore"`
}

// ETag is the version as the API's ETag.
func (u User) ETag() string { return fmt.Sprintf(`"v%d"`, u.Version) }

// Name is how the user is shown to people.
func (u User) Name() string {
	switch {
	case u.DisplayName != "":
		return u.DisplayName
	case u.FirstName != "" && u.LastName != "":
		return u.FirstName + " " + u.LastName
	case u.FirstName+u.LastName != "":
		return u.FirstName + u.LastName
	}
	return u.Email
}

// IsActiveAdmin reports whether the user counts for the rule of the last admin:
// one who can sign in. Federated accounts are recorded, and cannot.
func (u User) IsActiveAdmin() bool {
	return u.State == Active && u.Role == authz.RoleAdmin && u.Side != authz.OfDelivery && u.Authentication == ByPassword
}

// Limits of a user's texts, in characters.
const (
	MaxName  = 128
	MaxNotes = 2000
)

// Fields are what is written in a user's profile, as a form or a request has
// it: absent fields stay as they are.
type Fields struct {
	FirstName   patch.Field[string] `json:"first_name,omitzero" form:"first_name"`
	LastName    patch.Field[string] `json:"last_name,omitzero" form:"last_name"`
	DisplayName patch.Field[string] `json:"display_name,omitzero" form:"display_name"`
	Phone       patch.Field[string] `json:"phone,omitzero" form:"phone"`
	Country     patch.Field[string] `json:"country,omitzero" form:"country"`
	Language    patch.Field[string] `json:"language,omitzero" form:"language"`
	TimeZone    patch.Field[string] `json:"time_zone,omitzero" form:"time_zone"`
	Title       patch.Field[string] `json:"title,omitzero" form:"title"`
	Department  patch.Field[string] `json:"department,omitzero" form:"department"`

	// Custom is not in the hands of Apply: its rule needs the organization's fields.
	Custom patch.Field[field.Given] `json:"custom,omitzero" doc:"Custom fields by their keys. What is left out stays, null removes."`
}

// Apply writes the fields into u and notes in c what is wrong with them. It is
// the one rule for the enrollment form, the Profile page, the user card and the API.
func (f Fields) Apply(u User, c *errs.Check) User {
	line := func(field string, f patch.Field[string], now string, limit int) string {
		if !f.Set {
			return now
		}
		clean, err := text.Clean(f.Value, limit)
		if err != nil {
			c.Fail(field, codeOf(err), "This field %s.", reason(err))
		}
		return clean
	}
	u.FirstName = line("first_name", f.FirstName, u.FirstName, MaxName)
	u.LastName = line("last_name", f.LastName, u.LastName, MaxName)
	u.DisplayName = line("display_name", f.DisplayName, u.DisplayName, MaxName)
	u.Title = line("title", f.Title, u.Title, MaxName)
	u.Department = line("department", f.Department, u.Department, MaxName)
	if u.Country = f.Country.Or(u.Country); u.Country != "" && !phone.ValidCountry(u.Country) {
		c.Fail("country", "unknown_country", "Choose a country from the list.")
	}
	if f.Phone.Set {
		u.Phone = ""
		if f.Phone.Value != "" {
			number, err := phone.Parse(f.Phone.Value, u.Country)
			if err != nil {
				c.Fail("phone", "invalid_phone", "Write the phone number with its country code, such as +46 8 123 456 78.")
			}
			u.Phone = number
		}
	}
	if u.Language = f.Language.Or(u.Language); u.Language != "" && !phone.ValidLanguage(u.Language) {
		c.Fail("language", "unknown_language", "Choose a language from the list.")
	}
	if u.TimeZone = f.TimeZone.Or(u.TimeZone); u.TimeZone != "" && !phone.ValidTimeZone(u.TimeZone) {
		c.Fail("time_zone", "unknown_time_zone", "Choose a time zone such as Europe/Stockholm.")
	}
	return u
}

// AdminsOwn writes into u what only admins write, and notes in c what is wrong
// with it.
func AdminsOwn(u User, externalID, notes patch.Field[string], c *errs.Check) User {
	if externalID.Set {
		clean, err := text.Clean(externalID.Value, MaxName)
		if err != nil {
			c.Fail("external_id", codeOf(err), "This field %s.", reason(err))
		}
		u.ExternalID = clean
	}
	if notes.Set {
		clean, err := text.CleanLines(notes.Value, MaxNotes)
		if err != nil {
			c.Fail("notes", codeOf(err), "This field %s.", reason(err))
		}
		u.Notes = clean
	}
	return u
}

// Named is u under the username that was typed, or under the address if none
// was. It is final once the account exists.
func (u User) Named(typed string, c *errs.Check) User {
	clean, err := text.Clean(typed, MaxName)
	if err != nil {
		c.Fail("username", codeOf(err), "This field %s.", reason(err))
	}
	if u.Username = clean; clean == "" {
		u.Username = u.Email
	}
	return u
}

// RequireName notes which of the names are missing that u's type requires.
func (u User) RequireName(c *errs.Check) {
	if u.Type == Group {
		if u.DisplayName == "" {
			c.Fail("display_name", "required", "Enter a name for the shared address.")
		}
		return
	}
	if u.FirstName == "" {
		c.Fail("first_name", "required", "Enter a first name.")
	}
	if u.LastName == "" {
		c.Fail("last_name", "required", "Enter a last name.")
	}
}

func codeOf(err error) string {
	if e, ok := errors.AsType[*text.Error](err); ok {
		return e.Code
	}
	return "invalid"
}

func reason(err error) errs.Phrase {
	if e, ok := errors.AsType[*text.Error](err); ok {
		return e.Message
	}
	return errs.Phrased("cannot be read")
}

// deactivated is u after deactivation, or why that cannot be.
func (u User) deactivated() (User, error) {
	switch u.State {
	case Deactivated:
		return u, errs.Conflict("already_deactivated", "%s is deactivated already.", u.Name())
	case Invited:
		return u, errs.Conflict("invited", "%s has not joined yet. Revoke the invitation instead.", u.Email)
	}
	u.StateBefore, u.State = u.State, Deactivated
	return u, nil
}

// activated is u after being activated again, or why that cannot be.
func (u User) activated() (User, error) {
	if u.State != Deactivated {
		return u, errs.Conflict("not_deactivated", "%s is not deactivated.", u.Name())
	}
	u.State, u.StateBefore = u.StateBefore, ""
	if u.State == Waiting {
		u.State = Active // what is free now decides
	}
	return u, nil
}

// deletable says why u cannot be deleted by actor, nil if it can.
func (u User) deletable(actor authz.Actor) error {
	switch {
	case u.ID == actor.User():
		return errs.Conflict("own_account", "Nobody deletes their own account. Ask another admin.")
	case u.State == Invited:
		return errs.Conflict("not_deactivated", "%s has not joined yet. Revoke the invitation instead.", u.Email)
	case u.State != Deactivated:
		return errs.Conflict("not_deactivated", "Deactivate %s first. Only deactivated users can be deleted.", u.Name())
	}
	return nil
}

// searchText is what search looks at: names, address, username, phone, external
// id. A space before each, as between two words, marks where a word begins; the
// line breaks see to it that no match spans two of them.
func (u User) searchText() string {
	parts := []string{u.Name(), u.Email, u.Phone, u.ExternalID}
	if u.Username != u.Email {
		parts = append(parts, u.Username)
	}
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	for i, p := range parts {
		parts[i] = " " + text.SearchKey(p)
	}
	return strings.Join(parts, "\n")
}

// addressKeys are the ways in which u's address can be typed as a username.
func (u User) addressKeys() []string { return []string{u.EmailKey(), text.Key(u.Email)} }

// EmailKey is what makes an address unique. The address has been parsed before.
func (u User) EmailKey() string { return mailaddr.KeyOf(u.Email) }
