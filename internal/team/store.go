package team

import (
	"roster/internal/account"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/text"
	"roster/internal/user"
)

const columns = `id, name, description, created_at, version`

func byID(t *op.Tx, team id.Team) (Team, error) {
	return op.One[Team](t, `select `+columns+` from teams where org_id = :org and id = :id`, op.Args{"id": team})
}

// byIDs finds those teams that exist, by name.
func byIDs(t *op.Tx, teams []id.Team) ([]Team, error) {
	return op.All[Team](t, `select `+columns+` from teams where org_id = :org and id in (:teams) order by name_key, id`, op.Args{"teams": teams})
}

// all are the organization's first teams by name.
func all(t *op.Tx, limit int) ([]Team, error) {
	return op.All[Team](t, `select `+columns+` from teams where org_id = :org order by name_key, id limit :limit`, op.Args{"limit": limit})
}

// First are the first so many teams of the organization by name, for lists to choose from.
func First(t *op.Tx, limit int) ([]Team, error) { return all(t, limit) }

// NamesOf tells what the teams of some users are called.
func NamesOf(t *op.Tx, users []user.User) (map[id.Team]string, error) {
	var ids []id.Team
	seen := map[id.Team]bool{}
	for _, u := range users {
		for _, one := range u.Teams {
			if !seen[one] {
				seen[one] = true
				ids = append(ids, one)
			}
		}
	}
	names := make(map[id.Team]string, len(ids))
	for len(ids) > 0 {
		n := min(len(ids), 1000)
		found, err := byIDs(t, ids[:n])
		if err != nil {
			return nil, err
		}
		for _, one := range found {
			names[one.ID] = one.Name
		}
		ids = ids[n:]
	}
	return names, nil
}

// allOf are the teams that a user is in, by name.
func allOf(t *op.Tx, u id.User) ([]Team, error) {
	return op.All[Team](t, `select `+columns+` from teams where org_id = :org
			and id in (select team_id from team_members where org_id = :org and user_id = :user) order by name_key, id`, op.Args{"user": u})
}

func page(t *op.Tx, search string, after position, limit int) ([]Listed, error) {
	return op.All[Listed](t, `select `+columns+`,
			(select count(*) from team_members m where m.org_id = :org and m.team_id = t.id) as members
		from teams t where org_id = :org and (name_key, id) > (:name, :id) and (:search = '' or search like :like escape '\')
		order by name_key, id limit :limit`,
		op.Args{"name": after.Name, "id": string(after.ID), "search": search, "like": op.Like(search), "limit": limit})
}

func count(t *op.Tx, search string) (int, error) {
	return op.One[int](t, `select count(*) from teams where org_id = :org and (:search = '' or search like :like escape '\')`,
		op.Args{"search": search, "like": op.Like(search)})
}

func insert(t *op.Tx, made Team) error {
	args := made.args()
	args["created"] = made.CreatedAt
	n, err := t.Exec(`insert into teams (org_id, id, name, name_key, search, description, created_at, version)
		values (:org, :id, :name, :name_key, :search, :description, :created, 1)
		on conflict do nothing`, args)
	if err == nil && n == 0 {
		return taken()
	}
	return err
}

// update writes all that can change, if nobody has changed the row since.
func update(t *op.Tx, now Team) error {
	args := now.args()
	args["version"] = now.Version
	others, err := op.One[int](t, `select count(*) from teams where org_id = :org and name_key = :name_key and id <> :id`,
		op.Args{"name_key": args["name_key"], "id": now.ID})
	if err != nil {
		return err
	}
	if others > 0 {
		return taken()
	}
	n, err := t.Exec(`update teams set name = :name, name_key = :name_key, search = :search, description = :description, version = version + 1
		where org_id = :org and id = :id and version = :version`, args)
	if err == nil && n == 0 {
		return errs.Changed()
	}
	return err
}

func (t Team) args() op.Args {
	return op.Args{"id": t.ID, "name": t.Name, "name_key": text.Key(t.Name), "search": text.SearchKey(t.Name), "description": t.Description}
}

func remove(t *op.Tx, team id.Team) error {
	return t.ExecOne(`delete from teams where org_id = :org and id = :id`, op.Args{"id": team})
}

func isMember(t *op.Tx, team id.Team, u id.User) (bool, error) {
	n, err := op.One[int](t, `select count(*) from team_members where org_id = :org and team_id = :team and user_id = :user`,
		op.Args{"team": team, "user": u})
	return n > 0, err
}

// userIDs are all who are in a team.
func userIDs(t *op.Tx, team id.Team) ([]id.User, error) {
	return op.All[id.User](t, `select user_id from team_members where org_id = :org and team_id = :team`, op.Args{"team": team})
}

func putIn(t *op.Tx, to Team, u id.User) error {
	return t.ExecOne(`insert into team_members (org_id, team_id, user_id, added_at) values (:org, :team, :user, :now)`,
		op.Args{"team": to.ID, "user": u, "now": t.Now()})
}

func takeOut(t *op.Tx, from Team, u id.User) error {
	return t.ExecOne(`delete from team_members where org_id = :org and team_id = :team and user_id = :user`, op.Args{"team": from.ID, "user": u})
}

func memberOf(t *op.Tx, in Membership) (Member, error) {
	condition, args := account.Within(t)
	args["team"], args["user"] = in.ID, in.User
	return op.One[Member](t, memberSelection+`and u.id = :user`+condition, args)
}

const memberSelection = `select u.id, u.type, ` + user.ShownName + ` as name, u.email, u.state, m.added_at, u.name_key
	from team_members m join users u on u.org_id = m.org_id and u.id = m.user_id
	where m.org_id = :org and m.team_id = :team `

func memberPage(t *op.Tx, team id.Team, search string, after memberPosition, limit int) ([]Member, error) {
	condition, args := account.Within(t)
	args["team"], args["name"], args["id"], args["limit"] = team, after.Name, string(after.ID), limit
	args["search"], args["like"] = search, op.Like(search)
	return op.All[Member](t, memberSelection+`and (u.name_key, u.id) > (:name, :id) and (:search = '' or u.search like :like escape '\')`+condition+`
		order by u.name_key, u.id limit :limit`, args)
}

func countMembers(t *op.Tx, team id.Team, search string) (int, error) {
	condition, args := account.Within(t)
	args["team"], args["like"] = team, op.Like(search)
	if search == "" && condition == "" {
		return op.One[int](t, `select count(*) from team_members where org_id = :org and team_id = :team`, op.Args{"team": team})
	}
	args["team"], args["search"], args["like"] = team, search, op.Like(search)
	return op.One[int](t, `select count(*) from team_members m join users u on u.org_id = m.org_id and u.id = m.user_id
		where m.org_id = :org and m.team_id = :team and u.search like :like escape '\'`+condition, args)
}

// candidates are all users who are called like one of the people.
func candidates(t *op.Tx, team id.Team, who []called) ([]candidate, error) {
	var emails, names []string
	for _, w := range who {
		if w.email != "" {
			emails = append(emails, w.email)
		}
		names = append(names, w.name)
	}
	condition, args := account.Within(t)
	args["team"], args["emails"], args["names"] = team, emails, names
	return op.All[candidate](t, `select u.id, `+user.ShownName+` as shown, u.email_key, u.username_key, u.name_key, m.user_id is not null as member
		from users u left join team_members m on m.org_id = u.org_id and m.user_id = u.id and m.team_id = :team
		where u.org_id = :org and (u.email_key in (:emails) or u.username_key in (:names) or u.name_key in (:names))`+condition+`
		order by u.name_key, u.id`, args)
}
