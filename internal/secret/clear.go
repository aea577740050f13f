package secret

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

// redacted is what every kind of output shows of a secret, an empty one too.
const redacted = "[secret]"

// Clear is a secret in clear text. fmt, log/slog and both JSON packages print it
// as "[secret]", inside other values too; it can be decoded from JSON and from
// text, so that it serves in the input of a request. The only way to its content
// is [Clear.Reveal], which a reader can search for. The zero value is an empty
// secret.
type Clear struct {
	// A pointer, because fmt calls no methods on unexported fields: of a Clear in
	// such a field it prints an address, where a string would be printed in full.
	p *string
}

// NewClear returns s as a secret.
func NewClear(s string) Clear { return Clear{&s} }

// Reveal returns the secret. Call it where it leaves the program (the answer or
// the mail that hands it over) or is used up (a hash, a connection), and do not
// keep the result.
func (c Clear) Reveal() string {
	if c.p == nil {
		return ""
	}
	return *c.p
}

// IsZero reports whether the secret is empty.
func (c Clear) IsZero() bool { return c.Reveal() == "" }

// Equal compares the contents in constant time. The operator == does not compare
// contents.
func (c Clear) Equal(other Clear) bool {
	return subtle.ConstantTimeCompare([]byte(c.Reveal()), []byte(other.Reveal())) == 1
}

// String implements [fmt.Stringer].
func (Clear) String() string { return redacted }

// Format implements [fmt.Formatter] for every verb, %x and %#v included.
func (Clear) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue implements [slog.LogValuer].
func (Clear) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements [encoding.TextMarshaler], and through it JSON.
func (Clear) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// UnmarshalText implements [encoding.TextUnmarshaler], and through it JSON.
func (c *Clear) UnmarshalText(text []byte) error {
	*c = NewClear(string(text))
	return nil
}
