package service

import (
	"cmp"
	"context"

	"roster/internal/lang"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/user"
	"roster/internal/wording"
)

// Instructions are what the letters by which people come in say of services: how
// to install each, and where to start. Services that say nothing are left out.
func Instructions(ctx context.Context, services []Service) []mail.Block {
	var blocks []mail.Block
	for _, s := range services {
		if s.InstallText == "" && s.Link == "" {
			continue
		}
		if blocks == nil {
			blocks = append(blocks, mail.Text(lang.T(ctx, "Once your account is set up, this is yours to use:")))
		}
		blocks = append(blocks, mail.Heading(mail.Name(s.Name).String()))
		if s.InstallText != "" {
			blocks = append(blocks, mail.Text(s.InstallText))
		}
		if s.Link != "" {
			blocks = append(blocks, mail.Link{Label: lang.T(ctx, "Open %s", mail.Name(s.Name)), URL: s.Link})
		}
	}
	return blocks
}

// Welcome is the step of an account becoming active by its person's own doing: a
// letter for each service that they may use, unless the organization wants none.
// Those who were added without notice do not come this way.
func Welcome(t *op.Tx, o org.Organization, u user.User) error {
	if !o.WelcomeMails {
		return nil
	}
	services, err := usedBy(t, u.ID)
	if err != nil {
		return err
	}
	w, err := wording.For(t, welcomeLetter, cmp.Or(u.Language, o.Language))
	if err != nil {
		return err
	}
	for _, s := range services {
		if _, err := mail.Post(t, welcome(t, o, u, s, w)); err != nil {
			return err
		}
	}
	return nil
}

// welcome is the letter that tells somebody how to begin with a service.
func welcome(t *op.Tx, o org.Organization, u user.User, s Service, w wording.Words) mail.Letter {
	ctx := mail.Writing(w.Language(), cmp.Or(u.TimeZone, o.TimeZone))
	said := w.Say(ctx, wording.Values{
		wording.Organization: o.Name, wording.Service: s.Name, wording.Name: cmp.Or(u.FirstName, u.Name()), wording.Email: u.Email,
	})
	greeting := lang.T(ctx, "Hello,")
	if u.FirstName != "" {
		greeting = lang.T(ctx, "Hello %s,", mail.Name(u.FirstName))
	}
	blocks := []mail.Block{said.Opening}
	if s.WelcomeText != "" {
		blocks = append(blocks, mail.Text(s.WelcomeText))
	}
	if s.Link != "" {
		blocks = append(blocks, mail.Button{Label: lang.T(ctx, "Open %s", mail.Name(s.Name)), URL: s.Link})
	}
	facts := mail.Facts{
		{Label: lang.T(ctx, "Organization"), Value: mail.Name(o.Name).String()},
		{Label: lang.T(ctx, "E-mail"), Value: mail.Name(u.Email).String()},
	}
	if u.Username != u.Email {
		facts = append(facts, mail.Fact{Label: lang.T(ctx, "Username"), Value: mail.Name(u.Username).String()})
	}
	blocks = append(blocks,
		mail.Text(lang.T(ctx, "This is how you sign in, with the password that you have chosen:")), facts,
		mail.Link{Label: lang.T(ctx, "Your account and your password"), URL: t.URL("/o/" + o.Slug)},
	)
	blocks = append(blocks, said.Closing...)
	return mail.Letter{
		Kind: kindWelcome, To: u.Email, About: string(u.ID), Language: w.Language(), Identity: o.Identity(),
		Content: mail.Content{
			Subject:   said.Subject,
			Preheader: lang.T(ctx, "How to sign in and begin."),
			Greeting:  greeting,
			Blocks:    blocks,
			Footer:    lang.T(ctx, "You get this e-mail because you have set up your account at %s, which uses %s.", mail.Name(o.Name), mail.Name(s.Name)),
		},
	}
}

// Letters are those whose texts an organization can change.
func Letters() []wording.Letter { return []wording.Letter{welcomeLetter} }

const kindWelcome = "welcome"

var welcomeLetter = wording.Letter{
	Kind: kindWelcome, Title: lang.Key("Welcome to a service"), When: lang.Key("Goes to whoever has set up their account, for each service of the organization."),
	Values: []wording.Value{wording.Organization, wording.Service, wording.Name, wording.Email},
	Sample: func(t *op.Tx, o org.Organization, w wording.Words) mail.Letter {
		u := user.User{FirstName: wording.SampleName, Email: wording.SampleEmail, Username: wording.SampleEmail}
		s := Service{Name: "Example", WelcomeText: lang.T(mail.Writing(w.Language(), o.TimeZone), "Here stands how to begin with the service.")}
		return welcome(t, o, u, s, w)
	},
	Ours: func(ctx context.Context, v wording.Values) wording.Texts {
		return wording.Texts{
			Subject: lang.T(ctx, "Welcome to %s", v.Name(wording.Service)),
			Opening: lang.T(ctx, "Your account at %s is set up, and %s is yours to use.", v.Name(wording.Organization), v.Name(wording.Service)),
		}
	},
}
