package self

import (
	"net/http"

	"roster/internal/errs"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/photo"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// formRoom is what a form takes around its file.
const formRoom = 64 << 10

func submitPhoto(c *web.Context) (web.Response, error) {
	me, err := web.Do(c, ownProfile, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	var in photo.Upload
	form, err := c.Form()
	switch {
	case errs.KindOf(err) == errs.KindTooLarge:
		in.File = make([]byte, photo.MaxBytes+1) // the rule says the rest
	case err != nil:
		return web.Response{}, err
	case len(form.Files["photo"]) > 0:
		in.File = form.Files["photo"][0].Content
	}
	_, err = web.Do(c, photo.Set, in)
	if faults, ok := web.FaultsOf(err); ok {
		v := profileView{c: c, profile: me, photoFaults: faults}
		return web.RenderStatus(http.StatusUnprocessableEntity, profilePage(profileFrame(c), v)), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "Your photo is changed.")})
	return web.Redirect(c.Path("profile")), nil
}

func removePhoto(c *web.Context) (web.Response, error) {
	_, err := web.Do(c, photo.Remove, op.Nothing{})
	if err != nil && errs.KindOf(err) != errs.KindNotFound { // removed already is removed
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "Your photo is removed.")})
	return web.Redirect(c.Path("profile")), nil
}
