package api

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"roster/internal/authz"
	"roster/internal/errs"
)

// Problem is how every refusal looks: RFC 9457, with a stable code and the
// fields that are wrong.
type Problem struct {
	Type     string       `json:"type" format:"uri" doc:"Names the code as an address."`
	Title    string       `json:"title" doc:"What sort of refusal it is."`
	Status   int          `json:"status" doc:"The HTTP status."`
	Detail   string       `json:"detail" doc:"What happened and what to do, for people."`
	Instance string       `json:"instance,omitempty" format:"uri" doc:"Names the request: tell it to the people who run the server."`
	Code     string       `json:"code" doc:"A stable word for programs." example:"validation_failed"`
	Errors   []FieldError `json:"errors,omitempty" doc:"The values that are wrong, if it is about values."`
	Details  any          `json:"details,omitempty" doc:"More for programs, with some codes."`
}

// FieldError is one wrong value.
type FieldError struct {
	Field   string `json:"field" doc:"Where it stands in the body, or the name of a parameter." example:"limits.team_ids[0]"`
	Code    string `json:"code" doc:"A stable word for programs." example:"invalid_type"`
	Message string `json:"message" doc:"What is wrong with it, for people."`
}

// statuses maps what went wrong to HTTP. Nothing else in Roster's API does.
var statuses = map[errs.Kind]struct {
	status int
	title  string
}{
	errs.KindInternal:             {http.StatusInternalServerError, "Internal error"},
	errs.KindMalformed:            {http.StatusBadRequest, "Unreadable request"},
	errs.KindUnauthenticated:      {http.StatusUnauthorized, "Not signed in"},
	errs.KindForbidden:            {http.StatusForbidden, "Not allowed"},
	errs.KindNotFound:             {http.StatusNotFound, "Not found"},
	errs.KindConflict:             {http.StatusConflict, "Conflict"},
	errs.KindGone:                 {http.StatusGone, "No longer there"},
	errs.KindPrecondition:         {http.StatusPreconditionFailed, "Changed meanwhile"},
	errs.KindTooLarge:             {http.StatusRequestEntityTooLarge, "Too large"},
	errs.KindMediaType:            {http.StatusUnsupportedMediaType, "Unsupported media type"},
	errs.KindMisdirected:          {http.StatusMisdirectedRequest, "Misdirected request"},
	errs.KindInvalid:              {http.StatusUnprocessableEntity, "Invalid values"},
	errs.KindPreconditionRequired: {http.StatusPreconditionRequired, "Condition required"},
	errs.KindTooMany:              {http.StatusTooManyRequests, "Too many requests"},
	errs.KindUnavailable:          {http.StatusServiceUnavailable, "Unavailable"},
}

func internal() *errs.Error {
	return errs.New(errs.KindInternal, "internal", "Something went wrong on our side. If it happens again, tell the people who run this server, with the request id.")
}

func asRefusal(err error) (*errs.Error, bool) { return errors.AsType[*errs.Error](err) }

// Refuse answers a request that never got as far as the API, such as one for
// another host, as the API would have.
func (a *API) Refuse(w http.ResponseWriter, r *http.Request, err error) {
	caller, _ := a.options.Caller(r) // only its request id is used, which is there beside an error, too
	a.refuse(w, caller.Origin, a.shown(r.Context(), err))
}

// refuse answers with a problem.
func (a *API) refuse(w http.ResponseWriter, from authz.Origin, e *errs.Error) {
	meaning, ok := statuses[e.Kind]
	if !ok {
		meaning = statuses[errs.KindInternal]
	}
	switch e.Kind {
	case errs.KindUnauthenticated:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case errs.KindTooMany, errs.KindUnavailable:
		if e.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
		}
	}
	a.writeProblem(w, from, Problem{Title: meaning.title, Status: meaning.status, Detail: e.Message, Code: e.Code, Errors: fieldErrors(e.Fields), Details: e.Details})
}

// refuseMethod answers 405, which is no failure that an operation could have.
func (a *API) refuseMethod(w http.ResponseWriter, from authz.Origin) {
	a.writeProblem(w, from, Problem{Title: "Method not allowed", Status: http.StatusMethodNotAllowed,
		Detail: "This address does not take that method: see the header Allow.", Code: "method_not_allowed"})
}

func fieldErrors(fields []errs.Field) []FieldError {
	var list []FieldError
	for _, f := range fields {
		list = append(list, FieldError{Field: f.Field, Code: f.Code, Message: f.Message})
	}
	return list
}

func (a *API) writeProblem(w http.ResponseWriter, from authz.Origin, p Problem) {
	p.Type = a.options.PublicURL + "/problems/" + strings.ReplaceAll(p.Code, "_", "-")
	if from.RequestID != "" {
		p.Instance = "urn:request:" + from.RequestID
	}
	// A detail may quote what is no UTF-8; the problem is told nevertheless.
	body, err := json.Marshal(p, written, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		a.options.Log.Error("a problem could not be written", "code", p.Code, "error", err)
	}
	// What an answer had prepared before it failed must not stay.
	for _, name := range []string{"ETag", "Location"} {
		w.Header().Del(name)
	}
	w.Header().Set("Content-Type", problemType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	w.Write(body) // a client that has gone away is no failure of ours
}
