package auditlog_test

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"roster/internal/api"
	"roster/internal/app/apptest"
	"roster/internal/auditlog"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/user"
	"roster/internal/web"
)

// withAPI serves the API of this package beside its pages.
func withAPI(t testing.TB, w *apptest.World) http.Handler {
	t.Helper()
	kit, err := web.New(web.Options{Door: w.Door, PublicURL: "http://localhost:8080", Log: apptest.Log(t)})
	if err != nil {
		t.Fatal(err)
	}
	a := api.New(api.Options{Door: w.Door, Caller: web.CallerOf, Log: apptest.Log(t), Title: "test", Version: "1"})
	auditlog.Routes(a)
	kit.Mount("/api/", a, nil)
	if !strings.Contains(string(a.OpenAPI()), "text/csv") {
		t.Error("the OpenAPI document knows no CSV")
	}
	return kit.Handler()
}

func get(t testing.TB, h http.Handler, p apptest.Person, place apptest.Place, path, accept string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://localhost:8080"+path, nil)
	r.Header.Set("Accept", accept)
	r.AddCookie(&http.Cookie{Name: "roster-" + string(place.Org.ID), Value: p.Token.Reveal()})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t testing.TB, r *http.Response) string {
	t.Helper()
	all, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

func TestAPI(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h, events := withAPI(t, w), "/api/v1/organizations/alpha/audit-events"
		seal(t, w)
		r := get(t, h, w.A.Admin, w.A, events+"?name=user.&limit=1&count=true", "")
		var p struct {
			Items []map[string]any
			Next  *string `json:"next_cursor"`
			Total int
		}
		if err := json.NewDecoder(r.Body).Decode(&p); err != nil || r.StatusCode != 200 || len(p.Items) != 1 || p.Next == nil || p.Total != 2 {
			t.Fatalf("%d %+v, %v", r.StatusCode, p, err)
		}
		for _, member := range []string{"id", "at", "name", "actor", "subject", "changes", "address", "agent", "request_id"} {
			if _, ok := p.Items[0][member]; !ok {
				t.Errorf("an event without %s: %v", member, p.Items[0])
			}
		}
		if actor := p.Items[0]["actor"].(map[string]any); len(actor) != 3 || actor["kind"] != "system" {
			t.Errorf("actor %v", actor)
		}
		got := body(t, get(t, h, w.A.Admin, w.A, events+"/verify", ""))
		if !strings.Contains(got, `"ok":true`) || !strings.Contains(got, `"checked":3`) || !strings.Contains(got, `"first_broken":null`) {
			t.Error(got)
		}
		for path, want := range map[string]int{
			events + "?from=yesterday": 400, events + "?cursor=x": 400, events + "?color=red": 400, events + "/verify?anchor=x": 400,
			events + "?from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z": 400,
		} {
			if r := get(t, h, w.A.Admin, w.A, path, ""); r.StatusCode != want {
				t.Errorf("%s: %d", path, r.StatusCode)
			}
		}
		for _, path := range []string{events, events + "/verify", events + "/export"} {
			if r := get(t, h, w.A.User, w.A, path, ""); r.StatusCode != 403 {
				t.Errorf("a plain user, %s: %d", path, r.StatusCode)
			}
			if r := get(t, h, w.B.Admin, w.B, path, ""); r.StatusCode != 401 {
				t.Errorf("an admin of another organization, %s: %d", path, r.StatusCode)
			}
		}
		if r := get(t, h, w.A.Admin, w.A, "/api/v1/audit-events", ""); r.StatusCode != 401 {
			t.Errorf("an admin asks for the platform's events: %d", r.StatusCode)
		}
	})
}

func TestExports(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h, export := withAPI(t, w), "/api/v1/organizations/alpha/audit-events/export"
		write(t, w, w.A.Admin.Call(w.A), 1203, op.Subject{Kind: "key", ID: "key_1", Name: `=HYPERLINK("http://x.example","Click, please")`})

		lines := get(t, h, w.A.Admin, w.A, export, "")
		if kind := lines.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/x-ndjson") {
			t.Errorf("lines are %s", kind)
		}
		var exported []auditlog.Event
		for d := json.NewDecoder(lines.Body); d.More(); {
			var e auditlog.Event
			if err := d.Decode(&e); err != nil {
				t.Fatal(err)
			}
			exported = append(exported, e)
		}
		if first := list(t, w, w.A.Admin.Call(w.A), auditlog.ListInput{}).Items; len(exported) != 1206 || exported[0].ID != first[0].ID || exported[1205].Name != "organization.created" {
			t.Errorf("%d lines", len(exported))
		}

		table := get(t, h, w.A.Admin, w.A, export+"?name=user.", "text/html, text/csv;q=0.9")
		records, err := csv.NewReader(table.Body).ReadAll()
		if err != nil || len(records) != 1206 || !strings.HasPrefix(table.Header.Get("Content-Type"), "text/csv") ||
			!strings.Contains(table.Header.Get("Content-Disposition"), "audit-log.csv") {
			t.Fatalf("%d records, %v, %v", len(records), table.Header, err)
		}
		if at := slices.Index(records[0], "subject_name"); records[1][at] != `'=HYPERLINK("http://x.example","Click, please")` {
			t.Errorf("a formula is exported as %s", records[1][at])
		}
		if empty := body(t, get(t, h, w.A.Admin, w.A, export+"?name=none", "text/csv")); strings.Count(empty, "\n") != 1 {
			t.Errorf("an empty table is %q", empty)
		}
		if r := get(t, h, w.A.Admin, w.A, export+"?name=none", ""); r.StatusCode != 200 || body(t, r) != "" {
			t.Errorf("no lines are %d", r.StatusCode)
		}
		if r := get(t, h, w.A.Admin, w.A, export+"?q="+strings.Repeat("x", 200), "text/csv"); r.StatusCode != 400 || r.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("a refused export is %d %v", r.StatusCode, r.Header)
		}
	})
}

func TestPageShowsWhoDidWhat(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, auditlog.Pages).As(w.A.Admin, w.A)
		if _, err := user.Change.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), user.Update{ID: w.A.User.User.ID,
			Fields: user.Fields{Title: patch.To("<b>Chief</b>"), Department: patch.To("Sales"), FirstName: patch.To("Uma-Lea"), Country: patch.To("SE")}}); err != nil {
			t.Fatal(err)
		}
		page := b.Get("/o/alpha/audit")
		if page.Status != 200 || !page.Has("Today", "Uma-Lea User-Alpha", "Ada Admin-Alpha", `href="/o/alpha/users/`+string(w.A.User.User.ID), "<del", "&lt;b&gt;Chief", "1 more change", "192.0.2.1") {
			t.Errorf("%d\n%s", page.Status, page.Body)
		}
		if strings.Contains(page.Body, "Beta") || strings.Contains(page.Body, "<b>Chief") {
			t.Error("the page shows what it must not")
		}
		for query, want := range map[string][]string{
			"what=user.joined":                      {"Ada Admin-Alpha</bdi>", "joined"},
			"what=settings.":                        {"Nothing matches"},
			"q=nobody":                              {"Nothing matches"},
			"when=today&q=ada":                      {"Remove filter When", "changed"},
			"actor=" + string(w.A.Admin.User.ID):    {"Remove filter By", "changed"},
			"from=2020-01-01&to=2020-01-02":         {"Nothing matches", "2020-01-01 – 2020-01-02"},
			"subject=" + string(w.A.User.User.ID):   {"Remove filter About"},
			"what=" + url.QueryEscape(`"><script>`): {"&lt;script"},
		} {
			if page := b.Get("/o/alpha/audit?" + query); page.Status != 200 || !page.Has(want...) {
				t.Errorf("%s: %d\n%s", query, page.Status, page.Body)
			}
		}
		if page := b.Get("/o/alpha/audit?from=tomorrow"); page.Status != 400 {
			t.Errorf("a date that is none: %d", page.Status)
		}
		if page := b.Get("/o/alpha/audit/export.csv?what=user.joined"); page.Status != 200 || strings.Count(page.Body, "\n") != 3 {
			t.Errorf("the CSV is %d %q", page.Status, page.Body)
		}
		if page := b.Get("/o/alpha/audit/export.ndjson"); page.Status != 200 || strings.Count(page.Body, "\n") != 4 {
			t.Errorf("the lines are %d %q", page.Status, page.Body)
		}
	})
}

func TestPagesAreForThoseWhoMay(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		for _, path := range []string{"", "/verify", "/export.csv", "/export.ndjson"} {
			if page := w.Browser(t, auditlog.Pages).As(w.A.User, w.A).Get("/o/alpha/audit" + path); page.Status != 404 {
				t.Errorf("a plain user, %q: %d", path, page.Status)
			}
			if page := w.Browser(t, auditlog.Pages).As(w.B.Admin, w.B).Get("/o/alpha/audit" + path); page.Has("Alpha") || page.Status == 200 {
				t.Errorf("an admin of another organization, %q: %d", path, page.Status)
			}
		}
	})
}

func TestPageVerifies(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, auditlog.Pages).As(w.A.Admin, w.A)
		sealedWorld(t, w)
		if page := b.Get("/o/alpha/audit/verify"); page.Status != 200 || !page.Has("The log is whole.", "Events that fit", "10:") {
			t.Errorf("%d\n%s", page.Status, page.Body)
		}
		run(t, burglar(t, w), `update events set name = 'user.activated' where org_id = $1 and link = 7`, string(w.A.Org.ID))
		if page := b.Get("/o/alpha/audit/verify"); page.Status != 200 || !page.Has("Event 7 is not what was recorded", `role="alert"`) {
			t.Errorf("%d\n%s", page.Status, page.Body)
		}
	})
}
