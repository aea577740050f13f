package web

import (
	"encoding"
	"fmt"
	"net/url"
	"reflect"
	"strconv"

	"roster/internal/errs"
)

// Bind fills a struct from the posted form, by the tags of its fields: `form:"email"`. See [Context.BindQuery] for the
// types. What the form has beside that is left alone.
func (c *Context) Bind(into any) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	return c.said(fill(into, "form", form.Values))
}

// BindQuery fills a struct from the query of the address, by `query:"…"` tags. A field is a string, a number, a bool (a
// box that is checked: anything but 0, false and off), a type made of one of these, one that implements
// encoding.TextUnmarshaler, a slice of these for several values, or a pointer or patch.Field, which stays nil or absent
// for what was not sent.
// Embedded structs are filled too. A value of the wrong form is errs.Invalid for its field.
func (c *Context) BindQuery(into any) error { return c.said(fill(into, "query", c.Queries())) }

func fill(into any, tag string, values url.Values) error {
	var check errs.Check
	fillStruct(reflect.ValueOf(into).Elem(), tag, values, &check)
	return check.Err()
}

func fillStruct(v reflect.Value, tag string, values url.Values, check *errs.Check) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name := field.Tag.Get(tag)
		switch {
		case name == "" && field.Anonymous && field.Type.Kind() == reflect.Struct:
			fillStruct(v.Field(i), tag, values, check)
		case name != "" && len(values[name]) > 0:
			if !fillField(v.Field(i), values[name]) {
				check.Fail(name, "invalid", "This value cannot be read.")
			}
		}
	}
}

// fillField sets v from the values that were sent, at least one.
func fillField(v reflect.Value, sent []string) bool {
	if v.CanAddr() {
		if optional, ok := v.Addr().Interface().(interface{ Target() any }); ok { // a patch.Field
			return fillField(reflect.ValueOf(optional.Target()).Elem(), sent)
		}
	}
	switch {
	case isUnmarshaler(v):
		return fillValue(v, sent[0])
	case v.Kind() == reflect.Slice:
		list := reflect.MakeSlice(v.Type(), len(sent), len(sent))
		for i, one := range sent {
			if !fillValue(list.Index(i), one) {
				return false
			}
		}
		v.Set(list)
		return true
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return fillField(v.Elem(), sent)
	}
	return fillValue(v, sent[0])
}

func isUnmarshaler(v reflect.Value) bool {
	return v.CanAddr() && v.Addr().Type().Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// fillValue sets v from one value. A number that was left empty is 0.
func fillValue(v reflect.Value, sent string) bool {
	if isUnmarshaler(v) {
		return v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(sent)) == nil
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(sent)
	case reflect.Bool:
		v.SetBool(sent != "" && sent != "0" && sent != "false" && sent != "off")
	case reflect.Int, reflect.Int64, reflect.Int32:
		if sent == "" {
			v.SetInt(0)
			return true
		}
		n, err := strconv.ParseInt(sent, 10, v.Type().Bits())
		v.SetInt(n)
		return err == nil
	default:
		panic(fmt.Sprintf("web: Bind cannot fill a %s", v.Type()))
	}
	return true
}
