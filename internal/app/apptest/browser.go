package apptest

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"roster/internal/authz"
	"roster/internal/op"
	"roster/internal/operator"
	"roster/internal/secret"
	"roster/internal/web"
)

// Browser looks at pages as somebody without script does: it keeps cookies, and
// says with each form that it comes from one of our own pages.
type Browser struct {
	t       testing.TB
	world   *World
	handler http.Handler
	cookies map[string]*http.Cookie
}

// Answer is what a page answered.
type Answer struct {
	Status   int
	Body     string
	Location string // where it leads to, empty if nowhere
	Header   http.Header
}

// Has reports whether the page says all of that.
func (a Answer) Has(texts ...string) bool {
	return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(a.Body, text) })
}

const publicURL = "http://localhost:8080"

// Browser is a fresh one, for the pages of some features.
func (w *World) Browser(t testing.TB, pages ...func(*web.Kit)) *Browser {
	t.Helper()
	kit, err := web.New(web.Options{Door: w.Door, PublicURL: publicURL, Log: Log(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, mount := range pages {
		mount(kit)
	}
	return &Browser{t: t, world: w, handler: kit.Handler(), cookies: map[string]*http.Cookie{}}
}

// As signs the browser in as a person of a place, and answers it.
func (b *Browser) As(p Person, place Place) *Browser {
	b.keep(&http.Cookie{Name: "roster-" + string(place.Org.ID), Value: p.Token.Reveal()})
	return b
}

// AsOperator signs the browser in as olive@vendor.example, and answers it.
func (b *Browser) AsOperator() *Browser {
	b.t.Helper()
	olive := operator.New{Email: "olive@vendor.example", Name: "Olive Operator", Password: secret.NewClear(Password)}
	if _, err := operator.Create.Do(b.t.Context(), b.world.Door, op.Call{By: authz.Worker("test")}, olive); err != nil {
		b.t.Fatal(err)
	}
	in, err := operator.SignIn.Do(b.t.Context(), b.world.Door, op.Call{}, operator.Credentials{Email: olive.Email, Password: olive.Password})
	if err != nil {
		b.t.Fatal(err)
	}
	b.keep(&http.Cookie{Name: "roster-operator", Value: in.Token.Reveal()})
	return b
}

// keep stores a cookie, or forgets it.
func (b *Browser) keep(c *http.Cookie) {
	b.cookies[c.Name] = c
	if c.MaxAge < 0 {
		delete(b.cookies, c.Name)
	}
}

// Cookie is what the browser keeps under the name that begins so, nil if nothing.
func (b *Browser) Cookie(prefix string) *http.Cookie {
	for name, c := range b.cookies {
		if strings.HasPrefix(name, prefix) {
			return c
		}
	}
	return nil
}

// Other is another browser for the same pages, with the same cookies.
func (b *Browser) Other() *Browser {
	return &Browser{t: b.t, world: b.world, handler: b.handler, cookies: maps.Clone(b.cookies)}
}

// Get opens a page.
func (b *Browser) Get(path string) Answer {
	return b.send(httptest.NewRequest(http.MethodGet, publicURL+path, nil))
}

// Post sends a form of names and values.
func (b *Browser) Post(path string, pairs ...string) Answer {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, publicURL+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

// Upload sends a form with one file in it.
func (b *Browser) Upload(path, field, name string, content []byte) Answer {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(field, name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err := errors.Join(err, form.Close()); err != nil {
		b.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, publicURL+path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return b.send(r)
}

// JSON sends a request to the API, with a body unless that is empty, and an
// If-Match unless that is.
func (b *Browser) JSON(method, path, body, ifMatch string) Answer {
	r := httptest.NewRequest(method, publicURL+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if ifMatch != "" {
		r.Header.Set("If-Match", ifMatch)
	}
	return b.send(r)
}

func (b *Browser) send(r *http.Request) Answer {
	b.t.Helper()
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	got := w.Result()
	for _, c := range got.Cookies() {
		b.keep(c)
	}
	body, err := io.ReadAll(got.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if got.StatusCode >= 500 {
		b.t.Errorf("%s %s: %d\n%s", r.Method, r.URL.Path, got.StatusCode, body)
	}
	return Answer{got.StatusCode, string(body), got.Header.Get("Location"), got.Header}
}

// Follow opens the page that an answer leads to.
func (b *Browser) Follow(a Answer) Answer {
	b.t.Helper()
	if a.Location == "" {
		b.t.Errorf("the answer leads nowhere: %d\n%s", a.Status, a.Body)
		return a
	}
	return b.Get(a.Location)
}
