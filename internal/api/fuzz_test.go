package api

import (
	"encoding/json"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"roster/internal/errs"
)

// FuzzBody feeds the body reader. Whatever it takes must be JSON to others too,
// and what it refuses must be a refusal that repeats nothing.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		`{"emails":["a@b.test"],"days":3,"limits":{"team_ids":["x"],"up":{}},"custom":{"a":[1,null]}}`,
		`{"a":1,"a":2}`, `{"emails":[`, `[]`, `{} {}`, "{\"\x00\":1}", `{"days":1e400}`, `null`, "", strings.Repeat("[", 40),
	} {
		f.Add([]byte(seed))
	}
	in, err := inputOf(reflect.TypeFor[post]())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var into post
		err := in.fillBody(reflect.ValueOf(&into).Elem(), body, defaultMaxNames)
		if err == nil {
			if body != nil && !json.Valid(body) {
				t.Errorf("%q was taken", body)
			}
			if into.Prepared != "" || !storable(into.Message) {
				t.Errorf("%q became %+v", body, into)
			}
			return
		}
		checkRefusal(t, err)
	})
}

// FuzzQuery feeds the reader of queries.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"limit=1&count=true&tag=a,b&since=2026-01-31T08:00:00Z", "limit=x", "key=1", "a;b", "%zz", "tag=%00", "=", "&&&", "open", "level=1,,2",
	} {
		f.Add(seed)
	}
	in, err := inputOf(reflect.TypeFor[list]())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		values, err := parseQuery(raw)
		if err != nil {
			checkRefusal(t, err)
			return
		}
		var into list
		if err := in.fillQuery(reflect.ValueOf(&into).Elem(), values); err != nil {
			checkRefusal(t, err)
			return
		}
		again, err := url.ParseQuery(raw)
		if err != nil || again.Has("key") || !storable(string(into.State)+strings.Join(into.Tags, "")) {
			t.Errorf("%q became %+v", raw, into)
		}
	})
}

func checkRefusal(t *testing.T, err error) {
	t.Helper()
	e, ok := asRefusal(err)
	if !ok {
		t.Fatalf("%v is no refusal", err)
	}
	if e.Kind != errs.KindMalformed && e.Kind != errs.KindInvalid {
		t.Errorf("%v is of kind %d", err, e.Kind)
	}
	for _, field := range e.Fields {
		if field.Field == "" || len([]rune(field.Message)) > 200 {
			t.Errorf("a field of %v", err)
		}
	}
}
