package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// found is what the sources say to people.
type found struct {
	texts   map[string]string // by text, one of the places where it stands
	counts  map[string]count
	unclear []string // calls whose text is no literal
}

type count struct{ other, place string }

// programs are folders whose refusals only programs read, and therefore in English.
var programs = []string{"internal/api", "internal/cli", "internal/demo", "internal/config"}

// calls are the functions that take texts, and which argument is the first of them. The packages of lang and errs call
// them by their bare names.
var calls = map[string]int{
	"lang.T": 1, "lang.Key": 0, "lang.N": 2,
	"errs.Phrased": 0, "errs.Conflict": 1, "errs.Malformed": 1, "errs.New": 2, "errs.TooMany": 2, "errs.Unavailable": 2, "errs.Wrong": 2,
}

// tables are types whose literals name things of ours: the fields of each by name, or the place where the name stands.
var tables = map[string]int{"Described": 1, "BuiltIn": 1}

// scan walks the sources of the program. Templates are read as the Go that templ makes of them; a template without it
// does not build.
func scan(root fs.FS) (found, error) {
	f := found{texts: map[string]string{}, counts: map[string]count{}}
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
		r := reader{found: &f, set: set, inside: inside(path), program: forPrograms(path)}
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				r.call(n)
			case *ast.CompositeLit:
				r.literal(n)
			}
			return true
		})
		return nil
	})
	slices.Sort(f.unclear)
	return f, err
}

// inside is the package whose functions a file calls by their bare names.
func inside(path string) string {
	switch filepath.ToSlash(filepath.Dir(path)) {
	case "internal/lang":
		return "lang."
	case "internal/errs":
		return "errs."
	}
	return ""
}

func forPrograms(path string) bool {
	return slices.ContainsFunc(programs, func(folder string) bool { return strings.HasPrefix(path, folder+"/") })
}

// reader reads one file.
type reader struct {
	*found
	set     *token.FileSet
	inside  string
	program bool
}

// call notes the texts of a call.
func (r reader) call(c *ast.CallExpr) {
	name := r.name(c)
	first, ok := calls[name]
	if !ok || r.program && strings.HasPrefix(name, "errs.") || len(c.Args) <= first {
		return
	}
	text, ok := stringOf(c.Args[first])
	switch {
	case !ok && r.inside == "errs.":
		// The constructors themselves pass on what they are given.
	case !ok:
		r.unclear = append(r.unclear, r.place(c.Args[first]))
	case name == "lang.N":
		other, ok := stringOf(c.Args[first+1])
		if !ok {
			r.unclear = append(r.unclear, r.place(c.Args[first+1]))
		}
		if known, twice := r.counts[text]; twice && known.other != other {
			r.unclear = append(r.unclear, r.place(c)+": another plural than at "+known.place)
			return
		}
		r.counts[text] = count{other, r.place(c)}
	default:
		r.add(text, c)
	}
}

// name is the function of a call, as calls has it. The method Fail of errs.Check is known by its arguments.
func (r reader) name(c *ast.CallExpr) string {
	switch fun := c.Fun.(type) {
	case *ast.SelectorExpr:
		if fun.Sel.Name == "Fail" && len(c.Args) >= 3 {
			if _, ok := stringOf(c.Args[2]); ok {
				return "errs.Wrong"
			}
		}
		if from, ok := fun.X.(*ast.Ident); ok {
			return from.Name + "." + fun.Sel.Name
		}
	case *ast.Ident:
		if r.inside != "" {
			return r.inside + fun.Name
		}
	}
	return ""
}

// literal notes the messages of errs.Field and the names of tables.
func (r reader) literal(l *ast.CompositeLit) {
	switch kind := l.Type.(type) {
	case *ast.SelectorExpr:
		if kind.Sel.Name != "Field" || r.program {
			return
		}
		for _, e := range l.Elts {
			pair, ok := e.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			if key, ok := pair.Key.(*ast.Ident); ok && key.Name == "Message" {
				if text, ok := stringOf(pair.Value); ok {
					r.add(text, l)
				}
			}
		}
	case *ast.ArrayType:
		name, ok := kind.Elt.(*ast.Ident)
		at, known := 0, false
		if ok {
			at, known = tables[name.Name]
		}
		if !known {
			return
		}
		for _, e := range l.Elts {
			if row, ok := e.(*ast.CompositeLit); ok && len(row.Elts) > at {
				if text, ok := stringOf(row.Elts[at]); ok {
					r.add(text, row)
				}
			}
		}
	}
}

// add notes a text. One without a letter, such as %s, is the same in every language.
func (r reader) add(text string, at ast.Node) {
	if strings.Trim(verb.ReplaceAllString(text, ""), " .,:()") != "" {
		r.texts[text] = r.place(at)
	}
}

func (r reader) place(n ast.Node) string {
	p := r.set.Position(n.Pos())
	return p.Filename + ":" + strconv.Itoa(p.Line)
}

// stringOf is the value of a string literal, or of several joined with +.
func stringOf(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		left, ok := stringOf(e.X)
		right, ok2 := stringOf(e.Y)
		return left + right, ok && ok2 && e.Op == token.ADD
	case *ast.ParenExpr:
		return stringOf(e.X)
	}
	return "", false
}
