package role

import (
	"strings"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
)

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{List, Get, ReadCatalogue, Page, Create, Change, Delete}
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

// PageOf is everything that the pages about one role show.
type PageOf struct {
	Role      Role // nothing for a new one
	Catalogue Catalogue
	Holds     authz.Set // what the one who looks may give
	Platform  bool
	Groups    []Named
	Teams     []Named
	Accounts  []Named
	SeesUsers bool
}

// Named is something that a role can be limited to.
type Named struct {
	ID   string `db:"id"`
	Name string `db:"name"`
}

// Page answers it in one snapshot; without an id, what the form for a new role
// offers.
var Page = op.Query[Ref, PageOf]{
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

func readPage(t *op.Tx, in Ref) (PageOf, error) {
	actor := t.Actor()
	p := PageOf{Holds: actor.Permissions, Platform: actor.OnPlatform(), SeesUsers: actor.Permissions.Has(authz.UsersView)}
	var err error
	if in.ID != "" {
		if p.Role, err = counted(t, in.ID); err != nil {
			return p, err
		}
	}
	if p.Catalogue, err = CatalogueOf(t); err != nil {
		return p, err
	}
	p.Groups, p.Teams, p.Accounts, err = limitsOffered(t, p.Role.Limits)
	return p, err
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
	groups, teams, accounts, err := limitable(t, r.Limits)
	if err != nil {
		return r, err
	}
	if in.Limits.Set && (groups < len(r.Limits.Groups) || teams < len(r.Limits.Teams) || accounts < len(r.Limits.Accounts)) {
		c.Fail("limits", "unknown_limit", "One of the groups, teams or accounts does not exist. Choose from the lists.")
	}
	for _, built := range builtIns(catalogue) {
		if strings.EqualFold(r.Name, built.Name) {
			c.Fail("name", "name_taken", "%s is the name of a role that is built in. Choose another one.", built.Name)
		}
	}
	if err := c.Err(); err != nil {
		return r, err
	}
	if r.gives(old) {
		return r, MayGive(t.Actor(), r)
	}
	return r, nil
}

// mine finds a role that the caller may change: one that gives nothing beyond
// what they hold.
func mine(t *op.Tx, role id.Role, version int64) (Role, error) {
	r, err := counted(t, role)
	if err != nil {
		return r, err
	}
	if version != 0 && int(version) != r.Version {
		return r, errs.Changed()
	}
	if err := r.changeable(); err != nil {
		return r, err
	}
	if MayGive(t.Actor(), r) != nil {
		return r, errs.New(errs.KindForbidden, "target_above_caller", "The role %s gives rights that you do not have. Ask an admin to do this.", r.Name)
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
	if len(r.changes(old)) == 0 {
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
	if r.Users > 0 {
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

// changes are the differences for the audit log.
func (r Role) changes(old Role) []op.Change {
	list := op.Diff(old, r)
	for _, l := range []struct {
		field      string
		before, is any
		same       bool
	}{
		{"limits.group_ids", old.Limits.Groups, r.Limits.Groups, equal(old.Limits.Groups, r.Limits.Groups)},
		{"limits.team_ids", old.Limits.Teams, r.Limits.Teams, equal(old.Limits.Teams, r.Limits.Teams)},
		{"limits.account_ids", old.Limits.Accounts, r.Limits.Accounts, equal(old.Limits.Accounts, r.Limits.Accounts)},
	} {
		if !l.same {
			list = append(list, op.Change{Field: l.field, Before: l.before, After: l.is})
		}
	}
	return list
}

func (r Role) record(t *op.Tx, event string, old Role) error {
	return t.Record(op.Event{Name: event, Subject: r.subject(), Changes: r.changes(old)})
}

func nameTaken() error {
	return errs.Conflict("name_taken", "Another role has this name. Choose another one.")
}
