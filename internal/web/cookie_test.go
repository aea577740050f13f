package web

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/secret"
	"roster/internal/web/ui"
)

// callerOf is what the kit reads from a request.
func callerOf(t *testing.T, base string, changes ...func(*http.Request)) (authz.Caller, error) {
	t.Helper()
	w := newWorld(t, base)
	var caller authz.Caller
	var err error
	w.Mount("/", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { caller, err = CallerOf(r) }), nil)
	w.do(httptest.NewRequest(http.MethodGet, base+"/", nil), changes...)
	return caller, err
}

func TestCallerHoldsEachSession(t *testing.T) {
	one, two, operator := token(secret.Session), token(secret.Session), token(secret.Operator)
	caller, err := callerOf(t, public,
		cookie("__Host-roster-"+string(nordly), one), cookie("__Host-roster-"+string(saguar), two),
		cookie("__Host-roster-operator", operator), header("User-Agent", "Firefox\u202e\u009b"+strings.Repeat("x", 1<<20)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		got   []byte
		clear string
		kind  secret.Prefix
	}{{caller.Sessions[nordly], one, secret.Session}, {caller.Sessions[saguar], two, secret.Session}, {caller.Operator, operator, secret.Operator}} {
		if hash, ok := secret.HashToken(c.clear, c.kind); !ok || !bytes.Equal(c.got, hash.Bytes()) {
			t.Errorf("%x is not the hash of its token", c.got)
		}
	}
	if len(caller.Sessions) != 2 || caller.Key != nil || caller.System != "" {
		t.Errorf("%+v", caller)
	}
	if agent := caller.Origin.Agent; len(agent) > 256 || !strings.HasPrefix(agent, "Firefox??xx") {
		t.Errorf("agent %q", agent)
	}
}

func TestCallerIgnoresWhatIsNoToken(t *testing.T) {
	session := token(secret.Session)
	for name, change := range map[string]func(*http.Request){
		"truncated":          cookie("__Host-roster-"+string(nordly), session[:len(session)-1]),
		"mistyped":           cookie("__Host-roster-"+string(nordly), session[:len(session)-1]+"!"),
		"a key":              cookie("__Host-roster-"+string(nordly), token(secret.APIKey)),
		"a session":          cookie("__Host-roster-operator", session),
		"an operator":        cookie("__Host-roster-"+string(nordly), token(secret.Operator)),
		"a device":           cookie("__Host-roster-operator", token(secret.Device)),
		"no organization":    cookie("__Host-roster-org_1", session),
		"without the prefix": cookie("roster-"+string(nordly), session),
		"empty":              cookie("__Host-roster-"+string(nordly), ""),
		"bearer, truncated":  header("Authorization", "Bearer "+token(secret.APIKey)[:40]),
		"bearer, session":    header("Authorization", "Bearer "+session),
		"basic":              header("Authorization", "Basic "+token(secret.APIKey)),
		"bare":               header("Authorization", token(secret.APIKey)),
	} {
		caller, err := callerOf(t, public, change)
		if err != nil || len(caller.Sessions) > 0 || caller.Operator != nil || caller.Key != nil {
			t.Errorf("%s: %+v, %v", name, caller, err)
		}
	}
	// Planted beside ours by somebody who could: the first one counts, alone.
	caller, err := callerOf(t, public, cookie("__Host-roster-"+string(nordly), session), cookie("__Host-roster-"+string(nordly), token(secret.Session)))
	hash, _ := secret.HashToken(session, secret.Session)
	if err != nil || !bytes.Equal(caller.Sessions[nordly], hash.Bytes()) {
		t.Errorf("%+v, %v", caller, err)
	}
}

func TestCallerWithAKey(t *testing.T) {
	key := token(secret.APIKey)
	hash, _ := secret.HashToken(key, secret.APIKey)
	for _, scheme := range []string{"Bearer ", "bearer ", "Bearer  "} {
		caller, err := callerOf(t, public, header("Authorization", scheme+key))
		if err != nil || !bytes.Equal(caller.Key, hash.Bytes()) {
			t.Errorf("%q: %+v, %v", scheme, caller, err)
		}
	}
	for other, kind := range map[string]secret.Prefix{string(nordly): secret.Session, "operator": secret.Operator} {
		caller, err := callerOf(t, public, header("Authorization", "Bearer "+key), cookie("__Host-roster-"+other, token(kind)))
		if !errs.Is(err, "two_credentials") || caller.Key != nil || caller.Sessions != nil {
			t.Errorf("%s: %+v, %v", other, caller, err)
		}
	}
}

func TestCookiesOfAPage(t *testing.T) {
	later := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	for base, c := range map[string]struct {
		prefix string
		secure bool
	}{public: {"__Host-roster-", true}, "http://127.0.0.1:8080": {"roster-", false}} {
		w := newWorld(t, base)
		session, _ := secret.NewToken(secret.Session)
		device, deviceHash := secret.NewToken(secret.Device)
		w.page("GET /in", func(x *Context) (Response, error) {
			x.SetSession(nordly, session, time.Time{})
			x.SetOperator(session, later)
			x.SetDevice(nordly, device)
			x.EndSession(saguar)
			if x.Query("fail") != "" {
				return Response{}, errs.Conflict("taken", "Taken.")
			}
			hash, ok := x.Device(nordly)
			if known := x.Query("known") != ""; ok != known || known && !hash.Equal(deviceHash) {
				t.Errorf("device: %v", ok)
			}
			return Redirect("/in"), nil
		})
		got := w.do(httptest.NewRequest(http.MethodGet, base+"/in", nil))
		byName := map[string]*http.Cookie{}
		for _, k := range got.Cookies() {
			byName[strings.TrimPrefix(k.Name, c.prefix)] = k
			if !k.HttpOnly || k.Secure != c.secure || k.SameSite != http.SameSiteLaxMode || k.Path != "/" || k.Domain != "" {
				t.Errorf("%s: %+v", base, k)
			}
		}
		if k := byName[string(nordly)]; k == nil || k.Value != session.Reveal() || !k.Expires.IsZero() || k.MaxAge != 0 {
			t.Errorf("session: %+v", k)
		}
		if k := byName["operator"]; k == nil || !k.Expires.Equal(later) {
			t.Errorf("operator: %+v", k)
		}
		if k := byName[string(saguar)]; k == nil || k.MaxAge >= 0 || k.Value != "" {
			t.Errorf("ended: %+v", k)
		}
		if k := byName["device-"+string(nordly)]; k == nil || k.Expires.Before(time.Now().Add(300*24*time.Hour)) {
			t.Errorf("device: %+v", k)
		}
		w.do(httptest.NewRequest(http.MethodGet, base+"/in?known=1", nil), cookie(c.prefix+"device-"+string(nordly), device.Reveal()))
		if failed := w.do(httptest.NewRequest(http.MethodGet, base+"/in?fail=1", nil)); failed.StatusCode != 409 || len(failed.Cookies()) > 0 {
			t.Errorf("a refused page left cookies: %v", failed.Cookies())
		}
	}
}

func TestFlashIsSaidOnce(t *testing.T) {
	w := newWorld(t, public)
	w.page("POST /do", func(c *Context) (Response, error) {
		c.Flash(ui.Flash{Tone: ui.Good, Text: "Maya <was> added."})
		return Redirect("/see"), nil
	})
	w.page("GET /see", func(c *Context) (Response, error) { return Render(c.PublicPage("See")), nil })
	did := w.post("/do", nil)
	if len(did.Cookies()) != 1 || strings.Contains(did.Cookies()[0].Value, "Maya") {
		t.Fatalf("cookies: %v", did.Cookies())
	}
	flash := did.Cookies()[0]
	seen := w.get("/see", cookie(flash.Name, flash.Value))
	if !strings.Contains(seen.body, "Maya &lt;was&gt; added.") {
		t.Errorf("not said: %s", seen.body)
	}
	if len(seen.Cookies()) != 1 || seen.Cookies()[0].MaxAge >= 0 {
		t.Errorf("not forgotten: %v", seen.Cookies())
	}
	for _, forged := range []string{"", "a", flash.Value[:len(flash.Value)-2], "A" + flash.Value, "eyJUZXh0IjoiZXZpbCJ9"} {
		if got := w.get("/see", cookie(flash.Name, forged)); got.StatusCode != 200 || strings.Contains(got.body, "flash") {
			t.Errorf("%q was said", forged)
		}
	}
}
