// Package wording lets an organization's admins say in their own words what
// letters say: the subject, the opening and a closing, for each letter and each
// language. What they have not written, we say.
//
// A letter keeps what its reader must know whatever an admin writes: the link,
// how long it works, when and where something happened, what to do if it was not
// them. These are blocks of the letter itself; only the texts around them change.
//
// What an admin writes is plain text. In double braces stand values that are
// filled in when the letter is written, such as {{organization}}; each letter has
// a short list of them, and others are refused. Filled in they are names like any
// other in a letter: they become no markup, no header and no link. Neither does
// the text itself.
//
// A feature declares its letters as values of [Letter], and asks [For] in the
// transaction that sends; that is one small query.
//
//	wording.go   a letter, its texts, limits, and how values are filled in
//	commands.go  what admins can do
//	store.go     the table letter_texts
//	api.go, portal.go  the ways in
package wording
