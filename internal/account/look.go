package account

import (
	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/op"
)

// Overview is everything that the page 'Accounts' shows.
type Overview struct {
	Page   op.Page[Account]
	Counts map[Kind]int          // of all within reach
	Names  map[id.Account]string // of the contract accounts that they occur under
	Around Account               // the account that the list keeps to, if it does
}

// ReadOverview answers it in one snapshot. Errors: those of List.
var ReadOverview = op.Query[ListInput, Overview]{
	Name: "account.overview", Needs: authz.AccountsManage, Scope: authz.InOrg, Run: overview,
}

// MaxOffered is how many accounts a form offers to choose from.
const MaxOffered = 100

// Look is which account the pages about one show, and what its form offers: what
// has Search in its name, and what has been chosen.
type Look struct {
	ID     id.Account
	Kind   Kind // of a new one
	Search string
	Chosen []id.Account
}

// PageOf is everything that the pages about one account show.
type PageOf struct {
	Account   Account
	Path      []Account // what lies above it, the highest first
	Contracts []Account // that it occurs under
	Below     []Account // the first that lie directly below it
	Occurring []Account // the first delivery accounts that are linked with it
	Occurs    int       // how many are
	Parents   []Account // that it can lie below
	Links     []Account // contract accounts that it can occur under
	More      bool      // there are more than the form offers
	Kept      string    // why it cannot be deleted
}

// Page answers it in one snapshot; without an id, what the form for a new account
// offers.
var Page = op.Query[Look, PageOf]{
	Name: "account.page", Needs: authz.AccountsManage, Scope: authz.InOrg, Run: readPage,
}

func overview(t *op.Tx, in ListInput) (o Overview, err error) {
	in.Count = true
	if o.Page, err = list(t, in); err != nil {
		return o, err
	}
	o.Counts = map[Kind]int{}
	for _, kind := range []Kind{Contract, Delivery} {
		if o.Counts[kind], err = count(t, Filter{Kind: kind}); err != nil {
			return o, err
		}
	}
	if around := in.Parent + in.Under; around != "" {
		if o.Around, err = byID(t, around); err != nil {
			return o, err
		}
	}
	var linked []id.Account
	for _, a := range o.Page.Items {
		linked = append(linked, a.Contracts...)
	}
	o.Names, err = namesOf(t, linked)
	return o, err
}

// few is how much the page of an account shows of what lies around it.
const few = 20

func readPage(t *op.Tx, in Look) (p PageOf, err error) {
	p.Account.Kind = in.Kind
	if in.ID != "" {
		if err = p.aboutAccount(t, in.ID); err != nil {
			return p, err
		}
	}
	if p.Parents, err = page(t, Filter{Kind: p.Account.Kind, Search: in.Search}, position{}, MaxOffered+1); err != nil {
		return p, err
	}
	if p.Account.Kind == Delivery {
		if p.Links, err = page(t, Filter{Kind: Contract, Search: in.Search}, position{}, MaxOffered+1); err != nil {
			return p, err
		}
	}
	p.More = len(p.Parents) > MaxOffered || len(p.Links) > MaxOffered
	chosen, err := byIDs(t, in.Chosen)
	p.Parents, p.Links = offered(chosen, p.Parents, p.Account.Kind, in.ID), offered(chosen, p.Links, Contract, in.ID)
	return p, err
}

// offered is what has been chosen of a kind and what matches, as far as there is
// room.
func offered(chosen, matching []Account, kind Kind, not id.Account) []Account {
	var list []Account
	seen := map[id.Account]bool{not: true}
	for _, some := range [][]Account{chosen, matching[:min(len(matching), MaxOffered)]} {
		for _, a := range some {
			if a.Kind == kind && !seen[a.ID] {
				seen[a.ID] = true
				list = append(list, a)
			}
		}
	}
	return list
}

// aboutAccount reads what the pages show of an account that there is.
func (p *PageOf) aboutAccount(t *op.Tx, account id.Account) (err error) {
	if p.Account, err = byID(t, account); err != nil {
		return err
	}
	if p.Path, err = pathTo(t, account); err != nil {
		return err
	}
	if p.Contracts, err = byIDs(t, p.Account.Contracts); err != nil {
		return err
	}
	if p.Below, err = page(t, Filter{Parent: account}, position{}, few); err != nil {
		return err
	}
	if p.Account.Kind == Contract {
		if p.Occurring, err = page(t, Filter{Under: account}, position{}, few); err != nil {
			return err
		}
		if p.Occurs, err = count(t, Filter{Under: account}); err != nil {
			return err
		}
	}
	used, err := inUse(t, account)
	if no := p.Account.deletable(used); no != nil {
		p.Kept = no.Message
	}
	return err
}

// pathTo are the accounts above one that the actor reaches, the highest first.
func pathTo(t *op.Tx, account id.Account) ([]Account, error) {
	steps, err := pathsOf(t, []id.Account{account})
	if err != nil {
		return nil, err
	}
	var ids []id.Account
	for _, s := range steps {
		if s.Above != account {
			ids = append(ids, s.Above)
		}
	}
	found, err := byIDs(t, ids)
	by := map[id.Account]Account{} // by what lies above
	for _, a := range found {
		by[a.Parent] = a
	}
	var path []Account
	for at := by[""]; at.ID != "" && len(path) < len(found); at = by[at.ID] {
		path = append(path, at)
	}
	return path, err
}
