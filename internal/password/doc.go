// Package password decides which passwords are good enough ([Policy]), tells
// people how good theirs is ([Strength]) and turns them into hashes that can be
// stored ([Hasher]).
//
// A password is compared exactly as it was typed, after NFKC normalization: two
// keyboards may encode the same letter differently. It is never trimmed, never
// changed in case and never cut off.
package password

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"roster/internal/errs"
)

// MaxRunes is the longest password in code points, before and after
// normalization. Longer ones are refused.
const MaxRunes = 256

// Problem is one reason to refuse a password. Code is part of the API; Message is
// for people, begins in lower case and never repeats the password.
type Problem struct {
	Code    string
	Message errs.Phrase
}

// The codes of problems.
const (
	CodeTooShort    = "too_short"
	CodeTooLong     = "too_long"
	CodeInvalid     = "invalid" // NUL or invalid UTF-8
	CodeTooFewKinds = "too_few_kinds"
	CodeRepeated    = "repeated"    // one of the owner's last, which the rules keep from coming again
	CodeCommon      = "common"      // on the list of leaked and popular passwords
	CodePersonal    = "personal"    // contains what everybody knows about its owner
	CodePredictable = "predictable" // repetitions and sequences
	CodeGuessable   = "guessable"   // made of a few popular words
)

// normalize returns pw in the form that is checked and hashed, or the code of why
// it cannot be a password.
func normalize(pw string) (normal, code string) {
	switch {
	case len(pw) > MaxRunes*utf8.UTFMax:
		return "", CodeTooLong
	case !utf8.ValidString(pw) || strings.IndexByte(pw, 0) >= 0:
		return "", CodeInvalid
	case utf8.RuneCountInString(pw) > MaxRunes:
		return "", CodeTooLong
	}
	normal = norm.NFKC.String(pw)
	if utf8.RuneCountInString(normal) > MaxRunes {
		return "", CodeTooLong
	}
	return normal, ""
}
