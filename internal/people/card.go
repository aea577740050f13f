package people

import (
	"roster/internal/adduser"
	"roster/internal/auditlog"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/field"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/op"
	"roster/internal/team"
	"roster/internal/user"
)

// CardOf is a user with what the card says about them, and what the one who
// looks may do.
type CardOf struct {
	User       user.User
	Invitation *invite.Invitation // of somebody who has not joined
	History    []auditlog.Event
	Called     map[id.Team]string // their teams
	Teams      []team.Team        // that the one who looks may give
	May        May
	Roles      []authz.BuiltIn // that the one who looks may give

	Activation *adduser.Activation // of somebody who has not activated the account
	Groups     []group.Choice
	Fields     []field.Field
}

// May is what the one who looks may do with the user.
type May struct {
	Manage  bool // everything below, where the user's state allows it
	Invite  bool
	Teams   bool
	History bool
	Groups  bool // see the group's own page
	Self    bool // it is their own card
}

// historyShown is how many entries the card shows; the audit log has them all.
const historyShown = 50

// Card answers everything that a user's card shows, in one snapshot.
var Card = op.Query[user.Ref, CardOf]{
	Name: "user.card", Needs: authz.UsersView, Scope: authz.InOrg, Run: readCard,
}

func readCard(t *op.Tx, in user.Ref) (CardOf, error) {
	u, err := user.ByID(t, in.ID)
	if err != nil {
		return CardOf{}, err
	}
	holds := t.Actor().Permissions
	k := CardOf{User: u, Roles: rolesFor(holds), May: May{
		Manage:  holds.Has(authz.UsersManage) && holds.Covers(u.Permissions()),
		Invite:  holds.Has(authz.InvitationsManage),
		Teams:   holds.Has(authz.TeamsManage),
		History: holds.Has(authz.AuditView),
		Groups:  holds.Has(authz.GroupsManage),
		Self:    t.Actor().User() == u.ID,
	}}
	if k.Groups, err = group.Choices(t); err != nil {
		return k, err
	}
	if k.Fields, err = field.All(t); err != nil {
		return k, err
	}
	if k.Called, err = team.NamesOf(t, []user.User{u}); err != nil {
		return k, err
	}
	if k.May.Teams {
		if k.Teams, err = team.Offered(t); err != nil {
			return k, err
		}
	}
	if u.State == user.Invited {
		i, err := invite.ByUser(t, u.ID)
		if err != nil && errs.KindOf(err) != errs.KindNotFound {
			return k, err
		}
		k.Invitation = &i
	}
	if u.State == user.Pending {
		a, err := adduser.ByUser(t, u.ID)
		if err != nil {
			return k, err
		}
		k.Activation = &a
	}
	if k.May.History {
		k.History, err = auditlog.History(t, string(u.ID), historyShown)
	}
	return k, err
}
