// Package mailbox is where e-mails land when no mail server is configured, so
// that a newcomer can try everything on one machine.
//
// Sender takes the place of the mail server. What it is given is sealed and
// kept; of more than 500 messages the newest stay. The pages below /mailbox
// list and open them.
//
// A mailbox that strangers can read gives every account away: whoever asks for
// a new password reads the link to it. So there are three locks, and each of
// them answers like a page that does not exist:
//
//   - package app mounts the pages only where no mail server is configured;
//   - the operations refuse an installation that has a public name, because a
//     proxy on this machine passes everybody's requests on from loopback;
//   - the pages refuse every client but this machine.
//
// That is why the two queries may have the scope Public: who reads here has no
// account yet, and finds the way to the first one here.
//
//	message.go      the type, and how its HTML part is shown
//	commands.go     keep, list, open
//	store.go        the table mailbox
//	portal.go       the pages
package mailbox
