package service

import (
	"cmp"
	"slices"

	"roster/internal/id"
	"roster/internal/op"
)

// InForce is the step of whoever needs to know what the organization may use: the
// services to which it is subscribed today, by name. They come without their
// permissions: those are in the catalogue of package role.
func InForce(t *op.Tx) ([]Service, error) {
	return op.All[Service](t, `select `+columns+` from services where key in (
			select b.service from subscriptions b where b.org_id = :org and `+SubscriptionInForce+`)
		order by name_key, key`, op.Args{"today": Today(t)})
}

// usedBy are those of them that a user may use: what everybody may, and that of
// which they hold a license, with what its plan says in place of the service.
func usedBy(t *op.Tx, u id.User) ([]Service, error) {
	services, err := InForce(t)
	if err != nil {
		return nil, err
	}
	whole, err := wholes(t)
	if err != nil {
		return nil, err
	}
	plans, err := plansHeldBy(t, u)
	if err != nil {
		return nil, err
	}
	var used []Service
	for _, s := range services {
		at := slices.IndexFunc(plans, func(p Plan) bool { return p.Service == s.Key })
		if at >= 0 {
			s.Link, s.WelcomeText = cmp.Or(plans[at].Link, s.Link), cmp.Or(plans[at].WelcomeText, s.WelcomeText)
		}
		if at >= 0 || slices.Contains(whole, s.Key) {
			used = append(used, s)
		}
	}
	return used, nil
}

// SubscriptionInForce is the condition, for the SQL of others, that a subscription b
// is in force on the day :today.
const SubscriptionInForce = `b.starts_on <= :today and (b.ends_on = '' or b.ends_on >= :today)`

// Today is the day on which a transaction runs, as subscriptions write days.
func Today(t *op.Tx) string { return dayOf(t.Now()) }
