package number_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"roster/internal/adduser"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/number"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/secret"
	"roster/internal/user"
)

func TestWhoIsDeactivatedLosesAndGetsBack(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, uma := w.A.Admin.Call(w.A), w.A.User.User.ID
		ids := personal(t, w, admin, 2, "")
		for _, n := range ids {
			if err := assign(t, w, admin, n, uma); err != nil {
				t.Fatal(err)
			}
		}
		do := func(command op.Runner[user.Ref, user.User]) user.User {
			t.Helper()
			u, err := command.Do(t.Context(), w.Door, admin, user.Ref{ID: uma})
			if err != nil {
				t.Fatal(err)
			}
			if now := userOf(t, w, admin, uma); now.Version != u.Version || !slices.Equal(now.Numbers, u.Numbers) {
				t.Errorf("answered %+v, is %+v", u, now)
			}
			return u
		}
		if u := do(user.Deactivate); len(u.Numbers) != 0 {
			t.Errorf("deactivated with %v", u.Numbers)
		}
		if _, err := number.Give.Do(t.Context(), w.Door, admin, number.Gift{ID: uma, Next: number.Any}); !errs.Is(err, "deactivated") {
			t.Errorf("given to somebody who is deactivated: %v", err)
		}
		if err := assign(t, w, admin, ids[1], w.A.Admin.User.ID); err != nil {
			t.Fatal(err)
		}
		if u := do(user.Activate); !slices.Equal(u.Numbers, user.Numbers{ids[0]}) {
			t.Errorf("back with %v, want %v", u.Numbers, ids[0])
		}
		if _, err := number.Update.Do(t.Context(), w.Door, admin, number.Change{ID: ids[1], User: patch.ToNull[id.User]()}); err != nil {
			t.Fatal(err)
		}
		setting(t, w, org.SettingsChange{NumbersOnDeactivation: patch.To(org.KeepNumbers)})
		if u := do(user.Deactivate); !slices.Equal(u.Numbers, user.Numbers{ids[0]}) {
			t.Errorf("deactivated, keeping %v", u.Numbers)
		}
		if wins := rush(2, func(int) error {
			_, err := number.Give.Do(t.Context(), w.Door, admin, number.Gift{ID: w.A.Admin.User.ID, Number: ids[0]})
			return err
		}); wins["number_assigned"] != 2 {
			t.Errorf("what is kept is given: %v", wins)
		}
		if _, err := user.Delete.Do(t.Context(), w.Door, admin, user.Ref{ID: uma}); err != nil {
			t.Fatal(err)
		}
		for _, n := range numbers(t, w, w.A) {
			if n.User != "" || n.LeftBy != "" {
				t.Errorf("after deletion: %+v", n)
			}
		}
	})
}

// Who may come back to a number is deleted, or never joins: the number stays.
func TestNumbersOutliveWhoLeaves(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, uma := w.A.Admin.Call(w.A), w.A.User.User.ID
		ids := personal(t, w, admin, 2, "")
		if err := assign(t, w, admin, ids[0], uma); err != nil {
			t.Fatal(err)
		}
		r, err := invite.Create.Do(t.Context(), w.Door, admin, invite.Input{Emails: []string{"ina@alpha.example"}})
		if err != nil {
			t.Fatal(err)
		}
		letters := len(w.Letters(t, "ina@alpha.example"))
		if err := assign(t, w, admin, ids[1], r.Results[0].User); err != nil {
			t.Fatal(err)
		}
		if n := len(w.Letters(t, "ina@alpha.example")); n != letters {
			t.Errorf("who has not joined is told of a number")
		}
		if _, err := invite.Revoke.Do(t.Context(), w.Door, admin, invite.Ref{ID: r.Results[0].Invitation}); err != nil {
			t.Fatal(err)
		}
		for _, command := range []op.Runner[user.Ref, user.User]{user.Deactivate} {
			if _, err := command.Do(t.Context(), w.Door, admin, user.Ref{ID: uma}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := user.Delete.Do(t.Context(), w.Door, admin, user.Ref{ID: uma}); err != nil {
			t.Fatal(err)
		}
		for _, n := range numbers(t, w, w.A) {
			if n.User != "" || n.LeftBy != "" {
				t.Errorf("%+v", n)
			}
		}
	})
}

func TestNumbersComeWithAddingUsers(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		field, err := group.Create.Do(t.Context(), w.Door, admin, group.Input{Name: patch.To("Field")})
		if err != nil {
			t.Fatal(err)
		}
		home := personal(t, w, admin, 2, "")
		outside := add(t, w, admin, number.Input{Number: "+4685009999", Group: field.ID}).ID
		shared := add(t, w, admin, number.Input{Number: "+4685008888", Kind: number.Shared}).ID
		theirs := add(t, w, w.B.Admin.Call(w.B), number.Input{Number: "+4685008888"}).ID
		in := func(name string, more adduser.Input) adduser.Input {
			more.Email = name + "@alpha.example"
			more.FirstName, more.LastName = patch.To("N"), patch.To(name)
			return more
		}
		for name, c := range map[string]struct {
			in   adduser.Input
			code string
		}{
			"a shared one": {in("a", adduser.Input{Numbers: []id.Number{shared}}), "not_personal"},
			"another's":    {in("b", adduser.Input{Numbers: []id.Number{theirs}}), "validation_failed"},
			"unknown":      {in("c", adduser.Input{Numbers: []id.Number{"num_00000000000000000000000000"}}), "validation_failed"},
			"of no sort":   {in("d", adduser.Input{Next: "best"}), "validation_failed"},
			"too many":     {in("e", adduser.Input{Numbers: make21()}), "validation_failed"},
		} {
			if _, err := adduser.Add.Do(t.Context(), w.Door, admin, c.in); !errs.Is(err, c.code) {
				t.Errorf("%s: %v, want %s", name, err, c.code)
			}
		}
		lesser, _ := keyWith(t, w, authz.UsersManage)
		if _, err := adduser.Add.Do(t.Context(), w.Door, lesser, in("f", adduser.Input{Next: number.Any})); !errs.Is(err, "forbidden") {
			t.Errorf("without the permission: %v", err)
		}
		u, err := adduser.Add.Do(t.Context(), w.Door, admin, in("g", adduser.Input{Numbers: home[:1], Next: number.InGroup, Group: field.ID}))
		if err != nil || !slices.Contains(u.Numbers, home[0]) || !slices.Contains(u.Numbers, outside) || len(u.Numbers) != 2 {
			t.Errorf("with two: %+v, %v", u, err)
		}
		var kinds []string
		for _, l := range w.Letters(t, "g@alpha.example") {
			kinds = append(kinds, l.Kind)
		}
		if slices.Sort(kinds); !slices.Equal(kinds, []string{"activation", "number_assigned"}) {
			t.Errorf("the letters are %v", kinds)
		}
		silent, err := adduser.Add.Do(t.Context(), w.Door, admin, in("h", adduser.Input{Next: number.Any, Entry: adduser.ByPassword, Password: secret.NewClear("ten tall towers by the sea")}))
		if err != nil || !slices.Equal(silent.Numbers, user.Numbers{home[1]}) || len(w.Letters(t, "h@alpha.example")) != 0 {
			t.Errorf("without notice: %+v, %v, %d letters", silent, err, len(w.Letters(t, "h@alpha.example")))
		}
		if _, err := adduser.Add.Do(t.Context(), w.Door, admin, in("i", adduser.Input{Next: number.Any})); !errs.Is(err, "no_number") {
			t.Errorf("none left: %v", err)
		}
	})
}

func make21() []id.Number {
	list := make([]id.Number, number.MaxOfUser+1)
	for i := range list {
		list[i] = id.Number(fmt.Sprint("num_", i))
	}
	return list
}

func TestNoticesAreASetting(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, uma := w.A.Admin.Call(w.A), w.A.User.User
		if _, err := user.Change.Do(t.Context(), w.Door, admin, user.Update{ID: uma.ID, Fields: user.Fields{Language: patch.To("sv")}}); err != nil {
			t.Fatal(err)
		}
		ids := personal(t, w, admin, number.MaxOfUser+1, "")
		setting(t, w, org.SettingsChange{NumberNotices: patch.To(false)})
		for i, n := range ids {
			err := assign(t, w, admin, n, uma.ID)
			if i < number.MaxOfUser && err != nil || i == number.MaxOfUser && !errs.Is(err, "too_many_of_user") {
				t.Errorf("number %d: %v", i, err)
			}
		}
		if n := len(w.Letters(t, uma.Email)); n != 0 {
			t.Errorf("%d letters", n)
		}
		setting(t, w, org.SettingsChange{NumberNotices: patch.To(true)})
		if _, err := user.Deactivate.Do(t.Context(), w.Door, admin, user.Ref{ID: uma.ID}); err != nil {
			t.Fatal(err)
		}
		if _, err := user.Activate.Do(t.Context(), w.Door, admin, user.Ref{ID: uma.ID}); err != nil {
			t.Fatal(err)
		}
		if l := w.Letters(t, uma.Email); len(l) != 1 || !strings.Contains(l[0].Text, "+46 8 500 10 19") {
			t.Errorf("back, and told by %+v", l)
		}
	})
}
