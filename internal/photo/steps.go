package photo

import (
	"roster/internal/id"
	"roster/internal/op"
)

// Of is the step of showing a user's photo to whoever sees the user, which the
// caller has asked. Error: not_found if there is none.
func Of(t *op.Tx, u id.User) (Shown, error) {
	r, err := byUser(t, u)
	return r.shown(), err
}

// Versions are the photos of those of the users who have one: at most as many as
// a page shows.
func Versions(t *op.Tx, users []id.User) (map[id.User]int64, error) {
	found, err := versionsOf(t, users)
	list := make(map[id.User]int64, len(found))
	for _, r := range found {
		list[r.User] = r.Version
	}
	return list, err
}
