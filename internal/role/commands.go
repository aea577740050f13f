package role

import (
	"cmp"
	"slices"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/text"
)

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{List, Get, ReadCatalogue, ReadOverview, Page, Create, Change, Delete}
}

// List answers all roles: Admin and User first, then those that the
// organization made, by name. There are at most MaxRoles, so it has one page.
var List = op.Query[op.Nothing, op.Page[Role]]{
	Name: "role.list", Needs: authz.UsersView, Scope: authz.InOrg,
	Run: func(t *op.Tx, _ op.Nothing) (op.Page[Role], error) {
		roles, err := all(t)
		n := len(roles)
		return op.Page[Role]{Items: roles, Total: &n}, err
	},
}

// Ref names a role.
type Ref struct {
	ID id.Role `path:"id" json:"-"`
}

// Get answers one role.
var Get = op.Query[Ref, Role]{
	Name: "role.get", Needs: authz.UsersView, Scope: authz.InOrg,
	Run: func(t *op.Tx, in Ref) (Role, error) { return counted(t, in.ID) },
}

// ReadCatalogue answers every permission that the organization can give.
var ReadCatalogue = op.Query[op.Nothing, op.Page[Offered]]{
	Name: "permission.list", Needs: authz.UsersView, Scope: authz.InOrg,
	Run: func(t *op.Tx, _ op.Nothing) (op.Page[Offered], error) {
		c, err := CatalogueOf(t)
		return op.Page[Offered]{Items: c}, err
	},
}

// Named is something that a role can be limited to.
type Named struct {
	ID   string `db:"id"`
	Name string `db:"name"` // empty: it has been deleted
}

// Limitable is what a role is, or can be, limited to.
type Limitable struct {
	Groups, Teams, Accounts []Named
}

// Overview is everything that the page 'Roles' shows.
type Overview struct {
	Roles     []Role
	Names     map[string]string // of what they are limited to, by id
	Catalogue Catalogue
	SeesUsers bool
}

// ReadOverview answers it in one snapshot.
var ReadOverview = op.Query[op.Nothing, Overview]{
	Name: "role.overview", Needs: authz.RolesManage, Scope: authz.InOrg, Run: overview,
}

// Look is which role the pages about one show, and what its form offers: what
// has Search in its name, and what has been chosen.
type Look struct {
	ID     id.Role
	Search string
	Chosen authz.Limits
}

// PageOf is everything that the pages about one role show.
type PageOf struct {
	Role      Role // nothing for a new one
	Catalogue Catalogue
	Holds     authz.Set // what the one who looks may give
	LimitedTo Limitable // what the role is limited to
	Offered   Limitable // what it can be limited to
	More      bool      // there is more to be limited to than is offered
	Refusal   string    // why the one who looks cannot change it
	GivenBy   []string  // groups that give it to their users
	InUse     bool      // somebody has it, within reach or not
	SeesUsers bool
}

// Page answers it in one snapshot; without an id, what the form for a new role
// offers.
var Page = op.Query[Look, PageOf]{
	Name: "role.page", Needs: authz.RolesManage, Scope: authz.InOrg, Run: readPage,
}

// Create makes a role. Errors: validation_failed, name_taken, too_many_roles,
// grant_exceeds_own.
var Create = op.Command[Input, Role]{
	Name: "role.create", Needs: authz.RolesManage, Scope: authz.InOrg, Run: create,
}

// Update is what may be changed of a role.
type Update struct {
	ID      id.Role `path:"id" json:"-"`
	Version int64   `ifmatch:"version" json:"-"`
	Input
}

// Change changes a role, and with the next request what those may do who have
// it. Errors: not_found, validation_failed, version_conflict, name_taken,
// built_in_role, grant_exceeds_own, target_above_caller.
var Change = op.Command[Update, Role]{
	Name: "role.update", Needs: authz.RolesManage, Scope: authz.InOrg, Run: change,
}

// Removal names the role to delete.
type Removal struct {
	ID      id.Role `path:"id" json:"-"`
	Version int64   `ifmatch:"version" json:"-"`
}

// Delete deletes a role that nobody has and no group gives. Errors: not_found,
// version_conflict, built_in_role, role_in_use, target_above_caller.
var Delete = op.Command[Removal, op.Nothing]{
	Name: "role.delete", Needs: authz.RolesManage, Scope: authz.InOrg, Run: destroy,
}

// counted is a role with how many users have it.
func counted(t *op.Tx, role id.Role) (Role, error) {
	r, err := Find(t, role)
	if err != nil {
		return r, err
	}
	r.Users, err = holders(t, role)
	return r, err
}

func overview(t *op.Tx, _ op.Nothing) (Overview, error) {
	o := Overview{Names: map[string]string{}, SeesUsers: t.Actor().Permissions.Has(authz.UsersView)}
	var err error
	if o.Roles, err = all(t); err != nil {
		return o, err
	}
	if o.Catalogue, err = CatalogueOf(t); err != nil {
		return o, err
	}
	for _, r := range o.Roles {
		if r.Limits.None() {
			continue
		}
		found, err := there(t, r.Limits)
		if err != nil {
			return o, err
		}
		for _, one := range slices.Concat(found.Groups, found.Teams, found.Accounts) {
			o.Names[one.ID] = one.Name
		}
	}
	return o, nil
}

func readPage(t *op.Tx, in Look) (p PageOf, err error) {
	actor := t.Actor()
	p.Holds, p.SeesUsers = actor.Permissions, actor.Permissions.Has(authz.UsersView)
	if p.Catalogue, err = CatalogueOf(t); err != nil {
		return p, err
	}
	if in.ID != "" {
		if err = p.aboutRole(t, in.ID); err != nil {
			return p, err
		}
	}
	if p.Offered, err = matching(t, in.Search); err != nil {
		return p, err
	}
	p.More = len(p.Offered.Groups) > MaxOffered || len(p.Offered.Teams) > MaxOffered || len(p.Offered.Accounts) > MaxOffered
	chosen, err := there(t, in.Chosen)
	p.Offered = p.Offered.with(chosen)
	return p, err
}

// aboutRole reads what the pages show of a role that there is.
func (p *PageOf) aboutRole(t *op.Tx, role id.Role) (err error) {
	if p.Role, err = counted(t, role); err != nil {
		return err
	}
	found, err := there(t, p.Role.Limits)
	if err != nil {
		return err
	}
	p.LimitedTo = found.of(p.Role.Limits)
	if p.GivenBy, err = givenByGroups(t, role); err != nil {
		return err
	}
	n, err := allHolders(t, role)
	if err != nil {
		return err
	}
	p.InUse = n > 0
	if no := mayChange(t.Actor(), p.Role, n); no != nil {
		p.Refusal = no.Message
	}
	return nil
}

// of is l with what is gone: limits stay, so that deleting a group never makes
// anybody reach further.
func (l Limitable) of(limits authz.Limits) Limitable {
	return Limitable{gone(l.Groups, limits.Groups), gone(l.Teams, limits.Teams), gone(l.Accounts, limits.Accounts)}
}

func gone[T ~string](found []Named, ids []T) []Named {
	for _, one := range ids {
		if !slices.ContainsFunc(found, func(n Named) bool { return n.ID == string(one) }) {
			found = append(found, Named{ID: string(one)})
		}
	}
	return found
}

// with is what a form offers: what matches, as far as there is room, and what
// was chosen before.
func (l Limitable) with(chosen Limitable) Limitable {
	return Limitable{offered(l.Groups, chosen.Groups), offered(l.Teams, chosen.Teams), offered(l.Accounts, chosen.Accounts)}
}

func offered(matching, chosen []Named) []Named {
	for _, one := range matching[:min(len(matching), MaxOffered)] {
		if !slices.Contains(chosen, one) {
			chosen = append(chosen, one)
		}
	}
	return chosen
}

func create(t *op.Tx, in Input) (Role, error) {
	r := Role{ID: id.New[id.Role](t.Now()), CreatedAt: t.Now(), Version: 1}
	r, err := settle(t, in, r, Role{})
	if err != nil {
		return r, err
	}
	switch n, err := count(t); {
	case err != nil:
		return r, err
	case n >= MaxRoles:
		return r, errs.Conflict("too_many_roles", "An organization has at most %d roles of its own. Delete one that is not needed.", MaxRoles)
	}
	added, err := insert(t, r)
	if err != nil {
		return r, err
	}
	if !added {
		return r, nameTaken()
	}
	return r, r.record(t, "role.created", Role{})
}

// settle applies the input to r, which was old, and asks whether the caller may
// give what it gives.
func settle(t *op.Tx, in Input, r, old Role) (Role, error) {
	catalogue, err := CatalogueOf(t)
	if err != nil {
		return r, err
	}
	r, c := in.apply(r, catalogue)
	fresh := beyond(r.Limits, old.Limits)
	found, err := there(t, fresh)
	if err != nil {
		return r, err
	}
	if len(found.Groups) < len(fresh.Groups) || len(found.Teams) < len(fresh.Teams) || len(found.Accounts) < len(fresh.Accounts) {
		c.Fail("limits", "unknown_limit", "One of the groups, teams or accounts does not exist. Choose from the lists.")
	}
	if err := c.Err(); err != nil {
		return r, err
	}
	for _, built := range builtIns(catalogue) {
		if text.Key(r.Name) == text.Key(built.Name) {
			return r, errs.Conflict("name_taken", "%s is the name of a role that is built in. Choose another one.", built.Name)
		}
	}
	if r.gives(old) {
		return r, MayGive(t.Actor(), r)
	}
	return r, nil
}

// mine finds a role that the caller may change, see mayChange.
func mine(t *op.Tx, role id.Role, version int64) (Role, error) {
	r, err := counted(t, role)
	if err != nil {
		return r, err
	}
	if version != 0 && int(version) != r.Version {
		return r, errs.Changed()
	}
	n, err := allHolders(t, role)
	if err != nil {
		return r, err
	}
	if no := mayChange(t.Actor(), r, n); no != nil {
		return r, no
	}
	return r, nil
}

func change(t *op.Tx, in Update) (Role, error) {
	old, err := mine(t, in.ID, in.Version)
	if err != nil {
		return old, err
	}
	r, err := settle(t, in.Input, old, old)
	if err != nil {
		return old, err
	}
	if len(r.changes(old, nil)) == 0 {
		return old, nil
	}
	if taken, err := nameOfAnother(t, r); err != nil {
		return old, err
	} else if taken {
		return old, nameTaken()
	}
	if err := update(t, r); err != nil {
		return old, err
	}
	r.Version++
	return r, r.record(t, "role.updated", old)
}

func destroy(t *op.Tx, in Removal) (op.Nothing, error) {
	r, err := mine(t, in.ID, in.Version)
	if err != nil {
		return op.Nothing{}, err
	}
	n, err := allHolders(t, r.ID)
	if err != nil {
		return op.Nothing{}, err
	}
	if n > 0 {
		return op.Nothing{}, errs.Conflict("role_in_use", "Users have the role %s. Give them another one first.", r.Name)
	}
	groups, err := givenByGroups(t, r.ID)
	if err != nil {
		return op.Nothing{}, err
	}
	if len(groups) > 0 {
		return op.Nothing{}, errs.Conflict("role_in_use", "The group %s gives the role %s to its users. Change that first.", groups[0], r.Name)
	}
	if err := remove(t, r.ID); err != nil {
		return op.Nothing{}, err
	}
	return op.Nothing{}, t.Record(op.Event{Name: "role.deleted", Subject: r.subject()})
}

// changes are the differences for the audit log, what it is limited to by name.
func (r Role) changes(old Role, names map[string]string) []op.Change {
	list := op.Diff(old, r)
	for _, l := range []struct {
		field      string
		before, is []string
	}{
		{"limits.group_ids", stringsOf(old.Limits.Groups), stringsOf(r.Limits.Groups)},
		{"limits.team_ids", stringsOf(old.Limits.Teams), stringsOf(r.Limits.Teams)},
		{"limits.account_ids", stringsOf(old.Limits.Accounts), stringsOf(r.Limits.Accounts)},
	} {
		if !slices.Equal(l.before, l.is) {
			list = append(list, op.Change{Field: l.field, Before: named(l.before, names), After: named(l.is, names)})
		}
	}
	return list
}

// named are entries of limits with their names, nil if there are none. What has
// been deleted has its id for a name.
func named(ids []string, names map[string]string) any {
	var list []op.Named
	for _, one := range ids {
		list = append(list, op.Named{ID: one, Name: cmp.Or(names[one], one)})
	}
	if list == nil {
		return nil
	}
	return list
}

func (r Role) record(t *op.Tx, event string, old Role) error {
	names := map[string]string{}
	for _, limits := range []authz.Limits{old.Limits, r.Limits} {
		found, err := there(t, limits)
		if err != nil {
			return err
		}
		for _, one := range slices.Concat(found.Groups, found.Teams, found.Accounts) {
			names[one.ID] = one.Name
		}
	}
	return t.Record(op.Event{Name: event, Subject: r.subject(), Changes: r.changes(old, names)})
}

func nameTaken() error {
	return errs.Conflict("name_taken", "Another role has this name. Choose another one.")
}
