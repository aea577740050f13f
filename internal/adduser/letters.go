package adduser

import (
	"cmp"
	"context"
	"time"

	"roster/internal/lang"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/secret"
	"roster/internal/service"
	"roster/internal/user"
	"roster/internal/wording"
)

// letter is the e-mail that carries an activation's link.
func letter(t *op.Tx, o org.Organization, u user.User, services []service.Service, token secret.Clear, until time.Time, w wording.Words) mail.Letter {
	u.Language = cmp.Or(u.Language, o.Language)
	ctx := mail.Writing(u.Language, u.TimeZone)
	said := w.Say(ctx, wording.Values{
		wording.Organization: o.Name, wording.Name: cmp.Or(u.FirstName, u.Name()), wording.Email: u.Email,
	})
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
	blocks := append([]mail.Block{
		said.Opening, facts,
		mail.Button{Label: lang.T(ctx, "Activate my account"), URL: t.URL("/activation/" + token.Reveal())},
		mail.Note(lang.T(ctx, "The link works once, until %s.", lang.DateTime(ctx, until))),
	}, service.Instructions(ctx, services)...)
	blocks = append(blocks, said.Closing...)
	return mail.Letter{
		Kind: kindActivation, To: u.Email, About: string(u.ID), Language: u.Language, Identity: o.Identity(), PerDay: lettersPerDay,
		Content: mail.Content{
			Subject:   said.Subject,
			Preheader: lang.T(ctx, "Choose a password by %s.", lang.Date(ctx, until)),
			Greeting:  greeting,
			Blocks:    blocks,
			Footer:    lang.T(ctx, "You get this e-mail because an admin of %s has created an account with your address %s. If you do not know them, ignore it: without the link nobody can use the account.", mail.Name(o.Name), mail.Name(u.Email)),
		},
	}
}

// Letters are those whose texts an organization can change.
func Letters() []wording.Letter { return []wording.Letter{activationLetter} }

var activationLetter = wording.Letter{
	Kind: kindActivation, Title: lang.Key("Activation e-mail"), When: lang.Key("Goes to whoever has been added, with the link to choose a password."),
	Values: []wording.Value{wording.Organization, wording.Name, wording.Email},
	Ours: func(ctx context.Context, v wording.Values) wording.Texts {
		return wording.Texts{
			Subject: lang.T(ctx, "Activate your account at %s", v.Name(wording.Organization)),
			Opening: lang.T(ctx, "There is an account for you at %s. Choose a password, and it is yours to use.", v.Name(wording.Organization)),
		}
	},
	Sample: func(t *op.Tx, o org.Organization, w wording.Words) mail.Letter {
		u := user.User{FirstName: wording.SampleName, Email: wording.SampleEmail, Username: wording.SampleEmail, Language: w.Language(), TimeZone: o.TimeZone}
		return letter(t, o, u, nil, secret.NewClear(wording.SampleToken), t.Now().Add(o.InvitationLife()), w)
	},
}
