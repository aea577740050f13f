package invite

import (
	"context"

	"roster/internal/lang"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/secret"
	"roster/internal/service"
)

// letter is the e-mail that carries an invitation's link.
func letter(t *op.Tx, o org.Organization, i Invitation, firstName string, token secret.Clear) mail.Letter {
	ctx := mail.Writing(i.Language, o.TimeZone)
	subject, text := opening(ctx, i, o)
	greeting := lang.T(ctx, "Hello,")
	if firstName != "" {
		greeting = lang.T(ctx, "Hello %s,", mail.Name(firstName))
	}
	blocks := []mail.Block{
		mail.Text(text),
	}
	if i.Message != "" {
		blocks = append(blocks, mail.Quote{Text: i.Message, By: mail.Name(i.InvitedByName).String()})
	}
	blocks = append(blocks,
		mail.Button{Label: lang.T(ctx, "Set up your account"), URL: t.URL("/invitation/" + token.Reveal())},
		mail.Note(lang.T(ctx, "The link works once, until %s.", lang.DateTime(ctx, i.ExpiresAt))),
	)
	blocks = append(blocks, service.Instructions(ctx, i.services)...)
	return mail.Letter{
		Kind: "invitation", To: i.Email, About: string(i.ID), Language: i.Language, Identity: o.Identity(), PerDay: lettersPerDay,
		Content: mail.Content{
			Subject:   subject,
			Preheader: lang.T(ctx, "Set up your account by %s.", lang.Date(ctx, i.ExpiresAt)),
			Greeting:  greeting,
			Blocks:    blocks,
			Footer:    lang.T(ctx, "You get this e-mail because %s entered your address %s. If you do not know them, ignore it: without the link nothing happens.", mail.Name(i.InvitedByName), mail.Name(i.Email)),
		},
	}
}

// opening is the subject and the first sentence. The first admin is invited by
// nobody whom they know, so that nobody is named.
func opening(ctx context.Context, i Invitation, o org.Organization) (subject, text string) {
	named, again := i.InvitedByName != o.Sender(), i.Reminders > 0
	switch {
	case named && again:
		subject = lang.T(ctx, "Reminder: %s invites you to %s", mail.Name(i.InvitedByName), mail.Name(o.Name))
	case named:
		subject = lang.T(ctx, "%s invites you to %s", mail.Name(i.InvitedByName), mail.Name(o.Name))
	case again:
		subject = lang.T(ctx, "Reminder: you are invited to %s", mail.Name(o.Name))
	default:
		subject = lang.T(ctx, "You are invited to %s", mail.Name(o.Name))
	}
	if named {
		return subject, lang.T(ctx, "%s has invited you to join %s. Set up your account to begin: it takes a minute.", mail.Name(i.InvitedByName), mail.Name(o.Name))
	}
	return subject, lang.T(ctx, "You are invited to join %s. Set up your account to begin: it takes a minute.", mail.Name(o.Name))
}
