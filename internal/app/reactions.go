package app

import (
	"slices"

	"roster/internal/adduser"
	"roster/internal/apikey"
	"roster/internal/auditlog"
	"roster/internal/field"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/license"
	"roster/internal/link"
	"roster/internal/mail"
	"roster/internal/number"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/seat"
	"roster/internal/sender"
	"roster/internal/service"
	"roster/internal/signin"
	"roster/internal/team"
	"roster/internal/user"
	"roster/internal/wording"
)

// Reactions fills the hooks by which a lower floor lets higher ones take part
// in its transactions. What happens when something happens is all on this page.
func Reactions() {
	org.Hooks.Created = func(t *op.Tx, o org.Organization, email string) error {
		if err := group.First(t); err != nil {
			return err
		}
		return invite.FirstAdmin(t, o, email)
	}
	org.Hooks.Deleting = func(t *op.Tx, o org.Organization) error {
		if err := apikey.Forget(t); err != nil {
			return err
		}
		return op.Forget(t)
	}

	wording.Hooks.Letters = func() []wording.Letter {
		return slices.Concat(invite.Letters(), adduser.Letters(), signin.Letters(), number.Letters(), service.Letters(), license.Letters())
	}

	group.Hooks.MayGive = user.MayGive
	group.Hooks.MayGiveTeams = team.MayGive
	group.Hooks.Teams = team.Choices
	group.Hooks.Move = regroup

	number.Hooks.Needed = sender.Needs

	field.Hooks.Erase = user.EraseCustom

	service.Hooks.Sold = sold
	service.Hooks.Required = license.Required

	license.Hooks.Unseated, license.Hooks.Shares = seat.Unseat, seat.Shares

	user.Hooks.Enters = license.Enter
	user.Hooks.Expected = license.Expect
	user.Hooks.Moved = team.Assign
	user.Hooks.Returned = number.Return
	user.Hooks.Stopped = stop
	user.Hooks.Deleted = func(t *op.Tx, u user.User) error {
		if err := number.Forget(t, u); err != nil {
			return err
		}
		if err := seat.Erase(t, u); err != nil {
			return err
		}
		if err := apikey.Erase(t, u); err != nil {
			return err
		}
		if err := mail.Erase(t, u.Email); err != nil {
			return err
		}
		if err := invite.Erase(t, u); err != nil {
			return err
		}
		return auditlog.Erase(t, u)
	}
}

// sold is what happens when plans of a service were bought: there are pools before
// there are members.
func sold(t *op.Tx, of string) error {
	if err := seat.Sold(t, of); err != nil {
		return err
	}
	return license.Sold(t, of)
}

// stop is what a user loses who is deactivated or deleted: all that they could
// still act with, and what others can have now.
func stop(t *op.Tx, u user.User) error {
	if err := signin.EndAll(t, u); err != nil {
		return err
	}
	if err := apikey.Stop(t, u); err != nil {
		return err
	}
	if err := number.Leave(t, u); err != nil {
		return err
	}
	if err := license.Leave(t, u); err != nil {
		return err
	}
	return link.Revoke(t, string(u.ID), link.Withdrawn)
}

// regroup is what moves out of a group that goes. to is empty if it has nobody.
func regroup(t *op.Tx, from, to id.Group) error {
	if to != "" {
		if err := user.MoveAll(t, from, to); err != nil {
			return err
		}
		if err := number.MoveAll(t, from, to); err != nil {
			return err
		}
	}
	return sender.Regroup(t, from, to)
}

// organization is the door's question which organization a request names.
func organization(t *op.Tx, ref string) (op.Organization, error) { return org.Find(t, ref) }

// session picks the session that counts: that of the organization which the
// request names, or the only one there is.
func session(sessions map[id.Org][]byte, named id.Org) (id.Org, []byte) {
	if named == "" && len(sessions) == 1 {
		for only, hash := range sessions {
			return only, hash
		}
	}
	return named, sessions[named]
}
