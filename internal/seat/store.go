package seat

import (
	"time"

	"roster/internal/account"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/service"
	"roster/internal/text"
	"roster/internal/user"
)

// poolRow is a pool with what its seats are reckoned from.
type poolRow struct {
	Pool
	Bought int `db:"bought"`
	Taken  int `db:"taken"` // by pools that come before it
}

// poolColumns leave out the figures that need counting.
const poolColumns = `p.id, p.service, p.plan, p.name, p.is_default, p.seats, p.sign_out_after, p.second_device, p.overage, p.created_at, p.version,
	coalesce((select cast(sum(b.quantity) as bigint) from subscriptions b
		where b.org_id = p.org_id and b.service = p.service and b.plan = p.plan and ` + service.SubscriptionInForce + `), 0) as bought,
	coalesce((select cast(sum(o.seats) as bigint) from seat_pools o where o.org_id = p.org_id and o.service = p.service and o.plan = p.plan
		and not o.is_default and (p.is_default or o.created_at < p.created_at or o.created_at = p.created_at and o.id < p.id)), 0) as taken`

const poolFigures = `, coalesce((select c.members from pool_counts c where c.org_id = p.org_id and c.pool_id = p.id), 0) as members,
	(select count(*) from seats s where s.org_id = p.org_id and s.pool_id = p.id and s.expires_at > :now) as in_use`

// poolBy finds a pool with what decides about its leases, or answers errs.NotFound.
func poolBy(t *op.Tx, pool id.SeatPool) (poolRow, error) {
	p, err := op.One[poolRow](t, `select `+poolColumns+` from seat_pools p where p.org_id = :org and p.id = :id`,
		op.Args{"id": pool, "today": service.Today(t)})
	p.Pool = p.reckoned(p.Bought, p.Taken)
	return p, err
}

// asking is a pool, and what else decides about a lease of a user in it.
type asking struct {
	poolRow
	State  user.State `db:"state"` // empty: nobody whom whoever asks reaches
	Wishes bool       `db:"wishes"`
}

// ask reads all of that at once, or answers errs.NotFound.
func ask(t *op.Tx, pool id.SeatPool, u id.User) (asking, error) {
	condition, args := account.Within(t)
	args["id"], args["user"], args["today"], args["now"] = pool, u, service.Today(t), t.Now()
	a, err := op.One[asking](t, `select `+poolColumns+`,
			coalesce((select u.state from users u where u.org_id = :org and u.id = :user`+condition+`), '') as state,
			exists (select 1 from seat_wishes w where w.org_id = :org and w.pool_id = p.id and w.user_id = :user and w.ended_at > :now) as wishes
		from seat_pools p where p.org_id = :org and p.id = :id`, args)
	a.Pool = a.reckoned(a.Bought, a.Taken)
	return a, err
}

// pools are those of the organization, or one of them, with all of their figures, the
// default one of each plan first.
func pools(t *op.Tx, only id.SeatPool) ([]poolRow, error) {
	list, err := op.All[poolRow](t, `select `+poolColumns+poolFigures+` from seat_pools p where p.org_id = :org and (:only = '' or p.id = :only)
		order by p.service, p.plan, p.is_default desc, p.name_key, p.id`, op.Args{"only": string(only), "now": t.Now(), "today": service.Today(t)})
	for i := range list {
		list[i].Pool = list[i].reckoned(list[i].Bought, list[i].Taken)
	}
	return list, err
}

func (p Pool) args() op.Args {
	return op.Args{
		"id": p.ID, "service": p.Service, "plan": p.Plan, "name": p.Name, "name_key": text.Key(p.Name), "default": p.Default,
		"seats": p.Seats, "after": p.SignOutAfter, "second": p.SecondDevice, "overage": p.Overage, "created": p.CreatedAt, "version": p.Version,
	}
}

func insertPool(t *op.Tx, p Pool) error {
	return t.ExecOne(`insert into seat_pools (org_id, id, service, plan, name, name_key, seats, is_default, sign_out_after, second_device, overage, created_at, version)
		values (:org, :id, :service, :plan, :name, :name_key, :seats, :default, :after, :second, :overage, :created, 1)`, p.args())
}

// updatePool writes all that can change, if nobody has changed the row since. A
// default pool's seats are not written.
func updatePool(t *op.Tx, p Pool) error {
	if p.Default {
		p.Seats = 0
	}
	n, err := t.Exec(`update seat_pools set name = :name, name_key = :name_key, seats = :seats, sign_out_after = :after, second_device = :second,
		overage = :overage, version = version + 1 where org_id = :org and id = :id and version = :version`, p.args())
	if err == nil && n == 0 {
		return errs.Changed()
	}
	return err
}

func deletePool(t *op.Tx, pool id.SeatPool) error {
	return t.ExecOne(`delete from seat_pools where org_id = :org and id = :id`, op.Args{"id": pool})
}

const leaseColumns = `s.lease_id, s.pool_id, s.slot, s.user_id, s.device, s.ttl, s.started_at, s.busy_until, s.expires_at`

// first is the only row of a statement, if there is one.
func first[T any](list []T, err error) (T, bool, error) {
	if err != nil || len(list) == 0 {
		var none T
		return none, false, err
	}
	return list[0], true, nil
}

// seatOf is the seat that a user has in a pool, in force or run out, locked.
func seatOf(t *op.Tx, pool id.SeatPool, u id.User) (Lease, bool, error) {
	return first(op.All[Lease](t, `select `+leaseColumns+` from seats s where s.org_id = :org and s.pool_id = :pool and s.user_id = :user LOCK_ROW`,
		op.Args{"pool": pool, "user": u}))
}

// byLease is the seat with this lease, locked.
func byLease(t *op.Tx, lease id.Lease) (Lease, bool, error) {
	return first(op.All[Lease](t, `select `+leaseColumns+` from seats s where s.org_id = :org and s.lease_id = :id LOCK_ROW`, op.Args{"id": lease}))
}

// free is the lowest seat of a pool up to a number that is empty, or, if there is
// none, the lowest whose lease has run out; locked, and never one that somebody else is
// just taking.
func free(t *op.Tx, pool id.SeatPool, limit int) (Lease, bool, error) {
	const seat = `select ` + leaseColumns + ` from seats s where s.org_id = :org and s.pool_id = :pool and s.slot <= :limit`
	empty, found, err := first(op.All[Lease](t, seat+` and s.lease_id is null order by s.slot limit 1 SKIP_LOCKED`, op.Args{"pool": pool, "limit": limit}))
	if err != nil || found {
		return empty, found, err
	}
	return first(op.All[Lease](t, seat+` and s.lease_id is not null and s.expires_at <= :now order by s.slot limit 1 SKIP_LOCKED`,
		op.Args{"pool": pool, "limit": limit, "now": t.Now()}))
}

// beyond is the highest seat in force above a number, locked.
func beyond(t *op.Tx, pool id.SeatPool, limit int) (Lease, bool, error) {
	return first(op.All[Lease](t, `select `+leaseColumns+` from seats s where s.org_id = :org and s.pool_id = :pool
		and s.slot > :limit and s.expires_at > :now order by s.slot desc limit 1 LOCK_ROW`,
		op.Args{"pool": pool, "limit": limit, "now": t.Now()}))
}

func lastSlot(t *op.Tx, pool id.SeatPool) (int, error) {
	return op.One[int](t, `select coalesce(max(slot), 0) from seats where org_id = :org and pool_id = :pool`, op.Args{"pool": pool})
}

// addSlots makes the seats from a number up to another one, unless somebody else does.
func addSlots(t *op.Tx, pool id.SeatPool, from, to int) error {
	_, err := t.Exec(`with recursive n (slot) as (select cast(:from as bigint) union all select slot + 1 from n where slot < :to)
		insert into seats (org_id, pool_id, slot, device, ttl, expires_at) select :org, :pool, slot, '', 0, :never from n where slot <= :to
		on conflict do nothing`, op.Args{"pool": pool, "from": from, "to": to, "never": time.UnixMilli(0)})
	return err
}

// write puts a lease on its seat.
func write(t *op.Tx, l Lease) error {
	return t.ExecOne(`update seats set lease_id = :id, user_id = :user, device = :device, ttl = :ttl, started_at = :started,
		busy_until = :busy, expires_at = :expires where org_id = :org and pool_id = :pool and slot = :slot`,
		op.Args{
			"id": l.ID, "user": l.User, "device": l.Device, "ttl": l.TTL, "started": l.StartedAt, "busy": l.BusyUntil, "expires": l.ExpiresAt,
			"pool": l.Pool, "slot": l.Slot,
		})
}

// vacate makes a seat one that nobody holds, since a moment. Where it had a lease,
// started_at says so: the next one does not begin before, whatever the clock of the
// transaction that takes it.
func vacate(t *op.Tx, l Lease, since time.Time) error {
	return write(t, Lease{Pool: l.Pool, Slot: l.Slot, StartedAt: since, ExpiresAt: time.UnixMilli(0)})
}

// ending notes how leases of a pool ended: now, or by themselves if they have run out.
const ending = `insert into past_leases (org_id, id, pool_id, service, plan, group_id, user_id, device, started_at, ended_at, reason)
	select s.org_id, s.lease_id, s.pool_id, p.service, p.plan, u.group_id, s.user_id, s.device, s.started_at,
		case when s.expires_at <= :now then s.expires_at when s.started_at > :now then s.started_at else :now end, case when s.expires_at > :now then :reason else 'expired' end
	from seats s join seat_pools p on p.org_id = s.org_id and p.id = s.pool_id join users u on u.org_id = s.org_id and u.id = s.user_id
	where s.org_id = :org and s.pool_id = :pool and s.lease_id is not null`

// remember notes how the lease on a seat ended.
func remember(t *op.Tx, l Lease, how End) error {
	return t.ExecOne(ending+` and s.slot = :slot`, op.Args{"now": t.Now(), "reason": how, "pool": l.Pool, "slot": l.Slot})
}

// rememberAll notes it of all leases in a pool.
func rememberAll(t *op.Tx, pool id.SeatPool, how End) error {
	_, err := t.Exec(ending, op.Args{"now": t.Now(), "reason": how, "pool": pool})
	return err
}

// endOf is how a lease ended that is over.
func endOf(t *op.Tx, lease id.Lease) (End, bool, error) {
	return first(op.All[End](t, `select reason from past_leases where org_id = :org and id = :id`, op.Args{"id": lease}))
}

// holders are those who hold a seat of a pool and whom whoever asks reaches, after a slot.
func holders(t *op.Tx, pool id.SeatPool, after, n int) ([]Holder, error) {
	condition, args := account.Within(t)
	args["pool"], args["after"], args["n"], args["now"] = pool, after, n, t.Now()
	return op.All[Holder](t, `select `+leaseColumns+`, `+user.ShownName+` as name from seats s join users u on u.org_id = s.org_id and u.id = s.user_id
		where s.org_id = :org and s.pool_id = :pool and s.slot > :after and s.expires_at > :now`+condition+` order by s.slot limit :n`, args)
}

// countHolders is how many they are.
func countHolders(t *op.Tx, pool id.SeatPool) (int, error) {
	condition, args := account.Within(t)
	args["pool"], args["now"] = pool, t.Now()
	return op.One[int](t, `select count(*) from seats s join users u on u.org_id = s.org_id and u.id = s.user_id
		where s.org_id = :org and s.pool_id = :pool and s.expires_at > :now`+condition, args)
}

// nextFree is when the first seat of a pool that is in use runs out.
func nextFree(t *op.Tx, pool id.SeatPool) (time.Time, bool, error) {
	return first(op.All[time.Time](t, `select expires_at from seats where org_id = :org and pool_id = :pool and expires_at > :now order by expires_at limit 1`,
		op.Args{"pool": pool, "now": t.Now()}))
}

// Place is a user's in a pool.
type Place struct {
	User id.User     `db:"user_id"`
	Pool id.SeatPool `db:"pool_id"`
}

// InUse is the step of whoever needs to know which of some users have a seat now, and
// of which pools.
func InUse(t *op.Tx, users []id.User) (map[Place]bool, error) {
	list, err := op.All[Place](t, `select user_id, pool_id from seats where org_id = :org and user_id in (:users) and expires_at > :now`,
		op.Args{"users": users, "now": t.Now()})
	seated := make(map[Place]bool, len(list))
	for _, one := range list {
		seated[one] = true
	}
	return seated, err
}

func forget(t *op.Tx, u id.User) error {
	_, err := t.Exec(`update past_leases set user_id = null, device = '' where org_id = :org and user_id = :user`, op.Args{"user": u})
	return err
}

// ranOut are leases, of all organizations, that ended by themselves and stand on
// their seats still.
func ranOut(t *op.Tx, n int) ([]id.Org, error) {
	return op.All[id.Org](t, `-- across organizations: Roster tidies up in all of them
		select distinct org_id from seats where lease_id is not null and expires_at <= :now order by org_id limit :n`, op.Args{"now": t.Now(), "n": n})
}

func ranOutHere(t *op.Tx, n int) ([]Lease, error) {
	return op.All[Lease](t, `select `+leaseColumns+` from seats s where s.org_id = :org and s.lease_id is not null and s.expires_at <= :now
		order by s.pool_id, s.slot limit :n SKIP_LOCKED`, op.Args{"now": t.Now(), "n": n})
}

func dropPast(t *op.Tx, before time.Time) error {
	args := op.Args{"before": before, "day": before.UTC().Format(time.DateOnly)}
	for _, old := range []string{
		`-- across organizations: what has long ended is forgotten in all of them
		delete from past_leases where ended_at < :before`,
		`-- across organizations: what has long ended is forgotten in all of them
		delete from seat_wishes where ended_at < :before`,
		`-- across organizations: what has long ended is forgotten in all of them
		delete from seat_days where day < :day`,
	} {
		if _, err := t.Exec(old, args); err != nil {
			return err
		}
	}
	return nil
}
