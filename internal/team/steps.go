package team

import (
	"slices"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/user"
)

// Offered are the teams that the actor may put people into, by name: all of
// them for who manages teams, for everybody else those that they are in
// themselves. Nobody gives a view of people that they do not have.
func Offered(t *op.Tx) ([]Team, error) {
	if t.Actor().Permissions.Has(authz.TeamsManage) {
		return all(t, maxTeams)
	}
	return allOf(t, t.Actor().User())
}

// Choose is the step of whatever gives teams to people: those of ids, in order
// and each once. One that does not exist or is not offered is noted in c, as
// the same.
func Choose(t *op.Tx, c *errs.Check, ids []id.Team) ([]Team, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) > maxTeams {
		c.Fail("team_ids", "too_many", "At most %d teams can be chosen at once.", maxTeams)
		return nil, nil
	}
	chosen, err := byIDs(t, ids)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	missing := len(chosen) < len(ids)
	if !missing && !t.Actor().Permissions.Has(authz.TeamsManage) {
		own, err := allOf(t, t.Actor().User())
		if err != nil {
			return nil, err
		}
		missing = slices.ContainsFunc(chosen, func(one Team) bool { return !slices.Contains(own, one) })
	}
	if missing {
		c.Fail("team_ids", "unknown_team", "There is a team that does not exist. Choose from the list.")
	}
	return chosen, nil
}

// ChooseFor is Choose for somebody who comes into a group: where nobody said
// which teams, those that the group gives. One into which the actor may put
// nobody is noted in c, so that they say which teams it shall be.
func ChooseFor(t *op.Tx, c *errs.Check, ids []id.Team, g group.Group) ([]Team, error) {
	if ids != nil || len(g.Defaults.Teams) == 0 {
		return Choose(t, c, ids)
	}
	var own errs.Check
	chosen, err := Choose(t, &own, g.Defaults.Teams)
	if err == nil && own.Err() != nil {
		c.Fail("team_ids", "unknown_team", "The group %s puts new users into a team into which you may put nobody. Say which teams it shall be, or that it shall be none.", g.Name)
	}
	return chosen, err
}

// MayGive is the rule for whatever gives teams to others later: they must exist,
// and be such into which the actor may put people. Error: validation_failed.
func MayGive(t *op.Tx, ids []id.Team) error {
	var c errs.Check
	if _, err := Choose(t, &c, ids); err != nil {
		return err
	}
	return c.Err()
}

// Choices are the teams that Offered answers, by id and name.
func Choices(t *op.Tx) ([]op.Named, error) {
	teams, err := Offered(t)
	list := make([]op.Named, len(teams))
	for i, one := range teams {
		list[i] = op.Named{ID: string(one.ID), Name: one.Name}
	}
	return list, err
}

// Names are what teams are called, in their order.
func Names(teams []Team) []string {
	names := make([]string, len(teams))
	for i, one := range teams {
		names[i] = one.Name
	}
	return names
}

// Assign is the step of changing a user: it puts them into exactly these teams
// and records who came and went. Errors: validation_failed, forbidden.
func Assign(t *op.Tx, u user.User, ids []id.Team) error {
	if !t.Actor().Permissions.Has(authz.TeamsManage) {
		return errs.Forbidden(string(authz.TeamsManage))
	}
	var c errs.Check
	chosen, err := Choose(t, &c, ids)
	if err != nil {
		return err
	}
	if err := c.Err(); err != nil {
		return err
	}
	return Join(t, u, chosen)
}

// Join is the step of adding a user: it puts them into exactly these teams,
// which the caller has from Choose, and records who came and went.
func Join(t *op.Tx, u user.User, teams []Team) error {
	came, went, err := set(t, u.ID, teams)
	if err != nil {
		return err
	}
	for _, one := range came {
		if err := t.Record(moved("team.member_added", one, u.Subject())); err != nil {
			return err
		}
	}
	for _, one := range went {
		if err := t.Record(moved("team.member_removed", one, u.Subject())); err != nil {
			return err
		}
	}
	return nil
}

// Place is the step of inviting: it puts somebody who has not joined into
// exactly these teams. The caller has them from Choose, and records the event.
func Place(t *op.Tx, u id.User, teams []Team) error {
	came, went, err := set(t, u, teams)
	if err != nil || len(came)+len(went) == 0 {
		return err
	}
	return user.Renew(t, []id.User{u})
}

// set writes the difference between the teams that a user is in and those that
// they are to be in.
func set(t *op.Tx, u id.User, want []Team) (came, went []Team, err error) {
	have, err := allOf(t, u)
	if err != nil {
		return nil, nil, err
	}
	in := func(list []Team, one Team) bool {
		return slices.ContainsFunc(list, func(other Team) bool { return other.ID == one.ID })
	}
	for _, one := range want {
		if !in(have, one) {
			if err := putIn(t, one, u); err != nil {
				return nil, nil, err
			}
			came = append(came, one)
		}
	}
	for _, one := range have {
		if !in(want, one) {
			if err := takeOut(t, one, u); err != nil {
				return nil, nil, err
			}
			went = append(went, one)
		}
	}
	return came, went, nil
}

// moved tells that a user came into a team or left it. It is about the user, so
// that it is erased with them.
func moved(name string, which Team, u op.Subject) op.Event {
	c := op.Change{Field: "team", After: which.Name}
	i := op.Change{Field: "team_id", After: string(which.ID)}
	if name == "team.member_removed" {
		c.Before, c.After, i.Before, i.After = c.After, nil, i.After, nil
	}
	return op.Event{Name: name, Subject: u, Changes: []op.Change{c, i}}
}
