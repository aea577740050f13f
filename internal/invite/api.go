package invite

import "roster/internal/api"

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	invitations := api.Tag("Invitations")
	api.Handle(a, "GET", "/organizations/{org}/invitations", List, invitations, api.Summary("List invitations"))
	api.Handle(a, "POST", "/organizations/{org}/invitations", Create, invitations, api.Summary("Invite people"))
	api.Handle(a, "POST", "/organizations/{org}/invitations/preview", Preview, invitations, api.Summary("Preview an invitation"),
		api.Description("How many people the invited would see, and which addresses come from outside. Nothing is sent."))
	api.Handle(a, "GET", "/organizations/{org}/invitations/{id}", Get, invitations, api.Summary("Get an invitation"))
	api.Handle(a, "POST", "/organizations/{org}/invitations/{id}/remind", Remind, invitations, api.Summary("Send an invitation again"))
	api.Handle(a, "DELETE", "/organizations/{org}/invitations/{id}", Revoke, invitations, api.Summary("Revoke an invitation"))
}
