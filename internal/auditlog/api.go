package auditlog

import (
	"roster/internal/api"
	"roster/internal/op"
)

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	tag := api.Tag("Audit log")
	const (
		events     = "/organizations/{org}/audit-events"
		atPlatform = "/audit-events"
		searching  = "A page of a search (q, or a name with a period at its end) may hold fewer events than asked for, even none, and still have a next_cursor: no page looks at more than 20,000 events."
		verifying  = "Events are linked by their hashes. The answer tells whether an event was altered, removed, inserted or put into another place since it was sealed, and names the first one."
	)
	api.Handle(a, "GET", events, List, tag, api.Summary("List events"), api.Description("The newest first. "+searching))
	api.Handle(a, "GET", events+"/verify", Verify, tag, api.Summary("Verify the chain of events"), api.Description(verifying))
	api.Download(a, events+"/export", Export, []api.Format[ExportInput, op.Page[Event]]{
		{Type: "application/x-ndjson", File: "audit-log.ndjson", Write: writeLines},
		{Type: "text/csv", File: "audit-log.csv", Write: writeCSV},
	}, tag, api.Summary("Export events"), api.Description("The newest first, as lines of JSON, or as CSV if Accept asks for text/csv."))
	api.Handle(a, "GET", atPlatform, ListPlatform, tag, api.Summary("List events of the platform"),
		api.Description("What operators did, and what became of the organizations; the newest first. "+searching))
	api.Handle(a, "GET", atPlatform+"/verify", VerifyPlatform, tag, api.Summary("Verify the chain of the platform's events"), api.Description(verifying))
}
