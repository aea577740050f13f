package op

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"syscall"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"roster/internal/op/internal/sqldb"
	"roster/internal/secret"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Database is an open database whose schema may still be old.
type Database struct{ db *sqldb.DB }

// OpenDatabase opens `sqlite:PATH` or `postgres://…`.
func OpenDatabase(ctx context.Context, address string) (*Database, error) {
	db, err := sqldb.Open(ctx, address)
	if err != nil {
		return nil, err
	}
	return &Database{db}, nil
}

// Close closes the database.
func (d *Database) Close() error { return d.db.Close() }

// Ready reports why the database cannot serve: it does not answer, or its
// schema is older than this program. A newer one is fine while this program
// runs: migrations add before they remove, so that nodes can be replaced one
// after another.
func (d *Database) Ready(ctx context.Context) error {
	p, err := d.provider()
	if err != nil {
		return err
	}
	has, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	if want := newest(p); has < want {
		return fmt.Errorf("the database's schema is version %d, this program needs %d", has, want)
	}
	return nil
}

// Migrate brings the schema to this program's version. Of several nodes or
// processes that start at once, one does it and the others wait. It refuses a
// database that a newer program has migrated already.
func (d *Database) Migrate(ctx context.Context) error {
	// Before there are tables that would belong to the wrong role.
	if err := d.checkRowSecurity(ctx); err != nil {
		return err
	}
	unlock, err := d.lockFile()
	if err != nil {
		return err
	}
	defer unlock()
	p, err := d.provider()
	if err != nil {
		return err
	}
	has, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	if want := newest(p); has > want {
		return fmt.Errorf("the database was migrated to schema %d by a newer Roster; this one knows %d: start the newer one", has, want)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}

// checkRowSecurity refuses a PostgreSQL role that row security does not bind.
func (d *Database) checkRowSecurity(ctx context.Context) error {
	if d.db.Dialect != sqldb.PostgreSQL {
		return nil
	}
	var exempt bool
	err := d.db.Pool().QueryRowContext(ctx, "select rolsuper or rolbypassrls from pg_roles where rolname = current_user").Scan(&exempt)
	if err != nil {
		return err
	}
	if exempt {
		return errors.New("the PostgreSQL role is a superuser or bypasses row security: give Roster an ordinary role that owns its database (see docs/operating/postgresql.md)")
	}
	return nil
}

func newest(p *goose.Provider) int64 {
	sources := p.ListSources()
	return sources[len(sources)-1].Version
}

func (d *Database) provider() (*goose.Provider, error) {
	dialect := goose.DialectSQLite3
	var options []goose.ProviderOption
	if d.db.Dialect == sqldb.PostgreSQL {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(dialect, d.db.Pool(), dialectFS{d.db.Dialect}, append(options, goose.WithDisableGlobalRegistry(true))...)
}

// lockFile keeps two processes from migrating one SQLite file at once.
// PostgreSQL has its own lock.
func (d *Database) lockFile() (unlock func(), err error) {
	if d.db.Dialect != sqldb.SQLite {
		return func() {}, nil
	}
	f, err := os.OpenFile(d.db.Path+".migrate", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		_ = f.Close()
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}

// Words of the migrations that the databases spell differently.
var (
	schemaWord  = regexp.MustCompile(`\b(SEQUENCE|TEXT|INT|TIME|BOOL|BYTES|STRICT)\b`)
	schemaWords = map[sqldb.Dialect]map[string]string{
		sqldb.SQLite: {
			"SEQUENCE": "integer primary key", "TEXT": "text", "INT": "integer", "TIME": "integer",
			"BOOL": "integer", "BYTES": "blob", "STRICT": "strict",
		},
		sqldb.PostgreSQL: {
			"SEQUENCE": "bigint generated always as identity primary key", "TEXT": `text collate "C"`, "INT": "bigint",
			"TIME": "bigint", "BOOL": "boolean", "BYTES": "bytea", "STRICT": "",
		},
	}
)

// translate writes a migration for one database: the words above are replaced,
// and what stands between `-- only X` and `-- end` is left out for the other.
func translate(text string, d sqldb.Dialect) string {
	var kept strings.Builder
	skipping := false
	for line := range strings.Lines(text) {
		if only, ok := strings.CutPrefix(strings.TrimSpace(line), "-- only "); ok {
			skipping = only != string(d)
		} else if strings.TrimSpace(line) == "-- end" {
			skipping = false
		} else if !skipping {
			kept.WriteString(line)
		}
	}
	return schemaWord.ReplaceAllStringFunc(kept.String(), func(w string) string { return schemaWords[d][w] })
}

// dialectFS is the one timeline of migrations as one database reads it.
type dialectFS struct{ dialect sqldb.Dialect }

// Open implements fs.FS.
func (f dialectFS) Open(name string) (fs.File, error) {
	if name == "." {
		return migrationFiles.Open("migrations")
	}
	file, err := migrationFiles.Open("migrations/" + name)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	return translated{file, strings.NewReader(translate(string(text), f.dialect))}, nil
}

// translated is a file whose content has been replaced; its size is that of
// the original, which nobody asks for.
type translated struct {
	fs.File
	text io.Reader
}

// Read implements fs.File.
func (t translated) Read(p []byte) (int, error) { return t.text.Read(p) }

// CheckKeys makes sure that this node's keys are those that the database's
// secrets were sealed with: the first node that comes leaves its mark, the
// others compare. Without it, a node with other keys would serve until
// somebody needs a secret.
func (d *Database) CheckKeys(ctx context.Context, keys *secret.Keyring) error {
	place := secret.Place{Table: "key_marks", Row: "1", Column: "mark"}
	_, err := d.db.Pool().ExecContext(ctx, `insert into key_marks (id, mark) values (1, $1) on conflict (id) do nothing`, keys.Seal(place, []byte("roster")))
	if err != nil {
		return err
	}
	var mark []byte
	if err := d.db.Pool().QueryRowContext(ctx, `select mark from key_marks where id = 1`).Scan(&mark); err != nil {
		return err
	}
	if _, err := keys.Open(place, mark); err != nil {
		return fmt.Errorf("the key file does not fit this database: %w. Give every node the key file that the first one created (--key-file)", err)
	}
	return nil
}
