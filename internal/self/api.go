package self

import (
	"net/http"

	"roster/internal/api"
	"roster/internal/signin"
	"roster/internal/web"
)

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	me := api.Tag("Me")
	api.Handle(a, "GET", "/me", Get, me, api.Summary("Show your account"))
	api.Handle(a, "PATCH", "/me", Update, me, api.Summary("Change your profile"))
	api.Handle(a, "POST", "/me/password", ChangePassword, me,
		api.Summary("Change your password"),
		api.After(func(w http.ResponseWriter, r *http.Request, now signin.Renewed) {
			web.KeepSession(w, r, now.Org, now.Token, now.Device, now.Until())
		}),
		api.Description("It needs the present password. All other sessions end. The one that the request comes with goes on under a new token, which the answer sets as its cookie: the old one is void."))
}
