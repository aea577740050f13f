package sender_test

import (
	"fmt"
	"strings"
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/org"
	"roster/internal/sender"
)

func TestAnAdminSaysWhoMaySend(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		const at = "/o/alpha/settings/senders"
		b := w.Browser(t, sender.Pages, org.Pages).As(w.A.Admin, w.A)
		if off := b.Get(at); !off.Has("This is not switched on for your organization") || off.Has(at+"/new") {
			t.Errorf("switched off: %+v", off)
		}
		if form := b.Get(at + "/new"); form.Status == 200 {
			t.Errorf("the form, switched off: %+v", form)
		}
		if settings := b.Get("/o/alpha/settings"); settings.Has(at) {
			t.Errorf("the settings, switched off: %+v", settings)
		}
		allow(t, w, w.A, true)
		if settings := b.Get("/o/alpha/settings"); !settings.Has(at) {
			t.Errorf("the settings: %+v", settings)
		}
		if empty := b.Get(at); !empty.Has("No service takes e-mail from unlisted senders", at+"/new") || empty.Has("Try an address") {
			t.Errorf("without policies: %+v", empty)
		}
		if form := b.Get(at + "/new"); !form.Has(`name="enabled" value="on" checked`, "The main number, whichever it is", "As the group says, else English") {
			t.Errorf("the form: %+v", form)
		}
		wrong := b.Post(at, "service", "Fax", "enabled", "on", "domains", "b.example\nno domain <b>", "addresses", "x@y.example", "blocked", "nobody")
		if wrong.Status != 422 || !wrong.Has(`id="service-e"`, `id="domains-e"`, "Number 2 of the list", "no domain &lt;b&gt;", "x@y.example</textarea>", `id="blocked-e"`) {
			t.Errorf("wrong: %+v", wrong)
		}
		if made := b.Follow(b.Post(at, "service", "fax", "enabled", "on", "domains", "b.example, *.c.example", "addresses", "x@y.example")); !made.Has("The policy for fax has been saved.", "In force", "1 policy, by service") {
			t.Errorf("made: %+v", made)
		}
		if twice := b.Post(at, "service", "fax", "domains", "keep.example"); twice.Status != 422 || !twice.Has("This service has a policy already.", "keep.example") {
			t.Errorf("made twice: %+v", twice)
		}
		for email, says := range map[string]string{
			"a@b.example": "a@b.example is allowed.", "a@c.example": "a@c.example is not allowed.", "a@d.c.example": "The policy lists the domain.",
			w.A.User.User.Email: "A user has this address.", "<b>": `id="email-e"`,
		} {
			if got := b.Get(at + "?service=fax&email=" + strings.ReplaceAll(email, "<", "%3C")); !got.Has(says) || got.Has("<b>") {
				t.Errorf("%s: %+v", email, got)
			}
		}
		if form := b.Get(at + "/policies/fax"); !form.Has("*.c.example", `name="version" value="1"`, "readonly") {
			t.Errorf("the form to edit: %+v", form)
		}
		if saved := b.Follow(b.Post(at+"/policies/fax", "version", "1", "domains", "b.example")); !saved.Has("has been saved.", "Switched off") {
			t.Errorf("saved: %+v", saved)
		}
		if late := b.Post(at+"/policies/fax", "version", "1", "domains", "late.example"); late.Status != 412 || !late.Has("Somebody changed the policy meanwhile.", "late.example", `name="version" value="2"`) {
			t.Errorf("on an old version: %+v", late)
		}
		var long strings.Builder
		for i := range 1500 {
			fmt.Fprintf(&long, "address-number-%d@example.com\n", i)
		}
		if saved := b.Post(at+"/policies/fax", "version", "2", "addresses", long.String(), "addresses", "one-more@example.com"); saved.Status != 303 {
			t.Errorf("many: %d", saved.Status)
		}
		if form := b.Get(at + "/policies/fax"); !form.Has(`id="addresses-2"`, "continued (3)", "one-more@example.com") {
			t.Errorf("the form with many: %+v", form.Status)
		}
		if question := b.Get(at + "/policies/fax/delete"); !question.Has("Delete the policy for fax?") {
			t.Errorf("the question: %+v", question)
		}
		for name, other := range map[string]*apptest.Browser{
			"a plain user": w.Browser(t, sender.Pages).As(w.A.User, w.A), "an admin of B": w.Browser(t, sender.Pages).As(w.B.Admin, w.B),
		} {
			path := at
			if name == "an admin of B" {
				allow(t, w, w.B, true)
				path = strings.Replace(at, "alpha", "beta", 1)
			}
			for _, answer := range []apptest.Answer{other.Get(path + "/policies/fax"), other.Post(path+"/policies/fax", "version", "3"), other.Post(path + "/policies/fax/delete")} {
				if answer.Status != 404 {
					t.Errorf("%s: %+v", name, answer)
				}
			}
		}
		if gone := b.Follow(b.Post(at + "/policies/fax/delete")); !gone.Has("The policy has been deleted.", "No service takes e-mail") {
			t.Errorf("deleted: %+v", gone)
		}
	})
}

func TestSendersByTheAPI(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		allow(t, w, w.A, true)
		_, key := keyWith(t, w, authz.SettingsManage, authz.UsersView)
		c := w.Client(t, key, sender.Routes, org.Routes)
		const path = "/organizations/alpha/senders"
		for _, test := range []struct {
			method, path, body, ifMatch string
			status                      int
			says                        string
		}{
			{"GET", path, "", "", 200, `{"items":[]}`},
			{"PUT", path, `{}`, "", 422, `"service","code":"required"`},
			{"PUT", path, `{"service": "fax", "enabled": true, "domains": ["example.com"], "color": "red"}`, "", 422, "unknown_field"},
			{"PUT", path, `{"service": "fax", "enabled": true, "domains": ["example.com"], "blocked": ["bad@example.com"]}`, "", 200, `"domains":["example.com"]`},
			{"PUT", path, `{"service": "fax", "enabled": true, "domains": ["*.example.com"]}`, `"v7"`, 412, "version_conflict"},
			{"POST", path + "/check", `{"service": "fax", "email": "a@example.com"}`, "", 200, `"allowed":true,"reason":"listed_domain","language":"en","number":""`},
			{"POST", path + "/check", `{"service": "fax", "email": "bad@example.com"}`, "", 200, `"allowed":false,"reason":"blocked","language":"","number":"","settings":{}`},
			{"POST", path + "/check", `{"service": "fax", "email": "` + w.A.User.User.Email + `"}`, "", 200, `"allowed":true,"reason":"user","user_id":"` + string(w.A.User.User.ID)},
			{"POST", path + "/check", `{"service": "fax", "email": "x"}`, "", 422, "invalid_email"},
			{"GET", path + "?service=scan", "", "", 200, `{"items":[]}`},
			{"GET", "/organizations/beta/senders", "", "", 404, "not_found"},
			{"POST", "/organizations/beta/senders/check", `{"service": "fax", "email": "a@example.com"}`, "", 404, "not_found"},
			{"GET", "/organizations/alpha/settings", "", "", 200, `"features":{"unlisted_senders":true}`},
			{"PATCH", "/organizations/alpha/settings", `{"features": {"unlisted_senders": false}}`, "", 422, "unknown_field"},
			{"DELETE", path + "/fax", "", `"v1"`, 204, ""},
			{"DELETE", path + "/fax", "", "", 404, "not_found"},
		} {
			var headers []string
			if test.ifMatch != "" {
				headers = []string{"If-Match", test.ifMatch}
			}
			if got := c.Do(test.method, test.path, test.body, headers...); got.Status != test.status || !strings.Contains(got.Body, test.says) {
				t.Errorf("%s %s %s: %+v, want %d %s", test.method, test.path, test.body, got, test.status, test.says)
			}
		}
		_, viewer := keyWith(t, w, authz.UsersView)
		if got := w.Client(t, viewer, sender.Routes).Do("PUT", path, `{"service": "fax"}`); got.Status != 403 {
			t.Errorf("set without the permission: %+v", got)
		}
		if got := w.Client(t, viewer, sender.Routes).Do("POST", path+"/check", `{"service": "fax", "email": "a@example.com"}`); got.Status != 200 {
			t.Errorf("checked with the permission: %+v", got)
		}
		allow(t, w, w.A, false)
		if got := c.Do("GET", path, ""); got.Status != 403 || got.Code() != "feature_off" {
			t.Errorf("switched off: %+v", got)
		}
	})
}

// A product asks for each e-mail: a few milliseconds are what it has.
func BenchmarkCheck(b *testing.B) {
	w := apptest.New(b, apptest.SQLite(b))
	admin := w.A.Admin.Call(w.A)
	call := apptest.OperatorCall()
	call.Org = string(w.A.Org.ID)
	if _, err := org.Update.Do(b.Context(), w.Door, call, switched(true)); err != nil {
		b.Fatal(err)
	}
	in := sender.Input{Service: "fax", Enabled: true}
	for i := range sender.MaxAddresses {
		in.Addresses = append(in.Addresses, fmt.Sprintf("a%d@b.example", i))
		in.Blocked = append(in.Blocked, fmt.Sprintf("b%d@b.example", i))
	}
	for i := range sender.MaxDomains {
		in.Domains = append(in.Domains, fmt.Sprintf("d%d.example", i))
	}
	if _, err := sender.Put.Do(b.Context(), w.Door, admin, in); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		v, err := sender.Check.Do(b.Context(), w.Door, admin, sender.Question{Service: "fax", Email: "a4999@b.example"})
		if err != nil || !v.Allowed {
			b.Fatal(v, err)
		}
	}
}
