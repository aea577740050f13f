package web

import (
	"bytes"
	"context"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"roster/internal/errs"
	"roster/internal/lang"
)

// Status is the HTTP status of a kind of failure.
func Status(kind errs.Kind) int {
	if status, ok := statuses[kind]; ok {
		return status
	}
	return http.StatusInternalServerError
}

var statuses = map[errs.Kind]int{
	errs.KindMalformed: http.StatusBadRequest, errs.KindUnauthenticated: http.StatusUnauthorized,
	errs.KindForbidden: http.StatusForbidden, errs.KindNotFound: http.StatusNotFound, errs.KindConflict: http.StatusConflict,
	errs.KindGone: http.StatusGone, errs.KindPrecondition: http.StatusPreconditionFailed,
	errs.KindTooLarge: http.StatusRequestEntityTooLarge, errs.KindMediaType: http.StatusUnsupportedMediaType,
	errs.KindMisdirected: http.StatusMisdirectedRequest, errs.KindInvalid: http.StatusUnprocessableEntity,
	errs.KindPreconditionRequired: http.StatusPreconditionRequired, errs.KindTooMany: http.StatusTooManyRequests,
	errs.KindUnavailable: http.StatusServiceUnavailable,
}

// Fail answers r with err, unless something has been answered already: with a page, a fragment where script asked for
// one, a redirect to where people sign in, or by the [Refuser] of a mount.
func (k *Kit) Fail(w http.ResponseWriter, r *http.Request, err error) {
	refusal := k.refusal(r, err)
	k.fail(w, r, refusal, Status(refusal.Kind))
}

// refusal is what may be shown of err.
func (k *Kit) refusal(r *http.Request, err error) *errs.Error {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		err = tooLarge()
		e, _ := errors.AsType[*errs.Error](err)
		return e
	}
	k.log.ErrorContext(r.Context(), "request failed", "request_id", RequestID(r.Context()), "route", r.Pattern, "error", err)
	return failure()
}

func (k *Kit) fail(w http.ResponseWriter, r *http.Request, e *errs.Error, status int) {
	state := stateOf(r.Context())
	page := state.page
	if page != nil && e.Code == "forbidden" {
		// Menus that somebody may not use are not shown, and their addresses are not there.
		e, status = errs.NotFound(), http.StatusNotFound
	}
	state.code = e.Code
	if refuse := k.refuser(r.URL.Path); refuse != nil {
		refuse(w, r, e)
		return
	}
	if page != nil && page.route.signedIn() && e.Code == "unauthenticated" {
		k.send(w, r, k.signIn(r, page))
		return
	}
	if page != nil && page.route.inOrg() && e.Code == "password_change_required" {
		k.send(w, r, page.Path("new-password"))
		return
	}
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
	k.writeProblem(w, r, problem{Error: e, request: state.id, page: page, home: home(page), change: isChange(r)}, status)
}

// writeProblem renders the page, or what stands in for it where even that fails.
func (k *Kit) writeProblem(w http.ResponseWriter, r *http.Request, p problem, status int) {
	ctx := k.speak(r)
	if p.page != nil {
		ctx = p.page.ctx
	}
	if !lang.English(ctx) {
		p.Error = p.In(lang.Saying(ctx))
	}
	view := problemPage(k, p)
	if isPartial(r) {
		// Above everything else, so that what was there stays.
		w.Header().Set("HX-Retarget", "#main")
		w.Header().Set("HX-Reswap", "afterbegin")
		view = problemNotice(p)
	}
	var out bytes.Buffer
	if err := view.Render(ctx, &out); err != nil {
		if r.Context().Err() == nil { // else nobody is there to read it
			k.log.ErrorContext(ctx, "error page failed", "request_id", p.request, "error", err)
		}
		http.Error(w, p.Message+"\n"+p.request, status)
		return
	}
	writeHTML(w, status, out.Bytes())
}

// signIn is where people sign in to what they asked for. They come back to it if it is a page that can be read.
func (k *Kit) signIn(r *http.Request, page *Context) string {
	target := "/operator/sign-in"
	if page.route.inOrg() {
		target = page.Path("sign-in")
	}
	next := r.URL.EscapedPath()
	switch {
	case isPartial(r):
		// The page that asked, not the part: htmx says which.
		if current, err := url.Parse(r.Header.Get("HX-Current-URL")); err == nil {
			next = current.RequestURI()
		}
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		next = r.URL.RequestURI()
	}
	if !k.isPage(next) {
		return target
	}
	return target + "?next=" + url.QueryEscape(next)
}

// home is where somebody who is lost goes on from.
func home(page *Context) string {
	switch {
	case page == nil:
		return "/"
	case page.route.inOrg():
		return page.Path()
	case page.route.onPlatform():
		return "/operator"
	}
	return "/"
}

// problem is an error page.
type problem struct {
	*errs.Error
	request string
	page    *Context
	home    string
	change  bool // the request wanted one
}

// words are what an error page says beside the error's own sentence: a title and, where that sentence does not say it,
// what to do next. untouched is for refusals that certainly changed nothing; the sentences of the others say how things are.
type words struct {
	title, next lang.Text
	untouched   bool
}

var (
	unread   = words{lang.Key("We could not read that"), lang.Key("Go back and try again."), true}
	wordsFor = map[errs.Kind]words{
		errs.KindInternal:             {title: lang.Key("Something went wrong")},
		errs.KindMalformed:            unread,
		errs.KindMediaType:            unread,
		errs.KindUnauthenticated:      {lang.Key("Please sign in"), lang.Text{}, true},
		errs.KindForbidden:            {lang.Key("This is not allowed"), lang.Text{}, true},
		errs.KindNotFound:             {lang.Key("Page not found"), lang.Key("Check the address, or start over."), true},
		errs.KindConflict:             {lang.Key("That does not fit together"), lang.Key("Go back, look at how things are now, and decide again."), true},
		errs.KindGone:                 {lang.Key("This no longer works"), lang.Key("Ask whoever sent you here for a new link."), true},
		errs.KindPrecondition:         {title: lang.Key("Somebody was faster")},
		errs.KindPreconditionRequired: unread,
		errs.KindTooLarge:             {lang.Key("That is too much at once"), lang.Key("Go back and send less, or send it in parts."), true},
		errs.KindMisdirected:          {lang.Key("Wrong address"), lang.Text{}, true},
		errs.KindInvalid:              {lang.Key("Some values need a correction"), lang.Key("Go back and correct them."), true},
		errs.KindTooMany:              {lang.Key("Too many tries"), lang.Key("Wait a little, then try again."), true},
		errs.KindUnavailable:          {title: lang.Key("We cannot do this right now")},
	}
)

func (p problem) words() words { return wordsFor[p.Kind] }

// text is what happened, what is kept, and what to do.
func (p problem) text(ctx context.Context) string {
	w, text := p.words(), p.Message
	if p.change && w.untouched {
		text += " " + lang.T(ctx, "Nothing was changed.")
	}
	return strings.TrimSpace(text + " " + w.next.In(ctx))
}
