package account

import (
	"maps"
	"slices"
	"strings"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/text"
)

// selection reads accounts as a, with how many accounts and users below each the
// actor reaches; a condition on them may follow.
func selection(t *op.Tx) (string, op.Args) {
	condition, args := reached(reachOf(t))
	of, more := Within(t)
	maps.Copy(args, more)
	return `select a.id, a.kind, a.name, a.parent_id, a.created_at, a.version,
		(select p.name from accounts p where p.org_id = :org and p.id = a.parent_id) as parent_name,
		(select string_agg(l.contract_id, ',') from account_links l where l.org_id = :org and l.delivery_id = a.id) as contract_account_ids,
		(select count(*) from accounts b where b.org_id = :org and b.parent_id = a.id` + strings.ReplaceAll(condition, "a.", "b.") + `) as below,
		(select count(*) from user_accounts g join users u on u.org_id = :org and u.id = g.user_id where g.org_id = :org and g.account_id = a.id` + of + `) as users
	from accounts a where a.org_id = :org` + condition, args
}

// listOf takes apart what string_agg has put together, in order.
func listOf(written string) []id.Account {
	if written == "" {
		return nil
	}
	var list []id.Account
	for one := range strings.SplitSeq(written, ",") {
		list = append(list, id.Account(one))
	}
	slices.Sort(list)
	return list
}

// byID finds an account that the actor reaches, or answers errs.NotFound.
func byID(t *op.Tx, account id.Account) (Account, error) {
	text, args := selection(t)
	args["id"] = account
	a, err := op.One[Account](t, text+` and a.id = :id`, args)
	if err != nil {
		return a, err
	}
	shown, err := shown(t, []Account{a})
	return shown[0], err
}

// shown leaves out the parents and contract accounts that are beyond the actor's
// reach.
func shown(t *op.Tx, accounts []Account) ([]Account, error) {
	r := reachOf(t)
	if r.Contract.All && r.Delivery.All {
		return accounts, nil
	}
	var around []id.Account
	for _, a := range accounts {
		around = append(around, a.Contracts...)
		if a.Parent != "" {
			around = append(around, a.Parent)
		}
	}
	within, err := among(t, around)
	for i := range accounts {
		a := &accounts[i]
		a.Contracts = slices.DeleteFunc(a.Contracts, func(c id.Account) bool { return !within[c] })
		if !within[a.Parent] {
			a.Parent, a.ParentName = "", ""
		}
	}
	return accounts, err
}

// among tells which of the accounts the actor reaches.
func among(t *op.Tx, accounts []id.Account) (map[id.Account]bool, error) {
	within := map[id.Account]bool{}
	condition, args := reached(reachOf(t))
	slices.Sort(accounts)
	for some := range slices.Chunk(slices.Compact(accounts), 1000) {
		args["ids"] = some
		found, err := op.All[id.Account](t, `select a.id from accounts a where a.org_id = :org and a.id in (:ids)`+condition, args)
		if err != nil {
			return nil, err
		}
		for _, one := range found {
			within[one] = true
		}
	}
	return within, nil
}

// surroundings are an account's parent and the contract accounts that it occurs
// under, all of them, whoever acts.
func surroundings(t *op.Tx, account id.Account) (parent id.Account, contracts IDs, err error) {
	row, err := op.One[struct {
		Parent    id.Account `db:"parent_id"`
		Contracts IDs        `db:"contract_account_ids"`
	}](t, `select a.parent_id, (select string_agg(l.contract_id, ',') from account_links l where l.org_id = :org and l.delivery_id = a.id) as contract_account_ids
		from accounts a where a.org_id = :org and a.id = :id`, op.Args{"id": account})
	return row.Parent, row.Contracts, err
}

// inUse counts what keeps an account from being deleted, also beyond the actor's
// reach: accounts directly below it, users who were given it, roles that are
// limited to it.
func inUse(t *op.Tx, account id.Account) (uses, error) {
	return op.One[uses](t, `select
		(select count(*) from accounts b where b.org_id = :org and b.parent_id = a.id) as below,
		(select count(*) from user_accounts g where g.org_id = :org and g.account_id = a.id) as users,
		(select count(*) from roles r where r.org_id = :org and r.limits like :like escape '\') as roles
		from accounts a where a.org_id = :org and a.id = :id`, op.Args{"id": account, "like": op.Like(string(account))})
}

// byIDs finds those of the accounts that the actor reaches, in their order by name.
func byIDs(t *op.Tx, accounts []id.Account) ([]Account, error) {
	if len(accounts) == 0 {
		return nil, nil
	}
	text, args := selection(t)
	args["ids"] = accounts
	found, err := op.All[Account](t, text+` and a.id in (:ids) order by a.name_key, a.id`, args)
	if err != nil {
		return nil, err
	}
	return shown(t, found)
}

// namesOf are the names of accounts for the audit log, whoever acts.
func namesOf(t *op.Tx, accounts []id.Account) (map[id.Account]string, error) {
	rows, err := op.All[struct {
		ID   id.Account `db:"id"`
		Name string     `db:"name"`
	}](t, `select id, name from accounts where org_id = :org and id in (:ids)`, op.Args{"ids": accounts})
	names := make(map[id.Account]string, len(rows))
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	return names, err
}

type position struct {
	Name string     `json:"n"`
	ID   id.Account `json:"i"`
}

// conditions are what matches a filter, put behind the condition on reach.
func (f Filter) conditions(args op.Args) string {
	where := ""
	if f.Kind != "" {
		where += ` and a.kind = :kind`
		args["kind"] = f.Kind
	}
	if f.Search != "" {
		where += ` and a.name_key like :like escape '\'`
		args["like"] = op.Like(text.Key(f.Search))
	}
	if f.Parent != "" {
		where += ` and a.parent_id = :parent`
		args["parent"] = f.Parent
	}
	if f.Under != "" {
		where += ` and exists (select 1 from account_links l where l.org_id = :org and l.delivery_id = a.id and l.contract_id = :under)`
		args["under"] = f.Under
	}
	return where
}

func page(t *op.Tx, f Filter, after position, limit int) ([]Account, error) {
	text, args := selection(t)
	text += f.conditions(args)
	args["after_name"], args["after_id"], args["limit"] = after.Name, string(after.ID), limit
	rows, err := op.All[Account](t, text+` and (a.name_key, a.id) > (:after_name, :after_id) order by a.name_key, a.id limit :limit`, args)
	if err != nil {
		return nil, err
	}
	return shown(t, rows)
}

func count(t *op.Tx, f Filter) (int, error) {
	condition, args := reached(reachOf(t))
	return op.One[int](t, `select count(*) from accounts a where a.org_id = :org`+condition+f.conditions(args), args)
}

// countAll counts all accounts, whoever acts.
func countAll(t *op.Tx) (int, error) {
	return op.One[int](t, `select count(*) from accounts where org_id = :org`, nil)
}

// insert adds a row; false means that the name is taken at this place.
func insert(t *op.Tx, a Account) (bool, error) {
	n, err := t.Exec(`insert into accounts (org_id, id, kind, name, name_key, parent_id, created_at, version)
		values (:org, :id, :kind, :name, :key, :parent, :created, 1) on conflict do nothing`,
		op.Args{"id": a.ID, "kind": a.Kind, "name": a.Name, "key": text.Key(a.Name), "parent": a.Parent, "created": a.CreatedAt})
	return n == 1, err
}

// update writes all that can change, if nobody has changed the row since.
func update(t *op.Tx, a Account) error {
	n, err := t.Exec(`update accounts set name = :name, name_key = :key, parent_id = :parent, version = version + 1
		where org_id = :org and id = :id and version = :version`,
		op.Args{"id": a.ID, "name": a.Name, "key": text.Key(a.Name), "parent": a.Parent, "version": a.Version})
	if err == nil && n == 0 {
		return errs.Changed()
	}
	return err
}

// nameOfAnother tells whether another account at the same place has a's name.
func nameOfAnother(t *op.Tx, a Account) (bool, error) {
	others, err := op.All[id.Account](t, `select id from accounts where org_id = :org and kind = :kind and coalesce(parent_id, '') = :parent
		and name_key = :key and id <> :id`,
		op.Args{"id": a.ID, "kind": a.Kind, "parent": string(a.Parent), "key": text.Key(a.Name)})
	return len(others) > 0, err
}

// place writes the rows of account_below that a new account, or one that has
// just got another parent, needs: what is in and below it lies below all that
// is above its parent.
func place(t *op.Tx, a Account) error {
	args := op.Args{"id": a.ID, "parent": string(a.Parent)}
	if _, err := t.Exec(`insert into account_below (org_id, account_id, below_id) values (:org, :id, :id) on conflict do nothing`, op.Args{"id": a.ID}); err != nil {
		return err
	}
	_, err := t.Exec(`insert into account_below (org_id, account_id, below_id)
		select :org, above.account_id, below.below_id from account_below above, account_below below
		where above.org_id = :org and above.below_id = :parent and below.org_id = :org and below.account_id = :id`, args)
	return err
}

// displace is the inverse of place, before the parent changes.
func displace(t *op.Tx, a Account) error {
	_, err := t.Exec(`delete from account_below where org_id = :org
		and below_id in (select b.below_id from account_below b where b.org_id = :org and b.account_id = :id)
		and account_id in (select u.account_id from account_below u where u.org_id = :org and u.below_id = :id and u.account_id <> :id)`, op.Args{"id": a.ID})
	return err
}

// depths are how many accounts lie above and including one, and how many levels
// lie in and below another.
func depths(t *op.Tx, parent, a id.Account) (above, below int, err error) {
	above, err = op.One[int](t, `select count(*) from account_below where org_id = :org and below_id = :id`, op.Args{"id": string(parent)})
	if err != nil {
		return 0, 0, err
	}
	below, err = op.One[int](t, `select coalesce(max(levels), 1) from (select count(*) as levels from account_below inside
		join account_below up on up.org_id = :org and up.below_id = inside.below_id
		where inside.org_id = :org and inside.account_id = :id
			and up.account_id in (select b.below_id from account_below b where b.org_id = :org and b.account_id = :id)
		group by inside.below_id) as counted`, op.Args{"id": a})
	return above, below, err
}

// liesBelow reports whether one account is another or lies below it.
func liesBelow(t *op.Tx, one, another id.Account) (bool, error) {
	n, err := op.One[int](t, `select count(*) from account_below where org_id = :org and account_id = :another and below_id = :one`,
		op.Args{"one": one, "another": another})
	return n > 0, err
}

// link makes the contract accounts that a delivery account occurs under exactly these.
func link(t *op.Tx, a Account) error {
	if _, err := t.Exec(`delete from account_links where org_id = :org and delivery_id = :id`, op.Args{"id": a.ID}); err != nil {
		return err
	}
	for _, contract := range a.Contracts {
		if _, err := t.Exec(`insert into account_links (org_id, delivery_id, contract_id) values (:org, :id, :contract)`,
			op.Args{"id": a.ID, "contract": contract}); err != nil {
			return err
		}
	}
	return nil
}

func remove(t *op.Tx, account id.Account) error {
	return t.ExecOne(`delete from accounts where org_id = :org and id = :id`, op.Args{"id": account})
}

// give replaces the accounts of one kind that a user was given.
func give(t *op.Tx, user id.User, kind Kind, accounts []id.Account) error {
	if _, err := t.Exec(`delete from user_accounts where org_id = :org and user_id = :user and kind = :kind`, op.Args{"user": user, "kind": kind}); err != nil {
		return err
	}
	for _, one := range accounts {
		if _, err := t.Exec(`insert into user_accounts (org_id, user_id, account_id, kind) values (:org, :user, :account, :kind)`,
			op.Args{"user": user, "account": one, "kind": kind}); err != nil {
			return err
		}
	}
	return nil
}
