// Package text is the one place that decides what a piece of human text may
// contain and when two pieces count as the same.
//
// Text passes through it once, at the edge: [Clean] for one-line fields (names,
// titles), [CleanLines] for messages and notes. What comes out is safe to put
// into a mail header, a log line or a table cell as far as invisible and control
// characters go; escaping for HTML, CSV or SQL remains the writer's job.
//
// [Key] and [SearchKey] turn cleaned text into columns that both databases
// compare byte by byte: Key decides uniqueness and order, SearchKey what a search
// finds. Every function of this package is idempotent, runs in time linear in its
// input, and is safe for concurrent use.
package text

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"roster/internal/errs"
)

// Codes of [Error]. They are part of the API.
const (
	CodeTooLong = "too_long"     // more code points than the field holds
	CodeInvalid = "invalid_text" // invalid UTF-8, a control character, or a line break in a one-line field
)

// Error says why text was refused. Message is for people, goes on after 'this
// field' and ends without a period; it never repeats the text itself.
type Error struct {
	Code    string
	Message errs.Phrase
}

func (e *Error) Error() string { return e.Message.String() }

// Clean returns s as the value of a one-line field: NFC, without white space at
// its ends, without invisible characters. An empty result is no error; whether a
// field is required is its owner's decision.
//
// Removed silently, because copying from web pages and office programs brings
// them along unseen: zero-width and other default-ignorable characters, soft
// hyphens, and everything that changes the writing direction. ZWJ and ZWNJ stay
// where they join letters of a script that needs them, and a variation selector
// stays behind a visible character.
//
// Refused with an [*Error]: invalid UTF-8, NUL and other control characters,
// line and paragraph separators, and more than maxRunes code points in the
// result. Nothing is ever cut off.
func Clean(s string, maxRunes int) (string, error) {
	return clean(s, maxRunes, false)
}

// Name is [Clean] for a name that somebody typed into a field: what is refused is
// noted in c. Whether it is required is the caller's rule, to be noted after this.
func Name(c *errs.Check, field, given string, maxRunes int) string {
	name, err := Clean(given, maxRunes)
	if e, wrong := errors.AsType[*Error](err); wrong {
		c.Fail(field, e.Code, "The name has at most %d characters, and none that cannot be seen.", maxRunes)
	}
	return name
}

// Cell keeps a spreadsheet from taking what somebody wrote for a formula: it is for
// fields of CSV.
func Cell(s string) string {
	if s != "" && strings.IndexByte("=+-@\t\r\x00", s[0]) >= 0 {
		return "'" + s
	}
	return s
}

// CleanLines is [Clean] for text of several lines. It keeps line feeds and tabs,
// and turns CR LF, CR, NEL and the Unicode line and paragraph separators into
// line feeds.
func CleanLines(s string, maxRunes int) (string, error) {
	return clean(s, maxRunes, true)
}

func clean(s string, maxRunes int, lines bool) (string, error) {
	if !utf8.ValidString(s) {
		return "", &Error{CodeInvalid, errs.Phrased("is not valid UTF-8")}
	}
	if lines {
		s = newlines.Replace(s)
	}
	s = strings.TrimSpace(s)
	for _, r := range s {
		if refused(r) && !(lines && (r == '\n' || r == '\t')) {
			if r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085' {
				return "", &Error{CodeInvalid, errs.Phrased("must be one line")}
			}
			return "", &Error{CodeInvalid, errs.Phrased("contains the control character %U", r)}
		}
	}
	// Dropping a character can bring two together that compose, and can leave
	// white space at an end, hence the second round of both.
	s = strings.TrimSpace(norm.NFC.String(visible(norm.NFC.String(s))))
	if n := utf8.RuneCountInString(s); n > maxRunes {
		return "", &Error{CodeTooLong, errs.Phrased("is %d characters too long, at most %d are allowed", n-maxRunes, maxRunes)}
	}
	return s, nil
}

var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

// refused reports characters that nobody types into a form.
func refused(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}

const (
	zwnj = '\u200c'
	zwj  = '\u200d'
)

// visible drops what cannot be seen.
func visible(s string) string {
	if isASCII(s) {
		return s
	}
	var (
		b    strings.Builder
		kept rune // the last character that stayed, 0 before the first
		base rune // the same, skipping marks that belong to no script of their own
	)
	b.Grow(len(s))
	for i, r := range s {
		if ignorable(r) && !needed(kept, base, r, s[i+utf8.RuneLen(r):]) {
			continue
		}
		b.WriteRune(r)
		kept = r
		if !unicode.Is(unicode.Inherited, r) {
			base = r
		}
	}
	return b.String()
}

// needed reports whether the ignorable r carries meaning between what stands
// before it and rest. The rule for joiners follows RFC 5892, appendix A: after a
// virama always, otherwise only between letters of one of the joining scripts.
func needed(kept, base, r rune, rest string) bool {
	switch {
	case r == zwj || r == zwnj:
		if isVirama(kept) {
			return true
		}
		next, _ := utf8.DecodeRuneInString(rest)
		return unicode.In(base, joining...) && unicode.In(next, joining...) && !ignorable(next)
	case unicode.Is(unicode.Variation_Selector, r):
		return kept != 0 && !ignorable(kept) && !unicode.IsSpace(kept)
	}
	return false
}

// joining are the scripts in which a joiner between two letters changes the word
// and not just its look.
var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mongolian, unicode.Mandaic,
	unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya,
	unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala,
	unicode.Khmer, unicode.Myanmar,
}

// isVirama reports canonical combining class 9, by which Unicode marks the signs
// that remove an inherent vowel.
func isVirama(r rune) bool {
	if r == 0 {
		return false
	}
	return norm.NFC.PropertiesString(string(r)).CCC() == 9
}

// ignorable reports characters that draw nothing: format characters and the
// default-ignorable code points of Unicode.
func ignorable(r rune) bool {
	if r < utf8.RuneSelf {
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
