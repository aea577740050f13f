package group

import (
	"fmt"
	"maps"
	"reflect"
	"strings"
	"testing"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/patch"
)

func TestWhatAGroupMayBe(t *testing.T) {
	many := map[string]string{}
	for i := range MaxSettings + 1 {
		many[fmt.Sprintf("k%d", i)] = "v"
	}
	settings := func(pairs ...string) patch.Field[map[string]string] {
		m := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return patch.To(m)
	}
	for name, c := range map[string]struct {
		in    Input
		wrong string // field and code
	}{
		"a name":                {Input{Name: patch.To("  Field service ")}, ""},
		"no name":               {Input{}, "name required"},
		"null":                  {Input{Name: patch.ToNull[string]()}, "name required"},
		"a name unseen":         {Input{Name: patch.To("\u200b")}, "name required"},
		"the longest name":      {Input{Name: patch.To(strings.Repeat("ø", MaxName))}, ""},
		"a longer name":         {Input{Name: patch.To(strings.Repeat("ø", MaxName+1))}, "name too_long"},
		"lines":                 {Input{Name: patch.To("a\nb")}, "name invalid_text"},
		"a language":            {Input{Name: patch.To("x"), Defaults: patch.To(DefaultsChange{Language: patch.To("sv")})}, ""},
		"no language":           {Input{Name: patch.To("x"), Defaults: patch.To(DefaultsChange{Language: patch.To("xx")})}, "defaults.language unknown_language"},
		"a setting":             {Input{Name: patch.To("x"), Settings: settings("fax.profile_2", "fine")}, ""},
		"a setting in capitals": {Input{Name: patch.To("x"), Settings: settings("Fax", "fine")}, "settings invalid_key"},
		"a setting unnamed":     {Input{Name: patch.To("x"), Settings: settings("", "fine")}, "settings invalid_key"},
		"a long key":            {Input{Name: patch.To("x"), Settings: settings(strings.Repeat("k", 65), "v")}, "settings invalid_key"},
		"no value":              {Input{Name: patch.To("x"), Settings: settings("fax", " ")}, "settings.fax required"},
		"a long value":          {Input{Name: patch.To("x"), Settings: settings("fax", strings.Repeat("v", MaxValue+1))}, "settings.fax too_long"},
		"a value of two lines":  {Input{Name: patch.To("x"), Settings: settings("fax", "a\nb")}, "settings.fax invalid_text"},
		"too many settings":     {Input{Name: patch.To("x"), Settings: patch.To(many)}, "settings too_many"},
	} {
		t.Run(name, func(t *testing.T) {
			_, check := c.in.apply(Group{})
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

func TestWhatIsNotSaidStays(t *testing.T) {
	g := Group{Name: "Field", Default: true, DefaultRole: "rol_admin", DefaultLanguage: "de", Written: `{"a":"1"}`}.shown()
	for name, c := range map[string]struct {
		in   Input
		want Group
	}{
		"nothing":          {Input{}, g},
		"another name":     {Input{Name: patch.To("Office")}, Group{Name: "Office", Default: true, DefaultRole: "rol_admin", DefaultLanguage: "de", Written: `{"a":"1"}`}},
		"one default less": {Input{Defaults: patch.To(DefaultsChange{Role: patch.ToNull[id.Role]()})}, Group{Name: "Field", Default: true, DefaultLanguage: "de", Written: `{"a":"1"}`}},
		"no defaults":      {Input{Defaults: patch.ToNull[DefaultsChange]()}, Group{Name: "Field", Default: true, Written: `{"a":"1"}`}},
		"other settings":   {Input{Settings: patch.To(map[string]string{"b": " 2 "})}, Group{Name: "Field", Default: true, DefaultRole: "rol_admin", DefaultLanguage: "de", Written: `{"b":"2"}`}},
		"teams":            {Input{Defaults: patch.To(DefaultsChange{Teams: patch.To([]id.Team{"tea_b", "tea_a", "tea_b"})})}, Group{Name: "Field", Default: true, DefaultRole: "rol_admin", DefaultLanguage: "de", DefaultTeams: "tea_a,tea_b", Written: `{"a":"1"}`}},
		"no settings":      {Input{Settings: patch.ToNull[map[string]string]()}, Group{Name: "Field", Default: true, DefaultRole: "rol_admin", DefaultLanguage: "de", Written: `{}`}},
	} {
		t.Run(name, func(t *testing.T) {
			got, check := c.in.apply(g)
			want := c.want.shown()
			if check.Err() != nil || got.Name != want.Name || got.Default != want.Default || !reflect.DeepEqual(got.Defaults, want.Defaults) || !maps.Equal(got.Settings, want.Settings) {
				t.Errorf("got %+v, %v, want %+v", got, check.Err(), want)
			}
		})
	}
}

func TestWhatIsGivenAnew(t *testing.T) {
	plain, admins := Group{}, Group{DefaultRole: "rol_admin"}
	for _, c := range []struct {
		old, now Group
		gives    bool
	}{
		{plain, plain, false},
		{plain, Group{Default: true}, false},
		{plain, admins, true},
		{admins, admins, false},
		{admins, Group{DefaultRole: "rol_admin", Default: true}, true}, // now everybody gets it
		{Group{DefaultRole: "rol_admin", Default: true}, Group{DefaultRole: "rol_admin", Default: true, DefaultLanguage: "sv"}, false},
		{admins, plain, false},
	} {
		if got := c.now.gives(c.old); got != c.gives {
			t.Errorf("%+v after %+v: %t", c.now, c.old, got)
		}
	}
}

func TestChangesAreToldSettingBySetting(t *testing.T) {
	old := Group{Name: "A", Written: `{"gone":"1","same":"2","other":"3"}`}.shown()
	now := Group{Name: "B", Written: `{"same":"2","other":"4","new":"5"}`}.shown()
	want := []op.Change{
		{Field: "name", Before: "A", After: "B"}, {Field: "settings.gone", Before: "1"},
		{Field: "settings.new", After: "5"}, {Field: "settings.other", Before: "3", After: "4"},
	}
	if got := now.changes(old); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := now.changes(now); len(got) != 0 {
		t.Errorf("nothing has changed but %v", got)
	}
}

func TestRowsOfTheForm(t *testing.T) {
	f := form{Keys: []string{"fax", "", "", "gone", "fax", "lonely"}, Values: []string{" fine ", "", "nameless", "", "coarse"}}
	in, faults := f.input(t.Context())
	if got := in.Settings.Value; !maps.Equal(got, map[string]string{"fax": "fine"}) {
		t.Errorf("settings are %v", got)
	}
	if len(faults) != 2 || faults["setting-1"] == "" || faults["setting-3"] == "" {
		t.Errorf("wrong are %v", faults)
	}
	f = form{Keys: []string{"fax", "Tone", "x"}, Values: []string{"1", "2", strings.Repeat("v", MaxValue+1)}}
	in, _ = f.input(t.Context())
	in.Name = patch.To("x")
	_, check := in.apply(Group{})
	if faults := f.faultsOf(check.Err()); len(faults) != 2 || faults["setting-1"] == "" || faults["value-2"] == "" {
		t.Errorf("wrong are %v", faults)
	}
}
