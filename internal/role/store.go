package role

import (
	"encoding/json"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/text"
)

const columns = `id, name, description, permissions, limits, created_at, version`

// counting reads roles with how many users each has.
const counting = `select ` + columns + `, (select count(*) from users u where u.org_id = :org and u.role_id = r.id) as users
	from roles r where r.org_id = :org `

// CatalogueOf is what the transaction's organization can give: also what a
// subscription has brought that is over, so that nothing which was given is lost.
func CatalogueOf(t *op.Tx) (Catalogue, error) {
	var all Catalogue
	for _, d := range authz.OrganizationPermissions() {
		all = append(all, Offered{Described: d})
	}
	declared, err := op.All[struct {
		Key       authz.Permission `db:"key"`
		Name      string           `db:"name"`
		Delivery  bool             `db:"delivery"`
		Everybody bool             `db:"everybody"`
		Service   string           `db:"service"`
		Called    string           `db:"called"`
	}](t, `select p.key, p.name, p.delivery, p.everybody, p.service, s.name as called
		from service_permissions p join services s on s.key = p.service
		where p.service in (select b.service from subscriptions b where b.org_id = :org and (b.ends_on = '' or b.ends_on >= b.starts_on))
		order by s.name_key, s.key, p.position`, nil)
	for _, d := range declared {
		all = append(all, Offered{authz.Described{Permission: d.Key, Name: d.Name, Delivery: d.Delivery}, d.Service, d.Called, d.Everybody})
	}
	return all, err
}

// Find finds a role of the organization, built in or made, or answers
// errs.NotFound. It counts no users: whoever counts them conflicts with
// everybody who adds one.
func Find(t *op.Tx, role id.Role) (Role, error) {
	if role == authz.RoleAdmin || role == authz.RoleUser {
		return builtIn(t, role)
	}
	return op.One[Role](t, `select `+columns+` from roles where org_id = :org and id = :id`, op.Args{"id": string(role)})
}

func builtIn(t *op.Tx, role id.Role) (Role, error) {
	catalogue, err := CatalogueOf(t)
	if err != nil {
		return Role{}, err
	}
	for _, r := range builtIns(catalogue) {
		if r.ID == role {
			return r, nil
		}
	}
	return Role{}, errs.NotFound()
}

// all are the organization's roles with how many users each has: the built-in
// ones, then the others by name.
func all(t *op.Tx) ([]Role, error) {
	catalogue, err := CatalogueOf(t)
	if err != nil {
		return nil, err
	}
	roles := builtIns(catalogue)
	for i := range roles {
		if roles[i].Users, err = holders(t, roles[i].ID); err != nil {
			return nil, err
		}
	}
	made, err := op.All[Role](t, counting+`order by name_key, id`, nil)
	return append(roles, made...), err
}

func holders(t *op.Tx, role id.Role) (int, error) {
	return op.One[int](t, `select count(*) from users where org_id = :org and role_id = :id`, op.Args{"id": string(role)})
}

// Choices are all roles, for forms and lists: at most MaxRoles and the two that
// are built in.
func Choices(t *op.Tx) ([]Choice, error) {
	catalogue, err := CatalogueOf(t)
	if err != nil {
		return nil, err
	}
	made, err := op.All[Role](t, `select `+columns+` from roles where org_id = :org order by name_key, id`, nil)
	var list []Choice
	for _, r := range append(builtIns(catalogue), made...) {
		list = append(list, Choice{r.ID, r.Name, r.Description, authz.SetOf(r.Permissions...), r.Limits})
	}
	return list, err
}

// givenByGroups are the names of the groups that give a role to their users.
func givenByGroups(t *op.Tx, role id.Role) ([]string, error) {
	return op.All[string](t, `select name from groups where org_id = :org and default_role_id = :id order by name_key limit 3`, op.Args{"id": string(role)})
}

func count(t *op.Tx) (int, error) {
	return op.One[int](t, `select count(*) from roles where org_id = :org`, nil)
}

// insert adds a row; false means that the name is taken.
func insert(t *op.Tx, r Role) (bool, error) {
	args, err := r.args()
	if err != nil {
		return false, err
	}
	args["created"] = r.CreatedAt
	n, err := t.Exec(`insert into roles (org_id, id, name, name_key, description, permissions, limits, created_at, version)
		values (:org, :id, :name, :key, :description, :permissions, :limits, :created, 1)
		on conflict (org_id, name_key) do nothing`, args)
	return n == 1, err
}

// nameOfAnother tells whether another role has r's name.
func nameOfAnother(t *op.Tx, r Role) (bool, error) {
	others, err := op.All[id.Role](t, `select id from roles where org_id = :org and name_key = :key and id <> :id`,
		op.Args{"id": string(r.ID), "key": text.Key(r.Name)})
	return len(others) > 0, err
}

// update writes all that can change, if nobody has changed the row since.
func update(t *op.Tx, r Role) error {
	args, err := r.args()
	if err != nil {
		return err
	}
	args["version"] = r.Version
	n, err := t.Exec(`update roles set name = :name, name_key = :key, description = :description, permissions = :permissions,
			limits = :limits, version = version + 1
		where org_id = :org and id = :id and version = :version`, args)
	if err == nil && n == 0 {
		return errs.Changed()
	}
	return err
}

func (r Role) args() (op.Args, error) {
	limits, err := json.Marshal(r.Limits)
	return op.Args{
		"id": string(r.ID), "name": r.Name, "key": text.Key(r.Name), "description": r.Description,
		"permissions": r.Permissions.Written(), "limits": string(limits),
	}, err
}

func remove(t *op.Tx, role id.Role) error {
	return t.ExecOne(`delete from roles where org_id = :org and id = :id`, op.Args{"id": string(role)})
}

// limitable counts those of the limits that there are in the organization.
func limitable(t *op.Tx, l authz.Limits) (groups, teams, accounts int, err error) {
	for _, look := range []struct {
		into *int
		text string
		ids  any
		n    int
	}{
		{&groups, `select count(*) from groups where org_id = :org and id in (:ids)`, l.Groups, len(l.Groups)},
		{&teams, `select count(*) from teams where org_id = :org and id in (:ids)`, l.Teams, len(l.Teams)},
		{&accounts, `select count(*) from accounts where org_id = :org and id in (:ids)`, l.Accounts, len(l.Accounts)},
	} {
		if look.n == 0 {
			continue
		}
		if *look.into, err = op.One[int](t, look.text, op.Args{"ids": look.ids}); err != nil {
			return 0, 0, 0, err
		}
	}
	return groups, teams, accounts, nil
}

// offeredAsLimits is how many teams and accounts a form offers to limit a role to.
const offeredAsLimits = 300

// limitsOffered are the groups, teams and accounts that a role can be limited
// to, as far as a form has room for them, and those that it is limited to now.
func limitsOffered(t *op.Tx, now authz.Limits) (groups, teams, accounts []Named, err error) {
	args := op.Args{"limit": offeredAsLimits}
	if groups, err = op.All[Named](t, `select id, name from groups where org_id = :org order by name_key, id`, nil); err != nil {
		return
	}
	args["ids"] = now.Teams
	if teams, err = op.All[Named](t, `select id, name from teams where org_id = :org and (id in (:ids) or id in
		(select f.id from teams f where f.org_id = :org order by f.name_key, f.id limit :limit)) order by name_key, id`, args); err != nil {
		return
	}
	accounts, err = op.All[Named](t, `select id, name from accounts where org_id = :org and (id in (:ids) or id in
		(select f.id from accounts f where f.org_id = :org order by f.kind, f.name_key, f.id limit :limit)) order by kind, name_key, id`,
		op.Args{"limit": offeredAsLimits, "ids": now.Accounts})
	return
}
