package docscheck

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"roster/internal/errs"
	"roster/internal/web"
)

const root = "../.."

// kinds are the kinds of refusal by the names that the source has for them.
var kinds = map[string]errs.Kind{
	"KindInternal": errs.KindInternal, "KindMalformed": errs.KindMalformed, "KindUnauthenticated": errs.KindUnauthenticated,
	"KindForbidden": errs.KindForbidden, "KindNotFound": errs.KindNotFound, "KindConflict": errs.KindConflict,
	"KindGone": errs.KindGone, "KindPrecondition": errs.KindPrecondition, "KindTooLarge": errs.KindTooLarge,
	"KindMediaType": errs.KindMediaType, "KindMisdirected": errs.KindMisdirected, "KindInvalid": errs.KindInvalid,
	"KindPreconditionRequired": errs.KindPreconditionRequired, "KindTooMany": errs.KindTooMany, "KindUnavailable": errs.KindUnavailable,
}

// makers are the functions of package errs that make a refusal of a given code, with their kind. Of New the kind is the
// first argument.
var makers = map[string]string{
	"New": "", "Conflict": "KindConflict", "Malformed": "KindMalformed", "TooMany": "KindTooMany", "Unavailable": "KindUnavailable",
}

// overruled are codes whose status is not that of their kind: the edges answer them before there is an operation.
var overruled = map[string]string{"method_not_allowed": "405"}

// TestProblems compares docs/problems.md with the refusals that the source can make: codes, statuses, and the codes of
// wrong fields.
func TestProblems(t *testing.T) {
	s := &source{fset: token.NewFileSet(), problems: map[string][]string{}, fields: map[string]bool{}, wrappers: map[string]wrapper{}}
	if err := s.read(os.DirFS(root)); err != nil {
		t.Fatal(err)
	}
	for _, f := range s.files {
		s.look(f, s.refusal)
	}
	for _, f := range s.files {
		s.look(f, s.wrapped)
		s.look(f, s.field)
	}
	for _, what := range s.unseen {
		t.Error(what)
	}

	page, err := os.ReadFile(path.Join(root, "docs", "problems.md"))
	if err != nil {
		t.Fatal(err)
	}
	problems, fields, found := strings.Cut(string(page), "\n## Codes of fields\n")
	if !found {
		t.Fatal("docs/problems.md has no section 'Codes of fields'")
	}
	written := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| ([\\d, ]+) \\|").FindAllStringSubmatch(problems, -1) {
		if written[m[1]] != "" {
			t.Errorf("docs/problems.md tells of %s twice", m[1])
		}
		written[m[1]] = m[2]
	}
	made := map[string]string{}
	for code, list := range s.problems {
		slices.Sort(list)
		made[code] = strings.Join(slices.Compact(list), ", ")
	}
	for code, status := range overruled {
		made[code] = status
	}
	for code, status := range made {
		if written[code] != status {
			t.Errorf("the source refuses with %s (%s); docs/problems.md says %q", code, status, written[code])
		}
	}
	for code := range written {
		if made[code] == "" {
			t.Errorf("docs/problems.md tells of %s, which nothing in the source says", code)
		}
	}

	told := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(fields, -1) {
		told[m[1]] = true
	}
	for code := range s.fields {
		if !told[code] {
			t.Errorf("a field can be wrong with %s; docs/problems.md does not say so", code)
		}
	}
	for code := range told {
		if !s.fields[code] {
			t.Errorf("docs/problems.md tells of fields that are wrong with %s, which nothing in the source says", code)
		}
	}
}

// source is the program as far as it refuses.
type source struct {
	fset     *token.FileSet
	files    []*file
	problems map[string][]string // code to statuses
	fields   map[string]bool
	wrappers map[string]wrapper // folder and name
	unseen   []string
}

type file struct {
	dir    string
	syntax *ast.File
}

// wrapper is a function that takes the code as a parameter.
type wrapper struct {
	at   int // which parameter
	kind string
}

// read parses what goes into the program.
func (s *source) read(tree fs.FS) error {
	return fs.WalkDir(tree, "internal", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || strings.HasSuffix(entry.Name(), "test")):
			return fs.SkipDir
		case path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		syntax, err := parser.ParseFile(s.fset, name, text, parser.SkipObjectResolution)
		s.files = append(s.files, &file{path.Dir(name), syntax})
		return err
	})
}

// look visits every node, with the functions that it stands in, the innermost last.
func (s *source) look(f *file, visit func(f *file, n ast.Node, in []ast.Node)) {
	var in []ast.Node
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if n == nil {
			in = in[:len(in)-1]
			return true
		}
		visit(f, n, in)
		in = append(in, n)
		return true
	})
}

// refusal notes a call that makes a refusal.
func (s *source) refusal(f *file, n ast.Node, in []ast.Node) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return
	}
	pkg, name := called(call.Fun)
	kind, maker := makers[name]
	ours := pkg == "errs" || pkg == "" && f.dir == "internal/errs"
	if !maker || !ours {
		return
	}
	code := call.Args[0]
	if name == "New" {
		if _, kind = called(call.Args[0]); kinds[kind] == 0 && kind != "KindInternal" {
			return // errs.New's own callers, which pass a kind on
		}
		code = call.Args[1]
	}
	if lit, ok := text(code); ok {
		s.note(lit, kind)
		return
	}
	if id, ok := code.(*ast.Ident); ok {
		for i := len(in) - 1; i >= 0; i-- {
			if name, at := parameter(in, i, id.Name); name != "" {
				if f.dir != "internal/errs" || makers[name] == "" {
					s.wrappers[f.dir+" "+name] = wrapper{at, kind}
				}
				return
			}
		}
	}
	s.unseen = append(s.unseen, fmt.Sprintf("%s: the code of this refusal is neither a literal nor a parameter", s.fset.Position(n.Pos())))
}

// parameter finds the place of a parameter in the function at in[i], and what that function is called.
func parameter(in []ast.Node, i int, param string) (name string, at int) {
	var signature *ast.FuncType
	switch fn := in[i].(type) {
	case *ast.FuncDecl:
		name, signature = fn.Name.Name, fn.Type
	case *ast.FuncLit:
		signature = fn.Type
		if set, ok := in[i-1].(*ast.AssignStmt); ok && len(set.Lhs) == 1 {
			_, name = called(set.Lhs[0])
		}
	default:
		return "", 0
	}
	for _, field := range signature.Params.List {
		for _, n := range field.Names {
			if n.Name == param {
				return name, at
			}
			at++
		}
	}
	return "", 0
}

// wrapped notes a call of a function that takes the code.
func (s *source) wrapped(f *file, n ast.Node, _ []ast.Node) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return
	}
	pkg, name := called(call.Fun)
	w, ok := s.wrappers[f.dir+" "+name]
	if !ok || pkg != "" || len(call.Args) <= w.at {
		return
	}
	if code, ok := text(call.Args[w.at]); ok {
		s.note(code, w.kind)
		return
	}
	s.unseen = append(s.unseen, fmt.Sprintf("%s: the code given to %s is no literal", s.fset.Position(n.Pos()), name))
}

func (s *source) note(code, kind string) {
	s.problems[code] = append(s.problems[code], strconv.Itoa(web.Status(kinds[kind])))
}

// field notes the code of a wrong field: given to Fail, in an errs.Field, or an exported constant Code….
func (s *source) field(_ *file, n ast.Node, _ []ast.Node) {
	var code ast.Expr
	switch n := n.(type) {
	case *ast.CallExpr:
		if _, name := called(n.Fun); name == "Fail" && len(n.Args) >= 3 {
			code = n.Args[1]
		}
	case *ast.CompositeLit:
		if pkg, name := called(n.Type); pkg != "errs" || name != "Field" {
			return
		}
		for _, e := range n.Elts {
			if pair, ok := e.(*ast.KeyValueExpr); ok {
				if _, key := called(pair.Key); key == "Code" {
					code = pair.Value
				}
			}
		}
	case *ast.ValueSpec:
		if len(n.Names) == 1 && len(n.Values) == 1 && regexp.MustCompile(`^Code[A-Z]`).MatchString(n.Names[0].Name) {
			code = n.Values[0]
		}
	}
	if lit, ok := text(code); ok {
		s.fields[lit] = true
	}
}

// called is what an expression names: package and name, or the name alone.
func called(e ast.Expr) (pkg, name string) {
	switch e := e.(type) {
	case *ast.Ident:
		return "", e.Name
	case *ast.SelectorExpr:
		_, pkg = called(e.X)
		return pkg, e.Sel.Name
	}
	return "", ""
}

func text(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}
