package license

import (
	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/service"
	"roster/internal/user"
)

const columns = `l.user_id, l.service, l.plan, l.pool_id, l.held, l.manual, l.since`

// of are a user's licenses, by service.
func of(t *op.Tx, u id.User) ([]License, error) {
	return op.All[License](t, `select `+columns+` from licenses l where l.org_id = :org and l.user_id = :user order by l.service`, op.Args{"user": u})
}

// HeldBy is the step of whoever needs to know the licenses that users hold of
// services.
func HeldBy(t *op.Tx, users []id.User, services []string) ([]License, error) {
	return op.All[License](t, `select `+columns+` from licenses l where l.org_id = :org and l.user_id in (:users) and l.service in (:services) and l.held`,
		op.Args{"users": users, "services": services})
}

// look reads the shelf.
func look(t *op.Tx) (shelf, error) {
	bought, err := service.Bought(t)
	if err != nil || len(bought) == 0 {
		return nil, err
	}
	counts, err := op.All[struct {
		Key
		Held int `db:"held"`
	}](t, `select service, plan, held from license_counts where org_id = :org`, nil)
	held := map[Key]int{}
	for _, c := range counts {
		held[c.Key] = c.Held
	}
	sh := make(shelf, len(bought))
	for i, b := range bought {
		sh[i] = Stock{b, held[Key{b.Service, b.Key}]}
	}
	return sh, err
}

// Hooks are filled once, in app/reactions.go.
var Hooks struct {
	// Unseated ends the lease of a user who is no member of a pool any more.
	Unseated func(t *op.Tx, u id.User, pool id.SeatPool) error
	// Shares are the pools of all plans with their figures, the default ones first;
	// TurnedAway is of so many days, or left out.
	Shares func(t *op.Tx, days int) ([]Pool, error)
}

// leaves ends the lease of whoever was a member of a pool, and is none of it now.
func leaves(t *op.Tx, before, after *License) error {
	if before == nil || !before.Held || before.Pool == "" || after != nil && after.Held && after.Pool == before.Pool {
		return nil
	}
	return Hooks.Unseated(t, before.User, before.Pool)
}

// Hold is the step of whoever needs to know that a user is a member of a pool, and
// that this is so until the transaction has committed: the row is written as it is,
// so that whoever takes the license away meanwhile meets this transaction, and
// begins anew.
func Hold(t *op.Tx, u id.User, service string, pool id.SeatPool) (bool, error) {
	n, err := t.Exec(`update licenses set held = held where org_id = :org and user_id = :user and service = :service and pool_id = :pool and held`,
		op.Args{"user": u, "service": service, "pool": pool})
	return n == 1, err
}

// Repool is the step of a pool being deleted: its members come into another one of
// the same plan, and so do those whom a rule would put into it.
func Repool(t *op.Tx, from, to id.SeatPool) error {
	args := op.Args{"from": from, "to": to}
	if _, err := t.Exec(`update licenses set pool_id = :to where org_id = :org and pool_id = :from`, args); err != nil {
		return err
	}
	members, err := op.All[int](t, `delete from pool_counts where org_id = :org and pool_id = :from returning members`, args)
	if err != nil {
		return err
	}
	for _, n := range members {
		if err := countMembers(t, to, n); err != nil {
			return err
		}
	}
	_, err = t.Exec(`update license_defaults set pool_id = :to where org_id = :org and pool_id = :from`, args)
	return err
}

// put writes what a user has of a service now, in place of before, which is nil
// where there was nothing; nothing is left where after is nil. It is the only
// writer of licenses and of their counts, and keeps sh current.
func put(t *op.Tx, sh shelf, before, after *License) error {
	if err := leaves(t, before, after); err != nil {
		return err
	}
	if before != nil && before.Held {
		if err := count(t, sh, *before, -1); err != nil {
			return err
		}
	}
	if after == nil {
		return t.ExecOne(`delete from licenses where org_id = :org and user_id = :user and service = :service`,
			op.Args{"user": before.User, "service": before.Service})
	}
	if after.Held {
		if err := count(t, sh, *after, 1); err != nil {
			return err
		}
	}
	return t.ExecOne(`insert into licenses (org_id, user_id, service, plan, pool_id, held, manual, since)
		values (:org, :user, :service, :plan, :pool, :held, :manual, :since)
		on conflict (org_id, user_id, service) do update set plan = excluded.plan, pool_id = excluded.pool_id, held = excluded.held,
			manual = excluded.manual, since = excluded.since`,
		op.Args{
			"user": after.User, "service": after.Service, "plan": after.Plan, "pool": after.Pool, "held": after.Held,
			"manual": after.Manual, "since": after.Since,
		})
}

func count(t *op.Tx, sh shelf, l License, by int) error {
	if s := sh.at(l.key()); s != nil {
		s.Held += by
	}
	if l.Pool != "" {
		if err := countMembers(t, l.Pool, by); err != nil {
			return err
		}
	}
	args := op.Args{"service": l.Service, "plan": l.Plan, "by": by}
	n, err := t.Exec(`update license_counts set held = held + :by where org_id = :org and service = :service and plan = :plan`, args)
	if err != nil || n == 1 {
		return err
	}
	return t.ExecOne(`insert into license_counts (org_id, service, plan, held) values (:org, :service, :plan, :by)`, args)
}

func countMembers(t *op.Tx, pool id.SeatPool, by int) error {
	args := op.Args{"pool": pool, "by": by}
	n, err := t.Exec(`update pool_counts set members = members + :by where org_id = :org and pool_id = :pool`, args)
	if err != nil || n == 1 {
		return err
	}
	return t.ExecOne(`insert into pool_counts (org_id, pool_id, members) values (:org, :pool, :by)`, args)
}

// defaults are the plans that are given by rule.
func defaults(t *op.Tx) ([]Default, error) {
	return op.All[Default](t, `select group_id, service, plan, pool_id from license_defaults where org_id = :org order by service, group_id`, nil)
}

func setDefault(t *op.Tx, d Default) error {
	args := op.Args{"group": string(d.Group), "service": d.Service, "plan": d.Plan, "pool": d.Pool}
	if _, err := t.Exec(`delete from license_defaults where org_id = :org and group_id = :group and service = :service`, args); err != nil || d.Plan == "" {
		return err
	}
	return t.ExecOne(`insert into license_defaults (org_id, group_id, service, plan, pool_id) values (:org, :group, :service, :plan, :pool)`, args)
}

// poolOf answers the pool with this id, or without one the default pool, of a
// seat plan; empty if there is none.
func poolOf(t *op.Tx, k Key, pool id.SeatPool) (id.SeatPool, error) {
	found, err := op.All[id.SeatPool](t, `select id from seat_pools where org_id = :org and service = :service and plan = :plan
		and (id = :pool or :pool = '' and is_default)`, op.Args{"service": k.Service, "plan": k.Plan, "pool": string(pool)})
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

// inLine are the users who are to get a license of a plan and do not have it,
// longest waiting first: who cannot work without one before who can.
func inLine(t *op.Tx, k Key, n int) ([]License, error) {
	return op.All[License](t, `select `+columns+` from licenses l join users u on u.org_id = l.org_id and u.id = l.user_id
		where l.org_id = :org and l.service = :service and l.plan = :plan and not l.held and u.state in ('waiting', 'active')
		order by u.state desc, l.since, l.user_id limit :n`, op.Args{"service": k.Service, "plan": k.Plan, "n": n})
}

// unplaced are users who wait and have nothing to wait for, longest first.
func unplaced(t *op.Tx) ([]user.User, error) {
	return op.All[user.User](t, `select `+user.Columns+` from users u where org_id = :org and state = 'waiting'
		and not exists (select 1 from licenses l where l.org_id = u.org_id and l.user_id = u.id) order by activated_at, id`, nil)
}

// bare are the active users without a license that is required, admins first.
func bare(t *op.Tx, n int) ([]user.User, error) {
	return op.All[user.User](t, `select `+user.Columns+` from users u where org_id = :org and state = 'active' and `+unlicensed+`
		order by case when role_id = :admin then 0 else 1 end, created_at, id limit :n`, op.Args{"n": n, "admin": string(authz.RoleAdmin)})
}

const unlicensed = `not exists (select 1 from licenses l join services s on s.key = l.service
	where l.org_id = u.org_id and l.user_id = u.id and l.held and s.license_required)`

func countBare(t *op.Tx) (int, error) {
	return op.One[int](t, `select count(*) from users u where org_id = :org and state = 'active' and `+unlicensed, nil)
}

// organizationsBare are organizations that have bought plans of a service and
// have active users who would be without a license if it required one.
func organizationsBare(t *op.Tx, key string) (int, error) {
	return op.One[int](t, `-- across organizations: a service begins to require licenses in all of them at once
		select count(*) from organizations o where exists (select 1 from subscriptions b where b.org_id = o.id and b.service = :service
				and b.plan <> '' and (b.ends_on = '' or b.ends_on >= b.starts_on) and b.starts_on <= :today)
			and exists (select 1 from users u where u.org_id = o.id and u.state = 'active' and not exists (
				select 1 from licenses l join services s on s.key = l.service
				where l.org_id = u.org_id and l.user_id = u.id and l.held and (s.license_required or s.key = :service)))`,
		op.Args{"service": key, "today": service.Today(t)})
}

// figures are how many rows of each plan stand where.
type figures struct {
	Key
	State user.State `db:"state"`
	Held  bool       `db:"held"`
	N     int        `db:"n"`
}

func tally(t *op.Tx) ([]figures, error) {
	return op.All[figures](t, `select l.service, l.plan, u.state, l.held, count(*) as n from licenses l join users u on u.org_id = l.org_id and u.id = l.user_id
		where l.org_id = :org and (not l.held or u.state = 'invited' or u.state = 'pending') group by l.service, l.plan, u.state, l.held`, nil)
}

func countUnplaced(t *op.Tx) (int, error) {
	return op.One[int](t, `select count(*) from users u where org_id = :org and state = 'waiting'
		and not exists (select 1 from licenses l where l.org_id = u.org_id and l.user_id = u.id)`, nil)
}

// lapsed are reserved licenses of people whose invitation has expired.
func lapsed(t *op.Tx) ([]License, error) {
	return op.All[License](t, `select `+columns+` from licenses l join users u on u.org_id = l.org_id and u.id = l.user_id
		join invitations i on i.org_id = l.org_id and i.user_id = l.user_id
		where l.org_id = :org and l.held and u.state = 'invited' and i.expires_at <= :now order by l.since, l.user_id`, op.Args{"now": t.Now()})
}

// customers are the organizations, after one, that have bought plans.
func customers(t *op.Tx, after id.Org, n int) ([]id.Org, error) {
	return op.All[id.Org](t, `-- across organizations: Roster looks after all of them
		select distinct org_id from subscriptions where plan <> '' and org_id > :after order by org_id limit :n`, op.Args{"after": string(after), "n": n})
}

// someone is a user, whoever acts: what becomes free goes to whose turn it is.
func someone(t *op.Tx, u id.User) (user.User, error) {
	return op.One[user.User](t, `select `+user.Columns+` from users u where org_id = :org and id = :id`, op.Args{"id": u})
}

func countWaiting(t *op.Tx, besides id.User) (int, error) {
	return op.One[int](t, `select count(*) from users where org_id = :org and state = 'waiting' and id <> :id`, op.Args{"id": besides})
}

func admins(t *op.Tx, n int) ([]user.User, error) {
	return op.All[user.User](t, `select `+user.Columns+` from users u where org_id = :org and role_id = :admin and side = 'organization' and state = 'active'
		order by created_at, id limit :n`, op.Args{"admin": string(authz.RoleAdmin), "n": n})
}

// pools are the pools of seats that users can be put into, the default ones first.
func pools(t *op.Tx) ([]Pool, error) {
	return op.All[Pool](t, `select id, service, plan, name from seat_pools where org_id = :org order by is_default desc, name_key, id`, nil)
}

// Had is the step of a page that tells what licenses a user has.
func Had(t *op.Tx, u id.User) ([]Has, error) {
	return op.All[Has](t, `select `+columns+`, s.name || ' ' || p.name as called, p.model,
			coalesce((select o.name from seat_pools o where o.org_id = l.org_id and o.id = l.pool_id), '') as pool_name from licenses l
		join plans p on p.service = l.service and p.key = l.plan join services s on s.key = l.service
		where l.org_id = :org and l.user_id = :user order by s.name_key, l.service`, op.Args{"user": u})
}
