package account

import (
	"slices"

	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/op"
)

const (
	// lies below one of the chosen contract or delivery accounts
	belowContract = `select b.below_id from account_below b where b.org_id = :org and b.account_id in (:reach_contract)`
	belowDelivery = `select b.below_id from account_below b where b.org_id = :org and b.account_id in (:reach_delivery)`

	// delivery accounts that occur under a contract account within reach: linked
	// themselves, or through one that lies above them
	occurring = `select down.below_id from account_below down join account_links l on l.org_id = :org and l.delivery_id = down.account_id
		where down.org_id = :org and l.contract_id in (` + belowContract + `)`

	// contract accounts that a delivery account within reach occurs under
	carrying = `select up.account_id from account_below up join account_links l on l.org_id = :org and l.contract_id = up.below_id
		join account_below inside on inside.org_id = :org and inside.account_id = l.delivery_id
		where up.org_id = :org and inside.below_id in (` + belowDelivery + `)`
)

// reached is the condition that an account a is within reach, empty if all are.
func reached(r authz.Reach) (string, op.Args) {
	condition, args := "", op.Args{}
	if !r.Contract.All {
		condition += ` and (a.kind = 'delivery' and a.id in (` + occurring + `) or a.kind = 'contract' and a.id in (` + belowContract + `))`
		args["reach_contract"] = r.Contract.IDs
	}
	if !r.Delivery.All {
		condition += ` and (a.kind = 'contract' and a.id in (` + carrying + `) or a.kind = 'delivery' and a.id in (` + belowDelivery + `))`
		args["reach_delivery"] = r.Delivery.IDs
	}
	return condition, args
}

// reachOf is how far whoever acts reaches among the accounts. Operators and their
// keys have no limits.
func reachOf(t *op.Tx) authz.Reach {
	if t.Actor().OnPlatform() {
		return authz.Everywhere()
	}
	return t.Actor().Reach
}

// Within is the condition that a user, as u, is within reach of whoever acts,
// with its arguments; it begins with " and", and is empty if everybody is. It
// counts where somebody looks at or acts on others; nobody is out of their own
// reach. Every statement that answers or changes users for an actor carries it.
func Within(t *op.Tx) (string, op.Args) {
	// Elsewhere it is the person who acts on themselves, or nobody in particular.
	if t.Scope() != authz.InOrg && (t.Scope() != authz.OnBehalf || t.Actor().Kind != authz.KeyKind) {
		return "", op.Args{}
	}
	return Reaching(t)
}

// Reaching is Within for what says something about others on a page about
// oneself.
func Reaching(t *op.Tx) (string, op.Args) {
	actor := t.Actor()
	if actor.Reach.Everybody() || actor.OnPlatform() {
		return "", op.Args{}
	}
	condition, args := within(actor.Reach)
	args["reach_self"] = string(actor.User())
	return ` and (u.id = :reach_self or ` + condition + `)`, args
}

func within(r authz.Reach) (string, op.Args) {
	condition, args := `u.id <> ''`, op.Args{}
	if len(r.Limits.Groups) > 0 {
		condition += ` and u.group_id in (:reach_groups)`
		args["reach_groups"] = r.Limits.Groups
	}
	if len(r.Limits.Teams) > 0 {
		condition += ` and u.id in (select m.user_id from team_members m where m.org_id = :org and m.team_id in (:reach_teams))`
		args["reach_teams"] = r.Limits.Teams
	}
	if len(r.Limits.Accounts) > 0 {
		condition += ` and u.id in (select ua.user_id from user_accounts ua join account_below b on b.org_id = :org and b.below_id = ua.account_id
			where ua.org_id = :org and b.account_id in (:reach_accounts))`
		args["reach_accounts"] = r.Limits.Accounts
	}
	if r.Side != authz.OfDelivery {
		return condition, args
	}
	condition += ` and u.side = 'delivery' and u.id in (select ua.user_id from user_accounts ua where ua.org_id = :org and ua.account_id in (` + belowDelivery + `))`
	args["reach_delivery"] = r.Delivery.IDs
	if !r.Contract.All {
		condition += ` and u.id in (select ua.user_id from user_accounts ua where ua.org_id = :org and ua.account_id in (` + occurring + `))`
		args["reach_contract"] = r.Contract.IDs
	}
	return condition, args
}

// amongBelow counts those of the accounts that are, or lie below, others.
func amongBelow(t *op.Tx, accounts, others []id.Account) (int, error) {
	return op.One[int](t, `select count(*) from accounts a where a.org_id = :org and a.id in (:ids)
		and a.id in (select b.below_id from account_below b where b.org_id = :org and b.account_id in (:others))`,
		op.Args{"ids": accounts, "others": others})
}

type kindOf struct {
	ID   id.Account `db:"id"`
	Kind Kind       `db:"kind"`
}

func kindsOf(t *op.Tx, accounts []id.Account) ([]kindOf, error) {
	return op.All[kindOf](t, `select id, kind from accounts where org_id = :org and id in (:ids)`, op.Args{"ids": accounts})
}

type linked struct {
	Delivery id.Account `db:"delivery_id"`
	Contract id.Account `db:"contract_id"`
}

// linksAround are the links of delivery accounts and of all that lie above or
// below them.
func linksAround(t *op.Tx, deliveries []id.Account) ([]linked, error) {
	if len(deliveries) == 0 {
		return nil, nil
	}
	return op.All[linked](t, `select l.delivery_id, l.contract_id from account_links l where l.org_id = :org and (
		l.delivery_id in (select b.below_id from account_below b where b.org_id = :org and b.account_id in (:ids))
		or l.delivery_id in (select b.account_id from account_below b where b.org_id = :org and b.below_id in (:ids)))`, op.Args{"ids": deliveries})
}

type step struct {
	Below id.Account `db:"below_id"`
	Above id.Account `db:"account_id"`
}

// pathsOf are the accounts with all that lie above them, and themselves.
func pathsOf(t *op.Tx, accounts []id.Account) ([]step, error) {
	var all []step
	for some := range slices.Chunk(accounts, 1000) {
		steps, err := op.All[step](t, `select below_id, account_id from account_below where org_id = :org and below_id in (:ids)`, op.Args{"ids": some})
		if err != nil {
			return nil, err
		}
		all = append(all, steps...)
	}
	return all, nil
}

// KinOf is the condition that a user, as u, has a delivery account that is, or
// lies above or below, one of :me's.
const KinOf = `u.id in (
	select theirs.user_id from user_accounts mine
		join account_below b on b.org_id = :org and b.account_id = mine.account_id
		join user_accounts theirs on theirs.org_id = :org and theirs.account_id = b.below_id
		where mine.org_id = :org and mine.user_id = :me and mine.kind = 'delivery'
	union select theirs.user_id from user_accounts mine
		join account_below b on b.org_id = :org and b.below_id = mine.account_id
		join user_accounts theirs on theirs.org_id = :org and theirs.account_id = b.account_id
		where mine.org_id = :org and mine.user_id = :me and mine.kind = 'delivery')`

// KinTo is KinOf for somebody who is to be given the accounts :deliveries.
const KinTo = `u.id in (
	select theirs.user_id from account_below b join user_accounts theirs on theirs.org_id = :org and theirs.account_id = b.below_id
		where b.org_id = :org and b.account_id in (:deliveries)
	union select theirs.user_id from account_below b join user_accounts theirs on theirs.org_id = :org and theirs.account_id = b.account_id
		where b.org_id = :org and b.below_id in (:deliveries))`

// Kin reports whether one of some accounts is, or lies above or below, one of others.
func Kin(t *op.Tx, some, others authz.Accounts) (bool, error) {
	if some.All || others.All {
		return true, nil
	}
	n, err := op.One[int](t, `select count(*) from account_below where org_id = :org
		and (account_id in (:some) and below_id in (:others) or account_id in (:others) and below_id in (:some))`,
		op.Args{"some": some.IDs, "others": others.IDs})
	return n > 0, err
}
