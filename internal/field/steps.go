package field

import "roster/internal/op"

// Hooks are filled once, in app/reactions.go: what the owners of other tables do
// in the transactions of this package.
var Hooks struct {
	// Erase takes the value of a key out of every user who has one.
	Erase func(t *op.Tx, key string) error
}
