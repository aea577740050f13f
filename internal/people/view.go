package people

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/service"
	"roster/internal/text"
	"roster/internal/user"
	"roster/internal/web/ui"
)

// with is the page's address with one parameter set to values, from its
// beginning; without values it is removed.
func (v listView) with(name string, values ...string) string {
	q := v.c.Queries()
	q.Del("cursor")
	q.Del(name)
	if len(values) > 0 {
		q[name] = values
	}
	return v.address(q)
}

func (v listView) address(q url.Values) string {
	for name, values := range q {
		if len(values) == 1 && values[0] == "" {
			q.Del(name)
		}
	}
	if len(q) == 0 {
		return v.c.Path("users")
	}
	return v.c.Path("users") + "?" + q.Encode()
}

func (v listView) next() string {
	if v.page.Next == nil {
		return ""
	}
	q := v.c.Queries()
	q.Set("cursor", *v.page.Next)
	return v.address(q)
}

// back leads to the list's beginning: keysets know no way back by themselves,
// and the browser's own button has the page before.
func (v listView) back() string {
	if v.in.Cursor == "" {
		return ""
	}
	return v.with("cursor")
}

// carried are what the search form sends along beside its own fields.
func (v listView) carried() []ui.Pair {
	var pairs []ui.Pair
	if v.in.Sort != "" {
		pairs = append(pairs, ui.Pair{Name: "sort", Value: v.in.Sort})
	}
	if v.in.Model != "" {
		pairs = append(pairs, ui.Pair{Name: "license_model", Value: string(v.in.Model)})
	}
	for _, one := range v.in.Pools {
		pairs = append(pairs, ui.Pair{Name: "pool", Value: string(one)})
	}
	return pairs
}

// poolTabs is how many pools have a tab of their own; further ones are reached
// from the page 'Users & subscriptions'.
const poolTabs = 6

// tabs are there where people share seats: who has a license of their own, and who
// is a member of which pool.
func (v listView) tabs(ctx context.Context) []ui.Tab {
	if v.stock == nil || len(v.stock.Pools) == 0 {
		return nil
	}
	to := func(model service.Model, pool id.SeatPool) string {
		q := v.c.Queries()
		q.Del("cursor")
		q.Set("license_model", string(model))
		q.Set("pool", string(pool))
		return v.address(q)
	}
	only := len(v.in.Pools) == 1
	tabs := []ui.Tab{{Label: lang.T(ctx, "All users"), Count: lang.Number(ctx, v.everybody()), Href: to("", ""), Current: v.in.Model == "" && len(v.in.Pools) == 0}}
	if v.stock.Plans > 0 {
		tabs = append(tabs, ui.Tab{Label: lang.T(ctx, "Named licenses"), Count: lang.Number(ctx, v.stock.Used), Href: to(service.Named, ""), Current: v.in.Model == service.Named})
	}
	for i, p := range v.stock.Pools {
		current := only && v.in.Pools[0] == p.ID
		if i < poolTabs || current {
			tabs = append(tabs, ui.Tab{Label: p.Name, Count: lang.Number(ctx, p.Members), Href: to("", p.ID), Current: current})
		}
	}
	return tabs
}

// stateWords name the states as pages do.
var stateWords = map[user.State]lang.Text{
	user.Active: lang.Key("Active"), user.Invited: lang.Key("Invited"), user.Pending: lang.Key("Awaiting activation"),
	user.Waiting: lang.Key("Waiting for a license"), user.Deactivated: lang.Key("Deactivated"),
}

func (v listView) filters(ctx context.Context) []ui.Filter {
	state := ui.Filter{Name: "state", Label: lang.T(ctx, "State"), Clear: v.with("state")}
	var set []string
	for _, s := range user.States() {
		o := ui.Option{
			Value: string(s), Label: stateWords[s].In(ctx), Count: lang.Number(ctx, v.counts[s]), Selected: slices.Contains(v.in.States, s),
		}
		if o.Selected {
			set = append(set, o.Label)
		}
		state.Options = append(state.Options, o)
	}
	state.Value = strings.Join(set, ", ")

	byRole := ui.Filter{Name: "role", Label: lang.T(ctx, "Role"), Clear: v.with("role")}
	set = nil
	for _, r := range v.roles {
		o := ui.Option{Value: string(r.ID), Label: r.Called(ctx), Selected: slices.Contains(v.in.Roles, id.Role(r.ID))}
		if o.Selected {
			set = append(set, o.Label)
		}
		byRole.Options = append(byRole.Options, o)
	}
	byRole.Value = strings.Join(set, ", ")
	filters := []ui.Filter{state, byRole}
	if v.grouped() {
		filters = append(filters, v.groupFilter(ctx))
	}
	filters = append(filters, v.planFilter(ctx)...)
	filters = append(filters, v.accountFilters(ctx)...)
	return append(filters, v.teamFilter(ctx)...)
}

// accountFilters are there where users of delivery accounts can be told from
// others, and where the page was opened for one account.
func (v listView) accountFilters(ctx context.Context) []ui.Filter {
	var filters []ui.Filter
	if v.sides || v.in.Side != "" {
		side := ui.Filter{Name: "side", Label: lang.T(ctx, "Side"), Clear: v.with("side"), Single: true}
		for _, s := range []struct {
			side  authz.Side
			label string
		}{{authz.OfOrganization, lang.T(ctx, "Own organization")}, {authz.OfDelivery, lang.T(ctx, "Delivery accounts")}} {
			if s.side == v.in.Side {
				side.Value = s.label
			}
			side.Options = append(side.Options, ui.Option{Value: string(s.side), Label: s.label, Selected: s.side == v.in.Side})
		}
		filters = append(filters, side)
	}
	if v.in.Account != "" {
		name := cmp.Or(v.account, lang.T(ctx, "an account that is gone"))
		filters = append(filters, ui.Filter{
			Name: "account", Label: lang.T(ctx, "Account"), Value: name, Clear: v.with("account"),
			Options: []ui.Option{{Value: string(v.in.Account), Label: name, Selected: true}},
		})
	}
	return filters
}

// grouped is whether the groups tell users apart: one group alone does not.
func (v listView) grouped() bool { return len(v.groups) > 1 }

func (v listView) groupFilter(ctx context.Context) ui.Filter {
	f := ui.Filter{Name: "group", Label: lang.T(ctx, "Group"), Clear: v.with("group")}
	var set []string
	for _, g := range v.groups {
		o := ui.Option{Value: string(g.ID), Label: g.Name, Selected: slices.Contains(v.in.Groups, g.ID)}
		if o.Selected {
			set = append(set, o.Label)
		}
		f.Options = append(f.Options, o)
	}
	f.Value = strings.Join(set, ", ")
	return f
}

// planFilter is there once the organization has bought plans.
func (v listView) planFilter(ctx context.Context) []ui.Filter {
	if len(v.plans)+len(v.in.Plans) == 0 {
		return nil
	}
	f := ui.Filter{Name: "plan", Label: lang.T(ctx, "License"), Clear: v.with("plan")}
	options := []ui.Option{{Value: noPlan, Label: lang.T(ctx, "None")}}
	for _, p := range v.plans {
		options = append(options, ui.Option{Value: p.Service + "/" + p.Key, Label: p.ServiceName + " " + p.Name})
	}
	var set []string
	for _, o := range options {
		if o.Selected = slices.Contains(v.in.Plans, o.Value); o.Selected {
			set = append(set, o.Label)
		}
		f.Options = append(f.Options, o)
	}
	f.Value = strings.Join(set, ", ")
	return []ui.Filter{f}
}

// licenses is what of a user's licenses fits into a row.
func (v listView) licenses(u user.User) ui.Fit {
	for _, p := range v.plans {
		for _, l := range u.Licenses {
			if l.Service == p.Service && l.Plan == p.Key {
				return ui.Fit{Text: p.ServiceName + " " + p.Name, Note: v.poolName(l.Pool), More: len(u.Licenses) - 1}
			}
		}
	}
	return ui.Fit{}
}

func (v listView) poolName(of id.SeatPool) string {
	if v.stock == nil || of == "" {
		return ""
	}
	for _, p := range v.stock.Pools {
		if p.ID == of {
			return p.Name
		}
	}
	return ""
}

// teamFilter is there once the organization has teams.
func (v listView) teamFilter(ctx context.Context) []ui.Filter {
	f := ui.Filter{Name: "team", Label: lang.T(ctx, "Team"), Clear: v.with("team")}
	var set []string
	for _, one := range v.teams {
		o := ui.Option{Value: string(one.ID), Label: one.Name, Selected: slices.Contains(v.in.Teams, one.ID)}
		if o.Selected {
			set = append(set, o.Label)
		}
		f.Options = append(f.Options, o)
	}
	if len(v.in.Teams) > len(set) { // one beyond the list, or gone meanwhile
		set = append(set, lang.T(ctx, "another team"))
	}
	if f.Value = strings.Join(set, ", "); len(v.teams) == 0 && f.Value == "" {
		return nil
	}
	return []ui.Filter{f}
}

// fit is what of a user's teams fits into a row.
func (v listView) fit(ctx context.Context, u user.User) ui.Fit {
	if names := teamNames(u, v.called); len(names) > 0 {
		return ui.Fit{Text: names[0], More: len(names) - 1}
	}
	return ui.Fit{}
}

// teamNames are the names of a user's teams in alphabetical order.
func teamNames(u user.User, called map[id.Team]string) []string {
	var names []string
	for _, one := range u.Teams {
		names = append(names, called[one])
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(text.Key(a), text.Key(b)) })
	return names
}

func (v listView) columns(ctx context.Context) []ui.Column {
	columns := []ui.Column{
		v.column(lang.T(ctx, "User"), "c-user", "name"),
		v.column(lang.T(ctx, "State"), "c-state", "state"),
		v.column(lang.T(ctx, "Role"), "c-role", "role"),
		{Label: lang.T(ctx, "Group"), Class: "c-group"},
		{Label: lang.T(ctx, "License"), Class: "c-license"},
		{Label: lang.T(ctx, "Teams"), Class: "c-teams"},
		v.column(lang.T(ctx, "Last seen"), "c-seen", "last_seen_at"),
	}
	if !v.grouped() {
		columns = slices.DeleteFunc(columns, func(c ui.Column) bool { return c.Class == "c-group" })
	}
	if len(v.plans) == 0 {
		columns = slices.DeleteFunc(columns, func(c ui.Column) bool { return c.Class == "c-license" })
	}
	return columns
}

// column is a head that sorts: up at first, down when pressed again. Times go
// the other way, since what is newest is looked for first.
func (v listView) column(label, class, by string) ui.Column {
	now := v.in.Sort
	if now == "" {
		now = DefaultSort
	}
	first, second := by, "-"+by
	if strings.HasSuffix(by, "_at") {
		first, second = second, first
	}
	c := ui.Column{Label: label, Class: class, Href: v.with("sort", first)}
	switch now {
	case by:
		c.Sort = "ascending"
	case "-" + by:
		c.Sort = "descending"
	}
	if now == first {
		c.Href = v.with("sort", second)
	}
	return c
}

var orderWords = map[string]lang.Text{
	"name": lang.Key("by name"), "-name": lang.Key("by name, backwards"),
	"email": lang.Key("by e-mail"), "-email": lang.Key("by e-mail, backwards"),
	"state": lang.Key("by state"), "-state": lang.Key("by state, backwards"),
	"role": lang.Key("by role"), "-role": lang.Key("by role, backwards"),
	"created_at": lang.Key("oldest first"), "-created_at": lang.Key("newest first"),
	"last_seen_at": lang.Key("longest unseen first"), "-last_seen_at": lang.Key("last seen first"),
}

// caption says how many of how many, and in which order.
func (v listView) caption(ctx context.Context) string {
	sort := v.in.Sort
	if sort == "" {
		sort = DefaultSort
	}
	all := v.everybody()
	if n := *v.page.Total; n != all {
		return lang.T(ctx, "%s of %s users, %s", lang.Number(ctx, n), lang.Number(ctx, all), orderWords[sort].In(ctx))
	}
	return lang.N(ctx, all, "%d user, ", "%d users, ") + orderWords[sort].In(ctx)
}

func (v listView) everybody() int {
	n := 0
	for _, of := range v.counts {
		n += of
	}
	return n
}

func (v listView) figures(ctx context.Context) []ui.Figure {
	figure := func(label, note string, s user.State) ui.Figure {
		return ui.Figure{Label: label, Note: note, Value: lang.Number(ctx, v.counts[s]), Href: v.address(url.Values{"state": {string(s)}})}
	}
	invited := figure(lang.T(ctx, "Invited"), v.invitedNote(ctx), user.Invited)
	var figures []ui.Figure
	if v.stock == nil {
		figures = []ui.Figure{
			{Label: lang.T(ctx, "Users"), Note: lang.T(ctx, "in all states"), Value: lang.Number(ctx, v.everybody()), Href: v.address(nil)},
			figure(lang.T(ctx, "Active"), lang.T(ctx, "may sign in"), user.Active), invited,
			figure(lang.T(ctx, "Awaiting activation"), lang.T(ctx, "have not set a password"), user.Pending),
		}
	} else {
		figures = v.licenseFigures(ctx)
	}
	if v.counts[user.Waiting] > 0 {
		waiting := figure(lang.T(ctx, "Waiting"), lang.T(ctx, "for a license"), user.Waiting)
		waiting.Todo = true
		figures = append(figures, waiting)
	}
	if v.stock == nil {
		return append(figures, figure(lang.T(ctx, "Deactivated"), lang.T(ctx, "may not sign in"), user.Deactivated))
	}
	return append(append(figures, invited), v.seatFigures(ctx)...)
}

// licenseFigures are what was bought of named licenses, and what is left.
func (v listView) licenseFigures(ctx context.Context) []ui.Figure {
	g := v.stock
	if g.Plans == 0 {
		return nil
	}
	href := v.c.Path("licenses")
	free := ui.Figure{Label: lang.T(ctx, "Free"), Value: lang.Number(ctx, g.Free), Note: lang.T(ctx, "can be assigned"), Href: href}
	if g.Gone != "" {
		free.Note = lang.T(ctx, "none of %s", g.Gone)
	}
	return []ui.Figure{
		{Label: lang.T(ctx, "Licenses bought"), Value: lang.Number(ctx, g.Bought), Note: lang.N(ctx, g.Plans, "in %d plan", "in %d plans"), Href: href},
		{Label: lang.T(ctx, "Used"), Value: lang.Number(ctx, g.Used), Note: lang.T(ctx, "%d %% of what was bought", 100*g.Used/max(1, g.Bought)), Href: v.with("license_model", string(service.Named))},
		free,
	}
}

// seatFigures are how many seats are in use now, if there are any.
func (v listView) seatFigures(ctx context.Context) []ui.Figure {
	var inUse, limit, members int
	for _, p := range v.stock.Pools {
		inUse, limit, members = inUse+p.InUse, limit+p.Limit, members+p.Members
	}
	if len(v.stock.Pools) == 0 {
		return nil
	}
	return []ui.Figure{{
		Label: lang.T(ctx, "Seats in use now"), Value: lang.Number(ctx, inUse), Of: lang.T(ctx, "of %s", lang.Number(ctx, limit)), Href: v.c.Path("licenses"),
		Note: lang.T(ctx, "%s, %s", lang.N(ctx, len(v.stock.Pools), "in %d pool", "in %d pools"), lang.N(ctx, members, "%d member", "%d members")),
	}}
}

func (v listView) invitedNote(ctx context.Context) string {
	switch {
	case v.open.Expiring > 0:
		return lang.N(ctx, v.open.Expiring, "%d expires within 3 days", "%d expire within 3 days")
	case v.open.Expired > 0:
		return lang.N(ctx, v.open.Expired, "%d has expired", "%d have expired")
	}
	return lang.T(ctx, "have not joined yet")
}

// historyBeside is how many entries stand beside the profile.
const historyBeside = 6

func (v cardView) meta(ctx context.Context) []templ.Component {
	list := []templ.Component{v.state(), ui.Meta{Icon: "mail", Text: v.User.Email}}
	if !v.User.LastSeenAt.IsZero() {
		list = append(list, ui.Meta{Icon: "clock", Body: seen(v)})
	}
	return list
}

func (v cardView) setAt() templ.Component {
	if v.Password.SetAt.IsZero() {
		return nil
	}
	return ui.When{At: v.Password.SetAt, Now: v.c.Now()}
}

func (v cardView) expiry() templ.Component {
	switch {
	case v.User.NeverExpires:
		return exception()
	case v.Password.ExpiresAt.IsZero():
		return nil
	}
	return ui.When{At: v.Password.ExpiresAt, Now: v.c.Now()}
}

func (v cardView) resetSent() templ.Component {
	if v.Password.Reset.SentAt.IsZero() {
		return nil
	}
	return v.reset()
}

// passwordMatters is whether somebody should look at the password first: the user
// cannot sign in with it, or has to set another one.
func (v cardView) passwordMatters() bool {
	return v.Password != nil && (!v.Password.Set || v.Password.MustChange())
}
