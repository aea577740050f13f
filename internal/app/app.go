// Package app is the whole house: it opens everything, lists every feature
// once, and runs it. Nothing else knows all features.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"strconv"
	"time"

	"roster/internal/config"
	"roster/internal/op"
	"roster/internal/password"
	"roster/internal/secret"
)

// Version is what this program calls itself. The release build sets it.
var Version = "development"

// Base is what every command of the program works on: a migrated database, its
// keys, and the door.
type Base struct {
	Database *op.Database
	Door     *op.Door
	Keys     *secret.Keyring
	Hasher   *password.Hasher
	Log      *slog.Logger
	options  Options
}

// Options are what a door needs beside the database.
type Options struct {
	PublicURL     string // without a slash at the end
	PasswordFloor int    // the shortest password that organizations may allow; 15 if zero
}

// OpenBase opens the database, migrates it, and reads the keys, which it
// creates the first time. It refuses a database whose secrets were sealed with
// other keys.
func OpenBase(ctx context.Context, storage config.Storage, o Options, log *slog.Logger) (*Base, error) {
	if err := op.Check(Operations()); err != nil {
		return nil, err
	}
	Reactions()
	db, err := op.OpenDatabase(ctx, storage.Database.Address())
	if err != nil {
		return nil, err
	}
	b := &Base{Database: db, Hasher: password.NewHasher(), Log: log, options: o}
	b.Hasher.Guard = op.Outside
	if err := b.prepare(ctx, storage); err != nil {
		db.Close()
		return nil, err
	}
	return b, nil
}

func (b *Base) prepare(ctx context.Context, storage config.Storage) error {
	if err := b.Database.Migrate(ctx); err != nil {
		return err
	}
	var err error
	if b.Keys, err = openKeys(storage.KeyPath()); err != nil {
		return err
	}
	if err := b.Database.CheckKeys(ctx, b.Keys); err != nil {
		return err
	}
	b.Door = b.DoorAt(0)
	return nil
}

// DoorAt is a door whose clock is off by so much: the demo tells of the past with it.
func (b *Base) DoorAt(offset time.Duration) *op.Door {
	return op.NewDoor(op.Config{
		Database: b.Database, Hooks: Hooks(), Tools: op.Tools{Passwords: b.Hasher}, Keys: b.Keys,
		PublicURL: b.options.PublicURL, PasswordFloor: b.options.PasswordFloor, Log: b.Log, Offset: func() time.Duration { return offset },
	})
}

// Close closes the database.
func (b *Base) Close() error { return b.Database.Close() }

// openKeys reads the key file, or makes it.
func openKeys(path string) (*secret.Keyring, error) {
	keys, err := secret.LoadKeyring(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return keys, err
	}
	keys, err = secret.CreateKeyring(path)
	if errors.Is(err, fs.ErrExist) {
		return secret.LoadKeyring(path) // another node was faster
	}
	if err != nil {
		return nil, fmt.Errorf("create the key file %s: %w", path, err)
	}
	return keys, nil
}

// NewLog writes the log as the settings want it.
func NewLog(c config.Log, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// port is the port that a listener got.
func port(l net.Listener) uint16 {
	_, p, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return 0
	}
	n, _ := strconv.ParseUint(p, 10, 16)
	return uint16(n)
}
