package photo

import (
	"strconv"

	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/user"
	"roster/internal/web"
)

// Pages are the pictures that pages show.
func Pages(k *web.Kit) {
	web.Page(k, "GET /o/{org}/profile/photo", showOwn, web.For(Own), web.Frameless)
	web.Page(k, "GET /o/{org}/users/{id}/photo", show, web.For(Get), web.Frameless)
}

// Path is the address of a user's photo in the organization of a page, empty if
// the versions of those that the page shows have none of the user.
func Path(c *web.Context, versions map[id.User]int64, u id.User) string {
	v, ok := versions[u]
	if !ok {
		return ""
	}
	return At(c.Path("users", string(u), "photo"), v)
}

// OwnPath is the address of the own photo, empty if there is none.
func OwnPath(c *web.Context, versions map[id.User]int64, u id.User) string {
	v, ok := versions[u]
	if !ok {
		return ""
	}
	return At(c.Path("profile", "photo"), v)
}

// At is the address of a version: browsers keep each under its own.
func At(path string, version int64) string { return path + "?v=" + strconv.FormatInt(version, 10) }

func showOwn(c *web.Context) (web.Response, error) {
	p, err := web.Do(c, Own, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	return p.Response(), nil
}

func show(c *web.Context) (web.Response, error) {
	p, err := web.Do(c, Get, user.Ref{ID: id.User(c.Param("id"))})
	if err != nil {
		return web.Response{}, err
	}
	return p.Response(), nil
}

// Response is the photo as the answer to a browser.
func (s Shown) Response() web.Response { return web.Picture(string(s.kind), s.ETag(), s.image) }
