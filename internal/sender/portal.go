package sender

import (
	"net/http"
	"slices"
	"strings"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Pages are the page 'Unlisted senders' of the settings, and the form for a policy.
func Pages(k *web.Kit) {
	web.Page(k, "GET /o/{org}/settings/senders", showList, web.For(Page, Check))
	web.Page(k, "GET /o/{org}/settings/senders/new", showNew, web.For(Page))
	web.Page(k, "POST /o/{org}/settings/senders", submitNew, web.For(Page, Put), web.MaxBody(maxBody))
	web.Page(k, "GET /o/{org}/settings/senders/policies/{service}", showEdit, web.For(Page))
	web.Page(k, "POST /o/{org}/settings/senders/policies/{service}", submitEdit, web.For(Page, Put), web.MaxBody(maxBody))
	web.Page(k, "GET /o/{org}/settings/senders/policies/{service}/delete", askToDelete, web.For(Page))
	web.Page(k, "POST /o/{org}/settings/senders/policies/{service}/delete", submitDeletion, web.For(Delete))
}

// showList shows the policies, and the verdict on an address that was asked about.
func showList(c *web.Context) (web.Response, error) {
	s, err := web.Do(c, Page, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	v := listView{c: c, Shown: s, asked: Question{Service: c.Query("service"), Email: strings.TrimSpace(c.Query("email"))}}
	status := http.StatusOK
	if s.MayCheck && v.asked.Email != "" {
		verdict, err := web.Do(c, Check, v.asked)
		if faults, wrong := web.FaultsOf(err); wrong {
			v.faults, status = faults, http.StatusUnprocessableEntity
		} else if err != nil {
			return web.Response{}, err
		} else {
			v.verdict = &verdict
		}
	}
	page := c.Page(lang.T(c.Context(), "Unlisted senders"))
	page.Narrow = true
	return web.RenderStatus(status, listPage(page, v)), nil
}

// form is the form for a policy as it was sent. Long lists come in several fields.
type form struct {
	Service   string    `form:"service"`
	Enabled   bool      `form:"enabled"`
	Domains   string    `form:"domains"`
	Addresses []string  `form:"addresses"`
	Blocked   []string  `form:"blocked"`
	Language  string    `form:"language"`
	Number    id.Number `form:"number_id"`
	Group     id.Group  `form:"group_id"`
	Version   int64     `form:"version"`
}

func (f form) input() Input {
	return Input{
		Version: f.Version, Service: strings.TrimSpace(f.Service), Enabled: f.Enabled, Domains: lines(f.Domains), Addresses: lines(f.Addresses...),
		Blocked: lines(f.Blocked...), Language: f.Language, Number: f.Number, Group: f.Group,
	}
}

// lines takes lists apart at line breaks, commas, semicolons and tabs.
func lines(texts ...string) []string {
	var list []string
	for _, text := range texts {
		for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("\r\n\t,;", r) }) {
			if line = strings.TrimSpace(line); line != "" {
				list = append(list, line)
			}
		}
	}
	return list
}

// inField is how many addresses stand in one field of the form.
const inField = 1000

// fields are the addresses as the form shows them, with an empty field more where
// they are many.
func fields(list []string) []string {
	var texts []string
	for some := range slices.Chunk(list, inField) {
		texts = append(texts, strings.Join(some, "\n"))
	}
	if len(texts) == 0 || len(list) > inField/2 && len(list) < MaxAddresses {
		texts = append(texts, "")
	}
	return texts
}

func formOf(p Policy) form {
	return form{
		p.Service, p.Enabled, strings.Join(p.Domains, "\n"), fields(p.Addresses), fields(p.Blocked), p.Language, p.Number, p.Group, int64(p.Version),
	}
}

// begin reads what the form offers, and finds the policy that the address names.
func begin(c *web.Context, service string) (formView, error) {
	s, err := web.Do(c, Page, op.Nothing{})
	if err != nil {
		return formView{}, err
	}
	if !s.Available {
		return formView{}, featureOff()
	}
	v := formView{c: c, Shown: s}
	if service == "" {
		v.form = formOf(Policy{Enabled: true})
		return v, nil
	}
	at := slices.IndexFunc(s.Policies, func(p Policy) bool { return p.Service == service })
	if at < 0 {
		return v, errs.NotFound()
	}
	v.policy, v.form = &s.Policies[at], formOf(s.Policies[at])
	return v, nil
}

func showNew(c *web.Context) (web.Response, error) {
	v, err := begin(c, "")
	if err != nil {
		return web.Response{}, err
	}
	return v.answer(http.StatusOK), nil
}

func submitNew(c *web.Context) (web.Response, error) {
	v, err := begin(c, "")
	if err != nil {
		return web.Response{}, err
	}
	v.form = form{}
	if err := c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	if slices.ContainsFunc(v.Policies, func(p Policy) bool { return p.Service == strings.TrimSpace(v.form.Service) }) {
		v.faults = web.Faults{"service": lang.T(c.Context(), "This service has a policy already. Edit that one.")}
		return v.answer(http.StatusUnprocessableEntity), nil
	}
	v.form.Version = 0
	return v.save()
}

func showEdit(c *web.Context) (web.Response, error) {
	v, err := begin(c, c.Param("service"))
	if err != nil {
		return web.Response{}, err
	}
	return v.answer(http.StatusOK), nil
}

func submitEdit(c *web.Context) (web.Response, error) {
	v, err := begin(c, c.Param("service"))
	if err != nil {
		return web.Response{}, err
	}
	v.form = form{}
	if err := c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	v.form.Service = v.policy.Service
	return v.save()
}

// save sets the policy, or shows the form again with what is wrong.
func (v formView) save() (web.Response, error) {
	p, err := web.Do(v.c, Put, v.form.input())
	var wrong bool
	switch v.faults, wrong = web.FaultsOf(err); {
	case wrong:
		return v.answer(http.StatusUnprocessableEntity), nil
	case errs.Is(err, "version_conflict") && v.policy != nil:
		v.form.Version, v.changed = int64(v.policy.Version), true
		return v.answer(http.StatusPreconditionFailed), nil
	case err != nil:
		return web.Response{}, err
	}
	v.c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(v.c.Context(), "The policy for %s has been saved.", p.Service)})
	return web.Redirect(v.c.Path("settings", "senders")), nil
}

func (v formView) answer(status int) web.Response {
	for _, list := range []*[]string{&v.form.Addresses, &v.form.Blocked} {
		if len(*list) == 0 {
			*list = []string{""} // there is a field to type into
		}
	}
	page := v.c.Page(v.title(v.c.Context()))
	page.Narrow = true
	return web.RenderStatus(status, formPage(page, v))
}

func askToDelete(c *web.Context) (web.Response, error) {
	v, err := begin(c, c.Param("service"))
	if err != nil {
		return web.Response{}, err
	}
	ctx, back := c.Context(), c.Path("settings", "senders", "policies", v.policy.Service)
	return web.Confirm(c, ui.Confirm{
		Title: lang.T(ctx, "Delete the policy for %s?", v.policy.Service),
		Text:  lang.T(ctx, "From the next e-mail on, only users may use the service. What the policy lists is deleted; to keep it for later, switch the policy off instead."),
		Verb:  lang.T(ctx, "Delete policy"), Danger: true, Action: back + "/delete", Cancel: c.Path("settings", "senders"),
	}), nil
}

func submitDeletion(c *web.Context) (web.Response, error) {
	if _, err := web.Do(c, Delete, Ref{Service: c.Param("service")}); err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The policy has been deleted.")})
	return web.Redirect(c.Path("settings", "senders")), nil
}
