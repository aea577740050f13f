package web

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// S-147: nobody sends people elsewhere by a link to us.
func TestReturnTo(t *testing.T) {
	w := newWorld(t, public)
	w.page("GET /sign-in", func(c *Context) (Response, error) { return say(c.ReturnTo("/start")), nil })
	w.page("POST /sign-in", func(c *Context) (Response, error) {
		_, err := c.Form()
		return Redirect(c.ReturnTo("/start")), err
	})
	w.page("GET /start", func(*Context) (Response, error) { return say(""), nil })
	w.page("GET /o/{org}/users", func(*Context) (Response, error) { return say(""), nil })
	w.page("GET /o/{org}/users/{user}", func(*Context) (Response, error) { return say(""), nil })
	w.page("POST /o/{org}/users/{user}/delete", func(*Context) (Response, error) { return say(""), nil })
	w.Mount("/assets/", http.NotFoundHandler(), nil)
	for _, good := range []string{"/start", "/o/nordlys/users", "/o/nordlys/users?q=a%20b&q=//evil.test", "/o/nordlys/users/usr_1", "/o/n%C3%B8rd/users"} {
		if got := w.get("/sign-in?next=" + url.QueryEscape(good)).body; got != html.EscapeString(good) {
			t.Errorf("%s became %s", good, got)
		}
	}
	for _, bad := range []string{
		"", "start", "//evil.test", "///evil.test", `/\evil.test`, `\\evil.test`, "/%09/evil.test", "/\t/evil.test", "https:evil.test",
		"https://evil.test", "HTTPS://evil.test/start", "javascript:alert(1)", "/..//evil.test", "/../start", "/./start", "/o/nordlys/../../start",
		"/start/../start", "/%2e%2e//evil.test", "/%2f/evil.test", "/%2fevil.test", "/%5cevil.test", "/start\r\nSet-Cookie: a=b", "/start%0d%0aSet-Cookie:a=b",
		"/%0d%0a/evil.test", "//start", "/o//users", " /start", "/start#//evil.test", "/nothing", "/assets/x", "/o/nordlys/users/usr_1/delete",
		"/@evil.test", "//evil.test@roster.test/start", "//roster.test/start", "/start?" + strings.Repeat("a", maxReturn), "/start\x00", "/\u202e/start", "mailto:a@b", "data:text/html,a",
	} {
		if w.isPage(bad) {
			t.Errorf("%q is a page", bad)
		}
		got := w.post("/sign-in", url.Values{"next": {bad}})
		if strings.Contains(bad, "\x00") {
			continue // the form is refused as a whole
		}
		if location := got.Header.Get("Location"); got.StatusCode != 303 || location != "/start" {
			t.Errorf("%q: %d to %q", bad, got.StatusCode, location)
		}
	}
}

func TestRedirectsStayHere(t *testing.T) {
	w := newWorld(t, public)
	w.page("GET /{$}", func(c *Context) (Response, error) { return Redirect(c.Query("to")), nil })
	w.get("/?to=/o/nordlys").want(t, 303, "")
	for _, bad := range []string{"https://evil.test", "//evil.test", `/\evil.test`} {
		got := w.get("/?to=" + url.QueryEscape(bad))
		got.want(t, 500, "internal")
		if got.Header.Get("Location") != "" {
			t.Errorf("%s: %v", bad, got.Header)
		}
	}
}

func FuzzReturnTo(f *testing.F) {
	for _, seed := range []string{"/o/a/users?x=y", "//evil", "/%5c", "/a/../b"} {
		f.Add(seed)
	}
	base, err := url.Parse(public)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, target string) {
		u, ok := localURL(target)
		if !ok {
			return
		}
		if to := base.ResolveReference(u); to.Host != base.Host || to.Scheme != base.Scheme {
			t.Errorf("%q leads to %s", target, to)
		}
		if strings.ContainsAny(target, "\r\n\\") {
			t.Errorf("%q can end a header", target)
		}
	})
}
