// Package enroll is what lies behind an invitation's link: the page on which
// somebody sets up their own account.
//
// Opening the link changes nothing. Accepting it uses it up: of any number of
// parallel uses exactly one makes the account, sets its password and signs the
// person in. The account always has the invited address. Whoever invited must
// still be able to give what the invitation gives.
//
//	enroll.go    the offer, and what makes it stand
//	commands.go  show, accept
//	portal.go    the page, for links that work and for dead ones
package enroll
