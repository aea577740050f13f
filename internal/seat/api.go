package seat

import (
	"roster/internal/api"
	"roster/internal/errs"
)

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	const (
		pools  = "/organizations/{org}/seat-pools"
		leases = "/organizations/{org}/leases/{id}"
	)
	seats := api.Tag("Seats")
	api.Handle(a, "GET", pools, ListPools, seats, api.Summary("List seat pools"), api.Description("All of them, the default one of each plan first."))
	api.Handle(a, "POST", pools, CreatePool, seats, api.Summary("Create a seat pool"), api.Description("Its seats are taken from the default pool of the plan."),
		api.Created, api.Location(func(made Pool) string { return string(made.ID) }))
	api.Handle(a, "GET", pools+"/{id}", GetPool, seats, api.Summary("Get a seat pool"))
	api.Handle(a, "PATCH", pools+"/{id}", ChangePool, seats, api.Summary("Change a seat pool"))
	api.Handle(a, "DELETE", pools+"/{id}", DeletePool, seats, api.Summary("Delete a seat pool"),
		api.Description("Its members come into another pool of the plan, and leases in it end."))
	api.Handle(a, "POST", pools+"/{id}/move-seats", MoveSeats, seats, api.Summary("Move seats into another pool of the plan"))
	api.Handle(a, "GET", pools+"/{id}/usage", GetUsage, seats, api.Summary("How a pool was used"),
		api.Description("Day by day, of UTC: the peak, who was turned away, and what would have sufficed."), api.Refuses(errs.KindInvalid))
	api.Download(a, "/organizations/{org}/licenses/usage", Report, []api.Format[ReportInput, Month]{
		{Type: "application/json", File: "usage.json", Write: writeJSON},
		{Type: "text/csv", File: "usage.csv", Write: writeCSV},
	}, seats, api.Summary("What each group used in a month"), api.Description("For billing, of all plans: as JSON, or as CSV if Accept asks for text/csv."), api.Refuses(errs.KindInvalid))
	api.Handle(a, "GET", pools+"/{id}/leases", Leases, seats, api.Summary("Who holds the seats of a pool now"))
	api.Handle(a, "POST", pools+"/{id}/leases", Acquire, seats, api.Summary("Take a seat for a user"), api.Created,
		api.Description("Who holds a seat on this device keeps it, renewed, and the answer is 200. no_seat says in details when a seat may be free, and who holds them to whoever may see users and licenses."))
	api.Handle(a, "PUT", leases, Renew, seats, api.Summary("Renew a lease"), api.Description("Whenever the user is active, and in any case before it expires."))
	api.Handle(a, "DELETE", leases, Return, seats, api.Summary("Return a seat"))
	api.Handle(a, "POST", leases+"/free", Free, seats, api.Summary("Take a seat from whoever holds it"))
}
