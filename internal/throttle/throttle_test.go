package throttle

import (
	"testing"
	"time"
)

func TestDelaysGrowAfterTheFreeTries(t *testing.T) {
	for n, want := range map[int]time.Duration{
		1: 0, 4: 0, 5: time.Second, 6: 2 * time.Second, 7: 4 * time.Second, 14: 512 * time.Second,
		15: 15 * time.Minute, 100: 15 * time.Minute, 1 << 40: 15 * time.Minute,
	} {
		if got := ofAccount.delay(n); got != want {
			t.Errorf("after try %d: got %v, want %v", n, got, want)
		}
	}
	if got := ofNetwork.delay(99); got != 0 {
		t.Errorf("a network waits %v after its 99th try", got)
	}
}

func TestNetworks(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.77":                 "192.0.2.0/24",
		"::ffff:192.0.2.77":          "192.0.2.0/24",
		"2001:db8:1:2fff:3::1":       "2001:db8:1:2f00::/56",
		"fe80::1%eth0":               "fe80::/56",
		"":                           "unknown",
		"192.0.2.77:4000":            "unknown",
		"<script>alert(1)</script>":  "unknown",
		"192.0.2.77, 198.51.100.200": "unknown",
	} {
		if got := network(address); got != want {
			t.Errorf("%q: got %s, want %s", address, got, want)
		}
	}
}

func TestKeysAreOfOnePlane(t *testing.T) {
	keys := map[string]bool{}
	for _, k := range []Key{
		Account("signin", "org_a", "p@x.example"), Account("signin", "org_b", "p@x.example"), Account("reset", "org_a", "p@x.example"),
		Network("signin", "192.0.2.1"), Network("operator", "192.0.2.1"), Network("signin", "198.51.100.1"),
	} {
		keys[k.hash] = true
	}
	if len(keys) != 6 {
		t.Errorf("six counters have %d keys", len(keys))
	}
	if Network("signin", "192.0.2.1") != Network("signin", "192.0.2.200") {
		t.Error("two addresses of one network have different keys")
	}
}

func TestRefusalsSayHowLong(t *testing.T) {
	for wait, want := range map[time.Duration]string{
		time.Millisecond: "a second", 1500 * time.Millisecond: "2 seconds", time.Minute: "a minute", 61 * time.Second: "2 minutes", longest: "15 minutes",
	} {
		if got := words(wait).String(); got != want {
			t.Errorf("%v: got %q, want %q", wait, got, want)
		}
	}
}
