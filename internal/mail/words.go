package mail

import "golang.org/x/text/language"

// words are the few that every letter needs and no feature supplies.
type words struct {
	// Fallback introduces the written-out address below a button.
	Fallback string
}

var (
	wordsByLanguage = []words{
		{"If the button does not work, open this address:"},
		{"Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse:"},
		{"Si le bouton ne fonctionne pas, ouvrez cette adresse :"},
		{"Si el botón no funciona, abra esta dirección:"},
		{"Om knappen inte fungerar, öppna den här adressen:"},
	}
	wordsMatcher = language.NewMatcher([]language.Tag{
		language.English, language.German, language.French, language.Spanish, language.Swedish,
	})
)

// wordsFor returns the words in the language nearest to tag, English if none is near.
func wordsFor(tag language.Tag) words {
	_, i, _ := wordsMatcher.Match(tag)
	return wordsByLanguage[i]
}
