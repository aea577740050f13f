package number

import (
	"roster/internal/api"
	"roster/internal/errs"
)

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	numbers := api.Tag("Numbers")
	api.Handle(a, "GET", "/organizations/{org}/numbers", List, numbers, api.Summary("List numbers"))
	api.Handle(a, "POST", "/organizations/{org}/numbers", Add, numbers, api.Summary("Add numbers"), api.Created,
		api.Description("One `number`, a range with `from` and `to`, or a list of `numbers`. Of a range or a list, each number has an outcome of its own; one that is there already is refused by itself with `number_taken`."))
	api.Handle(a, "GET", "/organizations/{org}/numbers/{id}", Get, numbers, api.Summary("Get a number"))
	api.Handle(a, "PATCH", "/organizations/{org}/numbers/{id}", Update, numbers, api.Summary("Change a number, give it to a user, or free it"),
		api.Refuses(errs.KindConflict))
	api.Handle(a, "DELETE", "/organizations/{org}/numbers/{id}", Delete, numbers, api.Summary("Delete a number that nobody has"))
	api.Handle(a, "POST", "/organizations/{org}/users/{id}/numbers", Give, numbers, api.Summary("Give a user a free number"),
		api.Description("The one that is named, or the next free personal one of the user's group or of any. No number is given to two."))
}
