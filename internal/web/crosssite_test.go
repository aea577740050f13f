package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"roster/internal/secret"
)

// S-145, S-087: a change needs a proof that one of our own pages sent it.
func TestChangesFromOtherSites(t *testing.T) {
	session := cookie("__Host-roster-"+string(nordly), token(secret.Session))
	type change = func(*http.Request)
	without := func(names ...string) change {
		return func(r *http.Request) {
			for _, name := range names {
				r.Header.Del(name)
			}
		}
	}
	for name, c := range map[string]struct {
		changes []change
		status  int
	}{
		"own page":                    {[]change{session}, 200},
		"own page, not signed in":     {nil, 200},
		"own page, older browser":     {[]change{session, without("Sec-Fetch-Site"), header("Origin", public)}, 200},
		"own page, no referrer":       {[]change{session, header("Origin", "null")}, 200},
		"form of another site":        {[]change{session, header("Sec-Fetch-Site", "cross-site"), header("Origin", "https://evil.test")}, 403},
		"subdomain":                   {[]change{session, header("Sec-Fetch-Site", "same-site"), header("Origin", "https://a.roster.test")}, 403},
		"other site, older browser":   {[]change{session, without("Sec-Fetch-Site"), header("Origin", "https://evil.test")}, 403},
		"sandboxed frame, older":      {[]change{session, without("Sec-Fetch-Site"), header("Origin", "null")}, 403},
		"nothing said":                {[]change{session, without("Sec-Fetch-Site")}, 403},
		"nothing said, not signed in": {[]change{without("Sec-Fetch-Site")}, 403},
		"sign-in by another site":     {[]change{header("Sec-Fetch-Site", "cross-site")}, 403},
		"JSON as text":                {[]change{session, header("Sec-Fetch-Site", "cross-site"), header("Content-Type", "text/plain")}, 403},
		"JSON as text, own page":      {[]change{session, header("Content-Type", "text/plain")}, 415},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, public)
			changed := false
			w.page("POST /change", func(c *Context) (Response, error) {
				if _, err := c.Form(); err != nil {
					return Response{}, err
				}
				changed = true
				return say("done"), nil
			})
			got := w.post("/change", url.Values{"a": {"b"}}, c.changes...)
			code := map[int]string{403: "cross_site", 415: "unsupported_media_type"}[c.status]
			got.want(t, c.status, code)
			if changed != (c.status == 200) {
				t.Errorf("changed: %v", changed)
			}
			if len(got.Cookies()) > 0 {
				t.Errorf("cookies: %v", got.Cookies())
			}
		})
	}
}

func TestProgramsNeedNoOrigin(t *testing.T) {
	w := newWorld(t, public)
	w.Mount("/api/", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }), nil)
	ask := func(change ...func(*http.Request)) int {
		r := httptest.NewRequest(http.MethodPost, public+"/api/v1/users", strings.NewReader("{}"))
		return w.do(r, change...).StatusCode
	}
	key := header("Authorization", "Bearer "+token(secret.APIKey))
	if got := ask(key); got != http.StatusAccepted {
		t.Errorf("a key: %d", got)
	}
	if got := ask(key, header("Sec-Fetch-Site", "cross-site")); got != http.StatusForbidden {
		t.Errorf("a key from another site's page: %d", got)
	}
	if got := ask(cookie("__Host-roster-operator", token(secret.Session))); got != http.StatusForbidden {
		t.Errorf("a cookie without an origin: %d", got)
	}
}
