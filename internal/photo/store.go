package photo

import (
	"roster/internal/id"
	"roster/internal/op"
)

func byUser(t *op.Tx, u id.User) (row, error) {
	return op.One[row](t, `select user_id, version, type, image, created_at from user_photos where org_id = :org and user_id = :user`,
		op.Args{"user": u})
}

// versionOf is the version of a user's photo, 0 if there is none.
func versionOf(t *op.Tx, u id.User) (int64, error) {
	return op.One[int64](t, `select coalesce(max(version), 0) from user_photos where org_id = :org and user_id = :user`, op.Args{"user": u})
}

// version is that of a user's photo.
type version struct {
	User    id.User `db:"user_id"`
	Version int64   `db:"version"`
}

func versionsOf(t *op.Tx, users []id.User) ([]version, error) {
	return op.All[version](t, `select user_id, version from user_photos where org_id = :org and user_id in (:users)`, op.Args{"users": users})
}

func put(t *op.Tx, u id.User, p Photo, picture Picture) error {
	_, err := t.Exec(`insert into user_photos (org_id, user_id, version, type, image, created_at) values (:org, :user, :version, :type, :image, :now)
		on conflict (org_id, user_id) do update set version = excluded.version, type = excluded.type, image = excluded.image, created_at = excluded.created_at`,
		op.Args{"user": u, "version": p.Version, "type": string(picture.Kind), "image": picture.Image, "now": p.CreatedAt})
	return err
}

func remove(t *op.Tx, u id.User) error {
	return t.ExecOne(`delete from user_photos where org_id = :org and user_id = :user`, op.Args{"user": u})
}
