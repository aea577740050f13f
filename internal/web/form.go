package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"roster/internal/errs"
)

// Limits of a form. The body as a whole has one too, see [MaxBody].
const (
	maxField  = 64 << 10
	maxValues = 2000
)

// Form is what was posted. A field may have several values.
type Form struct {
	url.Values
	Files map[string][]File
}

// File is an uploaded file. Name is the sender's and only to be shown; Type is a claim.
type File struct {
	Name, Type string
	Content    []byte
}

// Form reads the posted form, once. It refuses other content than a form (415), more than the limits (413), and what is
// no text (400).
func (c *Context) Form() (*Form, error) {
	if c.form != nil {
		return c.form, nil
	}
	form, err := readForm(c.r)
	if err != nil {
		return nil, err
	}
	c.form = form
	return form, nil
}

func readForm(r *http.Request) (*Form, error) {
	form := &Form{Values: url.Values{}, Files: map[string][]File{}}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Header.Get("Content-Type") == "" && r.ContentLength == 0:
		return form, nil
	case err == nil && kind == "application/x-www-form-urlencoded":
		err = form.readEncoded(r.Body)
	case err == nil && kind == "multipart/form-data" && params["boundary"] != "":
		err = form.readParts(multipart.NewReader(r.Body, params["boundary"]))
	default:
		return nil, errs.New(errs.KindMediaType, "unsupported_media_type", "This address takes forms only.")
	}
	if err != nil {
		return nil, formError(err)
	}
	return form, nil
}

func (f *Form) readEncoded(body io.Reader) error {
	text, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	if strings.Count(string(text), "&") >= maxValues {
		return tooManyValues()
	}
	values, err := url.ParseQuery(string(text))
	if err != nil {
		return err
	}
	for name, list := range values {
		for _, value := range list {
			if err := f.add(name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *Form) readParts(parts *multipart.Reader) error {
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case n >= maxValues:
			return tooManyValues()
		}
		if err := f.addPart(part); err != nil {
			return err
		}
	}
}

func (f *Form) addPart(part *multipart.Part) error {
	name, file := part.FormName(), part.FileName()
	if file == "" {
		value, err := io.ReadAll(io.LimitReader(part, maxField+1))
		if err != nil {
			return err
		}
		if _, wasFile := part.Header["Content-Type"]; wasFile && len(value) == 0 {
			return nil // a file that nobody chose
		}
		return f.add(name, string(value))
	}
	content, err := io.ReadAll(part) // the body has a limit
	if err != nil {
		return err
	}
	if !isText(name) {
		return notText()
	}
	f.Files[name] = append(f.Files[name], File{Name: cleaned(file, 255), Type: part.Header.Get("Content-Type"), Content: content})
	return nil
}

func (f *Form) add(name, value string) error {
	switch {
	case len(name) > maxField || len(value) > maxField:
		return errs.New(errs.KindTooLarge, "field_too_large", "One of the fields holds more than 64 KiB. Shorten it.")
	case !isText(name) || !isText(value):
		return notText()
	}
	f.Add(name, value)
	return nil
}

func tooManyValues() error {
	return errs.New(errs.KindTooLarge, "too_many_values", "The form holds more than %d values. Send it in parts.", maxValues)
}

func notText() error {
	return errs.Malformed("invalid_text", "One of the fields holds what is no text.")
}

// formError turns what went wrong while reading into a refusal.
func formError(err error) error {
	if _, ok := errors.AsType[*errs.Error](err); ok {
		return err
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge()
	}
	return errs.Malformed("invalid_form", "The form arrived incomplete or broken. Send it again.")
}

func tooLarge() error {
	return errs.New(errs.KindTooLarge, "body_too_large", "The request holds more than this address takes.")
}
