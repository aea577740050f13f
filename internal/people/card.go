package people

import (
	"roster/internal/access"
	"roster/internal/adduser"
	"roster/internal/auditlog"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/field"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/license"
	"roster/internal/number"
	"roster/internal/op"
	"roster/internal/photo"
	"roster/internal/role"
	"roster/internal/service"
	"roster/internal/signin"
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
	Offer      access.Offer  // what else they may give
	Roles      []role.Choice // that the one who looks may give

	Activation *adduser.Activation   // of somebody who has not activated the account
	Photos     map[id.User]int64     // the user's photo, if there is one
	Password   *signin.PasswordState // of somebody who signs in with one, for who manages them
	Groups     []group.Choice
	Numbers    []number.Number // that they have
	Licenses   []license.Has
	Sold       bool // the organization has bought plans
	Fields     []field.Field
}

// May is what the one who looks may do with the user.
type May struct {
	Manage  bool // everything below, where the user's state allows it
	Invite  bool
	Teams   bool
	History bool
	Groups  bool // see the group's own page
	Numbers bool // give and take numbers
	License bool // give and take licenses
	Self    bool // it is their own card
}

// historyShown is how many entries the card shows; the audit log has them all.
const historyShown = 50

// Card answers everything that a user's card shows, in one snapshot.
var Card = op.Query[user.Ref, CardOf]{
	Name: "user.card", Needs: authz.UsersView, Scope: authz.InOrg, Run: readCard,
}

// mayWith is what an actor may do with u; covers is whether they may do all that
// u may.
func mayWith(actor authz.Actor, u user.User, covers bool) May {
	holds := actor.Permissions
	return May{
		Manage:  holds.Has(authz.UsersManage) && covers,
		Invite:  holds.Has(authz.InvitationsManage),
		Teams:   holds.Has(authz.TeamsManage),
		History: holds.Has(authz.AuditView),
		Groups:  holds.Has(authz.GroupsManage),
		Numbers: holds.Has(authz.NumbersManage),
		License: holds.Has(authz.LicensesManage),
		Self:    actor.User() == u.ID,
	}
}

func readCard(t *op.Tx, in user.Ref) (CardOf, error) {
	u, err := user.ByID(t, in.ID)
	if err != nil {
		return CardOf{}, err
	}
	covers, err := user.Covers(t, t.Actor(), u)
	if err != nil {
		return CardOf{}, err
	}
	k := CardOf{User: u, May: mayWith(t.Actor(), u, covers)}
	if k.Roles, err = user.RolesToGive(t); err != nil {
		return k, err
	}
	if k.Offer, err = access.OfferTo(t, u); err != nil {
		return k, err
	}
	if k.Groups, err = group.Choices(t); err != nil {
		return k, err
	}
	if k.Numbers, err = number.OfUser(t, u.ID); err != nil {
		return k, err
	}
	if k.Licenses, err = license.Had(t, u.ID); err != nil {
		return k, err
	}
	bought, err := service.Bought(t)
	if err != nil {
		return k, err
	}
	k.Sold = len(bought) > 0
	if k.Fields, err = field.All(t); err != nil {
		return k, err
	}
	if k.Called, err = team.NamesOf(t, []user.User{u}); err != nil {
		return k, err
	}
	if k.Photos, err = photo.Versions(t, []id.User{u.ID}); err != nil {
		return k, err
	}
	if k.May.Teams {
		if k.Teams, err = team.Offered(t); err != nil {
			return k, err
		}
	}
	if err := k.joining(t); err != nil {
		return k, err
	}
	if k.May.Manage && u.Authentication == user.ByPassword && (u.State == user.Active || u.State == user.Waiting) {
		if k.Password, err = passwordOf(t, u); err != nil {
			return k, err
		}
	}
	if k.May.History {
		k.History, err = auditlog.History(t, string(u.ID), historyShown)
	}
	return k, err
}

// joining reads how somebody is to come in who has not.
func (k *CardOf) joining(t *op.Tx) error {
	if k.User.State == user.Invited {
		i, err := invite.ByUser(t, k.User.ID)
		if err != nil && errs.KindOf(err) != errs.KindNotFound {
			return err
		}
		k.Invitation = &i
	}
	if k.User.State == user.Pending {
		a, err := adduser.ByUser(t, k.User.ID)
		if err != nil {
			return err
		}
		k.Activation = &a
	}
	return nil
}
