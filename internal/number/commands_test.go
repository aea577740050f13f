package number_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"roster/internal/adduser"
	"roster/internal/apikey"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/number"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/secret"
	"roster/internal/user"
)

// add adds one number of a kind.
func add(t *testing.T, w *apptest.World, call op.Call, in number.Input) number.Made {
	t.Helper()
	made, err := number.Add.Do(t.Context(), w.Door, call, in)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// personal adds so many free personal numbers, +4685001000 and those after it.
func personal(t *testing.T, w *apptest.World, call op.Call, n int, in id.Group) []id.Number {
	t.Helper()
	made := add(t, w, call, number.Input{From: "+46 8 500 10 00", To: fmt.Sprint("+", 4685001000+n-1), Group: in})
	var ids []id.Number
	for _, r := range made.Results {
		ids = append(ids, r.ID)
	}
	return ids
}

// numbers are all of a place.
func numbers(t *testing.T, w *apptest.World, place apptest.Place) []number.Number {
	t.Helper()
	p, err := number.List.Do(t.Context(), w.Door, place.Admin.Call(place), number.ListInput{Paging: op.Paging{Limit: 500}})
	if err != nil {
		t.Fatal(err)
	}
	return p.Items
}

func get(t *testing.T, w *apptest.World, call op.Call, n id.Number) number.Number {
	t.Helper()
	got, err := number.Get.Do(t.Context(), w.Door, call, number.Ref{ID: n})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func userOf(t *testing.T, w *apptest.World, call op.Call, u id.User) user.User {
	t.Helper()
	got, err := user.Get.Do(t.Context(), w.Door, call, user.Ref{ID: u})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func assign(t *testing.T, w *apptest.World, call op.Call, n id.Number, u id.User) error {
	t.Helper()
	_, err := number.Update.Do(t.Context(), w.Door, call, number.Change{ID: n, User: patch.To(u)})
	return err
}

// keyWith is a key of A that holds some permissions.
func keyWith(t *testing.T, w *apptest.World, permissions ...authz.Permission) (op.Call, string) {
	t.Helper()
	k, err := apikey.Create.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), apikey.New{Name: "key", Permissions: permissions})
	if err != nil {
		t.Fatal(err)
	}
	hash, _ := secret.HashToken(k.Secret, secret.APIKey)
	return op.Call{By: authz.Caller{Key: hash.Bytes(), Origin: apptest.Origin}, Org: string(w.A.Org.ID)}, k.Secret
}

func setting(t *testing.T, w *apptest.World, in org.SettingsChange) {
	t.Helper()
	if _, err := org.UpdateSettings.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), in); err != nil {
		t.Fatal(err)
	}
}

func TestNumbersAreAddedOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, since := w.A.Admin.Call(w.A), w.Now(t)
		one := add(t, w, admin, number.Input{Number: "+46 8 123 45 67", Kind: number.Main})
		if one.Number != "+4681234567" || one.Kind != number.Main || one.Version != 1 || len(one.Results) != 1 {
			t.Fatalf("added %+v", one)
		}
		for name, in := range map[string]number.Input{
			"the same":               {Number: "+4681234567"},
			"of a group that is not": {Number: "+4681234568", Group: "grp_00000000000000000000000000"},
			"for a user who is not":  {Number: "+4681234568", User: "usr_00000000000000000000000000"},
			"for another's user":     {Number: "+4681234568", User: w.B.User.User.ID},
			"a second main number":   {Number: "+4681234568", Kind: number.Main},
		} {
			want := map[string]string{"the same": "number_taken", "a second main number": "main_number_exists"}[name]
			if want == "" {
				want = "validation_failed"
			}
			if _, err := number.Add.Do(t.Context(), w.Door, admin, in); !errs.Is(err, want) {
				t.Errorf("%s: %v, want %s", name, err, want)
			}
		}
		made := add(t, w, admin, number.Input{Numbers: []string{"+4681234567", "+4681234568", "rubbish", "+46 8 123 45 68"}, Kind: number.Shared})
		var got []number.Outcome
		for _, r := range made.Results {
			got = append(got, r.Outcome)
		}
		if !slices.Equal(got, []number.Outcome{number.Taken, number.Added, number.Invalid, number.Taken}) || made.ID != "" {
			t.Errorf("of a list: %+v", made)
		}
		many := add(t, w, admin, number.Input{From: "+4681234560", To: "+4681234569"})
		if many.Count(number.Added) != 8 || many.Count(number.Taken) != 2 {
			t.Errorf("of a range: %+v", many)
		}
		all := numbers(t, w, w.A)
		if len(all) != 10 || !slices.IsSortedFunc(all, func(a, b number.Number) int { return strings.Compare(a.Number, b.Number) }) {
			t.Errorf("there are %d: %+v", len(all), all)
		}
		names := slices.DeleteFunc(apptest.Names(w.Events(t, w.A.Org.ID, since)), func(n string) bool { return !strings.HasPrefix(n, "number") })
		if want := []string{"number.added", "number.added", "numbers.added"}; !slices.Equal(names, want) {
			t.Errorf("recorded are %v", names)
		}
		theirs := add(t, w, w.B.Admin.Call(w.B), number.Input{Number: "+4681234567", Kind: number.Main})
		if theirs.ID == one.ID || len(numbers(t, w, w.B)) != 1 {
			t.Errorf("the same number in another organization: %+v", theirs)
		}
	})
}

func TestTheLongestRangeGoesIn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		made := add(t, w, admin, number.Input{From: "+4685000000", To: "+4685009999"})
		if made.Count(number.Added) != number.MaxRange {
			t.Errorf("%d added", made.Count(number.Added))
		}
		again := add(t, w, admin, number.Input{From: "+4685000000", To: "+4685009999"})
		if again.Count(number.Taken) != number.MaxRange {
			t.Errorf("again: %d taken", again.Count(number.Taken))
		}
		p, err := number.List.Do(t.Context(), w.Door, admin, number.ListInput{Search: "50 0123", Paging: op.Paging{Count: true}})
		if err != nil || *p.Total != 10 {
			t.Errorf("found %v, %v", *p.Total, err)
		}
	})
}

func TestThereIsAnEndToNumbers(t *testing.T) {
	w := apptest.New(t, apptest.SQLite(t))
	w.Put(t, w.A.Org.ID, func(t *op.Tx) error {
		g, err := group.Default(t)
		if err != nil {
			return err
		}
		_, err = t.Exec(`with recursive n (i) as (select 1 union all select i + 1 from n where i < :most)
			insert into numbers (org_id, id, number, kind, group_id, created_at, version) select :org, 'num_' || i, '+' || i, 'shared', :group, 0, 1 from n`,
			op.Args{"most": number.MaxNumbers - 1, "group": g.ID})
		return err
	})
	admin := w.A.Admin.Call(w.A)
	if _, err := number.Add.Do(t.Context(), w.Door, admin, number.Input{From: "+4681234560", To: "+4681234561"}); !errs.Is(err, "too_many_numbers") {
		t.Errorf("two more: %v", err)
	}
	add(t, w, admin, number.Input{Number: "+4681234560"})
	add(t, w, w.B.Admin.Call(w.B), number.Input{Number: "+4681234560"})
}

func TestANumberIsGivenMovedAndFreed(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, uma := w.A.Admin.Call(w.A), w.A.User.User
		n := personal(t, w, admin, 1, "")[0]
		since, before := w.Now(t), userOf(t, w, admin, uma.ID).Version
		if err := assign(t, w, admin, n, uma.ID); err != nil {
			t.Fatal(err)
		}
		if u := userOf(t, w, admin, uma.ID); !slices.Equal(u.Numbers, user.Numbers{n}) || u.Version != before+1 {
			t.Errorf("the user is %+v", u)
		}
		if got := get(t, w, admin, n); got.User != uma.ID || got.UserName != uma.Name() || got.Version != 2 {
			t.Errorf("the number is %+v", got)
		}
		letter := w.Newest(t, uma.Email)
		if letter.Kind != "number_assigned" || !strings.Contains(letter.Text, "+46 8 500 10 00") || !strings.Contains(letter.Subject, "Alpha") || !strings.Contains(letter.Text, "/o/alpha/profile") {
			t.Errorf("the letter: %+v", letter)
		}
		if _, err := number.Delete.Do(t.Context(), w.Door, admin, number.Version{ID: n}); !errs.Is(err, "number_assigned") {
			t.Errorf("deleted while somebody has it: %v", err)
		}
		if _, err := number.Update.Do(t.Context(), w.Door, admin, number.Change{ID: n, Kind: patch.To(number.Shared)}); !errs.Is(err, "number_assigned") {
			t.Errorf("shared while somebody has it: %v", err)
		}
		if _, err := number.Update.Do(t.Context(), w.Door, admin, number.Change{ID: n, Version: 1, User: patch.To(w.A.Admin.User.ID)}); !errs.Is(err, "version_conflict") {
			t.Errorf("moved on an old version: %v", err)
		}
		if err := assign(t, w, admin, n, w.B.User.User.ID); !errs.Is(err, "validation_failed") {
			t.Errorf("given to somebody of another organization: %v", err)
		}
		if err := assign(t, w, admin, n, w.A.Admin.User.ID); err != nil {
			t.Fatal(err)
		}
		if u := userOf(t, w, admin, uma.ID); len(u.Numbers) != 0 {
			t.Errorf("moved, and still of %+v", u)
		}
		if _, err := number.Update.Do(t.Context(), w.Door, admin, number.Change{ID: n, User: patch.ToNull[id.User]()}); err != nil {
			t.Fatal(err)
		}
		if same, err := number.Update.Do(t.Context(), w.Door, admin, number.Change{ID: n, User: patch.ToNull[id.User]()}); err != nil || same.Version != 4 {
			t.Errorf("freed twice: %+v, %v", same, err)
		}
		if _, err := number.Delete.Do(t.Context(), w.Door, admin, number.Version{ID: n, Version: 3}); !errs.Is(err, "version_conflict") {
			t.Errorf("deleted on an old version: %v", err)
		}
		if _, err := number.Delete.Do(t.Context(), w.Door, admin, number.Version{ID: n}); err != nil {
			t.Error(err)
		}
		var names []string
		for _, e := range w.Events(t, w.A.Org.ID, since) {
			names = append(names, e.Name)
			if e.Name == "number.assigned" && (!strings.Contains(e.Changes, "+4685001000") || e.Subject == string(n)) {
				t.Errorf("recorded is %+v", e)
			}
		}
		if want := []string{"number.assigned", "number.freed", "number.assigned", "number.freed", "number.deleted"}; !slices.Equal(names, want) {
			t.Errorf("recorded are %v", names)
		}
		if n := len(w.Letters(t, uma.Email)); n != 1 {
			t.Errorf("%d letters to who lost it", n)
		}
	})
}

func TestNoNumberIsGivenTwice(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		const many, free = 16, 10
		var people []apptest.Person
		for i := range many {
			people = append(people, w.Person(t, w.A.Org, "P", fmt.Sprint(i), fmt.Sprintf("p%d@alpha.example", i), authz.RoleUser))
		}
		ids := personal(t, w, admin, 1, "")
		// All want the same one, each by one of the ways.
		wins := rush(many, func(i int) error {
			if i%2 == 0 {
				_, err := number.Give.Do(t.Context(), w.Door, admin, number.Gift{ID: people[i].User.ID, Number: ids[0]})
				return err
			}
			_, err := adduser.Add.Do(t.Context(), w.Door, admin, adduser.Input{
				Email: fmt.Sprintf("new%d@alpha.example", i), Numbers: ids,
				Fields: user.Fields{FirstName: patch.To("New"), LastName: patch.To(fmt.Sprint(i))},
			})
			return err
		})
		if wins[""] != 1 || wins["number_assigned"] != many-1 {
			t.Errorf("one number: %v", wins)
		}
		// All want the next one, of which there are too few.
		add(t, w, admin, number.Input{From: "+4685001001", To: fmt.Sprint("+", 4685001000+free)})
		wins = rush(many, func(i int) error {
			if i%2 == 0 {
				_, err := number.Give.Do(t.Context(), w.Door, admin, number.Gift{ID: people[i].User.ID, Next: number.Any})
				return err
			}
			_, err := adduser.Add.Do(t.Context(), w.Door, admin, adduser.Input{
				Email: fmt.Sprintf("next%d@alpha.example", i), Next: number.InGroup,
				Fields: user.Fields{FirstName: patch.To("Next"), LastName: patch.To(fmt.Sprint(i))},
			})
			return err
		})
		if wins[""] != free || wins["no_number"] != many-free {
			t.Errorf("the next ones: %v", wins)
		}
		holders := map[id.User]int{}
		for _, n := range numbers(t, w, w.A) {
			if n.User == "" {
				t.Errorf("%s is left", n.Number)
			}
			holders[n.User]++
			if u := userOf(t, w, admin, n.User); !slices.Contains(u.Numbers, n.ID) {
				t.Errorf("%s is of %+v", n.Number, u)
			}
		}
		// The same numbers added by several at once are there once.
		wins = rush(8, func(int) error {
			_, err := number.Add.Do(t.Context(), w.Door, admin, number.Input{Number: "+4912345678", Kind: number.Main})
			return err
		})
		if wins[""] != 1 || wins["number_taken"] != 7 {
			t.Errorf("added at once: %v", wins)
		}
		if len(numbers(t, w, w.B)) != 0 {
			t.Error("the mirror organization has numbers")
		}
	})
}

// rush does something many times at once, and counts the codes that come of it.
func rush(many int, do func(i int) error) map[string]int {
	codes := make([]string, many)
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			err := do(i)
			if e, ok := err.(*errs.Error); ok {
				codes[i] = e.Code
			} else if err != nil {
				codes[i] = err.Error()
			}
		})
	}
	all.Wait()
	counts := map[string]int{}
	for _, code := range codes {
		counts[code]++
	}
	return counts
}

func TestNumbersMoveWhenTheirGroupGoes(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		make := func(name string) group.Group {
			g, err := group.Create.Do(t.Context(), w.Door, admin, group.Input{Name: patch.To(name)})
			if err != nil {
				t.Fatal(err)
			}
			return g
		}
		from, to := make("From"), make("To")
		ids := personal(t, w, admin, 3, from.ID)
		got, err := group.Get.Do(t.Context(), w.Door, admin, group.Ref{ID: from.ID})
		if err != nil || got.Numbers != 3 || got.Users != 0 {
			t.Errorf("the group is %+v, %v", got, err)
		}
		if _, err := group.Delete.Do(t.Context(), w.Door, admin, group.Removal{ID: from.ID}); !errs.Is(err, "group_in_use") {
			t.Errorf("deleted with its numbers: %v", err)
		}
		since := w.Now(t)
		if _, err := group.Delete.Do(t.Context(), w.Door, admin, group.Removal{ID: from.ID, To: to.ID}); err != nil {
			t.Fatal(err)
		}
		if n := get(t, w, admin, ids[0]); n.Group != to.ID || n.GroupName != "To" || n.Version != 2 {
			t.Errorf("moved to %+v", n)
		}
		if events := w.Events(t, w.A.Org.ID, since); len(events) != 1 || !strings.Contains(events[0].Changes, `"numbers"`) {
			t.Errorf("recorded are %+v", events)
		}
		if _, err := number.Update.Do(t.Context(), w.Door, admin, number.Change{ID: ids[0], Group: patch.ToNull[id.Group]()}); !errs.Is(err, "validation_failed") {
			t.Errorf("in no group: %v", err)
		}
		if n, err := number.Update.Do(t.Context(), w.Door, admin, number.Change{ID: ids[0], Group: patch.To(w.A.User.User.Group)}); err != nil || n.GroupName != "Default" {
			t.Errorf("back in the default: %+v, %v", n, err)
		}
	})
}

func TestListsOfNumbers(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		ids := personal(t, w, admin, 5, "")
		add(t, w, admin, number.Input{Number: "+4930123456", Kind: number.Shared})
		add(t, w, w.B.Admin.Call(w.B), number.Input{Number: "+4930999999"})
		if err := assign(t, w, admin, ids[3], w.A.User.User.ID); err != nil {
			t.Fatal(err)
		}
		yes, no := true, false
		for name, c := range map[string]struct {
			in   number.ListInput
			want int
		}{
			"all":            {number.ListInput{}, 6},
			"shared":         {number.ListInput{Kind: number.Shared}, 1},
			"given":          {number.ListInput{Assigned: &yes}, 1},
			"not given":      {number.ListInput{Assigned: &no}, 5},
			"free":           {number.ListInput{Assigned: &no, Kind: number.Personal}, 4},
			"by digits":      {number.ListInput{Search: "(30) 123"}, 1},
			"by no digit":    {number.ListInput{Search: "berlin"}, 0},
			"by a wildcard":  {number.ListInput{Search: "%"}, 0},
			"of the default": {number.ListInput{Group: w.A.User.User.Group}, 6},
			"of another's":   {number.ListInput{Group: w.B.User.User.Group}, 0},
		} {
			seen := map[string]bool{}
			c.in.Paging = op.Paging{Limit: 2, Count: true}
			for {
				p, err := number.List.Do(t.Context(), w.Door, admin, c.in)
				if err != nil || *p.Total != c.want {
					t.Fatalf("%s: %+v, %v", name, p, err)
				}
				for _, n := range p.Items {
					seen[n.Number] = true
				}
				if p.Next == nil {
					break
				}
				c.in.Cursor = *p.Next
			}
			if len(seen) != c.want {
				t.Errorf("%s: %v", name, slices.Collect(maps.Keys(seen)))
			}
		}
		if _, err := number.List.Do(t.Context(), w.Door, admin, number.ListInput{Kind: "fax"}); errs.KindOf(err) != errs.KindMalformed {
			t.Errorf("of no kind: %v", err)
		}
	})
}

func TestTheSchemaGivesNoNumberTwice(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		ids := personal(t, w, admin, 1, "")
		add(t, w, admin, number.Input{Number: "+4930123456", Kind: number.Main})
		theirs := add(t, w, w.B.Admin.Call(w.B), number.Input{Number: "+4930123456"})
		for name, statement := range map[string]string{
			"a second main number":      `update numbers set kind = 'main' where org_id = :org and id = '` + string(ids[0]) + `'`,
			"the same number":           `update numbers set number = '+4930123456' where org_id = :org and id = '` + string(ids[0]) + `'`,
			"the main one for somebody": `update numbers set user_id = '` + string(w.A.User.User.ID) + `' where org_id = :org and kind = 'main'`,
			"for another's user":        `update numbers set user_id = '` + string(w.B.User.User.ID) + `' where org_id = :org and kind = 'personal'`,
			"in another's group":        `update numbers set group_id = '` + string(theirs.Group) + `' where org_id = :org`,
			"in no group":               `update numbers set group_id = null where org_id = :org`,
			"of another kind":           `update numbers set kind = 'fax' where org_id = :org`,
		} {
			c := op.Command[op.Nothing, op.Nothing]{
				Name: "test.break", Needs: authz.NumbersManage, Scope: authz.InOrg, Quiet: "a test",
				Run: func(t *op.Tx, _ op.Nothing) (op.Nothing, error) {
					_, err := t.Exec(statement, nil)
					return op.Nothing{}, err
				},
			}
			if _, err := c.Do(t.Context(), w.Door, admin, op.Nothing{}); errs.KindOf(err) != errs.KindInternal || err == nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestNumbersGoWithTheirOrganization(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ids := personal(t, w, w.A.Admin.Call(w.A), 2, "")
		if err := assign(t, w, w.A.Admin.Call(w.A), ids[0], w.A.User.User.ID); err != nil {
			t.Fatal(err)
		}
		add(t, w, w.B.Admin.Call(w.B), number.Input{Number: "+4930123456"})
		call := apptest.OperatorCall()
		call.Org = string(w.A.Org.ID)
		if _, err := org.Update.Do(t.Context(), w.Door, call, org.Change{Suspended: patch.To(true)}); err != nil {
			t.Fatal(err)
		}
		if _, err := org.Delete.Do(t.Context(), w.Door, call, org.Version{}); err != nil {
			t.Fatal(err)
		}
		if len(numbers(t, w, w.B)) != 1 {
			t.Error("the mirror organization lost numbers")
		}
	})
}
