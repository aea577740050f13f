package adduser

import (
	"net/http"

	"roster/internal/api"
	"roster/internal/errs"
	"roster/internal/user"
)

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	users := api.Tag("Users")
	api.Handle(a, "POST", "/organizations/{org}/users", Add, users, api.Created, api.Summary("Add a user"),
		api.Description("Everything is given beforehand. With `entry` `activation` the user gets an e-mail with a link to choose a password and is `pending` until then; with `password` and `federated` they are `active` at once and get no e-mail."),
		api.Location(func(u user.User) string { return string(u.ID) }))
	api.Handle(a, "GET", "/organizations/{org}/users/{id}/activation", Show, users, api.Refuses(errs.KindConflict),
		api.Summary("Show where a user's activation stands"))
	api.Handle(a, "POST", "/organizations/{org}/users/{id}/resend-activation", Resend, users, api.Status(http.StatusAccepted),
		api.Summary("Send the activation e-mail again"),
		api.Description("The link in the older e-mail stops working at once."))
}
