package apikey

import (
	"encoding/json"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/role"
	"roster/internal/secret"
	"roster/internal/user"
)

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{
		Prepare, Create, List, Get, Revoke, Touch,
		PrepareOperatorKey, CreateOperatorKey, IssueOperatorKey, ListOperatorKeys, GetOperatorKey, RevokeOperatorKey,
	}
}

// Created is a new key with its secret, which is nowhere else.
type Created struct {
	Key
	Secret string `json:"key" doc:"The key itself. It is shown this once."`
}

// Ref names a key.
type Ref struct {
	ID id.Key `path:"id" json:"-"`
}

// Offer is what the form for a new key offers.
type Offer struct {
	Permissions role.Catalogue // those that the caller may give
}

// Prepare answers what the form for a new key of the organization offers.
var Prepare = op.Query[op.Nothing, Offer]{
	Name: "api_key.prepare", Needs: authz.APIKeysManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, _ op.Nothing) (Offer, error) {
		catalogue, err := role.CatalogueOf(t)
		return Offer{catalogue.Among(t.Actor().Permissions)}, err
	},
}

// Create makes a key of the organization. Errors: validation_failed,
// grant_exceeds_own.
var Create = op.Command[New, Created]{
	Name: "api_key.create", Needs: authz.APIKeysManage, Scope: authz.InOrg, Run: create,
}

// List answers the organization's keys, newest first.
var List = op.Query[op.Paging, op.Page[Key]]{
	Name: "api_key.list", Needs: authz.APIKeysManage, Scope: authz.InOrg, Run: list,
}

// Get answers one key of the organization.
var Get = op.Query[Ref, Key]{
	Name: "api_key.get", Needs: authz.APIKeysManage, Scope: authz.InOrg, Run: get,
}

// Revoke ends a key, and those that were made with it, from the next request
// on. Errors: not_found, target_above_caller.
var Revoke = op.Command[Ref, op.Nothing]{
	Name: "api_key.revoke", Needs: authz.APIKeysManage, Scope: authz.InOrg, Run: revoke,
}

// PrepareOperatorKey answers what the form for a new operator key offers:
// nothing to choose, since such a key may do everything.
var PrepareOperatorKey = op.Query[op.Nothing, Offer]{
	Name: "operator_key.prepare", Needs: authz.OperatorsManage, Scope: authz.Platform,
	Run: func(*op.Tx, op.Nothing) (Offer, error) { return Offer{}, nil },
}

// CreateOperatorKey makes a key of the operator. Error: validation_failed.
var CreateOperatorKey = op.Command[NewOperatorKey, Created]{
	Name: "operator_key.create", Needs: authz.OperatorsManage, Scope: authz.Platform, Run: createOperatorKey,
}

// IssueOperatorKey is CreateOperatorKey for the command line of the server.
var IssueOperatorKey = op.Command[NewOperatorKey, Created]{
	Name: "operator_key.issue", Needs: authz.SystemWork, Scope: authz.System, Run: createOperatorKey,
}

// ListOperatorKeys answers the operator's keys, newest first.
var ListOperatorKeys = op.Query[op.Paging, op.Page[Key]]{
	Name: "operator_key.list", Needs: authz.OperatorsManage, Scope: authz.Platform, Run: list,
}

// GetOperatorKey answers one of the operator's keys.
var GetOperatorKey = op.Query[Ref, Key]{
	Name: "operator_key.get", Needs: authz.OperatorsManage, Scope: authz.Platform, Run: get,
}

// RevokeOperatorKey ends one of the operator's keys, and those of the operator
// that were made with it, from the next request on. What was made with it for
// organizations stays. Error: not_found.
var RevokeOperatorKey = op.Command[Ref, op.Nothing]{
	Name: "operator_key.revoke", Needs: authz.OperatorsManage, Scope: authz.Platform, Run: revoke,
}

// Touch notes that the calling key was used, at most once a minute. Whoever
// takes requests calls it for an actor that is Stale, once the request is done.
var Touch = op.Command[op.Nothing, op.Nothing]{
	Name: "api_key.touch", Needs: authz.Everybody, Scope: authz.Public, Relaxed: true,
	Quiet: "being used is not a change",
	Run: func(t *op.Tx, _ op.Nothing) (op.Nothing, error) {
		actor := t.Actor()
		if !isKey(actor) {
			return op.Nothing{}, nil
		}
		return op.Nothing{}, touch(t, actor.Org, id.Key(actor.ID), t.Now().Add(-touchEvery))
	},
}

// Stop is the step of whatever stops a user: their keys end for good. That they
// come back does not bring them back.
func Stop(t *op.Tx, u user.User) error {
	stopped, err := stop(t, u.ID)
	if err != nil {
		return err
	}
	for _, k := range stopped {
		if err := t.Record(k.event("stopped")); err != nil {
			return err
		}
	}
	return nil
}

func isKey(actor authz.Actor) bool {
	return actor.Kind == authz.KeyKind || actor.Kind == authz.OperatorKey
}

func create(t *op.Tx, in New) (Created, error) {
	catalogue, err := role.CatalogueOf(t)
	if err != nil {
		return Created{}, err
	}
	if in, err = in.check(t.Now(), catalogue.All()); err != nil {
		return Created{}, err
	}
	if err := mayGive(t.Actor(), in.Permissions); err != nil {
		return Created{}, err
	}
	return issue(t, Key{Name: in.Name, Permissions: in.Permissions, ExpiresAt: in.ExpiresAt})
}

func createOperatorKey(t *op.Tx, in NewOperatorKey) (Created, error) {
	in, err := in.check(t.Now())
	if err != nil {
		return Created{}, err
	}
	return issue(t, Key{Name: in.Name, Permissions: []authz.Permission{}, ExpiresAt: in.ExpiresAt})
}

// issue makes the key, of the organization of the transaction or of the operator.
func issue(t *op.Tx, k Key) (Created, error) {
	granted, err := json.Marshal(k.Permissions)
	if err != nil {
		return Created{}, err
	}
	token, hash := secret.NewToken(secret.APIKey)
	clear := token.Reveal()
	k.ID, k.Org, k.Granted, k.CreatedAt = id.New[id.Key](t.Now()), t.Org(), string(granted), t.Now()
	k.Hint = clear[len(clear)-4:]
	if k, err = k.madeBy(t); err != nil {
		return Created{}, err
	}
	if err := insert(t, k, hash); err != nil {
		return Created{}, err
	}
	if k, err = byID(t, k.ID); err != nil {
		return Created{}, err
	}
	e := k.event("created")
	e.Changes = []op.Change{{Field: "permissions", After: k.Permissions}}
	if !k.ExpiresAt.IsZero() {
		e.Changes = append(e.Changes, op.Change{Field: "expires_at", After: k.ExpiresAt})
	}
	return Created{k, clear}, t.Record(e)
}

// madeBy writes down whose key it is. What is made with a key belongs to that
// key's maker, and outlives neither.
func (k Key) madeBy(t *op.Tx) (Key, error) {
	actor := t.Actor()
	k.CreatedBy, k.CreatedByName = actor.ID, actor.Name
	if !isKey(actor) {
		return k, nil
	}
	k.MadeWith = actor.ID
	if actor.Org != t.Org() {
		return k, nil // an operator's key, working for an organization
	}
	with, err := byID(t, id.Key(actor.ID))
	if err != nil {
		return k, err
	}
	k.CreatedBy, k.CreatedByName = with.CreatedBy, with.CreatedByName
	if !with.ExpiresAt.IsZero() && (k.ExpiresAt.IsZero() || k.ExpiresAt.After(with.ExpiresAt)) {
		k.ExpiresAt = with.ExpiresAt
	}
	return k, nil
}

type position struct {
	Created time.Time `json:"c"`
	ID      id.Key    `json:"i"`
}

func list(t *op.Tx, in op.Paging) (op.Page[Key], error) {
	const name = "api_keys"
	var none op.Page[Key]
	limit, err := in.Size()
	if err != nil {
		return none, err
	}
	var after *position
	if in.Cursor != "" {
		after = &position{}
		if err := t.OpenCursor(name, in.Cursor, after); err != nil {
			return none, err
		}
	}
	rows, err := page(t, after, limit+1)
	if err != nil {
		return none, err
	}
	p, err := op.Cut(t, name, rows, limit, func(k Key) any { return position{k.CreatedAt, k.ID} })
	if err == nil && in.Count {
		var n int
		n, err = count(t)
		p.Total = &n
	}
	return p, err
}

func get(t *op.Tx, in Ref) (Key, error) { return byID(t, in.ID) }

func revoke(t *op.Tx, in Ref) (op.Nothing, error) {
	k, err := byID(t, in.ID)
	if err != nil {
		return op.Nothing{}, err
	}
	if err := mayRevoke(t.Actor(), k); err != nil {
		return op.Nothing{}, err
	}
	// What was made with it goes along, and what was made with that.
	gone, err := removeWithMade(t, k.ID)
	if err != nil {
		return op.Nothing{}, err
	}
	if len(gone) == 0 {
		return op.Nothing{}, errs.NotFound()
	}
	for _, k := range gone {
		if err := t.Record(k.event("revoked")); err != nil {
			return op.Nothing{}, err
		}
	}
	return op.Nothing{}, nil
}
