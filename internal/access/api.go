package access

import "roster/internal/api"

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	access := api.Tag("Access")
	api.Handle(a, "POST", "/organizations/{org}/access/check", Check, access, api.Summary("May users do something?"), api.MaxNames(1+4*MaxChecks),
		api.Description("Up to 1,000 questions in one call, answered in their order, each with the reason. The answers are as fresh as the last change. "+
			"A user or account that does not exist, or that lies beyond what the caller may see, is answered with no: unknown_user or account."))
	api.Handle(a, "GET", "/organizations/{org}/users/{id}/access", Explain, access, api.Summary("Explain what a user may do"),
		api.Description("Every permission that the user holds, what gives it, and whether it can be used now; and the accounts and limits that go with it."))
}
