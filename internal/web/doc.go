// Package web is the portal kit: everything between net/http and a feature's portal.go, and the outer chain that the
// API and the assets are served through as well.
//
// A feature declares pages:
//
//	web.Page(kit, "GET /o/{org}/users", list, web.For(people.List))
//	web.Page(kit, "POST /o/{org}/users", add, web.For(user.Add))
//
// and its handlers answer with a component, a redirect or an error:
//
//	func add(c *web.Context) (web.Response, error) {
//		var in newUser
//		if err := c.Bind(&in); err != nil {
//			return web.Response{}, err
//		}
//		added, err := web.Do(c, user.Add, in.command())
//		if faults, ok := web.FaultsOf(err); ok {
//			return web.RenderStatus(http.StatusUnprocessableEntity, addPage(c.Page("Add a user"), in, faults)), nil
//		}
//		if err != nil {
//			return web.Response{}, err
//		}
//		c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "%s was added.", added.Name)})
//		return web.Redirect(c.Path("users", string(added.ID))), nil
//	}
//
// The kit promises, for every request:
//
//   - it has an id of our own making, and the address of its client is the nearest one that no trusted proxy vouches
//     for; headers that could say otherwise are gone before any other code runs;
//   - its host name is ours, its query is readable text, its body ends at a limit;
//   - a change comes with a proof that one of our own pages sent it;
//   - the answer carries the security headers and is kept by nobody, unless its handler says so;
//   - a panic ends the request and nothing else; what is no *errs.Error is logged once and shown to nobody;
//   - one log line and one count, by route and status, without anything that a person typed.
//
// And for every page: it names the operations that it runs, or says why it runs none; a page that is read runs nothing
// that writes; what a page renders is complete before the first byte leaves. Who is asking is decided by package op,
// not here: [CallerOf] only collects what the request shows.
package web
