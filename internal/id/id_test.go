package id_test

import (
	"sort"
	"testing"
	"time"

	"roster/internal/id"
)

func TestIdsSortByTimeAndNeverRepeat(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	seen := map[id.User]bool{}
	var ids []string
	for i := range 1000 {
		one := id.New[id.User](start.Add(time.Duration(i) * time.Millisecond))
		if seen[one] {
			t.Fatalf("%s was made twice", one)
		}
		seen[one] = true
		ids = append(ids, string(one))
	}
	if !sort.StringsAreSorted(ids) {
		t.Error("ids made later sort earlier")
	}
}

func TestValidKnowsItsOwnKindOnly(t *testing.T) {
	user := string(id.New[id.User](time.Unix(1, 0)))
	for _, c := range []struct {
		text string
		want bool
	}{
		{user, true},
		{"", false},
		{"usr_", false},
		{user + "0", false},
		{user[:len(user)-1], false},
		{"org_" + user[4:], false},
		{user[:len(user)-1] + "u", false}, // u is not in the alphabet
		{user[:len(user)-1] + "\x00", false},
	} {
		if got := id.Valid[id.User](c.text); got != c.want {
			t.Errorf("Valid(%q) = %v, want %v", c.text, got, c.want)
		}
	}
}
