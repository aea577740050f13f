package org

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/mail"
	"roster/internal/mailaddr"
	"roster/internal/patch"
	"roster/internal/phone"
	"roster/internal/text"
)

// Organization is one customer.
type Organization struct {
	ID          id.Org    `db:"id" json:"id" audit:"ignore"`
	Slug        string    `db:"slug" json:"slug" audit:"track"`
	Name        string    `db:"name" json:"name" audit:"track"`
	SuspendedAt time.Time `db:"suspended_at" json:"-" audit:"track"`
	Suspended   bool      `db:"-" json:"suspended" audit:"ignore"`
	CreatedAt   time.Time `db:"created_at" json:"created_at" audit:"ignore"`
	Version     int       `db:"version" json:"version" audit:"ignore"`
	Features    Features  `db:"-" json:"features" audit:"ignore" doc:"What the operator has switched on."`

	UnlistedSenders bool `db:"unlisted_senders" json:"-" audit:"track"`
	Settings        `json:"-"`
	LogoVersion     string `db:"logo" json:"-" audit:"ignore"` // event has it in words; empty: there is none
	LogoWidth       int    `db:"logo_width" json:"-" audit:"ignore"`
	LogoHeight      int    `db:"logo_height" json:"-" audit:"ignore"`
}

// Features are what an organization may use because the operator has switched
// it on.
type Features struct {
	UnlistedSenders bool `json:"unlisted_senders" doc:"Services may take e-mail from senders who are no users."`
}

// FeaturesChange are features as they are given: absent ones stay.
type FeaturesChange struct {
	UnlistedSenders patch.Field[bool] `json:"unlisted_senders,omitzero"`
}

func (ch FeaturesChange) apply(o Organization) Organization {
	o.UnlistedSenders = ch.UnlistedSenders.Or(o.UnlistedSenders)
	return o
}

// ETag is the version as the API's ETag.
func (o Organization) ETag() string { return ETag(o.Version) }

// ETag writes a version as an entity tag.
func ETag(version int) string { return fmt.Sprintf(`"v%d"`, version) }

// Settings are what an organization's admins decide for it.
type Settings struct {
	Color              string `db:"color" json:"color" audit:"track" doc:"The organization's color, #rrggbb."`
	SenderName         string `db:"sender_name" json:"sender_name" audit:"track" doc:"Who e-mails come from; empty: the organization's name."`
	ReplyTo            string `db:"reply_to" json:"reply_to" audit:"track" doc:"Where answers to e-mails go; empty: nowhere."`
	Language           string `db:"language" json:"language" audit:"track"`
	TimeZone           string `db:"time_zone" json:"time_zone" audit:"track"`
	InvitationDays     int    `db:"invitation_days" json:"invitation_days" audit:"track" doc:"Days for which an invitation is open, 1 to 30."`
	SessionIdleMinutes int    `db:"session_idle_minutes" json:"session_idle_minutes" audit:"track" doc:"Minutes without use after which a session ends, 5 to 1440."`
	SessionMaxHours    int    `db:"session_max_hours" json:"session_max_hours" audit:"track" doc:"Hours after which a session ends in any case, 1 to 720."`
	WithoutTeams       string `db:"without_teams" json:"without_teams" audit:"track" enum:"nobody,everybody" doc:"Whom people in no team see, and who sees them."`
	WelcomeMails       bool   `db:"welcome_mails" json:"welcome_mails" audit:"track" doc:"Who has set up their account gets an e-mail for each service, saying how to begin."`
	PasswordSettings

	NumbersOnDeactivation string `db:"numbers_on_deactivation" json:"numbers_on_deactivation" audit:"track" enum:"free,keep" doc:"What becomes of the numbers of somebody who is deactivated."`
	LicenseAssign         bool   `db:"license_assign" json:"license_assign" audit:"track" doc:"Licenses go to people by themselves: to who joins, and, when some become free, to who waits."`
	LicenseReserve        bool   `db:"license_reserve" json:"license_reserve" audit:"track" doc:"Who is invited or added has a license reserved until they join, or the invitation expires."`
	NumberNotices         bool   `db:"number_notices" json:"number_notices" audit:"track" doc:"Whether people are told by e-mail of numbers that they are given."`
}

// Values of NumbersOnDeactivation.
const (
	FreeNumbers = "free"
	KeepNumbers = "keep"
)

// Values of WithoutTeams.
const (
	SeeNobody    = "nobody"
	SeeEverybody = "everybody"
)

// DefaultSettings are what a new organization begins with.
func DefaultSettings() Settings {
	return Settings{
		Color: "#3a57d0", Language: "en", TimeZone: "UTC", InvitationDays: 7,
		SessionIdleMinutes: 60, SessionMaxHours: 24, WithoutTeams: SeeNobody, PasswordSettings: defaultPasswords(),
		WelcomeMails:          true,
		NumbersOnDeactivation: FreeNumbers, NumberNotices: true, LicenseAssign: true,
	}
}

// Sender is the name that e-mails come from.
func (o Organization) Sender() string {
	if o.SenderName != "" {
		return o.SenderName
	}
	return o.Name
}

// Identity is the face that the organization shows in e-mails.
func (o Organization) Identity() mail.Identity {
	return mail.Identity{
		Name: o.Name, SenderName: o.Sender(), ReplyTo: o.ReplyTo, Color: o.Color,
		Logo: mail.Logo{Address: o.LogoPath(), Width: o.LogoWidth, Height: o.LogoHeight},
	}
}

// InvitationLife is how long an invitation is open.
func (s Settings) InvitationLife() time.Duration {
	return time.Duration(s.InvitationDays) * 24 * time.Hour
}

// New is what an operator gives to create an organization.
type New struct {
	Name       string `json:"name" form:"name" maxLength:"128" example:"Nordlys Field Service"`
	Slug       string `json:"slug,omitempty" form:"slug" maxLength:"40" doc:"Short name in addresses; made from the name if left out." example:"nordlys"`
	AdminEmail string `json:"admin_email,omitempty" form:"admin_email" maxLength:"254" doc:"Invites the first admin."`

	Features FeaturesChange `json:"features,omitzero" doc:"What to switch on from the start."`
}

// Limits of an organization's texts, in characters.
const (
	maxName   = 128
	maxSlug   = 40
	maxSender = 64
)

var (
	slugForm  = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])$`)
	colorForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)
	notSlug   = regexp.MustCompile(`[^a-z0-9]+`)
)

// check makes an organization of what was given, or says which fields are wrong.
func (n New) check(at time.Time) (Organization, error) {
	var c errs.Check
	o := Organization{ID: id.New[id.Org](at), CreatedAt: at, Version: 1, Settings: DefaultSettings()}
	o.Name = checkName(&c, n.Name)
	o.Slug = n.Slug
	if o.Slug == "" {
		o.Slug = SlugFor(o.Name)
	}
	if n.Slug != "" || o.Name != "" { // else it is the name that is missing
		checkSlug(&c, o.Slug)
	}
	if n.AdminEmail != "" {
		checkEmail(&c, "admin_email", n.AdminEmail)
	}
	return n.Features.apply(o).shown(), c.Err()
}

func checkName(c *errs.Check, name string) string {
	clean := text.Name(c, "name", name, maxName)
	if clean == "" {
		c.Fail("name", "required", "Enter the organization's name.")
	}
	return clean
}

func checkSlug(c *errs.Check, slug string) {
	if !slugForm.MatchString(slug) || id.Valid[id.Org](slug) {
		c.Fail("slug", "invalid_slug", "The short name has 2 to %d lower-case letters, digits and hyphens, and begins and ends with a letter or digit.", maxSlug)
	}
}

func checkEmail(c *errs.Check, field, email string) mailaddr.Address {
	address, err := mailaddr.Parse(email)
	if e, wrong := errors.AsType[*mailaddr.Error](err); wrong {
		c.Fail(field, e.Code, "This is not an e-mail address: %s.", e.Reason)
	}
	return address
}

// SlugFor proposes a short name: the letters and digits of a name, without accents.
func SlugFor(name string) string {
	slug := strings.Trim(notSlug.ReplaceAllString(text.SearchKey(name), "-"), "-")
	if len(slug) > maxSlug {
		slug = strings.Trim(slug[:maxSlug], "-")
	}
	return slug
}

// Change is what an operator may change of an organization.
type Change struct {
	Version   int64               `ifmatch:"version" json:"-"`
	Name      patch.Field[string] `json:"name,omitzero"`
	Slug      patch.Field[string] `json:"slug,omitzero"`
	Suspended patch.Field[bool]   `json:"suspended,omitzero"`

	Features patch.Field[FeaturesChange] `json:"features,omitzero" doc:"Absent members stay as they are."`
}

func (ch Change) apply(o Organization, at time.Time) (Organization, error) {
	var c errs.Check
	if ch.Name.Set {
		o.Name = checkName(&c, ch.Name.Value)
	}
	if ch.Slug.Set {
		o.Slug = ch.Slug.Value
		checkSlug(&c, o.Slug)
	}
	if ch.Suspended.Set && ch.Suspended.Value != !o.SuspendedAt.IsZero() {
		o.SuspendedAt = time.Time{}
		if ch.Suspended.Value {
			o.SuspendedAt = at
		}
	}
	return ch.Features.Value.apply(o), c.Err()
}

// SettingsChange is what an admin may change of the organization.
type SettingsChange struct {
	Version            int64               `ifmatch:"version" json:"-"`
	Name               patch.Field[string] `json:"name,omitzero"`
	Color              patch.Field[string] `json:"color,omitzero"`
	SenderName         patch.Field[string] `json:"sender_name,omitzero"`
	ReplyTo            patch.Field[string] `json:"reply_to,omitzero"`
	Language           patch.Field[string] `json:"language,omitzero"`
	TimeZone           patch.Field[string] `json:"time_zone,omitzero"`
	InvitationDays     patch.Field[int]    `json:"invitation_days,omitzero"`
	SessionIdleMinutes patch.Field[int]    `json:"session_idle_minutes,omitzero"`
	SessionMaxHours    patch.Field[int]    `json:"session_max_hours,omitzero"`
	WithoutTeams       patch.Field[string] `json:"without_teams,omitzero"`
	WelcomeMails       patch.Field[bool]   `json:"welcome_mails,omitzero"`
	PasswordChange

	NumbersOnDeactivation patch.Field[string] `json:"numbers_on_deactivation,omitzero"`
	NumberNotices         patch.Field[bool]   `json:"number_notices,omitzero"`
	LicenseAssign         patch.Field[bool]   `json:"license_assign,omitzero"`
	LicenseReserve        patch.Field[bool]   `json:"license_reserve,omitzero"`
}

func (ch SettingsChange) apply(o Organization, passwordFloor int) (Organization, error) {
	var c errs.Check
	if ch.Name.Set {
		o.Name = checkName(&c, ch.Name.Value)
	}
	o.Color = strings.ToLower(ch.Color.Or(o.Color))
	if !colorForm.MatchString(o.Color) {
		c.Fail("color", "invalid_color", "Write the color as # and six digits, such as #3a57d0.")
	}
	if ch.SenderName.Set {
		clean, err := text.Clean(ch.SenderName.Value, maxSender)
		if err != nil {
			c.Fail("sender_name", "too_long", "The sender's name has at most %d characters.", maxSender)
		}
		o.SenderName = clean
	}
	if ch.ReplyTo.Set {
		o.ReplyTo = ""
		if ch.ReplyTo.Value != "" {
			o.ReplyTo = checkEmail(&c, "reply_to", ch.ReplyTo.Value).Spelling
		}
	}
	o.Language = ch.Language.Or(o.Language)
	if !phone.ValidLanguage(o.Language) {
		c.Fail("language", "unknown_language", "This language is not among those that Roster speaks.")
	}
	o.TimeZone = ch.TimeZone.Or(o.TimeZone)
	if !phone.ValidTimeZone(o.TimeZone) {
		c.Fail("time_zone", "unknown_time_zone", "Choose a time zone such as Europe/Stockholm.")
	}
	o.InvitationDays = between(&c, "invitation_days", ch.InvitationDays.Or(o.InvitationDays), 1, 30)
	o.SessionIdleMinutes = between(&c, "session_idle_minutes", ch.SessionIdleMinutes.Or(o.SessionIdleMinutes), 5, 1440)
	o.SessionMaxHours = between(&c, "session_max_hours", ch.SessionMaxHours.Or(o.SessionMaxHours), 1, 720)
	o.PasswordSettings = ch.applyPasswords(&c, o.PasswordSettings, passwordFloor)
	if o.WithoutTeams = ch.WithoutTeams.Or(o.WithoutTeams); o.WithoutTeams != SeeNobody && o.WithoutTeams != SeeEverybody {
		c.Fail("without_teams", "invalid", "Choose nobody or everybody.")
	}
	o.WelcomeMails = ch.WelcomeMails.Or(o.WelcomeMails)
	if o.NumbersOnDeactivation = ch.NumbersOnDeactivation.Or(o.NumbersOnDeactivation); o.NumbersOnDeactivation != FreeNumbers && o.NumbersOnDeactivation != KeepNumbers {
		c.Fail("numbers_on_deactivation", "invalid", "Choose free or keep.")
	}
	o.NumberNotices = ch.NumberNotices.Or(o.NumberNotices)
	o.LicenseAssign, o.LicenseReserve = ch.LicenseAssign.Or(o.LicenseAssign), ch.LicenseReserve.Or(o.LicenseReserve)
	return o, c.Err()
}

func between(c *errs.Check, field string, value, low, high int) int {
	if value < low || value > high {
		c.Fail(field, "out_of_range", "Choose a number from %d to %d.", low, high)
	}
	return value
}
