package service

import (
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/text"
)

const planColumns = `service, key, name, model, permissions, link, welcome_text, created_at, version`

// plansOf are the plans of a service, by name.
func plansOf(t *op.Tx, service string) ([]Plan, error) {
	return op.All[Plan](t, `-- across organizations: plans are of none
		select `+planColumns+` from plans where service = :service order by name_key, key`, op.Args{"service": service})
}

// allPlans are those of all services, by service and name.
func allPlans(t *op.Tx) ([]Plan, error) {
	return op.All[Plan](t, `-- across organizations: plans are of none
		select `+planColumns+` from plans order by service, name_key, key`, nil)
}

// planBy finds a plan, or answers errs.NotFound.
func planBy(t *op.Tx, service, key string) (Plan, error) {
	return op.One[Plan](t, `-- across organizations: plans are of none
		select `+planColumns+` from plans where service = :service and key = :key`, op.Args{"service": service, "key": key})
}

// wholes are the keys of the services that everybody in the organization may use:
// those to which it is subscribed as a whole today.
func wholes(t *op.Tx) ([]string, error) {
	return op.All[string](t, `select distinct b.service from subscriptions b
		where b.org_id = :org and b.plan = '' and `+SubscriptionInForce, op.Args{"today": Today(t)})
}

// plansHeldBy are the plans of which a user holds a license today, with what a
// welcome needs of them.
func plansHeldBy(t *op.Tx, u id.User) ([]Plan, error) {
	return op.All[Plan](t, `select p.service, p.link, p.welcome_text from licenses l join plans p on p.service = l.service and p.key = l.plan
		where l.org_id = :org and l.user_id = :user and l.held and exists (select 1 from subscriptions b
			where b.org_id = :org and b.service = l.service and b.plan = l.plan and `+SubscriptionInForce+`)`,
		op.Args{"today": Today(t), "user": u})
}

func (p Plan) args() op.Args {
	return op.Args{
		"service": p.Service, "key": p.Key, "name": p.Name, "name_key": text.Key(p.Name), "model": p.Model, "permissions": p.Permissions.Written(),
		"link": p.Link, "welcome": p.WelcomeText, "created": p.CreatedAt, "version": p.Version,
	}
}

func insertPlan(t *op.Tx, p Plan) error {
	return t.ExecOne(`-- across organizations: plans are of none
		insert into plans (service, key, name, name_key, model, permissions, link, welcome_text, created_at, version)
		values (:service, :key, :name, :name_key, :model, :permissions, :link, :welcome, :created, 1)`, p.args())
}

// updatePlan writes all that can change, if nobody has changed the row since.
func updatePlan(t *op.Tx, p Plan) error {
	n, err := t.Exec(`-- across organizations: plans are of none
		update plans set name = :name, name_key = :name_key, permissions = :permissions, link = :link, welcome_text = :welcome, version = version + 1
		where service = :service and key = :key and version = :version`, p.args())
	if err == nil && n == 0 {
		return errs.Changed()
	}
	return err
}

// beside refuses a plan whose key, or name, another one of its service has.
func (p Plan) beside(others []Plan, isNew bool) error {
	for _, o := range others {
		if o.Key == p.Key && isNew {
			return errs.Conflict("plan_exists", "The service has a plan with this key already. Choose another one.")
		}
		if o.Key != p.Key && text.Key(o.Name) == text.Key(p.Name) {
			return errs.Conflict("name_taken", "Another plan of the service has this name. Choose another one.")
		}
	}
	return nil
}
