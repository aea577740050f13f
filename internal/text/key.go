package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Key returns the form of s that decides whether two names are the same, and
// their order in lists: NFKC, case-folded, default-ignorable characters removed,
// white space trimmed and runs of it reduced to one space. Accents stay: Moller
// and Möller are two people. Invalid UTF-8 becomes U+FFFD.
//
// The key can be longer than s (ﷺ is eighteen characters), so limit s first.
func Key(s string) string {
	if isASCII(s) {
		return strings.Join(strings.Fields(strings.ToLower(s)), " ")
	}
	return fixed(strings.ToValidUTF8(s, "\ufffd"), func(s string) string {
		return norm.NFKC.String(fold(norm.NFKC.String(s)))
	})
}

// SearchKey returns the form of s in which search compares: [Key] without accents
// and with the letters that Unicode does not decompose spelled in ASCII, so that
// 'soren', 'sören' and 'Søren' find each other. Never use it for uniqueness.
func SearchKey(s string) string {
	s = Key(s)
	if isASCII(s) {
		return s
	}
	return fixed(s, func(s string) string {
		bare := strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, norm.NFKD.String(s))
		return norm.NFKC.String(fold(plain.Replace(bare)))
	})
}

// plain spells the Latin letters that have no canonical decomposition.
var plain = strings.NewReplacer(
	"æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ħ", "h", "ı", "i", "ŧ", "t",
)

// fold removes what cannot be seen, folds case and reduces white space.
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		if ignorable(r) {
			return -1
		}
		return r
	}, s)
	// A Caser may carry state, so each call has its own.
	return strings.Join(strings.Fields(cases.Fold().String(s)), " ")
}

// fixed applies f until nothing changes. One round is almost always enough;
// Unicode has a handful of characters whose folded form normalizes to something
// that folds again. The bound only guards against a mistake in f.
func fixed(s string, f func(string) string) string {
	for range 4 {
		next := f(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}
