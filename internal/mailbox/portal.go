package mailbox

import (
	"github.com/a-h/templ"

	"roster/internal/errs"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/web"
)

// Pages are the mailbox. They are for an installation without a mail server:
// see the package's comment.
func Pages(k *web.Kit) {
	web.Page(k, "GET /mailbox", here(showList), web.For(List))
	web.Page(k, "GET /mailbox/{message}", here(showMessage), web.For(Open))
	web.Page(k, "GET /mailbox/{message}/html", here(showHTML), web.For(Open))
}

// here lets this machine in and nobody else.
func here(h web.Handler) web.Handler {
	return func(c *web.Context) (web.Response, error) {
		if !isThisMachine(c.Caller().Origin.Address) {
			return web.Response{}, errs.NotFound()
		}
		return h(c)
	}
}

func showList(c *web.Context) (web.Response, error) {
	in := op.Paging{Cursor: c.Query("cursor"), Count: true}
	l, err := web.Do(c, List, in)
	if err != nil {
		return web.Response{}, err
	}
	return web.Render(listPage(c.PublicPage(lang.T(c.Context(), "Mailbox")), l, in.Cursor == "")), nil
}

func showMessage(c *web.Context) (web.Response, error) {
	m, err := web.Do(c, Open, Ref{c.Param("message")})
	if err != nil {
		return web.Response{}, err
	}
	return web.Render(messagePage(c.PublicPage(m.Message.Subject), m)).Framing(), nil
}

// sandbox is what the HTML part of a message may do: nothing but show itself,
// and lead elsewhere when somebody follows a link.
const sandbox = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"

const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; " +
	"frame-ancestors 'self'; sandbox " + sandbox

func showHTML(c *web.Context) (web.Response, error) {
	m, err := web.Do(c, Open, Ref{c.Param("message")})
	if err != nil {
		return web.Response{}, err
	}
	return web.Render(templ.Raw(linksOnTop(m.Message.HTML))).Policy(policy), nil
}
