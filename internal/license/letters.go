package license

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

// The kinds of the letters.
const (
	kindWaiting  = "license_waiting"
	kindAdmitted = "license_given"
)

// Letters are those whose texts an organization can change.
func Letters() []wording.Letter { return []wording.Letter{waitingLetter, admittedLetter} }

// toldAtOnce is how many admins are told that somebody waits.
const toldAtOnce = 20

// tellAdmins writes to the admins that u waits for a license, if nobody else did
// before: one letter for a line, however long it grows.
func tellAdmins(t *op.Tx, u user.User) error {
	others, err := countWaiting(t, u.ID)
	if err != nil || others > 0 {
		return err
	}
	o, err := org.Mine(t)
	if err != nil {
		return err
	}
	to, err := admins(t, toldAtOnce)
	if err != nil {
		return err
	}
	for _, admin := range to {
		w, err := wording.For(t, waitingLetter, cmp.Or(admin.Language, o.Language))
		if err != nil {
			return err
		}
		if _, err := mail.Post(t, waiting(t, o, admin, u, w)); err != nil {
			return err
		}
	}
	return nil
}

func greeting(ctx context.Context, u user.User) string {
	if u.FirstName == "" {
		return lang.T(ctx, "Hello,")
	}
	return lang.T(ctx, "Hello %s,", mail.Name(u.FirstName))
}

func waiting(t *op.Tx, o org.Organization, to, u user.User, w wording.Words) mail.Letter {
	ctx := mail.Writing(w.Language(), cmp.Or(to.TimeZone, o.TimeZone))
	said := w.Say(ctx, wording.Values{wording.Organization: o.Name, wording.Name: cmp.Or(to.FirstName, to.Name()), wording.Email: to.Email})
	blocks := []mail.Block{
		said.Opening,
		mail.Facts{{Label: lang.T(ctx, "Waiting"), Value: mail.Name(u.Name()).String()}, {Label: lang.T(ctx, "E-mail"), Value: mail.Name(u.Email).String()}},
		mail.Text(lang.T(ctx, "Take a license from somebody who needs it no more, or buy more: whoever has waited longest gets it at once. Until nobody waits any more you get no further e-mail about it.")),
		mail.Button{Label: lang.T(ctx, "Users & subscriptions"), URL: t.URL("/o/" + o.Slug + "/licenses")},
	}
	return mail.Letter{
		Kind: kindWaiting, To: to.Email, About: string(to.ID), Language: w.Language(), Identity: o.Identity(),
		Content: mail.Content{
			Subject: said.Subject, Preheader: lang.T(ctx, "%s cannot sign in before a license is free.", mail.Name(u.Name())),
			Greeting: greeting(ctx, to), Blocks: append(blocks, said.Closing...),
			Footer: lang.T(ctx, "You get this e-mail because you are an admin of %s.", mail.Name(o.Name)),
		},
	}
}

var waitingLetter = wording.Letter{
	Kind: kindWaiting, Title: lang.Key("Somebody waits for a license"), When: lang.Key("Tells the admins when somebody has set up the account and no license is free."),
	Values: []wording.Value{wording.Organization, wording.Name, wording.Email},
	Sample: func(t *op.Tx, o org.Organization, w wording.Words) mail.Letter {
		u := user.User{FirstName: wording.SampleName, Email: wording.SampleEmail}
		return waiting(t, o, u, u, w)
	},
	Ours: func(ctx context.Context, v wording.Values) wording.Texts {
		return wording.Texts{
			Subject: lang.T(ctx, "Somebody at %s waits for a license", v.Name(wording.Organization)),
			Opening: lang.T(ctx, "All licenses of %s are taken, and somebody who has set up the account cannot sign in before one is free.", v.Name(wording.Organization)),
		}
	},
}

// tellAdmitted writes to somebody who waited that the account can be used.
func tellAdmitted(t *op.Tx, o org.Organization, u user.User) error {
	w, err := wording.For(t, admittedLetter, cmp.Or(u.Language, o.Language))
	if err != nil {
		return err
	}
	_, err = mail.Post(t, admitted(t, o, u, w))
	return err
}

func admitted(t *op.Tx, o org.Organization, u user.User, w wording.Words) mail.Letter {
	ctx := mail.Writing(w.Language(), cmp.Or(u.TimeZone, o.TimeZone))
	said := w.Say(ctx, wording.Values{wording.Organization: o.Name, wording.Name: cmp.Or(u.FirstName, u.Name()), wording.Email: u.Email})
	blocks := []mail.Block{said.Opening, mail.Button{Label: lang.T(ctx, "Sign in"), URL: t.URL("/o/" + o.Slug + "/sign-in")}}
	return mail.Letter{
		Kind: kindAdmitted, To: u.Email, About: string(u.ID), Language: w.Language(), Identity: o.Identity(),
		Content: mail.Content{
			Subject: said.Subject, Preheader: lang.T(ctx, "You can sign in now."),
			Greeting: greeting(ctx, u), Blocks: append(blocks, said.Closing...),
			Footer: lang.T(ctx, "You get this e-mail because your account at %s was waiting for a license.", mail.Name(o.Name)),
		},
	}
}

var admittedLetter = wording.Letter{
	Kind: kindAdmitted, Title: lang.Key("A license was free"), When: lang.Key("Tells somebody who waited for a license that they can sign in."),
	Values: []wording.Value{wording.Organization, wording.Name, wording.Email},
	Sample: func(t *op.Tx, o org.Organization, w wording.Words) mail.Letter {
		return admitted(t, o, user.User{FirstName: wording.SampleName, Email: wording.SampleEmail}, w)
	},
	Ours: func(ctx context.Context, v wording.Values) wording.Texts {
		return wording.Texts{
			Subject: lang.T(ctx, "Your account at %s is ready", v.Name(wording.Organization)),
			Opening: lang.T(ctx, "A license has become free, and your account at %s is ready. Sign in with the password that you have chosen.", v.Name(wording.Organization)),
		}
	},
}
