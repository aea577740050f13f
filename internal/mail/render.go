package mail

import (
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"math"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/text/language"
)

//go:embed letter.html
var letterSource string

var letter = template.Must(template.New("letter").Parse(letterSource))

// page is what letter.html is given.
type page struct {
	Lang, Subject, Name, Initial, Preheader string
	Padding                                 template.HTML
	Light, Dark, Ink                        template.CSS
	Title, Greeting, Footer                 []span
	Blocks                                  []view
	Logo                                    logoView
	Words                                   words
}

// view is a block as letter.html wants it: Kind says which of the other fields are set.
type view struct {
	Kind       string
	Spans, By  []span
	Label, URL string
	Facts      []factView
	Steps      [][]span
}

type factView struct{ Label, Value []span }

// padding follows the preheader, so that mail programs do not fill their preview line with the words of the letter.
const padding = template.HTML("&#847;&zwnj;&nbsp;")

// Render makes the HTML and the text of a letter in the language of its reader.
//
// It fails, and nothing should be sent, when the subject is empty or has a line break or NUL, when there are no blocks,
// or when the address of a button or link is not an absolute http or https URL.
func Render(tag language.Tag, id Identity, c Content) (Message, error) {
	if err := check(c); err != nil {
		return Message{}, err
	}
	subject := headerText(c.Subject)
	colors := paletteOf(id.Color)
	p := page{
		Lang: tag.String(), Subject: subject, Name: plainName(id.Name), Initial: initial(id.Name),
		Preheader: flat(c.Preheader), Padding: template.HTML(strings.Repeat(string(padding), 40)),
		Light: template.CSS(colors.Solid), Dark: template.CSS(colors.SolidDark), Ink: template.CSS(colors.InkDark),
		Title: spans(c.Title), Greeting: spans(c.Greeting), Footer: spans(c.Footer),
		Words: wordsFor(tag), Logo: id.Logo.view(),
	}
	for _, b := range c.Blocks {
		p.Blocks = append(p.Blocks, viewOf(b))
	}
	var html strings.Builder
	if err := letter.Execute(&html, p); err != nil {
		return Message{}, fmt.Errorf("mail: render: %w", err)
	}
	return Message{Subject: subject, HTML: html.String(), Text: renderText(id, c)}, nil
}

// logoView is a logo as letter.html wants it. A wide one holds the name.
type logoView struct {
	URL           string
	Width, Height int
	Wide          bool
}

// Limits of a logo in a letter, in CSS pixels: pictures have more, for fine screens.
const (
	maxLogoWidth  = 220
	maxLogoHeight = 40
)

func (l Logo) view() logoView {
	if l.Width <= 0 || l.Height <= 0 || CheckURL(l.Address) != nil {
		return logoView{}
	}
	scale := min(1, maxLogoWidth/float64(l.Width), maxLogoHeight/float64(l.Height))
	side := func(n int) int { return max(1, int(math.Round(float64(n)*scale))) }
	return logoView{l.Address, side(l.Width), side(l.Height), l.Width >= 2*l.Height}
}

// check finds what must not be sent.
func check(c Content) error {
	switch {
	case hasLineBreak(c.Subject):
		return errors.New("mail: the subject has a line break or NUL")
	case headerText(c.Subject) == "":
		return errors.New("mail: the letter has no subject")
	case len(c.Blocks) == 0:
		return errors.New("mail: the letter has no blocks")
	}
	buttons := 0
	for _, b := range c.Blocks {
		var err error
		switch b := b.(type) {
		case Button:
			buttons++
			err = CheckURL(b.URL)
		case Link:
			err = CheckURL(b.URL)
		}
		if err != nil {
			return err
		}
	}
	if buttons > 1 {
		return errors.New("mail: the letter has more than one button; make the others links")
	}
	return nil
}

// CheckURL accepts what may stand in a letter as an address. Who keeps an address for letters asks before: [Post] refuses
// a letter with another one. It never quotes the address: it may hold a secret.
func CheckURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil {
		return errors.New("mail: the address of a button or link is not an absolute http(s) URL")
	}
	for _, r := range raw {
		if r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`{|}", r) {
			return errors.New("mail: the address of a button or link has characters that a URL must escape")
		}
	}
	return nil
}

// viewOf prepares one block for the HTML. It handles every kind of Block.
func viewOf(b Block) view {
	switch b := b.(type) {
	case Text:
		return view{Kind: "text", Spans: spans(string(b))}
	case Typed:
		return view{Kind: "text", Spans: typed(string(b))}
	case Heading:
		return view{Kind: "heading", Spans: spans(string(b))}
	case Note:
		return view{Kind: "note", Spans: spans(string(b))}
	case Code:
		return view{Kind: "code", Spans: spans(string(b))}
	case Quote:
		return view{Kind: "quote", Spans: b.lines(), By: spans(b.By)}
	case Button:
		return view{Kind: "button", Label: flat(b.Label), URL: b.URL}
	case Link:
		return view{Kind: "link", Label: flat(b.Label), URL: b.URL}
	case Facts:
		v := view{Kind: "facts"}
		for _, f := range b {
			v.Facts = append(v.Facts, factView{Label: spans(f.Label), Value: spans(f.Value)})
		}
		return v
	case Steps:
		v := view{Kind: "steps"}
		for _, s := range b {
			v.Steps = append(v.Steps, spans(s))
		}
		return v
	default:
		panic(fmt.Sprintf("mail: block %T cannot be drawn", b))
	}
}

// words are the quoted words, without anything that a mail program would make a link of.
func (q Quote) words() string {
	return unlink(cut(strings.TrimSpace(clean(q.Text, true)), maxQuote))
}

// lines are the quoted words as spans.
func (q Quote) lines() []span {
	var out []span
	for i, line := range strings.Split(q.words(), "\n") {
		if i > 0 {
			out = append(out, span{Break: true})
		}
		out = append(out, span{Text: line})
	}
	return out
}

// plainName is an organization's name as letters show it.
func plainName(name string) string { return flat(Name(name).String()) }

// initial is the letter in the mark beside the organization's name: its first letter or digit, if it has one.
func initial(name string) string {
	for _, r := range clean(name, false) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return ""
}
