package sqldb

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
)

// keeping opens SQLite connections that keep the statements they have prepared.
// SQLite's parser and planner take longer than most statements do, and the texts
// are constants of the program. PostgreSQL's driver does the same by itself.
type keeping struct{ driver.Connector }

// Connect implements driver.Connector.
func (k keeping) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	inner, ok := c.(connection)
	if !ok {
		return nil, errors.Join(errors.New("sqldb: the SQLite driver's connection lacks a method that is needed"), c.Close())
	}
	return &keeper{connection: inner, kept: map[string]*kept{}}, nil
}

// connection is what the driver's connection can do.
type connection interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// How many statements a connection keeps, and of which length at most.
const (
	mostKept    = 160
	longestKept = 8 << 10
)

// keeper is a connection with its statements. Like every driver.Conn it is used
// by one goroutine at a time.
type keeper struct {
	connection
	kept map[string]*kept
	uses uint64
}

// kept is a prepared statement. SQLite looks at the schema each time one runs,
// and prepares it again by itself if that has changed.
type kept struct {
	driver.Stmt
	text string
	used uint64 // when, in uses of the connection
	busy bool   // its rows are still being read
}

// keepable reports whether the text is a statement of a feature, rather than
// one of a migration or a setting.
func keepable(text string) bool {
	if len(text) > longestKept {
		return false
	}
	word, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	switch word {
	case "select", "insert", "update", "delete", "with", "--":
		return true
	}
	return false
}

// statement answers the prepared text, or nil if it is none to keep or at work.
func (k *keeper) statement(ctx context.Context, text string) (*kept, error) {
	k.uses++
	if one, ok := k.kept[text]; ok {
		if one.busy {
			return nil, nil
		}
		one.used = k.uses
		return one, nil
	}
	if !keepable(text) {
		return nil, nil
	}
	prepared, err := k.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	if len(k.kept) >= mostKept {
		k.dropOldest()
	}
	one := &kept{Stmt: prepared, text: text, used: k.uses}
	k.kept[text] = one
	return one, nil
}

func (k *keeper) dropOldest() {
	var oldest *kept
	for _, one := range k.kept {
		if !one.busy && (oldest == nil || one.used < oldest.used) {
			oldest = one
		}
	}
	if oldest != nil {
		k.drop(oldest)
	}
}

// drop forgets a statement. What closing it may say is no news: it has been reset.
func (k *keeper) drop(one *kept) {
	delete(k.kept, one.text)
	_ = one.Close()
}

// QueryContext implements driver.QueryerContext.
func (k *keeper) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	one, err := k.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	if one == nil {
		return k.connection.QueryContext(ctx, text, args)
	}
	rows, err := one.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		k.drop(one)
		return nil, err
	}
	one.busy = true
	return &keptRows{rows, one}, nil
}

// ExecContext implements driver.ExecerContext.
func (k *keeper) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	one, err := k.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	if one == nil {
		return k.connection.ExecContext(ctx, text, args)
	}
	result, err := one.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	if err != nil {
		k.drop(one)
	}
	return result, err
}

// Close implements driver.Conn.
func (k *keeper) Close() error {
	for _, one := range k.kept {
		k.drop(one)
	}
	return k.connection.Close()
}

// keptRows give their statement back when they have been read.
type keptRows struct {
	driver.Rows
	of *kept
}

// Close implements driver.Rows.
func (r *keptRows) Close() error {
	r.of.busy = false
	return r.Rows.Close()
}
