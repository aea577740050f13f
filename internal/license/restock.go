package license

import (
	"context"

	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/service"
	"roster/internal/user"
)

// restock gives what is free to who waits for it, unless the organization does
// that by hand: then only what somebody chose for a person is given.
func restock(t *op.Tx, sh shelf) error {
	if err := place(t, sh); err != nil {
		return err
	}
	for i := range sh {
		s := &sh[i]
		free := s.Free()
		if free == 0 {
			continue
		}
		line, err := inLine(t, Key{s.Service, s.Key}, min(free, coveredAtOnce))
		if err != nil {
			return err
		}
		for _, l := range line {
			if err := serve(t, sh, l); err != nil {
				return err
			}
		}
	}
	return nil
}

// place finds a plan for people who wait and have none to wait for.
func place(t *op.Tx, sh shelf) error {
	if !sh.requires() {
		return nil
	}
	people, err := unplaced(t)
	if err != nil {
		return err
	}
	for _, u := range people {
		has, err := settle(t, sh, u)
		if err != nil {
			return err
		}
		if err := admit(t, sh, u, has); err != nil {
			return err
		}
	}
	return nil
}

// serve gives the next in line what they wait for.
func serve(t *op.Tx, sh shelf, l License) error {
	u, err := someone(t, l.User)
	if err != nil {
		return err
	}
	now := l
	if err := give(t, sh, u, &l, &now, true); err != nil {
		return err
	}
	has, err := of(t, u.ID)
	if err != nil {
		return err
	}
	return admit(t, sh, u, has)
}

// admit lets somebody in who waited, once they have what is required.
func admit(t *op.Tx, sh shelf, u user.User, has []License) error {
	if u.State != user.Waiting || sh.state(has) != user.Active {
		return nil
	}
	u, err := user.Admit(t, u)
	if err != nil {
		return err
	}
	o, err := org.Mine(t)
	if err != nil {
		return err
	}
	if err := tellAdmitted(t, o, u); err != nil {
		return err
	}
	return service.Welcome(t, o, u)
}

// Restock looks, for every organization that has bought plans, whether something
// has become free without anybody having done it: because a subscription begins
// today, or an invitation has expired for which a license was reserved. It is
// Roster's own work, and is done from time to time.
var Restock = op.Sequence[op.Nothing, op.Nothing]{
	Name: "license.restock", Needs: authz.SystemWork, Scope: authz.System,
	Run: func(ctx context.Context, d *op.Door, call op.Call, _ op.Nothing) (op.Nothing, error) {
		return op.Nothing{}, restockAll(ctx, d, call)
	},
}

// customersAtOnce is how many organizations are read in one go.
const customersAtOnce = 500

type some struct{ list []id.Org }

var findCustomers = op.Query[id.Org, some]{
	Name: "license.find_customers", Needs: authz.SystemWork, Scope: authz.System,
	Run: func(t *op.Tx, after id.Org) (some, error) {
		list, err := customers(t, after, customersAtOnce)
		return some{list}, err
	},
}

var restockOne = op.Command[id.Org, op.Nothing]{
	Name: "license.restock_one", Needs: authz.SystemWork, Scope: authz.System, Quiet: "what it gives is recorded one by one",
	Run: func(t *op.Tx, org id.Org) (op.Nothing, error) {
		if err := t.Enter(org); err != nil {
			return op.Nothing{}, err
		}
		return op.Nothing{}, tidy(t)
	},
}

func restockAll(ctx context.Context, d *op.Door, call op.Call) error {
	var after id.Org
	for {
		found, err := findCustomers.Do(ctx, d, call, after)
		if err != nil {
			return err
		}
		for _, one := range found.list {
			// Whose turn fails has another one in the next round.
			if _, err := restockOne.Do(ctx, d, call, one); err != nil && ctx.Err() != nil {
				return err
			}
		}
		if len(found.list) < customersAtOnce {
			return nil
		}
		after = found.list[len(found.list)-1]
	}
}

func tidy(t *op.Tx) error {
	sh, err := look(t)
	if err != nil {
		return err
	}
	over, err := lapsed(t)
	if err != nil {
		return err
	}
	for _, l := range over {
		rests := l
		rests.Held, rests.Since = false, t.Now()
		if err := put(t, sh, &l, &rests); err != nil {
			return err
		}
	}
	if sh.requires() {
		if err := cover(t, sh); err != nil {
			return err
		}
	}
	return restock(t, sh)
}

// cover gives licenses to active users who need one and have none: their
// subscription has just begun. For whom there is none, access checks say so.
func cover(t *op.Tx, sh shelf) error {
	people, err := bare(t, coveredAtOnce)
	if err != nil {
		return err
	}
	for _, u := range people {
		if _, err := settle(t, sh, u); err != nil {
			return err
		}
	}
	return nil
}
