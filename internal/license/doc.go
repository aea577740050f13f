// Package license says who has which license of what an organization bought.
//
// A user has at most one license of a service: of a named plan, which is theirs
// alone, or of a seat plan, which makes them a member of a pool. One row holds it;
// with held false the row is what the user is to get: who waits for a license, who
// is invited or was deactivated. How many of a plan are held stands in a row of its
// own, which is written with each of them.
//
// What is bought comes from package service. Licenses in use never exceed it,
// except where it was lowered or has ended: then nobody loses anything, and nothing
// new is given. Where a service requires a license, whoever becomes active needs
// one, or waits. What becomes free goes to who has waited longest.
//
//	license.go   the type, and the rules
//	commands.go  assign, remove, the overview, defaults
//	steps.go     what users, subscriptions and invitations do with licenses
//	restock.go   licenses that became free find their people
//	store.go     the tables licenses, license_counts, pool_counts and license_defaults
package license
