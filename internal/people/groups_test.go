package people_test

import (
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/people"
	"roster/internal/user"
)

// field makes a group of A, and answers its id and that of the default.
func field(t *testing.T, w *apptest.World, call op.Call, in group.Input) (made, home id.Group) {
	t.Helper()
	in.Name = patch.To("Field")
	g, err := group.Create.Do(t.Context(), w.Door, call, in)
	if err != nil {
		t.Fatal(err)
	}
	return g.ID, w.A.User.User.Group
}

func TestTheUsersPageKnowsGroups(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, u := w.A.Admin.Call(w.A), w.A.User.User
		b := w.Browser(t, people.Pages).As(w.A.Admin, w.A)
		if alone := b.Get("/o/alpha/users"); alone.Has("c-group") {
			t.Error("one group alone has a column")
		}
		g, home := field(t, w, admin, group.Input{})
		if _, err := user.Change.Do(t.Context(), w.Door, admin, user.Update{ID: u.ID, Group: patch.To(g)}); err != nil {
			t.Fatal(err)
		}
		if all := b.Get("/o/alpha/users"); !all.Has("c-group", ">Field<", `name="group"`, "2 users") {
			t.Errorf("all: %+v", all)
		}
		if some := b.Get("/o/alpha/users?group=" + string(g)); !some.Has("1 of 2 users", u.Email) || some.Has(w.A.Admin.User.Email) {
			t.Errorf("of one group: %+v", some)
		}
		if none := b.Get("/o/alpha/users?group=" + string(w.B.User.User.Group)); !none.Has("Nobody matches") {
			t.Errorf("of a group of another: %+v", none)
		}
		if card := b.Get("/o/alpha/users/" + string(u.ID)); !card.Has(`href="/o/alpha/groups/`+string(g)+`"`, ">Field<") {
			t.Errorf("the card: %+v", card)
		}
		at := "/o/alpha/users/" + string(u.ID) + "/edit"
		if form := b.Get(at); !form.Has(`value="`+string(g)+`" selected`, `value="`+string(home)+`"`) {
			t.Errorf("the form: %+v", form)
		}
		if wrong := b.Post(at, "group_id", string(w.B.User.User.Group)); wrong.Status != 422 || !wrong.Has(`id="group_id-e"`) {
			t.Errorf("into a group of another: %+v", wrong)
		}
		if saved := b.Follow(b.Post(at, "group_id", string(home))); !saved.Has("Saved.", ">Default<") {
			t.Errorf("saved: %+v", saved)
		}
		if _, err := people.List.Do(t.Context(), w.Door, admin, people.ListInput{Filter: people.Filter{Groups: make([]id.Group, 101)}}); !errs.Is(err, "invalid_parameter") {
			t.Errorf("too many groups: %v", err)
		}
	})
}
