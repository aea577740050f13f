package signin

import (
	"cmp"
	"context"
	"slices"
	"time"

	"golang.org/x/text/language"

	"roster/internal/lang"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/secret"
	"roster/internal/user"
	"roster/internal/web"
	"roster/internal/wording"
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
	return mail.Writing(languageOf(o, u), zone)
}

// languageOf is the user's, or the organization's for one who has none.
func languageOf(o org.Organization, u user.User) string { return cmp.Or(u.Language, o.Language) }

func greeting(ctx context.Context, u user.User) string {
	if u.FirstName == "" {
		return lang.T(ctx, "Hello,")
	}
	return lang.T(ctx, "Hello %s,", mail.Name(u.FirstName))
}

// notice is what a letter says beside its opening and closing.
type notice func(ctx context.Context, t *op.Tx, o org.Organization) mail.Letter

// post writes a notice to a user and puts it into the outbox.
func post(t *op.Tx, u user.User, about wording.Letter, n notice) error {
	o, err := org.Mine(t)
	if err != nil {
		return err
	}
	w, err := wording.For(t, about, languageOf(o, u))
	if err != nil {
		return err
	}
	_, err = mail.Post(t, n.to(t, o, u, about.Kind, w))
	return err
}

// to is the notice to a user, in the words of the organization.
func (n notice) to(t *op.Tx, o org.Organization, u user.User, kind string, w wording.Words) mail.Letter {
	ctx := writing(o, u)
	l, said := n(ctx, t, o), w.Say(ctx, valuesOf(o, u))
	l.Kind, l.To, l.About, l.Language, l.Identity = kind, u.Email, string(u.ID), languageOf(o, u), o.Identity()
	l.Content.Subject, l.Content.Greeting = said.Subject, greeting(ctx, u)
	l.Content.Blocks = slices.Concat([]mail.Block{said.Opening}, l.Content.Blocks, said.Closing)
	return l
}

// resetLetter carries the link to set a new password.
func resetLetter(t *op.Tx, o org.Organization, u user.User, kind string, token secret.Clear, until time.Time, w wording.Words) mail.Letter {
	ctx := writing(o, u)
	said := w.Say(ctx, valuesOf(o, u))
	c := mail.Content{
		Subject:  said.Subject,
		Greeting: greeting(ctx, u),
		Footer:   lang.T(ctx, "If you did not ask for this, ignore the e-mail: without the link nothing changes."),
	}
	if kind == kindReset {
		c.Footer = lang.T(ctx, "You get this e-mail because you have an account at %s.", mail.Name(o.Name))
	}
	c.Blocks = append([]mail.Block{
		said.Opening,
		mail.Button{Label: lang.T(ctx, "Set a new password"), URL: t.URL("/reset/" + token.Reveal())},
		mail.Note(lang.T(ctx, "The link works once, until %s.", lang.DateTime(ctx, until))),
	}, said.Closing...)
	return mail.Letter{Kind: kind, To: u.Email, About: string(u.ID), Language: languageOf(o, u), Identity: o.Identity(), Content: c}
}

// changedLetter tells the owner that the password is another one now.
func changedLetter(ctx context.Context, t *op.Tx, o org.Organization) mail.Letter {
	origin := t.Actor().Origin
	return mail.Letter{Content: mail.Content{
		Blocks: []mail.Block{
			mail.Facts{
				{Label: lang.T(ctx, "When"), Value: lang.DateTime(ctx, t.Now())},
				{Label: lang.T(ctx, "Device"), Value: web.Device(ctx, origin.Agent)},
				{Label: lang.T(ctx, "Network address"), Value: origin.Address},
			},
			mail.Text(lang.T(ctx, "If you have not changed your password, set a new one now, and tell an admin of your organization.")),
			mail.Link{Label: lang.T(ctx, "Set a new password"), URL: t.URL("/o/" + o.Slug + "/forgot")},
		},
		Footer: lang.T(ctx, "We tell you about each change of this kind."),
	}}
}

// setLetter tells the owner that an admin has set another password, and never
// which one.
func setLetter(mustChange bool) notice {
	return func(ctx context.Context, t *op.Tx, o org.Organization) mail.Letter {
		var blocks []mail.Block
		if mustChange {
			blocks = append(blocks, mail.Text(lang.T(ctx, "When you sign in with it, you choose one of your own first.")))
		}
		blocks = append(blocks,
			mail.Facts{{Label: lang.T(ctx, "When"), Value: lang.DateTime(ctx, t.Now())}},
			mail.Text(lang.T(ctx, "If you did not expect that an admin sets your password, ask one of them. You can set a password that nobody else knows at any time.")),
			mail.Link{Label: lang.T(ctx, "Set a new password"), URL: t.URL("/o/" + o.Slug + "/forgot")},
		)
		return mail.Letter{Content: mail.Content{
			Blocks: blocks,
			Footer: lang.T(ctx, "We tell you about each change of this kind."),
		}}
	}
}

// expiryLetter tells the owner until when the password is enough.
func expiryLetter(end time.Time) notice {
	return func(ctx context.Context, t *op.Tx, o org.Organization) mail.Letter {
		return mail.Letter{Content: mail.Content{
			Preheader: lang.T(ctx, "It works until %s.", lang.Date(ctx, end)),
			Blocks: []mail.Block{
				mail.Facts{{Label: lang.T(ctx, "Expires"), Value: lang.DateTime(ctx, end)}},
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
func deviceLetter(ctx context.Context, t *op.Tx, o org.Organization) mail.Letter {
	origin := t.Actor().Origin
	return mail.Letter{PerDay: noticesPerDay, Content: mail.Content{
		Blocks: []mail.Block{
			mail.Facts{
				{Label: lang.T(ctx, "When"), Value: lang.DateTime(ctx, t.Now())},
				{Label: lang.T(ctx, "Device"), Value: web.Device(ctx, origin.Agent)},
				{Label: lang.T(ctx, "Network address"), Value: origin.Address},
			},
			mail.Text(lang.T(ctx, "If you have not signed in there, set a new password now, and tell an admin of your organization.")),
			mail.Link{Label: lang.T(ctx, "Set a new password"), URL: t.URL("/o/" + o.Slug + "/forgot")},
		},
		Footer: lang.T(ctx, "We tell you about each sign-in on a new device."),
	}}
}

// lockedLetter tells the owner that somebody has guessed for too long.
func lockedLetter(ctx context.Context, t *op.Tx, o org.Organization) mail.Letter {
	return mail.Letter{Content: mail.Content{
		Blocks: []mail.Block{
			mail.Text(lang.T(ctx, "So that it is not guessed, the password does not work any more. Where you are signed in you stay so.")),
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
