// Package mailtest is a mail server for tests: a real SMTP server inside the process that keeps what it gets and can be
// told to misbehave.
//
//	server := mailtest.Start(t)
//	server.Answer("ada@acme.test", mailtest.TryLater(), mailtest.LoseReply())
//	sender, err := mail.Open(server.URL())
//	…
//	letter := server.WaitFor(t, "ada@acme.test", 1)[0]
//	t.Log(letter.Subject, letter.Links)
package mailtest

import (
	"errors"
	"io"
	"log"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// patience is how long WaitFor waits. It is generous, because it only passes in full when the test fails.
const patience = 15 * time.Second

// Server keeps mails and answers as scripted. It is safe for concurrent use.
type Server struct {
	smtp  *smtp.Server
	creds *url.Userinfo
	tls   *authority
	addr  string
	offer Offer
	gone  chan struct{} // closed when the test ends, so that stalled dialogs do too

	mu       sync.Mutex
	mails    []Mail
	scripts  map[string][]Reply
	attempts map[string]int
	changed  chan struct{} // closed and replaced whenever mails grows
}

// Offer is what the server offers beside plain SMTP.
type Offer int

const (
	// StartTLS offers STARTTLS with a certificate for 127.0.0.1 of an authority made for the test.
	StartTLS Offer = 1 << iota
	// TLS speaks TLS from the first byte (smtps).
	TLS
	// Auth demands a sign-in; URL then has the right credentials.
	Auth
)

// Start runs a mail server on a free port of 127.0.0.1 until the test ends.
func Start(t testing.TB, offers ...Offer) *Server {
	t.Helper()
	s := &Server{
		scripts: map[string][]Reply{}, attempts: map[string]int{},
		changed: make(chan struct{}), gone: make(chan struct{}),
	}
	for _, o := range offers {
		s.offer |= o
	}
	if s.offer&Auth != 0 {
		s.creds = url.UserPassword("roster", "s3cret/pass@word")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("mailtest: %v", err)
	}
	s.addr = listener.Addr().String()
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{server: s, conn: c}, nil
	}))
	s.smtp.Domain = "mailtest"
	s.smtp.AllowInsecureAuth = s.offer&(StartTLS|TLS) == 0
	s.smtp.ErrorLog = log.New(io.Discard, "", 0) // dropped connections are what tests ask for
	if s.offer&(StartTLS|TLS) != 0 {
		s.tls = newAuthority(t)
		s.smtp.TLSConfig = s.tls.config
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = s.smtp.Serve(s.listen(listener))
	}()
	t.Cleanup(func() {
		close(s.gone)
		_ = listener.Close() // Serve may not have got so far as to let smtp.Close do it
		_ = s.smtp.Close()
		<-served
	})
	return s
}

// URL is the address for mail.Open, with credentials and authority where the server has them.
func (s *Server) URL() string {
	u := url.URL{Scheme: "smtp", Host: s.addr, User: s.creds}
	options := url.Values{"from": {"Roster <roster@roster.test>"}, "timeout": {"10s"}}
	switch {
	case s.offer&TLS != 0:
		u.Scheme = "smtps"
	case s.offer&StartTLS != 0:
		options.Set("starttls", "required")
	}
	if s.tls != nil {
		options.Set("ca", s.tls.file)
	}
	u.RawQuery = options.Encode()
	return u.String()
}

// Answer scripts what happens to the next letters for a recipient, one reply each. When they are used up, letters
// are taken.
func (s *Server) Answer(to string, replies ...Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[key(to)] = append(s.scripts[key(to)], replies...)
}

// Mails returns all mails in the order in which they arrived.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// MailsTo returns the mails for one recipient.
func (s *Server) MailsTo(to string) []Mail {
	all := s.Mails()
	return slices.DeleteFunc(all, func(m Mail) bool { return key(m.To) != key(to) })
}

// Attempts counts how often a letter for the recipient was transmitted to its end, whatever became of it.
func (s *Server) Attempts(to string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attempts[key(to)]
}

// WaitFor returns the mails for a recipient once there are n, and fails the test if they do not come, or more do.
func (s *Server) WaitFor(t testing.TB, to string, n int) []Mail {
	t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		mails := s.MailsTo(to)
		switch {
		case len(mails) == n:
			return mails
		case len(mails) > n:
			t.Fatalf("mailtest: %s got %d mails, want %d", to, len(mails), n)
		}
		select {
		case <-changed:
		case <-timeout.C:
			t.Fatalf("mailtest: %s got %d mails, want %d; all mails went to %q", to, len(mails), n, s.recipients())
		}
	}
}

// Reset forgets mails, scripts and counts.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails, s.scripts, s.attempts = nil, map[string][]Reply{}, map[string]int{}
}

func (s *Server) recipients() []string {
	var to []string
	for _, m := range s.Mails() {
		to = append(to, m.To)
	}
	return to
}

// next takes the next scripted reply for a recipient.
func (s *Server) next(to string) Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	script := s.scripts[key(to)]
	if len(script) == 0 {
		return Reply{}
	}
	s.scripts[key(to)] = script[1:]
	return script[0]
}

func (s *Server) transmitted(to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.attempts[key(to)]++
}

func (s *Server) keep(m Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, m)
	close(s.changed)
	s.changed = make(chan struct{})
}

// key is how recipients are told apart: mailboxes here do not care for case.
func key(address string) string { return strings.ToLower(address) }

// session is the dialog about one letter after the other on a connection.
type session struct {
	server *Server
	conn   *smtp.Conn
	signed bool
	from   string
	to     []string
	reply  Reply
	hangUp bool
}

var errGone = errors.New("mailtest: the test is over")

func (c *session) AuthMechanisms() []string {
	if c.server.creds == nil {
		return nil
	}
	return []string{sasl.Plain}
}

func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		want, _ := c.server.creds.Password()
		if user != c.server.creds.Username() || password != want {
			return smtp.ErrAuthFailed
		}
		c.signed = true
		return nil
	}), nil
}

func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	if c.server.creds != nil && !c.signed {
		return smtp.ErrAuthRequired
	}
	c.from = from
	return nil
}

func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.to = append(c.to, to)
	c.reply = c.server.next(to)
	if c.reply.at == atRecipient {
		return c.act(nil)
	}
	return nil
}

func (c *session) Data(r io.Reader) error {
	if c.reply.at == atData {
		return c.act(nil)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for _, to := range c.to {
		c.server.transmitted(to)
	}
	keep := func() {
		for _, to := range c.to {
			c.server.keep(parse(c.from, to, raw))
		}
	}
	if c.reply.at == atEnd {
		return c.act(keep)
	}
	keep()
	c.hangUp = c.reply.at == afterEnd
	return nil
}

// act does what the script says at the point that has been reached.
func (c *session) act(keep func()) error {
	if c.reply.keep && keep != nil {
		keep()
	}
	if c.reply.stall > 0 {
		select {
		case <-time.After(c.reply.stall):
		case <-c.server.gone:
			return errGone
		}
	}
	if c.reply.code != 0 {
		return &smtp.SMTPError{Code: c.reply.code, EnhancedCode: c.reply.enhanced, Message: c.reply.text}
	}
	if c.reply.drop {
		return c.conn.Conn().Close()
	}
	return nil
}

// Reset is called after the reply to a letter was written.
func (c *session) Reset() {
	if c.hangUp {
		_ = c.conn.Conn().Close()
	}
	c.from, c.to, c.reply = "", nil, Reply{}
}

func (c *session) Logout() error { return nil }
