package seat

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/web"
	"roster/internal/web/ui"
)

// Pages are the page of each pool, the form for it, and the report for billing.
func Pages(k *web.Kit) {
	const pools = "/o/{org}/licenses/pools"
	web.Page(k, "GET /o/{org}/licenses/usage.csv", download, web.For(Report))
	web.Page(k, "GET "+pools+"/new", showForm, web.For(FormPage))
	web.Page(k, "POST "+pools, submitNew, web.For(FormPage, CreatePool))
	web.Page(k, "GET "+pools+"/{id}", showPool, web.For(Page))
	web.Page(k, "GET "+pools+"/{id}/edit", showForm, web.For(FormPage))
	web.Page(k, "POST "+pools+"/{id}/edit", submitEdit, web.For(FormPage, ChangePool))
	web.Page(k, "GET "+pools+"/{id}/delete", askToDelete, web.For(Page))
	web.Page(k, "POST "+pools+"/{id}/delete", submitDeletion, web.For(Page, DeletePool))
	web.Page(k, "GET "+pools+"/{id}/move", askToMove, web.For(Page))
	web.Page(k, "POST "+pools+"/{id}/move", submitMove, web.For(Page, MoveSeats))
	web.Page(k, "GET "+pools+"/{id}/leases/{lease}/free", askToFree, web.For(HolderOf))
	web.Page(k, "POST "+pools+"/{id}/leases/{lease}/free", submitFree, web.For(Free))
}

func idOf(c *web.Context) id.SeatPool { return id.SeatPool(c.Param("id")) }

func leaseOf(c *web.Context) LeaseRef { return LeaseRef{ID: id.Lease(c.Param("lease"))} }

func (v poolView) path(parts ...string) string {
	return v.c.Path(append([]string{"licenses", "pools", string(v.Pool.ID)}, parts...)...)
}

func poolOf(c *web.Context) (poolView, error) {
	v := poolView{c: c, cursor: c.Query("cursor")}
	var err error
	v.PageOf, err = web.Do(c, Page, LeasesInput{PoolRef{idOf(c)}, op.Paging{Cursor: v.cursor, Count: true}})
	return v, err
}

func showPool(c *web.Context) (web.Response, error) {
	v, err := poolOf(c)
	if err != nil {
		return web.Response{}, err
	}
	return web.Render(poolPage(c.Page(v.Pool.Name), v)), nil
}

func download(c *web.Context) (web.Response, error) {
	in := ReportInput{Month: c.Query("month")}
	return web.Download("usage.csv", "text/csv; charset=utf-8", func(w io.Writer) error {
		return writeCSV(w, in, func(in ReportInput) (Month, error) { return web.Do(c, Report, in) })
	}), nil
}

// form is what is typed about a pool, new or not.
type form struct {
	Plan         string       `form:"plan"` // service/plan, of a new one
	Name         string       `form:"name"`
	Seats        string       `form:"seats"`
	SignOut      string       `form:"sign_out_after_seconds"` // in minutes
	SecondDevice SecondDevice `form:"second_device"`
	Overage      string       `form:"overage_percent"`
	Version      int64        `form:"version"`
}

// minutes are how people are told of a time without activity: 15, or 1.5.
func minutes(seconds int) string {
	return strconv.FormatFloat(float64(seconds)/60, 'f', -1, 64)
}

func formOf(p Pool) form {
	return form{
		Name: p.Name, Seats: strconv.Itoa(p.Seats), SignOut: minutes(p.SignOutAfter), SecondDevice: p.SecondDevice, Overage: strconv.Itoa(p.Overage),
		Version: int64(p.Version),
	}
}

// input is the form as a command reads it. What is no number is one that no pool can
// have, so that the rule refuses it in its words.
func (f form) input(of Pool) Input {
	number := func(typed string) patch.Field[int] {
		n, err := strconv.Atoi(strings.TrimSpace(typed))
		if err != nil {
			n = -1
		}
		return patch.To(n)
	}
	in := Input{Name: patch.To(f.Name), SecondDevice: patch.To(f.SecondDevice), Overage: number(f.Overage)}
	if !of.Default {
		in.Seats = number(f.Seats)
	}
	if of.ID == "" || f.SignOut != minutes(of.SignOutAfter) {
		typed, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(f.SignOut), ",", ".", 1), 64)
		if err != nil || typed < 0 || typed > maxSignOut {
			typed = 0
		}
		in.SignOutAfter = patch.To(int(typed * 60))
	}
	return in
}

func formOn(c *web.Context) (formView, error) {
	v := formView{c: c}
	var err error
	v.PageOfForm, err = web.Do(c, FormPage, PoolRef{ID: idOf(c)})
	return v, err
}

func showForm(c *web.Context) (web.Response, error) {
	v, err := formOn(c)
	if err != nil {
		return web.Response{}, err
	}
	v.form = formOf(v.Pool)
	if v.Pool.ID == "" {
		v.form = form{Plan: c.Query("plan"), SignOut: minutes(defaultSignOut), SecondDevice: TakeOver, Overage: "0"}
	}
	return v.answer(http.StatusOK), nil
}

func submitNew(c *web.Context) (web.Response, error) {
	v, err := formOn(c)
	if err != nil {
		return web.Response{}, err
	}
	return v.save(func() (Pool, error) {
		service, plan, _ := strings.Cut(v.form.Plan, "/")
		return web.Do(c, CreatePool, NewPool{Service: service, Plan: plan, Input: v.form.input(Pool{})})
	})
}

func submitEdit(c *web.Context) (web.Response, error) {
	v, err := formOn(c)
	if err != nil {
		return web.Response{}, err
	}
	return v.save(func() (Pool, error) {
		return web.Do(c, ChangePool, Update{PoolRef: PoolRef{v.Pool.ID}, Version: v.form.Version, Input: v.form.input(v.Pool)})
	})
}

// save does what the form asks for, or shows it again with what is wrong.
func (v *formView) save(do func() (Pool, error)) (web.Response, error) {
	if err := v.c.Bind(&v.form); err != nil {
		return web.Response{}, err
	}
	p, err := do()
	switch v.faults = faultsOf(v.c.Context(), err); {
	case v.faults != nil:
		return v.answer(http.StatusUnprocessableEntity), nil
	case errs.Is(err, "version_conflict"):
		v.form.Version, v.changed = int64(v.Pool.Version), true
		return v.answer(http.StatusPreconditionFailed), nil
	case err != nil:
		return web.Response{}, err
	}
	v.c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(v.c.Context(), "The pool %s has been saved.", p.Name)})
	return web.Redirect(v.c.Path("licenses", "pools", string(p.ID))), nil
}

// faultsOf are the wrong fields; what conflicts with another pool is wrong with its
// field, and the time is told in the unit of the form.
func faultsOf(ctx context.Context, err error) web.Faults {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		switch e.Code {
		case "name_taken", "too_many_pools":
			return web.Faults{"name": e.Message}
		case "no_seats_left":
			return web.Faults{"seats": e.Message}
		}
	}
	faults, _ := web.FaultsOf(err)
	if faults["sign_out_after_seconds"] != "" {
		faults["sign_out_after_seconds"] = lang.T(ctx, "Enter a number of minutes from %d to %s.", minSignOut/60, lang.Number(ctx, maxSignOut/60))
	}
	return faults
}

func (v *formView) answer(status int) web.Response {
	page := v.c.Page(v.title(v.c.Context()))
	page.Narrow = true
	return web.RenderStatus(status, formPage(page, *v))
}

// choiceView is a question about a pool with fields: where its members go when it is
// deleted, or which other pool gives seats.
type choiceView struct {
	poolView
	question ui.Confirm
	field    string // its name: move_to, from
	options  []ui.Option
	seats    string // how many, where that is asked
	faults   web.Faults
}

func (v choiceView) answer(status int) web.Response {
	return web.ConfirmWith(v.c, status, v.question, v.fields())
}

func deletionOf(c *web.Context) (choiceView, error) {
	p, err := poolOf(c)
	if err != nil {
		return choiceView{}, err
	}
	v := choiceView{poolView: p, field: "move_to", question: p.deletion(c.Context())}
	for _, o := range p.Others {
		v.options = append(v.options, ui.Option{Value: string(o.ID), Label: o.Name, Selected: o.Default})
	}
	return v, nil
}

func askToDelete(c *web.Context) (web.Response, error) {
	v, err := deletionOf(c)
	if err != nil {
		return web.Response{}, err
	}
	return v.answer(http.StatusOK), nil
}

func submitDeletion(c *web.Context) (web.Response, error) {
	v, err := deletionOf(c)
	if err != nil {
		return web.Response{}, err
	}
	var sent struct {
		To id.SeatPool `form:"move_to"`
	}
	if err := c.Bind(&sent); err != nil {
		return web.Response{}, err
	}
	_, err = web.Do(c, DeletePool, Deletion{PoolRef: PoolRef{v.Pool.ID}, MoveTo: sent.To})
	faults, wrong := web.FaultsOf(err)
	if wrong {
		v.faults = faults
		return v.answer(http.StatusUnprocessableEntity), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The pool %s has been deleted.", v.Pool.Name)})
	return web.Redirect(c.Path("licenses")), nil
}

// moveOf is the question which pool gives seats to this one, and how many.
func moveOf(c *web.Context) (choiceView, error) {
	p, err := poolOf(c)
	if err != nil {
		return choiceView{}, err
	}
	v := choiceView{poolView: p, field: "from", seats: "1", question: p.moving(c.Context())}
	if p.Spare != nil {
		v.seats = strconv.Itoa(p.Spare.Seats)
	}
	for _, o := range p.Others {
		v.options = append(v.options, ui.Option{
			Value: string(o.ID), Label: lang.N(c.Context(), o.Seats, "%[2]s (%[1]d seat)", "%[2]s (%[1]d seats)", o.Name), Selected: p.Spare != nil && p.Spare.Pool.ID == o.ID,
		})
	}
	return v, nil
}

func askToMove(c *web.Context) (web.Response, error) {
	v, err := moveOf(c)
	if err != nil {
		return web.Response{}, err
	}
	return v.answer(http.StatusOK), nil
}

func submitMove(c *web.Context) (web.Response, error) {
	v, err := moveOf(c)
	if err != nil {
		return web.Response{}, err
	}
	var sent struct {
		From  id.SeatPool `form:"from"`
		Seats string      `form:"seats"`
	}
	if err := c.Bind(&sent); err != nil {
		return web.Response{}, err
	}
	v.seats = sent.Seats
	for i := range v.options {
		v.options[i].Selected = v.options[i].Value == string(sent.From)
	}
	n, _ := strconv.Atoi(strings.TrimSpace(sent.Seats)) // what is no number is none
	_, err = web.Do(c, MoveSeats, Move{PoolRef: PoolRef{sent.From}, To: v.Pool.ID, Seats: n})
	faults, wrong := web.FaultsOf(err)
	if wrong {
		v.faults = faults
		return v.answer(http.StatusUnprocessableEntity), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.N(c.Context(), n, "%[2]s has %[1]d seat more.", "%[2]s has %[1]d seats more.", v.Pool.Name)})
	return web.Redirect(v.path()), nil
}

func askToFree(c *web.Context) (web.Response, error) {
	h, err := web.Do(c, HolderOf, leaseOf(c))
	if err != nil {
		return web.Response{}, err
	}
	ctx, back := c.Context(), c.Path("licenses", "pools", string(h.Pool))
	return web.Confirm(c, ui.Confirm{
		Title:  lang.T(ctx, "Free the seat of %s?", h.Name),
		Text:   lang.T(ctx, "The product on %s is told that the seat is gone. They can take a seat again at once, if one is free.", h.Device),
		Action: back + "/leases/" + string(h.ID) + "/free", Verb: lang.T(ctx, "Free the seat"), Danger: true, Cancel: back,
	}), nil
}

func submitFree(c *web.Context) (web.Response, error) {
	if _, err := web.Do(c, Free, leaseOf(c)); err != nil {
		return web.Response{}, err
	}
	c.Flash(ui.Flash{Tone: ui.Good, Text: lang.T(c.Context(), "The seat is free.")})
	return web.Redirect(c.Path("licenses", "pools", string(idOf(c)))), nil
}
