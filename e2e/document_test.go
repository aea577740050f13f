package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// document is the OpenAPI document as the server serves it.
type document struct {
	OpenAPI    string                          `json:"openapi"`
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Schemas   map[string]*schema
		Responses map[string]response
	}
}

type operation struct {
	OperationID string              `json:"operationId"`
	Parameters  []parameter         `json:"parameters"`
	Responses   map[string]response `json:"responses"`
	RequestBody *struct {
		Content map[string]struct{ Schema *schema }
	} `json:"requestBody"`
}

type parameter struct {
	Name, In string
}

type response struct {
	Ref     string `json:"$ref"`
	Headers map[string]any
	Content map[string]struct{ Schema *schema }
}

// schema is the part of JSON Schema that the document uses.
type schema struct {
	Ref        string             `json:"$ref"`
	Type       kinds              `json:"type"`
	Format     string             `json:"format"`
	Enum       []any              `json:"enum"`
	MaxLength  *int               `json:"maxLength"`
	Minimum    *float64           `json:"minimum"`
	Maximum    *float64           `json:"maximum"`
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
	Items      *schema            `json:"items"`
	AnyOf      []*schema          `json:"anyOf"`
	Extra      json.RawMessage    `json:"additionalProperties"`

	Description string `json:"description"`
	Examples    []any  `json:"examples"`
}

// kinds are one type or several.
type kinds []string

func (k *kinds) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*k = kinds{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(k))
}

func readDocument(t testing.TB, c client) *document {
	t.Helper()
	a := c.get(t, "/api/openapi.json").ok(t, 200)
	if got := a.header.Get("Content-Type"); got != "application/json" {
		t.Errorf("the OpenAPI document comes as %q", got)
	}
	var d document
	if err := json.Unmarshal(a.body, &d); err != nil {
		t.Fatal(err)
	}
	if d.OpenAPI != "3.1.0" || len(d.Paths) == 0 {
		t.Fatalf("no OpenAPI document: %s", a)
	}
	return &d
}

// operations are all routes of the document, by operationId.
func (d *document) operations() map[string]string {
	all := map[string]string{}
	for path, methods := range d.Paths {
		for method, o := range methods {
			all[o.OperationID] = strings.ToUpper(method) + " " + path
		}
	}
	return all
}

// find is the operation that a request belongs to. As in the server, a fixed
// part of a path goes before a wildcard.
func (d *document) find(method, path string) (operation, bool) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	best, found := "", operation{}
	for template, methods := range d.Paths {
		if o, ok := methods[strings.ToLower(method)]; ok && matches(template, path) && (best == "" || strings.Count(template, "{") < strings.Count(best, "{")) {
			best, found = template, o
		}
	}
	return found, best != ""
}

func matches(template, path string) bool {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	return slices.EqualFunc(want, got, func(w, g string) bool { return w == g || strings.HasPrefix(w, "{") && g != "" })
}

// general are refusals that no route lists, because they come before any.
var general = []int{http.StatusMethodNotAllowed, http.StatusMisdirectedRequest}

// judge says in what a request that was taken, and its answer, differ from the
// document.
func (d *document) judge(a answer) []string {
	method, _, _ := strings.Cut(a.asked, " ")
	o, found := d.find(method, a.path())
	wrong := d.taken(o, a)
	if !found {
		if a.status < 400 {
			return []string{"there is no such route"}
		}
		return nil
	}
	r, listed := o.Responses[strconv.Itoa(a.status)]
	if !listed {
		if slices.Contains(general, a.status) {
			return nil
		}
		return []string{fmt.Sprintf("%s cannot answer %d", o.OperationID, a.status)}
	}
	if name, shared := strings.CutPrefix(r.Ref, "#/components/responses/"); shared {
		r = d.Components.Responses[name]
	}
	for name := range r.Headers {
		// A refusal says when to come back only if somebody knows.
		if a.header.Get(name) == "" && name != "Retry-After" {
			wrong = append(wrong, "the header "+name+" is missing")
		}
	}
	if len(r.Content) == 0 {
		if len(a.body) > 0 {
			wrong = append(wrong, "there is a body")
		}
		return wrong
	}
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	content, known := r.Content[kind]
	if !known {
		return append(wrong, "the body is a "+kind)
	}
	if method == http.MethodHead || content.Schema == nil || kind != "application/json" && kind != "application/problem+json" {
		return wrong // a file has no schema
	}
	var v any
	if err := json.Unmarshal(a.body, &v); err != nil {
		return append(wrong, err.Error())
	}
	return append(wrong, d.compare(content.Schema, v, "$")...)
}

// taken says what of a request that went well the document does not know.
func (d *document) taken(o operation, a answer) []string {
	if a.status >= 400 {
		return nil
	}
	var wrong []string
	_, query, _ := strings.Cut(a.asked, "?")
	for part := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(part, "=")
		if name != "" && !slices.Contains(o.Parameters, parameter{name, "query"}) {
			wrong = append(wrong, "the parameter "+name+" is not in the document")
		}
	}
	if len(a.sent) == 0 || o.RequestBody == nil {
		return wrong
	}
	content, isJSON := o.RequestBody.Content["application/json"]
	if !isJSON {
		return wrong // a file has no schema
	}
	var v any
	if err := json.Unmarshal(a.sent, &v); err != nil {
		return append(wrong, err.Error())
	}
	return append(wrong, d.compare(content.Schema, v, "request")...)
}

// compare says in what a value differs from a schema.
func (d *document) compare(s *schema, v any, at string) []string {
	if name, ref := strings.CutPrefix(s.Ref, "#/components/schemas/"); ref {
		target, known := d.Components.Schemas[name]
		if !known {
			return []string{"the document has no schema " + name}
		}
		return d.compare(target, v, at)
	}
	if len(s.AnyOf) > 0 {
		var wrong []string
		for _, one := range s.AnyOf {
			w := d.compare(one, v, at)
			if len(w) == 0 {
				return nil
			}
			wrong = append(wrong, w...)
		}
		return wrong
	}
	if len(s.Type) == 0 {
		return nil // anything
	}
	if !slices.ContainsFunc(s.Type, func(k string) bool { return isKind(v, k) }) {
		return []string{fmt.Sprintf("%s is %v, want %v", at, v, s.Type)}
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
		return []string{fmt.Sprintf("%s is %v, want one of %v", at, v, s.Enum)}
	}
	switch v := v.(type) {
	case string:
		return s.text(v, at)
	case float64:
		if s.Minimum != nil && v < *s.Minimum || s.Maximum != nil && v > *s.Maximum {
			return []string{fmt.Sprintf("%s is %v", at, v)}
		}
	case []any:
		var wrong []string
		for i, item := range v {
			wrong = append(wrong, d.compare(s.Items, item, fmt.Sprintf("%s[%d]", at, i))...)
		}
		return wrong
	case map[string]any:
		return d.object(s, v, at)
	}
	return nil
}

// text compares a string with the limits of its schema.
func (s *schema) text(v, at string) []string {
	if s.MaxLength != nil && utf8.RuneCountInString(v) > *s.MaxLength {
		return []string{at + " is too long"}
	}
	if s.Format == "date-time" {
		if _, err := time.Parse(time.RFC3339Nano, v); err != nil || !strings.HasSuffix(v, "Z") {
			return []string{fmt.Sprintf("%s is %s, want a time in UTC", at, v)}
		}
	}
	return nil
}

// object compares members. What the document does not name is wrong in an
// answer too: whoever reads the document would not know of it.
func (d *document) object(s *schema, v map[string]any, at string) []string {
	var wrong []string
	for _, name := range s.Required {
		if _, there := v[name]; !there {
			wrong = append(wrong, at+"."+name+" is missing")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if member := s.Properties[name]; member != nil {
			wrong = append(wrong, d.compare(member, v[name], at+"."+name)...)
		} else if len(s.Extra) == 0 || string(s.Extra) == "false" {
			wrong = append(wrong, at+"."+name+" is not in the document")
		}
	}
	return wrong
}

func isKind(v any, kind string) bool {
	switch v := v.(type) {
	case nil:
		return kind == "null"
	case bool:
		return kind == "boolean"
	case float64:
		return kind == "number" || kind == "integer" && v == float64(int64(v))
	case string:
		return kind == "string"
	case []any:
		return kind == "array"
	}
	return kind == "object"
}
