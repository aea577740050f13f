package self_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"roster/internal/app"
	"roster/internal/app/apptest"
	"roster/internal/web"
)

func TestMeInTheAPI(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		mount := func(k *web.Kit) {
			a := app.NewAPI(w.Door, "http://localhost:8080", apptest.Log(t))
			k.Mount("/api/", a, a.Refuse)
		}
		b, admin := w.Browser(t, mount).As(w.A.User, w.A), w.Browser(t, mount).As(w.A.Admin, w.A)
		expect := func(got apptest.Answer, status int, texts ...string) {
			t.Helper()
			if got.Status != status || !got.Has(texts...) {
				t.Errorf("%d, want %d with %q\n%s", got.Status, status, texts, got.Body)
			}
		}
		const me = "/api/v1/me"
		expect(w.Browser(t, mount).JSON("GET", me, "", ""), http.StatusUnauthorized, `"code":"unauthenticated"`)
		got := b.JSON("GET", me, "", "")
		expect(got, http.StatusOK, `"email":"user@alpha.example"`, `"slug":"alpha"`, `"permissions":[]`)
		if strings.Contains(got.Body, "password_hash") || strings.Contains(got.Body, "argon2") {
			t.Errorf("%s", got.Body)
		}
		tag := got.Header.Get("ETag")
		expect(b.JSON("PATCH", me, `{"title":"Technician"}`, tag), http.StatusOK, `"title":"Technician"`)
		expect(b.JSON("PATCH", me, `{"title":"Late"}`, tag), http.StatusPreconditionFailed, `"code":"version_conflict"`)
		for _, field := range []string{"email", "username", "role_id", "state", "notes"} {
			expect(b.JSON("PATCH", me, fmt.Sprintf(`{%q:"x"}`, field), ""), http.StatusUnprocessableEntity, `"field":"`+field+`"`)
		}

		change := func(current, password string) apptest.Answer {
			return b.JSON("POST", me+"/password", fmt.Sprintf(`{"current_password":%q,"new_password":%q}`, current, password), "")
		}
		expect(change("wrong", fresh), http.StatusUnprocessableEntity, `"code":"wrong_password"`)
		expect(change(apptest.Password, "short"), http.StatusUnprocessableEntity, `"code":"too_short"`)
		name := "roster-" + string(w.A.Org.ID)
		stolen, before := b.Other(), b.Cookie(name).Value
		got = change(apptest.Password, fresh)
		expect(got, http.StatusOK, `"current":true`, `"expires_at":"`)
		if after := b.Cookie(name).Value; after == before || strings.Contains(got.Body, after) || b.Cookie("roster-device-") == nil {
			t.Errorf("the session's cookie: %s", got.Body)
		}
		expect(stolen.JSON("GET", me, "", ""), http.StatusUnauthorized)

		expect(b.JSON("GET", me+"/sessions", "", ""), http.StatusOK, `"current":true`, `"address":"192.0.2.1"`)
		expect(b.JSON("DELETE", me+"/sessions", "", ""), http.StatusNoContent)
		expect(b.JSON("DELETE", me+"/sessions/ses_00000000000000000000000000", "", ""), http.StatusNotFound, `"code":"not_found"`)
		expect(b.JSON("GET", me, "", ""), http.StatusOK)

		user := "/api/v1/organizations/alpha/users/" + string(w.A.User.User.ID)
		expect(b.JSON("POST", user+"/sign-out", "", ""), http.StatusForbidden)
		expect(admin.JSON("POST", user+"/sign-out", "", ""), http.StatusNoContent)
		expect(b.JSON("GET", me, "", ""), http.StatusUnauthorized)
		expect(admin.JSON("POST", user+"/reset-password", "", ""), http.StatusAccepted, `"expires_at":"`)
		foreign := "/api/v1/organizations/alpha/users/" + string(w.B.User.User.ID)
		expect(admin.JSON("POST", foreign+"/reset-password", "", ""), http.StatusNotFound, `"code":"not_found"`)
	})
}
