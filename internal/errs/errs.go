// Package errs is the one vocabulary for what can go wrong.
//
// Every refusal that a person or a program is meant to see is an *Error: a
// Kind that decides the HTTP status, a Code that never changes once published,
// and a sentence that says what happened and what to do. Everything else is an
// internal failure: logged once at the edge, shown to nobody.
//
// Sentences are written in English, which is what the API says. Pages say them in
// their reader's language, with [Error.In]; see [Phrase].
package errs

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what sort of refusal an Error is. The edges map it to a status;
// nothing inside knows HTTP.
type Kind uint8

// The kinds, with the status that the API gives them.
const (
	KindInternal             Kind = iota // 500
	KindMalformed                        // 400: could not be read at all
	KindUnauthenticated                  // 401: who is asking?
	KindForbidden                        // 403: known, visible, not allowed
	KindNotFound                         // 404: unknown, foreign and hidden are one answer
	KindConflict                         // 409: the state of things forbids it
	KindGone                             // 410: a link that once worked
	KindPrecondition                     // 412: somebody else changed it first
	KindTooLarge                         // 413
	KindMediaType                        // 415
	KindMisdirected                      // 421: a host name that is not ours
	KindInvalid                          // 422: read, and wrong; see Fields
	KindPreconditionRequired             // 428
	KindTooMany                          // 429: see RetryAfter
	KindUnavailable                      // 503: see RetryAfter
)

// Field is one wrong value. Field is its name in the API's JSON, Code a stable
// word such as `required`, Message a sentence for the person who typed it.
type Field struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
	phrase  *Phrase
}

// Wrong is one wrong value, for [Invalid].
func Wrong(field, code, format string, args ...any) Field {
	p := Phrased(format, args...)
	return Field{Field: field, Code: code, Message: p.String(), phrase: &p}
}

// Error is a refusal. It is a value: compare codes with Is, never texts.
type Error struct {
	Kind       Kind
	Code       string
	Message    string
	Fields     []Field
	RetryAfter time.Duration
	Details    any // for programs: what the API shows as details
	phrase     *Phrase
}

// In is the refusal with all of its messages in a reader's language.
func (e *Error) In(say Say) *Error {
	said := *e
	said.Message, said.phrase = spoken(e.phrase, e.Message, say), nil
	said.Fields = make([]Field, len(e.Fields))
	for i, f := range e.Fields {
		said.Fields[i] = Field{Field: f.Field, Code: f.Code, Message: spoken(f.phrase, f.Message, say)}
	}
	return &said
}

// Phrase is the message as a part of another one.
func (e *Error) Phrase() Phrase {
	if e.phrase == nil {
		return Phrased("%s", e.Message)
	}
	return *e.phrase
}

// Error is for logs. People are shown Message.
func (e *Error) Error() string {
	if len(e.Fields) == 0 {
		return e.Code + ": " + e.Message
	}
	return fmt.Sprintf("%s: %s %v", e.Code, e.Message, e.Fields)
}

// New is a refusal of the given kind.
func New(kind Kind, code, format string, args ...any) *Error {
	p := Phrased(format, args...)
	return &Error{Kind: kind, Code: code, Message: p.String(), phrase: &p}
}

// NotFound is the one answer for what does not exist, belongs to another
// organization, or is hidden from the caller.
func NotFound() *Error {
	return New(KindNotFound, "not_found", "There is nothing here, or it is not yours to see.")
}

// Unauthenticated asks for a sign-in or a valid key.
func Unauthenticated() *Error {
	return New(KindUnauthenticated, "unauthenticated", "Sign in, or send a valid API key.")
}

// Forbidden names the permission that the caller lacks.
func Forbidden(permission string) *Error {
	return New(KindForbidden, "forbidden", "This needs the permission %s. Ask an admin of your organization for it.", permission)
}

// Conflict is a request that the present state forbids.
func Conflict(code, format string, args ...any) *Error {
	return New(KindConflict, code, format, args...)
}

// Malformed is input that could not be read.
func Malformed(code, format string, args ...any) *Error {
	return New(KindMalformed, code, format, args...)
}

// Changed says that the version the caller based the change on is no longer current.
func Changed() *Error {
	return New(KindPrecondition, "version_conflict", "Somebody changed this since you read it. Nothing was saved: read it again and repeat your change.")
}

// TooMany refuses for now; after is when a repeat makes sense.
func TooMany(code string, after time.Duration, format string, args ...any) *Error {
	e := New(KindTooMany, code, format, args...)
	e.RetryAfter = after
	return e
}

// Unavailable says that the server, not the request, is at fault, and nothing was changed.
func Unavailable(code string, after time.Duration, format string, args ...any) *Error {
	e := New(KindUnavailable, code, format, args...)
	e.RetryAfter = after
	return e
}

// Invalid refuses input whose values are wrong. It panics without a field: a
// caller that cannot say which field is wrong wants Conflict or Malformed.
func Invalid(fields ...Field) *Error {
	if len(fields) == 0 {
		panic("errs: Invalid without a field")
	}
	e := New(KindInvalid, "validation_failed", "Some values need a correction.")
	e.Fields = fields
	return e
}

// Check collects wrong fields while a rule walks over its input.
type Check struct{ fields []Field }

// Fail notes that field is wrong. What is said first about a field counts: one
// correction at a time is enough.
func (c *Check) Fail(field, code, format string, args ...any) {
	for _, f := range c.fields {
		if f.Field == field {
			return
		}
	}
	c.fields = append(c.fields, Wrong(field, code, format, args...))
}

// Err is nil when nothing was wrong, else an Invalid with all that was.
func (c *Check) Err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return Invalid(c.fields...)
}

// Is reports whether err is, or wraps, a refusal with this code.
func Is(err error, code string) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Code == code
}

// KindOf is the kind of err; anything foreign is KindInternal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return KindInternal
}
