package org

import (
	"net/http"

	"github.com/a-h/templ"

	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// logoPages are the page 'Logo' of the settings, with a letter that wears it, and
// the logo itself.
func logoPages(k *web.Kit) {
	web.Page(k, "GET /o/{org}/logo/{version}", answerLogo, web.For(ShowLogo))
	web.Page(k, "GET /o/{org}/settings/logo", showLogo, web.For(GetSettings))
	// A file that is a little too large is answered by the form, one that is huge by the kit.
	web.Page(k, "POST /o/{org}/settings/logo", submitLogo, web.For(GetSettings, SetLogo), web.MaxBody(8*MaxLogoBytes))
	web.Page(k, "POST /o/{org}/settings/logo/remove", submitLogoRemoval, web.For(RemoveLogo))
	web.Page(k, "GET /o/{org}/settings/letter", showLetter, web.For(Sample))
}

// answerLogo answers the logo as it is now: a letter that was sent with another one
// shows it, too.
func answerLogo(c *web.Context) (web.Response, error) {
	logo, err := web.Do(c, ShowLogo, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	return web.PNG(logo.PNG, c.Param("version") == logo.Version+".png"), nil
}

func (v logoView) answer(status int) (web.Response, error) {
	now, err := web.Do(v.c, GetSettings, op.Nothing{})
	v.SettingsView = now
	return web.RenderStatus(status, logoPage(begin(v.c, lang.T(v.c.Context(), "Logo")), v)).Framing(), err
}

func showLogo(c *web.Context) (web.Response, error) { return logoView{c: c}.answer(http.StatusOK) }

func submitLogo(c *web.Context) (web.Response, error) {
	sent, err := c.Form()
	if err != nil {
		return web.Response{}, err
	}
	var in NewLogo
	if files := sent.Files["image"]; len(files) > 0 {
		in.Image = files[0].Content
	}
	_, err = web.Do(c, SetLogo, in)
	if faults := faultsOf(err); faults != nil {
		return logoView{c: c, faults: faults}.answer(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "This is the logo now.")})
	return web.Redirect(c.Path("settings", "logo")), nil
}

func submitLogoRemoval(c *web.Context) (web.Response, error) {
	if _, err := web.Do(c, RemoveLogo, Version{}); err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The logo has been removed.")})
	return web.Redirect(c.Path("settings", "logo")), nil
}

// letterPolicy lets the sample show itself and the logo, and nothing else.
const letterPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"

func showLetter(c *web.Context) (web.Response, error) {
	letter, err := web.Do(c, Sample, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	return web.Render(templ.Raw(letter.HTML)).Policy(letterPolicy), nil
}
