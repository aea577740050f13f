package api

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/patch"
)

var update = flag.Bool("update", false, "write the golden files anew")

type state string

type color struct{ name string }

func (c *color) UnmarshalText(text []byte) error {
	c.name = string(text)
	if c.name != "red" && c.name != "blue" {
		return errors.New("secret-in-an-error")
	}
	return nil
}

type list struct {
	op.Paging
	State  state      `query:"state" json:"-" enum:"draft,sent" doc:"Only those in this state."`
	Tags   []string   `query:"tag" json:"-"`
	Levels []int8     `query:"level" json:"-"`
	Since  time.Time  `query:"since" json:"-"`
	Until  *time.Time `query:"until" json:"-"`
	Open   *bool      `query:"open" json:"-"`
	Color  color      `query:"color" json:"-"`
}

type limits struct {
	TeamIDs []string `json:"team_ids"`
	Level   int      `json:"level,omitzero" required:"true"`
	Up      *limits  `json:"up,omitempty"`
}

type post struct {
	Emails   []string       `json:"emails" required:"true" maxItems:"100" example:"ada@example.com" doc:"Who is invited."`
	Message  string         `json:"message" maxLength:"500"`
	Days     int            `json:"days"`
	Until    time.Time      `json:"until"`
	Limits   limits         `json:"limits"`
	Custom   map[string]any `json:"custom"`
	Color    color          `json:"color"`
	Prepared string         `json:"-"`
}

type change struct {
	ID      id.Invitation         `path:"id"`
	Version int64                 `ifmatch:"version"`
	Message patch.Field[string]   `json:"message" maxLength:"500"`
	Days    patch.Field[int]      `json:"days"`
	Tags    patch.Field[[]string] `json:"tags"`
	Limits  patch.Field[limits]   `json:"limits"`
}

type one struct {
	ID id.Invitation `path:"id"`
}

type letter struct {
	ID      id.Invitation `json:"id" doc:"Never changes."`
	State   state         `json:"state" enum:"draft,sent"`
	Message *string       `json:"message"`
	Tags    []string      `json:"tags"`
	Limits  *limits       `json:"limits"`
	At      time.Time     `json:"at"`
	Version int64         `json:"version"`
}

func (l letter) ETag() string { return ETag(l.Version) }

// seen is what the last operation was called with.
type seen struct {
	call op.Call
	in   any
}

// tiny is an API of four operations that keep nothing.
func tiny(t testing.TB, caller authz.Caller) (*API, *seen, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	last := &seen{}
	a := New(Options{
		Caller: func(*http.Request) (authz.Caller, error) { return caller, nil },
		Log:    slog.New(slog.NewTextHandler(&log, nil)),
		Title:  "Tiny", Version: "1.2.3", PublicURL: "https://roster.test", SessionCookie: "__Host-session",
		Stylesheets: []string{"/assets/portal.css"},
	})
	spec := func(name string, needs authz.Permission, scope authz.Scope, writes bool) op.Spec {
		return op.Spec{Name: name, Needs: needs, Scope: scope, Writes: writes}
	}
	at := time.Date(2026, 1, 31, 9, 0, 0, 0, time.FixedZone("", 3600))
	mount(a, "GET", "/organizations/{org}/letters", spec("letter.list", authz.UsersView, authz.InOrg, false),
		func(_ context.Context, call op.Call, in list) (op.Page[letter], error) {
			*last = seen{call, in}
			return op.Page[letter]{}, nil
		}, []Option{Summary("List letters"), Tag("Letters")})
	mount(a, "POST", "/organizations/{org}/letters", spec("letter.create", authz.InvitationsManage, authz.InOrg, true),
		func(_ context.Context, call op.Call, in post) (letter, error) {
			*last = seen{call, in}
			return letter{ID: "inv_1", At: at, Version: 1}, nil
		}, []Option{Summary("Write a letter"), Description("It isn't sent at once."), Tag("Letters"), Created, Location(func(l letter) string { return string(l.ID) })})
	mount(a, "GET", "/organizations/{org}/letters/{id}", spec("letter.get", authz.UsersView, authz.InOrg, false),
		func(_ context.Context, call op.Call, in one) (letter, error) {
			*last = seen{call, in}
			return letter{ID: in.ID, At: at, Version: 3}, nil
		}, []Option{Summary("Read a letter"), Tag("Letters")})
	mount(a, "PATCH", "/organizations/{org}/letters/{id}", spec("letter.change", authz.InvitationsManage, authz.InOrg, true),
		func(_ context.Context, call op.Call, in change) (letter, error) {
			*last = seen{call, in}
			return letter{ID: in.ID, At: at, Version: 4}, nil
		}, []Option{Summary("Change a letter"), Tag("Letters"), MaxBody(2000)})
	mount(a, "POST", "/me/sign_out", spec("session.end_all", authz.SelfService, authz.Self, true),
		func(_ context.Context, call op.Call, in op.Nothing) (op.Nothing, error) {
			*last = seen{call, in}
			return op.Nothing{}, nil
		}, []Option{Summary("Sign out everywhere"), Tag("Account")})
	mount(a, "POST", "/fail", spec("test.fail", authz.Everybody, authz.Public, true),
		func(_ context.Context, _ op.Call, in struct {
			How string `json:"how"`
		}) (letter, error) {
			switch in.How {
			case "panic":
				panic("secret-in-a-panic")
			case "foreign":
				return letter{}, errors.New("secret-in-an-error")
			case "wrapped":
				return letter{}, fmt.Errorf("around: %w", errs.Conflict("last_admin", "Not the last one."))
			case "busy":
				return letter{}, errs.Unavailable("overloaded", 1500*time.Millisecond, "Later.")
			case "often":
				return letter{}, errs.TooMany("too_many", 30*time.Second, "Later.")
			case "forbidden":
				return letter{}, errs.Forbidden("users.manage")
			}
			return letter{}, errs.Unauthenticated()
		}, []Option{Summary("Fail"), Tag("Tests")})
	return a, last, &log
}

var member = authz.Caller{Key: []byte("hash"), Origin: authz.Origin{RequestID: "req_7"}}

// send makes a request of lines of headers and a body.
func send(a *API, method, target, body string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w.Result()
}

func text(t testing.TB, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const letters = "/api/v1/organizations/acme/letters"

func TestInputIsReadFromWhereItsTagsSay(t *testing.T) {
	a, last, _ := tiny(t, member)

	send(a, "GET", letters+"?limit=7&count=true&state=sent&tag=a&tag=b,c&level=1,-2&since=2026-01-31T08:00:00Z&until=2026-02-01T00:00:00%2B01:00&open=false&color=red", "")
	until, open := time.Date(2026, 2, 1, 0, 0, 0, 0, time.FixedZone("", 3600)), false
	want := list{
		Paging: op.Paging{Limit: 7, Count: true}, State: "sent", Tags: []string{"a", "b", "c"}, Levels: []int8{1, -2},
		Since: time.Date(2026, 1, 31, 8, 0, 0, 0, time.UTC), Until: &until, Open: &open, Color: color{"red"},
	}
	if diff := cmp.Diff(want, last.in, cmp.AllowUnexported(color{})); diff != "" {
		t.Error(diff)
	}
	if last.call.Org != "acme" || string(last.call.By.Key) != "hash" || last.call.Once != nil {
		t.Errorf("call: %+v", last.call)
	}

	send(a, "POST", letters, `{"emails":["a@b.test"],"message":null,"limits":{"level":2},"custom":{"x":[1]},"color":"blue"}`)
	if diff := cmp.Diff(post{
		Emails: []string{"a@b.test"}, Limits: limits{Level: 2}, Custom: map[string]any{"x": []any{1.0}}, Color: color{"blue"},
	}, last.in, cmp.AllowUnexported(color{})); diff != "" {
		t.Error(diff)
	}

	send(a, "PATCH", letters+"/inv_1", `{"message":null,"tags":["x"],"limits":{"level":1}}`, `If-Match: "v3"`)
	if diff := cmp.Diff(change{
		ID: "inv_1", Version: 3, Message: patch.ToNull[string](), Tags: patch.To([]string{"x"}), Limits: patch.To(limits{Level: 1}),
	}, last.in); diff != "" {
		t.Error(diff)
	}

	for _, header := range []string{"If-Match: *", "X: y"} {
		send(a, "PATCH", letters+"/inv_2", "", header)
		if diff := cmp.Diff(change{ID: "inv_2"}, last.in); diff != "" {
			t.Error(header, diff)
		}
	}
}

func TestEveryRefusal(t *testing.T) {
	deep := strings.Repeat(`{"x":`, 33) + "1" + strings.Repeat("}", 33)
	var keys strings.Builder
	for i := range 1001 {
		fmt.Fprintf(&keys, `"k%d":1,`, i)
	}
	for _, c := range []struct {
		name         string
		method, path string
		body         string
		headers      []string
		status       int
		code         string
		fields       string // "field code", joined by commas
	}{
		{"unknown path", "GET", "/api/v1/nowhere", "", nil, 404, "not_found", ""},
		{"outside the prefix", "GET", "/api/", "", nil, 404, "not_found", ""},
		{"unclean path", "GET", "/api/v1//organizations/acme/letters", "", nil, 404, "not_found", ""},
		{"path that climbs", "GET", "/api/v1/me/../organizations/acme/letters", "", nil, 404, "not_found", ""},
		{"slash at the end", "GET", letters + "/", "", nil, 404, "not_found", ""},
		{"method", "PUT", letters, "{}", nil, 405, "method_not_allowed", ""},
		{"NUL in the path", "GET", letters + "/a%00b", "", nil, 404, "not_found", ""},
		{"no UTF-8 in the path", "GET", "/api/v1/organizations/%ff/letters", "", nil, 404, "not_found", ""},

		{"unknown parameter", "GET", letters + "?Limit=1", "", nil, 400, "unknown_parameter", "Limit unknown_parameter"},
		{"unknown parameter without parameters", "GET", letters + "/inv_1?x", "", nil, 400, "unknown_parameter", "x unknown_parameter"},
		{"no number", "GET", letters + "?limit=s3cret", "", nil, 400, "invalid_parameter", "limit invalid_parameter"},
		{"number too large", "GET", letters + "?level=128", "", nil, 400, "invalid_parameter", "level invalid_parameter"},
		{"no bool", "GET", letters + "?count=1", "", nil, 400, "invalid_parameter", "count invalid_parameter"},
		{"no time", "GET", letters + "?until=2026-01-31", "", nil, 400, "invalid_parameter", "until invalid_parameter"},
		{"no color", "GET", letters + "?color=s3cret", "", nil, 400, "invalid_parameter", "color invalid_parameter"},
		{"too small", "GET", letters + "?limit=0", "", nil, 400, "invalid_parameter", "limit invalid_parameter"},
		{"too large", "GET", letters + "?limit=501", "", nil, 400, "invalid_parameter", "limit invalid_parameter"},
		{"given twice", "GET", letters + "?limit=1&limit=2", "", nil, 400, "invalid_parameter", "limit invalid_parameter"},
		{"NUL", "GET", letters + "?state=%00", "", nil, 400, "invalid_parameter", "state invalid_parameter"},
		{"no UTF-8", "GET", letters + "?tag=%ff", "", nil, 400, "invalid_parameter", "tag invalid_parameter"},
		{"bad escape", "GET", letters + "?tag=%zz", "", nil, 400, "invalid_parameter", ""},
		{"semicolon", "GET", letters + "?tag=a;b", "", nil, 400, "invalid_parameter", ""},
		{"long query", "GET", letters + "?tag=" + strings.Repeat("a", 4100), "", nil, 400, "query_too_long", ""},
		{"many parameters", "GET", letters + "?tag=" + strings.Repeat("&tag=", 50), "", nil, 400, "query_too_long", ""},
		{"api_key in the URL", "GET", letters + "?api_key=s3cret", "", nil, 400, "credential_in_url", "api_key credential_in_url"},
		{"access_token in the URL", "POST", letters + "?access_token=s3cret", "{}", nil, 400, "credential_in_url", "access_token credential_in_url"},
		{"key in the URL", "POST", "/api/v1/me/sign_out?key=s3cret", "", nil, 400, "credential_in_url", "key credential_in_url"},

		{"no JSON", "POST", letters, `{"emails":s3cret}`, nil, 400, "malformed_json", ""},
		{"broken off", "POST", letters, `{"emails":[`, nil, 400, "malformed_json", ""},
		{"only space", "POST", letters, ` `, nil, 400, "malformed_json", ""},
		{"trailing data", "POST", letters, `{} {}`, nil, 400, "malformed_json", ""},
		{"trailing comma", "POST", letters, `{"days":1,}`, nil, 400, "malformed_json", ""},
		{"comment", "POST", letters, `{/*s3cret*/}`, nil, 400, "malformed_json", ""},
		{"NaN", "POST", letters, `{"days":NaN}`, nil, 400, "malformed_json", ""},
		{"duplicate name", "POST", letters, `{"message":"a","message":"b"}`, nil, 400, "malformed_json", ""},
		{"duplicate name, spelled differently", "POST", letters, `{"message":"a","\u006dessage":"b"}`, nil, 400, "malformed_json", ""},
		{"duplicate name inside", "POST", letters, `{"custom":{"a":1,"a":2}}`, nil, 400, "malformed_json", ""},
		{"bad UTF-8", "POST", letters, "{\"message\":\"\xff\"}", nil, 400, "malformed_json", ""},
		{"NUL in a text", "POST", letters, `{"custom":{"a":["s3cret\u0000"]}}`, nil, 422, "validation_failed", "custom.a[0] invalid_character"},
		{"deep", "POST", letters, deep, nil, 400, "too_complex", ""},
		{"many names", "POST", letters, "{" + strings.TrimSuffix(keys.String(), ",") + "}", nil, 400, "too_complex", ""},
		{"large", "POST", letters, `{"message":"` + strings.Repeat("a", 1<<20) + `"}`, nil, 413, "too_large", ""},
		{"larger than the route wants", "PATCH", letters + "/inv_1", `{"message":"` + strings.Repeat("a", 2000) + `"}`, nil, 413, "too_large", ""},
		{"no object", "POST", letters, `["s3cret"]`, nil, 422, "validation_failed", "$ invalid_type"},
		{"null", "POST", letters, `null`, nil, 422, "validation_failed", "$ invalid_type"},
		{"unknown members", "POST", letters, `{"Emails":[],"emails":[],"prepared":"s3cret"}`, nil, 422, "validation_failed", "Emails unknown_field,prepared unknown_field"},
		{"member of the path", "PATCH", letters + "/inv_1", `{"id":"inv_2","ID":"inv_2","version":7}`, nil, 422, "validation_failed", "id unknown_field,ID unknown_field,version unknown_field"},
		{"unknown member inside", "POST", letters, `{"emails":[],"limits":{"up":{"x":1}}}`, nil, 422, "validation_failed", "limits.up.x unknown_field"},
		{"wrong types", "POST", letters, `{"emails":["a",7],"days":"s3cret","limits":[],"message":{}}`, nil, 422, "validation_failed", "emails[1] invalid_type,days invalid_type,limits invalid_type,message invalid_type"},
		{"fraction", "POST", letters, `{"emails":[],"days":1.5}`, nil, 422, "validation_failed", "days invalid_type"},
		{"number too large in the body", "POST", letters, `{"emails":[],"days":1e30}`, nil, 422, "validation_failed", "days invalid_type"},
		{"no time in the body", "POST", letters, `{"emails":[],"until":"s3cret"}`, nil, 422, "validation_failed", "until invalid_type"},
		{"a type's own refusal", "POST", letters, `{"emails":[],"color":"s3cret"}`, nil, 422, "validation_failed", "color invalid_type"},
		{"wrong type in a patch", "PATCH", letters + "/inv_1", `{"days":"s3cret","tags":[1],"limits":{"y":1}}`, nil, 422, "validation_failed", "days invalid_type,tags[0] invalid_type,limits.y unknown_field"},
		{"missing", "POST", letters, `{"message":"s3cret"}`, nil, 422, "validation_failed", "emails required"},
		{"null where needed", "POST", letters, `{"emails":null}`, nil, 422, "validation_failed", "emails required"},
		{"no body where one is needed", "POST", letters, "", nil, 422, "validation_failed", "emails required"},
		{"body where none is known", "POST", "/api/v1/me/sign_out", `{"x":1}`, nil, 422, "validation_failed", "x unknown_field"},
		{"odd name", "POST", letters, `{"emails":[],"` + strings.Repeat("a", 70) + `":1,"\u001b[31m":1}`, nil, 422, "validation_failed", strings.Repeat("a", 64) + "… unknown_field,\ufffd[31m unknown_field"},

		{"form", "POST", letters, `a=b`, []string{"Content-Type: application/x-www-form-urlencoded"}, 415, "unsupported_media_type", ""},
		{"charset", "POST", letters, `{}`, []string{"Content-Type: application/json; charset=latin1"}, 415, "unsupported_media_type", ""},
		{"compressed", "POST", letters, `{}`, []string{"Content-Encoding: gzip"}, 415, "unsupported_media_type", ""},

		{"If-Match without quotes", "PATCH", letters + "/inv_1", "{}", []string{"If-Match: v3"}, 400, "invalid_header", ""},
		{"If-Match of version 0", "PATCH", letters + "/inv_1", "{}", []string{`If-Match: "v0"`}, 400, "invalid_header", ""},
		{"If-Match with a sign", "PATCH", letters + "/inv_1", "{}", []string{`If-Match: "v-1"`}, 400, "invalid_header", ""},
		{"weak If-Match", "PATCH", letters + "/inv_1", "{}", []string{`If-Match: W/"v3"`}, 400, "invalid_header", ""},
		{"If-Match twice", "PATCH", letters + "/inv_1", "{}", []string{`If-Match: "v3"`, `If-Match: "v4"`}, 400, "invalid_header", ""},
		{"If-Match without versions", "POST", "/api/v1/me/sign_out", "", []string{`If-Match: "v3"`}, 400, "invalid_header", ""},
		{"long Idempotency-Key", "POST", letters, "{}", []string{"Idempotency-Key: " + strings.Repeat("k", 256)}, 400, "invalid_header", ""},
		{"unprintable Idempotency-Key", "POST", letters, "{}", []string{"Idempotency-Key: k\u00e9y"}, 400, "invalid_header", ""},
		{"empty Idempotency-Key", "POST", letters, "{}", []string{"Idempotency-Key: "}, 400, "invalid_header", ""},
		{"two Idempotency-Keys", "POST", letters, "{}", []string{"Idempotency-Key: a", "Idempotency-Key: b"}, 400, "invalid_header", ""},

		{"refused", "POST", "/api/v1/fail", `{}`, nil, 401, "unauthenticated", ""},
		{"forbidden", "POST", "/api/v1/fail", `{"how":"forbidden"}`, nil, 403, "forbidden", ""},
		{"wrapped", "POST", "/api/v1/fail", `{"how":"wrapped"}`, nil, 409, "last_admin", ""},
		{"busy", "POST", "/api/v1/fail", `{"how":"busy"}`, nil, 503, "overloaded", ""},
		{"often", "POST", "/api/v1/fail", `{"how":"often"}`, nil, 429, "too_many", ""},
		{"foreign", "POST", "/api/v1/fail", `{"how":"foreign"}`, nil, 500, "internal", ""},
		{"panic", "POST", "/api/v1/fail", `{"how":"panic"}`, nil, 500, "internal", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, last, _ := tiny(t, member)
			r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
			r.Header.Set("Content-Type", "application/json")
			for i, h := range c.headers {
				name, value, _ := strings.Cut(h, ": ")
				if i == 0 {
					r.Header.Del(name)
				}
				r.Header.Add(name, value)
			}
			w := httptest.NewRecorder()
			a.ServeHTTP(w, r)
			res := w.Result()
			body := text(t, res)
			var p Problem
			if err := json.Unmarshal([]byte(body), &p); err != nil {
				t.Fatalf("%v: %s", err, body)
			}
			var fields []string
			for _, f := range p.Errors {
				fields = append(fields, f.Field+" "+f.Code)
				if f.Message == "" {
					t.Errorf("%s has no message", f.Field)
				}
			}
			if res.StatusCode != c.status || p.Status != c.status || p.Code != c.code || strings.Join(fields, ",") != c.fields {
				t.Errorf("answered %d: %s", res.StatusCode, body)
			}
			if p.Type != "https://roster.test/problems/"+strings.ReplaceAll(c.code, "_", "-") || p.Instance != "urn:request:req_7" || p.Title == "" || p.Detail == "" {
				t.Errorf("incomplete: %s", body)
			}
			if got := res.Header.Get("Content-Type") + " " + res.Header.Get("Cache-Control"); got != "application/problem+json no-store" {
				t.Errorf("headers: %s", got)
			}
			if strings.Contains(body, "s3cret") || strings.Contains(body, "secret-in") {
				t.Errorf("repeats what was sent or shows what is inside: %s", body)
			}
			if last.in != nil {
				t.Errorf("the operation ran: %+v", last.in)
			}
		})
	}
}

func TestHeadersOfRefusals(t *testing.T) {
	a, _, log := tiny(t, member)
	for _, c := range []struct{ method, path, how, header, want string }{
		{"PUT", letters, "", "Allow", "GET, HEAD, POST"},
		{"OPTIONS", "/api/v1/fail", "", "Allow", "POST"},
		{"POST", "/api/v1/fail", "nobody", "WWW-Authenticate", "Bearer"},
		{"POST", "/api/v1/fail", "busy", "Retry-After", "2"},
		{"POST", "/api/v1/fail", "often", "Retry-After", "30"},
		{"POST", "/api/v1/fail", "forbidden", "Retry-After", ""},
	} {
		if got := send(a, c.method, c.path, `{"how":"`+c.how+`"}`).Header.Get(c.header); got != c.want {
			t.Errorf("%s %s %s: %s is %q, not %q", c.method, c.path, c.how, c.header, got, c.want)
		}
	}
	send(a, "POST", "/api/v1/fail", `{"how":"panic"}`)
	send(a, "POST", "/api/v1/fail", `{"how":"foreign"}`)
	for _, want := range []string{"secret-in-a-panic", "api_test.go", "secret-in-an-error"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log misses %q", want)
		}
	}
}

func TestAbortedHandlersStayAborted(t *testing.T) {
	a, _, _ := tiny(t, member)
	a.options.Caller = func(*http.Request) (authz.Caller, error) { panic(http.ErrAbortHandler) }
	defer func() {
		if cause := recover(); cause != http.ErrAbortHandler {
			t.Errorf("recovered %v", cause)
		}
	}()
	send(a, "GET", letters, "")
}

func TestNobodyIsAskedToSignInBeforeTheBodyIsRead(t *testing.T) {
	a, last, _ := tiny(t, authz.Caller{})
	for _, path := range []string{letters, "/api/v1/me/sign_out"} {
		r := httptest.NewRequest("POST", path, errorReader{})
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		if w.Code != 401 || last.in != nil {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if r := send(a, "POST", "/api/v1/fail", `{"how":"forbidden"}`); r.StatusCode != 403 {
		t.Errorf("a public operation: %d", r.StatusCode)
	}
}

func TestACallerThatCannotBeReadIsRefused(t *testing.T) {
	a, last, _ := tiny(t, member)
	a.options.Caller = func(*http.Request) (authz.Caller, error) { return member, errs.Unauthenticated() }
	if r := send(a, "GET", letters, ""); r.StatusCode != 401 || !strings.Contains(text(t, r), "req_7") || last.in != nil {
		t.Errorf("%d", r.StatusCode)
	}
}

// errorReader is a body that breaks off.
type errorReader struct{}

func (errorReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestABodyThatBreaksOff(t *testing.T) {
	a, last, _ := tiny(t, member)
	w := httptest.NewRecorder()
	a.ServeHTTP(w, httptest.NewRequest("POST", letters, errorReader{}))
	if w.Code != 400 || !strings.Contains(w.Body.String(), "incomplete_body") || last.in != nil {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestAnswers(t *testing.T) {
	a, _, _ := tiny(t, member)

	r := send(a, "POST", letters, `{"emails":[]}`)
	want := `{"id":"inv_1","state":"","message":null,"tags":[],"limits":null,"at":"2026-01-31T08:00:00Z","version":1}`
	if got := text(t, r); r.StatusCode != 201 || got != want {
		t.Errorf("%d %s", r.StatusCode, got)
	}
	for name, want := range map[string]string{
		"Location": letters + "/inv_1", "ETag": `"v1"`, "Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}

	if r := send(a, "GET", letters, ""); text(t, r) != `{"items":[],"next_cursor":null}` {
		t.Error("the empty page")
	}
	for header, status := range map[string]int{`"v3"`: 304, `W/"v3"`: 304, `"v1", "v3"`: 304, `*`: 304, `"v2"`: 200, ``: 200} {
		r := send(a, "GET", letters+"/inv_1", "", "If-None-Match: "+header)
		if body := text(t, r); r.StatusCode != status || (status == 304) != (body == "") || r.Header.Get("ETag") != `"v3"` {
			t.Errorf("If-None-Match %s: %d %s", header, r.StatusCode, body)
		}
	}
	if r := send(a, "HEAD", letters+"/inv_1", ""); r.StatusCode != 200 || r.Header.Get("ETag") != `"v3"` {
		t.Errorf("HEAD: %d", r.StatusCode)
	}
	for _, body := range []string{"", "{}"} {
		if r := send(a, "POST", "/api/v1/me/sign_out", body); r.StatusCode != 204 || text(t, r) != "" {
			t.Errorf("nothing: %d", r.StatusCode)
		}
	}
}

func TestLocationUnderThePrefix(t *testing.T) {
	r := httptest.NewRequest("POST", letters, nil)
	if got := locate(r.URL, "/me"); got != "/api/v1/me" {
		t.Error(got)
	}
}

func TestFingerprintTellsRequestsApart(t *testing.T) {
	a, last, _ := tiny(t, member)
	prints := map[string]string{}
	for _, c := range []struct{ path, body string }{
		{letters, `{"emails":[]}`},
		{letters, `{"emails":[ ]}`},
		{"/api/v1/organizations/other/letters", `{"emails":[]}`},
		{"/api/v1/me/sign_out", ``},
		{"/api/v1/me/sign_out", `{}`},
	} {
		for range 2 {
			send(a, "POST", c.path, c.body, "Idempotency-Key: 1 2")
			if last.call.Once == nil || last.call.Once.Key != "1 2" || len(last.call.Once.Fingerprint) != 32 {
				t.Fatalf("%+v", last.call.Once)
			}
			print := hex.EncodeToString(last.call.Once.Fingerprint)
			if other, ok := prints[print]; ok && other != c.path+c.body {
				t.Errorf("%v and %s are one", c, other)
			}
			prints[print] = c.path + c.body
		}
	}
	if len(prints) != 5 {
		t.Errorf("%d fingerprints", len(prints))
	}
	send(a, "PATCH", letters+"/inv_1", `{}`, "Idempotency-Key: 1")
	if last.call.Once != nil {
		t.Error("PATCH is repeated with If-Match, not with a key")
	}
}

func TestUnsoundRoutesAreNotRegistered(t *testing.T) {
	type embedded struct{ op.Nothing }
	fine := op.Spec{Name: "x.do", Needs: authz.UsersView, Scope: authz.InOrg}
	writes := fine
	writes.Writes = true
	opts := []Option{Summary("Do"), Tag("X")}
	for name, register := range map[string]func(*API){
		"no permission": func(a *API) { try[op.Nothing, letter](a, "GET", "/x", op.Spec{Name: "x", Scope: authz.InOrg}, opts) },
		"no scope":      func(a *API) { try[op.Nothing, letter](a, "GET", "/x", op.Spec{Name: "x", Needs: "x"}, opts) },
		"work of the system": func(a *API) {
			try[op.Nothing, letter](a, "GET", "/x", op.Spec{Name: "x", Needs: "x", Scope: authz.System}, opts)
		},
		"no summary":          func(a *API) { try[op.Nothing, letter](a, "GET", "/x", fine, []Option{Tag("X")}) },
		"no tag":              func(a *API) { try[op.Nothing, letter](a, "GET", "/x", fine, []Option{Summary("X")}) },
		"GET that writes":     func(a *API) { try[op.Nothing, letter](a, "GET", "/x", writes, opts) },
		"GET with a body":     func(a *API) { try[post, letter](a, "GET", "/x", fine, opts) },
		"unknown method":      func(a *API) { try[op.Nothing, letter](a, "TRACE", "/x", fine, opts) },
		"wildcard to nowhere": func(a *API) { try[op.Nothing, letter](a, "GET", "/x/{id}", fine, opts) },
		"field from nowhere":  func(a *API) { try[one, letter](a, "GET", "/x", fine, opts) },
		"no tag on a field":   func(a *API) { try[struct{ A string }, letter](a, "POST", "/x", writes, opts) },
		"no name in json": func(a *API) {
			try[struct {
				A string `json:",omitzero"`
			}, letter](a, "POST", "/x", writes, opts)
		},
		"odd option": func(a *API) {
			try[struct {
				A int `json:"a,string"`
			}, letter](a, "POST", "/x", writes, opts)
		},
		"two of one name": func(a *API) {
			try[struct {
				A string `query:"a"`
				B string `query:"a"`
			}, letter](a, "GET", "/x", fine, opts)
		},
		"credential": func(a *API) {
			try[struct {
				A string `query:"key"`
			}, letter](a, "GET", "/x", fine, opts)
		},
		"org as a field": func(a *API) {
			try[struct {
				A string `path:"org"`
			}, letter](a, "GET", "/x/{org}", fine, opts)
		},
		"unreadable parameter": func(a *API) {
			try[struct {
				A map[string]string `query:"a"`
			}, letter](a, "GET", "/x", fine, opts)
		},
		"version of another type": func(a *API) {
			try[struct {
				A int `ifmatch:"version"`
			}, letter](a, "POST", "/x", writes, opts)
		},
		"input that is no struct": func(a *API) { try[string, letter](a, "POST", "/x", writes, opts) },
		"list as the answer":      func(a *API) { try[op.Nothing, []letter](a, "GET", "/x", fine, opts) },
		"204 with an answer":      func(a *API) { try[op.Nothing, letter](a, "POST", "/x", writes, append(opts, Status(204))) },
		"200 without one":         func(a *API) { try[op.Nothing, op.Nothing](a, "POST", "/x", writes, append(opts, Status(200))) },
		"location of another type": func(a *API) {
			try[op.Nothing, letter](a, "POST", "/x", writes, append(opts, Location(func(post) string { return "" })))
		},
		"twice": func(a *API) {
			try[op.Nothing, letter](a, "POST", "/x", writes, opts)
			try[op.Nothing, letter](a, "POST", "/x", writes, append(opts, ID("other")))
		},
		"two of one id": func(a *API) {
			try[op.Nothing, letter](a, "POST", "/x", writes, opts)
			try[op.Nothing, letter](a, "POST", "/y", writes, opts)
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, _, _ := tiny(t, member)
			defer func() {
				if recover() == nil {
					t.Error("registered")
				}
			}()
			register(a)
		})
	}
	a, _, _ := tiny(t, member)
	try[embedded, letter](a, "GET", "/x", fine, opts)
}

func try[In, Out any](a *API, method, path string, spec op.Spec, options []Option) {
	mount(a, method, path, spec, func(context.Context, op.Call, In) (out Out, err error) { return out, nil }, options)
}

func TestHandleTakesOperations(t *testing.T) {
	a, _, _ := tiny(t, member)
	Handle(a, "GET", "/x/{id}", op.Query[one, letter]{Name: "x.get", Needs: authz.UsersView, Scope: authz.InOrg}, Summary("Get x"), Tag("X"))
	Handle(a, "POST", "/x", op.Command[post, letter]{Name: "x.create", Needs: authz.UsersManage, Scope: authz.Platform}, Summary("Create x"), Tag("X"), Created)
	var got []string
	for _, r := range a.Routes() {
		if strings.Contains(r.Path, "/x") {
			got = append(got, r.String())
		}
	}
	want := []string{"POST   /api/v1/x  x.create users.manage platform", "GET    /api/v1/x/{id}  x.get users.view org"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (write it anew with -update):\n%s", name, diff)
	}
}

func TestOpenAPI(t *testing.T) {
	a, _, _ := tiny(t, member)
	golden(t, "openapi.json", a.OpenAPI())
	again, _, _ := tiny(t, member)
	if !bytes.Equal(a.OpenAPI(), again.OpenAPI()) {
		t.Error("two documents of one API differ")
	}
	for _, path := range []string{"/api/openapi.json", "/api/v1/openapi.json"} {
		r := send(a, "GET", path, "")
		if r.StatusCode != 200 || text(t, r) != string(a.OpenAPI()) || r.Header.Get("Cache-Control") == "no-store" {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
		if r := send(a, "GET", path, "", "If-None-Match: "+r.Header.Get("ETag")); r.StatusCode != 304 {
			t.Errorf("%s again: %d", path, r.StatusCode)
		}
	}
}

// Field has the name of a type of another package.
type Field struct {
	Field errs.Field `json:"field"`
	Rows  []struct {
		Cells map[string][][]string `json:"cells"`
	} `json:"rows"`
}

func TestNamesOfSchemas(t *testing.T) {
	a, _, _ := tiny(t, member)
	spec := op.Spec{Name: "field.get", Needs: authz.UsersView, Scope: authz.InOrg}
	try[op.Nothing, Field](a, "GET", "/fields", spec, []Option{Summary("X"), Tag("X"), Refuses(errs.KindGone)})
	spec.Name = "field.list"
	try[op.Nothing, op.Page[errs.Field]](a, "GET", "/fields2", spec, []Option{Summary("X"), Tag("X")})
	var d struct {
		Components struct{ Schemas, Responses map[string]json.RawMessage }
	}
	if err := json.Unmarshal(a.OpenAPI(), &d); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Field", "ErrsField", "FieldRowsItem", "FieldPage"} {
		if d.Components.Schemas[name] == nil {
			t.Errorf("there is no schema %s", name)
		}
	}
	if strings.Contains(string(d.Components.Schemas["FieldRowsItem"]), "null") {
		t.Error("a list may be null")
	}
	if d.Components.Responses["NoLongerThere"] == nil {
		t.Error("there is no response 410")
	}
}

func TestDocs(t *testing.T) {
	a, _, _ := tiny(t, member)
	r := send(a, "GET", "/api/docs", "")
	page := text(t, r)
	if r.StatusCode != 200 || !strings.Contains(r.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%d %v", r.StatusCode, r.Header)
	}
	for _, want := range []string{`href="/assets/portal.css"`, `href="/api/docs.css"`, "Write a letter", "invitations.manage", "limits", "curl -X POST", "It isn&#39;t sent at once."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page misses %q", want)
		}
	}
	for _, never := range []string{"<script", "style=", "onclick"} {
		if strings.Contains(page, never) {
			t.Errorf("the page has %q", never)
		}
	}
	if r := send(a, "GET", "/api/docs.css", ""); r.StatusCode != 200 || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/css") {
		t.Errorf("the style: %d", r.StatusCode)
	}
}
