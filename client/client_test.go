package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/client"
)

// answers is a server that answers one after the other, the last again and again, and
// notes what it was asked.
type answers struct {
	sync.Mutex
	list  []string // status, a space, the body
	asked []string
}

func (a *answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.Lock()
	defer a.Unlock()
	body, _ := io.ReadAll(r.Body)
	a.asked = append(a.asked, r.Method+" "+r.URL.RequestURI()+" "+string(body)+" "+r.Header.Get("Authorization"))
	now := a.list[0]
	if len(a.list) > 1 {
		a.list = a.list[1:]
	}
	status := map[string]int{"200": 200, "201": 201, "204": 204, "409": 409, "503": 503}[now[:3]]
	w.WriteHeader(status)
	_, _ = io.WriteString(w, strings.TrimSpace(now[3:]))
}

func serve(t *testing.T, list ...string) (*answers, *client.Client) {
	a := &answers{list: list}
	s := httptest.NewServer(a)
	t.Cleanup(s.Close)
	return a, client.New(s.URL+"/", "nord lys", "rst_key_1")
}

func TestAClientAsksAsTheDocumentSays(t *testing.T) {
	a, c := serve(t, `200 {"exists":true,"user":{"id":"usr_1","licenses":[{"service":"help","model":"seat","pool_id":"pol_1"}]}}`,
		`201 {"id":"lea_1","slot":3,"ttl_seconds":300}`, `200 {"id":"lea_1"}`, `204`, `200 {"results":[{"allowed":true,"reason":"role"}]}`, `200 {"exists":false,"user":null}`)
	ctx := t.Context()
	u, found, err := c.Lookup(ctx, "a+b@x.example")
	if err != nil || !found || u.Pool("help") != "pol_1" || u.Pool("fax") != "" {
		t.Errorf("looked up %+v, %v, %v", u, found, err)
	}
	l, err := c.Take(ctx, "pol_1", u.ID, "Mac", 5*time.Minute)
	if err != nil || l.ID != "lea_1" || l.Slot != 3 {
		t.Errorf("took %+v, %v", l, err)
	}
	if _, err := c.Renew(ctx, l.ID, time.Date(2026, 11, 27, 12, 0, 0, 0, time.FixedZone("", 3600))); err != nil {
		t.Error(err)
	}
	if err := c.Return(ctx, l.ID); err != nil {
		t.Error(err)
	}
	if v, err := c.Check(ctx, client.Check{User: "usr_1", Permission: "help.chat"}); err != nil || len(v) != 1 || !v[0].Allowed {
		t.Errorf("checked %+v, %v", v, err)
	}
	if _, found, err := c.Lookup(ctx, "nobody@x.example"); found || err != nil {
		t.Errorf("nobody: %v, %v", found, err)
	}
	const at = "/api/v1/organizations/nord%20lys"
	for i, want := range []string{
		"GET " + at + "/users/lookup?email=a%2Bb%40x.example ",
		"POST " + at + `/seat-pools/pol_1/leases {"device":"Mac","ttl_seconds":300,"user_id":"usr_1"}`,
		"PUT " + at + `/leases/lea_1 {"busy_until":"2026-11-27T11:00:00Z"}`,
		"DELETE " + at + "/leases/lea_1 ",
		"POST " + at + `/access/check {"checks":[{"user_id":"usr_1","permission":"help.chat"}]}`,
	} {
		if a.asked[i] != want+" Bearer rst_key_1" {
			t.Errorf("asked %q instead of %q", a.asked[i], want)
		}
	}
}

func TestWhatAServerDidNotTakeIsSentAgain(t *testing.T) {
	a, c := serve(t, "503 {}", "503 no JSON", `201 {"id":"lea_1"}`)
	if l, err := c.Take(t.Context(), "pol_1", "usr_1", "Mac", 0); err != nil || l.ID != "lea_1" || len(a.asked) != 3 {
		t.Errorf("took %+v, %v after %d", l, err, len(a.asked))
	}
	a, c = serve(t, `409 {"code":"no_seat","detail":"All 2 seats are in use.","details":{"free_at":"2026-11-27T12:00:00Z","holders":[{"name":"Ada","device":"Mac"}]}}`)
	_, err := c.Take(t.Context(), "pol_1", "usr_1", "Mac", 0)
	crowd, crowded := client.Crowded(err)
	if !crowded || len(a.asked) != 1 || len(crowd.Holders) != 1 || crowd.Holders[0].Name != "Ada" || crowd.Holders[0].Device != "Mac" || crowd.FreeAt.IsZero() {
		t.Errorf("refused with %v, %+v after %d", err, crowd, len(a.asked))
	}
	_, c = serve(t, "503 {}")
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if p, ok := errors.AsType[*client.Problem](c.Return(ctx, "lea_1")); !ok || p.Status != 503 {
		t.Errorf("a server that is not there: %+v", p)
	}
}

func TestALeaseIsKeptWhileItsUserIsActive(t *testing.T) {
	lease := client.Lease{ID: "lea_1", TTL: 1}
	a, c := serve(t, `200 {}`, `503 {}`, `409 {"code":"taken_over"}`)
	if err := c.Keep(t.Context(), lease, func() bool { return true }); !client.TakenOver(err) {
		t.Errorf("kept until %v after %v", err, a.asked)
	}
	ctx, stop := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer stop()
	a, c = serve(t, `200 {}`)
	if err := c.Keep(ctx, lease, func() bool { return false }); err != nil || len(a.asked) != 0 {
		t.Errorf("renewed for nobody: %v, %v", err, a.asked)
	}
	var l client.Lease
	if err := json.Unmarshal([]byte(`{"busy_until":null}`), &l); err != nil || !l.BusyUntil.IsZero() {
		t.Errorf("not busy: %v", err)
	}
}
