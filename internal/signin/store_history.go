package signin

import (
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/user"
)

// formerPasswords are the hashes of the most passwords that a user had last
// before the present one.
func formerPasswords(t *op.Tx, u id.User, most int) ([]string, error) {
	return op.All[string](t, `select hash from password_history where org_id = :org and user_id = :user
		order by set_at desc, hash limit :most`, op.Args{"user": u, "most": most})
}

func keepFormer(t *op.Tx, u id.User, c user.Credentials) error {
	_, err := t.Exec(`insert into password_history (org_id, user_id, hash, set_at) values (:org, :user, :hash, :set) on conflict do nothing`,
		op.Args{"user": u, "hash": c.Password, "set": c.SetAt})
	return err
}

// forgetFormer removes those beyond the most that a user had last.
func forgetFormer(t *op.Tx, u id.User, most int) error {
	_, err := t.Exec(`delete from password_history where org_id = :org and user_id = :user and hash not in (
			select hash from password_history where org_id = :org and user_id = :user order by set_at desc, hash limit :most)`,
		op.Args{"user": u, "most": most})
	return err
}
