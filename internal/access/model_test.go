package access_test

import (
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"roster/internal/access"
	"roster/internal/account"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/role"
	"roster/internal/service"
	"roster/internal/user"
)

// The model is who may do what, written down as plainly and slowly as can be.
type model struct {
	accounts []*modelAccount
	roles    []*modelRole // beside Admin and User
	users    []*modelUser
	groups   []id.Group
	bought   map[string]bool    // services with any subscription: whether one is in force
	whole    map[string]bool    // services of which one to all of it is in force
	plans    map[modelPlan]bool // plans with any subscription: whether one is in force
}

// modelPlan is a plan of a service.
type modelPlan struct{ service, key string }

// brings are the permissions that a license of a plan brings.
var brings = map[modelPlan][]authz.Permission{
	{"fax", "flat"}: {"fax.send"}, {"fax", "pro"}: {"fax.send", "fax.monitor"}, {"net", "flat"}: {"net.order"},
}

type modelAccount struct {
	id     id.Account
	kind   account.Kind
	parent *modelAccount
	links  []*modelAccount
}

type modelRole struct {
	id    id.Role
	gives []authz.Permission
}

type modelUser struct {
	id       id.User
	state    user.State
	role     id.Role
	extra    []authz.Permission
	side     authz.Side
	group    id.Group
	contract []*modelAccount // nil: all
	delivery []*modelAccount // of a user of a delivery account
	plans    []modelPlan     // of which a license is held, one of each service
}

// licensed reports whether a license of the service is held, and whether it is in
// force.
func (m *model) licensed(u *modelUser, service string) (plan modelPlan, held, inForce bool) {
	for _, p := range u.plans {
		if now, bought := m.plans[p]; p.service == service && bought {
			return p, true, now
		}
	}
	return plan, false, false
}

// modelCaller is how far whoever asks sees.
type modelCaller struct {
	groups   []id.Group      // nil: users of all
	accounts []*modelAccount // nil: users of all and none
	contract []*modelAccount // nil: all
}

func (a *modelAccount) atOrBelow(other *modelAccount) bool {
	for ; a != nil; a = a.parent {
		if a == other {
			return true
		}
	}
	return false
}

func (a *modelAccount) amongOrBelow(list []*modelAccount) bool {
	return slices.ContainsFunc(list, a.atOrBelow)
}

// occurs reports whether a delivery account, or one above it, is linked with the
// contract account or one below it.
func (a *modelAccount) occurs(contract *modelAccount) bool {
	for ; a != nil; a = a.parent {
		for _, linked := range a.links {
			if linked.atOrBelow(contract) {
				return true
			}
		}
	}
	return false
}

func (m *model) account(one id.Account) *modelAccount {
	for _, a := range m.accounts {
		if a.id == one {
			return a
		}
	}
	return nil
}

// reaches is the rule about accounts. A nil list is all.
func (m *model) reaches(contracts, deliveries []*modelAccount, contract, delivery id.Account) bool {
	c, d := m.account(contract), m.account(delivery)
	if contract != "" && (c == nil || c.kind != account.Contract || contracts != nil && !c.amongOrBelow(contracts)) {
		return false
	}
	if delivery != "" && (d == nil || d.kind != account.Delivery || deliveries != nil && !d.amongOrBelow(deliveries)) {
		return false
	}
	switch {
	case c != nil && d != nil:
		return d.occurs(c)
	case d != nil && contracts != nil:
		return slices.ContainsFunc(contracts, d.occurs)
	case c != nil && deliveries != nil:
		for _, one := range m.accounts {
			if one.kind == account.Delivery && one.amongOrBelow(deliveries) && one.occurs(c) {
				return true
			}
		}
		return false
	}
	return true
}

func (m *model) sees(c modelCaller, u *modelUser) bool {
	if c.groups != nil && !slices.Contains(c.groups, u.group) {
		return false
	}
	if c.accounts == nil {
		return true
	}
	return slices.ContainsFunc(slices.Concat(u.contract, u.delivery), func(a *modelAccount) bool { return a.amongOrBelow(c.accounts) })
}

func (m *model) answer(c modelCaller, q access.Question) access.Answer {
	var u *modelUser
	for _, one := range m.users {
		if one.id == q.User && m.sees(c, one) {
			u = one
		}
	}
	if u == nil {
		return access.Answer{Reason: "unknown_user"}
	}
	var d *declared
	for _, one := range declaredHere {
		if _, bought := m.bought[one.service]; one.key == q.Permission && (bought || one.service == "") {
			d = &one
		}
	}
	if d == nil {
		return access.Answer{Reason: "unknown_permission"}
	}
	switch {
	case u.state == user.Waiting:
		return access.Answer{Reason: "no_license"}
	case u.state != user.Active:
		return access.Answer{Reason: "not_active"}
	case d.service != "" && !m.bought[d.service]:
		return access.Answer{Reason: "subscription_expired"}
	}
	plan, licensed, inForce := m.licensed(u, d.service)
	if d.service != "" && !m.whole[d.service] && !inForce {
		if licensed {
			return access.Answer{Reason: "subscription_expired"}
		}
		return access.Answer{Reason: "no_license"}
	}
	why := access.Reason("")
	if licensed && inForce && slices.Contains(brings[plan], d.key) {
		why = "plan"
	}
	if d.everybody {
		why = "everybody"
	}
	if slices.Contains(u.extra, d.key) {
		why = "grant"
	}
	if u.role == authz.RoleAdmin {
		why = "role"
	}
	for _, r := range m.roles {
		if r.id == u.role && slices.Contains(r.gives, d.key) {
			why = "role"
		}
	}
	switch {
	case why == "":
		return access.Answer{Reason: "no_grant"}
	case u.side == authz.OfDelivery && !d.delivery:
		return access.Answer{Reason: "delivery"}
	case !m.reaches(u.contract, u.delivery, q.Contract, q.Delivery) || !m.reaches(c.contract, nil, q.Contract, q.Delivery):
		return access.Answer{Reason: "account"}
	}
	return access.Answer{Allowed: true, Reason: why}
}

// declared is a permission as this test knows it.
type declared struct {
	key                 authz.Permission
	service             string
	everybody, delivery bool
}

var declaredHere = []declared{
	{authz.UsersView, "", false, true}, {authz.UsersManage, "", false, true}, {authz.SettingsManage, "", false, false},
	{"fax.send", "fax", false, true}, {"fax.monitor", "fax", false, false}, {"fax.read", "fax", true, true},
	{"net.order", "net", false, true}, {"net.inside", "net", true, false},
}

func (m *model) ids(list []*modelAccount) authz.Accounts {
	if list == nil {
		return authz.AllAccounts()
	}
	var ids []id.Account
	for _, a := range list {
		ids = append(ids, a.id)
	}
	return authz.ChosenAccounts(ids...)
}

// some draws a few of a list, at least one.
func some[T any](r *rapid.T, label string, list []T, most int) []T {
	n := rapid.IntRange(1, min(most, len(list))).Draw(r, label+" count")
	return rapid.Permutation(list).Draw(r, label)[:n]
}

func (m *model) of(kind account.Kind) []*modelAccount {
	return slices.DeleteFunc(slices.Clone(m.accounts), func(a *modelAccount) bool { return a.kind != kind })
}

// chooses draws nil for all, or some accounts of a kind.
func (m *model) chooses(r *rapid.T, label string, kind account.Kind) []*modelAccount {
	if list := m.of(kind); len(list) > 0 && rapid.Bool().Draw(r, label+" limited") {
		return some(r, label, list, 2)
	}
	return nil
}

func permissions(r *rapid.T, label string) []authz.Permission {
	var keys []authz.Permission
	for _, d := range declaredHere {
		keys = append(keys, d.key)
	}
	return rapid.SliceOfNDistinct(rapid.SampledFrom(keys), 0, 4, rapid.ID).Draw(r, label)
}

// build makes accounts, roles and users, and writes them into the model.
func (m *model) build(t *op.Tx, r *rapid.T) error {
	for i := range rapid.IntRange(0, 9).Draw(r, "accounts") {
		a := &modelAccount{kind: rapid.SampledFrom([]account.Kind{account.Contract, account.Delivery}).Draw(r, "kind")}
		in := account.New{Kind: a.kind, Input: account.Input{Name: patch.To("A" + strconv.Itoa(i))}}
		if same := m.of(a.kind); len(same) > 0 && rapid.Bool().Draw(r, "nested") {
			a.parent = rapid.SampledFrom(same).Draw(r, "parent")
			in.Parent = patch.To(a.parent.id)
		}
		if contracts := m.of(account.Contract); a.kind == account.Delivery && len(contracts) > 0 && rapid.Bool().Draw(r, "linked") {
			a.links = some(r, "links", contracts, 2)
			in.Contracts = patch.To(account.IDs(m.ids(a.links).IDs))
		}
		made, err := account.Create.Run(t, in)
		if err != nil {
			return err
		}
		a.id = made.ID
		m.accounts = append(m.accounts, a)
	}
	for i := range 2 {
		gives := slices.DeleteFunc(permissions(r, "role"), func(p authz.Permission) bool { return !m.offered(p) })
		made, err := role.Create.Run(t, role.Input{Name: patch.To("R" + strconv.Itoa(i)), Permissions: patch.To(role.Permissions(gives))})
		if err != nil {
			return err
		}
		m.roles = append(m.roles, &modelRole{made.ID, gives})
	}
	for i := range rapid.IntRange(1, 5).Draw(r, "users") {
		u := &modelUser{side: authz.OfOrganization, group: rapid.SampledFrom(m.groups).Draw(r, "group")}
		m.rights(r, u)
		u.state = rapid.SampledFrom([]user.State{user.Active, user.Active, user.Active, user.Waiting, user.Pending, user.Deactivated}).Draw(r, "state")
		added, ok, err := user.Add(t, user.User{
			Type: user.Personal, Email: fmt.Sprintf("p%d@model.example", i), FirstName: "P", LastName: strconv.Itoa(i), State: u.state, Group: u.group, Role: u.role,
			Authentication: user.ByPassword, Rights: user.Rights{Extra: u.extra, Side: u.side, Contract: m.ids(u.contract), Delivery: m.ids(u.delivery)},
		})
		if err != nil || !ok {
			return fmt.Errorf("add a user: %v, %w", ok, err)
		}
		u.id = added.ID
		m.users = append(m.users, u)
		if err := m.licenses(t, r, u); err != nil {
			return err
		}
	}
	return nil
}

func (m *model) offered(p authz.Permission) bool {
	return slices.ContainsFunc(declaredHere, func(d declared) bool {
		_, bought := m.bought[d.service]
		return d.key == p && (bought || d.service == "")
	})
}

// rights draws what a user may do, and where.
func (m *model) rights(r *rapid.T, u *modelUser) {
	roles := []id.Role{authz.RoleAdmin, authz.RoleUser}
	for _, one := range m.roles {
		roles = append(roles, one.id)
	}
	u.role = rapid.SampledFrom(roles).Draw(r, "role")
	u.extra = slices.DeleteFunc(permissions(r, "extra"), func(p authz.Permission) bool { return !m.offered(p) })
	u.contract, u.delivery, u.side = m.chooses(r, "contract", account.Contract), nil, authz.OfOrganization
	if deliveries := m.of(account.Delivery); len(deliveries) > 0 && rapid.Bool().Draw(r, "side") {
		u.side, u.delivery = authz.OfDelivery, some(r, "delivery", deliveries, 2)
	}
}

// change moves an account, and changes a role, a user's rights and a state.
func (m *model) change(t *op.Tx, r *rapid.T) error {
	if len(m.accounts) > 0 {
		a := rapid.SampledFrom(m.accounts).Draw(r, "moved")
		under := rapid.SampledFrom(m.of(a.kind)).Draw(r, "under")
		if !under.atOrBelow(a) {
			if _, err := account.Change.Run(t, account.Update{ID: a.id, Input: account.Input{Parent: patch.To(under.id)}}); err != nil {
				return err
			}
			a.parent = under
		}
	}
	one := rapid.SampledFrom(m.roles).Draw(r, "changed role")
	one.gives = slices.DeleteFunc(permissions(r, "gives"), func(p authz.Permission) bool { return !m.offered(p) })
	if _, err := role.Change.Run(t, role.Update{ID: one.id, Input: role.Input{Permissions: patch.To(role.Permissions(one.gives))}}); err != nil {
		return err
	}
	u := rapid.SampledFrom(m.users).Draw(r, "changed user")
	m.rights(r, u)
	if _, err := t.Exec(`update users set role_id = :role, permissions = :extra, side = :side, contract_access = :access where org_id = :org and id = :id`, op.Args{
		"role": string(u.role), "extra": role.Permissions(u.extra).Written(), "side": u.side, "access": map[bool]string{true: "all", false: "chosen"}[u.contract == nil], "id": u.id,
	}); err != nil {
		return err
	}
	if err := account.Give(t, u.id, m.ids(u.contract), m.ids(u.delivery)); err != nil {
		return err
	}
	u = rapid.SampledFrom(m.users).Draw(r, "moved user")
	u.state = rapid.SampledFrom([]user.State{user.Active, user.Waiting, user.Deactivated}).Draw(r, "new state")
	if _, err := t.Exec(`update users set state = :state where org_id = :org and id = :id`, op.Args{"state": u.state, "id": u.id}); err != nil {
		return err
	}
	return m.licenses(t, r, rapid.SampledFrom(m.users).Draw(r, "licensed user"))
}

// licenses draws what a user has of each service: nothing, or a plan that is held
// or only waited for.
func (m *model) licenses(t *op.Tx, r *rapid.T, u *modelUser) error {
	if _, err := t.Exec(`delete from licenses where org_id = :org and user_id = :id`, op.Args{"id": u.id}); err != nil {
		return err
	}
	u.plans = nil
	for _, service := range []string{"fax", "net"} {
		p := modelPlan{service, rapid.SampledFrom([]string{"", "flat", "pro"}).Draw(r, "plan of "+service)}
		if brings[p] == nil {
			continue
		}
		held := rapid.IntRange(0, 3).Draw(r, "held") > 0
		if held {
			u.plans = append(u.plans, p)
		}
		if _, err := t.Exec(`insert into licenses (org_id, user_id, service, plan, held, manual, since) values (:org, :id, :service, :plan, :held, false, :now)`,
			op.Args{"id": u.id, "service": p.service, "plan": p.key, "held": held, "now": t.Now()}); err != nil {
			return err
		}
	}
	return nil
}

// question draws one, about what there is and what there is not.
func (m *model) question(r *rapid.T, foreign apptest.Place) access.Question {
	users := []id.User{foreign.User.User.ID, "usr_none", "x' or '1'='1"}
	for range 3 {
		for _, u := range m.users {
			users = append(users, u.id)
		}
	}
	keys := []authz.Permission{authz.OrganizationsManage, authz.SelfService, "no.such"}
	for _, d := range declaredHere {
		keys = append(keys, d.key, d.key)
	}
	accounts := []id.Account{"", "", "", "acc_none"}
	for _, a := range m.accounts {
		accounts = append(accounts, a.id)
	}
	// What a license brings would be asked for too seldom by chance.
	if likely := m.brought(); len(likely) > 0 && rapid.IntRange(0, 7).Draw(r, "about a license") == 0 {
		return rapid.SampledFrom(likely).Draw(r, "what it brings")
	}
	return access.Question{
		User: rapid.SampledFrom(users).Draw(r, "user"), Permission: rapid.SampledFrom(keys).Draw(r, "permission"),
		Contract: rapid.SampledFrom(accounts).Draw(r, "on contract"), Delivery: rapid.SampledFrom(accounts).Draw(r, "on delivery"),
	}
}

// brought are the questions about what licenses bring that are in force.
func (m *model) brought() []access.Question {
	var list []access.Question
	for _, u := range m.users {
		for _, p := range u.plans {
			for _, one := range brings[p] {
				if m.plans[p] {
					list = append(list, access.Question{User: u.id, Permission: one})
				}
			}
		}
	}
	return list
}

func (m *model) caller(r *rapid.T) modelCaller {
	c := modelCaller{contract: m.chooses(r, "caller's contract", account.Contract)}
	if rapid.IntRange(0, 3).Draw(r, "caller limited to groups") == 0 {
		c.groups = some(r, "caller's groups", m.groups, 1)
	}
	if rapid.IntRange(0, 3).Draw(r, "caller limited to accounts") == 0 && len(m.accounts) > 0 {
		c.accounts = some(r, "caller's accounts", m.accounts, 2)
	}
	return c
}

// subscribes draws what the organization has bought of each service.
func (m *model) subscribes(t *op.Tx, r *rapid.T) error {
	day := func(n int) string { return t.Now().AddDate(0, 0, n).Format(time.DateOnly) }
	for _, service := range []string{"fax", "net"} {
		for range rapid.IntRange(0, 2).Draw(r, "subscriptions") {
			starts, ends := rapid.IntRange(-3, 1).Draw(r, "starts"), rapid.IntRange(-2, 2).Draw(r, "ends")
			written := day(ends)
			if ends == 2 {
				written = ""
			}
			to := modelPlan{service, rapid.SampledFrom([]string{"", "flat", "pro"}).Draw(r, "bought plan")}
			if brings[to] == nil {
				to.key = ""
			}
			if ends == 2 || ends >= starts { // else it was withdrawn before it began
				now := starts <= 0 && ends >= 0
				m.bought[service] = m.bought[service] || now
				m.whole[service] = m.whole[service] || now && to.key == ""
				m.plans[to] = m.plans[to] || now && to.key != ""
			}
			if _, err := t.Exec(`insert into subscriptions (org_id, id, service, plan, quantity, starts_on, ends_on, created_at, version)
				values (:org, :id, :service, :plan, 3, :starts, :ends, :now, 1)`,
				op.Args{"id": string(id.New[id.Event](t.Now())), "plan": to.key, "service": service, "starts": day(starts), "ends": written, "now": t.Now()}); err != nil {
				return err
			}
		}
	}
	return nil
}

// arrange writes fixtures with the ordinary steps, and inspect asks in anybody's name.
var arrange = op.Command[func(*op.Tx) error, op.Nothing]{
	Name: "test.arrange", Needs: authz.UsersManage, Scope: authz.InOrg, Quiet: "a fixture",
	Run: func(t *op.Tx, f func(*op.Tx) error) (op.Nothing, error) { return op.Nothing{}, f(t) },
}

// Random trees, links, roles, extra permissions, sides, states, subscriptions and
// callers: every answer is the model's, after every change.
func TestAnswersAreThoseOfTheModel(t *testing.T) {
	seen := map[access.Reason]bool{}
	for name, test := range map[string]struct {
		address func(testing.TB) string
		runs    int
	}{"sqlite": {apptest.SQLite, 300}, "postgres": {apptest.PostgreSQL, 40}} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() {
				test.runs = 40
			}
			w := apptest.New(t, test.address(t))
			now := time.Now().UTC()
			w.Advance(now.Truncate(24 * time.Hour).Add(12 * time.Hour).Sub(now)) // far from midnight
			declare(t, w)
			sell(t, w)
			var acts authz.Actor
			door := w.Another(t, func(c *op.Config) {
				prove := c.Hooks.Actor
				c.Hooks.Actor = func(t *op.Tx, caller authz.Caller, org id.Org) (authz.Actor, error) {
					if caller.System == "model" {
						return acts, nil
					}
					return prove(t, caller, org)
				}
			})
			vendor := authz.Actor{Kind: authz.OperatorKey, ID: "key_model", Permissions: authz.OperatorSet(), Reach: authz.Everywhere()}
			runs(t, test.runs)
			rapid.Check(t, func(r *rapid.T) {
				m := &model{bought: map[string]bool{}, whole: map[string]bool{}, plans: map[modelPlan]bool{}}
				o, err := org.Create.Do(t.Context(), w.Door, apptest.OperatorCall(), org.New{Name: "Model " + strings.ToLower(string(id.New[id.Event](now)))})
				if err != nil {
					r.Fatal(err)
				}
				call := op.Call{By: authz.Caller{System: "model", Origin: apptest.Origin}, Org: string(o.ID)}
				// do runs once, so that what is drawn is drawn once: nobody else is there to conflict with.
				do := func(f func(*op.Tx) error) {
					acts = vendor
					if _, err := arrange.Do(t.Context(), door, call, f); err != nil {
						r.Fatal(err)
					}
				}
				do(func(t *op.Tx) error {
					if err := m.subscribes(t, r); err != nil {
						return err
					}
					if m.groups, err = groupsOf(t); err != nil {
						return err
					}
					return m.build(t, r)
				})
				for range 3 {
					c := m.caller(r)
					reach := authz.Everywhere()
					reach.Contract, reach.Limits = m.ids(c.contract), authz.Limits{Groups: c.groups, Accounts: m.ids(c.accounts).IDs}
					acts = authz.Actor{Kind: authz.KeyKind, ID: "key_model", Org: o.ID, Permissions: authz.SetOf(authz.AccessCheck), Reach: reach}
					in := access.Questions{}
					for range rapid.IntRange(1, 40).Draw(r, "questions") {
						in.Checks = append(in.Checks, m.question(r, w.B))
					}
					out, err := access.Check.Do(t.Context(), door, call, in)
					if err != nil || len(out.Results) != len(in.Checks) {
						r.Fatalf("%d answers, %v", len(out.Results), err)
					}
					for i, q := range in.Checks {
						seen[out.Results[i].Reason] = true
						if want := m.answer(c, q); out.Results[i] != want {
							r.Fatalf("%+v: got %+v, want %+v", q, out.Results[i], want)
						}
					}
					do(func(t *op.Tx) error { return m.change(t, r) })
				}
			})
		})
	}
	// A few dozen runs may miss one by chance; all of them together do not.
	if !testing.Short() && len(seen) != 12 {
		t.Errorf("the questions led to %v only", seen)
	}
}

// sell declares the plans of the services.
func sell(t *testing.T, w *apptest.World) {
	for p, gives := range brings {
		in := service.NewPlan{Service: p.service, Key: p.key, Model: service.Named, PlanInput: service.PlanInput{
			Name: patch.To("Plan " + p.key), Permissions: patch.To(role.Permissions(gives)),
		}}
		if _, err := service.CreatePlan.Do(t.Context(), w.Door, apptest.OperatorCall(), in); err != nil {
			t.Fatal(err)
		}
	}
}

// runs sets how many runs rapid makes, unless the command line says so.
func runs(t *testing.T, n int) {
	t.Helper()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	f := flag.Lookup("rapid.checks")
	if given || f == nil {
		return
	}
	before := f.Value.String()
	if err := f.Value.Set(strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Value.Set(before) })
}

// groupsOf makes a second group beside the default one.
func groupsOf(t *op.Tx) ([]id.Group, error) {
	if _, err := t.Exec(`insert into groups (org_id, id, name, name_key, is_default, default_role_id, default_language, settings, created_at, version)
		select org_id, id || 'x', 'Second', 'second', false, default_role_id, default_language, settings, created_at, 1 from groups where org_id = :org`, nil); err != nil {
		return nil, err
	}
	return op.All[id.Group](t, `select id from groups where org_id = :org order by id`, nil)
}

// declare makes the services of declaredHere.
func declare(t testing.TB, w *apptest.World) {
	t.Helper()
	_, err := declares.Do(t.Context(), w.Door, op.Call{By: authz.Worker("test")}, op.Nothing{})
	if err != nil {
		t.Fatal(err)
	}
}

var declares = op.Command[op.Nothing, op.Nothing]{
	Name: "test.declare", Needs: authz.SystemWork, Scope: authz.System, Quiet: "a fixture",
	Run: func(t *op.Tx, _ op.Nothing) (op.Nothing, error) {
		for _, service := range []string{"fax", "net"} {
			if _, err := t.Exec(`-- across organizations: services belong to none
				insert into services (key, name, name_key, link, install_text, welcome_text, license_required, uses_numbers, created_at, version)
				values (:key, :name, :key, '', '', '', false, false, :now, 1)`, op.Args{"key": service, "name": strings.ToUpper(service), "now": t.Now()}); err != nil {
				return op.Nothing{}, err
			}
		}
		for i, d := range declaredHere {
			if d.service == "" {
				continue
			}
			if _, err := t.Exec(`-- across organizations: services belong to none
				insert into service_permissions (service, key, name, everybody, delivery, position) values (:service, :key, :name, :everybody, :delivery, :at)`,
				op.Args{"service": d.service, "key": d.key, "name": string(d.key), "everybody": d.everybody, "delivery": d.delivery, "at": i}); err != nil {
				return op.Nothing{}, err
			}
		}
		return op.Nothing{}, nil
	},
}
