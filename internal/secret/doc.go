// Package secret holds everything that must not be read by whoever reads the
// database, a log or a backup.
//
//   - [Keyring] encrypts what must be readable again: seeds of second factors,
//     passwords of mail servers and directories, webhook secrets.
//   - [NewToken] and [HashToken] make and check what only its bearer needs to
//     know: invitation links, sessions, API keys. Only a hash is stored.
//   - [Clear] carries a secret through the program without letting it be printed.
package secret
