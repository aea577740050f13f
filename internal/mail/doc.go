// Package mail turns what a feature wants to tell a person into a letter, and a letter into a delivery.
//
// A feature describes a letter as [Content]: a subject and blocks, in plain Go. [Render] makes the HTML and the
// text alternative from the same blocks, so the two cannot say different things. [SMTP] hands one letter for
// one recipient to a mail server and answers with an [*Error] that says whether trying again makes sense.
//
// # What is safe by construction
//
// Nothing that a person typed can become markup, a header or a link:
//
//   - every string of a letter is plain text. It is escaped, and control, bidirectional and zero-width
//     characters are taken out, wherever it stands;
//   - values that a person chose (a name, an organization, a team) are passed as [Name], which also cuts them to
//     [MaxName] characters and keeps mail programs from making links of them;
//   - the only links are the addresses of [Button] and [Link], which must be http or https;
//   - a subject or header value with a line break or NUL is an error, never a repair.
//
// # Where things are
//
// content.go has the vocabulary of a letter, plain.go what happens to text, render.go with letter.html the HTML,
// text.go the text alternative, envelope.go the message on the wire, smtp.go the dialog with the mail server.
// Package mailtest is a mail server for tests.
package mail
