package web

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"

	"roster/internal/authz"
	"roster/internal/op"
)

// Handler is a page: it reads the request through c, runs operations with [Do] and [Ask], and answers.
type Handler func(c *Context) (Response, error)

// Route is a page as the golden file lists it.
type Route struct {
	Method, Path string
	Operations   []op.Spec
	Public       string // why it runs no operation
	body         int64
	frameless    bool
}

// Option says something about a page.
type Option func(*Route)

// For names the operations that the page runs: all of them, and no others. [Do] refuses those that are not named.
func For(operations ...op.Operation) Option {
	return func(r *Route) {
		for _, o := range operations {
			r.Operations = append(r.Operations, o.Spec())
		}
	}
}

// Public is for a page that runs no operation, and says why.
func Public(reason string) Option { return func(r *Route) { r.Public = reason } }

// MaxBody is for a page that takes more than 1 MiB, such as a file.
func MaxBody(bytes int64) Option { return func(r *Route) { r.body = bytes } }

// Frameless is for what is a part of other pages, such as a picture: nothing is read for a frame around it.
func Frameless(r *Route) { r.frameless = true }

// Page registers a page: "GET /o/{org}/users". It panics, since that is a mistake of the program, for a page that
//
//   - names no operation and no reason why;
//   - is read and runs something that writes: GET never changes anything;
//   - runs an operation of another plane than its address: those of an organization live below /o/{org}, those of the
//     platform below /operator;
//   - has a method that a form does not.
func Page(k *Kit, pattern string, h Handler, options ...Option) {
	route := &Route{}
	route.Method, route.Path, _ = strings.Cut(pattern, " ")
	for _, option := range options {
		option(route)
	}
	if problem := route.problem(); problem != "" {
		panic(fmt.Sprintf("web: the page %q %s", pattern, problem))
	}
	k.pages[pattern] = route
	k.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { k.run(w, r, route, h) })
}

func (r *Route) problem() string {
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		return "answers neither GET nor POST"
	case len(r.Operations) == 0 && r.Public == "":
		return "names no operation, and no reason why: use web.For or web.Public"
	case len(r.Operations) > 0 && r.Public != "":
		return "names operations and a reason why there are none"
	}
	for _, o := range r.Operations {
		switch {
		case r.Method == http.MethodGet && o.Writes:
			return "is read, but runs " + o.Name + ", which writes"
		case o.Scope.OfOrganization() && !r.inOrg():
			return "runs " + o.Name + " of an organization, but is not below /o/{org}"
		case (o.Scope == authz.Platform || o.Scope == authz.Operator) && !r.onPlatform():
			return "runs " + o.Name + " of the platform, but is not below /operator"
		case o.Scope == authz.System:
			return "runs " + o.Name + ", which only workers do"
		}
	}
	return ""
}

func (r *Route) inOrg() bool      { return strings.HasPrefix(r.Path+"/", "/o/{org}/") }
func (r *Route) onPlatform() bool { return strings.HasPrefix(r.Path+"/", "/operator/") }

// signedIn reports whether the page is for somebody in particular.
func (r *Route) signedIn() bool {
	return slices.ContainsFunc(r.Operations, func(o op.Spec) bool { return o.Scope != authz.Public })
}

// runs reports whether the page has named the operation.
func (r *Route) runs(s op.Spec) bool {
	return slices.ContainsFunc(r.Operations, func(o op.Spec) bool { return o.Name == s.Name })
}

// Routes lists the pages by path and method.
func (k *Kit) Routes() []Route {
	var all []Route
	for _, r := range k.pages {
		all = append(all, *r)
	}
	slices.SortFunc(all, func(a, b Route) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return all
}

// WriteRoutes writes the golden file: a line for each page and operation, with method, path, operation, scope and
// permission; or the reason why there is none.
func (k *Kit) WriteRoutes(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	// What goes wrong on the way to w, Flush says.
	line := func(columns ...string) { _, _ = fmt.Fprintln(table, strings.Join(columns, "\t")) }
	for _, r := range k.Routes() {
		if r.Public != "" {
			line(r.Method, r.Path, "-", "public", r.Public)
		}
		for _, o := range r.Operations {
			line(r.Method, r.Path, o.Name, o.Scope.String(), string(o.Needs))
		}
	}
	return table.Flush()
}
