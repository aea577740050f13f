package web

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"roster/internal/web/ui"
)

func TestAPageSaysWhatItNeedsOfThePolicy(t *testing.T) {
	w := newWorld(t, public)
	broken := Response{func(*Context) error { return errors.New("it does not render") }}
	for path, answer := range map[string]Response{
		"/plain": Render(ui.Text("x")), "/frames": Render(ui.Text("x")).Framing(), "/foreign": Render(ui.Text("x")).Policy("sandbox"),
		"/broken": broken.Policy("sandbox"), "/nothing": Response{}.Framing(),
	} {
		w.page("GET "+path, func(*Context) (Response, error) { return answer, nil })
	}
	ours := w.get("/plain").Header.Get(policyHeader)
	for path, want := range map[string]string{
		"/plain": ours, "/frames": ours + "; frame-src 'self'", "/foreign": "sandbox", "/broken": ours, "/nothing": ours,
	} {
		got := w.get(path)
		if policy := got.Header.Get(policyHeader); policy != want {
			t.Errorf("%s: %s", path, policy)
		}
		if wrong := path == "/broken" || path == "/nothing"; wrong != (got.StatusCode == http.StatusInternalServerError) {
			t.Errorf("%s: %s", path, got.Status)
		}
	}
	if !strings.Contains(ours, "default-src 'none'") || strings.Contains(ours, "frame-src") {
		t.Error(ours)
	}
}
