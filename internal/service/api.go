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

	plans := api.Tag("Plans")
	api.Handle(a, "GET", "/services/{key}/plans", ListPlans, plans, api.Summary("List the plans of a service"))
	api.Handle(a, "POST", "/services/{key}/plans", CreatePlan, plans, api.Summary("Make a plan"), api.Created, api.Location(func(p Plan) string { return p.Key }))
	api.Handle(a, "GET", "/services/{key}/plans/{plan}", GetPlan, plans, api.Summary("Get a plan"))
	api.Handle(a, "PATCH", "/services/{key}/plans/{plan}", ChangePlan, plans, api.Summary("Change a plan"))

	subscriptions := api.Tag("Subscriptions")
	api.Handle(a, "GET", "/organizations/{org}/subscriptions", ListSubscriptions, subscriptions, api.Summary("List subscriptions"))
	api.Handle(a, "POST", "/organizations/{org}/subscriptions", Subscribe, subscriptions, api.Summary("Subscribe an organization to a service or plan"),
		api.Created, api.Location(func(s Subscription) string { return string(s.ID) }))
	api.Handle(a, "GET", "/organizations/{org}/subscriptions/{id}", GetSubscription, subscriptions, api.Summary("Get a subscription"))
	api.Handle(a, "PATCH", "/organizations/{org}/subscriptions/{id}", ChangeSubscription, subscriptions, api.Summary("Change quantity and days of a subscription"))
}
