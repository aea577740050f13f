package web

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"roster/internal/secret"
)

// S-154: a log line is one line, and nothing in it speaks to a terminal.
func TestTameLog(t *testing.T) {
	nasty := "a\r\nlevel=ERROR msg=forged\x1b[2J\x1b]0;title\x07\u009b1m\u202e\u2028b\xff"
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			log := slog.New(TameLog(TameLog(handler(&out)))).With("with", nasty)
			log.Error("msg "+nasty, "string", nasty, "error", errors.New(nasty), "list", []string{nasty}, slog.Group("group", "inner", nasty))
			line := out.String()
			if strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\n") {
				t.Errorf("not one line: %q", line)
			}
			for _, bad := range []string{"\r", "\x1b", "\x07", "\u009b", "\u202e", "\u2028", "\xff"} {
				if strings.Contains(line, bad) {
					t.Errorf("%q stands in %q", bad, line)
				}
			}
			out.Reset()
			log.Info("cut", "long", strings.Repeat("x\n", 1<<20))
			if out.Len() > 3<<10 {
				t.Errorf("%d bytes", out.Len())
			}
			out.Reset()
			clear := secret.NewClear("hunter2")
			log.Info("kept", "plain", "Maja Bergström, 3 %", "number", 7, "secret", clear)
			if got := out.String(); !strings.Contains(got, "Maja Bergström, 3 %") || strings.Contains(got, "hunter2") {
				t.Errorf("%s", got)
			}
		})
	}
}

func TestRequestsAreLoggedWithoutPersons(t *testing.T) {
	w := newWorld(t, public)
	w.page("GET /o/{org}/users/{user}", func(c *Context) (Response, error) { return say("x"), nil })
	session := token(secret.Session)
	w.get("/o/nordlys/users/maya@nordlys.test?q=searched", cookie("__Host-roster-"+string(nordly), session),
		header("User-Agent", "agent\u009b"), func(r *http.Request) { r.RemoteAddr = "203.0.113.7:1" })
	w.get("/maya@nordlys.test")
	logs := w.logs.String()
	for _, want := range []string{`route="GET /o/{org}/users/{user}"`, "status=200", "method=GET", "ms=", "request_id=req_", "route=none", "status=404", "code=not_found"} {
		if !strings.Contains(logs, want) {
			t.Errorf("no %s in\n%s", want, logs)
		}
	}
	for _, bad := range []string{"maya", "searched", "nordlys", session, "agent", "203.0.113.7"} {
		if strings.Contains(logs, bad) {
			t.Errorf("%s stands in\n%s", bad, logs)
		}
	}
}

func TestRequestsAreCounted(t *testing.T) {
	w := newWorld(t, public)
	w.page("GET /page", func(c *Context) (Response, error) { return say("x"), nil })
	w.page("GET /panic", func(c *Context) (Response, error) { panic("oops") })
	for _, path := range []string{"/page", "/page", "/panic", "/a", "/b"} {
		w.get(path)
	}
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(w.Collectors()...)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, family := range families {
		for _, m := range family.Metric {
			name := family.GetName()
			for _, label := range m.Label {
				name += " " + label.GetValue()
			}
			if m.Counter != nil {
				got[name] = m.Counter.GetValue()
			}
		}
	}
	want := map[string]float64{
		"roster_http_requests_total GET /page 200": 2, "roster_http_requests_total GET /panic 500": 1,
		"roster_http_requests_total none 404": 2, "roster_http_panics_total": 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
