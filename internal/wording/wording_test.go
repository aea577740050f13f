package wording

import (
	"context"
	"strings"
	"testing"

	"golang.org/x/text/language"

	"roster/internal/errs"
	"roster/internal/lang"
	"roster/internal/mail"
)

var letter = Letter{
	Kind: "invitation", Title: lang.Key("Invitation"), Values: []Value{Organization, Inviter, Name},
	Ours: func(_ context.Context, v Values) Texts {
		return Texts{Subject: "Join " + v.Name(Organization).String(), Opening: v.Name(Inviter).String() + " asks you."}
	},
}

func TestWhatAnAdminMayWrite(t *testing.T) {
	for name, test := range map[string]struct {
		in    Texts
		wrong string // field code
	}{
		"good":                  {Texts{"Come to {{organization}}", "{{ inviter }} asks\r\nyou, {{name}}.", "Ask us."}, ""},
		"no subject":            {Texts{" ", "x", ""}, "subject required"},
		"no opening":            {Texts{"x", "\n", ""}, "opening required"},
		"a second header":       {Texts{"x\r\nBcc: all@example.com", "x", ""}, "subject invalid_text"},
		"a line separator":      {Texts{"x\u2028y", "x", ""}, "subject invalid_text"},
		"a long subject":        {Texts{strings.Repeat("x", MaxSubject+1), "x", ""}, "subject too_long"},
		"a long opening":        {Texts{"x", strings.Repeat("x", MaxOpening+1), ""}, "opening too_long"},
		"a long closing":        {Texts{"x", "x", strings.Repeat("x", MaxClosing+1)}, "closing too_long"},
		"an unknown value":      {Texts{"{{password}}", "x", ""}, "subject unknown_placeholder"},
		"another letter's":      {Texts{"x", "x", "{{email}}"}, "closing unknown_placeholder"},
		"an empty value":        {Texts{"x", "{{}}", ""}, "opening unknown_placeholder"},
		"an open one":           {Texts{"x", "{{organization", ""}, "opening unknown_placeholder"},
		"one that only ends":    {Texts{"x", "organization}}", ""}, "opening unknown_placeholder"},
		"values in a value":     {Texts{"x", "{{ {{name}} }}", ""}, "opening unknown_placeholder"},
		"single braces are own": {Texts{"x", "{name}", ""}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var c errs.Check
			letter.check(test.in, &c)
			got := ""
			if err, ok := c.Err().(*errs.Error); ok {
				got = err.Fields[0].Field + " " + err.Fields[0].Code
			}
			if got != test.wrong {
				t.Errorf("got %q, want %q", got, test.wrong)
			}
		})
	}
}

func render(t *testing.T, w Words, v Values) mail.Message {
	t.Helper()
	said := w.Say(t.Context(), v)
	m, err := mail.Render(language.English, mail.Identity{}, mail.Content{
		Subject: said.Subject, Blocks: append([]mail.Block{said.Opening}, said.Closing...),
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWhatIsFilledIn(t *testing.T) {
	own := &Texts{"{{inviter}} calls you to {{ organization }}", "<b>Hello</b> {{name}},\n\nsee https://intra.example/start.", "{{name}} {{name}}"}
	v := Values{Organization: "Nord & <i>lys</i>", Inviter: "Maya\r\nBcc: x@example.com", Name: "{{inviter}} evil.example"}
	m := render(t, Words{letter: letter, own: own}, v)
	if m.Subject != "Maya Bcc: x@example.com calls you to Nord & <i>lys</i>" {
		t.Errorf("subject %q", m.Subject)
	}
	for _, has := range []string{"&lt;b&gt;Hello", "{{inviter}} evil\u200c.example", "https\u200c://intra\u200c.example/start."} {
		if !strings.Contains(m.HTML, has) {
			t.Errorf("the HTML lacks %q:\n%s", has, m.HTML)
		}
	}
	for _, not := range []string{"<b>", "<i>", `href="https://intra`, "\ue000"} {
		if strings.Contains(m.HTML, not) || strings.Contains(m.Text, "\ue000") {
			t.Errorf("the letter has %q", not)
		}
	}
	if !strings.Contains(m.Text, "<b>Hello</b> {{inviter}} evil\u200c.example,") {
		t.Errorf("the text:\n%s", m.Text)
	}
	// Marks that an admin types are none.
	forged := render(t, Words{letter: letter, own: &Texts{"x", "\ue000forged\ue001", ""}}, v)
	if !strings.Contains(forged.Text, "forged") || strings.Contains(forged.HTML, "<bdi") {
		t.Errorf("forged marks: %s", forged.Text)
	}
	// Where nobody whom the reader knows invites, the organization does.
	if m := render(t, Words{letter: letter, own: own}, Values{Organization: "Nordlys"}); m.Subject != "Nordlys calls you to Nordlys" {
		t.Errorf("without an inviter: %q", m.Subject)
	}
}

func TestOurWordsAreShownWithTheirPlaceholders(t *testing.T) {
	if got := letter.original(t.Context()); got != (Texts{Subject: "Join {{organization}}", Opening: "{{inviter}} asks you."}) {
		t.Errorf("%+v", got)
	}
	if m := render(t, Words{letter: letter}, Values{Organization: "Nordlys", Inviter: "Maya"}); m.Subject != "Join Nordlys" || !strings.Contains(m.Text, "Maya asks you.") {
		t.Errorf("%+v", m)
	}
}
