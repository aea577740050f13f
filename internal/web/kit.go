package web

import (
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strings"
	"time"

	"roster/internal/errs"
	"roster/internal/op"
	"roster/internal/web/ui"
)

// Options are what a kit is made of.
type Options struct {
	Door *op.Door
	// PublicURL is how browsers reach us, such as https://roster.example. Its scheme decides about the security of
	// cookies, its host is the only one that is answered, beside ExtraHosts.
	PublicURL string
	// ExtraHosts are further names, with or without a port: the names of loopback, when listening there.
	ExtraHosts []string
	// TrustedProxies are the networks whose word about the client's address counts.
	TrustedProxies []netip.Prefix
	Log            *slog.Logger
}

// Kit serves pages. Make it with [New], give it pages with [Page] and everything else with [Kit.Mount], then serve its
// [Kit.Handler]. All of that happens at the start; afterwards it is safe for concurrent use.
type Kit struct {
	// Frame builds what the pages of one signed-in person share: sections, accounts, preferences. It runs once for
	// each request to a page that is not public, before the page's handler, and its error is the page's. Nil: none.
	Frame func(c *Context) (Frame, error)
	// Public builds what public pages share: the organization's name and color, help, legal links. Nil: the
	// installation's.
	Public func(c *Context) ui.Public

	door    *op.Door
	log     *slog.Logger
	hosts   hosts
	proxies []netip.Prefix
	secure  bool
	headers http.Header
	cross   *http.CrossOriginProtection
	mux     *http.ServeMux
	pages   map[string]*Route // by pattern
	mounts  []mount
	metrics metrics
}

// mount is a part of the address space that is not made of pages.
type mount struct {
	prefix string
	refuse Refuser
}

// Refuser writes err as the answer to r. The kit itself writes error pages; an API writes problem documents.
type Refuser func(w http.ResponseWriter, r *http.Request, err error)

// New makes a kit. It refuses a public URL that is not http or https with a host and nothing behind it.
func New(o Options) (*Kit, error) {
	base, err := url.Parse(o.PublicURL)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" ||
		strings.Trim(base.Path, "/") != "" || base.RawQuery != "" || base.Fragment != "" || base.User != nil {
		return nil, errors.New("web: the public URL must be like https://roster.example, without a path")
	}
	k := &Kit{
		door: o.Door, log: slog.New(TameLog(o.Log.Handler())),
		hosts: newHosts(base, o.ExtraHosts), proxies: o.TrustedProxies,
		secure: base.Scheme == "https", headers: securityHeaders(base),
		cross: http.NewCrossOriginProtection(), mux: http.NewServeMux(), pages: map[string]*Route{}, metrics: newMetrics(),
	}
	return k, nil
}

// Mount serves everything below prefix, which ends in a slash (or is one path), with h. Requests that the kit refuses
// there, and panics, are answered by refuse; nil means an error page.
func (k *Kit) Mount(prefix string, h http.Handler, refuse Refuser) {
	k.mux.Handle(prefix, h)
	if refuse != nil {
		k.mounts = append(k.mounts, mount{prefix, refuse})
	}
}

// refuser finds who answers for a path when something goes wrong; nil is the kit itself.
func (k *Kit) refuser(path string) Refuser {
	for _, m := range k.mounts {
		if path == m.prefix || strings.HasSuffix(m.prefix, "/") && strings.HasPrefix(path, m.prefix) {
			return m.refuse
		}
	}
	return nil
}

// Server returns a server for the kit's handler, with limits on time and headers. An answer that streams for minutes
// must move its deadlines itself, with http.ResponseController.
func (k *Kit) Server() *http.Server {
	return &http.Server{
		Handler:           k.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       2 * time.Minute,
		WriteTimeout:      5 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(k.log.Handler(), slog.LevelWarn),
	}
}

// Handler is the whole chain: what the kit promises for every request, then the page or the mounted handler.
func (k *Kit) Handler() http.Handler { return http.HandlerFunc(k.serve) }

func (k *Kit) serve(outer http.ResponseWriter, r *http.Request) {
	w := &recorder{ResponseWriter: outer}
	r, state := k.begin(outer, r)
	defer k.end(w, r, state)

	for name, values := range k.headers {
		w.Header()[name] = values
	}
	w.Header().Set("X-Request-Id", state.id)
	if err := k.admit(r, state); err != nil {
		k.Fail(w, r, err)
		return
	}
	k.dispatch(w, r)
}

// admit are the checks that every request passes, the cheap ones first.
func (k *Kit) admit(r *http.Request, state *request) error {
	state.address = k.client(r)
	if err := k.hosts.check(r); err != nil {
		return err
	}
	if err := readable(r); err != nil {
		return err
	}
	return k.ours(r)
}

// dispatch serves the route, or says that there is none. ServeMux would answer in plain text.
func (k *Kit) dispatch(w http.ResponseWriter, r *http.Request) {
	// ServeMux leads from an unclean path to the clean one. A program would
	// repeat its key to there.
	if clean := path.Clean(r.URL.Path); clean != r.URL.Path && k.refuser(clean+"/") != nil {
		k.Fail(w, r, errs.NotFound())
		return
	}
	if _, pattern := k.mux.Handler(r); pattern != "" {
		k.mux.ServeHTTP(w, r)
		return
	}
	if allowed := k.methods(r); len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		k.fail(w, r, errs.Malformed("method_not_allowed", "This address does not answer %s requests.", cleaned(r.Method, 16)),
			http.StatusMethodNotAllowed)
		return
	}
	k.Fail(w, r, errs.NotFound())
}

// methods are those that the address of r would answer.
func (k *Kit) methods(r *http.Request) []string {
	var allowed []string
	probe := *r
	for _, probe.Method = range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if _, pattern := k.mux.Handler(&probe); pattern != "" {
			allowed = append(allowed, probe.Method)
		}
	}
	return allowed
}
