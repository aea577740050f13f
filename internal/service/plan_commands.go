package service

import (
	"slices"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/op"
)

// PlanRef names a plan.
type PlanRef struct {
	Service string `path:"key" json:"-"`
	Key     string `path:"plan" json:"-"`
}

// Plans are the plans of one service, by name.
type Plans struct {
	Items []Plan `json:"items"`
}

// ListPlans answers the plans of a service: they are few. Error: not_found.
var ListPlans = op.Query[Ref, Plans]{
	Name: "plan.list", Needs: authz.ServicesManage, Scope: authz.Platform,
	Run: func(t *op.Tx, in Ref) (Plans, error) {
		if _, err := byKey(t, in.Key); err != nil {
			return Plans{}, err
		}
		list, err := plansOf(t, in.Key)
		return Plans{list}, err
	},
}

// GetPlan answers one plan. Error: not_found.
var GetPlan = op.Query[PlanRef, Plan]{
	Name: "plan.get", Needs: authz.ServicesManage, Scope: authz.Platform,
	Run: func(t *op.Tx, in PlanRef) (Plan, error) { return planBy(t, in.Service, in.Key) },
}

// CreatePlan makes a plan, which nobody has bought yet. Errors: not_found,
// validation_failed, plan_exists, name_taken, too_many_plans.
var CreatePlan = op.Command[NewPlan, Plan]{
	Name: "plan.create", Needs: authz.ServicesManage, Scope: authz.Platform, Run: createPlan,
}

// PlanUpdate is what may change of a plan.
type PlanUpdate struct {
	PlanRef
	Version int64 `ifmatch:"version" json:"-"`
	PlanInput
}

// ChangePlan changes a plan for all who have bought it. Errors: not_found,
// validation_failed, version_conflict, name_taken.
var ChangePlan = op.Command[PlanUpdate, Plan]{
	Name: "plan.update", Needs: authz.ServicesManage, Scope: authz.Platform, Run: changePlan,
}

func createPlan(t *op.Tx, in NewPlan) (Plan, error) {
	s, err := byKey(t, in.Service)
	if err != nil {
		return Plan{}, err
	}
	made, err := in.check(s, t.Now())
	if err != nil {
		return made, err
	}
	others, err := plansOf(t, s.Key)
	if err != nil {
		return made, err
	}
	if len(others) >= MaxPlans {
		return made, errs.Conflict("too_many_plans", "The service has %d plans, as many as there is room for. Nothing was saved.", len(others))
	}
	if err := made.beside(others, true); err != nil {
		return made, err
	}
	if err := insertPlan(t, made); err != nil {
		return made, err
	}
	return made, t.Record(op.Event{Name: "plan.created", Subject: made.subject(s), Changes: op.Diff(Plan{}, made)})
}

func changePlan(t *op.Tx, in PlanUpdate) (Plan, error) {
	s, err := byKey(t, in.Service)
	if err != nil {
		return Plan{}, err
	}
	old, err := planBy(t, in.Service, in.Key)
	if err != nil {
		return old, err
	}
	if in.Version != 0 && int(in.Version) != old.Version {
		return old, errs.Changed()
	}
	now, err := in.apply(old, s, &errs.Check{})
	if err != nil {
		return old, err
	}
	others, err := plansOf(t, s.Key)
	if err != nil {
		return old, err
	}
	if err := now.beside(others, false); err != nil {
		return old, err
	}
	return rewrite(t, s, old, now)
}

// rewrite writes a plan as it is now, if that is another one than before.
func rewrite(t *op.Tx, s Service, old, now Plan) (Plan, error) {
	changes := op.Diff(old, now)
	if len(changes) == 0 {
		return old, nil
	}
	if err := updatePlan(t, now); err != nil {
		return old, err
	}
	now.Version++
	return now, t.Record(op.Event{Name: "plan.updated", Subject: now.subject(s), Changes: changes})
}

// prune takes from the plans of a service what it declares no more.
func prune(t *op.Tx, s Service) error {
	plans, err := plansOf(t, s.Key)
	if err != nil {
		return err
	}
	for _, old := range plans {
		gone := undeclared(old.Permissions, s)
		now := old
		now.Permissions = slices.DeleteFunc(slices.Clone(old.Permissions), func(p authz.Permission) bool { return slices.Contains(gone, p) })
		if _, err := rewrite(t, s, old, now); err != nil {
			return err
		}
	}
	return nil
}
