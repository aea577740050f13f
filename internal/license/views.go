package license

import (
	"roster/internal/authz"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/service"
	"roster/internal/user"
)

// Pool is a pool that a user can be put into.
type Pool struct {
	ID      id.SeatPool `db:"id"`
	Service string      `db:"service"`
	Plan    string      `db:"plan"`
	Name    string      `db:"name"`

	// Only for the page that shows all of them: see Hooks.Shares.
	Seats, Limit, Members, InUse int
	TurnedAway                   int // in 30 days
}

// Page is the page 'Users & subscriptions'.
type Page struct {
	Overview
	Groups  []group.Choice
	Pools   []Pool
	Manages bool // the one who looks may choose and assign
	Sees    bool // the users behind the figures
}

// ShowPage answers the page in one snapshot.
var ShowPage = op.Query[op.Nothing, Page]{
	Name: "license.page", Needs: authz.LicensesView, Scope: authz.InOrg,
	Run: func(t *op.Tx, in op.Nothing) (p Page, err error) {
		holds := t.Actor().Permissions
		p.Manages, p.Sees = holds.Has(authz.LicensesManage), holds.Has(authz.UsersView)
		if p.Overview, err = show(t, in); err != nil {
			return p, err
		}
		if p.Groups, err = group.Choices(t); err != nil {
			return p, err
		}
		p.Pools, err = Hooks.Shares(t, awayDays)
		return p, err
	},
}

// awayDays is of how many days the page tells who was turned away.
const awayDays = 30

// Glance is what an organization has, in a few figures.
type Glance struct {
	Plans, Bought, Used, Free int    // of named licenses in force
	Gone                      string // a plan of which none is free
	Pools                     []Pool
}

// AtAGlance is the step of the page that shows it above its users.
func AtAGlance(t *op.Tx) (*Glance, error) {
	sh, err := look(t)
	if err != nil {
		return nil, err
	}
	var g Glance
	for _, s := range sh {
		if s.Model != service.Named || !s.InForce() {
			continue
		}
		g.Plans++
		g.Bought, g.Used, g.Free = g.Bought+s.Bought, g.Used+s.Held, g.Free+s.Free()
		if s.Free() == 0 {
			g.Gone = s.Name
		}
	}
	g.Pools, err = Hooks.Shares(t, 0)
	return &g, err
}

// OfUser is what a user has and can be given.
type OfUser struct {
	User     user.User
	Licenses []License
	Lines    []Line
	Pools    []Pool
}

// PageOfUser answers it for the page on which a user's licenses are changed.
// Error: not_found.
var PageOfUser = op.Query[user.Ref, OfUser]{
	Name: "license.of_user", Needs: authz.LicensesManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in user.Ref) (p OfUser, err error) {
		if p.User, err = user.ByID(t, in.ID); err != nil {
			return p, err
		}
		if p.Licenses, err = of(t, in.ID); err != nil {
			return p, err
		}
		v, err := show(t, op.Nothing{})
		if err != nil {
			return p, err
		}
		p.Lines = v.Items
		p.Pools, err = pools(t)
		return p, err
	},
}

// Has is a license as a user's card tells of it.
type Has struct {
	License
	Called   string        `db:"called"`    // the plan, with its service
	PoolName string        `db:"pool_name"` // of a seat plan
	Model    service.Model `db:"model"`
}
