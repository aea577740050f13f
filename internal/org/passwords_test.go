package org

import (
	"testing"

	"roster/internal/errs"
	"roster/internal/patch"
)

func TestRulesForPasswords(t *testing.T) {
	p := patch.To[int]
	for name, test := range map[string]struct {
		in   PasswordChange
		want string
	}{
		"nothing":                      {PasswordChange{}, ""},
		"all at their highest":         {PasswordChange{p(64), p(4), p(24), p(730), p(60), p(64), p(4), p(24), p(730), p(60)}, ""},
		"all at their lowest":          {PasswordChange{p(15), p(0), p(0), p(0), p(0), p(15), p(0), p(0), p(0), p(0)}, ""},
		"users alone":                  {PasswordChange{PasswordMinLength: p(14)}, "password_min_length:out_of_range"},
		"admins alone":                 {PasswordChange{AdminPasswordMinLength: p(14)}, "admin_password_min_length:out_of_range"},
		"five kinds":                   {PasswordChange{PasswordKinds: p(5), AdminPasswordKinds: p(-1)}, "password_kinds:out_of_range admin_password_kinds:out_of_range"},
		"a long memory":                {PasswordChange{PasswordHistory: p(25), AdminPasswordHistory: p(25)}, "password_history:out_of_range admin_password_history:out_of_range"},
		"three years":                  {PasswordChange{PasswordExpiryDays: p(1095)}, "password_expiry_days:out_of_range"},
		"notice as long as the life":   {PasswordChange{PasswordExpiryDays: p(14)}, "password_reminder_days:out_of_range"},
		"notice shorter than the life": {PasswordChange{PasswordExpiryDays: p(15)}, ""},
		"no notice":                    {PasswordChange{AdminPasswordExpiryDays: p(1), AdminPasswordReminderDays: p(0)}, ""},
		"notice of what never ends":    {PasswordChange{PasswordReminderDays: p(60)}, ""},
		"notice of a quarter":          {PasswordChange{PasswordExpiryDays: p(90), PasswordReminderDays: p(61)}, "password_reminder_days:out_of_range"},
	} {
		var c errs.Check
		test.in.applyPasswords(&c, defaultPasswords(), 15)
		if wrong(c.Err()) != test.want {
			t.Errorf("%s: got %v, want %q", name, c.Err(), test.want)
		}
	}
}

func TestTheFloorIsBelowBothRules(t *testing.T) {
	s := PasswordSettings{PasswordMinLength: 8, AdminPasswordMinLength: 20}.above(15)
	if s.PasswordRules(false).MinLength != 15 || s.PasswordRules(true).MinLength != 20 {
		t.Errorf("%+v", s)
	}
}
