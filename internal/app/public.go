package app

import (
	"roster/internal/authz"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/operator"
	"roster/internal/org"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// installation is the face of pages that belong to no organization.
var installation = ui.Org{Name: "Roster", Mark: "R"}

// publicFrame makes what pages share that need no sign-in: they wear the face
// of the organization whose address they have.
func publicFrame(c *web.Context) ui.Public {
	page := ui.Public{Org: installation}
	if c.Param("org") == "" || c.Under("/operator") {
		return page
	}
	face, err := web.Ask(c, authz.Public, func(t *op.Tx) (org.Public, error) { return org.FaceOf(t) })
	if err != nil {
		return page // the page itself says that there is no such organization
	}
	page.Org = organizationFace(face)
	page.Help = face.ReplyTo
	return page
}

// operatorFrame surrounds the operator's pages.
func operatorFrame(c *web.Context) (web.Frame, error) {
	me, err := web.Ask(c, authz.Operator, func(t *op.Tx) (operator.Operator, error) {
		return operator.Me.Within(t, op.Nothing{})
	})
	if err != nil {
		return web.Frame{}, err
	}
	ctx := c.Context()
	item := func(label lang.Text, icon ui.Icon, path string) ui.NavItem {
		return ui.NavItem{Label: label.In(ctx), Href: path, Icon: icon, Current: c.Under(path)}
	}
	return web.Frame{Frame: ui.Frame{
		Org: installation,
		Sections: []ui.NavGroup{{Title: lang.T(ctx, "Installation"), Items: []ui.NavItem{
			item(lang.Key("Organizations"), "building", "/operator/organizations"),
			item(lang.Key("Services"), "plug", "/operator/services"),
			item(lang.Key("Keys"), "key", "/operator/keys"),
			item(lang.Key("Operators"), "users", "/operator/operators"),
			item(lang.Key("Audit"), "list", "/operator/audit"),
		}}},
		Me: ui.Me{Name: me.Name, Email: me.Email, Initials: ui.Initials(me.Name), SignOut: "/operator/sign-out"},
	}}, nil
}

// organizationFace is an organization as its pages show it.
func organizationFace(f org.Public) ui.Org {
	face := web.Face(f.Name, f.Slug, f.Color)
	face.Logo, face.Wide = f.Logo, f.WideLogo
	return face
}
