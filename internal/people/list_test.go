package people_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/op"
	"roster/internal/people"
	"roster/internal/user"
)

func emails(t *testing.T, w *apptest.World, call op.Call, in people.ListInput) []string {
	t.Helper()
	var all []string
	for {
		p, err := people.List.Do(t.Context(), w.Door, call, in)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range p.Items {
			all = append(all, u.Email)
		}
		if p.Next == nil {
			return all
		}
		in.Cursor = *p.Next
	}
}

func TestSearchFindsAnyPartOfAnything(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		w.Person(t, w.A.Org, "Søren", "Ångström", "soren@alpha.example", authz.RoleUser)
		w.Person(t, w.B.Org, "Søren", "Ångström", "soren@beta.example", authz.RoleUser)
		call := w.A.Admin.Call(w.A)
		for _, c := range []struct {
			search string
			want   []string
		}{
			{"soren", []string{"soren@alpha.example"}},
			{"SØR", []string{"soren@alpha.example"}},
			{"gstrom", []string{"soren@alpha.example"}},
			{"n ångs", []string{"soren@alpha.example"}},
			{"so", []string{"soren@alpha.example"}},
			{"s", []string{"soren@alpha.example"}},
			{"or", nil}, // no word begins so
			{"å", []string{"admin@alpha.example", "soren@alpha.example"}},
			{"beta", nil},
			{"%", nil},
			{`"`, nil},
			{`x" or "soren`, nil},
			{"alpha.example", []string{"admin@alpha.example", "soren@alpha.example", "user@alpha.example"}},
		} {
			got := emails(t, w, call, people.ListInput{Filter: people.Filter{Search: c.search}})
			if !slices.Equal(got, c.want) {
				t.Errorf("%q: got %v, want %v", c.search, got, c.want)
			}
		}
	})
}

// What many match is found in another way than what few match, and on a second
// page in another one than on the first.
func TestManyMatchesAreFoundLikeFew(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		for i := range 12 {
			w.Person(t, w.A.Org, "Nils", fmt.Sprintf("Andersson %c", 'a'+i), fmt.Sprintf("p%02d@alpha.example", i), authz.RoleUser)
			w.Person(t, w.B.Org, "Nils", "Andersson", fmt.Sprintf("p%02d@beta.example", i), authz.RoleUser)
		}
		call := w.A.Admin.Call(w.A)
		for _, search := range []string{"n", "ni", "nils", "ander", "p0", "alpha.example", "n andersson c", "adm", "qx", "qxz"} {
			for _, sort := range []string{"name", "-email", "-last_seen_at"} {
				in := people.ListInput{Filter: people.Filter{Search: search, Sort: sort, States: []user.State{user.Active}}, Paging: op.Paging{Limit: 5}}
				few := emails(t, w, call, in)
				in.Count = true
				counted, err := people.List.Do(t.Context(), w.Door, call, in)
				if err != nil || *counted.Total != len(few) {
					t.Errorf("%q: counted %v instead of %d, %v", search, counted.Total, len(few), err)
				}
				t.Run("many", func(t *testing.T) {
					people.SortFewMatches(t, 0)
					if many := emails(t, w, call, in); !slices.Equal(few, many) {
						t.Errorf("%q by %s: few %v, many %v", search, sort, few, many)
					}
					if p, err := people.List.Do(t.Context(), w.Door, call, in); err != nil || *p.Total != len(few) {
						t.Errorf("%q: counted %v instead of %d, %v", search, p.Total, len(few), err)
					}
				})
			}
		}
	})
}

func TestEveryOrderPagesThroughEverybodyOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		for i := range 12 {
			w.Advance(time.Second)
			w.Person(t, w.A.Org, "Twin", "Same", fmt.Sprintf("p%02d@alpha.example", i), authz.RoleUser)
		}
		call := w.A.Admin.Call(w.A)
		for _, sort := range []string{"name", "email", "state", "role", "created_at", "last_seen_at"} {
			up := emails(t, w, call, people.ListInput{Filter: people.Filter{Sort: sort}, Paging: op.Paging{Limit: 5}})
			down := emails(t, w, call, people.ListInput{Filter: people.Filter{Sort: "-" + sort}, Paging: op.Paging{Limit: 3}})
			slices.Reverse(down)
			if len(up) != 14 || !slices.Equal(up, down) {
				t.Errorf("by %s: up %v, down turned around %v", sort, up, down)
			}
		}
	})
}

func TestFiltersAndTheirRefusals(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		call := w.A.Admin.Call(w.A)
		if _, err := user.Deactivate.Do(t.Context(), w.Door, call, user.Ref{ID: w.A.User.User.ID}); err != nil {
			t.Fatal(err)
		}
		got := emails(t, w, call, people.ListInput{Filter: people.Filter{States: []user.State{user.Deactivated}}})
		if !slices.Equal(got, []string{"user@alpha.example"}) {
			t.Errorf("deactivated: %v", got)
		}
		p, err := people.List.Do(t.Context(), w.Door, call, people.ListInput{Paging: op.Paging{Limit: 1, Count: true}})
		if err != nil || *p.Total != 2 || p.Next == nil {
			t.Fatalf("%+v, %v", p, err)
		}
		for name, in := range map[string]people.ListInput{
			"another state":   {Filter: people.Filter{States: []user.State{"gone"}}},
			"a hidden column": {Filter: people.Filter{Sort: "password"}},
			"SQL":             {Filter: people.Filter{Sort: "name; drop table users"}},
			"too many":        {Paging: op.Paging{Limit: 501}},
			"a broken cursor": {Paging: op.Paging{Cursor: "abc"}},
			"another view's":  {Filter: people.Filter{Sort: "email"}, Paging: op.Paging{Cursor: *p.Next}},
		} {
			if _, err := people.List.Do(t.Context(), w.Door, call, in); errs.KindOf(err) != errs.KindMalformed {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := people.List.Do(t.Context(), w.Door, w.B.Admin.Call(w.B), people.ListInput{Paging: op.Paging{Cursor: *p.Next}}); !errs.Is(err, "invalid_cursor") {
			t.Errorf("a cursor of another organization: %v", err)
		}
		if _, err := people.List.Do(t.Context(), w.Door, w.A.User.Call(w.A), people.ListInput{}); errs.KindOf(err) != errs.KindUnauthenticated {
			t.Errorf("a deactivated user lists: %v", err)
		}
	})
}
