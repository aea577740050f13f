// Package seat hands out the seats of pools, one person on one device each.
//
// The seats that an organization bought of a seat plan are distributed over pools.
// The default one has what the others leave; how many that is stands nowhere, but is
// reckoned each time, so that it cannot be wrong. A user's license says which pool
// they are a member of (package license); a product takes a lease for a member when
// they start, renews it while they are active, and gives it back. A lease that is
// not renewed ends by itself.
//
// A seat is a row with a number. Whoever takes one locks the lowest that is free and
// that nobody else is just taking, so that no seat is leased twice, however many ask
// and on however many nodes. Where a pool has become smaller than what is in use,
// nobody loses a seat, and none is given before enough have been returned.
//
//	seat.go    the types, and the rules
//	pools.go   the pools of an organization
//	lease.go   taking, renewing, returning and freeing a seat
//	usage.go   how much of a pool was used, and would have been
//	report.go  who used how much of what in a month
//	steps.go   what sales, licenses and deletions do with seats
//	store.go   the tables seats, past_leases, seat_pools, seat_wishes and seat_days
package seat
