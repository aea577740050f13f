package phone

import (
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// languages are those in which Roster writes, the default first.
var languages = []language.Tag{
	language.English, language.German, language.French, language.Spanish, language.Swedish,
}

var languageMatcher = language.NewMatcher(languages)

// Language is a choice in a form.
type Language struct {
	Code string // BCP 47, such as "sv"
	Name string // in that language itself, so that its readers find it
}

// Languages returns the languages in which Roster writes pages and mails, the
// default one first.
func Languages() []Language {
	list := make([]Language, len(languages))
	for i, tag := range languages {
		list[i] = Language{Code: tag.String(), Name: display.Self.Name(tag)}
	}
	return list
}

// ValidLanguage reports whether code is one of [Languages].
func ValidLanguage(code string) bool {
	for _, tag := range languages {
		if tag.String() == code {
			return true
		}
	}
	return false
}

// MatchLanguage returns the code of the language among [Languages] that suits
// preferences best. It reads what browsers send as Accept-Language and what
// directories keep as preferredLanguage; what it cannot read means the default.
func MatchLanguage(preferences string) string {
	const longest = 1024 // browsers send a few dozen bytes
	if len(preferences) > longest {
		return languages[0].String()
	}
	tags, _, err := language.ParseAcceptLanguage(preferences)
	if err != nil {
		return languages[0].String()
	}
	_, i, confidence := languageMatcher.Match(tags...)
	if confidence == language.No {
		i = 0
	}
	return languages[i].String()
}
