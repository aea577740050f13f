package field

import (
	"encoding/json"
	"errors"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/patch"
)

// faults are the fields of a refusal with their codes.
func faults(err error) map[string]string {
	list := map[string]string{}
	if e, ok := errors.AsType[*errs.Error](err); ok {
		for _, f := range e.Fields {
			list[f.Field] = f.Code
		}
	}
	return list
}

func TestWhatAFieldMustHold(t *testing.T) {
	fine := New{Key: "cost_center", Name: "Cost center", Kind: Text}
	with := func(f func(*New)) New { n := fine; f(&n); return n }
	for name, test := range map[string]struct {
		in   New
		want map[string]string
	}{
		"fine":                    {fine, nil},
		"one letter":              {with(func(n *New) { n.Key = "x" }), nil},
		"as long as it may be":    {with(func(n *New) { n.Key = "a" + strings.Repeat("1", 31) }), nil},
		"too long a key":          {with(func(n *New) { n.Key = "a" + strings.Repeat("1", 32) }), map[string]string{"key": "invalid_key"}},
		"a capital":               {with(func(n *New) { n.Key = "Cost" }), map[string]string{"key": "invalid_key"}},
		"a digit first":           {with(func(n *New) { n.Key = "1st" }), map[string]string{"key": "invalid_key"}},
		"a hyphen":                {with(func(n *New) { n.Key = "cost-center" }), map[string]string{"key": "invalid_key"}},
		"a line break":            {with(func(n *New) { n.Key = "cost\n" }), map[string]string{"key": "invalid_key"}},
		"a column":                {with(func(n *New) { n.Key = "email" }), map[string]string{"key": "reserved_key"}},
		"the column for errors":   {with(func(n *New) { n.Key = "error" }), map[string]string{"key": "reserved_key"}},
		"no name":                 {with(func(n *New) { n.Name = " " }), map[string]string{"name": "required"}},
		"too long a name":         {with(func(n *New) { n.Name = strings.Repeat("ü", 65) }), map[string]string{"name": "too_long"}},
		"nothing":                 {New{}, map[string]string{"name": "required", "kind": "unknown_kind"}},
		"no key of the name":      {with(func(n *New) { n.Key, n.Name = "", "部门" }), map[string]string{"key": "required"}},
		"a column of the name":    {with(func(n *New) { n.Key, n.Name = "", "E-mail, Error" }), nil},
		"another column of it":    {with(func(n *New) { n.Key, n.Name = "", "Number" }), map[string]string{"key": "reserved_key"}},
		"no kind":                 {with(func(n *New) { n.Kind = "color" }), map[string]string{"kind": "unknown_kind"}},
		"choices of a text":       {with(func(n *New) { n.Choices = []string{"a"} }), map[string]string{"choices": "not_wanted"}},
		"no choices":              {with(func(n *New) { n.Kind = Choice }), map[string]string{"choices": "required"}},
		"an empty choice":         {with(func(n *New) { n.Kind, n.Choices = Choice, []string{"a", " "} }), map[string]string{"choices": "required"}},
		"a choice twice":          {with(func(n *New) { n.Kind, n.Choices = Choice, []string{"North", "south", "NORTH "} }), map[string]string{"choices": "twice"}},
		"too long a choice":       {with(func(n *New) { n.Kind, n.Choices = Choice, []string{strings.Repeat("x", 101)} }), map[string]string{"choices": "too_long"}},
		"too many choices":        {with(func(n *New) { n.Kind, n.Choices = Choice, make([]string, 101) }), map[string]string{"choices": "too_many"}},
		"as many as there may be": {with(func(n *New) { n.Kind, n.Choices = Choice, numbered(100) }), nil},
	} {
		_, err := test.in.check(time.Now())
		if got := faults(err); len(got)+len(test.want) > 0 && !maps.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func numbered(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = strings.Repeat("x", i+1)
	}
	return list
}

func TestAKeyComesOfTheName(t *testing.T) {
	for name, want := range map[string]string{
		"Cost center": "cost_center", " Führerschein-Klasse ": "fuhrerschein_klasse", "2nd phone": "f_2nd_phone", "部门": "", "": "",
		"A name that is much longer than a key may be": "a_name_that_is_much_longer_than",
	} {
		if got := keyFor(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// sample is one field of each kind, and some rules.
var sample = []Field{
	{Key: "badge", Kind: Text, Required: true},
	{Key: "days", Kind: Number, PersonMayEdit: true},
	{Key: "until", Kind: Date, PersonMayEdit: true},
	{Key: "shirt", Kind: Choice, Choices: Choices{"S", "M", "L"}, Required: true, PersonMayEdit: true},
}

func TestWhatAValueMustBe(t *testing.T) {
	whole := Values{"badge": "A 1", "shirt": "M"}
	for _, test := range []struct {
		key   string
		given any
		want  any    // nil: none
		code  string // empty: it is fine
	}{
		{"badge", "  B\u200b 2 ", "B 2", ""},
		{"badge", strings.Repeat("é", 500), strings.Repeat("é", 500), ""},
		{"badge", strings.Repeat("é", 501), nil, "too_long"},
		{"badge", "two\nlines", nil, "invalid_text"},
		{"badge", 12.0, nil, "invalid_type"},
		{"badge", true, nil, "invalid_type"},
		{"badge", []any{"a"}, nil, "invalid_type"},
		{"badge", map[string]any{"a": "b"}, nil, "invalid_type"},
		{"badge", "", nil, "required"},
		{"badge", nil, nil, "required"},
		{"badge", typed(" \t "), nil, "required"},
		{"days", 12.5, 12.5, ""},
		{"days", -0.000001, -0.000001, ""},
		{"days", 0.0000001, nil, "invalid_number"},
		{"days", math.Copysign(0, -1), 0.0, ""},
		{"days", 999999999999999.0, 999999999999999.0, ""},
		{"days", 1e15, nil, "invalid_number"},
		{"days", 1e300, nil, "invalid_number"},
		{"days", 0.1 + 0.2*1.0000000000000002, nil, "invalid_number"},
		{"days", math.Inf(1), nil, "invalid_number"},
		{"days", math.NaN(), nil, "invalid_number"},
		{"days", "12", nil, "invalid_type"},
		{"days", typed(" 12.50 "), 12.5, ""},
		{"days", typed("-3"), -3.0, ""},
		{"days", typed("1,5"), nil, "invalid_number"},
		{"days", typed("1e3"), nil, "invalid_number"},
		{"days", typed("0x10"), nil, "invalid_number"},
		{"days", typed("1_000"), nil, "invalid_number"},
		{"days", typed("inf"), nil, "invalid_number"},
		{"days", typed("1.2.3"), nil, "invalid_number"},
		{"days", typed("1234567890123456"), nil, "invalid_number"},
		{"days", typed("0.12345678901234567"), nil, "invalid_number"},
		{"days", typed(""), nil, ""},
		{"until", "2026-02-28", "2026-02-28", ""},
		{"until", "2024-02-29", "2024-02-29", ""},
		{"until", "2026-02-29", nil, "invalid_date"},
		{"until", "0000-01-01", nil, "invalid_date"},
		{"until", "28.02.2026", nil, "invalid_date"},
		{"until", "2026-2-28", nil, "invalid_date"},
		{"until", 20260228.0, nil, "invalid_type"},
		{"until", nil, nil, ""},
		{"shirt", "L", "L", ""},
		{"shirt", "l", nil, "unknown_choice"},
		{"shirt", "XXL", nil, "unknown_choice"},
		{"shirt", "", nil, "required"},
		{"other", "x", nil, "unknown_field"},
	} {
		var c errs.Check
		after := Apply(sample, whole, Given{test.key: test.given}, Admin, &c)
		if got := faults(c.Err())[Prefix+test.key]; got != test.code {
			t.Errorf("%s = %v: %q, want %q", test.key, test.given, got, test.code)
		}
		if test.code == "" && after[test.key] != test.want {
			t.Errorf("%s = %v: %v, want %v", test.key, test.given, after[test.key], test.want)
		}
		if !maps.Equal(whole, Values{"badge": "A 1", "shirt": "M"}) {
			t.Fatal("what there was before has changed")
		}
	}
}

func TestWhoWritesWhat(t *testing.T) {
	for _, test := range []struct {
		name  string
		by    Writer
		now   Values
		given Given
		want  Values
		wrong map[string]string
	}{
		{"an admin gives everything", Admin, nil, Given{"badge": "1", "shirt": "S", "days": 3.0}, Values{"badge": "1", "shirt": "S", "days": 3.0}, nil},
		{"an admin leaves out what is required", Admin, nil, Given{"days": 3.0}, nil, map[string]string{"custom.badge": "required", "custom.shirt": "required"}},
		{"nobody has joined yet", Inviter, nil, Given{"days": 3.0}, Values{"days": 3.0}, nil},
		{"a person may write", Person, Values{"badge": "1", "shirt": "S"}, Given{"shirt": "M", "until": "2026-01-01"}, Values{"badge": "1", "shirt": "M", "until": "2026-01-01"}, nil},
		{"a person may not write", Person, Values{"badge": "1", "shirt": "S"}, Given{"badge": "2"}, nil, map[string]string{"custom.badge": "not_yours"}},
		{"not even to clear it", Person, Values{"badge": "1", "shirt": "S"}, Given{"badge": nil}, nil, map[string]string{"custom.badge": "not_yours"}},
		{"what admins forgot is not the person's to mend", Person, Values{"shirt": "S"}, Given{"days": 1.0}, Values{"shirt": "S", "days": 1.0}, nil},
		{"somebody joins", Joiner, nil, Given{"shirt": "L"}, Values{"shirt": "L"}, nil},
		{"somebody joins without", Joiner, nil, nil, nil, map[string]string{"custom.shirt": "required"}},
		{"somebody joins with more than was asked", Joiner, nil, Given{"shirt": "L", "days": 3.0}, nil, map[string]string{"custom.days": "not_yours"}},
		{"an admin had chosen for whoever joins", Joiner, Values{"shirt": "S"}, nil, Values{"shirt": "S"}, nil},
		{"a choice that is gone stays", Admin, Values{"badge": "1", "shirt": "XS"}, Given{"days": 1.0}, Values{"badge": "1", "shirt": "XS", "days": 1.0}, nil},
		{"until somebody writes it", Admin, Values{"badge": "1", "shirt": "XS"}, Given{"shirt": "XS"}, nil, map[string]string{"custom.shirt": "unknown_choice"}},
		{"wrong is not also missing", Admin, Values{"badge": "1"}, Given{"shirt": "XS"}, nil, map[string]string{"custom.shirt": "unknown_choice"}},
		{"a key that is none", Admin, Values{"badge": "1", "shirt": "S"}, Given{"<b>": "x"}, nil, map[string]string{"custom.?": "unknown_field"}},
	} {
		var c errs.Check
		after := Apply(sample, test.now, test.given, test.by, &c)
		if diff := cmp.Diff(test.wrong, orNone(faults(c.Err()))); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if test.wrong == nil && !maps.Equal(after, test.want) {
			t.Errorf("%s: %v, want %v", test.name, after, test.want)
		}
	}
}

func orNone(m map[string]string) map[string]string {
	if len(m) == 0 {
		return nil
	}
	return m
}

func TestValuesInAColumn(t *testing.T) {
	for _, v := range []Values{{}, {"a": "x", "b": 12.5}, {"a": `"b":`, "n": 0.000001}, {"a": "</script>'\\ é 𝄞"}} {
		var again Values
		if err := again.Scan(v.Written()); err != nil || !maps.Equal(again, v) {
			t.Errorf("%v: %v, %v", v, again, err)
		}
	}
	if Values(nil).Written() != "{}" || (&Values{}).Scan(nil) == nil {
		t.Error("nothing is not written as nothing")
	}
}

func TestChangesByKey(t *testing.T) {
	got := Changes(Values{"a": "x", "b": 1.0, "same": "s"}, Values{"a": "y", "c": "new", "same": "s"})
	want := []op.Change{{Field: "custom.a", Before: "x", After: "y"}, {Field: "custom.b", Before: 1.0}, {Field: "custom.c", After: "new"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatAFormSays(t *testing.T) {
	if got := FromForm(url.Values{"name": {"x"}}); got.Set {
		t.Errorf("a form without custom fields: %v", got)
	}
	got := FromForm(url.Values{"custom.days": {"1,5"}, "custom.badge": {""}, "name": {"x"}})
	if !got.Set || !maps.Equal(got.Value, Given{"days": typed("1,5"), "badge": typed("")}) {
		t.Errorf("a form: %v", got)
	}
	over := Values{"badge": "1", "shirt": "S"}.Over(got)
	if over.Show("days") != "1,5" || over.Show("badge") != "" || over.Show("shirt") != "S" {
		t.Errorf("shown again: %v", over)
	}
	if same := (Values{"n": 2.5}).Over(patch.Field[Given]{}); same.Show("n") != "2.5" {
		t.Errorf("nothing typed: %v", same)
	}
}

func TestPlaces(t *testing.T) {
	three := []Field{{ID: "a", Position: 1}, {ID: "b", Position: 2}, {ID: "c", Position: 3}}
	for _, test := range []struct {
		moved id.Field
		to    int
		order string
	}{{"a", 3, "bca"}, {"c", 1, "cab"}, {"b", 2, "abc"}, {"b", 99, "acb"}, {"", 0, "abc"}} {
		at := map[id.Field]int{"a": 1, "b": 2, "c": 3}
		for _, p := range places(three, test.moved, test.to) {
			at[p.id] = p.position
		}
		order := slices.SortedFunc(maps.Keys(at), func(x, y id.Field) int { return at[x] - at[y] })
		if got := string(order[0] + order[1] + order[2]); got != test.order {
			t.Errorf("%s to %d: %s, want %s", test.moved, test.to, got, test.order)
		}
	}
	gap := places([]Field{{ID: "a", Position: 1}, {ID: "c", Position: 3}}, "", 0)
	if len(gap) != 1 || gap[0] != (placed{"c", 2}) {
		t.Errorf("a gap: %v", gap)
	}
}

// FuzzValues: whatever is sent, what is kept can be written, read, and given again
// without a change.
func FuzzValues(f *testing.F) {
	f.Add(`{"badge":"x","days":1.5,"until":"2026-01-01","shirt":"M"}`)
	f.Add(`{"badge":["x"],"days":"1","until":null}`)
	f.Fuzz(func(t *testing.T, body string) {
		given := Given{}
		if json.Unmarshal([]byte(body), &given) != nil {
			return
		}
		var c errs.Check
		after := Apply(sample, nil, given, Admin, &c)
		if c.Err() != nil {
			return
		}
		var read Values
		if err := read.Scan(after.Written()); err != nil || !maps.Equal(read, after) {
			t.Fatalf("%v was read as %v, %v", after, read, err)
		}
		var again errs.Check
		if same := Apply(sample, nil, Given(after), Admin, &again); again.Err() != nil || !maps.Equal(same, after) {
			t.Fatalf("%v became %v, %v", after, same, again.Err())
		}
	})
}
