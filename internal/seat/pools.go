package seat

import (
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/license"
	"roster/internal/op"
	"roster/internal/service"
	"roster/internal/text"
)

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{ListPools, GetPool, CreatePool, ChangePool, DeletePool, MoveSeats, Page, FormPage, HolderOf, GetUsage, Report, Leases, Acquire, Renew, Return, Free, Sweep}
}

// Pools are the pools of an organization.
type Pools struct {
	Items []Pool `json:"items"`
}

// ListPools answers the pools of the organization, by service and plan, the default
// one of each plan first: they are few.
var ListPools = op.Query[op.Nothing, Pools]{
	Name: "seat_pool.list", Needs: authz.LicensesView, Scope: authz.InOrg,
	Run: func(t *op.Tx, _ op.Nothing) (Pools, error) {
		rows, err := pools(t, "")
		list := Pools{Items: make([]Pool, len(rows))}
		for i, r := range rows {
			list.Items[i] = r.Pool
		}
		return list, err
	},
}

// PoolRef names a pool.
type PoolRef struct {
	ID id.SeatPool `path:"id" json:"-"`
}

// GetPool answers one pool. Error: not_found.
var GetPool = op.Query[PoolRef, Pool]{
	Name: "seat_pool.get", Needs: authz.LicensesView, Scope: authz.InOrg,
	Run: func(t *op.Tx, in PoolRef) (Pool, error) { return shown(t, in.ID) },
}

// shown is a pool with all of its figures.
func shown(t *op.Tx, pool id.SeatPool) (Pool, error) {
	row, found, err := first(pools(t, pool))
	if err == nil && !found {
		err = errs.NotFound()
	}
	return row.Pool, err
}

// NewPool is what an admin gives to make a pool.
type NewPool struct {
	Service string `json:"service" required:"true" maxLength:"32" doc:"The service's key." example:"fax"`
	Plan    string `json:"plan" required:"true" maxLength:"32" doc:"The key of a seat plan that the organization has bought." example:"support"`
	Input
}

// CreatePool makes a pool with seats of the default one. Errors: validation_failed,
// name_taken, no_seats_left, too_many_pools.
var CreatePool = op.Command[NewPool, Pool]{
	Name: "seat_pool.create", Needs: authz.LicensesManage, Scope: authz.InOrg, Run: createPool,
}

// Update is what may change of a pool.
type Update struct {
	PoolRef
	Version int64 `ifmatch:"version" json:"-"`
	Input
}

// ChangePool changes a pool. Fewer seats than are in use take none from anybody:
// none is given before enough were returned. Errors: not_found, validation_failed,
// version_conflict, name_taken, no_seats_left.
var ChangePool = op.Command[Update, Pool]{
	Name: "seat_pool.update", Needs: authz.LicensesManage, Scope: authz.InOrg, Run: changePool,
}

// Deletion names the pool that goes, and where its members go.
type Deletion struct {
	PoolRef
	Version int64       `ifmatch:"version" json:"-"`
	MoveTo  id.SeatPool `query:"move_to" json:"-" doc:"The pool of the same plan that its members come into; the default one if left out."`
}

// DeletePool removes a pool: its seats go to the default one, its members to another
// one, and leases in it end. Errors: not_found, version_conflict, default_pool,
// validation_failed.
var DeletePool = op.Command[Deletion, op.Nothing]{
	Name: "seat_pool.delete", Needs: authz.LicensesManage, Scope: authz.InOrg, Run: removePool,
}

// Move is how many seats go from one pool into another one of the same plan.
type Move struct {
	PoolRef
	To    id.SeatPool `json:"to" required:"true"`
	Seats int         `json:"seats" required:"true" example:"4"`
}

// MoveSeats moves seats between two pools of a plan, in one step. Who holds a seat keeps
// it. Errors: not_found, validation_failed.
var MoveSeats = op.Command[Move, Pool]{
	Name: "seat_pool.move_seats", Needs: authz.LicensesManage, Scope: authz.InOrg, Run: moveSeats,
}

func createPool(t *op.Tx, in NewPool) (Pool, error) {
	bought, err := service.Bought(t)
	if err != nil {
		return Pool{}, err
	}
	var c errs.Check
	known := false
	for _, s := range bought {
		known = known || s.Service == in.Service && s.Key == in.Plan && s.Model == service.Seat
	}
	if !known {
		c.Fail("plan", "unknown_plan", "The organization has not bought this plan, or it has no seats. Choose another one.")
		return Pool{}, c.Err()
	}
	made, err := in.apply(Pool{
		ID: id.New[id.SeatPool](t.Now()), Service: in.Service, Plan: in.Plan, SignOutAfter: defaultSignOut, SecondDevice: TakeOver, CreatedAt: t.Now(), Version: 1,
	})
	if err != nil {
		return made, err
	}
	others, err := beside(t, made)
	if err != nil {
		return made, err
	}
	if len(others) >= maxPools {
		return made, errs.Conflict("too_many_pools", "The plan has %d pools, as many as there is room for. Nothing was saved.", len(others))
	}
	if err := room(made, others, made.Seats); err != nil {
		return made, err
	}
	if err := insertPool(t, made); err != nil {
		return made, err
	}
	if err := t.Record(op.Event{Name: "seat_pool.created", Subject: made.subject(), Changes: op.Diff(Pool{}, made)}); err != nil {
		return made, err
	}
	return shown(t, made.ID)
}

func changePool(t *op.Tx, in Update) (Pool, error) {
	row, err := poolBy(t, in.ID)
	if err != nil {
		return row.Pool, err
	}
	old := row.Pool
	if in.Version != 0 && int(in.Version) != old.Version {
		return old, errs.Changed()
	}
	now, err := in.apply(old)
	if err != nil {
		return old, err
	}
	others, err := beside(t, now)
	if err != nil {
		return old, err
	}
	if err := room(now, others, now.Seats-old.Seats); err != nil {
		return old, err
	}
	changes := op.Diff(old, now)
	if len(changes) == 0 {
		return shown(t, now.ID)
	}
	if err := updatePool(t, now); err != nil {
		return old, err
	}
	if err := t.Record(op.Event{Name: "seat_pool.updated", Subject: now.subject(), Changes: changes}); err != nil {
		return old, err
	}
	return shown(t, now.ID)
}

// beside are the other pools of a pool's plan. Error: name_taken.
func beside(t *op.Tx, p Pool) ([]poolRow, error) {
	all, err := pools(t, "")
	var others []poolRow
	for _, o := range all {
		if o.Service != p.Service || o.Plan != p.Plan || o.ID == p.ID {
			continue
		}
		if text.Key(o.Name) == text.Key(p.Name) {
			return nil, errs.Conflict("name_taken", "Another pool of the plan has this name. Nothing was saved: choose another one.")
		}
		others = append(others, o)
	}
	return others, err
}

// room refuses more seats than the default pool has left.
func room(p Pool, others []poolRow, more int) error {
	for _, o := range others {
		if o.Default && more > o.Seats {
			return errs.Conflict("no_seats_left", "The pool %s has %d seats left, and %d more are asked for. Nothing was saved: take them from another pool, or buy more.", o.Name, o.Seats, more)
		}
	}
	return nil
}

func removePool(t *op.Tx, in Deletion) (op.Nothing, error) {
	row, err := poolBy(t, in.ID)
	if err != nil {
		return op.Nothing{}, err
	}
	gone := row.Pool
	if in.Version != 0 && int(in.Version) != gone.Version {
		return op.Nothing{}, errs.Changed()
	}
	if gone.Default {
		return op.Nothing{}, errs.Conflict("default_pool", "This is the default pool, which has the seats that no other one has. It cannot be deleted.")
	}
	others, err := beside(t, gone)
	if err != nil {
		return op.Nothing{}, err
	}
	var to Pool
	for _, o := range others {
		if o.ID == in.MoveTo || in.MoveTo == "" && o.Default {
			to = o.Pool
		}
	}
	if to.ID == "" {
		return op.Nothing{}, errs.Invalid(errs.Wrong("move_to", "unknown_pool", "There is no such pool of this plan. Choose one from the list."))
	}
	if err := license.Repool(t, gone.ID, to.ID); err != nil {
		return op.Nothing{}, err
	}
	if err := rememberAll(t, gone.ID, Left); err != nil {
		return op.Nothing{}, err
	}
	if err := deletePool(t, gone.ID); err != nil {
		return op.Nothing{}, err
	}
	moved := op.Change{Field: "move_to", After: op.Named{ID: string(to.ID), Name: to.Name}}
	return op.Nothing{}, t.Record(op.Event{Name: "seat_pool.deleted", Subject: gone.subject(), Changes: []op.Change{moved}})
}

// moveSeats answers the pool that gave.
func moveSeats(t *op.Tx, in Move) (Pool, error) {
	from, others, err := among(t, in.ID)
	if err != nil {
		return from, err
	}
	var to Pool
	for _, o := range others {
		if o.ID == in.To {
			to = o
		}
	}
	var c errs.Check
	if to.ID == "" {
		c.Fail("to", "unknown_pool", "There is no such pool of this plan. Choose one from the list.")
	}
	if in.Seats < 1 || in.Seats > from.Seats {
		c.Fail("seats", "out_of_range", "Enter a number from %d to %d.", min(1, from.Seats), from.Seats)
	}
	if err := c.Err(); err != nil {
		return from, err
	}
	for _, change := range []struct {
		of Pool
		by int
	}{{from, -in.Seats}, {to, in.Seats}} {
		if change.of.Default { // its seats are what the others leave
			continue
		}
		now := change.of
		now.Seats += change.by
		if err := updatePool(t, now); err != nil {
			return from, err
		}
		if err := t.Record(op.Event{Name: "seat_pool.updated", Subject: now.subject(), Changes: op.Diff(change.of, now)}); err != nil {
			return from, err
		}
	}
	return shown(t, in.ID)
}
