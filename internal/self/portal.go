package self

import (
	"net/http"

	"roster/internal/auditlog"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/field"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/photo"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/user"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Pages are 'User Profile' and 'Security', and the page of those who must set a
// new password before anything else.
func Pages(k *web.Kit) {
	web.Page(k, "GET /o/{org}/profile", showProfile, web.For(ownProfile))
	web.Page(k, "POST /o/{org}/profile", submitProfile, web.For(ownProfile, Update))
	web.Page(k, "POST /o/{org}/profile/photo", submitPhoto, web.For(ownProfile, photo.Set), web.MaxBody(photo.MaxBytes+formRoom))
	web.Page(k, "POST /o/{org}/profile/photo/remove", removePhoto, web.For(photo.Remove))
	web.Page(k, "GET /o/{org}/security", showSecurity, web.For(Get, showRules, signin.List, auditlog.Own))
	web.Page(k, "POST /o/{org}/security/password", submitPassword, web.For(Get, showRules, signin.List, auditlog.Own, ChangePassword))
	web.Page(k, "GET /o/{org}/new-password", showNewPassword, web.For(Get, showRules))
	web.Page(k, "POST /o/{org}/new-password", submitNewPassword, web.For(Get, showRules, ChangePassword))
	web.Page(k, "POST /o/{org}/security/strength", rate, web.For(showRules))
	web.Page(k, "POST /o/{org}/security/sessions", submitEndOthers, web.For(signin.EndOthers))
	web.Page(k, "POST /o/{org}/security/sessions/{id}", submitEnd, web.For(signin.End))
}

// profileForm is the profile as it was typed.
type profileForm struct {
	user.Fields
	Version int64 `form:"version"`
}

func showProfile(c *web.Context) (web.Response, error) {
	me, err := web.Do(c, ownProfile, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	return web.Render(profilePage(profileFrame(c), profileView{c: c, profile: me})), nil
}

func profileFrame(c *web.Context) ui.Page {
	page := c.Page(lang.T(c.Context(), "User Profile"))
	page.Narrow = true
	return page
}

func submitProfile(c *web.Context) (web.Response, error) {
	me, err := web.Do(c, ownProfile, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	var in profileForm
	if err := c.Bind(&in); err != nil {
		return web.Response{}, err
	}
	sent, err := c.Form()
	if err != nil {
		return web.Response{}, err
	}
	in.Custom = field.FromForm(sent.Values)
	_, err = web.Do(c, Update, Change{Version: in.Version, Fields: in.Fields})
	v := profileView{c: c, profile: me}
	v.User = in.over(me.User)
	if faults, ok := web.FaultsOf(err); ok {
		v.faults = faults
		return web.RenderStatus(http.StatusUnprocessableEntity, profilePage(profileFrame(c), v)), nil
	}
	if errs.KindOf(err) == errs.KindPrecondition {
		v.changed = true
		page := profileFrame(c)
		page.Error = "version_conflict"
		return web.RenderStatus(http.StatusPreconditionFailed, profilePage(page, v)), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "Saved.")})
	return web.Redirect(c.Path("profile")), nil
}

// over is u with what was typed, so that nothing of it is lost.
func (f profileForm) over(u user.User) user.User {
	u.FirstName, u.LastName, u.DisplayName = f.FirstName.Or(u.FirstName), f.LastName.Or(u.LastName), f.DisplayName.Or(u.DisplayName)
	u.Phone, u.Country = f.Phone.Or(u.Phone), f.Country.Or(u.Country)
	u.Language, u.TimeZone = f.Language.Or(u.Language), f.TimeZone.Or(u.TimeZone)
	u.Title, u.Department = f.Title.Or(u.Title), f.Department.Or(u.Department)
	u.Custom = u.Custom.Over(f.Custom)
	return u
}

// security is what the page 'Security' shows in one snapshot.
func security(c *web.Context) (securityView, error) {
	return web.Ask(c, authz.Self, func(t *op.Tx) (v securityView, err error) {
		v.c, v.now = c, t.Now()
		if v.me, err = Get.Within(t, op.Nothing{}); err != nil {
			return v, err
		}
		if v.rules, err = showRules.Within(t, op.Nothing{}); err != nil {
			return v, err
		}
		if v.sessions, err = signin.List.Within(t, op.Nothing{}); err != nil {
			return v, err
		}
		v.events, err = auditlog.Own.Within(t, op.Nothing{})
		return v, err
	})
}

func securityFrame(c *web.Context) ui.Page {
	page := c.Page(lang.T(c.Context(), "Security"))
	page.Narrow = true
	return page
}

func showSecurity(c *web.Context) (web.Response, error) {
	v, err := security(c)
	if err != nil {
		return web.Response{}, err
	}
	return web.Render(securityPage(securityFrame(c), v)), nil
}

func submitPassword(c *web.Context) (web.Response, error) {
	var in PasswordChange
	if err := c.Bind(&in); err != nil {
		return web.Response{}, err
	}
	renewed, err := web.Do(c, ChangePassword, in)
	if faults, ok := web.FaultsOf(err); ok {
		v, err := security(c)
		if err != nil {
			return web.Response{}, err
		}
		v.faults = faults
		return web.RenderStatus(http.StatusUnprocessableEntity, securityPage(securityFrame(c), v)), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	keep(c, renewed)
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "Your password is changed. Everywhere else you are signed out.")})
	return web.Redirect(c.Path("security")), nil
}

// keep gives the browser the new token of its session: whoever has seen the old
// one has nothing any more.
func keep(c *web.Context, renewed signin.Renewed) {
	c.SetSession(renewed.Org, renewed.Token, renewed.Until())
	c.SetDevice(renewed.Org, renewed.Device)
}

// rate answers the meter while somebody types.
func rate(c *web.Context) (web.Response, error) {
	rules, err := web.Do(c, showRules, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	var in struct {
		Password secret.Clear `form:"new_password"`
	}
	if err := c.Bind(&in); err != nil {
		return web.Response{}, err
	}
	return web.Render(rules.Meter(c.Context(), "new_password", in.Password)), nil
}

func submitEndOthers(c *web.Context) (web.Response, error) {
	if _, err := web.Do(c, signin.EndOthers, op.Nothing{}); err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "You are signed out everywhere else.")})
	return web.Redirect(c.Path("security")), nil
}

func submitEnd(c *web.Context) (web.Response, error) {
	if _, err := web.Do(c, signin.End, signin.SessionRef{ID: id.Session(c.Param("id"))}); err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "You are signed out there.")})
	return web.Redirect(c.Path("security")), nil
}
