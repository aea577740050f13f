package doctor

import (
	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/op"
)

// Operations lists what this package does.
func Operations() []op.Operation { return []op.Operation{Examine} }

// Finding is something that must not be.
type Finding struct {
	Rule string // that is broken
	Org  id.Org `db:"org_id"`
	What string `db:"what"` // a user, a pool, a figure
}

// Report is what an examination found: nothing, if all is well.
type Report struct {
	Rules    int // that were checked
	Findings []Finding
}

// mostOf is how many findings of one rule are reported.
const mostOf = 100

// Examine checks every rule in all organizations, and reports what breaks them, up to
// 100 findings of each.
var Examine = op.Query[op.Nothing, Report]{
	Name: "doctor.examine", Needs: authz.SystemWork, Scope: authz.System,
	Run: func(t *op.Tx, _ op.Nothing) (Report, error) {
		r := Report{Rules: len(rules)}
		for _, rule := range rules {
			found, err := broken(t, rule)
			if err != nil {
				return r, err
			}
			for i := range found {
				found[i].Rule = rule.holds
			}
			r.Findings = append(r.Findings, found...)
		}
		return r, nil
	},
}
