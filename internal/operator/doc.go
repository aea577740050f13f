// Package operator is the register of the vendor's own staff, who run the
// installation. Operators are of no organization: they have a table, sessions
// and a plane of their own, and no right inside an organization.
//
// The first one is made behind a one-time link that the server prints when it
// finds none. Further ones, and those who lost their password, get a link from
// the command line of the server: whoever reaches its database is trusted with
// that anyway. A link works once, for a day, and the newest one only.
//
// An operator signs in with address and password. What is wrong of the two, and
// whether the address is known at all, no answer tells, in words or in time.
// Whoever guesses is slowed down, account by account and network by network; a
// browser in which the operator has signed in before has a counter of its own,
// so that nobody is kept out by strangers.
//
//	operator.go  the type and its rules
//	setup.go     how operators come to be: links, and the page behind them
//	signin.go    address and password
//	session.go   what a sign-in starts, and how it ends
//	store.go     the tables operators, operator_sessions, operator_devices
//	portal.go    the pages
package operator
