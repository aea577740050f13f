package web

import (
	"context"
	"io"
	"net/http"

	"github.com/a-h/templ"

	"roster/internal/web/ui"
)

// Confirm asks before something is done: in a dialog where script wants one, else on a page of its own.
func Confirm(c *Context, question ui.Confirm) Response {
	return ConfirmWith(c, http.StatusOK, question, templ.NopComponent)
}

// ConfirmWith is Confirm with fields that the answer needs, and the status that says whether some of them were wrong.
func ConfirmWith(c *Context, status int, question ui.Confirm, fields templ.Component) Response {
	within := func(ctx context.Context, w io.Writer, outer, inner templ.Component) error {
		return outer.Render(templ.WithChildren(ctx, inner), w)
	}
	if c.Partial() {
		return RenderStatus(status, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return within(ctx, w, ui.ConfirmDialog{Confirm: question}.With(), fields)
		}))
	}
	page := c.Page(question.Title)
	return RenderStatus(status, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return within(ctx, w, page.With(), templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return within(ctx, w, ui.ConfirmPage{Confirm: question}.With(), fields)
		}))
	}))
}
