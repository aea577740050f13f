// Package field is the fields that an organization declares for its users, beside
// those that every user has: a personnel number, a cost center, a contract's end.
//
// A field has a key, by which programs and files name it, and a kind; both are
// fixed once it is made. Name, choices, order and the two rules can change: whether
// it is required, and whether people may edit it themselves. They all see on their
// Profile page what is written about them.
//
// The values of a user are one JSON object, by key, in the user's own row. What
// changes in a field's declaration changes no value: one that no longer fits is
// shown as it is, and has to be corrected by whoever writes it next. A request that
// says nothing of custom fields is held to none of their rules, or else a field
// that is made required would lock everybody who has no value yet against every
// other change.
//
// Deleting a field takes its values out of all users in the same transaction, so
// that a field that is declared later under the same key begins empty.
//
//	field.go     the type, its rules and limits
//	value.go     what a user's values must hold: one rule for all ways in
//	commands.go  what can be done
//	steps.go     what other features do within their own transactions
//	store.go     the table custom_fields
//	inputs.templ, show.go  the values in forms and on pages
//	api.go, portal.go  the ways in
package field
