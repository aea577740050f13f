package signin_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/apikey"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/op"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/user"
)

func setPassword(t *testing.T, w *apptest.World, call op.Call, u user.User, pw string, mustChange bool) error {
	t.Helper()
	_, err := signin.SetPassword.Do(t.Context(), w.Door, call, signin.PasswordFor{ID: u.ID, Password: secret.NewClear(pw), MustChange: mustChange})
	return err
}

func TestAnAdminSetsAPassword(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u, admin, call := w.A.User.User, w.A.Admin.Call(w.A), stranger(w.A, "192.0.2.9")
		known := in(t, w, call, credentials(u.Email, apptest.Password))
		if _, err := signin.Forgot.Do(t.Context(), w.Door, call, signin.Forgotten{Login: u.Email}); err != nil {
			t.Fatal(err)
		}
		reset := w.Newest(t, u.Email).Token()
		w.Advance(time.Second)
		since := w.Now(t)
		if err := setPassword(t, w, admin, u, fresh, true); err != nil {
			t.Fatal(err)
		}
		if works(t, w, with(known)) || works(t, w, w.A.User.Call(w.A)) {
			t.Error("a session outlived the new password")
		}
		if _, err := try(t, w, call, credentials(u.Email, apptest.Password)); !errs.Is(err, "invalid_credentials") {
			t.Errorf("the old password: %v", err)
		}
		if err := redeem(t, w, reset, "another good one: tin whistle"); !errs.Is(err, "link_revoked") {
			t.Errorf("the reset link: %v", err)
		}
		notice := w.Newest(t, u.Email)
		if notice.Kind != "password_set" || !notice.Token().IsZero() || strings.Contains(notice.Text, fresh) {
			t.Errorf("the notice: %s\n%s", notice.Subject, notice.Text)
		}
		events := w.Events(t, w.A.Org.ID, since)
		at := slices.IndexFunc(events, func(e apptest.Event) bool { return e.Name == "password.set" })
		if at < 0 || events[at].Actor != string(w.A.Admin.User.ID) || events[at].Subject != string(u.ID) || strings.Contains(events[at].Changes, fresh) {
			t.Errorf("events %+v", events)
		}
		// The browser that was known is a stranger's now: the devices are forgotten.
		again := credentials(u.Email, fresh)
		hash, _ := secret.HashToken(known.Device.Reveal(), secret.Device)
		again.Device = hash.Bytes()
		if s := in(t, w, call, again); !s.MustChange || s.Device.IsZero() {
			t.Errorf("signing in with it: %+v", s)
		}
		if names := apptest.Names(w.Events(t, w.B.Org.ID, since)); len(names) != 0 {
			t.Errorf("the other organization: %v", names)
		}
	})
}

func TestWhosePasswordAnAdminSets(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, u := w.A.Admin.Call(w.A), w.A.User.User
		other := w.Person(t, w.A.Org, "Olga", "Other", "olga@alpha.example", authz.RoleAdmin)
		made, err := apikey.Create.Do(t.Context(), w.Door, admin, apikey.New{Name: "helper", Permissions: []authz.Permission{authz.UsersManage, authz.UsersView}})
		if err != nil {
			t.Fatal(err)
		}
		hash, _ := secret.HashToken(made.Secret, secret.APIKey)
		helper := op.Call{By: authz.Caller{Key: hash.Bytes(), Origin: apptest.Origin}, Org: string(w.A.Org.ID)}
		w.Advance(time.Second)
		since := w.Now(t)
		refused := func(call op.Call, of user.User, pw, want string) {
			t.Helper()
			if err := setPassword(t, w, call, of, pw, false); !errs.Is(err, want) {
				t.Errorf("%s: %v, want %s", of.Email, err, want)
			}
		}
		refused(admin, u, "too short", "validation_failed")
		refused(admin, u, "", "validation_failed")
		refused(admin, u, "the lanterns of Alpha town", "validation_failed")
		refused(admin, u, strings.Repeat("long ", 60), "validation_failed")
		refused(admin, w.A.Admin.User, fresh, "own_account")
		refused(helper, other.User, fresh, "target_above_caller")
		refused(w.A.User.Call(w.A), other.User, fresh, "forbidden")
		refused(admin, w.B.User.User, fresh, "not_found")
		for state, want := range map[user.State]string{user.Pending: "not_activated", user.Invited: "not_activated", user.Deactivated: "deactivated"} {
			w.In(t, w.A.Org, u, state)
			refused(admin, u, fresh, want)
		}
		w.In(t, w.A.Org, u, user.Active)
		w.Put(t, w.A.Org.ID, func(t *op.Tx) error {
			return t.ExecOne(`update users set authentication = 'federated' where org_id = :org and id = :id`, op.Args{"id": u.ID})
		})
		refused(admin, u, fresh, "no_password")
		if names := apptest.Names(w.Events(t, w.A.Org.ID, since)); len(names) != 0 || len(w.Letters(t, u.Email)) != 0 || !works(t, w, w.A.User.Call(w.A)) {
			t.Errorf("a refusal did something: %v", names)
		}
		if err := setPassword(t, w, helper, w.A.User.User, fresh, false); !errs.Is(err, "no_password") {
			t.Error(err)
		}
	})
}

func TestANewBrowserIsReported(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u, call := w.A.User.User, stranger(w.A, "192.0.2.9")
		first := in(t, w, call, credentials(u.Email, apptest.Password))
		if notice := w.Newest(t, u.Email); notice.Kind != "new_device" || !strings.Contains(notice.Text, "know yet. If it was you") || !notice.Token().IsZero() {
			t.Errorf("the notice: %s\n%s", notice.Subject, notice.Text)
		}
		known := credentials(u.Email, apptest.Password)
		hash, _ := secret.HashToken(first.Device.Reveal(), secret.Device)
		known.Device = hash.Bytes()
		in(t, w, call, known)
		if _, err := try(t, w, call, credentials(u.Email, "wrong")); err == nil {
			t.Error("a wrong password")
		}
		if letters := w.Letters(t, u.Email); len(letters) != 1 {
			t.Errorf("%d letters: neither a known browser nor a failure is one", len(letters))
		}
	})
}
