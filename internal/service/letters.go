package service

import (
	"context"

	"roster/internal/lang"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/user"
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
// letter for each service in force, unless the organization wants none. Those who
// were added without notice do not come this way.
func Welcome(t *op.Tx, o org.Organization, u user.User) error {
	if !o.WelcomeMails {
		return nil
	}
	services, err := InForce(t)
	if err != nil {
		return err
	}
	for _, s := range services {
		if _, err := mail.Post(t, welcome(t, o, u, s)); err != nil {
			return err
		}
	}
	return nil
}

// welcome is the letter that tells somebody how to begin with a service.
func welcome(t *op.Tx, o org.Organization, u user.User, s Service) mail.Letter {
	ctx := mail.Writing(u.Language, u.TimeZone)
	greeting := lang.T(ctx, "Hello,")
	if u.FirstName != "" {
		greeting = lang.T(ctx, "Hello %s,", mail.Name(u.FirstName))
	}
	blocks := []mail.Block{mail.Text(lang.T(ctx, "Your account at %s is set up, and %s is yours to use.", mail.Name(o.Name), mail.Name(s.Name)))}
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
	return mail.Letter{
		Kind: "welcome", To: u.Email, About: string(u.ID), Language: u.Language, Identity: o.Identity(),
		Content: mail.Content{
			Subject:   lang.T(ctx, "Welcome to %s", mail.Name(s.Name)),
			Preheader: lang.T(ctx, "How to sign in and begin."),
			Greeting:  greeting,
			Blocks:    blocks,
			Footer:    lang.T(ctx, "You get this e-mail because you have set up your account at %s, which uses %s.", mail.Name(o.Name), mail.Name(s.Name)),
		},
	}
}
