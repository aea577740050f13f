package group

import (
	"context"
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

// Pages are the page 'Groups' and those about one group.
func Pages(k *web.Kit) {
	web.Page(k, "GET /o/{org}/groups", showList, web.For(List))
	web.Page(k, "GET /o/{org}/groups/new", showNew, web.For(Prepare))
	web.Page(k, "POST /o/{org}/groups", submitNew, web.For(Prepare, Create))
	web.Page(k, "GET /o/{org}/groups/{id}", showOne, web.For(Page))
	web.Page(k, "GET /o/{org}/groups/{id}/edit", showEdit, web.For(Page))
	web.Page(k, "POST /o/{org}/groups/{id}/edit", submitEdit, web.For(Page, Change))
	web.Page(k, "POST /o/{org}/groups/{id}/default", submitDefault, web.For(Change))
	web.Page(k, "GET /o/{org}/groups/{id}/delete", askToDelete, web.For(Page))
	web.Page(k, "POST /o/{org}/groups/{id}/delete", submitDeletion, web.For(Page, Delete))
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
	return web.Render(listPage(c.Page(lang.T(c.Context(), "Groups")), v)), nil
}

// form is the form about a group as it was sent. Settings are rows of a key and
// a value, in order; rows without either are there to be filled.
type form struct {
	Version  int64   `form:"version"`
	Name     string  `form:"name"`
	Default  bool    `form:"default"`
	Role     id.Role `form:"role_id"`
	Language string  `form:"language"`

	Teams []id.Team `form:"team_ids"`

	Keys   []string `form:"setting"`
	Values []string `form:"value"`
	More   bool     `form:"more"` // the button for more rows
}

// rows are the settings as they were sent, trimmed.
func (f form) rows() []setting {
	var rows []setting
	for i, key := range f.Keys {
		row := setting{key: strings.TrimSpace(key)}
		if i < len(f.Values) {
			row.value = strings.TrimSpace(f.Values[i])
		}
		if row != (setting{}) {
			rows = append(rows, row)
		}
	}
	return rows
}

// input is what the form says of the group. A setting without a value is left
// out; rows that make no setting are wrong, each by its number.
func (f form) input(ctx context.Context) (Input, web.Faults) {
	settings, faults := map[string]string{}, web.Faults{}
	for i, row := range f.rows() {
		_, twice := settings[row.key]
		switch {
		case row.value == "":
		case row.key == "":
			faults[keyField(i)] = lang.T(ctx, "Enter a name for this setting.")
		case twice:
			faults[keyField(i)] = lang.T(ctx, "This setting stands here twice.")
		default:
			settings[row.key] = row.value
		}
	}
	in := Input{
		Name: patch.To(f.Name), Settings: patch.To(settings),
		Defaults: patch.To(DefaultsChange{Role: patch.To(f.Role), Language: patch.To(f.Language), Teams: patch.To(f.Teams)}),
	}
	if f.Default {
		in.Default = patch.To(true)
	}
	return in, faults
}

func keyField(row int) string   { return "setting-" + strconv.Itoa(row) }
func valueField(row int) string { return "value-" + strconv.Itoa(row) }

// faultsOf are the wrong fields of the form, by the names that they have there.
func (f form) faultsOf(err error) web.Faults {
	if errs.Is(err, "name_taken") {
		e, _ := err.(*errs.Error)
		return web.Faults{"name": e.Message}
	}
	if errs.Is(err, "grant_exceeds_own") {
		e, _ := err.(*errs.Error)
		return web.Faults{"role_id": e.Message}
	}
	said, _ := web.FaultsOf(err)
	if said == nil {
		return nil
	}
	faults := web.Faults{}
	for field, message := range said {
		key, value := strings.CutPrefix(field, "settings.")
		switch {
		case field == "settings":
			faults[keyField(f.wrongKey())] = message
		case value:
			faults[valueField(f.rowOf(key))] = message
		default:
			faults[strings.TrimPrefix(field, "defaults.")] = message
		}
	}
	return faults
}

// wrongKey is the first row whose key cannot be.
func (f form) wrongKey() int {
	for i, row := range f.rows() {
		if row.value != "" && !keyForm.MatchString(row.key) {
			return i
		}
	}
	return 0
}

func (f form) rowOf(key string) int {
	for i, row := range f.rows() {
		if row.key == key {
			return i
		}
	}
	return 0
}

func showNew(c *web.Context) (web.Response, error) {
	offer, err := web.Do(c, Prepare, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	return formView{c: c, offer: offer}.answer(http.StatusOK), nil
}

func submitNew(c *web.Context) (web.Response, error) {
	offer, err := web.Do(c, Prepare, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	return formView{c: c, offer: offer}.save(func(in Input, _ int64) (Group, error) { return web.Do(c, Create, in) })
}

func refOf(c *web.Context) Ref { return Ref{ID: id.Group(c.Param("id"))} }

func showOne(c *web.Context) (web.Response, error) {
	p, err := web.Do(c, Page, refOf(c))
	if err != nil {
		return web.Response{}, err
	}
	return web.Render(onePage(c.Page(p.Group.Name), oneView{c, p})), nil
}

func showEdit(c *web.Context) (web.Response, error) {
	p, err := web.Do(c, Page, refOf(c))
	if err != nil {
		return web.Response{}, err
	}
	return formView{c: c, offer: p.Offer, group: &p.Group, form: formOf(p.Group)}.answer(http.StatusOK), nil
}

func submitEdit(c *web.Context) (web.Response, error) {
	p, err := web.Do(c, Page, refOf(c))
	if err != nil {
		return web.Response{}, err
	}
	v := formView{c: c, offer: p.Offer, group: &p.Group}
	return v.save(func(in Input, version int64) (Group, error) {
		return web.Do(c, Change, Update{ID: p.Group.ID, Version: version, Input: in})
	})
}

// save does what the form asks for: shows it again with more rows, or with what
// is wrong, or goes on to the group.
func (v formView) save(do func(in Input, version int64) (Group, error)) (web.Response, error) {
	if err := v.c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	if v.form.More {
		return v.answer(http.StatusOK), nil
	}
	v = v.keep()
	in, faults := v.form.input(v.c.Context())
	if v.faults = faults; len(faults) > 0 {
		return v.answer(http.StatusUnprocessableEntity), nil
	}
	g, err := do(in, v.form.Version)
	switch v.faults = v.form.faultsOf(err); {
	case v.faults != nil:
		return v.answer(http.StatusUnprocessableEntity), nil
	case errs.Is(err, "version_conflict") && v.group != nil:
		// What was typed stays; the next attempt is one on what is there now.
		v.form.Version, v.changed = int64(v.group.Version), true
		return v.answer(http.StatusPreconditionFailed), nil
	case err != nil:
		return web.Response{}, err
	}
	said := lang.T(v.c.Context(), "The group has been created.")
	if v.group != nil {
		said = lang.T(v.c.Context(), "Saved.")
	}
	v.c.Flash(ui.Flash{Tone: ui.Good, Text: said})
	return web.Redirect(v.c.Path("groups", string(g.ID))), nil
}

// keep leaves to the group the teams that the form had no box for: who may put
// nobody into them takes nobody out.
func (v formView) keep() formView {
	if v.group == nil {
		return v
	}
	for _, one := range v.group.Defaults.Teams {
		if !slices.ContainsFunc(v.offer.Teams, func(offered op.Named) bool { return offered.ID == string(one) }) {
			v.form.Teams = append(v.form.Teams, one)
		}
	}
	return v
}

func (v formView) answer(status int) web.Response {
	page := v.c.Page(v.title(v.c.Context()))
	page.Narrow = true
	return web.RenderStatus(status, formPage(page, v))
}

func submitDefault(c *web.Context) (web.Response, error) {
	g, err := web.Do(c, Change, Update{ID: refOf(c).ID, Input: Input{Default: patch.To(true)}})
	if err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "%s is the default group now.", g.Name)})
	return web.Redirect(c.Path("groups", string(g.ID))), nil
}

func askToDelete(c *web.Context) (web.Response, error) {
	p, err := web.Do(c, Page, refOf(c))
	if err != nil {
		return web.Response{}, err
	}
	return deleteView{c: c, PageOf: p}.answer(http.StatusOK), nil
}

func submitDeletion(c *web.Context) (web.Response, error) {
	p, err := web.Do(c, Page, refOf(c))
	if err != nil {
		return web.Response{}, err
	}
	v := deleteView{c: c, PageOf: p}
	var sent struct {
		To id.Group `form:"move_to"`
	}
	if err := c.Bind(&sent); err != nil {
		return web.Response{}, err
	}
	_, err = web.Do(c, Delete, Removal{ID: p.Group.ID, To: sent.To})
	faults, wrong := web.FaultsOf(err)
	switch {
	case wrong:
		v.fault = faults["move_to"]
		return v.answer(http.StatusUnprocessableEntity), nil
	case errs.Is(err, "group_in_use"), errs.Is(err, "default_group"):
		return v.answer(http.StatusConflict), nil // as things are now
	case err != nil:
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: v.done(c.Context(), sent.To)})
	return web.Redirect(c.Path("groups")), nil
}

func (v deleteView) done(ctx context.Context, to id.Group) string {
	if v.Group.Users == 0 || to == "" {
		return lang.T(ctx, "%s has been deleted.", v.Group.Name)
	}
	return lang.N(ctx, v.Group.Users, "%[2]s has been deleted. %[1]d user has moved to %[3]s.", "%[2]s has been deleted. %[1]d users have moved to %[3]s.",
		v.Group.Name, NameOf(v.Others, to))
}

// answer asks: in a dialog where script wants one, else on a page of its own.
func (v deleteView) answer(status int) web.Response {
	return web.ConfirmWith(v.c, status, v.question(v.c.Context()), v.target())
}
