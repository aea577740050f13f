package signin_test

import (
	"net/http"
	"strings"
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/op"
	"roster/internal/signin"
	"roster/internal/web"
)

// home stands in for the pages that somebody comes to.
func home(k *web.Kit) {
	page := func(pattern string, o web.Option, run func(*web.Context) error) {
		web.Page(k, pattern, func(c *web.Context) (web.Response, error) {
			return web.Text(http.StatusOK, "text/plain", "home"), run(c)
		}, o)
	}
	nothing := func(*web.Context) error { return nil }
	page("GET /o/{org}", web.Public("a test"), nothing)
	page("GET /o/{org}/users", web.Public("a test"), nothing)
	page("GET /o/{org}/private", web.For(signin.List), func(c *web.Context) error {
		_, err := web.Do(c, signin.List, op.Nothing{})
		return err
	})
}

func TestSignInPage(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b, email := w.Browser(t, signin.Pages, home), w.A.User.User.Email
		if got := b.Get("/o/nowhere/sign-in"); got.Status != http.StatusNotFound {
			t.Errorf("an organization that is not there: %d", got.Status)
		}
		if got := b.Get("/o/alpha/sign-in"); got.Status != http.StatusOK || !got.Has(`autocomplete="username"`, `autocomplete="current-password"`, `href="/o/alpha/forgot"`, `href="/sign-in"`) {
			t.Errorf("the form: %d\n%s", got.Status, got.Body)
		}
		if got := b.Post("/o/alpha/sign-in", "username", "", "password", ""); got.Status != http.StatusUnprocessableEntity || !got.Has(`href="#username"`, `href="#password"`) {
			t.Errorf("nothing: %d", got.Status)
		}
		refused := func(login, password string) apptest.Answer {
			return b.Post("/o/alpha/sign-in", "username", login, "password", password, "remember", "on")
		}
		wrongOne, nobody := refused(email, wrong), refused("nobody@alpha.example", wrong)
		if wrongOne.Status != http.StatusUnauthorized || !wrongOne.Has(`data-error="invalid_credentials"`, `value="`+email+`"`, `checked`) || strings.Contains(wrongOne.Body, wrong) {
			t.Errorf("wrong: %d\n%s", wrongOne.Status, wrongOne.Body)
		}
		if strings.ReplaceAll(wrongOne.Body, email, "") != strings.ReplaceAll(nobody.Body, "nobody@alpha.example", "") || nobody.Status != wrongOne.Status {
			t.Error("the answers tell a user from nobody")
		}
		if b.Cookie("roster-") != nil {
			t.Error("a refusal left a cookie")
		}

		got := b.Post("/o/alpha/sign-in?next=/o/alpha/users", "username", " "+strings.ToUpper(email), "password", apptest.Password, "next", "https://evil.example/")
		if got.Status != http.StatusSeeOther || got.Location != "/o/alpha" {
			t.Errorf("signed in: %d to %s", got.Status, got.Location)
		}
		session := b.Cookie("roster-" + string(w.A.Org.ID))
		if session == nil || !session.HttpOnly || session.SameSite != http.SameSiteLaxMode || !session.Expires.IsZero() || strings.Contains(got.Body+got.Location, session.Value) {
			t.Errorf("the cookie is %+v", session)
		}
		if b.Get("/o/alpha/private").Status != http.StatusOK {
			t.Error("the session proves nothing")
		}
		if got := b.Get("/o/beta/private"); got.Status != http.StatusSeeOther || !strings.HasPrefix(got.Location, "/o/beta/sign-in") {
			t.Errorf("in the other organization: %d to %s", got.Status, got.Location)
		}

		known := b.Other()
		got = known.Post("/o/alpha/sign-in", "username", email, "password", apptest.Password, "next", "/o/alpha/users", "remember", "on")
		if again := known.Cookie("roster-" + string(w.A.Org.ID)); got.Location != "/o/alpha/users" || again.Value == session.Value || again.Expires.IsZero() {
			t.Errorf("again, to stay: %s, %+v", got.Location, again)
		}
		if b.Get("/o/alpha/private").Status == http.StatusOK {
			t.Error("the session before it goes on")
		}

		out := known.Post("/o/alpha/sign-out")
		if out.Location != "/o/alpha/sign-in" || known.Cookie("roster-"+string(w.A.Org.ID)) != nil || known.Cookie("roster-device-") == nil {
			t.Errorf("signed out: %d to %s", out.Status, out.Location)
		}
		if got := known.Follow(out); !got.Has("You are signed out.") {
			t.Errorf("after it: %s", got.Body)
		}
		if got := known.Post("/o/alpha/sign-out"); got.Status != http.StatusSeeOther || !strings.HasPrefix(got.Location, "/o/alpha/sign-in") {
			t.Errorf("signing out twice: %d to %s", got.Status, got.Location)
		}
	})
}

func TestTooManyTriesAreRefusedWithTheTimeToWait(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, signin.Pages)
		for range 5 {
			b.Post("/o/alpha/sign-in", "username", w.A.User.User.Email, "password", wrong)
		}
		got := b.Post("/o/alpha/sign-in", "username", w.A.User.User.Email, "password", apptest.Password)
		if got.Status != http.StatusTooManyRequests || got.Header.Get("Retry-After") == "" || !got.Has(`data-error="too_many_attempts"`) {
			t.Errorf("%d, Retry-After %q", got.Status, got.Header.Get("Retry-After"))
		}
	})
}

func TestForgotAndResetPages(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b, email := w.Browser(t, signin.Pages), w.A.User.User.Email
		if got := b.Get("/o/alpha/forgot"); got.Status != http.StatusOK || !got.Has(`name="username"`) {
			t.Errorf("the form: %d", got.Status)
		}
		if got := b.Post("/o/alpha/forgot", "username", ""); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("nothing: %d", got.Status)
		}
		known, unknown := b.Post("/o/alpha/forgot", "username", email), b.Post("/o/alpha/forgot", "username", "nobody@alpha.example")
		if known.Status != http.StatusAccepted || unknown.Status != http.StatusAccepted ||
			strings.ReplaceAll(known.Body, email, "") != strings.ReplaceAll(unknown.Body, "nobody@alpha.example", "") {
			t.Errorf("the answers tell a user from nobody: %d, %d", known.Status, unknown.Status)
		}

		token := w.Newest(t, email).Token().Reveal()
		opened := b.Get("/reset/" + token)
		if opened.Status != http.StatusSeeOther || opened.Location != "/reset" {
			t.Fatalf("opening the link: %d to %s", opened.Status, opened.Location)
		}
		if c := b.Cookie("roster-link-"); c == nil || !c.HttpOnly || c.Expires.IsZero() {
			t.Errorf("the link is kept as %+v", c)
		}
		page := b.Follow(opened)
		if page.Status != http.StatusOK || !page.Has(email, "Alpha", `autocomplete="new-password"`, "At least 15 characters") || strings.Contains(page.Body, token) {
			t.Errorf("the page: %d\n%s", page.Status, page.Body)
		}
		if h := page.Header; h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("headers %v", h)
		}
		if got := b.Post("/reset", "password", "lanterns of Alpha town"); got.Status != http.StatusUnprocessableEntity || !got.Has("contains &#34;Alpha&#34;") || strings.Contains(got.Body, "lanterns") {
			t.Errorf("a weak one: %d\n%s", got.Status, got.Body)
		}
		if got := b.Post("/reset/strength", "password", fresh); got.Status != http.StatusOK || !got.Has(`id="password-strength"`, "Strong") || strings.Contains(got.Body, "<html") || strings.Contains(got.Body, fresh) {
			t.Errorf("the meter: %d\n%s", got.Status, got.Body)
		}
		late := b.Other()
		done := b.Post("/reset", "password", fresh)
		if done.Location != "/o/alpha/sign-in" || b.Cookie("roster-link-") != nil || b.Cookie("roster-device-") == nil || b.Cookie("roster-"+string(w.A.Org.ID)) != nil {
			t.Errorf("set: %d to %s", done.Status, done.Location)
		}
		if got := b.Follow(done); !got.Has("Your password is set.") {
			t.Error("nobody says that it worked")
		}
		for _, got := range []apptest.Answer{late.Get("/reset"), late.Post("/reset", "password", fresh)} {
			if got.Status != http.StatusGone || !got.Has(`data-error="link_used"`, `href="/o/alpha/sign-in"`, `href="/o/alpha/forgot"`) {
				t.Errorf("a used link: %d\n%s", got.Status, got.Body)
			}
		}
		if got := b.Get("/reset"); got.Status != http.StatusNotFound || !got.Has(`data-error="link_unknown"`, `href="/sign-in"`) {
			t.Errorf("no link: %d\n%s", got.Status, got.Body)
		}
		if got := b.Get("/reset/rst_rst_nonsense"); got.Location != "/reset" || b.Cookie("roster-link-") != nil {
			t.Errorf("what is no link: %d to %s", got.Status, got.Location)
		}
	})
}

func TestFindPage(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b, email := w.Browser(t, signin.Pages), w.A.User.User.Email
		if got := b.Get("/sign-in"); got.Status != http.StatusOK || !got.Has(`autocomplete="email"`) {
			t.Errorf("the form: %d", got.Status)
		}
		if got := b.Post("/sign-in", "email", "nonsense"); got.Status != http.StatusUnprocessableEntity || !got.Has(`value="nonsense"`, `href="#email"`) {
			t.Errorf("nonsense: %d", got.Status)
		}
		known, unknown := b.Post("/sign-in", "email", email), b.Post("/sign-in", "email", "nobody@alpha.example")
		if known.Status != http.StatusAccepted || strings.ReplaceAll(known.Body, email, "") != strings.ReplaceAll(unknown.Body, "nobody@alpha.example", "") || strings.Contains(known.Body, "Alpha") {
			t.Errorf("the answers tell a user from nobody: %d, %d", known.Status, unknown.Status)
		}
		if letter := w.Newest(t, email); letter.Kind != "organizations" || !strings.Contains(letter.Text, "/o/alpha/sign-in") {
			t.Errorf("the letter: %s", letter.Text)
		}
	})
}
