package phone_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/phone"
)

func TestParse(t *testing.T) {
	tests := []struct {
		in, country, want, reason string
	}{
		{"070-123 45 67", "SE", "+46701234567", ""},
		{"0046 70 123 45 67", "SE", "+46701234567", ""},
		{"+46 (0)70 123 45 67", "", "+46701234567", ""},
		{" (202) 555-0143 ", "us", "+12025550143", ""},
		{"1.202.555.0143", "US", "+12025550143", ""},
		{"020 7946 0018", "GB", "+442079460018", ""},
		{"030/123456", "DE", "+4930123456", ""},
		{"06 698 12345", "IT", "+390669812345", ""},
		{"+49 30 123456", "SE", "+4930123456", ""},
		{"＋４６７０１２３４５６７", "", "+46701234567", ""},
		{"+1 555 123 4567", "", "+15551234567", ""}, // no such area, but possible
		{"", "SE", "", "it is empty"},
		{"070-123 45 67", "", "", "without a country it must begin with + and the country code"},
		{"070-123 45 67", "XX", "", "no such country code"},
		{"+999 123456", "", "", "no such country code"},
		{"555-0143", "US", "", "the area code is missing"},
		{"12", "SE", "", "it is too short"},
		{"+1 202 555 01", "", "", "it is too short"},
		{"+1 202 555 0143 999", "", "", "it is too long"},
		{strings.Repeat("1", 65), "US", "", "it is too long"},
		{"1-800-FLOWERS", "US", "", "it contains letters"},
		{"+1 202 555 0143 ext. 5", "", "", "it contains letters"},
		{"+1 202 555 0143 #5", "", "", "extensions cannot be stored"},
		{"tel:+12025550143", "", "", "it contains letters"},
		{"----", "SE", "", "it cannot be read as a number"},
		{"+46\xff701234567", "", "", "not valid UTF-8"},
	}
	for _, test := range tests {
		t.Run(test.in+" "+test.country, func(t *testing.T) {
			got, err := phone.Parse(test.in, test.country)
			var refusal *phone.Error
			errors.As(err, &refusal)
			switch {
			case test.reason == "" && (err != nil || got != test.want):
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			case test.reason != "" && (refusal == nil || refusal.Reason != test.reason || got != ""):
				t.Errorf("got %q, %v; want reason %q", got, err, test.reason)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("070-123 45 67", "SE")
	f.Add("+1 (202) 555-0143", "")
	f.Add("0015552", "AU")
	f.Add("0000000", "AX") // became +358000000, which became +35800000
	f.Fuzz(func(t *testing.T, s, country string) {
		e164, err := phone.Parse(s, country)
		if err != nil {
			return
		}
		if again, err := phone.Parse(e164, ""); err != nil || again != e164 {
			t.Errorf("Parse(%q, %q) = %q, which parses to %q, %v", s, country, e164, again, err)
		}
		if digits, plus := strings.CutPrefix(e164, "+"); !plus || strings.Trim(digits, "0123456789") != "" || len(digits) > 17 {
			t.Errorf("Parse(%q, %q) = %q", s, country, e164)
		}
	})
}

func TestCountries(t *testing.T) {
	tests := []struct {
		lang, first, ofSE string
	}{
		{"en", "Afghanistan", "Sweden"},
		{"de", "Afghanistan", "Schweden"},
		{"sv", "Afghanistan", "Sverige"},
		{"not a language", "Afghanistan", "Sweden"},
	}
	for _, test := range tests {
		list := phone.Countries(test.lang)
		if len(list) != 249 || list[0].Name != test.first {
			t.Errorf("%s: %d countries, the first is %q", test.lang, len(list), list[0].Name)
		}
		for _, c := range list {
			if c.Name == "" || !phone.ValidCountry(c.Code) {
				t.Errorf("%s: %+v", test.lang, c)
			}
		}
		if i := slices.IndexFunc(list, func(c phone.Country) bool { return c.Code == "SE" }); list[i].Name != test.ofSE {
			t.Errorf("%s: SE is %q", test.lang, list[i].Name)
		}
	}
	for _, code := range []string{"", "se", "XX", "EU", "SWE", "SE "} {
		if phone.ValidCountry(code) {
			t.Errorf("%q is a country", code)
		}
	}
}

func TestCountriesSortAsTheLanguageDoes(t *testing.T) {
	place := func(lang, code string) int {
		return slices.IndexFunc(phone.Countries(lang), func(c phone.Country) bool { return c.Code == code })
	}
	if place("sv", "AT") < place("sv", "ZW") {
		t.Error("Österrike is not at the end in Swedish")
	}
	if place("de", "AT") > place("de", "PL") {
		t.Error("Österreich is not beside O in German")
	}
}

func TestLanguages(t *testing.T) {
	var names []string
	for _, l := range phone.Languages() {
		names = append(names, l.Code+" "+l.Name)
		if !phone.ValidLanguage(l.Code) {
			t.Errorf("%q is not valid", l.Code)
		}
	}
	if got, want := strings.Join(names, ", "), "en English, de Deutsch, fr français, es español, sv svenska"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for in, want := range map[string]string{
		"": "en", "sv": "sv", "sv-FI,sv;q=0.9": "sv", "de-AT, en;q=0.5": "de", "ja, fr;q=0.3": "fr", "ja": "en",
		"es-419": "es", "!!": "en", strings.Repeat("sv,", 1000): "en",
	} {
		if got := phone.MatchLanguage(in); got != want {
			t.Errorf("MatchLanguage(%.20q) = %q, want %q", in, got, want)
		}
	}
}

func TestTimeZones(t *testing.T) {
	for _, name := range phone.TimeZones() {
		if _, err := time.LoadLocation(name); err != nil || !phone.ValidTimeZone(name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, want := range map[string]bool{
		"Europe/Stockholm": true, "Europe/Kiev": true, "US/Pacific": true, "Etc/GMT+5": true, "UTC": true,
		"": false, "Local": false, "localtime": false, "posix/Europe/Berlin": false, "Europe/../UTC": false,
		"Europe": false, "Europe/": false, "America/Argentina": false, "Europe/Atlantis": false, "/etc/passwd": false, "EST": false,
	} {
		if got := phone.ValidTimeZone(name); got != want {
			t.Errorf("ValidTimeZone(%q) = %v", name, got)
		}
	}
}

func TestSpaced(t *testing.T) {
	for in, want := range map[string]string{
		"+46701234567": "+46 70 123 45 67", "+4681234567": "+46 8 123 45 67", "+12025550143": "+1 202-555-0143", "no number": "no number", "": "",
	} {
		if got := phone.Spaced(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
