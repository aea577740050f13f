// Package apikey gives programs a way in: keys of an organization, and keys of
// the operator. A key is shown once, when it is made; only its hash is stored.
//
// A key of an organization never holds a permission that its maker did not
// hold, and loses each one that its maker loses: it is shown as reduced then.
// When its maker is deactivated or deleted it stops for good; that the maker
// comes back does not bring it back. A key that was made with another key
// belongs to the same maker, ends with that key at the latest, and is revoked
// together with it.
//
// A key of the operator may do what operators may, and acts in any
// organization, whose audit log says so: see docs/decisions/0005-operator-keys.md.
//
//	key.go       the type and its rules
//	commands.go  what can be done
//	store.go     the table api_keys
//	api.go, portal.go  the ways in
package apikey
