// Package team has the teams of an organization. A user is in any number of
// them, and people see the contacts with whom they share one: package contact
// decides who sees whom, and asks here.
//
// A team's name is unique in its organization, however it is spelled. Whoever
// is invited is in the teams from the start; whoever is deactivated stays in
// them, unseen, for the day of their return; whoever is deleted has left them.
// Everybody who comes into a team or leaves one is in the audit log, by
// whichever way it happened.
//
//	team.go      the type, its rules, and what may be given
//	commands.go  create, change, delete, list; members in and out
//	steps.go     what users and invitations do with teams in their transactions
//	store.go     the tables teams and team_members
//	api.go, portal.go  the ways in
package team
