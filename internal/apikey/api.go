package apikey

import "roster/internal/api"

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	location := api.Location(func(k Created) string { return string(k.ID) })

	keys := api.Tag("API keys")
	api.Handle(a, "GET", "/organizations/{org}/api-keys", List, keys, api.Summary("List API keys"))
	api.Handle(a, "POST", "/organizations/{org}/api-keys", Create, keys, api.Summary("Create an API key"), api.Created, location,
		api.Description("The answer holds the key itself, which is nowhere else."))
	api.Handle(a, "GET", "/organizations/{org}/api-keys/{id}", Get, keys, api.Summary("Get an API key"))
	api.Handle(a, "DELETE", "/organizations/{org}/api-keys/{id}", Revoke, keys, api.Summary("Revoke an API key"),
		api.Description("What was made with it is revoked, too."))

	operator := api.Tag("Operator keys")
	api.Handle(a, "GET", "/operator-keys", ListOperatorKeys, operator, api.Summary("List operator keys"))
	api.Handle(a, "POST", "/operator-keys", CreateOperatorKey, operator, api.Summary("Create an operator key"), api.Created, location,
		api.Description("The answer holds the key itself, which is nowhere else."))
	api.Handle(a, "GET", "/operator-keys/{id}", GetOperatorKey, operator, api.Summary("Get an operator key"))
	api.Handle(a, "DELETE", "/operator-keys/{id}", RevokeOperatorKey, operator, api.Summary("Revoke an operator key"),
		api.Description("Operator keys that were made with it are revoked, too."))
}
