package password_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"roster/internal/password"
)

func TestPolicy(t *testing.T) {
	me := []string{"Anna.Svensson@example.com", "Anna Åberg", "Blue Harbor Ltd", ""}
	tests := []struct {
		name, pw string
		min      int
		codes    string
	}{
		{"a passphrase", "correct horse battery staple", 0, ""},
		{"just long enough", "kz7 Wqp9 mexeb2", 0, ""},
		{"spaces at the ends count", " kz7 Wqp9 mexeb ", 0, ""},
		{"one short", "kz7 Wqp9 mexeb", 0, "too_short"},
		{"eight where allowed", "kz7Wqp9m", 8, ""},
		{"seven where eight are allowed", "kz7Wqp9", 8, "too_short"},
		{"no policy goes below eight", "kz7Wqp9", 4, "too_short"},
		{"empty", "", 0, "too_short"},
		{"composed and decomposed count alike", strings.Repeat("o\u0308", 14), 0, "too_short predictable"},
		{"an expanding ligature is one character", "\ufdfa", 0, "too_short"},
		{"the longest", strings.Repeat("kz7 Wqp9", 32), 0, ""},
		{"one too long", strings.Repeat("kz7 Wqp9", 32) + "x", 0, "too_long"},
		{"too long once normalized", strings.Repeat("\ufdfa", 15), 0, "too_long"},
		{"a megabyte", strings.Repeat("x", 1<<20), 0, "too_long"},
		{"nul", "kz7 Wqp9 mexeb\x002", 0, "invalid"},
		{"invalid UTF-8", "kz7 Wqp9 mexeb\xff2", 0, "invalid"},
		{"not Latin", "правильнаялошадьбатарея", 0, ""},

		{"popular", "password", 8, "common"},
		{"popular in another case", "PassWord", 8, "common"},
		{"popular in full width", "ｐａｓｓｗｏｒｄ", 8, "common"},
		{"popular with a tail", "Password1234567!", 0, "common"},
		{"popular with a head", "2024!!!!!password", 0, "common"},
		{"popular repeated", "monkeymonkeymonkey", 0, "common"},
		{"popular words in a row", "passwordfootball", 0, "guessable"},

		{"one character", strings.Repeat("x", 20), 0, "predictable"},
		{"two characters", "xyxyxyxyxyxyxyxyx", 0, "predictable"},
		{"runs", "aaaaabbbbbccccc", 0, "predictable"},
		{"alphabet", "abcdefghijklmnopq", 0, "predictable"},
		{"backwards", "qponmlkjihgfedcba", 0, "predictable"},
		{"digits", "1234567890123456", 0, "predictable"},
		{"keyboard", "qwertyuiopasdfghjkl", 0, "predictable"},
		{"alphabet and digits", "ABCDEFGH12345678", 0, "predictable"},
		{"short repetition", "ab1!ab1!ab1!ab1!", 0, "predictable"},

		{"local part", "my anna.svensson 77 lamps", 0, "personal"},
		{"local part without the dot", "my annasvensson 77 lamps", 0, "personal"},
		{"part of a name", "Svensson 77 lamps walk", 0, "personal"},
		{"name without its accent", "77 lamps walk aberg", 0, "personal"},
		{"organization", "77 lamps walk blueharbor", 0, "personal"},
		{"product", "77 lamps walk ROSTER", 0, "personal"},
		{"mail domain is not personal", "77 lamps walk example", 0, ""},
		{"short words are not personal", "77 lamps walk ltd", 0, ""},
		{"several at once", "annaanna", 0, "too_short predictable personal"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var codes []string
			for _, p := range (password.Policy{MinLength: test.min}).Check(test.pw, me...) {
				codes = append(codes, p.Code)
				if p.Message.String() == "" || (len(test.pw) > 8 && strings.Contains(p.Message.String(), test.pw)) {
					t.Errorf("message %q", p.Message)
				}
			}
			if got := strings.Join(codes, " "); got != test.codes {
				t.Errorf("got %q, want %q", got, test.codes)
			}
		})
	}
}

func TestPolicySaysHowManyAreMissing(t *testing.T) {
	for pw, want := range map[string]string{
		"kz7 Wqp9 mex":   "needs 3 more characters, at least 15 in all",
		"kz7 Wqp9 mexeb": "needs 1 more character, at least 15 in all",
	} {
		if got := (password.Policy{}).Check(pw); len(got) != 1 || got[0].Message.String() != want {
			t.Errorf("%q: %+v", pw, got)
		}
	}
}

func TestStrength(t *testing.T) {
	tests := []struct {
		pw    string
		score int
		label string
	}{
		{"", 0, "very weak"},
		{"password", 0, "very weak"},
		{"\xff", 0, "very weak"},
		{"correct horse battery staple", 4, "strong"},
		{"kz7 Wqp9 mexeb2" + strings.Repeat(" 4@8({[<", 30), 4, "strong"},
	}
	for _, test := range tests {
		if score, label := password.Strength(test.pw); score != test.score || label != test.label {
			t.Errorf("%.20q: %d %s, want %d %s", test.pw, score, label, test.score, test.label)
		}
	}
	plain, _ := password.Strength("hultqvist77")
	if own, _ := password.Strength("hultqvist77", "per.hultqvist@example.com"); own >= plain {
		t.Errorf("the own name does not lower the score: %d, %d", plain, own)
	}
}

// The most expensive passwords for the estimate: long, repetitive, and full of
// characters that may stand for letters.
func BenchmarkCheck(b *testing.B) {
	for name, pw := range map[string]string{
		"ordinary": "correct horse battery staple",
		"leet":     strings.Repeat("4@8({[<369!1|7+%0$5", 20)[:password.MaxRunes],
		"repeat":   strings.Repeat("aab", 100)[:password.MaxRunes],
		"digits":   strings.Repeat("19870412", 32),
		"umlauts":  strings.Repeat("äöüß", 64),
		"words":    strings.Repeat("thepasswordisdragon", 20)[:password.MaxRunes],
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				password.Policy{}.Check(pw, "anna.svensson@example.com")
				password.Strength(pw)
			}
		})
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("correct horse battery staple", "anna@example.com")
	f.Add("aaaabbbb\u0301", "Ångström Bros")
	f.Add("１２３４５６７８９０", "")
	f.Fuzz(func(t *testing.T, pw, context string) {
		problems := password.Policy{}.Check(pw, context)
		score, label := password.Strength(pw, context)
		if score < 0 || score > 4 || label == "" {
			t.Errorf("strength %d %q", score, label)
		}
		if n := utf8.RuneCountInString(pw); len(problems) == 0 && (n < password.DefaultMinLength || n > password.MaxRunes || !utf8.ValidString(pw)) {
			t.Errorf("%+q was accepted", pw)
		}
	})
}

func TestKindsOfCharacters(t *testing.T) {
	for _, test := range []struct {
		pw    string
		kinds int
		codes string
	}{
		{"correct horse battery staple", 2, ""},
		{"correct horse battery staple", 3, "too_few_kinds"},
		{"Correct horse battery staple", 3, ""},
		{"Correct horse battery staple", 4, "too_few_kinds"},
		{"Correct horse battery 5taple", 4, ""},
		{"correcthorsebatterystaple", 1, ""},
		{"правильнаялошадьбатарея", 2, "too_few_kinds"},
		{"ПравильнаяЛошадьБатарея", 2, ""},
		{"正しい馬の電池のホチキスです今日もまた", 1, ""}, // no case: of the fourth kind
		{"正しい馬の電池のホチキスです今日もまた", 2, "too_few_kinds"},
		{"short", 4, "too_short too_few_kinds"},
		{"Korrekte Batterie ٣ am Pferd", 4, ""}, // digits of any script
	} {
		var codes []string
		for _, p := range (password.Policy{Kinds: test.kinds}).Check(test.pw) {
			codes = append(codes, p.Code)
		}
		if got := strings.Join(codes, " "); got != test.codes {
			t.Errorf("%q with %d kinds: %q, want %q", test.pw, test.kinds, got, test.codes)
		}
	}
}
