package api

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/op"
)

const (
	defaultMaxBody  = 1 << 20
	defaultMaxNames = 1000
	maxOnceKey      = 255
)

// runner is an operation without its door.
type runner[In, Out any] func(ctx context.Context, call op.Call, in In) (Out, error)

// endpoint is one route and all that is known about it.
type endpoint struct {
	settings
	method string
	path   string
	spec   op.Spec
	in     reflect.Type
	out    reflect.Type
	input  input
	run    func(ctx context.Context, call op.Call, fill func(reflect.Value) error) (any, error)
}

var (
	nothing  = reflect.TypeFor[op.Nothing]()
	tagged   = reflect.TypeFor[interface{ ETag() string }]()
	repeated = reflect.TypeFor[repeater]()
	wildcard = regexp.MustCompile(`\{([^}]+)\}`)
	methods  = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
)

// configure applies the options and refuses a route that is not sound.
func (e *endpoint) configure(options []Option) (err error) {
	e.maxBody, e.maxNames = defaultMaxBody, defaultMaxNames
	for _, o := range options {
		o(&e.settings)
	}
	if e.id == "" {
		e.id = camel(e.spec.Name)
	}
	if e.status == 0 {
		e.status = http.StatusOK
		if e.out == nothing {
			e.status = http.StatusNoContent
		}
	}
	if e.input, err = inputOf(e.in); err != nil {
		return err
	}
	switch {
	case !slices.Contains(methods, e.method):
		return errors.New("unknown method")
	case e.spec.Name == "" || e.spec.Needs == "" || e.spec.Scope == 0:
		return errors.New("the operation has no name, permission or scope")
	case e.spec.Scope == authz.System:
		return errors.New("what only workers do has no route")
	case e.summary == "" || e.tag == "":
		return errors.New("a route needs a Summary and a Tag")
	case e.method == http.MethodGet && e.spec.Writes:
		return errors.New("GET must not write")
	case e.method == http.MethodGet && len(e.input.body) > 0:
		return errors.New("GET has no body: tag the fields query")
	case e.out.Kind() != reflect.Struct:
		return errors.New("the output is not a struct: only objects can grow without breaking clients")
	case (e.status == http.StatusNoContent) != (e.out == nothing):
		return errors.New("204 belongs to op.Nothing, and only to it")
	case (e.input.file != nil) != (len(e.takes) > 0) || e.input.file != nil && len(e.input.body) > 0:
		return errors.New("a body is a file with Takes and one field tagged body, or JSON")
	case e.out.Implements(reflect.TypeFor[File]()) != (len(e.gives) > 0):
		return errors.New("an answer is a file with Gives and an output that is one, or JSON")
	case e.afterOf != nil && e.afterOf != e.out:
		return fmt.Errorf("After takes a %v, the output is a %v", e.afterOf, e.out)
	case e.locationOf != nil && e.locationOf != e.out:
		return fmt.Errorf("Location takes a %v, the output is a %v", e.locationOf, e.out)
	}
	return e.checkPath()
}

// checkPath compares the wildcards of the path with the fields that want one.
func (e *endpoint) checkPath() error {
	var wild, fields []string
	for _, m := range wildcard.FindAllStringSubmatch(e.path, -1) {
		if m[1] != "org" {
			wild = append(wild, m[1])
		}
	}
	for _, p := range e.input.path {
		fields = append(fields, p.name)
	}
	slices.Sort(wild)
	slices.Sort(fields)
	if !slices.Equal(wild, fields) {
		return fmt.Errorf("the path has the wildcards %v, the input the fields %v", wild, fields)
	}
	return nil
}

func (e *endpoint) route() Route {
	return Route{e.method, Prefix + e.path, e.spec.Name, e.spec.Needs, e.spec.Scope}
}

// camel makes an operationId of an operation's name.
func camel(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '_' || r == '-' })
	for i := 1; i < len(words); i++ {
		words[i] = upperFirst(words[i])
	}
	return strings.Join(words, "")
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// serve reads the request, runs the operation and writes its answer.
func (e *endpoint) serve(w http.ResponseWriter, r *http.Request, caller authz.Caller) error {
	query, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return err
	}
	if e.spec.Scope != authz.Public && showsNothing(caller) {
		// The door would say the same after the whole input was read.
		return errs.Unauthenticated()
	}
	call := op.Call{By: caller, Org: r.PathValue("org")}
	if !storable(call.Org) {
		return errs.NotFound()
	}
	version, err := e.ifMatch(r.Header)
	if err != nil {
		return err
	}
	body, err := e.readBody(w, r)
	if err != nil {
		return err
	}
	if call.Once, err = e.once(r, body); err != nil {
		return err
	}
	fill := func(in reflect.Value) error {
		if err := e.input.fillPath(in, r.PathValue); err != nil {
			return err
		}
		if err := e.input.fillQuery(in, query); err != nil {
			return err
		}
		if e.input.version != nil {
			in.FieldByIndex(e.input.version).SetInt(version)
		}
		if e.input.file != nil {
			in.FieldByIndex(e.input.file).SetBytes(body)
			return nil
		}
		return e.input.fillBody(in, body, e.maxNames)
	}
	if e.download != nil {
		return e.download(w, r, call, fill)
	}
	out, err := e.run(r.Context(), call, fill)
	if err != nil {
		return err
	}
	return e.answer(w, r, out)
}

// showsNothing reports that a caller claims to be nobody.
func showsNothing(c authz.Caller) bool {
	return len(c.Sessions) == 0 && len(c.Operator) == 0 && len(c.Key) == 0 && c.System == ""
}

// ifMatch is the version that the client insists on, 0 if it does not. On a
// route that has no versions a change is refused rather than made in spite of
// the condition.
func (e *endpoint) ifMatch(h http.Header) (int64, error) {
	values := h.Values("If-Match")
	if len(values) == 0 || e.method == http.MethodGet {
		return 0, nil
	}
	if len(values) == 1 && strings.TrimSpace(values[0]) == "*" {
		return 0, nil
	}
	if e.input.version == nil {
		return 0, errs.Malformed("invalid_header", "If-Match has no meaning here: leave it out.")
	}
	refusal := errs.Malformed("invalid_header", `If-Match takes the one ETag that you have read, such as "v3", or an asterisk.`)
	if len(values) > 1 {
		return 0, refusal
	}
	digits, opened := strings.CutPrefix(strings.TrimSpace(values[0]), `"v`)
	digits, closed := strings.CutSuffix(digits, `"`)
	version, err := strconv.ParseUint(digits, 10, 63)
	if !opened || !closed || err != nil || version == 0 {
		return 0, refusal
	}
	return int64(version), nil
}

// readBody reads the body up to the limit. Without any it is nil.
func (e *endpoint) readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if e.method == http.MethodGet {
		return nil, nil
	}
	tooLarge := errs.New(errs.KindTooLarge, "too_large", "The body is larger than %d bytes, the most that is read here.", e.maxBody)
	if r.ContentLength > e.maxBody {
		return nil, tooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, e.maxBody))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, tooLarge
	}
	if err != nil {
		return nil, errs.Malformed("incomplete_body", "The body broke off before its end. Nothing was changed.")
	}
	if len(body) == 0 {
		return nil, nil
	}
	return body, e.checkMediaType(r.Header)
}

func (e *endpoint) checkMediaType(h http.Header) error {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if len(e.takes) > 0 {
		if err != nil || !slices.Contains(e.takes, kind) || h.Get("Content-Encoding") != "" {
			return errs.New(errs.KindMediaType, "unsupported_media_type", "Send the file as it is, and say in Content-Type which it is: %s.", strings.Join(e.takes, ", "))
		}
		return nil
	}
	charset, named := params["charset"]
	if err != nil || kind != jsonType || named && !strings.EqualFold(charset, "utf-8") || h.Get("Content-Encoding") != "" {
		return errs.New(errs.KindMediaType, "unsupported_media_type", "Send the body as plain application/json in UTF-8, and say so in Content-Type.")
	}
	return nil
}

// once reads the header Idempotency-Key. The fingerprint covers all that makes
// the request what it is.
func (e *endpoint) once(r *http.Request, body []byte) (*op.Once, error) {
	values := r.Header.Values("Idempotency-Key")
	if e.method != http.MethodPost || len(values) == 0 {
		return nil, nil
	}
	key := values[0]
	printable := !strings.ContainsFunc(key, func(c rune) bool { return c < ' ' || c > '~' })
	if len(values) > 1 || key == "" || len(key) > maxOnceKey || !printable {
		return nil, errs.Malformed("invalid_header", "Idempotency-Key takes one key of 1 to %d printable characters.", maxOnceKey)
	}
	sum := sha256.New()
	for _, part := range [][]byte{[]byte(r.Method), []byte(r.URL.EscapedPath()), []byte(r.URL.RawQuery), body} {
		// Each part with its length: no two requests run into one.
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		sum.Write(size[:]) // a hash never fails
		sum.Write(part)
	}
	return &op.Once{Key: key, Fingerprint: sum.Sum(nil)}, nil
}

// written is how answers are spelled: nil lists as [], times in UTC.
var written = json.JoinOptions(
	json.Deterministic(true),
	json.WithMarshalers(json.MarshalToFunc(func(enc *jsontext.Encoder, t time.Time) error {
		return enc.WriteToken(jsontext.String(t.UTC().Format(time.RFC3339Nano)))
	})),
)

func (e *endpoint) answer(w http.ResponseWriter, r *http.Request, out any) error {
	if t, ok := out.(interface{ ETag() string }); ok {
		tag := t.ETag()
		if !strings.HasPrefix(tag, `"`) {
			tag = `"` + tag + `"`
		}
		w.Header().Set("ETag", tag)
		if e.method == http.MethodGet && matches(r.Header.Values("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	if e.after != nil {
		e.after(w, r, out)
	}
	status := e.status
	if r, ok := out.(repeater); ok && r.Repeated() {
		status = http.StatusOK
	}
	if e.out == nothing {
		w.WriteHeader(e.status)
		return nil
	}
	if file, ok := out.(File); ok {
		kind, content := file.File()
		w.Header().Set("Cache-Control", "private, no-cache") // kept, but asked for before each use
		writeBody(w, e.status, kind, content)
		return nil
	}
	// Everything is made before anything is sent: an answer is whole or a problem.
	body, err := json.Marshal(out, written)
	if err != nil {
		return fmt.Errorf("api: answer of %s: %w", e.spec.Name, err)
	}
	if e.location != nil {
		if target := e.location(out); target != "" {
			w.Header().Set("Location", locate(r.URL, target))
		}
	}
	writeBody(w, status, jsonType, body)
	return nil
}

// repeater is an output that says whether it was there before it was asked for:
// then the answer is 200, where else it is 201.
type repeater interface{ Repeated() bool }

func writeBody(w http.ResponseWriter, status int, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body) // a client that has gone away is no failure of ours
}

// locate makes the Location of what f in Location returned.
func locate(request *url.URL, target string) string {
	if strings.HasPrefix(target, "/") {
		return Prefix + target
	}
	return request.EscapedPath() + "/" + target
}

// matches compares as If-None-Match wants it: weakly.
func matches(headers []string, tag string) bool {
	for one := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		one = strings.TrimSpace(one)
		if one == "*" || strings.TrimPrefix(one, "W/") == tag {
			return true
		}
	}
	return false
}
