package people

import (
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"slices"

	"roster/internal/access"
	"roster/internal/account"
	"roster/internal/adduser"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/field"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/lang"
	"roster/internal/license"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/photo"
	"roster/internal/role"
	"roster/internal/service"
	"roster/internal/signin"
	"roster/internal/team"
	"roster/internal/user"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Pages are the page 'Users' and the card of each user.
func Pages(k *web.Kit) {
	web.Page(k, "GET /o/{org}/users", showList, web.For(List, Counts, invite.List))
	web.Page(k, "GET /o/{org}/users/{id}", showCard, web.For(Card, access.Explain))
	web.Page(k, "GET /o/{org}/users/{id}/history", showHistory, web.For(Card))
	web.Page(k, "GET /o/{org}/users/{id}/menu", showMenu, web.For(Card))
	web.Page(k, "GET /o/{org}/users/{id}/edit", showEdit, web.For(Card))
	web.Page(k, "POST /o/{org}/users/{id}/edit", submitEdit, web.For(Card, user.Change))
	web.Page(k, "POST /o/{org}/users/{id}/activate", submitActivation, web.For(user.Activate))
	web.Page(k, "GET /o/{org}/users/{id}/set-password", showSetPassword, web.For(Card, passwordRules))
	web.Page(k, "POST /o/{org}/users/{id}/set-password", submitSetPassword, web.For(Card, passwordRules, signin.SetPassword))
	web.Page(k, "POST /o/{org}/users/{id}/set-password/strength", ratePassword, web.For(passwordRules))
	for _, q := range questions {
		web.Page(k, "GET /o/{org}/users/{id}/"+q.path, q.show, web.For(Card))
		web.Page(k, "POST /o/{org}/users/{id}/"+q.path, q.submit, web.For(Card, q.does))
	}
}

// overview is what the page 'Users' shows in one snapshot.
type overview struct {
	page    op.Page[user.User]
	counts  map[user.State]int
	open    invite.Counts
	expired map[id.User]bool
	mayAdd  bool
	groups  []group.Choice
	roles   []role.Choice
	sides   bool               // there are users of delivery accounts to tell from others
	account string             // what the one is called that is filtered by
	teams   []team.Team        // to filter by
	called  map[id.Team]string // those of the users on this page
	photos  map[id.User]int64  // of the users on this page
	plans   []service.Stock    // that the organization has bought
	stock   *license.Glance    // nil for who may not see it
}

// teamsOffered is how many teams the filter has room for.
const teamsOffered = 200

func showList(c *web.Context) (web.Response, error) {
	in := filterOf(c.Queries())
	all, err := web.Ask(c, authz.InOrg, func(t *op.Tx) (overview, error) { return look(t, in) })
	if err != nil {
		return web.Response{}, err
	}
	v := listView{c: c, in: in, overview: all}
	if c.Partial() {
		return web.Render(v.list()), nil
	}
	return web.Render(usersPage(c.Page(lang.T(c.Context(), "Users")), v)), nil
}

// filterOf reads the address of the page.
func filterOf(q url.Values) ListInput {
	in := ListInput{Filter: Filter{Search: q.Get("q"), Sort: q.Get("sort")}, Paging: op.Paging{Cursor: q.Get("cursor"), Count: true}}
	in.Side, in.Account = authz.Side(q.Get("side")), id.Account(q.Get("account"))
	for _, s := range q["state"] {
		in.States = append(in.States, user.State(s))
	}
	in.Plans, in.Model = q["plan"], service.Model(q.Get("license_model"))
	for _, one := range q["pool"] {
		in.Pools = append(in.Pools, id.SeatPool(one))
	}
	for _, r := range q["role"] {
		in.Roles = append(in.Roles, id.Role(r))
	}
	for _, g := range q["group"] {
		in.Groups = append(in.Groups, id.Group(g))
	}
	for _, one := range q["team"] {
		in.Teams = append(in.Teams, id.Team(one))
	}
	return in
}

func look(t *op.Tx, in ListInput) (overview, error) {
	var o overview
	var err error
	if o.counts, err = Counts.Within(t, op.Nothing{}); err != nil {
		return o, err
	}
	known, counted := in.among(o.counts)
	in.Count = !counted
	if o.page, err = List.Within(t, in); err != nil {
		return o, err
	}
	if counted {
		o.page.Total = &known
	}
	if o.open, err = invite.Count(t); err != nil {
		return o, err
	}
	o.mayAdd = t.May(adduser.Add)
	if o.groups, err = group.Choices(t); err != nil {
		return o, err
	}
	if o.sides, err = account.Any(t, account.Delivery); err != nil {
		return o, err
	}
	if in.Account != "" {
		names, err := account.NamesOf(t, authz.ChosenAccounts(in.Account))
		if err != nil {
			return o, err
		}
		o.account = names[in.Account]
	}
	if o.roles, err = role.Choices(t); err != nil {
		return o, err
	}
	if o.expired, err = invite.ExpiredAmong(t, invitedOf(o.page.Items)); err != nil {
		return o, err
	}
	if o.teams, err = team.First(t, teamsOffered); err != nil {
		return o, err
	}
	if o.called, err = team.NamesOf(t, o.page.Items); err != nil {
		return o, err
	}
	if o.plans, err = service.Bought(t); err != nil {
		return o, err
	}
	if len(o.plans) > 0 && t.Actor().Permissions.Has(authz.LicensesView) {
		if o.stock, err = license.AtAGlance(t); err != nil {
			return o, err
		}
	}
	o.photos, err = photo.Versions(t, idsOf(o.page.Items))
	return o, err
}

// among is how many match as far as the states alone tell, which the page has
// counted anyway.
func (f Filter) among(counts map[user.State]int) (int, bool) {
	n := 0
	for state, of := range counts {
		if len(f.States) == 0 || slices.Contains(f.States, state) {
			n += of
		}
	}
	return n, reflect.DeepEqual(f, Filter{States: f.States, Sort: f.Sort})
}

func idsOf(users []user.User) []id.User {
	list := make([]id.User, len(users))
	for i, u := range users {
		list[i] = u.ID
	}
	return list
}

func invitedOf(users []user.User) []id.User {
	var list []id.User
	for _, u := range users {
		if u.State == user.Invited {
			list = append(list, u.ID)
		}
	}
	return list
}

func showCard(c *web.Context) (web.Response, error)    { return card(c, false) }
func showHistory(c *web.Context) (web.Response, error) { return card(c, true) }

func card(c *web.Context, history bool) (web.Response, error) {
	in := user.Ref{ID: id.User(c.Param("id"))}
	v, err := web.Ask(c, authz.InOrg, func(t *op.Tx) (v cardView, err error) {
		if v.CardOf, err = Card.Within(t, in); err == nil && !history {
			v.access, err = access.Explain.Within(t, in)
		}
		return v, err
	})
	if err != nil {
		return web.Response{}, err
	}
	v.c, v.history = c, history
	return web.Render(cardPage(c.Page(v.User.Name()), v)), nil
}

func read(c *web.Context) (CardOf, error) {
	return web.Do(c, Card, user.Ref{ID: id.User(c.Param("id"))})
}

// showMenu answers what can be done with a user: into the open menu where script
// asks, else the card has it all.
func showMenu(c *web.Context) (web.Response, error) {
	k, err := read(c)
	if err != nil {
		return web.Response{}, err
	}
	if !c.Partial() {
		return web.Redirect(c.Path("users", string(k.User.ID))), nil
	}
	return web.Render(cardView{c: c, CardOf: k}.rowMenu()), nil
}

// edit is the form 'Edit user' as it was sent.
type edit struct {
	user.Fields
	access.Form
	Group      patch.Field[id.Group] `form:"group_id"`
	Role       patch.Field[id.Role]  `form:"role_id"`
	Notes      patch.Field[string]   `form:"notes"`
	ShowsTeams bool                  `form:"teams"` // the form had them, so that none checked means none
	Teams      []id.Team             `form:"team_ids"`
	Version    int64                 `form:"version"`

	Expires      bool `form:"expiry"` // the form had the box, so that an empty one means no
	NeverExpires bool `form:"password_never_expires"`
}

func showEdit(c *web.Context) (web.Response, error) {
	k, err := read(c)
	if err != nil {
		return web.Response{}, err
	}
	return web.Render(editPage(editFrame(c), editView{c: c, CardOf: k})), nil
}

func editFrame(c *web.Context) ui.Page {
	page := c.Page(lang.T(c.Context(), "Edit user"))
	page.Narrow = true
	return page
}

func submitEdit(c *web.Context) (web.Response, error) {
	k, err := read(c)
	if err != nil {
		return web.Response{}, err
	}
	var in edit
	if err := c.Bind(&in); err != nil {
		return web.Response{}, err
	}
	sent, err := c.Form()
	if err != nil {
		return web.Response{}, err
	}
	in.Custom = field.FromForm(sent.Values)
	_, err = web.Do(c, user.Change, in.update(k))
	if faults, ok := web.FaultsOf(err); ok {
		k.User = in.over(k.User)
		return web.RenderStatus(http.StatusUnprocessableEntity, editPage(editFrame(c), editView{c: c, CardOf: k, typed: &in.Form, faults: faults})), nil
	}
	if errs.KindOf(err) == errs.KindPrecondition {
		k.User = in.over(k.User)
		return web.RenderStatus(http.StatusPreconditionFailed, editPage(editFrame(c), editView{c: c, CardOf: k, typed: &in.Form, changed: true})), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "Saved.")})
	return web.Redirect(c.Path("users", string(k.User.ID))), nil
}

func (in edit) update(k CardOf) user.Update {
	up := user.Update{ID: k.User.ID, Version: in.Version, Fields: in.Fields, Group: in.Group, Role: in.Role, Notes: in.Notes, Access: in.Form.Access()}
	if in.Expires {
		up.NeverExpires = patch.To(in.NeverExpires)
	}
	if !in.ShowsTeams {
		return up
	}
	teams := user.Teams(in.Teams)
	for _, one := range k.User.Teams { // what the form had no room for stays
		if !slices.ContainsFunc(k.Teams, func(offered team.Team) bool { return offered.ID == one }) {
			teams = append(teams, one)
		}
	}
	up.Teams = patch.To(teams)
	return up
}

// over is u with what was typed, so that nothing of it is lost.
func (in edit) over(u user.User) user.User {
	u.FirstName, u.LastName, u.DisplayName = in.FirstName.Or(u.FirstName), in.LastName.Or(u.LastName), in.DisplayName.Or(u.DisplayName)
	u.Phone, u.Country, u.Language, u.TimeZone = in.Phone.Or(u.Phone), in.Country.Or(u.Country), in.Language.Or(u.Language), in.TimeZone.Or(u.TimeZone)
	u.Title, u.Department, u.Notes = in.Title.Or(u.Title), in.Department.Or(u.Department), in.Notes.Or(u.Notes)
	u.Group, u.Role = in.Group.Or(u.Group), in.Role.Or(u.Role)
	u.Custom = u.Custom.Over(in.Custom)
	if in.Expires {
		u.NeverExpires = in.NeverExpires
	}
	if in.ShowsTeams {
		u.Teams = in.Teams
	}
	return u
}

func submitActivation(c *web.Context) (web.Response, error) {
	u, err := web.Do(c, user.Activate, user.Ref{ID: id.User(c.Param("id"))})
	if err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "%s is active again and can sign in.", u.Name())})
	return web.Redirect(c.Path("users", string(u.ID))), nil
}

// refused says in the place of the question why it cannot be done as things are.
func (q question) refused(c *web.Context, u user.User, err error) (web.Response, error) {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Kind != errs.KindConflict {
		return web.Response{}, err
	}
	page := c.Page(q.ask(c.Context(), u).Title)
	page.Error = e.Code
	why := ui.Tally{Text: e.Message}
	if e.Code == "last_admin" {
		why.Link, why.Href = lang.T(c.Context(), "Show all users"), c.Path("users")
	}
	answer := ui.Confirm{Title: page.Title, Tally: []ui.Tally{why}, Cancel: c.Path("users", string(u.ID))}
	return web.RenderStatus(http.StatusConflict, refusedPage(page, answer)), nil
}
