package license

import (
	"roster/internal/errs"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/service"
	"roster/internal/user"
)

// Enter is the step of whoever becomes active: they get the licenses that they
// are to have, as far as they are free, and the answer is user.Waiting if one is
// required and none could be given. What was not free is waited for.
func Enter(t *op.Tx, u user.User) (user.State, error) {
	sh, err := look(t)
	if err != nil || len(sh) == 0 {
		return user.Active, err
	}
	has, err := settle(t, sh, u)
	if err != nil {
		return "", err
	}
	state := sh.state(has)
	if state == user.Waiting {
		return state, tellAdmins(t, u)
	}
	return state, nil
}

// Expect is the step of somebody being invited, or added with an activation
// e-mail: what they are to get is noted, and reserved if the organization does so.
func Expect(t *op.Tx, u user.User) error {
	sh, err := look(t)
	if err != nil || len(sh) == 0 {
		return err
	}
	_, err = settle(t, sh, u)
	return err
}

// settle gives a user, of each service in turn, the license that they are to
// have, and answers what they have then.
func settle(t *op.Tx, sh shelf, u user.User) ([]License, error) {
	o, err := org.Mine(t)
	if err != nil {
		return nil, err
	}
	rules, err := defaults(t)
	if err != nil {
		return nil, err
	}
	has, err := of(t, u.ID)
	if err != nil {
		return nil, err
	}
	for _, key := range sh.services() {
		was := find(has, key)
		l, known := sh.wanted(u, key, has, rules)
		if !known || l.Held || was == nil && !o.LicenseAssign && !l.Manual {
			continue
		}
		if err := give(t, sh, u, was, &l, !joining(u) || o.LicenseReserve); err != nil {
			return nil, err
		}
		if was != nil {
			*was = l
		} else {
			has = append(has, l)
		}
	}
	return has, nil
}

// give takes the license l if it is free and may be taken, else notes that it is
// waited for.
func give(t *op.Tx, sh shelf, u user.User, was, l *License, may bool) error {
	s := sh.at(l.key())
	if s == nil {
		return nil // it was taken back
	}
	if s.Model == service.Seat {
		pool, err := poolOf(t, l.key(), l.Pool)
		if err != nil {
			return err
		}
		if pool == "" { // it has gone: the default one is there
			if pool, err = poolOf(t, l.key(), ""); err != nil || pool == "" {
				return err
			}
		}
		l.Pool = pool
	}
	l.Held = may && s.Free() > 0
	if was != nil && !l.Held && was.Plan == l.Plan && was.Pool == l.Pool && was.Manual == l.Manual {
		return nil // since when it is waited for stays
	}
	l.Since = t.Now()
	var before *License
	if was != nil {
		old := *was
		before = &old
	}
	if err := put(t, sh, before, l); err != nil || !l.Held {
		return err
	}
	return t.Record(moved("license.assigned", u, sh, nil, l))
}

// Leave is the step of stopping a user: their licenses become free, and are
// remembered for the day when the user comes back.
func Leave(t *op.Tx, u user.User) error {
	has, err := of(t, u.ID)
	if err != nil || len(has) == 0 {
		return err
	}
	sh, err := look(t)
	if err != nil {
		return err
	}
	for _, l := range has {
		if !l.Held {
			continue
		}
		rests := l
		rests.Held, rests.Since = false, t.Now()
		if err := put(t, sh, &l, &rests); err != nil {
			return err
		}
		if err := t.Record(moved("license.freed", u, sh, &l, nil)); err != nil {
			return err
		}
	}
	return restock(t, sh)
}

// Sold is the step of a subscription to plans of a service having been made or
// changed: active users who need a license get one, and who waits does. Error:
// licenses_needed, where that would leave somebody active without one.
func Sold(t *op.Tx, _ string) error {
	sh, err := look(t)
	if err != nil || len(sh) == 0 {
		return err
	}
	if sh.requires() {
		people, err := bare(t, coveredAtOnce)
		if err != nil {
			return err
		}
		for _, u := range people {
			has, err := settle(t, sh, u)
			if err != nil {
				return err
			}
			if !sh.satisfies(has) {
				n, err := countBare(t)
				if err != nil {
					return err
				}
				return errs.Conflict("licenses_needed", "The service requires a license, and %d active users of the organization would have none. Nothing was saved: sell as many as there are active users, or deactivate some first.", n)
			}
		}
	}
	return restock(t, sh)
}

// coveredAtOnce is how many active users can get their first license by the same
// subscription.
const coveredAtOnce = 100_000

// Required is the step of a service beginning to require a license. Error:
// licenses_needed, while somebody is active without one where plans of it were
// bought.
func Required(t *op.Tx, key string) error {
	n, err := organizationsBare(t, key)
	if err == nil && n > 0 {
		err = errs.Conflict("licenses_needed", "In %d organizations there are active users without a license of this service. Nothing was saved: it can require one once everybody has one.", n)
	}
	return err
}
