// Package id makes the identifiers of everything that has one.
//
// An id is a typed prefix and 26 characters of Crockford base32: 48 bits of
// milliseconds, so that ids sort by time, and 80 random bits, so that nobody
// guesses one. Ids are made by the server only and never used again. Each noun
// has a type of its own, so that the compiler refuses a team's id where a
// user's belongs.
package id

import (
	"crypto/rand"
	"strings"
	"time"
)

// The nouns. The zero value of each means 'none'.
type (
	Org          string
	User         string
	Operator     string
	Invitation   string
	Session      string
	Link         string
	Key          string
	Event        string
	Letter       string
	Role         string
	Group        string
	Team         string
	Contact      string
	Domain       string
	Subscription string
	Account      string
	Number       string
	Field        string
	SeatPool     string
	Lease        string
)

// Prefix implements Noun.
func (Org) Prefix() string          { return "org_" }
func (User) Prefix() string         { return "usr_" }
func (Operator) Prefix() string     { return "opr_" }
func (Invitation) Prefix() string   { return "inv_" }
func (Session) Prefix() string      { return "ses_" }
func (Link) Prefix() string         { return "lnk_" }
func (Key) Prefix() string          { return "key_" }
func (Event) Prefix() string        { return "evt_" }
func (Letter) Prefix() string       { return "let_" }
func (Role) Prefix() string         { return "rol_" }
func (Group) Prefix() string        { return "grp_" }
func (Team) Prefix() string         { return "tea_" }
func (Contact) Prefix() string      { return "con_" }
func (Domain) Prefix() string       { return "dom_" }
func (Subscription) Prefix() string { return "sub_" }
func (Account) Prefix() string      { return "acc_" }
func (Number) Prefix() string       { return "num_" }

// Prefix implements Noun.
func (Field) Prefix() string { return "fld_" }

// Prefix implements Noun.
func (SeatPool) Prefix() string { return "pol_" }

// Prefix implements Noun.
func (Lease) Prefix() string { return "lea_" }

// Noun is any of the id types above.
type Noun interface {
	~string
	Prefix() string
}

const (
	alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
	length   = 26
)

// New makes an id at the given time. It never returns the same one twice.
func New[N Noun](at time.Time) N {
	var raw [16]byte
	ms := uint64(at.UnixMilli())
	for i := range 6 {
		raw[i] = byte(ms >> (40 - 8*i))
	}
	rand.Read(raw[6:]) // never fails: crypto/rand ends the process first
	var none N
	return N(none.Prefix() + encode(raw))
}

// Valid reports whether s has the form of an N: it does not say that one exists.
func Valid[N Noun](s string) bool {
	var none N
	rest, ok := strings.CutPrefix(s, none.Prefix())
	return ok && len(rest) == length && strings.Trim(rest, alphabet) == ""
}

// encode writes 128 bits as 26 characters, five bits each, most significant first.
func encode(raw [16]byte) string {
	out := make([]byte, length)
	var acc uint64
	bits, at := 0, length
	for i := len(raw) - 1; i >= 0; i-- {
		acc |= uint64(raw[i]) << bits
		bits += 8
		for bits >= 5 {
			at--
			out[at] = alphabet[acc&31]
			acc >>= 5
			bits -= 5
		}
	}
	out[at-1] = alphabet[acc&31]
	return string(out)
}
