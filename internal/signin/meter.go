package signin

import (
	"context"
	"slices"

	"roster/internal/lang"
	"roster/internal/password"
	"roster/internal/secret"
	"roster/internal/web/ui"
)

// Meter says how strong a new password is, and which of the rules it meets.
// field is the id of the field that it stands below.
func (r Rules) Meter(ctx context.Context, field string, pw secret.Clear) ui.Strength {
	score, problems := r.Strength(pw)
	met := func(codes ...string) bool {
		return !pw.IsZero() && !slices.ContainsFunc(problems, func(p password.Problem) bool { return slices.Contains(codes, p.Code) })
	}
	personal := lang.T(ctx, "Without your name, your address or the name of your organization")
	if r.others {
		personal = lang.T(ctx, "Without the user's name or address, or the name of your organization")
	}
	rules := []ui.Rule{
		{Text: lang.N(ctx, r.minLength(), "At least %d character. A few words in a row are easy to keep in mind", "At least %d characters. A few words in a row are easy to keep in mind"), Met: met(password.CodeTooShort)},
		{Text: lang.T(ctx, "Not among the passwords that attackers try first"), Met: met(password.CodeCommon, password.CodePredictable, password.CodeGuessable)},
		{Text: personal, Met: met(password.CodePersonal)},
	}
	if r.Kinds > 1 {
		rules = slices.Insert(rules, 1, ui.Rule{
			Text: lang.N(ctx, r.Kinds, "%d kind of characters", "%d kinds of characters: lower case, upper case, digits, others"), Met: met(password.CodeTooFewKinds),
		})
	}
	if r.History > 0 { // that takes longer than anybody waits for between two keys
		rules = append(rules, ui.Rule{Text: lang.N(ctx, r.History, "Another one than the present password", "Not among the last %d passwords, which is looked up in the end")})
	}
	return ui.Strength{Field: field, Score: score, Rules: rules}
}

// minLength is the length that really applies.
func (r Rules) minLength() int {
	if r.MinLength == 0 {
		return password.DefaultMinLength
	}
	return max(r.MinLength, password.FloorMinLength)
}
