// Package contact says whom people can reach: their teammates, who are the
// active users with whom they share a team, and those whom they have written
// down themselves.
//
// Nobody learns of a user whom they do not see: not from lists, counts, search
// or the question whether they may call them. Whoever is deactivated or leaves
// the team is gone with the next request. A contact of one's own is a note: it
// makes no user, costs no license, and nobody else sees it.
//
//	contact.go   the types, the rules, whether one may contact another
//	commands.go  list, add, remove, can contact
//	store.go     the table contacts, and teammates
//	api.go, portal.go  the ways in
package contact
