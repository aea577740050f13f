// Package people is the Users page: everybody in an organization, found,
// filtered, ordered and paged, and the card of each.
//
// It owns no table. Lists page by keyset, so that the ten-thousandth page costs
// what the first does. Search finds any part of a name, address, username,
// phone number or external id: see plan in store.go for how it stays fast for
// rare words and common ones alike.
package people
