package auditlog

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"roster/internal/field"
	"roster/internal/group"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/seat"
	"roster/internal/service"
	"roster/internal/user"
)

func TestSentences(t *testing.T) {
	maya, marta := Party{"user", "usr_1", "Maya Bergström"}, Party{"user", "usr_2", "marta@x.example"}
	for _, c := range []struct {
		e          Event
		full, card string
	}{
		{Event{Name: "invitation.created", Actor: maya, Subject: marta}, "Maya Bergström invited marta@x.example", "Maya Bergström sent the invitation"},
		{Event{Name: "user.deactivated", Actor: maya, Subject: marta}, "Maya Bergström deactivated marta@x.example", "Maya Bergström deactivated the user"},
		{Event{Name: "signin.succeeded", Actor: Party{Kind: "nobody"}, Subject: maya}, "Maya Bergström signed in", "Signed in"},
		{Event{Name: "settings.updated", Actor: Party{"key", "key_1", "Payroll"}, Subject: Party{"organization", "org_1", "Nordlys"}},
			"API key Payroll changed the settings", "API key Payroll changed the settings"},
		{Event{Name: "user.updated", Actor: Party{"user", "usr_1", ""}, Subject: Party{"user", "usr_2", ""}},
			"A deleted user changed a deleted user", "A deleted user changed the user"},
		{Event{Name: "password.reset_requested", Actor: Party{Kind: "nobody"}, Subject: maya},
			"Somebody asked for a new password for Maya Bergström", "Somebody asked for a new password"},
		{Event{Name: "team.coach_found", Actor: maya, Subject: Party{"team", "tea_1", "Field service"}},
			"Maya Bergström: team coach found (Field service)", "Maya Bergström: team coach found"},
		{Event{Name: "clock.struck", Actor: Party{"system", "clock", "Roster"}}, "Roster: clock struck", "Roster: clock struck"},
		{Event{Name: "user.updated", Actor: Party{"user", "usr_1", "%[2]s %s %d"}, Subject: Party{"user", "usr_2", "%!"}},
			"%[2]s %s %d changed %!", "%[2]s %s %d changed the user"},
	} {
		card := ""
		for _, p := range OnCard(t.Context(), c.e) {
			card += p.Text
		}
		if full := Say(t.Context(), c.e); full != c.full || card != c.card {
			t.Errorf("%s: %q and %q, want %q and %q", c.e.Name, full, card, c.full, c.card)
		}
	}
}

func TestDifferencesAreInWords(t *testing.T) {
	e := Event{Changes: []op.Change{
		{Field: "role_id", Before: "rol_user", After: "rol_admin"},
		{Field: "state", Before: "active", After: "deactivated"},
		{Field: "expires_at", After: "2026-10-04T17:12:00Z"},
		{Field: "session_max_hours", Before: 24.0, After: 12000.0},
		{Field: "coffee_strength", Before: true, After: []any{"a", "b"}},
		{Field: "notes", Before: "", After: nil},
		{Field: "country", Before: "", After: "SE"},
		{Field: "language", Before: "en", After: "sv"},
		{Field: "group_id", Before: map[string]any{"id": "grp_1", "name": "Default"}, After: map[string]any{"id": "grp_2", "name": "Field service"}},
		{Field: "settings.fax_profile", After: "fine"},
		{Field: "default_role_id", Before: "", After: "rol_admin"},
	}}
	want := []Difference{
		{"Role", "User", "Admin"}, {"State", "Active", "Deactivated"}, {"Expires", "", "4 October 2026, 17:12"},
		{"Hours until every session ends", "24", "12,000"}, {"Coffee strength", "Yes", "a, b"},
		{"Country", "", "Sweden"}, {"Language", "English", "svenska"},
		{"Group", "Default", "Field service"}, {"Setting fax_profile", "", "fine"}, {"Role of new users", "", "Admin"},
	}
	if got := Differences(t.Context(), e); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAuditedFieldsHaveNames(t *testing.T) {
	for _, audited := range []reflect.Type{reflect.TypeFor[user.User](), reflect.TypeFor[org.Organization](), reflect.TypeFor[group.Group](), reflect.TypeFor[field.Field](), reflect.TypeFor[service.Service](), reflect.TypeFor[service.Subscription](), reflect.TypeFor[service.Plan](), reflect.TypeFor[seat.Pool]()} {
		for _, f := range reflect.VisibleFields(audited) {
			how, name := f.Tag.Get("audit"), f.Tag.Get("db")
			if _, ok := fields[name]; !ok && (how == "track" || how == "secret") {
				t.Errorf("the field %s of %v has no name in fields.go", name, audited)
			}
		}
	}
}

// TestEveryEventHasASentence walks the sources for the names that are recorded.
func TestEveryEventHasASentence(t *testing.T) {
	recorded := recordedNames(t, os.DirFS(".."))
	if len(recorded) < 10 {
		t.Fatalf("only %d names of events found: the walk is broken", len(recorded))
	}
	for name, place := range recorded {
		if _, ok := sentences[name]; !ok {
			t.Errorf("%s: %s has no sentence; give it one in internal/auditlog/words.go", place, name)
		}
	}
	for name, s := range sentences {
		for _, text := range []string{s.full.In(context.Background()), s.card.In(context.Background())} {
			if rest := strings.NewReplacer("%[1]s", "", "%[2]s", "").Replace(text); strings.Contains(rest, "%") {
				t.Errorf("%s: %q has a verb of its own", name, text)
			}
		}
	}
}

// sources are the files of one package, and what is known about the names of
// events in it.
type sources struct {
	files []*ast.File
	takes map[string]map[string]bool // function -> names that it makes; hole(n) stands for its argument n
	names map[string]string          // name -> place
	place func(at token.Pos) string
	fail  func(at token.Pos)
}

// hole stands for an argument in a name.
func hole(argument int) string { return "\x00" + strconv.Itoa(argument) + "\x00" }

// recordedNames follows the names of events through each package: from
// op.Event{Name: …} back to literals, through arguments, variables and +.
func recordedNames(t *testing.T, root fs.FS) map[string]string {
	t.Helper()
	packages := map[string]*sources{}
	set := token.NewFileSet()
	names := map[string]string{}
	place := func(at token.Pos) string { return set.Position(at).String() }
	err := fs.WalkDir(root, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "_templ.go") {
			return err
		}
		text, err := fs.ReadFile(root, file)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(set, file, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := path.Dir(file)
		if packages[dir] == nil {
			packages[dir] = &sources{takes: map[string]map[string]bool{}, names: names, place: place, fail: func(at token.Pos) {
				t.Errorf("%s: the name of this event cannot be read from the source; make it of literals", place(at))
			}}
		}
		packages[dir].files = append(packages[dir].files, parsed)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, p := range packages {
		if dir != "op" { // which writes what it is given
			p.walk()
		}
	}
	return names
}

// walk repeats until nothing is found any more.
func (p *sources) walk() {
	for before := -1; before != p.known(); {
		before = p.known()
		for _, f := range p.files {
			for _, d := range f.Decls {
				fn, _ := d.(*ast.FuncDecl)
				p.inside(d, fn)
			}
		}
	}
}

func (p *sources) known() int {
	n := len(p.names)
	for _, made := range p.takes {
		n += len(made)
	}
	return n
}

// inside looks for events that are made, and for calls of what makes one.
func (p *sources) inside(n ast.Node, fn *ast.FuncDecl) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if name, ok := eventName(n); ok {
				p.found(name, fn, p.values(name, fn))
			}
		case *ast.CallExpr:
			for made := range p.takes[called(n)] {
				p.found(n, fn, p.filled(made, n, fn))
			}
		}
		return true
	})
}

// filled puts the arguments of a call into the holes of a name.
func (p *sources) filled(name string, call *ast.CallExpr, fn *ast.FuncDecl) []string {
	list := []string{name}
	for at, argument := range call.Args {
		if !strings.Contains(name, hole(at)) {
			continue
		}
		var next []string
		for _, one := range list {
			for _, v := range p.values(argument, fn) {
				next = append(next, strings.ReplaceAll(one, hole(at), v))
			}
		}
		list = next
	}
	return list
}

// found notes names, and functions that make names of their arguments.
func (p *sources) found(at ast.Node, fn *ast.FuncDecl, names []string) {
	if len(names) == 0 {
		p.fail(at.Pos())
	}
	for _, name := range names {
		if !strings.Contains(name, "\x00") {
			p.names[name] = p.place(at.Pos())
			continue
		}
		if p.takes[fn.Name.Name] == nil {
			p.takes[fn.Name.Name] = map[string]bool{}
		}
		p.takes[fn.Name.Name][name] = true
	}
}

// values are the texts that an expression can be; none if they cannot be read.
func (p *sources) values(e ast.Expr, fn *ast.FuncDecl) []string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil {
			return []string{text}
		}
	case *ast.BinaryExpr:
		var list []string
		for _, left := range p.values(e.X, fn) {
			for _, right := range p.values(e.Y, fn) {
				list = append(list, left+right)
			}
		}
		return list
	case *ast.Ident:
		if fn == nil {
			return nil
		}
		if at, ok := parameter(fn, e.Name); ok {
			return []string{hole(at)}
		}
		var list []string
		for _, v := range assigned(fn, e.Name) {
			list = append(list, p.values(v, nil)...)
		}
		return list
	}
	return nil
}

// eventName is the name in op.Event{Name: …}.
func eventName(c *ast.CompositeLit) (ast.Expr, bool) {
	sel, ok := c.Type.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Event" {
		return nil, false
	}
	if from, ok := sel.X.(*ast.Ident); !ok || from.Name != "op" {
		return nil, false
	}
	for _, e := range c.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "Name" {
				return kv.Value, true
			}
		}
	}
	return nil, false
}

// called is the name of a called function or method.
func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// parameter is the place of a function's parameter.
func parameter(fn *ast.FuncDecl, name string) (int, bool) {
	at := 0
	for _, field := range fn.Type.Params.List {
		for _, n := range field.Names {
			if n.Name == name {
				return at, true
			}
			at++
		}
	}
	return 0, false
}

// assigned are the values that a local variable is given.
func assigned(fn *ast.FuncDecl, name string) []ast.Expr {
	var values []ast.Expr
	ast.Inspect(fn, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && len(a.Lhs) == len(a.Rhs) {
			for i, left := range a.Lhs {
				if id, ok := left.(*ast.Ident); ok && id.Name == name {
					values = append(values, a.Rhs[i])
				}
			}
		}
		return true
	})
	return values
}
