package service

import "roster/internal/op"

// InForce is the step of whoever needs to know what the organization may use: the
// services to which it is subscribed today, by name. They come without their
// permissions: those are in the catalogue of package role.
func InForce(t *op.Tx) ([]Service, error) {
	return op.All[Service](t, `select `+columns+` from services where key in (
			select b.service from subscriptions b where b.org_id = :org and `+SubscriptionInForce+`)
		order by name_key, key`, op.Args{"today": Today(t)})
}

// SubscriptionInForce is the condition, for the SQL of others, that a subscription b
// is in force on the day :today.
const SubscriptionInForce = `b.starts_on <= :today and (b.ends_on = '' or b.ends_on >= :today)`

// Today is the day on which a transaction runs, as subscriptions write days.
func Today(t *op.Tx) string { return dayOf(t.Now()) }
