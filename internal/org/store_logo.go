package org

import "roster/internal/op"

// putLogo keeps the picture, in place of the one that is there.
func putLogo(t *op.Tx, image []byte) error {
	return t.ExecOne(`insert into logos (org_id, png) values (:org, :png) on conflict (org_id) do update set png = excluded.png`, op.Args{"png": image})
}

func removeLogo(t *op.Tx) error {
	_, err := t.Exec(`delete from logos where org_id = :org`, nil)
	return err
}

// logoOf reads the picture, or answers errs.NotFound.
func logoOf(t *op.Tx) ([]byte, error) {
	row, err := op.One[struct {
		PNG []byte `db:"png"`
	}](t, `select png from logos where org_id = :org`, nil)
	return row.PNG, err
}
