// Package access answers what a user may do, and why: for products, which ask
// about up to 1,000 permissions in one call, and for people, who see all of it
// explained on a user's card. It also has the part of forms in which rights and
// accounts are chosen.
//
// The answer is made of rows of the transaction that gives it: it is never older
// than the last commit. Whoever asks learns nothing of users and accounts beyond
// their own reach: those are answered like what does not exist.
//
//	access.go    the questions, the facts, and the one function that decides
//	commands.go  Check and Explain
//	store.go     the facts of a whole call, in a few statements
//	explain.go   everything that one user may do, and the words for it
package access
