package web

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"golang.org/x/text/language"

	"roster/internal/lang"
	"roster/internal/web/ui"
)

const langFor = 365 * 24 * time.Hour

// speak puts the visitor's language into the context: the one chosen on a public page, else what the browser asks for.
// A person's own preference comes later, with the frame.
func (k *Kit) speak(r *http.Request) context.Context {
	for _, chosen := range []string{r.URL.Query().Get("lang"), k.read(r, langCookie)} {
		if tag, ok := shipped(chosen); ok {
			return lang.With(r.Context(), tag, nil)
		}
	}
	return lang.With(r.Context(), lang.Match(cleaned(r.Header.Get("Accept-Language"), 256)), nil)
}

// shipped finds the language that Languages offers under this name.
func shipped(name string) (language.Tag, bool) {
	for _, l := range lang.Shipped() {
		if l.Tag.String() == name {
			return l.Tag, true
		}
	}
	return language.Und, false
}

// languages are what a public page offers below it.
func languages(ctx context.Context) []ui.Option {
	var options []ui.Option
	for _, l := range lang.Shipped() {
		name := l.Tag.String()
		options = append(options, ui.Option{Value: name, Label: l.Name, Lang: name, Selected: l.Tag == lang.Tag(ctx)})
	}
	return options
}

// otherFields are the parameters of a public page beside the language: whoever chooses another one stays where they are.
func otherFields(query url.Values) []ui.Pair {
	var fields []ui.Pair
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if name != "lang" {
			for _, value := range query[name] {
				fields = append(fields, ui.Pair{Name: name, Value: value})
			}
		}
	}
	return fields
}

// rememberLanguage keeps what was chosen on this public page for those that follow.
func (c *Context) rememberLanguage() {
	if chosen := c.r.URL.Query().Get("lang"); chosen != "" {
		if _, ok := shipped(chosen); ok {
			c.keep(c.kit.cookie(langCookie, chosen, time.Now().Add(langFor)))
		}
	}
}
