package signin

import (
	"time"

	"roster/internal/id"
	"roster/internal/op"
)

const day = 24 * time.Hour

// dueAfter finds those whose password may be due by the stricter of the two sets
// of rules of their organization, or by the other.
func dueAfter(t *op.Tx, after candidate, most int) ([]candidate, error) {
	return op.All[candidate](t, `-- across organizations: one worker reminds for all of them
		select u.org_id, u.id from users u join organizations o on o.id = u.org_id
		where u.password_set_at is not null and u.password_reminded_at is null
			and u.state = 'active' and not u.password_never_expires and o.suspended_at is null
			and (o.password_expiry_days > 0 and o.password_reminder_days > 0
					and u.password_set_at <= :now - (o.password_expiry_days - o.password_reminder_days) * :day
					and u.password_set_at > :now - o.password_expiry_days * :day
				or o.admin_password_expiry_days > 0 and o.admin_password_reminder_days > 0
					and u.password_set_at <= :now - (o.admin_password_expiry_days - o.admin_password_reminder_days) * :day
					and u.password_set_at > :now - o.admin_password_expiry_days * :day)
			and (u.org_id, u.id) > (:org_after, :after)
		order by u.org_id, u.id limit :most`,
		op.Args{"now": t.Now(), "day": day, "org_after": string(after.Org), "after": string(after.User), "most": most})
}

// lastLetter is what became of the last letter of a kind about a user.
func lastLetter(t *op.Tx, u id.User, kind string) (Delivery, error) {
	return op.One[Delivery](t, `select created_at, state, problem from letters
		where org_id = :org and about = :user and kind = :kind order by created_at desc, id desc limit 1`, op.Args{"user": string(u), "kind": kind})
}
