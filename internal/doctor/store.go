package doctor

import (
	"roster/internal/op"
	"roster/internal/service"
)

// rule is what holds, and a statement that finds where it does not.
type rule struct{ holds, sql string }

func broken(t *op.Tx, r rule) ([]Finding, error) {
	return op.All[Finding](t, r.sql+` limit :most`, op.Args{"most": mostOf, "now": t.Now(), "today": service.Today(t)})
}

var rules = []rule{
	{"the licenses of a plan are as many as are counted", `-- across organizations: all of them are examined
		select o.id as org_id, p.service || '/' || p.key as what from organizations o cross join plans p
		where coalesce((select c.held from license_counts c where c.org_id = o.id and c.service = p.service and c.plan = p.key), 0) <>
			(select count(*) from licenses l where l.org_id = o.id and l.service = p.service and l.plan = p.key and l.held)`},
	{"the members of a pool are as many as are counted", `-- across organizations: all of them are examined
		select p.org_id, p.id as what from seat_pools p
		where coalesce((select c.members from pool_counts c where c.org_id = p.org_id and c.pool_id = p.id), 0) <>
			(select count(*) from licenses l where l.org_id = p.org_id and l.pool_id = p.id and l.held)`},
	{"a license of a seat plan is in a pool of the plan, and no other is in one", `-- across organizations: all of them are examined
		select l.org_id, l.user_id as what from licenses l join plans p on p.service = l.service and p.key = l.plan
		where (p.model = 'seat') <> exists (select 1 from seat_pools s where s.org_id = l.org_id and s.id = l.pool_id and s.service = l.service and s.plan = l.plan)
			or p.model <> 'seat' and l.pool_id is not null`},
	{"each seat plan that was bought has one default pool", `-- across organizations: all of them are examined
		select b.org_id, b.service || '/' || b.plan as what from subscriptions b join plans p on p.service = b.service and p.key = b.plan
		where p.model = 'seat' and (select count(*) from seat_pools s where s.org_id = b.org_id and s.service = b.service and s.plan = b.plan and s.is_default) <> 1`},
	{"who has a seat is an active member of its pool", `-- across organizations: all of them are examined
		select s.org_id, s.user_id as what from seats s join users u on u.org_id = s.org_id and u.id = s.user_id
		where s.lease_id is not null and s.expires_at > :now and (u.state <> 'active'
			or not exists (select 1 from licenses l where l.org_id = s.org_id and l.user_id = s.user_id and l.pool_id = s.pool_id and l.held))`},
	{"a lease is on one seat, and has not ended", `-- across organizations: all of them are examined
		select s.org_id, s.lease_id as what from seats s
		where s.lease_id is not null and exists (select 1 from past_leases p where p.org_id = s.org_id and p.id = s.lease_id)`},
	{"a seat has a lease and a user, or neither", `-- across organizations: all of them are examined
		select org_id, pool_id as what from seats where (lease_id is null) <> (user_id is null)`},
	{"an active user has a license where one is required", `-- across organizations: all of them are examined
		select u.org_id, u.id as what from users u where u.state = 'active'
			and exists (select 1 from subscriptions b join services s on s.key = b.service
				where b.org_id = u.org_id and s.license_required and b.plan <> '' and b.starts_on <= :today and (b.ends_on = '' or b.ends_on >= b.starts_on))
			and not exists (select 1 from licenses l join services s on s.key = l.service where l.org_id = u.org_id and l.user_id = u.id and l.held and s.license_required)`},
	{"only those who are, or are to become, active have a license", `-- across organizations: all of them are examined
		select l.org_id, l.user_id as what from licenses l join users u on u.org_id = l.org_id and u.id = l.user_id
		where l.held and u.state = 'deactivated'`},
	{"only active users have sessions", `-- across organizations: all of them are examined
		select s.org_id, s.user_id as what from sessions s join users u on u.org_id = s.org_id and u.id = s.user_id where u.state <> 'active'`},
	{"only invited people have an invitation", `-- across organizations: all of them are examined
		select i.org_id, i.user_id as what from invitations i join users u on u.org_id = i.org_id and u.id = i.user_id where u.state <> 'invited'`},
	{"who has not joined has no password", `-- across organizations: all of them are examined
		select u.org_id, u.id as what from users u where u.state in ('invited', 'pending') and u.password <> ''`},
	{"everybody is found by search", `-- across organizations: all of them are examined
		select u.org_id, u.id as what from users u where not exists (select 1 from user_words w where w.rowid = u.seq)`},
	{"one group of an organization is the default one", `-- across organizations: all of them are examined
		select o.id as org_id, o.id as what from organizations o where (select count(*) from groups g where g.org_id = o.id and g.is_default) <> 1`},
}
