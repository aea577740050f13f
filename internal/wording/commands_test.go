package wording_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"roster/internal/apikey"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/invite"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/signin"
	"roster/internal/user"
	"roster/internal/wording"
)

var (
	invitation = wording.Ref{Letter: "invitation", Language: "en"}
	own        = wording.Texts{Subject: "Come to {{organization}}", Opening: "{{inviter}} wants you, {{name}}.", Closing: "Questions? Room 4."}
)

func save(t *testing.T, w *apptest.World, place apptest.Place, in wording.Change) wording.Text {
	t.Helper()
	got, err := wording.Save.Do(t.Context(), w.Door, place.Admin.Call(place), in)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func invited(t *testing.T, w *apptest.World, place apptest.Place, email, language string) apptest.Letter {
	t.Helper()
	in := invite.Input{Emails: []string{email}, Language: language, Message: "See you."}
	if _, err := invite.Create.Do(t.Context(), w.Door, place.Admin.Call(place), in); err != nil {
		t.Fatal(err)
	}
	return w.Newest(t, email)
}

func TestLettersSayWhatAnAdminHasWritten(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		since := w.Now(t)
		if got := save(t, w, w.A, wording.Change{Ref: invitation, Texts: own}); got.Version != 1 || got.Subject != own.Subject || got.Original.Subject != "{{inviter}} invites you to {{organization}}" {
			t.Errorf("saved: %+v", got)
		}
		ours := invited(t, w, w.A, "kim@x.example", "en")
		if ours.Subject != "Come to Alpha" {
			t.Errorf("subject %q", ours.Subject)
		}
		// What its reader must know stays, in this order.
		at := -1
		for _, part := range []string{"Hello,", "Ada Admin-Alpha wants you, kim@x", "> See you.", "/invitation/rst_", "The link works once, until", "Questions? Room 4.", "If you do not know them, ignore it"} {
			next := strings.Index(strings.ReplaceAll(ours.Text, "\u200c", ""), part)
			if next <= at {
				t.Errorf("%q stands at %d, after %d:\n%s", part, next, at, ours.Text)
			}
			at = next
		}
		if ours.Token().IsZero() {
			t.Error("the letter has no link")
		}
		// Neither another language, nor another letter, nor another organization.
		if l := invited(t, w, w.A, "sven@x.example", "sv"); l.Subject != "Ada Admin-Alpha bjuder in dig till Alpha" || strings.Contains(l.Text, "Room 4") {
			t.Errorf("in Swedish: %q\n%s", l.Subject, l.Text)
		}
		if l := invited(t, w, w.B, "kim@x.example", "en"); l.Subject != "Ada Admin-Beta invites you to Beta" || strings.Contains(l.Text, "Room 4") {
			t.Errorf("of the mirror organization: %q\n%s", l.Subject, l.Text)
		}
		reset := user.Ref{ID: w.A.User.User.ID}
		if _, err := signin.ResetPassword.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), reset); err != nil {
			t.Fatal(err)
		}
		if l := w.Newest(t, w.A.User.User.Email); l.Subject != "Set a new password for Alpha" {
			t.Errorf("another letter: %q", l.Subject)
		}
		if names := apptest.Names(w.Events(t, w.B.Org.ID, since)); slices.Contains(names, "letter.changed") {
			t.Errorf("events of the mirror organization: %v", names)
		}
	})
}

func TestTheOriginalComesBack(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		call := w.A.Admin.Call(w.A)
		save(t, w, w.A, wording.Change{Ref: invitation, Texts: own})
		save(t, w, w.B, wording.Change{Ref: invitation, Texts: own})
		since := w.Now(t)
		for _, want := range []errs.Kind{errs.KindInternal, errs.KindNotFound} { // then there is nothing to restore
			_, err := wording.Restore.Do(t.Context(), w.Door, call, wording.Undo{Ref: invitation})
			if errs.KindOf(err) != want {
				t.Errorf("restored: %v", err)
			}
		}
		if names := apptest.Names(w.Events(t, w.A.Org.ID, since)); !slices.Equal(names, []string{"letter.restored"}) {
			t.Errorf("events: %v", names)
		}
		if l := invited(t, w, w.A, "kim@x.example", "en"); l.Subject != "Ada Admin-Alpha invites you to Alpha" {
			t.Errorf("after that: %q", l.Subject)
		}
		if l := invited(t, w, w.B, "kim@x.example", "en"); l.Subject != "Come to Beta" {
			t.Errorf("of the mirror organization: %q", l.Subject)
		}
	})
}

func TestNobodyWritesOverAnother(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		call := w.A.Admin.Call(w.A)
		first := save(t, w, w.A, wording.Change{Ref: invitation, Texts: own})
		since := w.Now(t)
		if again := save(t, w, w.A, wording.Change{Ref: invitation, Texts: own}); again.Version != 1 || len(w.Events(t, w.A.Org.ID, since)) != 0 {
			t.Errorf("the same once more: %+v", again)
		}
		zero, two := 0, int64(2)
		for name, in := range map[string]wording.Change{
			"a form of the original": {Ref: invitation, Texts: own, Shown: &zero},
			"another version":        {Ref: invitation, Texts: own, Version: two},
		} {
			if _, err := wording.Save.Do(t.Context(), w.Door, call, in); !errs.Is(err, "version_conflict") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := wording.Restore.Do(t.Context(), w.Door, call, wording.Undo{Ref: invitation, Version: two}); !errs.Is(err, "version_conflict") {
			t.Errorf("restored: %v", err)
		}
		wrong := wording.Change{Ref: invitation, Texts: wording.Texts{Subject: "x\nBcc: y@example.com", Opening: "{{password}}"}}
		if _, err := wording.Save.Do(t.Context(), w.Door, call, wrong); errs.KindOf(err) != errs.KindInvalid {
			t.Errorf("a second header: %v", err)
		}
		for _, ref := range []wording.Ref{{Letter: "organizations", Language: "en"}, {Letter: "invitation", Language: "tlh"}, {Letter: "invitation", Language: "de-AT"}} {
			if _, err := wording.Save.Do(t.Context(), w.Door, call, wording.Change{Ref: ref, Texts: own}); errs.KindOf(err) != errs.KindNotFound {
				t.Errorf("%+v: %v", ref, err)
			}
		}
		got, err := wording.Get.Do(t.Context(), w.Door, call, invitation)
		if err != nil || got.Version != first.Version || got.Texts != own || len(w.Events(t, w.A.Org.ID, since)) != 0 {
			t.Errorf("now: %+v, %v", got, err)
		}
	})
}

// Every letter can be shown in every language, with our words and with others, and keeps what it must.
func TestEveryLetterHasAPreview(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		call, before := w.A.Admin.Call(w.A), w.Now(t)
		all, err := wording.List.Do(t.Context(), w.Door, call, op.Nothing{})
		if err != nil || len(all.Items) < 9 {
			t.Fatalf("%d letters, %v", len(all.Items), err)
		}
		for _, o := range all.Items {
			subjects := map[string]bool{}
			for _, language := range []string{"en", "de", "fr", "es", "sv"} {
				ref := wording.Ref{Letter: o.Letter, Language: language}
				text, err := wording.Get.Do(t.Context(), w.Door, call, ref)
				if err != nil {
					t.Fatal(err)
				}
				subjects[text.Subject] = true
				ours := preview(t, w, call, wording.Draft{Ref: ref, Texts: text.Texts})
				if strings.Contains(ours.Text+ours.Subject, "{{") {
					t.Errorf("%+v: something was not filled in:\n%s\n%s", ref, ours.Subject, ours.Text)
				}
				others := preview(t, w, call, wording.Draft{Ref: ref, Texts: wording.Texts{Subject: "x", Opening: "y", Closing: "z"}})
				if others.Subject != "x" || links(others.Text) != links(ours.Text) || links(ours.Text) == "" || !strings.Contains(others.Text, "\ny\n") || !strings.Contains(others.Text, "\nz\n") {
					t.Errorf("%+v with other words:\n%s", ref, others.Text)
				}
			}
			if len(subjects) != 5 {
				t.Errorf("%s is said the same in two languages: %v", o.Letter, subjects)
			}
		}
		if n := len(w.Events(t, w.A.Org.ID, before)); n != 0 {
			t.Errorf("%d events", n)
		}
		_, err = wording.Preview.Do(t.Context(), w.Door, call, wording.Draft{Ref: invitation, Texts: wording.Texts{Subject: "{{x}}"}})
		if errs.KindOf(err) != errs.KindInvalid {
			t.Errorf("what is wrong: %v", err)
		}
	})
}

func preview(t *testing.T, w *apptest.World, call op.Call, in wording.Draft) mail.Message {
	t.Helper()
	m, err := wording.Preview.Do(t.Context(), w.Door, call, in)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// links are the addresses that a letter leads to.
func links(text string) string {
	var found []string
	for word := range strings.FieldsSeq(text) {
		if strings.HasPrefix(word, "http") {
			found = append(found, word)
		}
	}
	return strings.Join(found, " ")
}

func TestTextsByTheAPI(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		k, err := apikey.Create.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), apikey.New{Name: "all", Permissions: authz.OrganizationSet().List()})
		if err != nil {
			t.Fatal(err)
		}
		c := w.Client(t, k.Secret, wording.Routes)
		const all = "/organizations/alpha/letters"
		const one = all + "/invitation/de"
		for _, test := range []struct {
			method, path, body, ifMatch string
			status                      int
			says                        string
		}{
			{"GET", all, "", "", 200, `"letter":"invitation","name":"Invitation","placeholders":["organization","inviter","name","email"],"changed":[]`},
			{"GET", one, "", "", 200, `"subject":"{{inviter}} lädt Sie zu {{organization}} ein"`},
			{"GET", all + "/invitation/xx", "", "", 404, "not_found"},
			{"GET", all + "/organizations/de", "", "", 404, "not_found"},
			{"GET", "/organizations/beta/letters/invitation/de", "", "", 404, "not_found"},
			{"PUT", one, `{"subject": "Hallo"}`, "", 422, `"opening"`},
			{"PUT", one, `{"subject": "Hallo", "opening": "x", "html": "<b>"}`, "", 422, `"html","code":"unknown_field"`},
			{"PUT", one, `{"subject": "Hallo", "opening": "{{secret}}"}`, "", 422, "unknown_placeholder"},
			{"PUT", one, `{"subject": "Hallo", "opening": "Kommen Sie zu {{organization}}."}`, "", 200, `"version":1`},
			{"GET", all, "", "", 200, `"changed":["de"]`},
			{"PUT", one, `{"subject": "Servus", "opening": "x"}`, `"v7"`, 412, "version_conflict"},
			{"PUT", one, `{"subject": "Servus", "opening": "x"}`, `"v1"`, 200, `"version":2`},
			{"DELETE", one, "", `"v1"`, 412, "version_conflict"},
			{"DELETE", one, "", `"v2"`, 204, ""},
			{"DELETE", one, "", "", 404, "not_found"},
		} {
			var headers []string
			if test.ifMatch != "" {
				headers = []string{"If-Match", test.ifMatch}
			}
			if got := c.Do(test.method, test.path, test.body, headers...); got.Status != test.status || !strings.Contains(got.Body, test.says) {
				t.Errorf("%s %s %s: %d %s", test.method, test.path, test.body, got.Status, got.Body)
			}
		}
		got := c.Do("GET", one, "")
		var text struct{ Original wording.Texts }
		if err := json.Unmarshal([]byte(got.Body), &text); err != nil || got.Header.Get("ETag") != `"v0"` || text.Original.Closing != "" {
			t.Errorf("the original: %+v, %v", got, err)
		}
	})
}
