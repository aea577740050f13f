// Package org is the register of organizations: the customers of the vendor,
// each isolated from every other.
//
// Operators create, rename, suspend and delete them; an organization's admins
// change its settings. A suspended organization keeps everything, but nobody
// in it can sign in or act, from the next request on.
//
//	organization.go  the type, its rules and limits
//	passwords.go     the rules for passwords, for users and admins apart
//	commands.go      what can be done
//	logo.go          the logo, made anew of what was uploaded
//	letters.go       what shows how letters look
//	store*.go        the tables organizations, domains and logos
package org
