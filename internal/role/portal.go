package role

import (
	"errors"
	"net/http"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Pages are the page 'Roles' and those about one role.
func Pages(k *web.Kit) {
	web.Page(k, "GET /o/{org}/roles", showList, web.For(ReadOverview))
	web.Page(k, "GET /o/{org}/roles/new", showNew, web.For(Page))
	web.Page(k, "POST /o/{org}/roles", submitNew, web.For(Page, Create))
	web.Page(k, "GET /o/{org}/roles/{id}", showOne, web.For(Page))
	web.Page(k, "GET /o/{org}/roles/{id}/edit", showEdit, web.For(Page))
	web.Page(k, "POST /o/{org}/roles/{id}/edit", submitEdit, web.For(Page, Change))
	web.Page(k, "GET /o/{org}/roles/{id}/delete", askToDelete, web.For(Page))
	web.Page(k, "POST /o/{org}/roles/{id}/delete", submitDeletion, web.For(Page, Delete))
}

func showList(c *web.Context) (web.Response, error) {
	o, err := web.Do(c, ReadOverview, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	return web.Render(listPage(c.Page(lang.T(c.Context(), "Roles")), listView{c, o})), nil
}

// form is the form about a role as it was sent.
type form struct {
	Version     int64              `form:"version"`
	Name        string             `form:"name"`
	Description string             `form:"description"`
	Permissions []authz.Permission `form:"permissions"`
	Groups      []id.Group         `form:"group_ids"`
	Teams       []id.Team          `form:"team_ids"`
	Accounts    []id.Account       `form:"account_ids"`
	Find        string             `form:"find"`
	Look        bool               `form:"look"` // the button that looks for more to be limited to
}

func (f form) limits() authz.Limits {
	return authz.Limits{Groups: f.Groups, Teams: f.Teams, Accounts: f.Accounts}
}

// chosen are the limits as they can be asked for in one statement: a form that
// somebody made up may hold more.
func (f form) chosen() authz.Limits {
	return authz.Limits{
		Groups: f.Groups[:min(len(f.Groups), MaxLimits)], Teams: f.Teams[:min(len(f.Teams), MaxLimits)], Accounts: f.Accounts[:min(len(f.Accounts), MaxLimits)],
	}
}

func (f form) input() Input {
	return Input{
		Name: patch.To(f.Name), Description: patch.To(f.Description),
		Permissions: patch.To(Permissions(f.Permissions)), Limits: patch.To(f.limits()),
	}
}

// formOf is the form with a role as it is.
func formOf(r Role) form {
	return form{
		Version: int64(r.Version), Name: r.Name, Description: r.Description, Permissions: r.Permissions,
		Groups: r.Limits.Groups, Teams: r.Limits.Teams, Accounts: r.Limits.Accounts,
	}
}

// faultsOf are the wrong fields of the form, by the names that they have there.
func faultsOf(err error) web.Faults {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		switch {
		case errs.Is(err, "name_taken"):
			return web.Faults{"name": e.Message}
		case errs.Is(err, "grant_exceeds_own"):
			return web.Faults{"permissions": e.Message}
		}
	}
	faults, _ := web.FaultsOf(err)
	return faults
}

func roleOf(c *web.Context) id.Role { return id.Role(c.Param("id")) }

func showOne(c *web.Context) (web.Response, error) {
	p, err := web.Do(c, Page, Look{ID: roleOf(c)})
	if err != nil {
		return web.Response{}, err
	}
	return web.Render(onePage(c.Page(p.Role.Name), oneView{c, p})), nil
}

func showNew(c *web.Context) (web.Response, error) {
	p, err := web.Do(c, Page, Look{})
	if err != nil {
		return web.Response{}, err
	}
	return formView{c: c, PageOf: p}.answer(http.StatusOK), nil
}

func showEdit(c *web.Context) (web.Response, error) {
	p, err := web.Do(c, Page, Look{ID: roleOf(c)})
	if err != nil {
		return web.Response{}, err
	}
	if p.Refusal != "" { // the page of the role says why
		return web.Redirect(c.Path("roles", string(p.Role.ID))), nil
	}
	return formView{c: c, PageOf: p, form: formOf(p.Role)}.answer(http.StatusOK), nil
}

func submitNew(c *web.Context) (web.Response, error) {
	return save(c, "", func(in Input, _ int64) (Role, error) { return web.Do(c, Create, in) })
}

func submitEdit(c *web.Context) (web.Response, error) {
	of := roleOf(c)
	return save(c, of, func(in Input, version int64) (Role, error) {
		return web.Do(c, Change, Update{ID: of, Version: version, Input: in})
	})
}

// save does what the form asks for: shows it again with more to choose from, or
// with what is wrong, or goes on to the role.
func save(c *web.Context, of id.Role, do func(in Input, version int64) (Role, error)) (web.Response, error) {
	v := formView{c: c}
	if err := c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	r, err := Role{}, error(nil)
	if !v.form.Look {
		if r, err = do(v.form.input(), v.form.Version); err == nil {
			said := lang.T(c.Context(), "The role has been created.")
			if of != "" {
				said = lang.T(c.Context(), "Saved.")
			}
			c.Flash(ui.Flash{Tone: ui.Good, Text: said})
			return web.Redirect(c.Path("roles", string(r.ID))), nil
		}
	}
	p, gone := web.Do(c, Page, Look{ID: of, Search: v.form.Find, Chosen: v.form.chosen()})
	if gone != nil {
		return web.Response{}, gone
	}
	v.PageOf, v.faults = p, faultsOf(err)
	switch {
	case v.form.Look:
		return v.answer(http.StatusOK), nil
	case v.faults != nil:
		return v.answer(http.StatusUnprocessableEntity), nil
	case errs.Is(err, "version_conflict") && of != "":
		// What was typed stays; the next attempt is one on what is there now.
		v.form.Version, v.changed = int64(p.Role.Version), true
		return v.answer(http.StatusPreconditionFailed), nil
	}
	return web.Response{}, err
}

func (v formView) answer(status int) web.Response {
	page := v.c.Page(v.title(v.c.Context()))
	page.Narrow = true
	return web.RenderStatus(status, formPage(page, v))
}

func askToDelete(c *web.Context) (web.Response, error) {
	p, err := web.Do(c, Page, Look{ID: roleOf(c)})
	if err != nil {
		return web.Response{}, err
	}
	return deleteView{oneView{c, p}}.answer(http.StatusOK), nil
}

func submitDeletion(c *web.Context) (web.Response, error) {
	_, err := web.Do(c, Delete, Removal{ID: roleOf(c)})
	if err != nil && !errs.Is(err, "role_in_use") && !errs.Is(err, "built_in_role") && !errs.Is(err, "target_above_caller") {
		return web.Response{}, err
	}
	if err == nil {
		c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The role has been deleted.")})
		return web.Redirect(c.Path("roles")), nil
	}
	p, gone := web.Do(c, Page, Look{ID: roleOf(c)})
	if gone != nil {
		return web.Response{}, gone
	}
	return deleteView{oneView{c, p}}.answer(http.StatusConflict), nil
}

// answer asks: in a dialog where script wants one, else on a page of its own.
func (v deleteView) answer(status int) web.Response {
	question := v.question(v.c.Context())
	if v.c.Partial() {
		return web.RenderStatus(status, deleteDialog(question))
	}
	return web.RenderStatus(status, deletePage(v.c.Page(question.Title), question))
}
