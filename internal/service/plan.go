package service

import (
	"fmt"
	"time"

	"roster/internal/op"
	"roster/internal/role"
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
