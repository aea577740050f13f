// Package enroll is what lies behind the link of an invitation, or of an
// activation e-mail: the page on which somebody sets up their own account.
//
// Opening the link changes nothing. Accepting it uses it up: of any number of
// parallel uses exactly one makes the account, sets its password and signs the
// person in. The account always has the address that the link was mailed to.
// Whoever invited must still be able to give what the invitation gives; who was
// added directly has it already, and only their own password is missing.
//
//	enroll.go    the offer, and what makes it stand
//	commands.go  show and accept, for both kinds of links
//	portal.go    the pages, for links that work and for dead ones
package enroll
