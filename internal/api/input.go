package api

import (
	"encoding"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"roster/internal/errs"
)

const (
	maxQuery      = 4 << 10
	maxParameters = 50
)

// input says where the fields of an operation's input come from.
type input struct {
	path    []source
	query   []source
	body    []source
	version []int // index of the ifmatch field, or nil
	file    []int // index of the []byte that the whole body goes into, or nil
}

// source is one field and the name under which it arrives.
type source struct {
	name     string
	field    reflect.StructField // its Index begins at the input
	required bool                // a member of the body that must be there
	least    int64               // of a number in the query: the tags minimum and maximum
	most     int64
}

// credentials are the parameters in which keys are sent to other services. A key
// in an address is a key in logs, histories and referrers.
var credentials = []string{"access_token", "api_key", "key"}

var (
	textType = reflect.TypeFor[encoding.TextUnmarshaler]()
	timeType = reflect.TypeFor[time.Time]()
)

// inputOf reads the tags of an input type. It refuses a field that nobody has
// decided about.
func inputOf(t reflect.Type) (input, error) {
	if t.Kind() != reflect.Struct {
		return input{}, errors.New("the input is not a struct")
	}
	var in input
	if err := in.collect(t, nil); err != nil {
		return input{}, err
	}
	for kind, list := range map[string][]source{"path": in.path, "query": in.query, "json": in.body} {
		seen := map[string]bool{}
		for _, s := range list {
			if seen[s.name] {
				return input{}, fmt.Errorf("two fields are %s:%q", kind, s.name)
			}
			seen[s.name] = true
		}
	}
	return in, nil
}

func (in *input) collect(t reflect.Type, prefix []int) error {
	for i := range t.NumField() {
		f := t.Field(i)
		f.Index = append(slices.Clone(prefix), i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && f.Type.Kind() == reflect.Struct && f.Tag.Get("json") == "" {
			if err := in.collect(f.Type, f.Index); err != nil {
				return err
			}
			continue
		}
		if !f.IsExported() {
			continue
		}
		switch path, query := f.Tag.Get("path"), f.Tag.Get("query"); {
		case path != "":
			if path == "org" || !readable(f.Type) || f.Type.Kind() == reflect.Slice {
				return fmt.Errorf("%s cannot be read from the path", f.Name)
			}
			in.path = append(in.path, source{name: path, field: f})
		case query != "":
			if !readable(f.Type) || slices.Contains(credentials, query) {
				return fmt.Errorf("%s cannot be read from the query", f.Name)
			}
			least, most, err := limitsOf(f)
			if err != nil {
				return fmt.Errorf("the limits of %s: %w", f.Name, err)
			}
			in.query = append(in.query, source{name: query, field: f, least: least, most: most})
		case f.Tag.Get("ifmatch") != "":
			if f.Type.Kind() != reflect.Int64 || in.version != nil {
				return fmt.Errorf("%s is not the one int64 for If-Match", f.Name)
			}
			in.version = f.Index
		case f.Tag.Get("body") == "file":
			if f.Type != reflect.TypeFor[[]byte]() || in.file != nil {
				return fmt.Errorf("%s is not the one []byte for the body", f.Name)
			}
			in.file = f.Index
		case name == "-" && options == "":
		case name == "":
			return fmt.Errorf("%s comes from nowhere: tag it path, query, ifmatch or json", f.Name)
		case options != "" && options != "omitempty" && options != "omitzero":
			return fmt.Errorf("%s has an option of json that is not understood here", f.Name)
		default:
			in.body = append(in.body, source{name: name, field: f, required: f.Tag.Get("required") == "true"})
		}
	}
	return nil
}

// limitsOf reads the tags that the OpenAPI document shows as limits, too.
func limitsOf(f reflect.StructField) (least, most int64, err error) {
	least, most = math.MinInt64, math.MaxInt64
	for name, limit := range map[string]*int64{"minimum": &least, "maximum": &most} {
		if tag := f.Tag.Get(name); tag != "" && err == nil {
			*limit, err = strconv.ParseInt(tag, 10, 64)
		}
	}
	return least, most, err
}

// readable reports whether a value of the type can be read from a parameter.
func readable(t reflect.Type) bool {
	if reflect.PointerTo(t).Implements(textType) {
		return true
	}
	switch t.Kind() {
	case reflect.Pointer:
		return t.Elem().Kind() != reflect.Pointer && t.Elem().Kind() != reflect.Slice && readable(t.Elem())
	case reflect.Slice:
		return t.Elem().Kind() != reflect.Pointer && t.Elem().Kind() != reflect.Slice && readable(t.Elem())
	case reflect.String, reflect.Bool,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return true
	}
	return false
}

// parseQuery splits a query within the limits. It refuses credentials, whoever
// asks and wherever.
func parseQuery(raw string) (url.Values, error) {
	if len(raw) > maxQuery || strings.Count(raw, "&") >= maxParameters {
		return nil, errs.Malformed("query_too_long", "The query takes at most %d bytes and %d parameters.", maxQuery, maxParameters)
	}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, errs.Malformed("invalid_parameter", "The query of the address cannot be read: check how it is escaped.")
	}
	for _, name := range credentials {
		if values.Has(name) {
			return nil, parameterRefusal("credential_in_url", name,
				"Send the key in the header Authorization. Take this one as disclosed and replace it: addresses are kept in logs.")
		}
	}
	return values, nil
}

func parameterRefusal(code, name, format string, args ...any) error {
	e := errs.Malformed(code, format, args...)
	e.Fields = []errs.Field{{Field: shownName(name), Code: code, Message: e.Message}}
	return e
}

// fillQuery reads the parameters into the input.
func (in input) fillQuery(into reflect.Value, values url.Values) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		known := func(s source) bool { return s.name == name }
		if !slices.ContainsFunc(in.query, known) {
			return parameterRefusal("unknown_parameter", name, "There is no such parameter here. Names are case-sensitive.")
		}
	}
	for _, s := range in.query {
		texts := values[s.name]
		if len(texts) == 0 {
			continue
		}
		v := into.FieldByIndex(s.field.Index)
		if isList(v.Type()) {
			if !readList(v, texts) {
				return parameterRefusal("invalid_parameter", s.name, "%s must be a list of values: %s.", s.name, wanted(v.Type().Elem()))
			}
			continue
		}
		if len(texts) > 1 {
			return parameterRefusal("invalid_parameter", s.name, "%s can be given only once.", s.name)
		}
		if !readText(v, texts[0]) {
			return parameterRefusal("invalid_parameter", s.name, "%s must be %s.", s.name, wanted(v.Type()))
		}
		if v.CanInt() && (v.Int() < s.least || v.Int() > s.most) {
			return parameterRefusal("invalid_parameter", s.name, "%s must be from %d to %d.", s.name, s.least, s.most)
		}
	}
	return nil
}

// fillPath reads the wildcards of the path into the input. What cannot be read
// names nothing that exists.
func (in input) fillPath(into reflect.Value, value func(name string) string) error {
	for _, s := range in.path {
		if !readText(into.FieldByIndex(s.field.Index), value(s.name)) {
			return errs.NotFound()
		}
	}
	return nil
}

func isList(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && !reflect.PointerTo(t).Implements(textType)
}

// readList reads repeated and comma-separated values alike.
func readList(v reflect.Value, texts []string) bool {
	for _, text := range texts {
		for part := range strings.SplitSeq(text, ",") {
			if part == "" {
				continue
			}
			element := reflect.New(v.Type().Elem()).Elem()
			if !readText(element, part) {
				return false
			}
			v.Set(reflect.Append(v, element))
		}
	}
	return true
}

// readText reads one value of a type that is readable.
func readText(v reflect.Value, text string) bool {
	if !storable(text) {
		return false
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(text)) == nil
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
		return true
	case reflect.Bool:
		v.SetBool(text == "true")
		return text == "true" || text == "false"
	default:
		n, err := strconv.ParseInt(text, 10, v.Type().Bits())
		v.SetInt(n)
		return err == nil
	}
}

// storable reports whether both databases can hold the text: PostgreSQL refuses
// what is no UTF-8, and NUL.
func storable(text string) bool {
	return utf8.ValidString(text) && !strings.Contains(text, "\x00")
}

// wanted says in words what a value of the type looks like.
func wanted(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == timeType {
		return "a time such as 2026-01-31T08:00:00Z"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return fmt.Sprintf("a whole number of at most %d bits", t.Bits())
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		if reflect.PointerTo(t).Implements(textType) {
			return "a text of the right form"
		}
		return "an object"
	}
	return "a text"
}

// shownName is a name that a client made up, fit to be shown: short, and with
// nothing that a terminal could take for a command.
func shownName(name string) string {
	const most = 64
	if name == "" {
		return `""`
	}
	runes := []rune(name)
	cut := len(runes) > most
	if cut {
		runes = runes[:most]
	}
	for i, r := range runes {
		if !unicode.IsPrint(r) {
			runes[i] = utf8.RuneError
		}
	}
	if cut {
		return string(runes) + "…"
	}
	return string(runes)
}
