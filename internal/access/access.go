package access

import (
	"fmt"
	"slices"

	"roster/internal/account"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/role"
	"roster/internal/service"
	"roster/internal/user"
)

// MaxChecks is how many questions go into one call.
const MaxChecks = 1000

// Question is whether a user may do something: at all, or on a contract account,
// a delivery account, or what both have in common.
type Question struct {
	User       id.User          `json:"user_id"`
	Permission authz.Permission `json:"permission" example:"fax.send"`
	Contract   id.Account       `json:"contract_account_id,omitempty"`
	Delivery   id.Account       `json:"delivery_account_id,omitempty"`
}

// Reason is why somebody may do something, or may not.
type Reason string

// The reasons, in the order in which they are tried: those of a no, then those
// of a yes.
const (
	UnknownUser         Reason = "unknown_user"         // there is none, or beyond the reach of whoever asks
	UnknownPermission   Reason = "unknown_permission"   // the organization cannot give it
	NotActive           Reason = "not_active"           // invited, awaiting activation or deactivated
	NoLicense           Reason = "no_license"           // waiting for one, or without one of the service
	SubscriptionExpired Reason = "subscription_expired" // none of its service, or of the plan that is held, is in force today
	ForOrganization     Reason = "delivery"             // held, but not for users of a delivery account
	NoGrant             Reason = "no_grant"             // nothing gives it
	NoSeat              Reason = "no_seat"              // held, but the license is of a pool, and no seat of it is taken
	OutOfReach          Reason = "account"              // held, but not on this account

	ByRole      Reason = "role"      // the role gives it
	ByGrant     Reason = "grant"     // it was given to the user beyond the role
	ByEverybody Reason = "everybody" // its service gives it to every user
	ByPlan      Reason = "plan"      // the plan of the user's license brings it
)

// Answer is the answer to one question.
type Answer struct {
	Allowed bool   `json:"allowed"`
	Reason  Reason `json:"reason" enum:"role,grant,everybody,plan,unknown_user,unknown_permission,not_active,no_license,subscription_expired,delivery,no_grant,no_seat,account"`
}

// offer is a permission of the catalogue, and whether its service may be used
// now: by everybody, or by who has a license of it.
type offer struct {
	role.Offered
	InForce bool
	Whole   bool // a subscription to all of the service is
	Sold    bool // by plans, too
}

// holding is the plan that a user holds of a service.
type holding struct {
	*service.Stock
	Seated bool // of a plan of seats: the user has one now
}

// licenses are the plans that users hold of services.
type licenses map[id.User]map[string]*holding

func (l licenses) of(u user.User, o offer) *holding { return l[u.ID][o.Service] }

// facts are all that the answers depend on.
type facts struct {
	asks   authz.Reach // of whoever asks
	users  map[id.User]user.User
	offers map[authz.Permission]offer
	held   licenses // of services that are sold by plans
	forest account.Forest
}

// answer decides one question.
func (f facts) answer(q Question) Answer {
	u, known := f.users[q.User]
	if !known {
		return Answer{Reason: UnknownUser}
	}
	o, known := f.offers[q.Permission]
	if !known {
		return Answer{Reason: UnknownPermission}
	}
	a := settle(u, o, f.held.of(u, o))
	if a.Allowed && !f.reaches(u, q) {
		return Answer{Reason: OutOfReach}
	}
	return a
}

// settle decides what is asked without an account; plan is what the user holds of
// the permission's service, if anything.
func settle(u user.User, o offer, plan *holding) Answer {
	holds := held(u, o.Offered, plan)
	switch {
	case u.State == user.Waiting:
		return Answer{Reason: NoLicense}
	case u.State != user.Active:
		return Answer{Reason: NotActive}
	case !o.InForce:
		return Answer{Reason: SubscriptionExpired}
	case !o.Whole && plan == nil:
		return Answer{Reason: NoLicense}
	case !o.Whole && !plan.InForce():
		return Answer{Reason: SubscriptionExpired}
	case len(holds) == 0:
		return Answer{Reason: NoGrant}
	case u.Side == authz.OfDelivery && !o.Delivery:
		return Answer{Reason: ForOrganization}
	case !o.Whole && plan.Model == service.Seat && !plan.Seated:
		return Answer{Reason: NoSeat}
	}
	return Answer{Allowed: true, Reason: holds[0]}
}

// held are the ways in which a user was given a permission, whether or not they
// may make use of it: by the role, beyond it, as everybody, with a license in force.
func held(u user.User, o role.Offered, plan *holding) []Reason {
	var by []Reason
	if u.Role == authz.RoleAdmin || slices.Contains(u.Given, o.Permission) {
		by = append(by, ByRole)
	}
	if slices.Contains(u.Extra, o.Permission) {
		by = append(by, ByGrant)
	}
	if o.Everybody {
		by = append(by, ByEverybody)
	}
	if plan != nil && plan.InForce() && slices.Contains(plan.Permissions, o.Permission) {
		by = append(by, ByPlan)
	}
	return by
}

// reaches reports whether the accounts that are asked about are within the reach
// of the user, and of whoever asks.
func (f facts) reaches(u user.User, q Question) bool {
	return f.forest.Reaches(u.Reach(), q.Contract, q.Delivery) && f.forest.Reaches(f.asks, q.Contract, q.Delivery)
}

// check notes what is missing in the questions.
func check(questions []Question) error {
	var c errs.Check
	switch n := len(questions); {
	case n == 0:
		c.Fail("checks", "required", "Ask at least one question.")
	case n > MaxChecks:
		c.Fail("checks", "too_many", "At most %d questions go into one call; these are %d.", MaxChecks, n)
	default:
		for i, q := range questions {
			if q.User == "" {
				c.Fail(fmt.Sprintf("checks[%d].user_id", i), "required", "Say whom the question is about.")
			}
			if q.Permission == "" {
				c.Fail(fmt.Sprintf("checks[%d].permission", i), "required", "Say which permission the question is about.")
			}
		}
	}
	return c.Err()
}
