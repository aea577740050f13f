// Package archcheck holds the source to the house rules: the floors of ARCHITECTURE.md and the style that the
// compiler does not know. It reads files with go/parser and needs neither a build nor the network, so it runs in a second
// as an ordinary test.
//
// Every rule says in its message what to do instead. Exceptions stand in house.go, each with its reason; an exception that
// nothing needs any more is a finding too. A new rule comes with a small tree in archcheck_test.go that breaks it.
package archcheck

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// module is the import path in front of every package of the project.
const module = "roster/"

// Finding is one place that breaks a rule.
type Finding struct {
	File    string
	Line    int
	Rule    string
	Message string
}

func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", f.File, f.Line, f.Rule, f.Message)
}

// file is one parsed source file.
type file struct {
	path   string // such as internal/user/store.go
	dir    string // such as internal/user
	syntax *ast.File
	lines  int
	test   bool // a _test.go file, or part of a test kit
	made   bool // generated
}

// tree is the parsed source.
type tree struct {
	fset  *token.FileSet
	files []*file
	found []Finding
	used  map[string]bool // exceptions that were needed
}

// Check reads the Go files below cmd and internal and returns what breaks a rule, ordered by place.
func Check(source fs.FS, h House) ([]Finding, error) {
	t, err := read(source)
	if err != nil {
		return nil, err
	}
	for _, f := range t.files {
		t.floors(f, h)
		t.imports(f, h)
		t.names(f)
		if f.test {
			continue
		}
		t.calls(f, h)
		t.sql(f, h)
		t.letters(f)
		t.sizes(f, h)
		t.docs(f, h)
	}
	t.packages(h)
	t.tables(h)
	t.stale(h)
	slices.SortFunc(t.found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Rule, b.Rule))
	})
	return t.found, nil
}

// read parses everything below cmd and internal.
func read(source fs.FS) (*tree, error) {
	t := &tree{fset: token.NewFileSet(), used: map[string]bool{}}
	for _, root := range []string{"cmd", "internal"} {
		if _, err := fs.Stat(source, root); err != nil {
			continue
		}
		err := fs.WalkDir(source, root, func(name string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && entry.Name() == "testdata":
				return fs.SkipDir
			case entry.IsDir() || path.Ext(name) != ".go":
				return nil
			}
			content, err := fs.ReadFile(source, name)
			if err != nil {
				return err
			}
			syntax, err := parser.ParseFile(t.fset, name, content, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			t.files = append(t.files, &file{
				path: name, dir: path.Dir(name), syntax: syntax, lines: bytes.Count(content, []byte("\n")),
				test: strings.HasSuffix(name, "_test.go") || isKit(path.Dir(name)),
				made: strings.HasSuffix(name, "_templ.go") || ast.IsGenerated(syntax),
			})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return t, nil
}

// isKit reports whether a package exists for tests only, such as op/optest.
func isKit(dir string) bool {
	base := path.Base(dir)
	return strings.HasSuffix(base, "test") && base != "test"
}

// family is the noun that a package belongs to: op for internal/op/internal/sqldb.
func family(dir string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(dir, "internal/"), "/")
	return first
}

// base is the name of the file without its folder.
func (f *file) base() string { return path.Base(f.path) }

// report adds a finding at a node of the file, or at its top if node is nil.
func (t *tree) report(f *file, node ast.Node, rule, format string, args ...any) {
	line := 1
	if node != nil {
		line = t.fset.Position(node.Pos()).Line
	}
	t.found = append(t.found, Finding{f.path, line, rule, fmt.Sprintf(format, args...)})
}

// excused reports whether an exception is listed, and notes that it is needed.
func (t *tree) excused(list map[string]string, keys ...string) bool {
	for _, key := range keys {
		if list[key] != "" {
			t.used[key] = true
			return true
		}
	}
	return false
}

// imported lists the import paths of the file with the names that they have in it.
func (f *file) imported() map[string]*ast.ImportSpec {
	byPath := map[string]*ast.ImportSpec{}
	for _, spec := range f.syntax.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			byPath[p] = spec
		}
	}
	return byPath
}

// localName is what an imported package is called in the file, or "" if it is not imported.
func (f *file) localName(importPath string) string {
	spec, ok := f.imported()[importPath]
	switch {
	case !ok:
		return ""
	case spec.Name != nil:
		return spec.Name.Name
	default:
		return path.Base(importPath)
	}
}

// selections calls visit for every use of a name of an imported package: time.Now is (time, Now).
func (f *file) selections(visit func(importPath, name string, at ast.Node)) {
	byName := map[string]string{}
	for importPath := range f.imported() {
		byName[f.localName(importPath)] = importPath
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && byName[x.Name] != "" {
				visit(byName[x.Name], sel.Sel.Name, sel)
			}
		}
		return true
	})
}

// literals calls visit for every string literal, with the name of the declaration that it stands in.
func (f *file) literals(visit func(in, value string, at ast.Node)) {
	for _, decl := range f.syntax.Decls {
		in := declared(decl)
		ast.Inspect(decl, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if value, err := strconv.Unquote(lit.Value); err == nil {
					visit(in, value, lit)
				}
			}
			return true
		})
	}
}

// declared is the name of a declaration: Func, Type.Method, or the first name of a group.
func declared(decl ast.Decl) string {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if receiver := receiverName(d); receiver != "" {
			return receiver + "." + d.Name.Name
		}
		return d.Name.Name
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.ValueSpec:
				return s.Names[0].Name
			case *ast.TypeSpec:
				return s.Name.Name
			}
		}
	}
	return ""
}

// receiverName is the type that a method belongs to, or "".
func receiverName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return ""
	}
	for e := d.Recv.List[0].Type; ; {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}
