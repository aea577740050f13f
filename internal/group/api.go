package group

import "roster/internal/api"

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	groups := api.Tag("Groups")
	api.Handle(a, "GET", "/organizations/{org}/groups", List, groups, api.Summary("List groups"))
	api.Handle(a, "POST", "/organizations/{org}/groups", Create, groups, api.Summary("Create a group"), api.Created,
		api.Location(func(g Group) string { return string(g.ID) }))
	api.Handle(a, "GET", "/organizations/{org}/groups/{id}", Get, groups, api.Summary("Get a group"))
	api.Handle(a, "PATCH", "/organizations/{org}/groups/{id}", Change, groups, api.Summary("Change a group, or make it the default"))
	api.Handle(a, "DELETE", "/organizations/{org}/groups/{id}", Delete, groups, api.Summary("Delete a group"),
		api.Description("The default group cannot be deleted. If the group has users, move_to says which group they move to."))
}
