package signin

import (
	"maps"
	"slices"

	"roster/internal/id"
	"roster/internal/op"
)

// Account is one of several organizations that a browser is signed in to.
type Account struct {
	Org  id.Org `db:"org_id"`
	Name string `db:"name"`
	Slug string `db:"slug"`
}

// AccountsOf lists the organizations in which a browser's sessions are in
// force, by name: between them it switches without signing in.
func AccountsOf(t *op.Tx, sessions map[id.Org][]byte) ([]Account, error) {
	rows, err := accountsByHashes(t, slices.Collect(maps.Values(sessions)))
	var list []Account
	for _, r := range rows {
		if _, shown := sessions[r.Org]; shown && !r.over(r.Session, t.Now()) {
			list = append(list, r.Account)
		}
	}
	return list, err
}
