package role

import "roster/internal/api"

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	roles := api.Tag("Roles")
	api.Handle(a, "GET", "/organizations/{org}/roles", List, roles, api.Summary("List roles"))
	api.Handle(a, "POST", "/organizations/{org}/roles", Create, roles, api.Summary("Create a role"), api.Created,
		api.Location(func(r Role) string { return string(r.ID) }))
	api.Handle(a, "GET", "/organizations/{org}/roles/{id}", Get, roles, api.Summary("Get a role"))
	api.Handle(a, "PATCH", "/organizations/{org}/roles/{id}", Change, roles, api.Summary("Change a role"),
		api.Description("Those who have it may do what it says from their next request on."))
	api.Handle(a, "DELETE", "/organizations/{org}/roles/{id}", Delete, roles, api.Summary("Delete a role"),
		api.Description("A role that somebody has, or that a group gives to its users, is not deleted."))
	api.Handle(a, "GET", "/organizations/{org}/permissions", ReadCatalogue, roles, api.Summary("List all permissions that can be given"))
}
