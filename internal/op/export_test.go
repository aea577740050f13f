package op

import "context"

// MigrateTo stops at an older schema, for tests that put rows into it.
func (d *Database) MigrateTo(ctx context.Context, version int64) error {
	p, err := d.provider()
	if err == nil {
		_, err = p.UpTo(ctx, version)
	}
	return err
}
