package signin_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/secret"
	"roster/internal/self"
	"roster/internal/signin"
	"roster/internal/user"
)

const day = 24 * time.Hour

// me is what somebody is told about themselves.
func me(t *testing.T, w *apptest.World, call op.Call) self.Me {
	t.Helper()
	m, err := self.Get.Do(t.Context(), w.Door, call, op.Nothing{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAPasswordExpires(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := w.A.User.User
		rule(t, w, w.A, org.PasswordChange{PasswordExpiryDays: patch.To(30), PasswordReminderDays: patch.To(0)})
		if _, err := org.UpdateSettings.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), org.SettingsChange{SessionIdleMinutes: patch.To(1440), SessionMaxHours: patch.To(720)}); err != nil {
			t.Fatal(err)
		}
		w.Advance(30*day - 2*time.Hour)
		here := in(t, w, stranger(w.A, "192.0.2.9"), credentials(u.Email, apptest.Password))
		admin := in(t, w, stranger(w.A, "192.0.2.9"), credentials(w.A.Admin.User.Email, apptest.Password))
		if m := me(t, w, with(here)); here.MustChange || m.MustChangePassword || m.PasswordExpired || !m.PasswordExpiresAt.Equal(m.PasswordSetAt.Add(30*day)) {
			t.Errorf("before its end: %+v", m)
		}
		w.Advance(3 * time.Hour)
		// The session that was there before comes under it, too.
		if m := me(t, w, with(here)); !m.MustChangePassword || !m.PasswordExpired {
			t.Errorf("after its end: %+v", m)
		}
		if _, err := signin.List.Do(t.Context(), w.Door, with(here), op.Nothing{}); code(err) != "password_change_required" {
			t.Errorf("doing something: %v", err)
		}
		again := in(t, w, stranger(w.A, "192.0.2.9"), credentials(u.Email, apptest.Password))
		if !again.MustChange {
			t.Error("signing in anew asks for nothing")
		}
		// Admins have their own rule, and the other organization its own.
		if m := me(t, w, with(admin)); m.MustChangePassword || !m.PasswordExpiresAt.IsZero() {
			t.Errorf("an admin: %+v", m)
		}
		if s := in(t, w, stranger(w.B, "192.0.2.9"), credentials(w.B.User.User.Email, apptest.Password)); s.MustChange {
			t.Error("in the other organization")
		}
		// Who becomes an admin comes under the rule for admins.
		if _, err := user.Change.Do(t.Context(), w.Door, with(admin), user.Update{ID: u.ID, Role: patch.To(authz.RoleAdmin)}); err != nil {
			t.Fatal(err)
		}
		if m := me(t, w, with(again)); m.MustChangePassword {
			t.Errorf("as an admin: %+v", m)
		}
		if _, err := user.Change.Do(t.Context(), w.Door, with(admin), user.Update{ID: u.ID, Role: patch.To(authz.RoleUser)}); err != nil {
			t.Fatal(err)
		}
		now, err := self.ChangePassword.Do(t.Context(), w.Door, with(again), self.PasswordChange{Current: secret.NewClear(apptest.Password), Password: secret.NewClear(fresh)})
		if err != nil {
			t.Fatal(err)
		}
		if m := me(t, w, with(signin.SignedIn{Org: now.Org, Token: now.Token})); m.MustChangePassword || m.PasswordExpired {
			t.Errorf("with another one: %+v", m)
		}
	})
}

func TestAnExceptionFromExpiry(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u, admin := w.A.User.User, w.A.Admin.Call(w.A)
		rule(t, w, w.A, org.PasswordChange{PasswordExpiryDays: patch.To(30)})
		since := w.Now(t)
		got, err := user.Change.Do(t.Context(), w.Door, admin, user.Update{ID: u.ID, NeverExpires: patch.To(true)})
		if err != nil || !got.NeverExpires {
			t.Fatal(got, err)
		}
		if e := w.Events(t, w.A.Org.ID, since); !strings.Contains(e[len(e)-1].Changes, "password_never_expires") {
			t.Errorf("the event: %+v", e)
		}
		w.Advance(40 * day)
		remind(t, w, w.Door)
		if s := in(t, w, stranger(w.A, "192.0.2.9"), credentials(u.Email, apptest.Password)); s.MustChange || letterOf(t, w, u, "password_expires") != 0 {
			t.Error("the exception does not hold")
		}
	})
}

func remind(t *testing.T, w *apptest.World, d *op.Door) {
	t.Helper()
	if _, err := signin.Remind.Do(t.Context(), d, op.Call{By: authz.Worker("reminder")}, op.Nothing{}); err != nil {
		t.Error(err)
	}
}

// letterOf counts the letters of a kind to somebody.
func letterOf(t *testing.T, w *apptest.World, u user.User, kind string) (n int) {
	t.Helper()
	for _, l := range w.Letters(t, u.Email) {
		if l.Kind == kind {
			n++
		}
	}
	return n
}

func TestTheEndOfAPasswordIsToldOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := w.A.User.User
		rule(t, w, w.A, org.PasswordChange{PasswordExpiryDays: patch.To(90), PasswordReminderDays: patch.To(10)})
		gone := w.Person(t, w.A.Org, "Gustav", "Gone", "gustav@alpha.example", authz.RoleUser)
		w.In(t, w.A.Org, gone.User, user.Deactivated)
		told := func() int { return letterOf(t, w, u, "password_expires") }
		w.Advance(80*day - time.Hour)
		remind(t, w, w.Door)
		if n := told(); n != 0 {
			t.Errorf("%d letters before it is time", n)
		}
		w.Advance(2 * time.Hour)
		suspend(t, w, w.A.Org, true)
		remind(t, w, w.Door)
		suspend(t, w, w.A.Org, false)
		if n := told(); n != 0 {
			t.Errorf("%d letters of a suspended organization", n)
		}
		// Two nodes at once, and again an hour later.
		nodes := []*op.Door{w.Door, w.Another(t, func(*op.Config) {}), w.Another(t, func(*op.Config) {})}
		since := w.Now(t)
		var all sync.WaitGroup
		for _, d := range nodes {
			all.Go(func() { remind(t, w, d) })
		}
		all.Wait()
		w.Advance(time.Hour)
		remind(t, w, w.Door)
		if n := told(); n != 1 {
			t.Errorf("%d letters", n)
		}
		if names := apptest.Names(w.Events(t, w.A.Org.ID, since)); !slices.Equal(names, []string{"password.reminded"}) {
			t.Errorf("events %v", names)
		}
		letter := w.Newest(t, u.Email)
		if !strings.Contains(letter.Subject, "Alpha expires soon") || !strings.Contains(letter.Text, "http://localhost:8080/o/alpha/security") {
			t.Errorf("the letter: %s\n%s", letter.Subject, letter.Text)
		}
		for _, other := range []user.User{gone.User, w.A.Admin.User, w.B.User.User, w.B.Admin.User} {
			if letterOf(t, w, other, "password_expires") != 0 {
				t.Errorf("%s got one", other.Email)
			}
		}
		// Each password is told of: the next one in its own time.
		if err := own(t, w, w.A, u, apptest.Password, fresh); err != nil {
			t.Fatal(err)
		}
		remind(t, w, w.Door)
		w.Advance(81 * day)
		remind(t, w, w.Door)
		if n := told(); n != 2 {
			t.Errorf("%d letters about two passwords", n)
		}
		// One that has expired already is not told of.
		if err := own(t, w, w.A, u, fresh, nth(1)); err != nil {
			t.Fatal(err)
		}
		w.Advance(91 * day)
		remind(t, w, w.Door)
		if n := told(); n != 2 {
			t.Errorf("%d letters, one of them too late", n)
		}
	})
}
