package service

import "roster/internal/api"

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	services := api.Tag("Services")
	api.Handle(a, "GET", "/services", List, services, api.Summary("List services"))
	api.Handle(a, "POST", "/services", Create, services, api.Summary("Define a service"),
		api.Created, api.Location(func(s Service) string { return s.Key }))
	api.Handle(a, "GET", "/services/{key}", Get, services, api.Summary("Get a service"))
	api.Handle(a, "PATCH", "/services/{key}", Change, services, api.Summary("Change a service and its permissions"))

	subscriptions := api.Tag("Subscriptions")
	api.Handle(a, "GET", "/organizations/{org}/subscriptions", ListSubscriptions, subscriptions, api.Summary("List subscriptions"))
	api.Handle(a, "POST", "/organizations/{org}/subscriptions", Subscribe, subscriptions, api.Summary("Subscribe an organization to a service"),
		api.Created, api.Location(func(s Subscription) string { return string(s.ID) }))
	api.Handle(a, "GET", "/organizations/{org}/subscriptions/{id}", GetSubscription, subscriptions, api.Summary("Get a subscription"))
	api.Handle(a, "PATCH", "/organizations/{org}/subscriptions/{id}", ChangeSubscription, subscriptions, api.Summary("Change the days of a subscription"))
}
