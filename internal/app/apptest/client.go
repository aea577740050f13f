package apptest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"roster/internal/api"
	"roster/internal/web"
)

// Client asks the API, with a key.
type Client struct {
	t       testing.TB
	handler http.Handler
	Key     string // none if empty
}

// Reply is what the API answered.
type Reply struct {
	Status int
	Header http.Header
	Body   string
}

// Code is the code of a refusal.
func (r Reply) Code() string {
	var problem struct{ Code string }
	_ = json.Unmarshal([]byte(r.Body), &problem) // what is no problem has no code
	return problem.Code
}

// Client is one for the routes of some features.
func (w *World) Client(t testing.TB, key string, routes ...func(*api.API)) *Client {
	t.Helper()
	kit, err := web.New(web.Options{Door: w.Door, PublicURL: publicURL, Log: Log(t)})
	if err != nil {
		t.Fatal(err)
	}
	a := api.New(api.Options{Door: w.Door, Caller: web.CallerOf, Log: Log(t), Title: "Roster", Version: "test", PublicURL: publicURL})
	for _, mount := range routes {
		mount(a)
	}
	kit.Mount("/api/", a, a.Refuse)
	return &Client{t, kit.Handler(), key}
}

// Request is one to a path below /api/v1. headers are names and values.
func (c *Client) Request(method, path, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, publicURL+api.Prefix+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.Key != "" {
		r.Header.Set("Authorization", "Bearer "+c.Key)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// ServeHTTP answers a request as the server does.
func (c *Client) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

// Do sends a request to a path below /api/v1. headers are names and values.
func (c *Client) Do(method, path, body string, headers ...string) Reply {
	c.t.Helper()
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, c.Request(method, path, body, headers...))
	got := w.Result()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if got.StatusCode >= 500 {
		c.t.Errorf("%s %s: %d\n%s", method, path, got.StatusCode, text)
	}
	return Reply{got.StatusCode, got.Header, string(text)}
}
