package adduser

import (
	"cmp"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/license"
	"roster/internal/mailaddr"
	"roster/internal/number"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/user"
)

// Entry is how somebody who is added gets in.
type Entry string

// The entries.
const (
	ByActivation Entry = "activation" // an e-mail with a link to choose a password
	ByPassword   Entry = "password"   // the admin sets one, and tells them
	ByFederation Entry = "federated"  // the organization's own sign-in
)

// Input is a request to add somebody. What is left out of the profile is empty;
// role and language are the group's then, and what the group does not say is the
// organization's.
type Input struct {
	Type     user.Type `json:"type,omitempty" form:"type" enum:"personal,group" doc:"personal if left out."`
	Email    string    `json:"email" form:"email" required:"true" doc:"It cannot be changed later."`
	Username string    `json:"username,omitempty" form:"username" maxLength:"128" doc:"The address if left out. It cannot be changed later."`
	user.Fields
	user.Access
	ExternalID patch.Field[string] `json:"external_id,omitzero" form:"external_id"`
	Notes      patch.Field[string] `json:"notes,omitzero" form:"notes"`
	Group      id.Group            `json:"group_id,omitempty" form:"group_id" doc:"The default group if left out."`
	Role       id.Role             `json:"role_id,omitempty" form:"role_id" doc:"The group's default role if left out, else rol_user."`
	Teams      []id.Team           `json:"team_ids,omitempty" form:"team_ids" doc:"The teams that the user is in from the start; those of the group if left out."`
	Numbers    []id.Number         `json:"number_ids,omitempty" form:"number_ids" doc:"Free personal numbers that the user gets. It needs numbers.manage, too."`
	Next       number.Next         `json:"next_number,omitempty" form:"next_number" enum:"group,any" doc:"The user gets the next free personal number, of their group or of any."`
	Entry      Entry               `json:"entry,omitempty" form:"entry" enum:"activation,password,federated" doc:"How the user gets in: by an activation e-mail, which is what is done if it is left out; by a password that you set, of which they are not told; or by federated sign-in."`
	Password   secret.Clear        `json:"password,omitzero" form:"password" doc:"With the entry password only."`
	MustChange bool                `json:"must_change_password,omitempty" form:"must_change_password" doc:"With the entry password only: the user can do nothing before they have set another one."`
	Licenses   []license.Wish      `json:"licenses,omitempty" doc:"The licenses that the user gets, at most one of each service; what the organization's rules say if left out. It needs licenses.manage, too."`

	AllowWaiting bool `json:"allow_waiting,omitempty" form:"allow_waiting" doc:"With an entry other than activation: where a license is required and none is free, the user is added all the same, and waits."`
	NeverExpires bool `json:"password_never_expires,omitempty" form:"password_never_expires" doc:"Takes the password out of the organization's rule of expiry."`

	hash string
}

// entry is the one that was asked for, or the usual one.
func (in Input) entry() Entry { return cmp.Or(in.Entry, ByActivation) }

// user is who comes of the request, in the group g, which is none if the one
// that was asked for does not exist. What is wrong is noted in c.
func (in Input) user(o org.Organization, g group.Group, c *errs.Check) user.User {
	language := cmp.Or(g.Defaults.Language, o.Language)
	u := user.User{
		Type: cmp.Or(in.Type, user.Personal), Group: g.ID, Role: cmp.Or(in.Role, g.Defaults.Role, authz.RoleUser), Language: language, TimeZone: o.TimeZone,
		State: user.Active, Authentication: user.ByPassword, NeverExpires: in.NeverExpires,
	}
	if g.ID == "" {
		c.Fail("group_id", "unknown_group", "Choose a group from the list.")
	}
	if u.Type != user.Personal && u.Type != user.Group {
		c.Fail("type", "unknown_type", "Choose whether this is a person or a shared address.")
	}
	switch address, err := mailaddr.Parse(in.Email); {
	case in.Email == "":
		c.Fail("email", "required", "Enter an e-mail address.")
	case err != nil:
		c.Fail("email", mailaddr.CodeInvalid, "This is not an e-mail address: %s.", mailaddr.Why(err))
	default:
		u.Email = address.Spelling
	}
	u = u.Named(in.Username, c)
	u = in.Fields.Apply(u, c)
	u.Language, u.TimeZone = cmp.Or(u.Language, language), cmp.Or(u.TimeZone, o.TimeZone)
	u.RequireName(c)
	u = user.AdminsOwn(u, in.ExternalID, in.Notes, c)
	switch in.entry() {
	case ByActivation:
		u.State = user.Pending
	case ByFederation:
		u.Authentication = user.Federated
	case ByPassword:
	default:
		c.Fail("entry", "unknown_entry", "Choose how the user gets in.")
	}
	return u
}

// checkPassword notes in c what is wrong with the password of u, and with one
// that no password belongs to.
func (in Input) checkPassword(o org.Organization, u user.User, c *errs.Check) {
	if in.entry() == ByPassword {
		signin.RulesFor(o, u).Check(c, "password", in.Password)
		return
	}
	if !in.Password.IsZero() {
		c.Fail("password", "not_wanted", "Leave the password out, or choose that you set one.")
	}
	if in.MustChange {
		c.Fail("must_change_password", "not_wanted", "Only a password that you set can be changed at the first sign-in.")
	}
}
