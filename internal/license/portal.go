package license

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/service"
	"roster/internal/user"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Pages are the page 'Users & subscriptions' and the one on which a user's
// licenses are changed.
func Pages(k *web.Kit) {
	web.Page(k, "GET /o/{org}/licenses", showOverview, web.For(ShowPage))
	web.Page(k, "POST /o/{org}/licenses/{service}/default", submitDefault, web.For(ShowPage, SetDefault))
	web.Page(k, "GET /o/{org}/users/{id}/licenses", showOfUser, web.For(PageOfUser))
	web.Page(k, "POST /o/{org}/users/{id}/licenses/{service}", submitOfUser, web.For(PageOfUser, Assign, Remove))
}

func overview(c *web.Context) (overviewView, error) {
	p, err := web.Do(c, ShowPage, op.Nothing{})
	return overviewView{c: c, Page: p}, err
}

func (v overviewView) answer(status int) web.Response {
	return web.RenderStatus(status, overviewPage(v.c.Page(lang.T(v.c.Context(), "Users & subscriptions")), v))
}

func showOverview(c *web.Context) (web.Response, error) {
	v, err := overview(c)
	if err != nil {
		return web.Response{}, err
	}
	return v.answer(http.StatusOK), nil
}

// choiceForm is a plan, or a pool of it, as forms name them: 'plan' or 'plan/pool'.
type choiceForm struct {
	Choice string   `form:"choice"`
	Group  id.Group `form:"group_id"`
}

func (f choiceForm) parts() (plan string, pool id.SeatPool) {
	plan, rest, _ := strings.Cut(f.Choice, "/")
	return plan, id.SeatPool(rest)
}

func submitDefault(c *web.Context) (web.Response, error) {
	var f choiceForm
	if err := c.Bind(&f); err != nil {
		return web.Response{}, err
	}
	plan, pool := f.parts()
	if _, err := web.Do(c, SetDefault, Choice{Service: c.Param("service"), Group: f.Group, Plan: plan, Pool: pool}); err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "Saved. Who has a license keeps it.")})
	return web.Redirect(c.Path("licenses")), nil
}

func ofUser(c *web.Context) (userView, error) {
	p, err := web.Do(c, PageOfUser, user.Ref{ID: id.User(c.Param("id"))})
	return userView{c: c, OfUser: p}, err
}

func (v userView) answer(status int) web.Response {
	page := v.c.Page(lang.T(v.c.Context(), "Licenses of %s", v.User.Name()))
	page.Narrow = true
	return web.RenderStatus(status, userPage(page, v))
}

func showOfUser(c *web.Context) (web.Response, error) {
	v, err := ofUser(c)
	if err != nil {
		return web.Response{}, err
	}
	return v.answer(http.StatusOK), nil
}

func submitOfUser(c *web.Context) (web.Response, error) {
	v, err := ofUser(c)
	if err != nil {
		return web.Response{}, err
	}
	var f choiceForm
	if err := c.Bind(&f); err != nil {
		return web.Response{}, err
	}
	v.key, v.typed = c.Param("service"), f.Choice
	if plan, pool := f.parts(); plan != "" {
		_, err = web.Do(c, Assign, Assignment{User: v.User.ID, Service: v.key, Plan: plan, Pool: pool})
	} else {
		_, err = web.Do(c, Remove, Ref{User: v.User.ID, Service: v.key})
	}
	if e, ok := errors.AsType[*errs.Error](err); ok && (e.Kind == errs.KindConflict || e.Kind == errs.KindInvalid) {
		v.fault = e.Message
		if len(e.Fields) > 0 {
			v.fault = e.Fields[0].Message
		}
		return v.answer(http.StatusUnprocessableEntity), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "Saved.")})
	return web.Redirect(c.Path("users", string(v.User.ID))), nil
}

// part is one service with its plans, for forms.
type part struct {
	key, name string
	lines     []Line
}

func parts(lines []Line) []part {
	var list []part
	for _, l := range lines {
		if len(list) == 0 || list[len(list)-1].key != l.Service {
			list = append(list, part{key: l.Service, name: l.ServiceName})
		}
		last := &list[len(list)-1]
		last.lines = append(last.lines, l)
	}
	return list
}

// options are what can be chosen of a service: each named plan, and each pool of
// a seat plan. now is chosen.
func (p part) options(ctx context.Context, pools []Pool, now string) []ui.Option {
	var list []ui.Option
	add := func(value, label string) {
		list = append(list, ui.Option{Value: value, Label: label, Selected: value == now})
	}
	for _, l := range p.lines {
		switch {
		case l.Model == service.Seat:
			for _, pool := range pools {
				if pool.Service == l.Service && pool.Plan == l.Plan {
					add(l.Plan+"/"+string(pool.ID), lang.T(ctx, "%s, pool %s", l.PlanName, pool.Name))
				}
			}
		case !l.InForce:
			add(l.Plan, lang.T(ctx, "%s (ended)", l.PlanName))
		default:
			add(l.Plan, lang.T(ctx, "%s (%s free)", l.PlanName, lang.Number(ctx, l.Free)))
		}
	}
	return list
}

// written is a choice as forms name it.
func written(plan string, pool id.SeatPool) string {
	if pool == "" {
		return plan
	}
	return plan + "/" + string(pool)
}
