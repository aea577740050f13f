package signin_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/text/language"

	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/enroll"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/user"
)

// fresh is a password that nobody has had yet.
const fresh = "seven purple lanterns over Utrecht"

func forgot(t *testing.T, w *apptest.World, call op.Call, login string) {
	t.Helper()
	if _, err := signin.Forgot.Do(t.Context(), w.Door, call, signin.Forgotten{Login: login}); err != nil {
		t.Fatal(err)
	}
}

func redeem(t *testing.T, w *apptest.World, token secret.Clear, password string) error {
	t.Helper()
	_, err := signin.Reset.Do(t.Context(), w.Door, op.Call{By: authz.Caller{Origin: apptest.Origin}},
		signin.NewPassword{Token: token, Password: secret.NewClear(password)})
	return err
}

// reset asks for a link and uses it.
func reset(t *testing.T, w *apptest.World, place apptest.Place, u user.User) {
	t.Helper()
	forgot(t, w, stranger(place, "192.0.2.9"), u.Email)
	if err := redeem(t, w, w.Newest(t, u.Email).Token(), fresh); err != nil {
		t.Fatal(err)
	}
}

func TestForgottenPasswordChangesNothingUntilItsLinkIsUsed(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u, call := w.A.User.User, stranger(w.A, "192.0.2.9")
		mine := in(t, w, call, credentials(u.Email, apptest.Password))
		forgot(t, w, call, strings.ToUpper(u.Email))
		letter := w.Newest(t, u.Email)
		if letter.Kind != "password_forgotten" || letter.To != u.Email || !strings.Contains(letter.Text, "http://localhost:8080/reset/rst_rst_") {
			t.Fatalf("the letter: %s\n%s", letter.Subject, letter.Text)
		}
		if !works(t, w, with(mine)) {
			t.Error("asking ended a session")
		}
		in(t, w, call, credentials(u.Email, apptest.Password))

		offer, err := signin.ShowReset.Do(t.Context(), w.Door, op.Call{}, signin.Token{Token: letter.Token()})
		if err != nil || offer.User.ID != u.ID || offer.Org.ID != w.A.Org.ID || offer.Dead != nil {
			t.Fatalf("the page: %+v, %v", offer, err)
		}
		for _, weak := range []string{"", "short", "Password123456789", "alpha alpha alpha 2026", strings.Repeat("long ", 60)} {
			if err := redeem(t, w, letter.Token(), weak); errs.KindOf(err) != errs.KindInvalid || strings.Contains(err.Error(), "Password1") {
				t.Errorf("%.20q: %v", weak, err)
			}
		}
		since := w.Now(t)
		if err := redeem(t, w, letter.Token(), fresh); err != nil {
			t.Fatal(err)
		}
		if works(t, w, with(mine)) || works(t, w, w.A.User.Call(w.A)) {
			t.Error("a session outlived the new password")
		}
		if _, err := try(t, w, call, credentials(u.Email, apptest.Password)); !errs.Is(err, "invalid_credentials") {
			t.Errorf("the old password: %v", err)
		}
		if notice := w.Newest(t, u.Email); notice.Kind != "password_changed" || !notice.Token().IsZero() {
			t.Errorf("the notice: %s", notice.Subject)
		}
		in(t, w, call, credentials(u.Email, fresh))
		if err := redeem(t, w, letter.Token(), "another good one: tin whistle"); !errs.Is(err, "link_used") {
			t.Errorf("the second use: %v", err)
		}
		for _, e := range w.Events(t, w.A.Org.ID, since) {
			if e.Name == "password.reset" && e.Actor == string(u.ID) {
				since = time.Time{}
			}
		}
		if !since.IsZero() {
			t.Error("the reset is not in the log as the user's own")
		}
	})
}

func TestForgottenPasswordAnswersEverybodyAlike(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		call := stranger(w.A, "192.0.2.9")
		open := invited(t, w, w.A, "open@x.example")
		gone := w.Person(t, w.A.Org, "Dee", "Gone", "gone@alpha.example", authz.RoleUser).User
		w.In(t, w.A.Org, gone, user.Deactivated)
		before := len(w.Letters(t, open.Email))
		for _, login := range []string{w.A.Admin.User.Email, "nobody@alpha.example", gone.Email, open.Email, w.B.User.User.Email, "not an address", strings.Repeat("x", 5000)} {
			began := time.Now()
			forgot(t, w, call, login)
			if took := time.Since(began); took < 200*time.Millisecond {
				t.Errorf("%.20q was answered after %v", login, took)
			}
		}
		for _, u := range []user.User{gone, w.B.User.User} {
			if n := len(w.Letters(t, u.Email)); n != 0 {
				t.Errorf("%s got %d letters", u.Email, n)
			}
		}
		if n := len(w.Letters(t, open.Email)); n != before {
			t.Errorf("an invited person got %d letters", n-before)
		}
		suspend(t, w, w.A.Org, true)
		forgot(t, w, call, w.A.User.User.Email)
		if n := len(w.Letters(t, w.A.User.User.Email)); n != 0 {
			t.Errorf("a suspended organization sent %d letters", n)
		}
	})
}

func TestOneAddressGetsThreeResetsInAnHour(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u, call := w.A.User.User, stranger(w.A, "192.0.2.9")
		for range 5 {
			forgot(t, w, call, u.Email)
		}
		if n := len(w.Letters(t, u.Email)); n != 3 {
			t.Errorf("%d letters", n)
		}
		w.Advance(time.Hour + time.Second)
		forgot(t, w, call, u.Email)
		if n := len(w.Letters(t, u.Email)); n != 4 {
			t.Errorf("an hour later: %d letters", n)
		}
	})
}

func TestResetLinksDie(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx, admin := t.Context(), w.A.Admin.Call(w.A)
		move := func(t *testing.T, u user.User, steps ...op.Command[user.Ref, user.User]) {
			t.Helper()
			for _, c := range steps {
				if _, err := c.Do(ctx, w.Door, admin, user.Ref{ID: u.ID}); err != nil {
					t.Fatal(err)
				}
			}
		}
		for n, c := range []struct {
			name string
			how  func(t *testing.T, u user.User)
			want string
		}{
			{"with a newer one", func(t *testing.T, u user.User) { forgot(t, w, stranger(w.A, "192.0.2.9"), u.Email) }, "link_superseded"},
			{"with a new password", func(t *testing.T, u user.User) {
				w.Put(t, w.A.Org.ID, func(t *op.Tx) error { return user.SetPassword(t, u.ID, "", false) })
			}, "link_revoked"},
			{"with deactivation", func(t *testing.T, u user.User) { move(t, u, user.Deactivate) }, "link_revoked"},
			{"for good", func(t *testing.T, u user.User) { move(t, u, user.Deactivate, user.Activate) }, "link_revoked"},
			{"with the user", func(t *testing.T, u user.User) {
				move(t, u, user.Deactivate)
				if _, err := user.Delete.Do(ctx, w.Door, admin, user.Ref{ID: u.ID}); err != nil {
					t.Fatal(err)
				}
			}, "link_revoked"},
			{"with time", func(*testing.T, user.User) { w.Advance(time.Hour) }, "link_expired"},
			{"while the organization is suspended", func(t *testing.T, _ user.User) { suspend(t, w, w.A.Org, true) }, "organization_suspended"},
		} {
			t.Run(c.name, func(t *testing.T) {
				u := w.Person(t, w.A.Org, "Pia", "Person", fmt.Sprintf("p%d@alpha.example", n), authz.RoleUser).User
				forgot(t, w, stranger(w.A, "192.0.2.9"), u.Email)
				token := w.Newest(t, u.Email).Token()
				w.Advance(time.Millisecond)
				c.how(t, u)
				if err := redeem(t, w, token, fresh); !errs.Is(err, c.want) {
					t.Errorf("using it: %v, want %s", err, c.want)
				}
				offer, err := signin.ShowReset.Do(ctx, w.Door, op.Call{}, signin.Token{Token: token})
				if offer.Dead != nil {
					err = offer.Dead
				}
				if !errs.Is(err, c.want) || offer.User.ID != "" {
					t.Errorf("opening it: %+v, %v", offer, err)
				}
				if _, err := try(t, w, stranger(w.A, "192.0.2.9"), credentials(u.Email, fresh)); err == nil {
					t.Error("the password was set")
				}
			})
		}
	})
}

func TestLinksOfAnotherPurposeAreUnknown(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		open := invited(t, w, w.A, "open@x.example")
		unknown, _ := secret.NewToken(secret.Reset)
		for _, token := range []secret.Clear{w.Newest(t, open.Email).Token(), unknown, w.A.User.Token, secret.NewClear("rst_rst_x"), {}} {
			if err := redeem(t, w, token, fresh); !errs.Is(err, "link_unknown") {
				t.Errorf("using it: %v", err)
			}
			if _, err := signin.ShowReset.Do(t.Context(), w.Door, op.Call{}, signin.Token{Token: token}); !errs.Is(err, "link_unknown") {
				t.Errorf("opening it: %v", err)
			}
		}
		for n := range 200 {
			err := redeem(t, w, unknown, fresh)
			if errs.Is(err, "too_many_attempts") {
				break
			}
			if n == 199 {
				t.Error("a network guesses links for ever")
			}
		}
	})
}

func TestParallelResetsHaveOneWinner(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		forgot(t, w, stranger(w.A, "192.0.2.9"), w.A.User.User.Email)
		token := w.Newest(t, w.A.User.User.Email).Token()
		var all sync.WaitGroup
		var won atomic.Int32
		for range 20 {
			all.Go(func() {
				switch err := redeem(t, w, token, fresh); {
				case err == nil:
					won.Add(1)
				case !errs.Is(err, "link_used"):
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Errorf("%d winners", won.Load())
		}
	})
}

func TestAnAdminsResetEndsPasswordAndSessionsAtOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u, call := w.A.User.User, stranger(w.A, "192.0.2.9")
		mine := in(t, w, call, credentials(u.Email, apptest.Password))
		sent, err := signin.ResetPassword.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), user.Ref{ID: u.ID})
		if err != nil || !sent.ExpiresAt.After(w.Now(t).Add(23*time.Hour)) {
			t.Fatalf("%+v, %v", sent, err)
		}
		if works(t, w, with(mine)) || works(t, w, w.A.User.Call(w.A)) {
			t.Error("a session goes on")
		}
		if _, err := try(t, w, call, credentials(u.Email, apptest.Password)); !errs.Is(err, "invalid_credentials") {
			t.Errorf("the old password: %v", err)
		}
		known := credentials(u.Email, apptest.Password)
		known.Device = device(mine)
		if _, err := try(t, w, call, known); !errs.Is(err, "invalid_credentials") {
			t.Errorf("the old password on a known device: %v", err)
		}
		letter := w.Newest(t, u.Email)
		w.Advance(23 * time.Hour)
		if err := redeem(t, w, letter.Token(), fresh); letter.Kind != "password_reset" || err != nil {
			t.Fatalf("%s: %v", letter.Kind, err)
		}
		in(t, w, call, credentials(u.Email, fresh))
	})
}

func TestWhoMayBeSentAReset(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		open := invited(t, w, w.A, "open@x.example")
		gone := w.Person(t, w.A.Org, "Dee", "Gone", "gone@alpha.example", authz.RoleUser).User
		w.In(t, w.A.Org, gone, user.Deactivated)
		later := w.Person(t, w.A.Org, "Pia", "Later", "later@alpha.example", authz.RoleUser).User
		w.In(t, w.A.Org, later, user.Pending)
		for _, c := range []struct {
			name string
			call op.Call
			id   id.User
			want string
		}{
			{"invited", admin, open.ID, "not_activated"},
			{"pending", admin, later.ID, "not_activated"},
			{"deactivated", admin, gone.ID, "deactivated"},
			{"of another organization", admin, w.B.User.User.ID, "not_found"},
			{"unknown", admin, id.New[id.User](time.Now()), "not_found"},
			{"by a plain user", w.A.User.Call(w.A), w.A.Admin.User.ID, "forbidden"},
			{"by nobody", stranger(w.A, "192.0.2.9"), w.A.User.User.ID, "unauthenticated"},
		} {
			if _, err := signin.ResetPassword.Do(t.Context(), w.Door, c.call, user.Ref{ID: c.id}); !errs.Is(err, c.want) {
				t.Errorf("%s: %v, want %s", c.name, err, c.want)
			}
		}
		for n, want := range []bool{true, true, true, false} {
			_, err := signin.ResetPassword.Do(t.Context(), w.Door, admin, user.Ref{ID: w.A.User.User.ID})
			if (err == nil) != want || err != nil && !errs.Is(err, "too_many_letters") {
				t.Errorf("reset %d: %v", n+1, err)
			}
		}
		if n := len(w.Letters(t, w.B.User.User.Email)); n != 0 || !works(t, w, w.B.User.Call(w.B)) {
			t.Errorf("the other organization: %d letters", n)
		}
	})
}

func TestFindingOnesOrganizations(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		call := op.Call{By: authz.Caller{Origin: apptest.Origin}}
		ask := func(email string) error {
			_, err := signin.Find.Do(t.Context(), w.Door, call, signin.Lost{Email: email, Language: language.English})
			return err
		}
		shared := "both@x.example"
		w.Person(t, w.A.Org, "Bo", "Both", shared, authz.RoleUser)
		w.Person(t, w.B.Org, "Bo", "Both", "BOTH@x.example", authz.RoleUser)
		for _, email := range []string{"Both@X.example", "nobody@x.example", "open@x.example"} {
			if err := ask(email); err != nil {
				t.Errorf("%s: %v", email, err)
			}
		}
		// Each spelling of the address is told of its own accounts only.
		for to, slug := range map[string]string{shared: "alpha", "BOTH@x.example": "beta"} {
			letters := w.Letters(t, to)
			if len(letters) != 1 || !strings.Contains(letters[0].Text, "/o/"+slug+"/sign-in") {
				t.Errorf("%s got %+v", to, letters)
			}
		}
		if n := len(w.Letters(t, "nobody@x.example")); n != 0 {
			t.Errorf("nobody got %d letters", n)
		}
		for range 4 {
			if err := ask(shared); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(w.Letters(t, shared)); n != 3 {
			t.Errorf("%d letters in an hour", n)
		}
		if err := ask("not an address"); errs.KindOf(err) != errs.KindInvalid {
			t.Errorf("no address: %v", err)
		}
		suspend(t, w, w.A.Org, true)
		w.Advance(2 * time.Hour)
		before := len(w.Letters(t, shared))
		if err := ask(shared); err != nil || len(w.Letters(t, shared)) != before {
			t.Errorf("a suspended organization was named: %v", err)
		}
	})
}

// Whoever tries many made-up links has to wait; others do not.
func TestGuessingLinksIsSlow(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		from := func(address string) op.Call { return op.Call{By: authz.Caller{Origin: authz.Origin{Address: address}}} }
		tries := 0
		for ; tries < 200; tries++ {
			token, _ := secret.NewToken(secret.Reset)
			_, err := signin.ShowReset.Do(t.Context(), w.Door, from("198.51.100.7"), signin.Token{Token: token})
			if errs.Is(err, "too_many_attempts") {
				break
			}
			if !errs.Is(err, "link_unknown") {
				t.Fatal(err)
			}
		}
		if tries < 50 || tries == 200 {
			t.Errorf("%d made-up links before the first wait", tries)
		}
		token, _ := secret.NewToken(secret.Invitation)
		if _, err := enroll.Show.Do(t.Context(), w.Door, from("198.51.100.9"), enroll.Token{Token: token}); !errs.Is(err, "too_many_attempts") {
			t.Errorf("an invitation from the same network: %v", err)
		}
		if _, err := enroll.Show.Do(t.Context(), w.Door, from("203.0.113.7"), enroll.Token{Token: token}); !errs.Is(err, "link_unknown") {
			t.Errorf("from another network: %v", err)
		}
	})
}

// Anybody can ask for a link; that takes no admin's link away.
func TestAskingForALinkKillsNoneThatAnAdminHasSent(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := w.A.User.User
		if _, err := signin.ResetPassword.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), user.Ref{ID: u.ID}); err != nil {
			t.Fatal(err)
		}
		sent := w.Newest(t, u.Email).Token()
		forgot(t, w, stranger(w.A, "192.0.2.9"), u.Email)
		asked := w.Newest(t, u.Email).Token()
		offer, err := signin.ShowReset.Do(t.Context(), w.Door, op.Call{}, signin.Token{Token: sent})
		if err != nil || offer.Dead != nil {
			t.Errorf("the admin's link: %+v, %v", offer.Dead, err)
		}
		if _, err := signin.Reset.Do(t.Context(), w.Door, op.Call{}, signin.NewPassword{Token: asked, Password: secret.NewClear("a meadow of copper bells")}); err != nil {
			t.Fatal(err)
		}
		if offer, err = signin.ShowReset.Do(t.Context(), w.Door, op.Call{}, signin.Token{Token: sent}); err != nil || offer.Dead == nil {
			t.Errorf("the admin's link after the password was set: %+v, %v", offer.Dead, err)
		}
	})
}
