package auditlog

import (
	"io"

	"roster/internal/authz"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/user"
	"roster/internal/web"
)

// Pages are the page 'Audit' of an organization, and that of the platform.
func Pages(k *web.Kit) {
	web.Page(k, "GET /o/{org}/audit", ofOrg.show, web.For(List))
	web.Page(k, "GET /o/{org}/audit/verify", ofOrg.showVerified, web.For(Verify))
	web.Page(k, "GET /o/{org}/audit/export.csv", download("audit-log.csv", "text/csv; charset=utf-8", writeCSV), web.For(Export))
	web.Page(k, "GET /o/{org}/audit/export.ndjson", download("audit-log.ndjson", "application/x-ndjson", writeLines), web.For(Export))
	web.Page(k, "GET /operator/audit", ofPlatform.show, web.For(ListPlatform))
	web.Page(k, "GET /operator/audit/verify", ofPlatform.showVerified, web.For(VerifyPlatform))
}

// plane is what the two pages 'Audit' differ in.
type plane struct {
	scope  authz.Scope
	list   op.Query[ListInput, op.Page[Event]]
	verify op.Query[VerifyInput, Report]
	path   func(c *web.Context) string
	kinds  []kind
	lede   lang.Text
}

var (
	ofOrg = plane{
		scope: authz.InOrg, list: List, verify: Verify, kinds: kindsOfOrg,
		path: func(c *web.Context) string { return c.Path("audit") },
		lede: lang.Key("Everything that was changed, and every sign-in. Nobody can change what stands here."),
	}
	ofPlatform = plane{
		scope: authz.Platform, list: ListPlatform, verify: VerifyPlatform, kinds: kindsOfPlatform,
		path: func(*web.Context) string { return "/operator/audit" },
		lede: lang.Key("What operators did, and what became of the organizations. What happens inside an organization stands in its own log."),
	}
)

func (p plane) show(c *web.Context) (web.Response, error) {
	v := listView{c: c, plane: p}
	filter, err := v.search.read(c)
	if err != nil {
		return web.Response{}, err
	}
	v, err = web.Ask(c, p.scope, func(t *op.Tx) (listView, error) {
		v := v
		v.seesUsers = p.scope == authz.InOrg && t.May(user.Get)
		v.page, err = p.list.Within(t, ListInput{filter, op.Paging{Cursor: v.search.Cursor}})
		return v, err
	})
	if err != nil {
		return web.Response{}, err
	}
	if c.Partial() {
		return web.Render(v.events()), nil
	}
	return web.Render(listPage(c.Page(lang.T(c.Context(), "Audit")), v)), nil
}

func (p plane) showVerified(c *web.Context) (web.Response, error) {
	v := verifyView{c: c, plane: p, anchor: c.Query("anchor")}
	var err error
	if v.report, err = web.Do(c, p.verify, VerifyInput{Anchor: v.anchor}); err != nil {
		return web.Response{}, err
	}
	page := c.Page(lang.T(c.Context(), "Verify the log"))
	page.Narrow = true
	return web.Render(verifyPage(page, v)), nil
}

func download(name, contentType string, write func(io.Writer, ExportInput, asker) error) web.Handler {
	return func(c *web.Context) (web.Response, error) {
		var s search
		filter, err := s.read(c)
		if err != nil {
			return web.Response{}, err
		}
		return web.Download(name, contentType, func(w io.Writer) error {
			return write(w, ExportInput{Filter: filter}, func(in ExportInput) (op.Page[Event], error) { return web.Do(c, Export, in) })
		}), nil
	}
}
