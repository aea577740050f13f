package api

import (
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/secret"
)

// behindADoor is an API whose one command counts how often it ran.
func behindADoor(t *testing.T) (*API, *int) {
	t.Helper()
	dir := t.TempDir()
	db, err := op.OpenDatabase(t.Context(), "sqlite:"+filepath.Join(dir, "roster.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.CreateKeyring(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	door := op.NewDoor(op.Config{
		Database: db, Keys: keys, Log: slog.New(slog.DiscardHandler), PublicURL: "https://roster.test",
		Hooks: op.Hooks{
			Organization: func(*op.Tx, string) (op.Organization, error) { return op.Organization{}, errs.NotFound() },
			Actor: func(_ *op.Tx, c authz.Caller, _ id.Org) (authz.Actor, error) {
				if string(c.Key) == "unknown" {
					return authz.Actor{Kind: authz.Nobody}, nil
				}
				return authz.Actor{Kind: authz.OperatorKey, ID: "key_1", Permissions: authz.SetOf(authz.Permission(c.Key))}, nil
			},
		},
	})
	a := New(Options{
		Door: door, Log: slog.New(slog.DiscardHandler),
		Caller: func(r *http.Request) (authz.Caller, error) {
			return authz.Caller{Key: []byte(r.Header.Get("Authorization"))}, nil
		},
	})
	runs := 0
	Handle(a, "POST", "/things", op.Command[post, letter]{
		Name: "thing.create", Needs: authz.OrganizationsManage, Scope: authz.Platform, Quiet: "it only counts",
		Run: func(t *op.Tx, _ post) (letter, error) {
			runs++
			return letter{ID: "inv_1", At: t.Now(), Version: int64(runs)}, nil
		},
	}, Summary("Create a thing"), Tag("Things"), Created, Location(func(l letter) string { return string(l.ID) }))
	Handle(a, "GET", "/organizations/{org}", op.Query[op.Nothing, letter]{
		Name: "organization.get", Needs: authz.OrganizationsManage, Scope: authz.Platform,
		Run: func(*op.Tx, op.Nothing) (letter, error) { return letter{}, context.Canceled },
	}, Summary("Read an organization"), Tag("Organizations"))
	return a, &runs
}

func TestARepeatWithTheSameKeyGetsTheFirstAnswer(t *testing.T) {
	a, runs := behindADoor(t)
	const path, may = "/api/v1/things", "Authorization: organizations.manage"

	first := send(a, "POST", path, `{"emails":[]}`, may, "Idempotency-Key: 1")
	again := send(a, "POST", path, `{"emails":[]}`, may, "Idempotency-Key: 1")
	if first.StatusCode != 201 || text(t, first) != text(t, again) || *runs != 1 {
		t.Errorf("%d, then %d, in %d runs", first.StatusCode, again.StatusCode, *runs)
	}
	for _, header := range []string{"ETag", "Location"} {
		if first.Header.Get(header) == "" || first.Header.Get(header) != again.Header.Get(header) {
			t.Errorf("%s: %q, then %q", header, first.Header.Get(header), again.Header.Get(header))
		}
	}
	if r := send(a, "POST", path, `{"emails":["a@b.test"]}`, may, "Idempotency-Key: 1"); r.StatusCode != 422 || *runs != 1 {
		t.Errorf("another request: %d in %d runs", r.StatusCode, *runs)
	}
	if r := send(a, "POST", path, `{"emails":[]}`, may, "Idempotency-Key: 2"); r.StatusCode != 201 || *runs != 2 {
		t.Errorf("another key: %d in %d runs", r.StatusCode, *runs)
	}
}

func TestTheDoorDecides(t *testing.T) {
	a, runs := behindADoor(t)
	for who, status := range map[string]int{"": 401, "unknown": 401, "operators.manage": 403} {
		if r := send(a, "POST", "/api/v1/things", `{"emails":[]}`, "Authorization: "+who); r.StatusCode != status || *runs != 0 {
			t.Errorf("%q: %d in %d runs", who, r.StatusCode, *runs)
		}
	}
	if r := send(a, "GET", "/api/v1/organizations/none", "", "Authorization: organizations.manage"); r.StatusCode != 404 {
		t.Errorf("an unknown organization: %d", r.StatusCode)
	}
}
