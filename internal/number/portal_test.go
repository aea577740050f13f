package number_test

import (
	"regexp"
	"strings"
	"testing"

	"roster/internal/adduser"
	"roster/internal/app/apptest"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/number"
	"roster/internal/patch"
	"roster/internal/people"
	"roster/internal/self"
)

var numberPath = regexp.MustCompile(`^/o/alpha/numbers/(num_[0-9a-z]{26})$`)

func TestAnAdminWorksWithNumbers(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		uma := w.A.User.User
		b := w.Browser(t, number.Pages, people.Pages, self.Pages).As(w.A.Admin, w.A)
		if empty := b.Get("/o/alpha/numbers"); !empty.Has("There is no number yet", "/o/alpha/numbers/new") || empty.Has(`role="search"`) {
			t.Errorf("at first: %+v", empty)
		}
		if form := b.Get("/o/alpha/numbers/new"); !form.Has(`name="number"`, `value="main"`, "Give it to", "A range") || form.Has(`name="from"`, `name="group_id"`) {
			t.Errorf("the form: %+v", form)
		}
		wrong := b.Post("/o/alpha/numbers", "as", "one", "number", "8 123 45 67", "kind", "shared", "user", "who@alpha.example")
		if wrong.Status != 422 || !wrong.Has(`id="number-e"`, `value="8 123 45 67"`, `value="shared" checked`, `value="who@alpha.example"`, `id="user_id-e"`) {
			t.Errorf("wrong: %+v", wrong)
		}
		made := b.Post("/o/alpha/numbers", "as", "one", "number", "+46 8 123 45 67", "kind", "personal", "user", " "+strings.ToUpper(uma.Email)+" ")
		if !numberPath.MatchString(made.Location) {
			t.Fatalf("made: %+v", made)
		}
		at := made.Location
		if page := b.Follow(made); !page.Has("The number has been added.", "+46 8 123 45 67", uma.Name(), "Move to another user…", "Free…") || page.Has("Delete…") {
			t.Errorf("the number: %+v", page)
		}
		if twice := b.Post("/o/alpha/numbers", "as", "one", "number", "+4681234567", "kind", "personal"); twice.Status != 422 || !twice.Has("has the number +4681234567 already") {
			t.Errorf("twice: %+v", twice)
		}
		if card := b.Get("/o/alpha/users/" + string(uma.ID)); !card.Has(`<a href="`+at+`">`, "Give a number…") {
			t.Errorf("the card: %+v", card)
		}
		if own := w.Browser(t, self.Pages).As(w.A.User, w.A).Get("/o/alpha/profile"); !own.Has("Your number", "+46 8 123 45 67") {
			t.Errorf("the profile: %+v", own)
		}
		ranged := b.Post("/o/alpha/numbers", "as", "range", "from", "+46 8 123 45 65", "to", "+46 8 123 45 69", "kind", "personal")
		if !ranged.Has("4 of 5 added", "1 number was not added", "The organization has this number already.") {
			t.Errorf("a range: %+v", ranged)
		}
		if wrong := b.Post("/o/alpha/numbers", "as", "range", "from", "", "to", "", "kind", "personal"); wrong.Status != 422 || !wrong.Has(`id="from-e"`, `id="to-e"`) {
			t.Errorf("no range: %+v", wrong)
		}
		listed := b.Post("/o/alpha/numbers", "as", "list", "numbers", "+49 30 123456\nrubbish <b>\n", "kind", "shared")
		if !listed.Has("1 of 2 added", "rubbish &lt;b&gt;", "rubbish &lt;b&gt;</textarea>") {
			t.Errorf("a list: %+v", listed)
		}
		if list := b.Get("/o/alpha/numbers"); !list.Has("6 numbers, in order", "Assigned", "Free…", "Assign…", uma.Name()) {
			t.Errorf("the list: %+v", list)
		}
		if found := b.Get("/o/alpha/numbers?kind=personal&assigned=false&q=4566"); !found.Has("1 of 6 numbers, in order", `name="kind" value="personal"`, `name="assigned" value="false"`) {
			t.Errorf("searched: %+v", found)
		}
		if none := b.Get("/o/alpha/numbers?q=99"); !none.Has("No number matches", "Show all numbers") {
			t.Errorf("searched for nothing: %+v", none)
		}

		if wrong := b.Post(at+"/assign", "version", "2", "user", "ghost@alpha.example"); wrong.Status != 422 || !wrong.Has("Nobody here has this e-mail address or username.", `value="ghost@alpha.example"`) {
			t.Errorf("to nobody: %+v", wrong)
		}
		if form := b.Get(at + "/assign"); !form.Has("who loses it in the same step", `name="version" value="2"`) {
			t.Errorf("the form to move: %+v", form)
		}
		if late := b.Post(at+"/assign", "version", "1", "user", w.A.Admin.User.Email); late.Status != 412 || !late.Has("Somebody changed the number meanwhile.", `name="version" value="2"`) {
			t.Errorf("on an old version: %+v", late)
		}
		if moved := b.Follow(b.Post(at+"/assign", "version", "2", "user", w.A.Admin.User.Email)); !moved.Has("The number has been assigned.", w.A.Admin.User.Name()) {
			t.Errorf("moved: %+v", moved)
		}
		if question := b.Get(at + "/delete"); !question.Has("Free it first.", "Free it…") || question.Has(">Delete number<") {
			t.Errorf("the question about one that is given: %+v", question)
		}
		if refused := b.Post(at+"/edit", "version", "3", "kind", "shared", "group_id", string(uma.Group)); refused.Status != 422 || !refused.Has("belongs to "+w.A.Admin.User.Name()) {
			t.Errorf("shared while somebody has it: %+v", refused)
		}
		if question := b.Get(at + "/free"); !question.Has("Free +46 8 123 45 67?", `name="version" value="3"`) {
			t.Errorf("the question: %+v", question)
		}
		if freed := b.Follow(b.Post(at+"/free", "version", "3")); !freed.Has("+46 8 123 45 67 is free.", "Nobody: it is free.", "Delete…") {
			t.Errorf("freed: %+v", freed)
		}
		if edited := b.Follow(b.Post(at+"/edit", "version", "4", "kind", "main", "group_id", string(uma.Group))); !edited.Has("Saved.", "Main number") {
			t.Errorf("edited: %+v", edited)
		}
		for name, other := range map[string]*apptest.Browser{
			"a plain user": w.Browser(t, number.Pages).As(w.A.User, w.A), "an admin of B": w.Browser(t, number.Pages).As(w.B.Admin, w.B),
		} {
			path := at
			if name == "an admin of B" {
				path = strings.Replace(at, "alpha", "beta", 1)
			}
			for _, answer := range []apptest.Answer{other.Get(path), other.Get(path + "/edit"), other.Post(path+"/free", "version", "5"), other.Post(path + "/delete")} {
				if answer.Status != 404 {
					t.Errorf("%s: %+v", name, answer)
				}
			}
		}
		if deleted := b.Follow(b.Post(at + "/delete")); !deleted.Has("The number +46 8 123 45 67 has been deleted.", "5 numbers, in order") {
			t.Errorf("deleted: %+v", deleted)
		}
		if b.Get(at).Status != 404 {
			t.Error("the number is still there")
		}
	})
}

func TestAUserIsGivenANumberFromTheirCard(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, uma := w.A.Admin.Call(w.A), w.A.User.User
		at := "/o/alpha/users/" + string(uma.ID) + "/numbers"
		b := w.Browser(t, number.Pages, people.Pages).As(w.A.Admin, w.A)
		if none := b.Get(at); !none.Has("No personal number is free", "/o/alpha/numbers/new") {
			t.Errorf("without numbers: %+v", none)
		}
		if refused := b.Post(at, "number", "any"); refused.Status != 422 || !refused.Has("No personal number is free") {
			t.Errorf("there is none: %+v", refused)
		}
		ids := personal(t, w, admin, 3, "")
		if form := b.Get(at); !form.Has("They are told by e-mail.", `value="group" selected`, "+46 8 500 10 02", "(Default)") {
			t.Errorf("the form: %+v", form)
		}
		if given := b.Follow(b.Post(at, "number", string(ids[1]))); !given.Has("has the number +46 8 500 10 01 now.") {
			t.Errorf("given: %+v", given)
		}
		if given := b.Follow(b.Post(at, "number", "group")); !given.Has("has the number +46 8 500 10 00 now.", "+46 8 500 10 00", "+46 8 500 10 01") {
			t.Errorf("given the next one: %+v", given)
		}
		if refused := b.Post(at, "number", string(ids[1])); refused.Status != 422 || !refused.Has("belongs to somebody already") {
			t.Errorf("given once more: %+v", refused)
		}
		for _, bad := range []string{"", "num_x"} {
			if refused := b.Post(at, "number", bad); refused.Status != 422 || !refused.Has(`id="number-e"`) {
				t.Errorf("given %q: %+v", bad, refused)
			}
		}
		if b.Get("/o/alpha/users/"+string(w.B.User.User.ID)+"/numbers").Status != 404 {
			t.Error("somebody of another organization is there")
		}
	})
}

func TestTheWizardGivesNumbers(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		field, err := group.Create.Do(t.Context(), w.Door, admin, group.Input{Name: patch.To("Field")})
		if err != nil {
			t.Fatal(err)
		}
		b := w.Browser(t, adduser.Pages).As(w.A.Admin, w.A)
		person := []string{"type", "personal", "email", "nia@alpha.example", "first_name", "Nia", "last_name", "New"}
		if step := b.Post("/o/alpha/users/new", append(person, "step", "person")...); !step.Has(`name="role_id"`) || step.Has(`name="number"`) {
			t.Errorf("without numbers: %+v", step)
		}
		ids := personal(t, w, admin, 1, "")
		if step := b.Post("/o/alpha/users/new", append(person, "step", "person")...); !step.Has(`name="number"`, "No number", "The next free one of their group", "+46 8 500 10 00") {
			t.Errorf("with numbers: %+v", step)
		}
		access := append(person, "step", "access", "entry", "activation", "role_id", "rol_user")
		if none := b.Post("/o/alpha/users/new", append(access, "group_id", string(field.ID), "number", "group")...); none.Status != 422 || !none.Has(`id="number_ids-e"`, `value="group" selected`) {
			t.Errorf("the group has none: %+v", none)
		}
		review := b.Post("/o/alpha/users/new", append(access, "group_id", string(field.ID), "number", string(ids[0]))...)
		if !review.Has("What you are about to add", "+46 8 500 10 00", `name="number" value="`+string(ids[0])+`"`) {
			t.Errorf("the last step: %+v", review)
		}
		if err := assign(t, w, admin, ids[0], w.A.User.User.ID); err != nil {
			t.Fatal(err)
		}
		late := b.Post("/o/alpha/users/new", append(access, "group_id", string(field.ID), "number", string(ids[0]), "step", "review", "go", "add")...)
		if late.Status != 422 || !late.Has("belongs to somebody already", `value="nia@alpha.example"`) {
			t.Errorf("gone meanwhile: %+v", late)
		}
		more := add(t, w, admin, number.Input{Number: "+4685009999"}).ID
		done := b.Post("/o/alpha/users/new", append(access, "group_id", string(field.ID), "number", "any", "step", "review", "go", "add")...)
		if done.Status != 303 {
			t.Fatalf("added: %+v", done)
		}
		u := userOf(t, w, admin, id.User(strings.TrimPrefix(done.Location, "/o/alpha/users/")))
		if len(u.Numbers) != 1 || u.Numbers[0] != more {
			t.Errorf("the user is %+v", u)
		}
	})
}
