package enroll_test

import (
	"net/http"
	"strings"
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/enroll"
	"roster/internal/invite"
	"roster/internal/secret"
	"roster/internal/self"
	"roster/internal/signin"
)

func TestInvitationPage(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		_, token := marta(t, w)
		b := w.Browser(t, enroll.Pages, signin.Pages, self.Pages)
		opened := b.Get("/invitation/" + token.Reveal())
		if opened.Status != http.StatusSeeOther || opened.Location != "/invitation" {
			t.Fatalf("opening the link: %d to %s", opened.Status, opened.Location)
		}
		page := b.Follow(opened)
		if page.Status != http.StatusOK || !page.Has("Ada Admin-Alpha invites you to Alpha", email, "Welcome aboard.", "brand.css",
			`autocomplete="given-name"`, `autocomplete="family-name"`, `autocomplete="new-password"`, `autocomplete="tel"`) ||
			strings.Contains(page.Body, token.Reveal()) || strings.Contains(page.Body, "You are signed in") {
			t.Errorf("the page: %d\n%s", page.Status, page.Body)
		}
		if b.Cookie("roster-"+string(w.A.Org.ID)) != nil {
			t.Error("looking signed somebody in")
		}
		typed := []string{"first_name", "Marta", "last_name", "", "password", "lanterns of marta", "country", "PL", "phone", "12", "email", "evil@x.example"}
		got := b.Post("/invitation", typed...)
		if got.Status != http.StatusUnprocessableEntity || !got.Has(`value="Marta"`, `value="12"`, `href="#last_name"`, `href="#password"`, `href="#phone"`) ||
			strings.Contains(got.Body, "lanterns") {
			t.Errorf("three wrong fields: %d\n%s", got.Status, got.Body)
		}
		if got := b.Post("/invitation/strength", "first_name", "Lantern", "password", good); got.Status != http.StatusOK || !got.Has(`id="password-strength"`) {
			t.Errorf("the meter: %d", got.Status)
		}
		late := b.Other()
		done := b.Post("/invitation", "first_name", "Marta", "last_name", "Kowalczyk", "password", good, "country", "PL", "phone", "512 345 678", "language", "de", "email", "evil@x.example")
		if done.Status != http.StatusSeeOther || done.Location != "/o/alpha" || b.Cookie("roster-"+string(w.A.Org.ID)) == nil || b.Cookie("roster-link-") != nil {
			t.Errorf("set up: %d to %s\n%s", done.Status, done.Location, done.Body)
		}
		if got := b.Get("/o/alpha/profile"); got.Status != http.StatusOK || !got.Has(`value="Marta"`, "+48512345678", email) {
			t.Errorf("signed in: %d\n%s", got.Status, got.Body)
		}
		if got := late.Get("/invitation"); got.Status != http.StatusGone || !got.Has(`data-error="link_used"`, `href="/o/alpha/sign-in"`) {
			t.Errorf("a used link: %d\n%s", got.Status, got.Body)
		}
	})
}

func TestDeadInvitationPages(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		r, token := marta(t, w)
		dead := func(token secret.Clear, status int, code string) {
			t.Helper()
			b := w.Browser(t, enroll.Pages)
			got := b.Follow(b.Get("/invitation/" + token.Reveal()))
			if got.Status != status || !got.Has(`data-error="`+code+`"`) {
				t.Errorf("%d, want %d %s\n%s", got.Status, status, code, got.Body)
			}
		}
		if _, err := invite.Remind.Do(t.Context(), w.Door, admin, invite.Ref{ID: r.Invitation}); err != nil {
			t.Fatal(err)
		}
		dead(token, http.StatusGone, "link_superseded")
		newer := w.Newest(t, email).Token()
		if _, err := invite.Revoke.Do(t.Context(), w.Door, admin, invite.Ref{ID: r.Invitation}); err != nil {
			t.Fatal(err)
		}
		dead(newer, http.StatusGone, "link_revoked")
		unknown, _ := secret.NewToken(secret.Invitation)
		dead(unknown, http.StatusNotFound, "link_unknown")
		_, third := marta(t, w)
		w.Advance(w.A.Org.InvitationLife())
		dead(third, http.StatusGone, "link_expired")
	})
}

func TestInvitationPageNamesWhoIsSignedIn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		_, token := marta(t, w)
		b := w.Browser(t, enroll.Pages).As(w.A.Admin, w.A)
		if got := b.Follow(b.Get("/invitation/" + token.Reveal())); !got.Has("You are signed in as Ada Admin-Alpha.") {
			t.Errorf("%d\n%s", got.Status, got.Body)
		}
		other := w.Browser(t, enroll.Pages).As(w.B.Admin, w.B)
		if got := other.Follow(other.Get("/invitation/" + token.Reveal())); strings.Contains(got.Body, "You are signed in") {
			t.Errorf("somebody of another organization is named:\n%s", got.Body)
		}
	})
}
