// Package sqldb is the only package that knows that there are two databases.
//
// It opens them, binds named parameters, moves rows into structs, names the
// errors that matter, and replaces the few words that the two dialects
// disagree about. Only package op may import it; the compiler sees to that.
package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"
)

// Dialect is one of the two databases.
type Dialect string

// The dialects.
const (
	SQLite     Dialect = "sqlite"
	PostgreSQL Dialect = "postgres"
)

// Words that the dialects spell differently. They stand in statements as
// written here and nowhere else.
var dialectWords = map[Dialect]*strings.Replacer{
	// One writer at a time: there are no rows that others hold.
	SQLite:     strings.NewReplacer(" SKIP_LOCKED", "", " LOCK_ROW", ""),
	PostgreSQL: strings.NewReplacer(" SKIP_LOCKED", " for update skip locked", " LOCK_ROW", " for update"),
}

func (d Dialect) words(text string) string { return dialectWords[d].Replace(text) }

// DB is an open database: one pool that writes and one that reads. On SQLite
// the writing pool is a single connection whose transactions begin immediate;
// on PostgreSQL both are the same pool.
type DB struct {
	Dialect Dialect
	Path    string // of the SQLite file; empty on PostgreSQL
	write   *sql.DB
	read    *sql.DB
}

// Open opens `sqlite:PATH` or `postgres://…` and makes sure that it answers.
// It changes nothing but, on SQLite, the journal mode.
func Open(ctx context.Context, address string) (*DB, error) {
	switch scheme, rest, _ := strings.Cut(address, ":"); scheme {
	case "sqlite":
		return openSQLite(ctx, rest)
	case "postgres", "postgresql":
		return openPostgreSQL(ctx, address)
	default:
		return nil, fmt.Errorf("the database address must begin with sqlite: or postgres://, not %q", scheme)
	}
}

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if path == "" {
		return nil, errors.New("the database address sqlite: needs the path of a file")
	}
	pragmas := url.Values{"_pragma": {
		"busy_timeout(10000)", "journal_mode(wal)", "synchronous(full)", "foreign_keys(on)",
		"trusted_schema(off)", "cache_size(-16000)", "temp_store(memory)",
	}}
	writing := url.Values{"_txlock": {"immediate"}, "_pragma": pragmas["_pragma"]}
	reading := url.Values{"_pragma": append([]string{"query_only(on)"}, pragmas["_pragma"]...)}
	name := "file:" + (&url.URL{Path: path}).EscapedPath()

	// Nobody else on the machine is to read it, nor the files that SQLite puts beside it.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the SQLite database: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	db := &DB{Dialect: SQLite, Path: path}
	if db.write, err = openKeeping(name + "?" + writing.Encode()); err != nil {
		return nil, err
	}
	db.write.SetMaxOpenConns(1)
	// The driver ignores pragmas that it does not understand, so ask.
	var journal string
	var sync, keys int
	look := func() error {
		row := db.write.QueryRowContext(ctx, "select * from pragma_journal_mode, pragma_synchronous, pragma_foreign_keys")
		return row.Scan(&journal, &sync, &keys)
	}
	err = look()
	// While somebody else turns on the write-ahead log, SQLite does not wait,
	// whatever busy_timeout says.
	for try := 0; IsRetry(err) && try < 200; try++ {
		time.Sleep(50 * time.Millisecond)
		err = look()
	}
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("open the SQLite database %s: %w", path, err)
	}
	if journal != "wal" || sync != 2 || keys != 1 {
		db.Close()
		return nil, fmt.Errorf("SQLite runs with journal_mode=%s synchronous=%d foreign_keys=%d; Roster needs wal, 2 and 1", journal, sync, keys)
	}
	if db.read, err = openKeeping(name + "?" + reading.Encode()); err != nil {
		db.Close()
		return nil, err
	}
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(readers)
	return db, nil
}

func openKeeping(name string) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(name)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(keeping{connector}), nil
}

func openPostgreSQL(ctx context.Context, address string) (*DB, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	db := &DB{Dialect: PostgreSQL, write: pool, read: pool}
	if err := pool.PingContext(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("reach PostgreSQL: %w", err)
	}
	return db, nil
}

// Close closes both pools.
func (db *DB) Close() error {
	var errs []error
	for _, pool := range []*sql.DB{db.write, db.read} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}

// Pool is the writing pool, for migrations.
func (db *DB) Pool() *sql.DB { return db.write }

// Isolation is how strictly a transaction sees others.
type Isolation uint8

// The isolations. On SQLite every writing transaction is serial.
const (
	ReadOnly     Isolation = iota // a snapshot; writing is refused by the database
	Serializable                  // commands: may fail with IsRetry and be run again
	Relaxed                       // hot paths that are correct by constraint
)

// Lanes is how many transactions run at a time; on SQLite, how many of those that read.
// A door without a database, as tests of pages have it, may ask, too.
func (db *DB) Lanes() int64 {
	if db != nil && db.Dialect == SQLite {
		return readers
	}
	return connections
}

// How many connections are opened, and kept.
const (
	readers     = 8  // of SQLite
	connections = 24 // to PostgreSQL
)

// Begin starts a transaction.
func (db *DB) Begin(ctx context.Context, isolation Isolation) (*sql.Tx, error) {
	if isolation == ReadOnly {
		if db.Dialect == SQLite {
			return db.read.BeginTx(ctx, nil)
		}
		return db.read.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	}
	if db.Dialect == PostgreSQL && isolation == Serializable {
		return db.write.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	}
	return db.write.BeginTx(ctx, nil)
}

// Query binds and runs a statement that answers rows.
func (db *DB) Query(ctx context.Context, tx *sql.Tx, text string, args Args) (*sql.Rows, error) {
	bound, values, err := db.Dialect.bind(text, args)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, bound, values...)
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, firstLine(text))
	}
	return rows, nil
}

// Exec binds and runs a statement and answers how many rows it changed.
func (db *DB) Exec(ctx context.Context, tx *sql.Tx, text string, args Args) (int64, error) {
	bound, values, err := db.Dialect.bind(text, args)
	if err != nil {
		return 0, err
	}
	result, err := tx.ExecContext(ctx, bound, values...)
	if err != nil {
		return 0, fmt.Errorf("%w in %s", err, firstLine(text))
	}
	return result.RowsAffected()
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

// IsRetry reports that a transaction lost against another one and may be run
// again from its beginning. PostgreSQL says of two that have both looked before
// they took the same name that the later one violates a constraint: when it
// looks again, it sees the name taken.
func IsRetry(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "40001" || pg.Code == "40P01" || pg.Code == "23505" // serialization failure, deadlock, unique violation
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		return lite.Code()&0xff == sqlitelib.SQLITE_BUSY
	}
	return false
}

// IsDuplicate reports that a unique constraint was violated. On PostgreSQL the
// transaction is over; expected duplicates use `on conflict do nothing`.
func IsDuplicate(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "23505"
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		return lite.Code() == sqlitelib.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlitelib.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return false
}

// IsEnded reports whether the transaction was over before the statement: rolled
// back, that is, because its context had ended.
func IsEnded(err error) bool { return errors.Is(err, sql.ErrTxDone) }

// IsUnavailable reports that the database cannot be reached, is shutting down
// or starting, or takes no more connections: what a while later may go well.
func IsUnavailable(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		class := pg.Code[:min(2, len(pg.Code))]
		return class == "08" || class == "53" || class == "57"
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		switch lite.Code() & 0xff {
		case sqlitelib.SQLITE_CANTOPEN, sqlitelib.SQLITE_IOERR:
			return true
		}
		return false
	}
	_, network := errors.AsType[net.Error](err)
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	return network || connecting || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// IsFull reports that the storage has no room left.
func IsFull(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "53100"
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		return lite.Code()&0xff == sqlitelib.SQLITE_FULL
	}
	return false
}
