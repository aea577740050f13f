package api_test

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"roster/internal/api"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/op"
)

// exporting serves one download whose formats write what the query says.
func exporting(t *testing.T) http.Handler {
	type in struct {
		What string `query:"what"`
	}
	type out struct{}
	a := api.New(api.Options{
		Caller: func(*http.Request) (authz.Caller, error) { return authz.Caller{}, nil },
		Log:    slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	write := func(format string) func(io.Writer, in, func(in) (out, error)) error {
		return func(w io.Writer, i in, _ func(in) (out, error)) error {
			switch i.What {
			case "nothing":
				return nil
			case "refusal":
				return errs.Forbidden("things.view")
			}
			if _, err := io.WriteString(w, format+" begins"); err != nil {
				return err
			}
			if i.What == "half" {
				return errors.New("the rest is missing")
			}
			return nil
		}
	}
	things := op.Query[in, out]{Name: "thing.export", Needs: authz.Everybody, Scope: authz.Public}
	api.Download(a, "/things/export", things, []api.Format[in, out]{
		{Type: "application/x-ndjson", File: "things.ndjson", Write: write("lines")},
		{Type: "text/csv", File: "things.csv", Write: write("table")},
	}, api.Summary("Export things"), api.Tag("Things"))
	return a
}

func TestDownloadChoosesAFormat(t *testing.T) {
	h := exporting(t)
	for accept, want := range map[string]string{
		"": "lines", "*/*": "lines", "text/csv": "table", "text/html, text/csv;q=0.5": "table",
		"application/x-ndjson, text/csv": "lines", "image/png": "lines", "not a type;;": "lines",
	} {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/things/export", nil)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK || w.Body.String() != want+" begins" || !strings.Contains(w.Header().Get("Content-Disposition"), "things.") {
			t.Errorf("%q: %d %q %v", accept, w.Code, w.Body, w.Header())
		}
	}
}

func TestDownloadIsWholeOrBroken(t *testing.T) {
	h := exporting(t)
	serve := func(what string) (w *httptest.ResponseRecorder, panicked any) {
		defer func() { panicked = recover() }()
		w = httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/things/export?what="+what, nil))
		return w, nil
	}
	if w, _ := serve("nothing"); w.Code != http.StatusOK || w.Body.Len() != 0 || w.Header().Get("Content-Type") == "" {
		t.Errorf("an empty file: %d %v", w.Code, w.Header())
	}
	if w, _ := serve("refusal"); w.Code != http.StatusForbidden || w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("Content-Disposition") != "" {
		t.Errorf("a refusal before the first byte: %d %v", w.Code, w.Header())
	}
	if _, panicked := serve("half"); panicked != http.ErrAbortHandler {
		t.Errorf("half a file ended with %v", panicked)
	}
}
