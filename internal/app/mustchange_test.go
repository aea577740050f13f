package app_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"roster/internal/api"
	"roster/internal/app"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/op"
	"roster/internal/web"
)

var parameter = regexp.MustCompile(`\{[a-z]+\}`)

// place fills the parameters of a route's path in.
func placed(path string, w *apptest.World) string {
	path = strings.ReplaceAll(path, "{org}", w.A.Org.Slug)
	return parameter.ReplaceAllString(path, string(w.A.User.User.ID))
}

// mustChange makes the admin of A one whose password must be changed.
func mustChange(t *testing.T, w *apptest.World) {
	t.Helper()
	w.Put(t, w.A.Org.ID, func(t *op.Tx) error {
		return t.ExecOne(`update users set must_change_password = true where org_id = :org and id = :id`, op.Args{"id": w.A.Admin.User.ID})
	})
}

// Whoever must change their password gets nowhere else: not by any page, not by
// any route of the API, and not by any operation behind them.
func TestNothingIsOpenBeforeThePasswordIsChanged(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		mustChange(t, w)
		open := []string{
			"me.get", "me.change_password", "me.password_rules", "me.recall_passwords", "me.set_password", "session.sign_out", "session.touch",
			"password.confirm", "password.count_confirmation", "password.settle_confirmation",
		}
		admin := w.A.Admin.Call(w.A)
		before := digest(t, w, w.A.Org.ID)
		for _, o := range app.Operations() {
			s := o.Spec()
			if s.Scope != authz.InOrg && s.Scope != authz.Self || slices.Contains(open, s.Name) {
				continue
			}
			if _, err := o.Try(t.Context(), w.Door, admin, o.Zero()); err == nil || !strings.Contains(err.Error(), "password_change_required") {
				t.Errorf("%s: %v", s.Name, err)
			}
		}
		pagesLeadToThePassword(t, w)
		routesRefuse(t, w)
		if after := digest(t, w, w.A.Org.ID); after != before {
			t.Error("something was changed on the way")
		}
	})
}

// pagesLeadToThePassword opens every page of the organization.
func pagesLeadToThePassword(t *testing.T, w *apptest.World) {
	t.Helper()
	var kit *web.Kit
	b := w.Browser(t, func(k *web.Kit) { kit = k; app.Pages(k) }).As(w.A.Admin, w.A)
	tried := 0
	for _, r := range kit.Routes() {
		open := func(o op.Spec) bool {
			return o.Scope == authz.Public || o.Needs == authz.OwnPassword
		}
		if !strings.HasPrefix(r.Path, "/o/{org}") || r.Public != "" || !slices.ContainsFunc(r.Operations, func(o op.Spec) bool { return !open(o) }) {
			continue
		}
		tried++
		got := b.Get(placed(r.Path, w))
		if r.Method == http.MethodPost {
			got = b.Post(placed(r.Path, w))
		}
		if got.Location != "/o/alpha/new-password" {
			t.Errorf("%s %s: %d to %q", r.Method, r.Path, got.Status, got.Location)
		}
	}
	if tried < 20 {
		t.Errorf("only %d pages", tried)
	}
}

// routesRefuse asks every route of the API with the same session.
func routesRefuse(t *testing.T, w *apptest.World) {
	t.Helper()
	b := w.Browser(t, func(k *web.Kit) {
		a := api.New(api.Options{Door: w.Door, Caller: web.CallerOf, Log: apptest.Log(t), Title: "Roster", Version: "test", PublicURL: "http://localhost:8080"})
		app.Routes(a)
		k.Mount("/api/", a, a.Refuse)
	}).As(w.A.Admin, w.A)
	tried := 0
	for _, r := range app.NewAPI(w.Door, "http://localhost:8080", apptest.Log(t)).Routes() {
		method, path := r.Method, r.Path
		if r.Scope != authz.InOrg && r.Scope != authz.Self || r.Permission == authz.OwnPassword {
			continue
		}
		body := ""
		if method == http.MethodPost || method == http.MethodPatch || method == http.MethodPut {
			body = "{}"
		}
		tried++
		got := b.JSON(method, placed(path, w), body, "")
		// What is not even a request is refused before it is asked who sends it.
		if got.Status != http.StatusForbidden && got.Status != http.StatusUnprocessableEntity && got.Status != http.StatusUnsupportedMediaType || got.Status == http.StatusForbidden && !got.Has("password_change_required") {
			t.Errorf("%s %s: %d %s", method, path, got.Status, got.Body)
		}
	}
	if tried < 15 {
		t.Errorf("only %d routes", tried)
	}
	if got := b.JSON(http.MethodGet, "/api/v1/me", "", ""); got.Status != http.StatusOK || !got.Has(`"must_change_password":true`) {
		t.Errorf("who it is: %d %s", got.Status, got.Body)
	}
	if got := b.JSON(http.MethodPatch, "/api/v1/me", `{"first_name": "Ada"}`, ""); got.Status != http.StatusForbidden {
		t.Errorf("their profile: %d %s", got.Status, got.Body)
	}
}
