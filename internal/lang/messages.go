package lang

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed all:messages
var files embed.FS

// shipped is every language of the program, English first. A broken file is found by the tests and, should one get
// past them, at the first start.
var shipped = must(load(files))

// Language is one that the program speaks, with the name that its speakers give it.
type Language struct {
	Tag  language.Tag
	Name string
}

// Shipped lists the languages of the program, English first.
func Shipped() []Language {
	list := make([]Language, len(shipped.list))
	for i, c := range shipped.list {
		list[i] = Language{c.tag, c.name}
	}
	return list
}

// Match returns the shipped language that suits the Accept-Language header best; English if none does.
func Match(acceptLanguage string) language.Tag {
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return language.English
	}
	return shipped.nearest(wanted...).tag
}

// forms are the plural forms of one text; languages fill those that they have, and always other.
type forms struct{ Zero, One, Two, Few, Many, Other string }

func (f forms) of(form plural.Form) string {
	text := ""
	switch form {
	case plural.Zero:
		text = f.Zero
	case plural.One:
		text = f.One
	case plural.Two:
		text = f.Two
	case plural.Few:
		text = f.Few
	case plural.Many:
		text = f.Many
	}
	if text == "" {
		return f.Other
	}
	return text
}

// catalog is one language, ready to speak.
type catalog struct {
	tag     language.Tag
	name    string
	texts   map[string]string
	counts  map[string]forms
	printer *message.Printer
	names   *strings.Replacer // of months and days
}

// catalogs are all languages, English first.
type catalogs struct {
	list    []*catalog
	matcher language.Matcher
}

// load reads messages/*.txt and puts English before them.
func load(fsys fs.FS) (*catalogs, error) {
	list := []*catalog{newCatalog(language.English, Messages{Name: "English"})}
	names, err := fs.Glob(fsys, "messages/*.txt")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		tag, err := language.Parse(strings.TrimSuffix(path.Base(name), ".txt"))
		if err != nil {
			return nil, fmt.Errorf("lang: %s: %w", name, err)
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		m, err := ReadMessages(string(text))
		if err != nil {
			return nil, fmt.Errorf("lang: %s: %w", name, err)
		}
		if m.Name == "" {
			return nil, fmt.Errorf("lang: %s: no name", name)
		}
		list = append(list, newCatalog(tag, m))
	}
	tags := make([]language.Tag, len(list))
	for i, c := range list {
		tags[i] = c.tag
	}
	return &catalogs{list, language.NewMatcher(tags)}, nil
}

func newCatalog(tag language.Tag, m Messages) *catalog {
	c := &catalog{tag: tag, name: m.Name, texts: map[string]string{}, counts: map[string]forms{}, printer: message.NewPrinter(tag)}
	for _, e := range m.Entries {
		switch {
		case e.Counts():
			c.counts[e.Key] = formsOf(e.Forms)
		case e.Text != "":
			c.texts[e.Key] = e.Text
		}
	}
	var pairs []string
	for _, name := range calendarNames {
		if translated, ok := c.texts[name]; ok {
			pairs = append(pairs, name, translated)
		}
	}
	c.names = strings.NewReplacer(pairs...)
	return c
}

// nearest returns the catalog that suits the wanted languages best, the first of them first.
func (all *catalogs) nearest(wanted ...language.Tag) *catalog {
	_, i, _ := all.matcher.Match(wanted...)
	return all.list[i]
}

func must(all *catalogs, err error) *catalogs {
	if err != nil {
		panic(err)
	}
	return all
}
