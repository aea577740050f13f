package api

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"path"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/op"
)

// Prefix stands before the path of every route.
const Prefix = "/api/v1"

// Options are what an API is made of.
type Options struct {
	Door *op.Door
	// Caller reads who shows what from a request. It proves nothing: the door
	// does. What it answers beside an error is used for its request id.
	Caller func(*http.Request) (authz.Caller, error)
	Log    *slog.Logger

	Title         string
	Version       string
	PublicURL     string   // without a slash at the end
	SessionCookie string   // its name, for the OpenAPI document
	Stylesheets   []string // paths on this server, for the page at /api/docs
}

// API serves the routes that Handle has registered, the OpenAPI document at
// /api/openapi.json and /api/v1/openapi.json, and a page to browse at /api/docs.
type API struct {
	options   Options
	mux       *http.ServeMux
	resources map[string]resource
	endpoints []*endpoint
	document  func() *document
	docs      func() ([]byte, error)
}

// New makes an API without routes. It panics if Caller or Log is missing: that
// is a mistake of the program.
func New(o Options) *API {
	if o.Caller == nil || o.Log == nil {
		panic("api: Caller and Log are required")
	}
	a := &API{options: o, mux: http.NewServeMux(), resources: map[string]resource{}}
	a.document = sync.OnceValue(a.describe)
	a.docs = sync.OnceValues(a.renderDocs)

	a.mux.Handle("/", a.guard(func(http.ResponseWriter, *http.Request, authz.Caller) error {
		return errs.NotFound()
	}))
	a.mux.HandleFunc("GET /api/openapi.json", a.serveDocument)
	a.mux.HandleFunc("GET "+Prefix+"/openapi.json", a.serveDocument)
	a.mux.HandleFunc("GET /api/docs", a.serveDocs)
	a.mux.HandleFunc("GET /api/docs.css", a.serveDocsStyle)
	return a
}

// Handle registers a route. Path follows Prefix and may hold wildcards as
// http.ServeMux knows them. Handle panics if the route is not sound: no
// permission, a field that comes from nowhere, a wildcard that goes nowhere, a
// GET that writes. It must not be called once the API serves.
func Handle[In, Out any](a *API, method, path string, r op.Runner[In, Out], options ...Option) {
	mount(a, method, path, r.Spec(), func(ctx context.Context, call op.Call, in In) (Out, error) {
		return r.Do(ctx, a.options.Door, call, in)
	}, options)
}

// Route is a registered route, for golden files.
type Route struct {
	Method     string
	Path       string // with Prefix
	Operation  string
	Permission authz.Permission
	Scope      authz.Scope
}

// String is the route as one line of a golden file.
func (r Route) String() string {
	return fmt.Sprintf("%-6s %s  %s %s %s", r.Method, r.Path, r.Operation, r.Permission, r.Scope)
}

// Routes lists all routes by path and method.
func (a *API) Routes() []Route {
	routes := make([]Route, len(a.endpoints))
	for i, e := range a.endpoints {
		routes[i] = e.route()
	}
	slices.SortFunc(routes, func(x, y Route) int {
		return strings.Compare(x.Path+" "+x.Method, y.Path+" "+y.Method)
	})
	return routes
}

// ServeHTTP implements http.Handler for all of /api.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.URL.Path != path.Clean(r.URL.Path) {
		// ServeMux would redirect, and a client would repeat its key to
		// wherever that leads.
		r = r.Clone(r.Context())
		r.URL.Path, r.URL.RawPath = "/", ""
	}
	a.mux.ServeHTTP(w, r)
}

// guard lets f run for a caller and answers for what f returns or where it panics.
func (a *API) guard(f func(http.ResponseWriter, *http.Request, authz.Caller) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var caller authz.Caller
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler {
				panic(cause)
			}
			a.options.Log.ErrorContext(r.Context(), "panic in the API", "request", caller.Origin.RequestID,
				"panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
			a.refuse(w, caller.Origin, internal())
		}()
		caller, err := a.options.Caller(r)
		if err == nil {
			err = f(w, r, caller)
		}
		if err != nil {
			a.refuse(w, caller.Origin, a.shown(r.Context(), err))
		}
	})
}

// shown is the refusal in err, or one that says nothing after err was logged.
func (a *API) shown(ctx context.Context, err error) *errs.Error {
	if e, ok := asRefusal(err); ok {
		return e
	}
	a.options.Log.ErrorContext(ctx, "API request failed", "error", err)
	return internal()
}

// resource holds the endpoints of one path by method.
type resource map[string]*endpoint

// endpoint finds the method's own, or GET's for HEAD.
func (r resource) endpoint(method string) (*endpoint, bool) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	e, ok := r[method]
	return e, ok
}

// allow is the value of the header Allow.
func (r resource) allow() string {
	methods := slices.Collect(maps.Keys(r))
	if r[http.MethodGet] != nil {
		methods = append(methods, http.MethodHead)
	}
	slices.Sort(methods)
	return strings.Join(methods, ", ")
}

// mount is Handle with the operation's two halves apart, so that the kit can be
// tested without a database.
func mount[In, Out any](a *API, method, path string, spec op.Spec, run runner[In, Out], options []Option) {
	e := &endpoint{
		method: method, path: path, spec: spec,
		in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](),
		run: func(ctx context.Context, call op.Call, fill func(reflect.Value) error) (any, error) {
			var in In
			if err := fill(reflect.ValueOf(&in).Elem()); err != nil {
				return nil, err
			}
			return run(ctx, call, in)
		},
	}
	if err := e.configure(options); err != nil {
		panic(fmt.Sprintf("api: %s %s, %s: %v", method, path, spec.Name, err))
	}
	for _, other := range a.endpoints {
		if other.id == e.id {
			panic(fmt.Sprintf("api: %s %s and %s %s are both called %s: give one another ID", method, path, other.method, other.path, e.id))
		}
	}
	res, known := a.resources[path]
	if !known {
		res = resource{}
		a.resources[path] = res
		a.mux.Handle(Prefix+path, a.guard(func(w http.ResponseWriter, r *http.Request, caller authz.Caller) error {
			e, ok := res.endpoint(r.Method)
			if !ok {
				w.Header().Set("Allow", res.allow())
				a.refuseMethod(w, caller.Origin)
				return nil
			}
			return e.serve(w, r, caller)
		}))
	}
	if res[method] != nil {
		panic(fmt.Sprintf("api: two routes for %s %s", method, path))
	}
	res[method] = e
	a.endpoints = append(a.endpoints, e)
}
