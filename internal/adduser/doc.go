// Package adduser creates users directly, with everything given beforehand, and
// looks after the way in that each of them gets.
//
// There are three. With an activation e-mail the user is pending until they
// follow its link and choose a password; the link works once, for as long as an
// invitation's, and dies when a newer one is sent. With a password that the
// admin sets, or with federated sign-in, the user is active at once and no
// letter is written. Whatever the way: nobody adds somebody who may do more than
// they may themselves.
//
// An address or username is taken within the organization only. What is behind
// the link is package enroll's.
//
//	adding.go    what a request must hold, and what comes of it
//	commands.go  add, and what the form offers before
//	activation.go  the activation e-mail: where it stands, sending it again
//	letters.go   what the person gets to read
//	store.go     what is known of the newest activation e-mail
//	api.go, portal.go  the ways in; wizard.go is the form in three steps
package adduser
