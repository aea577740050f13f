// Package user is the register of users: people, and shared addresses, of one
// organization each.
//
// States and the ways between them:
//
//	invited ──accept───▶ active ◀──activate── deactivated ──delete──▶ gone
//	   └─────revoke──▶ gone ▲ └──deactivate────▲
//	pending ──link──────────┘                  │
//	   └──────────deactivate───────────────────┘
//
// Somebody who is added directly begins as pending, with an activation e-mail,
// or as active, with a password that the admin sets or with federated sign-in.
//
// After every transaction an organization that has had an active admin keeps
// at least one (last_admin), and whoever may no longer sign in has no session
// and no open link.
//
//	user.go      the type, its states, rules and limits
//	commands.go  what admins do: get, update, deactivate, activate, delete
//	steps.go     what other features do within their own transactions
//	custom.go    what the user has in the organization's own fields
//	store.go     the table users
package user
