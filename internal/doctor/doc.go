// Package doctor looks into the database for what must never be: figures that differ
// from a recount, and rules that do not hold. It changes nothing, and can run beside a
// serving node: everything is read in one snapshot.
//
//	doctor.go  the examination
//	store.go   what is looked for, as statements that find nothing
package doctor
