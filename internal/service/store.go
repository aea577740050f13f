package service

import (
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/text"
)

const columns = `key, name, link, install_text, welcome_text, license_required, uses_numbers, created_at, version`

// byKey finds a service with its permissions, or answers errs.NotFound.
func byKey(t *op.Tx, key string) (Service, error) {
	s, err := op.One[Service](t, `-- across organizations: services are of none
		select `+columns+` from services where key = :key`, op.Args{"key": key})
	if err != nil {
		return s, err
	}
	rows, err := declared(t, []Service{s})
	if err != nil {
		return s, err
	}
	return rows[0], nil
}

func page(t *op.Tx, search string, after position, limit int) ([]Service, error) {
	rows, err := op.All[Service](t, `-- across organizations: services are of none
		select `+columns+` from services
		where (name_key, key) > (:name, :key) and (:search = '' or name_key like :like escape '\' or key like :like escape '\')
		order by name_key, key limit :limit`,
		op.Args{"name": after.Name, "key": after.Key, "search": search, "like": op.Like(search), "limit": limit})
	if err != nil {
		return nil, err
	}
	return declared(t, rows)
}

func count(t *op.Tx, search string) (int, error) {
	return op.One[int](t, `-- across organizations: services are of none
		select count(*) from services where :search = '' or name_key like :like escape '\' or key like :like escape '\'`,
		op.Args{"search": search, "like": op.Like(search)})
}

// declared are the services with the permissions that each declares, in order.
func declared(t *op.Tx, services []Service) ([]Service, error) {
	at := make(map[string]int, len(services))
	keys := make([]string, len(services))
	for i, s := range services {
		at[s.Key], keys[i], services[i].Permissions = i, s.Key, []Permission{}
	}
	rows, err := op.All[Permission](t, `-- across organizations: services are of none
		select service, key, name, everybody, delivery from service_permissions where service in (:keys) order by service, position`, op.Args{"keys": keys})
	for _, p := range rows {
		s := &services[at[p.Service]]
		p.ServiceName = s.Name
		s.Permissions = append(s.Permissions, p)
	}
	return services, err
}

// others are those permissions of s that another service has declared, by key.
func others(t *op.Tx, s Service) (map[string]Permission, error) {
	rows, err := op.All[Permission](t, `-- across organizations: services are of none
		select p.service, p.key, s.name as service_name from service_permissions p join services s on s.key = p.service
		where p.key in (:keys) and p.service <> :service`, op.Args{"keys": s.keys(), "service": s.Key})
	by := make(map[string]Permission, len(rows))
	for _, p := range rows {
		by[p.Key] = p
	}
	return by, err
}

func insert(t *op.Tx, s Service) error {
	args := s.args()
	args["created"] = s.CreatedAt
	n, err := t.Exec(`-- across organizations: services are of none
		insert into services (key, name, name_key, link, install_text, welcome_text, license_required, uses_numbers, created_at, version)
		values (:key, :name, :name_key, :link, :install, :welcome, :license, :numbers, :created, 1)
		on conflict do nothing`, args)
	if err == nil && n == 0 {
		return exists()
	}
	if err != nil {
		return err
	}
	return declare(t, s)
}

// update writes all that can change, if nobody has changed the row since.
func update(t *op.Tx, s Service) error {
	args := s.args()
	args["version"] = s.Version
	n, err := t.Exec(`-- across organizations: services are of none
		update services set name = :name, name_key = :name_key, link = :link, install_text = :install, welcome_text = :welcome,
			license_required = :license, uses_numbers = :numbers, version = version + 1
		where key = :key and version = :version`, args)
	if err == nil && n == 0 {
		return errs.Changed()
	}
	if err != nil {
		return err
	}
	return declare(t, s)
}

func (s Service) args() op.Args {
	return op.Args{
		"key": s.Key, "name": s.Name, "name_key": text.Key(s.Name), "link": s.Link, "install": s.InstallText, "welcome": s.WelcomeText,
		"license": s.LicenseRequired, "numbers": s.UsesNumbers,
	}
}

// declare writes the permissions of s in place of those that it had.
func declare(t *op.Tx, s Service) error {
	if by, err := others(t, s); err != nil {
		return err
	} else if len(by) > 0 {
		return taken(s, by)
	}
	if _, err := t.Exec(`-- across organizations: services are of none
		delete from service_permissions where service = :service`, op.Args{"service": s.Key}); err != nil {
		return err
	}
	for i, p := range s.Permissions {
		if _, err := t.Exec(`-- across organizations: services are of none
			insert into service_permissions (service, key, name, everybody, delivery, position)
			values (:service, :key, :name, :everybody, :delivery, :position)`,
			op.Args{"service": s.Key, "key": p.Key, "name": p.Name, "everybody": p.Everybody, "delivery": p.Delivery, "position": i}); err != nil {
			return err
		}
	}
	return nil
}

const subscriptions = `select x.id, x.service, s.name as service_name, s.name_key, x.plan, coalesce(p.name, '') as plan_name, x.quantity, x.starts_on, x.ends_on, x.created_at, x.version
	from subscriptions x join services s on s.key = x.service left join plans p on p.service = x.service and p.key = x.plan where x.org_id = :org `

// subscription finds one, or answers errs.NotFound.
func subscription(t *op.Tx, one id.Subscription) (Subscription, error) {
	s, err := op.One[Subscription](t, subscriptions+`and x.id = :id`, op.Args{"id": one})
	return s.on(Today(t)), err
}

// subscriptionsTo are those to one service, past ones included.
func subscriptionsTo(t *op.Tx, service string) ([]Subscription, error) {
	return op.All[Subscription](t, subscriptions+`and x.service = :service order by x.starts_on, x.id`, op.Args{"service": service})
}

// subscriptionPage are some of the organization's, by the service's name and the first day.
func subscriptionPage(t *op.Tx, after subscriptionPosition, limit int) ([]Subscription, error) {
	rows, err := op.All[Subscription](t, subscriptions+`and (s.name_key, x.starts_on, x.id) > (:name, :starts, :id)
		order by s.name_key, x.starts_on, x.id limit :limit`,
		op.Args{"name": after.Name, "starts": after.StartsOn, "id": string(after.ID), "limit": limit})
	for i := range rows {
		rows[i] = rows[i].on(Today(t))
	}
	return rows, err
}

func countSubscriptions(t *op.Tx) (int, error) {
	return op.One[int](t, `select count(*) from subscriptions where org_id = :org`, nil)
}

func insertSubscription(t *op.Tx, s Subscription) error {
	return t.ExecOne(`insert into subscriptions (org_id, id, service, plan, quantity, starts_on, ends_on, created_at, version)
		values (:org, :id, :service, :plan, :quantity, :starts, :ends, :created, 1)`,
		op.Args{"id": s.ID, "service": s.Service, "plan": s.Plan, "quantity": s.Quantity, "starts": s.StartsOn, "ends": s.EndsOn, "created": s.CreatedAt})
}

// updateSubscription writes the days, if nobody has changed the row since.
func updateSubscription(t *op.Tx, s Subscription) error {
	n, err := t.Exec(`update subscriptions set quantity = :quantity, starts_on = :starts, ends_on = :ends, version = version + 1
		where org_id = :org and id = :id and version = :version`,
		op.Args{"id": s.ID, "quantity": s.Quantity, "starts": s.StartsOn, "ends": s.EndsOn, "version": s.Version})
	if err == nil && n == 0 {
		return errs.Changed()
	}
	return err
}
