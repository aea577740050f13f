package people

import (
	"context"

	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/photo"
	"roster/internal/signin"
	"roster/internal/user"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// question is something that is done to one user after it has been confirmed.
type question struct {
	path string
	does op.Operation
	ask  func(ctx context.Context, u user.User) ui.Confirm
	do   func(c *web.Context, u user.User) error
	done func(ctx context.Context, u user.User) string
	gone bool // the user is not there any more afterwards
}

// questions are the same on the Users page, on the card, and in the row's menu.
var questions = []question{
	{
		path: "deactivate", does: user.Deactivate,
		ask: func(ctx context.Context, u user.User) ui.Confirm {
			return ui.Confirm{
				Title: lang.T(ctx, "Deactivate %s?", u.Name()),
				Text:  lang.T(ctx, "They are signed out within a second and cannot sign in, be called or receive messages. All their data remain, and you can activate them again."),
				Verb:  lang.T(ctx, "Deactivate"), Danger: true,
			}
		},
		do:   func(c *web.Context, u user.User) error { return run(web.Do(c, user.Deactivate, user.Ref{ID: u.ID})) },
		done: func(ctx context.Context, u user.User) string { return lang.T(ctx, "%s is deactivated.", u.Name()) },
	},
	{
		path: "delete", does: user.Delete, gone: true,
		ask: func(ctx context.Context, u user.User) ui.Confirm {
			return ui.Confirm{
				Title: lang.T(ctx, "Delete %s for good?", u.Name()),
				Text:  lang.T(ctx, "The account and all personal data are removed and cannot be brought back. The audit log keeps that there was somebody, but not who."),
				Verb:  lang.T(ctx, "Delete for good"), Danger: true,
			}
		},
		do:   func(c *web.Context, u user.User) error { return run(web.Do(c, user.Delete, user.Ref{ID: u.ID})) },
		done: func(ctx context.Context, u user.User) string { return lang.T(ctx, "%s has been deleted.", u.Name()) },
	},
	{
		path: "reset-password", does: signin.ResetPassword,
		ask: func(ctx context.Context, u user.User) ui.Confirm {
			return ui.Confirm{
				Title: lang.T(ctx, "Send %s a password reset?", u.Name()),
				Text:  lang.T(ctx, "The present password stops working at once, and they are signed out everywhere. They get an e-mail with a link to set a new one, which works for 24 hours."),
				Verb:  lang.T(ctx, "Send password reset"),
			}
		},
		do: func(c *web.Context, u user.User) error {
			return run(web.Do(c, signin.ResetPassword, user.Ref{ID: u.ID}))
		},
		done: func(ctx context.Context, u user.User) string {
			return lang.T(ctx, "%s gets an e-mail to set a new password.", u.Name())
		},
	},
	{
		path: "remove-photo", does: photo.Withdraw,
		ask: func(ctx context.Context, u user.User) ui.Confirm {
			return ui.Confirm{
				Title: lang.T(ctx, "Remove the photo of %s?", u.Name()),
				Text:  lang.T(ctx, "Their initials stand in its place. The photo cannot be brought back, but they can upload another one."),
				Verb:  lang.T(ctx, "Remove photo"), Danger: true,
			}
		},
		do: func(c *web.Context, u user.User) error { return run(web.Do(c, photo.Withdraw, user.Ref{ID: u.ID})) },
		done: func(ctx context.Context, u user.User) string {
			return lang.T(ctx, "The photo of %s is removed.", u.Name())
		},
	},
	{
		path: "sign-out", does: signin.SignOutUser,
		ask: func(ctx context.Context, u user.User) ui.Confirm {
			return ui.Confirm{
				Title: lang.T(ctx, "Sign %s out everywhere?", u.Name()),
				Text:  lang.T(ctx, "All their sessions end at once. They can sign in again."),
				Verb:  lang.T(ctx, "Sign out everywhere"),
			}
		},
		do: func(c *web.Context, u user.User) error { return run(web.Do(c, signin.SignOutUser, user.Ref{ID: u.ID})) },
		done: func(ctx context.Context, u user.User) string {
			return lang.T(ctx, "%s is signed out everywhere.", u.Name())
		},
	},
}

func run[T any](_ T, err error) error { return err }

func (q question) show(c *web.Context) (web.Response, error) {
	k, err := read(c)
	if err != nil {
		return web.Response{}, err
	}
	confirm := q.ask(c.Context(), k.User)
	confirm.Action = c.Path("users", string(k.User.ID), q.path)
	confirm.Cancel = c.Path("users", string(k.User.ID))
	return web.Confirm(c, confirm), nil
}

func (q question) submit(c *web.Context) (web.Response, error) {
	k, err := read(c)
	if err != nil {
		return web.Response{}, err
	}
	if err := q.do(c, k.User); err != nil {
		return q.refused(c, k.User, err)
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: q.done(c.Context(), k.User)})
	if q.gone {
		return web.Redirect(c.Path("users")), nil
	}
	return web.Redirect(c.Path("users", string(k.User.ID))), nil
}
