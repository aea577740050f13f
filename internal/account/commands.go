package account

import (
	"slices"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/text"
)

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{List, Get, ReadOverview, Page, Create, Change, Delete}
}

// Filter is which accounts a list shows.
type Filter struct {
	Kind   Kind       `query:"kind" json:"-" enum:"contract,delivery" doc:"Only accounts of this kind."`
	Search string     `query:"q" json:"-" maxLength:"128" doc:"Part of a name."`
	Parent id.Account `query:"parent_id" json:"-" doc:"Only those that lie directly below this account."`
	Under  id.Account `query:"contract_account_id" json:"-" doc:"Only delivery accounts that are linked with this contract account."`
}

// ListInput is a filter and a page.
type ListInput struct {
	Filter
	op.Paging
}

// List answers the accounts within the caller's reach, by name. Errors:
// invalid_parameter, invalid_cursor.
var List = op.Query[ListInput, op.Page[Account]]{
	Name: "account.list", Needs: authz.UsersView, Scope: authz.InOrg, Run: list,
}

// Ref names an account.
type Ref struct {
	ID id.Account `path:"id" json:"-"`
}

// Get answers one account within the caller's reach.
var Get = op.Query[Ref, Account]{
	Name: "account.get", Needs: authz.UsersView, Scope: authz.InOrg,
	Run: func(t *op.Tx, in Ref) (Account, error) { return byID(t, in.ID) },
}

// New is a request for an account.
type New struct {
	Kind Kind `json:"kind" enum:"contract,delivery" required:"true" doc:"It cannot be changed later."`
	Input
}

// Create makes an account. Errors: validation_failed, name_taken, too_many_accounts.
var Create = op.Command[New, Account]{
	Name: "account.create", Needs: authz.AccountsManage, Scope: authz.InOrg, Run: create,
}

// Update is what may be changed of an account.
type Update struct {
	ID      id.Account `path:"id" json:"-"`
	Version int64      `ifmatch:"version" json:"-"`
	Input
}

// Change renames an account, moves it with all that lies below it, or says anew
// under which contract accounts it occurs. Who was given an account above it
// reaches it from the next request on, who was not does so no more. Errors:
// not_found, validation_failed, version_conflict, name_taken.
var Change = op.Command[Update, Account]{
	Name: "account.update", Needs: authz.AccountsManage, Scope: authz.InOrg, Run: change,
}

// Removal names the account to delete.
type Removal struct {
	ID      id.Account `path:"id" json:"-"`
	Version int64      `ifmatch:"version" json:"-"`
}

// Delete deletes an account that nothing lies below and that no user was given.
// Errors: not_found, version_conflict, account_in_use.
var Delete = op.Command[Removal, op.Nothing]{
	Name: "account.delete", Needs: authz.AccountsManage, Scope: authz.InOrg, Run: destroy,
}

func list(t *op.Tx, in ListInput) (op.Page[Account], error) {
	var none op.Page[Account]
	if in.Kind != "" && in.Kind != Contract && in.Kind != Delivery {
		return none, errs.Malformed("invalid_parameter", "kind is contract or delivery.")
	}
	limit, err := in.Size()
	if err != nil {
		return none, err
	}
	// A place that the caller does not reach has nothing that they could see.
	for _, place := range []id.Account{in.Parent, in.Under} {
		if within, err := among(t, []id.Account{place}); err != nil {
			return none, err
		} else if place != "" && !within[place] {
			return nothing(in.Count), nil
		}
	}
	name := "accounts\x00" + string(in.Kind) + "\x00" + text.Key(in.Search) + "\x00" + string(in.Parent) + "\x00" + string(in.Under)
	var after position
	if in.Cursor != "" {
		if err := t.OpenCursor(name, in.Cursor, &after); err != nil {
			return none, err
		}
	}
	rows, err := page(t, in.Filter, after, limit+1)
	if err != nil {
		return none, err
	}
	p, err := op.Cut(t, name, rows, limit, func(a Account) any { return position{text.Key(a.Name), a.ID} })
	if err == nil && in.Count {
		var n int
		n, err = count(t, in.Filter)
		p.Total = &n
	}
	return p, err
}

// nothing is a page of no accounts.
func nothing(counted bool) op.Page[Account] {
	p := op.Page[Account]{Items: []Account{}}
	if counted {
		p.Total = new(int)
	}
	return p
}

func create(t *op.Tx, in New) (Account, error) {
	a := Account{ID: id.New[id.Account](t.Now()), Kind: in.Kind, CreatedAt: t.Now(), Version: 1}
	a, c := in.Input.apply(a)
	if a.Kind != Contract && a.Kind != Delivery {
		c.Fail("kind", "unknown_kind", "Choose whether this is a contract account or a delivery account.")
	}
	parent, err := settle(t, c, a)
	if err != nil {
		return a, err
	}
	switch n, err := countAll(t); {
	case err != nil:
		return a, err
	case n >= MaxAccounts:
		return a, errs.Conflict("too_many_accounts", "An organization has at most %d accounts. Delete some that are not needed.", MaxAccounts)
	}
	added, err := insert(t, a)
	if err != nil {
		return a, err
	}
	if !added {
		return a, nameTaken()
	}
	if err := place(t, a); err != nil {
		return a, err
	}
	if err := link(t, a); err != nil {
		return a, err
	}
	e := op.Event{Name: "account.created", Subject: a.subject(), Changes: op.Diff(Account{}, a)}
	if a.Parent != "" {
		e.Changes = append(e.Changes, op.Change{Field: "parent_id", After: parent.Named()})
	}
	linked, err := links(t, Account{}, a)
	if err != nil {
		return a, err
	}
	e.Changes = append(e.Changes, linked...)
	if err := t.Record(e); err != nil {
		return a, err
	}
	return reread(t, a.ID)
}

// reread answers an account after a change. Whoever has limits makes nothing,
// and moves nothing, beyond them.
func reread(t *op.Tx, account id.Account) (Account, error) {
	a, err := byID(t, account)
	if errs.KindOf(err) == errs.KindNotFound {
		return a, errs.New(errs.KindForbidden, "grant_exceeds_own", "The account would lie beyond the accounts that you have access to. Choose one of yours that it lies below or occurs under.")
	}
	return a, err
}

// settle asks whether the accounts that a names exist, and whether the trees
// stay trees. It answers the parent.
func settle(t *op.Tx, c *errs.Check, a Account) (Account, error) {
	var parent Account
	if a.Parent != "" {
		found, err := byIDs(t, []id.Account{a.Parent})
		if err != nil {
			return parent, err
		}
		if len(found) == 0 || found[0].Kind != a.Kind {
			no := unknown("parent_id")
			c.Fail(no.Field, no.Code, "%s", no.Message)
			return parent, c.Err()
		}
		parent = found[0]
		within, err := liesBelow(t, a.Parent, a.ID)
		if err != nil {
			return parent, err
		}
		above, below, err := depths(t, a.Parent, a.ID)
		if err != nil {
			return parent, err
		}
		switch {
		case within:
			c.Fail("parent_id", "circle", "An account cannot lie below itself.")
		case above+below > MaxDepth:
			c.Fail("parent_id", "too_deep", "Accounts lie at most %d levels deep.", MaxDepth)
		}
	}
	if err := Check(t, c, "contract_account_ids", Contract, orAll(a.Contracts)); err != nil {
		return parent, err
	}
	return parent, c.Err()
}

// orAll is a list as a choice to be checked: none at all is nothing to check.
func orAll(list IDs) authz.Accounts {
	if len(list) == 0 || len(list) > MaxGiven { // apply has counted
		return authz.AllAccounts()
	}
	return authz.ChosenAccounts(list...)
}

func change(t *op.Tx, in Update) (Account, error) {
	old, err := byID(t, in.ID)
	if err != nil {
		return old, err
	}
	if in.Version != 0 && int(in.Version) != old.Version {
		return old, errs.Changed()
	}
	a, c := in.Input.apply(old)
	parent, err := settle(t, c, a)
	if err != nil {
		return old, err
	}
	if old, a, err = unseen(t, old, a); err != nil {
		return old, err
	}
	e := op.Event{Name: "account.updated", Subject: a.subject(), Changes: op.Diff(old, a)}
	moved, linked := a.Parent != old.Parent, !slices.Equal(a.Contracts, old.Contracts)
	if len(e.Changes) == 0 && !moved && !linked {
		return old, nil
	}
	if taken, err := nameOfAnother(t, a); err != nil {
		return old, err
	} else if taken {
		return old, nameTaken()
	}
	if moved {
		was := Account{ID: old.Parent, Name: old.ParentName}
		e.Changes = append(e.Changes, op.Change{Field: "parent_id", Before: was.Named(), After: parent.Named()})
		if err := displace(t, old); err != nil {
			return old, err
		}
	}
	if err := update(t, a); err != nil {
		return old, err
	}
	if moved {
		if err := place(t, a); err != nil {
			return old, err
		}
	}
	if linked {
		if err := link(t, a); err != nil {
			return old, err
		}
		changes, err := links(t, old, a)
		if err != nil {
			return old, err
		}
		e.Changes = append(e.Changes, changes...)
	}
	if err := t.Record(e); err != nil {
		return old, err
	}
	return reread(t, a.ID)
}

// unseen adds to an account, as it is and as it is to be, what lies beyond the
// reach of whoever changes it: that stays.
func unseen(t *op.Tx, old, a Account) (Account, Account, error) {
	parent, contracts, err := surroundings(t, old.ID)
	if err != nil {
		return old, a, err
	}
	if old.Parent != parent {
		if a.Parent != "" {
			return old, a, errs.New(errs.KindForbidden, "grant_exceeds_own", "%s lies below an account that you have no access to. Ask an admin to move it.", old.Name)
		}
		old.Parent, a.Parent = parent, parent
	}
	for _, one := range contracts {
		if !slices.Contains(old.Contracts, one) {
			a.Contracts = append(a.Contracts, one)
		}
	}
	old.Contracts, a.Contracts = contracts, a.Contracts.clean()
	return old, a, nil
}

// links is the change of the contract accounts that a occurs under, by name.
func links(t *op.Tx, old, a Account) ([]op.Change, error) {
	if slices.Equal(a.Contracts, old.Contracts) {
		return nil, nil
	}
	names, err := namesOf(t, append(slices.Clone(old.Contracts), a.Contracts...))
	if err != nil {
		return nil, err
	}
	called := func(list IDs) any {
		var all []string
		for _, one := range list {
			all = append(all, names[one])
		}
		slices.Sort(all)
		return all
	}
	return []op.Change{{Field: "contract_account_ids", Before: called(old.Contracts), After: called(a.Contracts)}}, nil
}

func destroy(t *op.Tx, in Removal) (op.Nothing, error) {
	a, err := byID(t, in.ID)
	if err != nil {
		return op.Nothing{}, err
	}
	if in.Version != 0 && int(in.Version) != a.Version {
		return op.Nothing{}, errs.Changed()
	}
	used, err := inUse(t, a.ID)
	if err != nil {
		return op.Nothing{}, err
	}
	if no := a.deletable(used); no != nil {
		return op.Nothing{}, no
	}
	if err := remove(t, a.ID); err != nil {
		return op.Nothing{}, err
	}
	return op.Nothing{}, t.Record(op.Event{Name: "account.deleted", Subject: a.subject()})
}
