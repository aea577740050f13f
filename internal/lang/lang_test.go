package lang

import (
	"context"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/text/language"
)

var oslo = time.FixedZone("Oslo", 3600)

// speak returns a context in a language that only the test has.
func speak(t *testing.T, tag, text string) context.Context {
	t.Helper()
	all, err := load(fstest.MapFS{"messages/" + tag + ".txt": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	return context.WithValue(t.Context(), contextKey{}, speaker{all.list[1], oslo})
}

const german = `
"": "Deutsch"
"Users": "Benutzer"
"%s invited %s": "%[2]s wurde von %[1]s eingeladen"
"2 January 2006": "2. January 2006"
"2 Jan": "2. Jan"
"October": "Oktober"
"Oct": "Okt."
"%d person": {"one": "%d Person", "other": "%d Personen"}
`

const polish = `
"": "Polski"
"%d person": {"few": "%d osoby", "many": "%d osób", "one": "%d osoba", "other": "%d osoby"}
`

func TestEnglishNeedsNoFile(t *testing.T) {
	ctx := t.Context()
	check(t, T(ctx, "Users"), "Users")
	check(t, T(ctx, "100 % sure"), "100 % sure") // no arguments, no verbs
	check(t, T(ctx, "Invite %d people", 12584), "Invite 12,584 people")
	check(t, N(ctx, 1, "%d person", "%d people"), "1 person")
	check(t, N(ctx, 0, "%d person", "%d people"), "0 people")
	check(t, N(ctx, 2, "%d seat of %s", "%d seats of %s", "EMEA"), "2 seats of EMEA")
	check(t, Key("Active").In(ctx), "Active")
	check(t, Number(ctx, 1234567), "1,234,567")
	check(t, Tag(ctx).String(), "en")
	check(t, Dir(ctx), "ltr")
}

func TestTranslated(t *testing.T) {
	ctx := speak(t, "de", german)
	check(t, T(ctx, "Users"), "Benutzer")
	check(t, T(ctx, "%s invited %s", "Maya", "Ole"), "Ole wurde von Maya eingeladen")
	check(t, T(ctx, "Not translated"), "Not translated")
	check(t, N(ctx, 1, "%d person", "%d people"), "1 Person")
	check(t, N(ctx, 12584, "%d person", "%d people"), "12.584 Personen")
	day := time.Date(2026, 10, 4, 23, 30, 0, 0, time.UTC)
	check(t, Date(ctx, day), "5. Oktober 2026") // past midnight in Oslo
	check(t, Ago(ctx, day.AddDate(0, 1, 0), day), "5. Okt.")
}

func TestPluralForms(t *testing.T) {
	ctx := speak(t, "pl", polish)
	for n, want := range map[int]string{1: "1 osoba", 3: "3 osoby", 5: "5 osób", 22: "22 osoby", 25: "25 osób"} {
		check(t, N(ctx, n, "%d person", "%d people"), want)
	}
}

func TestDir(t *testing.T) {
	check(t, Dir(speak(t, "ar", `"": "العربية"`)), "rtl")
	check(t, Dir(speak(t, "de", german)), "ltr")
}

func TestTimes(t *testing.T) {
	ctx := With(t.Context(), language.English, oslo)
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, oslo)
	for _, c := range []struct {
		before    time.Duration
		ago, when string
	}{
		{0, "now", "Today"},
		{4 * time.Minute, "4 min ago", "Today"},
		{9 * time.Hour, "9 h ago", "Today"},
		{11 * time.Hour, "yesterday", "Yesterday"},
		{3 * 24 * time.Hour, "3 days ago", "19 November"},
		{27 * 24 * time.Hour, "26 Oct", "26 October"},
		{400 * 24 * time.Hour, "18 Oct 2025", "18 October 2025"},
		{-30 * time.Second, "now", "Today"},
		{-5 * time.Minute, "in 5 min", "Today"},
		{-2 * time.Hour, "in 2 h", "Today"},
		{-24 * time.Hour, "in 1 day", "23 November"},
		{-71 * time.Hour, "in 3 days", "25 November"},
		{-60 * 24 * time.Hour, "21 January 2027", "21 January 2027"},
	} {
		then := now.Add(-c.before)
		check(t, Ago(ctx, now, then), c.ago)
		check(t, Day(ctx, now, then), c.when)
	}
	check(t, DateTime(ctx, now.UTC()), "22 November 2026, 10:00")
	check(t, Time(ctx, now.UTC()), "10:00")
	check(t, DateTime(t.Context(), now), "22 November 2026, 09:00") // no zone: UTC
}

func TestMatch(t *testing.T) {
	all, err := load(fstest.MapFS{
		"messages/de.txt":    {Data: []byte(german)},
		"messages/pt-BR.txt": {Data: []byte(`"": "Português"`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	for wanted, want := range map[string]string{
		"de-AT": "de", "pt": "pt-BR", "sv": "en", "en-GB": "en", "gsw": "de",
	} {
		check(t, all.nearest(language.MustParse(wanted)).tag.String(), want)
	}
	for _, header := range []string{"", "en-GB,en;q=0.8", "tlh", "\x00;q=", "*"} {
		check(t, Match(header).String(), "en")
	}
}

func TestBrokenFiles(t *testing.T) {
	for name, text := range map[string]string{
		"messages/de.txt":          "\"\": \"Deutsch\"\n\"Users\": [",
		"messages/es.txt":          "\"\": \"Español\"\n\"Users\": \"Usuarios\", \"Save\": \"Guardar\"",
		"messages/sv.txt":          `"Users": "Användare"`,
		"messages/no language.txt": `"": "None"`,
	} {
		if _, err := load(fstest.MapFS{name: {Data: []byte(text)}}); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
}

func TestParallelUse(t *testing.T) {
	ctx := speak(t, "de", german)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				if got := N(ctx, 12584, "%d person", "%d people"); got != "12.584 Personen" {
					t.Errorf("got %q", got)
				}
			}
		})
	}
	all.Wait()
}

func check(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCataloguesAreWrittenAsTheyAreRead(t *testing.T) {
	m, err := ReadMessages(polish + `"Users <b>": "Użytkownicy \"b\""`)
	if err != nil {
		t.Fatal(err)
	}
	check(t, m.Write(), `"": "Polski"
"%d person": {"few": "%d osoby", "many": "%d osób", "one": "%d osoba", "other": "%d osoby"}
"Users <b>": "Użytkownicy \"b\""
`)
}

func TestTextsThatOthersKnow(t *testing.T) {
	ctx := speak(t, "de", german)
	check(t, Saying(ctx)("%s invited %s", "Maya", "Ole"), "Ole wurde von Maya eingeladen")
	check(t, Named(ctx, "Users"), "Benutzer")
	check(t, Named(ctx, "Dispatch"), "Dispatch")
	if English(ctx) || !English(t.Context()) {
		t.Error("which language is English?")
	}
}
