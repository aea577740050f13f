package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/op"
	"roster/internal/web/ui"
)

var (
	listUsers = op.Query[op.Nothing, string]{Name: "user.list", Needs: authz.UsersView, Scope: authz.InOrg}
	addUser   = op.Command[op.Nothing, string]{Name: "user.add", Needs: authz.UsersManage, Scope: authz.InOrg}
	listOrgs  = op.Query[op.Nothing, string]{Name: "organization.list", Needs: authz.OrganizationsManage, Scope: authz.Platform}
	signIn    = op.Command[op.Nothing, string]{Name: "session.begin", Needs: authz.Everybody, Scope: authz.Public}
)

func TestErrorsToPages(t *testing.T) {
	var next error
	w := newWorld(t, public)
	w.page("GET /page", func(*Context) (Response, error) { return Response{}, next })
	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{errs.Malformed("bad", "Bad."), 400, "bad"},
		{errs.Unauthenticated(), 401, "unauthenticated"},
		{errs.Forbidden("users.view"), 404, "not_found"},
		{errs.New(errs.KindForbidden, "organization_suspended", "Suspended."), 403, "organization_suspended"},
		{errs.NotFound(), 404, "not_found"},
		{errs.Conflict("taken", "Taken."), 409, "taken"},
		{errs.New(errs.KindGone, "link_used", "Used."), 410, "link_used"},
		{errs.Changed(), 412, "version_conflict"},
		{errs.New(errs.KindTooLarge, "large", "Large."), 413, "large"},
		{errs.New(errs.KindMediaType, "media", "Media."), 415, "media"},
		{errs.New(errs.KindMisdirected, "host", "Host."), 421, "host"},
		{errs.Invalid(errs.Field{Field: "email", Code: "required", Message: "Say <where>."}), 422, "validation_failed"},
		{errs.New(errs.KindPreconditionRequired, "version_missing", "Version."), 428, "version_missing"},
		{errs.TooMany("throttled", 90*time.Second, "Wait."), 429, "throttled"},
		{errs.Unavailable("overloaded", 1500*time.Millisecond, "Later."), 503, "overloaded"},
		{fmt.Errorf("wrapped: %w", errs.Conflict("inner", "Inner.")), 409, "inner"},
		{&http.MaxBytesError{Limit: 1}, 413, "body_too_large"},
		{errors.New(`pq: relation "users" in /srv/roster/store.go`), 500, "internal"},
	} {
		next = c.err
		got := w.get("/page")
		got.want(t, c.status, c.code)
		if !strings.Contains(got.body, got.Header.Get("X-Request-Id")) {
			t.Errorf("%s: no request id", c.code)
		}
		if strings.Contains(got.body, "pq:") || strings.Contains(got.body, "/srv/") || strings.Contains(got.body, "<where>") {
			t.Errorf("%s: shows too much: %s", c.code, got.body)
		}
		retry := map[string]string{"throttled": "90", "overloaded": "2"}[c.code]
		if got.Header.Get("Retry-After") != retry {
			t.Errorf("%s: Retry-After %q", c.code, got.Header.Get("Retry-After"))
		}
	}
	if n := strings.Count(w.logs.String(), "request failed"); n != 1 {
		t.Errorf("%d errors were logged, want the one that is nobody's business:\n%s", n, w.logs)
	}
}

func TestRefusedChangesSayThatNothingChanged(t *testing.T) {
	w := newWorld(t, public)
	refuse := func(*Context) (Response, error) { return Response{}, errs.Conflict("taken", "Taken.") }
	w.page("GET /page", refuse)
	w.page("POST /page", refuse)
	if got := w.post("/page", nil); !strings.Contains(got.body, "Nothing was changed.") {
		t.Errorf("%s", got.body)
	}
	if got := w.get("/page"); strings.Contains(got.body, "Nothing was changed.") {
		t.Errorf("%s", got.body)
	}
}

func TestSignedOutPeopleAreSentToSignIn(t *testing.T) {
	w := newWorld(t, public)
	refuse := func(*Context) (Response, error) { return Response{}, errs.Unauthenticated() }
	Page(w.Kit, "GET /o/{org}/users", refuse, For(listUsers))
	Page(w.Kit, "POST /o/{org}/users", refuse, For(addUser))
	Page(w.Kit, "POST /o/{org}/users/delete", refuse, For(addUser))
	Page(w.Kit, "GET /operator/organizations", refuse, For(listOrgs))
	Page(w.Kit, "POST /o/{org}/sign-in", refuse, For(signIn))
	for _, c := range []struct {
		got  answer
		want string
	}{
		{w.get("/o/nordlys/users?q=a%26b"), "/o/nordlys/sign-in?next=" + url.QueryEscape("/o/nordlys/users?q=a%26b")},
		{w.post("/o/nordlys/users", nil), "/o/nordlys/sign-in?next=" + url.QueryEscape("/o/nordlys/users")},
		{w.post("/o/nordlys/users/delete", nil), "/o/nordlys/sign-in"},
		{w.get("/operator/organizations"), "/operator/sign-in?next=" + url.QueryEscape("/operator/organizations")},
		{w.get("/o/%2F%2Fevil.test/users"), "/o/%2F%2Fevil.test/sign-in"},
	} {
		if got := c.got.Header.Get("Location"); c.got.StatusCode != 303 || got != c.want {
			t.Errorf("%d to %q, want %q", c.got.StatusCode, got, c.want)
		}
	}
	w.post("/o/nordlys/sign-in", nil).want(t, 401, "unauthenticated")

	part := w.get("/o/nordlys/users", header("HX-Request", "true"), header("HX-Request-Type", "partial"),
		header("HX-Current-URL", public+"/o/nordlys/users?q=x"))
	if got := part.Header.Get("HX-Redirect"); part.StatusCode != 204 || got != "/o/nordlys/sign-in?next="+url.QueryEscape("/o/nordlys/users?q=x") {
		t.Errorf("%d, HX-Redirect %q", part.StatusCode, got)
	}
	foreign := w.get("/o/nordlys/users", header("HX-Request", "true"), header("HX-Current-URL", "https://evil.test//evil.test"))
	if got := foreign.Header.Get("HX-Redirect"); got != "/o/nordlys/sign-in" {
		t.Errorf("HX-Redirect %q", got)
	}
}

func TestScriptGetsPartsOfPages(t *testing.T) {
	w := newWorld(t, public)
	w.page("GET /page", func(c *Context) (Response, error) { return Response{}, errs.Conflict("taken", "Taken.") })
	w.page("POST /go", func(c *Context) (Response, error) { return Redirect("/page"), nil })
	got := w.get("/page", header("HX-Request", "true"))
	got.want(t, 409, "taken")
	if strings.Contains(got.body, "<html") || got.Header.Get("HX-Retarget") != "#main" {
		t.Errorf("%v %s", got.Header, got.body)
	}
	if got := w.get("/page", header("HX-Request", "true"), header("HX-Boosted", "true")); !strings.Contains(got.body, "<html") {
		t.Error("a whole page was asked for")
	}
	if got := w.post("/go", nil, header("HX-Request", "true")); got.StatusCode != 204 || got.Header.Get("HX-Redirect") != "/page" {
		t.Errorf("%d %v", got.StatusCode, got.Header)
	}
}

// S-153: the process lives, and nobody sees why.
func TestPanics(t *testing.T) {
	w := newWorld(t, public)
	w.page("GET /panic", func(*Context) (Response, error) { panic("secret of /srv/roster") })
	w.page("GET /nil", func(*Context) (Response, error) {
		var c *Context
		return say(c.route.Path), nil
	})
	w.page("GET /broken", func(*Context) (Response, error) { return Render(failing), nil })
	w.page("GET /nothing", func(*Context) (Response, error) { return Response{}, nil })
	w.page("GET /fine", func(*Context) (Response, error) { return say("fine"), nil })
	for _, path := range []string{"/panic", "/nil", "/broken", "/nothing"} {
		got := w.get(path)
		got.want(t, 500, "internal")
		if strings.Contains(got.body, "/srv") || strings.Contains(got.body, "half a page") || strings.Contains(got.body, "goroutine") {
			t.Errorf("%s: %s", path, got.body)
		}
		if id := got.Header.Get("X-Request-Id"); strings.Count(w.logs.String(), id) != 2 || !strings.Contains(got.body, id) {
			t.Errorf("%s: the id is not in page, log of the failure, and log of the request:\n%s", path, w.logs)
		}
	}
	if !strings.Contains(w.logs.String(), "internal/web.") {
		t.Errorf("the log does not say where:\n%s", w.logs)
	}
	w.get("/fine").want(t, 200, "")
}

func TestPanicsOfTheHooks(t *testing.T) {
	w := newWorld(t, public)
	w.Frame = func(*Context) (Frame, error) { panic("frame") }
	w.Public = func(*Context) ui.Public { panic("public") }
	Page(w.Kit, "GET /o/{org}/users", nothing, For(listUsers))
	w.page("GET /sign-in", func(c *Context) (Response, error) { return Render(c.PublicPage("Sign in")), nil })
	w.get("/o/nordlys/users").want(t, 500, "internal")
	w.get("/sign-in").want(t, 500, "internal")
	w.get("/nothing").want(t, 404, "not_found")
}

func TestHalfAnAnswerIsBrokenOff(t *testing.T) {
	w := newWorld(t, "http://127.0.0.1")
	w.hosts.names["127.0.0.1"] = true
	w.page("GET /export", func(c *Context) (Response, error) {
		return Download("users.csv", "text/csv", func(out io.Writer) error {
			if c.Query("late") == "" {
				return errs.Conflict("early", "Early.")
			}
			if _, err := out.Write(make([]byte, 1<<16)); err != nil {
				return err
			}
			return errors.New("the database went away")
		}), nil
	})
	server := httptest.NewServer(w.Handler())
	defer server.Close()
	fetch := func(query string) (*http.Response, error) {
		got, err := http.Get(server.URL + "/export" + query)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.ReadAll(got.Body)
		return got, errors.Join(err, got.Body.Close())
	}
	if early, err := fetch(""); err != nil || early.StatusCode != 409 || early.Header.Get("Content-Disposition") != "" {
		t.Errorf("%v, %v", early, err)
	}
	if _, err := fetch("?late=1"); err == nil {
		t.Error("half a file looks whole")
	}
}

func TestErrorPagesKeepTheFrame(t *testing.T) {
	w := newWorld(t, public)
	w.Frame = func(*Context) (Frame, error) {
		return Frame{Frame: ui.Frame{Org: ui.Org{Name: "Nordlys", Mark: "N"}, Me: ui.Me{Name: "Maya"}}}, nil
	}
	Page(w.Kit, "GET /o/{org}/users", func(*Context) (Response, error) { return Response{}, errs.Forbidden("users.view") }, For(listUsers))
	got := w.get("/o/nordlys/users")
	got.want(t, 404, "not_found")
	if !strings.Contains(got.body, "Nordlys") || !strings.Contains(got.body, "Maya") || strings.Contains(got.body, "users.view") {
		t.Errorf("%s", got.body)
	}
}

// Whoever has hung up is no error of ours, and nobody reads their page.
func TestNobodyIsLeftToReadTheErrorPage(t *testing.T) {
	w := newWorld(t, public)
	w.page("GET /page", func(*Context) (Response, error) {
		return Response{}, errs.Unavailable("canceled", time.Second, "The request was given up.")
	})
	gone, hangUp := context.WithCancel(t.Context())
	hangUp()
	w.get("/page", func(r *http.Request) { *r = *r.WithContext(gone) })
	if log := w.logs.String(); strings.Contains(log, "level=ERROR") {
		t.Errorf("the log says %s", log)
	}
}
