package service

import (
	"fmt"
	"time"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/patch"
)

// State is where a subscription stands on a day.
type State string

// The states.
const (
	Upcoming  State = "upcoming"
	Current   State = "current"
	Ended     State = "ended"
	Withdrawn State = "withdrawn" // it ended before it began
)

// Subscription is what an organization has bought, from a day to a day: a service
// as a whole, which everybody may use then, or so many licenses of a plan.
type Subscription struct {
	ID          id.Subscription `db:"id" json:"id" audit:"ignore"`
	Service     string          `db:"service" json:"service" audit:"track" doc:"The service's key."`
	ServiceName string          `db:"service_name" json:"service_name" audit:"ignore"`
	NameKey     string          `db:"name_key" json:"-" audit:"ignore"`
	Plan        string          `db:"plan" json:"plan,omitempty" audit:"ignore" doc:"The plan's key; left out: the service as a whole."`
	PlanName    string          `db:"plan_name" json:"plan_name,omitempty" audit:"ignore"`
	Quantity    int             `db:"quantity" json:"quantity,omitempty" audit:"track" doc:"Licenses, or seats, of a plan."`
	StartsOn    string          `db:"starts_on" json:"starts_on" audit:"track" doc:"The first day, in UTC." example:"2026-01-01"`
	EndsOn      string          `db:"ends_on" json:"ends_on" audit:"track" doc:"The last day, in UTC; empty: without end." example:"2026-12-31"`
	State       State           `db:"-" json:"state" enum:"upcoming,current,ended,withdrawn" audit:"ignore"`
	CreatedAt   time.Time       `db:"created_at" json:"created_at" audit:"ignore"`
	Version     int             `db:"version" json:"version" audit:"ignore"`
}

// ETag is the version as the API's ETag.
func (s Subscription) ETag() string { return fmt.Sprintf(`"v%d"`, s.Version) }

// MaxSubscriptions is how many an organization has at most, past ones included.
const MaxSubscriptions = 500

// never is the day after which nothing ends.
const never = "9999-12-31"

// dayOf is the day of a moment.
func dayOf(at time.Time) string { return at.UTC().Format(time.DateOnly) }

// dayBefore is the day before a day.
func dayBefore(day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return dayOf(at.AddDate(0, 0, -1))
}

// on fills in what depends on the day.
func (s Subscription) on(today string) Subscription {
	switch {
	case s.empty():
		s.State = Withdrawn
	case today < s.StartsOn:
		s.State = Upcoming
	case today <= s.last():
		s.State = Current
	default:
		s.State = Ended
	}
	return s
}

// last is the last day on which it is in force.
func (s Subscription) last() string {
	if s.EndsOn == "" {
		return never
	}
	return s.EndsOn
}

// empty reports whether it is in force on no day at all.
func (s Subscription) empty() bool { return s.last() < s.StartsOn }

// overlaps reports whether there is a day on which both are in force.
func (s Subscription) overlaps(other Subscription) bool {
	return !s.empty() && !other.empty() && s.StartsOn <= other.last() && other.StartsOn <= s.last()
}

// beside refuses s where another subscription to the same service is in force on
// one of its days.
func (s Subscription) beside(others []Subscription) error {
	for _, o := range others {
		if o.ID == s.ID || !s.overlaps(o) || s.Plan != "" && o.Plan != "" {
			continue
		}
		if s.Plan != o.Plan {
			return errs.Conflict("already_subscribed", "On some of these days the organization has %s as a whole and by plans. Nothing was saved: a service is sold in one of these ways at a time.", o.ServiceName)
		}
		if o.EndsOn == "" {
			return errs.Conflict("already_subscribed", "The organization is subscribed to %s from %s on, without end. Nothing was saved: end that subscription first.", o.ServiceName, o.StartsOn)
		}
		return errs.Conflict("already_subscribed", "The organization is subscribed to %s from %s until %s. Nothing was saved: choose other days, or change that subscription.", o.ServiceName, o.StartsOn, o.EndsOn)
	}
	return nil
}

// NewSubscription is what an operator sells.
type NewSubscription struct {
	Service  string `json:"service" form:"service" required:"true" maxLength:"32" doc:"The service's key." example:"fax"`
	Plan     string `json:"plan,omitempty" form:"-" maxLength:"32" doc:"The plan's key; left out: the service as a whole." example:"business"`
	Quantity int    `json:"quantity,omitempty" form:"quantity" doc:"With a plan: how many licenses, or seats, 1 to 1,000,000." example:"50"`
	StartsOn string `json:"starts_on,omitempty" form:"starts_on" maxLength:"10" doc:"The first day, in UTC; today if left out." example:"2026-01-01"`
	EndsOn   string `json:"ends_on,omitempty" form:"ends_on" maxLength:"10" doc:"The last day, in UTC; without end if left out." example:"2026-12-31"`
}

// check makes a subscription of what was given, and notes which days are wrong.
// That the service exists, the store knows.
func (n NewSubscription) check(at time.Time, c *errs.Check) Subscription {
	s := Subscription{ID: id.New[id.Subscription](at), Service: n.Service, Plan: n.Plan, Quantity: n.Quantity, StartsOn: n.StartsOn, EndsOn: n.EndsOn, CreatedAt: at, Version: 1}
	if s.StartsOn == "" {
		s.StartsOn = dayOf(at)
	}
	if s.checkDays(c) && s.empty() {
		c.Fail("ends_on", "ends_before_start", "The last day cannot lie before the first.")
	}
	return s
}

// ofPlan is s with the name of its plan, or what is wrong with plan and quantity.
func (n NewSubscription) ofPlan(t *op.Tx, s Subscription) (Subscription, error) {
	var c errs.Check
	if s.checkQuantity(&c); s.Plan != "" {
		p, err := planBy(t, s.Service, s.Plan)
		switch {
		case errs.KindOf(err) == errs.KindNotFound:
			c.Fail("plan", "unknown_plan", "The service has no such plan. Choose one from the list.")
		case err != nil:
			return s, err
		}
		s.PlanName = p.Name
	}
	return s, c.Err()
}

// maxQuantity is how many licenses one subscription has at most.
const maxQuantity = 1_000_000

func (s Subscription) checkQuantity(c *errs.Check) {
	switch {
	case s.Plan == "" && s.Quantity != 0:
		c.Fail("quantity", "not_wanted", "A service as a whole has no quantity: everybody may use it.")
	case s.Plan != "" && (s.Quantity < 1 || s.Quantity > maxQuantity):
		c.Fail("quantity", "out_of_range", "Enter how many there are, from 1 to %d.", maxQuantity)
	}
}

// sold tells the feature that gives licenses.
func (s Subscription) sold(t *op.Tx) error {
	if s.Plan == "" {
		return nil
	}
	return Hooks.Sold(t, s.Service)
}

// Called is what was bought, in a few words.
func (s Subscription) Called() string {
	if s.Plan == "" {
		return s.ServiceName
	}
	return s.ServiceName + " " + s.PlanName
}

// Term is what may change of a subscription: its quantity and days.
type Term struct {
	ID       id.Subscription     `path:"id" json:"-"`
	Version  int64               `ifmatch:"version" json:"-"`
	Quantity patch.Field[int]    `json:"quantity,omitzero" doc:"Of a plan: how many licenses, or seats. Fewer than are assigned take nothing from anybody: nothing new is assigned." example:"60"`
	StartsOn patch.Field[string] `json:"starts_on,omitzero" doc:"The first day, in UTC." example:"2026-01-01"`
	EndsOn   patch.Field[string] `json:"ends_on,omitzero" doc:"The last day, in UTC; null or empty: without end. The day before the first one takes the subscription back, as if it had never been." example:"2026-12-31"`
}

// apply is s with other days, or which of them are wrong.
func (t Term) apply(s Subscription) (Subscription, error) {
	var c errs.Check
	s.StartsOn, s.EndsOn, s.Quantity = t.StartsOn.Or(s.StartsOn), t.EndsOn.Or(s.EndsOn), t.Quantity.Or(s.Quantity)
	s.checkQuantity(&c)
	if s.checkDays(&c) && s.last() < dayBefore(s.StartsOn) {
		c.Fail("ends_on", "ends_before_start", "The last day cannot lie before the first. To take the subscription back, enter the day before the first.")
	}
	return s, c.Err()
}

// checkDays notes which days are none; false: one of them.
func (s Subscription) checkDays(c *errs.Check) bool {
	good := true
	check := func(field, day string) {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			c.Fail(field, "invalid_date", "Write the day as year, month and day, such as 2026-12-31.")
			good = false
		}
	}
	check("starts_on", s.StartsOn)
	if s.EndsOn != "" {
		check("ends_on", s.EndsOn)
	}
	return good
}

func (s Subscription) subject() op.Subject {
	return op.Subject{Kind: "subscription", ID: string(s.ID), Name: s.Called()}
}

// event tells of a change. Operators read it in the log of all organizations, so
// it says whose subscription it is.
func (s Subscription) event(name string, of op.Named, changes []op.Change) op.Event {
	return op.Event{Name: name, Subject: s.subject(), Changes: append([]op.Change{{Field: "organization", After: of}}, changes...)}
}
