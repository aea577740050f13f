package service

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"roster/internal/errs"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Pages are the operator's pages about services, and about the subscriptions of
// an organization.
func Pages(k *web.Kit) {
	web.Page(k, "GET /operator/services", showList, web.For(List))
	web.Page(k, "GET /operator/services/new", showNew, web.For(List))
	web.Page(k, "POST /operator/services", submitNew, web.For(Create))
	web.Page(k, "GET /operator/services/{key}", showEdit, web.For(Get, ListPlans))
	web.Page(k, "POST /operator/services/{key}", submitEdit, web.For(Get, ListPlans, Change))
	web.Page(k, "GET /operator/services/{key}/plans/new", showPlan, web.For(Get))
	web.Page(k, "POST /operator/services/{key}/plans", submitNewPlan, web.For(Get, CreatePlan))
	web.Page(k, "GET /operator/services/{key}/plans/{plan}", showPlan, web.For(Get, GetPlan))
	web.Page(k, "POST /operator/services/{key}/plans/{plan}", submitPlan, web.For(Get, GetPlan, ChangePlan))
	web.Page(k, "GET /operator/organizations/{org}/subscriptions", showSubscriptions, web.For(Show))
	web.Page(k, "POST /operator/organizations/{org}/subscriptions", submitSubscription, web.For(Show, Subscribe))
	web.Page(k, "GET /operator/organizations/{org}/subscriptions/{id}", showTerm, web.For(Show))
	web.Page(k, "POST /operator/organizations/{org}/subscriptions/{id}", submitTerm, web.For(Show, ChangeSubscription))
}

// place is the address of the operator's pages about services.
const place = "/operator/services"

func showList(c *web.Context) (web.Response, error) {
	in := ListInput{Search: c.Query("q"), Paging: op.Paging{Cursor: c.Query("cursor"), Count: true}}
	page, err := web.Do(c, List, in)
	if err != nil {
		return web.Response{}, err
	}
	v := listView{in: in, page: page}
	if c.Partial() {
		return web.Render(v.list()), nil
	}
	return web.Render(listPage(c.Page(lang.T(c.Context(), "Services")), v)), nil
}

// form is the form about a service as it was sent. Permissions are rows of a key,
// a name and two boxes; a box sends the number of its row. Rows without anything
// are there to be filled.
type form struct {
	Version         int64    `form:"version"`
	Key             string   `form:"key"`
	Name            string   `form:"name"`
	Link            string   `form:"link"`
	InstallText     string   `form:"install_text"`
	WelcomeText     string   `form:"welcome_text"`
	LicenseRequired bool     `form:"license_required"`
	UsesNumbers     bool     `form:"uses_numbers"`
	Keys            []string `form:"permission"`
	Names           []string `form:"permission_name"`
	Everybody       []int    `form:"everybody"`
	Delivery        []int    `form:"delivery"`
	More            bool     `form:"more"` // the button for more rows
}

// permissions are the rows that say something, in order.
func (f form) permissions() []Permission {
	rows := []Permission{}
	for i, key := range f.Keys {
		p := Permission{Key: strings.TrimSpace(key), Everybody: slices.Contains(f.Everybody, i), Delivery: slices.Contains(f.Delivery, i)}
		if i < len(f.Names) {
			p.Name = strings.TrimSpace(f.Names[i])
		}
		if p != (Permission{}) {
			rows = append(rows, p)
		}
	}
	return rows
}

// input is what the form says of the service.
func (f form) input() Input {
	return Input{
		Name: patch.To(f.Name), Link: patch.To(f.Link), InstallText: patch.To(f.InstallText), WelcomeText: patch.To(f.WelcomeText),
		LicenseRequired: patch.To(f.LicenseRequired), UsesNumbers: patch.To(f.UsesNumbers), Permissions: patch.To(f.permissions()),
	}
}

// formOf is the form with a service as it is.
func formOf(s Service) form {
	f := form{
		Version: int64(s.Version), Key: s.Key, Name: s.Name, Link: s.Link, InstallText: s.InstallText, WelcomeText: s.WelcomeText,
		LicenseRequired: s.LicenseRequired, UsesNumbers: s.UsesNumbers,
	}
	for i, p := range s.Permissions {
		f.Keys, f.Names = append(f.Keys, p.Key), append(f.Names, p.Name)
		if p.Everybody {
			f.Everybody = append(f.Everybody, i)
		}
		if p.Delivery {
			f.Delivery = append(f.Delivery, i)
		}
	}
	return f
}

// The ids of a row's fields.
func keyID(row int) string  { return "permission-" + strconv.Itoa(row) }
func nameID(row int) string { return "permission-name-" + strconv.Itoa(row) }

// faultsOf are the wrong fields of the form, by the ids that they have there.
// What conflicts with another service is wrong with its field, too.
func faultsOf(err error) web.Faults {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return nil
	}
	switch e.Code {
	case "service_exists", "too_many_services":
		return web.Faults{"key": e.Message}
	case "licenses_needed":
		return web.Faults{"license_required": e.Message}
	case "permission_taken", "validation_failed":
	default:
		return nil
	}
	faults := web.Faults{}
	for _, f := range e.Fields {
		faults[fieldID(f.Field)] = f.Message
	}
	return faults
}

// fieldID is the id of the field that has another name in the API.
func fieldID(field string) string {
	row, member, _ := strings.Cut(strings.TrimPrefix(field, "permissions["), "].")
	i, err := strconv.Atoi(row)
	switch {
	case field == "permissions":
		return keyID(0)
	case err != nil:
		return field
	case member == "name":
		return nameID(i)
	}
	return keyID(i)
}

// showNew asks for the list, so that the form is there for who may use it.
func showNew(c *web.Context) (web.Response, error) {
	if _, err := web.Do(c, List, ListInput{Paging: op.Paging{Limit: 1}}); err != nil {
		return web.Response{}, err
	}
	return formView{c: c}.answer(http.StatusOK), nil
}

func submitNew(c *web.Context) (web.Response, error) {
	return formView{c: c}.save(func(f form) (Service, error) { return web.Do(c, Create, New{Key: f.Key, Input: f.input()}) })
}

// read finds the service that the address names, with its plans.
func read(c *web.Context) (formView, error) {
	s, err := web.Do(c, Get, Ref{Key: c.Param("key")})
	if err != nil {
		return formView{}, err
	}
	plans, err := web.Do(c, ListPlans, Ref{Key: s.Key})
	return formView{c: c, service: &s, sold: plans.Items}, err
}

func showEdit(c *web.Context) (web.Response, error) {
	v, err := read(c)
	if err != nil {
		return web.Response{}, err
	}
	v.form = formOf(*v.service)
	return v.answer(http.StatusOK), nil
}

func submitEdit(c *web.Context) (web.Response, error) {
	v, err := read(c)
	if err != nil {
		return web.Response{}, err
	}
	s := v.service
	return v.save(func(f form) (Service, error) {
		return web.Do(c, Change, Update{Key: s.Key, Version: f.Version, Input: f.input()})
	})
}

// save does what the form asks for: shows it again with more rows, or with what
// is wrong, or goes on to the list.
func (v formView) save(do func(form) (Service, error)) (web.Response, error) {
	if err := v.c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	if v.form.More {
		v.more = true
		return v.answer(http.StatusOK), nil
	}
	s, err := do(v.form)
	switch v.faults = faultsOf(err); {
	case v.faults != nil:
		return v.answer(http.StatusUnprocessableEntity), nil
	case errs.Is(err, "version_conflict") && v.service != nil:
		// What was typed stays; the next attempt is one on what is there now.
		v.form.Version, v.changed = int64(v.service.Version), true
		return v.answer(http.StatusPreconditionFailed), nil
	case err != nil:
		return web.Response{}, err
	}
	said := lang.T(v.c.Context(), "The service %s is there. Now subscribe organizations to it.", s.Name)
	if v.service != nil {
		said = lang.T(v.c.Context(), "The service %s has been saved.", s.Name)
	}
	v.c.Flash(ui.Flash{Tone: ui.Good, Text: said})
	return web.Redirect(place), nil
}

func (v formView) answer(status int) web.Response {
	page := v.c.Page(v.title(v.c.Context()))
	page.Narrow = true
	return web.RenderStatus(status, formPage(page, v))
}
