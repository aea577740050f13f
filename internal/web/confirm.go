package web

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"roster/internal/web/ui"
)

// Confirm asks before something is done: in a dialog where script wants one, else on a page of its own.
func Confirm(c *Context, question ui.Confirm) Response {
	if c.Partial() {
		return Render(ui.ConfirmDialog{Confirm: question}.With())
	}
	page := c.Page(question.Title)
	return Render(templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return page.With().Render(templ.WithChildren(ctx, ui.ConfirmPage{Confirm: question}.With()), w)
	}))
}
