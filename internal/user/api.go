package user

import "roster/internal/api"

// Routes are the API's routes of users; package people has the list.
func Routes(a *api.API) {
	users := api.Tag("Users")
	api.Handle(a, "GET", "/organizations/{org}/users/{id}", Get, users, api.Summary("Get a user"))
	api.Handle(a, "PATCH", "/organizations/{org}/users/{id}", Change, users, api.Summary("Change a user"))
	api.Handle(a, "DELETE", "/organizations/{org}/users/{id}", Delete, users, api.Summary("Delete a deactivated user for good"))
	api.Handle(a, "POST", "/organizations/{org}/users/{id}/deactivate", Deactivate, users, api.Summary("Deactivate a user"))
	api.Handle(a, "POST", "/organizations/{org}/users/{id}/activate", Activate, users, api.Summary("Activate a deactivated user"))
}
