package account

import "roster/internal/api"

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	accounts := api.Tag("Accounts")
	api.Handle(a, "GET", "/organizations/{org}/accounts", List, accounts, api.Summary("List contract and delivery accounts"))
	api.Handle(a, "POST", "/organizations/{org}/accounts", Create, accounts, api.Summary("Create an account"), api.Created,
		api.Location(func(a Account) string { return string(a.ID) }))
	api.Handle(a, "GET", "/organizations/{org}/accounts/{id}", Get, accounts, api.Summary("Get an account"))
	api.Handle(a, "PATCH", "/organizations/{org}/accounts/{id}", Change, accounts, api.Summary("Rename or move an account"))
	api.Handle(a, "DELETE", "/organizations/{org}/accounts/{id}", Delete, accounts, api.Summary("Delete an account"),
		api.Description("An account that others lie below, or that users were given, is not deleted."))
}
