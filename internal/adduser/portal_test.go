package adduser_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"roster/internal/adduser"
	"roster/internal/app/apptest"
	"roster/internal/enroll"
	"roster/internal/invite"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/people"
	"roster/internal/self"
	"roster/internal/signin"
)

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// carried are the hidden fields of the form 'Add user', as the browser sends them.
func carried(a apptest.Answer) []string {
	_, form, _ := strings.Cut(a.Body, `id="add"`)
	form, _, _ = strings.Cut(form, "</form>")
	var pairs []string
	for _, m := range hidden.FindAllStringSubmatch(form, -1) {
		pairs = append(pairs, m[1], m[2])
	}
	return pairs
}

const newUser = "/o/alpha/users/new"

func TestTheWizardAddsSomebody(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, adduser.Pages, people.Pages, signin.Pages).As(w.A.Admin, w.A)
		page := b.Get(newUser + "?email=marta@x.example")
		if page.Status != http.StatusOK || !page.Has("Add user", `value="marta@x.example"`, `name="first_name"`, "Fields with an asterisk are required.", `aria-current="step"`) {
			t.Fatalf("the first step: %d\n%s", page.Status, page.Body)
		}
		typed := []string{"step", "person", "type", "personal", "email", "marta@x.example", "username", "marta.k", "first_name", "Marta", "last_name", "",
			"display_name", "", "country", "PL", "phone", "12", "language", "en", "time_zone", "Europe/Warsaw", "notes", "Two\nlines"}
		page = b.Post(newUser, typed...)
		if page.Status != http.StatusUnprocessableEntity || !page.Has(`value="Marta"`, `value="12"`, `href="#last_name"`, `href="#phone"`, "Two\nlines") || page.Has(`name="entry"`) {
			t.Errorf("two wrong fields: %d\n%s", page.Status, page.Body)
		}
		typed[11], typed[17] = "Kowalczyk", "512 345 678"
		page = b.Post(newUser, typed...)
		if page.Status != http.StatusOK || !page.Has("How the user gets in", `name="role_id"`, "Activation e-mail") {
			t.Fatalf("the second step: %d\n%s", page.Status, page.Body)
		}
		page = b.Post(newUser, append(carried(page), "role_id", "rol_user", "entry", "password")...)
		if page.Status != http.StatusOK || !page.Has("Marta Kowalczyk", "marta.k", "+48512345678", "Poland", `autocomplete="new-password"`, "Nobody writes to them", "Two\nlines") {
			t.Fatalf("the third step: %d\n%s", page.Status, page.Body)
		}
		back := b.Post(newUser, append(carried(page), "go", "back", "password", good)...)
		back = b.Post(newUser, append(carried(back), "go", "back", "role_id", "rol_user", "entry", "password")...)
		if back.Status != http.StatusOK || !back.Has(`value="Marta"`, `value="Kowalczyk"`, `value="512 345 678"`, `value="marta.k"`) || strings.Contains(back.Body, good) {
			t.Errorf("two steps back: %d\n%s", back.Status, back.Body)
		}
		short := b.Post(newUser, append(carried(page), "go", "add", "password", "too short")...)
		if short.Status != http.StatusUnprocessableEntity || !short.Has(`href="#password"`) || strings.Contains(short.Body, "too short\"") {
			t.Errorf("a short password: %d\n%s", short.Status, short.Body)
		}
		if got := b.Post(newUser+"/strength", append(carried(page), "password", good)...); got.Status != http.StatusOK || !got.Has(`id="password-strength"`) {
			t.Errorf("the meter: %d", got.Status)
		}
		done := b.Post(newUser, append(carried(page), "go", "add", "password", good, "must_change_password", "on")...)
		if done.Status != http.StatusSeeOther || !strings.HasPrefix(done.Location, "/o/alpha/users/usr_") {
			t.Fatalf("adding: %d to %s\n%s", done.Status, done.Location, done.Body)
		}
		if card := b.Follow(done); !card.Has("Marta Kowalczyk has been added and can sign in.", "Active", "marta.k") {
			t.Errorf("the card: %d\n%s", card.Status, card.Body)
		}
		if s, err := signIn(t, w, w.A, "marta.k", good); err != nil || !s.MustChange {
			t.Errorf("signing in: %+v, %v", s, err)
		}
	})
}

func TestTheWizardSaysWhoIsThereAlready(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, adduser.Pages, people.Pages).As(w.A.Admin, w.A)
		uma := w.A.User.User
		note := b.Get(newUser + "/email?email=" + strings.ToUpper(uma.Email))
		if note.Status != http.StatusOK || !note.Has("Uma User-Alpha is a user already.", "/o/alpha/users/"+string(uma.ID)) {
			t.Errorf("of one who is there: %d %s", note.Status, note.Body)
		}
		for _, address := range []string{"", "uma@", w.B.User.User.Email, "nobody@x.example"} {
			if note := b.Get(newUser + "/email?email=" + address); note.Status != http.StatusOK || strings.TrimSpace(note.Body) != "" {
				t.Errorf("of %q: %d %s", address, note.Status, note.Body)
			}
		}
		page := b.Post(newUser, "step", "person", "type", "personal", "email", uma.Email, "first_name", "Uma", "last_name", "Other")
		if page.Status != http.StatusUnprocessableEntity || !page.Has(`href="#email"`, "has this address already", "Uma User-Alpha is a user already.") {
			t.Errorf("going on with it: %d\n%s", page.Status, page.Body)
		}
		// A step that was skipped, or an address that was taken meanwhile, leads back to it.
		all := []string{"step", "review", "go", "add", "type", "personal", "email", uma.Email, "first_name", "Uma", "last_name", "Other", "entry", "activation"}
		if page := b.Post(newUser, all...); page.Status != http.StatusConflict && page.Status != http.StatusUnprocessableEntity || !page.Has(`href="#email"`, `value="Other"`) {
			t.Errorf("adding it: %d\n%s", page.Status, page.Body)
		}
	})
}

func TestWhoMayNotAddSeesNoWizard(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, adduser.Pages, people.Pages, invite.Pages)
		for _, path := range []string{newUser, newUser + "/email?email=x@x.example"} {
			if got := b.Other().As(w.A.User, w.A).Get(path); got.Status != http.StatusNotFound {
				t.Errorf("%s: %d", path, got.Status)
			}
		}
		if got := b.Other().As(w.A.Admin, w.A).Get("/o/alpha/users"); !got.Has(`href="/o/alpha/users/new"`) {
			t.Errorf("the page Users does not lead there:\n%s", got.Body)
		}
	})
}

func TestTheCardSaysWhatBecameOfTheEmail(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := add(t, w, w.A.Admin.Call(w.A), marta(adduser.ByActivation))
		b := w.Browser(t, adduser.Pages, people.Pages).As(w.A.Admin, w.A)
		card := "/o/alpha/users/" + string(u.ID)
		w.Put(t, w.A.Org.ID, func(t *op.Tx) error {
			if err := mail.Withhold(t); err != nil {
				return err
			}
			return mail.Bounce(t, string(u.ID), "5.1.1 no such user")
		})
		if got := b.Get(card); !got.Has("Not delivered", "5.1.1 no such user", "Send activation again") {
			t.Errorf("an e-mail that came back: %d\n%s", got.Status, got.Body)
		}
		if got := b.Follow(b.Post(card + "/resend-activation")); !got.Has("On its way") || got.Has("5.1.1") {
			t.Errorf("the next one: %d\n%s", got.Status, got.Body)
		}
	})
}

func TestActivationPage(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := add(t, w, w.A.Admin.Call(w.A), marta(adduser.ByActivation))
		admin := w.Browser(t, adduser.Pages, people.Pages).As(w.A.Admin, w.A)
		card := "/o/alpha/users/" + string(u.ID)
		if got := admin.Get(card); !got.Has("Awaiting activation", "Send activation again", "On its way") {
			t.Errorf("the card: %d\n%s", got.Status, got.Body)
		}
		old := w.Newest(t, email).Token()
		if got := admin.Follow(admin.Post(card + "/resend-activation")); !got.Has("The activation e-mail is on its way.") {
			t.Errorf("sent again: %d\n%s", got.Status, got.Body)
		}
		b := w.Browser(t, enroll.Pages, signin.Pages, self.Pages)
		dead := b.Other()
		if got := dead.Follow(dead.Get("/activation/" + old.Reveal())); got.Status != http.StatusGone || !got.Has(`data-error="link_superseded"`, "The activation e-mail has been sent to you again since.") {
			t.Errorf("the older link: %d\n%s", got.Status, got.Body)
		}
		token := w.Newest(t, email).Token()
		wrong := b.Other()
		if got := wrong.Follow(wrong.Get("/invitation/" + token.Reveal())); got.Status != http.StatusNotFound {
			t.Errorf("at the page of invitations: %d", got.Status)
		}
		page := b.Follow(b.Get("/activation/" + token.Reveal()))
		if page.Status != http.StatusOK || !page.Has("Activate your account at Alpha", `value="Marta"`, email, `autocomplete="new-password"`) || strings.Contains(page.Body, token.Reveal()) {
			t.Errorf("the page: %d\n%s", page.Status, page.Body)
		}
		if got := b.Post("/activation", "first_name", "Marta", "last_name", "", "password", "short"); got.Status != http.StatusUnprocessableEntity || !got.Has(`href="#last_name"`, `href="#password"`) {
			t.Errorf("two wrong fields: %d\n%s", got.Status, got.Body)
		}
		done := b.Post("/activation", "first_name", "Marta", "last_name", "Nowak", "password", fresh, "email", "evil@x.example")
		if done.Status != http.StatusSeeOther || done.Location != "/o/alpha" || b.Cookie("roster-link-") != nil {
			t.Errorf("activated: %d to %s\n%s", done.Status, done.Location, done.Body)
		}
		if got := b.Get("/o/alpha/profile"); !got.Has(`value="Nowak"`, email) {
			t.Errorf("signed in: %d\n%s", got.Status, got.Body)
		}
		if got := admin.Get(card); got.Has("Send activation again") || !got.Has("Marta Nowak") {
			t.Errorf("the card after it: %d\n%s", got.Status, got.Body)
		}
	})
}
