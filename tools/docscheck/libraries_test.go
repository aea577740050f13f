package docscheck

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestLibraries compares docs/decisions/0006-libraries.md with what the source imports and go.mod pins.
func TestLibraries(t *testing.T) {
	pinned := map[string]string{}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^\s+(\S+\.\S+/\S+) (v\S+)`).FindAllStringSubmatch(string(mod), -1) {
		pinned[m[1]] = m[2]
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", "decisions", "0006-libraries.md"))
	if err != nil {
		t.Fatal(err)
	}
	written := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\S+)` \\| (v\\S+) \\|").FindAllStringSubmatch(string(page), -1) {
		written[m[1]] = m[2]
	}
	used := map[string]bool{}
	for _, folder := range []string{"cmd", "internal", "tools", "bench"} {
		for _, imported := range imports(t, folder) {
			if module := moduleOf(imported, pinned); module != "" {
				used[module] = true
			}
		}
	}
	for module := range used {
		if written[module] != pinned[module] {
			t.Errorf("%s %s is imported; docs/decisions/0006-libraries.md says %q. A new library wants a line there: why, license, health", module, pinned[module], written[module])
		}
	}
	for module := range written {
		if !used[module] {
			t.Errorf("docs/decisions/0006-libraries.md names %s, which nothing imports", module)
		}
	}
}

// imports lists what the Go files of a folder import, tests included.
func imports(t *testing.T, folder string) []string {
	t.Helper()
	var all []string
	err := fs.WalkDir(os.DirFS(root), folder, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && name == folder:
			return nil // there is no such folder
		case err != nil:
			return err
		case path.Ext(name) != ".go" || strings.Contains(name, "/testdata/"):
			return nil
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range syntax.Imports {
			all = append(all, strings.Trim(spec.Path.Value, `"`))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// moduleOf is the module that an import path lies in: the longest that fits.
func moduleOf(imported string, pinned map[string]string) string {
	for at := imported; at != "." && at != "/"; at = path.Dir(at) {
		if pinned[at] != "" {
			return at
		}
	}
	return ""
}
