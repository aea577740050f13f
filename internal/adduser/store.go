package adduser

import (
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
)

// ByUser is the activation of somebody who is pending. Of a link that was
// removed, long after it had died, it is only known that it has expired.
func ByUser(t *op.Tx, u id.User) (Activation, error) {
	a, err := op.One[Activation](t, `select k.created_at as sent_at, k.expires_at, k.revoked_at,
			case when l.state = 'sending' then 'queued' else coalesce(l.state, 'sent') end as delivery, coalesce(l.problem, '') as problem
		from links k
		left join letters l on l.org_id = k.org_id and l.about = k.subject_id and l.kind = :kind and l.created_at = k.created_at
		where k.org_id = :org and k.subject_id = :user and k.purpose = 'activation'
		order by k.created_at desc, k.id desc limit 1`, op.Args{"user": u, "kind": kindActivation})
	if errs.KindOf(err) == errs.KindNotFound {
		return Activation{State: Expired}, nil
	}
	return a.at(t.Now()), err
}
