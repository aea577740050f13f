package signin

import (
	"context"
	"net/http"
	"time"

	"roster/internal/errs"
	"roster/internal/lang"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/secret"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Pages are the ways in and out.
func Pages(k *web.Kit) {
	web.Page(k, "GET /sign-in", showFind, web.Public("asks for an address"))
	web.Page(k, "POST /sign-in", submitFind, web.For(Find))
	web.Page(k, "GET /o/{org}/sign-in", showSignIn, web.For(org.Face))
	web.Page(k, "POST /o/{org}/sign-in", submitSignIn, web.For(org.Face, SignIn))
	web.Page(k, "POST /o/{org}/sign-out", submitSignOut, web.For(org.Face, SignOut))
	web.Page(k, "GET /o/{org}/forgot", showForgot, web.For(org.Face))
	web.Page(k, "POST /o/{org}/forgot", submitForgot, web.For(org.Face, Forgot))
	web.Page(k, "GET /reset/{token}", keepReset, web.Public("takes the token out of the address"))
	web.Page(k, "GET /reset", behindReset(showReset), web.For(ShowReset))
	web.Page(k, "POST /reset", behindReset(submitReset), web.For(ShowReset, Reset))
	web.Page(k, "POST /reset/strength", behindReset(rateReset), web.For(ShowReset))
}

func showFind(c *web.Context) (web.Response, error) {
	return web.Render(findPage(findFrame(c), findView{})), nil
}

func submitFind(c *web.Context) (web.Response, error) {
	in := Lost{Language: lang.Tag(c.Context())}
	if err := c.Bind(&in); err != nil {
		return web.Response{}, err
	}
	_, err := web.Do(c, Find, in)
	if faults, ok := web.FaultsOf(err); ok {
		return web.RenderStatus(http.StatusUnprocessableEntity, findPage(findFrame(c), findView{Email: in.Email, Faults: faults})), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	return web.RenderStatus(http.StatusAccepted, findPage(findFrame(c), findView{Email: in.Email, Sent: true})), nil
}

func findFrame(c *web.Context) ui.Public {
	return c.PublicPage(lang.T(c.Context(), "Find your organization"))
}

// face is the organization of the address; there is no page without one.
func face(c *web.Context) (org.Public, error) { return web.Do(c, org.Face, op.Nothing{}) }

func showSignIn(c *web.Context) (web.Response, error) {
	if _, err := face(c); err != nil {
		return web.Response{}, err
	}
	return web.Render(signInPage(signInFrame(c), signInView{c: c, next: c.ReturnTo("")})), nil
}

func signInFrame(c *web.Context) ui.Public { return c.PublicPage(lang.T(c.Context(), "Sign in")) }

func submitSignIn(c *web.Context) (web.Response, error) {
	of, err := face(c)
	if err != nil {
		return web.Response{}, err
	}
	var in Credentials
	if err := c.Bind(&in); err != nil {
		return web.Response{}, err
	}
	if device, ok := c.Device(of.ID); ok {
		in.Device = device.Bytes()
	}
	got, err := web.Do(c, SignIn, in)
	v := signInView{c: c, next: c.ReturnTo(""), in: in}
	if faults, ok := web.FaultsOf(err); ok {
		v.faults = faults
		return web.RenderStatus(http.StatusUnprocessableEntity, signInPage(signInFrame(c), v)), nil
	}
	if errs.KindOf(err) == errs.KindUnauthenticated {
		v.refused = true
		page := signInFrame(c)
		page.Error = "invalid_credentials"
		return web.RenderStatus(http.StatusUnauthorized, signInPage(page, v)), nil
	}
	if errs.Is(err, "waiting_for_license") {
		v.waits = true
		return web.RenderStatus(http.StatusForbidden, signInPage(signInFrame(c), v)), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	Keep(c, got)
	if got.MustChange {
		return web.Redirect(c.Path("new-password")), nil
	}
	return web.Redirect(c.ReturnTo(c.Path())), nil
}

// Keep gives the browser what it keeps of a session that has just begun.
func Keep(c *web.Context, in SignedIn) {
	c.SetSession(in.Org, in.Token, in.Until())
	if !in.Device.IsZero() {
		c.SetDevice(in.Org, in.Device)
	}
}

// DateTime writes a moment as clocks show it in a time zone: nobody has told a
// public page where its reader is.
func DateTime(ctx context.Context, zone string, at time.Time) string {
	return lang.DateTime(mail.Writing(lang.Tag(ctx).String(), zone), at)
}

func submitSignOut(c *web.Context) (web.Response, error) {
	of, err := face(c)
	if err != nil {
		return web.Response{}, err
	}
	if _, err := web.Do(c, SignOut, op.Nothing{}); err != nil {
		return web.Response{}, err
	}
	c.EndSession(of.ID)
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "You are signed out.")})
	return web.Redirect(c.Path("sign-in")), nil
}

func showForgot(c *web.Context) (web.Response, error) {
	if _, err := face(c); err != nil {
		return web.Response{}, err
	}
	return web.Render(forgotPage(forgotFrame(c), forgotView{c: c})), nil
}

func forgotFrame(c *web.Context) ui.Public {
	return c.PublicPage(lang.T(c.Context(), "Set a new password"))
}

func submitForgot(c *web.Context) (web.Response, error) {
	if _, err := face(c); err != nil {
		return web.Response{}, err
	}
	var in Forgotten
	if err := c.Bind(&in); err != nil {
		return web.Response{}, err
	}
	_, err := web.Do(c, Forgot, in)
	if faults, ok := web.FaultsOf(err); ok {
		return web.RenderStatus(http.StatusUnprocessableEntity, forgotPage(forgotFrame(c), forgotView{c: c, in: in, faults: faults})), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	return web.RenderStatus(http.StatusAccepted, forgotPage(forgotFrame(c), forgotView{c: c, in: in, sent: true})), nil
}

func keepReset(c *web.Context) (web.Response, error) {
	c.KeepLink(secret.Reset, c.Param("token"))
	return web.Redirect("/reset"), nil
}

// behindReset serves what only a reset link that works opens. Of others it says
// why they do not, and what to do.
func behindReset(h func(*web.Context, resetView) (web.Response, error)) web.Handler {
	return func(c *web.Context) (web.Response, error) {
		offer, err := web.Do(c, ShowReset, Token{c.Link(secret.Reset)})
		v := resetView{c: c, offer: offer}
		switch {
		case errs.Is(err, "link_unknown"):
			return web.RenderStatus(http.StatusNotFound, deadPage(v.frame("link_unknown"), v.dead("link_unknown"))), nil
		case err != nil:
			return web.Response{}, err
		case offer.Dead != nil:
			return web.RenderStatus(http.StatusGone, deadPage(v.frame(offer.Dead.Code), v.dead(offer.Dead.Code))), nil
		}
		return h(c, v)
	}
}

func showReset(_ *web.Context, v resetView) (web.Response, error) {
	return web.Render(resetPage(v.frame(""), v)), nil
}

func submitReset(c *web.Context, v resetView) (web.Response, error) {
	in := NewPassword{Token: c.Link(secret.Reset)}
	if err := c.Bind(&in); err != nil {
		return web.Response{}, err
	}
	done, err := web.Do(c, Reset, in)
	if faults, ok := web.FaultsOf(err); ok {
		v.faults = faults
		return web.RenderStatus(http.StatusUnprocessableEntity, resetPage(v.frame(""), v)), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	c.DropLink(secret.Reset)
	c.EndSession(done.Org)
	c.SetDevice(done.Org, done.Device)
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "Your password is set. Sign in with it.")})
	return web.Redirect("/o/" + done.Slug + "/sign-in"), nil
}

// rateReset answers the meter while somebody types.
func rateReset(c *web.Context, v resetView) (web.Response, error) {
	var in NewPassword
	if err := c.Bind(&in); err != nil {
		return web.Response{}, err
	}
	return web.Render(v.offer.Rules.Meter(c.Context(), "password", in.Password)), nil
}
