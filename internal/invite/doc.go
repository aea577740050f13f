// Package invite asks people to create their own account.
//
// An invitation is a user in the state invited, a one-time link, and a letter
// that carries it. It is open until it expires; then it stays listed, and a
// reminder opens it again under the same id with a new link. Accepting it is
// package enroll's; revoking it removes the user who never was.
//
// The teams of an invitation are those of its user, who is in them from the
// start, though nobody sees them before they have joined.
//
// Whatever expires, is revoked or fails: an address can always be invited again.
//
//	invitation.go  the type, the rules, what comes of each address
//	commands.go    invite, list, remind, revoke
//	letters.go     what the person gets to read
//	store.go       the table invitations
//	api.go, portal.go  the ways in
package invite
