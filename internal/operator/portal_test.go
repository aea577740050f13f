package operator_test

import (
	"strings"
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/operator"
)

func TestTheFirstOperatorSetsUpAndSignsIn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, operator.Pages)
		token := setupLink(t, w).Reveal()
		opened := b.Get("/operator/setup/" + token)
		form := b.Follow(opened)
		if opened.Location != "/operator/setup" || form.Status != 200 || !form.Has(`autocomplete="username"`, `autocomplete="new-password"`) {
			t.Fatalf("the link: %+v, then %+v", opened, form)
		}
		if strings.Contains(form.Body, token) {
			t.Error("the page has the token in it")
		}
		if rated := b.Post("/operator/setup/strength", "password", pw.Reveal(), "email", "olga@vendor.example"); !rated.Has(`id="password-strength"`, "Strong") {
			t.Errorf("rated: %+v", rated)
		}
		wrong := b.Post("/operator/setup", "email", "olga@vendor.example", "name", "Olga Petrova", "password", "too short 1")
		if wrong.Status != 422 || !wrong.Has("needs 4 more characters", `value="Olga Petrova"`) || strings.Contains(wrong.Body, "too short 1") {
			t.Errorf("a short password: %+v", wrong)
		}
		done := b.Post("/operator/setup", "email", "olga@vendor.example", "name", "Olga Petrova", "password", pw.Reveal())
		if done.Status != 303 || done.Location != "/operator/organizations" {
			t.Fatalf("set up: %+v", done)
		}
		if list := b.Get("/operator/operators"); !list.Has("Olga Petrova", "olga@vendor.example", "Welcome, Olga Petrova") {
			t.Errorf("signed in, the list of operators is %+v", list)
		}
		again := w.Browser(t, operator.Pages)
		if gone := again.Follow(again.Get("/operator/setup/" + token)); gone.Status != 410 {
			t.Errorf("the used link: %+v", gone)
		}

		b.Post("/operator/sign-out")
		out := b.Get("/operator/operators")
		if out.Location != "/operator/sign-in?next=%2Foperator%2Foperators" {
			t.Fatalf("signed out, the list leads to %q", out.Location)
		}
		if page := b.Follow(out); !page.Has(`name="next" value="/operator/operators"`) {
			t.Errorf("the sign-in page: %+v", page)
		}
		refused := b.Post("/operator/sign-in", "email", "olga@vendor.example", "password", "a wrong password", "next", "/operator/operators")
		if refused.Status != 401 || !refused.Has("That did not work", `value="olga@vendor.example"`) || strings.Contains(refused.Body, "a wrong password") {
			t.Errorf("a wrong password: %+v", refused)
		}
		in := b.Post("/operator/sign-in", "email", "olga@vendor.example", "password", pw.Reveal(), "next", "/operator/operators")
		if in.Location != "/operator/operators" || !b.Follow(in).Has("Olga Petrova") {
			t.Errorf("the right password: %+v", in)
		}
		if away := b.Post("/operator/sign-in", "email", "olga@vendor.example", "password", pw.Reveal(), "next", "//evil.example"); away.Location != "/operator/organizations" {
			t.Errorf("it leads away to %q", away.Location)
		}
	})
}
