package license

import (
	"slices"
	"time"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/service"
	"roster/internal/user"
)

// License is what a user has of a service, or is to get.
type License struct {
	User    id.User     `db:"user_id"`
	Service string      `db:"service" json:"service"`
	Plan    string      `db:"plan" json:"plan"`
	Pool    id.SeatPool `db:"pool_id"` // of a seat plan
	Held    bool        `db:"held"`    // else it waits for stock, or for its user
	Manual  bool        `db:"manual"`  // somebody chose it; no rule changes it
	Since   time.Time   `db:"since"`   // since when it is held or waited for
}

// Key names a plan.
type Key struct {
	Service string `db:"service"`
	Plan    string `db:"plan"`
}

func (l License) key() Key { return Key{l.Service, l.Plan} }

// shelf is what an organization has of each plan that it bought, in order.
type shelf []Stock

// Stock is what was bought of a plan, and how much of it is in use.
type Stock struct {
	service.Stock
	Held int // those of invited people, who have them reserved, too
}

// Free is how many can be given; a seat plan's pools have room for anybody.
func (s Stock) Free() int {
	if s.Model == service.Seat {
		if s.InForce() {
			return boundless
		}
		return 0
	}
	return max(0, s.Bought-s.Held)
}

// boundless is more than anybody gives.
const boundless = 1 << 30

// Over is how many more are held than were bought.
func (s Stock) Over() int {
	if s.Model == service.Seat {
		return 0
	}
	return max(0, s.Held-s.Bought)
}

func (sh shelf) at(k Key) *Stock {
	for i := range sh {
		if sh[i].Service == k.Service && sh[i].Key == k.Plan {
			return &sh[i]
		}
	}
	return nil
}

// of are the plans of a service that the organization has begun to use.
func (sh shelf) of(key string) []*Stock {
	var list []*Stock
	for i := range sh {
		if sh[i].Service == key && sh[i].Begun {
			list = append(list, &sh[i])
		}
	}
	return list
}

// services are those of the plans, in order.
func (sh shelf) services() []string {
	var list []string
	for _, s := range sh {
		if len(list) == 0 || list[len(list)-1] != s.Service {
			list = append(list, s.Service)
		}
	}
	return list
}

// requires reports whether a user has to have a license to be active, and
// satisfies whether one of these is enough.
func (sh shelf) requires() bool {
	for _, s := range sh {
		if s.LicenseRequired && s.Begun {
			return true
		}
	}
	return false
}

func (sh shelf) satisfies(licenses []License) bool {
	for _, l := range licenses {
		if s := sh.at(l.key()); l.Held && s != nil && s.LicenseRequired {
			return true
		}
	}
	return false
}

// state is the state of somebody with these licenses who is not kept out by
// anything else.
func (sh shelf) state(licenses []License) user.State {
	if sh.requires() && !sh.satisfies(licenses) {
		return user.Waiting
	}
	return user.Active
}

// Default is the plan that users get of a service where nobody chose another one:
// those of a group, or, without a group, all.
type Default struct {
	Group   id.Group    `db:"group_id" json:"group_id,omitempty"`
	Service string      `db:"service" json:"service"`
	Plan    string      `db:"plan" json:"plan"`
	Pool    id.SeatPool `db:"pool_id" json:"pool_id,omitempty"`
}

// wanted is the license of a service that a user should have: the one that was
// chosen for them, else that of their group, else that of the organization, else
// the only one there is. False: nobody can say.
func (sh shelf) wanted(u user.User, key string, has []License, defaults []Default) (License, bool) {
	was := find(has, key)
	for _, w := range u.Wishes {
		if w.Service == key && sh.at(Key{key, w.Plan}) != nil {
			return License{User: u.ID, Service: key, Plan: w.Plan, Pool: w.Pool, Manual: true}, true
		}
	}
	if was != nil && (was.Held || was.Manual || !joining(u)) {
		return *was, true
	}
	for _, group := range []id.Group{u.Group, ""} {
		for _, d := range defaults {
			if d.Service == key && d.Group == group && sh.at(Key{key, d.Plan}) != nil {
				return License{User: u.ID, Service: key, Plan: d.Plan, Pool: d.Pool}, true
			}
		}
	}
	if plans := sh.of(key); len(plans) == 1 {
		return License{User: u.ID, Service: key, Plan: plans[0].Key}, true
	}
	if was != nil {
		return *was, true
	}
	return License{}, false
}

// joining reports whether the user has not come in yet, so that what a rule once
// chose for them is chosen again.
func joining(u user.User) bool { return u.State == user.Invited || u.State == user.Pending }

func find(list []License, key string) *License {
	if i := slices.IndexFunc(list, func(l License) bool { return l.Service == key }); i >= 0 {
		return &list[i]
	}
	return nil
}

// The refusals.

func none(s Stock) *errs.Error {
	if !s.InForce() {
		return errs.Conflict("no_license", "No subscription to %s is in force. Nothing was changed.", s.called())
	}
	return errs.Conflict("no_license", "All %d licenses of %s are taken. Nothing was changed: take one from somebody, or buy more.", s.Bought, s.called())
}

func required(u user.User) *errs.Error {
	return errs.Conflict("license_required", "%s is active and needs a license. Nothing was changed: give another one in its place, or deactivate the user.", u.Name())
}

// called is the plan with its service before it.
func (s Stock) called() string { return s.ServiceName + " " + s.Name }

// moved is the event that tells what became of a user's license of a service.
func moved(name string, u user.User, sh shelf, before, after *License) op.Event {
	change := op.Change{}
	for _, l := range []*License{before, after} {
		if l != nil {
			change.Field = "licenses." + l.Service
		}
	}
	says := func(l *License) any {
		if l == nil {
			return nil
		}
		if s := sh.at(l.key()); s != nil {
			return op.Named{ID: l.Plan, Name: s.called()}
		}
		return op.Named{ID: l.Plan, Name: l.Plan}
	}
	change.Before, change.After = says(before), says(after)
	return op.Event{Name: name, Subject: u.Subject(), Changes: []op.Change{change}}
}
