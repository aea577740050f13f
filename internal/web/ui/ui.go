package ui

import (
	"context"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"

	"github.com/a-h/templ"
)

// Pair is a value that a form carries along, as a hidden field or in the query.
type Pair struct{ Name, Value string }

// Option is one of several values: of a Select, of Picks, of a Filter.
type Option struct {
	Value, Label string
	Count        string // how many there are, already written
	Lang         string // of the label, where it is not the page's
	Selected     bool
}

// Tone says what a message is: information, done, look at this, failed.
type Tone string

// The tones.
const (
	Neutral Tone = ""
	Good    Tone = "ok"
	Caution Tone = "warn"
	Bad     Tone = "danger"
)

func (t Tone) icon() Icon {
	switch t {
	case Good:
		return "check"
	case Caution:
		return "alert"
	case Bad:
		return "stop"
	}
	return "info"
}

// class is the class name itself and, for other tones than Neutral, its variant: notice notice-warn.
func (t Tone) class(base string) string {
	if t == Neutral {
		return base
	}
	return base + " " + base + "-" + string(t)
}

// Text is plain text where a component is asked for.
type Text string

// Render implements templ.Component.
func (t Text) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, html.EscapeString(string(t)))
	return err
}

// Name is what a person or an organization chose to be called. It keeps its own direction, whatever stands around it.
type Name string

// Render implements templ.Component.
func (n Name) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, "<bdi>"+html.EscapeString(string(n))+"</bdi>")
	return err
}

// Group is several components, one after the other.
type Group []templ.Component

// Render implements templ.Component.
func (g Group) Render(ctx context.Context, w io.Writer) error {
	for _, c := range g {
		if err := c.Render(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

var hexColor = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// BrandCSS returns the stylesheet that gives an organization's pages its color (#rrggbb). It is served at an address of
// its own, since pages hold no style; see [Org].
func BrandCSS(color string) (string, error) {
	if !hexColor.MatchString(color) {
		return "", fmt.Errorf("ui: %q is no color like #3a57d0", color)
	}
	return ":root { --brand: " + color + "; }\n", nil
}

// classes joins the class names that are not empty.
func classes(names ...string) string {
	kept := names[:0]
	for _, name := range names {
		if name != "" {
			kept = append(kept, name)
		}
	}
	return strings.Join(kept, " ")
}

// when returns class if the condition holds, else nothing.
func when(condition bool, class string) string {
	if condition {
		return class
	}
	return ""
}

// or returns the first value that is not empty.
func or(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
