package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// database makes fresh databases of one kind, and removes them again.
type database struct {
	Name    string  `json:"name"`               // such as PostgreSQL 15.18
	Setting string  `json:"settings,omitempty"` // what decides about its speed
	server  *sql.DB // PostgreSQL: where databases are created; nil: SQLite
	address string
}

// openDatabase understands `sqlite` and `postgres://…`, the address of a server
// on which the role may create databases.
func openDatabase(ctx context.Context, address string) (*database, error) {
	if address == "sqlite" {
		return &database{Name: "SQLite", Setting: "synchronous=full"}, nil
	}
	if !strings.HasPrefix(address, "postgres://") {
		return nil, fmt.Errorf("--database is sqlite, or postgres://… of a server on which the role may create databases")
	}
	server, err := sql.Open("pgx", address)
	if err != nil {
		return nil, err
	}
	d := &database{server: server, address: address}
	var version, fsync, synchronous, buffers string
	err = server.QueryRowContext(ctx, `select split_part(current_setting('server_version'), ' ', 1), current_setting('fsync'),
		current_setting('synchronous_commit'), current_setting('shared_buffers')`).Scan(&version, &fsync, &synchronous, &buffers)
	if err != nil {
		server.Close()
		return nil, fmt.Errorf("reach PostgreSQL: %w", err)
	}
	d.Name = "PostgreSQL " + version
	d.Setting = fmt.Sprintf("fsync=%s, synchronous_commit=%s, shared_buffers=%s", fsync, synchronous, buffers)
	return d, nil
}

func (d *database) close() {
	if d.server != nil {
		d.server.Close()
	}
}

// create makes an empty database, with its files in folder if it has any.
func (d *database) create(ctx context.Context, folder string) (address string, drop func(), err error) {
	if d.server == nil {
		return "sqlite:" + filepath.Join(folder, "roster.db"), func() {}, nil
	}
	name := "roster_bench_" + strings.ToLower(rand.Text()[:12])
	if _, err := d.server.ExecContext(ctx, "create database "+name); err != nil {
		return "", nil, err
	}
	drop = func() {
		// Also after ctx has ended: what was made is removed.
		_, _ = d.server.ExecContext(context.WithoutCancel(ctx), "drop database if exists "+name+" with (force)")
	}
	u, err := url.Parse(d.address)
	if err != nil {
		drop()
		return "", nil, err
	}
	u.Path = "/" + name
	return u.String(), drop, nil
}

// tidy does what PostgreSQL does by itself some minutes after so many people
// have come. SQLite does nothing of the kind.
func (d *database) tidy(ctx context.Context, address string) error {
	if d.server == nil {
		return nil
	}
	db, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "vacuum analyze")
	return err
}
