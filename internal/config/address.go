package config

import (
	"fmt"
	"log/slog"
	"net/url"
	"strings"
)

// Kind is a kind of database.
type Kind string

const (
	SQLite   Kind = "sqlite"
	Postgres Kind = "postgres"
)

// Database says where the database is. It prints without its password.
type Database struct {
	raw string
}

// UnmarshalText implements [encoding.TextUnmarshaler]. It never fails; Validate
// does: kong shows the value of an environment variable that it cannot read, and
// this one may hold a password.
func (d *Database) UnmarshalText(text []byte) error {
	d.raw = string(text)
	return nil
}

// Kind returns which database it is.
func (d Database) Kind() Kind {
	if strings.HasPrefix(d.raw, "sqlite:") {
		return SQLite
	}
	return Postgres
}

// Path returns the file of a SQLite database, and "" for PostgreSQL.
func (d Database) Path() string {
	path, _ := strings.CutPrefix(d.raw, "sqlite:")
	if path == d.raw {
		return ""
	}
	return path
}

// URL returns the address of a PostgreSQL database with its password, and "" for
// SQLite.
func (d Database) URL() string {
	if d.Kind() == SQLite {
		return ""
	}
	return d.raw
}

// Address returns the address as it was given, with its password.
func (d Database) Address() string { return d.raw }

// String returns the address without its password.
func (d Database) String() string {
	if d.Kind() == SQLite {
		return d.raw
	}
	return redacted(d.raw)
}

// GoString is [Database.String].
func (d Database) GoString() string { return d.String() }

// LogValue implements [slog.LogValuer].
func (d Database) LogValue() slog.Value { return slog.StringValue(d.String()) }

func (d Database) check() error {
	const forms = "sqlite:FILE, such as sqlite:roster.db, or postgres://USER:PASSWORD@HOST/NAME"
	path, isSQLite := strings.CutPrefix(d.raw, "sqlite:")
	switch {
	case isSQLite && path == "":
		return fmt.Errorf("--database sqlite: names no file; write %s", forms)
	case isSQLite && (strings.HasPrefix(path, ":memory:") || strings.HasPrefix(path, "file:") || strings.Contains(path, "?")):
		return fmt.Errorf("--database %s must name a file on disk without options, such as sqlite:roster.db", d.raw)
	case isSQLite && strings.HasPrefix(path, "//"):
		return fmt.Errorf("--database %s has slashes behind sqlite: that would be part of the path; write sqlite:/var/lib/roster/roster.db", d.raw)
	case isSQLite:
		return nil
	}
	u, err := url.Parse(d.raw)
	switch {
	case err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql":
		return fmt.Errorf("--database must be %s", forms)
	case u.Host == "" && u.Query().Get("host") == "":
		return fmt.Errorf("--database %s names no host; write postgres://USER:PASSWORD@HOST/NAME", d)
	case strings.Trim(u.Path, "/") == "":
		return fmt.Errorf("--database %s names no database; add its name behind the host: /roster", d)
	}
	return nil
}

// SMTP says which server takes the mail. The zero value means none. It prints
// without its password.
type SMTP struct {
	raw string
}

// UnmarshalText implements [encoding.TextUnmarshaler]. It never fails, for the
// reason told at [Database.UnmarshalText].
func (s *SMTP) UnmarshalText(text []byte) error {
	s.raw = string(text)
	return nil
}

// Set reports whether there is a server.
func (s SMTP) Set() bool { return s.raw != "" }

// Address returns the address as it was given, with its password: package mail
// reads it.
func (s SMTP) Address() string { return s.raw }

// String returns the address without its password.
func (s SMTP) String() string { return redacted(s.raw) }

// GoString is [SMTP.String].
func (s SMTP) GoString() string { return s.String() }

// LogValue implements [slog.LogValuer].
func (s SMTP) LogValue() slog.Value { return slog.StringValue(s.String()) }
