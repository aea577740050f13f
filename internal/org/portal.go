package org

import (
	"net/http"
	"strings"

	"roster/internal/errs"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Pages are the operator's pages about organizations, and an organization's own
// page 'Settings'.
func Pages(k *web.Kit) {
	web.Page(k, "GET /operator/organizations", showList, web.For(List))
	web.Page(k, "GET /operator/organizations/new", showNew, web.For(Prepare))
	web.Page(k, "POST /operator/organizations", submitNew, web.For(Prepare, Create))
	web.Page(k, "GET /operator/organizations/{org}", showOne, web.For(Get))
	web.Page(k, "POST /operator/organizations/{org}", submitChange, web.For(Get, Update))
	web.Page(k, "GET /operator/organizations/{org}/suspend", askToSuspend, web.For(Get))
	web.Page(k, "POST /operator/organizations/{org}/suspend", submitSuspension, web.For(Update))
	web.Page(k, "POST /operator/organizations/{org}/resume", submitResumption, web.For(Update))
	web.Page(k, "GET /operator/organizations/{org}/delete", askToDelete, web.For(Get))
	web.Page(k, "POST /operator/organizations/{org}/delete", submitDeletion, web.For(Get, Delete))
	web.Page(k, "GET /o/{org}/settings", showSettings, web.For(GetSettings))
	web.Page(k, "POST /o/{org}/settings", submitSettings, web.For(GetSettings, UpdateSettings))
	domainPages(k)
	logoPages(k)
}

// place is the address of the operator's pages about organizations. Below it
// stand ids: a short name may change, or read like one of our own words.
const place = "/operator/organizations"

func (o Organization) path(more string) string { return place + "/" + string(o.ID) + more }

func showList(c *web.Context) (web.Response, error) {
	in := ListInput{Search: c.Query("q"), Paging: op.Paging{Cursor: c.Query("cursor"), Count: true}}
	page, err := web.Do(c, List, in)
	if err != nil {
		return web.Response{}, err
	}
	v := listView{c: c, in: in, page: page}
	if c.Partial() {
		return web.Render(v.list()), nil
	}
	return web.Render(listPage(c.Page(lang.T(c.Context(), "Organizations")), v)), nil
}

func showNew(c *web.Context) (web.Response, error) {
	defaults, err := web.Do(c, Prepare, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	return web.Render(newPage(begin(c, lang.T(c.Context(), "New organization")), newView{defaults: defaults})), nil
}

func submitNew(c *web.Context) (web.Response, error) {
	defaults, err := web.Do(c, Prepare, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	v := newView{defaults: defaults}
	if err := c.Bind(&v.in); err != nil {
		return web.Response{}, err
	}
	o, err := web.Do(c, Create, v.in)
	if v.faults = faultsOf(err); v.faults != nil {
		return web.RenderStatus(http.StatusUnprocessableEntity, newPage(begin(c, lang.T(c.Context(), "New organization")), v)), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	said := lang.T(c.Context(), "%s has been created.", o.Name)
	if v.in.AdminEmail != "" {
		said = lang.T(c.Context(), "%s has been created. The invitation is on its way to %s.", o.Name, v.in.AdminEmail)
	}
	return saved(c, o.path(""), said), nil
}

// faultsOf are the wrong fields of a form. That a short name is taken is wrong
// with its field, too.
func faultsOf(err error) web.Faults {
	if errs.Is(err, "slug_taken") {
		e, _ := err.(*errs.Error)
		return web.Faults{"slug": e.Message}
	}
	faults, _ := web.FaultsOf(err)
	return faults
}

// begin is a page with a form.
func begin(c *web.Context, title string) ui.Page {
	page := c.Page(title)
	page.Narrow = true
	return page
}

func showOne(c *web.Context) (web.Response, error) {
	o, err := web.Do(c, Get, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	v := oneView{c: c, Organization: o, form: nameForm{o.Name, o.Slug, o.UnlistedSenders, o.Version}}
	return web.Render(onePage(begin(c, o.Name), v)), nil
}

// nameForm is the form that renames an organization.
type nameForm struct {
	Name    string `form:"name"`
	Slug    string `form:"slug"`
	Senders bool   `form:"unlisted_senders"`
	Version int    `form:"version"`
}

func (f nameForm) change() Change {
	return Change{
		Version: int64(f.Version), Name: patch.To(f.Name), Slug: patch.To(f.Slug),
		Features: patch.To(FeaturesChange{UnlistedSenders: patch.To(f.Senders)}),
	}
}

func submitChange(c *web.Context) (web.Response, error) {
	o, err := web.Do(c, Get, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	v := oneView{c: c, Organization: o}
	if err := c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	_, err = web.Do(c, Update, v.form.change())
	switch v.faults = faultsOf(err); {
	case v.faults != nil:
		return web.RenderStatus(http.StatusUnprocessableEntity, onePage(begin(c, o.Name), v)), nil
	case errs.Is(err, "version_conflict"):
		// What was typed stays; the next attempt is one on what is shown now.
		v.form.Version, v.changed = o.Version, true
		return web.RenderStatus(http.StatusPreconditionFailed, onePage(begin(c, o.Name), v)), nil
	case err != nil:
		return web.Response{}, err
	}
	return saved(c, o.path(""), lang.T(c.Context(), "The change has been saved.")), nil
}

func askToSuspend(c *web.Context) (web.Response, error) {
	o, err := web.Do(c, Get, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	ctx := c.Context()
	return web.Confirm(c, ui.Confirm{
		Title: lang.T(ctx, "Suspend %s?", o.Name),
		Tally: []ui.Tally{
			{OK: true, Text: lang.T(ctx, "Nobody in it can sign in, and whoever is signed in cannot go on, from the next click.")},
			{OK: true, Text: lang.T(ctx, "Its API keys are refused.")},
			{OK: true, Text: lang.T(ctx, "Nothing is deleted: you can resume it at any time.")},
		},
		Action: o.path("/suspend"), Verb: lang.T(ctx, "Suspend organization"), Danger: true, Cancel: o.path(""),
	}), nil
}

func submitSuspension(c *web.Context) (web.Response, error) {
	o, err := web.Do(c, Update, Change{Suspended: patch.To(true)})
	if err != nil {
		return web.Response{}, err
	}
	return saved(c, o.path(""), lang.T(c.Context(), "%s is suspended. Nobody in it can sign in.", o.Name)), nil
}

func submitResumption(c *web.Context) (web.Response, error) {
	o, err := web.Do(c, Update, Change{Suspended: patch.To(false)})
	if err != nil {
		return web.Response{}, err
	}
	return saved(c, o.path(""), lang.T(c.Context(), "%s is back at work.", o.Name)), nil
}

// saved goes on to a page that says once what was done.
func saved(c *web.Context, target, said string) web.Response {
	c.Flash(ui.Flash{Tone: ui.Good, Text: said})
	return web.Redirect(target)
}

func askToDelete(c *web.Context) (web.Response, error) {
	o, err := web.Do(c, Get, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	if !o.Suspended {
		return web.Redirect(o.path("")), nil
	}
	return web.Render(deletePage(begin(c, lang.T(c.Context(), "Delete %s", o.Name)), deleteView{Organization: o})), nil
}

// deleteForm is what somebody types to delete an organization.
type deleteForm struct {
	Name    string `form:"name"`
	Version int64  `form:"version"`
}

func submitDeletion(c *web.Context) (web.Response, error) {
	o, err := web.Do(c, Get, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	v := deleteView{Organization: o}
	if err := c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	if strings.TrimSpace(v.form.Name) != o.Name {
		v.wrong = true
		return web.RenderStatus(http.StatusUnprocessableEntity, deletePage(begin(c, lang.T(c.Context(), "Delete %s", o.Name)), v)), nil
	}
	if _, err := web.Do(c, Delete, Version{v.form.Version}); err != nil {
		return web.Response{}, err
	}
	return saved(c, place, lang.T(c.Context(), "%s has been deleted.", o.Name)), nil
}

func showSettings(c *web.Context) (web.Response, error) {
	now, err := web.Do(c, GetSettings, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	v := settingsView{action: c.Path("settings"), slug: now.Slug, features: now.Features, form: formOf(now)}
	return web.Render(settingsPage(begin(c, lang.T(c.Context(), "Settings")), v)), nil
}

// settingsForm is the form of the page 'Settings'.
type settingsForm struct {
	Version            int    `form:"version"`
	Name               string `form:"name"`
	Color              string `form:"color"`
	SenderName         string `form:"sender_name"`
	ReplyTo            string `form:"reply_to"`
	Language           string `form:"language"`
	TimeZone           string `form:"time_zone"`
	InvitationDays     int    `form:"invitation_days"`
	SessionIdleMinutes int    `form:"session_idle_minutes"`
	SessionMaxHours    int    `form:"session_max_hours"`
	WithoutTeams       string `form:"without_teams"`
	WelcomeMails       bool   `form:"welcome_mails"`
	OnDeactivation     string `form:"numbers_on_deactivation"`
	NumberNotices      bool   `form:"number_notices"`
	LicenseAssign      bool   `form:"license_assign"`
	LicenseReserve     bool   `form:"license_reserve"`
	passwordForm
}

func formOf(v SettingsView) settingsForm {
	return settingsForm{
		v.Version, v.Name, v.Color, v.SenderName, v.ReplyTo, v.Language, v.TimeZone,
		v.InvitationDays, v.SessionIdleMinutes, v.SessionMaxHours, v.WithoutTeams, v.WelcomeMails,
		v.NumbersOnDeactivation, v.NumberNotices, v.LicenseAssign, v.LicenseReserve, passwordForm(v.PasswordSettings),
	}
}

func (f settingsForm) change() SettingsChange {
	return SettingsChange{
		Version: int64(f.Version), Name: patch.To(f.Name), Color: patch.To(f.Color), SenderName: patch.To(f.SenderName), ReplyTo: patch.To(f.ReplyTo),
		Language: patch.To(f.Language), TimeZone: patch.To(f.TimeZone), InvitationDays: patch.To(f.InvitationDays),
		SessionIdleMinutes: patch.To(f.SessionIdleMinutes), SessionMaxHours: patch.To(f.SessionMaxHours),
		NumbersOnDeactivation: patch.To(f.OnDeactivation), NumberNotices: patch.To(f.NumberNotices),
		LicenseAssign: patch.To(f.LicenseAssign), LicenseReserve: patch.To(f.LicenseReserve),
		WithoutTeams: patch.To(f.WithoutTeams), WelcomeMails: patch.To(f.WelcomeMails), PasswordChange: f.passwordForm.change(),
	}
}

// passwordForm are the rules for passwords among the settings.
type passwordForm struct {
	PasswordMinLength    int `form:"password_min_length"`
	PasswordKinds        int `form:"password_kinds"`
	PasswordHistory      int `form:"password_history"`
	PasswordExpiryDays   int `form:"password_expiry_days"`
	PasswordReminderDays int `form:"password_reminder_days"`

	AdminPasswordMinLength    int `form:"admin_password_min_length"`
	AdminPasswordKinds        int `form:"admin_password_kinds"`
	AdminPasswordHistory      int `form:"admin_password_history"`
	AdminPasswordExpiryDays   int `form:"admin_password_expiry_days"`
	AdminPasswordReminderDays int `form:"admin_password_reminder_days"`
}

func (f passwordForm) change() PasswordChange {
	return PasswordChange{
		patch.To(f.PasswordMinLength), patch.To(f.PasswordKinds), patch.To(f.PasswordHistory),
		patch.To(f.PasswordExpiryDays), patch.To(f.PasswordReminderDays),
		patch.To(f.AdminPasswordMinLength), patch.To(f.AdminPasswordKinds), patch.To(f.AdminPasswordHistory),
		patch.To(f.AdminPasswordExpiryDays), patch.To(f.AdminPasswordReminderDays),
	}
}

func submitSettings(c *web.Context) (web.Response, error) {
	now, err := web.Do(c, GetSettings, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	v := settingsView{action: c.Path("settings"), slug: now.Slug, features: now.Features, form: formOf(now)}
	v.form.NumberNotices, v.form.LicenseAssign, v.form.LicenseReserve = false, false, false // a box that is not checked is not sent
	err = c.Bind(&v.form)
	if err == nil {
		_, err = web.Do(c, UpdateSettings, v.form.change())
	}
	switch v.faults = faultsOf(err); {
	case v.faults != nil:
		return web.RenderStatus(http.StatusUnprocessableEntity, settingsPage(begin(c, lang.T(c.Context(), "Settings")), v)), nil
	case errs.Is(err, "version_conflict"):
		v.form.Version, v.changed = now.Version, true
		return web.RenderStatus(http.StatusPreconditionFailed, settingsPage(begin(c, lang.T(c.Context(), "Settings")), v)), nil
	case err != nil:
		return web.Response{}, err
	}
	return saved(c, c.Path("settings"), lang.T(c.Context(), "The settings have been saved.")), nil
}
