package api

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"roster/internal/authz"
)

// docs is what the page at /api/docs shows.
type docs struct {
	Title       string
	Version     string
	Stylesheets []string
	Conventions []string
	Groups      []docsGroup
}

type docsGroup struct {
	Name       string
	ID         string
	Operations []docsRoute
}

type docsRoute struct {
	ID          string
	Method      string
	Path        string
	Summary     string
	Description string
	Who         string
	Permission  string
	Parameters  []docsField
	Body        []docsField
	Fields      []docsField
	Answers     []docsAnswer
	Curl        string
}

type docsField struct {
	Name     string
	In       string
	Type     string
	Required bool
	Doc      string
}

type docsAnswer struct {
	Status  int
	Meaning string
}

//go:embed docs.css
var docsStyle []byte

// docsPolicy lets the page load styles, fonts and images of this server and
// nothing else.
const docsPolicy = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (a *API) serveDocs(w http.ResponseWriter, r *http.Request) {
	page, err := a.docs()
	if err != nil {
		a.refuse(w, authz.Origin{}, a.shown(r.Context(), err))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", docsPolicy)
	h.Set("Referrer-Policy", "no-referrer")
	w.Write(page) // a client that has gone away is no failure of ours
}

func (a *API) serveDocsStyle(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Write(docsStyle) // a client that has gone away is no failure of ours
}

func (a *API) renderDocs() ([]byte, error) {
	d := a.document()
	p := docs{
		Title: a.options.Title, Version: a.options.Version, Stylesheets: a.options.Stylesheets,
		Conventions: strings.Split(conventions, "\n\n"),
	}
	groups := map[string][]docsRoute{}
	for _, e := range a.sorted() {
		groups[e.tag] = append(groups[e.tag], d.route(e, a.options.PublicURL))
	}
	for _, tag := range d.Tags {
		id := "tag-" + strings.ToLower(strings.Join(strings.Fields(tag.Name), "-"))
		p.Groups = append(p.Groups, docsGroup{Name: tag.Name, ID: id, Operations: groups[tag.Name]})
	}
	var page bytes.Buffer
	err := docsPage(p).Render(context.Background(), &page)
	return page.Bytes(), err
}

// route is one operation as people read it. It is taken from the document, so
// that the two cannot differ.
func (d *document) route(e *endpoint, publicURL string) docsRoute {
	o := d.find(e)
	r := docsRoute{
		ID: e.id, Method: e.method, Path: o.Path, Summary: e.summary, Description: e.description,
		Who: who(e.spec.Scope),
	}
	if e.spec.Scope == authz.InOrg || e.spec.Scope == authz.Platform {
		r.Permission = string(e.spec.Needs)
	}
	for _, p := range o.Parameters {
		r.Parameters = append(r.Parameters, docsField{Name: p.Name, In: p.In, Type: d.typeOf(p.Schema), Required: p.Required, Doc: meaning(p.Description, p.Schema)})
	}
	var body *huma.Schema
	if o.RequestBody != nil && len(e.takes) == 0 {
		body = o.RequestBody.Content[jsonType].Schema
		r.Body = d.fields(body)
	}
	if answer := o.Responses[strconv.Itoa(e.status)].Content[jsonType]; answer != nil {
		r.Fields = d.fields(answer.Schema)
	}
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		n, _ := strconv.Atoi(status) // the key was made of a number
		r.Answers = append(r.Answers, docsAnswer{Status: n, Meaning: d.describeAnswer(o.Responses[status])})
	}
	r.Curl = d.curl(e, publicURL+o.Path, body)
	return r
}

func (d *document) find(e *endpoint) *huma.Operation {
	item := d.Paths[Prefix+e.path]
	return map[string]*huma.Operation{
		http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put,
		http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
	}[e.method]
}

func who(scope authz.Scope) string {
	switch scope {
	case authz.InOrg:
		return "Members and API keys of the organization"
	case authz.OnBehalf:
		return "The signed-in user, about their own account; API keys of the organization, for the user whom they name"
	case authz.Self:
		return "The signed-in user, about their own account"
	case authz.Platform:
		return "Operators and operator API keys"
	case authz.Operator:
		return "The signed-in operator, about their own account"
	}
	return "Everybody"
}

func (d *document) describeAnswer(r *huma.Response) string {
	if name, shared := strings.CutPrefix(r.Ref, "#/components/responses/"); shared {
		return d.Components.Responses[name].Description
	}
	return r.Description
}

// resolve follows a reference.
func (d *document) resolve(s *huma.Schema) *huma.Schema {
	if s.Ref != "" {
		return d.Components.Schemas.SchemaFromRef(s.Ref)
	}
	return s
}

func (d *document) fields(s *huma.Schema) []docsField {
	s = d.resolve(s)
	var list []docsField
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		list = append(list, docsField{Name: name, Type: d.typeOf(p), Required: slices.Contains(s.Required, name), Doc: meaning(p.Description, p)})
	}
	return list
}

// typeOf says in words what a schema allows.
func (d *document) typeOf(s *huma.Schema) string {
	var text string
	switch {
	case s.Ref != "":
		return strings.TrimPrefix(s.Ref, schemaPrefix)
	case len(s.AnyOf) > 0:
		return d.typeOf(s.AnyOf[0]) + " or null"
	case s.Type == huma.TypeArray:
		text = "list of " + d.typeOf(s.Items)
	case s.Type == huma.TypeObject:
		text = "object"
		if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
			text = "object of " + d.typeOf(values)
		}
	case s.Format == "date-time":
		text = "time"
	case s.Type == "":
		return "anything"
	default:
		text = s.Type
	}
	if s.Nullable {
		text += " or null"
	}
	return text
}

// meaning adds the limits of a schema to its description.
func meaning(text string, s *huma.Schema) string {
	var parts []string
	if text != "" {
		parts = append(parts, text)
	}
	if len(s.Enum) > 0 {
		var values []string
		for _, v := range s.Enum {
			if v != nil {
				values = append(values, fmt.Sprint(v))
			}
		}
		parts = append(parts, "One of "+strings.Join(values, ", ")+".")
	}
	if s.MaxLength != nil {
		parts = append(parts, fmt.Sprintf("At most %d characters.", *s.MaxLength))
	}
	if s.MaxItems != nil {
		parts = append(parts, fmt.Sprintf("At most %d items.", *s.MaxItems))
	}
	return strings.Join(parts, " ")
}

// curl is an example of the request for a shell.
func (d *document) curl(e *endpoint, url string, body *huma.Schema) string {
	lines := []string{"curl"}
	if e.method != http.MethodGet {
		lines[0] += " -X " + e.method
	}
	// Braces mean something else to curl.
	lines[0] += ` "` + wildcard.ReplaceAllStringFunc(url, func(w string) string { return "$" + strings.ToUpper(strings.Trim(w, "{}")) }) + `"`
	switch e.spec.Scope {
	case authz.InOrg, authz.Platform, authz.OnBehalf:
		lines = append(lines, `-H "Authorization: Bearer $ROSTER_KEY"`)
	case authz.Self, authz.Operator:
		lines = append(lines, `-b "$ROSTER_SESSION"`)
	}
	if e.input.version != nil {
		lines = append(lines, `-H 'If-Match: "v3"'`)
	}
	if len(e.takes) > 0 {
		lines = append(lines, `-H 'Content-Type: `+e.takes[0]+`'`, "--data-binary @FILE")
	}
	if body != nil {
		text, err := json.Marshal(d.sample(body, 0), json.Deterministic(true), jsontext.WithIndent("  "))
		if err != nil {
			panic(fmt.Sprintf("api: the example of %s: %v", e.id, err)) // samples are made of plain values
		}
		lines = append(lines, `-H 'Content-Type: application/json'`, "-d '"+strings.ReplaceAll(string(text), "'", `'\''`)+"'")
	}
	return strings.Join(lines, " \\\n  ")
}

// sample makes a value that fits a schema, from its examples where it has some.
func (d *document) sample(s *huma.Schema, depth int) any {
	s = d.resolve(s)
	switch {
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	case len(s.AnyOf) > 0:
		return d.sample(s.AnyOf[0], depth)
	case depth > 4: // a type that holds itself
		return nil
	}
	switch s.Type {
	case huma.TypeObject:
		object := map[string]any{}
		for name, p := range s.Properties {
			object[name] = d.sample(p, depth+1)
		}
		return object
	case huma.TypeArray:
		return []any{d.sample(s.Items, depth+1)}
	case huma.TypeInteger, huma.TypeNumber:
		return 1
	case huma.TypeBoolean:
		return true
	case huma.TypeString:
		if s.Format == "date-time" {
			return "2026-01-31T08:00:00Z"
		}
		return "…"
	}
	return nil
}
