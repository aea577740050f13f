package app_test

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"roster/internal/app"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/op"
	"roster/internal/web"
)

var update = flag.Bool("update", false, "rewrite the golden files in docs")

// golden compares a generated document with the committed one.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("..", "..", "docs", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("docs/%s is not current: go test ./internal/app -update, and read what changed", name)
	}
}

func TestRoutesAreThoseThatWereAgreed(t *testing.T) {
	kit, err := web.New(web.Options{PublicURL: "http://localhost:8080", Log: apptest.Log(t)})
	if err != nil {
		t.Fatal(err)
	}
	app.Pages(kit)
	var out bytes.Buffer
	out.WriteString("# Every route: method, path, operation, scope, permission.\n# Made by: go test ./internal/app -update\n\n")
	for _, r := range app.NewAPI(nil, "http://localhost:8080", apptest.Log(t)).Routes() {
		fmt.Fprintln(&out, r)
	}
	out.WriteString("\n")
	if err := kit.WriteRoutes(&out); err != nil {
		t.Fatal(err)
	}
	golden(t, "routes.txt", out.Bytes())
}

// What no list knows, no test walks over.
func TestEveryRouteRunsOperationsThatAreListed(t *testing.T) {
	listed := map[string]bool{}
	for _, o := range app.Operations() {
		listed[o.Spec().Name] = true
	}
	kit, err := web.New(web.Options{PublicURL: "http://localhost:8080", Log: apptest.Log(t)})
	if err != nil {
		t.Fatal(err)
	}
	app.Pages(kit)
	for _, r := range kit.Routes() {
		for _, o := range r.Operations {
			if !listed[o.Name] {
				t.Errorf("%s %s runs %s, which app.Operations does not list", r.Method, r.Path, o.Name)
			}
		}
	}
	for _, r := range app.NewAPI(nil, "http://localhost:8080", apptest.Log(t)).Routes() {
		if name := strings.Fields(fmt.Sprint(r))[2]; !listed[name] {
			t.Errorf("%v: app.Operations does not list %s", r, name)
		}
	}
}

func TestTheOpenAPIDocumentIsCurrent(t *testing.T) {
	golden(t, "openapi.json", app.NewAPI(nil, "http://localhost:8080", apptest.Log(t)).OpenAPI())
}

func TestPermissionsAreDocumented(t *testing.T) {
	operations := app.Operations()
	slices.SortFunc(operations, func(a, b op.Operation) int { return cmp.Compare(a.Spec().Name, b.Spec().Name) })
	var out strings.Builder
	out.WriteString(`# Who may do what

Made from the code by ` + "`go test ./internal/app -update`" + `. Every operation of Roster stands here; the portal, the API and the
command line all go through them. 'Own' means: about one's own account. Custom roles and keys hold any set of the permissions.

| operation | writes | scope | permission | Admin | User | operator | operator key |
| --- | --- | --- | --- | --- | --- | --- | --- |
`)
	for _, o := range operations {
		s := o.Spec()
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s | %s | %s | %s | %s |\n", s.Name, mark(s.Writes), s.Scope, s.Needs,
			may(s, authz.UserKind, authz.OrganizationSet()), may(s, authz.UserKind, authz.Set{}),
			may(s, authz.OperatorOne, authz.PlatformSet()),
			may(s, authz.OperatorKey, authz.SetOf(slices.Concat(authz.PlatformSet().List(), authz.OrganizationSet().List())...)))
	}
	golden(t, "permissions.md", []byte(out.String()))
}

func mark(yes bool) string {
	if yes {
		return "yes"
	}
	return ""
}

func may(s op.Spec, kind authz.Kind, holds authz.Set) string {
	actor := authz.Actor{Kind: kind, Org: "org_one", Permissions: holds}
	if kind != authz.UserKind {
		actor.Org = ""
	}
	if authz.May(actor, s.Scope, s.Needs, "org_one") != authz.Allowed {
		return ""
	}
	switch s.Scope {
	case authz.OnBehalf:
		if kind == authz.UserKind {
			return "own"
		}
	case authz.Self, authz.Operator:
		return "own"
	case authz.Public:
		return "anybody"
	}
	return "yes"
}

func TestTheListOfOperationsIsSound(t *testing.T) {
	if err := op.Check(app.Operations()); err != nil {
		t.Error(err)
	}
}
