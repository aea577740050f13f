// Package api turns operations into a JSON API.
//
// A feature lists its routes in one table, method, path and operation each, and
// writes no handler:
//
//	api.Handle(a, "PATCH", "/organizations/{org}/teams/{id}", team.Change,
//		api.Summary("Change a team"), api.Tag("Teams"))
//
// Where the fields of an operation's input come from is said by their tags:
//
//	type Changes struct {
//		ID      id.Team              `path:"id"`                    // {id} of the path
//		Notify  bool                 `query:"notify"`               // ?notify=true
//		Version int64                `ifmatch:"version"`            // 3 for If-Match: "v3", 0 without
//		Name    patch.Field[string]  `json:"name" maxLength:"128"`  // the body
//		Checked time.Time            `json:"-"`                     // from nowhere: Prepare fills it
//	}
//
// {org} goes to [op.Call], not into the input. A member of the body may be left
// out unless its field carries `required:"true"`; null says the same as leaving
// out, except for a [patch.Field], which it clears. (Inside nested objects the
// tag only describes: there the operation asks.) The tags doc, example, enum,
// maxLength and the like describe a field in the OpenAPI document; the rules
// themselves belong to the operation, which the portal calls too.
//
// The output is the answer: an object, or nothing if it is [op.Nothing]. With a
// method `ETag() string` it is a version that clients can ask for and insist on
// ([ETag] writes one).
//
// What goes on for long, such as an export, is registered with [Download].
//
// The package promises, for every route:
//
//   - nothing is read loosely: unknown, doubled or misspelled members, unknown
//     parameters, wrong types and trailing data are refused, and sizes, depth and
//     numbers are limited before anything is parsed;
//   - who shows no credentials gets 401 before anything of the body is read;
//   - every refusal is an RFC 9457 problem with a stable code; it names the wrong
//     fields and never repeats a submitted value, and nothing internal is in it;
//   - a route that the OpenAPI document does not describe cannot be registered.
package api
