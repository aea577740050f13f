package access

import (
	"slices"

	"roster/internal/account"
	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/license"
	"roster/internal/op"
	"roster/internal/role"
	"roster/internal/seat"
	"roster/internal/service"
	"roster/internal/user"
)

// gather reads the facts that answer all of the questions.
func gather(t *op.Tx, questions []Question) (facts, error) {
	var people []id.User
	var permissions []authz.Permission
	var accounts []id.Account
	for _, q := range questions {
		people, permissions = append(people, q.User), append(permissions, q.Permission)
		for _, one := range []id.Account{q.Contract, q.Delivery} {
			if one != "" {
				accounts = append(accounts, one)
			}
		}
	}
	f := facts{asks: reachOf(t.Actor())}
	var err error
	if f.users, err = usersOf(t, once(people)); err != nil {
		return f, err
	}
	if f.offers, err = offersOf(t, once(permissions)); err != nil {
		return f, err
	}
	var sold []string
	for _, o := range f.offers {
		if o.Sold {
			sold = append(sold, o.Service)
		}
	}
	if f.held, err = licensesOf(t, people, once(sold)); err != nil {
		return f, err
	}
	given := slices.Clone(f.asks.Delivery.IDs)
	for _, u := range f.users {
		given = append(given, u.Delivery.IDs...)
	}
	f.forest, err = account.Known(t, once(accounts), once(given))
	return f, err
}

// reachOf is how far an actor's own rights go; the operator's go everywhere.
func reachOf(a authz.Actor) authz.Reach {
	if a.OnPlatform() {
		return authz.Everywhere()
	}
	return a.Reach
}

func once[T ~string](list []T) []T {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// bearer is what of a user decides what they may do.
type bearer struct {
	ID    id.User    `db:"id"`
	State user.State `db:"state"`
	Role  id.Role    `db:"role_id"`
	user.Rights
}

var bearerColumns = `u.id, u.state, u.role_id, ` + user.RightsColumns("u.", ":org")

// usersOf are those of the users whom whoever asks reaches.
func usersOf(t *op.Tx, users []id.User) (map[id.User]user.User, error) {
	condition, args := account.Within(t)
	args["ids"] = users
	rows, err := op.All[bearer](t, `select `+bearerColumns+`
		from users u where u.org_id = :org and u.id in (:ids)`+condition, args)
	found := make(map[id.User]user.User, len(rows))
	for _, r := range rows {
		found[r.ID] = user.User{ID: r.ID, State: r.State, Role: r.Role, Rights: r.Rights}
	}
	return found, err
}

// offersOf are those of the permissions that the organization can give.
func offersOf(t *op.Tx, permissions []authz.Permission) (map[authz.Permission]offer, error) {
	offers := make(map[authz.Permission]offer, len(permissions))
	for _, d := range authz.OrganizationPermissions() {
		if slices.Contains(permissions, d.Permission) {
			offers[d.Permission] = offer{Offered: role.Offered{Described: d}, InForce: true, Whole: true}
		}
	}
	if len(offers) == len(permissions) {
		return offers, nil
	}
	declared, err := op.All[struct {
		Key       authz.Permission `db:"key"`
		Everybody bool             `db:"everybody"`
		Delivery  bool             `db:"delivery"`
		Service   string           `db:"service"`
		InForce   bool             `db:"in_force"`
		Whole     bool             `db:"whole"`
		Sold      bool             `db:"sold"`
	}](t, `select p.key, p.everybody, p.delivery, p.service, max(case when `+service.SubscriptionInForce+` then 1 else 0 end) as in_force,
			max(case when b.plan = '' and `+service.SubscriptionInForce+` then 1 else 0 end) as whole,
			max(case when b.plan <> '' then 1 else 0 end) as sold
		from service_permissions p join subscriptions b on b.org_id = :org and b.service = p.service and (b.ends_on = '' or b.ends_on >= b.starts_on)
		where p.key in (:keys) group by p.key, p.everybody, p.delivery, p.service`, op.Args{"keys": permissions, "today": service.Today(t)})
	for _, d := range declared {
		offers[d.Key] = offer{role.Offered{
			Described: authz.Described{Permission: d.Key, Delivery: d.Delivery}, Service: d.Service, Everybody: d.Everybody,
		}, d.InForce, d.Whole, d.Sold}
	}
	return offers, err
}

// licensesOf are the plans that the users hold of the services.
func licensesOf(t *op.Tx, users []id.User, services []string) (licenses, error) {
	if len(services) == 0 {
		return nil, nil
	}
	held, err := license.HeldBy(t, users, services)
	if err != nil || len(held) == 0 {
		return nil, err
	}
	bought, err := service.Bought(t)
	if err != nil {
		return nil, err
	}
	found := licenses{}
	var members []license.License
	for i := range bought {
		for _, l := range held {
			if l.Service != bought[i].Service || l.Plan != bought[i].Key {
				continue
			}
			if found[l.User] == nil {
				found[l.User] = map[string]*holding{}
			}
			found[l.User][l.Service] = &holding{Stock: &bought[i]}
			if bought[i].Model == service.Seat {
				members = append(members, l)
			}
		}
	}
	return found, seatedIn(t, found, members)
}

// seatedIn notes which members of pools have a seat now.
func seatedIn(t *op.Tx, found licenses, members []license.License) error {
	if len(members) == 0 {
		return nil
	}
	people := make([]id.User, len(members))
	for i, l := range members {
		people[i] = l.User
	}
	seated, err := seat.InUse(t, people)
	for _, l := range members {
		found[l.User][l.Service].Seated = seated[seat.Place{User: l.User, Pool: l.Pool}]
	}
	return err
}

// teamsNamed are the names of some teams.
func teamsNamed(t *op.Tx, teams []id.Team) ([]Named, error) {
	if len(teams) == 0 {
		return []Named{}, nil
	}
	return op.All[Named](t, `select id, name from teams where org_id = :org and id in (:ids) order by name_key, id`, op.Args{"ids": teams})
}
