package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/secret"
	"roster/internal/web/ui"
)

func TestFormLimits(t *testing.T) {
	w := newWorld(t, public)
	w.page("POST /form", func(c *Context) (Response, error) {
		_, err := c.Form()
		return say("taken"), err
	})
	pairs := func(n int) string { return strings.Repeat("a=b&", n-1) + "a=b" }
	for name, c := range map[string]struct {
		kind, body string
		status     int
		code       string
	}{
		"empty":               {"", "", 200, ""},
		"full field":          {"application/x-www-form-urlencoded", "a=" + strings.Repeat("b", maxField), 200, ""},
		"field too large":     {"application/x-www-form-urlencoded", "a=" + strings.Repeat("b", maxField+1), 413, "field_too_large"},
		"many values":         {"application/x-www-form-urlencoded", pairs(maxValues), 200, ""},
		"too many values":     {"application/x-www-form-urlencoded", pairs(maxValues + 1), 413, "too_many_values"},
		"too large":           {"application/x-www-form-urlencoded", strings.Repeat("b", defaultBody+1), 413, "body_too_large"},
		"NUL":                 {"application/x-www-form-urlencoded", "a=b%00", 400, "invalid_text"},
		"escape sequence":     {"application/x-www-form-urlencoded", "a=%1b%5b2J", 400, "invalid_text"},
		"no UTF-8":            {"application/x-www-form-urlencoded", "a=%ff", 400, "invalid_text"},
		"no UTF-8 as a name":  {"application/x-www-form-urlencoded", "%ff=a", 400, "invalid_text"},
		"lines":               {"application/x-www-form-urlencoded", "a=b%0d%0a%09c", 200, ""},
		"broken escape":       {"application/x-www-form-urlencoded", "a=%zz", 400, "invalid_form"},
		"text":                {"text/plain", "a=b", 415, "unsupported_media_type"},
		"JSON":                {"application/json", "{}", 415, "unsupported_media_type"},
		"without a kind":      {"", "a=b", 415, "unsupported_media_type"},
		"no boundary":         {"multipart/form-data", "a", 415, "unsupported_media_type"},
		"broken parts":        {"multipart/form-data; boundary=x", "--x\r\nContent", 400, "invalid_form"},
		"part too large":      {"multipart/form-data; boundary=x", part("a", "", strings.Repeat("b", maxField+1)), 413, "field_too_large"},
		"part with NUL":       {"multipart/form-data; boundary=x", part("a", "", "\x00"), 400, "invalid_text"},
		"file too large":      {"multipart/form-data; boundary=x", part("a", "a.csv", strings.Repeat("b", defaultBody)), 413, "body_too_large"},
		"file":                {"multipart/form-data; boundary=x", part("a", "a.csv", strings.Repeat("\x00", 100<<10)), 200, ""},
		"too many parts":      {"multipart/form-data; boundary=x", strings.Repeat("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n", maxValues+1), 413, "too_many_values"},
		"headers without end": {"multipart/form-data; boundary=x", "--x\r\n" + strings.Repeat("A: b\r\n", 100_000), 400, "invalid_form"},
	} {
		t.Run(name, func(t *testing.T) {
			got := w.post("/form", nil, func(r *http.Request) {
				r.Header.Set("Content-Type", c.kind)
				if c.kind == "" {
					r.Header.Del("Content-Type")
				}
				fresh, err := http.NewRequest(http.MethodPost, public, strings.NewReader(c.body))
				if err != nil {
					t.Fatal(err)
				}
				r.Body, r.ContentLength = fresh.Body, fresh.ContentLength
			})
			got.want(t, c.status, c.code)
		})
	}
}

// part is a multipart body with one part.
func part(name, file, content string) string {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	_ = w.SetBoundary("x")
	if file == "" {
		_ = w.WriteField(name, content)
	} else {
		to, _ := w.CreateFormFile(name, file)
		_, _ = to.Write([]byte(content))
	}
	_ = w.Close()
	return body.String()
}

func TestUploads(t *testing.T) {
	w := newWorld(t, public)
	Page(w.Kit, "POST /import", func(c *Context) (Response, error) {
		form, err := c.Form()
		if err != nil {
			return Response{}, err
		}
		for _, f := range form.Files["file"] {
			if f.Name != "a??b.csv" || len(f.Content) != 2<<20 {
				t.Errorf("%q, %d bytes", f.Name, len(f.Content))
			}
		}
		if len(form.Files["file"]) != 1 || form.Get("mode") != "add" {
			t.Errorf("%v", form.Values)
		}
		return say("taken"), nil
	}, Public("a test"), MaxBody(3<<20))
	mode, file := part("mode", "", "add"), part("file", "a\u202e\u0085b.csv", strings.Repeat("b", 2<<20))
	nothing := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n"
	body := strings.TrimSuffix(mode, "--x--\r\n") + nothing + file
	w.post("/import", nil, header("Content-Type", "multipart/form-data; boundary=x"), func(r *http.Request) {
		fresh, err := http.NewRequest(http.MethodPost, public, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Body, r.ContentLength = fresh.Body, fresh.ContentLength
	}).want(t, 200, "")
}

type paging struct {
	Limit int `query:"limit" form:"limit"`
}

type filled struct {
	paging
	Email    string       `form:"email" query:"email"`
	User     id.User      `form:"user"`
	Teams    []id.User    `form:"team" query:"team"`
	Remember bool         `form:"remember"`
	Title    *string      `form:"title"`
	Missing  *string      `form:"missing"`
	Password secret.Clear `form:"password"`
	Other    string
}

func TestBind(t *testing.T) {
	w := newWorld(t, public)
	var got filled
	var err error
	w.page("POST /form", func(c *Context) (Response, error) {
		got = filled{Other: "kept"}
		err = c.Bind(&got)
		return say(""), nil
	})
	w.post("/form", url.Values{
		"email": {"a@b.test", "second"}, "user": {"usr_1"}, "team": {"t1", "t2"}, "remember": {"on"}, "title": {""}, "limit": {"20"},
		"password": {"correct horse"}, "Other": {"overwritten"}, "paging": {"1"}, "unknown": {"x"},
	})
	empty := ""
	want := filled{paging{20}, "a@b.test", "usr_1", []id.User{"t1", "t2"}, true, &empty, nil, secret.Clear{}, "kept"}
	if password := got.Password.Reveal(); err != nil || password != "correct horse" {
		t.Errorf("%v, password %q", err, password)
	}
	got.Password = secret.Clear{}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(filled{}, secret.Clear{})); diff != "" {
		t.Error(diff)
	}
	w.post("/form", url.Values{"limit": {"many"}})
	if faults, ok := FaultsOf(err); !ok || faults["limit"] == "" {
		t.Errorf("%v", err)
	}
}

func TestBindQuery(t *testing.T) {
	w := newWorld(t, public)
	var got filled
	w.page("GET /list", func(c *Context) (Response, error) { return say(""), c.BindQuery(&got) })
	w.get("/list?limit=5&team=a&team=b&email=x%26y").want(t, 200, "")
	if got.Limit != 5 || len(got.Teams) != 2 || got.Email != "x&y" {
		t.Errorf("%+v", got)
	}
	w.get("/list?limit=99999999999999999999").want(t, 422, "validation_failed")
}

func TestFaultsKeepTheOrderOfTheForm(t *testing.T) {
	err := errs.Invalid(
		errs.Field{Field: "hidden", Message: "h"}, errs.Field{Field: "last_name", Message: "l"},
		errs.Field{Field: "email", Message: "e"}, errs.Field{Field: "email", Message: "again"},
	)
	faults, ok := FaultsOf(err)
	if !ok {
		t.Fatal("no faults")
	}
	want := []ui.FieldError{{ID: "email", Label: "E-mail", Message: "e"}, {ID: "last_name", Label: "Last name", Message: "l"}, {ID: "hidden", Label: "hidden", Message: "h"}}
	got := faults.Summary(ui.Pair{Name: "first_name", Value: "First name"}, ui.Pair{Name: "email", Value: "E-mail"}, ui.Pair{Name: "last_name", Value: "Last name"})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, ok := FaultsOf(errs.NotFound()); ok {
		t.Error("not found is no fault of a field")
	}
	if _, ok := FaultsOf(nil); ok {
		t.Error("nil has no faults")
	}
}
