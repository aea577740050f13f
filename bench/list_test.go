package main

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"testing"

	"roster/internal/app"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/config"
	"roster/internal/op"
	"roster/internal/people"
	"roster/internal/secret"
	"roster/internal/user"
)

// benchmarkUsers are as many as a large customer has.
const benchmarkUsers = 100_000

// BenchmarkList is the list of users without HTTP: what the door and the
// database cost. Profile it with -cpuprofile.
func BenchmarkList(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkList(b, apptest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { benchmarkList(b, apptest.PostgreSQL(b)) })
}

func benchmarkList(b *testing.B, address string) {
	storage := config.Storage{KeyFile: filepath.Join(b.TempDir(), "roster.key")}
	if err := storage.Database.UnmarshalText([]byte(address)); err != nil {
		b.Fatal(err)
	}
	s, err := fill(b.Context(), storage, benchmarkUsers, 1)
	if err != nil {
		b.Fatal(err)
	}
	base, err := app.OpenBase(b.Context(), storage, app.Options{PublicURL: "http://localhost"}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		b.Fatal(err)
	}
	defer base.Close()
	key, _ := secret.HashToken(s.Key, secret.APIKey)
	call := op.Call{By: authz.Caller{Key: key.Bytes()}, Org: largeOrg}
	names := s.lastNames()

	for _, c := range []struct {
		name   string
		filter people.Filter
	}{
		{"first page", people.Filter{}},
		{"last seen first", people.Filter{Sort: "-last_seen_at"}},
		{"deactivated", people.Filter{States: []user.State{user.Deactivated}}},
		{"rare name", people.Filter{Search: names[0]}},
		{"common name", people.Filter{Search: names[len(names)-1]}},
		{"part of many names", people.Filter{Search: "son"}},
		{"two letters", people.Filter{Search: "an"}},
		{"two letters, nobody", people.Filter{Search: "qx"}},
		{"three letters, nobody", people.Filter{Search: "qxz"}},
		{"common name, deactivated", people.Filter{Search: "son", States: []user.State{user.Deactivated}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := people.List.Do(context.Background(), base.Door, call, people.ListInput{Filter: c.filter}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
