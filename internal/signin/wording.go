package signin

import (
	"cmp"
	"context"

	"roster/internal/lang"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/secret"
	"roster/internal/user"
	"roster/internal/wording"
)

// Letters are those whose texts an organization can change.
func Letters() []wording.Letter {
	return []wording.Letter{forgottenWords, resetWords, changedWords, setWords, expiryWords, deviceWords, lockedWords}
}

// values are what may stand in the texts of letters to users.
var values = []wording.Value{wording.Organization, wording.Name, wording.Email}

func valuesOf(o org.Organization, u user.User) wording.Values {
	return wording.Values{wording.Organization: o.Name, wording.Name: cmp.Or(u.FirstName, u.Name()), wording.Email: u.Email}
}

var forgottenWords = wording.Letter{
	Kind: kindForgotten, Title: lang.Key("Forgotten password"), When: lang.Key("Goes to whoever has forgotten the password and asks for a new one."),
	Values: values, Sample: resetSample(kindForgotten),
	Ours: func(ctx context.Context, v wording.Values) wording.Texts {
		return wording.Texts{
			Subject: lang.T(ctx, "Set a new password for %s", v.Name(wording.Organization)),
			Opening: lang.T(ctx, "Somebody asked for a new password for your account at %s. Your present one works until you set another.", v.Name(wording.Organization)),
		}
	},
}

var resetWords = wording.Letter{
	Kind: kindReset, Title: lang.Key("Password reset by an admin"), When: lang.Key("Goes to a user whose password an admin resets, with the link to set a new one."),
	Values: values, Sample: resetSample(kindReset),
	Ours: func(ctx context.Context, v wording.Values) wording.Texts {
		return wording.Texts{
			Subject: lang.T(ctx, "Set a new password for %s", v.Name(wording.Organization)),
			Opening: lang.T(ctx, "An admin of %s has reset your password and signed you out everywhere. Set a new one to sign in again.", v.Name(wording.Organization)),
		}
	},
}

var changedWords = wording.Letter{
	Kind: kindChanged, Title: lang.Key("Password changed"), When: lang.Key("Tells users that their password is another one now."),
	Values: values, Sample: noticeSample(kindChanged, changedLetter),
	Ours: func(ctx context.Context, v wording.Values) wording.Texts {
		return wording.Texts{
			Subject: lang.T(ctx, "Your password for %s was changed", v.Name(wording.Organization)),
			Opening: lang.T(ctx, "The password of your account at %s was changed. Everything else that was signed in with it has been signed out.", v.Name(wording.Organization)),
		}
	},
}

var setWords = wording.Letter{
	Kind: kindSet, Title: lang.Key("Password set by an admin"), When: lang.Key("Tells users that an admin has set a password for them."),
	Values: values, Sample: noticeSample(kindSet, setLetter(true)),
	Ours: func(ctx context.Context, v wording.Values) wording.Texts {
		return wording.Texts{
			Subject: lang.T(ctx, "Your password for %s was set by an admin", v.Name(wording.Organization)),
			Opening: lang.T(ctx, "An admin of %s has set a new password for your account, and signed you out everywhere. They tell you the password.", v.Name(wording.Organization)),
		}
	},
}

var expiryWords = wording.Letter{
	Kind: kindExpiry, Title: lang.Key("Password expires"), When: lang.Key("Reminds users of a password that expires soon."),
	Values: values,
	Sample: func(t *op.Tx, o org.Organization, w wording.Words) mail.Letter {
		return expiryLetter(t.Now().AddDate(0, 0, o.PasswordReminderDays)).to(t, o, reader(o, w), kindExpiry, w)
	},
	Ours: func(ctx context.Context, v wording.Values) wording.Texts {
		return wording.Texts{
			Subject: lang.T(ctx, "Your password for %s expires soon", v.Name(wording.Organization)),
			Opening: lang.T(ctx, "The password of your account at %s expires soon. Once it has, you set another one when you sign in, before anything else.", v.Name(wording.Organization)),
		}
	},
}

var deviceWords = wording.Letter{
	Kind: kindDevice, Title: lang.Key("Sign-in on a new device"), When: lang.Key("Tells users that somebody has signed in with a browser that was not used for their account before."),
	Values: values, Sample: noticeSample(kindDevice, deviceLetter),
	Ours: func(ctx context.Context, v wording.Values) wording.Texts {
		return wording.Texts{
			Subject: lang.T(ctx, "New sign-in to %s", v.Name(wording.Organization)),
			Opening: lang.T(ctx, "Somebody has signed in to your account at %s, with a browser that we do not know yet. If it was you, there is nothing to do.", v.Name(wording.Organization)),
		}
	},
}

var lockedWords = wording.Letter{
	Kind: kindLocked, Title: lang.Key("Password locked"), When: lang.Key("Tells users that too many wrong passwords were tried for their account."),
	Values: values, Sample: noticeSample(kindLocked, lockedLetter),
	Ours: func(ctx context.Context, v wording.Values) wording.Texts {
		return wording.Texts{
			Subject: lang.T(ctx, "Your password for %s no longer works", v.Name(wording.Organization)),
			Opening: lang.T(ctx, "Somebody has entered a wrong password for your account at %s a hundred times in a row.", v.Name(wording.Organization)),
		}
	},
}

// reader is somebody who does not exist.
func reader(o org.Organization, w wording.Words) user.User {
	return user.User{FirstName: wording.SampleName, Email: wording.SampleEmail, Language: w.Language(), TimeZone: o.TimeZone}
}

func resetSample(kind string) func(*op.Tx, org.Organization, wording.Words) mail.Letter {
	return func(t *op.Tx, o org.Organization, w wording.Words) mail.Letter {
		life := forgottenLife
		if kind == kindReset {
			life = resetLife
		}
		return resetLetter(t, o, reader(o, w), kind, secret.NewClear(wording.SampleToken), t.Now().Add(life), w)
	}
}

func noticeSample(kind string, n notice) func(*op.Tx, org.Organization, wording.Words) mail.Letter {
	return func(t *op.Tx, o org.Organization, w wording.Words) mail.Letter {
		return n.to(t, o, reader(o, w), kind, w)
	}
}
