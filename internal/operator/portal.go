package operator

import (
	"net/http"

	"roster/internal/errs"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/secret"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// home is where an operator begins.
const home = "/operator/organizations"

// Pages are the operator's way in and out, and the list of operators.
func Pages(k *web.Kit) {
	web.Page(k, "GET /operator", showHome, web.Public("leads to the organizations"))
	web.Page(k, "GET /operator/sign-in", showSignIn, web.Public("asks who is there"))
	web.Page(k, "POST /operator/sign-in", submitSignIn, web.For(SignIn))
	web.Page(k, "POST /operator/sign-out", submitSignOut, web.For(SignOut))
	web.Page(k, "GET /operator/setup/{token}", openSetup, web.Public("takes the token out of the address"))
	web.Page(k, "GET /operator/setup", showSetupForm, web.For(ShowSetup))
	web.Page(k, "POST /operator/setup", submitSetup, web.For(ShowSetup, CompleteSetup))
	web.Page(k, "POST /operator/setup/strength", rate, web.Public("rates what somebody types, and keeps nothing"))
	web.Page(k, "GET /operator/operators", showOperators, web.For(List))
}

func showHome(*web.Context) (web.Response, error) { return web.Redirect(home), nil }

func showSignIn(c *web.Context) (web.Response, error) {
	return web.Render(signInPage(c.PublicPage(lang.T(c.Context(), "Sign in")), signInView{Next: c.ReturnTo("")})), nil
}

func submitSignIn(c *web.Context) (web.Response, error) {
	var in Credentials
	if err := c.Bind(&in); err != nil {
		return web.Response{}, err
	}
	if device, ok := c.Device(""); ok {
		in.Device = device.Bytes()
	}
	signedIn, err := web.Do(c, SignIn, in)
	if errs.Is(err, "invalid_credentials") {
		v := signInView{Next: c.ReturnTo(""), Email: in.Email, Wrong: true}
		return web.RenderStatus(http.StatusUnauthorized, signInPage(c.PublicPage(lang.T(c.Context(), "Sign in")), v)), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	return enter(c, signedIn, c.ReturnTo(home)), nil
}

// enter keeps the session that has just begun in the browser.
func enter(c *web.Context, in SignedIn, target string) web.Response {
	c.SetOperator(in.Token, in.ExpiresAt)
	if !in.Device.IsZero() {
		c.SetDevice("", in.Device)
	}
	return web.Redirect(target)
}

func submitSignOut(c *web.Context) (web.Response, error) {
	if _, err := web.Do(c, SignOut, op.Nothing{}); err != nil {
		return web.Response{}, err
	}
	c.EndOperator()
	return web.Redirect("/operator/sign-in"), nil
}

func openSetup(c *web.Context) (web.Response, error) {
	c.KeepLink(secret.Setup, c.Param("token"))
	return web.Redirect("/operator/setup"), nil
}

func showSetupForm(c *web.Context) (web.Response, error) {
	v, err := setupOf(c)
	if err != nil {
		return web.Response{}, err
	}
	v.In.Email, v.In.Name = v.Offer.Email, v.Offer.Name
	return web.Render(setupPage(v.begin(c), v)), nil
}

func submitSetup(c *web.Context) (web.Response, error) {
	v, err := setupOf(c)
	if err != nil {
		return web.Response{}, err
	}
	if err := c.Bind(&v.In); err != nil {
		return web.Response{}, err
	}
	v.In.Token = c.Link(secret.Setup)
	signedIn, err := web.Do(c, CompleteSetup, v.In)
	if faults, ok := web.FaultsOf(err); ok {
		v.Faults = faults
		return web.RenderStatus(http.StatusUnprocessableEntity, setupPage(v.begin(c), v)), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	c.DropLink(secret.Setup)
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "Welcome, %s. You are signed in.", signedIn.Operator.Name)})
	return enter(c, signedIn, home), nil
}

// setupOf opens the link that the browser keeps, without using it.
func setupOf(c *web.Context) (setupView, error) {
	offer, err := web.Do(c, ShowSetup, Token{c.Link(secret.Setup)})
	return setupView{Offer: offer}, err
}

func (v setupView) begin(c *web.Context) ui.Public {
	return c.PublicPage(lang.T(c.Context(), "Set up your account"))
}

// rate tells how strong the password is that somebody is typing.
func rate(c *web.Context) (web.Response, error) {
	var in Setup
	if err := c.Bind(&in); err != nil {
		return web.Response{}, err
	}
	s := strength(c.Context(), in)
	s.Field = "password"
	return web.Render(s), nil
}

func showOperators(c *web.Context) (web.Response, error) {
	list, err := web.Do(c, List, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	return web.Render(operatorsPage(c.Page(lang.T(c.Context(), "Operators")), operatorsView{c, list.Items})), nil
}
