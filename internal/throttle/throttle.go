// Package throttle slows down those who guess.
//
// What is guessed at (an account) and where it comes from (a network) have a
// counter each, which lives in the database: it survives restarts, and all
// nodes share it. A try is counted before anybody looks at what was tried, in a
// transaction of its own that commits whatever comes of the try. A sign-in is
// therefore three steps:
//
//	counted  a quiet, relaxed command calls Count for the network and for the
//	         account, and stops with Refusal if either answers a wait
//	checked  the password is verified, outside of any transaction
//	settled  after a success, the command that starts the session calls Clear
//	         for the account and Forgive for the network
//
// The first tries are free. Then each one doubles the time until the next, up
// to a quarter of an hour; a try before that time is refused, but not counted.
// The delays are the same whether the account exists or not, so they tell
// nothing. Whether to count for the account at all, or for the known device of
// its owner instead, is the caller's decision: an attacker keeps an account's
// counter high, and must not keep its owner out with that.
package throttle

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"strings"
	"time"

	"roster/internal/errs"
)

// Key is one thing that is counted. It holds a hash, so that the table tells
// nobody which addresses were tried.
type Key struct {
	hash  string
	limit limit
}

// limit says how patient a counter is.
type limit struct {
	free   int           // tries without a delay
	memory time.Duration // a counter that rests for so long begins again
}

// The limits. Behind one network sits a whole office, so it may do more, and
// its delays begin when people would have noticed.
var (
	ofAccount = limit{free: 5, memory: 24 * time.Hour}
	ofNetwork = limit{free: 100, memory: time.Hour}
)

// longest is the longest delay.
const longest = 15 * time.Minute

// Account is the counter of one account. parts name it in the one form that all
// spellings of it have (keys, not what somebody typed), beginning with what is
// tried and where: "signin", the organization, the e-mail key.
func Account(parts ...string) Key { return newKey("account", ofAccount, parts) }

// Network is the counter of the network that a client's address lies in: /24 of
// IPv4, /56 of IPv6, which is what one customer of a provider gets. plane keeps
// what is counted for different things apart. What is no address is a network
// of its own, shared by all such clients.
func Network(plane, address string) Key {
	return newKey("network", ofNetwork, []string{plane, network(address)})
}

func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return "unknown"
	}
	bits := 56
	if ip = ip.Unmap(); ip.Is4() {
		bits = 24
	}
	prefix, err := ip.WithZone("").Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return prefix.String()
}

func newKey(kind string, l limit, parts []string) Key {
	sum := sha256.Sum256([]byte(kind + "\x00" + strings.Join(parts, "\x00")))
	return Key{hash: hex.EncodeToString(sum[:]), limit: l}
}

// delay is the time between the n-th try and the next one.
func (l limit) delay(n int) time.Duration {
	if n < l.free {
		return 0
	}
	return min(time.Second<<min(n-l.free, 20), longest)
}

// Refusal is the one answer to whoever has to wait.
func Refusal(wait time.Duration) *errs.Error {
	return errs.TooMany("too_many_attempts", wait, "There were too many attempts. Wait %s, then try again.", words(wait))
}

// words says a delay, rounded up.
func words(wait time.Duration) errs.Phrase {
	seconds, minutes := int((wait+time.Second-1)/time.Second), int((wait+time.Minute-1)/time.Minute)
	switch {
	case seconds == 1:
		return errs.Phrased("a second")
	case seconds < 60:
		return errs.Phrased("%d seconds", seconds)
	case minutes == 1:
		return errs.Phrased("a minute")
	}
	return errs.Phrased("%d minutes", minutes)
}
