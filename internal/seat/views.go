package seat

import (
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/license"
	"roster/internal/op"
	"roster/internal/service"
)

// PageOf is what the page of a pool tells.
type PageOf struct {
	Pool    Pool
	Called  string // the plan, with its service's name
	Busy    int    // of those in use
	Holders op.Page[Holder]
	Usage   Usage
	Spare   *Spare // what would help, if somebody was turned away
	Others  []Pool // of the same plan
	Manages bool
	Sees    bool // the users
}

// Spare is another pool of the plan that could give seats.
type Spare struct {
	Pool  Pool
	Most  int // so many of its seats were in use, or wished for, at most
	Seats int // so many it could give, as far as they are needed
}

// Page answers the page of a pool in one snapshot. Errors: not_found, invalid_cursor.
var Page = op.Query[LeasesInput, PageOf]{
	Name: "seat_pool.page", Needs: authz.LicensesView, Scope: authz.InOrg, Run: page,
}

func page(t *op.Tx, in LeasesInput) (PageOf, error) {
	holds := t.Actor().Permissions
	p := PageOf{Manages: holds.Has(authz.LicensesManage), Sees: holds.Has(authz.UsersView)}
	var err error
	if p.Pool, p.Others, err = among(t, in.ID); err != nil {
		return p, err
	}
	if p.Called, err = called(t, p.Pool); err != nil {
		return p, err
	}
	if p.Busy, err = countBusy(t, in.ID); err != nil {
		return p, err
	}
	if p.Sees {
		if p.Holders, err = list(t, in); err != nil {
			return p, err
		}
	}
	if p.Usage, err = usage(t, p.Pool, usualDays); err != nil {
		return p, err
	}
	p.Spare, err = spare(t, p)
	return p, err
}

// among is a pool, with all of its figures, and the others of its plan.
func among(t *op.Tx, pool id.SeatPool) (Pool, []Pool, error) {
	all, err := pools(t, "")
	var found Pool
	for _, p := range all {
		if p.ID == pool {
			found = p.Pool
		}
	}
	if err == nil && found.ID == "" {
		err = errs.NotFound()
	}
	var others []Pool
	for _, p := range all {
		if p.Service == found.Service && p.Plan == found.Plan && p.ID != pool {
			others = append(others, p.Pool)
		}
	}
	return found, others, err
}

// called is the plan of a pool, with its service's name.
func called(t *op.Tx, p Pool) (string, error) {
	bought, err := service.Bought(t)
	for _, b := range bought {
		if b.Service == p.Service && b.Key == p.Plan {
			return b.ServiceName + " " + b.Name, err
		}
	}
	return p.Service + " " + p.Plan, err
}

// spare is the pool of the same plan that could give most of what would have helped;
// nil if nothing is needed, or nobody could.
func spare(t *op.Tx, p PageOf) (*Spare, error) {
	needed := p.Usage.Sufficient - p.Pool.Limit
	if needed <= 0 || len(p.Others) == 0 {
		return nil, nil
	}
	demand, err := demands(t, midnight(t.Now()).AddDate(0, 0, 1-usualDays))
	var best *Spare
	for _, o := range p.Others {
		s := Spare{Pool: o, Most: max(demand[o.ID], o.InUse)}
		if s.Seats = min(needed, o.Seats-s.Most); s.Seats > 0 && (best == nil || s.Seats > best.Seats) {
			best = &s
		}
	}
	return best, err
}

// PageOfForm is what the form for a pool offers: the pool, unless it is a new one,
// and the seat plans that were bought.
type PageOfForm struct {
	Pool  Pool
	Plans []PlanOf
}

// PlanOf is a plan in that form, with what its default pool has left.
type PlanOf struct {
	Service, Plan, Called string
	Left                  int
}

// FormPage answers it. Error: not_found.
var FormPage = op.Query[PoolRef, PageOfForm]{
	Name: "seat_pool.form", Needs: authz.LicensesManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in PoolRef) (f PageOfForm, err error) {
		if in.ID != "" {
			if f.Pool, err = shown(t, in.ID); err != nil {
				return f, err
			}
		}
		all, err := pools(t, "")
		if err != nil {
			return f, err
		}
		for _, p := range all {
			if !p.Default || in.ID != "" && (p.Service != f.Pool.Service || p.Plan != f.Pool.Plan) {
				continue
			}
			plan := PlanOf{Service: p.Service, Plan: p.Plan, Left: p.Seats}
			if plan.Called, err = called(t, p.Pool); err != nil {
				return f, err
			}
			f.Plans = append(f.Plans, plan)
		}
		return f, nil
	},
}

// HolderOf answers who has a lease, before it is taken from them. Error: not_found.
var HolderOf = op.Query[LeaseRef, Holder]{
	Name: "lease.holder", Needs: authz.LicensesManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in LeaseRef) (Holder, error) { return holderOf(t, in.ID) },
}

// Shares is the step of pages that show the pools of all plans: what they have, and
// how many people they turned away in so many days.
func Shares(t *op.Tx, days int) ([]license.Pool, error) {
	all, err := pools(t, "")
	if err != nil {
		return nil, err
	}
	var away map[id.SeatPool]int
	if days > 0 {
		away, err = turnedAway(t, midnight(t.Now()).AddDate(0, 0, 1-days))
	}
	list := make([]license.Pool, len(all))
	for i, p := range all {
		list[i] = license.Pool{
			ID: p.ID, Service: p.Service, Plan: p.Plan, Name: p.Name,
			Seats: p.Seats, Limit: p.Limit, Members: p.Members, InUse: p.InUse, TurnedAway: away[p.ID],
		}
	}
	return list, err
}
