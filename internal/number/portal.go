package number

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/user"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Pages are the page 'Numbers', those about one number, and the one on which a
// user gets a number.
func Pages(k *web.Kit) {
	web.Page(k, "GET /o/{org}/numbers", showList, web.For(List, Prepare))
	web.Page(k, "GET /o/{org}/numbers/new", showNew, web.For(Prepare))
	web.Page(k, "POST /o/{org}/numbers", submitNew, web.For(Prepare, Add))
	web.Page(k, "GET /o/{org}/numbers/{id}", showOne, web.For(Page))
	web.Page(k, "GET /o/{org}/numbers/{id}/edit", showEdit, web.For(Page))
	web.Page(k, "POST /o/{org}/numbers/{id}/edit", submitEdit, web.For(Page, Update))
	web.Page(k, "GET /o/{org}/numbers/{id}/assign", showAssign, web.For(Page))
	web.Page(k, "POST /o/{org}/numbers/{id}/assign", submitAssign, web.For(Page, Update))
	web.Page(k, "GET /o/{org}/numbers/{id}/free", askToFree, web.For(Get))
	web.Page(k, "POST /o/{org}/numbers/{id}/free", submitFreeing, web.For(Update))
	web.Page(k, "GET /o/{org}/numbers/{id}/delete", askToDelete, web.For(Get))
	web.Page(k, "POST /o/{org}/numbers/{id}/delete", submitDeletion, web.For(Get, Delete))
	web.Page(k, "GET /o/{org}/users/{id}/numbers", showGive, web.For(PageOfUser))
	web.Page(k, "POST /o/{org}/users/{id}/numbers", submitGift, web.For(PageOfUser, Give))
}

func showList(c *web.Context) (web.Response, error) {
	in := ListInput{
		Search: c.Query("q"), Kind: Kind(c.Query("kind")), Group: id.Group(c.Query("group")), Paging: op.Paging{Cursor: c.Query("cursor"), Count: true},
	}
	if yes, err := strconv.ParseBool(c.Query("assigned")); err == nil {
		in.Assigned = &yes
	}
	all, err := web.Do(c, Prepare, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	page, err := web.Do(c, List, in)
	if err != nil {
		return web.Response{}, err
	}
	v := listView{c: c, in: in, page: page, Overview: all}
	if c.Partial() {
		return web.Render(v.list()), nil
	}
	return web.Render(listPage(c.Page(lang.T(c.Context(), "Numbers")), v)), nil
}

func refOf(c *web.Context) Ref { return Ref{ID: id.Number(c.Param("id"))} }

func read(c *web.Context) (oneView, error) {
	s, err := web.Do(c, Page, refOf(c))
	return oneView{c: c, Shown: s}, err
}

func showOne(c *web.Context) (web.Response, error) {
	v, err := read(c)
	if err != nil {
		return web.Response{}, err
	}
	return web.Render(onePage(c.Page(v.Number.Shown()), v)), nil
}

// editForm is what is typed about a number that is there.
type editForm struct {
	Kind    Kind     `form:"kind"`
	Group   id.Group `form:"group_id"`
	Who     string   `form:"user"`
	Version int64    `form:"version"`
}

func showEdit(c *web.Context) (web.Response, error) {
	v, err := read(c)
	if err != nil {
		return web.Response{}, err
	}
	v.form = editForm{Kind: v.Number.Kind, Group: v.Number.Group, Version: int64(v.Number.Version)}
	return v.edit(http.StatusOK), nil
}

func (v oneView) edit(status int) web.Response {
	return web.RenderStatus(status, editPage(v.narrow(lang.T(v.c.Context(), "Edit number")), v))
}

func (v oneView) assign(status int) web.Response {
	return web.RenderStatus(status, assignPage(v.narrow(v.assignTitle(v.c.Context())), v))
}

func (v oneView) narrow(title string) ui.Page {
	page := v.c.Page(title)
	page.Narrow = true
	return page
}

func submitEdit(c *web.Context) (web.Response, error) {
	v, err := read(c)
	if err != nil {
		return web.Response{}, err
	}
	if err := c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	in := Change{ID: v.Number.ID, Version: v.form.Version, Kind: patch.To(v.form.Kind), Group: patch.To(v.form.Group)}
	return v.save(in, oneView.edit, lang.T(c.Context(), "Saved."))
}

func showAssign(c *web.Context) (web.Response, error) {
	v, err := read(c)
	if err != nil {
		return web.Response{}, err
	}
	v.form.Version = int64(v.Number.Version)
	return v.assign(http.StatusOK), nil
}

func submitAssign(c *web.Context) (web.Response, error) {
	v, err := read(c)
	if err != nil {
		return web.Response{}, err
	}
	if err := c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	if v.form.Who == "" {
		v.faults = web.Faults{"user_id": lang.T(c.Context(), "Enter the e-mail address or username of a user.")}
		return v.assign(http.StatusUnprocessableEntity), nil
	}
	in := Change{ID: v.Number.ID, Version: v.form.Version, Who: v.form.Who}
	return v.save(in, oneView.assign, lang.T(c.Context(), "The number has been assigned."))
}

// save changes the number, or shows the form again with what is wrong.
func (v oneView) save(in Change, again func(oneView, int) web.Response, said string) (web.Response, error) {
	_, err := web.Do(v.c, Update, in)
	switch v.faults = faultsOf(err); {
	case v.faults != nil:
		return again(v, http.StatusUnprocessableEntity), nil
	case errs.Is(err, "version_conflict"):
		v.form.Version, v.changed = int64(v.Number.Version), true
		return again(v, http.StatusPreconditionFailed), nil
	case err != nil:
		return web.Response{}, err
	}
	v.c.Flash(ui.Flash{Tone: ui.Good, Text: said})
	return web.Redirect(v.path()), nil
}

// conflicts are the fields to which refusals belong that are no wrong value by
// themselves.
var conflicts = map[string]string{
	"number_taken": "number", "main_number_exists": "kind", "number_in_use": "kind", "number_assigned": "number_id", "not_personal": "number_id",
	"no_number": "number_id", "deactivated": "user_id", "too_many_of_user": "user_id", "too_many_numbers": "number",
}

// faultsOf are the wrong fields of a form, nil if err speaks of none.
func faultsOf(err error) web.Faults {
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Kind == errs.KindConflict && conflicts[e.Code] != "" {
		return web.Faults{conflicts[e.Code]: e.Message}
	}
	faults, _ := web.FaultsOf(err)
	return faults
}

func askToFree(c *web.Context) (web.Response, error) {
	n, err := web.Do(c, Get, refOf(c))
	if err != nil {
		return web.Response{}, err
	}
	ctx, back := c.Context(), c.Path("numbers", string(n.ID))
	if n.User == "" {
		return web.Redirect(back), nil
	}
	return web.Confirm(c, ui.Confirm{
		Title: lang.T(ctx, "Free %s?", n.Shown()),
		Text:  lang.T(ctx, "%s loses the number at once, and it can be given to somebody else.", n.UserName),
		Verb:  lang.T(ctx, "Free number"), Action: back + "/free", Cancel: back,
		Fields: []ui.Pair{{Name: "version", Value: strconv.Itoa(n.Version)}},
	}), nil
}

func submitFreeing(c *web.Context) (web.Response, error) {
	var sent struct {
		Version int64 `form:"version"`
	}
	if err := c.Bind(&sent); err != nil {
		return web.Response{}, err
	}
	n, err := web.Do(c, Update, Change{ID: refOf(c).ID, Version: sent.Version, User: patch.ToNull[id.User]()})
	if err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "%s is free.", n.Shown())})
	return web.Redirect(c.Path("numbers", string(n.ID))), nil
}

func askToDelete(c *web.Context) (web.Response, error) {
	n, err := web.Do(c, Get, refOf(c))
	if err != nil {
		return web.Response{}, err
	}
	return web.Confirm(c, deletion(c, n, nil)), nil
}

// deletion asks, or says why the number cannot be deleted as things are.
func deletion(c *web.Context, n Number, refusal error) ui.Confirm {
	ctx := c.Context()
	q := ui.Confirm{Title: lang.T(ctx, "Delete the number %s?", n.Shown()), Cancel: c.Path("numbers", string(n.ID))}
	e, refused := errors.AsType[*errs.Error](refusal)
	switch {
	case n.User != "":
		q.Tally = []ui.Tally{{
			Text: lang.T(ctx, "It belongs to %s. Free it first.", n.UserName),
			Link: lang.T(ctx, "Free it…"), Href: c.Path("numbers", string(n.ID), "free"),
		}}
	case refused:
		q.Tally = []ui.Tally{{Text: e.Message}}
	default:
		q.Tally = []ui.Tally{{OK: true, Text: lang.T(ctx, "Nobody has it. It can be added again at any time.")}}
		q.Action, q.Verb, q.Danger = q.Cancel+"/delete", lang.T(ctx, "Delete number"), true
	}
	return q
}

func submitDeletion(c *web.Context) (web.Response, error) {
	n, err := web.Do(c, Get, refOf(c))
	if err != nil {
		return web.Response{}, err
	}
	_, err = web.Do(c, Delete, Version{ID: n.ID})
	if errs.Is(err, "number_assigned") || errs.Is(err, "number_in_use") {
		question := deletion(c, n, err)
		return web.RenderStatus(http.StatusConflict, questionPage(c.Page(question.Title), question)), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The number %s has been deleted.", n.Shown())})
	return web.Redirect(c.Path("numbers")), nil
}

func showGive(c *web.Context) (web.Response, error) {
	p, err := web.Do(c, PageOfUser, user.Ref{ID: id.User(c.Param("id"))})
	if err != nil {
		return web.Response{}, err
	}
	v := giveView{c: c, OfOne: p, number: string(InGroup)}
	return v.answer(http.StatusOK), nil
}

func (v giveView) answer(status int) web.Response {
	page := v.c.Page(lang.T(v.c.Context(), "Give a number"))
	page.Narrow = true
	return web.RenderStatus(status, givePage(page, v))
}

func submitGift(c *web.Context) (web.Response, error) {
	p, err := web.Do(c, PageOfUser, user.Ref{ID: id.User(c.Param("id"))})
	if err != nil {
		return web.Response{}, err
	}
	var sent struct {
		Number string `form:"number"`
	}
	if err := c.Bind(&sent); err != nil {
		return web.Response{}, err
	}
	gift := Gift{ID: p.User.ID}
	switch next := Next(sent.Number); next {
	case InGroup, Any:
		gift.Next = next
	default:
		gift.Number = id.Number(sent.Number)
	}
	n, err := web.Do(c, Give, gift)
	if faults := faultsOf(err); faults != nil {
		v := giveView{c: c, OfOne: p, number: sent.Number}
		for _, message := range faults { // the form has one field
			v.fault = message
		}
		return v.answer(http.StatusUnprocessableEntity), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "%s has the number %s now.", p.User.Name(), n.Shown())})
	return web.Redirect(c.Path("users", string(p.User.ID))), nil
}

// Options are those of a Select for a free number: none if it may be left open,
// the next one, or a certain one.
func Options(ctx context.Context, free []Number, selected string) []ui.Option {
	return append([]ui.Option{{Label: lang.T(ctx, "No number"), Selected: selected == ""}}, choices(ctx, free, selected)...)
}

func choices(ctx context.Context, free []Number, selected string) []ui.Option {
	options := []ui.Option{
		{Value: string(InGroup), Label: lang.T(ctx, "The next free one of their group"), Selected: selected == string(InGroup)},
		{Value: string(Any), Label: lang.T(ctx, "The next free one of any group"), Selected: selected == string(Any)},
	}
	for _, n := range free {
		options = append(options, ui.Option{Value: string(n.ID), Label: n.Shown(), Count: n.GroupName, Selected: selected == string(n.ID)})
	}
	return options
}
