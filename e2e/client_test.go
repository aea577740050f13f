package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// v1 is where the API's routes are.
const v1 = "/api/v1"

// client is a program that asks a server.
type client struct {
	s         *server
	transport http.RoundTripper
	header    http.Header // on every request
}

// with is the client with more headers, each as it is written: "Name: value".
func (c client) with(lines ...string) client {
	c.header = c.header.Clone()
	if c.header == nil {
		c.header = http.Header{}
	}
	addLines(c.header, lines)
	return c
}

func addLines(h http.Header, lines []string) {
	for _, line := range lines {
		name, value, found := strings.Cut(line, ":")
		if !found {
			panic("a header without a colon: " + line)
		}
		h.Add(name, strings.TrimSpace(value))
	}
}

func (c client) get(t testing.TB, path string, lines ...string) answer {
	t.Helper()
	return c.do(t, http.MethodGet, path, nil, lines...)
}

func (c client) post(t testing.TB, path string, body any, lines ...string) answer {
	t.Helper()
	return c.do(t, http.MethodPost, path, body, lines...)
}

func (c client) patch(t testing.TB, path string, body any, lines ...string) answer {
	t.Helper()
	return c.do(t, http.MethodPatch, path, body, lines...)
}

func (c client) delete(t testing.TB, path string, lines ...string) answer {
	t.Helper()
	return c.do(t, http.MethodDelete, path, nil, lines...)
}

// text is a body that is sent as it stands.
type text string

// file is a body that is a picture.
type file string

// do sends a request and judges the answer by what must hold for all. A body
// that is no text is sent as JSON. A header line replaces the one that would be
// sent otherwise.
func (c client) do(t testing.TB, method, path string, body any, lines ...string) answer {
	t.Helper()
	a, err := c.try(method, path, body, lines...)
	if err != nil {
		t.Fatal(err)
	}
	a.judge(t)
	return a
}

// try is do for a server that may die meanwhile.
func (c client) try(method, path string, body any, lines ...string) (answer, error) {
	a := answer{s: c.s, asked: method + " " + path}
	var raw []byte
	switch b := body.(type) {
	case nil:
	case text:
		raw = []byte(b)
	case file:
		raw = []byte(b)
	default:
		var err error
		if raw, err = json.Marshal(b); err != nil {
			return a, err
		}
	}
	r, err := http.NewRequest(method, "http://"+c.s.address+path, bytes.NewReader(raw))
	if err != nil {
		return a, err
	}
	_, r.Host, _ = strings.Cut(c.s.url, "://")
	a.sent = raw
	if c.header != nil {
		r.Header = c.header.Clone()
	}
	if _, picture := body.(file); picture {
		r.Header.Set("Content-Type", "image/png")
	} else if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	own := http.Header{}
	addLines(own, lines)
	for name, values := range own {
		r.Header[name] = values
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	response, err := c.transport.RoundTrip(r)
	if err != nil {
		return a, fmt.Errorf("%s: %w", a.asked, err)
	}
	defer response.Body.Close()
	a.status, a.header = response.StatusCode, response.Header
	a.body, err = io.ReadAll(response.Body)
	return a, err
}

// answer is what a server said.
type answer struct {
	s      *server
	asked  string // method and path
	sent   []byte // the request's body
	status int
	header http.Header
	body   []byte
}

// String is the answer for people who read why a test failed.
func (a answer) String() string {
	return fmt.Sprintf("%s: %d\n%s", a.asked, a.status, bytes.TrimSpace(a.body[:min(len(a.body), 2000)]))
}

func (a answer) path() string {
	_, path, _ := strings.Cut(a.asked, " ")
	path, _, _ = strings.Cut(path, "?")
	return path
}

func (a answer) inAPI() bool { return strings.HasPrefix(a.path(), v1+"/") }

var requestID = regexp.MustCompile(`^req_[0-9a-z]{26}$`)

// judge holds every answer against what is promised for all of them.
func (a answer) judge(t testing.TB) {
	t.Helper()
	for _, h := range []struct{ name, want string }{
		{"X-Content-Type-Options", "nosniff"},
		{"Referrer-Policy", "no-referrer"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Content-Security-Policy", "default-src 'none'"},
		{"Content-Security-Policy", "frame-ancestors 'none'"},
		{"Content-Security-Policy", "base-uri 'none'"},
	} {
		if got := a.header.Get(h.name); !strings.Contains(got, h.want) {
			t.Errorf("%s: the header %s is %q, want %q in it", a.asked, h.name, got, h.want)
		}
	}
	if got := a.header.Get("X-Request-Id"); !requestID.MatchString(got) {
		t.Errorf("%s: the request id is %q", a.asked, got)
	}
	if got := a.header.Values("Access-Control-Allow-Origin"); len(got) > 0 {
		t.Errorf("%s: other sites may read it: %q", a.asked, got)
	}
	if a.status >= 500 {
		t.Errorf("the server failed: %s", a)
	}
	if !a.inAPI() || strings.HasSuffix(a.path(), "/openapi.json") {
		return
	}
	keeps := "no-store"
	if strings.HasPrefix(a.header.Get("Content-Type"), "image/") { // kept by who may see it, and asked for before each use
		keeps = "private, no-cache"
	}
	if got := a.header.Get("Cache-Control"); got != keeps {
		t.Errorf("%s: Cache-Control is %q, want %q", a.asked, got, keeps)
	}
	if a.status >= 400 && !strings.HasPrefix(a.asked, http.MethodHead) {
		a.problem(t)
	}
	if a.s.doc != nil {
		for _, complaint := range a.s.doc.judge(a) {
			t.Errorf("the answer is not what the OpenAPI document says: %s\n%s", complaint, a)
		}
	}
}

// ok stops the test unless the answer has this status.
func (a answer) ok(t testing.TB, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("want status %d: %s", status, a)
	}
	return a
}

// into reads the answer's body.
func into[T any](t testing.TB, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%v: %s", err, a)
	}
	return v
}

// problem is a refusal: RFC 9457 with a code.
type problem struct {
	Type     string
	Title    string
	Status   int
	Detail   string
	Instance string
	Code     string
	Errors   []struct{ Field, Code, Message string }
}

// problem reads a refusal and checks its form.
func (a answer) problem(t testing.TB) problem {
	t.Helper()
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("a refusal comes as %q: %s", got, a)
	}
	p := into[problem](t, a)
	if p.Type != a.s.url+"/problems/"+strings.ReplaceAll(p.Code, "_", "-") || p.Code == "" ||
		p.Status != a.status || p.Title == "" || p.Detail == "" || p.Instance != "urn:request:"+a.header.Get("X-Request-Id") {
		t.Errorf("the problem document is not sound: %s", a)
	}
	for _, e := range p.Errors {
		if e.Field == "" || e.Code == "" || e.Message == "" {
			t.Errorf("a wrong value is not named in full: %s", a)
		}
	}
	return p
}

// refused fails the test unless the answer is this refusal, about exactly these
// values: "emails required".
func (a answer) refused(t testing.TB, status int, code string, values ...string) {
	t.Helper()
	p := a.problem(t)
	var about []string
	for _, e := range p.Errors {
		about = append(about, e.Field+" "+e.Code)
	}
	slices.Sort(about)
	slices.Sort(values)
	if a.status != status || p.Code != code || !slices.Equal(about, values) {
		t.Errorf("want %d %s %q, got %s", status, code, values, a)
	}
}

// anonymous is a refusal without what differs from request to request.
func (a answer) anonymous(t testing.TB) string {
	t.Helper()
	p := a.problem(t)
	return fmt.Sprint(a.status, names(a.header), strings.ReplaceAll(string(a.body), p.Instance, ""))
}

// names are the headers of an answer, with the values of those that are the
// same each time.
func names(h http.Header) []string {
	var list []string
	for name, values := range h {
		if name == "X-Request-Id" || name == "Date" {
			values = nil
		}
		list = append(list, name+strings.Join(values, ","))
	}
	slices.Sort(list)
	return list
}

// eventually waits until something is so.
func eventually(t testing.TB, within time.Duration, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after %s it is still not so: %s", within, what)
		}
	}
}

// page is one page of a list.
type page[T any] struct {
	Items      []T
	NextCursor *string `json:"next_cursor"`
	Total      *int
}

// all reads a list to its end, in pages of the given size.
func all[T any](t testing.TB, c client, path string, limit int) []T {
	t.Helper()
	list, cursor := []T{}, ""
	join := "?"
	if strings.Contains(path, "?") {
		join = "&"
	}
	for range 1000 {
		p := into[page[T]](t, c.get(t, fmt.Sprintf("%s%slimit=%d%s", path, join, limit, cursor)).ok(t, 200))
		list = append(list, p.Items...)
		if p.NextCursor == nil {
			return list
		}
		cursor = "&cursor=" + *p.NextCursor
	}
	t.Fatalf("%s does not end", path)
	return nil
}
