package app

import (
	"cmp"
	"context"
	"time"

	"golang.org/x/text/language"

	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/photo"
	"roster/internal/signin"
	"roster/internal/user"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// framed is what the frame around an organization's pages says.
type framed struct {
	org      org.Organization
	me       user.User
	holds    authz.Set
	invited  int
	accounts []signin.Account
	photos   map[id.User]int64 // the own one
}

// frame builds what surrounds every page of somebody who is signed in.
func frame(c *web.Context) (web.Frame, error) {
	if c.Under("/operator") {
		return operatorFrame(c)
	}
	f, err := web.Ask(c, authz.Self, func(t *op.Tx) (f framed, err error) {
		f.holds = t.Actor().Permissions
		if f.org, err = org.Mine(t); err != nil {
			return f, err
		}
		if f.me, err = user.ByID(t, t.Actor().User()); err != nil {
			return f, err
		}
		if f.accounts, err = signin.AccountsOf(t, c.Caller().Sessions); err != nil {
			return f, err
		}
		if f.photos, err = photo.Versions(t, []id.User{f.me.ID}); err != nil {
			return f, err
		}
		if f.holds.Has(authz.InvitationsManage) {
			var n invite.Counts
			n, err = invite.Count(t)
			f.invited = n.Open
		}
		return f, err
	})
	if err != nil {
		return web.Frame{}, err
	}
	zone, err := time.LoadLocation(f.me.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	tag := language.Make(cmp.Or(f.me.Language, f.org.Language))
	ctx := lang.With(c.Context(), tag, zone)
	frame := ui.Frame{
		Org:      organizationFace(f.org.Face()),
		Sections: f.sections(ctx, c),
		Me: ui.Me{
			Name: f.me.Name(), Email: f.me.Email, Initials: ui.Initials(f.me.Name()), Photo: photo.OwnPath(c, f.photos, f.me.ID), Links: f.own(ctx, c), SignOut: c.Path("sign-out"),
		},
		Accounts:   f.switcher(),
		AddAccount: "/sign-in",
	}
	if f.holds.Has(authz.InvitationsManage) {
		frame.InviteHref = c.Path("invitations", "new")
	}
	if f.holds.Has(authz.UsersView) {
		frame.SearchAction = c.Path("users")
	}
	return web.Frame{Frame: frame, Language: tag, Zone: zone}, nil
}

// sections are the pages that this person may use, in the order of the house.
func (f framed) sections(ctx context.Context, c *web.Context) []ui.NavGroup {
	item := func(needs authz.Permission, label lang.Text, icon ui.Icon, path string) ui.NavItem {
		if !f.holds.Has(needs) {
			return ui.NavItem{}
		}
		return ui.NavItem{Label: label.In(ctx), Href: c.Path(path), Icon: icon, Current: c.Under(c.Path(path))}
	}
	invitations := item(authz.InvitationsManage, lang.Key("User Invitations"), "mail", "invitations")
	if f.invited > 0 {
		invitations.Count = lang.Number(ctx, f.invited)
	}
	groups := []ui.NavGroup{
		{Title: lang.T(ctx, "People"), Items: []ui.NavItem{
			item(authz.UsersView, lang.Key("Users"), "users", "users"), invitations,
			item(authz.TeamsManage, lang.Key("Teams"), "team", "teams"),
			item(authz.GroupsManage, lang.Key("Groups"), "group", "groups"),
		}},
		{Title: lang.T(ctx, "Access"), Items: []ui.NavItem{
			item(authz.LicensesView, lang.Key("Users & subscriptions"), "ticket", "licenses"),
			item(authz.RolesManage, lang.Key("Roles"), "shield", "roles"),
			item(authz.AccountsManage, lang.Key("Accounts"), "tree", "accounts"),
		}},
		{Title: lang.T(ctx, "Organization"), Items: []ui.NavItem{
			item(authz.NumbersManage, lang.Key("Numbers"), "hash", "numbers"),
			item(authz.APIKeysManage, lang.Key("Integrations"), "plug", "integrations"),
			item(authz.AuditView, lang.Key("Audit"), "list", "audit"),
			item(authz.SettingsManage, lang.Key("Settings"), "sliders", "settings"),
		}},
	}
	if len(shownGroups(groups)) > 0 {
		groups[0].Items = append(groups[0].Items, contacts(ctx, c))
	}
	shown := shownGroups(groups)
	if len(shown) == 0 { // nothing but their own account
		shown = []ui.NavGroup{{Title: lang.T(ctx, "Your account"), Items: f.own(ctx, c)}}
	}
	return shown
}

// contacts is where everybody finds whom they can reach.
func contacts(ctx context.Context, c *web.Context) ui.NavItem {
	return ui.NavItem{Label: lang.T(ctx, "Contacts"), Href: c.Path("contacts"), Icon: "phone", Current: c.Under(c.Path("contacts"))}
}

// shownGroups leaves out what has no label, and groups that are empty then.
func shownGroups(groups []ui.NavGroup) []ui.NavGroup {
	var shown []ui.NavGroup
	for _, g := range groups {
		var items []ui.NavItem
		for _, i := range g.Items {
			if i.Label != "" {
				items = append(items, i)
			}
		}
		if len(items) > 0 {
			shown = append(shown, ui.NavGroup{Title: g.Title, Items: items})
		}
	}
	return shown
}

// own are the places of the person's menu.
func (f framed) own(ctx context.Context, c *web.Context) []ui.NavItem {
	links := []ui.NavItem{
		{Label: lang.T(ctx, "Profile"), Href: c.Path("profile"), Icon: "person", Current: c.Under(c.Path("profile"))},
		{Label: lang.T(ctx, "Security"), Href: c.Path("security"), Icon: "lock", Current: c.Under(c.Path("security"))},
		contacts(ctx, c),
	}
	if f.holds.Has(authz.UsersView) {
		links = append(links, ui.NavItem{Label: lang.T(ctx, "User Management"), Href: c.Path("users"), Icon: "users"})
	}
	return links
}

// switcher lists all organizations that this browser is signed in to, if there
// are others than this one.
func (f framed) switcher() []ui.Account {
	if len(f.accounts) < 2 {
		return nil
	}
	var list []ui.Account
	for _, a := range f.accounts {
		list = append(list, ui.Account{Name: a.Name, Mark: mark(a.Name), Href: "/o/" + a.Slug, Current: a.Org == f.org.ID})
	}
	return list
}

// mark is the letter that stands for an organization without a logo.
func mark(name string) string {
	for _, r := range ui.Initials(name) {
		return string(r)
	}
	return ""
}
