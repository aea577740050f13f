package group

import (
	"roster/internal/account"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/text"
)

const columns = `id, name, is_default, default_role_id, default_language, settings, created_at, version, ` + calledRole + `, ` + teamIDs

// calledRole is what the default role is called, if the organization made it.
const calledRole = `(select r.name from roles r where r.org_id = :org and r.id = default_role_id) as role_name`

// teamIDs are the teams that a group gives new users.
const teamIDs = `(select string_agg(m.team_id, ',') from group_teams m where m.org_id = :org and m.group_id = id) as default_team_ids`

// counting reads groups with how many users and numbers each has.
const counting = `select ` + columns + `, (select count(*) from users u where u.org_id = g.org_id and u.group_id = g.id) as users,
	(select count(*) from numbers n where n.org_id = g.org_id and n.group_id = g.id) as numbers
	from groups g where org_id = :org `

// byID finds a group with the number of its users, or answers errs.NotFound.
func byID(t *op.Tx, group id.Group) (Group, error) {
	g, err := op.One[Group](t, counting+`and id = :id`, op.Args{"id": group})
	return g.shown(), err
}

// Find finds a group of the organization, or answers errs.NotFound. It counts no
// users: whoever counts them conflicts with everybody who adds one.
func Find(t *op.Tx, group id.Group) (Group, error) {
	g, err := op.One[Group](t, `select `+columns+` from groups where org_id = :org and id = :id`, op.Args{"id": group})
	return g.shown(), err
}

// Default is the organization's default group, of which there always is one. It
// counts no users.
func Default(t *op.Tx) (Group, error) {
	g, err := op.One[Group](t, `select `+columns+` from groups where org_id = :org and is_default`, nil)
	return g.shown(), err
}

// Choices are the groups by name, at most MaxGroups, for forms and lists: all, or
// those of whom the actor reaches and the default.
func Choices(t *op.Tx) ([]Choice, error) {
	condition, args := account.Within(t)
	if condition != "" {
		condition = ` and (is_default or id in (select u.group_id from users u where u.org_id = :org` + condition + `))`
	}
	return op.All[Choice](t, `select id, name, is_default, default_role_id, default_language, `+calledRole+`, `+teamIDs+`
		from groups where org_id = :org`+condition+` order by name_key, id`, args)
}

type position struct {
	Name string   `json:"n"`
	ID   id.Group `json:"i"`
}

func page(t *op.Tx, search string, after position, limit int) ([]Group, error) {
	rows, err := op.All[Group](t, counting+`and (name_key, id) > (:name, :id) and name_key like :like escape '\'
		order by name_key, id limit :limit`,
		op.Args{"name": after.Name, "id": string(after.ID), "like": op.Like(search), "limit": limit})
	for i := range rows {
		rows[i] = rows[i].shown()
	}
	return rows, err
}

func count(t *op.Tx, search string) (int, error) {
	return op.One[int](t, `select count(*) from groups where org_id = :org and name_key like :like escape '\'`, op.Args{"like": op.Like(search)})
}

// states counts a group's users, state by state.
func states(t *op.Tx, group id.Group) (map[string]int, error) {
	rows, err := op.All[struct {
		State string `db:"state"`
		N     int    `db:"n"`
	}](t, `select state, count(*) as n from users where org_id = :org and group_id = :id group by state`, op.Args{"id": group})
	counts := make(map[string]int, len(rows))
	for _, r := range rows {
		counts[r.State] = r.N
	}
	return counts, err
}

// insert adds a row; false means that the name is taken.
func insert(t *op.Tx, g Group) (bool, error) {
	args := g.args()
	args["created"] = g.CreatedAt
	n, err := t.Exec(`insert into groups (org_id, id, name, name_key, is_default, default_role_id, default_language, settings, created_at, version)
		values (:org, :id, :name, :name_key, :default, :role, :language, :settings, :created, 1)
		on conflict (org_id, name_key) do nothing`, args)
	return n == 1, err
}

// nameOfAnother tells whether another group has g's name.
func nameOfAnother(t *op.Tx, g Group) (bool, error) {
	others, err := op.All[id.Group](t, `select id from groups where org_id = :org and name_key = :name_key and id <> :id`,
		op.Args{"id": g.ID, "name_key": text.Key(g.Name)})
	return len(others) > 0, err
}

// update writes all that can change, if nobody has changed the row since.
func update(t *op.Tx, g Group) error {
	args := g.args()
	args["version"] = g.Version
	n, err := t.Exec(`update groups set name = :name, name_key = :name_key, is_default = :default, default_role_id = :role,
			default_language = :language, settings = :settings, version = version + 1
		where org_id = :org and id = :id and version = :version`, args)
	if err == nil && n == 0 {
		return errs.Changed()
	}
	return err
}

func (g Group) args() op.Args {
	return op.Args{
		"id": g.ID, "name": g.Name, "name_key": text.Key(g.Name), "default": g.Default, "role": string(g.DefaultRole),
		"language": g.DefaultLanguage, "settings": g.Written,
	}
}

// remove deletes a group. As long as a user is in it, the schema refuses that.
func remove(t *op.Tx, g Group) error {
	return t.ExecOne(`delete from groups where org_id = :org and id = :id and not is_default`, op.Args{"id": g.ID})
}

// setTeams writes which teams the group gives new users.
func setTeams(t *op.Tx, g Group) error {
	if _, err := t.Exec(`delete from group_teams where org_id = :org and group_id = :id`, op.Args{"id": g.ID}); err != nil {
		return err
	}
	for _, one := range g.Defaults.Teams {
		if err := t.ExecOne(`insert into group_teams (org_id, group_id, team_id) values (:org, :id, :team)`, op.Args{"id": g.ID, "team": one}); err != nil {
			return err
		}
	}
	return nil
}

// called are the names of some teams, in order.
func called(t *op.Tx, teams []id.Team) ([]string, error) {
	return op.All[string](t, `select name from teams where org_id = :org and id in (:teams) order by name_key, id`, op.Args{"teams": teams})
}
