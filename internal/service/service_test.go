package service

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/patch"
)

// codes are what is wrong with which fields: 'key required'.
func codes(err error) []string {
	e, ok := err.(*errs.Error)
	if !ok {
		return nil
	}
	list := []string{}
	for _, f := range e.Fields {
		list = append(list, f.Field+" "+f.Code)
	}
	return list
}

func declaring(list ...Permission) Input {
	return Input{Name: patch.To("Fax"), Permissions: patch.To(list)}
}

func TestWhatAServiceMayBe(t *testing.T) {
	long := strings.Repeat("x", maxName+1)
	text := strings.Repeat("x", maxText+1)
	hundred := make([]Permission, MaxPermissions+1)
	send := Permission{Key: "fax.send", Name: "Send faxes"}
	for name, test := range map[string]struct {
		in   New
		want []string
	}{
		"a key and a name are enough": {New{Key: "fax", Input: declaring()}, nil},
		"all of it": {New{Key: "a_b-2", Input: Input{
			Name: patch.To(" Fax "), Link: patch.To("https://fax.example/start?x=1#top"), InstallText: patch.To("One.\nTwo."), WelcomeText: patch.To("Hi"),
			LicenseRequired: patch.To(true), UsesNumbers: patch.To(true), Permissions: patch.To([]Permission{send, {Key: "fax.a_1.b", Name: "B", Everybody: true, Delivery: true}}),
		}}, nil},
		"nothing":                  {New{}, []string{"key required", "name required"}},
		"a key in capitals":        {New{Key: "Fax", Input: declaring()}, []string{"key invalid_key"}},
		"a key of one letter":      {New{Key: "f", Input: declaring()}, []string{"key invalid_key"}},
		"a key that is too long":   {New{Key: strings.Repeat("f", 33), Input: declaring()}, []string{"key invalid_key"}},
		"a key with a digit first": {New{Key: "2fax", Input: declaring()}, []string{"key invalid_key"}},
		"a key with a line break":  {New{Key: "fax\n", Input: declaring()}, []string{"key invalid_key"}},
		"a key of the address":     {New{Key: "new", Input: declaring()}, []string{"key reserved"}},
		"an unseen name":           {New{Key: "fax", Input: Input{Name: patch.To("\u200b")}}, []string{"name required"}},
		"a long name":              {New{Key: "fax", Input: Input{Name: patch.To(long)}}, []string{"name too_long"}},
		"long texts":               {New{Key: "fax", Input: Input{Name: patch.To("Fax"), InstallText: patch.To(text), WelcomeText: patch.To(text)}}, []string{"install_text too_long", "welcome_text too_long"}},
		"too many permissions":     {New{Key: "fax", Input: declaring(hundred...)}, []string{"permissions too_many"}},
		"a permission twice":       {New{Key: "fax", Input: declaring(send, send)}, []string{"permissions[1].key twice"}},
		"an empty permission":      {New{Key: "fax", Input: declaring(send, Permission{})}, []string{"permissions[1].key required", "permissions[1].name required"}},
		"a permission of one word": {New{Key: "fax", Input: declaring(Permission{Key: "send", Name: "x"})}, []string{"permissions[0].key invalid_permission"}},
		"a permission in capitals": {New{Key: "fax", Input: declaring(Permission{Key: "fax.Send", Name: "x"})}, []string{"permissions[0].key invalid_permission"}},
		"an empty word":            {New{Key: "fax", Input: declaring(Permission{Key: "fax..send", Name: "x"})}, []string{"permissions[0].key invalid_permission"}},
		"a long permission":        {New{Key: "fax", Input: declaring(Permission{Key: "fax." + strings.Repeat("x", 61), Name: "x"})}, []string{"permissions[0].key invalid_permission"}},
		"one of Roster's nouns":    {New{Key: "fax", Input: declaring(Permission{Key: "users.fax", Name: "x"}, Permission{Key: "self.fax", Name: "x"}, Permission{Key: "licenses.x", Name: "x"})}, []string{"permissions[0].key reserved", "permissions[1].key reserved", "permissions[2].key reserved"}},
	} {
		got, err := test.in.check(time.Now())
		if c := codes(err); !slices.Equal(c, test.want) {
			t.Errorf("%s: %v, want %v", name, c, test.want)
		}
		if err == nil && (got.Name != "Fax" || got.Version != 1 || got.Permissions == nil) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// No permission of Roster's own is to be had, whichever are added to it.
func TestRostersOwnPermissionsAreItsOwn(t *testing.T) {
	for p := range authz.OperatorSet() {
		if _, err := declaring(Permission{Key: string(p), Name: "x"}).apply(Service{}, &errs.Check{}); !slices.Equal(codes(err), []string{"permissions[0].key reserved"}) {
			t.Errorf("%s: %v", p, err)
		}
	}
}

func TestLinks(t *testing.T) {
	for link, good := range map[string]bool{
		"": true, "https://fax.example": true, " https://fax.example/a?b=c#d ": true, "http://localhost:8080/x": true, "http://127.0.0.1": true, "http://[::1]:3": true,
		"http://fax.example": false, "http://localhost.evil.example": false, "javascript:alert(1)": false, "//fax.example": false, "/start": false, "fax.example": false,
		"https://": false, "https://u:p@fax.example": false, "https://fax.example/a b": false, "https://fax.example/\"x": false, "https://fäx.example": false,
		"ftp://fax.example": false, "https://fax.example/" + strings.Repeat("x", maxLink): false,
	} {
		s, err := Input{Name: patch.To("Fax"), Link: patch.To(link)}.apply(Service{}, &errs.Check{})
		if (err == nil) != good || good && s.Link != strings.TrimSpace(link) {
			t.Errorf("%q: %q, %v", link, s.Link, err)
		}
	}
}

func TestAbsentFieldsStay(t *testing.T) {
	old := Service{Key: "fax", Name: "Fax", Link: "https://fax.example", LicenseRequired: true, Permissions: []Permission{{Key: "fax.send", Name: "Send"}}}
	same, err := Input{}.apply(old, &errs.Check{})
	if err != nil || len(same.changes(old)) != 0 {
		t.Errorf("nothing given: %+v, %v", same, err)
	}
	cleared, err := Input{Link: patch.ToNull[string](), LicenseRequired: patch.ToNull[bool](), Permissions: patch.ToNull[[]Permission]()}.apply(old, &errs.Check{})
	if err != nil || cleared.Link != "" || cleared.LicenseRequired || len(cleared.Permissions) != 0 || cleared.Name != "Fax" {
		t.Errorf("cleared: %+v, %v", cleared, err)
	}
	if _, err := (Input{Name: patch.ToNull[string]()}).apply(old, &errs.Check{}); !slices.Equal(codes(err), []string{"name required"}) {
		t.Errorf("without a name: %v", err)
	}
}

func TestChangesTellOfEachPermission(t *testing.T) {
	a, b, c := Permission{Key: "fax.a", Name: "A"}, Permission{Key: "fax.b", Name: "B", Everybody: true}, Permission{Key: "fax.c", Name: "C", Delivery: true, Everybody: true}
	everybody := a
	everybody.Everybody = true
	with := func(list ...Permission) Service { return Service{Permissions: list} }
	for name, test := range map[string]struct {
		old, now Service
		want     string
	}{
		"nothing":       {with(a, b), with(a, b), "[]"},
		"the first":     {with(), with(c), "[{permissions.fax.c <nil> C (everybody, delivery)}]"},
		"another flag":  {with(a, b), with(everybody, b), "[{permissions.fax.a A A (everybody)}]"},
		"out and in":    {with(a, b), with(b, c), "[{permissions.fax.c <nil> C (everybody, delivery)} {permissions.fax.a A <nil>}]"},
		"another order": {with(a, b), with(b, a), "[{permissions [fax.a fax.b] [fax.b fax.a]}]"},
	} {
		if got := fmt.Sprint(test.now.changes(test.old)); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestDays(t *testing.T) {
	at := time.Date(2026, 3, 1, 0, 30, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		in    NewSubscription
		want  []string
		state State
	}{
		"from today on":          {NewSubscription{}, nil, Current},
		"today alone":            {NewSubscription{StartsOn: "2026-03-01", EndsOn: "2026-03-01"}, nil, Current},
		"until yesterday":        {NewSubscription{StartsOn: "2026-02-01", EndsOn: "2026-02-28"}, nil, Ended},
		"from tomorrow":          {NewSubscription{StartsOn: "2026-03-02"}, nil, Upcoming},
		"backwards":              {NewSubscription{StartsOn: "2026-03-02", EndsOn: "2026-03-01"}, []string{"ends_on ends_before_start"}, ""},
		"no day of the calendar": {NewSubscription{StartsOn: "2026-02-29", EndsOn: "soon"}, []string{"starts_on invalid_date", "ends_on invalid_date"}, ""},
		"another form":           {NewSubscription{StartsOn: "1.3.2026", EndsOn: "2026-3-1"}, []string{"starts_on invalid_date", "ends_on invalid_date"}, ""},
		"a moment":               {NewSubscription{StartsOn: "2026-03-01T00:00:00Z"}, []string{"starts_on invalid_date"}, ""},
	} {
		var c errs.Check
		s := test.in.check(at, &c)
		if got := codes(c.Err()); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
		if state := s.on(dayOf(at)).State; test.want == nil && state != test.state {
			t.Errorf("%s: %s, want %s", name, state, test.state)
		}
	}
}

func TestTermsChange(t *testing.T) {
	s := Subscription{StartsOn: "2026-03-01", EndsOn: "2026-03-31"}
	for name, test := range map[string]struct {
		in   Term
		want []string
		now  string
	}{
		"nothing":            {Term{}, nil, "2026-03-01 2026-03-31 current"},
		"without end":        {Term{EndsOn: patch.ToNull[string]()}, nil, "2026-03-01  current"},
		"ended":              {Term{EndsOn: patch.To("2026-03-09")}, nil, "2026-03-01 2026-03-09 ended"},
		"taken back":         {Term{EndsOn: patch.To("2026-02-28")}, nil, "2026-03-01 2026-02-28 withdrawn"},
		"taken back, and on": {Term{EndsOn: patch.To("2026-02-27")}, []string{"ends_on ends_before_start"}, ""},
		"later":              {Term{StartsOn: patch.To("2026-03-20")}, nil, "2026-03-20 2026-03-31 upcoming"},
		"no first day":       {Term{StartsOn: patch.ToNull[string]()}, []string{"starts_on invalid_date"}, ""},
	} {
		got, err := test.in.apply(s)
		if c := codes(err); !slices.Equal(c, test.want) {
			t.Errorf("%s: %v, want %v", name, c, test.want)
		}
		got = got.on("2026-03-10")
		if now := got.StartsOn + " " + got.EndsOn + " " + string(got.State); err == nil && now != test.now {
			t.Errorf("%s: %s, want %s", name, now, test.now)
		}
	}
}

func TestSubscriptionsBesideEachOther(t *testing.T) {
	of := func(starts, ends string) Subscription {
		return Subscription{ID: "sub_1", ServiceName: "Fax", StartsOn: starts, EndsOn: ends}
	}
	for name, test := range map[string]struct {
		a, b Subscription
		both bool
	}{
		"one after the other":  {of("2026-01-01", "2026-01-31"), of("2026-02-01", ""), false},
		"a day of both":        {of("2026-01-01", "2026-01-31"), of("2026-01-31", "2026-02-28"), true},
		"one in the other":     {of("2026-01-01", "2026-12-31"), of("2026-05-01", "2026-05-02"), true},
		"both without end":     {of("2026-01-01", ""), of("2027-01-01", ""), true},
		"before one that ends": {of("2026-01-01", ""), of("2025-01-01", "2025-12-31"), false},
		"taken back":           {of("2026-01-01", ""), of("2026-05-01", "2026-04-30"), false},
		"the same day":         {of("2026-01-01", "2026-01-01"), of("2026-01-01", "2026-01-01"), true},
	} {
		for _, pair := range [][2]Subscription{{test.a, test.b}, {test.b, test.a}} {
			pair[0].ID = "sub_2"
			err := pair[0].beside([]Subscription{pair[1]})
			if errs.Is(err, "already_subscribed") != test.both || (err != nil) != test.both {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := test.a.beside([]Subscription{test.a}); err != nil {
			t.Errorf("%s: beside itself: %v", name, err)
		}
	}
}
