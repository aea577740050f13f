package e2e

import (
	"bytes"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// browser is a person's browser without script: it keeps cookies, follows
// redirects, and sends forms with the header Origin.
type browser struct {
	client
	jar *cookiejar.Jar
}

// browser opens a new one.
func (s *server) browser(t testing.TB) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{s.web.with("User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), jar}
}

// sheet is a page that a browser shows.
type sheet struct {
	answer
	b   *browser
	url *url.URL
	doc *html.Node
}

// open goes to an address, absolute or below the server's own.
func (b *browser) open(t testing.TB, address string) sheet {
	t.Helper()
	target, err := b.home(t).Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return b.load(t, http.MethodGet, target, nil)
}

func (b *browser) home(t testing.TB) *url.URL {
	t.Helper()
	home, err := url.Parse(b.s.url + "/")
	if err != nil {
		t.Fatal(err)
	}
	return home
}

// load sends one request and those that its redirects lead to.
func (b *browser) load(t testing.TB, method string, target *url.URL, form url.Values) sheet {
	t.Helper()
	for range 10 {
		a := b.once(t, method, target, form)
		if a.status < 300 || a.status >= 400 {
			doc, err := html.Parse(bytes.NewReader(a.body))
			if err != nil {
				t.Fatal(err)
			}
			return sheet{a, b, target, doc}
		}
		next, err := target.Parse(a.header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		method, target, form = http.MethodGet, next, nil
	}
	t.Fatalf("the redirects do not end: %s", target)
	return sheet{}
}

// once sends one request and keeps the cookies of its answer.
func (b *browser) once(t testing.TB, method string, target *url.URL, form url.Values) answer {
	t.Helper()
	if got := target.Scheme + "://" + target.Host; got != b.s.url {
		t.Fatalf("the browser is led away, to %s", target)
	}
	var body any
	lines := b.cookies(target)
	if method == http.MethodPost {
		body = text(form.Encode())
		lines = append(lines, "Content-Type: application/x-www-form-urlencoded", "Origin: "+b.s.url, "Sec-Fetch-Site: same-origin")
	}
	a := b.do(t, method, target.RequestURI(), body, lines...)
	b.jar.SetCookies(target, (&http.Response{Header: a.header}).Cookies())
	return a
}

// cookies are the header line that a browser sends to an address.
func (b *browser) cookies(target *url.URL) []string {
	var pairs []string
	for _, c := range b.jar.Cookies(target) {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	if len(pairs) == 0 {
		return nil
	}
	return []string{"Cookie: " + strings.Join(pairs, "; ")}
}

// asks is a client that shows the browser's cookies as they are now, and says
// where it comes from as the portal's own script does.
func (b *browser) asks(t testing.TB) client {
	t.Helper()
	return b.client.with(append(b.cookies(b.home(t)), "Origin: "+b.s.url, "Sec-Fetch-Site: same-origin")...)
}

// fields are what somebody enters into a form, by the names of its controls.
type fields map[string]string

// filled is a form as it would be sent.
type filled struct {
	b      *browser
	target *url.URL
	values url.Values
}

// fill fills in the one form of the page that has these fields, and keeps what
// else stands in it.
func (p sheet) fill(t testing.TB, in fields) filled {
	t.Helper()
	var fitting []filled
	for _, form := range p.forms() {
		if values := controls(form); has(values, in) {
			fitting = append(fitting, p.filled(t, form, in))
		}
	}
	if len(fitting) != 1 {
		t.Fatalf("%d forms of %s have the fields %v: %s", len(fitting), p.url, in, p.answer)
	}
	return fitting[0]
}

// form is the form that leads to a path, as it stands.
func (p sheet) form(t testing.TB, path string) filled {
	t.Helper()
	for _, form := range p.forms() {
		if f := p.filled(t, form, nil); f.target.Path == path {
			return f
		}
	}
	t.Fatalf("no form of %s leads to %s: %s", p.url, path, p.answer)
	return filled{}
}

func (p sheet) filled(t testing.TB, form *html.Node, in fields) filled {
	t.Helper()
	target, err := p.url.Parse(attr(form, "action"))
	if err != nil {
		t.Fatal(err)
	}
	f := filled{p.b, target, controls(form)}
	for name, value := range in {
		f.values.Set(name, value)
	}
	return f
}

// send submits the form and shows where that leads.
func (f filled) send(t testing.TB) sheet {
	t.Helper()
	return f.b.load(t, http.MethodPost, f.target, f.values)
}

// submit submits the form and answers what the server said first.
func (f filled) submit(t testing.TB) answer {
	t.Helper()
	return f.b.once(t, http.MethodPost, f.target, f.values)
}

func has(values url.Values, in fields) bool {
	for name := range in {
		if _, there := values[name]; !there {
			return false
		}
	}
	return true
}

// forms are those that change something.
func (p sheet) forms() []*html.Node {
	return slices.DeleteFunc(elements(p.doc, "form"), func(n *html.Node) bool {
		return !strings.EqualFold(attr(n, "method"), http.MethodPost)
	})
}

// controls are what a browser would send of a form that nobody has touched.
// Those without a value are there too, empty.
func controls(form *html.Node) url.Values {
	values := url.Values{}
	for _, n := range elements(form, "input", "select", "textarea") {
		name := attr(n, "name")
		if name == "" {
			continue
		}
		switch {
		case n.Data == "select":
			values[name] = append(values[name], chosen(n))
		case n.Data == "textarea":
			values[name] = append(values[name], written(n))
		case attr(n, "type") == "checkbox" || attr(n, "type") == "radio":
			if hasAttr(n, "checked") {
				values[name] = append(values[name], attr(n, "value"))
			} else if _, there := values[name]; !there {
				values[name] = nil
			}
		default:
			values[name] = append(values[name], attr(n, "value"))
		}
	}
	return values
}

func chosen(choice *html.Node) string {
	options := elements(choice, "option")
	for _, o := range options {
		if hasAttr(o, "selected") {
			return attr(o, "value")
		}
	}
	if len(options) == 0 {
		return ""
	}
	return attr(options[0], "value")
}

// written is what stands in a text area.
func written(n *html.Node) string {
	if n.FirstChild == nil {
		return ""
	}
	return strings.TrimPrefix(n.FirstChild.Data, "\n")
}

// says reports whether the page shows these words.
func (p sheet) says(part string) bool { return strings.Contains(words(p.doc), part) }

// elements are the elements of these names below a node.
func elements(n *html.Node, tags ...string) []*html.Node {
	var list []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && slices.Contains(tags, d.Data) {
			list = append(list, d)
		}
	}
	return list
}

// words are the text below a node, with single spaces.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}
