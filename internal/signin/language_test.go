package signin_test

import (
	"strings"
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/signin"
	"roster/internal/user"
)

func TestPublicPagesSpeakTheVisitorsLanguage(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, signin.Pages)
		if page := b.Get("/o/alpha/sign-in"); !page.Has(`<html lang="en"`, "Sign in", `lang="sv"`) {
			t.Errorf("at first: %s", page.Body)
		}
		page := b.Get("/o/alpha/sign-in?lang=de&next=%2Fo%2Falpha%2Fprofile")
		if !page.Has(`<html lang="de"`, "Passwort vergessen?", `name="next" value="/o/alpha/profile"`) {
			t.Errorf("in German: %s", page.Body)
		}
		// The choice stays, and refusals are said in it, too.
		wrong := b.Post("/o/alpha/sign-in", "username", "", "password", "x")
		if wrong.Status != 422 || !wrong.Has(`<html lang="de"`, "Geben Sie Ihre E-Mail-Adresse oder Ihren Benutzernamen ein.") || wrong.Has("Enter your") {
			t.Errorf("a refusal: %d %s", wrong.Status, wrong.Body)
		}
		if gone := b.Get("/o/nowhere/sign-in"); gone.Status != 404 || !gone.Has("Seite nicht gefunden", "Hier ist nichts, oder Sie dürfen es nicht sehen.") {
			t.Errorf("an error page: %d %s", gone.Status, gone.Body)
		}
		if other := b.Get("/o/alpha/sign-in?lang=tlh"); !other.Has(`<html lang="de"`) {
			t.Error("a language that is none changed the page")
		}
	})
}

func TestWhoHasNoLanguageGetsTheOrganizations(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		call := w.A.Admin.Call(w.A)
		if _, err := org.UpdateSettings.Do(t.Context(), w.Door, call, org.SettingsChange{Language: patch.To("sv")}); err != nil {
			t.Fatal(err)
		}
		uma := w.A.User.User
		for _, test := range []struct{ language, subject string }{
			{"", "Välj ett nytt lösenord för Alpha"}, {"fr", "Définissez un nouveau mot de passe pour Alpha"},
		} {
			change := user.Update{ID: uma.ID, Fields: user.Fields{Language: patch.To(test.language)}}
			if _, err := user.Change.Do(t.Context(), w.Door, call, change); err != nil {
				t.Fatal(err)
			}
			if _, err := signin.ResetPassword.Do(t.Context(), w.Door, call, user.Ref{ID: uma.ID}); err != nil {
				t.Fatal(err)
			}
			l := w.Newest(t, uma.Email)
			if l.Subject != test.subject || !strings.Contains(l.HTML, `lang="`+map[string]string{"": "sv", "fr": "fr"}[test.language]) {
				t.Errorf("%q: %q", test.language, l.Subject)
			}
		}
	})
}
