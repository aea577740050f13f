package service

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

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
	if err := v.read(c); err != nil {
		return web.Response{}, err
	}
	made, err := web.Do(c, Subscribe, v.form)
	switch v.faults = daysFaults(err, "service"); {
	case v.faults != nil:
		return v.answer(http.StatusUnprocessableEntity), nil
	case err != nil:
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "%s is subscribed to %s.", s.Organization.Name, made.Called())})
	return web.Redirect(v.path("")), nil
}

// read takes the form as it was sent: what is bought as 'service' or
// 'service/plan', and a quantity that may be no number.
func (v *subscriptionsView) read(c *web.Context) error {
	var sent struct {
		What     string `form:"service"`
		Quantity string `form:"quantity"`
		StartsOn string `form:"starts_on"`
		EndsOn   string `form:"ends_on"`
	}
	if err := c.Bind(&sent); err != nil {
		return err
	}
	v.quantity = sent.Quantity
	v.form = NewSubscription{Quantity: quantityOf(sent.Quantity), StartsOn: sent.StartsOn, EndsOn: sent.EndsOn}
	v.form.Service, v.form.Plan, _ = strings.Cut(sent.What, "/")
	return nil
}

// quantityOf reads what somebody typed; what is no number is none that there can be.
func quantityOf(typed string) int {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return 0
	}
	n, err := strconv.Atoi(typed)
	if err != nil {
		return -1
	}
	return n
}

// daysFaults are the wrong fields of a form about a subscription. A conflict with
// another subscription is wrong with the field that is named.
func daysFaults(err error, field string) web.Faults {
	if e, ok := errors.AsType[*errs.Error](err); ok && (e.Code == "already_subscribed" || e.Code == "too_many_subscriptions" || e.Code == "licenses_needed") {
		return web.Faults{field: e.Message}
	}
	faults, _ := web.FaultsOf(err)
	if plan, wrong := faults["plan"]; wrong {
		faults[field] = plan
	}
	return faults
}

func (v subscriptionsView) answer(status int) web.Response {
	return web.RenderStatus(status, subscriptionsPage(v.c.Page(v.Organization.Name), v))
}

// termForm is the form about the days of a subscription.
type termForm struct {
	Version  int64  `form:"version"`
	Quantity string `form:"quantity"`
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
	v.form = termForm{int64(v.Subscription.Version), strconv.Itoa(v.Subscription.Quantity), v.Subscription.StartsOn, v.Subscription.EndsOn}
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
	in := Term{ID: v.Subscription.ID, Version: v.form.Version, StartsOn: patch.To(v.form.StartsOn), EndsOn: patch.To(v.form.EndsOn)}
	if v.Subscription.Plan != "" {
		in.Quantity = patch.To(quantityOf(v.form.Quantity))
	}
	now, err := web.Do(c, ChangeSubscription, in)
	switch v.faults = daysFaults(err, "starts_on"); {
	case v.faults != nil:
		return v.answer(http.StatusUnprocessableEntity), nil
	case errs.Is(err, "version_conflict"):
		v.form.Version, v.changed = int64(v.Subscription.Version), true
		return v.answer(http.StatusPreconditionFailed), nil
	case err != nil:
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The subscription to %s has been saved.", now.Called())})
	return web.Redirect(v.path("")), nil
}

func (v termView) answer(status int) web.Response {
	page := v.c.Page(lang.T(v.c.Context(), "Subscription to %s", v.Subscription.Called()))
	page.Narrow = true
	return web.RenderStatus(status, termPage(page, v))
}
