package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// unknownAddress stands for a peer without an IP address, such as one on a Unix socket. Counters by address then have
// one key for all of them, and not none.
const unknownAddress = "unknown"

// maxHops is how many proxies are believed in a row.
const maxHops = 32

// client decides from where r comes, and deletes every header that could be taken for an answer to that question.
//
// The peer is who we talk to. If it is a trusted proxy, its last entry in X-Forwarded-For or Forwarded is who it talks
// to, and so on: the client is the first one, from the right, that is no trusted proxy. What stands left of it is what
// a client made up. An entry that cannot be read ends the walk at the proxy that wrote it; two headers that disagree
// count as none, since a proxy writes one and passes the other on unread.
func (k *Kit) client(r *http.Request) string {
	peer, ok := parseHop(r.RemoteAddr)
	by, forwarded := r.Header["X-Forwarded-For"], r.Header["Forwarded"]
	scrub(r.Header)
	switch {
	case !ok:
		return unknownAddress
	case !k.trusts(peer):
		return peer.String()
	}
	found := peer
	if len(by) > 0 {
		found = k.walk(peer, hops(by, func(entry string) string { return entry }))
	}
	if len(forwarded) > 0 {
		other := k.walk(peer, hops(forwarded, forParameter))
		if len(by) > 0 && other != found {
			return peer.String()
		}
		found = other
	}
	return found.String()
}

// walk goes from the peer to the left while proxies are trusted.
func (k *Kit) walk(peer netip.Addr, hops []string) netip.Addr {
	at := peer
	for i := len(hops) - 1; i >= 0 && len(hops)-i <= maxHops; i-- {
		next, ok := parseHop(hops[i])
		if !ok {
			return at
		}
		if at = next; !k.trusts(at) {
			return at
		}
	}
	return at
}

func (k *Kit) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(k.proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// hops are the entries of a header that may stand in several lines, read with address.
func hops(lines []string, address func(string) string) []string {
	entries := strings.Split(strings.Join(lines, ","), ",")
	for i, entry := range entries {
		entries[i] = address(strings.TrimSpace(entry))
	}
	return entries
}

// forParameter is the value of for= in an entry of Forwarded (RFC 7239), empty if there is none.
func forParameter(entry string) string {
	for pair := range strings.SplitSeq(entry, ";") {
		if name, value, _ := strings.Cut(strings.TrimSpace(pair), "="); strings.EqualFold(name, "for") {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}

// parseHop reads an address with or without a port. Zones are dropped, and IPv4 in IPv6 is IPv4, so that one client has
// one spelling.
func parseHop(s string) (netip.Addr, bool) {
	if with, err := netip.ParseAddrPort(s); err == nil {
		return with.Addr().WithZone("").Unmap(), true
	}
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		s = s[1 : len(s)-1]
	}
	plain, err := netip.ParseAddr(s)
	return plain.WithZone("").Unmap(), err == nil
}

// claims are headers by which clients and proxies say who somebody is or what they meant to ask. Only their lower case
// with hyphens is compared: X_Forwarded_For means the same to some programs.
var claims = map[string]bool{
	"forwarded": true, "x-real-ip": true, "x-client-ip": true, "x-cluster-client-ip": true, "true-client-ip": true,
	"cf-connecting-ip": true, "cf-connecting-ipv6": true, "fastly-client-ip": true, "x-original-url": true,
	"x-rewrite-url": true, "x-original-host": true, "x-host": true, "x-http-method-override": true, "x-method-override": true,
	"x-http-method": true,
}

// scrub deletes them. A trusted proxy's are gone too: what counted is known by now, and nobody else should ask.
func scrub(h http.Header) {
	for name := range h {
		plain := strings.ReplaceAll(strings.ToLower(name), "_", "-")
		if claims[plain] || strings.HasPrefix(plain, "x-forwarded") {
			delete(h, name)
		}
	}
}
