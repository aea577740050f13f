// Package number has the fax and phone numbers that an organization owns, and
// whom they are given to.
//
// A number is written in E.164, stands once in its organization, and is in
// exactly one group, the default one where nobody says another. There are three
// kinds: the organization's main number, of which there is at most one; shared
// numbers, which belong to nobody in particular; and personal ones, each of which
// is free or given to one user.
//
// No number is ever given to two. Who is given one is told by e-mail, unless the
// organization has switched that off, or the person was added without notice or
// has not joined yet. Somebody who is deactivated loses theirs, or keeps them, as
// the organization says; who lost theirs and returns gets back what is still
// free. Whoever is deleted loses them in any case. A number that is given to
// somebody, or that a policy for senders names, is not deleted.
//
//	number.go    the type, its kinds and rules
//	adding.go    what becomes of one number, a range, or a list
//	commands.go  list, add, change, give, delete
//	steps.go     what users and groups do with numbers in their transactions
//	views.go     what pages and forms show
//	store.go     the table numbers
//	letters.go   what people get to read
//	api.go, portal.go  the ways in; portal_add.go is the form 'Add numbers'
package number
