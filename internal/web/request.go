package web

import (
	"context"
	"io"
	"net/http"
	"time"

	"roster/internal/id"
)

// request is what the kit knows of a request, beside the request.
type request struct {
	kit     *Kit
	id      string
	address string // of the client
	began   time.Time
	writer  http.ResponseWriter // the server's own: MaxBytesReader tells it to close the connection
	body    io.ReadCloser       // without a limit
	page    *Context            // once a page has begun
	code    string              // of the refusal that was answered
}

type requestKey struct{}

// requestID makes ids of the usual form.
type requestID string

// Prefix implements id.Noun.
func (requestID) Prefix() string { return "req_" }

// begin gives r an id, whatever the client claims, and limits its body.
func (k *Kit) begin(w http.ResponseWriter, r *http.Request) (*http.Request, *request) {
	now := time.Now()
	state := &request{kit: k, id: string(id.New[requestID](now)), began: now, writer: w, body: r.Body}
	r.Header.Del("X-Request-Id")
	r = r.WithContext(context.WithValue(r.Context(), requestKey{}, state))
	LimitBody(r, defaultBody)
	return r, state
}

// stateOf panics for a request that has not come through a kit's handler: such a request has no trustworthy address.
func stateOf(ctx context.Context) *request {
	state, ok := ctx.Value(requestKey{}).(*request)
	if !ok {
		panic("web: the request has not come through Kit.Handler")
	}
	return state
}

// RequestID is the id of the request that ctx belongs to; empty outside of one.
func RequestID(ctx context.Context) string {
	if state, ok := ctx.Value(requestKey{}).(*request); ok {
		return state.id
	}
	return ""
}

// LimitBody replaces the limit of 1 MiB for the body of r by another one. It must come before the first read.
func LimitBody(r *http.Request, limit int64) {
	state := stateOf(r.Context())
	if state.body != nil && state.body != http.NoBody {
		r.Body = http.MaxBytesReader(state.writer, state.body, limit)
	}
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController flush and move deadlines.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
