package ui

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

// components are all of them, as zero values: a component that is not listed here is not tested.
var components = []templ.Component{
	Button{}, LinkButton{}, PostButton{}, Form{}, ErrorSummary{}, FormSection{}, Fields{}, FormFoot{}, Field{}, FieldNote{},
	Textarea{}, Select{}, Checkbox{}, Choices{}, Picks{}, PasswordField{}, FileField{}, Strength{}, Steps{},
	Page{}, Public{}, Gate{}, Problem{}, Job{}, Flash{},
	Crumb{}, PageHead{}, Jump{}, CardHead{}, Meta{}, SectionHead{}, Tabs{}, Pager{}, Menu{}, MenuItem{}, MenuRule{},
	State{}, Badge{}, Tag(""), Avatar{}, Person{}, When{}, Fit{},
	Column{}, Table{}, People{}, Cell{}, PersonRow{}, Toolbar{}, RowMenu{},
	Notice{}, Empty{}, Strip{}, Progress{}, Share{}, Seats{}, Peaks{}, ConfirmPage{}, ConfirmDialog{}, Outcomes{}, Outcome{}, Facts{}, History{},
	Secret{}, Code{}, Text(""), Name(""), Icon(""),
}

const hostile = `"><script>alert('x')</script>`

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatalf("%T: %v", c, err)
	}
	return b.String()
}

func TestEveryComponentIsListed(t *testing.T) {
	listed := map[string]bool{}
	for _, c := range components {
		listed[reflect.TypeOf(c).Name()] = true
	}
	for _, name := range []string{"render.go", "ui.go", "icons.templ"} {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`func \(\w+ (\w+)\) Render\(`).FindAllSubmatch(source, -1) {
			if component := string(found[1]); component != "Group" && !listed[component] {
				t.Errorf("%s is missing in the list of components", component)
			}
		}
	}
}

func TestComponentsRenderEmpty(t *testing.T) {
	for _, c := range components {
		render(t, c)
	}
}

// TestNothingBecomesMarkup puts markup into every text of every component, into those of its parts too.
func TestNothingBecomesMarkup(t *testing.T) {
	for _, c := range components {
		if _, ok := c.(Icon); ok {
			continue // names a symbol: anything else is an error, see TestUnknownIcon
		}
		v := reflect.New(reflect.TypeOf(c)).Elem()
		fill(v, 0)
		for _, variant := range variants(v) {
			out := render(t, variant.Interface().(templ.Component))
			if strings.Contains(out, "<script>") || strings.Contains(out, `="">`) && strings.Contains(out, "alert('x')") {
				t.Errorf("%T lets markup through:\n%s", c, out)
			}
			checkPolicy(t, c, out)
		}
	}
}

// fill sets every text to the hostile one and gives every list one entry.
func fill(v reflect.Value, depth int) {
	if depth > 6 {
		return
	}
	switch v.Kind() {
	case reflect.String:
		switch v.Type() {
		case reflect.TypeFor[Icon]():
			v.SetString("users")
		case reflect.TypeFor[Kind](), reflect.TypeFor[Tone](), reflect.TypeFor[UserState]():
		default:
			v.SetString(hostile)
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(3)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(galleryNow))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), depth+1)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), depth+1)
	case reflect.Map:
		v.Set(reflect.ValueOf(templ.Attributes{"data-x": hostile}))
	case reflect.Interface:
		v.Set(reflect.ValueOf(Text(hostile)))
	}
}

// variants are v, and v with each of its flags and texts taken away in turn, since some of them hide others.
func variants(v reflect.Value) []reflect.Value {
	all := []reflect.Value{v}
	if v.Kind() != reflect.Struct {
		return all
	}
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			less := reflect.New(v.Type()).Elem()
			less.Set(v)
			less.Field(i).SetZero()
			all = append(all, less)
		}
	}
	return all
}

var pages = map[string]func() templ.Component{
	"gallery": Gallery, "users": GalleryUsers, "sign-in": GallerySignIn, "error": GalleryError,
}

func TestGalleryHoldsEveryComponent(t *testing.T) {
	// Answers to a request are on no page; the summary of errors is part of Form.
	elsewhere := map[string]bool{"ConfirmDialog": true, "RowMenu": true, "ErrorSummary": true}
	var sources string
	for _, name := range []string{"gallery.go", "gallery.templ"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sources += string(text)
	}
	for _, c := range components {
		name := reflect.TypeOf(c).Name()
		if !elsewhere[name] && !regexp.MustCompile(`\b`+name+`\b[{(]`).MatchString(sources) {
			t.Errorf("%s is not in the gallery", name)
		}
	}
}

func TestPages(t *testing.T) {
	for name, page := range pages {
		out := render(t, page())
		checkPolicy(t, page(), out)
		tree, err := html.Parse(strings.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		ids, refs := map[string]int{}, map[string][]string{}
		for n := range tree.Descendants() {
			for _, a := range n.Attr {
				switch a.Key {
				case "id":
					ids[a.Val]++
				case "for", "aria-describedby", "aria-labelledby", "popovertarget", "data-reveal", "data-copy", "form":
					refs[a.Key] = append(refs[a.Key], strings.Fields(a.Val)...)
				}
			}
			if n.Type == html.ElementNode && (n.Data == "button" || n.Data == "a") && strings.TrimSpace(words(n)) == "" && attr(n, "aria-label") == "" {
				t.Errorf("%s: a %s without a name: %v", name, n.Data, n.Attr)
			}
		}
		for id, n := range ids {
			if n > 1 {
				t.Errorf("%s: id %q occurs %d times", name, id, n)
			}
		}
		for kind, list := range refs {
			for _, id := range list {
				if ids[id] == 0 {
					t.Errorf("%s: %s leads to %q, which is not there", name, kind, id)
				}
			}
		}
	}
}

// checkPolicy fails for what the content security policy forbids.
func checkPolicy(t *testing.T, c templ.Component, out string) {
	t.Helper()
	tree, err := html.Parse(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	for n := range tree.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") {
				t.Errorf("%T has the attribute %s on %s", c, a.Key, n.Data)
			}
		}
		if n.Type == html.ElementNode && (n.Data == "style" || n.Data == "script" && attr(n, "src") == "") {
			t.Errorf("%T has an inline %s", c, n.Data)
		}
	}
}

func TestUnknownIcon(t *testing.T) {
	if err := Icon("no-such").Render(t.Context(), io.Discard); err == nil {
		t.Error("an icon that does not exist was drawn")
	}
}

func TestFieldTies(t *testing.T) {
	out := render(t, Field{Name: "phone", Label: "Phone", Hint: "With country", Error: "Too short", Required: true})
	for _, want := range []string{`for="phone"`, `id="phone"`, `aria-invalid="true"`, `aria-describedby="phone-e phone-h"`, `id="phone-e"`, `id="phone-h"`, " required"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in %s", want, out)
		}
	}
}

func TestPasswordIsNeverSentBack(t *testing.T) {
	if out := render(t, PasswordField{Name: "password", Label: "Password"}); strings.Contains(out, "value=") {
		t.Errorf("a value: %s", out)
	}
}

func TestDangerousAddresses(t *testing.T) {
	for _, c := range []templ.Component{
		LinkButton{Href: "javascript:alert(1)"}, MenuItem{Href: "javascript:alert(1)"}, Form{Action: "javascript:alert(1)"},
		Crumb{Href: "javascript:alert(1)"}, Person{Href: "javascript:alert(1)"}, Button{Action: "javascript:alert(1)"},
	} {
		if out := render(t, c); strings.Contains(out, "javascript:") {
			t.Errorf("%T: %s", c, out)
		}
	}
}

func TestBrandCSS(t *testing.T) {
	if css, err := BrandCSS("#0c7f78"); err != nil || css != ":root { --brand: #0c7f78; }\n" {
		t.Errorf("%q, %v", css, err)
	}
	for _, bad := range []string{"", "red", "#fff", "#0c7f78;}", "#0c7f78\n"} {
		if _, err := BrandCSS(bad); err == nil {
			t.Errorf("%q is taken for a color", bad)
		}
	}
}

func TestAssets(t *testing.T) {
	server := httptest.NewServer(Assets())
	defer server.Close()
	for name, kind := range map[string]string{
		"portal.css": "text/css; charset=utf-8", "portal.js": "text/javascript; charset=utf-8", "icons.svg": "image/svg+xml",
		"inter-latin.woff2": "font/woff2",
	} {
		var plain [2]string
		for i, encoding := range []string{"identity", "br, gzip;q=0.8"} {
			answer := get(t, server.URL+Asset(name), encoding)
			if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != kind {
				t.Errorf("%s: %s %v", name, answer.Status, answer.Header)
			}
			if !strings.Contains(answer.Header.Get("Cache-Control"), "immutable") {
				t.Errorf("%s may not be kept", name)
			}
			plain[i] = content(t, answer)
		}
		if plain[0] != plain[1] || plain[0] == "" {
			t.Errorf("%s differs when compressed", name)
		}
	}
	for _, missing := range []string{"/assets/portal.css", "/assets/", "/assets/../ui.go", "/assets/portal.000000000000.css"} {
		if answer := get(t, server.URL+missing, "gzip"); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", missing, answer.Status)
		}
	}
	sheet := content(t, get(t, server.URL+Asset("portal.css"), "identity"))
	if !strings.Contains(sheet, Asset("inter-latin.woff2")) || strings.Contains(sheet, `url("inter`) {
		t.Error("the stylesheet does not name the fonts by their addresses")
	}
}

func get(t *testing.T, url, encoding string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", encoding)
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return answer
}

func content(t *testing.T, answer *http.Response) string {
	t.Helper()
	body := io.Reader(answer.Body)
	if answer.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		body = z
	}
	text, err := io.ReadAll(body)
	if err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return string(text)
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}
