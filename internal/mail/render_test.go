package mail

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/text/language"

	"roster/internal/lang"
)

var update = flag.Bool("update", false, "rewrite the golden letters")

const enroll = "https://roster.example/enroll/inv_01k8m4t2v6a9r3c7e5f1g0h2j4#s=Zk3vQ8mT1xW7bN5cR2yL"

// invitation has one of every kind of block that an invitation may use.
func invitation() (Identity, Content) {
	id := Identity{Name: "Northwind Logistics", SenderName: "Northwind IT", ReplyTo: "it@northwind.example", Color: "#0f766e"}
	inviter, org := Name("Mira Lindqvist"), Name(id.Name)
	ctx := context.Background()
	return id, Content{
		Subject:   lang.T(ctx, "%s has invited you to %s", inviter, org),
		Preheader: "Set up your account until November 29.",
		Title:     lang.T(ctx, "Join %s", org),
		Greeting:  "Hello Jonas,",
		Blocks: []Block{
			Text(lang.T(ctx, "%s has invited you to %s. Choose a password, and you are in.", inviter, org)),
			Quote{"Welcome to the team! Your first shift plan is in the calendar already.\n\nSee you on Monday.", "Mira Lindqvist"},
			Button{"Set up your account", enroll},
			Facts{
				{"Your address", "jonas.weber@northwind.example"},
				{"Teams", Name("Dispatch North, Night desk").String()},
				{"Services", "Remote Assistance, Cloud Fax"},
			},
			Heading("Before you start"),
			Steps{"Install the app on the phone that you use at work.", "Sign in with your address and the password that you chose."},
			Link{"Instructions for Remote Assistance", "https://docs.northwind.example/remote"},
			Note("The link works once and until November 29, 2026, 10:30 (CET). When it has expired, ask for a new one on the page that it opens."),
		},
		Footer: "You get this letter because Mira Lindqvist entered your address. If you did not expect it, ignore it: nothing happens without you.",
	}
}

func TestRenderGolden(t *testing.T) {
	id, content := invitation()
	message := render(t, id, content)
	for name, got := range map[string]string{
		"invitation.html": message.HTML,
		"invitation.txt":  "Subject: " + message.Subject + "\n\n" + message.Text,
	} {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s differs; look at it, then run the test with -update:\n%s", path, diff)
		}
	}
}

// What people type must come out as the same words and as nothing else (S-064, S-146).
func TestWhatPeopleTypeStaysText(t *testing.T) {
	hostile := map[string]string{
		"markup":      `<b>bold</b><script>alert(1)</script>`,
		"attribute":   `"><img src=https://evil.test/x onerror=alert(1)>`,
		"link":        `<a href="https://evil.test">here</a>`,
		"template":    `{{.Subject}} {{template "prose" .}} ${7*7} %s %[2]d`,
		"address":     `Your account is locked, see https://evil.test/login`,
		"bare domain": `call evil.test`,
		"mailto":      `write to ceo@evil.test`,
		"header":      "Ada\r\nBcc: victim@b.test\r\n\r\n<h1>body</h1>",
		"encoded":     "=?utf-8?B?PGI+QWRhPC9iPg==?=",
		"bidi":        "Ada \u202etset.live\u202c \u2066x\u2069",
		"zero width":  "A\u200bd\u200da\ufeff \u2060Love\u00adlace",
		"fillers":     "\u3164\u115f\u2800",
		"hidden tags": "Ada\U000e0041\U000e0042\ufe0f\U000e0101",
		"marks":       "\ue001Ada\ue000 evil.test\ue001",
		"controls":    "A\x00d\x07a\x1b[31m\x7f\u0085",
		"bad UTF-8":   "Ada\xff\xfe",
		"long":        strings.Repeat("Buy now at evil.test! ", 500),
		"combining":   "A" + strings.Repeat("\u0301", 10_000),
	}
	for name, evil := range hostile {
		t.Run(name, func(t *testing.T) {
			id := Identity{Name: evil, SenderName: evil, Color: evil}
			message := render(t, id, Content{
				Subject:   "Invitation from " + Name(evil).String(),
				Preheader: Name(evil).String(),
				Title:     "Join " + Name(evil).String(),
				Greeting:  "Hello " + Name(evil).String() + ",",
				Blocks: []Block{
					Text(Name(evil).String() + " has invited you."), Quote{evil, Name(evil).String()},
					Facts{{Name(evil).String(), Name(evil).String()}}, Steps{Name(evil).String()},
					Button{"Open", enroll},
				},
				Footer: Name(evil).String(),
			})
			if got := hrefs(t, message.HTML); !slices.Equal(got, []string{enroll, enroll}) {
				t.Errorf("links in the letter: %q, want only ours", got)
			}
			_, body, _ := strings.Cut(message.HTML, "<body")
			for _, part := range []string{body, message.Text} {
				if strings.Contains(strings.ToLower(part), "evil.test") {
					t.Errorf("a mail program would make a link of evil.test in:\n%s", around(part, "evil.test"))
				}
			}
			for _, part := range []string{message.Subject, message.HTML, message.Text, id.From("roster@a.test").Name} {
				for _, r := range part {
					if r != '\n' && r != zwnj && (!unicode.IsGraphic(r) || invisible(r)) {
						t.Errorf("%U is left in the letter", r)
						break
					}
				}
			}
			for _, value := range []string{message.Subject, id.From("roster@a.test").Name} {
				if hasLineBreak(value) || strings.Contains(value, "=?") {
					t.Errorf("header value %q", value)
				}
			}
			if n := utf8.RuneCountInString(strings.TrimPrefix(message.Subject, "Invitation from ")); n > MaxName {
				t.Errorf("the name takes %d characters in the subject, want at most %d", n, MaxName)
			}
			if n := len(message.HTML); n > 40_000 {
				t.Errorf("the letter has %d bytes", n)
			}
		})
	}
}

func TestRenderRefuses(t *testing.T) {
	good := func() Content { return Content{Subject: "Hello", Blocks: []Block{Text("Hello")}} }
	button := func(url string) func(*Content) {
		return func(c *Content) { c.Blocks = append(c.Blocks, Button{"Open", url}) }
	}
	tests := map[string]func(*Content){
		"no subject":           func(c *Content) { c.Subject = " \u200b" },
		"CR in subject":        func(c *Content) { c.Subject = "Hello\rBcc: b@y.test" },
		"LF in subject":        func(c *Content) { c.Subject = "Hello\nBcc: b@y.test" },
		"NUL in subject":       func(c *Content) { c.Subject = "Hello\x00" },
		"no blocks":            func(c *Content) { c.Blocks = nil },
		"script address":       button("javascript:alert(1)"),
		"data address":         button("data:text/html,hi"),
		"relative address":     button("/enroll"),
		"no scheme":            button("//evil.test/enroll"),
		"user in address":      button("https://roster.example@evil.test/"),
		"blank in address":     button("https://roster.example/a b"),
		"line break":           button("https://roster.example/\nhttps://evil.test"),
		"quote in address":     button(`https://roster.example/"onclick="x`),
		"letters beyond ASCII": button("https://röster.example/"),
		"bad link":             func(c *Content) { c.Blocks = append(c.Blocks, Link{"Open", "ftp://a.test/"}) },
		"two buttons":          func(c *Content) { c.Blocks = append(c.Blocks, Button{"A", enroll}, Button{"B", enroll}) },
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			c := good()
			spoil(&c)
			if m, err := Render(language.English, Identity{Name: "Acme"}, c); err == nil {
				t.Errorf("rendered %q", m.Subject)
			} else if strings.Contains(err.Error(), "evil") {
				t.Errorf("the error quotes the address: %v", err)
			}
		})
	}
	if _, err := Render(language.English, Identity{}, good()); err != nil {
		t.Errorf("the smallest letter: %v", err)
	}
}

func TestNameIsKeptReadable(t *testing.T) {
	tests := map[string]string{
		"Ada Lovelace":             "Ada Lovelace",
		"  Ada\t\n Lovelace ":      "Ada Lovelace",
		"Łukasz Żółć-Nowak":        "Łukasz Żółć-Nowak",
		"e\u0301":                  "é",
		"山田 太郎":                    "山田 太郎",
		"مریم":                     "مریم",
		"O'Brien & Sons <Ltd>":     "O'Brien & Sons <Ltd>",
		"👩\u200d🚀 Ada":             "👩🚀 Ada",
		"\u200b":                   "",
		strings.Repeat("x", 64):    strings.Repeat("x", 64),
		strings.Repeat("x", 65):    strings.Repeat("x", 63) + "…",
		strings.Repeat("word ", 9): strings.TrimSpace(strings.Repeat("word ", 9)),
	}
	for in, want := range tests {
		if got := flat(Name(in).String()); got != want {
			t.Errorf("Name(%q) reads %q, want %q", in, got, want)
		}
	}
}

func TestTextIsWrapped(t *testing.T) {
	id, content := invitation()
	content.Blocks = append(content.Blocks,
		Text(strings.Repeat("word ", 200)), Text(strings.Repeat("x", 500)), Quote{Text: strings.Repeat("long ", 200)},
		Code("482 910"))
	for line := range strings.SplitSeq(render(t, id, content).Text, "\n") {
		if n := utf8.RuneCountInString(line); n > textWidth && !strings.HasPrefix(line, "https://") {
			t.Errorf("%d characters: %s", n, line)
		}
	}
}

func TestBothPartsSayTheSame(t *testing.T) {
	id, content := invitation()
	message := render(t, id, content)
	shown := strings.NewReplacer(" ", "", "\n", "", ">", "", string(zwnj), "").Replace
	page := shown(visible(t, message.HTML))
	for _, paragraph := range strings.Split(message.Text, "\n\n") {
		for line := range strings.SplitSeq(paragraph, "\n") {
			line = regexp.MustCompile(`^(> – |> |# | *\d+\. |-- )`).ReplaceAllString(line, "")
			for word := range strings.FieldsSeq(strings.ReplaceAll(line, ":", " ")) {
				if !strings.Contains(strings.ReplaceAll(page, ":", ""), shown(strings.ReplaceAll(word, ":", ""))) && !strings.Contains(word, "//") {
					t.Errorf("%q is in the text only", word)
				}
			}
		}
	}
}

func TestRenderSpeaksTheReadersLanguage(t *testing.T) {
	for tag, want := range map[string]string{
		"en": "If the button", "de-AT": "Falls die Schaltfläche", "fr": "Si le bouton", "es-MX": "Si el botón", "sv": "Om knappen", "ja": "If the button",
	} {
		m, err := Render(language.MustParse(tag), Identity{Name: "Acme"}, Content{Subject: "x", Blocks: []Block{Button{"x", enroll}}})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(m.HTML, want) || !strings.Contains(m.HTML, `lang="`+tag+`"`) {
			t.Errorf("%s: %q is missing", tag, want)
		}
	}
}

// Any color that an administrator picks must leave the letter readable (WCAG AA: 4.5:1 for text, 3:1 for shapes).
func TestAnyColorIsReadable(t *testing.T) {
	white, dark := mustColor(t, "#ffffff"), mustColor(t, "#1b1e24")
	colors := []string{"", "red", "#12345", "#gggggg", "url(x)", "#000000", "#ffffff"}
	for r := 0; r < 256; r += 51 {
		for g := 0; g < 256; g += 51 {
			for b := 0; b < 256; b += 51 {
				colors = append(colors, fmt.Sprintf("#%02x%02x%02x", r, g, b))
			}
		}
	}
	for _, c := range colors {
		p := paletteOf(c)
		for what, pair := range map[string]struct {
			a, b  linear
			least float64
		}{
			"white on the button":         {white, mustColor(t, p.Solid), 4.5},
			"white on the button, dark":   {white, mustColor(t, p.SolidDark), 4.5},
			"the button on the dark card": {mustColor(t, p.SolidDark), dark, 2.95},
			"a link on the dark card":     {mustColor(t, p.InkDark), dark, 4.5},
			"a link on the light card":    {mustColor(t, p.Solid), white, 4.5},
		} {
			if got := contrast(pair.a, pair.b); got < pair.least {
				t.Errorf("%q: %s has %.2f:1, want %.1f:1", c, what, got, pair.least)
			}
		}
	}
}

func mustColor(t *testing.T, s string) linear {
	t.Helper()
	c, ok := parseColor(s)
	if !ok {
		t.Fatalf("%q is no color", s)
	}
	return c
}

func contrast(a, b linear) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func render(t *testing.T, id Identity, c Content) Message {
	t.Helper()
	m, err := Render(language.English, id, c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// hrefs lists all addresses in the page, and fails for anything that a mail program would fetch or run.
func hrefs(t *testing.T, page string) []string {
	t.Helper()
	var found []string
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return found
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			if slices.Contains([]string{"script", "img", "link", "iframe", "form", "object", "base"}, token.Data) {
				t.Errorf("<%s> in the letter", token.Data)
			}
			for _, a := range token.Attr {
				if a.Key == "href" || a.Key == "src" {
					found = append(found, a.Val)
				}
				if strings.HasPrefix(a.Key, "on") || strings.Contains(a.Val, "url(") {
					t.Errorf("attribute %s=%q", a.Key, a.Val)
				}
			}
		}
	}
}

// visible is the text of the page's body.
func visible(t *testing.T, page string) string {
	t.Helper()
	_, body, _ := strings.Cut(page, "<body")
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader("<body" + body)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.WriteString(html.UnescapeString(string(z.Raw())))
		}
	}
}

func around(s, part string) string {
	i := strings.Index(strings.ToLower(s), part)
	return s[max(0, i-80):min(len(s), i+80)]
}

func FuzzRender(f *testing.F) {
	f.Add("Ada", "Acme", "Hi")
	f.Add("<a href=x>", "\u202e\r\n", "\ue000\ue001=?")
	f.Fuzz(func(t *testing.T, name, org, quote string) {
		m, err := Render(language.English, Identity{Name: org, Color: quote}, Content{
			Subject: "From " + Name(name).String(), Greeting: name,
			Blocks: []Block{Text(name), Quote{quote, org}, Button{name, enroll}}, Footer: org,
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := hrefs(t, m.HTML); !slices.Equal(got, []string{enroll, enroll}) {
			t.Errorf("links: %q", got)
		}
		if !utf8.ValidString(m.HTML+m.Text+m.Subject) || hasLineBreak(m.Subject) {
			t.Errorf("subject %q", m.Subject)
		}
	})
}

func TestALogoInALetter(t *testing.T) {
	const url = "https://roster.example/o/org_1/logo/3f9a.png"
	for name, test := range map[string]struct {
		logo          Logo
		width, height int // 0: none
		named         bool
	}{
		"a wide one":           {Logo{url, 512, 128}, 160, 40, false},
		"a very wide one":      {Logo{url, 512, 20}, 220, 9, false},
		"a square one":         {Logo{url, 128, 128}, 40, 40, true},
		"a small one":          {Logo{url, 30, 16}, 30, 16, true},
		"a hair":               {Logo{url, 512, 1}, 220, 1, false},
		"none":                 {Logo{}, 0, 0, true},
		"a path":               {Logo{"/o/org_1/logo/3f9a.png", 128, 128}, 0, 0, true},
		"script":               {Logo{"javascript:alert(1)", 128, 128}, 0, 0, true},
		"data":                 {Logo{"data:image/png;base64,AAAA", 128, 128}, 0, 0, true},
		"a quote":              {Logo{url + `"onerror="alert(1)`, 128, 128}, 0, 0, true},
		"a name and password":  {Logo{"https://a:b@roster.example/x.png", 128, 128}, 0, 0, true},
		"without its own size": {Logo{url, 0, 128}, 0, 0, true},
	} {
		id, content := invitation()
		id.Logo = test.logo
		message := render(t, id, content)
		img := fmt.Sprintf(`<img src="%s" width="%d" height="%d"`, url, test.width, test.height)
		if strings.Contains(message.HTML, "<img") != (test.width > 0) || test.width > 0 && !strings.Contains(message.HTML, img) {
			t.Errorf("%s: not %s\n%s", name, img, message.HTML)
		}
		if strings.Contains(message.HTML, `dir="auto">`+id.Name+"</td>") != test.named || strings.Contains(message.HTML, `alt="`+id.Name+`"`) == test.named {
			t.Errorf("%s: the name is not where it belongs\n%s", name, message.HTML)
		}
		if strings.Contains(message.Text, "logo") {
			t.Errorf("%s: the text tells of it", name)
		}
	}
}
