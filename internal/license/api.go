package license

import "roster/internal/api"

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	licenses := api.Tag("Licenses")
	api.Handle(a, "GET", "/organizations/{org}/licenses", Show, licenses, api.Summary("What was bought, who has it, and what is left"))
	api.Handle(a, "PUT", "/organizations/{org}/licenses/{service}/default", SetDefault, licenses, api.Summary("Choose the plan that is assigned by rule"))
	api.Handle(a, "PUT", "/organizations/{org}/users/{id}/licenses/{service}", Assign, licenses, api.Summary("Assign a license"))
	api.Handle(a, "DELETE", "/organizations/{org}/users/{id}/licenses/{service}", Remove, licenses, api.Summary("Remove a license"))
}
