package invite

import (
	"cmp"
	"context"

	"roster/internal/lang"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/secret"
	"roster/internal/service"
	"roster/internal/wording"
)

// letter is the e-mail that carries an invitation's link.
func letter(t *op.Tx, o org.Organization, i Invitation, firstName string, token secret.Clear, w wording.Words) mail.Letter {
	ctx := mail.Writing(i.Language, o.TimeZone)
	said := w.Say(ctx, wording.Values{
		wording.Organization: o.Name, wording.Inviter: i.inviter(o), wording.Name: cmp.Or(firstName, i.Email), wording.Email: i.Email,
	})
	greeting := lang.T(ctx, "Hello,")
	if firstName != "" {
		greeting = lang.T(ctx, "Hello %s,", mail.Name(firstName))
	}
	blocks := []mail.Block{said.Opening}
	if i.Message != "" {
		blocks = append(blocks, mail.Quote{Text: i.Message, By: mail.Name(i.InvitedByName).String()})
	}
	blocks = append(blocks,
		mail.Button{Label: lang.T(ctx, "Set up your account"), URL: t.URL("/invitation/" + token.Reveal())},
		mail.Note(lang.T(ctx, "The link works once, until %s.", lang.DateTime(ctx, i.ExpiresAt))),
	)
	blocks = append(blocks, service.Instructions(ctx, i.services)...)
	blocks = append(blocks, said.Closing...)
	return mail.Letter{
		Kind: "invitation", To: i.Email, About: string(i.ID), Language: i.Language, Identity: o.Identity(), PerDay: lettersPerDay,
		Content: mail.Content{
			Subject:   said.Subject,
			Preheader: lang.T(ctx, "Set up your account by %s.", lang.Date(ctx, i.ExpiresAt)),
			Greeting:  greeting,
			Blocks:    blocks,
			Footer:    lang.T(ctx, "You get this e-mail because %s entered your address %s. If you do not know them, ignore it: without the link nothing happens.", mail.Name(i.InvitedByName), mail.Name(i.Email)),
		},
	}
}

// inviter is who invites, as far as the reader knows them: the first admin is
// invited by nobody.
func (i Invitation) inviter(o org.Organization) string {
	if i.InvitedByName == o.Sender() {
		return ""
	}
	return i.InvitedByName
}

// Letters are those whose texts an organization can change.
func Letters() []wording.Letter { return []wording.Letter{invitationLetter, reminderLetter} }

var values = []wording.Value{wording.Organization, wording.Inviter, wording.Name, wording.Email}

var invitationLetter = wording.Letter{
	Kind: "invitation", Title: lang.Key("Invitation"), When: lang.Key("Goes to whoever is invited, with the link to set up the account."),
	Values: values, Sample: sample(0),
	Ours: func(ctx context.Context, v wording.Values) wording.Texts {
		if v[wording.Inviter] == "" {
			return wording.Texts{Subject: lang.T(ctx, "You are invited to %s", v.Name(wording.Organization)), Opening: unnamed(ctx, v)}
		}
		return wording.Texts{
			Subject: lang.T(ctx, "%s invites you to %s", v.Name(wording.Inviter), v.Name(wording.Organization)), Opening: named(ctx, v),
		}
	},
}

var reminderLetter = wording.Letter{
	Kind: "reminder", Title: lang.Key("Reminder of an invitation"), When: lang.Key("Goes to whoever is reminded of an invitation, with a new link."),
	Values: values, Sample: sample(1),
	Ours: func(ctx context.Context, v wording.Values) wording.Texts {
		if v[wording.Inviter] == "" {
			return wording.Texts{Subject: lang.T(ctx, "Reminder: you are invited to %s", v.Name(wording.Organization)), Opening: unnamed(ctx, v)}
		}
		return wording.Texts{
			Subject: lang.T(ctx, "Reminder: %s invites you to %s", v.Name(wording.Inviter), v.Name(wording.Organization)), Opening: named(ctx, v),
		}
	},
}

func named(ctx context.Context, v wording.Values) string {
	return lang.T(ctx, "%s has invited you to join %s. Set up your account to begin: it takes a minute.", v.Name(wording.Inviter), v.Name(wording.Organization))
}

// unnamed is for the first admin, who is invited by nobody whom they know.
func unnamed(ctx context.Context, v wording.Values) string {
	return lang.T(ctx, "You are invited to join %s. Set up your account to begin: it takes a minute.", v.Name(wording.Organization))
}

// wordsFor are the words of the letter that carries the invitation now.
func wordsFor(t *op.Tx, i Invitation) (wording.Words, error) {
	if i.Reminders > 0 {
		return wording.For(t, reminderLetter, i.Language)
	}
	return wording.For(t, invitationLetter, i.Language)
}

// sample is an invitation to somebody who does not exist.
func sample(reminders int) func(*op.Tx, org.Organization, wording.Words) mail.Letter {
	return func(t *op.Tx, o org.Organization, w wording.Words) mail.Letter {
		i := Invitation{
			Email: wording.SampleEmail, InvitedByName: t.Actor().Name, Language: w.Language(), Reminders: reminders,
			ExpiresAt: t.Now().Add(o.InvitationLife()),
		}
		return letter(t, o, i, wording.SampleName, secret.NewClear(wording.SampleToken), w)
	}
}
