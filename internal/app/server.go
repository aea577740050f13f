package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"roster/internal/api"
	"roster/internal/auditlog"
	"roster/internal/config"
	"roster/internal/mail"
	"roster/internal/mailaddr"
	"roster/internal/mailbox"
	"roster/internal/op"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Server is a running Roster: pages, API, and the workers beside them.
type Server struct {
	*Base
	settings config.Serve
	kit      *web.Kit
	api      *api.API
	listener net.Listener
	metrics  net.Listener // nil: none
	sender   mail.Sender
	from     string
}

// New opens everything that a server needs. It listens already, so that the
// port is known, but answers nothing before Run.
func New(ctx context.Context, c config.Serve, log *slog.Logger) (*Server, error) {
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", c.Listen, err)
	}
	s := &Server{settings: c, listener: listener}
	if err := s.open(ctx, log); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Server) open(ctx context.Context, log *slog.Logger) (err error) {
	public := s.settings.BaseURL(port(s.listener))
	if s.Base, err = OpenBase(ctx, s.settings.Storage, Options{public.String(), s.settings.PasswordMinLength}, log); err != nil {
		return err
	}
	if s.settings.MetricsListen != "" {
		if s.metrics, err = net.Listen("tcp", s.settings.MetricsListen); err != nil {
			return fmt.Errorf("listen on %s: %w", s.settings.MetricsListen, err)
		}
	}
	options := web.Options{Door: s.Door, PublicURL: public.String(), TrustedProxies: s.settings.TrustedProxies, Log: log}
	if s.settings.Loopback() {
		options.ExtraHosts = []string{"localhost", "127.0.0.1", "[::1]"}
	}
	if s.kit, err = web.New(options); err != nil {
		return err
	}
	s.api = NewAPI(s.Door, public.String(), log)
	if err := s.chooseMail(public.Hostname()); err != nil {
		return err
	}
	s.mount()
	return nil
}

// chooseMail decides where letters go: to a mail server, or to the local mailbox.
func (s *Server) chooseMail(host string) error {
	s.from = s.settings.MailFrom
	if s.from == "" {
		s.from = "roster@" + host
		if _, err := mailaddr.Parse(s.from); err != nil {
			s.from = "roster@localhost.localdomain" // localhost and IP addresses are no domains of mail
		}
	}
	if !s.settings.SMTP.Set() {
		s.sender = mailbox.Sender{Door: s.Door}
		return nil
	}
	sender, err := mail.Open(s.settings.SMTP.Address())
	s.sender = sender
	return err
}

// NewAPI is the API with the routes of all features.
func NewAPI(door *op.Door, publicURL string, log *slog.Logger) *api.API {
	a := api.New(api.Options{
		Door: door, Caller: web.CallerOf, Log: log, Title: "Roster", Version: Version, PublicURL: publicURL,
		SessionCookie: "roster-<organization id>", Stylesheets: []string{ui.Asset("portal.css")},
	})
	Routes(a)
	return a
}

// mount puts everything into the kit.
func (s *Server) mount() {
	s.kit.Frame, s.kit.Public = frame, publicFrame
	s.kit.Mount(ui.AssetPath, ui.Assets(), nil)
	s.kit.Mount("/api/", s.api, s.api.Refuse)
	s.kit.Mount("/healthz", http.HandlerFunc(alive), nil)
	s.kit.Mount("/readyz", http.HandlerFunc(s.ready), nil)
	Pages(s.kit)
	if !s.settings.SMTP.Set() {
		mailbox.Pages(s.kit)
	}
	if s.settings.Demo {
		gallery(s.kit)
	}
}

// alive answers that the process lives: restart it if this fails.
func alive(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok") }

// ready answers whether requests should come here: the database answers and
// its schema is this program's.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := s.Database.Ready(ctx); err != nil {
		s.Log.WarnContext(ctx, "not ready", "error", err)
		answer(w, http.StatusServiceUnavailable, "not ready")
		return
	}
	answer(w, http.StatusOK, "ready")
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintln(w, text)
}

// URL is where people reach the server.
func (s *Server) URL() string { return s.Door.PublicURL() }

// Address is what the server listens on.
func (s *Server) Address() string { return s.listener.Addr().String() }

// Close gives everything back that New took, for a server that does not run.
func (s *Server) Close() {
	for _, l := range []net.Listener{s.listener, s.metrics} {
		if l != nil {
			l.Close()
		}
	}
	if s.Base != nil {
		s.Base.Close()
	}
}

// Run serves until ctx ends. Then it takes no new requests, lets those that are
// running end (for as long as the settings say), stops the workers, and closes
// the database.
func (s *Server) Run(ctx context.Context) error {
	defer s.Close()
	working, stopWorkers := context.WithCancel(context.WithoutCancel(ctx))
	var workers sync.WaitGroup
	s.work(working, &workers)

	failed := make(chan error, 2)
	servers := []*http.Server{s.kit.Server()}
	go func() { failed <- servers[0].Serve(s.listener) }()
	if s.metrics != nil {
		m := s.metricsServer()
		servers = append(servers, m)
		go func() { failed <- m.Serve(s.metrics) }()
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.settings.ShutdownTimeout)
	defer cancel()
	for _, server := range servers {
		err = errors.Join(err, server.Shutdown(ending))
	}
	stopWorkers()
	ended := make(chan struct{})
	go func() {
		workers.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ending.Done(): // a letter that is being delivered is claimed again later
		s.Log.Warn("the workers did not end in time")
	}
	return err
}

// work starts the workers. Each of them recovers from its own panics.
func (s *Server) work(ctx context.Context, all *sync.WaitGroup) {
	mailer := mail.Worker{Door: s.Door, Sender: s.sender, From: s.from, Log: s.Log}
	all.Go(func() { mailer.Run(ctx) })
	sealer := auditlog.Sealer{Door: s.Door, Log: s.Log}
	all.Go(func() { sealer.Run(ctx) })
	all.Go(func() { sweep(ctx, s.Door) })
	all.Go(func() { remind(ctx, s.Door) })
}

// metricsServer serves /metrics on an address of its own, which is not for the public.
func (s *Server) metricsServer() *http.Server {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	registry.MustRegister(s.Door.Collectors()...)
	registry.MustRegister(s.kit.Collectors()...)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
}
