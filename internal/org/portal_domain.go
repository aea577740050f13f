package org

import (
	"net/http"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// domainPages are the page 'Domains' of the settings.
func domainPages(k *web.Kit) {
	web.Page(k, "GET /o/{org}/settings/domains", showDomains, web.For(ListDomains))
	web.Page(k, "POST /o/{org}/settings/domains", submitDomain, web.For(ListDomains, AddDomain))
	web.Page(k, "POST /o/{org}/settings/domains/{id}/remove", submitDomainRemoval, web.For(RemoveDomain))
}

func (v domainsView) answer(status int) (web.Response, error) {
	all, err := web.Do(v.c, ListDomains, op.Nothing{})
	v.all = all
	return web.RenderStatus(status, domainsPage(begin(v.c, lang.T(v.c.Context(), "Domains")), v)), err
}

func showDomains(c *web.Context) (web.Response, error) {
	return domainsView{c: c}.answer(http.StatusOK)
}

func submitDomain(c *web.Context) (web.Response, error) {
	v := domainsView{c: c}
	if err := c.Bind(&v.in); err != nil {
		return web.Response{}, err
	}
	made, err := web.Do(c, AddDomain, v.in)
	if errs.Is(err, "domain_exists") {
		v.faults = web.Faults{"name": lang.T(c.Context(), "The organization has this domain already.")}
		return v.answer(http.StatusUnprocessableEntity)
	}
	if v.faults = faultsOf(err); v.faults != nil {
		return v.answer(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "%s is one of your domains.", made.Spelling)})
	return web.Redirect(c.Path("settings", "domains")), nil
}

func submitDomainRemoval(c *web.Context) (web.Response, error) {
	if _, err := web.Do(c, RemoveDomain, DomainRef{ID: id.Domain(c.Param("id"))}); err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The domain has been removed.")})
	return web.Redirect(c.Path("settings", "domains")), nil
}
