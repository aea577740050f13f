// Package self is what a person does with their own account: the pages User
// Profile and Security, and /me in the API.
//
// E-mail and username are fixed; role, state and notes are the admins'. A new
// password needs the present one, and signs out everywhere else.
//
//	commands.go  show, change, change password
//	api.go, portal.go  the ways in
package self
