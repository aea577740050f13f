package wording

import (
	"net/http"

	"github.com/a-h/templ"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"roster/internal/errs"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Pages are the page 'E-mail texts' of the settings, and that of one letter.
func Pages(k *web.Kit) {
	web.Page(k, "GET /o/{org}/settings/letters", showList, web.For(List))
	web.Page(k, "GET /o/{org}/settings/letters/{letter}/{language}", showOne, web.For(Get))
	web.Page(k, "POST /o/{org}/settings/letters/{letter}/{language}", submitOne, web.For(Get, Save))
	web.Page(k, "GET /o/{org}/settings/letters/{letter}/{language}/preview", showPreview, web.For(Get, Preview))
	web.Page(k, "POST /o/{org}/settings/letters/{letter}/{language}/preview", submitPreview, web.For(Preview))
	web.Page(k, "GET /o/{org}/settings/letters/{letter}/{language}/restore", askToRestore, web.For(Get))
	web.Page(k, "POST /o/{org}/settings/letters/{letter}/{language}/restore", submitRestore, web.For(Restore))
}

func showList(c *web.Context) (web.Response, error) {
	all, err := web.Do(c, List, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	page := c.Page(lang.T(c.Context(), "E-mail texts"))
	page.Narrow = true
	return web.Render(listPage(page, listView{c: c, all: all})), nil
}

func refOf(c *web.Context) Ref { return Ref{Letter: c.Param("letter"), Language: c.Param("language")} }

// form is the form about one letter.
type form struct {
	Texts
	Version int  `form:"version"`
	Plain   bool `form:"plain"` // of the preview: the text part
}

func showOne(c *web.Context) (web.Response, error) {
	text, err := web.Do(c, Get, refOf(c))
	if err != nil {
		return web.Response{}, err
	}
	return oneView{c: c, text: text, form: form{Texts: text.Texts, Version: text.Version}}.answer(http.StatusOK), nil
}

func submitOne(c *web.Context) (web.Response, error) {
	text, err := web.Do(c, Get, refOf(c))
	if err != nil {
		return web.Response{}, err
	}
	v := oneView{c: c, text: text}
	if err := c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	_, err = web.Do(c, Save, Change{Ref: refOf(c), Texts: v.form.Texts, Shown: &v.form.Version})
	faults, wrong := web.FaultsOf(err)
	switch {
	case wrong:
		v.faults = faults
		return v.answer(http.StatusUnprocessableEntity), nil
	case errs.Is(err, "version_conflict"):
		// What was typed stays; the next attempt is one on what is there now.
		v.form.Version, v.changed = text.Version, true
		return v.answer(http.StatusPreconditionFailed), nil
	case err != nil:
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "Saved. E-mails that are sent from now on say it so.")})
	return web.Redirect(v.path()), nil
}

func (v oneView) answer(status int) web.Response {
	page := v.c.Page(v.text.letter.Title.In(v.c.Context()))
	return web.RenderStatus(status, onePage(page, v)).Framing()
}

// policy is that of a letter in a frame: it shows itself and does nothing.
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"

func showPreview(c *web.Context) (web.Response, error) {
	text, err := web.Do(c, Get, refOf(c))
	if err != nil {
		return web.Response{}, err
	}
	return preview1(c, form{Texts: text.Texts, Plain: c.Query("plain") != ""})
}

func submitPreview(c *web.Context) (web.Response, error) {
	var f form
	if err := c.Bind(&f); err != nil {
		return web.Response{}, err
	}
	return preview1(c, f)
}

// preview1 is the letter alone, for the frame beside the form.
func preview1(c *web.Context, f form) (web.Response, error) {
	message, err := web.Do(c, Preview, Draft{refOf(c), f.Texts})
	faults, wrong := web.FaultsOf(err)
	switch {
	case wrong:
		return web.RenderStatus(http.StatusUnprocessableEntity, cannotShow(faults.Summary(labels(c.Context())...))).Policy(policy), nil
	case err != nil:
		return web.Response{}, err
	case f.Plain:
		return web.Render(plainText(message)).Policy(policy), nil
	}
	return web.Render(templ.Raw(message.HTML)).Policy(policy), nil
}

func askToRestore(c *web.Context) (web.Response, error) {
	text, err := web.Do(c, Get, refOf(c))
	if err != nil {
		return web.Response{}, err
	}
	v := oneView{c: c, text: text}
	if text.Version == 0 {
		return web.Redirect(v.path()), nil
	}
	ctx := c.Context()
	return web.Confirm(c, ui.Confirm{
		Title: lang.T(ctx, "Restore the original text?"),
		Tally: []ui.Tally{
			{OK: true, Text: lang.T(ctx, "E-mails that are sent from now on say what Roster has written.")},
			{Text: lang.T(ctx, "What your organization has written for this e-mail in this language is gone then. The audit log keeps it.")},
		},
		Action: v.path("restore"), Verb: lang.T(ctx, "Restore the original"), Danger: true, Cancel: v.path(),
	}), nil
}

func submitRestore(c *web.Context) (web.Response, error) {
	if _, err := web.Do(c, Restore, Undo{Ref: refOf(c)}); err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The original text is back.")})
	return web.Redirect(oneView{c: c}.path()), nil
}

// path is the address of the letter's page, or of one below it.
func (v oneView) path(more ...string) string {
	return v.c.Path(append([]string{"settings", "letters", v.c.Param("letter"), v.c.Param("language")}, more...)...)
}

// nameOf is a language in itself.
func nameOf(code string) string { return display.Self.Name(language.Make(code)) }
