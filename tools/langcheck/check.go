package main

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"roster/internal/lang"
)

// verb is a verb of package fmt.
var verb = regexp.MustCompile(`%(?:\[\d+\])?[a-zA-Z%]`)

// report is what is wrong with one catalogue. Missing are lines of it that only lack the translation.
type report struct {
	Language string
	Missing  []string
	Unused   []string
	Twice    []string
	Wrong    []string // another choice of verbs or plural forms than the text has
}

func (r report) clean() bool {
	return len(r.Missing)+len(r.Unused)+len(r.Twice)+len(r.Wrong) == 0
}

func (r report) String() string {
	var out strings.Builder
	for _, part := range []struct {
		title string
		lines []string
	}{
		{"lacks", r.Missing}, {"has no use any more for", r.Unused}, {"has twice", r.Twice}, {"does not say the same", r.Wrong},
	} {
		if len(part.lines) > 0 {
			fmt.Fprintf(&out, "%s %s:\n%s\n\n", r.Language, part.title, strings.Join(part.lines, "\n"))
		}
	}
	return out.String()
}

// formsOf are the plural forms that a shipped language has. A language with others gets a case of its own.
func formsOf(language string) []string {
	switch language {
	default: // de, es, fr, sv
		return []string{"one", "other"}
	}
}

// catalogues reads the catalogues of a folder, by their file names.
func catalogues(folder fs.FS) (map[string]lang.Messages, error) {
	names, err := fs.Glob(folder, "*.txt")
	if err != nil {
		return nil, err
	}
	all := map[string]lang.Messages{}
	for _, name := range names {
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		if all[name], err = lang.ReadMessages(string(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return all, nil
}

// wanted adds the words of dates, which stand in no call.
func (f found) wanted() found {
	f.texts = maps.Clone(f.texts)
	for _, name := range lang.CalendarNames() {
		f.texts[name] = "internal/lang/time.go"
	}
	return f
}

// check holds one catalogue to what the sources say.
func check(name string, m lang.Messages, f found) report {
	r := report{Language: strings.TrimSuffix(path.Base(name), ".txt")}
	texts, counts := map[string]bool{}, map[string]bool{}
	for _, e := range m.Entries {
		there, used := texts, f.texts[e.Key] != ""
		if e.Counts() {
			there, used = counts, f.counts[e.Key] != count{}
		}
		switch {
		case !used:
			r.Unused = append(r.Unused, e.String())
		case there[e.Key]:
			r.Twice = append(r.Twice, e.String())
		case e.Counts():
			r.Wrong = append(r.Wrong, wrongForms(r.Language, e, f.counts[e.Key])...)
		case e.Text == "":
			r.Missing = append(r.Missing, e.String())
		case verbs(e.Text) != verbs(e.Key):
			r.Wrong = append(r.Wrong, e.String())
		}
		there[e.Key] = true
	}
	for _, text := range slices.Sorted(maps.Keys(f.texts)) {
		if !texts[text] {
			r.Missing = append(r.Missing, lang.Entry{Key: text}.String())
		}
	}
	for _, one := range slices.Sorted(maps.Keys(f.counts)) {
		if !counts[one] {
			forms := map[string]string{}
			for _, form := range formsOf(r.Language) {
				forms[form] = ""
			}
			r.Missing = append(r.Missing, lang.Entry{Key: one, Forms: forms}.String())
		}
	}
	return r
}

// wrongForms are the entry itself if its forms are not those of the language, or say something else.
func wrongForms(language string, e lang.Entry, c count) []string {
	wrong := len(e.Forms) != len(formsOf(language))
	for _, form := range formsOf(language) {
		text := e.Forms[form]
		// 'One field needs a correction' may leave its number out.
		if text == "" || verbs(text) != verbs(c.other) && (form != "one" || verbs(text) != verbs(e.Key)) {
			wrong = true
		}
	}
	if wrong {
		return []string{e.String()}
	}
	return nil
}

// verbs are the verbs of a format, sorted and without their positions. One that is said twice counts once.
func verbs(format string) string {
	var list []string
	for _, v := range verb.FindAllString(format, -1) {
		if kind := v[len(v)-1:]; kind != "%" {
			list = append(list, kind)
		}
	}
	slices.Sort(list)
	return strings.Join(list, "")
}

// tidy is the catalogue without what is unused, and without lines that are there twice and the same.
func tidy(m lang.Messages, f found) lang.Messages {
	seen := map[string]bool{}
	m.Entries = slices.DeleteFunc(slices.Clone(m.Entries), func(e lang.Entry) bool {
		unused := f.texts[e.Key] == ""
		if e.Counts() {
			unused = f.counts[e.Key] == count{}
		}
		again := seen[e.String()]
		seen[e.String()] = true
		return unused || again
	})
	return m
}
