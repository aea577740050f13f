package field_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/adduser"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/field"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/self"
	"roster/internal/user"
)

func declare(t *testing.T, w *apptest.World, place apptest.Place, in field.New) field.Field {
	t.Helper()
	f, err := field.Create.Do(t.Context(), w.Door, place.Admin.Call(place), in)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// declared are the keys of a place's fields, in their order.
func declared(t *testing.T, w *apptest.World, place apptest.Place) string {
	t.Helper()
	all, err := field.List.Do(t.Context(), w.Door, place.Admin.Call(place), op.Nothing{})
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for i, f := range all.Items {
		keys = append(keys, f.Key)
		if f.Position != i+1 {
			t.Errorf("%s is at %d, not at %d", f.Key, f.Position, i+1)
		}
	}
	return strings.Join(keys, " ")
}

func write(ctx context.Context, w *apptest.World, place apptest.Place, u id.User, given field.Given) (user.User, error) {
	return user.Change.Do(ctx, w.Door, place.Admin.Call(place), user.Update{ID: u, Fields: user.Fields{Custom: patch.To(given)}})
}

func get(t *testing.T, w *apptest.World, place apptest.Place, u id.User) user.User {
	t.Helper()
	now, err := user.Get.Do(t.Context(), w.Door, place.Admin.Call(place), user.Ref{ID: u})
	if err != nil {
		t.Fatal(err)
	}
	return now
}

func says(err error, texts ...string) bool {
	return errs.Is(err, "validation_failed") && !slices.ContainsFunc(texts, func(s string) bool { return !strings.Contains(err.Error(), s) })
}

func TestDeclaringFields(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		theirs := declare(t, w, w.B, field.New{Key: "badge", Name: "Badge", Kind: field.Number})
		w.Advance(time.Second)
		since := w.Now(t)
		badge := declare(t, w, w.A, field.New{Key: "badge", Name: "Badge", Kind: field.Text, Required: true})
		shirt := declare(t, w, w.A, field.New{Name: "Shirt size", Kind: field.Choice, Choices: []string{"S", "M"}})
		if shirt.Key != "shirt_size" || shirt.Position != 2 || shirt.Version != 1 {
			t.Errorf("made: %+v", shirt)
		}
		for code, in := range map[string]field.New{
			"key_taken": {Key: "badge", Name: "Other", Kind: field.Text}, "name_taken": {Key: "other", Name: " BADGE ", Kind: field.Text},
		} {
			if _, err := field.Create.Do(t.Context(), w.Door, admin, in); !errs.Is(err, code) {
				t.Errorf("%s: %v", code, err)
			}
		}
		for code, up := range map[string]field.Update{
			"name_taken":        {ID: shirt.ID, Name: patch.To("badge")},
			"version_conflict":  {ID: shirt.ID, Version: 7, Name: patch.To("x")},
			"validation_failed": {ID: badge.ID, Choices: patch.To([]string{"a"})},
			"not_found":         {ID: theirs.ID, Name: patch.To("Mine")},
		} {
			if _, err := field.Change.Do(t.Context(), w.Door, admin, up); !errs.Is(err, code) {
				t.Errorf("%s: %v", code, err)
			}
		}
		for _, place := range []int{0, 3, -1} {
			if _, err := field.Change.Do(t.Context(), w.Door, admin, field.Update{ID: shirt.ID, Position: patch.To(place)}); !says(err, "position", "out_of_range") {
				t.Errorf("to place %d: %v", place, err)
			}
		}
		same, err := field.Change.Do(t.Context(), w.Door, admin, field.Update{ID: shirt.ID, Version: 1, Name: patch.To("Shirt size"), Position: patch.To(2)})
		if err != nil || same.Version != 1 {
			t.Errorf("nothing changed: %+v, %v", same, err)
		}
		if events := apptest.Names(w.Events(t, w.A.Org.ID, since)); !slices.Equal(events, []string{"custom_field.created", "custom_field.created"}) {
			t.Errorf("events so far: %v", events)
		}
		now, err := field.Change.Do(t.Context(), w.Door, admin, field.Update{ID: shirt.ID, Version: 1, Position: patch.To(1), Choices: patch.To([]string{"M", "L"}), Required: patch.To(true)})
		if err != nil || now.Version != 2 || !slices.Equal(now.Choices, []string{"M", "L"}) || !now.Required || declared(t, w, w.A) != "shirt_size badge" {
			t.Errorf("changed: %+v, %v; now %s", now, err, declared(t, w, w.A))
		}
		if kept, err := field.Get.Do(t.Context(), w.Door, admin, field.Ref{ID: badge.ID}); err != nil || kept.Version != 1 || kept.Position != 2 {
			t.Errorf("who made room: %+v, %v", kept, err)
		}
		last := w.Events(t, w.A.Org.ID, since)
		if e := last[len(last)-1]; len(last) != 3 || e.Name != "custom_field.updated" || e.Subject != string(shirt.ID) || !strings.Contains(e.Changes, `"position"`) || !strings.Contains(e.Changes, `"choices"`) {
			t.Errorf("recorded: %+v", last)
		}
		if _, err := field.Delete.Do(t.Context(), w.Door, admin, field.Removal{ID: shirt.ID, Version: 1}); !errs.Is(err, "version_conflict") {
			t.Errorf("deleted an old version: %v", err)
		}
		if _, err := field.Delete.Do(t.Context(), w.Door, admin, field.Removal{ID: theirs.ID}); errs.KindOf(err) != errs.KindNotFound {
			t.Errorf("deleted another's: %v", err)
		}
		if _, err := field.Delete.Do(t.Context(), w.Door, admin, field.Removal{ID: shirt.ID, Version: 2}); err != nil || declared(t, w, w.A) != "badge" {
			t.Errorf("deleted: %v, now %s", err, declared(t, w, w.A))
		}
		if declared(t, w, w.B) != "badge" {
			t.Errorf("the mirror organization has %s", declared(t, w, w.B))
		}
	})
}

func TestFiftyFieldsAndNoMore(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		for i := range field.MaxFields - 2 {
			declare(t, w, w.A, field.New{Name: fmt.Sprintf("Field %c%c", 'a'+i/10, 'a'+i%10), Kind: field.Text})
		}
		outcomes := make([]error, 6)
		var all sync.WaitGroup
		for i := range outcomes {
			all.Go(func() { // two with each key
				in := field.New{Key: fmt.Sprintf("late_%d", i/2), Name: fmt.Sprintf("Late %d", i/2), Kind: field.Text}
				_, outcomes[i] = field.Create.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), in)
			})
		}
		all.Wait()
		made := 0
		for _, err := range outcomes {
			switch {
			case err == nil:
				made++
			case !errs.Is(err, "key_taken") && !errs.Is(err, "too_many_fields"):
				t.Errorf("refused with %v", err)
			}
		}
		if n := len(strings.Fields(declared(t, w, w.A))); made != 2 || n != field.MaxFields {
			t.Errorf("%d were made, %d are there", made, n)
		}
		declare(t, w, w.B, field.New{Name: "Still free", Kind: field.Text})
	})
}

func TestUsersHaveValues(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := w.A.User.User.ID
		declare(t, w, w.A, field.New{Key: "badge", Name: "Badge", Kind: field.Text})
		declare(t, w, w.A, field.New{Key: "days", Name: "Days", Kind: field.Number, PersonMayEdit: true})
		declare(t, w, w.B, field.New{Key: "theirs", Name: "Theirs", Kind: field.Text})
		if now := get(t, w, w.A, u); now.Custom == nil || len(now.Custom) != 0 {
			t.Errorf("at first: %#v", now.Custom)
		}
		w.Advance(time.Second)
		since := w.Now(t)
		got, err := write(t.Context(), w, w.A, u, field.Given{"badge": " B 1", "days": 2.5})
		if err != nil || !maps.Equal(got.Custom, field.Values{"badge": "B 1", "days": 2.5}) || !maps.Equal(get(t, w, w.A, u).Custom, got.Custom) {
			t.Errorf("written: %v, %v", got.Custom, err)
		}
		if same, err := write(t.Context(), w, w.A, u, field.Given{"badge": "B 1"}); err != nil || same.Version != got.Version {
			t.Errorf("written again: %+v, %v", same, err)
		}
		if events := w.Events(t, w.A.Org.ID, since); len(events) != 1 || events[0].Name != "user.updated" ||
			events[0].Changes != `[{"field":"custom.badge","before":null,"after":"B 1"},{"field":"custom.days","before":null,"after":2.5}]` {
			t.Errorf("recorded: %+v", events)
		}
		if _, err := write(t.Context(), w, w.A, u, field.Given{"theirs": "x", "days": "2"}); !says(err, "custom.theirs", "unknown_field", "custom.days", "invalid_type") {
			t.Errorf("another's field: %v", err)
		}
		_, err = user.Change.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), user.Update{ID: u, Version: 1, Fields: user.Fields{Custom: patch.To(field.Given{"badge": "late"})}})
		if !errs.Is(err, "version_conflict") {
			t.Errorf("over another change: %v", err)
		}
		me := w.A.User.Call(w.A)
		if _, err := self.Update.Do(t.Context(), w.Door, me, self.Change{Fields: user.Fields{Custom: patch.To(field.Given{"badge": "mine"})}}); !says(err, "custom.badge", "not_yours") {
			t.Errorf("a person wrote what is the admins': %v", err)
		}
		mine, err := self.Update.Do(t.Context(), w.Door, me, self.Change{Fields: user.Fields{Custom: patch.To(field.Given{"days": nil})}})
		if err != nil || !maps.Equal(mine.Custom, field.Values{"badge": "B 1"}) {
			t.Errorf("a person's own: %v, %v", mine.Custom, err)
		}
		if none, err := user.Change.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), user.Update{ID: u, Fields: user.Fields{Custom: patch.ToNull[field.Given]()}}); err != nil || len(none.Custom) != 0 {
			t.Errorf("null: %v, %v", none.Custom, err)
		}
		if theirs := get(t, w, w.B, w.B.User.User.ID); len(theirs.Custom) != 0 || theirs.Version != w.B.User.User.Version {
			t.Errorf("the mirror organization has %+v", theirs)
		}
	})
}

func TestARequiredFieldLocksNobodyOut(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u, admin := w.A.User.User.ID, w.A.Admin.Call(w.A)
		f := declare(t, w, w.A, field.New{Key: "badge", Name: "Badge", Kind: field.Choice, Choices: []string{"red", "blue"}, Required: true})
		if _, err := user.Change.Do(t.Context(), w.Door, admin, user.Update{ID: u, Fields: user.Fields{Title: patch.To("Welder")}}); err != nil {
			t.Errorf("a change of something else: %v", err)
		}
		if _, err := write(t.Context(), w, w.A, u, field.Given{}); !says(err, "custom.badge", "required") {
			t.Errorf("a form without it: %v", err)
		}
		if _, err := write(t.Context(), w, w.A, u, field.Given{"badge": "red"}); err != nil {
			t.Fatal(err)
		}
		if _, err := field.Change.Do(t.Context(), w.Door, admin, field.Update{ID: f.ID, Choices: patch.To([]string{"crimson", "blue"})}); err != nil {
			t.Fatal(err)
		}
		if now := get(t, w, w.A, u); now.Custom["badge"] != "red" {
			t.Errorf("renaming a choice changed a user: %v", now.Custom)
		}
		if _, err := write(t.Context(), w, w.A, u, field.Given{"badge": "red"}); !says(err, "custom.badge", "unknown_choice") {
			t.Errorf("a choice that is gone: %v", err)
		}
		if _, err := user.Deactivate.Do(t.Context(), w.Door, admin, user.Ref{ID: u}); err != nil {
			t.Errorf("deactivating: %v", err)
		}
		in := adduser.Input{Email: "new@x.example", Entry: adduser.ByActivation, Fields: user.Fields{FirstName: patch.To("N"), LastName: patch.To("N")}}
		if _, err := adduser.Add.Do(t.Context(), w.Door, admin, in); !says(err, "custom.badge", "required") {
			t.Errorf("added without: %v", err)
		}
		in.Custom = patch.To(field.Given{"badge": "blue"})
		if added, err := adduser.Add.Do(t.Context(), w.Door, admin, in); err != nil || added.Custom["badge"] != "blue" {
			t.Errorf("added: %+v, %v", added.Custom, err)
		}
	})
}

func TestDeletingAFieldTakesItsValuesAlong(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, u, other := w.A.Admin.Call(w.A), w.A.User.User.ID, w.A.Admin.User.ID
		for _, place := range []apptest.Place{w.A, w.B} {
			declare(t, w, place, field.New{Key: "a_b", Name: "One", Kind: field.Text})
			declare(t, w, place, field.New{Key: "axb", Name: "Two", Kind: field.Number})
		}
		// What looks like the member in the values of others is not one.
		kept := field.Values{"axb": 1.5}
		if _, err := write(t.Context(), w, w.A, u, field.Given{"a_b": `"axb":1, é \ ' 𝄞`, "axb": 1.5}); err != nil {
			t.Fatal(err)
		}
		if _, err := write(t.Context(), w, w.A, other, field.Given{"axb": 2.0}); err != nil {
			t.Fatal(err)
		}
		if _, err := write(t.Context(), w, w.B, w.B.User.User.ID, field.Given{"a_b": "theirs"}); err != nil {
			t.Fatal(err)
		}
		before, untouched := get(t, w, w.A, u), get(t, w, w.A, other)
		all, err := field.List.Do(t.Context(), w.Door, admin, op.Nothing{})
		if err != nil {
			t.Fatal(err)
		}
		one := all.Items[0]
		if asked, err := field.Ask.Do(t.Context(), w.Door, admin, field.Ref{ID: one.ID}); err != nil || asked.Users != 1 {
			t.Errorf("asked: %+v, %v", asked, err)
		}
		w.Advance(time.Second)
		since := w.Now(t)
		if _, err := field.Delete.Do(t.Context(), w.Door, admin, field.Removal{ID: one.ID, Version: 1}); err != nil {
			t.Fatal(err)
		}
		if now := get(t, w, w.A, u); !maps.Equal(now.Custom, kept) || now.Version != before.Version+1 {
			t.Errorf("who had a value: %+v", now)
		}
		if now := get(t, w, w.A, other); !maps.Equal(now.Custom, untouched.Custom) || now.Version != untouched.Version {
			t.Errorf("who had none: %+v", now)
		}
		if theirs := get(t, w, w.B, w.B.User.User.ID); !maps.Equal(theirs.Custom, field.Values{"a_b": "theirs"}) {
			t.Errorf("the mirror organization has %v", theirs.Custom)
		}
		if events := w.Events(t, w.A.Org.ID, since); len(events) != 1 || events[0].Name != "custom_field.deleted" || events[0].Changes != `[{"field":"users","before":null,"after":1}]` {
			t.Errorf("recorded: %+v", events)
		}
		declare(t, w, w.A, field.New{Key: "a_b", Name: "One", Kind: field.Number})
		if now := get(t, w, w.A, u); !maps.Equal(now.Custom, kept) {
			t.Errorf("declared again: %v", now.Custom)
		}
		if _, err := write(t.Context(), w, w.A, u, field.Given{"a_b": 7.0}); err != nil {
			t.Errorf("written again: %v", err)
		}
	})
}

// Whoever writes a value while its field is deleted is refused, or comes first and
// loses it: nobody keeps a value that no field declares.
func TestNobodyKeepsAValueOfADeletedField(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, u := w.A.Admin.Call(w.A), w.A.User.User.ID
		for round := range 15 {
			f := declare(t, w, w.A, field.New{Key: "gone", Name: "Gone", Kind: field.Text})
			var deleted, written, added error
			var all sync.WaitGroup
			all.Go(func() { _, deleted = field.Delete.Do(t.Context(), w.Door, admin, field.Removal{ID: f.ID}) })
			all.Go(func() { _, written = write(t.Context(), w, w.A, u, field.Given{"gone": "x"}) })
			all.Go(func() {
				_, added = adduser.Add.Do(t.Context(), w.Door, admin, adduser.Input{
					Email: fmt.Sprintf("r%d@x.example", round), Entry: adduser.ByFederation,
					Fields: user.Fields{FirstName: patch.To("R"), LastName: patch.To("R"), Custom: patch.To(field.Given{"gone": "x"})},
				})
			})
			all.Wait()
			if deleted != nil {
				t.Fatalf("round %d: deleted: %v", round, deleted)
			}
			for _, err := range []error{written, added} {
				if err != nil && !says(err, "custom.gone", "unknown_field") {
					t.Errorf("round %d: %v", round, err)
				}
			}
		}
		var left int
		w.Put(t, w.A.Org.ID, func(t *op.Tx) (err error) {
			left, err = op.One[int](t, `select count(*) from users where org_id = :org and custom <> '{}'`, nil)
			return err
		})
		if left != 0 {
			t.Errorf("%d users have a value of a field that is gone", left)
		}
	})
}

func TestWhoMayDeclareAndSeeFields(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := declare(t, w, w.A, field.New{Key: "badge", Name: "Badge", Kind: field.Text})
		for who, call := range map[string]op.Call{"a plain user": w.A.User.Call(w.A), "an admin of B": {By: w.B.Admin.Call(w.B).By, Org: "alpha"}} {
			_, list := field.List.Do(t.Context(), w.Door, call, op.Nothing{})
			_, made := field.Create.Do(t.Context(), w.Door, call, field.New{Key: "x", Name: "X", Kind: field.Text})
			_, changed := field.Change.Do(t.Context(), w.Door, call, field.Update{ID: f.ID, Name: patch.To("X")})
			_, deleted := field.Delete.Do(t.Context(), w.Door, call, field.Removal{ID: f.ID})
			for _, err := range []error{list, made, changed, deleted} {
				if kind := errs.KindOf(err); err == nil || kind != errs.KindForbidden && kind != errs.KindNotFound && kind != errs.KindUnauthenticated {
					t.Errorf("%s: %v", who, err)
				}
			}
		}
		if declared(t, w, w.A) != "badge" {
			t.Error("something was done")
		}
		if field.List.Needs != authz.UsersView || field.Create.Needs != authz.SettingsManage || field.Delete.Needs != authz.SettingsManage {
			t.Error("the permissions are others")
		}
	})
}
