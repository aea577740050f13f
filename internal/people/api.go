package people

import "roster/internal/api"

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	users := api.Tag("Users")
	api.Handle(a, "GET", "/organizations/{org}/users", List, users, api.Summary("List users"))
	api.Handle(a, "GET", "/organizations/{org}/users/lookup", Lookup, users, api.Summary("Look an e-mail address up"))
}
