package mailaddr_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"roster/internal/errs"
	"roster/internal/mailaddr"
)

func TestParse(t *testing.T) {
	tests := []struct {
		in, spelling, key string
	}{
		{"anna@example.com", "anna@example.com", "anna@example.com"},
		{"  Anna.Svensson@Example.COM\n", "Anna.Svensson@Example.COM", "anna.svensson@example.com"},
		{"a+tag@example.com", "a+tag@example.com", "a+tag@example.com"},
		{"o'brien@example.com", "o'brien@example.com", "o'brien@example.com"},
		{"anna@öster.se", "anna@öster.se", "anna@xn--ster-4qa.se"},
		{"anna@o\u0308ster.se", "anna@öster.se", "anna@xn--ster-4qa.se"},
		{"anna@ÖSTER.se", "anna@ÖSTER.se", "anna@xn--ster-4qa.se"},
		{"anna@XN--STER-4QA.se", "anna@XN--STER-4QA.se", "anna@xn--ster-4qa.se"},
		{"anna@straße.de", "anna@straße.de", "anna@xn--strae-oqa.de"},
		{"anna@例え.テスト", "anna@例え.テスト", "anna@xn--r8jz45g.xn--zckzah"},
		{"anna@example。com", "anna@example。com", "anna@example.com"},
		{"1@1.example", "1@1.example", "1@1.example"},
		{strings.Repeat("a", 64) + "@example.com", strings.Repeat("a", 64) + "@example.com", strings.Repeat("a", 64) + "@example.com"},
	}
	for _, test := range tests {
		got, err := mailaddr.Parse(test.in)
		if want := (mailaddr.Address{Spelling: test.spelling, Key: test.key}); err != nil || got != want {
			t.Errorf("Parse(%+q) = %#v, %v; want %#v", test.in, got, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	const long = "longer than 254 bytes"
	tests := []struct {
		name, in, reason string
	}{
		{"empty", " ", "it is empty"},
		{"no at", "anna", "no @"},
		{"two at together", "j.öster@@example.com", "two @"},
		{"two at apart", "anna@example.com@example.org", "two @"},
		{"three at", "a@b.c@d.e@f.g", "more than one @"},
		{"no local part", "@example.com", "nothing before the @"},
		{"no domain", "anna@", "nothing after the @"},
		{"local part not ASCII", "j.öster@example.com", "'ö' before the @; only ASCII is possible there"},
		{"full-width at", "anna＠example.com", "no @"},
		{"quoted", `"anna"@example.com`, "quotation marks before the @"},
		{"quoted at", `"a@b"@example.com`, "quotation marks before the @"},
		{"quote inside", `an"na@example.com`, `'"' before the @`},
		{"comment", "anna(work)@example.com", "a comment in parentheses"},
		{"comment in the domain", "anna@example.com(work)", "a comment in parentheses"},
		{"angle brackets", "<anna@example.com>", "'<' before the @"},
		{"list", "a@example.com,b@example.com", "two @"},
		{"space", "an na@example.com", "it contains white space"},
		{"no-break space", "anna@exam\u00a0ple.com", "it contains white space"},
		{"header injection", "anna@example.com\r\nBcc: b@example.com", "it contains white space"},
		{"nul", "anna\x00@example.com", "it contains the invisible character U+0000"},
		{"zero-width space", "an\u200bna@example.com", "it contains the invisible character U+200B"},
		{"zero-width joiner", "anna@exam\u200dple.com", "it contains the invisible character U+200D"},
		{"soft hyphen", "anna@exam\u00adple.com", "it contains the invisible character U+00AD"},
		{"variation selector", "anna@exam\ufe0fple.com", "it contains the invisible character U+FE0F"},
		{"direction override", "anna@\u202eexample.com", "it contains the invisible character U+202E"},
		{"dot first", ".anna@example.com", "a dot at the start or the end of the part before the @"},
		{"dot last", "anna.@example.com", "a dot at the start or the end of the part before the @"},
		{"two dots", "an..na@example.com", "two dots in a row"},
		{"domain without dot", "anna@localhost", "no dot after the @"},
		{"trailing dot", "anna@example.com.", "a dot at the end"},
		{"ideographic trailing dot", "anna@example.com。", "a dot at the end"},
		{"leading dot", "anna@.example.com", "a dot after the @"},
		{"two dots in the domain", "anna@example..com", "two dots in a row"},
		{"IPv4 literal", "anna@[192.0.2.1]", "an IP address instead of a domain"},
		{"IPv6 literal", "anna@[IPv6:2001:db8::1]", "an IP address instead of a domain"},
		{"IPv4", "anna@192.0.2.1", "an IP address instead of a domain"},
		{"underscore", "anna@ex_ample.com", "the part after the @ is no domain name"},
		{"hyphen first", "anna@-example.com", "the part after the @ is no domain name"},
		{"encoded word", "=?utf-8?q?anna?=", "no @"},
		{"bad punycode", "anna@xn--a.com", "the part after the @ is no domain name"},
		{"invalid UTF-8", "anna\xff@example.com", "not valid UTF-8"},
		{"long", "anna@" + strings.Repeat("a.", 125) + "com", long},
		{"long in A-labels", "anna@" + strings.Repeat("öäö.", 35) + "com", "the domain is longer than 253 characters"},
		{"very long", strings.Repeat("a", 1<<20), long},
		{"long local part", strings.Repeat("a", 65) + "@example.com", "more than 64 bytes before the @"},
		{"long label", "anna@" + strings.Repeat("a", 64) + ".com", "a part of the domain is longer than 63 characters"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := mailaddr.Parse(test.in)
			var refusal *mailaddr.Error
			if !errors.As(err, &refusal) {
				t.Fatalf("accepted as %+q", got)
			}
			if refusal.Code != "invalid_email" || refusal.Reason.String() != test.reason {
				t.Errorf("%s: %q, want reason %q", refusal.Code, refusal.Reason, test.reason)
			}
			if got != (mailaddr.Address{}) {
				t.Errorf("a refused address came back: %+q", got)
			}
		})
	}
}

func TestAddressParts(t *testing.T) {
	a, err := mailaddr.Parse("Anna@Öster.se")
	if err != nil {
		t.Fatal(err)
	}
	if got := a.Domain(); got != "xn--ster-4qa.se" {
		t.Errorf("Domain = %q", got)
	}
	if got := a.Envelope(); got != "Anna@xn--ster-4qa.se" {
		t.Errorf("Envelope = %q", got)
	}
}

func TestParseList(t *testing.T) {
	at := func(s string) mailaddr.Address {
		return mailaddr.Address{Spelling: s, Key: strings.ToLower(s)}
	}
	bad := func(reason string) error {
		return &mailaddr.Error{Code: mailaddr.CodeInvalid, Reason: errs.Phrased(reason)}
	}
	tests := []struct {
		name, in string
		max      int
		want     []mailaddr.Item
		more     bool
	}{
		{"empty", " \r\n,; ", 10, nil, false},
		{"separators", "a@x.se, b@x.se;c@x.se\r\nd@x.se\te@x.se\n", 10, []mailaddr.Item{
			{Text: "a@x.se", Address: at("a@x.se")}, {Text: "b@x.se", Address: at("b@x.se")},
			{Text: "c@x.se", Address: at("c@x.se")}, {Text: "d@x.se", Address: at("d@x.se")},
			{Text: "e@x.se", Address: at("e@x.se")},
		}, false},
		{"names", `Anna Åberg <a@x.se>, "Berg, Bo" <b@x.se>; <c@x.se>, "D \"Dee\" \\" <d@x.se>, 'Eva' <e@x.se>`, 10, []mailaddr.Item{
			{Text: "Anna Åberg <a@x.se>", Name: "Anna Åberg", Address: at("a@x.se")},
			{Text: `"Berg, Bo" <b@x.se>`, Name: "Berg, Bo", Address: at("b@x.se")},
			{Text: "<c@x.se>", Address: at("c@x.se")},
			{Text: `"D \"Dee\" \\" <d@x.se>`, Name: `D "Dee" \`, Address: at("d@x.se")},
			{Text: "'Eva' <e@x.se>", Name: "Eva", Address: at("e@x.se")},
		}, false},
		{"duplicates", "a@x.se, A@X.se, a@x.se", 10, []mailaddr.Item{
			{Text: "a@x.se", Address: at("a@x.se")},
			{Text: "A@X.se", Address: at("A@X.se"), Duplicate: true},
			{Text: "a@x.se", Address: at("a@x.se"), Duplicate: true},
		}, false},
		{"bad ones between good ones", "a@x.se\nb@@x.se\nAnna <>\nc@x.se", 10, []mailaddr.Item{
			{Text: "a@x.se", Address: at("a@x.se")},
			{Text: "b@@x.se", Err: bad("two @")},
			{Text: "Anna <>", Name: "Anna", Err: bad("it is empty")},
			{Text: "c@x.se", Address: at("c@x.se")},
		}, false},
		{"equal bad ones are no duplicates", "x, x", 10, []mailaddr.Item{
			{Text: "x", Err: bad("no @")}, {Text: "x", Err: bad("no @")},
		}, false},
		{"a quotation mark that never closes", "\"a@x.se, b@x.se\nc@x.se", 10, []mailaddr.Item{
			{Text: `"a@x.se`, Err: bad("quotation marks before the @")},
			{Text: "b@x.se", Address: at("b@x.se")}, {Text: "c@x.se", Address: at("c@x.se")},
		}, false},
		{"exactly the limit", "a@x.se, b@x.se, ", 2, []mailaddr.Item{
			{Text: "a@x.se", Address: at("a@x.se")}, {Text: "b@x.se", Address: at("b@x.se")},
		}, false},
		{"over the limit", "a@x.se, b@x.se, c@x.se", 2, []mailaddr.Item{
			{Text: "a@x.se", Address: at("a@x.se")}, {Text: "b@x.se", Address: at("b@x.se")},
		}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, more := mailaddr.ParseList(test.in, test.max)
			if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" || more != test.more {
				t.Errorf("more = %v, want %v; (-want +got):\n%s", more, test.more, diff)
			}
		})
	}
}

func BenchmarkParseList(b *testing.B) {
	for name, unit := range map[string]string{
		"addresses": "anna.svensson@example.com,\n",
		"quotes":    `",\",`,
		"names":     `"Svensson, Anna" <anna@öster.se>;`,
		"brackets":  "<<<<",
	} {
		s := strings.Repeat(unit, 1<<18/len(unit))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				mailaddr.ParseList(s, 1<<20)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"anna@example.com", " Anna@ÖSTER.se ", "a@xn--ster-4qa.se", "a@b.c@d", "a@example。com", "a@ⓔxample.com", "a@א.com", "x@1.2.3.4",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := mailaddr.Parse(s)
		if err != nil {
			return
		}
		if again, err := mailaddr.Parse(a.Spelling); err != nil || again != a {
			t.Errorf("%+q: the spelling %+q parses to %+q, %v", s, a.Spelling, again, err)
		}
		for _, other := range []string{a.Key, a.Envelope(), strings.ToUpper(a.Key)} {
			if again, err := mailaddr.Parse(other); err != nil || again.Key != a.Key {
				t.Errorf("%+q: %+q has key %+q, %v; want %+q", s, other, again.Key, err, a.Key)
			}
		}
		for i := range len(a.Key) {
			if c := a.Key[i]; c <= ' ' || c > '~' || 'A' <= c && c <= 'Z' {
				t.Errorf("%+q: the key %+q is not lower-case printable ASCII", s, a.Key)
			}
		}
		if len(a.Key) > mailaddr.MaxOctets || len(a.Spelling) > mailaddr.MaxOctets || len(a.Envelope()) > mailaddr.MaxOctets {
			t.Errorf("%+q: too long: %+q", s, a)
		}
	})
}

func FuzzParseList(f *testing.F) {
	f.Add("a@x.se, \"b, c\" <d@x.se>; e@x.se\nf@x.se\tA@x.se", 10)
	f.Add(`",\",`, 2)
	f.Fuzz(func(t *testing.T, s string, most int) {
		items, more := mailaddr.ParseList(s, most)
		if len(items) > max(most, 0) || more && len(items) < most {
			t.Fatalf("%d items of at most %d, more = %v", len(items), most, more)
		}
		seen := map[string]bool{}
		rest := s
		for _, item := range items {
			_, after, found := strings.Cut(rest, item.Text)
			if !found || item.Text == "" {
				t.Fatalf("%+q is not the next entry of %+q", item.Text, rest)
			}
			rest = after
			if item.Err == nil && item.Duplicate != seen[item.Address.Key] {
				t.Errorf("%+q: duplicate = %v", item.Text, item.Duplicate)
			}
			seen[item.Address.Key] = true
		}
	})
}
