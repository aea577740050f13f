package account

import (
	"errors"
	"net/http"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Pages are the page 'Accounts' and those about one account.
func Pages(k *web.Kit) {
	web.Page(k, "GET /o/{org}/accounts", showList, web.For(ReadOverview))
	web.Page(k, "GET /o/{org}/accounts/new", showNew, web.For(Page))
	web.Page(k, "POST /o/{org}/accounts", submitNew, web.For(Page, Create))
	web.Page(k, "GET /o/{org}/accounts/{id}", showOne, web.For(Page))
	web.Page(k, "GET /o/{org}/accounts/{id}/edit", showEdit, web.For(Page))
	web.Page(k, "POST /o/{org}/accounts/{id}/edit", submitEdit, web.For(Page, Change))
	web.Page(k, "GET /o/{org}/accounts/{id}/delete", askToDelete, web.For(Page))
	web.Page(k, "POST /o/{org}/accounts/{id}/delete", submitDeletion, web.For(Page, Delete))
}

// kindOr is the kind that somebody asks for, contract if they ask for none.
func kindOr(asked string) Kind {
	if Kind(asked) == Delivery {
		return Delivery
	}
	return Contract
}

func showList(c *web.Context) (web.Response, error) {
	in := ListInput{
		Filter: Filter{Kind: kindOr(c.Query("kind")), Search: c.Query("q"), Parent: id.Account(c.Query("parent_id")), Under: id.Account(c.Query("contract_account_id"))},
		Paging: op.Paging{Cursor: c.Query("cursor")},
	}
	if in.Under != "" {
		in.Parent = "" // one of both
	}
	o, err := web.Do(c, ReadOverview, in)
	if err != nil {
		return web.Response{}, err
	}
	v := listView{c: c, in: in, Overview: o}
	if c.Partial() {
		return web.Render(v.list()), nil
	}
	return web.Render(listPage(c.Page(lang.T(c.Context(), "Accounts")), v)), nil
}

// form is the form about an account as it was sent.
type form struct {
	Version   int64        `form:"version"`
	Kind      Kind         `form:"kind"`
	Name      string       `form:"name"`
	Parent    id.Account   `form:"parent_id"`
	Contracts []id.Account `form:"contract_account_ids"`
	Find      string       `form:"find"`
	Look      bool         `form:"look"` // the button that looks for more to choose from
}

func (f form) input() Input {
	in := Input{Name: patch.To(f.Name), Parent: patch.To(f.Parent)}
	if f.Kind == Delivery {
		in.Contracts = patch.To(IDs(f.Contracts))
	}
	return in
}

// chosen are the accounts that the form names, as they can be asked for in one
// statement: one that somebody made up may name more.
func (f form) chosen() []id.Account {
	return append([]id.Account{f.Parent}, f.Contracts[:min(len(f.Contracts), MaxLinks)]...)
}

// formOf is the form with an account as it is.
func formOf(a Account) form {
	return form{Version: int64(a.Version), Kind: a.Kind, Name: a.Name, Parent: a.Parent, Contracts: a.Contracts}
}

// faultsOf are the wrong fields of the form, by the names that they have there.
func faultsOf(err error) web.Faults {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		switch {
		case errs.Is(err, "name_taken"):
			return web.Faults{"name": e.Message}
		case errs.Is(err, "grant_exceeds_own"):
			return web.Faults{"parent_id": e.Message}
		}
	}
	faults, _ := web.FaultsOf(err)
	return faults
}

func accountOf(c *web.Context) id.Account { return id.Account(c.Param("id")) }

func showOne(c *web.Context) (web.Response, error) {
	p, err := web.Do(c, Page, Look{ID: accountOf(c)})
	if err != nil {
		return web.Response{}, err
	}
	return web.Render(onePage(c.Page(p.Account.Name), oneView{c, p})), nil
}

func showNew(c *web.Context) (web.Response, error) {
	f := form{Kind: kindOr(c.Query("kind")), Parent: id.Account(c.Query("parent_id"))}
	if under := id.Account(c.Query("contract_account_id")); under != "" && f.Kind == Delivery {
		f.Contracts = []id.Account{under}
	}
	p, err := web.Do(c, Page, Look{Kind: f.Kind, Chosen: f.chosen()})
	if err != nil {
		return web.Response{}, err
	}
	return formView{c: c, PageOf: p, form: f}.answer(http.StatusOK), nil
}

func showEdit(c *web.Context) (web.Response, error) {
	p, err := web.Do(c, Page, Look{ID: accountOf(c)})
	if err != nil {
		return web.Response{}, err
	}
	f := formOf(p.Account)
	if p, err = web.Do(c, Page, Look{ID: accountOf(c), Chosen: f.chosen()}); err != nil {
		return web.Response{}, err
	}
	return formView{c: c, PageOf: p, form: f}.answer(http.StatusOK), nil
}

func submitNew(c *web.Context) (web.Response, error) {
	return save(c, "", func(f form) (Account, error) { return web.Do(c, Create, New{Kind: f.Kind, Input: f.input()}) })
}

func submitEdit(c *web.Context) (web.Response, error) {
	of := accountOf(c)
	return save(c, of, func(f form) (Account, error) {
		return web.Do(c, Change, Update{ID: of, Version: f.Version, Input: f.input()})
	})
}

// save does what the form asks for: shows it again with more to choose from, or
// with what is wrong, or goes on to the account.
func save(c *web.Context, of id.Account, do func(form) (Account, error)) (web.Response, error) {
	v := formView{c: c}
	if err := c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	v.form.Kind = kindOr(string(v.form.Kind))
	a, err := Account{}, error(nil)
	if !v.form.Look {
		if a, err = do(v.form); err == nil {
			said := lang.T(c.Context(), "The account has been created.")
			if of != "" {
				said = lang.T(c.Context(), "Saved.")
			}
			c.Flash(ui.Flash{Tone: ui.Good, Text: said})
			return web.Redirect(c.Path("accounts", string(a.ID))), nil
		}
	}
	p, gone := web.Do(c, Page, Look{ID: of, Kind: v.form.Kind, Search: v.form.Find, Chosen: v.form.chosen()})
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
		v.form.Version, v.changed = int64(p.Account.Version), true
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
	p, err := web.Do(c, Page, Look{ID: accountOf(c)})
	if err != nil {
		return web.Response{}, err
	}
	return oneView{c, p}.ask(http.StatusOK), nil
}

func submitDeletion(c *web.Context) (web.Response, error) {
	_, err := web.Do(c, Delete, Removal{ID: accountOf(c)})
	if err != nil && !errs.Is(err, "account_in_use") {
		return web.Response{}, err
	}
	if err == nil {
		c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The account has been deleted.")})
		return web.Redirect(c.Path("accounts")), nil
	}
	p, gone := web.Do(c, Page, Look{ID: accountOf(c)})
	if gone != nil {
		return web.Response{}, gone
	}
	return oneView{c, p}.ask(http.StatusConflict), nil
}

// ask asks whether to delete: in a dialog where script wants one, else on a page
// of its own.
func (v oneView) ask(status int) web.Response {
	question := v.question(v.c.Context())
	if v.c.Partial() {
		return web.RenderStatus(status, deleteDialog(question))
	}
	return web.RenderStatus(status, deletePage(v.c.Page(question.Title), question))
}
