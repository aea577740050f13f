package web

import (
	"strings"
	"time"

	"roster/internal/secret"
)

// linkFor is how long a browser keeps the token of a link that it was opened with.
const linkFor = time.Hour

// KeepLink takes the token of a mailed link out of the address: the browser keeps it for an hour, and the page redirects
// to an address without it, so that it stands in no history, log or Referer. What is no token of the kind is not kept.
func (c *Context) KeepLink(kind secret.Prefix, token string) {
	if _, ok := secret.HashToken(token, kind); ok {
		c.keep(c.kit.cookie(linkCookie(kind), token, time.Now().Add(linkFor)))
		return
	}
	c.DropLink(kind)
}

// Link is the token that KeepLink has kept, empty if there is none.
func (c *Context) Link(kind secret.Prefix) secret.Clear {
	return secret.NewClear(c.kit.read(c.r, linkCookie(kind)))
}

// DropLink makes the browser forget it: the link has been used.
func (c *Context) DropLink(kind secret.Prefix) { c.keep(c.kit.gone(linkCookie(kind))) }

func linkCookie(kind secret.Prefix) string { return "link-" + strings.Trim(string(kind), "_") }
