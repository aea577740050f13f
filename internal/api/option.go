package api

import (
	"fmt"
	"net/http"
	"reflect"

	"roster/internal/errs"
	"roster/internal/op"
)

// Option says more about a route.
type Option func(*settings)

type settings struct {
	id          string
	summary     string
	description string
	tag         string
	status      int
	maxBody     int64
	maxNames    int
	location    func(any) string
	locationOf  reflect.Type
	refuses     []errs.Kind
	after       func(w http.ResponseWriter, r *http.Request, out any)
	afterOf     reflect.Type
	takes       []string // media types of a body that is a file
	gives       []string // media types of an answer that is one

	// Of a download: its media types, and what writes it. See Download.
	formats  []string
	download func(w http.ResponseWriter, r *http.Request, call op.Call, fill func(reflect.Value) error) error
}

// Summary names the route in a few words, without a period: "Invite people".
// Every route needs one.
func Summary(text string) Option { return func(s *settings) { s.summary = text } }

// Description says what a summary cannot, in sentences.
func Description(text string) Option { return func(s *settings) { s.description = text } }

// Tag is the heading that the route stands under. Every route needs one.
func Tag(name string) Option { return func(s *settings) { s.tag = name } }

// Status is the status of the answer, if it is neither 200 nor the 204 of a
// route that answers nothing.
func Status(code int) Option { return func(s *settings) { s.status = code } }

// Created is Status(201).
func Created(s *settings) { s.status = http.StatusCreated }

// ID replaces the operationId, which is the operation's name in camel case. It
// is for the second route of an operation.
func ID(name string) Option { return func(s *settings) { s.id = name } }

// MaxBody replaces the limit of 1 MiB for the body.
func MaxBody(bytes int64) Option { return func(s *settings) { s.maxBody = bytes } }

// MaxNames replaces the limit of 1,000 names of members in the body, for routes
// that take long lists of objects.
func MaxNames(n int) Option { return func(s *settings) { s.maxNames = n } }

// Location adds the header Location. What f returns is a path under Prefix if it
// begins with a slash, else it is appended to the path of the request: the id of
// what was created in a collection.
func Location[Out any](f func(Out) string) Option {
	return func(s *settings) {
		s.location = func(out any) string { return f(out.(Out)) }
		s.locationOf = reflect.TypeFor[Out]()
	}
}

// After runs when the operation went well, before its answer is written: to send
// what stands in no body, such as a cookie.
func After[Out any](f func(w http.ResponseWriter, r *http.Request, out Out)) Option {
	return func(s *settings) {
		s.after = func(w http.ResponseWriter, r *http.Request, out any) { f(w, r, out.(Out)) }
		s.afterOf = reflect.TypeFor[Out]()
	}
}

// Takes is for a route whose body is a file of one of these media types instead of
// JSON. It goes into the []byte of the input that is tagged `body:"file"`.
func Takes(types ...string) Option { return func(s *settings) { s.takes = types } }

// Gives is for a route whose answer is a file of one of these media types: the
// output is a [File].
func Gives(types ...string) Option { return func(s *settings) { s.gives = types } }

// File is an output that is answered as it is, not as JSON.
type File interface {
	File() (mediaType string, content []byte)
}

// Refuses adds kinds of refusal to those that the OpenAPI document lists by
// itself: errs.KindGone for a link, errs.KindConflict for a query.
func Refuses(kinds ...errs.Kind) Option {
	return func(s *settings) { s.refuses = append(s.refuses, kinds...) }
}

// ETag is the entity tag of a version, as If-Match sends it back.
func ETag(version int64) string { return fmt.Sprintf(`"v%d"`, version) }
