package role

import (
	"fmt"
	"strings"
	"testing"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/patch"
)

// sample is Roster's own permissions, and those of one service.
var sample = func() Catalogue {
	var c Catalogue
	for _, d := range authz.OrganizationPermissions() {
		c = append(c, Offered{Described: d})
	}
	return append(c, Offered{authz.Described{Permission: "fax.send", Name: "Send", Delivery: true}, "fax", "Fax", false})
}()

func TestWhatARoleMayBe(t *testing.T) {
	many := authz.Limits{}
	for i := range MaxLimits + 1 {
		many.Teams = append(many.Teams, id.Team(fmt.Sprint("tea_", i)))
	}
	for name, c := range map[string]struct {
		in    Input
		wrong string // field and code
	}{
		"a name":               {Input{Name: patch.To(" Help desk ")}, ""},
		"no name":              {Input{}, "name required"},
		"null":                 {Input{Name: patch.ToNull[string]()}, "name required"},
		"a longer name":        {Input{Name: patch.To(strings.Repeat("ø", MaxName+1))}, "name too_long"},
		"two lines":            {Input{Name: patch.To("a\nb")}, "name invalid_text"},
		"a long description":   {Input{Name: patch.To("x"), Description: patch.To(strings.Repeat("ø", MaxDescription+1))}, "description too_long"},
		"permissions":          {Input{Name: patch.To("x"), Permissions: patch.To(Permissions{"fax.send", authz.UsersView})}, ""},
		"an unknown one":       {Input{Name: patch.To("x"), Permissions: patch.To(Permissions{"fax.receive"})}, "permissions unknown_permission"},
		"one of the platform":  {Input{Name: patch.To("x"), Permissions: patch.To(Permissions{authz.OperatorsManage})}, "permissions unknown_permission"},
		"self-service":         {Input{Name: patch.To("x"), Permissions: patch.To(Permissions{authz.SelfService})}, "permissions unknown_permission"},
		"limited to too many":  {Input{Name: patch.To("x"), Limits: patch.To(many)}, "limits too_many"},
		"limited to as many":   {Input{Name: patch.To("x"), Limits: patch.To(authz.Limits{Teams: many.Teams[1:]})}, ""},
		"limited to one twice": {Input{Name: patch.To("x"), Limits: patch.To(authz.Limits{Teams: append(many.Teams[1:], many.Teams[1])})}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, check := c.in.apply(Role{}, sample)
			got := ""
			if e, ok := check.Err().(*errs.Error); ok {
				got = e.Fields[0].Field + " " + e.Fields[0].Code
			}
			if got != c.wrong {
				t.Errorf("wrong is %q, want %q", got, c.wrong)
			}
		})
	}
}

func TestWhatIsNotSaidOfARoleStays(t *testing.T) {
	r := Role{Name: "Desk", Description: "d", Permissions: Permissions{"gone.away", authz.UsersView}, Limits: authz.Limits{Groups: []id.Group{"grp_a"}}.Tidy()}
	for name, c := range map[string]struct {
		in   Input
		want string
	}{
		"nothing":          {Input{}, "Desk d [gone.away users.view] [grp_a]"},
		"what is declared": {Input{Permissions: patch.To(Permissions{"gone.away", "fax.send"})}, "Desk d [fax.send gone.away] [grp_a]"},
		"no permissions":   {Input{Permissions: patch.ToNull[Permissions]()}, "Desk d [] [grp_a]"},
		"no limits":        {Input{Limits: patch.ToNull[authz.Limits]()}, "Desk d [gone.away users.view] []"},
	} {
		got, check := c.in.apply(r, sample)
		if is := fmt.Sprintf("%s %s %s %s", got.Name, got.Description, got.Permissions, got.Limits.Groups); check.Err() != nil || is != c.want {
			t.Errorf("%s: %q, %v, want %q", name, is, check.Err(), c.want)
		}
	}
}

func TestHowFarLimitsGo(t *testing.T) {
	in := func(groups ...id.Group) authz.Limits { return authz.Limits{Groups: groups} }
	view, send := authz.SetOf(authz.UsersView), authz.SetOf("fax.send")
	both := authz.Limits{Groups: []id.Group{"a"}, Teams: []id.Team{"t"}}
	for _, c := range []struct {
		have, want authz.Limits
		holds      authz.Set
		within     bool
	}{
		{in(), in(), view, true},
		{in(), in("a"), view, true},
		{in("a"), in(), view, false},
		{in("a"), in(), send, true}, // no right over others, nothing to narrow
		{in("a"), in("a"), view, true},
		{in("a", "b"), in("b"), view, true},
		{in("a"), in("a", "b"), view, false},
		{in("a"), both, view, true},
		{both, in("a"), view, false},
		{in("a"), authz.Limits{Teams: []id.Team{"t"}}, view, false},
	} {
		if got := Limited(c.have, c.want, c.holds); got != c.within {
			t.Errorf("%+v within %+v with %v: %t", c.want, c.have, c.holds.List(), got)
		}
		actor := authz.Actor{Kind: authz.UserKind, Permissions: c.holds, Reach: authz.Reach{Limits: c.have}}
		if err := MayGive(actor, Role{Name: "x", Permissions: c.holds.List(), Limits: c.want}); (err == nil) != c.within || err != nil && !errs.Is(err, "grant_exceeds_own") {
			t.Errorf("%+v gives %+v with %v: %v", c.have, c.want, c.holds.List(), err)
		}
	}
	none := authz.Actor{Kind: authz.UserKind, Permissions: send}
	if MayGive(none, Role{Permissions: view.List()}) == nil || MayGive(none, Role{}) != nil || MayGive(authz.Actor{Kind: authz.OperatorKey}, Role{Permissions: view.List()}) != nil {
		t.Error("who may give what")
	}
}

func TestWhatARoleGivesAnew(t *testing.T) {
	view, more := Permissions{authz.UsersView}, Permissions{authz.UsersManage, authz.UsersView}
	limits := authz.Limits{Groups: []id.Group{"a"}}
	for _, c := range []struct {
		old, now Role
		gives    bool
	}{
		{Role{}, Role{}, false},
		{Role{}, Role{Permissions: view}, true},
		{Role{Permissions: more}, Role{Permissions: view}, false},
		{Role{Permissions: view}, Role{Permissions: view, Limits: limits}, false},
		{Role{Permissions: view, Limits: limits}, Role{Permissions: view}, true},
	} {
		if got := c.now.gives(c.old); got != c.gives {
			t.Errorf("%+v after %+v: %t", c.now, c.old, got)
		}
	}
}

func TestTheCatalogue(t *testing.T) {
	if built := builtIns(sample); len(built) != 2 || len(built[1].Permissions) != len(sample) || len(built[0].Permissions) != 0 {
		t.Errorf("built in are %+v", built)
	}
	if parts := sample.sections(); len(parts) != 2 || parts[0].name != "Roster" || parts[1].name != "Fax" || len(parts[1].all) != 1 {
		t.Errorf("the parts are %+v", parts)
	}
	if o, ok := sample.Find("fax.send"); !ok || o.Called(t.Context()) != "Fax: Send" {
		t.Errorf("found %+v", o)
	}
	if got := sample.Among(authz.SetOf("fax.send", "fax.receive")); len(got) != 1 {
		t.Errorf("among them are %+v", got)
	}
	var p Permissions
	if err := p.Scan(Permissions{"b", "a"}.Tidy().Written()); err != nil || fmt.Sprint(p) != "[a b]" {
		t.Errorf("written and read: %v, %v", p, err)
	}
}
