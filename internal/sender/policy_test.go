package sender

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"roster/internal/errs"
	"roster/internal/mailaddr"
)

func faults(c errs.Check) string {
	e, ok := c.Err().(*errs.Error)
	if !ok {
		return ""
	}
	var list []string
	for _, f := range e.Fields {
		list = append(list, f.Field+":"+f.Code)
	}
	return strings.Join(list, " ")
}

func many(n int, form string) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(form, i)
	}
	return list
}

func TestWhatAPolicyLists(t *testing.T) {
	for name, c := range map[string]struct {
		in     Input
		rules  string
		faults string
	}{
		"nothing": {Input{Service: "fax"}, "", ""},
		"some of all": {
			Input{Service: "fax-2_b", Domains: []string{"Example.COM", " @b.example", "*.example.com"}, Addresses: []string{"Ada@B.example"}, Blocked: []string{"bob@b.example"}, Language: "sv"},
			"domain=example.com domain=b.example below=example.com address=ada@b.example blocked=bob@b.example", "",
		},
		"the same twice":    {Input{Service: "fax", Domains: []string{"b.example", "B.EXAMPLE"}, Addresses: []string{"a@b.example", "A@b.example"}}, "domain=b.example address=a@b.example", ""},
		"in other letters":  {Input{Service: "fax", Domains: []string{"bücher.example"}}, "domain=xn--bcher-kva.example", ""},
		"no service":        {Input{}, "", "service:invalid_service"},
		"a short service":   {Input{Service: "f"}, "", "service:invalid_service"},
		"a loud service":    {Input{Service: "Fax"}, "", "service:invalid_service"},
		"a long service":    {Input{Service: "f" + strings.Repeat("a", 32)}, "", "service:invalid_service"},
		"no domain":         {Input{Service: "fax", Domains: []string{"b.example", "no domain"}}, "domain=b.example", "domains:invalid_domain"},
		"all domains":       {Input{Service: "fax", Domains: []string{"*"}}, "", "domains:invalid_domain"},
		"any in the middle": {Input{Service: "fax", Domains: []string{"a.*.example"}}, "", "domains:invalid_domain"},
		"an address there":  {Input{Service: "fax", Domains: []string{"a@b.example"}}, "", "domains:invalid_domain"},
		"no addresses":      {Input{Service: "fax", Addresses: []string{"b.example"}, Blocked: []string{""}}, "", "addresses:invalid_email blocked:invalid_email"},
		"a strange tongue":  {Input{Service: "fax", Language: "xx"}, "", "language:unknown_language"},
		"too many domains":  {Input{Service: "fax", Domains: many(MaxDomains+1, "d%d.example")}, "", "domains:too_many"},
		"too many":          {Input{Service: "fax", Addresses: many(MaxAddresses+1, "a%d@b.example"), Blocked: many(MaxAddresses+1, "a%d@b.example")}, "", "addresses:too_many blocked:too_many"},
	} {
		t.Run(name, func(t *testing.T) {
			var check errs.Check
			p, rules := c.in.apply(Policy{}, &check)
			var got []string
			for _, r := range rules {
				got = append(got, string(r.Kind)+"="+r.Key)
			}
			if strings.Join(got, " ") != c.rules || faults(check) != c.faults {
				t.Errorf("got %v, %q, want %s, %q", got, faults(check), c.rules, c.faults)
			}
			if n := len(p.Domains) + len(p.Addresses) + len(p.Blocked); n != len(rules) {
				t.Errorf("%d of %d are listed", n, len(rules))
			}
		})
	}
	var c errs.Check
	if _, rules := (Input{Service: "fax", Domains: many(MaxDomains, "d%d.example"), Addresses: many(MaxAddresses, "a%d@b.example")}).apply(Policy{}, &c); len(rules) != MaxDomains+MaxAddresses || faults(c) != "" {
		t.Errorf("as many as possible: %d, %s", len(rules), faults(c))
	}
}

func TestTheVerdict(t *testing.T) {
	var c errs.Check
	p, rules := Input{
		Service: "fax", Enabled: true, Domains: []string{"example.com", "*.below.example", "bücher.example"}, Addresses: []string{"ada@elsewhere.example", "both@example.com"},
		Blocked: []string{"bob@example.com", "both@example.com"},
	}.apply(Policy{}, &c)
	for email, want := range map[string]Reason{
		"anna@example.com":           ListedDomain,
		"ANNA@EXAMPLE.COM":           ListedDomain,
		"anna@bücher.example":        ListedDomain,
		"anna@xn--bcher-kva.example": ListedDomain,
		"anna@sub.example.com":       NotListed,
		"anna@notexample.com":        NotListed,
		"anna@example.com.evil.test": NotListed,
		"anna@below.example":         NotListed,
		"anna@a.below.example":       ListedDomain,
		"anna@a.b.below.example":     ListedDomain,
		"anna@abelow.example":        NotListed,
		"ada@elsewhere.example":      ListedAddress,
		"ada+x@elsewhere.example":    NotListed,
		"bob@example.com":            Blocked,
		"both@example.com":           Blocked,
		"nobody@nowhere.example":     NotListed,
	} {
		a, err := mailaddr.Parse(email)
		if err != nil {
			t.Fatal(err)
		}
		keys := keysFor(a)
		found := slices.DeleteFunc(slices.Clone(rules), func(r rule) bool { return !slices.Contains(keys, r.Key) })
		if got := p.judge(a, found); got != want || got.Allows() != (want == ListedAddress || want == ListedDomain) {
			t.Errorf("%s: %s, want %s", email, got, want)
		}
		off := p
		off.Enabled = false
		if got := off.judge(a, found); got != Disabled || got.Allows() {
			t.Errorf("%s while it is off: %s", email, got)
		}
	}
	if !OfUser.Allows() || NotActive.Allows() {
		t.Error("users are judged by something else than their state")
	}
}

func TestWhatChangedOfAPolicy(t *testing.T) {
	old := Policy{Domains: []string{"a.example", "b.example"}}
	now := Policy{Domains: []string{"b.example", "c.example"}, Addresses: many(shownRules+5, "a%d@b.example"), Enabled: true}
	changes := now.changes(old)
	if len(changes) != 3 || changes[0].Field != "enabled" || fmt.Sprint(changes[1]) != "{domains [a.example] [c.example]}" {
		t.Errorf("%+v", changes)
	}
	if come, _ := changes[2].After.([]string); len(come) != shownRules+1 || come[shownRules] != "… 5 more" {
		t.Errorf("%d addresses", len(come))
	}
	if none := now.changes(now); len(none) != 0 {
		t.Errorf("of itself: %+v", none)
	}
}

func TestListsInForms(t *testing.T) {
	if got := lines("a\r\n\n b ,c;d\te", "f"); !slices.Equal(got, []string{"a", "b", "c", "d", "e", "f"}) {
		t.Errorf("lines: %q", got)
	}
	for n, want := range map[int]int{0: 1, 1: 1, 500: 1, 501: 2, 1000: 2, 1001: 3, MaxAddresses: MaxAddresses / inField} {
		if got := fields(many(n, "a%d@b.example")); len(got) != want || len(lines(got...)) != n {
			t.Errorf("%d stand in %d fields, want %d", n, len(got), want)
		}
	}
}
