package access

import (
	"slices"

	"roster/internal/account"
	"roster/internal/authz"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/role"
	"roster/internal/user"
)

// Operations lists what this package does.
func Operations() []op.Operation { return []op.Operation{Check, Explain} }

// Questions are what is asked in one call.
type Questions struct {
	Checks []Question `json:"checks" required:"true" minItems:"1" maxItems:"1000" doc:"Up to 1,000 questions."`
}

// Answers are the answers in the order of the questions.
type Answers struct {
	Results []Answer `json:"results"`
}

// Check answers whether users may do something. What does not exist, and what
// lies beyond the reach of whoever asks, is a no and no error. Errors:
// validation_failed, and organization_suspended for the operator's keys, too.
var Check = op.Query[Questions, Answers]{
	Name: "access.check", Needs: authz.AccessCheck, Scope: authz.InOrg,
	Run: func(t *op.Tx, in Questions) (Answers, error) {
		if err := t.Serving(); err != nil {
			return Answers{}, err
		}
		if err := check(in.Checks); err != nil {
			return Answers{}, err
		}
		f, err := gather(t, in.Checks)
		if err != nil {
			return Answers{}, err
		}
		all := Answers{Results: make([]Answer, len(in.Checks))}
		for i, q := range in.Checks {
			all.Results[i] = f.answer(q)
		}
		return all, nil
	},
}

// Explain answers everything that a user may do, and why. Error: not_found.
var Explain = op.Query[user.Ref, Explained]{
	Name: "access.explain", Needs: authz.UsersView, Scope: authz.InOrg, Run: explain,
}

func explain(t *op.Tx, in user.Ref) (Explained, error) {
	u, err := user.ByID(t, in.ID)
	if err != nil {
		return Explained{}, err
	}
	e := Explained{User: u.ID, State: u.State, Side: u.Side, Role: Named{string(u.Role), u.RoleCalled()}, Permissions: []Held{}}
	catalogue, err := role.CatalogueOf(t)
	if err != nil {
		return e, err
	}
	keys, services := make([]authz.Permission, len(catalogue)), make([]string, len(catalogue))
	for i, o := range catalogue {
		keys[i], services[i] = o.Permission, o.Service
	}
	offers, err := offersOf(t, keys)
	if err != nil {
		return e, err
	}
	plans, err := licensesOf(t, []id.User{u.ID}, once(services))
	if err != nil {
		return e, err
	}
	for _, o := range catalogue {
		e.Permissions = append(e.Permissions, explained(u, offers[o.Permission], o, plans)...)
	}
	if e.Contract, err = accountsNamed(t, u.Contract); err != nil {
		return e, err
	}
	if e.Delivery, err = accountsNamed(t, u.Delivery); err != nil {
		return e, err
	}
	e.Limits, err = limitsNamed(t, u.Limits)
	return e, err
}

// explained is one permission of the catalogue, if the user holds it.
func explained(u user.User, now offer, o role.Offered, plans licenses) []Held {
	plan := plans.of(u, now)
	by := held(u, o, plan)
	if len(by) == 0 {
		return nil
	}
	h := Held{Permission: o.Permission, Name: o.Name, Service: o.Service, ServiceName: o.ServiceName, By: by, Answer: settle(u, now, plan)}
	if plan != nil {
		h.Plan = plan.Name
	}
	return []Held{h}
}

// accountsNamed names those of the accounts that whoever looks reaches, too, and
// counts the others.
func accountsNamed(t *op.Tx, given authz.Accounts) (Chosen, error) {
	c := Chosen{All: given.All, Items: []Named{}}
	names, err := account.NamesOf(t, given)
	for _, one := range given.IDs {
		if name, known := names[one]; known {
			c.Items = append(c.Items, Named{string(one), name})
		}
	}
	c.Beyond = len(given.IDs) - len(c.Items)
	sortByName(c.Items)
	return c, err
}

// limitsNamed names the limits of a role, as far as whoever looks may know them.
func limitsNamed(t *op.Tx, l authz.Limits) (Limits, error) {
	named := Limits{Groups: []Named{}, Teams: []Named{}}
	groups, err := group.Choices(t)
	if err != nil {
		return named, err
	}
	for _, g := range groups {
		if slices.Contains(l.Groups, g.ID) {
			named.Groups = append(named.Groups, Named{string(g.ID), g.Name})
		}
	}
	if t.Actor().OnPlatform() || t.Actor().Reach.Side != authz.OfDelivery {
		if named.Teams, err = teamsNamed(t, l.Teams); err != nil {
			return named, err
		}
	}
	accounts, err := accountsNamed(t, authz.Accounts{IDs: l.Accounts})
	named.Accounts = accounts.Items
	named.Beyond = len(l.Groups) + len(l.Teams) + len(l.Accounts) - len(named.Groups) - len(named.Teams) - len(named.Accounts)
	return named, err
}

// Named is something with its name.
type Named struct {
	ID   string `db:"id" json:"id"`
	Name string `db:"name" json:"name"`
}

// Explained is everything that a user may do, and why.
type Explained struct {
	User        id.User    `json:"user_id"`
	State       user.State `json:"state" enum:"invited,pending,waiting,active,deactivated"`
	Side        authz.Side `json:"side" enum:"organization,delivery"`
	Role        Named      `json:"role"`
	Permissions []Held     `json:"permissions" doc:"What the user holds; what they may not make use of has allowed false and the reason."`
	Contract    Chosen     `json:"contract_accounts"`
	Delivery    Chosen     `json:"delivery_accounts"`
	Limits      Limits     `json:"limits" doc:"What the role's rights over other users are limited to."`
}

// Held is a permission that a user holds.
type Held struct {
	Permission  authz.Permission `json:"key"`
	Name        string           `json:"name"`
	Service     string           `json:"service,omitempty" doc:"The service that declares it; none: Roster itself."`
	ServiceName string           `json:"service_name,omitempty"`
	By          []Reason         `json:"held_by" doc:"What gives it: role, grant (given to the user beyond the role), everybody (its service gives it to every user), plan (the user's license brings it)."`
	Plan        string           `json:"plan_name,omitempty" doc:"The plan of the license of the service that the user holds."`
	Answer
}

// Chosen are the accounts of one kind that a user has access to, with what lies
// below them.
type Chosen struct {
	All    bool    `json:"all"`
	Items  []Named `json:"items" doc:"Those that were chosen, where it is not all."`
	Beyond int     `json:"beyond" doc:"How many more were chosen that the caller cannot see."`
}

// Limits are what rights over other users are limited to; nothing in any list:
// to nothing.
type Limits struct {
	Groups   []Named `json:"groups"`
	Teams    []Named `json:"teams"`
	Accounts []Named `json:"accounts"`
	Beyond   int     `json:"beyond" doc:"How many more limits there are that the caller cannot see."`
}
