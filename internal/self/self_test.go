package self_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/secret"
	"roster/internal/self"
	"roster/internal/signin"
	"roster/internal/user"
)

const fresh = "seven purple lanterns over Utrecht"

func signIn(t *testing.T, w *apptest.World, place apptest.Place, email, password string) (op.Call, error) {
	t.Helper()
	s, err := signin.SignIn.Do(t.Context(), w.Door, op.Call{By: authz.Caller{Origin: apptest.Origin}, Org: place.Org.Slug},
		signin.Credentials{Login: email, Password: secret.NewClear(password)})
	hash, _ := secret.HashToken(s.Token.Reveal(), secret.Session)
	return op.Call{By: authz.Caller{Sessions: map[id.Org][]byte{s.Org: hash.Bytes()}, Origin: apptest.Origin}}, err
}

func works(t *testing.T, w *apptest.World, call op.Call) bool {
	t.Helper()
	_, err := self.Get.Do(t.Context(), w.Door, call, op.Nothing{})
	return err == nil
}

func change(t *testing.T, w *apptest.World, call op.Call, current, password string) error {
	t.Helper()
	_, err := changed(t, w, call, current, password)
	return err
}

// changed changes a password and answers a call with the session's new token.
func changed(t *testing.T, w *apptest.World, call op.Call, current, password string) (op.Call, error) {
	t.Helper()
	now, err := self.ChangePassword.Do(t.Context(), w.Door, call,
		self.PasswordChange{Current: secret.NewClear(current), Password: secret.NewClear(password)})
	hash, _ := secret.HashToken(now.Token.Reveal(), secret.Session)
	return op.Call{By: authz.Caller{Sessions: map[id.Org][]byte{now.Org: hash.Bytes()}, Origin: apptest.Origin}}, err
}

func TestPeopleSeeThemselves(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := w.A.User.User
		if _, err := user.Change.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), user.Update{ID: u.ID, Notes: patch.To("slow payer")}); err != nil {
			t.Fatal(err)
		}
		got, err := self.Get.Do(t.Context(), w.Door, w.A.User.Call(w.A), op.Nothing{})
		if err != nil || got.ID != u.ID || got.Organization.Slug != "alpha" || got.Notes != "" || len(got.Permissions) != 0 || got.MustChangePassword {
			t.Errorf("%+v, %v", got, err)
		}
		admin, err := self.Get.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), op.Nothing{})
		if err != nil || !slices.Contains(admin.Permissions, authz.UsersManage) {
			t.Errorf("%+v, %v", admin, err)
		}
		for name, call := range map[string]op.Call{
			"nobody": {}, "in another organization": w.A.User.CallIn(w.B.Org.ID, w.A),
		} {
			if _, err := self.Get.Do(t.Context(), w.Door, call, op.Nothing{}); errs.KindOf(err) != errs.KindUnauthenticated {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestPeopleChangeTheirProfile(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		call := w.A.User.Call(w.A)
		before, err := self.Get.Do(t.Context(), w.Door, call, op.Nothing{})
		if err != nil {
			t.Fatal(err)
		}
		w.Advance(time.Second)
		since := w.Now(t)
		in := self.Change{Version: int64(before.Version), Fields: user.Fields{
			Title: patch.To("Technician"), Country: patch.To("SE"), Phone: patch.To("08 123 456 78"), TimeZone: patch.To("Europe/Stockholm"),
		}}
		got, err := self.Update.Do(t.Context(), w.Door, call, in)
		if err != nil || got.Title != "Technician" || got.Phone != "+46812345678" || got.Email != before.Email || got.Version != before.Version+1 {
			t.Fatalf("%+v, %v", got, err)
		}
		if events := w.Events(t, w.A.Org.ID, since); len(events) != 1 || events[0].Name != "profile.updated" || events[0].Actor != string(before.ID) {
			t.Errorf("%+v", events)
		}
		if _, err := self.Update.Do(t.Context(), w.Door, call, in); !errs.Is(err, "version_conflict") {
			t.Errorf("based on the old version: %v", err)
		}
		for _, f := range []user.Fields{{FirstName: patch.To("")}, {Country: patch.To("XX")}, {Language: patch.To("tlh")}, {Title: patch.To(strings.Repeat("x", 200))}} {
			if _, err := self.Update.Do(t.Context(), w.Door, call, self.Change{Fields: f}); errs.KindOf(err) != errs.KindInvalid {
				t.Errorf("%+v: %v", f, err)
			}
		}
		if names := apptest.Names(w.Events(t, w.B.Org.ID, since)); len(names) != 0 {
			t.Errorf("the other organization: %v", names)
		}
	})
}

func TestANewPasswordNeedsThePresentOne(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		email := w.A.User.User.Email
		here, err := signIn(t, w, w.A, email, apptest.Password)
		if err != nil {
			t.Fatal(err)
		}
		w.Advance(time.Second)
		since, letters := w.Now(t), len(w.Letters(t, email))
		for _, c := range []struct{ current, password, field, code string }{
			{"wrong", fresh, "current_password", "wrong_password"},
			{"", fresh, "current_password", "required"},
			{apptest.Password, "", "new_password", "required"},
			{apptest.Password, "short", "new_password", "too_short"},
			{apptest.Password, "lanterns of Alpha town", "new_password", "personal"},
			{apptest.Password, apptest.Password, "new_password", "unchanged"},
		} {
			e, ok := change(t, w, here, c.current, c.password).(*errs.Error)
			if !ok || e.Kind != errs.KindInvalid || !slices.ContainsFunc(e.Fields, func(f errs.Field) bool { return f.Field == c.field && f.Code == c.code }) {
				t.Errorf("%q, %q: %v", c.current, c.password, e)
			}
		}
		if !works(t, w, w.A.User.Call(w.A)) || len(w.Letters(t, email)) != letters || len(w.Events(t, w.A.Org.ID, since)) != 0 {
			t.Error("a refused change did something")
		}
		now, err := changed(t, w, here, apptest.Password, fresh)
		if err != nil {
			t.Fatal(err)
		}
		if !works(t, w, now) || works(t, w, here) || works(t, w, w.A.User.Call(w.A)) || !works(t, w, w.A.Admin.Call(w.A)) || !works(t, w, w.B.User.Call(w.B)) {
			t.Error("the own session goes on under a new token, the others of this user end")
		}
		if letter := w.Newest(t, email); letter.Kind != "password_changed" || strings.Contains(letter.Text, fresh) {
			t.Errorf("the notice: %s", letter.Subject)
		}
		if names := apptest.Names(w.Events(t, w.A.Org.ID, since)); !slices.Equal(names, []string{"password.changed"}) {
			t.Errorf("events %v", names)
		}
		if _, err := signIn(t, w, w.A, email, apptest.Password); !errs.Is(err, "invalid_credentials") {
			t.Errorf("the old password: %v", err)
		}
		if _, err := signIn(t, w, w.A, email, fresh); err != nil {
			t.Errorf("the new password: %v", err)
		}
	})
}

func TestGuessingThePresentPasswordIsSlowedDownForTheSessionOnly(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		email := w.A.User.User.Email
		here, err := signIn(t, w, w.A, email, apptest.Password)
		if err != nil {
			t.Fatal(err)
		}
		stolen := w.A.User.Call(w.A)
		for range 5 {
			if err := change(t, w, stolen, "wrong", fresh); errs.KindOf(err) != errs.KindInvalid {
				t.Fatal(err)
			}
		}
		if err := change(t, w, stolen, apptest.Password, fresh); !errs.Is(err, "too_many_attempts") {
			t.Errorf("the sixth try: %v", err)
		}
		if err := change(t, w, here, apptest.Password, fresh); err != nil {
			t.Errorf("the owner, elsewhere: %v", err)
		}
	})
}

func TestWhoMustChangeTheirPasswordMayNothingElse(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u, admin := w.A.Admin.User, w.A.Admin.Call(w.A)
		w.Put(t, w.A.Org.ID, func(t *op.Tx) error {
			return t.ExecOne(`update users set must_change_password = true where org_id = :org and id = :id`, op.Args{"id": u.ID})
		})
		got, err := self.Get.Do(t.Context(), w.Door, admin, op.Nothing{})
		if err != nil || !got.MustChangePassword || len(got.Permissions) != 0 {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := user.Get.Do(t.Context(), w.Door, admin, user.Ref{ID: u.ID}); !errs.Is(err, "password_change_required") {
			t.Errorf("looking at users: %v", err)
		}
		if admin, err = changed(t, w, admin, apptest.Password, fresh); err != nil {
			t.Fatal(err)
		}
		if _, err := user.Get.Do(t.Context(), w.Door, admin, user.Ref{ID: u.ID}); err != nil {
			t.Errorf("looking at users after it: %v", err)
		}
	})
}
