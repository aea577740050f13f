package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// SMTP delivers letters to a mail server. It holds no connection and is safe for concurrent use.
type SMTP struct {
	host, addr     string
	user, password string
	from           netmail.Address
	protection     protection
	tls            *tls.Config
	timeout        time.Duration
}

// protection is how a connection is encrypted.
type protection string

const (
	implicit      protection = "implicit" // smtps: TLS from the first byte
	required      protection = "required"
	opportunistic protection = "opportunistic"
	none          protection = "none"
)

// defaultTimeout bounds one delivery from dialing to the last reply. Servers that scan a letter before they answer take
// some seconds.
// A claim on a letter lasts longer than maxTimeout.
const (
	defaultTimeout = time.Minute
	maxTimeout     = 2 * time.Minute
)

// Open reads the address of a mail server:
//
//	smtp://user:password@host:port?starttls=required&from=Roster <roster@example.com>
//	smtps://user:password@host:port
//
// The port is 587 for smtp and 465 for smtps unless given. The options are
//
//   - starttls: required (the default), opportunistic, or none (the default if the host is this machine). Sign-in
//     without encryption is refused except to this machine;
//   - from: the sender of letters that name none;
//   - ca: a PEM file with the authorities to trust instead of the system's. The server's certificate is always
//     verified;
//   - timeout: for one delivery, such as 30s (the default is a minute, the most two).
//
// Its errors never quote the address, which holds a password. Open does not connect.
func Open(rawURL string) (*SMTP, error) {
	u, err := url.Parse(rawURL)
	if err != nil || (u.Scheme != "smtp" && u.Scheme != "smtps") || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("mail: the address of the mail server must look like smtp://user:password@host:port")
	}
	options, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errors.New("mail: the options of the mail server cannot be read; is a % or ; in them?")
	}
	s := &SMTP{host: u.Hostname(), user: u.User.Username(), timeout: defaultTimeout, protection: required}
	s.password, _ = u.User.Password()
	port := u.Port()
	switch {
	case u.Scheme == "smtps":
		s.protection = implicit
		port = orElse(port, "465")
	case isLoopback(s.host):
		s.protection = none
		port = orElse(port, "587")
	default:
		port = orElse(port, "587")
	}
	s.addr = net.JoinHostPort(s.host, port)
	s.tls = &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}
	for name, values := range options {
		if err := s.set(name, values[len(values)-1]); err != nil {
			return nil, err
		}
	}
	if s.user != "" && s.protection == none && !isLoopback(s.host) {
		return nil, errors.New("mail: starttls=none would send the password of the mail server unencrypted")
	}
	return s, nil
}

// set applies one option of the address.
func (s *SMTP) set(name, value string) error {
	switch name {
	case "starttls":
		p := protection(value)
		if s.protection == implicit || !slices.Contains([]protection{required, opportunistic, none}, p) {
			return errors.New("mail: starttls is required, opportunistic or none, and only for smtp://")
		}
		s.protection = p
	case "from":
		from, err := netmail.ParseAddress(value)
		if err != nil {
			return errors.New("mail: from is not an address such as Roster <roster@example.com>")
		}
		if _, ok := wire(from.Address); !ok {
			return errors.New("mail: from is not an address that mail servers take")
		}
		s.from = *from
	case "ca":
		pem, err := os.ReadFile(value)
		if err != nil {
			return fmt.Errorf("mail: ca: %w", err)
		}
		s.tls.RootCAs = x509.NewCertPool()
		if !s.tls.RootCAs.AppendCertsFromPEM(pem) {
			return errors.New("mail: the ca file has no certificate in PEM")
		}
	case "timeout":
		d, err := time.ParseDuration(value)
		if err != nil || d <= 0 || d > maxTimeout {
			return errors.New("mail: timeout is a duration such as 30s, and at most 2m")
		}
		s.timeout = d
	default:
		return fmt.Errorf("mail: unknown option %q; there are starttls, from, ca and timeout", name)
	}
	return nil
}

// String is the server without its credentials, for logs.
func (s *SMTP) String() string { return fmt.Sprintf("%s (%s)", s.addr, s.protection) }

// From is the sender of letters that name none. Its address is empty unless the option from was given.
func (s *SMTP) From() netmail.Address { return s.from }

// Send delivers one letter to its one recipient and returns nil when the mail server has taken responsibility for it.
// Any other outcome is an [*Error].
//
// When the reply to a complete letter gets lost, the error is temporary although the letter may have arrived. Send
// transmits a letter at most once; repeating is the caller's decision.
func (s *SMTP) Send(ctx context.Context, e Envelope) error {
	if e.From.Address == "" {
		e.From.Address = s.from.Address
		e.From.Name = orElse(e.From.Name, s.from.Name)
	}
	from, to, raw, err := e.encode()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	at, err := s.deliver(ctx, from, to, raw)
	if err != nil {
		return classify(at, errors.Join(err, context.Cause(ctx)))
	}
	return nil
}

// deliver holds the dialog and says in which step it failed.
func (s *SMTP) deliver(ctx context.Context, from, to string, raw []byte) (step, error) {
	conn, err := s.dial(ctx)
	if err != nil {
		return connecting, err
	}
	defer conn.Close()
	// A deadline in the past ends whatever the dialog waits for as soon as the context does.
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()

	c, err := smtp.NewClient(conn, s.host)
	if err != nil {
		return connecting, err
	}
	if err := c.Hello(s.helo(from)); err != nil {
		return connecting, err
	}
	if err := s.secure(c); err != nil {
		return securing, err
	}
	if err := s.signIn(c); err != nil {
		return signingIn, err
	}
	c.SkipSMTPUTF8(true) // all addresses are ASCII, and servers behind this one may not know SMTPUTF8
	if err := c.Mail("<" + from + ">"); err != nil {
		return sending, err
	}
	if err := c.Rcpt("<" + to + ">"); err != nil {
		return addressing, err
	}
	w, err := c.Data()
	if err != nil {
		return delivering, err
	}
	if _, err := w.Write(raw); err != nil {
		return delivering, err // without Close: closing would end, and so send, half a letter
	}
	if err := w.Close(); err != nil {
		return delivering, err
	}
	_ = c.Quit() // the letter is accepted; whether the server also says goodbye changes nothing
	return delivering, nil
}

func (s *SMTP) dial(ctx context.Context) (net.Conn, error) {
	if s.protection == implicit {
		return (&tls.Dialer{Config: s.tls}).DialContext(ctx, "tcp", s.addr)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", s.addr)
}

// helo is the name that we introduce ourselves with: the sender's domain. Host names of containers are of no use to
// anybody, and some servers refuse them.
func (s *SMTP) helo(from string) string {
	_, domain, _ := strings.Cut(from, "@")
	return domain
}

// secure turns on TLS where it is not on already.
func (s *SMTP) secure(c *smtp.Client) error {
	if s.protection == implicit || s.protection == none {
		return nil
	}
	if offered, _ := c.Extension("STARTTLS"); !offered {
		if s.protection == required {
			return errors.New("the server does not offer STARTTLS")
		}
		return nil
	}
	return c.StartTLS(s.tls)
}

// signIn presents the credentials, if there are any, over an encrypted connection or within this machine only.
func (s *SMTP) signIn(c *smtp.Client) error {
	if s.user == "" {
		return nil
	}
	local := isLoopback(s.host)
	_, mechanisms := c.Extension("AUTH")
	offered := strings.Fields(strings.ToUpper(mechanisms))
	switch {
	case slices.Contains(offered, "PLAIN"):
		return c.Auth(smtp.PlainAuth("", s.user, s.password, s.host, local))
	case slices.Contains(offered, "LOGIN"):
		return c.Auth(smtp.LoginAuth(s.user, s.password, s.host, local))
	}
	return errors.New("the server offers neither PLAIN nor LOGIN")
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
