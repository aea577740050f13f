package service

import (
	"fmt"
	"slices"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/role"
	"roster/internal/text"
)

// Model is how the licenses of a plan serve people.
type Model string

// The license models.
const (
	Named Model = "named" // one person each
	Seat  Model = "seat"  // a pool of seats that many share, counted while in use
)

// Plan is a kind of license of one service, and what it brings. Model and key
// never change.
type Plan struct {
	Service     string           `db:"service" json:"service" audit:"ignore" doc:"The service's key."`
	Key         string           `db:"key" json:"key" audit:"ignore"`
	Name        string           `db:"name" json:"name" audit:"track"`
	Model       Model            `db:"model" json:"model" enum:"named,seat" audit:"ignore"`
	Permissions role.Permissions `db:"permissions" json:"permissions" audit:"track" doc:"Those of the service's permissions that a license of it brings."`
	Link        string           `db:"link" json:"link" audit:"track" doc:"Where its people start; empty: where those of the service do."`
	WelcomeText string           `db:"welcome_text" json:"welcome_text" audit:"track" doc:"How to begin with it, in place of what the service says; empty: as the service says."`
	CreatedAt   time.Time        `db:"created_at" json:"created_at" audit:"ignore"`
	Version     int              `db:"version" json:"version" audit:"ignore"`
}

// ETag is the version as the API's ETag.
func (p Plan) ETag() string { return fmt.Sprintf(`"v%d"`, p.Version) }

// MaxPlans is how many plans a service has at most.
const MaxPlans = 50

// PlanInput is what can be said of a plan: absent fields stay as they are.
type PlanInput struct {
	Name        patch.Field[string]           `json:"name,omitzero" maxLength:"64" example:"Business"`
	Permissions patch.Field[role.Permissions] `json:"permissions,omitzero" doc:"Those of the service's permissions that a license of it brings. Replaces all of them." example:"[\"fax.send\"]"`
	Link        patch.Field[string]           `json:"link,omitzero" maxLength:"500" doc:"Where its people start, if not where those of the service do. An https address; http for localhost only."`
	WelcomeText patch.Field[string]           `json:"welcome_text,omitzero" maxLength:"2000" doc:"How to begin with it, in place of what the service says: plain text."`
}

// NewPlan is what an operator gives to make a plan.
type NewPlan struct {
	Service string `path:"key" json:"-"`
	Key     string `json:"key" required:"true" maxLength:"32" example:"business" doc:"Its short name for programs: 2 to 32 lower-case letters, digits, hyphens and underscores, a letter first. It never changes."`
	Model   Model  `json:"model" required:"true" enum:"named,seat" doc:"named: one person each; seat: pools of seats that many share. It never changes."`
	PlanInput
}

// check makes a plan of the service s of what was given, or says which fields are
// wrong.
func (n NewPlan) check(s Service, at time.Time) (Plan, error) {
	var c errs.Check
	p := Plan{Service: s.Key, Key: n.Key, Model: n.Model, Permissions: role.Permissions{}, CreatedAt: at, Version: 1}
	checkKey(&c, n.Key)
	if n.Model != Named && n.Model != Seat {
		c.Fail("model", "unknown_model", "A plan's licenses are named, or seats.")
	}
	return n.apply(p, s, &c)
}

// apply writes what was given into p, or says which fields are wrong.
func (in PlanInput) apply(p Plan, s Service, c *errs.Check) (Plan, error) {
	if in.Name.Set || p.Name == "" {
		if p.Name = text.Name(c, "name", in.Name.Value, maxName); text.Key(p.Name) == "" {
			c.Fail("name", "required", "Enter a name for the plan.")
		}
	}
	if in.Link.Set {
		p.Link = checkLink(c, in.Link.Value)
	}
	if in.WelcomeText.Set {
		p.WelcomeText = checkText(c, "welcome_text", in.WelcomeText.Value)
	}
	if in.Permissions.Set {
		p.Permissions = in.Permissions.Value.Tidy()
		if other := undeclared(p.Permissions, s); len(other) > 0 {
			c.Fail("permissions", "unknown_permission", "The service does not declare %s.", string(other[0]))
		}
	}
	return p, c.Err()
}

func (p Plan) subject(s Service) op.Subject {
	return op.Subject{Kind: "plan", ID: p.Service + "/" + p.Key, Name: s.Name + " " + p.Name}
}

// undeclared are those of the permissions that the service does not declare.
func undeclared(list role.Permissions, s Service) role.Permissions {
	return slices.DeleteFunc(slices.Clone(list), func(p authz.Permission) bool { return slices.Contains(s.keys(), string(p)) })
}

// Hooks are filled once, in app/reactions.go: what other features do in the same
// transaction when something happens to what is sold.
var Hooks struct {
	// Sold runs after a subscription to the service was made or changed, in the
	// organization's transaction: licenses that became free go to who waits. It
	// refuses what would leave somebody active without a license that they need.
	Sold func(t *op.Tx, service string) error
	// Required runs before the service begins to require a license, in a transaction
	// of no organization. It refuses while that would leave somebody active without
	// one, in any organization that has bought plans of it.
	Required func(t *op.Tx, service string) error
}
