package enroll

import (
	"net/http"

	"roster/internal/errs"
	"roster/internal/lang"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/user"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Pages are the page behind an invitation's link.
func Pages(k *web.Kit) {
	web.Page(k, "GET /invitation/{token}", keep, web.Public("takes the token out of the address"))
	web.Page(k, "GET /invitation", behindLink(showForm), web.For(Show))
	web.Page(k, "POST /invitation", behindLink(submit), web.For(Show, Accept))
	web.Page(k, "POST /invitation/strength", behindLink(rate), web.For(Show))
}

func keep(c *web.Context) (web.Response, error) {
	c.KeepLink(secret.Invitation, c.Param("token"))
	return web.Redirect("/invitation"), nil
}

// form is what was typed.
type form struct {
	user.Fields
	Password secret.Clear `form:"password"`
}

// behindLink serves what only a link that works opens. Of others it says why
// they do not, and what to do.
func behindLink(h func(*web.Context, view) (web.Response, error)) web.Handler {
	return func(c *web.Context) (web.Response, error) {
		offer, err := web.Do(c, Show, Token{c.Link(secret.Invitation)})
		v := view{c: c, Offer: offer}
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

func showForm(_ *web.Context, v view) (web.Response, error) {
	return web.Render(offerPage(v.frame(""), v)), nil
}

func submit(c *web.Context, v view) (web.Response, error) {
	var in form
	if err := c.Bind(&in); err != nil {
		return web.Response{}, err
	}
	got, err := web.Do(c, Accept, Acceptance{Token: c.Link(secret.Invitation), Fields: in.Fields, Password: in.Password})
	if faults, ok := web.FaultsOf(err); ok {
		v.User, v.faults = in.over(v.User), faults
		return web.RenderStatus(http.StatusUnprocessableEntity, offerPage(v.frame(""), v)), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	c.DropLink(secret.Invitation)
	signin.Keep(c, got)
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "Welcome, %s. Your account is set up.", got.User.FirstName)})
	return web.Redirect("/o/" + got.Slug), nil
}

// over is u with what was typed, so that nothing of it is lost.
func (f form) over(u user.User) user.User {
	u.FirstName, u.LastName = f.FirstName.Or(u.FirstName), f.LastName.Or(u.LastName)
	u.Phone, u.Country, u.Language = f.Phone.Or(u.Phone), f.Country.Or(u.Country), f.Language.Or(u.Language)
	return u
}

// rate answers the meter while somebody types. The names count as they stand in
// the form by then.
func rate(c *web.Context, v view) (web.Response, error) {
	var in form
	if err := c.Bind(&in); err != nil {
		return web.Response{}, err
	}
	rules := signin.RulesFor(v.Org, in.over(v.User))
	return web.Render(rules.Meter(c.Context(), "password", in.Password)), nil
}
