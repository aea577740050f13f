package signin_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roster/internal/app/apptest"
	"roster/internal/errs"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/secret"
	"roster/internal/self"
	"roster/internal/signin"
	"roster/internal/user"
)

// rule changes the rules for passwords of a place.
func rule(t *testing.T, w *apptest.World, place apptest.Place, ch org.PasswordChange) {
	t.Helper()
	if _, err := org.UpdateSettings.Do(t.Context(), w.Door, place.Admin.Call(place), org.SettingsChange{PasswordChange: ch}); err != nil {
		t.Fatal(err)
	}
}

// code is the code of the first field that a refusal names, or its own.
func code(err error) string {
	e, ok := errors.AsType[*errs.Error](err)
	switch {
	case err == nil:
		return ""
	case !ok:
		return err.Error()
	case len(e.Fields) > 0:
		return e.Fields[0].Field + ":" + e.Fields[0].Code
	}
	return e.Code
}

// nth is one of many passwords that are good enough.
func nth(n int) string { return fmt.Sprintf("lanterns over Utrecht, the %dth tin whistle", n) }

// own changes the user's own password, signed in anew with the present one.
func own(t *testing.T, w *apptest.World, place apptest.Place, u user.User, current, next string) error {
	t.Helper()
	here := with(in(t, w, stranger(place, "192.0.2.9"), credentials(u.Email, current)))
	_, err := self.ChangePassword.Do(t.Context(), w.Door, here, self.PasswordChange{Current: secret.NewClear(current), Password: secret.NewClear(next)})
	return err
}

// kept is how many former passwords of somebody are stored.
func kept(t *testing.T, w *apptest.World, place apptest.Place, u user.User) (n int) {
	t.Helper()
	w.Put(t, place.Org.ID, func(t *op.Tx) (err error) {
		n, err = op.One[int](t, `select count(*) from password_history where org_id = :org and user_id = :user`, op.Args{"user": u.ID})
		return err
	})
	return n
}

func TestTheLastPasswordsDoNotComeAgain(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u, admin := w.A.User.User, w.A.Admin.Call(w.A)
		rule(t, w, w.A, org.PasswordChange{PasswordHistory: patch.To(3)})
		next := func(current, pw string) {
			t.Helper()
			w.Advance(time.Minute)
			if err := own(t, w, w.A, u, current, pw); err != nil {
				t.Fatalf("%s: %v", pw, err)
			}
		}
		next(apptest.Password, nth(1)) // what was there before the rule counts
		next(nth(1), nth(2))
		w.Advance(time.Minute)
		since := w.Now(t)
		letters := len(w.Letters(t, u.Email))
		for _, again := range []string{apptest.Password, nth(1)} {
			if err := own(t, w, w.A, u, nth(2), again); code(err) != "new_password:repeated" {
				t.Errorf("own: %v", err)
			}
			if err := setPassword(t, w, admin, u, again, false); code(err) != "password:repeated" {
				t.Errorf("by an admin: %v", err)
			}
		}
		if err := setPassword(t, w, admin, u, nth(2), false); code(err) != "password:repeated" {
			t.Errorf("the present one, by an admin: %v", err)
		}
		if names := apptest.Names(w.Events(t, w.A.Org.ID, since)); slices.Contains(names, "password.changed") || slices.Contains(names, "password.set") {
			t.Errorf("a refusal did something: %v", names)
		}
		if n := len(w.Letters(t, u.Email)); n != letters+2 { // the sign-ins of this test, with a new browser each
			t.Errorf("%d letters, want %d", n, letters+2)
		}
		// An admin's reset takes the password away; it still may not come again.
		if _, err := signin.ResetPassword.Do(t.Context(), w.Door, admin, user.Ref{ID: u.ID}); err != nil {
			t.Fatal(err)
		}
		link := w.Newest(t, u.Email).Token()
		for _, again := range []string{nth(1), nth(2), apptest.Password} {
			if err := redeem(t, w, link, again); code(err) != "password:repeated" {
				t.Errorf("by the link: %v", err)
			}
		}
		w.Advance(time.Minute)
		if err := redeem(t, w, link, nth(3)); err != nil {
			t.Fatal(err)
		}
		next(nth(3), apptest.Password) // the fourth last one
		if n := kept(t, w, w.A, u); n != 3 {
			t.Errorf("%d are kept", n)
		}
		// Nothing of it holds elsewhere, and nothing is kept without the rule.
		if err := own(t, w, w.B, w.B.User.User, apptest.Password, nth(1)); err != nil || kept(t, w, w.B, w.B.User.User) != 0 {
			t.Errorf("in the other organization: %v", err)
		}
		rule(t, w, w.A, org.PasswordChange{PasswordHistory: patch.To(0)})
		next(apptest.Password, nth(3))
		if n := kept(t, w, w.A, u); n != 0 {
			t.Errorf("%d are kept without the rule", n)
		}
	})
}

func TestAdminsHaveRulesOfTheirOwn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		rule(t, w, w.A, org.PasswordChange{AdminPasswordMinLength: patch.To(20), AdminPasswordKinds: patch.To(4), AdminPasswordHistory: patch.To(1)})
		for _, test := range []struct {
			who  apptest.Person
			pw   string
			want string
		}{
			{w.A.User, "tin whistle 4 goats", ""},
			{w.A.Admin, "Tin whistle 4 goat", "new_password:too_short"},
			{w.A.Admin, "tin whistle 4 goats and a lamp", "new_password:too_few_kinds"},
			{w.A.Admin, "Tin whistle 4 goats and a lamp", ""},
		} {
			if err := own(t, w, w.A, test.who.User, apptest.Password, test.pw); code(err) != test.want {
				t.Errorf("%s, %q: %v, want %q", test.who.User.Email, test.pw, err, test.want)
			}
		}
		if kept(t, w, w.A, w.A.User.User) != 0 || kept(t, w, w.A, w.A.Admin.User) != 1 {
			t.Error("history is kept for the wrong ones")
		}
		if err := own(t, w, w.B, w.B.Admin.User, apptest.Password, "tin whistle 4 goats"); err != nil {
			t.Errorf("in the other organization: %v", err)
		}
	})
}

// Of many changes of one password at once, one holds. All others find another
// password than the one that they had proved.
func TestOneOfManyChangesOfAPasswordHolds(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := w.A.User.User
		rule(t, w, w.A, org.PasswordChange{PasswordHistory: patch.To(5)})
		here := with(in(t, w, stranger(w.A, "192.0.2.9"), credentials(u.Email, apptest.Password)))
		since := w.Now(t)
		var done atomic.Int64
		var all sync.WaitGroup
		for i := range 6 {
			all.Go(func() {
				_, err := self.ChangePassword.Do(t.Context(), w.Door, here, self.PasswordChange{Current: secret.NewClear(apptest.Password), Password: secret.NewClear(nth(i))})
				switch {
				case err == nil:
					done.Add(1)
				case code(err) != "version_conflict" && code(err) != "current_password:wrong_password" && errs.KindOf(err) != errs.KindUnauthenticated && code(err) != "too_many_attempts":
					t.Errorf("%d: %v", i, err)
				}
			})
		}
		all.Wait()
		n := 0
		for _, name := range apptest.Names(w.Events(t, w.A.Org.ID, since)) {
			if name == "password.changed" {
				n++
			}
		}
		if done.Load() != 1 || n != 1 || kept(t, w, w.A, u) != 1 {
			t.Errorf("%d changes, %d events, %d kept", done.Load(), n, kept(t, w, w.A, u))
		}
	})
}

// Two admins who set one password at once both do, one after the other, and what
// the first one set counts for the second.
func TestAdminsSetAPasswordOneAfterTheOther(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u, admin := w.A.User.User, w.A.Admin.Call(w.A)
		rule(t, w, w.A, org.PasswordChange{PasswordHistory: patch.To(5)})
		var all sync.WaitGroup
		results := make([]error, 4)
		for i := range results {
			all.Go(func() { results[i] = setPassword(t, w, admin, u, nth(i%2), false) })
		}
		all.Wait()
		done := 0
		for _, err := range results {
			switch code(err) {
			case "":
				done++
			case "password:repeated", "version_conflict":
			default:
				t.Error(err)
			}
		}
		if done < 1 || done > 2 {
			t.Errorf("%d of two passwords were set", done)
		}
	})
}

// A repeat with the same key is not a second attempt, which the history would
// refuse.
func TestARepeatOfSettingAPasswordIsHarmless(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u, admin := w.A.User.User, w.A.Admin.Call(w.A)
		rule(t, w, w.A, org.PasswordChange{PasswordHistory: patch.To(5)})
		admin.Once = &op.Once{Key: "k", Fingerprint: []byte("f")}
		w.Advance(time.Second)
		since := w.Now(t)
		for range 2 {
			if err := setPassword(t, w, admin, u, fresh, false); err != nil {
				t.Fatal(err)
			}
		}
		if names := apptest.Names(w.Events(t, w.A.Org.ID, since)); strings.Join(names, " ") != "password.set" {
			t.Errorf("events %v", names)
		}
	})
}
