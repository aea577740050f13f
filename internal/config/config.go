// Package config holds the settings of the program, and reads and checks them.
//
// Every setting is a flag, an environment variable ROSTER_… and a key of a JSON
// file (see [Load]). A flag wins over the variable, the variable over the file, the
// file over the default. The structs carry the tags of alecthomas/kong and are
// embedded in the commands that need them; kong calls Validate before a command
// runs, so what a command sees is checked.
//
// A value that may hold a password never appears in an error or a log: use its
// String method to show it.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Storage is what every command that opens the database needs.
type Storage struct {
	Database Database `help:"Database: sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME." default:"sqlite:roster.db" env:"ROSTER_DATABASE" placeholder:"ADDRESS"`
	KeyFile  string   `help:"File with the keys for secrets at rest. Default: roster.key beside the SQLite file, or in the working directory. All nodes need the same one." env:"ROSTER_KEY_FILE" placeholder:"FILE" type:"path"`
}

// KeyPath returns where the key file is or is to be created.
func (s *Storage) KeyPath() string {
	if s.KeyFile != "" {
		return s.KeyFile
	}
	return filepath.Join(filepath.Dir(s.Database.Path()), "roster.key")
}

// Validate checks the settings. Its errors say which flag to change and how.
func (s *Storage) Validate() error { return s.Database.check() }

// Log says what is logged and how.
type Log struct {
	LogLevel  slog.Level `help:"Least important messages to log: debug, info, warn or error." default:"info" env:"ROSTER_LOG_LEVEL" placeholder:"LEVEL"`
	LogFormat string     `help:"Form of the log: text or json." default:"text" enum:"text,json" env:"ROSTER_LOG_FORMAT" placeholder:"FORMAT"`
}

// Serve is everything that `roster serve` can be told.
type Serve struct {
	Storage
	Log

	Listen        string `help:"Address to listen on." default:"127.0.0.1:8080" env:"ROSTER_LISTEN" placeholder:"HOST:PORT"`
	MetricsListen string `help:"Address for /metrics, apart from the pages. Default: none." env:"ROSTER_METRICS_LISTEN" placeholder:"HOST:PORT"`
	PublicURL     string `help:"Address at which people reach Roster; every link in an e-mail begins with it. Default: http://localhost with the port of --listen." env:"ROSTER_PUBLIC_URL" placeholder:"URL"`

	SMTP     SMTP   `help:"Mail server: smtp://USER:PASSWORD@HOST:PORT, or smtps:// for TLS from the start. Default: none; mails appear at /mailbox, for this machine only." env:"ROSTER_SMTP" placeholder:"URL"`
	MailFrom string `help:"Sender of e-mails. Default: roster@ and the host of --public-url." env:"ROSTER_MAIL_FROM" placeholder:"ADDRESS"`

	TrustedProxies []netip.Prefix `help:"Networks whose X-Forwarded headers count, separated by commas. Default: none." env:"ROSTER_TRUSTED_PROXIES" placeholder:"CIDR"`

	PasswordMinLength int `help:"Shortest password without a second factor, 8 to 64 characters." default:"15" env:"ROSTER_PASSWORD_MIN_LENGTH" placeholder:"N"`

	ShutdownTimeout time.Duration `help:"How long requests may take to end when the server stops." default:"20s" env:"ROSTER_SHUTDOWN_TIMEOUT" placeholder:"DURATION"`
	Demo            bool          `help:"Fill a sample organization and print how to sign in." env:"ROSTER_DEMO"`
}

// Validate checks the settings and reports everything that is wrong, not only the
// first. Its errors say which flag to change and how.
func (s *Serve) Validate() error {
	_, urlErr := parsePublicURL(s.PublicURL)
	errs := []error{
		s.Storage.Validate(),
		checkListen("--listen", s.Listen),
		urlErr,
	}
	if s.MetricsListen != "" {
		errs = append(errs, checkListen("--metrics-listen", s.MetricsListen))
		if s.MetricsListen == s.Listen && !strings.HasSuffix(s.Listen, ":0") {
			errs = append(errs, errors.New("--metrics-listen must differ from --listen"))
		}
	}
	for _, p := range s.TrustedProxies {
		if p.Bits() == 0 {
			errs = append(errs, fmt.Errorf("--trusted-proxies %s would trust everybody; name the network of the proxy", p))
		}
	}
	if s.PasswordMinLength < 8 || s.PasswordMinLength > 64 {
		errs = append(errs, fmt.Errorf("--password-min-length %d must be from 8 to 64", s.PasswordMinLength))
	}
	if s.ShutdownTimeout <= 0 || s.ShutdownTimeout > time.Hour {
		errs = append(errs, fmt.Errorf("--shutdown-timeout %s must be more than 0 and at most 1h", s.ShutdownTimeout))
	}
	return errors.Join(errs...)
}

// BaseURL returns the address that people reach, without a slash at its end. port
// is the one that the server really listens on; it counts if no public URL is set.
// The settings must be valid.
func (s *Serve) BaseURL(port uint16) *url.URL {
	if s.PublicURL == "" {
		return &url.URL{Scheme: "http", Host: net.JoinHostPort("localhost", strconv.Itoa(int(port)))}
	}
	u, err := parsePublicURL(s.PublicURL)
	if err != nil {
		panic("config: BaseURL of settings that are not valid")
	}
	return u
}

// Loopback reports whether the server is reached from this machine only. What must
// not be seen by others, such as the local mailbox, asks it.
func (s *Serve) Loopback() bool {
	host, _, err := net.SplitHostPort(s.Listen)
	return err == nil && isLoopback(host)
}

func checkListen(flag, address string) error {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("%s %q must be HOST:PORT, such as 127.0.0.1:8080, or :8080 for all interfaces", flag, address)
	}
	return nil
}

// parsePublicURL reads a --public-url. An empty one is no error.
func parsePublicURL(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(s, "/"))
	switch {
	case s == "":
		return nil, nil
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("--public-url %q must be a complete address, such as https://roster.example.com", redacted(s))
	case u.User != nil || u.Path != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, fmt.Errorf("--public-url %q must have no user, path or query: Roster needs a host name of its own", redacted(s))
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, fmt.Errorf("--public-url %q must begin with https://, since passwords and links travel there; http:// is possible for localhost only", s)
	}
	u.Host = strings.ToLower(u.Host)
	return u, nil
}

// isLoopback reports whether host is this machine by its name or its address.
func isLoopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// redacted returns s without the password that a URL may hold. What cannot be read
// as a URL is not shown at all.
func redacted(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return "…"
	}
	if u.User == nil && strings.Contains(s, "@") {
		return "…" // user:password@host, with the scheme forgotten
	}
	return u.Redacted()
}
