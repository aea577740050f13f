package config_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"roster/internal/config"
)

var update = flag.Bool("update", false, "rewrite the table in docs/operating/configuration.md")

// TestDocument keeps the table of settings in docs/operating/configuration.md what the program understands.
func TestDocument(t *testing.T) {
	page := filepath.Join("..", "..", "docs", "operating", "configuration.md")
	const begin, end = "<!-- settings: go test ./internal/config -run TestDocument -update -->\n", "<!-- end of settings -->\n"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	table, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no place for the table between %q and %q", page, begin, end)
	}
	want := settings(t)
	if *update {
		if err := os.WriteFile(page, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(table, want); diff != "" {
		t.Errorf("the table differs (- written, + in the source); run the test with -update:\n%s", diff)
	}
}

// settings is the table of all settings, in the order of the source.
func settings(t *testing.T) string {
	t.Helper()
	var c struct {
		config.File
		Serve serveCmd `cmd:""`
	}
	parser, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("| flag | variable | key | default | what it says |\n| --- | --- | --- | --- | --- |\n")
	_ = kong.Visit(parser.Model, func(node kong.Visitable, next kong.Next) error {
		if f, ok := node.(*kong.Flag); ok && f.Name != "help" {
			key := "`" + strings.ReplaceAll(f.Name, "-", "_") + "`"
			if f.Name == "config" {
				key = ""
			}
			byDefault := ""
			if f.HasDefault {
				byDefault = "`" + f.Default + "`"
			}
			fmt.Fprintf(&table, "| `--%s` | `%s` | %s | %s | %s |\n", f.Name, strings.Join(f.Envs, "`, `"), key, byDefault, strings.ReplaceAll(f.Help, "|", `\|`))
		}
		return next(nil)
	})
	return table.String()
}
