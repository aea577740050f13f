// Package sender says which addresses may use a service without being users: an
// organization that only sends e-mail to a fax service needs no accounts.
//
// There is one policy for each service that has any, made by the organization's
// admins where the operator has switched the feature on. It lists trusted domains
// and addresses, and addresses that are blocked all the same. Whoever is a user is
// never asked for in a policy: their state decides. A domain stands for itself
// alone, and with *. before it for what lies below it alone.
//
// An allowed sender comes with what the service needs to serve them: a language,
// a number to send from, a group and its settings. A user has their own; everybody
// else has what the policy says, and where it says nothing, what the organization
// does: the default group, its language, the main number.
//
//	policy.go    a policy, its rules and limits, and the verdict on an address
//	commands.go  list, set and delete policies; check an address
//	store.go     the tables sender_policies and sender_rules
//	api.go, portal.go  the ways in
package sender
