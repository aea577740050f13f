// Package lang says things in a person's language: texts, counts, dates and numbers.
//
// The English text is the key, as with gettext, so a page reads as what it shows:
//
//	lang.T(ctx, "Invited by %s", name)
//	lang.N(ctx, n, "%d person", "%d people")
//	lang.Ago(ctx, now, user.LastSeen)
//
// The context says which language and time zone: [With] puts them in, once for each request. A context without
// them speaks English, in UTC.
//
// A language is one file, messages/<tag>.json, that is embedded; messages.go describes it. English needs none. A
// text without a translation appears in English, and a test fails: it walks the sources of the whole program for
// the texts given to [T], [N] and [Key], which must therefore be literals.
package lang
