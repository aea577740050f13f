package photo

import (
	"roster/internal/api"
	"roster/internal/errs"
)

// notFound is the refusal where there is no photo.
const notFound = errs.KindNotFound

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	me, users := api.Tag("Me"), api.Tag("Users")
	gives := api.Gives(string(JPEG), string(PNG))
	api.Handle(a, "GET", "/me/photo", Own, me, api.Summary("Get your photo"), gives, api.Refuses(notFound))
	api.Handle(a, "PUT", "/me/photo", Set, me, api.Summary("Set your photo"), api.Takes(Accepted()...), api.MaxBody(MaxBytes),
		api.Description("The middle of the picture, scaled to 256 by 256 pixels, becomes the photo, and nothing else that is in the file. At most 5 MiB and 40 million pixels."))
	api.Handle(a, "DELETE", "/me/photo", Remove, me, api.Summary("Remove your photo"), api.Refuses(notFound))
	api.Handle(a, "GET", "/organizations/{org}/users/{id}/photo", Get, users, api.Summary("Get a user's photo"), gives)
	api.Handle(a, "DELETE", "/organizations/{org}/users/{id}/photo", Withdraw, users, api.Summary("Remove a user's photo"))
}
