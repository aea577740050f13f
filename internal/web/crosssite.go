package web

import (
	"net/http"
	"strings"

	"roster/internal/errs"
)

func crossSite() error {
	return errs.New(errs.KindForbidden, "cross_site",
		"This change was sent from another site, or by a browser that does not say from where. Open the page here and repeat it.")
}

// ours refuses a change that another site sent. A request that comes with one of our cookies, as only browsers do, must
// prove its origin; a program with a key has no cookies and needs no proof.
func (k *Kit) ours(r *http.Request) error {
	if k.cross.Check(r) != nil || isChange(r) && !saysOrigin(r) && k.hasCookies(r) {
		return crossSite()
	}
	return nil
}

// oursForSure is what forms demand: the proof, whether or not there is a cookie yet. Signing in needs it too, or another
// site could sign people in to an account of its own.
func oursForSure(r *http.Request) error {
	if isChange(r) && !saysOrigin(r) {
		return crossSite()
	}
	return nil
}

func isChange(r *http.Request) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions
}

// saysOrigin reports whether the browser says from where the request comes. What it says has been checked.
func saysOrigin(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != ""
}

func (k *Kit) hasCookies(r *http.Request) bool {
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, k.cookieName("")) {
			return true
		}
	}
	return false
}
