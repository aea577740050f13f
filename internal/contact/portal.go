package contact

import (
	"net/http"

	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Pages are the page 'Contacts', which everybody has.
func Pages(k *web.Kit) {
	web.Page(k, "GET /o/{org}/contacts", showList, web.For(List))
	web.Page(k, "POST /o/{org}/contacts", submit, web.For(List, Add))
	web.Page(k, "GET /o/{org}/contacts/{user}/photo", showPhoto, web.For(Photo), web.Frameless)
	web.Page(k, "GET /o/{org}/contacts/{id}/remove", askToRemove, web.For(Get))
	web.Page(k, "POST /o/{org}/contacts/{id}/remove", submitRemoval, web.For(Remove))
}

func read(c *web.Context) (listView, error) {
	v := listView{c: c, in: ListInput{Search: c.Query("q"), Paging: op.Paging{Cursor: c.Query("cursor"), Count: true}}}
	var err error
	v.page, err = web.Do(c, List, v.in)
	return v, err
}

func (v listView) answer(status int) web.Response {
	return web.RenderStatus(status, listPage(v.c.Page(lang.T(v.c.Context(), "Contacts")), v))
}

func showList(c *web.Context) (web.Response, error) {
	v, err := read(c)
	if err != nil {
		return web.Response{}, err
	}
	if c.Partial() {
		return web.Render(v.list()), nil
	}
	return v.answer(http.StatusOK), nil
}

func submit(c *web.Context) (web.Response, error) {
	var in New
	if err := c.Bind(&in); err != nil {
		return web.Response{}, err
	}
	made, err := web.Do(c, Add, in)
	if faults, ok := web.FaultsOf(err); ok {
		v, err := read(c)
		if err != nil {
			return web.Response{}, err
		}
		v.form, v.faults = in, faults
		return v.answer(http.StatusUnprocessableEntity), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "%s is among your contacts.", made.Name)})
	return web.Redirect(c.Path("contacts")), nil
}

func showPhoto(c *web.Context) (web.Response, error) {
	p, err := web.Do(c, Photo, PhotoOf{ID: id.User(c.Param("user"))})
	if err != nil {
		return web.Response{}, err
	}
	return p.Response(), nil
}

func askToRemove(c *web.Context) (web.Response, error) {
	one, err := web.Do(c, Get, Ref{ID: id.Contact(c.Param("id"))})
	if err != nil {
		return web.Response{}, err
	}
	ctx := c.Context()
	return web.Confirm(c, ui.Confirm{
		Title:  lang.T(ctx, "Remove %s from your contacts?", one.Name),
		Text:   lang.T(ctx, "What you have written down about them is gone then. Nobody else is affected."),
		Action: c.Path("contacts", string(one.ID), "remove"), Verb: lang.T(ctx, "Remove contact"), Danger: true, Cancel: c.Path("contacts"),
	}), nil
}

func submitRemoval(c *web.Context) (web.Response, error) {
	if _, err := web.Do(c, Remove, Ref{ID: id.Contact(c.Param("id"))}); err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The contact has been removed.")})
	return web.Redirect(c.Path("contacts")), nil
}
