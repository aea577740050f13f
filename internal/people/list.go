package people

import (
	"slices"
	"strings"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/mailaddr"
	"roster/internal/op"
	"roster/internal/service"
	"roster/internal/text"
	"roster/internal/user"
)

// Operations lists what this package does.
func Operations() []op.Operation { return []op.Operation{List, Lookup, Counts, Card, passwordRules} }

// Filter is what the Users page shows, as its address has it.
type Filter struct {
	Search  string        `query:"q" json:"-" form:"q" maxLength:"128" doc:"Part of a name, address, username, phone number or external id; one or two letters: how a word of them begins."`
	States  []user.State  `query:"state" json:"-" form:"state" doc:"Only users in these states."`
	Roles   []id.Role     `query:"role_id" json:"-" form:"role" doc:"Only users with these roles."`
	Groups  []id.Group    `query:"group_id" json:"-" form:"group" doc:"Only users in these groups."`
	Teams   []id.Team     `query:"team_id" json:"-" form:"team" doc:"Only users in one of these teams."`
	Side    authz.Side    `query:"side" json:"-" form:"side" enum:"organization,delivery" doc:"Only the organization's own users, or only those of delivery accounts."`
	Plans   []string      `query:"plan" json:"-" form:"plan" doc:"Only users who hold a license of one of these plans, written service/plan; none: who hold none."`
	Pools   []id.SeatPool `query:"pool_id" json:"-" form:"pool" doc:"Only members of one of these seat pools."`
	Model   service.Model `query:"license_model" json:"-" form:"license_model" enum:"named,seat" doc:"Only users who hold a license of this model."`
	Account id.Account    `query:"account_id" json:"-" form:"account" doc:"Only users who were given this account, or one that lies below it."`
	Sort    string        `query:"sort" json:"-" form:"sort" doc:"name, email, state, role, created_at or last_seen_at; a hyphen before it turns the order around."`
}

// ListInput is a filter and a page.
type ListInput struct {
	Filter
	op.Paging
}

// List answers the users that match. Errors: invalid_parameter, invalid_cursor.
var List = op.Query[ListInput, op.Page[user.User]]{
	Name: "user.list", Needs: authz.UsersView, Scope: authz.InOrg, Run: list,
}

// Counts answers how many users there are, state by state.
var Counts = op.Query[op.Nothing, map[user.State]int]{
	Name: "user.count", Needs: authz.UsersView, Scope: authz.InOrg,
	Run: func(t *op.Tx, _ op.Nothing) (map[user.State]int, error) { return user.CountByState(t) },
}

// Address is what Lookup is asked.
type Address struct {
	Email string `query:"email" json:"-" doc:"The address to look for." required:"true"`
}

// Found is what Lookup answers.
type Found struct {
	Exists bool       `json:"exists"`
	User   *user.User `json:"user"`
}

// Lookup tells whether an address belongs to a user of the organization.
var Lookup = op.Query[Address, Found]{
	Name: "user.lookup", Needs: authz.UsersView, Scope: authz.InOrg,
	Run: func(t *op.Tx, in Address) (Found, error) {
		a, err := mailaddr.Parse(in.Email)
		if err != nil {
			return Found{}, errs.Malformed("invalid_parameter", "email is %v.", err)
		}
		found, err := user.ByEmailKeys(t, []string{a.Key})
		u, ok := found[a.Key]
		if err != nil || !ok {
			return Found{}, err
		}
		within, err := user.Within(t, []id.User{u.ID})
		if !within[u.ID] { // the address is taken; by whom is not the caller's to know
			return Found{Exists: true}, err
		}
		return Found{true, &u}, err
	},
}

// order is one of the orders that a list can have.
type order struct {
	name string
	by   []string // SQL, ending in what makes it total
	at   func(user.User) []any
}

// orders are all of them. What is not in here cannot be sorted by.
var orders = []order{
	{"name", []string{"name_key", "id"}, func(u user.User) []any { return []any{u.NameKey(), u.ID} }},
	{"email", []string{"email_key", "id"}, func(u user.User) []any { return []any{u.EmailKey(), u.ID} }},
	{"state", []string{"state", "name_key", "id"}, func(u user.User) []any { return []any{u.State, u.NameKey(), u.ID} }},
	{"role", []string{"role_id", "name_key", "id"}, func(u user.User) []any { return []any{u.Role, u.NameKey(), u.ID} }},
	{"created_at", []string{"created_at", "id"}, func(u user.User) []any { return []any{u.CreatedAt.UnixMilli(), u.ID} }},
	{"last_seen_at", []string{"coalesce(last_seen_at, 0)", "id"}, func(u user.User) []any {
		if u.LastSeenAt.IsZero() {
			return []any{0, u.ID}
		}
		return []any{u.LastSeenAt.UnixMilli(), u.ID}
	}},
}

// DefaultSort is the order of a list that asks for none.
const DefaultSort = "name"

// view is a filter that has been understood.
type view struct {
	search  string // folded
	states  []user.State
	roles   []id.Role
	groups  []id.Group
	teams   []id.Team
	side    authz.Side
	account id.Account
	plans   []string
	pools   []id.SeatPool
	model   service.Model
	order   order
	down    bool
}

// read understands a filter, or refuses what it does not know.
func (f Filter) read() (view, error) {
	v := view{search: text.SearchKey(f.Search), states: f.States, roles: f.Roles, groups: f.Groups, teams: f.Teams, side: f.Side, account: f.Account, plans: f.Plans, pools: f.Pools, model: f.Model}
	if len([]rune(f.Search)) > 128 {
		return v, errs.Malformed("invalid_parameter", "q has at most 128 characters.")
	}
	for _, s := range f.States {
		if !slices.Contains(user.States(), s) {
			return v, errs.Malformed("invalid_parameter", "There is no state %q.", string(s))
		}
	}
	if f.Side != "" && f.Side != authz.OfOrganization && f.Side != authz.OfDelivery {
		return v, errs.Malformed("invalid_parameter", "side is organization or delivery.")
	}
	if f.Model != "" && f.Model != service.Named && f.Model != service.Seat {
		return v, errs.Malformed("invalid_parameter", "license_model is named or seat.")
	}
	for _, n := range []int{len(f.Roles), len(f.Groups), len(f.Teams), len(f.Plans), len(f.Pools)} {
		if n > 100 {
			return v, errs.Malformed("invalid_parameter", "At most 100 of a kind can be asked for at once.")
		}
	}
	name := f.Sort
	if name == "" {
		name = DefaultSort
	}
	name, v.down = strings.CutPrefix(name, "-")
	at := slices.IndexFunc(orders, func(o order) bool { return o.name == name })
	if at < 0 {
		return v, errs.Malformed("invalid_parameter", "The list cannot be sorted by this. Use name, email, state, role, created_at or last_seen_at.")
	}
	v.order = orders[at]
	return v, nil
}

// list names the view for cursors: a cursor of one view does not open in another.
func (v view) list() string {
	parts := []string{"users", v.search, string(v.side), string(v.account), v.order.name, string(v.model)}
	if v.down {
		parts = append(parts, "down")
	}
	for _, s := range v.states {
		parts = append(parts, string(s))
	}
	for _, r := range v.roles {
		parts = append(parts, string(r))
	}
	for _, g := range v.groups {
		parts = append(parts, string(g))
	}
	for _, one := range v.teams {
		parts = append(parts, string(one))
	}
	for _, one := range v.pools {
		parts = append(parts, string(one))
	}
	return strings.Join(append(parts, v.plans...), "\x00")
}

func list(t *op.Tx, in ListInput) (op.Page[user.User], error) {
	var none op.Page[user.User]
	v, err := in.read()
	if err != nil {
		return none, err
	}
	limit, err := in.Size()
	if err != nil {
		return none, err
	}
	var after []any
	if in.Cursor != "" {
		if err := t.OpenCursor(v.list(), in.Cursor, &after); err != nil {
			return none, err
		}
	}
	q, err := plan(t, v)
	if err != nil {
		return none, err
	}
	rows, err := q.page(t, v, after, limit+1)
	if err != nil {
		return none, err
	}
	p, err := op.Cut(t, v.list(), rows, limit, func(u user.User) any { return v.order.at(u) })
	if err == nil && in.Count {
		var n int
		n, err = q.count(t)
		p.Total = &n
	}
	return p, err
}
