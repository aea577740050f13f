package ui

import (
	"strings"
	"unicode"
)

// Initials are what stands in an Avatar: the first letters of the first and the last word of a name, one for a single
// word. Names of other scripts give what stands first in them.
func Initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == '@' || r == '.' })
	if len(words) == 0 {
		return ""
	}
	initials := first(words[0])
	if last := words[len(words)-1]; len(words) > 1 && !strings.Contains(name, "@") {
		initials += first(last)
	}
	return initials
}

func first(word string) string {
	for _, r := range word {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if unicode.Is(unicode.Georgian, r) { // its capitals are for whole words, and few fonts have them
				return string(r)
			}
			return string(unicode.ToUpper(r))
		}
	}
	return ""
}
