package self

import (
	"net/http"

	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// showNewPassword is where every page leads while the password must be changed.
// Whoever need not change it does so on the page Security.
func showNewPassword(c *web.Context) (web.Response, error) {
	v, err := newPassword(c)
	if err != nil {
		return web.Response{}, err
	}
	if !v.me.MustChangePassword {
		return web.Redirect(c.Path("security")), nil
	}
	return web.Render(newPasswordPage(v.frame(), v)), nil
}

func newPassword(c *web.Context) (v newPasswordView, err error) {
	v.c = c
	if v.me, err = web.Do(c, Get, op.Nothing{}); err != nil {
		return v, err
	}
	v.rules, err = web.Do(c, showRules, op.Nothing{})
	return v, err
}

func (v newPasswordView) frame() ui.Public {
	return v.c.PublicPage(lang.T(v.c.Context(), "Choose a password of your own"))
}

func submitNewPassword(c *web.Context) (web.Response, error) {
	v, err := newPassword(c)
	if err != nil {
		return web.Response{}, err
	}
	var in PasswordChange
	if err := c.Bind(&in); err != nil {
		return web.Response{}, err
	}
	renewed, err := web.Do(c, ChangePassword, in)
	if faults, ok := web.FaultsOf(err); ok {
		v.faults = faults
		return web.RenderStatus(http.StatusUnprocessableEntity, newPasswordPage(v.frame(), v)), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	keep(c, renewed)
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "Your password is set.")})
	return web.Redirect(c.Path()), nil
}
