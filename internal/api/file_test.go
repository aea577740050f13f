package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"roster/internal/authz"
	"roster/internal/op"
)

// sent is a file that a route takes, and kept is one that a route gives.
type sent struct {
	File []byte `body:"file" json:"-"`
}

type kept struct{ content string }

func (k kept) ETag() string                    { return `"v1"` }
func (k kept) File() (kind string, all []byte) { return "image/png", []byte(k.content) }

func TestRoutesTakeAndGiveFiles(t *testing.T) {
	a := New(Options{
		Caller: func(*http.Request) (authz.Caller, error) { return authz.Caller{}, nil }, Log: slog.New(slog.DiscardHandler), Title: "Pictures", Version: "1",
	})
	var got string
	mount(a, "PUT", "/picture", op.Spec{Name: "picture.set", Needs: authz.Everybody, Scope: authz.Public, Writes: true},
		func(_ context.Context, _ op.Call, in sent) (op.Nothing, error) {
			got = string(in.File)
			return op.Nothing{}, nil
		},
		[]Option{Summary("Set it"), Tag("Pictures"), Takes("image/png", "image/gif"), MaxBody(10),
			After(func(w http.ResponseWriter, _ *http.Request, _ op.Nothing) { w.Header().Set("Set-Cookie", "a=b") })})
	mount(a, "GET", "/picture", op.Spec{Name: "picture.get", Needs: authz.Everybody, Scope: authz.Public},
		func(context.Context, op.Call, op.Nothing) (kept, error) { return kept{"pixels"}, nil },
		[]Option{Summary("Get it"), Tag("Pictures"), Gives("image/png")})
	ask := func(method, kind, body string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "/api/v1/picture", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		for i := 0; i+1 < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		return w
	}
	if w := ask("PUT", "image/gif", "{}"); w.Code != http.StatusNoContent || got != "{}" || w.Header().Get("Set-Cookie") == "" {
		t.Errorf("a file: %d %q %v", w.Code, got, w.Header())
	}
	for kind, body := range map[string]string{"application/json": "{}", "image/svg+xml": "<svg/>", "": "x"} {
		if w := ask("PUT", kind, body); w.Code != http.StatusUnsupportedMediaType {
			t.Errorf("%q: %d", kind, w.Code)
		}
	}
	if w := ask("PUT", "image/png", "more than ten"); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d", w.Code)
	}
	w := ask("GET", "", "")
	if h := w.Header(); w.Body.String() != "pixels" || h.Get("Content-Type") != "image/png" || h.Get("Cache-Control") != "private, no-cache" || h.Get("ETag") != `"v1"` {
		t.Errorf("the answer: %q %v", w.Body, h)
	}
	if w := ask("GET", "", "", "If-None-Match", `"v1"`); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("what the client has: %d", w.Code)
	}
	docs := httptest.NewRecorder()
	a.ServeHTTP(docs, httptest.NewRequest(http.MethodGet, "/api/docs", nil))
	if docs.Code != http.StatusOK || !strings.Contains(docs.Body.String(), "--data-binary @FILE") || !strings.Contains(string(a.OpenAPI()), `"image/gif"`) {
		t.Errorf("the documents: %d", docs.Code)
	}
}
