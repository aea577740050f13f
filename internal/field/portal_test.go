package field_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"roster/internal/adduser"
	"roster/internal/app/apptest"
	"roster/internal/enroll"
	"roster/internal/field"
	"roster/internal/invite"
	"roster/internal/people"
	"roster/internal/self"
)

const list = "/o/alpha/settings/custom-fields"

var editPath = regexp.MustCompile(list + `/(fld_[0-9a-z]{26})/edit`)

func TestAnAdminDeclaresFields(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, field.Pages).As(w.A.Admin, w.A)
		if page := b.Get(list); page.Status != 200 || !page.Has("Custom fields", "No custom field yet", "New field") {
			t.Fatalf("at first: %+v", page)
		}
		if page := b.Get(list + "/new"); !page.Has(`name="key"`, `value="choice"`, "It cannot be changed later.") {
			t.Errorf("the form: %+v", page)
		}
		wrong := b.Post(list, "name", "Shirt size", "key", "email", "kind", "choice", "choices", "S\nM\ns\n", "required", "on")
		if wrong.Status != 422 || !wrong.Has(`value="Shirt size"`, `value="email"`, `id="key-e"`, `id="choices-e"`, "S\nM\ns", `name="required" value="on" checked`) {
			t.Errorf("wrong: %+v", wrong)
		}
		made := b.Follow(b.Post(list, "name", "Shirt size", "key", "", "kind", "choice", "choices", " S \r\n\r\nM", "required", "on", "person_may_edit", "on"))
		if !made.Has("The field Shirt size is there now.", "shirt_size", "S, M", "Required; people edit it themselves", "1 field of at most 50") {
			t.Errorf("made: %+v", made)
		}
		if taken := b.Post(list, "name", "SHIRT size", "key", "other", "kind", "text"); taken.Status != 422 || !taken.Has("Another field has this name") {
			t.Errorf("a name that is taken: %+v", taken)
		}
		b.Post(list, "name", "Badge", "kind", "text")
		page := b.Get(list)
		ids := editPath.FindAllStringSubmatch(page.Body, -1)
		if len(ids) != 2 || !page.Has("Move Badge up", "Move Shirt size down") || page.Has("Move Shirt size up") {
			t.Fatalf("two fields: %+v", page)
		}
		shirt, badge := list+"/"+ids[0][1], list+"/"+ids[1][1]
		if moved := b.Follow(b.Post(badge+"/move", "to", "1")); strings.Index(moved.Body, "Badge") > strings.Index(moved.Body, "Shirt size") {
			t.Errorf("moved: %+v", moved)
		}
		if beyond := b.Post(badge+"/move", "to", "9"); beyond.Status != http.StatusSeeOther {
			t.Errorf("moved beyond: %+v", beyond)
		}
		edit := b.Get(shirt + "/edit")
		if !edit.Has("S\nM", "It is fixed", `name="version" value="1"`, "Users keep a value") || edit.Has(`name="kind"`) {
			t.Errorf("the form to edit: %+v", edit)
		}
		if wrong := b.Post(shirt+"/edit", "version", "1", "name", "", "choices", ""); wrong.Status != 422 || !wrong.Has(`id="name-e"`, `id="choices-e"`, "shirt_size") {
			t.Errorf("wrong: %+v", wrong)
		}
		if saved := b.Follow(b.Post(shirt+"/edit", "version", "1", "name", "Shirt", "choices", "S\nL")); !saved.Has("Saved.", "S, L", "Only admins edit it") {
			t.Errorf("saved: %+v", saved)
		}
		if late := b.Post(shirt+"/edit", "version", "1", "name", "Too late", "choices", "S"); late.Status != 412 || !late.Has("Somebody changed this field", `value="Too late"`, `name="version" value="2"`) {
			t.Errorf("saved over another change: %+v", late)
		}
		if question := b.Get(shirt + "/delete"); !question.Has("Delete the field Shirt?", "No user has a value in it.") {
			t.Errorf("the question: %+v", question)
		}
		if _, err := write(t.Context(), w, w.A, w.A.User.User.ID, field.Given{"shirt_size": "S"}); err != nil {
			t.Fatal(err)
		}
		if question := b.Get(shirt + "/delete"); !question.Has("The value that 1 user has in it is deleted, too.", "This cannot be undone.") {
			t.Errorf("the question with a value: %+v", question)
		}
		for name, other := range map[string]*apptest.Browser{"a plain user": w.Browser(t, field.Pages).As(w.A.User, w.A), "an admin of B": w.Browser(t, field.Pages).As(w.B.Admin, w.B)} {
			for _, path := range []string{list, list + "/new", shirt + "/edit", shirt + "/delete"} {
				if name == "an admin of B" {
					path = strings.Replace(path, "alpha", "beta", 1)
					if path == strings.Replace(list, "alpha", "beta", 1) || strings.HasSuffix(path, "/new") {
						continue // their own
					}
				}
				if got := other.Get(path); got.Status != 404 {
					t.Errorf("%s at %s: %+v", name, path, got)
				}
			}
		}
		if gone := b.Follow(b.Post(shirt + "/delete")); !gone.Has("The field has been deleted.", "1 field of at most 50") {
			t.Errorf("deleted: %+v", gone)
		}
		if b.Get(shirt+"/edit").Status != 404 || len(get(t, w, w.A, w.A.User.User.ID).Custom) != 0 {
			t.Error("the field or its value is still there")
		}
	})
}

// sampled declares one field of each kind.
func sampled(t *testing.T, w *apptest.World) {
	t.Helper()
	for _, in := range []field.New{
		{Key: "badge", Name: "Badge", Kind: field.Text, Required: true},
		{Key: "days", Name: "Days off", Kind: field.Number, PersonMayEdit: true},
		{Key: "until", Name: "Contract until", Kind: field.Date},
		{Key: "shirt", Name: "Shirt", Kind: field.Choice, Choices: []string{"S", "M"}, Required: true, PersonMayEdit: true},
	} {
		declare(t, w, w.A, in)
	}
}

func TestFieldsOnTheCardAndInItsForm(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		sampled(t, w)
		b, card := w.Browser(t, people.Pages).As(w.A.Admin, w.A), "/o/alpha/users/"+string(w.A.User.User.ID)
		form := []string{"version", "2", "first_name", "Uma", "last_name", "User", "custom.badge", "", "custom.days", "1,5", "custom.until", "2026-12-24", "custom.shirt", "XL"}
		wrong := b.Post(card+"/edit", form...)
		if wrong.Status != 422 || !wrong.Has(`href="#custom.badge"`, `href="#custom.days"`, `href="#custom.shirt"`, `value="1,5"`, `value="2026-12-24"`, "XL", "no longer offered", "Days off: Write the number") {
			t.Errorf("wrong: %+v", wrong)
		}
		form[1], form[7], form[9], form[13] = "2", "B 1", "1.5", "M"
		if saved := b.Follow(b.Post(card+"/edit", form...)); !saved.Has("Saved.", "Badge", "B 1", "Days off", "1.5", "Contract until", "24 December 2026", "Field shirt") {
			t.Errorf("saved: %+v", saved)
		}
		edit := b.Get(card + "/edit")
		if !edit.Has(`value="B 1"`, `value="1.5"`, `type="date" value="2026-12-24"`, `value="M" selected`, "Fields of your organization") {
			t.Errorf("the form: %+v", edit)
		}
		form[1] = "1"
		form[7] = "Late"
		if late := b.Post(card+"/edit", form...); late.Status != 412 || !late.Has(`value="Late"`) {
			t.Errorf("over another change: %+v", late)
		}
	})
}

func TestFieldsInTheOwnProfile(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		sampled(t, w)
		if _, err := write(t.Context(), w, w.A, w.A.User.User.ID, field.Given{"badge": "B 1", "shirt": "S"}); err != nil {
			t.Fatal(err)
		}
		b := w.Browser(t, self.Pages).As(w.A.User, w.A)
		page := b.Get("/o/alpha/profile")
		if !page.Has(`name="custom.days"`, `name="custom.shirt"`, "Badge", "B 1") || page.Has(`name="custom.badge"`) || page.Has(`name="custom.until"`) {
			t.Errorf("the page: %+v", page)
		}
		form := []string{"version", "3", "first_name", "Uma", "last_name", "User", "custom.days", "x", "custom.shirt", ""}
		if wrong := b.Post("/o/alpha/profile", form...); wrong.Status != 422 || !wrong.Has(`value="x"`, `href="#custom.days"`, `href="#custom.shirt"`, "Choose one.") {
			t.Errorf("wrong: %+v", wrong)
		}
		form[7], form[9] = "20", "M"
		if forged := b.Post("/o/alpha/profile", append(form, "custom.badge", "mine")...); forged.Status != 422 || !forged.Has("Only an admin writes this field.") {
			t.Errorf("forged: %+v", forged)
		}
		if saved := b.Follow(b.Post("/o/alpha/profile", form...)); !saved.Has("Saved.", `value="20"`, `value="M" selected`, "B 1") {
			t.Errorf("saved: %+v", saved)
		}
	})
}

func TestFieldsInTheWizard(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		sampled(t, w)
		const path = "/o/alpha/users/new"
		b := w.Browser(t, adduser.Pages, people.Pages).As(w.A.Admin, w.A)
		typed := []string{"step", "person", "type", "personal", "email", "m@x.example", "first_name", "Marta", "last_name", "K", "custom.badge", "", "custom.days", "", "custom.until", "", "custom.shirt", ""}
		if page := b.Get(path); !page.Has(`name="custom.badge"`, `name="custom.shirt"`) {
			t.Errorf("the first step: %+v", page)
		}
		if wrong := b.Post(path, typed...); wrong.Status != 422 || !wrong.Has(`href="#custom.badge"`, `href="#custom.shirt"`, `value="Marta"`) || wrong.Has(`name="entry"`) {
			t.Errorf("without: %+v", wrong)
		}
		typed[11], typed[13], typed[17] = "B 7", "3", "M"
		page := b.Post(path, typed...)
		if page.Status != 200 || !page.Has(`name="entry"`, `name="custom.badge" value="B 7"`) {
			t.Fatalf("the second step: %+v", page)
		}
		page = b.Post(path, append(hidden(page), "role_id", "rol_user", "entry", "federated")...)
		if page.Status != 200 || !page.Has("Badge", "B 7", "Days off", `name="custom.shirt" value="M"`) {
			t.Fatalf("the third step: %+v", page)
		}
		if back := b.Post(path, append(hidden(page), "go", "back")...); !back.Has(`name="custom.days" value="3"`) {
			t.Errorf("back: %+v", back)
		}
		if done := b.Follow(b.Post(path, append(hidden(page), "go", "add")...)); !done.Has("Marta K has been added.", "B 7", "Shirt") {
			t.Errorf("added: %+v", done)
		}
	})
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// hidden are the hidden fields of the form 'Add user'.
func hidden(a apptest.Answer) []string {
	_, form, _ := strings.Cut(a.Body, `id="add"`)
	form, _, _ = strings.Cut(form, "</form>")
	var pairs []string
	for _, m := range hiddenInput.FindAllStringSubmatch(form, -1) {
		pairs = append(pairs, m[1], m[2])
	}
	return pairs
}

func TestWhoSetsUpTheirAccountIsAskedForWhatIsRequired(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		sampled(t, w)
		if _, err := invite.Create.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), invite.Input{Emails: []string{"m@x.example"}}); err != nil {
			t.Fatal(err)
		}
		b := w.Browser(t, enroll.Pages, self.Pages)
		page := b.Follow(b.Get("/invitation/" + w.Newest(t, "m@x.example").Token().Reveal()))
		if page.Status != 200 || !page.Has(`name="custom.shirt"`) || page.Has(`name="custom.badge"`) || page.Has(`name="custom.days"`) {
			t.Fatalf("the page: %+v", page)
		}
		form := []string{"first_name", "Marta", "last_name", "K", "password", "seven purple lanterns over Utrecht", "custom.shirt", ""}
		if wrong := b.Post("/invitation", form...); wrong.Status != 422 || !wrong.Has(`href="#custom.shirt"`, `value="Marta"`) {
			t.Errorf("without: %+v", wrong)
		}
		if forged := b.Post("/invitation", append(form[:7:7], "S", "custom.badge", "mine")...); forged.Status != 422 || !forged.Has("Only an admin writes this field.") {
			t.Errorf("forged: %+v", forged)
		}
		if done := b.Post("/invitation", append(form[:7:7], "M")...); done.Location != "/o/alpha" {
			t.Fatalf("set up: %+v", done)
		}
		if page := b.Get("/o/alpha/profile"); !page.Has(`value="M" selected`) {
			t.Errorf("the profile: %+v", page)
		}
	})
}
