package mail

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// MaxName is how many characters of a [Name] a letter shows. It is long enough for real names and too short for an
// advertisement.
const MaxName = 64

// maxQuote bounds what a person may add to a letter in their own words.
const maxQuote = 2000

// Two private-use characters stand around a name inside a formatted sentence. They can only come from [Name]: text
// of people loses all private-use characters.
const (
	nameStart = '\ue000'
	nameEnd   = '\ue001'
)

// zwnj (zero width non-joiner) in front of a dot or colon keeps mail programs from seeing a link in a name such as
// "Click evil.example". It is the one invisible character that we add; those that people type are removed.
const zwnj = '\u200c'

// Name is a value that a person chose, for use in a formatted sentence:
//
//	lang.T(ctx, "%s has invited you to %s", mail.Name(inviter), mail.Name(organization))
//
// It prints as plain text of at most [MaxName] characters, marked so that [Render] sets it off in the HTML, isolates
// its writing direction and keeps mail programs from turning it into a link. It is for letters only: elsewhere the
// marks would show.
type Name string

// String returns the cleaned and marked name.
func (n Name) String() string {
	s := cut(strings.TrimSpace(clean(string(n), false)), MaxName)
	if s == "" {
		return ""
	}
	return string(nameStart) + s + string(nameEnd)
}

// span is a run of text in a letter: our words, or a name, or the end of a line.
type span struct {
	Text  string
	Name  bool
	Break bool
}

// spans splits a string of a letter into its names and the words between them, cleaned.
func spans(s string) []span {
	var out []span
	add := func(text string, name bool) {
		for i, line := range strings.Split(clean(text, true), "\n") {
			if i > 0 {
				out = append(out, span{Break: true})
			}
			if name {
				line = unlink(line)
			}
			if line != "" {
				out = append(out, span{Text: line, Name: name})
			}
		}
	}
	for s != "" {
		before, rest, found := strings.Cut(s, string(nameStart))
		add(before, false)
		if !found {
			break
		}
		name, after, _ := strings.Cut(rest, string(nameEnd))
		add(name, true)
		s = after
	}
	return out
}

// typed are the spans of what an admin wrote: all of it without anything that a mail program would make a link of.
func typed(s string) []span {
	list := spans(s)
	for i, sp := range list {
		if !sp.Name {
			list[i].Text = unlink(sp.Text)
		}
	}
	return list
}

// Unmarked is a text without the marks of [Name], and without anything else that nobody sees.
func Unmarked(s string) string { return strings.TrimSpace(clean(s, true)) }

// flat is a string of a letter as plain text without marks.
func flat(s string) string { return flatten(spans(s)) }

func flatten(list []span) string {
	var b strings.Builder
	for _, sp := range list {
		if sp.Break {
			b.WriteByte('\n')
		}
		b.WriteString(sp.Text)
	}
	return strings.TrimSpace(b.String())
}

// headerText is a string of a letter as the value of a header: one line, and nothing that a mail program would
// decode. Without the space, a name like "=?utf-8?B?…?=" would be shown as what it hides.
func headerText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == nameStart || r == nameEnd {
			return -1
		}
		return r
	}, s)
	return strings.ReplaceAll(strings.TrimSpace(clean(s, false)), "=?", "= ?")
}

// hasLineBreak reports whether s could end a header line early.
func hasLineBreak(s string) bool { return strings.ContainsAny(s, "\r\n\x00") }

// clean returns s as visible text: valid UTF-8 in composed form, white space collapsed, and without the characters
// that are not seen but act (controls, bidirectional overrides, zero-width characters, fillers, private use). With
// lines, line breaks are kept, at most two in a row.
func clean(s string, lines bool) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, ""))
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n").Replace(s)
	var b strings.Builder
	b.Grow(len(s))
	breaks, space := 0, false
	for _, r := range s {
		switch {
		case r == '\n' && lines:
			if breaks++; breaks <= 2 {
				b.WriteByte('\n')
			}
			space = true // also swallows blanks at the start of a line
		case unicode.IsSpace(r):
			if !space {
				b.WriteByte(' ')
			}
			space = true
		case unicode.IsGraphic(r) && !invisible(r):
			b.WriteRune(r)
			breaks, space = 0, false
		}
	}
	return b.String()
}

// invisible reports the characters that Unicode counts as letters, marks or symbols although nothing is drawn.
func invisible(r rune) bool {
	switch r {
	case '\u034f', '\u115f', '\u1160', '\u17b4', '\u17b5', '\u2800', '\u3164', '\uffa0':
		return true
	}
	return r >= 0xe0100 && r <= 0xe01ef // variation selectors that carry hidden data
}

// cut shortens s to n characters, the last of which is then an ellipsis.
func cut(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return strings.TrimRightFunc(string(runes[:n-1]), unicode.IsSpace) + "…"
}

// unlink keeps s readable and stops mail programs from finding addresses in it.
func unlink(s string) string {
	if !strings.ContainsAny(s, ".:@") {
		return s
	}
	var b strings.Builder
	runes := []rune(s)
	for i, r := range runes {
		inside := i > 0 && i+1 < len(runes) && !unicode.IsSpace(runes[i-1]) && !unicode.IsSpace(runes[i+1])
		if inside && strings.ContainsRune(".:@", r) {
			b.WriteRune(zwnj)
		}
		b.WriteRune(r)
	}
	return b.String()
}
