package signin

import (
	"time"

	"roster/internal/authz"
	"roster/internal/op"
)

// longestIdle is more than any organization allows a session to rest.
const longestIdle = 25 * time.Hour

// Sweep removes sessions that have ended by themselves. It decides nothing:
// whether a session is in force is asked with every request.
var Sweep = op.Command[op.Nothing, op.Nothing]{
	Name: "session.sweep", Needs: authz.SystemWork, Scope: authz.System, Relaxed: true,
	Quiet: "what is removed has been dead already",
	Run: func(t *op.Tx, _ op.Nothing) (op.Nothing, error) {
		return op.Nothing{}, removeEnded(t, t.Now(), t.Now().Add(-longestIdle))
	},
}
