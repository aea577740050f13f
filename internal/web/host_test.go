package web

import (
	"net/http"
	"net/url"
	"testing"
)

// S-053: no link, redirect or cookie is ever made for a name that somebody else chose.
func TestHosts(t *testing.T) {
	for _, c := range []struct {
		base  string
		extra []string
		yes   []string
		no    []string
	}{
		{
			"https://roster.test", nil,
			[]string{"roster.test", "ROSTER.test", "roster.test:443"},
			[]string{"", "evil.test", "roster.test:8443", "roster.test.", "roster.test.evil.test", "a.roster.test", "roster.test:443:1", "roster.test@evil.test", "127.0.0.1"},
		},
		{
			"https://roster.test:8443", nil,
			[]string{"roster.test:8443"}, []string{"roster.test", "roster.test:443"},
		},
		{
			"http://127.0.0.1:8080", []string{"localhost", "::1"},
			[]string{"127.0.0.1:8080", "localhost", "localhost:8080", "localhost:9", "[::1]:8080", "[::1]"},
			[]string{"127.0.0.1", "127.0.0.1:9", "localhost.evil.test", "rebound.evil.test:8080"},
		},
		{
			"http://[::1]", []string{"localhost:8080"},
			[]string{"[::1]", "[::1]:80", "localhost:8080"}, []string{"localhost", "[::1]:8080"},
		},
	} {
		base, err := url.Parse(c.base)
		if err != nil {
			t.Fatal(err)
		}
		ours := newHosts(base, c.extra)
		for _, host := range c.yes {
			if err := ours.check(&http.Request{Host: host, URL: &url.URL{}}); err != nil {
				t.Errorf("%s does not answer for %q", c.base, host)
			}
		}
		for _, host := range c.no {
			if err := ours.check(&http.Request{Host: host, URL: &url.URL{}}); err == nil {
				t.Errorf("%s answers for %q", c.base, host)
			}
		}
	}
}

func TestForeignHostsAreMisdirected(t *testing.T) {
	w := newWorld(t, public)
	w.page("GET /{$}", func(c *Context) (Response, error) {
		if c.r.URL.Host != "" || c.r.Header.Get("X-Forwarded-Host") != "" || c.r.Header.Get("Forwarded") != "" {
			t.Errorf("the handler sees %v %v", c.r.URL, c.r.Header)
		}
		return say("hello"), nil
	})
	w.Mount("/healthz", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {}), nil)
	evil := func(r *http.Request) { r.Host = "evil.test" }
	w.get("/", evil).want(t, 421, "misdirected_request")
	w.get("/", header("X-Forwarded-Host", "evil.test"), header("Forwarded", "host=evil.test;proto=http")).want(t, 200, "")
	w.get("/healthz", evil).want(t, 200, "")
}
