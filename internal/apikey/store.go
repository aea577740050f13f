package apikey

import (
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/secret"
	"roster/internal/user"
)

// selection reads keys together with what their makers are now.
var selection = `select k.id, k.org_id, k.name, k.hint, k.permissions as granted, k.created_by, k.created_by_name, k.made_with,
		k.created_at, k.expires_at, k.stopped_at, k.last_used_at, u.role_id as maker_role, ` + user.RightsColumns("u.", "k.org_id") + `
	from api_keys k
	left join users u on u.org_id = k.org_id and u.id = k.created_by and u.state = 'active' `

// of binds a statement to the organization of the transaction, or, on the
// platform, to the operator's own keys, which belong to none.
func of(t *op.Tx, args op.Args) op.Args {
	args["of"] = string(t.Org())
	return args
}

// row is a key with what its maker may do.
type row struct {
	Key
	user.Rights `json:"-"`
}

// read answers keys as they are now.
func read(t *op.Tx, text string, args op.Args) ([]Key, error) {
	rows, err := op.All[row](t, text, args)
	keys := make([]Key, len(rows))
	for i, r := range rows {
		r.Key.rights = r.Rights
		keys[i] = r.Key.at(t.Now())
	}
	return keys, err
}

// first is the only one of the keys, or errs.NotFound.
func first(keys []Key, err error) (Key, error) {
	switch {
	case err != nil:
		return Key{}, err
	case len(keys) == 0:
		return Key{}, errs.NotFound()
	}
	return keys[0], nil
}

func byHash(t *op.Tx, hash []byte) (Key, error) {
	return first(read(t, `-- across organizations: only the key tells which one it is of
		`+selection+`where k.hash = :hash`, op.Args{"hash": hash}))
}

func byID(t *op.Tx, key id.Key) (Key, error) {
	return first(read(t, `-- across organizations: keys of the operator belong to none
		`+selection+`where k.org_id = :of and k.id = :id`, of(t, op.Args{"id": key})))
}

// Holds is the step of whoever relies on what a key may do now: one of the
// transaction's organization, or of the operator. A key that is gone may nothing.
func Holds(t *op.Tx, key id.Key) (authz.Actor, error) {
	found, err := read(t, `-- across organizations: keys of the operator belong to none
		`+selection+`where k.org_id in (:of, '') and k.id = :id`, of(t, op.Args{"id": key}))
	if err != nil || len(found) == 0 {
		return authz.Actor{Reach: authz.Everywhere()}, err
	}
	return found[0].actor(), nil
}

func page(t *op.Tx, after *position, limit int) ([]Key, error) {
	text, args := `-- across organizations: keys of the operator belong to none
		`+selection+`where k.org_id = :of `, of(t, op.Args{"limit": limit})
	if after != nil {
		text += `and (k.created_at, k.id) < (:created, :id) `
		args["created"], args["id"] = after.Created, string(after.ID)
	}
	return read(t, text+`order by k.created_at desc, k.id desc limit :limit`, args)
}

func count(t *op.Tx) (int, error) {
	return op.One[int](t, `-- across organizations: keys of the operator belong to none
		select count(*) from api_keys where org_id = :of`, of(t, op.Args{}))
}

func insert(t *op.Tx, k Key, hash secret.Hash) error {
	_, err := t.Exec(`-- across organizations: keys of the operator belong to none
		insert into api_keys (org_id, id, name, hash, hint, permissions, created_by, created_by_name, made_with, created_at, expires_at)
		values (:of, :id, :name, :hash, :hint, :permissions, :by, :by_name, :with, :now, :expires)`,
		of(t, op.Args{"id": k.ID, "name": k.Name, "hash": hash.Bytes(), "hint": k.Hint, "permissions": k.Granted,
			"by": k.CreatedBy, "by_name": k.CreatedByName, "with": k.MadeWith, "now": k.CreatedAt, "expires": k.ExpiresAt}))
	return err
}

// removeWithMade removes a key and all keys that were made with it, directly or not.
func removeWithMade(t *op.Tx, key id.Key) ([]Key, error) {
	return op.All[Key](t, `-- across organizations: keys of the operator belong to none
		with recursive gone (id) as (
			select id from api_keys where org_id = :of and id = :id
			union select k.id from api_keys k join gone on k.made_with = gone.id where k.org_id = :of)
		delete from api_keys where org_id = :of and id in (select id from gone)
		returning id, org_id, name`, of(t, op.Args{"id": key}))
}

// Forget is the step of deleting an organization: its keys go along.
func Forget(t *op.Tx) error {
	_, err := t.Exec(`delete from api_keys where org_id = :org`, nil)
	return err
}

// stop marks the keys of a user who may not act any more.
func stop(t *op.Tx, u id.User) ([]Key, error) {
	return op.All[Key](t, `update api_keys set stopped_at = :now where org_id = :org and created_by = :user and stopped_at is null
		returning id, org_id, name`, op.Args{"user": u, "now": t.Now()})
}

// Erase is the step of deleting a user: their keys, which have stopped, forget
// the name.
func Erase(t *op.Tx, u user.User) error {
	_, err := t.Exec(`update api_keys set created_by_name = '' where org_id = :org and created_by = :user`, op.Args{"user": u.ID})
	return err
}

// touch writes down that a key was used, unless somebody did since before.
func touch(t *op.Tx, org id.Org, key id.Key, before time.Time) error {
	_, err := t.Exec(`-- across organizations: the key may be the operator's, at work in any of them
		update api_keys set last_used_at = :now
		where org_id = :of and id = :id and (last_used_at is null or last_used_at <= :before)`,
		op.Args{"of": string(org), "id": key, "now": t.Now(), "before": before})
	return err
}
