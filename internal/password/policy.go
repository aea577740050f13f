package password

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn/frequency"

	"roster/internal/errs"
	"roster/internal/text"
)

const (
	// DefaultMinLength is the shortest password that stands alone (NIST SP 800-63B-4).
	DefaultMinLength = 15
	// FloorMinLength is the shortest one that any policy may allow, and only beside
	// an enforced second factor.
	FloorMinLength = 8
)

// product is a word that guessers try first.
const product = "roster"

// minWord is the shortest personal word that counts. Shorter ones occur in too
// many innocent passwords.
const minWord = 4

// Policy says how good a new password must be. The zero value is the default
// policy, which has no rule of composition: such rules make passwords worse, and
// are for those who are bound to have one.
type Policy struct {
	// MinLength is in code points. Zero means DefaultMinLength; less than
	// FloorMinLength means FloorMinLength.
	MinLength int
	// Kinds is how many of four kinds of characters must be there: lower case,
	// upper case, digits, and all others.
	Kinds int
}

// minLength returns the length that really applies.
func (p Policy) minLength() int {
	if p.MinLength == 0 {
		return DefaultMinLength
	}
	return max(p.MinLength, FloorMinLength)
}

// Check returns every reason to refuse pw as a new password, none if it is good.
// context is what an attacker knows about its owner: e-mail address, username,
// names, the name of the organization. It takes about a millisecond,
// and for the worst pw no longer than a hash.
func (p Policy) Check(pw string, context ...string) []Problem {
	normal, code := normalize(pw)
	switch code {
	case CodeTooLong:
		return []Problem{{CodeTooLong, errs.Phrased("is too long: at most %d characters are possible", MaxRunes)}}
	case CodeInvalid:
		return []Problem{{CodeInvalid, errs.Phrased("contains characters that cannot be stored")}}
	}

	var problems []Problem
	// A typed character may normalize to several, and several to one. Neither makes
	// a password longer.
	length := min(utf8.RuneCountInString(normal), utf8.RuneCountInString(pw))
	if missing := p.minLength() - length; missing > 0 {
		problems = append(problems, Problem{CodeTooShort, tooShort(missing, p.minLength())})
	}
	if normal == "" {
		return problems
	}
	if kinds(normal) < p.Kinds {
		problems = append(problems, Problem{CodeTooFewKinds,
			errs.Phrased("needs characters of at least %d kinds: lower case, upper case, digits, others", p.Kinds)})
	}
	switch {
	case isCommon(normal):
		problems = append(problems, Problem{CodeCommon, errs.Phrased("is among the passwords that attackers try first")})
	case isPredictable(normal):
		problems = append(problems, Problem{CodePredictable, errs.Phrased("is a repetition or a sequence")})
	}
	if word := personalWord(normal, context); word != "" {
		problems = append(problems, Problem{CodePersonal, errs.Phrased("contains %q, which is easy to find out", word)})
	}
	if len(problems) == 0 {
		if score, _ := Strength(pw, context...); score < 2 {
			problems = append(problems, Problem{CodeGuessable, errs.Phrased("is too easy to guess; add words that do not belong together")})
		}
	}
	return problems
}

// kinds counts the kinds of characters in pw. Letters without case, spaces and
// signs are of the fourth.
func kinds(pw string) int {
	var lower, upper, digit, other int
	for _, r := range pw {
		switch {
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	return lower + upper + digit + other
}

func tooShort(missing, least int) errs.Phrase {
	if missing == 1 {
		return errs.Phrased("needs 1 more character, at least %d in all", least)
	}
	return errs.Phrased("needs %d more characters, at least %d in all", missing, least)
}

// common is the block list: the leaked and popular passwords that come with
// zxcvbn, as keys.
var common = sync.OnceValue(func() map[string]struct{} {
	list := frequency.FrequencyLists["passwords"]
	set := make(map[string]struct{}, len(list))
	for _, pw := range list {
		set[text.Key(pw)] = struct{}{}
	}
	return set
})

// isCommon looks pw up as it is, without the digits and signs that people put
// around a word, and as what it repeats. Case does not matter.
func isCommon(pw string) bool {
	key := []rune(text.Key(pw))
	bare := strings.TrimFunc(string(key), func(r rune) bool { return !unicode.IsLetter(r) })
	unit := string(key[:period(key)])
	for _, candidate := range [...]string{string(key), bare, unit} {
		if _, found := common()[candidate]; found {
			return true
		}
	}
	return false
}

// isPredictable reports whether hardly anything of pw remains if repetitions and
// sequences are written shorter: "abcabcabcabc", "aaaabbbbcccc", "1234567890",
// "qwertyuiop". Case does not matter.
func isPredictable(pw string) bool {
	const enough = 7 // what remains of a short but ordinary password
	key := []rune(text.Key(pw))
	return content(key[:period(key)]) < enough && len(key) >= FloorMinLength
}

// content counts the characters of s, a run of three or more in a sequence as two:
// where it starts and how it goes on.
func content(s []rune) int {
	n := 0
	for i := 0; i < len(s); {
		run := sequence(s[i:])
		n += min(run, 2)
		i += run
	}
	return n
}

// rows are the sequences that fingers know.
var rows = [...]string{
	"1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm",
}

// sequence returns the length of the longest sequence at the beginning of s: equal
// characters, neighbors in the alphabet or on a keyboard, in either direction. It
// is 1 if there is none of at least three.
func sequence(s []rune) int {
	longest := 1
	for _, next := range [...]func(a, b rune) bool{
		func(a, b rune) bool { return a == b },
		func(a, b rune) bool { return a+1 == b || a == '9' && b == '0' },
		func(a, b rune) bool { return a-1 == b || a == '0' && b == '9' },
		onRow,
		func(a, b rune) bool { return onRow(b, a) },
	} {
		n := 1
		for n < len(s) && next(s[n-1], s[n]) {
			n++
		}
		longest = max(longest, n)
	}
	if longest < 3 {
		return 1
	}
	return longest
}

func onRow(a, b rune) bool {
	pair := string([]rune{a, b})
	for _, row := range rows {
		if strings.Contains(row, pair) {
			return true
		}
	}
	return false
}

// period returns the length of the shortest beginning of s whose repetition gives
// s, the last one possibly cut off. It is len(s) if s is no repetition.
func period(s []rune) int {
	// border[i] is the length of the longest proper prefix of s[:i+1] that is also
	// its suffix (Knuth, Morris, Pratt).
	border := make([]int, len(s))
	for i := 1; i < len(s); i++ {
		n := border[i-1]
		for n > 0 && s[i] != s[n] {
			n = border[n-1]
		}
		if s[i] == s[n] {
			n++
		}
		border[i] = n
	}
	if len(s) == 0 {
		return 0
	}
	if p := len(s) - border[len(s)-1]; 2*p <= len(s) {
		return p
	}
	return len(s)
}

// personalWord returns the first word of context that pw contains, as it is
// written there, or "". Case and accents do not matter.
func personalWord(pw string, context []string) string {
	hay := text.SearchKey(pw)
	for _, word := range personalWords(context) {
		if strings.Contains(hay, text.SearchKey(word)) {
			return word
		}
	}
	return ""
}

// personalWords splits context into words of at least minWord letters, and adds the
// product's name. Of an e-mail address only the local part counts; whole entries
// count also without their spaces and signs.
func personalWords(context []string) []string {
	words := []string{product}
	for _, entry := range context {
		const most = 256 // of one entry; names are shorter
		if len(entry) > most {
			continue
		}
		if local, _, isAddress := strings.Cut(entry, "@"); isAddress {
			entry = local
		}
		parts := strings.FieldsFunc(entry, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
		})
		parts = append(parts, strings.Join(parts, ""))
		for _, word := range parts {
			if utf8.RuneCountInString(word) >= minWord {
				words = append(words, word)
			}
		}
	}
	return words
}
