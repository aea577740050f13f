// Package phone reads telephone numbers in any form that people of a country
// write, and holds what a contact form needs to know about the world besides:
// countries, languages and time zones.
//
// All data is compiled in. Nothing here depends on the files or the settings of
// the machine.
package phone

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// CodeInvalid is the code of every [*Error]. It is part of the API.
const CodeInvalid = "invalid_phone"

// Error says what is wrong with a number. Reason is for people.
type Error struct {
	Code   string // always CodeInvalid
	Reason string
}

func (e *Error) Error() string { return "not a phone number: " + e.Reason }

func invalid(format string, args ...any) (string, error) {
	return "", &Error{Code: CodeInvalid, Reason: fmt.Sprintf(format, args...)}
}

// maxInput is longer than any way of writing a number of at most 15 digits.
const maxInput = 64

// Parse returns s as an E.164 number, such as "+46701234567". A number without a
// leading + is read as people in country (ISO 3166-1 alpha-2, or "" if unknown)
// would dial it. Failures are of type [*Error].
//
// The number must be possible in its numbering plan: known country code, right
// length. Whether the range is in use is not asked, since plans change faster than
// installations are updated. Extensions are refused, because E.164 has no place for
// them and dropping one reaches somebody else. Parse(e164, "") returns e164.
func Parse(s, country string) (e164 string, err error) {
	s = strings.TrimSpace(s)
	country = strings.ToUpper(country)
	switch {
	case s == "":
		return invalid("it is empty")
	case len(s) > maxInput:
		return invalid("it is too long")
	case !utf8.ValidString(s):
		return invalid("not valid UTF-8")
	case strings.IndexFunc(s, isLetter) >= 0:
		// The library would dial letters as on an old keypad, and read URIs.
		return invalid("it contains letters")
	}
	if country == "" && !strings.HasPrefix(s, "+") && !strings.HasPrefix(s, "＋") {
		return invalid("without a country it must begin with + and the country code")
	}
	e164, err = parse(s, country)
	if err != nil {
		return "", err
	}
	// A few nonsense numbers, mostly zeros, lose another digit when read again. What
	// is stored must mean itself.
	if again, err := parse(e164, ""); err != nil || again != e164 {
		return invalid("it cannot be read as a number")
	}
	return e164, nil
}

func parse(s, country string) (e164 string, err error) {
	number, err := phonenumbers.Parse(s, country)
	switch {
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode):
		return invalid("no such country code")
	case errors.Is(err, phonenumbers.ErrTooShortNSN), errors.Is(err, phonenumbers.ErrTooShortAfterIDD):
		return invalid("it is too short")
	case errors.Is(err, phonenumbers.ErrNumTooLong):
		return invalid("it is too long")
	case err != nil:
		return invalid("it cannot be read as a number")
	case number.GetExtension() != "":
		return invalid("extensions cannot be stored")
	}
	switch phonenumbers.IsPossibleNumberWithReason(number) {
	case phonenumbers.IS_POSSIBLE:
		return phonenumbers.Format(number, phonenumbers.E164), nil
	case phonenumbers.IS_POSSIBLE_LOCAL_ONLY:
		return invalid("the area code is missing")
	case phonenumbers.TOO_SHORT:
		return invalid("it is too short")
	case phonenumbers.TOO_LONG:
		return invalid("it is too long")
	case phonenumbers.INVALID_COUNTRY_CODE:
		return invalid("no such country code")
	default:
		return invalid("it has the wrong length")
	}
}

func isLetter(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

// Spaced writes an E.164 number as people read it, +46 70 123 45 67. What is no
// number comes back as it is.
func Spaced(e164 string) string {
	number, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return e164
	}
	return phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
}
