// Package role has the roles of an organization and the catalogue of what they
// can give: Roster's own permissions, and those that the services declare which
// the organization has subscribed to.
//
// Admin and User are built in: Admin holds all permissions of the organization,
// User none but self-service. Roles that an organization makes are sets of
// permissions, and may limit those over other users to groups, teams or
// accounts. Nobody makes or changes a role that gives more than they hold
// themselves, and a role that somebody has, or a group gives, is not deleted.
package role
