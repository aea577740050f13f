package api

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"roster/internal/errs"
)

const (
	maxDepth = 32
	// root is how a refusal names the body as a whole.
	root = "$"
)

// strict is how values are read. That names are case-sensitive and never doubled
// is the default.
var strict = json.RejectUnknownMembers(true)

// fillBody reads the members of the body into the input. All wrong members are
// refused together; inside a member the first mistake counts. A body that is not
// there is an empty object, and one with more than maxNames names is refused.
func (in input) fillBody(into reflect.Value, body []byte, maxNames int) error {
	if body == nil {
		body = []byte("{}")
	}
	if err := scan(body, maxNames); err != nil {
		return err
	}
	var check errs.Check
	dec := jsontext.NewDecoder(bytes.NewReader(body))
	if dec.PeekKind() != '{' {
		check.Fail(root, "invalid_type", "The body must be an object.")
		return check.Err()
	}
	members := make(map[string]source, len(in.body))
	for _, s := range in.body {
		members[s.name] = s
	}
	given := map[string]bool{}
	if _, err := dec.ReadToken(); err != nil {
		return unreadable(err)
	}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return unreadable(err)
		}
		key := name.String() // the token is void once the decoder goes on
		value, err := dec.ReadValue()
		if err != nil {
			return unreadable(err)
		}
		s, known := members[key]
		if !known {
			failUnknown(&check, shownName(key))
			continue
		}
		given[key] = value.Kind() != 'n'
		target := into.FieldByIndex(s.field.Index).Addr().Interface()
		if err := json.Unmarshal(value, target, strict); err != nil {
			failMember(&check, shownName(key), s.field.Type, err)
		}
	}
	for _, s := range in.body {
		if s.required && !given[s.name] {
			check.Fail(s.name, "required", "This is needed.")
		}
	}
	return check.Err()
}

// failMember notes what is wrong with a member's value. The error's own words
// would repeat the value, so they are not used.
func failMember(check *errs.Check, name string, t reflect.Type, err error) {
	e, ok := errors.AsType[*json.SemanticError](err)
	if !ok {
		check.Fail(name, "invalid_type", "This must be %s.", wanted(t))
		return
	}
	name += fieldPath(e.JSONPointer)
	if errors.Is(e.Err, json.ErrUnknownName) {
		failUnknown(check, name)
		return
	}
	if e.GoType != nil {
		t = e.GoType
	}
	check.Fail(name, "invalid_type", "This must be %s.", wanted(t))
}

func failUnknown(check *errs.Check, name string) {
	check.Fail(name, "unknown_field", "There is no such field here. Names are case-sensitive.")
}

// fieldPath spells a pointer as field names: `.limits.team_ids[0]`.
func fieldPath(p jsontext.Pointer) string {
	var b strings.Builder
	for token := range p.Tokens() {
		if strings.Trim(token, "0123456789") == "" && token != "" {
			b.WriteString("[" + shownName(token) + "]")
			continue
		}
		b.WriteString("." + shownName(token))
	}
	return b.String()
}

// scan reads the body once without keeping anything, so that no limit is found
// exceeded only after the memory is spent.
func scan(body []byte, maxNames int) error {
	dec := jsontext.NewDecoder(bytes.NewReader(body))
	keys := 0
	for {
		token, err := dec.ReadToken()
		if err != nil {
			return unreadable(err)
		}
		depth := dec.StackDepth()
		if depth > maxDepth {
			return errs.Malformed("too_complex", "The body is nested deeper than %d levels.", maxDepth)
		}
		if token.Kind() == '"' {
			if parent, n := dec.StackIndex(depth); parent == '{' && n%2 == 1 {
				keys++
			}
			if keys > maxNames {
				return errs.Malformed("too_complex", "The body has more than %d names.", maxNames)
			}
			if strings.Contains(token.String(), "\x00") {
				return errs.Invalid(errs.Field{Field: bodyPath(dec.StackPointer()), Code: "invalid_character", Message: "This must not contain the character NUL."})
			}
		}
		if depth == 0 {
			break
		}
	}
	if _, err := dec.ReadToken(); err != io.EOF {
		return errs.Malformed("malformed_json", "The body goes on after its end: send one JSON value.")
	}
	return nil
}

// unreadable refuses text that is no JSON. It tells where, never what.
func unreadable(err error) error {
	e, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case !ok:
		return errs.Malformed("malformed_json", "The body is not JSON, or it broke off.")
	case errors.Is(err, jsontext.ErrDuplicateName):
		return errs.Malformed("malformed_json", "The body has one name twice in one object, near byte %d.", e.ByteOffset)
	}
	return errs.Malformed("malformed_json", "The body is not JSON near byte %d.", e.ByteOffset)
}

// bodyPath is fieldPath for a place in the body as a whole.
func bodyPath(p jsontext.Pointer) string {
	if path := strings.TrimPrefix(fieldPath(p), "."); path != "" {
		return path
	}
	return root
}
