package team

import (
	"net/http"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/mailaddr"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Pages are the page 'Teams' and that of each team.
func Pages(k *web.Kit) {
	web.Page(k, "GET /o/{org}/teams", showList, web.For(List))
	web.Page(k, "GET /o/{org}/teams/new", showNew, web.For(List))
	web.Page(k, "POST /o/{org}/teams", submitNew, web.For(Create))
	web.Page(k, "GET /o/{org}/teams/{id}", showTeam, web.For(Show))
	web.Page(k, "GET /o/{org}/teams/{id}/edit", showEdit, web.For(Get))
	web.Page(k, "POST /o/{org}/teams/{id}/edit", submitEdit, web.For(Get, Change))
	web.Page(k, "GET /o/{org}/teams/{id}/delete", askToDelete, web.For(Show))
	web.Page(k, "POST /o/{org}/teams/{id}/delete", submitDeletion, web.For(Delete))
	web.Page(k, "POST /o/{org}/teams/{id}/members", submitMembers, web.For(Show, AddMembers))
	web.Page(k, "GET /o/{org}/teams/{id}/members/{user}/remove", askToRemove, web.For(Get, GetMember))
	web.Page(k, "POST /o/{org}/teams/{id}/members/{user}/remove", submitRemoval, web.For(RemoveMember))
}

func showList(c *web.Context) (web.Response, error) {
	in := ListInput{Search: c.Query("q"), Paging: op.Paging{Cursor: c.Query("cursor"), Count: true}}
	page, err := web.Do(c, List, in)
	if err != nil {
		return web.Response{}, err
	}
	v := listView{c: c, in: in, page: page}
	if c.Partial() {
		return web.Render(v.list()), nil
	}
	return web.Render(listPage(c.Page(lang.T(c.Context(), "Teams")), v)), nil
}

// form is what is typed about a team, new or not.
type form struct {
	Name        string `form:"name"`
	Description string `form:"description"`
	Version     int64  `form:"version"`
}

// showNew asks for the list, so that the form is there for who may use it.
func showNew(c *web.Context) (web.Response, error) {
	if _, err := web.Do(c, List, ListInput{Paging: op.Paging{Limit: 1}}); err != nil {
		return web.Response{}, err
	}
	return formView{c: c}.answer(http.StatusOK), nil
}

func submitNew(c *web.Context) (web.Response, error) {
	v := formView{c: c}
	if err := c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	made, err := web.Do(c, Create, New{Name: v.form.Name, Description: v.form.Description})
	if v.refused(err) {
		return v.answer(http.StatusUnprocessableEntity), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The team %s is there. Now add people to it.", made.Name)})
	return web.Redirect(c.Path("teams", string(made.ID))), nil
}

// refused takes what is wrong with the fields out of an error. A name that is
// taken is the field's fault, too.
func (v *formView) refused(err error) bool {
	if errs.Is(err, "team_exists") {
		v.faults = web.Faults{"name": lang.T(v.c.Context(), "There is a team with this name already.")}
		return true
	}
	var wrong bool
	v.faults, wrong = web.FaultsOf(err)
	return wrong
}

func (v formView) answer(status int) web.Response {
	page := v.c.Page(v.title(v.c.Context()))
	page.Narrow = true
	return web.RenderStatus(status, formPage(page, v))
}

func idOf(c *web.Context) id.Team { return id.Team(c.Param("id")) }

func shownOf(c *web.Context) (teamView, error) {
	v := teamView{c: c, in: MembersInput{ID: idOf(c), Search: c.Query("q"), Paging: op.Paging{Cursor: c.Query("cursor"), Count: true}}}
	var err error
	v.Shown, err = web.Do(c, Show, v.in)
	return v, err
}

func showTeam(c *web.Context) (web.Response, error) {
	v, err := shownOf(c)
	if err != nil {
		return web.Response{}, err
	}
	if c.Partial() {
		return web.Render(v.list()), nil
	}
	return web.Render(teamPage(c.Page(v.Team.Name), v)), nil
}

func showEdit(c *web.Context) (web.Response, error) {
	now, err := web.Do(c, Get, Ref{ID: idOf(c)})
	if err != nil {
		return web.Response{}, err
	}
	return formView{c: c, team: now, form: form{now.Name, now.Description, int64(now.Version)}}.answer(http.StatusOK), nil
}

func submitEdit(c *web.Context) (web.Response, error) {
	now, err := web.Do(c, Get, Ref{ID: idOf(c)})
	if err != nil {
		return web.Response{}, err
	}
	v := formView{c: c, team: now}
	if err := c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	_, err = web.Do(c, Change, Update{ID: now.ID, Version: v.form.Version, Name: patch.To(v.form.Name), Description: patch.To(v.form.Description)})
	switch {
	case v.refused(err):
		return v.answer(http.StatusUnprocessableEntity), nil
	case errs.Is(err, "version_conflict"):
		v.changed, v.form.Version = true, int64(now.Version)
		return v.answer(http.StatusPreconditionFailed), nil
	case err != nil:
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "Saved.")})
	return web.Redirect(c.Path("teams", string(now.ID))), nil
}

func askToDelete(c *web.Context) (web.Response, error) {
	v, err := shownOf(c)
	if err != nil {
		return web.Response{}, err
	}
	return web.Confirm(c, v.deletion(c.Context())), nil
}

func submitDeletion(c *web.Context) (web.Response, error) {
	if _, err := web.Do(c, Delete, Version{ID: idOf(c)}); err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The team has been deleted.")})
	return web.Redirect(c.Path("teams")), nil
}

// submitMembers adds people, and shows the outcome of each above the list. The
// field keeps what has to be corrected.
func submitMembers(c *web.Context) (web.Response, error) {
	var in struct {
		Members string `form:"members"`
	}
	if err := c.Bind(&in); err != nil {
		return web.Response{}, err
	}
	people := People{ID: idOf(c)}
	items, _ := mailaddr.ParseList(in.Members, MaxMembers+1)
	for _, i := range items {
		people.Members = append(people.Members, i.Text)
	}
	results, err := web.Do(c, AddMembers, people)
	faults, wrong := web.FaultsOf(err)
	if err != nil && !wrong {
		return web.Response{}, err
	}
	v, err := shownOf(c)
	if err != nil {
		return web.Response{}, err
	}
	v.faults = faults
	if wrong {
		v.typed = in.Members
		return web.RenderStatus(http.StatusUnprocessableEntity, teamPage(c.Page(v.Team.Name), v)), nil
	}
	v.results = &results
	for _, r := range results.Results {
		if r.Outcome == Unknown || r.Outcome == Ambiguous {
			v.typed += r.Member + "\n"
		}
	}
	return web.Render(teamPage(c.Page(v.Team.Name), v)), nil
}

func membershipOf(c *web.Context) Membership {
	return Membership{ID: idOf(c), User: id.User(c.Param("user"))}
}

func askToRemove(c *web.Context) (web.Response, error) {
	from, err := web.Do(c, Get, Ref{ID: idOf(c)})
	if err != nil {
		return web.Response{}, err
	}
	m, err := web.Do(c, GetMember, membershipOf(c))
	if err != nil {
		return web.Response{}, err
	}
	ctx, path := c.Context(), c.Path("teams", string(from.ID))
	return web.Confirm(c, ui.Confirm{
		Title:  lang.T(ctx, "Remove %s from %s?", m.Name, from.Name),
		Text:   lang.T(ctx, "They and the others of the team no longer see each other, unless they share another team. The account stays as it is."),
		Action: path + "/members/" + string(m.User) + "/remove",
		Verb:   lang.T(ctx, "Remove from the team"), Danger: true, Cancel: path,
	}), nil
}

func submitRemoval(c *web.Context) (web.Response, error) {
	if _, err := web.Do(c, RemoveMember, membershipOf(c)); err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The person is not in the team any more.")})
	return web.Redirect(c.Path("teams", string(idOf(c)))), nil
}
