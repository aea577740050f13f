package org

import (
	"time"

	"roster/internal/errs"
	"roster/internal/patch"
)

// PasswordRules are what an organization asks of the passwords of some of its
// people, beside what is asked of every password.
type PasswordRules struct {
	MinLength    int // in characters
	Kinds        int // so many of lower case, upper case, digits and others
	History      int // so many of the last ones may not come again
	ExpiryDays   int // after which another one is to be set; 0: never
	ReminderDays int // before that, in which an e-mail tells of it; 0: none
}

// Life is how long a password is enough; zero: for ever.
func (r PasswordRules) Life() time.Duration { return days(r.ExpiryDays) }

// Notice is how long before its end an e-mail tells of it; zero: none does.
func (r PasswordRules) Notice() time.Duration { return days(r.ReminderDays) }

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// PasswordSettings are the two sets of rules: one for users, and one for admins,
// who are all those who hold a permission in the organization.
type PasswordSettings struct {
	PasswordMinLength    int `db:"password_min_length" json:"password_min_length" audit:"track" doc:"Characters that a user's new password needs at least: 15 to 64, or from as few as the operator allows. A user is who holds no permission in the organization; all others are admins."`
	PasswordKinds        int `db:"password_kinds" json:"password_kinds" audit:"track" doc:"How many of the four kinds of characters a user's new password needs: lower case, upper case, digits, others. 0 to 4."`
	PasswordHistory      int `db:"password_history" json:"password_history" audit:"track" doc:"How many of a user's last passwords may not come again, the present one among them. 0 to 24."`
	PasswordExpiryDays   int `db:"password_expiry_days" json:"password_expiry_days" audit:"track" doc:"Days after which a user has to set another password; 0 is never. At most 730."`
	PasswordReminderDays int `db:"password_reminder_days" json:"password_reminder_days" audit:"track" doc:"Days before a user's password expires in which an e-mail tells of it; 0 is none. At most 60."`

	AdminPasswordMinLength    int `db:"admin_password_min_length" json:"admin_password_min_length" audit:"track" doc:"As password_min_length, for admins."`
	AdminPasswordKinds        int `db:"admin_password_kinds" json:"admin_password_kinds" audit:"track" doc:"As password_kinds, for admins."`
	AdminPasswordHistory      int `db:"admin_password_history" json:"admin_password_history" audit:"track" doc:"As password_history, for admins."`
	AdminPasswordExpiryDays   int `db:"admin_password_expiry_days" json:"admin_password_expiry_days" audit:"track" doc:"As password_expiry_days, for admins."`
	AdminPasswordReminderDays int `db:"admin_password_reminder_days" json:"admin_password_reminder_days" audit:"track" doc:"As password_reminder_days, for admins."`
}

// The limits of the rules. How short a password may be, the operator decides.
const (
	maxMinLength    = 64
	maxKinds        = 4
	maxHistory      = 24
	maxExpiryDays   = 730
	maxReminderDays = 60
)

func defaultPasswords() PasswordSettings {
	return PasswordSettings{
		PasswordMinLength: 15, PasswordReminderDays: 14,
		AdminPasswordMinLength: 15, AdminPasswordReminderDays: 14,
	}
}

// PasswordRules are those for admins, or for users.
func (s PasswordSettings) PasswordRules(admin bool) PasswordRules {
	if admin {
		return PasswordRules{s.AdminPasswordMinLength, s.AdminPasswordKinds, s.AdminPasswordHistory, s.AdminPasswordExpiryDays, s.AdminPasswordReminderDays}
	}
	return PasswordRules{s.PasswordMinLength, s.PasswordKinds, s.PasswordHistory, s.PasswordExpiryDays, s.PasswordReminderDays}
}

// above raises what was allowed before the operator asked for more.
func (s PasswordSettings) above(floor int) PasswordSettings {
	s.PasswordMinLength = max(s.PasswordMinLength, floor)
	s.AdminPasswordMinLength = max(s.AdminPasswordMinLength, floor)
	return s
}

// PasswordChange is what an admin may change of the rules.
type PasswordChange struct {
	PasswordMinLength    patch.Field[int] `json:"password_min_length,omitzero"`
	PasswordKinds        patch.Field[int] `json:"password_kinds,omitzero"`
	PasswordHistory      patch.Field[int] `json:"password_history,omitzero"`
	PasswordExpiryDays   patch.Field[int] `json:"password_expiry_days,omitzero"`
	PasswordReminderDays patch.Field[int] `json:"password_reminder_days,omitzero"`

	AdminPasswordMinLength    patch.Field[int] `json:"admin_password_min_length,omitzero"`
	AdminPasswordKinds        patch.Field[int] `json:"admin_password_kinds,omitzero"`
	AdminPasswordHistory      patch.Field[int] `json:"admin_password_history,omitzero"`
	AdminPasswordExpiryDays   patch.Field[int] `json:"admin_password_expiry_days,omitzero"`
	AdminPasswordReminderDays patch.Field[int] `json:"admin_password_reminder_days,omitzero"`
}

func (ch PasswordChange) applyPasswords(c *errs.Check, s PasswordSettings, floor int) PasswordSettings {
	s = PasswordSettings{
		ch.PasswordMinLength.Or(s.PasswordMinLength), ch.PasswordKinds.Or(s.PasswordKinds), ch.PasswordHistory.Or(s.PasswordHistory),
		ch.PasswordExpiryDays.Or(s.PasswordExpiryDays), ch.PasswordReminderDays.Or(s.PasswordReminderDays),
		ch.AdminPasswordMinLength.Or(s.AdminPasswordMinLength), ch.AdminPasswordKinds.Or(s.AdminPasswordKinds), ch.AdminPasswordHistory.Or(s.AdminPasswordHistory),
		ch.AdminPasswordExpiryDays.Or(s.AdminPasswordExpiryDays), ch.AdminPasswordReminderDays.Or(s.AdminPasswordReminderDays),
	}
	s.PasswordRules(false).check(c, "password_", floor)
	s.PasswordRules(true).check(c, "admin_password_", floor)
	return s
}

// check notes what is wrong with the rules, at the fields that begin with prefix.
func (r PasswordRules) check(c *errs.Check, prefix string, floor int) {
	between(c, prefix+"min_length", r.MinLength, floor, maxMinLength)
	between(c, prefix+"kinds", r.Kinds, 0, maxKinds)
	between(c, prefix+"history", r.History, 0, maxHistory)
	between(c, prefix+"expiry_days", r.ExpiryDays, 0, maxExpiryDays)
	between(c, prefix+"reminder_days", r.ReminderDays, 0, maxReminderDays)
	if 0 < r.ExpiryDays && r.ExpiryDays <= r.ReminderDays && r.ReminderDays <= maxReminderDays {
		c.Fail(prefix+"reminder_days", "out_of_range", "The e-mail comes fewer days before the end than a password lasts.")
	}
}
