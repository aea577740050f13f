// Package group divides the users of an organization: every user is in exactly
// one group, and exactly one group of an organization is the default, into which
// new users go who are put into no other. (A user of type 'group' is another
// thing: a shared address.)
//
// A group carries defaults, which a new user gets where nothing else was said,
// and settings, which services read. Defaults are looked at when somebody is
// added or invited, and never again: changing them changes nobody who is there.
// Nobody sets a default role that gives more than they hold, or teams into which
// they may put nobody, nor makes a group the default that has one of these.
//
// Every number of the organization is in exactly one group, too.
//
// A group can be deleted as long as it is not the default. If it has users or
// numbers, the deletion says which group they move to, and they move in the same
// transaction; one event tells of all of them.
//
//	group.go     the type, its rules and limits
//	commands.go  what can be done
//	steps.go     what other features do within their own transactions
//	store.go     the tables groups and group_teams
//	api.go, portal.go  the ways in
package group
