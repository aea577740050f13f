package web

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

// S-075: nobody chooses the address that counters use.
func TestClientAddress(t *testing.T) {
	const direct, inner, outer = "203.0.113.7:4711", "10.0.0.1:1", "10.0.0.2"
	for name, c := range map[string]struct {
		peer string
		h    http.Header
		want string
	}{
		"direct":                      {direct, nil, "203.0.113.7"},
		"direct, forged":              {direct, http.Header{"X-Forwarded-For": {"1.2.3.4"}}, "203.0.113.7"},
		"direct, forged as Forwarded": {direct, http.Header{"Forwarded": {"for=1.2.3.4"}}, "203.0.113.7"},
		"direct, forged as X-Real-IP": {direct, http.Header{"X-Real-Ip": {"1.2.3.4"}}, "203.0.113.7"},
		"direct, unreadable":          {direct, http.Header{"X-Forwarded-For": {"a"}}, "203.0.113.7"},
		"direct, many":                {direct, http.Header{"X-Forwarded-For": {strings.Repeat("1.2.3.4,", 200)}}, "203.0.113.7"},
		"proxy":                       {inner, http.Header{"X-Forwarded-For": {"198.51.100.9"}}, "198.51.100.9"},
		"proxy, silent":               {inner, nil, "10.0.0.1"},
		"proxy, forged left":          {inner, http.Header{"X-Forwarded-For": {"1.2.3.4, 198.51.100.9"}}, "198.51.100.9"},
		"proxy, forged in own line":   {inner, http.Header{"X-Forwarded-For": {"1.2.3.4", "198.51.100.9"}}, "198.51.100.9"},
		"proxy, forged as proxy":      {inner, http.Header{"X-Forwarded-For": {"1.2.3.4, 10.0.0.9, 198.51.100.9"}}, "198.51.100.9"},
		"proxy, forged X-Real-IP":     {inner, http.Header{"X-Real-Ip": {"1.2.3.4"}}, "10.0.0.1"},
		"two proxies":                 {inner, http.Header{"X-Forwarded-For": {"198.51.100.9, " + outer}}, "198.51.100.9"},
		"two proxies, unreadable":     {inner, http.Header{"X-Forwarded-For": {"a, " + outer}}, outer},
		"proxy, unreadable last":      {inner, http.Header{"X-Forwarded-For": {"198.51.100.9, a"}}, "10.0.0.1"},
		"proxy, empty":                {inner, http.Header{"X-Forwarded-For": {""}}, "10.0.0.1"},
		"proxy, with port":            {inner, http.Header{"X-Forwarded-For": {"198.51.100.9:99"}}, "198.51.100.9"},
		"proxy, IPv6":                 {inner, http.Header{"X-Forwarded-For": {"2001:db8::1"}}, "2001:db8::1"},
		"proxy, IPv6 in brackets":     {inner, http.Header{"X-Forwarded-For": {"[2001:db8::1]"}}, "2001:db8::1"},
		"proxy, IPv4 in IPv6":         {inner, http.Header{"X-Forwarded-For": {"::ffff:198.51.100.9"}}, "198.51.100.9"},
		"proxy, zone":                 {inner, http.Header{"X-Forwarded-For": {"fe80::1%eth0"}}, "fe80::1"},
		"proxy is IPv4 in IPv6":       {"[::ffff:10.0.0.1]:1", http.Header{"X-Forwarded-For": {"198.51.100.9"}}, "198.51.100.9"},
		"Forwarded":                   {inner, http.Header{"Forwarded": {`for=1.2.3.4, for="198.51.100.9:99";proto=https;by=10.0.0.1`}}, "198.51.100.9"},
		"Forwarded, IPv6":             {inner, http.Header{"Forwarded": {`proto=https; For="[2001:db8::1]:99"`}}, "2001:db8::1"},
		"Forwarded, hidden":           {inner, http.Header{"Forwarded": {"for=_hidden"}}, "10.0.0.1"},
		"Forwarded without for":       {inner, http.Header{"Forwarded": {"proto=https"}}, "10.0.0.1"},
		"both, the same":              {inner, http.Header{"Forwarded": {"for=198.51.100.9"}, "X-Forwarded-For": {"198.51.100.9"}}, "198.51.100.9"},
		"both, one passed on unread":  {inner, http.Header{"Forwarded": {"for=1.2.3.4"}, "X-Forwarded-For": {"198.51.100.9"}}, "10.0.0.1"},
		"only proxies":                {inner, http.Header{"X-Forwarded-For": {"10.0.0.3, " + outer}}, "10.0.0.3"},
		"no address":                  {"@", http.Header{"X-Forwarded-For": {"1.2.3.4"}}, "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, public, "10.0.0.0/24")
			w.page("GET /{$}", func(c *Context) (Response, error) {
				for header := range c.r.Header {
					t.Errorf("the handler sees %s", header)
				}
				return say(c.Caller().Origin.Address), nil
			})
			got := w.get("/", func(r *http.Request) { r.RemoteAddr, r.Header = c.peer, c.h.Clone() }, func(r *http.Request) {
				if r.Header == nil {
					r.Header = http.Header{}
				}
			})
			if got.body != c.want {
				t.Errorf("got %s, want %s", got.body, c.want)
			}
		})
	}
}

func TestClaimsAreGoneInEverySpelling(t *testing.T) {
	h := http.Header{
		"X_forwarded_for": {"1"}, "X-Forwarded-Host": {"1"}, "X-Forwarded-Proto": {"1"}, "X-Forwarded_for": {"1"}, "x-real-ip": {"1"},
		"True-Client-Ip": {"1"}, "X-Original-Url": {"1"}, "X-Http-Method-Override": {"1"}, "Accept": {"text/html"},
	}
	scrub(h)
	if len(h) != 1 || h.Get("Accept") == "" {
		t.Errorf("left: %v", h)
	}
}

func FuzzClientAddress(f *testing.F) {
	f.Add("203.0.113.7:1", "1.2.3.4, a", "for=1")
	f.Add("10.0.0.1:1", "1.2.3.4,,", `for="[::1]`)
	w := &Kit{proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}}
	f.Fuzz(func(t *testing.T, peer, by, forwarded string) {
		r := &http.Request{RemoteAddr: peer, Header: http.Header{"X-Forwarded-For": {by}, "Forwarded": {forwarded}}}
		got := w.client(r)
		if _, ok := parseHop(got); !ok && got != unknownAddress {
			t.Errorf("%q is no address", got)
		}
		if at, ok := parseHop(peer); ok && !w.trusts(at) && got != at.String() {
			t.Errorf("an untrusted peer chose %s", got)
		}
	})
}
