package self

import "roster/internal/api"

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	me := api.Tag("Me")
	api.Handle(a, "GET", "/me", Get, me, api.Summary("Show your account"))
	api.Handle(a, "PATCH", "/me", Update, me, api.Summary("Change your profile"))
	api.Handle(a, "POST", "/me/password", ChangePassword, me,
		api.Summary("Change your password"),
		api.Description("It needs the present password. All other sessions end."))
}
