package patch_test

import (
	"encoding/json"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"roster/internal/patch"
)

type place struct {
	City string `json:"city"`
}

type body struct {
	Title patch.Field[string] `json:"title,omitzero"`
	Teams patch.Field[[]int]  `json:"teams,omitzero"`
	Place patch.Field[place]  `json:"place,omitzero"`
}

var decoders = map[string]func([]byte, any) error{
	"encoding/json":      json.Unmarshal,
	"go-json-experiment": func(b []byte, v any) error { return jsonv2.Unmarshal(b, v) },
}

var encoders = map[string]func(any) ([]byte, error){
	"encoding/json":      json.Marshal,
	"go-json-experiment": func(v any) ([]byte, error) { return jsonv2.Marshal(v) },
}

func TestRoundTrip(t *testing.T) {
	tests := []struct {
		json string
		want body
	}{
		{`{}`, body{}},
		{`{"title":null}`, body{Title: patch.ToNull[string]()}},
		{`{"title":""}`, body{Title: patch.To("")}},
		{`{"title":"Dr","teams":[1,2]}`, body{Title: patch.To("Dr"), Teams: patch.To([]int{1, 2})}},
		{`{"teams":[]}`, body{Teams: patch.To([]int{})}},
		{`{"place":{"city":"Umeå"}}`, body{Place: patch.To(place{"Umeå"})}},
	}
	for _, test := range tests {
		for name, decode := range decoders {
			var got body
			if err := decode([]byte(test.json), &got); err != nil {
				t.Errorf("%s: %s: %v", name, test.json, err)
			} else if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", name, test.json, diff)
			}
		}
		for name, encode := range encoders {
			if got, err := encode(test.want); err != nil || string(got) != test.json {
				t.Errorf("%s: got %s, %v; want %s", name, got, err, test.json)
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	for name, decode := range decoders {
		got := body{Title: patch.To("before")}
		if err := decode([]byte(`{"title":7}`), &got); err == nil {
			t.Errorf("%s: a number became a string", name)
		}
		if got.Title != patch.To("before") {
			t.Errorf("%s: the failure changed the field: %+v", name, got.Title)
		}
	}
}

func TestStrictnessReachesInside(t *testing.T) {
	for _, in := range []string{
		`{"place":{"city":"Umeå","zip":"1"}}`,
		`{"place":{"city":"Umeå","city":"Oslo"}}`,
		`{"place":{"CITY":"Umeå"}}`,
	} {
		var got body
		if err := jsonv2.Unmarshal([]byte(in), &got, jsonv2.RejectUnknownMembers(true)); err == nil {
			t.Errorf("%s was accepted as %+v", in, got)
		}
	}
}

func TestOr(t *testing.T) {
	for _, test := range []struct {
		field patch.Field[string]
		want  string
	}{
		{patch.Field[string]{}, "current"},
		{patch.ToNull[string](), ""},
		{patch.To("new"), "new"},
		{patch.To(""), ""},
	} {
		if got := test.field.Or("current"); got != test.want {
			t.Errorf("%+v.Or = %q, want %q", test.field, got, test.want)
		}
	}
}
