package license

import (
	"context"
	"slices"
	"strings"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/service"
	"roster/internal/user"
	"roster/internal/web/ui"
)

// Wish is a license that is chosen for somebody who is being added or invited.
type Wish struct {
	Service string      `json:"service" required:"true" doc:"The service's key."`
	Plan    string      `json:"plan" required:"true" doc:"The plan's key."`
	Pool    id.SeatPool `json:"pool_id,omitempty" doc:"Of a seat plan: the pool; the default one if left out."`
}

// MaxWishes is how many licenses are chosen at once.
const MaxWishes = 50

// Choose is the step of whoever adds or invites people: the licenses that were
// chosen for them, or what is wrong in c, at the field licenses. Error: forbidden
// without licenses.manage.
func Choose(t *op.Tx, c *errs.Check, wishes []Wish) ([]user.License, error) {
	if len(wishes) == 0 {
		return nil, nil
	}
	if !t.Actor().Permissions.Has(authz.LicensesManage) {
		return nil, errs.Forbidden(string(authz.LicensesManage))
	}
	sh, err := look(t)
	if err != nil {
		return nil, err
	}
	if len(wishes) > MaxWishes {
		c.Fail("licenses", "too_many", "At most %d licenses can be chosen at once.", MaxWishes)
		return nil, nil
	}
	var chosen []user.License
	for _, w := range wishes {
		s := sh.at(Key{w.Service, w.Plan})
		pool, err := check(t, c, Assignment{Service: w.Service, Plan: w.Plan, Pool: w.Pool}, s, "licenses", "licenses")
		if err != nil {
			return nil, err
		}
		if s == nil {
			continue
		}
		if slices.ContainsFunc(chosen, func(l user.License) bool { return l.Service == w.Service }) {
			c.Fail("licenses", "twice", "Choose one license of each service.")
			continue
		}
		chosen = append(chosen, user.License{Service: w.Service, Plan: w.Plan, Model: string(s.Model), Pool: pool})
	}
	return chosen, nil
}

// Offer is what a form offers of licenses to whoever adds or invites people.
type Offer struct {
	Lines  []Line // the plans in force; none: nothing to choose, or not theirs to choose
	Pools  []Pool
	Scarce bool // a license is required, and none is free that satisfies
}

// OfferTo is the step of such a form.
func OfferTo(t *op.Tx) (Offer, error) {
	sh, err := look(t)
	if err != nil || len(sh) == 0 {
		return Offer{}, err
	}
	o := Offer{Scarce: sh.requires()}
	for _, s := range sh {
		if s.LicenseRequired && s.Free() > 0 {
			o.Scarce = false
		}
		if s.InForce() && t.Actor().Permissions.Has(authz.LicensesManage) {
			o.Lines = append(o.Lines, s.line(nil))
		}
	}
	if len(o.Lines) > 0 {
		o.Pools, err = pools(t)
	}
	return o, err
}

// Wishes are the values of a form's selects: 'service/plan' or 'service/plan/pool'.
func Wishes(values []string) []Wish {
	var list []Wish
	for _, v := range values {
		if v == "" {
			continue
		}
		key, rest, _ := strings.Cut(v, "/")
		plan, pool, _ := strings.Cut(rest, "/")
		list = append(list, Wish{key, plan, id.SeatPool(pool)})
	}
	return list
}

// Selects are the fields of a form, one for each service.
func (o Offer) Selects(ctx context.Context, chosen []string, fault string) []ui.Select {
	var list []ui.Select
	last := ""
	for _, l := range o.Lines {
		if l.Service != last {
			last = l.Service
			list = append(list, ui.Select{
				Name: "licenses", ID: "licenses-" + l.Service, Label: lang.T(ctx, "License of %s", l.ServiceName), Optional: true,
				Options: []ui.Option{{Label: lang.T(ctx, "As the rules say")}},
			})
		}
		to := &list[len(list)-1]
		to.Options = append(to.Options, o.options(ctx, l, chosen)...)
	}
	if len(list) > 0 {
		list[0].ID, list[0].Error = "licenses", fault
	}
	return list
}

func (o Offer) options(ctx context.Context, l Line, chosen []string) []ui.Option {
	value := l.Service + "/" + l.Plan
	if l.Model == service.Named {
		return []ui.Option{{
			Value: value, Label: l.PlanName, Count: lang.N(ctx, l.Free, "%d free", "%d free"), Selected: slices.Contains(chosen, value),
		}}
	}
	var list []ui.Option
	for _, p := range o.Pools {
		if p.Service == l.Service && p.Plan == l.Plan {
			at := value + "/" + string(p.ID)
			list = append(list, ui.Option{Value: at, Label: l.PlanName, Count: p.Name, Selected: slices.Contains(chosen, at)})
		}
	}
	return list
}

// Called are the names of the plans that were chosen.
func (o Offer) Called(chosen []string) string {
	var names []string
	for _, w := range Wishes(chosen) {
		for _, l := range o.Lines {
			if l.Service == w.Service && l.Plan == w.Plan {
				names = append(names, l.ServiceName+" "+l.PlanName)
			}
		}
	}
	return strings.Join(names, ", ")
}
