package org

import (
	"roster/internal/authz"
	"roster/internal/lang"
	"roster/internal/mail"
	"roster/internal/op"
)

// Sample answers a letter as the organization's letters look, in its language. It
// is sent to nobody.
var Sample = op.Query[op.Nothing, mail.Message]{
	Name: "settings.sample_letter", Needs: authz.SettingsManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, _ op.Nothing) (mail.Message, error) {
		o, err := Mine(t)
		if err != nil {
			return mail.Message{}, err
		}
		return mail.Preview(t, sample(t, o))
	},
}

func sample(t *op.Tx, o Organization) mail.Letter {
	ctx := mail.Writing(o.Language, o.TimeZone)
	return mail.Letter{
		Language: o.Language, Identity: o.Identity(),
		Content: mail.Content{
			Subject:  lang.T(ctx, "How e-mails of %s look", mail.Name(o.Name)),
			Title:    lang.T(ctx, "How your e-mails look"),
			Greeting: lang.T(ctx, "Hello,"),
			Blocks: []mail.Block{
				mail.Text(lang.T(ctx, "This is how %s writes to people: invitations, links for a new password, notices about an account.", mail.Name(o.Name))),
				mail.Quote{Text: lang.T(ctx, "A personal message stands out from the rest."), By: mail.Name(o.Sender()).String()},
				mail.Button{Label: lang.T(ctx, "Sign in"), URL: t.URL("/o/" + o.Slug + "/sign-in")},
				mail.Note(lang.T(ctx, "Times are written for the time zone %s.", mail.Name(o.TimeZone))),
			},
			Footer: lang.T(ctx, "Here stands why somebody gets an e-mail, and what to do if they did not expect it."),
		},
	}
}
