package operator

import (
	"roster/internal/authz"
	"roster/internal/op"
)

// Sweep removes operators' sessions that have ended by themselves.
var Sweep = op.Command[op.Nothing, op.Nothing]{
	Name: "operator.sweep", Needs: authz.SystemWork, Scope: authz.System, Relaxed: true,
	Quiet: "what is removed has been dead already",
	Run: func(t *op.Tx, _ op.Nothing) (op.Nothing, error) {
		return op.Nothing{}, removeEnded(t, t.Now(), t.Now().Add(-sessionIdle))
	},
}
