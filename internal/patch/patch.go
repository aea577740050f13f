// Package patch holds the three-state field of a PATCH body: absent, null, or a
// value.
package patch

import (
	"encoding/json"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Field is a member of a PATCH body. Its zero value means that the member is
// absent: leave things as they are. Give it the tag `json:",omitzero"`, so that
// an absent field is also left out when the body is written.
type Field[T any] struct {
	Set   bool // the member is there
	Null  bool // and it is null; only ever true together with Set
	Value T    // the zero value unless Set and not Null
}

// To returns a field that sets v.
func To[T any](v T) Field[T] { return Field[T]{Set: true, Value: v} }

// ToNull returns a field that clears.
func ToNull[T any]() Field[T] { return Field[T]{Set: true, Null: true} }

// Or returns what the field leaves behind when current was there before: current
// if the field is absent, the zero value if it is null, else its value.
func (f Field[T]) Or(current T) T {
	if !f.Set {
		return current
	}
	return f.Value
}

// Target sets the field and returns where its value goes. It serves decoders of
// other forms than JSON.
func (f *Field[T]) Target() any {
	f.Set, f.Null = true, false
	return &f.Value
}

// IsZero reports that the field is absent. It serves `omitzero`.
func (f Field[T]) IsZero() bool { return !f.Set }

// UnmarshalJSON implements [json.Unmarshaler]. A failure leaves f unchanged.
func (f *Field[T]) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*f = ToNull[T]()
		return nil
	}
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*f = To(v)
	return nil
}

// UnmarshalJSONFrom implements the streaming interface of go-json-experiment. It
// passes on the decoder's options, so that a strict decoder stays strict inside
// the field.
func (f *Field[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() == 'n' {
		if _, err := dec.ReadToken(); err != nil {
			return err
		}
		*f = ToNull[T]()
		return nil
	}
	var v T
	if err := jsonv2.UnmarshalDecode(dec, &v); err != nil {
		return err
	}
	*f = To(v)
	return nil
}

// MarshalJSON implements [json.Marshaler]. Absent and null both become null; see
// [Field] for how to leave absent ones out.
func (f Field[T]) MarshalJSON() ([]byte, error) {
	if !f.Set || f.Null {
		return []byte("null"), nil
	}
	return json.Marshal(f.Value)
}
