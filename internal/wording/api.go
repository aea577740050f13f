package wording

import "roster/internal/api"

// Routes are the API's routes of this package.
func Routes(a *api.API) {
	letters := api.Tag("E-mail texts")
	api.Handle(a, "GET", "/organizations/{org}/letters", List, letters, api.Summary("List the e-mails whose texts can be changed"))
	api.Handle(a, "GET", "/organizations/{org}/letters/{letter}/{language}", Get, letters, api.Summary("Get what an e-mail says in a language"))
	api.Handle(a, "PUT", "/organizations/{org}/letters/{letter}/{language}", Save, letters, api.Summary("Replace what an e-mail says in a language"),
		api.Description("Plain text. What stands in double braces is filled in when the e-mail is written: the names that the answer lists as placeholders. The link, how long it works, and what to do if the e-mail was not expected always stay."))
	api.Handle(a, "DELETE", "/organizations/{org}/letters/{letter}/{language}", Restore, letters, api.Summary("Restore the original text of an e-mail"))
}
