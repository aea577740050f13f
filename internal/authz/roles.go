package authz

import "roster/internal/id"

// The built-in roles. They exist in every organization and cannot be changed.
const (
	RoleAdmin id.Role = "rol_admin"
	RoleUser  id.Role = "rol_user"
)

// BuiltIn is a role that Roster brings along.
type BuiltIn struct {
	ID          id.Role `json:"id"`
	Name        string  `json:"name"`
	Permissions Set     `json:"-"`
}

// BuiltIns lists the built-in roles: Admin holds every permission of the
// organization, User none but self-service.
func BuiltIns() []BuiltIn {
	return []BuiltIn{
		{RoleUser, "User", Set{}},
		{RoleAdmin, "Admin", OrganizationSet()},
	}
}

// RoleByID finds a built-in role.
func RoleByID(role id.Role) (BuiltIn, bool) {
	for _, r := range BuiltIns() {
		if r.ID == role {
			return r, true
		}
	}
	return BuiltIn{}, false
}
