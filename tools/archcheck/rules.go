package archcheck

import (
	"go/ast"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// floors: imports go downwards. Side by side only pairs that are listed; inside a family everything.
func (t *tree) floors(f *file, h House) {
	from, known := h.floor(f.dir)
	if !known {
		t.report(f, nil, "floors", "%s stands on no floor; add it to Floors in tools/archcheck/house.go, where its neighbors are", f.dir)
		return
	}
	for _, importPath := range slices.Sorted(maps.Keys(f.imported())) {
		dir, ours := strings.CutPrefix(importPath, module)
		if !ours || family(dir) == family(f.dir) && !isKit(dir) {
			continue
		}
		spec := f.imported()[importPath]
		if isKit(dir) {
			if !f.test {
				t.report(f, spec, "kits", "%s is for tests; only tests and other test kits import it", dir)
			}
			continue
		}
		if f.test {
			continue // a test may use whatever the package under test is used with
		}
		to, known := h.floor(dir)
		pair := family(f.dir) + " → " + family(dir)
		switch {
		case !known:
			t.report(f, spec, "floors", "%s stands on no floor; add it to Floors in tools/archcheck/house.go", dir)
		case to > from:
			t.report(f, spec, "floors", "%s (floor %d) imports %s (floor %d): imports go down. Declare a typed hook here and fill it in internal/app/reactions.go",
				family(f.dir), from, family(dir), to)
		case to == from && !t.excused(h.SideBySide, pair):
			t.report(f, spec, "floors", "%s and %s stand on one floor. Move what both need down, meet in internal/app, or list the pair with its reason in house.go",
				family(f.dir), family(dir))
		}
	}
}

// imports: packages of the standard library that only some places may use.
func (t *tree) imports(f *file, h House) {
	imported := f.imported()
	if spec := imported["database/sql"]; spec != nil && family(f.dir) != "op" && !f.test {
		t.report(f, spec, "door", "database/sql is for package op alone. Take a *op.Tx, or add what is missing to op")
	}
	if f.test {
		return
	}
	for _, p := range []string{"math/rand", "math/rand/v2"} {
		if spec := imported[p]; spec != nil && !t.excused(h.Calls, f.path+" "+p) {
			t.report(f, spec, "calls", "%s is predictable. For secrets and ids use packages secret and id; for jitter list the file with its reason in house.go", p)
		}
	}
	spec := imported["net/http"]
	handlers := strings.HasPrefix(f.base(), "api") || strings.HasPrefix(f.base(), "portal")
	if spec != nil && !handlers && !slices.Contains([]string{"web", "api", "app"}, family(f.dir)) && !t.excused(h.HTTP, f.path) {
		t.report(f, spec, "http", "net/http belongs to api*.go, portal*.go and the packages web, api and app. Move the handler there, or list the file with its reason in house.go")
	}
}

// restricted are functions that make code untestable or unsafe outside the few places that are meant to call them.
var restricted = []struct{ path, name, instead string }{
	{"time", "Now", "decisions use t.Now(), the database's time, which tests can move"},
	{"os", "Getenv", "settings come from package config, which lists and checks them"},
	{"os", "LookupEnv", "settings come from package config, which lists and checks them"},
	{"net/http", "DefaultClient", "it has no timeout and dials private addresses; take the client that app hands out"},
	{"net/http", "DefaultTransport", "it dials private addresses; take the client that app hands out"},
	{"net/http", "Get", "it has no timeout and dials private addresses; take the client that app hands out"},
	{"net/http", "Post", "it has no timeout and dials private addresses; take the client that app hands out"},
}

// calls: functions that only listed files may call.
func (t *tree) calls(f *file, h House) {
	floor, _ := h.floor(f.dir)
	f.selections(func(importPath, name string, at ast.Node) {
		if importPath == "context" && (name == "Background" || name == "TODO") && (floor == 2 || floor == 3) {
			t.report(f, at, "calls", "context.%s in a feature loses the caller's deadline and language. Pass the context on; for letters there is mail.Writing", name)
		}
		for _, r := range restricted {
			if r.path != importPath || r.name != name {
				continue
			}
			call := strings.TrimPrefix(importPath, "net/") + "." + name
			if !t.excused(h.Calls, f.path+" "+call, f.dir+" "+call) {
				t.report(f, at, "calls", "%s: %s. If this place really needs it, list it with the reason in house.go", call, r.instead)
			}
		}
	})
}

// names: a package is called after what it is about.
func (t *tree) names(f *file) {
	drawers := []string{"util", "utils", "common", "helper", "helpers", "model", "models", "type", "types", "services", "misc", "base", "shared"}
	if name := strings.TrimSuffix(f.syntax.Name.Name, "_test"); slices.Contains(drawers, name) {
		t.report(f, f.syntax.Name, "names", "a package called %s becomes a drawer. Name it after the noun that it is about, or put the code where it is used", name)
	}
}

// statement recognizes SQL. House style writes keywords in lower case, so that "Select a team from the list" is no
// statement.
var statement = regexp.MustCompile(`^\s*(?:--[^\n]*\n\s*)*(?:` +
	`(?:select|SELECT)\s[\s\S]*\b(?:from|FROM)\s|(?:insert|INSERT)\s+(?:into|INTO)\s|(?:update|UPDATE)\s+\w+\s+[\s\S]*\b(?:set|SET)\s|` +
	`(?:delete|DELETE)\s+(?:from|FROM)\s|(?:with|WITH)\s+(?:recursive\s+)?\w+\s*(?:\([\w\s,]*\)\s*)?(?:as|AS)\s*\()`)

// sql: statements stand in store*.go, where they can be read together.
func (t *tree) sql(f *file, h House) {
	if strings.HasPrefix(f.base(), "store") || family(f.dir) == "op" {
		return
	}
	f.literals(func(in, value string, at ast.Node) {
		if statement.MatchString(value) && !t.excused(h.SQL, f.path) {
			t.report(f, at, "sql", "SQL in %s. Give it a small function in store.go that takes *op.Tx, and call that", in)
		}
	})
}

// letters: what a person typed goes into a letter as mail.Name, so that it is cut and never becomes a link (S-064).
func (t *tree) letters(f *file) {
	lang := f.localName(module + "internal/lang")
	if lang == "" || !strings.HasPrefix(f.base(), "letters") {
		return
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		first := map[string]int{lang + ".T": 2, lang + ".N": 4}[called(call)]
		if first == 0 || len(call.Args) < first {
			return true
		}
		for _, arg := range call.Args[first:] {
			if !isMarked(arg) {
				t.report(f, arg, "letters", "a value in the words of a letter may be what a person typed. Pass mail.Name(…), or a date or number by lang")
			}
		}
		return true
	})
}

// called is the function of a call as written, such as lang.T, or "".
func called(call *ast.CallExpr) string {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	x, ok := sel.X.(*ast.Ident)
	if !ok {
		return ""
	}
	return x.Name + "." + sel.Sel.Name
}

// isMarked reports whether an argument is a literal or the result of a function, and not a bare variable or a conversion.
func isMarked(arg ast.Expr) bool {
	switch a := arg.(type) {
	case *ast.BasicLit:
		return true
	case *ast.CallExpr:
		id, isIdent := a.Fun.(*ast.Ident)
		return !isIdent || id.Name != "string"
	}
	return false
}

const (
	maxFile     = 500
	maxFunction = 60
	maxPackage  = 4000
)

// sizes: what is longer than a reader can hold wants a reason.
func (t *tree) sizes(f *file, h House) {
	if f.made {
		return
	}
	if f.lines > maxFile && !t.excused(h.Large, f.path) {
		t.report(f, nil, "size", "%d lines, more than %d. Split it by what the parts are about, or list the file with its reason in house.go", f.lines, maxFile)
	}
	for _, decl := range f.syntax.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		lines := t.fset.Position(fn.End()).Line - t.fset.Position(fn.Pos()).Line + 1
		if name := declared(fn); lines > maxFunction && !t.excused(h.Large, f.dir+"."+name) {
			t.report(f, fn, "size", "%s has %d lines, more than %d. Take steps out, or list %s.%s with its reason in house.go", name, lines, maxFunction, f.dir, name)
		}
	}
}

// spokenFor are methods whose contract is that of an interface everybody knows.
var spokenFor = []string{"String", "Error", "Unwrap", "Is", "Len", "MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText", "Scan", "Value", "LogValue"}

// docs: what a feature exports says what it promises.
func (t *tree) docs(f *file, h House) {
	if floor, _ := h.floor(f.dir); f.made || floor < 2 || floor > 3 {
		return
	}
	missing := func(at ast.Node, name string) {
		t.report(f, at, "docs", "%s is exported and says nothing. Write who may call it, what it guarantees and which error it returns, or do not export it", name)
	}
	for _, decl := range f.syntax.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			receiver := receiverName(d)
			hidden := receiver != "" && (!ast.IsExported(receiver) || slices.Contains(spokenFor, d.Name.Name))
			if d.Name.IsExported() && !hidden && d.Doc == nil {
				missing(d, declared(d))
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if name, documented := describe(spec); ast.IsExported(name) && !documented && d.Doc == nil {
					missing(spec, name)
				}
			}
		}
	}
}

// describe is the name of a type, constant or variable, and whether it has a comment of its own.
func describe(spec ast.Spec) (name string, documented bool) {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		return s.Name.Name, s.Doc != nil || s.Comment != nil
	case *ast.ValueSpec:
		return s.Names[0].Name, s.Doc != nil || s.Comment != nil
	}
	return "", false
}

// packages: each has a comment and stays readable as a whole.
func (t *tree) packages(h House) {
	lines, first, documented := map[string]int{}, map[string]*file{}, map[string]bool{}
	for _, f := range t.files {
		if strings.HasSuffix(f.path, "_test.go") {
			continue
		}
		if first[f.dir] == nil {
			first[f.dir] = f
		}
		documented[f.dir] = documented[f.dir] || f.syntax.Doc != nil
		if !f.made {
			lines[f.dir] += f.lines
		}
	}
	for dir, f := range first {
		if !documented[dir] {
			t.report(f, f.syntax.Name, "docs", "package %s has no comment. Say in doc.go what it promises and where the pieces are", dir)
		}
		if lines[dir] > maxPackage && !t.excused(h.Large, dir) {
			t.report(f, nil, "size", "package %s has %d lines, more than %d. Split it by noun, or list it with its reason in house.go", dir, lines[dir], maxPackage)
		}
	}
}

// written finds the table that a statement changes.
var written = regexp.MustCompile(`(?i)\b(?:insert\s+into|update|delete\s+from)\s+([a-z_]+)\b`)

// tables: each is written by one family only. Others call a step of its owner in the same transaction.
func (t *tree) tables(h House) {
	type place struct {
		file *file
		at   ast.Node
	}
	writers := map[string]map[string]place{}
	for _, f := range t.files {
		if f.test {
			continue
		}
		f.literals(func(_, value string, at ast.Node) {
			if !statement.MatchString(value) {
				return
			}
			for _, m := range written.FindAllStringSubmatch(value, -1) {
				table := strings.ToLower(m[1])
				if table == "set" || table == "skip" { // on conflict do update set; for update skip locked
					continue
				}
				if writers[table] == nil {
					writers[table] = map[string]place{}
				}
				writers[table][family(f.dir)] = place{f, at}
			}
		})
	}
	for table, by := range writers {
		if len(by) < 2 || t.excused(h.Shared, table) {
			continue
		}
		names := slices.Sorted(maps.Keys(by))
		p := by[names[len(names)-1]]
		t.report(p.file, p.at, "tables", "%s is written by %s. Only its owner writes a table; call a step of the owner in the same transaction, or list the table with its reason in house.go",
			table, strings.Join(names, " and "))
	}
}

// stale: exceptions that nothing needs any more.
func (t *tree) stale(h House) {
	for name, list := range map[string]map[string]string{"HTTP": h.HTTP, "Calls": h.Calls, "SQL": h.SQL, "Large": h.Large, "Shared": h.Shared} {
		for key, reason := range list {
			if !t.used[key] {
				t.found = append(t.found, Finding{"tools/archcheck/house.go", 1, "stale", key + " in " + name + " excuses nothing; take it out"})
			}
			if strings.TrimSpace(reason) == "" {
				t.found = append(t.found, Finding{"tools/archcheck/house.go", 1, "stale", key + " in " + name + " has no reason"})
			}
		}
	}
}

// across is how a statement says that it is not bound to one organization.
var across = regexp.MustCompile(`^\s*--\s*across organizations(?::[ \t]*([^\n]*))?`)

// Across lists the statements that are not bound to one organization, as "file declaration: reason", sorted. One without a
// reason is a finding.
func Across(t *tree) (list []string, found []Finding) {
	for _, f := range t.files {
		if strings.HasSuffix(f.path, "_test.go") {
			continue
		}
		f.literals(func(in, value string, at ast.Node) {
			m := across.FindStringSubmatch(value)
			if m == nil {
				return
			}
			reason := strings.TrimSpace(m[1])
			if reason == "" && !statement.MatchString(value) {
				return // the words themselves, where op looks for them
			}
			if reason == "" {
				found = append(found, Finding{f.path, t.fset.Position(at.Pos()).Line, "across",
					"the statement leaves the organization without a reason. Write -- across organizations: reason"})
			}
			list = append(list, f.path+" "+in+": "+reason)
		})
	}
	slices.Sort(list)
	return list, found
}
