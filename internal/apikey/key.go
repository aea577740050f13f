package apikey

import (
	"encoding/json"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/text"
	"roster/internal/user"
)

// State is what has become of a key.
type State string

// The states. A revoked key is gone.
const (
	Active  State = "active"
	Expired State = "expired"
	Stopped State = "stopped" // its maker was deactivated or deleted
)

// Key is one API key, without its secret.
type Key struct {
	ID            id.Key             `db:"id" json:"id"`
	Org           id.Org             `db:"org_id" json:"-"`
	Name          string             `db:"name" json:"name"`
	Hint          string             `db:"hint" json:"hint" doc:"The last four characters of the key."`
	Granted       string             `db:"granted" json:"-"` // Permissions as JSON
	Permissions   []authz.Permission `db:"-" json:"permissions"`
	State         State              `db:"-" json:"state" enum:"active,expired,stopped" doc:"stopped: its maker was deactivated or deleted."`
	Reduced       bool               `db:"-" json:"reduced" doc:"Its maker has lost permissions since, and so has the key."`
	CreatedBy     string             `db:"created_by" json:"created_by"`
	CreatedByName string             `db:"created_by_name" json:"created_by_name" doc:"Empty if that user has been deleted."`
	MakerRole     id.Role            `db:"maker_role" json:"-"` // empty if the maker is no active user
	MadeWith      string             `db:"made_with" json:"made_with,omitempty" doc:"The key that it was made with."`
	CreatedAt     time.Time          `db:"created_at" json:"created_at"`
	ExpiresAt     time.Time          `db:"expires_at" json:"expires_at,omitzero"`
	StoppedAt     time.Time          `db:"stopped_at" json:"stopped_at,omitzero"`
	LastUsedAt    time.Time          `db:"last_used_at" json:"last_used_at,omitzero"`

	rights user.Rights // of the maker
}

// touchEvery is how fresh last_used_at is kept.
const touchEvery = time.Minute

// maxName is how many characters a name has at most.
const maxName = 64

// at fills in what depends on the moment and on the maker.
func (k Key) at(now time.Time) Key {
	k.Permissions = []authz.Permission{}
	if k.Org == "" {
		k.Permissions = authz.OperatorSet().List()
	} else if err := json.Unmarshal([]byte(k.Granted), &k.Permissions); err != nil {
		k.Permissions = nil // we wrote it; what cannot be read gives nothing
	}
	switch {
	case !k.StoppedAt.IsZero():
		k.State = Stopped
	case !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt):
		k.State = Expired
	default:
		k.State = Active
	}
	k.Reduced = k.State == Active && !k.makers().Covers(authz.SetOf(k.Permissions...))
	return k
}

// makers is what the key's maker may do now. What the operator made, for an
// organization or for itself, keeps its rights.
func (k Key) makers() authz.Set {
	if !id.Valid[id.User](k.CreatedBy) {
		return authz.SetOf(k.Permissions...)
	}
	return k.owner().Permissions()
}

func (k Key) owner() user.User { return user.User{Role: k.MakerRole, Rights: k.rights} }

// reach is how far the key's rights go: no further than its maker's.
func (k Key) reach() authz.Reach {
	if !id.Valid[id.User](k.CreatedBy) {
		return authz.Everywhere()
	}
	return k.owner().Reach()
}

// actor is the key as the one who acts.
func (k Key) actor() authz.Actor {
	a := authz.Actor{Kind: authz.KeyKind, ID: string(k.ID), Name: k.Name, Org: k.Org, Permissions: k.holds(), Reach: k.reach()}
	if k.Org == "" {
		a.Kind = authz.OperatorKey
	}
	return a
}

// holds is what the key may do now.
func (k Key) holds() authz.Set {
	if k.State != Active {
		return authz.Set{}
	}
	return authz.SetOf(k.Permissions...).And(k.makers())
}

// New is what somebody gives to make a key of an organization.
type New struct {
	Name        string             `json:"name" form:"name" maxLength:"64" example:"Payroll sync"`
	Permissions []authz.Permission `json:"permissions" form:"permissions" doc:"None that the caller does not hold."`
	ExpiresAt   time.Time          `json:"expires_at,omitzero" doc:"Never, if left out."`
}

// NewOperatorKey is what an operator gives to make one of the operator's keys.
type NewOperatorKey struct {
	Name      string    `json:"name" form:"name" maxLength:"64"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

// check cleans what was given, or says which fields are wrong.
func (n New) check(now time.Time, known authz.Set) (New, error) {
	var c errs.Check
	n.Name = checkName(&c, n.Name)
	checkExpiry(&c, n.ExpiresAt, now)
	for _, p := range n.Permissions {
		if !known.Has(p) {
			c.Fail("permissions", "unknown_permission", "There is a permission that an organization does not have.")
			break
		}
	}
	if len(n.Permissions) == 0 {
		c.Fail("permissions", "required", "Choose at least one permission.")
	}
	n.Permissions = authz.SetOf(n.Permissions...).List()
	return n, c.Err()
}

func (n NewOperatorKey) check(now time.Time) (NewOperatorKey, error) {
	var c errs.Check
	n.Name = checkName(&c, n.Name)
	checkExpiry(&c, n.ExpiresAt, now)
	return n, c.Err()
}

func checkName(c *errs.Check, name string) string {
	clean := text.Name(c, "name", name, maxName)
	if clean == "" {
		c.Fail("name", "required", "Enter a name that says what uses the key.")
	}
	return clean
}

func checkExpiry(c *errs.Check, expires, now time.Time) {
	if !expires.IsZero() && !expires.After(now) {
		c.Fail("expires_at", "in_the_past", "Choose a time that is still to come.")
	}
}

// mayGive is the rule that nobody gives a key more than they hold.
func mayGive(actor authz.Actor, permissions []authz.Permission) error {
	if actor.OnPlatform() {
		return nil
	}
	for _, p := range permissions {
		if !actor.Permissions.Has(p) {
			return errs.New(errs.KindForbidden, "grant_exceeds_own", "You cannot give a key the permission %s: you do not have it yourself.", p)
		}
	}
	return nil
}

// mayRevoke is the rule that nobody acts on what may do more than they.
func mayRevoke(actor authz.Actor, k Key) error {
	if !actor.OnPlatform() && !actor.Permissions.Covers(k.holds()) {
		return errs.New(errs.KindForbidden, "target_above_caller", "The key %s has rights that you do not have. Ask an admin to do this.", k.Name)
	}
	return nil
}

// Prove is the door's question who a key belongs to. Whatever is no key in
// force is nobody.
func Prove(t *op.Tx, hash []byte) (authz.Actor, error) {
	k, err := byHash(t, hash)
	if errs.KindOf(err) == errs.KindNotFound || err == nil && k.State != Active {
		return authz.Actor{Kind: authz.Nobody}, nil
	}
	if err != nil {
		return authz.Actor{}, err
	}
	a := k.actor()
	a.Stale = t.Now().Sub(k.LastUsedAt) >= touchEvery
	return a, nil
}

// event tells what happened to the key, of an organization or of the operator.
func (k Key) event(verb string) op.Event {
	kind := "api_key"
	if k.Org == "" {
		kind = "operator_key"
	}
	return op.Event{Name: kind + "." + verb, Subject: op.Subject{Kind: kind, ID: string(k.ID), Name: k.Name}}
}
