// Package service has the services that the vendor offers, and the subscriptions
// of organizations to them.
//
// A service is of the platform: operators define it once, with the permissions
// that it declares, and it is the same for every organization. Its key never
// changes. The key of a permission is unique over all services, and never one of
// Roster's own or like one.
//
// A subscription is to a service as a whole, from a day to a day, both included,
// or without end; days are those of UTC. No organization has two subscriptions to
// one service that are in force on the same day, however many operators write at
// once. Nothing is deleted: a subscription that was a mistake ends on the day
// before its first, and counts as withdrawn.
//
// What an organization is subscribed to today says in the e-mails by which people
// come in how to install it, and greets those who have set up their account. What
// an operator typed is plain text there, as everywhere.
//
//	service.go       services and permissions, their rules and limits
//	subscription.go  subscriptions and their days
//	commands.go      what operators do, and admins read
//	steps.go         what other features ask within their own transactions
//	letters.go       what e-mails say of services
//	store.go         the tables services, service_permissions and subscriptions
//	api.go, portal.go, portal_subscription.go  the ways in
package service
