package web

import (
	"net/http"
	"strings"
	"time"

	"roster/internal/id"
	"roster/internal/secret"
)

// Names of cookies, behind the prefix of cookieName. A session's and a device's name end in an organization's id, so
// that one browser holds an account in each of several.
const (
	operatorCookie = "operator"
	deviceCookie   = "device-"
	flashCookie    = "flash"
	langCookie     = "lang"
)

// cookieName makes the browser keep other hosts, and plain http, from setting or reading the cookie: that is what
// __Host- means. On plain http, for loopback and closed networks, browsers refuse the prefix.
func (k *Kit) cookieName(name string) string {
	if k.secure {
		return "__Host-roster-" + name
	}
	return "roster-" + name
}

// cookie makes a cookie. Without expires it ends with the browser's session.
func (k *Kit) cookie(name, value string, expires time.Time) *http.Cookie {
	return &http.Cookie{
		Name: k.cookieName(name), Value: value, Path: "/", Expires: expires,
		HttpOnly: true, Secure: k.secure, SameSite: http.SameSiteLaxMode,
	}
}

// gone makes the browser forget a cookie.
func (k *Kit) gone(name string) *http.Cookie {
	c := k.cookie(name, "", time.Unix(1, 0))
	c.MaxAge = -1
	return c
}

// read returns the first value of a cookie; empty if there is none.
func (k *Kit) read(r *http.Request, name string) string {
	c, err := r.Cookie(k.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// SetSession keeps a session of org in the browser, until expires, or while the browser runs if that is zero. Like all
// cookies of a page it is sent only if the handler answers without an error.
func (c *Context) SetSession(org id.Org, token secret.Clear, expires time.Time) {
	c.keep(c.kit.cookie(string(org), token.Reveal(), expires))
}

// KeepSession is SetSession and SetDevice for an answer that is no page's: the API's to a signed-in browser.
func KeepSession(w http.ResponseWriter, r *http.Request, org id.Org, token, device secret.Clear, expires time.Time) {
	kit := stateOf(r.Context()).kit
	http.SetCookie(w, kit.cookie(string(org), token.Reveal(), expires))
	http.SetCookie(w, kit.cookie(deviceCookie+string(org), device.Reveal(), time.Now().Add(deviceFor)))
}

// EndSession makes the browser forget its session of org. That the session itself has ended is a command's work.
func (c *Context) EndSession(org id.Org) { c.keep(c.kit.gone(string(org))) }

// SetOperator keeps an operator's session; see [Context.SetSession].
func (c *Context) SetOperator(token secret.Clear, expires time.Time) {
	c.keep(c.kit.cookie(operatorCookie, token.Reveal(), expires))
}

// EndOperator makes the browser forget an operator's session.
func (c *Context) EndOperator() { c.keep(c.kit.gone(operatorCookie)) }

// deviceFor is a little less than what browsers allow for a cookie.
const deviceFor = 390 * 24 * time.Hour

// SetDevice makes the browser a known device for org: it keeps the token when the person signs out.
func (c *Context) SetDevice(org id.Org, token secret.Clear) {
	c.keep(c.kit.cookie(deviceCookie+string(org), token.Reveal(), time.Now().Add(deviceFor)))
}

// Device is the hash of the browser's device token for org, or false if it shows none.
func (c *Context) Device(org id.Org) (secret.Hash, bool) {
	return secret.HashToken(c.kit.read(c.r, deviceCookie+string(org)), secret.Device)
}

// keep sends a cookie with the answer, in place of an earlier one of that name.
func (c *Context) keep(cookie *http.Cookie) {
	for i, earlier := range c.cookies {
		if earlier.Name == cookie.Name {
			c.cookies[i] = cookie
			return
		}
	}
	c.cookies = append(c.cookies, cookie)
}

// orgOf is the organization whose session a cookie of this name holds.
func (k *Kit) orgOf(name string) (id.Org, bool) {
	rest, ok := strings.CutPrefix(name, k.cookieName(""))
	return id.Org(rest), ok && id.Valid[id.Org](rest)
}
