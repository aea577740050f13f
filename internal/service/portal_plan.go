package service

import (
	"cmp"
	"errors"
	"net/http"

	"roster/internal/errs"
	"roster/internal/lang"
	"roster/internal/patch"
	"roster/internal/role"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// planForm is the form about a plan as it was sent.
type planForm struct {
	Version     int64            `form:"version"`
	Key         string           `form:"key"`
	Model       Model            `form:"model"`
	Name        string           `form:"name"`
	Permissions role.Permissions `form:"permissions"`
	Link        string           `form:"link"`
	WelcomeText string           `form:"welcome_text"`
}

func (f planForm) input() PlanInput {
	return PlanInput{Name: patch.To(f.Name), Permissions: patch.To(f.Permissions), Link: patch.To(f.Link), WelcomeText: patch.To(f.WelcomeText)}
}

// planOf finds the service that the address names, and its plan, if the address
// names one.
func planOf(c *web.Context) (planView, error) {
	s, err := web.Do(c, Get, Ref{Key: c.Param("key")})
	v := planView{c: c, service: s}
	if key := c.Param("plan"); err == nil && key != "" {
		var p Plan
		p, err = web.Do(c, GetPlan, PlanRef{Service: s.Key, Key: key})
		v.plan = &p
	}
	return v, err
}

func showPlan(c *web.Context) (web.Response, error) {
	v, err := planOf(c)
	if err != nil {
		return web.Response{}, err
	}
	if p := v.plan; p != nil {
		v.form = planForm{int64(p.Version), p.Key, p.Model, p.Name, p.Permissions, p.Link, p.WelcomeText}
	}
	return v.answer(http.StatusOK), nil
}

func submitNewPlan(c *web.Context) (web.Response, error) {
	v, err := planOf(c)
	if err != nil {
		return web.Response{}, err
	}
	return v.save(func(f planForm) (Plan, error) {
		return web.Do(c, CreatePlan, NewPlan{Service: v.service.Key, Key: f.Key, Model: cmp.Or(f.Model, Named), PlanInput: f.input()})
	})
}

func submitPlan(c *web.Context) (web.Response, error) {
	v, err := planOf(c)
	if err != nil {
		return web.Response{}, err
	}
	return v.save(func(f planForm) (Plan, error) {
		return web.Do(c, ChangePlan, PlanUpdate{PlanRef: PlanRef{Service: v.service.Key, Key: v.plan.Key}, Version: f.Version, PlanInput: f.input()})
	})
}

// save does what the form asks for, or shows it again with what is wrong.
func (v planView) save(do func(planForm) (Plan, error)) (web.Response, error) {
	if err := v.c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	p, err := do(v.form)
	switch v.faults = planFaults(err); {
	case v.faults != nil:
		return v.answer(http.StatusUnprocessableEntity), nil
	case errs.Is(err, "version_conflict") && v.plan != nil:
		v.form.Version, v.changed = int64(v.plan.Version), true
		return v.answer(http.StatusPreconditionFailed), nil
	case err != nil:
		return web.Response{}, err
	}
	v.c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(v.c.Context(), "The plan %s has been saved.", p.Name)})
	return web.Redirect(v.back()), nil
}

// planFaults are the wrong fields; what conflicts with another plan is wrong with
// its field.
func planFaults(err error) web.Faults {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		switch e.Code {
		case "plan_exists", "too_many_plans":
			return web.Faults{"key": e.Message}
		case "name_taken":
			return web.Faults{"name": e.Message}
		}
	}
	faults, _ := web.FaultsOf(err)
	return faults
}

func (v planView) answer(status int) web.Response {
	page := v.c.Page(v.title(v.c.Context()))
	page.Narrow = true
	return web.RenderStatus(status, planPage(page, v))
}
