// Package account has the parts that an organization's business is divided into:
// contract accounts, which the organization signed, and delivery accounts, the
// end customers or legal entities that receive. A delivery account may occur
// under several contract accounts. Both kinds are trees, and whoever is given an
// account is given what lies below it.
//
// A user's reach is all contract accounts or chosen ones and, for users of a
// delivery account, chosen delivery accounts. Limits intersect: a delivery
// account is within reach if it is given and occurs under a contract account
// that is given; a contract account, if it is given and something occurs under
// it that is. The rule stands twice, for lists as SQL (store_reach.go) and for
// the check of access as a pure function (forest.go); a test compares them.
//
// Whom an actor reaches among the users is here, too: Within is the condition
// that every statement about users has to carry that answers an actor with limits.
package account
