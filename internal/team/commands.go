package team

import (
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/text"
	"roster/internal/user"
)

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{List, Create, Get, Change, Delete, Members, GetMember, AddMembers, AddMember, RemoveMember, Show}
}

// ListInput is the list's filter.
type ListInput struct {
	Search string `query:"q" json:"-" maxLength:"128" doc:"Part of the name."`
	op.Paging
}

// List answers the teams by name, with how many are in each.
var List = op.Query[ListInput, op.Page[Listed]]{
	Name: "team.list", Needs: authz.TeamsManage, Scope: authz.InOrg, Run: list,
}

// Create makes a team with nobody in it. Errors: validation_failed, team_exists.
var Create = op.Command[New, Team]{
	Name: "team.create", Needs: authz.TeamsManage, Scope: authz.InOrg, Run: create,
}

// Ref names a team.
type Ref struct {
	ID id.Team `path:"id" json:"-"`
}

// Get answers one team.
var Get = op.Query[Ref, Team]{
	Name: "team.get", Needs: authz.TeamsManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in Ref) (Team, error) { return byID(t, in.ID) },
}

// Change renames or describes a team. Errors: not_found, validation_failed,
// version_conflict, team_exists.
var Change = op.Command[Update, Team]{
	Name: "team.update", Needs: authz.TeamsManage, Scope: authz.InOrg, Run: change,
}

// Version is a team, and the version that a change insists on; 0: any.
type Version struct {
	ID      id.Team `path:"id" json:"-"`
	Version int64   `ifmatch:"version" json:"-"`
}

// Delete removes a team. Nobody is deleted with it, but its members no longer
// see each other by it. Errors: not_found, version_conflict.
var Delete = op.Command[Version, op.Nothing]{
	Name: "team.delete", Needs: authz.TeamsManage, Scope: authz.InOrg, Run: destroy,
}

// MembersInput is whose members, and which of them.
type MembersInput struct {
	ID     id.Team `path:"id" json:"-"`
	Search string  `query:"q" json:"-" maxLength:"128" doc:"Part of a name, address, username, phone number or external id."`
	op.Paging
}

// Members answers who is in a team, by name, in all states. Error: not_found.
var Members = op.Query[MembersInput, op.Page[Member]]{
	Name: "team.members", Needs: authz.TeamsManage, Scope: authz.InOrg, Run: members,
}

// AddMembers adds users by what people write: addresses, usernames, names. Each
// has an outcome of its own. Errors: not_found, validation_failed.
var AddMembers = op.Command[People, Results]{
	Name: "team.add_members", Needs: authz.TeamsManage, Scope: authz.InOrg, Run: addMembers,
}

// Membership is a user in a team.
type Membership struct {
	ID   id.Team `path:"id" json:"-"`
	User id.User `path:"user" json:"-"`
}

// GetMember answers one member of a team. Error: not_found.
var GetMember = op.Query[Membership, Member]{
	Name: "team.member", Needs: authz.TeamsManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in Membership) (Member, error) { return memberOf(t, in) },
}

// AddMember puts a user into a team; one who is in it stays. Error: not_found.
var AddMember = op.Command[Membership, op.Nothing]{
	Name: "team.add_member", Needs: authz.TeamsManage, Scope: authz.InOrg, Run: addMember,
}

// RemoveMember takes a user out of a team: from the next request on they see
// each other by it no more. Error: not_found.
var RemoveMember = op.Command[Membership, op.Nothing]{
	Name: "team.remove_member", Needs: authz.TeamsManage, Scope: authz.InOrg, Run: removeMember,
}

// Shown is a team's page.
type Shown struct {
	Team    Team
	Count   int // of all members
	Members op.Page[Member]
}

// Show answers a team with a page of its members, in one snapshot. Error: not_found.
var Show = op.Query[MembersInput, Shown]{
	Name: "team.show", Needs: authz.TeamsManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in MembersInput) (s Shown, err error) {
		if s.Team, err = byID(t, in.ID); err != nil {
			return s, err
		}
		if s.Count, err = countMembers(t, in.ID, ""); err != nil {
			return s, err
		}
		s.Members, err = members(t, in)
		return s, err
	},
}

type position struct {
	Name string  `json:"n"`
	ID   id.Team `json:"i"`
}

func list(t *op.Tx, in ListInput) (op.Page[Listed], error) {
	var none op.Page[Listed]
	limit, err := in.Size()
	if err != nil {
		return none, err
	}
	search := text.SearchKey(in.Search)
	name := "teams\x00" + search
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
	p, err := op.Cut(t, name, rows, limit, func(l Listed) any { return position{text.Key(l.Name), l.ID} })
	if err == nil && in.Count {
		var n int
		n, err = count(t, search)
		p.Total = &n
	}
	return p, err
}

func create(t *op.Tx, in New) (Team, error) {
	made, err := in.check(t.Now())
	if err != nil {
		return made, err
	}
	if err := insert(t, made); err != nil {
		return made, err
	}
	return made, t.Record(op.Event{Name: "team.created", Subject: made.subject(), Changes: op.Diff(Team{}, made)})
}

func change(t *op.Tx, in Update) (Team, error) {
	old, err := byID(t, in.ID)
	if err != nil {
		return old, err
	}
	if in.Version != 0 && int(in.Version) != old.Version {
		return old, errs.Changed()
	}
	now, err := in.apply(old)
	if err != nil {
		return old, err
	}
	changes := op.Diff(old, now)
	if len(changes) == 0 {
		return old, nil
	}
	if err := update(t, now); err != nil {
		return old, err
	}
	now.Version++
	return now, t.Record(op.Event{Name: "team.updated", Subject: now.subject(), Changes: changes})
}

func destroy(t *op.Tx, in Version) (op.Nothing, error) {
	gone, err := byID(t, in.ID)
	if err != nil {
		return op.Nothing{}, err
	}
	if in.Version != 0 && int(in.Version) != gone.Version {
		return op.Nothing{}, errs.Changed()
	}
	left, err := userIDs(t, gone.ID)
	if err != nil {
		return op.Nothing{}, err
	}
	if err := remove(t, gone.ID); err != nil {
		return op.Nothing{}, err
	}
	if err := user.Renew(t, left); err != nil {
		return op.Nothing{}, err
	}
	return op.Nothing{}, t.Record(op.Event{
		Name: "team.deleted", Subject: gone.subject(), Changes: []op.Change{{Field: "members", Before: len(left), After: 0}},
	})
}

type memberPosition struct {
	Name string  `json:"n"`
	ID   id.User `json:"i"`
}

func members(t *op.Tx, in MembersInput) (op.Page[Member], error) {
	var none op.Page[Member]
	if _, err := byID(t, in.ID); err != nil {
		return none, err
	}
	limit, err := in.Size()
	if err != nil {
		return none, err
	}
	search := text.SearchKey(in.Search)
	name := "team_members\x00" + string(in.ID) + "\x00" + search
	var after memberPosition
	if in.Cursor != "" {
		if err := t.OpenCursor(name, in.Cursor, &after); err != nil {
			return none, err
		}
	}
	rows, err := memberPage(t, in.ID, search, after, limit+1)
	if err != nil {
		return none, err
	}
	p, err := op.Cut(t, name, rows, limit, func(m Member) any { return memberPosition{m.NameKey, m.User} })
	if err == nil && in.Count {
		var n int
		n, err = countMembers(t, in.ID, search)
		p.Total = &n
	}
	return p, err
}

func addMembers(t *op.Tx, in People) (Results, error) {
	to, err := byID(t, in.ID)
	if err != nil {
		return Results{}, err
	}
	if err := in.check(); err != nil {
		return Results{}, err
	}
	who := make([]called, len(in.Members))
	for i, written := range in.Members {
		who[i] = callOf(written)
	}
	from, err := candidates(t, to.ID, who)
	if err != nil {
		return Results{}, err
	}
	out := Results{Results: make([]Result, len(who))}
	for i, w := range who {
		c, outcome := w.pick(from)
		out.Results[i] = Result{in.Members[i], outcome, c.ID}
		if outcome != Added {
			continue
		}
		if err := join(t, to, op.Subject{Kind: "user", ID: string(c.ID), Name: c.Shown}); err != nil {
			return out, err
		}
		for k := range from { // whom somebody names twice comes in once
			from[k].Member = from[k].Member || from[k].ID == c.ID
		}
	}
	return out, nil
}

func addMember(t *op.Tx, in Membership) (op.Nothing, error) {
	to, u, member, err := both(t, in)
	if err != nil || member {
		return op.Nothing{}, err
	}
	return op.Nothing{}, join(t, to, u.Subject())
}

func removeMember(t *op.Tx, in Membership) (op.Nothing, error) {
	from, u, member, err := both(t, in)
	if err != nil {
		return op.Nothing{}, err
	}
	if !member {
		return op.Nothing{}, errs.NotFound()
	}
	if err := takeOut(t, from, u.ID); err != nil {
		return op.Nothing{}, err
	}
	if err := user.Renew(t, []id.User{u.ID}); err != nil {
		return op.Nothing{}, err
	}
	return op.Nothing{}, t.Record(moved("team.member_removed", from, u.Subject()))
}

// both finds the team and the user, and whether the one is in the other.
func both(t *op.Tx, in Membership) (Team, user.User, bool, error) {
	found, err := byID(t, in.ID)
	if err != nil {
		return found, user.User{}, false, err
	}
	u, err := user.ByID(t, in.User)
	if err != nil {
		return found, u, false, err
	}
	member, err := isMember(t, found.ID, u.ID)
	return found, u, member, err
}

// join puts a user in who is not, and records it.
func join(t *op.Tx, to Team, u op.Subject) error {
	if err := putIn(t, to, id.User(u.ID)); err != nil {
		return err
	}
	if err := user.Renew(t, []id.User{id.User(u.ID)}); err != nil {
		return err
	}
	return t.Record(moved("team.member_added", to, u))
}
