// Package signin proves who somebody is, and forgets it again.
//
// A sign-in is three steps: the try is counted, in a transaction of its own
// that holds whatever comes of it; the password is checked, outside of any
// transaction; what came of it is settled. However somebody comes in, evidence
// decides, Admit lets them in, and Start makes the session and asks for the
// user's state once more. Nothing else makes one.
//
// A session is a row; ending it deletes the row, so that it is over on every
// node with the commit. Reactivation therefore brings none back.
//
// No answer tells whether an account exists: not in words, because there is one
// refusal for all reasons; not in time, because the same work is done for
// nobody. Whoever guesses is slowed down. A browser that the owner has signed
// in with before has a counter of its own, so that strangers keep nobody out.
//
// A reset that somebody asks for changes nothing until its link is used; one
// that an admin sends ends the password and the sessions at once. So does a
// password that an admin sets. If it must be changed, its owner is let in and
// authz.May leaves them nothing but setting another one. The same holds for a
// password that has expired by the organization's rules, from that moment on, in
// sessions that go on, too. Which passwords may not come again is compared between
// two transactions; the second one asks whether the credential is still the one
// that was compared.
//
//	signin.go    what a sign-in is decided by: pure functions
//	commands.go  signing in and out
//	session.go   sessions and known devices
//	password.go  what a new password must be, and proving the old one once more
//	reset.go     forgotten and reset passwords
//	set.go       passwords that an admin sets
//	history.go   passwords that may not come again
//	expiry.go    until when a password is enough, and how it stands
//	remind.go    who is told of it by e-mail
//	find.go      which organizations somebody has an account in
//	accounts.go  between which organizations a browser switches
//	meter.go     how strong a new password is
//	letters.go   what people get to read
//	store.go     the tables sessions, devices and password_history
//	api.go, portal.go  the ways in
package signin
