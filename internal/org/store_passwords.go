package org

import "roster/internal/op"

const passwordColumns = `password_min_length, password_kinds, password_history, password_expiry_days, password_reminder_days,
	admin_password_min_length, admin_password_kinds, admin_password_history, admin_password_expiry_days, admin_password_reminder_days`

const passwordValues = `:password_min_length, :password_kinds, :password_history, :password_expiry_days, :password_reminder_days,
	:admin_password_min_length, :admin_password_kinds, :admin_password_history, :admin_password_expiry_days, :admin_password_reminder_days`

const passwordsChanged = `password_min_length = :password_min_length, password_kinds = :password_kinds, password_history = :password_history,
	password_expiry_days = :password_expiry_days, password_reminder_days = :password_reminder_days,
	admin_password_min_length = :admin_password_min_length, admin_password_kinds = :admin_password_kinds,
	admin_password_history = :admin_password_history, admin_password_expiry_days = :admin_password_expiry_days,
	admin_password_reminder_days = :admin_password_reminder_days`

// into adds the rules to the values of a statement.
func (s PasswordSettings) into(args op.Args) op.Args {
	for prefix, r := range map[string]PasswordRules{"password_": s.PasswordRules(false), "admin_password_": s.PasswordRules(true)} {
		args[prefix+"min_length"], args[prefix+"kinds"], args[prefix+"history"] = r.MinLength, r.Kinds, r.History
		args[prefix+"expiry_days"], args[prefix+"reminder_days"] = r.ExpiryDays, r.ReminderDays
	}
	return args
}
