package self_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/internal/app/apptest"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/self"
	"roster/internal/signin"
)

func TestProfilePage(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, self.Pages).As(w.A.User, w.A)
		got := b.Get("/o/alpha/profile")
		if got.Status != http.StatusOK || !got.Has("User Profile", `value="Uma"`, w.A.User.User.Email, `autocomplete="given-name"`) || strings.Contains(got.Body, `name="email"`) {
			t.Fatalf("the page: %d\n%s", got.Status, got.Body)
		}
		version := between(got.Body, `name="version" value="`, `"`)
		if got := b.Post("/o/alpha/profile", "version", version, "first_name", "", "title", "Technician", "phone", "12"); got.Status != http.StatusUnprocessableEntity ||
			!got.Has(`value="Technician"`, `value="12"`, `href="#first_name"`, `href="#phone"`) {
			t.Errorf("wrong fields: %d\n%s", got.Status, got.Body)
		}
		saved := b.Post("/o/alpha/profile", "version", version, "first_name", "Uma", "last_name", "New", "title", "Technician", "role_id", "rol_admin")
		if saved.Location != "/o/alpha/profile" {
			t.Fatalf("saved: %d\n%s", saved.Status, saved.Body)
		}
		if got := b.Follow(saved); !got.Has("Saved.", `value="Technician"`, `value="New"`) {
			t.Errorf("after it: %s", got.Body)
		}
		if got := b.Post("/o/alpha/profile", "version", version, "first_name", "Ulla", "last_name", "Late"); got.Status != http.StatusPreconditionFailed || !got.Has(`value="Ulla"`) {
			t.Errorf("based on the old version: %d", got.Status)
		}
		if got := b.Get("/o/beta/profile"); got.Status != http.StatusSeeOther || !strings.HasPrefix(got.Location, "/o/beta/sign-in") {
			t.Errorf("in the other organization: %d to %s", got.Status, got.Location)
		}
	})
}

func TestSecurityPage(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, self.Pages, signin.Pages)
		if got := b.Post("/o/alpha/sign-in", "username", w.A.User.User.Email, "password", apptest.Password, "remember", "on"); got.Status != http.StatusSeeOther {
			t.Fatal(got.Status)
		}
		page := b.Get("/o/alpha/security")
		if page.Status != http.StatusOK || !page.Has("Where you are signed in", "192.0.2.1", "This device", "Signed in", "Sign out everywhere else", `autocomplete="new-password"`) {
			t.Fatalf("the page: %d\n%s", page.Status, page.Body)
		}
		if got := b.Post("/o/alpha/security/password", "current_password", "wrong", "new_password", fresh); got.Status != http.StatusUnprocessableEntity ||
			!got.Has(`href="#current_password"`) || strings.Contains(got.Body, fresh) {
			t.Errorf("the wrong one: %d\n%s", got.Status, got.Body)
		}
		if got := b.Post("/o/alpha/security/strength", "new_password", fresh); got.Status != http.StatusOK || !got.Has(`id="new_password-strength"`, "Strong") {
			t.Errorf("the meter: %d\n%s", got.Status, got.Body)
		}
		name := "roster-" + string(w.A.Org.ID)
		stolen := b.Other()
		before := b.Cookie(name)
		changed := b.Post("/o/alpha/security/password", "current_password", apptest.Password, "new_password", fresh)
		after := b.Cookie(name)
		if changed.Location != "/o/alpha/security" || after.Value == before.Value || after.Expires.IsZero() {
			t.Errorf("changed: %d to %s, cookie %+v", changed.Status, changed.Location, after)
		}
		if got := b.Follow(changed); !got.Has("Your password is changed.", "Changed the password") || got.Has("Sign out everywhere else") {
			t.Errorf("after it: %d\n%s", got.Status, got.Body)
		}
		if got := stolen.Get("/o/alpha/security"); got.Status != http.StatusSeeOther {
			t.Errorf("the old cookie: %d", got.Status)
		}

		other := w.Browser(t, self.Pages, signin.Pages)
		other.Post("/o/alpha/sign-in", "username", w.A.User.User.Email, "password", fresh)
		there := between(b.Get("/o/alpha/security").Body, `action="/o/alpha/security/sessions/`, `"`)
		if got := b.Post("/o/alpha/security/sessions/" + there); got.Location != "/o/alpha/security" || other.Get("/o/alpha/security").Status == http.StatusOK {
			t.Errorf("ending one: %d", got.Status)
		}
		if got := b.Post("/o/alpha/security/sessions/" + there); got.Status != http.StatusNotFound {
			t.Errorf("ending it twice: %d", got.Status)
		}
		other.Post("/o/alpha/sign-in", "username", w.A.User.User.Email, "password", fresh)
		if got := b.Post("/o/alpha/security/sessions"); got.Location != "/o/alpha/security" || other.Get("/o/alpha/security").Status == http.StatusOK || b.Get("/o/alpha/security").Status != http.StatusOK {
			t.Errorf("ending the others: %d", got.Status)
		}
	})
}

func TestWhoMustChangeTheirPasswordIsLedToIt(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		w.Put(t, w.A.Org.ID, func(t *op.Tx) error {
			return t.ExecOne(`update users set must_change_password = true where org_id = :org and id = :id`, op.Args{"id": w.A.User.User.ID})
		})
		b := w.Browser(t, self.Pages, signin.Pages)
		got := b.Post("/o/alpha/sign-in", "username", w.A.User.User.Email, "password", apptest.Password)
		if got.Location != "/o/alpha/new-password" || !b.Follow(got).Has("Choose a password of your own") {
			t.Errorf("%d to %s", got.Status, got.Location)
		}
		for _, path := range []string{"/o/alpha/profile", "/o/alpha/security"} {
			if got := b.Get(path); got.Location != "/o/alpha/new-password" {
				t.Errorf("%s: %d to %s", path, got.Status, got.Location)
			}
		}
		if got := b.Post("/o/alpha/profile", "first_name", "Uma"); got.Location != "/o/alpha/new-password" {
			t.Errorf("saving the profile: %d to %s", got.Status, got.Location)
		}
		if got := b.Post("/o/alpha/security/strength", "new_password", fresh); got.Status != http.StatusOK || !got.Has(`id="new_password-strength"`) {
			t.Errorf("the meter: %d", got.Status)
		}
		if got := b.Post("/o/alpha/new-password", "current_password", "wrong", "new_password", "short"); got.Status != http.StatusUnprocessableEntity ||
			!got.Has(`href="#new_password"`) || strings.Contains(got.Body, `value="short"`) {
			t.Errorf("a bad password: %d\n%s", got.Status, got.Body)
		}
		if got := b.Post("/o/alpha/new-password", "current_password", apptest.Password, "new_password", fresh); got.Location != "/o/alpha" {
			t.Errorf("a new password: %d to %s\n%s", got.Status, got.Location, got.Body)
		}
		if got := b.Get("/o/alpha/profile"); got.Status != http.StatusOK || !got.Has("Your password is set.") {
			t.Errorf("the profile after it: %d", got.Status)
		}
		if got := b.Get("/o/alpha/new-password"); got.Location != "/o/alpha/security" {
			t.Errorf("the page of those who must: %d to %s", got.Status, got.Location)
		}
	})
}

// between is what stands between two texts the first time, empty if they are not there.
func between(s, before, after string) string {
	_, rest, _ := strings.Cut(s, before)
	found, _, _ := strings.Cut(rest, after)
	return found
}

// Who is signed in when the password expires is led to the page that sets another
// one, and told why.
func TestAnExpiredPasswordLeadsToANewOne(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		if _, err := org.UpdateSettings.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), org.SettingsChange{PasswordChange: org.PasswordChange{
			PasswordExpiryDays: patch.To(30), PasswordHistory: patch.To(2), PasswordKinds: patch.To(2)}}); err != nil {
			t.Fatal(err)
		}
		b := w.Browser(t, self.Pages, signin.Pages)
		w.Advance(30*24*time.Hour - 10*time.Minute)
		b.Post("/o/alpha/sign-in", "username", w.A.User.User.Email, "password", apptest.Password)
		if got := b.Get("/o/alpha/security"); !got.Has("It expires on", "Not among the last 2 passwords", "2 kinds of characters") {
			t.Errorf("the page Security: %d", got.Status)
		}
		w.Advance(20 * time.Minute)
		if got := b.Get("/o/alpha/security"); got.Location != "/o/alpha/new-password" {
			t.Fatalf("after its end: %d to %q", got.Status, got.Location)
		}
		if got := b.Get("/o/alpha/new-password"); !got.Has("The present one has expired") {
			t.Error("it is not said why")
		}
		for _, again := range []string{apptest.Password, "lanternsovertheriver"} {
			if got := b.Post("/o/alpha/new-password", "current_password", apptest.Password, "new_password", again); got.Status != http.StatusUnprocessableEntity {
				t.Errorf("%q: %d", again, got.Status)
			}
		}
		if got := b.Post("/o/alpha/new-password", "current_password", apptest.Password, "new_password", fresh); got.Location != "/o/alpha" {
			t.Errorf("another one: %d", got.Status)
		}
		if got := b.Get("/o/alpha/security"); got.Status != http.StatusOK {
			t.Errorf("after that: %d", got.Status)
		}
	})
}
