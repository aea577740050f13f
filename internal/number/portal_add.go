package number

import (
	"net/http"
	"strings"

	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// way is how the form 'Add numbers' takes them.
type way string

// The ways.
const (
	asOne   way = "one"
	asRange way = "range"
	asList  way = "list"
)

// addForm is the form 'Add numbers' as it was sent.
type addForm struct {
	As      way      `form:"as"`
	Number  string   `form:"number"`
	Who     string   `form:"user"`
	From    string   `form:"from"`
	To      string   `form:"to"`
	Numbers string   `form:"numbers"`
	Kind    Kind     `form:"kind"`
	Group   id.Group `form:"group_id"`
}

// input is what the form asks for, by its way alone. One line too many is kept,
// so that the command refuses it.
func (f addForm) input() Input {
	in := Input{Kind: f.Kind, Group: f.Group}
	switch f.As {
	case asRange:
		if in.From, in.To = f.From, f.To; in.From == "" && in.To == "" {
			in.From = " " // a range of which nothing was typed is still one
		}
	case asList:
		in.Numbers = []string{}
		for _, line := range strings.FieldsFunc(f.Numbers, func(r rune) bool { return strings.ContainsRune("\r\n\t,;", r) }) {
			if line = strings.TrimSpace(line); line != "" && len(in.Numbers) <= MaxList {
				in.Numbers = append(in.Numbers, line)
			}
		}
	default:
		in.Number, in.Who = f.Number, strings.TrimSpace(f.Who)
	}
	return in
}

func showNew(c *web.Context) (web.Response, error) {
	all, err := web.Do(c, Prepare, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	v := addView{c: c, Overview: all, form: addForm{As: way(c.Query("as")), Kind: Personal}}
	for _, g := range all.Groups {
		if g.Default {
			v.form.Group = g.ID
		}
	}
	return v.answer(http.StatusOK), nil
}

func (v addView) answer(status int) web.Response {
	if v.form.As != asRange && v.form.As != asList {
		v.form.As = asOne
	}
	page := v.c.Page(lang.T(v.c.Context(), "Add numbers"))
	page.Narrow = true
	return web.RenderStatus(status, addPage(page, v))
}

// submitNew adds a number and goes on to it, or adds several and shows the
// outcome of each above the form, which keeps what has to be corrected.
func submitNew(c *web.Context) (web.Response, error) {
	all, err := web.Do(c, Prepare, op.Nothing{})
	if err != nil {
		return web.Response{}, err
	}
	v := addView{c: c, Overview: all}
	if err := c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	made, err := web.Do(c, Add, v.form.input())
	if v.faults = faultsOf(err); v.faults != nil {
		return v.answer(http.StatusUnprocessableEntity), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	if made.ID != "" {
		c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The number has been added.")})
		return web.Redirect(c.Path("numbers", string(made.ID))), nil
	}
	v.made, v.form.Numbers, v.form.From, v.form.To = &made, "", "", ""
	for _, r := range made.Results {
		if r.Outcome == Invalid {
			v.form.Numbers += r.Number + "\n"
		}
	}
	return v.answer(http.StatusOK), nil
}
