package number

import (
	"strings"

	"roster/internal/lang"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/user"
)

// kindAssigned is what the letter about a number is counted as.
const kindAssigned = "number_assigned"

// told reports whether u is told of numbers: the organization may not want it,
// and who has not joined yet learns everything when they do.
func told(o org.Organization, u user.User) bool {
	return o.NumberNotices && u.State != user.Invited && u.State != user.Deactivated
}

// Tell is the step of giving numbers to a user: it writes to them, if people are
// told of theirs.
func Tell(t *op.Tx, u user.User, numbers []Number) error {
	o, err := org.Mine(t)
	if err != nil || len(numbers) == 0 || !told(o, u) {
		return err
	}
	_, err = mail.Post(t, letter(t, o, u, numbers))
	return err
}

func letter(t *op.Tx, o org.Organization, u user.User, numbers []Number) mail.Letter {
	ctx := mail.Writing(u.Language, u.TimeZone)
	greeting := lang.T(ctx, "Hello,")
	if u.FirstName != "" {
		greeting = lang.T(ctx, "Hello %s,", mail.Name(u.FirstName))
	}
	shown := make([]string, len(numbers))
	for i, n := range numbers {
		shown[i] = n.Shown()
	}
	all := strings.Join(shown, ", ")
	blocks := []mail.Block{
		mail.Text(lang.N(ctx, len(numbers), "An admin of %[2]s has given you a number. It is yours alone.", "An admin of %[2]s has given you %[1]d numbers. They are yours alone.", mail.Name(o.Name))),
		mail.Facts{
			{Label: lang.N(ctx, len(numbers), "Your number", "Your numbers"), Value: all},
			{Label: lang.T(ctx, "Organization"), Value: mail.Name(o.Name).String()},
		},
	}
	if u.State == user.Active {
		blocks = append(blocks, mail.Button{Label: lang.T(ctx, "Open my profile"), URL: t.URL("/o/" + o.Slug + "/profile")})
	}
	return mail.Letter{
		Kind: kindAssigned, To: u.Email, About: string(u.ID), Language: u.Language, Identity: o.Identity(),
		Content: mail.Content{
			Subject:   lang.N(ctx, len(numbers), "Your number at %[2]s", "Your %[1]d numbers at %[2]s", mail.Name(o.Name)),
			Preheader: all,
			Greeting:  greeting,
			Blocks:    blocks,
			Footer:    lang.T(ctx, "You get this e-mail because you have an account at %s. Questions about your number are best put to the admins there.", mail.Name(o.Name)),
		},
	}
}
