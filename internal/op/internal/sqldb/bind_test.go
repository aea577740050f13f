package sqldb

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"roster/internal/id"
)

func TestBindWritesEachDialect(t *testing.T) {
	at := time.UnixMilli(1234)
	for _, c := range []struct {
		name, text     string
		args           Args
		lite, postgres string
		values         []any
	}{
		{"twice the same name", "select :a, :b, :a", Args{"a": 1, "b": "x"}, "select ?, ?, ?", "select $1, $2, $3", []any{int64(1), "x", int64(1)}},
		{"quotes and comments are left alone", "-- :no\nselect ':no', :a", Args{"a": true}, "-- :no\nselect ':no', ?", "-- :no\nselect ':no', $1", []any{true}},
		{"a list", "x in (:ids)", Args{"ids": []id.User{"usr_1", "usr_2"}}, "x in (?,?)", "x in ($1,$2)", []any{"usr_1", "usr_2"}},
		{"an empty list is in nothing", "x in (:ids)", Args{"ids": []string{}}, "x in (null)", "x in (null)", []any{}},
		{"a longer list has a round length", "x in (:ids)", Args{"ids": []int{1, 2, 3, 4, 5}}, "x in (?,?,?,?,?,?)", "x in ($1,$2,$3,$4,$5,$6)",
			[]any{int64(1), int64(2), int64(3), int64(4), int64(5), int64(5)}},
		{"times are milliseconds, none is null", "select :a, :b", Args{"a": at, "b": time.Time{}}, "select ?, ?", "select $1, $2", []any{int64(1234), nil}},
		{"an empty id is null, an empty text is not", "select :a, :b", Args{"a": id.User(""), "b": ""}, "select ?, ?", "select $1, $2", []any{nil, ""}},
		{"words of the dialect", "select 1 SKIP_LOCKED", nil, "select 1", "select 1 for update skip locked", []any{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for dialect, want := range map[Dialect]string{SQLite: c.lite, PostgreSQL: c.postgres} {
				got, values, err := dialect.bind(c.text, c.args)
				if err != nil {
					t.Fatal(err)
				}
				if got != want {
					t.Errorf("%s: got %q, want %q", dialect, got, want)
				}
				if diff := cmp.Diff(c.values, values); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestBindRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"a missing value":    "select :missing",
		"a cast":             "select 1::text",
		"an unclosed quote":  "select 'oops",
		"a colon without it": "select : a",
	} {
		if _, _, err := SQLite.bind(text, Args{}); err == nil {
			t.Errorf("%s was bound: %q", name, text)
		}
	}
}
