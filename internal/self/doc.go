// Package self is what a person does with their own account: the pages User
// Profile and Security, and /me in the API.
//
// E-mail and username are fixed; role, state and notes are the admins'. A new
// password needs the present one, signs out everywhere else, and gives the session
// of the request a new token.
//
//	commands.go  show, change, change password
//	api.go, portal.go  the ways in; the photo is of package photo
package self
