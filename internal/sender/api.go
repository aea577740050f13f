package sender

import "roster/internal/api"

// maxBody is room for as many addresses as a policy has.
const maxBody = 4 << 20

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	senders := api.Tag("Unlisted senders")
	api.Handle(a, "GET", "/organizations/{org}/senders", List, senders, api.Summary("List policies for unlisted senders"),
		api.Description("Where the operator has switched the feature on; else 403 `feature_off`."))
	api.Handle(a, "PUT", "/organizations/{org}/senders", Put, senders, api.Summary("Set the policy of a service"), api.MaxBody(maxBody),
		api.Description("Makes it, or replaces all of it: what is left out is empty. `If-Match` takes the version of the policy."))
	api.Handle(a, "DELETE", "/organizations/{org}/senders/{service}", Delete, senders, api.Summary("Delete the policy of a service"))
	api.Handle(a, "POST", "/organizations/{org}/senders/check", Check, senders, api.Summary("Check whether an address may use a service"),
		api.Description("A user's state decides where somebody has the address; else the policy of the service does."))
}
