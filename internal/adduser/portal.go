package adduser

import (
	"errors"
	"net/http"
	"net/url"

	"roster/internal/errs"
	"roster/internal/field"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/user"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Pages are the form 'Add user' in three steps, and what sends an activation
// e-mail again.
func Pages(k *web.Kit) {
	web.Page(k, "GET /o/{org}/users/new", showWizard, web.For(Prepare))
	web.Page(k, "POST /o/{org}/users/new", submitStep, web.For(Prepare, Add))
	web.Page(k, "GET /o/{org}/users/new/email", noteAddress, web.For(Prepare))
	web.Page(k, "POST /o/{org}/users/new/strength", rate, web.For(Prepare))
	web.Page(k, "POST /o/{org}/users/{id}/resend-activation", submitResend, web.For(Resend))
}

// showWizard begins at the first step. ?email= fills the address in.
func showWizard(c *web.Context) (web.Response, error) {
	in := form{Input: Input{Email: c.Query("email")}}
	offer, err := web.Do(c, Prepare, in.Input)
	if err != nil {
		return web.Response{}, err
	}
	typed := url.Values{"email": {in.Email}}
	return web.Render(wizardPage(frame(c), wizardView{c: c, at: stepsFor(offer.Access)[0], form: in, offer: offer, typed: typed})), nil
}

func frame(c *web.Context) ui.Page {
	page := c.Page(lang.T(c.Context(), "Add user"))
	page.Narrow = true
	return page
}

// submitStep goes one step on or back, or adds the user. Whatever it answers,
// what was typed in any step is carried along.
func submitStep(c *web.Context) (web.Response, error) {
	var f form
	if err := c.Bind(&f); err != nil {
		return web.Response{}, err
	}
	typed, err := c.Form()
	if err != nil {
		return web.Response{}, err
	}
	f.Custom = field.FromForm(typed.Values)
	offer, err := web.Do(c, Prepare, f.input())
	if err != nil {
		return web.Response{}, err
	}
	v := wizardView{c: c, form: f, offer: offer, typed: typed.Values}
	if f.Go == goAdd {
		return submitAll(c, v)
	}
	if v.at = f.next(offer.Access); f.Go != "back" {
		if at, faults, wrong := stopped(offer.Faults, f.known()); wrong {
			return v.wrong(at, faults), nil
		}
	}
	return web.Render(wizardPage(frame(c), v)), nil
}

func submitAll(c *web.Context, v wizardView) (web.Response, error) {
	u, err := web.Do(c, Add, v.form.input())
	if err != nil {
		e, ok := errors.AsType[*errs.Error](err)
		var check errs.Check
		switch {
		case ok && e.Kind == errs.KindInvalid:
			if at, faults, wrong := stopped(e.Fields, review); wrong {
				return v.wrong(at, faults), nil
			}
		case clashes(&check, err):
			return v.wrong(person, faultsIn(check)), nil
		case errs.Is(err, "no_license"):
			v.offer.Licenses.Scarce = true
			return v.wrong(rights, []errs.Field{errs.Wrong("allow_waiting", "no_license", "No license is free, and the user cannot be active without one. Take one from somebody, or let the user wait.")}), nil
		}
		return web.Response{}, err
	}
	text := lang.T(c.Context(), "%s has been added and can sign in.", u.Name())
	switch entry := v.form.entry(); {
	case u.State == user.Waiting:
		text = lang.T(c.Context(), "%s has been added, and waits for a license.", u.Name())
	case entry == ByActivation:
		text = lang.T(c.Context(), "%s has been added. The activation e-mail is on its way.", u.Name())
	case entry == ByFederation:
		text = lang.T(c.Context(), "%s has been added.", u.Name())
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: text})
	return web.Redirect(c.Path("users", string(u.ID))), nil
}

// wrong is a step once more, with what has to be corrected in it.
func (v wizardView) wrong(at step, fields []errs.Field) web.Response {
	v.at = at
	v.faults, _ = web.FaultsOf(errs.Invalid(fields...).In(lang.Saying(v.c.Context())))
	return web.RenderStatus(http.StatusUnprocessableEntity, wizardPage(frame(v.c), v))
}

// noteAddress says while somebody types an address who has it already.
func noteAddress(c *web.Context) (web.Response, error) {
	v := wizardView{c: c}
	var err error
	if v.offer, err = web.Do(c, Prepare, Input{Email: c.Query("email")}); err != nil {
		return web.Response{}, err
	}
	return web.Render(v.namesake()), nil
}

// rate answers the meter while somebody types a password.
func rate(c *web.Context) (web.Response, error) {
	var f form
	if err := c.Bind(&f); err != nil {
		return web.Response{}, err
	}
	offer, err := web.Do(c, Prepare, f.input())
	if err != nil {
		return web.Response{}, err
	}
	return web.Render(offer.Rules.Meter(c.Context(), "password", f.Password)), nil
}

func submitResend(c *web.Context) (web.Response, error) {
	ref := user.Ref{ID: id.User(c.Param("id"))}
	if _, err := web.Do(c, Resend, ref); err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The activation e-mail is on its way. The link in the older one no longer works.")})
	return web.Redirect(c.Path("users", string(ref.ID))), nil
}
