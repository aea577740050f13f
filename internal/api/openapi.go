package api

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"roster/internal/authz"
	"roster/internal/errs"
)

const (
	jsonType    = "application/json"
	problemType = "application/problem+json"

	bearerScheme  = "bearer"
	sessionScheme = "session"
)

const conventions = `All bodies are JSON in UTF-8 with names in snake_case; unknown names and parameters are refused. ` +
	`Times are RFC 3339 in UTC. A field of a request may be left out unless it is required, and null says the same, except where the schema allows null: there it clears.

Lists answer items and next_cursor; pass it as cursor to go on. ` +
	`{org} is the id or the slug of an organization. ` +
	`Requests that change something take an Idempotency-Key with POST, and If-Match where a version is kept. ` +
	`Every refusal is a problem document (RFC 9457) with a stable code.`

// document is the OpenAPI document and what it was made of.
type document struct {
	*huma.OpenAPI
	text []byte
	etag string
}

// OpenAPI is the OpenAPI 3.1 document of all routes, the same bytes for the same
// routes. Routes that are registered later are not in it.
func (a *API) OpenAPI() []byte { return slices.Clone(a.document().text) }

// describe makes the document. It panics if a type cannot be described, which a
// golden test finds before anybody else.
func (a *API) describe() *document {
	taken := map[string]bool{}
	outputs, inputs := newSchemas(taken, false), newSchemas(taken, true)
	d := &document{OpenAPI: &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info:    &huma.Info{Title: a.options.Title, Version: a.options.Version, Description: conventions},
		Components: &huma.Components{
			Responses: map[string]*huma.Response{},
			SecuritySchemes: map[string]*huma.SecurityScheme{
				bearerScheme:  {Type: "http", Scheme: "bearer", Description: "An API key, of an organization or of the operator."},
				sessionScheme: {Type: "apiKey", In: "cookie", Name: a.options.SessionCookie, Description: "The session of somebody signed in to the portal."},
			},
		},
	}}
	if a.options.PublicURL != "" {
		d.Servers = []*huma.Server{{URL: a.options.PublicURL}}
	}
	problem := outputs.of(reflect.TypeFor[Problem](), "")
	tags := map[string]bool{}
	for _, e := range a.sorted() {
		if !tags[e.tag] {
			tags[e.tag] = true
			d.Tags = append(d.Tags, &huma.Tag{Name: e.tag})
		}
		d.AddOperation(e.operation(outputs, inputs))
		for _, kind := range e.refusals() {
			d.Components.Responses[responseName(kind)] = refusal(kind, problem)
		}
	}
	slices.SortFunc(d.Tags, func(x, y *huma.Tag) int { return strings.Compare(x.Name, y.Name) })

	outputs.finish()
	inputs.finish()
	d.Components.Schemas = outputs.registry
	maps.Copy(outputs.registry.Map(), inputs.registry.Map())

	text, err := json.Marshal(d.OpenAPI, jsontext.WithIndent("  "), json.Deterministic(true))
	if err != nil {
		panic(fmt.Sprintf("api: the OpenAPI document: %v", err))
	}
	d.text = append(text, '\n')
	sum := sha256.Sum256(d.text)
	d.etag = `"` + hex.EncodeToString(sum[:8]) + `"`
	return d
}

// sorted lists the endpoints in the order of documents: by path, then as people
// think of methods. Names of schemas depend on it, so it must not depend on who
// registers first.
func (a *API) sorted() []*endpoint {
	list := slices.Clone(a.endpoints)
	slices.SortFunc(list, func(x, y *endpoint) int {
		if c := strings.Compare(x.path, y.path); c != 0 {
			return c
		}
		return slices.Index(methods, x.method) - slices.Index(methods, y.method)
	})
	return list
}

func (a *API) serveDocument(w http.ResponseWriter, r *http.Request) {
	d := a.document()
	h := w.Header()
	h.Set("Cache-Control", "public, no-cache") // kept, but asked for before each use
	h.Set("ETag", d.etag)
	if matches(r.Header.Values("If-None-Match"), d.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", jsonType)
	h.Set("Content-Length", strconv.Itoa(len(d.text)))
	w.Write(d.text) // a client that has gone away is no failure of ours
}

// operation describes one endpoint.
func (e *endpoint) operation(outputs, inputs *schemas) *huma.Operation {
	o := &huma.Operation{
		Method: e.method, Path: Prefix + e.path, OperationID: e.id,
		Summary: e.summary, Description: e.description, Tags: []string{e.tag},
		Parameters: e.parameters(inputs),
		Responses:  map[string]*huma.Response{strconv.Itoa(e.status): e.answerOf(e.status, outputs)},
		Security:   e.security(),
		Extensions: map[string]any{
			"x-operation":  e.spec.Name,
			"x-permission": string(e.spec.Needs),
			"x-plane":      e.spec.Scope.String(),
			"x-writes":     e.spec.Writes,
		},
	}
	if len(e.input.body) > 0 {
		name := upperFirst(e.id) + "Body"
		needed := slices.ContainsFunc(e.input.body, func(s source) bool { return s.required })
		o.RequestBody = &huma.RequestBody{
			Required: needed,
			Content:  map[string]*huma.MediaType{jsonType: {Schema: inputs.object(name, e.input.body)}},
		}
	}
	if len(e.takes) > 0 {
		o.RequestBody = &huma.RequestBody{Required: true, Content: files(e.takes)}
	}
	if e.out.Implements(repeated) {
		o.Responses[strconv.Itoa(http.StatusOK)] = e.answerOf(http.StatusOK, outputs)
	}
	if e.method == http.MethodGet && e.tagged() {
		o.Responses[strconv.Itoa(http.StatusNotModified)] = &huma.Response{Description: "What the client has is still current."}
	}
	for _, kind := range e.refusals() {
		o.Responses[strconv.Itoa(statuses[kind].status)] = &huma.Response{Ref: "#/components/responses/" + responseName(kind)}
	}
	return o
}

func (e *endpoint) parameters(inputs *schemas) []*huma.Param {
	var list []*huma.Param
	fields := map[string]source{}
	for _, s := range e.input.path {
		fields[s.name] = s
	}
	for _, m := range wildcard.FindAllStringSubmatch(e.path, -1) {
		if m[1] == "org" {
			list = append(list, &huma.Param{Name: "org", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString},
				Description: "The organization's id or slug."})
			continue
		}
		list = append(list, parameter("path", fields[m[1]], inputs))
	}
	for _, s := range e.input.query {
		list = append(list, parameter("query", s, inputs))
	}
	if e.method == http.MethodPost && e.spec.Writes {
		list = append(list, headerParameter("Idempotency-Key", "Makes a repeat harmless: for 24 hours the same key with the same request gets the first answer again.", maxOnceKey))
	}
	if e.input.version != nil {
		list = append(list, headerParameter("If-Match", `The ETag that the change is based on, such as "v3". If it is no longer current, nothing is changed.`, 0))
	}
	if e.method == http.MethodGet && e.tagged() {
		list = append(list, headerParameter("If-None-Match", "The ETag that the client already has. If it is still current, the answer is 304.", 0))
	}
	return list
}

func parameter(in string, s source, inputs *schemas) *huma.Param {
	schema := huma.SchemaFromField(inputs.registry, s.field, "")
	schema.Nullable = false // a parameter is there or not
	p := &huma.Param{Name: s.name, In: in, Required: in == "path", Description: schema.Description, Schema: schema}
	schema.Description = ""
	return p
}

func headerParameter(name, text string, maxLength int) *huma.Param {
	schema := &huma.Schema{Type: huma.TypeString}
	if maxLength > 0 {
		schema.MaxLength = &maxLength
	}
	return &huma.Param{Name: name, In: "header", Description: text, Schema: schema}
}

// tagged reports whether answers carry an ETag.
func (e *endpoint) tagged() bool { return e.out.Implements(tagged) }

func (e *endpoint) answerOf(status int, outputs *schemas) *huma.Response {
	r := &huma.Response{Description: http.StatusText(status), Headers: map[string]*huma.Param{}}
	text := &huma.Schema{Type: huma.TypeString}
	if e.tagged() {
		r.Headers["ETag"] = &huma.Param{Description: "The version of what is answered.", Schema: text}
	}
	if e.location != nil {
		r.Headers["Location"] = &huma.Param{Description: "The address of what was created.", Schema: text}
	}
	if e.download != nil {
		r.Content = map[string]*huma.MediaType{}
		for _, format := range e.formats {
			r.Content[format] = &huma.MediaType{Schema: text}
			if format == jsonType {
				r.Content[format] = &huma.MediaType{Schema: outputs.of(e.out, upperFirst(e.id)+"Answer")}
			}
		}
	} else if len(e.gives) > 0 {
		r.Content = files(e.gives)
	} else if e.out != nothing {
		r.Content = map[string]*huma.MediaType{jsonType: {Schema: outputs.of(e.out, upperFirst(e.id)+"Answer")}}
	}
	return r
}

// files are bodies that are no JSON.
func files(types []string) map[string]*huma.MediaType {
	content := map[string]*huma.MediaType{}
	for _, t := range types {
		content[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	return content
}

// security says which credentials count on the operation's plane: nobody changes
// their own account with a key.
func (e *endpoint) security() []map[string][]string {
	key, session := map[string][]string{bearerScheme: {}}, map[string][]string{sessionScheme: {}}
	switch e.spec.Scope {
	case authz.InOrg, authz.Platform, authz.OnBehalf:
		return []map[string][]string{key, session}
	case authz.Self, authz.Operator:
		return []map[string][]string{session}
	}
	return nil
}

// refusals are the kinds of failure that the endpoint can answer with.
func (e *endpoint) refusals() []errs.Kind {
	list := []errs.Kind{errs.KindMalformed, errs.KindTooMany, errs.KindInternal, errs.KindUnavailable}
	if e.spec.Scope != authz.Public {
		// The own account asks for no permission, but its organization may be
		// suspended, and a browser may not say where a change comes from.
		list = append(list, errs.KindUnauthenticated, errs.KindForbidden)
	}
	if strings.Contains(e.path, "{") {
		list = append(list, errs.KindNotFound)
	}
	if e.spec.Writes {
		list = append(list, errs.KindConflict)
	}
	if e.input.version != nil {
		list = append(list, errs.KindPrecondition, errs.KindPreconditionRequired)
	}
	if len(e.input.body) > 0 || len(e.takes) > 0 {
		list = append(list, errs.KindTooLarge, errs.KindMediaType, errs.KindInvalid)
	} else if e.method == http.MethodPost && e.spec.Writes {
		list = append(list, errs.KindInvalid) // a reused Idempotency-Key
	}
	list = append(list, e.refuses...)
	slices.Sort(list)
	return slices.Compact(list)
}

// refusal is the response that all endpoints share for one kind of failure.
func refusal(kind errs.Kind, problem *huma.Schema) *huma.Response {
	r := &huma.Response{
		Description: statuses[kind].title + ".",
		Content:     map[string]*huma.MediaType{problemType: {Schema: problem}},
	}
	switch kind {
	case errs.KindTooMany, errs.KindUnavailable:
		r.Headers = map[string]*huma.Param{"Retry-After": {Description: "In how many seconds to try again.", Schema: &huma.Schema{Type: huma.TypeInteger}}}
	case errs.KindUnauthenticated:
		r.Headers = map[string]*huma.Param{"WWW-Authenticate": {Schema: &huma.Schema{Type: huma.TypeString}}}
	}
	return r
}

// responseName is the title of a kind in camel case: NotFound.
func responseName(kind errs.Kind) string {
	return upperFirst(camel(strings.ReplaceAll(statuses[kind].title, " ", "-")))
}
