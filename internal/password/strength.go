package password

import "github.com/trustelem/zxcvbn"

// maxEstimated is how many bytes of a password the estimate looks at. Its time
// grows with the square of the length, and much faster with signs that may stand
// for letters: 64 of those take 150 ms, 32 take 20. A password whose beginning is
// strong is strong.
const maxEstimated = 32

var labels = [...]string{"very weak", "weak", "fair", "good", "strong"}

// Strength estimates how hard pw is to guess for someone who knows context (see
// [Policy.Check]), from 0 to 4, with an English label. It is advice: only
// [Policy.Check] decides.
func Strength(pw string, context ...string) (score int, label string) {
	normal, code := normalize(pw)
	if code != "" || normal == "" {
		return 0, labels[0]
	}
	score = zxcvbn.PasswordStrength(firstRunes(normal, maxEstimated), personalWords(context)).Score
	return score, labels[score]
}

// firstRunes returns as many whole characters of s as fit into n bytes.
func firstRunes(s string, n int) string {
	for i, r := range s {
		if i+len(string(r)) > n {
			return s[:i]
		}
	}
	return s
}
