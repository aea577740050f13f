package enroll

import (
	"cmp"
	"net/http"

	"roster/internal/errs"
	"roster/internal/field"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/user"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// way is how somebody comes to an account of their own: the page behind the
// links of one purpose.
type way struct {
	kind   secret.Prefix
	path   string
	show   op.Sequence[Token, Offer]
	accept op.Sequence[Acceptance, signin.SignedIn]
}

var (
	byInvitation = way{secret.Invitation, "/invitation", Show, Accept}
	byActivation = way{secret.Activation, "/activation", ShowActivation, Activate}
)

// Pages are the pages behind the links of invitations and activations.
func Pages(k *web.Kit) {
	for _, w := range []way{byInvitation, byActivation} {
		web.Page(k, "GET "+w.path+"/{token}", w.keep, web.Public("takes the token out of the address"))
		web.Page(k, "GET "+w.path, w.behindLink(showForm), web.For(w.show))
		web.Page(k, "POST "+w.path, w.behindLink(submit), web.For(w.show, w.accept))
		web.Page(k, "POST "+w.path+"/strength", w.behindLink(rate), web.For(w.show))
	}
}

func (w way) keep(c *web.Context) (web.Response, error) {
	c.KeepLink(w.kind, c.Param("token"))
	return web.Redirect(w.path), nil
}

// form is what was typed.
type form struct {
	user.Fields
	Password secret.Clear `form:"password"`
}

// behindLink serves what only a link that works opens. Of others it says why
// they do not, and what to do.
func (w way) behindLink(h func(*web.Context, view) (web.Response, error)) web.Handler {
	return func(c *web.Context) (web.Response, error) {
		offer, err := web.Do(c, w.show, Token{Token: c.Link(w.kind)})
		v := view{c: c, way: w, Offer: offer}
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
	sent, err := c.Form()
	if err != nil {
		return web.Response{}, err
	}
	in.Custom = field.FromForm(sent.Values)
	got, err := web.Do(c, v.accept, Acceptance{Token: c.Link(v.kind), Fields: in.Fields, Password: in.Password})
	if faults, ok := web.FaultsOf(err); ok {
		v.User, v.faults = in.over(v.User), faults
		return web.RenderStatus(http.StatusUnprocessableEntity, offerPage(v.frame(""), v)), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	c.DropLink(v.kind)
	if got.Token.IsZero() {
		c.Flash(ui.Flash{Text: lang.T(c.Context(), "Your account is set up and waits for a license. You get an e-mail as soon as you can sign in.")})
		return web.Redirect("/o/" + got.Slug + "/sign-in"), nil
	}
	signin.Keep(c, got)
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "Welcome, %s. Your account is set up.", cmp.Or(got.User.FirstName, got.User.Name()))})
	return web.Redirect("/o/" + got.Slug), nil
}

// over is u with what was typed, so that nothing of it is lost.
func (f form) over(u user.User) user.User {
	u.FirstName, u.LastName, u.DisplayName = f.FirstName.Or(u.FirstName), f.LastName.Or(u.LastName), f.DisplayName.Or(u.DisplayName)
	u.Phone, u.Country, u.Language = f.Phone.Or(u.Phone), f.Country.Or(u.Country), f.Language.Or(u.Language)
	u.Custom = u.Custom.Over(f.Custom)
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
