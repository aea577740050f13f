package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"hash/crc32"
	"math/big"
	"strings"
)

// Prefix is the beginning of a token and says what it is for, to the program, to
// its owner and to programs that look for leaked secrets. A token is accepted only
// where its prefix belongs.
type Prefix string

// The kinds of tokens. A prefix never changes its meaning.
const (
	Setup      Prefix = "rst_set_" // link that creates the first operator
	Invitation Prefix = "rst_inv_" // link to accept an invitation
	Activation Prefix = "rst_act_" // link to activate an account
	Reset      Prefix = "rst_rst_" // link to set a new password
	Email      Prefix = "rst_eml_" // link that proves control over an address
	Session    Prefix = "rst_ses_" // cookie of a signed-in person
	Operator   Prefix = "rst_opr_" // cookie of a signed-in operator
	Device     Prefix = "rst_dev_" // cookie of a known device
	APIKey     Prefix = "rst_key_" // key of an organization or an operator
	Directory  Prefix = "rst_dir_" // bearer token of a SCIM client or a directory agent
	Client     Prefix = "rst_cli_" // secret of an OpenID Connect client
	Code       Prefix = "rst_cod_" // authorization or device code
	Access     Prefix = "rst_acc_" // opaque access token
	Refresh    Prefix = "rst_ref_" // refresh token
)

const (
	tokenBytes  = 32 // 256 bits
	bodyChars   = 43 // in base 62
	sumChars    = 6  // CRC-32 in base 62
	tokenSuffix = bodyChars + sumChars
)

// Hash is what is stored of a token: its SHA-256. The token has 256 random bits,
// so there is nothing that a slow hash would add.
type Hash [sha256.Size]byte

// Bytes returns a copy of h for a column of a database.
func (h Hash) Bytes() []byte { return h[:] }

// Equal compares in constant time.
func (h Hash) Equal(other Hash) bool { return subtle.ConstantTimeCompare(h[:], other[:]) == 1 }

// NewToken returns a new random token of the given kind and the hash to store.
// Behind the prefix it has 49 characters of 0-9, a-z and A-Z, so that it stands in a
// URL unescaped and is selected by a double click; the last 6 are a check sum over
// the rest.
func NewToken(prefix Prefix) (Clear, Hash) {
	var random [tokenBytes]byte
	_, _ = rand.Read(random[:]) // never fails: the program ends instead
	body := string(prefix) + base62(new(big.Int).SetBytes(random[:]), bodyChars)
	token := body + checksum(body)
	return NewClear(token), sha256.Sum256([]byte(token))
}

// HashToken returns the hash by which a presented token is looked up. It reports
// false for anything that [NewToken] cannot have made with this prefix: another
// kind of token, a truncated or mistyped one, a number that somebody tries. These
// need no look-up. True does not mean that the token was ever issued.
func HashToken(clear string, prefix Prefix) (Hash, bool) {
	if len(clear) != len(prefix)+tokenSuffix || !strings.HasPrefix(clear, string(prefix)) {
		return Hash{}, false
	}
	split := len(clear) - sumChars
	if checksum(clear[:split]) != clear[split:] {
		return Hash{}, false
	}
	return sha256.Sum256([]byte(clear)), true
}

// checksum finds mistakes, not forgeries: anybody can compute it.
func checksum(body string) string {
	return base62(big.NewInt(int64(crc32.ChecksumIEEE([]byte(body)))), sumChars)
}

// base62 writes n with at least width digits.
func base62(n *big.Int, width int) string {
	digits := n.Text(62)
	return strings.Repeat("0", max(width-len(digits), 0)) + digits
}
