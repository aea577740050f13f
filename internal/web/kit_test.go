package web

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/secret"
	"roster/internal/web/ui"
)

const (
	public = "https://roster.test"
	nordly = id.Org("org_00000000000000000000000001")
	saguar = id.Org("org_00000000000000000000000002")
)

// world is a kit with its log. What a test registers, it serves.
type world struct {
	*Kit
	t    *testing.T
	logs *bytes.Buffer
}

// newWorld makes a kit for the given public URL, without a door to any data.
func newWorld(t *testing.T, publicURL string, proxies ...string) world {
	t.Helper()
	keys, err := secret.CreateKeyring(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	logs := &bytes.Buffer{}
	log := slog.New(slog.NewTextHandler(logs, nil))
	door := op.NewDoor(op.Config{
		Database: &op.Database{}, Keys: keys, PublicURL: publicURL, Log: log,
		Hooks: op.Hooks{
			Organization: func(*op.Tx, string) (op.Organization, error) { return op.Organization{}, errs.NotFound() },
			Actor:        func(*op.Tx, authz.Caller, id.Org) (authz.Actor, error) { return authz.Actor{}, nil },
		},
	})
	var trusted []netip.Prefix
	for _, p := range proxies {
		trusted = append(trusted, netip.MustParsePrefix(p))
	}
	k, err := New(Options{Door: door, PublicURL: publicURL, ExtraHosts: []string{"localhost"}, TrustedProxies: trusted, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	return world{k, t, logs}
}

// page registers a page that runs no operation.
func (w world) page(pattern string, h Handler) { Page(w.Kit, pattern, h, Public("a test")) }

// answer is what came back.
type answer struct {
	*http.Response
	body string
}

// get asks for a path as a browser does.
func (w world) get(path string, change ...func(*http.Request)) answer {
	return w.do(httptest.NewRequest(http.MethodGet, public+path, nil), change...)
}

// post sends a form as a browser does from one of our own pages.
func (w world) post(path string, form url.Values, change ...func(*http.Request)) answer {
	r := httptest.NewRequest(http.MethodPost, public+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return w.do(r, change...)
}

func (w world) do(r *http.Request, change ...func(*http.Request)) answer {
	w.t.Helper()
	for _, c := range change {
		c(r)
	}
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, r)
	body, err := io.ReadAll(rec.Result().Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{rec.Result(), string(body)}
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func cookie(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: name, Value: value}) }
}

// want checks the status and, unless it is empty, the code that the page shows.
func (a answer) want(t *testing.T, status int, code string) {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("status %d, want %d: %.300s", a.StatusCode, status, a.body)
	}
	if code != "" && !strings.Contains(a.body, `data-error="`+code+`"`) {
		t.Errorf("no data-error=%q in %.3000s", code, a.body)
	}
}

func say(text string) Response { return Render(ui.Text(text)) }

func token(kind secret.Prefix) string {
	clear, _ := secret.NewToken(kind)
	return clear.Reveal()
}

func TestEveryAnswerCarriesSecurityHeaders(t *testing.T) {
	w := newWorld(t, public)
	w.page("GET /{$}", func(*Context) (Response, error) { return say("hello"), nil })
	w.Mount("/assets/", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}), nil)
	for _, path := range []string{"/", "/nothing", "/assets/x"} {
		h := w.get(path).Header
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"Strict-Transport-Security": "max-age=63072000; includeSubDomains",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
		csp := h.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(csp, part) {
				t.Errorf("%s: no %s in %s", path, part, csp)
			}
		}
		if strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %s", path, csp)
		}
		if !strings.HasPrefix(h.Get("X-Request-Id"), "req_") {
			t.Errorf("%s: request id %q", path, h.Get("X-Request-Id"))
		}
		wantCache := "no-store"
		if path == "/assets/x" {
			wantCache = "public, max-age=31536000, immutable"
		}
		if got := h.Get("Cache-Control"); got != wantCache {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
	}
}

func TestHeadersOnPlainHTTP(t *testing.T) {
	for base, referrer := range map[string]string{
		"http://127.0.0.1:8080": "no-referrer",
		"http://localhost:8080": "no-referrer",
		"http://roster.lan":     "same-origin", // Origin is the only proof there
	} {
		w := newWorld(t, base)
		got := w.do(httptest.NewRequest(http.MethodGet, base+"/", nil))
		if got.Header.Get("Referrer-Policy") != referrer || got.Header.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: %v", base, got.Header)
		}
	}
}

func TestRequestIDsAreOurs(t *testing.T) {
	w := newWorld(t, public)
	w.page("GET /{$}", func(c *Context) (Response, error) {
		if got := c.r.Header.Get("X-Request-Id"); got != "" {
			t.Errorf("the handler sees %q", got)
		}
		return say(c.Caller().Origin.RequestID + " " + RequestID(c.Context())), nil
	})
	first, second := w.get("/", header("X-Request-Id", "mine")), w.get("/", header("X-Request-Id", "mine"))
	ids := first.Header.Get("X-Request-Id")
	if first.body != ids+" "+ids || first.body == second.body {
		t.Errorf("%q, %q", first.body, second.body)
	}
}

func TestPublicURLMustBeABase(t *testing.T) {
	for _, bad := range []string{"", "roster.test", "ftp://roster.test", "https://", "https://roster.test/portal", "https://roster.test?x", "https://a@roster.test"} {
		if _, err := New(Options{PublicURL: bad, Log: slog.New(slog.DiscardHandler)}); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestLimitsOfARequest(t *testing.T) {
	w := newWorld(t, public)
	w.page("GET /list", func(*Context) (Response, error) { return say("list"), nil })
	w.page("POST /list", func(c *Context) (Response, error) {
		_, err := c.Form()
		return say("taken"), err
	})
	w.get("/list?"+strings.Repeat("a&", 49)+"a").want(t, 200, "")
	w.get("/list?"+strings.Repeat("a&", 50)+"a").want(t, 400, "too_many_parameters")
	w.get("/list?a="+strings.Repeat("b", 4096)).want(t, 400, "query_too_long")
	w.get("/list?a=%00").want(t, 400, "invalid_parameter")
	w.get("/list?a=%ff").want(t, 400, "invalid_parameter")
	w.get("/list?a=%zz").want(t, 400, "invalid_parameter")
	w.get("/l%00ist").want(t, 404, "not_found")
	w.get("/l%ffist").want(t, 404, "not_found")
	w.get("/list", header("Cookie", strings.Repeat("a=b; ", 50)+"a=b")).want(t, 400, "too_many_cookies")
	w.post("/list", url.Values{"a": {strings.Repeat("b", 60<<10)}}).want(t, 200, "")
	many := url.Values{}
	for i := range 20 {
		many.Set("a"+string(rune('a'+i)), strings.Repeat("b", 60<<10))
	}
	w.post("/list", many).want(t, 413, "body_too_large")
}

func TestMethodsThatAnAddressDoesNotAnswer(t *testing.T) {
	w := newWorld(t, public)
	w.page("GET /list", func(*Context) (Response, error) { return say("list"), nil })
	got := w.post("/list", nil)
	got.want(t, 405, "method_not_allowed")
	if got.Header.Get("Allow") != "GET" {
		t.Errorf("Allow: %q", got.Header.Get("Allow"))
	}
	if head := w.do(httptest.NewRequest(http.MethodHead, public+"/list", nil)); head.StatusCode != 200 {
		t.Errorf("HEAD: %d", head.StatusCode)
	}
}

func TestMountsRefuseInTheirOwnWay(t *testing.T) {
	w := newWorld(t, public)
	w.Mount("/api/", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oops") }),
		func(w http.ResponseWriter, _ *http.Request, err error) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(Status(errs.KindOf(err)))
		})
	for _, c := range []struct {
		path   string
		change func(*http.Request)
		status int
	}{
		{"/api/v1/me", func(*http.Request) {}, 500},
		{"/api/v1/me", func(r *http.Request) { r.Host = "evil.test" }, 421},
		{"/api/v1/me?a=%00", func(*http.Request) {}, 400},
	} {
		got := w.get(c.path, c.change)
		if got.StatusCode != c.status || got.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %v", c.path, got.StatusCode, got.Header)
		}
	}
}

func TestOnlyRequestsOfAKitHaveCallers(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a request without an address got a caller")
		}
	}()
	_, _ = CallerOf(httptest.NewRequest(http.MethodGet, "/", nil))
}

// failing is a component that breaks half-way.
var failing = templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
	_, _ = io.WriteString(w, "half a page")
	return io.ErrUnexpectedEOF
})
