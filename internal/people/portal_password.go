package people

import (
	"errors"
	"net/http"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/user"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// passwordRules are what a password that an admin sets for a user is measured
// by. Error: not_found.
var passwordRules = op.Query[user.Ref, signin.Rules]{
	Name: "user.password_rules", Needs: authz.UsersManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in user.Ref) (signin.Rules, error) {
		u, err := user.ByID(t, in.ID)
		if err != nil {
			return signin.Rules{}, err
		}
		o, err := org.Mine(t)
		return signin.RulesFor(o, u).ForAnother(), err
	},
}

// passwordOf is how a user's password stands, with the last reset that was sent.
func passwordOf(t *op.Tx, u user.User) (*signin.PasswordState, error) {
	o, err := org.Mine(t)
	if err != nil {
		return nil, err
	}
	s, err := signin.StateOf(t, o, u)
	if err != nil {
		return nil, err
	}
	s, err = s.WithReset(t, u.ID)
	return &s, err
}

// passwordForm begins the page 'Set password'. The box is ticked at first: who
// sets a password for somebody knows it.
func passwordForm(c *web.Context) (v passwordView, err error) {
	v.c, v.in.MustChange = c, true
	if v.CardOf, err = read(c); err != nil {
		return v, err
	}
	v.rules, err = web.Do(c, passwordRules, user.Ref{ID: v.User.ID})
	return v, err
}

func (v passwordView) frame() ui.Page {
	page := v.c.Page(lang.T(v.c.Context(), "Set password"))
	page.Narrow = true
	return page
}

func showSetPassword(c *web.Context) (web.Response, error) {
	v, err := passwordForm(c)
	if err != nil {
		return web.Response{}, err
	}
	return web.Render(setPasswordPage(v.frame(), v)), nil
}

func submitSetPassword(c *web.Context) (web.Response, error) {
	v, err := passwordForm(c)
	if err != nil {
		return web.Response{}, err
	}
	v.in = signin.PasswordFor{ID: v.User.ID}
	if err := c.Bind(&v.in); err != nil {
		return web.Response{}, err
	}
	_, err = web.Do(c, signin.SetPassword, v.in)
	if faults, ok := web.FaultsOf(err); ok {
		v.faults = faults
		return web.RenderStatus(http.StatusUnprocessableEntity, setPasswordPage(v.frame(), v)), nil
	}
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Kind == errs.KindConflict {
		page := v.frame()
		page.Error = e.Code
		answer := ui.Confirm{Title: page.Title, Tally: []ui.Tally{{Text: e.Message}}, Cancel: c.Path("users", string(v.User.ID))}
		return web.RenderStatus(http.StatusConflict, refusedPage(page, answer)), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "%s has the new password. Tell them what it is: the e-mail does not.", v.User.Name())})
	return web.Redirect(c.Path("users", string(v.User.ID))), nil
}

// ratePassword answers the meter while somebody types.
func ratePassword(c *web.Context) (web.Response, error) {
	rules, err := web.Do(c, passwordRules, user.Ref{ID: id.User(c.Param("id"))})
	if err != nil {
		return web.Response{}, err
	}
	var in struct {
		Password secret.Clear `form:"password"`
	}
	if err := c.Bind(&in); err != nil {
		return web.Response{}, err
	}
	return web.Render(rules.Meter(c.Context(), "password", in.Password)), nil
}
