package people_test

import (
	"net/http"
	"testing"
	"time"

	"roster/internal/app/apptest"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/people"
	"roster/internal/user"
)

// The card says how the password stands: how old it is, when it expires, and that
// the e-mail with a reset did not arrive.
func TestTheCardSaysHowThePasswordStands(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		if _, err := org.UpdateSettings.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), org.SettingsChange{PasswordChange: org.PasswordChange{PasswordExpiryDays: patch.To(90)}}); err != nil {
			t.Fatal(err)
		}
		b := w.Browser(t, people.Pages).As(w.A.Admin, w.A)
		card := "/o/alpha/users/" + string(w.A.User.User.ID)
		if got := b.Get(card); got.Status != http.StatusOK || !got.Has(`id="password"`, "In use", "Expires") {
			t.Errorf("the card: %d", got.Status)
		}
		edit := b.Get(card + "/edit")
		if !edit.Has(`name="password_never_expires"`, `name="expiry" value="shown"`) {
			t.Fatal("the form has no exception")
		}
		form := []string{"version", "0", "first_name", "Uma", "last_name", "User", "expiry", "shown"}
		if got := b.Post(card+"/edit", append(form, "password_never_expires", "on", "phone", "12")...); got.Status != http.StatusUnprocessableEntity || !got.Has(`name="password_never_expires" value="on" checked`) {
			t.Errorf("a refused form loses the box: %d", got.Status)
		}
		if got := b.Post(card+"/edit", append(form, "password_never_expires", "on")...); got.Location != card || !b.Get(card).Has("an exception for this user") {
			t.Errorf("the exception: %d", got.Status)
		}
		if got := b.Post(card+"/edit", form...); got.Location != card || b.Get(card).Has("an exception for this user") {
			t.Errorf("without it: %d", got.Status)
		}
		w.Advance(time.Minute)
		if got := b.Post(card + "/reset-password"); got.Location != card {
			t.Fatal(got.Status)
		}
		if got := b.Get(card); !got.Has("Disabled", "Reset sent") || got.Has("Not delivered") {
			t.Error("after a reset")
		}
		w.Put(t, w.A.Org.ID, func(t *op.Tx) error {
			_, err := t.Exec(`update letters set state = 'undeliverable', problem = 'mailbox full' where org_id = :org and about = :user`, op.Args{"user": string(w.A.User.User.ID)})
			return err
		})
		if got := b.Get(card); !got.Has("Not delivered", "mailbox full", "The e-mail did not arrive") {
			t.Error("after it came back")
		}
		w.In(t, w.A.Org, w.A.User.User, user.Deactivated)
		if got := b.Get(card); got.Has(`id="password"`) {
			t.Error("of somebody deactivated")
		}
	})
}
