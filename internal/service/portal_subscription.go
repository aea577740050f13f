package service

import (
	"errors"
	"net/http"
	"slices"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/web"
	"roster/internal/web/ui"
)

func showSubscriptions(c *web.Context) (web.Response, error) {
	s, err := web.Do(c, Show, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	return subscriptionsView{c: c, Shown: s, form: NewSubscription{StartsOn: s.Today}}.answer(http.StatusOK), nil
}

func submitSubscription(c *web.Context) (web.Response, error) {
	s, err := web.Do(c, Show, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	v := subscriptionsView{c: c, Shown: s}
	if err := c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	made, err := web.Do(c, Subscribe, v.form)
	switch v.faults = daysFaults(err, "service"); {
	case v.faults != nil:
		return v.answer(http.StatusUnprocessableEntity), nil
	case err != nil:
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "%s is subscribed to %s.", s.Organization.Name, made.ServiceName)})
	return web.Redirect(v.path("")), nil
}

// daysFaults are the wrong fields of a form about a subscription. A conflict with
// another subscription is wrong with the field that is named.
func daysFaults(err error, field string) web.Faults {
	if e, ok := errors.AsType[*errs.Error](err); ok && (e.Code == "already_subscribed" || e.Code == "too_many_subscriptions") {
		return web.Faults{field: e.Message}
	}
	faults, _ := web.FaultsOf(err)
	return faults
}

func (v subscriptionsView) answer(status int) web.Response {
	return web.RenderStatus(status, subscriptionsPage(v.c.Page(v.Organization.Name), v))
}

// termForm is the form about the days of a subscription.
type termForm struct {
	Version  int64  `form:"version"`
	StartsOn string `form:"starts_on"`
	EndsOn   string `form:"ends_on"`
}

// termOf finds the subscription that the address names among the organization's.
func termOf(c *web.Context) (termView, error) {
	s, err := web.Do(c, Show, op.Nothing{})
	if err != nil {
		return termView{}, err
	}
	one := id.Subscription(c.Param("id"))
	at := slices.IndexFunc(s.Subscriptions, func(x Subscription) bool { return x.ID == one })
	if at < 0 {
		return termView{}, errs.NotFound()
	}
	return termView{c: c, Shown: s, Subscription: s.Subscriptions[at]}, nil
}

func showTerm(c *web.Context) (web.Response, error) {
	v, err := termOf(c)
	if err != nil {
		return web.Response{}, err
	}
	v.form = termForm{int64(v.Subscription.Version), v.Subscription.StartsOn, v.Subscription.EndsOn}
	return v.answer(http.StatusOK), nil
}

func submitTerm(c *web.Context) (web.Response, error) {
	v, err := termOf(c)
	if err != nil {
		return web.Response{}, err
	}
	if err := c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	now, err := web.Do(c, ChangeSubscription, Term{
		ID: v.Subscription.ID, Version: v.form.Version, StartsOn: patch.To(v.form.StartsOn), EndsOn: patch.To(v.form.EndsOn),
	})
	switch v.faults = daysFaults(err, "starts_on"); {
	case v.faults != nil:
		return v.answer(http.StatusUnprocessableEntity), nil
	case errs.Is(err, "version_conflict"):
		v.form.Version, v.changed = int64(v.Subscription.Version), true
		return v.answer(http.StatusPreconditionFailed), nil
	case err != nil:
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The subscription to %s has been saved.", now.ServiceName)})
	return web.Redirect(v.path("")), nil
}

func (v termView) answer(status int) web.Response {
	page := v.c.Page(lang.T(v.c.Context(), "Subscription to %s", v.Subscription.ServiceName))
	page.Narrow = true
	return web.RenderStatus(status, termPage(page, v))
}
