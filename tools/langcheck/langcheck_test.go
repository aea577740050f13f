package main

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"roster/internal/lang"
)

// TestEverythingIsTranslated fails for every text that a shipped language lacks, and for every one that it has no use
// for. make lang prints the same.
func TestEverythingIsTranslated(t *testing.T) {
	f, err := scan(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	f = f.wanted()
	if len(f.texts) < 500 {
		t.Fatalf("only %d texts found: the walk is broken", len(f.texts))
	}
	for _, place := range f.unclear {
		t.Errorf("%s: the text must be a literal; see lang.Key and errs.Phrased", place)
	}
	all, err := catalogues(os.DirFS("../../internal/lang/messages"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if r := check(name, all[name], f); !r.clean() {
			t.Errorf("make lang says:\n%s", r)
		}
	}
	if shipped := lang.Shipped(); len(shipped) != len(all)+1 {
		t.Errorf("%d languages are shipped, with %d catalogues", len(shipped), len(all))
	}
}

func TestScan(t *testing.T) {
	f, err := scan(os.DirFS("testdata"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"A field is wrong: %s.", "A state", "A title", "By hand.", "It is so.", "See users", "Two lines", "no @"}
	if got := slices.Sorted(maps.Keys(f.texts)); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	if f.counts["%d seat"].other != "%d seats" {
		t.Errorf("counts: %v", f.counts)
	}
	if len(f.unclear) != 2 || !strings.Contains(f.unclear[0], "page.go") || !strings.Contains(f.unclear[1], "another plural") {
		t.Errorf("unclear: %q, want the call with a variable, and the plural that differs", f.unclear)
	}
}

func TestReport(t *testing.T) {
	f := found{
		texts:  map[string]string{"Users": "x", "%s of %d": "x", "Save": "x"},
		counts: map[string]count{"%d seat": {"%d seats", "x"}, "One seat": {"%d seats", "x"}, "%d day": {"%d days", "x"}},
	}
	m, err := lang.ReadMessages(`"": "Deutsch"
"%s of %d": "%[2]d von %[1]d"
"Users": "Benutzer"
"Users": "Anwender"
"Users": "Benutzer"
"Gone": "Weg"
"Save": ""
"%d seat": {"one": "%d Platz"}
"One seat": {"one": "Ein Platz", "other": "%d Plätze"}
`)
	if err != nil {
		t.Fatal(err)
	}
	r := check("de.txt", m, f)
	if want := []string{`"Save": ""`, `"%d day": {"one": "", "other": ""}`}; !slices.Equal(r.Missing, want) {
		t.Errorf("missing %q", r.Missing)
	}
	if want := []string{`"Gone": "Weg"`}; !slices.Equal(r.Unused, want) {
		t.Errorf("unused %q", r.Unused)
	}
	if want := []string{`"Users": "Anwender"`, `"Users": "Benutzer"`}; !slices.Equal(r.Twice, want) {
		t.Errorf("twice %q", r.Twice)
	}
	if want := []string{`"%s of %d": "%[2]d von %[1]d"`, `"%d seat": {"one": "%d Platz"}`}; !slices.Equal(r.Wrong, want) {
		t.Errorf("wrong %q", r.Wrong)
	}
	if tidied := tidy(m, f).Write(); strings.Contains(tidied, "Weg") || strings.Count(tidied, "Benutzer") != 1 || !strings.Contains(tidied, "Anwender") {
		t.Errorf("tidied:\n%s", tidied)
	}
}
