package archcheck

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite docs/across-organizations.txt")

const root = "../.."

func TestHouse(t *testing.T) {
	found, err := Check(os.DirFS(root), Roster)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
}

// Every statement that is not bound to one organization is on a list that a reviewer sees change.
func TestAcrossOrganizations(t *testing.T) {
	source, err := read(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	list, found := Across(source)
	for _, f := range found {
		t.Error(f)
	}
	const head = "# Statements that are not bound to one organization, and why.\n# Written by: go test ./tools/archcheck -update\n"
	got := head + strings.Join(append(list, ""), "\n")
	golden := filepath.Join(root, "docs", "across-organizations.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("docs/across-organizations.txt differs (- listed, + in the source). Is each new statement meant? Then run the test with -update:\n%s", diff)
	}
}

// little is a house of one family on each floor.
func little() House {
	return House{Floors: []string{"errs", "op web mail", "user org", "invite people", "app"}}
}

const doc = "// Package x is for the test.\n"

// Each rule is proved to fail: a tree that keeps it, and one that breaks it.
func TestRules(t *testing.T) {
	long := func(lines int) string { return strings.Repeat("\t_ = 1\n", lines) }
	tests := []struct {
		name   string
		file   string
		source string
		house  func(*House)
		want   string // part of the one finding; empty means none
	}{
		{name: "down", file: "internal/user/user.go", source: "package user\nimport _ \"roster/internal/op\"\n"},
		{name: "up", file: "internal/op/op.go", source: "package op\nimport _ \"roster/internal/user\"\n", want: "floors: op (floor 1) imports user (floor 2)"},
		{name: "side by side", file: "internal/invite/x.go", source: "package invite\nimport _ \"roster/internal/people\"\n", want: "stand on one floor"},
		{name: "side by side, listed", file: "internal/invite/x.go", source: "package invite\nimport _ \"roster/internal/people\"\n",
			house: func(h *House) { h.SideBySide = map[string]string{"invite → people": "for the test"} }},
		{name: "within the family", file: "internal/web/x.go", source: "package web\nimport _ \"roster/internal/web/ui\"\n"},
		{name: "no floor", file: "internal/stray/x.go", source: "package stray\n", want: "stands on no floor"},
		{name: "from cmd", file: "cmd/roster/main.go", source: "package main\nimport _ \"roster/internal/app\"\n"},
		{name: "test kit in the product", file: "internal/user/x.go", source: "package user\nimport _ \"roster/internal/op/optest\"\n", want: "is for tests"},
		{name: "test kit in a test", file: "internal/user/x_test.go", source: "package user\nimport _ \"roster/internal/op/optest\"\n"},

		{name: "statement in the store", file: "internal/user/store_list.go", source: "package user\nconst q = `select id from users where org_id = :org`\n"},
		{name: "select", file: "internal/user/commands.go", source: "package user\nconst q = `\n\tselect id\n\tfrom users`\n", want: "sql: SQL in q"},
		{name: "insert", file: "internal/user/commands.go", source: "package user\nfunc add() { _ = \"insert into users (id) values (:id)\" }\n", want: "sql: SQL in add"},
		{name: "update", file: "internal/user/commands.go", source: "package user\nconst q = `update users set name = :name`\n", want: "sql: "},
		{name: "delete", file: "internal/user/commands.go", source: "package user\nconst q = `DELETE FROM users`\n", want: "sql: "},
		{name: "with", file: "internal/user/commands.go", source: "package user\nconst q = `with recursive a(n) as (select 1) select n from a`\n", want: "sql: "},
		{name: "with a comment", file: "internal/user/commands.go", source: "package user\nconst q = `-- across organizations: x\n select id from users`\n", want: "sql: "},
		{name: "words, not SQL", file: "internal/user/portal.go", source: "package user\nconst a, b = `Select a team from the list`, `Update the user, or set another name`\n"},

		{name: "HTTP in a handler", file: "internal/user/portal_list.go", source: "package user\nimport _ \"net/http\"\n"},
		{name: "HTTP in a verb", file: "internal/user/commands.go", source: "package user\nimport _ \"net/http\"\n", want: "http: net/http belongs to"},
		{name: "HTTP, listed", file: "internal/user/commands.go", source: "package user\nimport _ \"net/http\"\n",
			house: func(h *House) { h.HTTP = map[string]string{"internal/user/commands.go": "for the test"} }},
		{name: "database/sql in the door", file: "internal/op/internal/sqldb/x.go", source: "package sqldb\nimport _ \"database/sql\"\n"},
		{name: "database/sql elsewhere", file: "internal/user/store.go", source: "package user\nimport _ \"database/sql\"\n", want: "door: database/sql is for package op"},

		{name: "the clock", file: "internal/user/commands.go", source: "package user\nimport \"time\"\nvar now = time.Now()\n", want: "calls: time.Now: decisions use t.Now()"},
		{name: "the clock, renamed", file: "internal/user/commands.go", source: "package user\nimport x \"time\"\nvar now = x.Now\n", want: "calls: time.Now"},
		{name: "the clock, listed", file: "internal/user/commands.go", source: "package user\nimport \"time\"\nvar now = time.Now()\n",
			house: func(h *House) { h.Calls = map[string]string{"internal/user/commands.go time.Now": "for the test"} }},
		{name: "the clock in a test", file: "internal/user/x_test.go", source: "package user\nimport \"time\"\nvar now = time.Now()\n"},
		{name: "the environment", file: "internal/op/x.go", source: "package op\nimport \"os\"\nvar v = os.Getenv(\"X\")\n", want: "calls: os.Getenv"},
		{name: "the default client", file: "internal/web/x.go", source: "package web\nimport \"net/http\"\nvar c = http.DefaultClient\n", want: "calls: http.DefaultClient"},
		{name: "predictable randomness", file: "internal/op/x.go", source: "package op\nimport _ \"math/rand/v2\"\n", want: "calls: math/rand/v2 is predictable"},
		{name: "a context from nowhere", file: "internal/user/jobs.go", source: "package user\nimport \"context\"\nvar c = context.Background()\n", want: "calls: context.Background in a feature"},
		{name: "a context on the ground", file: "internal/op/x.go", source: "package op\nimport \"context\"\nvar c = context.Background()\n"},

		{name: "a drawer", file: "internal/op/x.go", source: "package util\n", want: "names: a package called util"},
		{name: "long file", file: "internal/op/x.go", source: "package op\nfunc f() {}\n" + strings.Repeat("// x\n", 500), want: "size: 503 lines"},
		{name: "long file, generated", file: "internal/op/x_templ.go", source: "package op\n" + strings.Repeat("// x\n", 600)},
		{name: "long function", file: "internal/op/x.go", source: "package op\ntype T struct{}\nfunc (*T) f() {\n" + long(59) + "}\n", want: "size: T.f has 61 lines"},
		{name: "long function, listed", file: "internal/op/x.go", source: "package op\ntype T struct{}\nfunc (*T) f() {\n" + long(59) + "}\n",
			house: func(h *House) { h.Large = map[string]string{"internal/op.T.f": "for the test"} }},

		{name: "silent function", file: "internal/user/x.go", source: "package user\nfunc Add() {}\n", want: "docs: Add is exported"},
		{name: "silent method", file: "internal/user/x.go", source: "package user\n// T is one.\ntype T struct{}\nfunc (T) Add() {}\n", want: "docs: T.Add is exported"},
		{name: "silent type", file: "internal/user/x.go", source: "package user\ntype T struct{}\n", want: "docs: T is exported"},
		{name: "silent variable", file: "internal/user/x.go", source: "package user\nvar V = 1\n", want: "docs: V is exported"},
		{name: "documented group", file: "internal/user/x.go", source: "package user\n// The states.\nconst (\n\tA = 1\n\tB = 2\n)\n"},
		{name: "hidden", file: "internal/user/x.go", source: "package user\ntype t struct{}\nfunc (t) Add() {}\nfunc (t) String() string { return \"\" }\n"},

		{name: "bare value in a letter", file: "internal/invite/letters.go",
			source: "package invite\nimport \"roster/internal/lang\"\nvar s = lang.T(ctx, \"%s invites you\", i.Name)\n",
			house:  func(h *House) { h.Floors[0] += " lang" }, want: "letters: a value in the words of a letter"},
		{name: "marked value in a letter", file: "internal/invite/letters.go",
			source: "package invite\nimport \"roster/internal/lang\"\nimport \"roster/internal/mail\"\nvar s = lang.T(ctx, \"%s invites you\", mail.Name(i.Name))\nvar n = lang.N(ctx, n, \"a\", \"b\")\n",
			house:  func(h *House) { h.Floors[0] += " lang" }},

		{name: "exception that nothing needs", file: "internal/user/x.go", source: "package user\n",
			house: func(h *House) { h.HTTP = map[string]string{"internal/gone.go": "was needed once"} }, want: "stale: internal/gone.go in HTTP excuses nothing"},
		{name: "exception without a reason", file: "internal/user/commands.go", source: "package user\nimport _ \"net/http\"\n",
			house: func(h *House) { h.Calls = map[string]string{"internal/x.go time.Now": " "} }, want: "has no reason"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := little()
			if test.house != nil {
				test.house(&h)
			}
			source := test.source
			if !strings.HasPrefix(source, doc) {
				source = doc + source
			}
			got := check(t, h, map[string]string{test.file: source})
			switch {
			case test.want == "" && len(got) > 0:
				t.Errorf("found %q, want nothing", got)
			case test.want != "" && !strings.Contains(strings.Join(got, "\n"), test.want):
				t.Errorf("found %q, want %q", got, test.want)
			}
		})
	}
}

// Rules about more than one file.
func TestRulesAcrossFiles(t *testing.T) {
	write := func(table string) string { return doc + "package x\nconst q = `update " + table + " set a = 1`\n" }

	got := check(t, little(), map[string]string{"internal/user/store.go": write("users"), "internal/org/store.go": write("users")})
	if len(got) != 1 || !strings.Contains(got[0], "tables: users is written by org and user") {
		t.Errorf("two writers: %q", got)
	}
	if got := check(t, little(), map[string]string{"internal/user/store.go": write("users"), "internal/org/store.go": write("orgs")}); len(got) > 0 {
		t.Errorf("two tables: %q", got)
	}
	shared := little()
	shared.Shared = map[string]string{"users": "for the test"}
	if got := check(t, shared, map[string]string{"internal/user/store.go": write("users"), "internal/org/store.go": write("users")}); len(got) > 0 {
		t.Errorf("two writers, listed: %q", got)
	}

	if got := check(t, little(), map[string]string{"internal/op/x.go": "package op\n"}); len(got) != 1 || !strings.Contains(got[0], "docs: package internal/op has no comment") {
		t.Errorf("package without a comment: %q", got)
	}

	large := map[string]string{"internal/op/doc.go": doc + "package op\n"}
	for _, name := range strings.Fields("a b c d e f g h i") {
		large["internal/op/"+name+".go"] = "package op\n" + strings.Repeat("// x\n", 480)
	}
	if got := check(t, little(), large); len(got) != 1 || !strings.Contains(got[0], "size: package internal/op has") {
		t.Errorf("large package: %q", got)
	}
}

func TestAcrossWantsAReason(t *testing.T) {
	tree, err := read(fake(map[string]string{"internal/user/store.go": doc + "package user\n" +
		"const a = `-- across organizations: mails of all\nselect id from users`\nconst b = `-- across organizations\nselect id from users`\n"}))
	if err != nil {
		t.Fatal(err)
	}
	list, found := Across(tree)
	if len(list) != 2 || list[0] != "internal/user/store.go a: mails of all" {
		t.Errorf("list %q", list)
	}
	if len(found) != 1 || !strings.Contains(found[0].Message, "without a reason") {
		t.Errorf("found %v", found)
	}
}

func fake(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, source := range files {
		m[name] = &fstest.MapFile{Data: []byte(source)}
	}
	return m
}

func check(t *testing.T, h House, files map[string]string) []string {
	t.Helper()
	found, err := Check(fake(files), h)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found {
		got = append(got, f.String())
	}
	return got
}
