package web

import (
	"net/http"
	"net/url"
	"path"
	"strings"
	"unicode"
)

const maxReturn = 2 << 10

// ReturnTo is where the form or address says to go on (next=…), if that is a page of ours that can be read; else
// fallback. Nobody can send people elsewhere by a link to us.
func (c *Context) ReturnTo(fallback string) string {
	next := c.r.URL.Query().Get("next")
	if c.form != nil && c.form.Has("next") {
		next = c.form.Get("next")
	}
	if c.kit.isPage(next) {
		return next
	}
	return fallback
}

// isPage reports whether target is a page of ours that can be read.
func (k *Kit) isPage(target string) bool {
	u, ok := localURL(target)
	if !ok {
		return false
	}
	_, pattern := k.mux.Handler(&http.Request{Method: http.MethodGet, URL: u})
	return k.pages[pattern] != nil
}

// localURL parses a path of our own, with or without a query. It refuses everything of which browsers, proxies and this
// program could think differently: backslashes, doubled slashes, dots that climb, controls, also when escaped.
func localURL(target string) (*url.URL, bool) {
	if !strings.HasPrefix(target, "/") || len(target) > maxReturn {
		return nil, false
	}
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || u.Fragment != "" {
		return nil, false
	}
	if path.Clean(u.Path) != u.Path && path.Clean(u.Path)+"/" != u.Path ||
		strings.ContainsFunc(u.Path+u.RawQuery, func(r rune) bool { return r == '\\' || unicode.IsControl(r) }) {
		return nil, false
	}
	return u, true
}
