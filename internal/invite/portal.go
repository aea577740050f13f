package invite

import (
	"net/http"
	"net/url"
	"slices"

	"roster/internal/access"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/license"
	"roster/internal/mailaddr"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/role"
	"roster/internal/team"
	"roster/internal/user"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Pages are the pages 'User Invitations' and 'Invite users'.
func Pages(k *web.Kit) {
	web.Page(k, "GET /o/{org}/invitations", showList, web.For(List))
	web.Page(k, "GET /o/{org}/invitations/new", showForm, web.For(Prepare, Preview))
	web.Page(k, "POST /o/{org}/invitations", submit, web.For(Prepare, Create, Preview))
	web.Page(k, "POST /o/{org}/invitations/preview", showPreview, web.For(Preview))
	web.Page(k, "POST /o/{org}/invitations/{id}/remind", submitReminder, web.For(Remind))
	web.Page(k, "GET /o/{org}/invitations/{id}/revoke", askToRevoke, web.For(Get))
	web.Page(k, "POST /o/{org}/invitations/{id}/revoke", submitRevocation, web.For(Revoke))
}

// Offer is what the form offers to this person in this organization.
type Offer struct {
	Days     int
	Language string
	Access   access.Offer
	Roles    []role.Choice // those that they may give
	Groups   []group.Choice
	Teams    []team.Team // those that they may invite into
	Licenses license.Offer
}

// Prepare answers what the form 'Invite users' offers.
var Prepare = op.Query[op.Nothing, Offer]{
	Name: "invitation.prepare", Needs: authz.InvitationsManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, _ op.Nothing) (Offer, error) {
		o, err := org.Mine(t)
		if err != nil {
			return Offer{}, err
		}
		offer := Offer{Days: o.InvitationDays, Language: o.Language}
		if offer.Teams, err = team.Offered(t); err != nil {
			return Offer{}, err
		}
		if offer.Access, err = access.OfferTo(t, user.User{}); err != nil {
			return Offer{}, err
		}
		if offer.Roles, err = user.RolesToGive(t); err != nil {
			return Offer{}, err
		}
		if offer.Licenses, err = license.OfferTo(t); err != nil {
			return Offer{}, err
		}
		offer.Groups, err = group.Choices(t)
		return offer, err
	},
}

func showList(c *web.Context) (web.Response, error) {
	in := ListInput{State: State(c.Query("state")), Search: c.Query("q"), Paging: op.Paging{Cursor: c.Query("cursor"), Count: true}}
	page, err := web.Do(c, List, in)
	if err != nil {
		return web.Response{}, err
	}
	v := listView{c: c, in: in, page: page}
	if c.Partial() {
		return web.Render(v.list()), nil
	}
	return web.Render(listPage(c.Page(lang.T(c.Context(), "User Invitations")), v)), nil
}

// form is the form 'Invite users' as it was sent.
type form struct {
	access.Form
	Emails   string    `form:"emails"`
	Group    id.Group  `form:"group_id"`
	Role     id.Role   `form:"role_id"`
	Teams    []id.Team `form:"team_ids"`
	NoTeams  bool      `form:"no_teams"` // whatever the group says
	Wishes   []string  `form:"licenses"`
	Language string    `form:"language"`
	Message  string    `form:"message"`
}

// blank is the form at first. Where a group has something to say, the group is
// left to say it.
func (o Offer) blank() form {
	f := form{Role: authz.RoleUser, Language: o.Language}
	if o.saysRole() {
		f.Role = ""
	}
	if o.saysLanguage() {
		f.Language = ""
	}
	for _, g := range o.Groups {
		if g.Default {
			f.Group = g.ID
		}
	}
	return f
}

// saysRole is whether any group has a default role.
func (o Offer) saysRole() bool {
	return slices.ContainsFunc(o.Groups, func(g group.Choice) bool { return g.Role != "" })
}

// saysLanguage is whether any group has a default language.
func (o Offer) saysLanguage() bool {
	return slices.ContainsFunc(o.Groups, func(g group.Choice) bool { return g.Language != "" })
}

// saysTeams is whether any group has teams for new users.
func (o Offer) saysTeams() bool {
	return slices.ContainsFunc(o.Groups, func(g group.Choice) bool { return g.TeamIDs != "" })
}

// input takes a pasted list apart. One entry too many is kept, so that the
// command refuses it.
func (f form) input() Input {
	in := Input{Group: f.Group, Role: f.Role, Teams: f.Teams, Language: f.Language, Message: f.Message, Access: f.Form.Access(), Licenses: license.Wishes(f.Wishes)}
	if f.NoTeams && len(f.Teams) == 0 {
		in.Teams = []id.Team{}
	}
	items, _ := mailaddr.ParseList(f.Emails, MaxAddresses+1)
	for _, i := range items {
		in.Emails = append(in.Emails, i.Text)
	}
	return in
}

// sample is what of the form decides who will see whom.
func (f form) sample() Sample {
	in := f.input()
	return Sample{Emails: in.Emails, Teams: in.Teams, Group: in.Group, Side: f.Side, Delivery: f.Deliveries}
}

func showForm(c *web.Context) (web.Response, error) {
	offer, err := web.Do(c, Prepare, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	v := formView{c: c, offer: offer, form: offer.blank()}
	v.form.Emails = c.Query("email")
	for _, one := range c.Queries()["team_id"] {
		v.form.Teams = append(v.form.Teams, id.Team(one))
	}
	v = v.ahead()
	return web.Render(invitePage(v.begin(), v)), nil
}

// ahead looks what the form as it is would bring about. What the form will be
// refused for is said then, not now.
func (v formView) ahead() formView {
	r, err := web.Do(v.c, Preview, v.form.sample())
	v.reach = nil
	if err == nil {
		v.reach = &r
	}
	return v
}

// showPreview answers the part of the form that looks ahead, while somebody
// fills it in; without script the outcome says the same.
func showPreview(c *web.Context) (web.Response, error) {
	v := formView{c: c}
	if err := c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	r, err := web.Do(c, Preview, v.form.sample())
	if _, wrong := web.FaultsOf(err); err != nil && !wrong {
		return web.Response{}, err
	}
	if err == nil {
		v.reach = &r
	}
	return web.Render(v.preview()), nil
}

// submit invites, and shows the outcome of each address above the form, which
// keeps what has to be corrected.
func submit(c *web.Context) (web.Response, error) {
	offer, err := web.Do(c, Prepare, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	v := formView{c: c, offer: offer}
	if err := c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	results, err := web.Do(c, Create, v.form.input())
	faults, wrong := web.FaultsOf(err)
	if errs.Is(err, "grant_exceeds_own") { // the group may give more than the person
		e, _ := err.(*errs.Error)
		faults, wrong = web.Faults{"role_id": e.Message}, true
	}
	if wrong {
		v.faults = faults
		return web.RenderStatus(http.StatusUnprocessableEntity, invitePage(v.begin(), v.ahead())), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	v.results, v.form.Emails = &results, ""
	for _, r := range results.Results {
		if r.Outcome == Invalid {
			v.form.Emails += r.Email + "\n"
		}
	}
	if v.form.Emails == "" {
		v.form.Message = ""
	}
	return web.Render(invitePage(v.begin(), v.ahead())), nil
}

func (v formView) begin() ui.Page {
	page := v.c.Page(lang.T(v.c.Context(), "Invite users"))
	page.Narrow = true
	return page
}

func submitReminder(c *web.Context) (web.Response, error) {
	i, err := web.Do(c, Remind, Ref{ID: id.Invitation(c.Param("id"))})
	if err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "%s gets a new link. The older one no longer works.", i.Email)})
	return web.Redirect(back(c)), nil
}

// back is the list as it was, if the form says so.
func back(c *web.Context) string {
	target := c.Path("invitations")
	if f, err := c.Form(); err == nil && f.Get("view") != "" {
		if q, err := url.ParseQuery(f.Get("view")); err == nil {
			target += "?" + q.Encode()
		}
	}
	return target
}

func askToRevoke(c *web.Context) (web.Response, error) {
	i, err := web.Do(c, Get, Ref{ID: id.Invitation(c.Param("id"))})
	if err != nil {
		return web.Response{}, err
	}
	ctx := c.Context()
	question := ui.Confirm{
		Title:  lang.T(ctx, "Revoke the invitation of %s?", i.Email),
		Text:   lang.T(ctx, "The link in the e-mail stops working at once. You can invite the address again at any time."),
		Action: c.Path("invitations", string(i.ID), "revoke"),
		Verb:   lang.T(ctx, "Revoke invitation"), Danger: true, Cancel: c.Path("invitations"),
	}
	return web.Confirm(c, question), nil
}

func submitRevocation(c *web.Context) (web.Response, error) {
	if _, err := web.Do(c, Revoke, Ref{ID: id.Invitation(c.Param("id"))}); err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The invitation has been revoked.")})
	return web.Redirect(c.Path("invitations")), nil
}
