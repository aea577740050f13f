package signin

import (
	"time"

	"roster/internal/op"
)

func removeEnded(t *op.Tx, expired, unused time.Time) error {
	_, err := t.Exec(`-- across organizations: what is dead is dead in all of them
		delete from sessions where expires_at < :expired or seen_at < :unused`, op.Args{"expired": expired, "unused": unused})
	return err
}
