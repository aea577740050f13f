package api

import (
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"

	"roster/internal/op"
)

// Format is one form of a download. Write gets what the request asked for, and
// asks the operation as often as it needs to; each time, the caller must still
// hold the permission.
type Format[In, Out any] struct {
	Type  string // media type: text/csv
	File  string // the name under which browsers keep it
	Write func(w io.Writer, in In, ask func(In) (Out, error)) error
}

// Download registers a GET route whose answer is a file that is written while it
// is read. The header Accept chooses among the formats; the first is for those
// who do not say. A refusal before the first byte is a problem document; a later
// one breaks the connection off, so that half a file does not look like a whole
// one.
func Download[In, Out any](a *API, path string, r op.Runner[In, Out], formats []Format[In, Out], options ...Option) {
	Handle(a, http.MethodGet, path, r, append(options, func(s *settings) {
		for _, f := range formats {
			s.formats = append(s.formats, f.Type)
		}
		s.download = func(w http.ResponseWriter, req *http.Request, call op.Call, fill func(reflect.Value) error) error {
			var in In
			if err := fill(reflect.ValueOf(&in).Elem()); err != nil {
				return err
			}
			f := formats[accepted(s.formats, req.Header)]
			body := &lateBody{w: w, format: f.Type, file: f.File}
			err := f.Write(body, in, func(in In) (Out, error) { return r.Do(req.Context(), a.options.Door, call, in) })
			if err == nil {
				_, err = body.Write(nil) // an empty file
			}
			if err != nil && body.begun {
				a.options.Log.WarnContext(req.Context(), "download broken off", "operation", r.Spec().Name, "error", err)
				panic(http.ErrAbortHandler)
			}
			return err
		}
	})...)
}

// accepted is the place of the format that Accept names first, else 0.
func accepted(formats []string, h http.Header) int {
	for one := range strings.SplitSeq(strings.Join(h.Values("Accept"), ","), ",") {
		wanted, _, err := mime.ParseMediaType(one)
		if err != nil {
			continue
		}
		for i, format := range formats {
			if format == wanted {
				return i
			}
		}
	}
	return 0
}

// lateBody sends the head of the answer with its first byte.
type lateBody struct {
	w            http.ResponseWriter
	format, file string
	begun        bool
}

// Write implements io.Writer.
func (b *lateBody) Write(p []byte) (int, error) {
	if !b.begun {
		b.begun = true
		h := b.w.Header()
		h.Set("Content-Type", b.format+"; charset=utf-8")
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": b.file}))
		h.Set("Vary", "Accept")
		b.w.WriteHeader(http.StatusOK)
	}
	return b.w.Write(p)
}
