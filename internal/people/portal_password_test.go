package people_test

import (
	"net/http"
	"strings"
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/op"
	"roster/internal/people"
	"roster/internal/secret"
	"roster/internal/signin"
)

const fresh = "seven purple lanterns over Utrecht"

func TestSetPasswordPage(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, people.Pages).As(w.A.Admin, w.A)
		uma := w.A.User.User
		card := "/o/alpha/users/" + string(uma.ID)
		if got := b.Get(card); !got.Has(`href="` + card + `/set-password"`) {
			t.Errorf("the card does not lead there:\n%s", got.Body)
		}
		page := b.Get(card + "/set-password")
		if page.Status != http.StatusOK || !page.Has("Set password", `autocomplete="new-password"`, "checked", "Without the user&#39;s name") {
			t.Errorf("the page: %d\n%s", page.Status, page.Body)
		}
		if got := b.Post(card+"/set-password/strength", "password", fresh); got.Status != http.StatusOK || !got.Has(`id="password-strength"`) {
			t.Errorf("the meter: %d", got.Status)
		}
		short := b.Post(card+"/set-password", "password", "too short")
		if short.Status != http.StatusUnprocessableEntity || !short.Has(`href="#password"`) || strings.Contains(short.Body, " checked") {
			t.Errorf("a short one, and the box was not ticked: %d\n%s", short.Status, short.Body)
		}
		done := b.Post(card+"/set-password", "password", fresh, "must_change_password", "on")
		if done.Status != http.StatusSeeOther || done.Location != card || !b.Follow(done).Has("Uma User-Alpha has the new password.") {
			t.Errorf("set: %d to %s", done.Status, done.Location)
		}
		call := op.Call{Org: w.A.Org.Slug}
		s, err := signin.SignIn.Do(t.Context(), w.Door, call, signin.Credentials{Login: uma.Email, Password: secret.NewClear(fresh)})
		if err != nil || !s.MustChange {
			t.Errorf("signing in: %+v, %v", s, err)
		}
		own := "/o/alpha/users/" + string(w.A.Admin.User.ID)
		if got := b.Get(own); got.Has(own + "/set-password") {
			t.Error("their own card leads there")
		}
		if got := b.Post(own+"/set-password", "password", fresh); got.Status != http.StatusConflict || !got.Has(`data-error="own_account"`) {
			t.Errorf("their own: %d\n%s", got.Status, got.Body)
		}
		for _, path := range []string{card, "/o/alpha/users/" + string(w.B.User.User.ID)} {
			who := w.A.Admin
			if path == card {
				who = w.Person(t, w.A.Org, "Pia", "Plain", "pia@alpha.example", "rol_user")
			}
			if got := b.Other().As(who, w.A).Get(path + "/set-password"); got.Status != http.StatusNotFound {
				t.Errorf("%s: %d", path, got.Status)
			}
		}
	})
}
