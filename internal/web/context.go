package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/text/language"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/web/ui"
)

// Context is one request to a page. It belongs to the handler's goroutine and ends with it.
type Context struct {
	kit     *Kit
	w       http.ResponseWriter
	r       *http.Request
	ctx     context.Context
	route   *Route
	caller  authz.Caller
	frame   *Frame
	form    *Form
	cookies []*http.Cookie
}

// Frame is what the hook [Kit.Frame] makes: the frame of the person's pages, and how to speak to them. Language and
// Zone may be zero: then the browser's language and UTC are used.
type Frame struct {
	ui.Frame
	Language language.Tag
	Zone     *time.Location
}

// run serves a page.
func (k *Kit) run(w http.ResponseWriter, r *http.Request, route *Route, h Handler) {
	if route.body > 0 {
		LimitBody(r, route.body)
	}
	c := &Context{kit: k, w: w, r: r, ctx: k.speak(r), route: route}
	stateOf(c.ctx).page = c
	if err := c.serve(h); err != nil {
		k.Fail(w, r, err)
	}
}

func (c *Context) serve(h Handler) (err error) {
	if err := oursForSure(c.r); err != nil {
		return err
	}
	if c.caller, err = CallerOf(c.r); err != nil {
		return err
	}
	if c.route.signedIn() && !c.route.frameless && c.kit.Frame != nil {
		frame, err := c.kit.Frame(c)
		if err != nil {
			return err
		}
		c.frame = &frame
		if frame.Language != language.Und || frame.Zone != nil {
			tag := frame.Language
			if tag == language.Und {
				tag = lang.Tag(c.ctx)
			}
			c.ctx = lang.With(c.ctx, tag, frame.Zone)
		}
	}
	answer, err := h(c)
	if err != nil {
		return err
	}
	return answer.write(c)
}

// Context is the request's, with the person's language and time zone.
func (c *Context) Context() context.Context { return c.ctx }

// Caller is what the request shows of who is asking.
func (c *Context) Caller() authz.Caller { return c.caller }

// Call is a call on behalf of who is asking, in the organization of the address, if it names one.
func (c *Context) Call() op.Call { return op.Call{By: c.caller, Org: c.Param("org")} }

// Param is a part of the address: of /o/{org}/users/{user}, "org" or "user". Empty if there is none.
func (c *Context) Param(name string) string { return c.r.PathValue(name) }

// Query is the first value of a parameter in the query.
func (c *Context) Query(name string) string { return c.r.URL.Query().Get(name) }

// Queries are all parameters of the query.
func (c *Context) Queries() url.Values { return c.r.URL.Query() }

// Now is the moment from which a page says how long ago something was. No decision is made by it.
func (c *Context) Now() time.Time { return time.Now() }

// Here is the address of this page, with its query.
func (c *Context) Here() string { return c.r.URL.RequestURI() }

// Path is an address in the organization of this page: Path("users", id) is /o/nordlys/users/usr_….
func (c *Context) Path(parts ...string) string {
	path := "/o/" + url.PathEscape(c.Param("org"))
	for _, part := range parts {
		path += "/" + url.PathEscape(part)
	}
	return path
}

// URL is the public address of a path of ours, to be shown.
func (c *Context) URL(path string) string { return c.kit.door.PublicURL() + path }

// Under reports whether this page's address is path, or lies below it.
func (c *Context) Under(path string) bool {
	return strings.HasPrefix(c.r.URL.EscapedPath()+"/", path+"/")
}

// Partial reports whether script asks for a part of the page, which it puts where it belongs.
func (c *Context) Partial() bool { return isPartial(c.r) }

func isPartial(r *http.Request) bool {
	return r.Header.Get("HX-Request") == "true" && r.Header.Get("HX-Boosted") != "true" && r.Header.Get("HX-Request-Type") != "full"
}

// Page begins a page inside the frame. It takes the flash that waits, so it is called once for each answer.
func (c *Context) Page(title string) ui.Page {
	page := ui.Page{Title: title}
	if c.frame != nil {
		page.Frame = c.frame.Frame
	}
	page.Frame.Flash = c.takeFlash()
	return page
}

// PublicPage begins a page for who is not signed in; see [Context.Page].
func (c *Context) PublicPage(title string) ui.Public {
	page := c.kit.public(c)
	page.Title, page.Flash = title, c.takeFlash()
	if page.Languages = languages(c.ctx); c.r.Method == http.MethodGet {
		page.LanguageAction, page.LanguageFields = c.r.URL.EscapedPath(), otherFields(c.Queries())
		c.rememberLanguage()
	} else {
		page.Languages = nil // the answer to a form has no address of its own to come back to
	}
	return page
}

// public is what public pages share. c is nil outside of pages.
func (k *Kit) public(c *Context) ui.Public {
	if k.Public != nil && c != nil {
		return k.Public(c)
	}
	return ui.Public{Org: ui.Org{Name: "Roster", Mark: "R"}}
}

// Do runs an operation for who is asking, in the organization of the address. It panics for an operation that the page
// has not named with [For]: the list of routes would be wrong.
func Do[In, Out any](c *Context, operation op.Runner[In, Out], in In) (Out, error) {
	if s := operation.Spec(); !c.route.runs(s) {
		panic(fmt.Sprintf("web: %s %s runs %s without naming it", c.route.Method, c.route.Path, s.Name))
	}
	out, err := operation.Do(c.ctx, c.kit.door, c.Call(), in)
	return out, c.said(err)
}

// Ask runs several queries in one snapshot, each with op.Query.Within; scope says on which plane the page stands.
func Ask[Out any](c *Context, scope authz.Scope, f func(t *op.Tx) (Out, error)) (Out, error) {
	out, err := op.Ask(c.ctx, c.kit.door, c.Call(), scope, f)
	return out, c.said(err)
}

// said is a refusal in the person's language.
func (c *Context) said(err error) error {
	e, refused := errors.AsType[*errs.Error](err)
	if !refused || lang.English(c.ctx) {
		return err
	}
	return e.In(lang.Saying(c.ctx))
}
