package op

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op/internal/sqldb"
	"roster/internal/secret"
)

// Tx is one transaction of one operation. It carries who acts, where and when,
// and no clients: nothing slow or outside the database is in reach of it. The
// first failed statement ends it for good.
type Tx struct {
	door      *Door
	ctx       context.Context
	sql       *sql.Tx
	spec      Spec
	actor     authz.Actor
	org       id.Org
	now       time.Time
	suspended bool
	wrote     bool
	recorded  int
	posted    int
	broken    error
}

// Actor is who acts, with the permissions that they hold now.
func (t *Tx) Actor() authz.Actor { return t.actor }

// Scope is the plane of the operation that this transaction belongs to.
func (t *Tx) Scope() authz.Scope { return t.spec.Scope }

// Org is the organization that every statement of this transaction is bound
// to; empty on the platform.
func (t *Tx) Org() id.Org { return t.org }

// Serving refuses with organization_suspended if the organization is. The door
// asks it of everybody but the operator, who works on suspended organizations,
// too; what answers for the organization's users asks it of the operator as well.
func (t *Tx) Serving() error {
	if t.suspended {
		return errs.New(errs.KindForbidden, "organization_suspended", "This organization is suspended. Ask the vendor who runs this server.")
	}
	return nil
}

// Now is the database's clock at the beginning of the transaction, in UTC and
// whole milliseconds. It is the same in all of the transaction.
func (t *Tx) Now() time.Time { return t.now }

// URL is the public address of a path that begins with a slash.
func (t *Tx) URL(path string) string { return t.door.url + path }

// PasswordFloor is the shortest password, in characters, that any organization
// may allow.
func (t *Tx) PasswordFloor() int { return t.door.floor }

// Seal encrypts what must not stand in the database in clear; place says where
// it is going to stand, and it opens only there.
func (t *Tx) Seal(place secret.Place, clear []byte) []byte { return t.door.keys.Seal(place, clear) }

// Open is the inverse of Seal.
func (t *Tx) Open(place secret.Place, sealed []byte) ([]byte, error) {
	return t.door.keys.Open(place, sealed)
}

// Enter binds a transaction that belongs to no organization yet: a link has
// told which one it is, or an operator works on one. It cannot be left again.
func (t *Tx) Enter(org id.Org) error {
	if t.org == org {
		return nil
	}
	if t.org != "" {
		return t.breakWith(fmt.Errorf("op: %s is bound to %s and cannot enter %s", t.spec.Name, t.org, org))
	}
	t.org = org
	return t.bind()
}

// acrossMark begins a statement that is meant to see more than one
// organization, or a table that belongs to none, and says why. A golden file
// lists them all.
const acrossMark = "-- across organizations: "

// Exec runs a statement that answers nothing and returns how many rows it
// changed. The statement must mention :org, which the door supplies, or begin
// with `-- across organizations: ` and a reason.
func (t *Tx) Exec(text string, args Args) (int64, error) {
	across, err := t.ready(text, &args)
	if err != nil {
		return 0, err
	}
	defer t.narrow(across)
	n, err := t.door.db.Exec(t.ctx, t.sql, text, args)
	if err != nil {
		return 0, t.breakWith(err)
	}
	t.wrote = true
	return n, nil
}

// ExecOne is Exec for a statement that must change exactly one row: none is
// errs.NotFound, more than one breaks the transaction.
func (t *Tx) ExecOne(text string, args Args) error {
	n, err := t.Exec(text, args)
	switch {
	case err != nil:
		return err
	case n == 0:
		return errs.NotFound()
	case n > 1:
		return t.breakWith(fmt.Errorf("op: %d rows instead of one in %s", n, text))
	}
	return nil
}

// All reads all rows of a statement into values of T: see sqldb.Scan for the
// forms that T may have. The rules of Exec for :org hold.
func All[T any](t *Tx, text string, args Args) ([]T, error) {
	across, err := t.ready(text, &args)
	if err != nil {
		return nil, err
	}
	defer t.narrow(across)
	rows, err := t.door.db.Query(t.ctx, t.sql, text, args)
	if err != nil {
		return nil, t.breakWith(err)
	}
	list, err := sqldb.Scan[T](rows)
	if err != nil {
		return nil, t.breakWith(err)
	}
	if strings.Contains(text, "returning") {
		t.wrote = true
	}
	return list, nil
}

// One reads the first row, or answers errs.NotFound.
func One[T any](t *Tx, text string, args Args) (T, error) {
	list, err := All[T](t, text, args)
	if err != nil {
		var none T
		return none, err
	}
	if len(list) == 0 {
		var none T
		return none, errs.NotFound()
	}
	return list[0], nil
}

// ready checks a statement before it runs and supplies :org. On PostgreSQL it
// opens row security for a statement that goes across organizations.
func (t *Tx) ready(text string, args *Args) (across bool, err error) {
	if t.broken != nil {
		return false, t.broken
	}
	across = strings.HasPrefix(strings.TrimSpace(text), acrossMark)
	mentions := sqldb.Mentions(text, "org")
	if !across && !mentions {
		return false, t.breakWith(fmt.Errorf("op: a statement without :org: %s", text))
	}
	if _, given := (*args)["org"]; given {
		return false, t.breakWith(errors.New("op: :org is supplied by the door, not by the caller"))
	}
	if mentions {
		if t.org == "" {
			return false, t.breakWith(fmt.Errorf("op: %s needs an organization and has none: %s", t.spec.Name, text))
		}
		with := make(Args, len(*args)+1)
		for k, v := range *args {
			with[k] = v
		}
		with["org"] = t.org
		*args = with
	}
	if across && t.org != "" {
		if err := t.setScope("on"); err != nil {
			return false, err
		}
	}
	return across && t.org != "", nil
}

// narrow closes what ready opened.
func (t *Tx) narrow(across bool) {
	if across && t.broken == nil {
		// An error is kept in t.broken and stops the commit.
		_ = t.setScope("off")
	}
}

// bind sets what PostgreSQL's row security compares with: the second lock
// behind :org. A transaction without an organization may look across until it
// enters one.
func (t *Tx) bind() error {
	if t.org == "" {
		return t.setScope("on")
	}
	return t.setScope("off")
}

func (t *Tx) setScope(across string) error {
	if t.door.db.Dialect != sqldb.PostgreSQL {
		return nil
	}
	_, err := t.sql.ExecContext(t.ctx, "select set_config('roster.org', $1, true), set_config('roster.across', $2, true)", string(t.org), across)
	if err != nil {
		return t.breakWith(err)
	}
	return nil
}

// readClock asks the database for the time, and binds the transaction, which has no
// organization yet, in the same breath. SQLite's clock is this process's.
func (t *Tx) readClock() error {
	now := time.Now()
	if t.door.db.Dialect == sqldb.PostgreSQL {
		var set string
		row := t.sql.QueryRowContext(t.ctx, "select clock_timestamp(), set_config('roster.org', '', true) || set_config('roster.across', 'on', true)")
		if err := row.Scan(&now, &set); err != nil {
			return err
		}
	}
	t.now = now.Add(t.door.offset()).UTC().Truncate(time.Millisecond)
	return nil
}

func (t *Tx) breakWith(err error) error {
	if t.broken == nil {
		t.broken = err
	}
	return err
}

// OnSQLite reports which search a store has to write: it is the one question
// about dialects that leaves this package.
func (t *Tx) OnSQLite() bool { return t.door.db.Dialect == sqldb.SQLite }
