package seat

import (
	"time"

	"roster/internal/account"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/user"
)

// spans are the leases in a pool, and the wishes for one, that touch the time from a
// moment to another one.
func spans(t *op.Tx, pool id.SeatPool, from, to time.Time) ([]span, error) {
	return op.All[span](t, `select started_at, ended_at, 1 = 0 as wish from past_leases
			where org_id = :org and pool_id = :pool and ended_at > :from and started_at < :to
		union all select started_at, case when expires_at > :now then :now else expires_at end, 1 = 0 from seats
			where org_id = :org and pool_id = :pool and lease_id is not null and expires_at > :from and started_at < :to
		union all select started_at, ended_at, 1 = 1 from seat_wishes
			where org_id = :org and pool_id = :pool and ended_at > :from and started_at < :to`,
		op.Args{"pool": pool, "from": from, "to": to, "now": t.Now()})
}

// wishUntil prolongs what a user wishes for already, and reports whether they do.
func wishUntil(t *op.Tx, l Lease, until time.Time) (bool, error) {
	n, err := t.Exec(`update seat_wishes set ended_at = :until where org_id = :org and pool_id = :pool and user_id = :user and ended_at > :now`,
		op.Args{"pool": l.Pool, "user": l.User, "until": until, "now": t.Now()})
	return n > 0, err
}

func addWish(t *op.Tx, l Lease, until time.Time) error {
	return t.ExecOne(`insert into seat_wishes (org_id, pool_id, user_id, started_at, ended_at) values (:org, :pool, :user, :now, :until)
		on conflict (org_id, pool_id, user_id, started_at) do update set ended_at = excluded.ended_at`,
		op.Args{"pool": l.Pool, "user": l.User, "now": t.Now(), "until": until})
}

// daysOf are the days of a pool, from one on, that are written down.
func daysOf(t *op.Tx, pool id.SeatPool, from time.Time) ([]Day, error) {
	return op.All[Day](t, `select day, seats, at_a_time, peak, turned_away, demand, full_ms from seat_days
		where org_id = :org and pool_id = :pool and day >= :from order by day`, op.Args{"pool": pool, "from": from.Format(time.DateOnly)})
}

func lastDay(t *op.Tx, pool id.SeatPool) (string, bool, error) {
	return first(op.All[string](t, `select day from seat_days where org_id = :org and pool_id = :pool order by day desc limit 1`, op.Args{"pool": pool}))
}

func addDay(t *op.Tx, pool id.SeatPool, d Day) error {
	_, err := t.Exec(`insert into seat_days (org_id, pool_id, day, seats, at_a_time, peak, turned_away, demand, full_ms)
		values (:org, :pool, :day, :seats, :limit, :peak, :away, :demand, :full) on conflict do nothing`,
		op.Args{
			"pool": pool, "day": d.Day, "seats": d.Seats, "limit": d.Limit, "peak": d.Peak, "away": d.TurnedAway, "demand": d.Demand, "full": d.FullMS,
		})
	return err
}

// behind are pools, of all organizations, of which yesterday is not written down.
func behind(t *op.Tx, n int) ([]ofPool, error) {
	today := midnight(t.Now())
	return op.All[ofPool](t, `-- across organizations: Roster keeps the books of all of them
		select p.org_id, p.id from seat_pools p where p.created_at < :today
			and not exists (select 1 from seat_days d where d.org_id = p.org_id and d.pool_id = p.id and d.day = :yesterday) order by p.org_id, p.id limit :n`,
		op.Args{"today": today, "yesterday": today.AddDate(0, 0, -1).Format(time.DateOnly), "n": n})
}

// ofPool is a pool of any organization.
type ofPool struct {
	Org  id.Org      `db:"org_id"`
	Pool id.SeatPool `db:"id"`
}

// used is what each group used of each plan from a moment to another one.
func used(t *op.Tx, from, to time.Time) ([]Used, error) {
	return op.All[Used](t, `select a.group_id, coalesce(g.name, '') as group_name, a.service, a.plan, s.name || ' ' || p.name as plan_name, p.model,
			cast(sum(a.users) as bigint) as users, cast(sum(a.leases) as bigint) as leases, cast(sum(a.ms) as bigint) as ms
		from (
			select u.group_id, l.service, l.plan, 1 as users, 0 as leases, 0 as ms
				from licenses l join users u on u.org_id = l.org_id and u.id = l.user_id where l.org_id = :org and l.held
			union all select x.group_id, x.service, x.plan, 0, 1,
				(case when x.ended_at < :to then x.ended_at else :to end) - (case when x.started_at > :from then x.started_at else :from end)
				from past_leases x where x.org_id = :org and x.ended_at > :from and x.started_at < :to
			union all select u.group_id, o.service, o.plan, 0, 1,
				(case when x.expires_at < :end then x.expires_at else :end end) - (case when x.started_at > :from then x.started_at else :from end)
				from seats x join seat_pools o on o.org_id = x.org_id and o.id = x.pool_id join users u on u.org_id = x.org_id and u.id = x.user_id
				where x.org_id = :org and x.expires_at > :from and x.started_at < :end
		) a join services s on s.key = a.service join plans p on p.service = a.service and p.key = a.plan
			left join groups g on g.org_id = :org and g.id = a.group_id
		group by a.group_id, g.name, g.name_key, a.service, a.plan, s.name, s.name_key, p.name, p.name_key, p.model
		order by g.name_key, a.group_id, s.name_key, a.service, p.name_key, a.plan`,
		op.Args{"from": from, "to": to, "end": earlier(to, t.Now())})
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// figure is a number about a pool.
type figure struct {
	Pool id.SeatPool `db:"pool_id"`
	N    int         `db:"n"`
}

func byPool(rows []figure, err error) (map[id.SeatPool]int, error) {
	m := make(map[id.SeatPool]int, len(rows))
	for _, r := range rows {
		m[r.Pool] = r.N
	}
	return m, err
}

// demands are the greatest demands for each pool's seats on the days, from one on, that
// are written down.
func demands(t *op.Tx, from time.Time) (map[id.SeatPool]int, error) {
	return byPool(op.All[figure](t, `select pool_id, max(demand) as n from seat_days where org_id = :org and day >= :day group by pool_id`,
		op.Args{"day": from.Format(time.DateOnly)}))
}

// turnedAway is how often somebody found no seat in each pool since a day.
func turnedAway(t *op.Tx, from time.Time) (map[id.SeatPool]int, error) {
	return byPool(op.All[figure](t, `select pool_id, count(*) as n from seat_wishes where org_id = :org and started_at >= :from group by pool_id`, op.Args{"from": from}))
}

func countBusy(t *op.Tx, pool id.SeatPool) (int, error) {
	return op.One[int](t, `select count(*) from seats where org_id = :org and pool_id = :pool and expires_at > :now and busy_until > :now`,
		op.Args{"pool": pool, "now": t.Now()})
}

// holderOf is who has a lease in force and whom whoever asks reaches, or answers errs.NotFound.
func holderOf(t *op.Tx, lease id.Lease) (Holder, error) {
	condition, args := account.Within(t)
	args["id"], args["now"] = lease, t.Now()
	return op.One[Holder](t, `select `+leaseColumns+`, `+user.ShownName+` as name from seats s join users u on u.org_id = s.org_id and u.id = s.user_id
		where s.org_id = :org and s.lease_id = :id and s.expires_at > :now`+condition, args)
}
