package org

import "roster/internal/api"

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	organizations := api.Tag("Organizations")
	api.Handle(a, "GET", "/organizations", List, organizations, api.Summary("List organizations"))
	api.Handle(a, "POST", "/organizations", Create, organizations, api.Summary("Create an organization"),
		api.Created, api.Location(func(o Organization) string { return string(o.ID) }))
	api.Handle(a, "GET", "/organizations/{org}", Get, organizations, api.Summary("Get an organization"))
	api.Handle(a, "PATCH", "/organizations/{org}", Update, organizations, api.Summary("Rename, suspend or resume an organization, or switch features"))
	api.Handle(a, "DELETE", "/organizations/{org}", Delete, organizations, api.Summary("Delete a suspended organization"))

	settings := api.Tag("Settings")
	api.Handle(a, "GET", "/organizations/{org}/settings", GetSettings, settings, api.Summary("Get the settings"))
	api.Handle(a, "PATCH", "/organizations/{org}/settings", UpdateSettings, settings, api.Summary("Change the settings"))

	api.Handle(a, "PUT", "/organizations/{org}/settings/logo", SetLogo, settings, api.Summary("Set the logo"), api.MaxBody(2*MaxLogoBytes))
	api.Handle(a, "DELETE", "/organizations/{org}/settings/logo", RemoveLogo, settings, api.Summary("Remove the logo"))

	domains := api.Tag("Domains")
	api.Handle(a, "GET", "/organizations/{org}/domains", ListDomains, domains, api.Summary("List domains"))
	api.Handle(a, "POST", "/organizations/{org}/domains", AddDomain, domains, api.Summary("Declare a domain"), api.Created)
	api.Handle(a, "DELETE", "/organizations/{org}/domains/{id}", RemoveDomain, domains, api.Summary("Remove a domain"))
}
