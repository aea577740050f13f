package team

import "roster/internal/api"

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	teams := api.Tag("Teams")
	api.Handle(a, "GET", "/organizations/{org}/teams", List, teams, api.Summary("List teams"))
	api.Handle(a, "POST", "/organizations/{org}/teams", Create, teams, api.Summary("Create a team"),
		api.Created, api.Location(func(made Team) string { return string(made.ID) }))
	api.Handle(a, "GET", "/organizations/{org}/teams/{id}", Get, teams, api.Summary("Get a team"))
	api.Handle(a, "PATCH", "/organizations/{org}/teams/{id}", Change, teams, api.Summary("Rename or describe a team"))
	api.Handle(a, "DELETE", "/organizations/{org}/teams/{id}", Delete, teams, api.Summary("Delete a team"),
		api.Description("Nobody is deleted with it, but its members no longer see each other by it."))
	api.Handle(a, "GET", "/organizations/{org}/teams/{id}/members", Members, teams, api.Summary("List a team's members"))
	api.Handle(a, "POST", "/organizations/{org}/teams/{id}/members", AddMembers, teams, api.Summary("Add people to a team"),
		api.Description("Each has an outcome of their own."))
	api.Handle(a, "PUT", "/organizations/{org}/teams/{id}/members/{user}", AddMember, teams, api.Summary("Add a user to a team"))
	api.Handle(a, "DELETE", "/organizations/{org}/teams/{id}/members/{user}", RemoveMember, teams, api.Summary("Remove a user from a team"))
}
