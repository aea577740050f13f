package adduser

import (
	"time"

	"roster/internal/lang"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/secret"
	"roster/internal/service"
	"roster/internal/user"
)

// letter is the e-mail that carries an activation's link.
func letter(t *op.Tx, o org.Organization, u user.User, services []service.Service, token secret.Clear, until time.Time) mail.Letter {
	ctx := mail.Writing(u.Language, u.TimeZone)
	greeting := lang.T(ctx, "Hello,")
	if u.FirstName != "" {
		greeting = lang.T(ctx, "Hello %s,", mail.Name(u.FirstName))
	}
	facts := mail.Facts{
		{Label: lang.T(ctx, "Organization"), Value: mail.Name(o.Name).String()},
		{Label: lang.T(ctx, "E-mail"), Value: mail.Name(u.Email).String()},
	}
	if u.Username != u.Email {
		facts = append(facts, mail.Fact{Label: lang.T(ctx, "Username"), Value: mail.Name(u.Username).String()})
	}
	return mail.Letter{
		Kind: kindActivation, To: u.Email, About: string(u.ID), Language: u.Language, Identity: o.Identity(), PerDay: lettersPerDay,
		Content: mail.Content{
			Subject:   lang.T(ctx, "Activate your account at %s", mail.Name(o.Name)),
			Preheader: lang.T(ctx, "Choose a password by %s.", lang.Date(ctx, until)),
			Greeting:  greeting,
			Blocks: append([]mail.Block{
				mail.Text(lang.T(ctx, "There is an account for you at %s. Choose a password, and it is yours to use.", mail.Name(o.Name))),
				facts,
				mail.Button{Label: lang.T(ctx, "Activate my account"), URL: t.URL("/activation/" + token.Reveal())},
				mail.Note(lang.T(ctx, "The link works once, until %s.", lang.DateTime(ctx, until))),
			}, service.Instructions(ctx, services)...),
			Footer: lang.T(ctx, "You get this e-mail because an admin of %s has created an account with your address %s. If you do not know them, ignore it: without the link nobody can use the account.", mail.Name(o.Name), mail.Name(u.Email)),
		},
	}
}
