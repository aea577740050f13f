package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/a-h/templ"
)

// Response is what a page answers: made by [Render], [RenderStatus], [Redirect], [Picture] or [Download].
type Response struct {
	answer func(c *Context) error
}

// Render answers with a component.
func Render(component templ.Component) Response { return RenderStatus(http.StatusOK, component) }

// RenderStatus answers with a component and a status: 422 for a form that was refused. Nothing is sent if the component
// fails.
func RenderStatus(status int, component templ.Component) Response {
	return Response{func(c *Context) error {
		var page bytes.Buffer
		if err := component.Render(c.ctx, &page); err != nil {
			return fmt.Errorf("render %s: %w", c.route.Path, err)
		}
		c.sendCookies()
		writeHTML(c.w, status, page.Bytes())
		return nil
	}}
}

// Text answers with text of another type than HTML, such as a stylesheet.
func Text(status int, contentType, text string) Response {
	return Response{func(c *Context) error {
		c.sendCookies()
		c.w.Header().Set("Content-Type", contentType)
		c.w.WriteHeader(status)
		_, err := io.WriteString(c.w, text)
		return err
	}}
}

// Picture answers with a file that the browser shows. It keeps it for an hour, for nobody but its user; another
// version is another address, or another tag. A browser that has this one gets nothing.
func Picture(contentType, tag string, content []byte) Response {
	return Response{func(c *Context) error {
		h := c.w.Header()
		h.Set("Cache-Control", "private, max-age=3600")
		h.Set("ETag", tag)
		if c.r.Header.Get("If-None-Match") == tag {
			c.w.WriteHeader(http.StatusNotModified)
			return nil
		}
		c.sendCookies()
		h.Set("Content-Type", contentType)
		h.Set("Content-Length", strconv.Itoa(len(content)))
		c.w.WriteHeader(http.StatusOK)
		_, err := c.w.Write(content)
		return err
	}}
}

// PNG answers with a picture that everybody may see, on pages of others too: a mail program is one. Browsers keep it for
// a year if its address changes with it, else for some minutes.
func PNG(picture []byte, lasting bool) Response {
	return Response{func(c *Context) error {
		h := c.w.Header()
		h.Set("Content-Type", "image/png")
		h.Set("Content-Length", strconv.Itoa(len(picture)))
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("Cache-Control", "public, max-age=300")
		if lasting {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		c.w.WriteHeader(http.StatusOK) // and no cookie: others keep the answer
		_, _ = c.w.Write(picture)      // the browser has gone: nobody to tell
		return nil
	}}
}

// Redirect goes on to a path of ours, by GET. A target that came with the request must have passed [Context.ReturnTo].
// Where script asked for a part of a page, the whole page goes.
func Redirect(target string) Response {
	return Response{func(c *Context) error {
		if _, ok := localURL(target); !ok {
			return errors.New("web: a redirect to what is no path of ours")
		}
		c.sendCookies()
		c.kit.send(c.w, c.r, target)
		return nil
	}}
}

// send redirects. fetch follows a Location by itself and would put the next page inside this one; htmx obeys HX-Redirect.
func (k *Kit) send(w http.ResponseWriter, r *http.Request, target string) {
	if isPartial(r) {
		w.Header().Set("HX-Redirect", target)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Location", target)
	w.WriteHeader(http.StatusSeeOther)
}

// Download answers with a file that is written while it is read. An error before the first byte is an error page; a
// later one breaks the connection off, so that half a file does not look like a whole one.
func Download(name, contentType string, write func(w io.Writer) error) Response {
	return Response{func(c *Context) error {
		body := &lazyBody{begin: func() {
			c.sendCookies()
			c.w.Header().Set("Content-Type", contentType)
			c.w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
		}, w: c.w}
		err := write(body)
		if err == nil && !body.begun {
			_, err = body.Write(nil) // an empty file
		}
		if err != nil && body.begun {
			c.kit.log.WarnContext(c.ctx, "download broken off", "route", c.route.Path, "error", err)
			panic(http.ErrAbortHandler)
		}
		return err
	}}
}

// lazyBody calls begin before the first write.
type lazyBody struct {
	begin func()
	begun bool
	w     io.Writer
}

// Write implements io.Writer.
func (b *lazyBody) Write(p []byte) (int, error) {
	if !b.begun {
		b.begun = true
		b.begin()
	}
	return b.w.Write(p)
}

func (r Response) write(c *Context) error {
	if r.answer == nil {
		return fmt.Errorf("web: the handler of %s %s answered nothing", c.route.Method, c.route.Path)
	}
	return r.answer(c)
}

func (c *Context) sendCookies() {
	for _, cookie := range c.cookies {
		http.SetCookie(c.w, cookie)
	}
}

func writeHTML(w http.ResponseWriter, status int, page []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(page)))
	w.WriteHeader(status)
	_, _ = w.Write(page) // the browser has gone: nobody to tell
}
