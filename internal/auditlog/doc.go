// Package auditlog shows who did what to whom, and proves that nobody has
// changed the record since.
//
// Package op writes an event with every change, in the change's own
// transaction. This package reads them, and seals them into a chain, one for
// each organization and one for the platform:
//
//	event ─▶ about_digest = SHA-256(about_salt, subject's name, changes)
//	         actor_digest = SHA-256(actor_salt, actor's name, address, agent)
//	         hash         = SHA-256(hash before, number, what lasts, both digests)
//	chain ─▶ audit_anchors: the last number and hash, under a key that is not in the database
//
// Sealing happens behind the commits, within a second, by any number of nodes:
// a chain inside the transactions would queue all writers of an organization
// behind each other.
//
// What names a person enters the chain as a salted digest only. When a user is
// deleted, the names and the salts go and the digests stay: the chain holds, and
// nothing leads back to the person. Verify accepts an erased event only if the
// user that it concerns has been deleted.
//
//	event.go     the type, the filters
//	chain.go     digests, hashes, and what verifying looks at: pure functions
//	words.go     one sentence for each kind of event, for the page and for cards
//	fields.go    the names of fields and values in changes
//	commands.go  list, verify, the history of a user, one's own sign-ins, erasing
//	export.go    the log as CSV and as lines of JSON
//	jobs.go      the sealer
//	store.go     the tables events (written by op, sealed here) and audit_anchors
//	api.go, portal.go  the ways in; view.go and page.templ are what the pages show
package auditlog
