// Package access answers what a user may do, and why: for products, which ask
// about up to 1,000 permissions in one call, and for people, who see all of it
// explained on a user's card. It also has the part of forms in which rights and
// accounts are chosen.
//
// The answer is made of rows of the transaction that gives it: it is never older
// than the last commit.
package access
