// Package op is the one door to the data.
//
// A feature declares what it does as values: a Command changes something, a
// Query answers something. Each has a name, the permission that it needs, the
// scope it lives in, and a function that gets a transaction. The portal, the
// API, the CLI and the workers all call Do on the same values.
//
// The door promises, for every operation:
//
//   - the caller is proved, and the permission asked, on rows of the same
//     transaction that does the work;
//   - every statement is bound to one organization, by :org in its text and by
//     row security on PostgreSQL, unless it begins with
//     `-- across organizations: reason`;
//   - a change commits together with its audit event and its letters, or not
//     at all; a change without an event does not commit;
//   - the loser of a conflict runs again; nobody is answered before the commit;
//   - a statement's error that somebody drops still ends the transaction;
//   - what is not an *errs.Error is logged here and shown to nobody.
package op
