package api

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/authz"
)

const schemaPrefix = "#/components/schemas/"

// schemas makes the component schemas of the types of one direction. Inputs and
// outputs differ: what may be left out of an input may still be in every output,
// and only outputs may grow.
type schemas struct {
	registry huma.Registry
	names    map[reflect.Type]string
	taken    map[string]bool // shared by both directions
	inputs   bool
}

func newSchemas(taken map[string]bool, inputs bool) *schemas {
	s := &schemas{names: map[reflect.Type]string{}, taken: taken, inputs: inputs}
	s.registry = huma.NewMapRegistry(schemaPrefix, func(t reflect.Type, _ string) string { return s.names[deref(t)] })
	return s
}

// of is the schema of a type, a reference if the type is a struct. An unnamed
// struct is called by the hint.
func (s *schemas) of(t reflect.Type, hint string) *huma.Schema {
	s.learn(t, hint)
	return s.registry.Schema(t, true, hint)
}

// object is the schema of the members of a body, under the given name.
func (s *schemas) object(name string, members []source) *huma.Schema {
	schema := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{}, AdditionalProperties: false}
	for _, m := range members {
		s.learn(m.field.Type, name+m.field.Name)
		schema.Properties[m.name] = huma.SchemaFromField(s.registry, m.field, "")
		if m.required {
			schema.Required = append(schema.Required, m.name)
		}
	}
	if s.taken[name] {
		panic(fmt.Sprintf("api: the name %s is taken in the OpenAPI document", name))
	}
	s.taken[name] = true
	s.registry.Map()[name] = schema
	for _, m := range members {
		s.tidyMember(schema, m.name, m.field)
	}
	s.tidy(schema)
	return &huma.Schema{Ref: schemaPrefix + name}
}

// learn names all structs that t is made of before huma meets them, and shows it
// what is in a patch.Field.
func (s *schemas) learn(t reflect.Type, hint string) {
	t = deref(t)
	if t == reflect.TypeFor[authz.Accounts]() {
		s.registry.RegisterTypeAlias(t, reflect.TypeFor[allOrIDs]())
		return
	}
	if inner, ok := patched(t); ok {
		s.registry.RegisterTypeAlias(t, inner)
		s.learn(inner, hint)
		return
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map:
		s.learn(t.Elem(), hint+"Item")
	case reflect.Struct:
		if s.names[t] != "" || t == timeType || reflect.PointerTo(t).Implements(textType) {
			return
		}
		s.names[t] = s.name(t, hint)
		for _, f := range reflect.VisibleFields(t) {
			if f.IsExported() {
				s.learn(f.Type, s.names[t]+f.Name)
			}
		}
	}
}

// name finds a free name for a struct: its own, else with its package before it.
func (s *schemas) name(t reflect.Type, hint string) string {
	own, qualified := spoken(t)
	candidates := []string{own, qualified}
	if own == "" {
		candidates = []string{hint}
	} else if s.inputs {
		candidates = []string{own + "Input", qualified + "Input"}
	}
	for _, name := range candidates {
		if !s.taken[name] {
			s.taken[name] = true
			return name
		}
	}
	panic(fmt.Sprintf("api: %v needs another name: %v are taken in the OpenAPI document", t, candidates))
}

// spoken is the name of a type alone and with its package: Invitation and
// InviteInvitation, InvitationPage and InviteInvitationPage for a Page of them.
func spoken(t reflect.Type) (own, qualified string) {
	outer, args, generic := strings.Cut(t.Name(), "[")
	if !generic {
		return upperFirst(outer), upperFirst(path.Base(t.PkgPath())) + upperFirst(outer)
	}
	for arg := range strings.SplitSeq(strings.TrimRight(args, "]"), ",") {
		pkg, name, found := strings.Cut(path.Base(strings.TrimLeft(arg, "*[]")), ".")
		if !found {
			pkg, name = "", pkg
		}
		own += upperFirst(name)
		qualified += upperFirst(pkg) + upperFirst(name)
	}
	return own + upperFirst(outer), qualified + upperFirst(outer)
}

// finish corrects what huma says of the structs: null belongs to pointers and
// patch.Field, never to lists; inputs need only what is marked; outputs may get
// more members one day.
func (s *schemas) finish() {
	for name, schema := range s.registry.Map() {
		if t := s.registry.TypeFromRef(schemaPrefix + name); t != nil {
			s.tidyStruct(schema, t)
		}
	}
}

func (s *schemas) tidyStruct(schema *huma.Schema, t reflect.Type) {
	if s.inputs {
		schema.Required = nil
	} else {
		schema.AdditionalProperties = nil
	}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if schema.Properties[name] == nil {
			continue
		}
		s.tidyMember(schema, name, f)
		if s.inputs && f.Tag.Get("required") == "true" {
			schema.Required = append(schema.Required, name)
		}
	}
	s.tidy(schema)
}

// tidyMember says of a member whether it may be null.
func (s *schemas) tidyMember(schema *huma.Schema, name string, f reflect.StructField) {
	p := schema.Properties[name]
	s.tidy(p)
	_, isPatch := patched(f.Type)
	nullable := isPatch || f.Type.Kind() == reflect.Pointer && (s.inputs || !strings.Contains(f.Tag.Get("json"), ",omit"))
	switch {
	case !nullable:
		p.Nullable = false
	case p.Ref != "":
		schema.Properties[name] = &huma.Schema{Description: p.Description, AnyOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}}
	default:
		p.Nullable = p.Type != ""
		if p.Enum != nil && !slices.Contains(p.Enum, nil) {
			p.Enum = append(p.Enum, nil)
		}
	}
}

// tidy takes from lists inside lists and maps the null that huma gives to all.
func (s *schemas) tidy(schema *huma.Schema) {
	inner := []*huma.Schema{schema.Items}
	if values, ok := schema.AdditionalProperties.(*huma.Schema); ok {
		inner = append(inner, values)
	}
	for _, i := range inner {
		if i != nil {
			i.Nullable = i.Nullable && i.Type != huma.TypeArray
			s.tidy(i)
		}
	}
}

// allOrIDs is authz.Accounts as JSON has it.
type allOrIDs struct{}

// Schema implements huma.SchemaProvider.
func (allOrIDs) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{
		{Type: huma.TypeString, Enum: []any{"all"}},
		{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString}},
	}}
}

// patched is what a patch.Field holds.
func patched(t reflect.Type) (reflect.Type, bool) {
	if t.PkgPath() != "roster/internal/patch" || !strings.HasPrefix(t.Name(), "Field[") {
		return nil, false
	}
	value, _ := t.FieldByName("Value")
	return value.Type, true
}

func deref(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}
