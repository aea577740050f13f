package signin

import (
	"context"
	"time"

	"golang.org/x/text/language"

	"roster/internal/lang"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/secret"
	"roster/internal/user"
	"roster/internal/web"
)

// The kinds of letters. How many of a kind an address gets is counted.
const (
	kindForgotten = "password_forgotten"
	kindReset     = "password_reset"
	kindChanged   = "password_changed"
	kindLocked    = "password_locked"
	kindSet       = "password_set"
	kindDevice    = "new_device"
	kindExpiry    = "password_expires"
	kindPlaces    = "organizations"
)

// writing is the context of a letter to a user.
func writing(o org.Organization, u user.User) context.Context {
	zone := u.TimeZone
	if zone == "" {
		zone = o.TimeZone
	}
	return mail.Writing(u.Language, zone)
}

func greeting(ctx context.Context, u user.User) string {
	if u.FirstName == "" {
		return lang.T(ctx, "Hello,")
	}
	return lang.T(ctx, "Hello %s,", mail.Name(u.FirstName))
}

// post writes a notice to a user and puts it into the outbox.
func post(t *op.Tx, u user.User, notice func(context.Context, *op.Tx, org.Organization, user.User) mail.Letter) error {
	o, err := org.Mine(t)
	if err != nil {
		return err
	}
	l := notice(writing(o, u), t, o, u)
	l.To, l.About, l.Language, l.Identity = u.Email, string(u.ID), u.Language, o.Identity()
	l.Content.Greeting = greeting(writing(o, u), u)
	_, err = mail.Post(t, l)
	return err
}

// resetLetter carries the link to set a new password.
func resetLetter(t *op.Tx, o org.Organization, u user.User, kind string, token secret.Clear, until time.Time) mail.Letter {
	ctx := writing(o, u)
	c := mail.Content{
		Subject:  lang.T(ctx, "Set a new password for %s", mail.Name(o.Name)),
		Greeting: greeting(ctx, u),
	}
	what := lang.T(ctx, "Somebody asked for a new password for your account at %s. Your present one works until you set another.", mail.Name(o.Name))
	c.Footer = lang.T(ctx, "If you did not ask for this, ignore the e-mail: without the link nothing changes.")
	if kind == kindReset {
		what = lang.T(ctx, "An admin of %s has reset your password and signed you out everywhere. Set a new one to sign in again.", mail.Name(o.Name))
		c.Footer = lang.T(ctx, "You get this e-mail because you have an account at %s.", mail.Name(o.Name))
	}
	c.Blocks = []mail.Block{
		mail.Text(what),
		mail.Button{Label: lang.T(ctx, "Set a new password"), URL: t.URL("/reset/" + token.Reveal())},
		mail.Note(lang.T(ctx, "The link works once, until %s.", lang.DateTime(ctx, until))),
	}
	return mail.Letter{Kind: kind, To: u.Email, About: string(u.ID), Language: u.Language, Identity: o.Identity(), Content: c}
}

// changedLetter tells the owner that the password is another one now.
func changedLetter(ctx context.Context, t *op.Tx, o org.Organization, _ user.User) mail.Letter {
	origin := t.Actor().Origin
	return mail.Letter{Kind: kindChanged, Content: mail.Content{
		Subject: lang.T(ctx, "Your password for %s was changed", mail.Name(o.Name)),
		Blocks: []mail.Block{
			mail.Text(lang.T(ctx, "The password of your account at %s was changed. Everything else that was signed in with it has been signed out.", mail.Name(o.Name))),
			mail.Facts{
				{Label: lang.T(ctx, "When"), Value: lang.DateTime(ctx, t.Now())},
				{Label: lang.T(ctx, "Device"), Value: web.Device(ctx, origin.Agent)},
				{Label: lang.T(ctx, "Network address"), Value: origin.Address},
			},
			mail.Text(lang.T(ctx, "If it was not you, set a new password now, and tell an admin of your organization.")),
			mail.Link{Label: lang.T(ctx, "Set a new password"), URL: t.URL("/o/" + o.Slug + "/forgot")},
		},
		Footer: lang.T(ctx, "We tell you about each change of this kind."),
	}}
}

// setLetter tells the owner that an admin has set another password, and never
// which one.
func setLetter(mustChange bool) func(context.Context, *op.Tx, org.Organization, user.User) mail.Letter {
	return func(ctx context.Context, t *op.Tx, o org.Organization, _ user.User) mail.Letter {
		blocks := []mail.Block{
			mail.Text(lang.T(ctx, "An admin of %s has set a new password for your account, and signed you out everywhere. They tell you the password.", mail.Name(o.Name))),
		}
		if mustChange {
			blocks = append(blocks, mail.Text(lang.T(ctx, "When you sign in with it, you choose one of your own first.")))
		}
		blocks = append(blocks,
			mail.Facts{{Label: lang.T(ctx, "When"), Value: lang.DateTime(ctx, t.Now())}},
			mail.Text(lang.T(ctx, "If you did not expect this, ask an admin of your organization. You can set a password that nobody else knows at any time.")),
			mail.Link{Label: lang.T(ctx, "Set a new password"), URL: t.URL("/o/" + o.Slug + "/forgot")},
		)
		return mail.Letter{Kind: kindSet, Content: mail.Content{
			Subject: lang.T(ctx, "Your password for %s was set by an admin", mail.Name(o.Name)),
			Blocks:  blocks,
			Footer:  lang.T(ctx, "We tell you about each change of this kind."),
		}}
	}
}

// expiryLetter tells the owner until when the password is enough.
func expiryLetter(end time.Time) func(context.Context, *op.Tx, org.Organization, user.User) mail.Letter {
	return func(ctx context.Context, t *op.Tx, o org.Organization, _ user.User) mail.Letter {
		return mail.Letter{Kind: kindExpiry, Content: mail.Content{
			Subject: lang.T(ctx, "Your password for %s expires on %s", mail.Name(o.Name), lang.Date(ctx, end)),
			Blocks: []mail.Block{
				mail.Text(lang.T(ctx, "The password of your account at %s expires on %s. From then on you set another one when you sign in, before anything else.", mail.Name(o.Name), lang.DateTime(ctx, end))),
				mail.Button{Label: lang.T(ctx, "Change password"), URL: t.URL("/o/" + o.Slug + "/security")},
				mail.Note(lang.T(ctx, "You need the present password for that. If you have forgotten it, the sign-in page has a link to set a new one.")),
			},
			Footer: lang.T(ctx, "Your organization has set how long passwords last. We remind you once of each."),
		}}
	}
}

// noticesPerDay is how many notices of sign-ins on new devices leave within 24
// hours; more of them wait.
const noticesPerDay = 10

// deviceLetter tells the owner that somebody signed in with a browser that has
// not been used for the account before.
func deviceLetter(ctx context.Context, t *op.Tx, o org.Organization, _ user.User) mail.Letter {
	origin := t.Actor().Origin
	return mail.Letter{Kind: kindDevice, PerDay: noticesPerDay, Content: mail.Content{
		Subject: lang.T(ctx, "New sign-in to %s", mail.Name(o.Name)),
		Blocks: []mail.Block{
			mail.Text(lang.T(ctx, "Somebody has signed in to your account at %s, with a browser that we do not know yet. If it was you, there is nothing to do.", mail.Name(o.Name))),
			mail.Facts{
				{Label: lang.T(ctx, "When"), Value: lang.DateTime(ctx, t.Now())},
				{Label: lang.T(ctx, "Device"), Value: web.Device(ctx, origin.Agent)},
				{Label: lang.T(ctx, "Network address"), Value: origin.Address},
			},
			mail.Text(lang.T(ctx, "If it was not you, set a new password now, and tell an admin of your organization.")),
			mail.Link{Label: lang.T(ctx, "Set a new password"), URL: t.URL("/o/" + o.Slug + "/forgot")},
		},
		Footer: lang.T(ctx, "We tell you about each sign-in on a new device."),
	}}
}

// lockedLetter tells the owner that somebody has guessed for too long.
func lockedLetter(ctx context.Context, t *op.Tx, o org.Organization, _ user.User) mail.Letter {
	return mail.Letter{Kind: kindLocked, Content: mail.Content{
		Subject: lang.T(ctx, "Your password for %s no longer works", mail.Name(o.Name)),
		Blocks: []mail.Block{
			mail.Text(lang.T(ctx, "Somebody has entered a wrong password for your account at %s a hundred times in a row. So that it is not guessed, the password does not work any more. Where you are signed in you stay so.", mail.Name(o.Name))),
			mail.Button{Label: lang.T(ctx, "Set a new password"), URL: t.URL("/o/" + o.Slug + "/forgot")},
		},
		Footer: lang.T(ctx, "We tell you about each change of this kind."),
	}}
}

// placesLetter tells an address where it has accounts.
func placesLetter(t *op.Tx, tag language.Tag, places []place) mail.Letter {
	ctx := mail.Writing(tag.String(), "UTC")
	c := mail.Content{
		Subject:  lang.T(ctx, "Where you can sign in"),
		Greeting: lang.T(ctx, "Hello,"),
		Blocks:   []mail.Block{mail.Text(lang.N(ctx, len(places), "This address has an account in %d organization:", "This address has accounts in %d organizations:"))},
		Footer:   lang.T(ctx, "You get this e-mail because somebody entered your address to find their organization. If it was not you, ignore it."),
	}
	for _, p := range places {
		c.Blocks = append(c.Blocks, mail.Link{Label: mail.Name(p.Name).String(), URL: t.URL("/o/" + p.Slug + "/sign-in")})
	}
	return mail.Letter{
		Kind: kindPlaces, To: places[0].Email, Language: tag.String(),
		Identity: mail.Identity{Name: "Roster"}, Content: c,
	}
}
