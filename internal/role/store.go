package role

import (
	"encoding/json"

	"roster/internal/account"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/text"
)

const columns = `id, name, description, permissions, limits, created_at, version`

// counting reads roles with how many users each has whom the actor reaches.
func counting(t *op.Tx) (string, op.Args) {
	condition, args := account.Within(t)
	return `select ` + columns + `, (select count(*) from users u where u.org_id = :org and u.role_id = r.id` + condition + `) as users
	from roles r where r.org_id = :org `, args
}

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
	text, args := counting(t)
	made, err := op.All[Role](t, text+`order by name_key, id`, args)
	return append(roles, made...), err
}

// holders counts the users who have a role and whom the actor reaches.
func holders(t *op.Tx, role id.Role) (int, error) {
	condition, args := account.Within(t)
	args["id"] = string(role)
	return op.One[int](t, `select count(*) from users u where u.org_id = :org and u.role_id = :id`+condition, args)
}

// allHolders counts the users who have a role, whoever acts.
func allHolders(t *op.Tx, role id.Role) (int, error) {
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

// What a role can be limited to.
const (
	ofGroups   = `select id, name from groups where org_id = :org `
	ofTeams    = `select id, name from teams where org_id = :org `
	ofAccounts = `select id, name from accounts where org_id = :org `
)

// there are those of the limits that there are in the organization.
func there(t *op.Tx, l authz.Limits) (Limitable, error) {
	var found Limitable
	for _, look := range []struct {
		into *[]Named
		text string
		ids  any
	}{{&found.Groups, ofGroups, l.Groups}, {&found.Teams, ofTeams, l.Teams}, {&found.Accounts, ofAccounts, l.Accounts}} {
		var err error
		if *look.into, err = op.All[Named](t, look.text+`and id in (:ids) order by name_key, id`, op.Args{"ids": look.ids}); err != nil {
			return found, err
		}
	}
	return found, nil
}

// MaxOffered is how many groups, teams and accounts a form offers to limit a role to.
const MaxOffered = 100

// matching are the first groups, teams and accounts that have something in their
// name: one more of each than a form offers.
func matching(t *op.Tx, search string) (Limitable, error) {
	var found Limitable
	for _, look := range []struct {
		into *[]Named
		text string
	}{{&found.Groups, ofGroups}, {&found.Teams, ofTeams}, {&found.Accounts, ofAccounts}} {
		var err error
		if *look.into, err = op.All[Named](t, look.text+`and name_key like :like escape '\' order by name_key, id limit :limit`,
			op.Args{"like": op.Like(text.Key(search)), "limit": MaxOffered + 1}); err != nil {
			return found, err
		}
	}
	return found, nil
}
