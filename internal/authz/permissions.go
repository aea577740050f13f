package authz

// Permission is one right. The constants below are all that Roster itself
// knows; services will declare their own beside them.
type Permission string

// Permissions of an organization. Admin holds all of them.
const (
	UsersView         Permission = "users.view"
	UsersManage       Permission = "users.manage"
	InvitationsManage Permission = "invitations.manage"
	RolesManage       Permission = "roles.manage"
	GroupsManage      Permission = "groups.manage"
	TeamsManage       Permission = "teams.manage"
	NumbersManage     Permission = "numbers.manage"
	SettingsManage    Permission = "settings.manage"
	AuditView         Permission = "audit.view"
	APIKeysManage     Permission = "apikeys.manage"
)

// Permissions of the platform. Operators hold all of them; no role of an
// organization can.
const (
	OrganizationsManage Permission = "organizations.manage"
	OperatorsManage     Permission = "operators.manage"
)

// SelfService is what every signed-in user may do with their own account. It
// is never granted and cannot be taken away, so it stands in no list below.
const SelfService Permission = "self"

// OwnPassword is the part of SelfService that is left to somebody who has to
// set a new password before anything else.
const OwnPassword Permission = "self.password"

// Everybody marks what needs no sign-in because something else decides: a
// password about to be checked, or a link that only its receiver has.
const Everybody Permission = "everybody"

// SystemWork marks what only Roster's own workers do.
const SystemWork Permission = "system"

// Described is a permission with the words that pages show for it.
type Described struct {
	Permission Permission `json:"key"`
	Name       string     `json:"name"`
}

// OrganizationPermissions lists the permissions that a role or key of an organization can hold.
func OrganizationPermissions() []Described {
	return []Described{
		{UsersView, "See users"},
		{UsersManage, "Manage users"},
		{InvitationsManage, "Invite users"},
		{RolesManage, "Change roles"},
		{TeamsManage, "Manage teams"},
		{GroupsManage, "Manage groups"},
		{NumbersManage, "Manage numbers"},
		{SettingsManage, "Change settings"},
		{AuditView, "See the audit log"},
		{APIKeysManage, "Manage API keys"},
	}
}

// PlatformPermissions lists the permissions of operators and their keys.
func PlatformPermissions() []Described {
	return []Described{
		{OrganizationsManage, "Manage organizations"},
		{OperatorsManage, "Manage operators and their keys"},
	}
}

// OrganizationSet is every permission of an organization.
func OrganizationSet() Set { return setOf(OrganizationPermissions()) }

// PlatformSet is every permission of the platform.
func PlatformSet() Set { return setOf(PlatformPermissions()) }

// OperatorSet is what operators and their keys hold: all of the platform, and
// all that there is to give in an organization. Whether they get into one is
// another question; see May.
func OperatorSet() Set {
	return setOf(append(PlatformPermissions(), OrganizationPermissions()...))
}

func setOf(list []Described) Set {
	s := Set{}
	for _, d := range list {
		s[d.Permission] = true
	}
	return s
}
