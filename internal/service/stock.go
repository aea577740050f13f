package service

import (
	"roster/internal/op"
)

// Stock is what an organization has bought of a plan.
type Stock struct {
	Plan
	ServiceName     string `db:"service_name"`
	LicenseRequired bool   `db:"license_required"` // by the service
	Bought          int    `db:"bought"`           // so many are in force today
	EndsOn          string `db:"ends_on"`          // of what is in force, the day on which the last ends; empty: without end
	Begun           bool   `db:"begun"`            // a subscription is in force, or was
}

// InForce reports whether a subscription to the plan is in force today.
func (s Stock) InForce() bool { return s.Bought > 0 }

// Bought is the step of whoever needs to know what the organization has bought:
// the plans to which it was ever subscribed, by service and name, but for what was
// taken back. It is the one source of these figures.
func Bought(t *op.Tx) ([]Stock, error) {
	return op.All[Stock](t, `select p.service, p.key, p.name, p.model, p.permissions, p.link, p.welcome_text, p.created_at, p.version,
			s.name as service_name, s.license_required,
			cast(sum(case when `+SubscriptionInForce+` then b.quantity else 0 end) as bigint) as bought,
			max(case when b.starts_on <= :today then 1 else 0 end) = 1 as begun,
			case when max(case when `+SubscriptionInForce+` and b.ends_on = '' then 1 else 0 end) = 1 then ''
				else coalesce(max(case when `+SubscriptionInForce+` then b.ends_on end), '') end as ends_on
		from subscriptions b join plans p on p.service = b.service and p.key = b.plan join services s on s.key = p.service
		where b.org_id = :org and (b.ends_on = '' or b.ends_on >= b.starts_on)
		group by p.service, p.key, p.name, p.name_key, p.model, p.permissions, p.link, p.welcome_text, p.created_at, p.version,
			s.name, s.name_key, s.license_required
		order by s.name_key, p.service, p.name_key, p.key`, op.Args{"today": Today(t)})
}
