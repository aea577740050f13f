// Package apptest gives tests a whole Roster on a fresh database, and two
// organizations that are mirror images of each other.
//
// Every test runs twice: on SQLite, and on PostgreSQL when the environment's
// ROSTER_TEST_POSTGRES has the address of a server on which the role may
// create databases. With ROSTER_TEST_REQUIRE=1 a missing one is a failure.
package apptest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roster/internal/app"
	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/password"
	"roster/internal/patch"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/user"
)

// World is a Roster with organizations A and B.
type World struct {
	Door     *op.Door
	Database *op.Database
	Address  string // of the database, to open it once more
	KeyFile  string
	A, B     Place
	offset   atomic.Int64
}

// Place is one organization of the world. A and B differ in their markers only.
type Place struct {
	Org   org.Organization
	Admin Person
	User  Person
}

// Person is a user with a session.
type Person struct {
	User  user.User
	Token secret.Clear
	Hash  []byte
}

// Call is a request of this person to their own organization.
func (p Person) Call(place Place) op.Call { return p.CallIn(place.Org.ID, place) }

// CallIn is a request of this person of place to any organization.
func (p Person) CallIn(target id.Org, place Place) op.Call {
	return op.Call{By: authz.Caller{Sessions: map[id.Org][]byte{place.Org.ID: p.Hash}, Origin: Origin}, Org: string(target)}
}

// Origin is where the requests of tests come from.
var Origin = authz.Origin{Address: "192.0.2.1", Agent: "test", RequestID: "req_test"}

// OperatorCall is a request of an operator, who needs no account in tests.
func OperatorCall() op.Call { return op.Call{By: authz.Caller{System: testOperator, Origin: Origin}} }

const (
	testOperator = "test operator"
	testFixture  = "test fixture"
)

// Password is what everybody in the world signs in with.
const Password = "correct horse battery staple"

// Each runs f on every database, in a world of its own.
func Each(t *testing.T, f func(t *testing.T, w *World)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, New(t, SQLite(t))) })
	t.Run("postgres", func(t *testing.T) { f(t, New(t, PostgreSQL(t))) })
}

// SQLite is the address of a fresh database file.
func SQLite(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "roster.db") }

var template struct {
	once sync.Once
	name string
	err  error
}

// PostgreSQL is the address of a fresh, migrated database, or skips the test.
func PostgreSQL(t testing.TB) string {
	t.Helper()
	admin, server := connect(t)
	template.once.Do(func() { template.name, template.err = makeTemplate(admin, server) })
	if template.err != nil {
		t.Fatal(template.err)
	}
	return create(t, admin, server, " template "+template.name)
}

// EmptyPostgreSQL is the address of a database that nobody has migrated, or
// skips the test.
func EmptyPostgreSQL(t testing.TB) string {
	t.Helper()
	admin, server := connect(t)
	return create(t, admin, server, "")
}

func create(t testing.TB, admin *sql.DB, server, like string) string {
	t.Helper()
	name := "roster_" + random()
	if _, err := admin.Exec("create database " + name + like); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = admin.Exec("drop database if exists " + name + " with (force)") })
	return at(server, name)
}

func connect(t testing.TB) (admin *sql.DB, server string) {
	t.Helper()
	server = os.Getenv("ROSTER_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("ROSTER_TEST_REQUIRE") == "1" {
			t.Fatal("ROSTER_TEST_POSTGRES is not set: see scripts/postgres")
		}
		t.Skip("ROSTER_TEST_POSTGRES is not set: not tested on PostgreSQL")
	}
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Close() })
	return admin, server
}

// makeTemplate migrates one database, of which the tests of this process get copies.
func makeTemplate(admin *sql.DB, server string) (string, error) {
	name := "roster_template_" + random()
	if _, err := admin.Exec("create database " + name); err != nil {
		return "", err
	}
	db, err := op.OpenDatabase(context.Background(), at(server, name))
	if err != nil {
		return "", err
	}
	defer db.Close()
	return name, db.Migrate(context.Background())
}

func at(server, database string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic(err)
	}
	u.Path = "/" + database
	return u.String()
}

func random() string {
	raw := make([]byte, 6)
	rand.Read(raw)
	return hex.EncodeToString(raw)
}

// New makes a world on the database at address.
func New(t testing.TB, address string) *World {
	t.Helper()
	w := &World{Address: address, KeyFile: filepath.Join(t.TempDir(), "roster.key")}
	ctx := t.Context()
	db, err := op.OpenDatabase(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.CreateKeyring(w.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	w.Database = db
	w.Door = op.NewDoor(w.config(t, db, keys))
	w.A = w.place(t, "Alpha", "alpha")
	w.B = w.place(t, "Beta", "beta")
	return w
}

// Another is one more door to the same data, as another node has one.
func (w *World) Another(t testing.TB, change func(*op.Config)) *op.Door {
	t.Helper()
	db, err := op.OpenDatabase(t.Context(), w.Address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	c := w.config(t, db, w.Door.Keys())
	change(&c)
	return op.NewDoor(c)
}

func (w *World) config(t testing.TB, db *op.Database, keys *secret.Keyring) op.Config {
	app.Reactions()
	hooks := app.Hooks()
	prove := hooks.Actor
	hooks.Actor = func(t *op.Tx, c authz.Caller, org id.Org) (authz.Actor, error) {
		switch c.System {
		case testOperator:
			return authz.Actor{Kind: authz.OperatorOne, ID: "opr_test", Name: "Olive Operator", Permissions: authz.OperatorSet()}, nil
		case testFixture:
			return authz.Actor{Kind: authz.SystemKind, ID: c.System, Name: "Fixture", Permissions: authz.OrganizationSet(), Reach: authz.Everywhere()}, nil
		}
		return prove(t, c, org)
	}
	return op.Config{
		Database: db, Hooks: hooks, Tools: op.Tools{Passwords: password.NewCheapHasher()}, Keys: keys,
		PublicURL: "http://localhost:8080", Log: Log(t), Offset: func() time.Duration { return time.Duration(w.offset.Load()) },
	}
}

// Advance moves the clock of every decision.
func (w *World) Advance(d time.Duration) { w.offset.Add(int64(d)) }

// Log writes to the test's output, or nowhere.
func Log(t testing.TB) *slog.Logger {
	if testing.Verbose() {
		return slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	return slog.New(slog.NewTextHandler(io.Discard, nil))
}

func (w *World) place(t testing.TB, name, slug string) Place {
	t.Helper()
	o, err := org.Create.Do(t.Context(), w.Door, OperatorCall(), org.New{Name: name, Slug: slug})
	if err != nil {
		t.Fatal(err)
	}
	return Place{
		Org:   o,
		Admin: w.Person(t, o, "Ada", "Admin-"+name, "admin@"+slug+".example", authz.RoleAdmin),
		User:  w.Person(t, o, "Uma", "User-"+name, "user@"+slug+".example", authz.RoleUser),
	}
}

type newPerson struct {
	org                id.Org
	first, last, email string
	role               id.Role
	hash               string
}

var makePerson = op.Command[newPerson, Person]{
	Name: "test.person", Needs: authz.SystemWork, Scope: authz.System, Quiet: "a fixture",
	Run: func(t *op.Tx, in newPerson) (Person, error) {
		if err := t.Enter(in.org); err != nil {
			return Person{}, err
		}
		o, err := org.Mine(t)
		if err != nil {
			return Person{}, err
		}
		u, _, err := user.AddInvited(t, user.User{
			Email: in.email, Role: in.role, Language: "en", TimeZone: "UTC", Authentication: user.ByPassword,
			Rights: user.Rights{Side: authz.OfOrganization, Contract: authz.AllAccounts(), Delivery: authz.AllAccounts()},
		})
		if err != nil {
			return Person{}, err
		}
		if u, err = user.Join(t, u, user.Fields{FirstName: patch.To(in.first), LastName: patch.To(in.last)}); err != nil {
			return Person{}, err
		}
		if err := user.SetPassword(t, u.ID, in.hash, false); err != nil {
			return Person{}, err
		}
		token, _, err := signin.Start(t, u, o)
		if err != nil {
			return Person{}, err
		}
		hash, _ := secret.HashToken(token.Reveal(), secret.Session)
		return Person{User: u, Token: token, Hash: hash.Bytes()}, nil
	},
}

var hashed = sync.OnceValues(func() (string, error) {
	return password.NewCheapHasher().Hash(context.Background(), Password)
})

// Person makes an active user with a session.
func (w *World) Person(t testing.TB, o org.Organization, first, last, email string, role id.Role) Person {
	t.Helper()
	hash, err := hashed()
	if err != nil {
		t.Fatal(err)
	}
	p, err := makePerson.Do(t.Context(), w.Door, op.Call{By: authz.Caller{System: testFixture, Origin: Origin}},
		newPerson{o.ID, first, last, email, role, hash})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
