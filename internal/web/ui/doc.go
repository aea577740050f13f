// Package ui is the look of the portal: layout, components, icons, stylesheet and script.
//
// Every component is a struct that renders itself. One that holds everything in its fields stands alone; one with
// children is followed by With:
//
//	templ usersPage(f ui.Frame, p page) {
//		@ui.Page{Frame: f, Title: lang.T(ctx, "Users")}.With() {
//			@ui.PageHead{Title: lang.T(ctx, "Users")}.With() {
//				@ui.LinkButton{Label: lang.T(ctx, "Add user"), Href: p.Add, Kind: ui.Primary}
//			}
//			@ui.Empty{Icon: "users", Title: lang.T(ctx, "You are the only one here")}
//		}
//	}
//
// Texts come translated ([roster/internal/lang]) and are escaped here; counts come written (lang.Number). An empty
// field leaves its part out. Disabled is never a bool: it is the reason, and shown. /gallery shows everything; its
// fixtures (gallery.go, gallery.templ) are the examples to copy from.
//
// # Which component for what
//
//	the page          Page (inside the frame), Public with Gate (not signed in), Problem (error pages; the code goes
//	                  into Error of Page or Public, and becomes data-error)
//	its head          PageHead, CardHead (one person), Crumb, Tabs, SectionHead, Steps (wizards)
//	go, do            LinkButton goes, Button submits, PostButton is a form of one button; Menu with MenuItem, MenuRule
//	a form            Form (errors on top) > FormSection > Fields > Field, Select, Textarea, Picks, Choices, Checkbox,
//	                  PasswordField; FormFoot with the buttons. Form{Class: "gate-box stack"} on public pages
//	a list of people  Strip, Toolbar, People > PersonRow; Pager is in People
//	another list      Table with tr and Cell, Pager; Empty when there is nothing
//	what is so        State (a user's), Badge (of anything else), Tag, Person, Avatar, When, Fit, Facts, History
//	what happened     Flash (once, in the Frame), Notice (in the page), Outcomes (of many), Progress
//	before it happens ConfirmPage and ConfirmDialog, made from the same Confirm
//	to take along     Secret (shown once), Code
//	as a component    Text, Name (what somebody chose to be called), Group, Icon
//
// For the rest write the classes of assets/portal.css: stack, stack-lg, row, with-aside, panel, sub, dim, tiny, mt.
//
// # What script adds
//
// Nothing is needed; the pages work without. Where an answer can be shown in place, the same address answers both:
// a request of ours has the header HX-Request, and gets the part instead of the page.
//
//   - Dialog on a LinkButton, Button or MenuItem: answer with ConfirmDialog instead of the page with ConfirmPage.
//   - Menu of a PersonRow: answer with RowMenu and its MenuItems; without script it is a page with the same items.
//   - Toolbar with Target: answer with the whole page; the element with that id is taken from it.
//   - Check of a Field: answer with a FieldNote, or nothing. Check of a PasswordField: a Strength with Field set.
//   - Anything else: templ.Attributes in Attrs. Each element names its own hx-target; no hx-on, no js: values.
//
// No component has inline script or style, so pages run under [Policy]. Stylesheets, script, fonts and icons are
// served by [Assets] under addresses that hold a hash, see [Asset]; an organization's color is a stylesheet of its own,
// see [BrandCSS].
//
// Generated code is committed: go tool templ generate -path internal/web/ui.
package ui

// Policy is the Content-Security-Policy that every page is served with.
const Policy = "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
