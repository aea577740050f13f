package group

import (
	"slices"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/role"
	"roster/internal/text"
)

// Hooks are filled once, in app/reactions.go: what the owners of other tables do
// in the transactions of this package.
var Hooks struct {
	// MayGive refuses a role that does not exist (validation_failed) or that the
	// caller may not give (grant_exceeds_own).
	MayGive func(t *op.Tx, role id.Role) error
	// MayGiveTeams refuses teams that do not exist or into which the caller may
	// put nobody (validation_failed).
	MayGiveTeams func(t *op.Tx, teams []id.Team) error
	// Teams are those into which the caller may put people, by name.
	Teams func(t *op.Tx) ([]op.Named, error)
	// Move puts all users and numbers of a group into another one, and whatever
	// else names the group. to is empty if there is nobody to move.
	Move func(t *op.Tx, from, to id.Group) error
}

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{Prepare, Create, List, Get, Page, Change, Delete}
}

// Offer is what the form for a group offers.
type Offer struct {
	Roles []role.Choice // those that the caller may give
	Teams []op.Named    // those into which the caller may put people
}

// Prepare answers what the form for a new group offers.
var Prepare = op.Query[op.Nothing, Offer]{
	Name: "group.prepare", Needs: authz.GroupsManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, _ op.Nothing) (Offer, error) { return offer(t) },
}

// Create makes a group. Errors: validation_failed, name_taken, too_many_groups,
// grant_exceeds_own.
var Create = op.Command[Input, Group]{
	Name: "group.create", Needs: authz.GroupsManage, Scope: authz.InOrg, Run: create,
}

// ListInput is the list's filter.
type ListInput struct {
	Search string `query:"q" json:"-" maxLength:"128" doc:"Part of the name."`
	op.Paging
}

// List answers the groups by name, each with how many users it has.
var List = op.Query[ListInput, op.Page[Group]]{
	Name: "group.list", Needs: authz.GroupsManage, Scope: authz.InOrg, Run: list,
}

// Ref names a group of the organization.
type Ref struct {
	ID id.Group `path:"id" json:"-"`
}

// Get answers one group.
var Get = op.Query[Ref, Group]{
	Name: "group.get", Needs: authz.GroupsManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in Ref) (Group, error) { return byID(t, in.ID) },
}

// PageOf is everything that the pages about one group show.
type PageOf struct {
	Group    Group
	States   map[string]int // its users, state by state
	Others   []Choice       // the other groups
	Offer    Offer
	Teams    []string // what the teams are called that new users get
	SeesThem bool     // whether the one who looks may see the users
}

// Page answers it, in one snapshot.
var Page = op.Query[Ref, PageOf]{
	Name: "group.page", Needs: authz.GroupsManage, Scope: authz.InOrg, Run: readPage,
}

// Update is what may be changed of a group.
type Update struct {
	ID      id.Group `path:"id" json:"-"`
	Version int64    `ifmatch:"version" json:"-"`
	Input
}

// Change changes a group, or makes it the default in place of the one that is.
// Errors: not_found, validation_failed, version_conflict, name_taken,
// default_group, grant_exceeds_own.
var Change = op.Command[Update, Group]{
	Name: "group.update", Needs: authz.GroupsManage, Scope: authz.InOrg, Run: change,
}

// Removal is what somebody says to delete a group.
type Removal struct {
	ID      id.Group `path:"id" json:"-"`
	Version int64    `ifmatch:"version" json:"-"`
	To      id.Group `query:"move_to" json:"-" doc:"The group that its users and numbers move to. Needed if it has any."`
}

// Delete deletes a group that is not the default. Users and numbers move to the group
// that is named, in the same transaction. Errors: not_found, version_conflict,
// default_group, group_in_use, validation_failed.
var Delete = op.Command[Removal, op.Nothing]{
	Name: "group.delete", Needs: authz.GroupsManage, Scope: authz.InOrg, Run: destroy,
}

// offer is what the caller may choose from.
func offer(t *op.Tx) (Offer, error) {
	roles, err := role.Choices(t)
	if err != nil {
		return Offer{}, err
	}
	teams, err := Hooks.Teams(t)
	return Offer{slices.DeleteFunc(roles, func(r role.Choice) bool { return !r.MayGive(t.Actor()) }), teams}, err
}

func create(t *op.Tx, in Input) (Group, error) {
	g := Group{ID: id.New[id.Group](t.Now()), Written: "{}", CreatedAt: t.Now(), Version: 1}
	g, err := settle(t, in, g, Group{})
	if err != nil {
		return g, err
	}
	switch n, err := count(t, ""); {
	case err != nil:
		return g, err
	case n >= MaxGroups:
		return g, errs.Conflict("too_many_groups", "An organization has at most %d groups. Delete one that is not needed.", MaxGroups)
	}
	if g.Default {
		if err := dethrone(t); err != nil {
			return g, err
		}
	}
	added, err := insert(t, g)
	if err != nil {
		return g, err
	}
	if !added {
		return g, nameTaken()
	}
	teams, err := changeTeams(t, Group{}, g)
	if err != nil {
		return g, err
	}
	return g, t.Record(op.Event{Name: "group.created", Subject: g.subject(), Changes: append(g.changes(Group{}), teams...)})
}

// changeTeams writes which teams g gives, and answers the change as events tell
// of it, none if there is none.
func changeTeams(t *op.Tx, old, g Group) ([]op.Change, error) {
	if g.DefaultTeams == joined(old.Defaults.Teams) {
		return nil, nil
	}
	before, err := called(t, old.Defaults.Teams)
	if err != nil {
		return nil, err
	}
	after, err := called(t, g.Defaults.Teams)
	if err != nil {
		return nil, err
	}
	return []op.Change{{Field: "default_teams", Before: before, After: after}}, setTeams(t, g)
}

// settle applies the input to g, which was old, and asks whether the caller may
// give what it gives.
func settle(t *op.Tx, in Input, g, old Group) (Group, error) {
	g, c := in.apply(g)
	if g.DefaultRole != old.DefaultRole {
		r, err := role.Find(t, g.DefaultRole)
		if err != nil && errs.KindOf(err) != errs.KindNotFound {
			return g, err
		}
		g.RoleName = r.Name
	}
	if g.gives(old) {
		if err := Hooks.MayGive(t, g.DefaultRole); errs.KindOf(err) == errs.KindInvalid {
			c.Fail("defaults.role_id", "unknown_role", "Choose a role from the list.")
		} else if err != nil {
			return g, err
		}
	}
	if teams := g.givesTeams(old); len(teams) > 0 {
		if err := Hooks.MayGiveTeams(t, teams); errs.KindOf(err) == errs.KindInvalid {
			c.Fail("defaults.team_ids", "unknown_team", "Choose teams from the list.")
		} else if err != nil {
			return g, err
		}
	}
	return g, c.Err()
}

// dethrone takes the place of the default from the group that has it. Another
// one gets it in the same transaction.
func dethrone(t *op.Tx) error {
	old, err := Default(t)
	if err != nil {
		return err
	}
	now := old
	now.Default = false
	if err := update(t, now); err != nil {
		return err
	}
	return t.Record(op.Event{Name: "group.updated", Subject: now.subject(), Changes: now.changes(old)})
}

func list(t *op.Tx, in ListInput) (op.Page[Group], error) {
	var none op.Page[Group]
	limit, err := in.Size()
	if err != nil {
		return none, err
	}
	search := text.Key(in.Search)
	name := "groups\x00" + search
	var after position
	if in.Cursor != "" {
		if err := t.OpenCursor(name, in.Cursor, &after); err != nil {
			return none, err
		}
	}
	rows, err := page(t, search, after, limit+1)
	if err != nil {
		return none, err
	}
	p, err := op.Cut(t, name, rows, limit, func(g Group) any { return position{text.Key(g.Name), g.ID} })
	if err == nil && in.Count {
		var n int
		n, err = count(t, search)
		p.Total = &n
	}
	return p, err
}

func readPage(t *op.Tx, in Ref) (PageOf, error) {
	g, err := byID(t, in.ID)
	if err != nil {
		return PageOf{}, err
	}
	p := PageOf{Group: g, SeesThem: t.Actor().Permissions.Has(authz.UsersView)}
	if p.Offer, err = offer(t); err != nil {
		return p, err
	}
	if p.Teams, err = called(t, g.Defaults.Teams); err != nil {
		return p, err
	}
	if p.States, err = states(t, g.ID); err != nil {
		return p, err
	}
	p.Others, err = Choices(t)
	p.Others = slices.DeleteFunc(p.Others, func(c Choice) bool { return c.ID == g.ID })
	return p, err
}

func change(t *op.Tx, in Update) (Group, error) {
	old, err := byID(t, in.ID)
	if err != nil {
		return old, err
	}
	if in.Version != 0 && int(in.Version) != old.Version {
		return old, errs.Changed()
	}
	g, err := settle(t, in.Input, old, old)
	if err != nil {
		return old, err
	}
	changes := g.changes(old)
	switch {
	case len(changes) == 0 && g.DefaultTeams == joined(old.Defaults.Teams):
		return old, nil
	case old.Default && !g.Default:
		return old, errs.Conflict("default_group", "%s is the default group. Make another group the default instead.", old.Name)
	}
	if taken, err := nameOfAnother(t, g); err != nil {
		return old, err
	} else if taken {
		return old, nameTaken()
	}
	if g.Default && !old.Default {
		if err := dethrone(t); err != nil {
			return old, err
		}
	}
	if err := update(t, g); err != nil {
		return old, err
	}
	g.Version++
	teams, err := changeTeams(t, old, g)
	if err != nil {
		return old, err
	}
	return g, t.Record(op.Event{Name: "group.updated", Subject: g.subject(), Changes: append(changes, teams...)})
}

func destroy(t *op.Tx, in Removal) (op.Nothing, error) {
	g, err := byID(t, in.ID)
	if err != nil {
		return op.Nothing{}, err
	}
	if in.Version != 0 && int(in.Version) != g.Version {
		return op.Nothing{}, errs.Changed()
	}
	if err := g.deletable(in.To); err != nil {
		return op.Nothing{}, err
	}
	e := op.Event{Name: "group.deleted", Subject: g.subject()}
	if in.To != "" {
		to, err := Find(t, in.To)
		if errs.KindOf(err) == errs.KindNotFound || err == nil && to.ID == g.ID {
			return op.Nothing{}, unknownGroup("move_to")
		}
		if err != nil {
			return op.Nothing{}, err
		}
		e.Changes = []op.Change{{Field: "users", After: g.Users}, {Field: "moved_to", After: to.Named()}}
		if g.Numbers > 0 {
			e.Changes = append(e.Changes, op.Change{Field: "numbers", After: g.Numbers})
		}
	}
	if err := Hooks.Move(t, g.ID, in.To); err != nil {
		return op.Nothing{}, err
	}
	if err := remove(t, g); err != nil {
		return op.Nothing{}, err
	}
	return op.Nothing{}, t.Record(e)
}

func nameTaken() error {
	return errs.Conflict("name_taken", "Another group has this name. Choose another one.")
}
