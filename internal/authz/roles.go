package authz

import "roster/internal/id"

// The built-in roles. They exist in every organization and cannot be changed.
const (
	RoleAdmin id.Role = "rol_admin"
	RoleUser  id.Role = "rol_user"
)

// RoleName is what a role is called: a built-in one by its own name, any other
// by the name that the organization has given it.
func RoleName(role id.Role, given string) string {
	switch role {
	case RoleAdmin:
		return "Admin"
	case RoleUser:
		return "User"
	}
	return given
}
