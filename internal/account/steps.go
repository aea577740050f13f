package account

import (
	"slices"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
)

// MaxGiven is how many accounts of one kind a user can be given, and a role be
// limited to.
const MaxGiven = 200

// Check notes in c, at the named field, when what is to be given is no choice of
// accounts of the kind within the reach of whoever gives it.
func Check(t *op.Tx, c *errs.Check, field string, kind Kind, given authz.Accounts) error {
	switch {
	case given.All:
		return nil
	case len(given.IDs) == 0:
		c.Fail(field, "required", "Choose at least one account.")
		return nil
	case len(given.IDs) > MaxGiven:
		c.Fail(field, "too_many", "At most %d accounts can be chosen; choose one that lies above them.", MaxGiven)
		return nil
	}
	found, err := byIDs(t, given.IDs)
	if err != nil {
		return err
	}
	of := 0
	for _, a := range found {
		if a.Kind == kind {
			of++
		}
	}
	if of != len(given.IDs) {
		no := unknown(field)
		c.Fail(field, no.Code, "%s", no.Message)
	}
	return nil
}

// Covers reports whether all that want gives is given by have, too: the same
// accounts, or some that lie below them.
func Covers(t *op.Tx, have, want authz.Accounts) (bool, error) {
	switch {
	case have.All || have.Equal(want):
		return true, nil
	case want.All:
		return false, nil
	}
	n, err := amongBelow(t, want.IDs, have.IDs)
	return n == len(want.IDs), err
}

// Give is the step of whoever decides about a user's access: these accounts, and
// no others. The caller has asked Check, and records the event.
func Give(t *op.Tx, user id.User, contract, delivery authz.Accounts) error {
	if err := give(t, user, Contract, contract.IDs); err != nil {
		return err
	}
	return give(t, user, Delivery, delivery.IDs)
}

// NamesOf are the names of the accounts of the organization, by their ids. It
// answers those within the actor's reach.
func NamesOf(t *op.Tx, choices ...authz.Accounts) (map[id.Account]string, error) {
	var ids []id.Account
	for _, one := range choices {
		ids = append(ids, one.IDs...)
	}
	found, err := byIDs(t, ids)
	names := make(map[id.Account]string, len(found))
	for _, a := range found {
		names[a.ID] = a.Name
	}
	return names, err
}

// Offered are the accounts of a kind that whoever acts can give: the first of
// them by name, as many as limit says, and those that somebody has now.
func Offered(t *op.Tx, kind Kind, limit int, now authz.Accounts) ([]Account, error) {
	list, err := page(t, Filter{Kind: kind}, position{}, limit)
	if err != nil || len(list) < limit {
		return list, err
	}
	have, err := byIDs(t, now.IDs)
	for _, a := range have {
		if !slices.ContainsFunc(list, func(b Account) bool { return a.ID == b.ID }) {
			list = append(list, a)
		}
	}
	return list, err
}

// Any reports whether there is an account of the kind within the actor's reach.
func Any(t *op.Tx, kind Kind) (bool, error) {
	list, err := page(t, Filter{Kind: kind}, position{}, 1)
	return len(list) > 0, err
}
