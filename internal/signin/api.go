package signin

import (
	"net/http"

	"roster/internal/api"
)

// Routes are the API's routes of this package. Nobody signs in by the API:
// programs have keys.
func Routes(a *api.API) {
	users, me := api.Tag("Users"), api.Tag("Me")
	api.Handle(a, "POST", "/organizations/{org}/users/{id}/reset-password", ResetPassword, users, api.Status(http.StatusAccepted),
		api.Summary("Send a password reset"),
		api.Description("The present password and all sessions end at once. The user gets an e-mail with a link to set a new password, which works for 24 hours."))
	api.Handle(a, "POST", "/organizations/{org}/users/{id}/set-password", SetPassword, users,
		api.Summary("Set a user's password"),
		api.Description("All sessions, reset links and known devices of the user end at once. The user is told by e-mail that it happened, not what the password is. With `must_change_password` they can do nothing before they have set another one."))
	api.Handle(a, "POST", "/organizations/{org}/users/{id}/sign-out", SignOutUser, users,
		api.Summary("Sign a user out everywhere"))
	api.Handle(a, "GET", "/me/sessions", List, me, api.Summary("List where you are signed in"))
	api.Handle(a, "DELETE", "/me/sessions", EndOthers, me,
		api.Summary("Sign out everywhere else"),
		api.Description("The session that the request comes with goes on."))
	api.Handle(a, "DELETE", "/me/sessions/{id}", End, me, api.Summary("Sign out in one place"))
}
