package number

import (
	"slices"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/user"
)

// Next says which free number somebody gets who is to get any.
type Next string

// Where the next free number is looked for.
const (
	InGroup Next = "group" // among those of the user's group
	Any     Next = "any"
)

// Choose is the step of whatever gives free numbers to somebody in a group:
// those of ids, and the next free one if next is not empty. A number that does
// not exist is noted in c. Errors: forbidden without numbers.manage,
// number_assigned, not_personal, no_number.
func Choose(t *op.Tx, c *errs.Check, ids []id.Number, next Next, of id.Group) ([]Number, error) {
	if len(ids) == 0 && next == "" {
		return nil, nil
	}
	if !t.Actor().Permissions.Has(authz.NumbersManage) {
		return nil, errs.Forbidden(string(authz.NumbersManage))
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) > MaxOfUser {
		c.Fail("number_ids", "too_many", "A user has at most %d numbers.", MaxOfUser)
		return nil, nil
	}
	chosen, err := byIDs(t, ids)
	if err != nil {
		return nil, err
	}
	if len(chosen) < len(ids) {
		c.Fail("number_ids", "unknown_number", "There is no such number. Choose one from the list.")
		return nil, nil
	}
	for _, n := range chosen {
		if err := n.givable(); err != nil {
			return nil, err
		}
	}
	switch next {
	case "":
		return chosen, nil
	case InGroup:
	case Any:
		of = ""
	default:
		c.Fail("next_number", "unknown_choice", "Choose a number of the group, or any.")
		return chosen, nil
	}
	return more(t, chosen, of)
}

// more adds the next free number of a group, or of any, to those that have been
// chosen.
func more(t *op.Tx, chosen []Number, of id.Group) ([]Number, error) {
	list, err := free(t, of, len(chosen)+1)
	if err != nil {
		return nil, err
	}
	for _, n := range list {
		if !slices.ContainsFunc(chosen, func(other Number) bool { return other.ID == n.ID }) {
			return append(chosen, n), nil
		}
	}
	return nil, noneFree()
}

// Assign is the step of giving numbers, which the caller has from Choose, to a
// user. It records each, and changes nothing of the user: who was there before
// is renewed by the caller. Errors: deactivated, too_many_of_user.
func Assign(t *op.Tx, u user.User, numbers []Number) ([]Number, error) {
	if err := mayHave(t, u, len(numbers)); err != nil {
		return nil, err
	}
	numbers = slices.Clone(numbers)
	for i := range numbers {
		n := &numbers[i]
		n.User, n.UserName, n.LeftBy = u.ID, u.Name(), ""
		if err := update(t, *n); err != nil {
			return nil, err
		}
		n.Version++
		if err := t.Record(moved("number.assigned", *n, u.Subject())); err != nil {
			return nil, err
		}
	}
	return numbers, nil
}

// mayHave says why a user cannot get so many numbers more, nil if they can.
func mayHave(t *op.Tx, u user.User, more int) error {
	if u.State == user.Deactivated {
		return errs.Conflict("deactivated", "%s is deactivated. Activate the user first.", u.Name())
	}
	has, err := OfUser(t, u.ID)
	if err != nil {
		return err
	}
	if len(has)+more > MaxOfUser {
		return errs.Conflict("too_many_of_user", "%s would have more than %d numbers. Free one first.", u.Name(), MaxOfUser)
	}
	return nil
}

// Leave is the step of stopping a user: whoever is deactivated loses their
// numbers, if the organization says so, and may get them back; whoever never
// joined loses them in any case.
func Leave(t *op.Tx, u user.User) error {
	if u.State == user.Invited {
		return Forget(t, u)
	}
	o, err := org.Mine(t)
	if err != nil || o.NumbersOnDeactivation == org.KeepNumbers {
		return err
	}
	return release(t, u, u.ID)
}

// Return is the step of activating a user again: they get back what they lost
// by deactivation and nobody else has got meanwhile.
func Return(t *op.Tx, u user.User) error {
	numbers, err := leftBy(t, u.ID)
	if err != nil || len(numbers) == 0 {
		return err
	}
	has, err := OfUser(t, u.ID)
	if err != nil {
		return err
	}
	numbers = numbers[:min(len(numbers), MaxOfUser-min(len(has), MaxOfUser))]
	if numbers, err = Assign(t, u, numbers); err != nil {
		return err
	}
	return Tell(t, u, numbers)
}

// Forget is the step of deleting a user: their numbers are free, and nobody
// knows any more that they were theirs.
func Forget(t *op.Tx, u user.User) error {
	if err := release(t, u, ""); err != nil {
		return err
	}
	return forget(t, u.ID)
}

// release frees all numbers of a user, for left to come back to, if anybody.
func release(t *op.Tx, u user.User, left id.User) error {
	numbers, err := OfUser(t, u.ID)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		n.User, n.LeftBy = "", left
		if err := update(t, n); err != nil {
			return err
		}
		if err := t.Record(moved("number.freed", n, u.Subject())); err != nil {
			return err
		}
	}
	return nil
}

// moved tells that a user got a number or lost it. It is about the user, so that
// it is erased with them.
func moved(name string, n Number, u op.Subject) op.Event {
	c := op.Change{Field: "number", After: n.Number}
	i := op.Change{Field: "number_id", After: string(n.ID)}
	if name == "number.freed" {
		c.Before, c.After, i.Before, i.After = c.After, nil, i.After, nil
	}
	return op.Event{Name: name, Subject: u, Changes: []op.Change{c, i}}
}
