package wording_test

import (
	"strings"
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/wording"
)

func TestAnAdminChangesATextOnThePages(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, wording.Pages).As(w.A.Admin, w.A)
		const list, one = "/o/alpha/settings/letters", "/o/alpha/settings/letters/invitation/de"
		if page := b.Get(list); !page.Has("Invitation", "Password changed", `href="`+one+`"`, "Deutsch") || page.Has(">changed<") {
			t.Errorf("the list: %d %s", page.Status, page.Body)
		}
		page := b.Get(one)
		if !page.Has("{{inviter}} lädt Sie zu {{organization}} ein", `name="version" value="0"`, "who invites", `formtarget="letter-preview"`) || page.Has("Restore the original") {
			t.Errorf("the form: %d %s", page.Status, page.Body)
		}
		if policy := page.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-src 'self'") {
			t.Errorf("the page with a frame: %s", policy)
		}
		wrong := b.Post(one, "version", "0", "subject", "", "opening", "Kommen Sie, {{vorname}}!", "closing", "Bis bald")
		if wrong.Status != 422 || !wrong.Has(`id="subject-e"`, `id="opening-e"`, "Kommen Sie, {{vorname}}!", "Bis bald") {
			t.Errorf("what is wrong: %d %s", wrong.Status, wrong.Body)
		}
		preview := b.Post(one+"/preview", "subject", "Los", "opening", "<script>alert(1)</script> {{inviter}}")
		if policy := preview.Header.Get("Content-Security-Policy"); preview.Status != 200 || !strings.HasPrefix(policy, "default-src 'none'") || !strings.HasSuffix(policy, "; sandbox") {
			t.Errorf("the preview: %d %s", preview.Status, policy)
		}
		if !preview.Has("&lt;script&gt;", "Ada Admin-Alpha", "Guten Tag ") || preview.Has("<script") {
			t.Errorf("the preview: %s", preview.Body)
		}
		if plain := b.Post(one+"/preview", "subject", "Los", "opening", "x", "plain", "1"); !plain.Has("<pre", "/invitation/example") {
			t.Errorf("as text: %s", plain.Body)
		}
		if bad := b.Post(one+"/preview", "subject", "", "opening", "x"); bad.Status != 422 || !bad.Has("Subject: Enter a subject.") || !strings.HasSuffix(bad.Header.Get("Content-Security-Policy"), "; sandbox") {
			t.Errorf("nothing to show: %+v", bad)
		}
		if page := b.Get(list); page.Has(">changed<") {
			t.Error("a preview has saved something")
		}
		saved := b.Follow(b.Post(one, "version", "0", "subject", "Los geht’s", "opening", "Kommen Sie zu {{organization}}.", "closing", ""))
		if !saved.Has("Saved.", "Los geht’s", `name="version" value="1"`, "Restore the original…") {
			t.Errorf("saved: %d %s", saved.Status, saved.Body)
		}
		if late := b.Post(one, "version", "0", "subject", "Zu spät", "opening", "x"); late.Status != 412 || !late.Has("Zu spät", `name="version" value="1"`, "Somebody changed this while you did.") {
			t.Errorf("too late: %d %s", late.Status, late.Body)
		}
		if page := b.Get(list); !page.Has(">changed<") {
			t.Error("the list does not say that it was changed")
		}
		if ask := b.Get(one + "/restore"); !ask.Has("Restore the original text?", "The audit log keeps it.") {
			t.Errorf("the question: %s", ask.Body)
		}
		if back := b.Follow(b.Post(one + "/restore")); !back.Has("The original text is back.", "{{inviter}} lädt Sie zu {{organization}} ein") {
			t.Errorf("restored: %s", back.Body)
		}
		if gone := b.Get(one + "/restore"); gone.Location != one {
			t.Errorf("nothing to restore: %+v", gone)
		}
		for _, path := range []string{list, one, one + "/preview"} {
			if got := w.Browser(t, wording.Pages).As(w.A.User, w.A).Get(path); got.Status != 404 {
				t.Errorf("%s for a user: %d", path, got.Status)
			}
		}
	})
}
