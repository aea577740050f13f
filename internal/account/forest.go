package account

import (
	"slices"

	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/op"
)

// Forest is what has to be known of some accounts in order to say whether they
// are within somebody's reach: see Known.
type Forest struct {
	kinds map[id.Account]Kind
	above map[id.Account][]id.Account // what lies above each, itself included
	links map[id.Account][]id.Account // contract accounts by the delivery accounts that are linked with them
}

// Kind is what an account of the organization is; empty if it is none.
func (f Forest) Kind(a id.Account) Kind { return f.kinds[a] }

// in reports whether a is one of the chosen accounts or lies below one.
func (f Forest) in(a id.Account, chosen authz.Accounts) bool {
	return chosen.All || slices.ContainsFunc(f.above[a], func(up id.Account) bool { return slices.Contains(chosen.IDs, up) })
}

// carriers are the contract accounts that a delivery account occurs under
// directly, or through one that lies above it.
func (f Forest) carriers(delivery id.Account) []id.Account {
	var list []id.Account
	for _, up := range f.above[delivery] {
		list = append(list, f.links[up]...)
	}
	return list
}

// Occurs reports whether a delivery account occurs under a contract account, or
// under one that lies below it.
func (f Forest) Occurs(delivery, contract id.Account) bool {
	return slices.ContainsFunc(f.carriers(delivery), func(c id.Account) bool { return slices.Contains(f.above[c], contract) })
}

// Reaches reports whether whoever has this reach may be let near a contract
// account, a delivery account, or both at once: an empty id asks for none. What
// is no account of the organization is out of everybody's reach.
func (f Forest) Reaches(r authz.Reach, contract, delivery id.Account) bool {
	if contract != "" && (f.kinds[contract] != Contract || !f.in(contract, r.Contract)) {
		return false
	}
	if delivery != "" && (f.kinds[delivery] != Delivery || !f.in(delivery, r.Delivery)) {
		return false
	}
	switch {
	case contract != "" && delivery != "":
		return f.Occurs(delivery, contract)
	case delivery != "" && !r.Contract.All:
		return slices.ContainsFunc(f.carriers(delivery), func(c id.Account) bool { return f.in(c, r.Contract) })
	case contract != "" && !r.Delivery.All:
		return f.carries(contract, r.Delivery.IDs)
	}
	return true
}

// carries reports whether one of the delivery accounts, or of what lies below
// them, occurs under the contract account.
func (f Forest) carries(contract id.Account, given []id.Account) bool {
	for linked, contracts := range f.links {
		if !slices.ContainsFunc(contracts, func(c id.Account) bool { return slices.Contains(f.above[c], contract) }) {
			continue
		}
		// What lies below a linked account occurs with it, and what is linked may lie below what was given.
		if slices.ContainsFunc(given, func(g id.Account) bool {
			return slices.Contains(f.above[g], linked) || slices.Contains(f.above[linked], g)
		}) {
			return true
		}
	}
	return false
}

// Known reads what has to be known of the accounts that are asked about, for
// people who have these delivery accounts.
func Known(t *op.Tx, asked, given []id.Account) (Forest, error) {
	f := Forest{kinds: map[id.Account]Kind{}, above: map[id.Account][]id.Account{}, links: map[id.Account][]id.Account{}}
	if len(asked) == 0 {
		return f, nil
	}
	kinds, err := kindsOf(t, asked)
	if err != nil {
		return f, err
	}
	around := slices.Clone(given)
	for _, k := range kinds {
		if f.kinds[k.ID] = k.Kind; k.Kind == Delivery {
			around = append(around, k.ID)
		}
	}
	links, err := linksAround(t, around)
	if err != nil {
		return f, err
	}
	all := append(around, asked...)
	for _, l := range links {
		f.links[l.Delivery] = append(f.links[l.Delivery], l.Contract)
		all = append(all, l.Delivery, l.Contract)
	}
	slices.Sort(all)
	paths, err := pathsOf(t, slices.Compact(all))
	for _, p := range paths {
		f.above[p.Below] = append(f.above[p.Below], p.Above)
	}
	return f, err
}
