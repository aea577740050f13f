package authz

// Permission is one right. The constants below are all that Roster itself
// knows; services declare their own beside them.
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
	AccountsManage    Permission = "accounts.manage"
	LicensesView      Permission = "licenses.view"
	LicensesManage    Permission = "licenses.manage"
	AccessCheck       Permission = "access.check"
	SeatsLease        Permission = "seats.lease"
	AuditView         Permission = "audit.view"
	APIKeysManage     Permission = "apikeys.manage"
)

// Permissions of the platform. Operators hold all of them; no role of an
// organization can.
const (
	OrganizationsManage Permission = "organizations.manage"
	OperatorsManage     Permission = "operators.manage"
	ServicesManage      Permission = "services.manage"
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
	Delivery   bool       `json:"delivery" doc:"Users of a delivery account may hold it, for what belongs to theirs."`
}

// OrganizationPermissions lists the permissions that a role or key of an organization can hold.
func OrganizationPermissions() []Described {
	return []Described{
		{UsersView, "See users", true},
		{UsersManage, "Manage users", true},
		{InvitationsManage, "Invite users", true},
		{RolesManage, "Manage roles", false},
		{TeamsManage, "Manage teams", false},
		{GroupsManage, "Manage groups", false},
		{NumbersManage, "Manage numbers", false},
		{AccountsManage, "Manage accounts", false},
		{LicensesView, "See licenses and seats", false},
		{LicensesManage, "Manage licenses and seats", false},
		{AccessCheck, "Ask what users may do", false},
		{SeatsLease, "Take and return seats for users", false},
		{SettingsManage, "Change settings", false},
		{AuditView, "See the audit log", true},
		{APIKeysManage, "Manage API keys", false},
	}
}

// PlatformPermissions lists the permissions of operators and their keys.
func PlatformPermissions() []Described {
	return []Described{
		{OrganizationsManage, "Manage organizations", false},
		{OperatorsManage, "Manage operators and their keys", false},
		{ServicesManage, "Manage services and subscriptions", false},
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

// AboutPeople reports whether the set holds a right over other users, which is
// what the limits of a role narrow.
func (s Set) AboutPeople() bool {
	return s[UsersView] || s[UsersManage] || s[InvitationsManage] || s[AuditView]
}

// Administers reports whether the set holds any right of Roster's own, beyond
// those that services declare.
func (s Set) Administers() bool {
	for p := range OrganizationSet() {
		if s[p] {
			return true
		}
	}
	return false
}

func setOf(list []Described) Set {
	s := Set{}
	for _, d := range list {
		s[d.Permission] = true
	}
	return s
}
