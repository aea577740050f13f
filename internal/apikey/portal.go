package apikey

import (
	"net/http"
	"time"

	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Pages are the page 'Integrations' of an organization, and the page 'Keys' of
// the operator: the same pages, with fewer words in one of them.
func Pages(k *web.Kit) {
	web.Page(k, "GET /o/{org}/integrations", showList(List), web.For(List))
	web.Page(k, "GET /o/{org}/integrations/keys/new", showForm, web.For(Prepare))
	web.Page(k, "POST /o/{org}/integrations/keys", submit, web.For(Prepare, Create))
	web.Page(k, "GET /o/{org}/integrations/keys/{id}/revoke", askToRevoke(Get), web.For(Get))
	web.Page(k, "POST /o/{org}/integrations/keys/{id}/revoke", submitRevocation(Revoke), web.For(Revoke))

	web.Page(k, "GET /operator/keys", showList(ListOperatorKeys), web.For(ListOperatorKeys))
	web.Page(k, "GET /operator/keys/new", showOperatorForm, web.For(PrepareOperatorKey))
	web.Page(k, "POST /operator/keys", submitOperatorKey, web.For(CreateOperatorKey))
	web.Page(k, "GET /operator/keys/{id}/revoke", askToRevoke(GetOperatorKey), web.For(GetOperatorKey))
	web.Page(k, "POST /operator/keys/{id}/revoke", submitRevocation(RevokeOperatorKey), web.For(RevokeOperatorKey))
}

// plane is where a page about keys stands.
type plane struct {
	c        *web.Context
	operator bool
}

func planeOf(c *web.Context) plane { return plane{c, c.Under("/operator")} }

// list is the address of the list of keys.
func (p plane) list() string {
	if p.operator {
		return "/operator/keys"
	}
	return p.c.Path("integrations")
}

// keys is the address below which the keys stand.
func (p plane) keys() string {
	if p.operator {
		return "/operator/keys"
	}
	return p.c.Path("integrations", "keys")
}

func (p plane) key(k Key, more string) string { return p.keys() + "/" + string(k.ID) + more }

func (p plane) title() string {
	if p.operator {
		return lang.T(p.c.Context(), "Keys")
	}
	return lang.T(p.c.Context(), "Integrations")
}

func showList(list op.Query[op.Paging, op.Page[Key]]) web.Handler {
	return func(c *web.Context) (web.Response, error) {
		in := op.Paging{Cursor: c.Query("cursor"), Count: true}
		page, err := web.Do(c, list, in)
		if err != nil {
			return web.Response{}, err
		}
		v := listView{plane: planeOf(c), page: page, cursor: in.Cursor}
		return web.Render(listPage(c.Page(v.title()), v)), nil
	}
}

// form is the form 'New API key' as it was sent.
type form struct {
	Name        string             `form:"name"`
	Permissions []authz.Permission `form:"permissions"`
	Days        int                `form:"expires_at"` // 0: never
}

// longest is the longest time that the form offers, in days.
const longest = 365

// expires is when the key is to end. What the form does not offer is refused
// by the command, as a time that has passed.
func (f form) expires(now time.Time) time.Time {
	switch {
	case f.Days == 0:
		return time.Time{}
	case f.Days < 0 || f.Days > longest:
		return now.Add(-time.Second)
	}
	return now.AddDate(0, 0, f.Days)
}

func showForm(c *web.Context) (web.Response, error) {
	offer, err := web.Do(c, Prepare, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	return formView{plane: planeOf(c), offer: offer.Permissions, form: form{Days: 90}}.answer(http.StatusOK), nil
}

func showOperatorForm(c *web.Context) (web.Response, error) {
	if _, err := web.Do(c, PrepareOperatorKey, op.Nothing{}); err != nil {
		return web.Response{}, err
	}
	return formView{plane: planeOf(c), form: form{Days: 90}}.answer(http.StatusOK), nil
}

func submit(c *web.Context) (web.Response, error) {
	offer, err := web.Do(c, Prepare, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	v := formView{plane: planeOf(c), offer: offer.Permissions}
	return v.create(func(f form) (Created, error) {
		return web.Do(c, Create, New{Name: f.Name, Permissions: f.Permissions, ExpiresAt: f.expires(c.Now())})
	})
}

func submitOperatorKey(c *web.Context) (web.Response, error) {
	return formView{plane: planeOf(c)}.create(func(f form) (Created, error) {
		return web.Do(c, CreateOperatorKey, NewOperatorKey{Name: f.Name, ExpiresAt: f.expires(c.Now())})
	})
}

// create makes a key of what was sent and shows it, this once: no address leads
// to this page again.
func (v formView) create(do func(form) (Created, error)) (web.Response, error) {
	var made Created
	err := v.c.Bind(&v.form)
	if err == nil {
		made, err = do(v.form)
	}
	if faults, ok := web.FaultsOf(err); ok {
		v.faults = faults
		return v.answer(http.StatusUnprocessableEntity), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	page := v.c.Page(lang.T(v.c.Context(), "Your new key"))
	page.Narrow = true
	return web.Render(createdPage(page, createdView{v.plane, made})), nil
}

func (v formView) answer(status int) web.Response {
	page := v.c.Page(lang.T(v.c.Context(), "New API key"))
	page.Narrow = true
	return web.RenderStatus(status, formPage(page, v))
}

func refOf(c *web.Context) Ref { return Ref{ID: id.Key(c.Param("id"))} }

func askToRevoke(get op.Query[Ref, Key]) web.Handler {
	return func(c *web.Context) (web.Response, error) {
		k, err := web.Do(c, get, refOf(c))
		if err != nil {
			return web.Response{}, err
		}
		p, ctx := planeOf(c), c.Context()
		return web.Confirm(c, ui.Confirm{
			Title:  lang.T(ctx, "Revoke the key %s?", k.Name),
			Tally:  p.tally(ctx, k),
			Action: p.key(k, "/revoke"), Verb: lang.T(ctx, "Revoke key"), Danger: true, Cancel: p.list(),
		}), nil
	}
}

func submitRevocation(revoke op.Command[Ref, op.Nothing]) web.Handler {
	return func(c *web.Context) (web.Response, error) {
		if _, err := web.Do(c, revoke, refOf(c)); err != nil {
			return web.Response{}, err
		}
		c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The key has been revoked.")})
		return web.Redirect(planeOf(c).list()), nil
	}
}
