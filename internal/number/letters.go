package number

import (
	"cmp"
	"context"
	"strings"

	"roster/internal/lang"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/user"
	"roster/internal/wording"
)

// kindAssigned is what the letter about a number is counted as.
const kindAssigned = "number_assigned"

// told reports whether u is told of numbers: the organization may not want it,
// and who has not joined yet learns everything when they do.
func told(o org.Organization, u user.User) bool {
	return o.NumberNotices && u.State != user.Invited && u.State != user.Deactivated
}

// Tell is the step of giving numbers to a user: it writes to them, if people are
// told of theirs.
func Tell(t *op.Tx, u user.User, numbers []Number) error {
	o, err := org.Mine(t)
	if err != nil || len(numbers) == 0 || !told(o, u) {
		return err
	}
	w, err := wording.For(t, assignedLetter, cmp.Or(u.Language, o.Language))
	if err != nil {
		return err
	}
	_, err = mail.Post(t, letter(t, o, u, numbers, w))
	return err
}

func letter(t *op.Tx, o org.Organization, u user.User, numbers []Number, w wording.Words) mail.Letter {
	ctx := mail.Writing(w.Language(), cmp.Or(u.TimeZone, o.TimeZone))
	said := w.Say(ctx, wording.Values{wording.Organization: o.Name, wording.Name: cmp.Or(u.FirstName, u.Name()), wording.Email: u.Email})
	greeting := lang.T(ctx, "Hello,")
	if u.FirstName != "" {
		greeting = lang.T(ctx, "Hello %s,", mail.Name(u.FirstName))
	}
	shown := make([]string, len(numbers))
	for i, n := range numbers {
		shown[i] = n.Shown()
	}
	all := strings.Join(shown, ", ")
	blocks := []mail.Block{
		said.Opening,
		mail.Facts{
			{Label: lang.N(ctx, len(numbers), "Your number", "Your numbers"), Value: all},
			{Label: lang.T(ctx, "Organization"), Value: mail.Name(o.Name).String()},
		},
	}
	if u.State == user.Active {
		blocks = append(blocks, mail.Button{Label: lang.T(ctx, "Open my profile"), URL: t.URL("/o/" + o.Slug + "/profile")})
	}
	blocks = append(blocks, said.Closing...)
	return mail.Letter{
		Kind: kindAssigned, To: u.Email, About: string(u.ID), Language: w.Language(), Identity: o.Identity(),
		Content: mail.Content{
			Subject:   said.Subject,
			Preheader: all,
			Greeting:  greeting,
			Blocks:    blocks,
			Footer:    lang.T(ctx, "You get this e-mail because you have an account at %s. Questions about your number are best put to the admins there.", mail.Name(o.Name)),
		},
	}
}

// Letters are those whose texts an organization can change.
func Letters() []wording.Letter { return []wording.Letter{assignedLetter} }

var assignedLetter = wording.Letter{
	Kind: kindAssigned, Title: lang.Key("Number given"), When: lang.Key("Tells users of numbers that an admin has given them."),
	Values: []wording.Value{wording.Organization, wording.Name, wording.Email},
	Sample: func(t *op.Tx, o org.Organization, w wording.Words) mail.Letter {
		u := user.User{FirstName: wording.SampleName, Email: wording.SampleEmail, State: user.Active}
		return letter(t, o, u, []Number{{Number: "+46812345670"}}, w)
	},
	Ours: func(ctx context.Context, v wording.Values) wording.Texts {
		return wording.Texts{
			Subject: lang.T(ctx, "Your number at %s", v.Name(wording.Organization)),
			Opening: lang.T(ctx, "An admin of %s has given you a number. It is yours alone.", v.Name(wording.Organization)),
		}
	},
}
