package link

import (
	"time"

	"roster/internal/authz"
	"roster/internal/op"
)

// keepDead is how long a link is kept that no longer works, so that its page
// can say why.
const keepDead = 30 * 24 * time.Hour

// Sweep removes links that have been dead for long. It decides nothing: whether
// a link works is asked when it is used.
var Sweep = op.Command[op.Nothing, op.Nothing]{
	Name: "link.sweep", Needs: authz.SystemWork, Scope: authz.System, Relaxed: true,
	Quiet: "what is removed has been dead for a month",
	Run: func(t *op.Tx, _ op.Nothing) (op.Nothing, error) {
		return op.Nothing{}, removeExpired(t, t.Now().Add(-keepDead))
	},
}

// Operations lists what this package does.
func Operations() []op.Operation { return []op.Operation{Sweep} }
