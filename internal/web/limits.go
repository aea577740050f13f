package web

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"roster/internal/errs"
)

// Limits of a request. They are checked before anything is parsed.
const (
	defaultBody = 1 << 20
	maxHeader   = 32 << 10
	maxQuery    = 4 << 10
	maxParams   = 50
	maxCookies  = 50
)

// readable refuses what no code behind it should have to expect: queries and cookies beyond their limits, and
// addresses that are no text. PostgreSQL refuses invalid UTF-8 and NUL, which would look like a failure of ours.
func readable(r *http.Request) error {
	cookies := 0
	for _, line := range r.Header["Cookie"] {
		cookies += strings.Count(line, ";") + 1
	}
	switch {
	case cookies > maxCookies:
		return errs.Malformed("too_many_cookies", "The browser sent more than %d cookies. Delete the cookies of this site and sign in again.", maxCookies)
	case len(r.URL.RawQuery) > maxQuery:
		return errs.Malformed("query_too_long", "The query of this address is longer than %d bytes.", maxQuery)
	case strings.Count(r.URL.RawQuery, "&") >= maxParams:
		return errs.Malformed("too_many_parameters", "The query of this address has more than %d parameters.", maxParams)
	case !isText(r.URL.Path) || strings.ContainsAny(r.URL.Path, "\r\n\t"):
		return errs.NotFound()
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return errs.Malformed("invalid_parameter", "The query of this address cannot be read.")
	}
	for name, values := range query {
		for _, value := range append(values, name) {
			if !isText(value) {
				return errs.Malformed("invalid_parameter", "The query of this address holds what is no text.")
			}
		}
	}
	return nil
}

// isText reports whether s is valid UTF-8 without control characters other than line breaks and tabs.
func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	})
}

// cleaned is text that a client chose, as one line of at most limit bytes, for logs and lists.
func cleaned(s string, limit int) string {
	s = s[:min(len(s), limit)]
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || r == utf8.RuneError {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}
