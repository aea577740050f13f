package field

import "roster/internal/api"

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	fields := api.Tag("Custom fields")
	api.Handle(a, "GET", "/organizations/{org}/custom-fields", List, fields, api.Summary("List custom fields"),
		api.Description("All of them, in their order: an organization has at most 50."))
	api.Handle(a, "POST", "/organizations/{org}/custom-fields", Create, fields, api.Summary("Declare a custom field"), api.Created,
		api.Location(func(f Field) string { return string(f.ID) }))
	api.Handle(a, "GET", "/organizations/{org}/custom-fields/{id}", Get, fields, api.Summary("Get a custom field"))
	api.Handle(a, "PATCH", "/organizations/{org}/custom-fields/{id}", Change, fields, api.Summary("Change or move a custom field"),
		api.Description("Key and kind are fixed. Users keep the values that they have."))
	api.Handle(a, "DELETE", "/organizations/{org}/custom-fields/{id}", Delete, fields, api.Summary("Delete a custom field"),
		api.Description("The values that users have in it are removed at once, and cannot be brought back."))
}
