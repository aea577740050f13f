package license

import (
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/service"
	"roster/internal/user"
)

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{Show, ShowPage, PageOfUser, Assign, Remove, SetDefault, Restock, findCustomers, restockOne}
}

// Line is what an organization has of one plan.
type Line struct {
	Service     string        `json:"service" doc:"The service's key."`
	ServiceName string        `json:"service_name"`
	Plan        string        `json:"plan" doc:"The plan's key."`
	PlanName    string        `json:"plan_name"`
	Model       service.Model `json:"model" enum:"named,seat"`
	Required    bool          `json:"license_required" doc:"The service requires a license of its users."`
	Bought      int           `json:"bought" doc:"By the subscriptions that are in force today."`
	Assigned    int           `json:"assigned" doc:"Held by users; of a seat plan, its members."`
	Reserved    int           `json:"reserved" doc:"Held for people who have not joined yet."`
	Free        int           `json:"free" doc:"Of a named plan."`
	Waiting     int           `json:"waiting" doc:"Users who are to get one as soon as it is free."`
	Invited     int           `json:"invited" doc:"People who are to get one when they join."`
	Over        int           `json:"over_assigned" doc:"So many more are held than were bought: nobody lost theirs, and nothing new is assigned."`
	EndsOn      string        `json:"ends_on" doc:"The day on which the last subscription in force ends; empty: without end, or none is in force."`
	InForce     bool          `json:"in_force"`
}

// Overview is what an organization bought, who has it, and what is left.
type Overview struct {
	Items    []Line    `json:"items"`
	Unplaced int       `json:"waiting_without_plan" doc:"Users who wait and for whom no plan was chosen."`
	Defaults []Default `json:"defaults" doc:"The plans that are assigned where nobody chose another one."`
	Assign   bool      `json:"license_assign"`
	Reserve  bool      `json:"license_reserve"`
}

// Show answers the licenses of the organization, plan by plan.
var Show = op.Query[op.Nothing, Overview]{
	Name: "license.overview", Needs: authz.LicensesView, Scope: authz.InOrg, Run: show,
}

func show(t *op.Tx, _ op.Nothing) (Overview, error) {
	o, err := org.Mine(t)
	if err != nil {
		return Overview{}, err
	}
	v := Overview{Items: []Line{}, Assign: o.LicenseAssign, Reserve: o.LicenseReserve}
	sh, err := look(t)
	if err != nil {
		return v, err
	}
	rows, err := tally(t)
	if err != nil {
		return v, err
	}
	if v.Unplaced, err = countUnplaced(t); err != nil {
		return v, err
	}
	for _, s := range sh {
		v.Items = append(v.Items, s.line(rows))
	}
	v.Defaults, err = defaults(t)
	return v, err
}

func (s Stock) line(rows []figures) Line {
	l := Line{
		Service: s.Service, ServiceName: s.ServiceName, Plan: s.Key, PlanName: s.Name, Model: s.Model, Required: s.LicenseRequired,
		Bought: s.Bought, Assigned: s.Held, Over: s.Over(), EndsOn: s.EndsOn, InForce: s.InForce(),
	}
	if s.Model == service.Named {
		l.Free = s.Free()
	}
	for _, r := range rows {
		if r.Key != (Key{s.Service, s.Key}) {
			continue
		}
		joining := r.State == user.Invited || r.State == user.Pending
		switch {
		case r.Held:
			l.Assigned, l.Reserved = l.Assigned-r.N, l.Reserved+r.N
		case joining:
			l.Invited += r.N
		case r.State == user.Waiting || r.State == user.Active:
			l.Waiting += r.N
		}
	}
	return l
}

// Assignment gives a user a license of a service, in place of the one that they
// have of it.
type Assignment struct {
	User    id.User     `path:"id" json:"-"`
	Service string      `path:"service" json:"-"`
	Plan    string      `json:"plan" required:"true" maxLength:"32" doc:"The plan's key."`
	Pool    id.SeatPool `json:"pool_id,omitempty" doc:"Of a seat plan: the pool; the default one if left out."`
}

// Assign gives a user a license, or another one, in one step: what they had is
// kept until they have the new one. Whoever is invited or deactivated gets it when
// they join or return. Errors: not_found, validation_failed, no_license.
var Assign = op.Command[Assignment, user.User]{
	Name: "license.assign", Needs: authz.LicensesManage, Scope: authz.InOrg, Run: assign,
}

func assign(t *op.Tx, in Assignment) (user.User, error) {
	u, err := user.ByID(t, in.User)
	if err != nil {
		return u, err
	}
	sh, err := look(t)
	if err != nil {
		return u, err
	}
	now := License{User: u.ID, Service: in.Service, Plan: in.Plan, Manual: true, Since: t.Now()}
	s := sh.at(now.key())
	var c errs.Check
	if now.Pool, err = check(t, &c, in, s, "plan", "pool_id"); err == nil {
		err = c.Err()
	}
	if err != nil {
		return u, err
	}
	has, err := of(t, u.ID)
	if err != nil {
		return u, err
	}
	was := find(has, in.Service)
	o, err := org.Mine(t)
	if err != nil {
		return u, err
	}
	switch {
	case was != nil && was.Held && was.key() == now.key():
		now.Held, now.Since = true, was.Since
	case u.State == user.Active || u.State == user.Waiting:
		if s.Free() == 0 {
			return u, none(*s)
		}
		now.Held = true
	case u.State != user.Deactivated && o.LicenseReserve:
		now.Held = s.Free() > 0
	}
	if was != nil && *was == now {
		return u, nil
	}
	if err := put(t, sh, was, &now); err != nil {
		return u, err
	}
	if err := t.Record(moved("license.assigned", u, sh, was, &now)); err != nil {
		return u, err
	}
	if has, err = of(t, u.ID); err != nil {
		return u, err
	}
	if err := admit(t, sh, u, has); err != nil {
		return u, err
	}
	if err := restock(t, sh); err != nil {
		return u, err
	}
	return user.ByID(t, u.ID)
}

// check answers the pool of an assignment, or notes in c what is wrong with the
// plan or the pool, at the fields of these names.
func check(t *op.Tx, c *errs.Check, in Assignment, s *Stock, plan, inPool string) (id.SeatPool, error) {
	switch {
	case in.Plan == "":
		c.Fail(plan, "required", "Choose a plan.")
		return "", nil
	case s == nil:
		c.Fail(plan, "unknown_plan", "The organization has not bought this plan. Choose one from the list.")
		return "", nil
	case s.Model == service.Named && in.Pool != "":
		c.Fail(inPool, "not_wanted", "Licenses of this plan are named: they are in no pool.")
		return "", nil
	case s.Model == service.Named:
		return "", nil
	}
	pool, err := poolOf(t, Key{s.Service, s.Key}, in.Pool)
	if err == nil && pool == "" {
		c.Fail(inPool, "unknown_pool", "There is no such pool of this plan. Choose one from the list.")
	}
	return pool, err
}

// Ref names a user's license of a service.
type Ref struct {
	User    id.User `path:"id" json:"-"`
	Service string  `path:"service" json:"-"`
}

// Remove takes a license from a user, who gets no other one by itself. Errors:
// not_found, license_required.
var Remove = op.Command[Ref, user.User]{
	Name: "license.remove", Needs: authz.LicensesManage, Scope: authz.InOrg, Run: remove,
}

func remove(t *op.Tx, in Ref) (user.User, error) {
	u, err := user.ByID(t, in.User)
	if err != nil {
		return u, err
	}
	has, err := of(t, u.ID)
	if err != nil {
		return u, err
	}
	was := find(has, in.Service)
	if was == nil {
		return u, errs.NotFound()
	}
	sh, err := look(t)
	if err != nil {
		return u, err
	}
	rest := make([]License, 0, len(has))
	for _, l := range has {
		if l.Service != in.Service {
			rest = append(rest, l)
		}
	}
	if u.State == user.Active && sh.satisfies(has) && sh.state(rest) == user.Waiting {
		return u, required(u)
	}
	if err := put(t, sh, was, nil); err != nil {
		return u, err
	}
	if err := t.Record(moved("license.removed", u, sh, was, nil)); err != nil {
		return u, err
	}
	if err := restock(t, sh); err != nil {
		return u, err
	}
	return user.ByID(t, u.ID)
}

// Choice is what is assigned of a service where nobody chose for a person.
type Choice struct {
	Service string      `path:"service" json:"-"`
	Group   id.Group    `json:"group_id,omitempty" doc:"For the users of a group; left out: for all."`
	Plan    string      `json:"plan,omitempty" maxLength:"32" doc:"The plan's key; left out: none."`
	Pool    id.SeatPool `json:"pool_id,omitempty" doc:"Of a seat plan: the pool; the default one if left out."`
}

// SetDefault chooses the plan that is assigned of a service: to the users of a
// group, or to all. Who has a license keeps it. Errors: not_found,
// validation_failed.
var SetDefault = op.Command[Choice, Overview]{
	Name: "license.set_default", Needs: authz.LicensesManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in Choice) (Overview, error) {
		if err := choose(t, in); err != nil {
			return Overview{}, err
		}
		return show(t, op.Nothing{})
	},
}

func choose(t *op.Tx, in Choice) error {
	sh, err := look(t)
	if err != nil {
		return err
	}
	d := Default{Group: in.Group, Service: in.Service, Plan: in.Plan}
	var of group.Group
	if in.Group != "" {
		if of, err = group.Find(t, in.Group); err != nil {
			return err
		}
	}
	change := op.Change{Field: "group_id", After: of.Name}
	if in.Plan != "" {
		s := sh.at(Key{in.Service, in.Plan})
		var c errs.Check
		if d.Pool, err = check(t, &c, Assignment{Service: in.Service, Plan: in.Plan, Pool: in.Pool}, s, "plan", "pool_id"); err == nil {
			err = c.Err()
		}
		if err != nil {
			return err
		}
		if in.Pool == "" {
			d.Pool = "" // whichever is the default one then
		}
	}
	if len(sh.of(in.Service)) == 0 {
		return errs.NotFound()
	}
	if err := setDefault(t, d); err != nil {
		return err
	}
	name := sh.of(in.Service)[0].ServiceName
	e := op.Event{Name: "license.default", Subject: op.Subject{Kind: "service", ID: in.Service, Name: name}, Changes: []op.Change{{Field: "plan", After: in.Plan}}}
	if in.Group != "" {
		e.Changes = append(e.Changes, change)
	}
	if err := t.Record(e); err != nil {
		return err
	}
	return restock(t, sh)
}
