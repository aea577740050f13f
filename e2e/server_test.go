// Package e2e proves Roster from outside: over HTTP, by mail, on the command
// line, with two nodes, and by killing it. The browser tests beside it are in
// JavaScript.
//
//	server_test.go    a server with a mail server beside it, on both databases
//	client_test.go    requests, and what every answer has to hold
//	document_test.go  the OpenAPI document, which judges every answer of the API
//	browser_test.go   links, pages and forms, as a browser without script has them
//	past_test.go      a look into the database, past the door
//
//	people_test.go    organizations, and people in them
//	api_test.go       how the API answers, whatever is asked
//	resources_test.go what the API does, resource by resource
//	routes_test.go    every route of the document, once right and once wrong
//	walk_test.go      one way from the first organization to a forgotten password
//	desk_test.go      the example, a product whose people share seats
//	nodes_test.go     two nodes on one database
//	history_test.go   seats and licenses under load, while nodes are killed
//	crash_test.go     the process dies at each step
//	kill_test.go      the process dies at any moment, under load
//	cli_test.go       the command line, as scripts in testdata/script
package e2e

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/app"
	"roster/internal/app/apptest"
	"roster/internal/cli"
	"roster/internal/config"
	"roster/internal/mail/mailtest"
)

// publicURL is where people reach every server of these tests. Clients go to
// where it really listens.
const publicURL = "http://localhost:8080"

// storage is what outlives a server.
type storage struct {
	database string // as --database takes it
	keyFile  string
}

func onSQLite(t testing.TB) storage   { return storage{apptest.SQLite(t), keyFile(t)} }
func onPostgres(t testing.TB) storage { return storage{apptest.PostgreSQL(t), keyFile(t)} }

func keyFile(t testing.TB) string { return filepath.Join(t.TempDir(), "roster.key") }

// flags are the storage as commands take it.
func (s storage) flags() []string {
	return []string{"--database", s.database, "--key-file", s.keyFile}
}

// roster runs a command on the storage, and answers what it says.
func (s storage) roster(t testing.TB, in string, args ...string) string {
	t.Helper()
	var out, problems bytes.Buffer
	args = append(append(args, "--log-level", "error"), s.flags()...)
	if code := cli.Run(t.Context(), args, strings.NewReader(in), &out, &problems); code != 0 {
		t.Fatalf("roster %q: exit %d\n%s", args, code, &problems)
	}
	return strings.TrimSpace(out.String())
}

// operatorKey makes a key of the operator.
func (s storage) operatorKey(t testing.TB) string {
	t.Helper()
	return s.roster(t, "", "operator", "key", "--name", "e2e")
}

// eachStorage runs f on both databases.
func eachStorage(t *testing.T, f func(t *testing.T, s storage)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, onSQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, onPostgres(t)) })
}

// each runs f with a server of its own on both databases.
func each(t *testing.T, f func(t *testing.T, s *server)) {
	t.Helper()
	eachStorage(t, func(t *testing.T, at storage) {
		key := at.operatorKey(t)
		f(t, start(t, at, mailtest.Start(t), key))
	})
}

// server is a Roster that runs, and how to reach it.
type server struct {
	storage
	url     string // what people know
	address string // where it listens
	post    *mailtest.Server
	doc     *document

	web      client // nobody in particular
	operator client // the operator's key
}

// start runs a server in this process until the test ends. The test fails if it
// logs an error: whatever these tests ask, the server is to have an answer.
func start(t testing.TB, at storage, post *mailtest.Server, operatorKey string, options ...func(*config.Serve)) *server {
	t.Helper()
	settings := config.Serve{Listen: "127.0.0.1:0", PublicURL: publicURL, PasswordMinLength: 15, ShutdownTimeout: 10 * time.Second}
	settings.KeyFile = at.keyFile
	for set, text := range map[interface{ UnmarshalText([]byte) error }]string{&settings.Database: at.database, &settings.SMTP: post.URL()} {
		if err := set.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, o := range options {
		o(&settings)
	}
	if err := settings.Validate(); err != nil {
		t.Fatal(err)
	}
	running, err := app.New(context.Background(), settings, slog.New(&complaints{t: t}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() {
		if err := running.Run(ctx); err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	t.Cleanup(func() {
		stop()
		ended.Wait()
	})
	s := &server{storage: at, url: settings.PublicURL, address: running.Address(), post: post}
	s.connect(t, operatorKey)
	return s
}

// connect makes the clients of a server that listens.
func (s *server) connect(t testing.TB, operatorKey string) {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 100}
	t.Cleanup(transport.CloseIdleConnections)
	s.web = client{s: s, transport: transport}
	s.operator = s.web.with("Authorization: Bearer " + operatorKey)
	s.doc = readDocument(t, s.web)
}

// complaints is a log in which an error fails the test.
type complaints struct {
	t     testing.TB
	attrs []slog.Attr
}

func (c *complaints) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }

func (c *complaints) Handle(_ context.Context, r slog.Record) error {
	var text strings.Builder
	show := func(a slog.Attr) bool {
		text.WriteString(" " + a.String())
		return true
	}
	for _, a := range c.attrs {
		show(a)
	}
	r.Attrs(show)
	c.t.Errorf("the server logged an error: %s%s", r.Message, text.String())
	return nil
}

func (c *complaints) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &complaints{c.t, append(c.attrs[:len(c.attrs):len(c.attrs)], attrs...)}
}

func (c *complaints) WithGroup(string) slog.Handler { return c }
