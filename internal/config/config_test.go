package config_test

import (
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"roster/internal/config"
)

// cli is a command line as the program has it: one command with all settings, one
// with a few.
type cli struct {
	config.File
	Serve  serveCmd  `cmd:""`
	Doctor doctorCmd `cmd:""`
}

type serveCmd struct{ config.Serve }

type doctorCmd struct{ config.Storage }

func (serveCmd) Run() error  { return nil }
func (doctorCmd) Run() error { return nil }

// parse runs the command line with an environment and the content of a file.
func parse(t *testing.T, file string, env map[string]string, args ...string) (cli, error) {
	t.Helper()
	for name, value := range env {
		t.Setenv(name, value)
	}
	if file != "" {
		path := filepath.Join(t.TempDir(), "roster.json")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--config", path)
	}
	var c cli
	parser, err := kong.New(&c, kong.Configuration(config.Load), kong.Exit(func(int) { t.Fatal("exit") }))
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(args)
	return c, err
}

func TestDefaults(t *testing.T) {
	c, err := parse(t, "", nil, "serve")
	if err != nil {
		t.Fatal(err)
	}
	s := c.Serve.Serve
	if s.Listen != "127.0.0.1:8080" || s.MetricsListen != "" || s.Demo || s.SMTP.Set() || s.PasswordMinLength != 15 ||
		s.LogLevel != slog.LevelInfo || s.LogFormat != "text" || s.ShutdownTimeout != 20*time.Second || len(s.TrustedProxies) != 0 {
		t.Errorf("got %+v", s)
	}
	if s.Database.Kind() != config.SQLite || s.Database.Path() != "roster.db" || s.Database.URL() != "" || s.KeyPath() != "roster.key" {
		t.Errorf("database %v, key %s", s.Database, s.KeyPath())
	}
	if got := s.BaseURL(8080).String(); got != "http://localhost:8080" || !s.Loopback() {
		t.Errorf("base URL %s, loopback %v", got, s.Loopback())
	}
}

func TestEverySettingThreeWays(t *testing.T) {
	settings := map[string]string{ // flag to value
		"database": "postgres://roster:hunter2@db.example.com/roster", "key-file": "/etc/roster/keys",
		"listen": "0.0.0.0:9000", "metrics-listen": "127.0.0.1:9100", "public-url": "https://id.example.com/",
		"smtp": "smtps://u:p%40ss@mail.example.com", "mail-from": "id@example.com",
		"trusted-proxies": "10.0.0.0/8,::1/128", "password-min-length": "8",
		"log-level": "debug", "log-format": "json", "shutdown-timeout": "1m", "demo": "true",
	}
	var args, members []string
	env := map[string]string{}
	for flag, value := range settings {
		name := strings.ReplaceAll(flag, "-", "_")
		args = append(args, "--"+flag+"="+value)
		env["ROSTER_"+strings.ToUpper(name)] = value
		members = append(members, fmt.Sprintf("%q: %q", name, value))
	}
	file := "{" + strings.Join(members, ",") + "}"

	check := func(t *testing.T, c cli, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		s := c.Serve.Serve
		if s.Database.Kind() != config.Postgres || s.Database.URL() != settings["database"] || s.Database.Path() != "" ||
			s.KeyPath() != "/etc/roster/keys" || s.Listen != "0.0.0.0:9000" || s.MetricsListen != "127.0.0.1:9100" ||
			s.BaseURL(1).String() != "https://id.example.com" || s.MailFrom != "id@example.com" || s.PasswordMinLength != 8 ||
			s.LogLevel != slog.LevelDebug || s.LogFormat != "json" || s.ShutdownTimeout != time.Minute || !s.Demo || s.Loopback() {
			t.Errorf("got %+v", s)
		}
		want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
		if diff := cmp.Diff(fmt.Sprint(want), fmt.Sprint(s.TrustedProxies)); diff != "" {
			t.Error(diff)
		}
		if got := s.SMTP.Address(); got != settings["smtp"] {
			t.Error(got)
		}
	}
	t.Run("flags", func(t *testing.T) {
		c, err := parse(t, "", nil, append([]string{"serve"}, args...)...)
		check(t, c, err)
	})
	t.Run("environment", func(t *testing.T) {
		c, err := parse(t, "", env, "serve")
		check(t, c, err)
	})
	t.Run("file", func(t *testing.T) {
		c, err := parse(t, file, nil, "serve")
		check(t, c, err)
	})
	t.Run("file named by the environment", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "roster.json")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := parse(t, "", map[string]string{"ROSTER_CONFIG": path}, "serve")
		check(t, c, err)
	})
	t.Run("a file serves commands that use a part of it", func(t *testing.T) {
		c, err := parse(t, file, nil, "doctor")
		if err != nil || c.Doctor.Database.Kind() != config.Postgres {
			t.Errorf("%v, %v", c.Doctor.Database, err)
		}
	})
}

func TestPrecedence(t *testing.T) {
	file := `{"listen": "127.0.0.1:1", "trusted_proxies": ["10.0.0.0/8", "10.1.0.0/16"], "demo": true, "password_min_length": 9}`
	env := map[string]string{"ROSTER_LISTEN": "127.0.0.1:2", "ROSTER_DEMO": "false"}
	c, err := parse(t, file, env, "serve")
	if s := c.Serve; err != nil || s.Listen != "127.0.0.1:2" || s.Demo || s.PasswordMinLength != 9 || len(s.TrustedProxies) != 2 {
		t.Errorf("%+v, %v", s, err)
	}
	c, err = parse(t, file, env, "serve", "--listen", "127.0.0.1:3")
	if c.Serve.Listen != "127.0.0.1:3" || err != nil {
		t.Errorf("%s, %v", c.Serve.Listen, err)
	}
}

func TestRefuses(t *testing.T) {
	tests := []struct {
		name, file string
		args       []string
		want       string
	}{
		{"no port", "", []string{"--listen=localhost"}, "--listen \"localhost\" must be HOST:PORT"},
		{"big port", "", []string{"--listen=:70000"}, "must be HOST:PORT"},
		{"metrics on the same address", "", []string{"--metrics-listen=127.0.0.1:8080"}, "must differ"},
		{"public URL without scheme", "", []string{"--public-url=id.example.com"}, "must be a complete address"},
		{"public URL of another scheme", "", []string{"--public-url=ftp://id.example.com"}, "must be a complete address"},
		{"public URL without TLS", "", []string{"--public-url=http://id.example.com"}, "must begin with https://"},
		{"public URL without TLS, near miss", "", []string{"--public-url=http://localhost.example.com"}, "must begin with https://"},
		{"public URL with a path", "", []string{"--public-url=https://example.com/roster"}, "host name of its own"},
		{"public URL with a query", "", []string{"--public-url=https://example.com?x"}, "host name of its own"},
		{"database path only", "", []string{"--database=roster.db"}, "sqlite:FILE"},
		{"database without file", "", []string{"--database=sqlite:"}, "names no file"},
		{"database in memory", "", []string{"--database=sqlite::memory:"}, "file on disk"},
		{"database with slashes", "", []string{"--database=sqlite:///x.db"}, "slashes"},
		{"other database", "", []string{"--database=mysql://u:hunter2@h/d"}, "sqlite:FILE"},
		{"no database name", "", []string{"--database=postgres://u:hunter2@h"}, "names no database"},
		{"no database host", "", []string{"--database=postgres:///d"}, "names no host"},
		{"bad password in the address", "", []string{"--database=postgres://u:hunter2%@h/d"}, "sqlite:FILE"},
		{"all the world as proxy", "", []string{"--trusted-proxies=0.0.0.0/0"}, "trust everybody"},
		{"short passwords", "", []string{"--password-min-length=7"}, "from 8 to 64"},
		{"no time to stop", "", []string{"--shutdown-timeout=0s"}, "more than 0"},
		{"log format", "", []string{"--log-format=xml"}, "text"},
		{"several at once", "", []string{"--listen=x", "--password-min-length=7"}, "HOST:PORT, such as 127.0.0.1:8080, or :8080 for all interfaces\n"},
		{"unknown key", `{"publik_url": "https://id.example.com"}`, nil, `"publik_url" is no setting`},
		{"key with a hyphen", `{"public-url": "https://id.example.com"}`, nil, `"public-url" is no setting`},
		{"not an object", `[]`, nil, "not a JSON object"},
		{"not JSON", `listen: x`, nil, "not a JSON object"},
		{"from the file", `{"listen": "localhost"}`, nil, "must be HOST:PORT"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := parse(t, test.file, nil, append([]string{"serve"}, test.args...)...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error = %v, want %q", err, test.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error shows a password: %v", err)
			}
		})
	}
}

func TestRefusalOfAVariableShowsNoPassword(t *testing.T) {
	for name, value := range map[string]string{
		"ROSTER_DATABASE": "postgres://u:hunter2@h", "ROSTER_PUBLIC_URL": "https://u:hunter2@h",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse(t, "", map[string]string{name: value}, "serve")
			if err == nil || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("error = %v", err)
			}
		})
	}
	t.Run("other command", func(t *testing.T) {
		_, err := parse(t, "", map[string]string{"ROSTER_DATABASE": "postgres://u:hunter2@h"}, "doctor")
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("error = %v", err)
		}
	})
}

func TestPublicURL(t *testing.T) {
	for _, good := range []string{
		"https://id.example.com", "https://ID.example.com:8443/", "http://localhost:8080", "http://a.localhost",
		"http://127.0.0.2:80", "http://[::1]:8080",
	} {
		c, err := parse(t, "", nil, "serve", "--public-url", good)
		if want := strings.ToLower(strings.TrimSuffix(good, "/")); err != nil || c.Serve.BaseURL(1).String() != want {
			t.Errorf("%s: %v", good, err)
		}
	}
}

func TestKeyPath(t *testing.T) {
	for database, want := range map[string]string{
		"sqlite:roster.db":                 "roster.key",
		"sqlite:/var/lib/roster/roster.db": "/var/lib/roster/roster.key",
		"postgres://h/d":                   "roster.key",
	} {
		c, err := parse(t, "", nil, "doctor", "--database", database)
		if err != nil || c.Doctor.KeyPath() != want {
			t.Errorf("%s: %s, %v", database, c.Doctor.KeyPath(), err)
		}
	}
}

func TestAddressesPrintWithoutPassword(t *testing.T) {
	c, err := parse(t, "", nil, "serve", "--database=postgres://u:hunter2@h/d", "--smtp=smtp://u:hunter2@h:25")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		fmt.Fprintf(&out, verb+verb, c.Serve, &c.Serve.Serve)
		fmt.Fprintf(&out, verb+verb, c.Serve.Database, c.Serve.SMTP)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("start", "database", c.Serve.Database, "smtp", c.Serve.SMTP, "all", c.Serve.Serve)
	if strings.Contains(out.String(), "hunter2") {
		t.Error(out.String())
	}
	if !strings.Contains(out.String(), "postgres://u:xxxxx@h/d") || !strings.Contains(out.String(), "smtp://u:xxxxx@h:25") {
		t.Errorf("nothing is left: %s", out.String())
	}
}
