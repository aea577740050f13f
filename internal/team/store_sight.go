package team

import (
	"roster/internal/account"
	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/user"
)

const teamless = `not exists (select 1 from team_members n where n.org_id = :org and n.user_id = u.id)`

// SeenBy is Share as a condition: of a statement with users as u, which has the
// id of the one who looks as :me. It keeps to who is active, and leaves out
// oneself.
//
// Users of a delivery account and people of the organization see each other in
// a team only; users of delivery accounts see each other if their accounts have
// to do with each other, too.
func SeenBy(me user.User, open bool) string {
	const others = `u.state = 'active' and u.id <> :me`
	const shared = `u.id in (select b.user_id from team_members a join team_members b on b.org_id = a.org_id and b.team_id = a.team_id
		where a.org_id = :org and a.user_id = :me)`
	switch {
	case me.Side == authz.OfDelivery:
		return others + ` and ` + shared + ` and (u.side = 'organization' or ` + account.KinOf + `)`
	case open && len(me.Teams) == 0:
		return others + ` and u.side = 'organization'`
	case open:
		return others + ` and (` + shared + ` or u.side = 'organization' and ` + teamless + `)`
	}
	return others + ` and ` + shared
}

// Reach counts whom somebody in these teams would see, who is nobody's user yet:
// of the organization, or of delivery accounts.
func Reach(t *op.Tx, teams []id.Team, open bool, side authz.Side, deliveries authz.Accounts) (int, error) {
	open = open && side != authz.OfDelivery
	if len(teams) == 0 && !open {
		return 0, nil // without looking at everybody, in a transaction that others wait for
	}
	text := `select count(*) from users u where u.org_id = :org and u.state = 'active' `
	const inThem = `u.id in (select m.user_id from team_members m where m.org_id = :org and m.team_id in (:teams))`
	switch {
	case open && len(teams) == 0:
		text += `and u.side = 'organization'`
	case open:
		text += `and (` + inThem + ` or u.side = 'organization' and ` + teamless + `)`
	default:
		text += `and ` + inThem
	}
	if side == authz.OfDelivery {
		text += ` and (u.side = 'organization' or ` + account.KinTo + `)`
	}
	return op.One[int](t, text, op.Args{"teams": teams, "deliveries": deliveries.IDs})
}
