package field

import (
	"net/http"
	"strings"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Pages are the page 'Custom fields' of the settings, and the forms behind it.
func Pages(k *web.Kit) {
	const list = "/o/{org}/settings/custom-fields"
	web.Page(k, "GET "+list, showList, web.For(Page))
	web.Page(k, "GET "+list+"/new", showNew, web.For(Page))
	web.Page(k, "POST "+list, submitNew, web.For(Page, Create))
	web.Page(k, "GET "+list+"/{id}/edit", showEdit, web.For(Page))
	web.Page(k, "POST "+list+"/{id}/edit", submitEdit, web.For(Page, Change))
	web.Page(k, "POST "+list+"/{id}/move", submitMove, web.For(Change))
	web.Page(k, "GET "+list+"/{id}/delete", askToDelete, web.For(Ask))
	web.Page(k, "POST "+list+"/{id}/delete", submitDeletion, web.For(Delete))
}

func path(c *web.Context, more ...string) string {
	return c.Path(append([]string{"settings", "custom-fields"}, more...)...)
}

func showList(c *web.Context) (web.Response, error) {
	all, err := web.Do(c, Page, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	return web.Render(listPage(c.Page(lang.T(c.Context(), "Custom fields")), listView{c, all.Items})), nil
}

// form is the form about a field as it was sent.
type form struct {
	New
	Lines   string `form:"choices"` // one choice in each
	Version int64  `form:"version"`
}

// choices are the lines that say something.
func (f form) choices() []string {
	var list []string
	for line := range strings.Lines(f.Lines) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

func showNew(c *web.Context) (web.Response, error) {
	if _, err := web.Do(c, Page, op.Nothing{}); err != nil {
		return web.Response{}, err
	}
	return formView{c: c, form: form{New: New{Kind: Text}}}.answer(http.StatusOK), nil
}

func submitNew(c *web.Context) (web.Response, error) {
	v := formView{c: c}
	if err := c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	in := v.form.New
	in.Choices = v.form.choices()
	made, err := web.Do(c, Create, in)
	if v.faults = faultsOf(err); v.faults != nil {
		return v.answer(http.StatusUnprocessableEntity), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The field %s is there now.", made.Name)})
	return web.Redirect(path(c)), nil
}

// faultsOf are the wrong fields of the form. That a key or name is taken is wrong
// with its field, too.
func faultsOf(err error) web.Faults {
	e, _ := err.(*errs.Error)
	switch {
	case errs.Is(err, "key_taken"):
		return web.Faults{"key": e.Message}
	case errs.Is(err, "name_taken"):
		return web.Faults{"name": e.Message}
	}
	faults, _ := web.FaultsOf(err)
	return faults
}

// one is the field that the address names, as it is.
func one(c *web.Context) (Field, error) {
	all, err := web.Do(c, Page, op.Nothing{})
	if err != nil {
		return Field{}, err
	}
	for _, f := range all.Items {
		if f.ID == refOf(c).ID {
			return f, nil
		}
	}
	return Field{}, errs.NotFound()
}

func refOf(c *web.Context) Ref { return Ref{ID: id.Field(c.Param("id"))} }

func showEdit(c *web.Context) (web.Response, error) {
	f, err := one(c)
	if err != nil {
		return web.Response{}, err
	}
	return formView{c: c, field: &f, form: formOf(f)}.answer(http.StatusOK), nil
}

func formOf(f Field) form {
	return form{
		New:   New{Key: f.Key, Name: f.Name, Kind: f.Kind, Required: f.Required, PersonMayEdit: f.PersonMayEdit},
		Lines: strings.Join(f.Choices, "\n"), Version: int64(f.Version),
	}
}

func submitEdit(c *web.Context) (web.Response, error) {
	f, err := one(c)
	if err != nil {
		return web.Response{}, err
	}
	v := formView{c: c, field: &f}
	if err := c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	v.form.Key, v.form.Kind = f.Key, f.Kind
	in := Update{
		ID: f.ID, Version: v.form.Version, Name: patch.To(v.form.Name), Required: patch.To(v.form.Required), PersonMayEdit: patch.To(v.form.PersonMayEdit),
	}
	if f.Kind == Choice {
		in.Choices = patch.To(v.form.choices())
	}
	_, err = web.Do(c, Change, in)
	switch v.faults = faultsOf(err); {
	case v.faults != nil:
		return v.answer(http.StatusUnprocessableEntity), nil
	case errs.Is(err, "version_conflict"):
		// What was typed stays; the next attempt is one on what is there now.
		v.form.Version, v.changed = int64(f.Version), true
		return v.answer(http.StatusPreconditionFailed), nil
	case err != nil:
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "Saved.")})
	return web.Redirect(path(c)), nil
}

func (v formView) answer(status int) web.Response {
	page := v.c.Page(v.title(v.c.Context()))
	page.Narrow = true
	return web.RenderStatus(status, formPage(page, v))
}

func submitMove(c *web.Context) (web.Response, error) {
	var in struct {
		To int `form:"to"`
	}
	if err := c.Bind(&in); err != nil {
		return web.Response{}, err
	}
	_, err := web.Do(c, Change, Update{ID: refOf(c).ID, Position: patch.To(in.To)})
	if _, beyond := web.FaultsOf(err); err != nil && !beyond { // beyond what is there by now: the page shows it
		return web.Response{}, err
	}
	return web.Redirect(path(c)), nil
}

func askToDelete(c *web.Context) (web.Response, error) {
	asked, err := web.Do(c, Ask, refOf(c))
	if err != nil {
		return web.Response{}, err
	}
	return web.Confirm(c, question(c, asked)), nil
}

func submitDeletion(c *web.Context) (web.Response, error) {
	if _, err := web.Do(c, Delete, Removal{ID: refOf(c).ID}); err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The field has been deleted.")})
	return web.Redirect(path(c)), nil
}
