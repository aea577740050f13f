// Package mailaddr is the only place that decides what an e-mail address is and
// when two addresses are the same.
//
// The rules are narrower than RFC 5322 on purpose. Quoted local parts, comments
// and IP literals are legal on the wire, but nobody types them, and every parser
// that read them differently from its neighbor has let somebody into an account.
// There is no folding of dots or plus signs: who owns such a variant is known to
// the mail server only.
package mailaddr

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"roster/internal/errs"
)

// MaxOctets is the longest address that SMTP can carry (RFC 5321, 4.5.3.1.3, less
// the angle brackets). It limits both the spelling and the key.
const MaxOctets = 254

const (
	maxLocalOctets  = 64
	maxDomainOctets = 253
	maxLabelOctets  = 63

	// An address longer than this is refused unread. Decomposed spellings are
	// longer than composed ones, so it lies well above MaxOctets.
	maxInput = 4 * MaxOctets
)

// CodeInvalid is the code of every [*Error]. It is part of the API.
const CodeInvalid = "invalid_email"

// Error says what is wrong with an address.
type Error struct {
	Code   string      // always CodeInvalid
	Reason errs.Phrase // for people, such as "two @"
}

func (e *Error) Error() string { return "not an e-mail address: " + e.Reason.String() }

// Why is what is wrong with an address that [Parse] has refused.
func Why(err error) errs.Phrase {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	return errs.Phrased("it cannot be read")
}

func invalid(why errs.Phrase) (Address, error) {
	return Address{}, &Error{Code: CodeInvalid, Reason: why}
}

// Address is an e-mail address that [Parse] has accepted.
type Address struct {
	// Spelling is the address as it was given, trimmed and in NFC. Pages show it.
	Spelling string
	// Key is the ASCII-lowercased local part, "@", and the domain as lower-case
	// A-labels. Two addresses are the same exactly if their keys are equal.
	Key string
}

// Domain returns the domain of a in lower-case A-labels.
func (a Address) Domain() string {
	return a.Key[strings.LastIndexByte(a.Key, '@')+1:]
}

// Envelope returns the ASCII form of a that mail is sent to: the local part as it
// was spelled, since some servers tell upper from lower case, and the domain in
// A-labels, so that no server needs SMTPUTF8.
func (a Address) Envelope() string {
	return a.Spelling[:strings.LastIndexByte(a.Spelling, '@')+1] + a.Domain()
}

func (a Address) String() string { return a.Spelling }

// Parse reads one bare address, without a display name or angle brackets. White
// space around it is ignored. Failures are of type [*Error].
//
// Parse is idempotent: Parse(a.Spelling) returns a, and the Key of Parse(a.Key) is
// a.Key again.
func Parse(s string) (Address, error) {
	if len(s) > maxInput {
		s = strings.TrimSpace(s)
	}
	switch {
	case len(s) > maxInput:
		return invalid(errs.Phrased("longer than %d bytes", MaxOctets))
	case !utf8.ValidString(s):
		return invalid(errs.Phrased("not valid UTF-8"))
	}
	s = strings.TrimSpace(norm.NFC.String(s))
	switch {
	case s == "":
		return invalid(errs.Phrased("it is empty"))
	case len(s) > MaxOctets:
		return invalid(errs.Phrased("longer than %d bytes", MaxOctets))
	}
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			return invalid(errs.Phrased("it contains white space"))
		case unicode.IsControl(r), invisible(r):
			return invalid(errs.Phrased("it contains the invisible character %U", r))
		}
	}

	local, domain, found := strings.Cut(s, "@")
	switch {
	case !found:
		return invalid(errs.Phrased("no @"))
	case strings.HasPrefix(local, `"`):
		return invalid(errs.Phrased("quotation marks before the @"))
	case strings.Contains(domain, "@@") || strings.HasPrefix(domain, "@") || strings.Count(domain, "@") == 1:
		return invalid(errs.Phrased("two @"))
	case strings.Contains(domain, "@"):
		return invalid(errs.Phrased("more than one @"))
	}
	if reason := checkLocal(local); reason != nil {
		return invalid(*reason)
	}
	ascii, reason := asciiDomain(domain)
	if reason != nil {
		return invalid(*reason)
	}
	a := Address{Spelling: s, Key: strings.ToLower(local) + "@" + ascii}
	if len(a.Key) > MaxOctets || len(a.Envelope()) > MaxOctets {
		return invalid(errs.Phrased("longer than %d bytes", MaxOctets))
	}
	return a, nil
}

// checkLocal returns what is wrong with a local part, which must be a dot-atom of
// RFC 5321, or nil.
func checkLocal(local string) *errs.Phrase {
	if local == "" {
		return wrong(errs.Phrased("nothing before the @"))
	}
	if len(local) > maxLocalOctets {
		return wrong(errs.Phrased("more than %d bytes before the @", maxLocalOctets))
	}
	for _, r := range local {
		switch {
		case r >= utf8.RuneSelf:
			return wrong(errs.Phrased("%q before the @; only ASCII is possible there", r))
		case r == '(' || r == ')':
			return wrong(errs.Phrased("a comment in parentheses"))
		case r != '.' && !isAtext(byte(r)):
			return wrong(errs.Phrased("%q before the @", r))
		}
	}
	switch {
	case local[0] == '.' || local[len(local)-1] == '.':
		return wrong(errs.Phrased("a dot at the start or the end of the part before the @"))
	case strings.Contains(local, ".."):
		return wrong(errs.Phrased("two dots in a row"))
	}
	return nil
}

func isAtext(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}

// wrong is a reason.
func wrong(why errs.Phrase) *errs.Phrase { return &why }

// asciiDomain returns domain as lower-case A-labels, or what is wrong with it.
func asciiDomain(domain string) (ascii string, reason *errs.Phrase) {
	switch {
	case domain == "":
		return "", wrong(errs.Phrased("nothing after the @"))
	case domain[0] == '[':
		return "", wrong(errs.Phrased("an IP address instead of a domain"))
	case strings.ContainsAny(domain, "()"):
		return "", wrong(errs.Phrased("a comment in parentheses"))
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return "", wrong(errs.Phrased("the part after the @ is no domain name"))
	}
	// The key must be its own key. The profile promises that; a name for which it
	// does not hold would be two people in one database, so it is checked.
	if again, err := idna.Lookup.ToASCII(ascii); err != nil || again != ascii {
		return "", wrong(errs.Phrased("the part after the @ is no domain name"))
	}
	labels := strings.Split(ascii, ".")
	for i, label := range labels {
		switch {
		case label == "" && i == len(labels)-1 && i > 0:
			return "", wrong(errs.Phrased("a dot at the end"))
		case label == "" && i == 0:
			return "", wrong(errs.Phrased("a dot after the @"))
		case label == "":
			return "", wrong(errs.Phrased("two dots in a row"))
		case len(label) > maxLabelOctets:
			return "", wrong(errs.Phrased("a part of the domain is longer than %d characters", maxLabelOctets))
		}
	}
	switch {
	case len(ascii) > maxDomainOctets:
		return "", wrong(errs.Phrased("the domain is longer than %d characters", maxDomainOctets))
	case len(labels) == 1:
		return "", wrong(errs.Phrased("no dot after the @"))
	case strings.Trim(labels[len(labels)-1], "0123456789") == "":
		return "", wrong(errs.Phrased("an IP address instead of a domain"))
	}
	return ascii, nil
}

// invisible reports characters that draw nothing. IDNA would drop some of them
// silently, and then two different spellings would look the same.
func invisible(r rune) bool {
	return r >= utf8.RuneSelf &&
		unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// KeyOf is the key of an address that has been parsed before, and the text
// itself of what is none.
func KeyOf(spelling string) string {
	a, err := Parse(spelling)
	if err != nil {
		return spelling
	}
	return a.Key
}
