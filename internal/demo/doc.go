// Package demo fills an installation with the services of a vendor, and with
// organizations worth looking at: one with sixty people and seven months of
// history, and a small one in which one of its admins has an account too.
//
// The history is not written, it is played: every invitation, change and
// deactivation is the command that everybody else uses, run by somebody who may,
// through a door whose clock stands in the past. The fixtures in fixtures.go
// stand in where a command waits for a person, or where none exists yet.
//
// The people do not exist, and nor do their domains. No letter to them leaves:
// those of the past count as sent, and `roster serve` refuses --demo together
// with --smtp, because whoever tries things out reminds and invites them. Their passwords are derived from the installation's keys,
// so that everybody gets others and every start can print them again.
//
//	demo.go      what is filled, and how to sign in
//	story.go     how a history is told
//	nordlys.go   Nordlys Field Service
//	hafenbau.go  Hafenbau Lübeck
//	services.go  what the vendor offers, and who subscribes to it
//	fixtures.go  what no command does
package demo
