package sqldb

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
)

func TestListsHaveFewLengths(t *testing.T) {
	lengths := map[int]bool{}
	for n := range longestPadded + 1 {
		list := make([]any, n)
		for i := range list {
			list[i] = i
		}
		long := padded(list)
		lengths[len(long)] = true
		if len(long) < n || n > 4 && len(long) >= 2*n || n > 0 && !slices.Equal(long[:n], list) || n > 0 && long[len(long)-1] != n-1 {
			t.Fatalf("%d became %v", n, long)
		}
	}
	if len(lengths) > 25 {
		t.Errorf("%d lengths", len(lengths))
	}
}

// Statements that are kept answer with the values of each run, see what other
// connections commit and how the schema changes, and serve again after a failure
// and beside themselves.
func TestKeptStatementsAnswerAnew(t *testing.T) {
	ctx := t.Context()
	db, err := Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "kept.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	do := func(text string) {
		t.Helper()
		if _, err := db.Pool().ExecContext(ctx, text); err != nil {
			t.Fatal(err)
		}
	}
	read := func(least int) []int {
		t.Helper()
		tx, err := db.Begin(ctx, ReadOnly)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		rows, err := db.Query(ctx, tx, "select n from numbers where n >= :least order by n", Args{"least": least})
		if err != nil {
			t.Fatal(err)
		}
		list, err := Scan[int](rows)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	write := func(n int) error {
		tx, err := db.Begin(ctx, Serializable)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		if _, err := db.Exec(ctx, tx, "insert into numbers (n) values (:n)", Args{"n": n}); err != nil {
			return err
		}
		return tx.Commit()
	}
	do("create table numbers (n integer primary key) strict")
	for n := range 5 {
		if err := write(n); err != nil {
			t.Fatal(err)
		}
		if got := read(0); len(got) != n+1 {
			t.Errorf("after %d: %v", n, got)
		}
	}
	if err := write(3); !IsDuplicate(err) {
		t.Errorf("the same again: %v", err)
	}
	if err := write(5); err != nil {
		t.Errorf("after a failure: %v", err)
	}
	do("alter table numbers add column name text")
	do("create index by_name on numbers (name, n)")
	if got := read(4); !slices.Equal(got, []int{4, 5}) {
		t.Errorf("after the schema changed: %v", got)
	}
	// The same text, while its own rows are still being read.
	tx, err := db.Begin(ctx, ReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	text := "select n from numbers where n >= :least order by n"
	outer, err := db.Query(ctx, tx, text, Args{"least": 1})
	if err != nil {
		t.Fatal(err)
	}
	defer outer.Close()
	outer.Next()
	inner, err := db.Query(ctx, tx, text, Args{"least": 4})
	if err != nil {
		t.Fatal(err)
	}
	if list, err := Scan[int](inner); err != nil || !slices.Equal(list, []int{4, 5}) {
		t.Errorf("beside itself: %v, %v", list, err)
	}
	if list, err := Scan[int](outer); err != nil || !slices.Equal(list, []int{2, 3, 4, 5}) {
		t.Errorf("what was being read: %v, %v", list, err)
	}
	// More texts than are kept.
	for i := range mostKept + 20 {
		rows, err := db.Query(ctx, tx, fmt.Sprintf("select n + %d from numbers where n = :n", i), Args{"n": 1})
		if err != nil {
			t.Fatal(err)
		}
		if list, err := Scan[int](rows); err != nil || !slices.Equal(list, []int{i + 1}) {
			t.Errorf("text %d: %v, %v", i, list, err)
		}
	}
}
