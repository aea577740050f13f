package contact

import (
	"roster/internal/api"
	"roster/internal/photo"
)

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	contacts := api.Tag("Contacts")
	api.Handle(a, "GET", "/organizations/{org}/contacts", List, contacts, api.Summary("List contacts"),
		api.Description("Teammates are the active users with whom somebody shares a team. Own contacts are what they have written down."))
	api.Handle(a, "POST", "/organizations/{org}/contacts", Add, contacts, api.Summary("Add a contact"), api.Created,
		api.Location(func(c Contact) string { return string(c.ID) }), api.Description("It makes no user and costs no license."))
	api.Handle(a, "GET", "/organizations/{org}/contacts/{id}", Get, contacts, api.Summary("Get a contact"))
	api.Handle(a, "DELETE", "/organizations/{org}/contacts/{id}", Remove, contacts, api.Summary("Remove a contact"))
	api.Handle(a, "GET", "/organizations/{org}/contacts/{user}/photo", Photo, contacts, api.Summary("Get a teammate's photo"),
		api.Gives(string(photo.JPEG), string(photo.PNG)))
	api.Handle(a, "GET", "/organizations/{org}/users/{id}/can-contact/{other}", CanContact, contacts, api.Summary("May one user contact another?"),
		api.Description("Both must be active and share a team. For products that place calls and carry messages."))
}
