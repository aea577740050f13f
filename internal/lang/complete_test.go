package lang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEverythingIsTranslated walks the sources of the program and fails for every text that a shipped language
// lacks. Templates are read as the Go that templ makes of them; a template without it does not build.
func TestEverythingIsTranslated(t *testing.T) {
	found := scan(t, os.DirFS("../.."))
	if len(found.texts) == 0 {
		t.Fatal("no texts found: the walk is broken")
	}
	for _, place := range found.unclear {
		t.Errorf("%s: the text must be a literal; see Key", place)
	}
	for _, c := range shipped.list[1:] {
		for _, text := range append(found.texts, calendarNames...) {
			translated, ok := c.texts[text]
			if !ok {
				t.Errorf("%v lacks %q", c.tag, text)
			} else if verbs(translated) != verbs(text) {
				t.Errorf("%v: %q has other verbs than %q", c.tag, translated, text)
			}
		}
		for one, other := range found.counts {
			f, ok := c.counts[one]
			if !ok || f.Other == "" {
				t.Errorf("%v lacks %q", c.tag, one)
			} else if verbs(f.Other) != verbs(other) {
				t.Errorf("%v: %q has other verbs than %q", c.tag, f.Other, other)
			}
		}
	}
}

func TestScan(t *testing.T) {
	found := scan(t, os.DirFS("testdata"))
	if want := []string{"A title", "A state", "Two " + "lines"}; !slices.Equal(found.texts, want) {
		t.Errorf("found %q, want %q", found.texts, want)
	}
	if found.counts["%d seat"] != "%d seats" {
		t.Errorf("counts: %q", found.counts)
	}
	if len(found.unclear) != 1 {
		t.Errorf("unclear: %q, want the one call with a variable", found.unclear)
	}
}

type found struct {
	texts   []string
	counts  map[string]string
	unclear []string // calls whose text is no literal
}

func scan(t *testing.T, root fs.FS) found {
	t.Helper()
	f := found{counts: map[string]string{}}
	set := token.NewFileSet()
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules"):
			return fs.SkipDir
		case d.IsDir(), !strings.HasSuffix(path, ".go"), strings.HasSuffix(path, "_test.go"):
			return nil
		}
		source, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		tree, err := parser.ParseFile(set, path, source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		inside := tree.Name.Name == "lang" && filepath.Base(filepath.Dir(path)) == "lang"
		ast.Inspect(tree, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				f.add(set, call, inside)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// add notes the texts of a call of T, N or Key.
func (f *found) add(set *token.FileSet, call *ast.CallExpr, inside bool) {
	var name string
	switch fun := call.Fun.(type) {
	case *ast.SelectorExpr:
		if from, ok := fun.X.(*ast.Ident); ok && from.Name == "lang" {
			name = fun.Sel.Name
		}
	case *ast.Ident:
		if inside {
			name = fun.Name
		}
	}
	first, count := map[string]int{"Key": 0, "T": 1, "N": 2}[name], 1
	switch name {
	case "N":
		count = 2
	case "T", "Key":
	default:
		return
	}
	var texts []string
	for _, arg := range call.Args[first : first+count] {
		text, ok := literal(arg)
		if !ok {
			f.unclear = append(f.unclear, set.Position(arg.Pos()).String())
			return
		}
		texts = append(texts, text)
	}
	if name == "N" {
		f.counts[texts[0]] = texts[1]
	} else {
		f.texts = append(f.texts, texts[0])
	}
}

// literal returns the value of a string literal, or of several joined with +.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		left, ok := literal(e.X)
		right, ok2 := literal(e.Y)
		return left + right, ok && ok2 && e.Op == token.ADD
	case *ast.ParenExpr:
		return literal(e.X)
	}
	return "", false
}

// verbs returns the verbs of a format, sorted and without their positions.
func verbs(format string) string {
	var list []string
	for i := 0; i < len(format)-1; i++ {
		if format[i] != '%' {
			continue
		}
		i++
		if format[i] == '[' {
			i += strings.IndexByte(format[i:], ']') + 1
		}
		if i < len(format) && format[i] != '%' && format[i] != ' ' {
			list = append(list, string(format[i]))
		}
	}
	slices.Sort(list)
	return strings.Join(list, "")
}
