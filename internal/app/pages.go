package app

import (
	"fmt"
	"net/http"
	"slices"

	"roster/internal/access"
	"roster/internal/account"
	"roster/internal/adduser"
	"roster/internal/api"
	"roster/internal/apikey"
	"roster/internal/auditlog"
	"roster/internal/authz"
	"roster/internal/contact"
	"roster/internal/enroll"
	"roster/internal/field"
	"roster/internal/group"
	"roster/internal/invite"
	"roster/internal/license"
	"roster/internal/number"
	"roster/internal/op"
	"roster/internal/operator"
	"roster/internal/org"
	"roster/internal/people"
	"roster/internal/photo"
	"roster/internal/role"
	"roster/internal/seat"
	"roster/internal/self"
	"roster/internal/sender"
	"roster/internal/service"
	"roster/internal/signin"
	"roster/internal/team"
	"roster/internal/user"
	"roster/internal/web"
	"roster/internal/web/ui"
	"roster/internal/wording"
)

// Routes are the API's routes, feature by feature.
func Routes(a *api.API) {
	org.Routes(a)
	service.Routes(a)
	people.Routes(a)
	user.Routes(a)
	signin.Routes(a)
	invite.Routes(a)
	adduser.Routes(a)
	group.Routes(a)
	role.Routes(a)
	account.Routes(a)
	field.Routes(a)
	team.Routes(a)
	license.Routes(a)
	seat.Routes(a)
	number.Routes(a)
	sender.Routes(a)
	contact.Routes(a)
	access.Routes(a)
	self.Routes(a)
	photo.Routes(a)
	apikey.Routes(a)
	auditlog.Routes(a)
	wording.Routes(a)
}

// Pages are the portal's pages, feature by feature.
func Pages(k *web.Kit) {
	web.Page(k, "GET /{$}", showStart, web.Public("leads to where the browser is signed in"))
	web.Page(k, "GET /problems/{code}", showProblem, web.Public("the type of a problem document leads to the documentation"))
	web.Page(k, "GET /o/{org}", showHome, web.For(whoami))
	web.Page(k, "GET /o/{org}/brand.css", showBrand, web.For(org.Face))
	operator.Pages(k)
	org.Pages(k)
	service.Pages(k)
	signin.Pages(k)
	enroll.Pages(k)
	self.Pages(k)
	people.Pages(k)
	photo.Pages(k)
	invite.Pages(k)
	adduser.Pages(k)
	group.Pages(k)
	field.Pages(k)
	role.Pages(k)
	account.Pages(k)
	team.Pages(k)
	license.Pages(k)
	seat.Pages(k)
	number.Pages(k)
	sender.Pages(k)
	contact.Pages(k)
	apikey.Pages(k)
	auditlog.Pages(k)
	wording.Pages(k)
}

// showStart leads to the one organization that the browser is signed in to, or
// asks which one it is.
func showStart(c *web.Context) (web.Response, error) {
	caller := c.Caller()
	if len(caller.Sessions) == 0 && caller.Operator != nil {
		return web.Redirect("/operator/organizations"), nil
	}
	accounts, err := web.Ask(c, authz.Public, func(t *op.Tx) ([]signin.Account, error) {
		return signin.AccountsOf(t, caller.Sessions)
	})
	if err != nil {
		return web.Response{}, err
	}
	if len(accounts) > 0 {
		return web.Redirect("/o/" + accounts[0].Slug), nil
	}
	return web.Redirect("/sign-in"), nil
}

// showProblem is where the type of a problem document leads.
func showProblem(*web.Context) (web.Response, error) { return web.Redirect("/api/docs"), nil }

// whoami is what the start page of an organization decides by.
var whoami = op.Query[op.Nothing, authz.Set]{
	Name: "me.permissions", Needs: authz.SelfService, Scope: authz.Self,
	Run: func(t *op.Tx, _ op.Nothing) (authz.Set, error) { return t.Actor().Permissions, nil },
}

// showHome leads to the first page that the person may use.
func showHome(c *web.Context) (web.Response, error) {
	holds, err := web.Do(c, whoami, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	first := slices.IndexFunc(homes, func(h home) bool { return holds.Has(h.needs) })
	if first < 0 {
		return web.Redirect(c.Path("profile")), nil
	}
	return web.Redirect(c.Path(homes[first].path)), nil
}

type home struct {
	needs authz.Permission
	path  string
}

var homes = []home{
	{authz.UsersView, "users"}, {authz.InvitationsManage, "invitations"}, {authz.TeamsManage, "teams"}, {authz.GroupsManage, "groups"}, {authz.NumbersManage, "numbers"}, {authz.AuditView, "audit"},
	{authz.APIKeysManage, "integrations"}, {authz.SettingsManage, "settings"},
}

// showBrand is the organization's color as a stylesheet of its own: the
// content security policy allows no inline style.
func showBrand(c *web.Context) (web.Response, error) {
	face, err := web.Do(c, org.Face, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	css, err := ui.BrandCSS(face.Color)
	if err != nil {
		return web.Response{}, fmt.Errorf("the color of %s: %w", face.Slug, err)
	}
	return web.Text(http.StatusOK, "text/css; charset=utf-8", css), nil
}
