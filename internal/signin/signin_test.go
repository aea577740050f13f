package signin_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/user"
)

// stranger is a browser that nobody is signed in with, at a place.
func stranger(place apptest.Place, address string) op.Call {
	return op.Call{By: authz.Caller{Origin: authz.Origin{Address: address, Agent: "test"}}, Org: place.Org.Slug}
}

func credentials(login, password string) signin.Credentials {
	return signin.Credentials{Login: login, Password: secret.NewClear(password)}
}

func try(t *testing.T, w *apptest.World, call op.Call, in signin.Credentials) (signin.SignedIn, error) {
	t.Helper()
	return signin.SignIn.Do(t.Context(), w.Door, call, in)
}

func in(t *testing.T, w *apptest.World, call op.Call, c signin.Credentials) signin.SignedIn {
	t.Helper()
	got, err := try(t, w, call, c)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// with is a call of the browser that has just signed in.
func with(s signin.SignedIn) op.Call {
	hash, _ := secret.HashToken(s.Token.Reveal(), secret.Session)
	return op.Call{By: authz.Caller{Sessions: map[id.Org][]byte{s.Org: hash.Bytes()}, Origin: apptest.Origin}, Org: string(s.Org)}
}

func device(s signin.SignedIn) []byte {
	hash, _ := secret.HashToken(s.Device.Reveal(), secret.Device)
	return hash.Bytes()
}

// works reports whether a call still proves somebody.
func works(t *testing.T, w *apptest.World, call op.Call) bool {
	t.Helper()
	_, err := signin.List.Do(t.Context(), w.Door, call, op.Nothing{})
	if err != nil && errs.KindOf(err) != errs.KindUnauthenticated && !errs.Is(err, "organization_suspended") {
		t.Fatal(err)
	}
	return err == nil
}

func suspend(t *testing.T, w *apptest.World, o org.Organization, suspended bool) {
	t.Helper()
	call := apptest.OperatorCall()
	call.Org = o.Slug
	if _, err := org.Update.Do(t.Context(), w.Door, call, org.Change{Suspended: patch.To(suspended)}); err != nil {
		t.Fatal(err)
	}
}

const wrong = "not the password of anybody"

func TestEveryStateButActiveIsRefusedAlike(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		call, u := stranger(w.A, "192.0.2.9"), w.A.User.User
		var refusals []*errs.Error
		refused := func(name, login, password string) {
			t.Helper()
			_, err := try(t, w, call, credentials(login, password))
			e, ok := err.(*errs.Error)
			if !ok || e.Code != "invalid_credentials" || e.Kind != errs.KindUnauthenticated {
				t.Errorf("%s: %v", name, err)
				return
			}
			refusals = append(refusals, e)
		}
		refused("unknown", "nobody@alpha.example", apptest.Password)
		refused("wrong password", u.Email, wrong)
		refused("somebody of another organization", w.B.User.User.Email, apptest.Password)
		for _, state := range user.States() {
			w.In(t, w.A.Org, u, state)
			w.Advance(time.Hour) // the meters are empty again
			if state == user.Active {
				in(t, w, call, credentials(u.Email, apptest.Password))
				suspend(t, w, w.A.Org, true)
				refused("organization suspended", u.Email, apptest.Password)
				suspend(t, w, w.A.Org, false)
				continue
			}
			if state == user.Waiting { // said to whoever knows the password, and nobody else
				if _, err := try(t, w, call, credentials(u.Email, apptest.Password)); !errs.Is(err, "waiting_for_license") {
					t.Errorf("waiting: %v", err)
				}
				refused("waiting, wrong password", u.Email, wrong)
				continue
			}
			refused(string(state), u.Email, apptest.Password)
		}
		for _, e := range refusals[1:] {
			if e.Message != refusals[0].Message || e.RetryAfter != refusals[0].RetryAfter {
				t.Errorf("the refusals differ: %v, %v", refusals[0], e)
			}
		}
		if len(refusals) != 8 {
			t.Errorf("%d refusals", len(refusals))
		}
		if got := w.Events(t, w.B.Org.ID, w.B.Org.CreatedAt.Add(time.Second)); len(got) != 0 {
			t.Errorf("the other organization's log: %v", apptest.Names(got))
		}
	})
}

func TestSignInRecordsWhoAndFromWhere(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		w.Advance(time.Hour) // past what made the world
		since, u := w.Now(t), w.A.User.User
		_, _ = try(t, w, stranger(w.A, "192.0.2.9"), credentials(u.Email, wrong))
		_, _ = try(t, w, stranger(w.A, "192.0.2.9"), credentials("nobody@alpha.example", wrong))
		got := in(t, w, stranger(w.A, "192.0.2.9"), credentials(strings.ToUpper(u.Email), apptest.Password))
		if got.User.ID != u.ID || got.MustChange || !got.Until().IsZero() || got.Device.IsZero() {
			t.Errorf("signed in as %+v", got)
		}
		events := w.Events(t, w.A.Org.ID, since)
		if want := []string{"signin.failed", "signin.succeeded"}; !slices.Equal(apptest.Names(events), want) {
			t.Fatalf("events %v", apptest.Names(events))
		}
		for i, actor := range []string{"", string(u.ID)} {
			if e := events[i]; e.Subject != string(u.ID) || e.Actor != actor || e.Address != "192.0.2.9" {
				t.Errorf("%+v", e)
			}
		}
		if !strings.Contains(events[0].Changes, "wrong_password") {
			t.Errorf("the reason is %s", events[0].Changes)
		}
		stays := credentials(u.Username, apptest.Password)
		stays.Stay = true
		if got := in(t, w, stranger(w.A, "192.0.2.9"), stays); !got.Until().Equal(got.Session.ExpiresAt) {
			t.Errorf("'stay signed in' lasts until %v", got.Until())
		}
	})
}

func TestSignInStartsANewSession(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		first := in(t, w, stranger(w.A, "192.0.2.9"), credentials(w.A.User.User.Email, apptest.Password))
		again := with(first)
		again.Org = w.A.Org.Slug
		second := in(t, w, again, credentials(w.A.Admin.User.Email, apptest.Password))
		if second.Token.Equal(first.Token) || second.User.ID != w.A.Admin.User.ID {
			t.Errorf("the second sign-in: %+v", second)
		}
		if works(t, w, with(first)) || !works(t, w, with(second)) {
			t.Error("the browser's session before it goes on, or the new one does not")
		}
	})
}

func TestGuessingIsSlowedDownAndOneDayEnds(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := w.A.User.User
		spellings := []string{u.Email, strings.ToUpper(u.Email), " " + u.Email, "user＠alpha.example"}
		failures, blocked := 0, false
		for n := 0; failures < 100; n++ {
			// A network of its own each time: what slows this down is the account.
			call := stranger(w.A, fmt.Sprintf("198.51.%d.7", n%250))
			_, err := try(t, w, call, credentials(spellings[n%len(spellings)], wrong))
			switch e := err.(*errs.Error); e.Code {
			case "invalid_credentials":
				failures++
			case "too_many_attempts":
				if e.RetryAfter <= 0 || e.Kind != errs.KindTooMany {
					t.Fatalf("%+v", e)
				}
				blocked = true
				w.Advance(e.RetryAfter)
			default:
				t.Fatal(err)
			}
			if failures == 5 && !blocked {
				_, err := try(t, w, call, credentials(u.Email, apptest.Password))
				if !errs.Is(err, "too_many_attempts") {
					t.Fatalf("right after five failures: %v", err)
				}
			}
		}
		letter := w.Newest(t, u.Email)
		if letter.Kind != "password_locked" || len(w.Letters(t, u.Email)) != 1 {
			t.Errorf("the owner is told by %d letters, the last: %s", len(w.Letters(t, u.Email)), letter.Subject)
		}
		w.Advance(time.Hour)
		if _, err := try(t, w, stranger(w.A, "192.0.2.9"), credentials(u.Email, apptest.Password)); !errs.Is(err, "invalid_credentials") {
			t.Errorf("the password after a hundred failures: %v", err)
		}
		// Not for good: a link sets a new one.
		reset(t, w, w.A, u)
		in(t, w, stranger(w.A, "192.0.2.9"), credentials(u.Email, fresh))
		in(t, w, stranger(w.B, "192.0.2.9"), credentials(w.B.User.User.Email, apptest.Password))
	})
}

func TestUnknownAccountsAreSlowedDownAlike(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		answers := func(login string) (all []string) {
			for n := range 8 {
				_, err := try(t, w, stranger(w.A, fmt.Sprintf("198.51.%d.7", n)), credentials(login, wrong))
				all = append(all, err.(*errs.Error).Code)
			}
			return all
		}
		if known, unknown := answers(w.A.User.User.Email), answers("nobody@alpha.example"); !slices.Equal(known, unknown) {
			t.Errorf("known %v, unknown %v", known, unknown)
		}
	})
}

func TestAKnownDeviceIsNotLockedOutByStrangers(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := w.A.User.User
		here := in(t, w, stranger(w.A, "192.0.2.9"), credentials(u.Email, apptest.Password))
		for n := range 7 {
			_, _ = try(t, w, stranger(w.A, fmt.Sprintf("198.51.%d.7", n)), credentials(u.Email, wrong))
		}
		if _, err := try(t, w, stranger(w.A, "203.0.113.1"), credentials(u.Email, apptest.Password)); !errs.Is(err, "too_many_attempts") {
			t.Errorf("elsewhere: %v", err)
		}
		known := credentials(u.Email, apptest.Password)
		known.Device = device(here)
		if got := in(t, w, stranger(w.A, "198.51.0.7"), known); !got.Device.IsZero() {
			t.Error("a known device became another one")
		}
		// It is known for its owner only, and in this organization only.
		theirs := credentials(w.B.User.User.Email, wrong)
		theirs.Device = device(here)
		for range 5 {
			_, _ = try(t, w, stranger(w.B, "203.0.113.1"), theirs)
		}
		if _, err := try(t, w, stranger(w.B, "203.0.113.1"), theirs); !errs.Is(err, "too_many_attempts") {
			t.Errorf("in another organization: %v", err)
		}
	})
}

func TestOneNetworkIsSlowedDownAndOthersAreNot(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		for n := range 100 {
			if _, err := try(t, w, stranger(w.A, fmt.Sprintf("198.51.100.%d", n)), credentials(fmt.Sprintf("p%d@alpha.example", n), wrong)); !errs.Is(err, "invalid_credentials") {
				t.Fatalf("try %d: %v", n, err)
			}
		}
		if _, err := try(t, w, stranger(w.B, "198.51.100.200"), credentials(w.B.User.User.Email, apptest.Password)); !errs.Is(err, "too_many_attempts") {
			t.Errorf("from that network, in any organization: %v", err)
		}
		in(t, w, stranger(w.A, "203.0.113.1"), credentials(w.A.User.User.Email, apptest.Password))
	})
}

func TestWhatIsLeftOutIsNoTry(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		for _, c := range []signin.Credentials{
			{}, credentials("", apptest.Password), credentials("a@x.example", ""), credentials("a@x.example", strings.Repeat("x", 257)),
		} {
			if _, err := try(t, w, stranger(w.A, "192.0.2.9"), c); errs.KindOf(err) != errs.KindInvalid {
				t.Errorf("%q: %v", c.Login, err)
			}
		}
		in(t, w, stranger(w.A, "192.0.2.9"), credentials(w.A.User.User.Email, apptest.Password))
	})
}

func TestSessionsOfStoppedUsersEndAtOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, u := w.A.Admin.Call(w.A), user.Ref{ID: w.A.User.User.ID}
		mine := in(t, w, stranger(w.A, "192.0.2.9"), credentials(w.A.User.User.Email, apptest.Password))
		if _, err := user.Deactivate.Do(t.Context(), w.Door, admin, u); err != nil {
			t.Fatal(err)
		}
		if works(t, w, with(mine)) || works(t, w, w.A.User.Call(w.A)) {
			t.Error("a deactivated user is signed in")
		}
		if _, err := user.Activate.Do(t.Context(), w.Door, admin, u); err != nil {
			t.Fatal(err)
		}
		if works(t, w, with(mine)) || works(t, w, w.A.User.Call(w.A)) {
			t.Error("activation brought a session back")
		}
		suspend(t, w, w.A.Org, true)
		if works(t, w, admin) || !works(t, w, w.B.Admin.Call(w.B)) {
			t.Error("a suspended organization works, or another one does not")
		}
		suspend(t, w, w.A.Org, false)
		if !works(t, w, admin) {
			t.Error("a resumed organization does not work")
		}
	})
}

func TestSessionsEndByTheClock(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		call := w.A.User.Call(w.A)
		w.Advance(59 * time.Minute)
		if !works(t, w, call) {
			t.Fatal("an hour is not over")
		}
		if _, err := signin.Touch.Do(t.Context(), w.Door, call, op.Nothing{}); err != nil {
			t.Fatal(err)
		}
		for range 23 { // in use all day
			w.Advance(59 * time.Minute)
			if !works(t, w, call) {
				t.Fatal("used every hour, and over")
			}
			if _, err := signin.Touch.Do(t.Context(), w.Door, call, op.Nothing{}); err != nil {
				t.Fatal(err)
			}
		}
		w.Advance(24 * time.Minute)
		if works(t, w, call) {
			t.Error("a session is older than a day")
		}
		if works(t, w, w.B.User.Call(w.B)) {
			t.Error("an unused session is older than an hour")
		}
	})
}

func TestPeopleEndTheirOwnSessions(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		email := w.A.User.User.Email
		one := in(t, w, stranger(w.A, "192.0.2.9"), credentials(email, apptest.Password))
		two := in(t, w, stranger(w.A, "192.0.2.9"), credentials(email, apptest.Password))
		theirs := in(t, w, stranger(w.B, "192.0.2.9"), credentials(w.B.User.User.Email, apptest.Password))

		list, err := signin.List.Do(t.Context(), w.Door, with(one), op.Nothing{})
		if err != nil || len(list.Items) != 3 {
			t.Fatalf("%d sessions, %v", len(list.Items), err)
		}
		for _, s := range list.Items {
			if s.Current != (s.ID == one.Session.ID) {
				t.Errorf("the current one is %+v", s)
			}
		}
		for _, foreign := range []id.Session{theirs.Session.ID, id.New[id.Session](time.Now()), ""} {
			if _, err := signin.End.Do(t.Context(), w.Door, with(one), signin.SessionRef{ID: foreign}); !errs.Is(err, "not_found") {
				t.Errorf("ending %q: %v", foreign, err)
			}
		}
		if _, err := signin.End.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), signin.SessionRef{ID: two.Session.ID}); !errs.Is(err, "not_found") {
			t.Errorf("ending somebody else's: %v", err)
		}
		if _, err := signin.End.Do(t.Context(), w.Door, with(one), signin.SessionRef{ID: two.Session.ID}); err != nil {
			t.Fatal(err)
		}
		if works(t, w, with(two)) || !works(t, w, w.A.User.Call(w.A)) {
			t.Error("ending one session")
		}
		if _, err := signin.EndOthers.Do(t.Context(), w.Door, with(one), op.Nothing{}); err != nil {
			t.Fatal(err)
		}
		if works(t, w, w.A.User.Call(w.A)) || !works(t, w, with(one)) || !works(t, w, with(theirs)) || !works(t, w, w.A.Admin.Call(w.A)) {
			t.Error("ending the others")
		}
		since := w.Now(t).Add(time.Second)
		w.Advance(2 * time.Second)
		if _, err := signin.EndOthers.Do(t.Context(), w.Door, with(one), op.Nothing{}); err != nil || len(w.Events(t, w.A.Org.ID, since)) != 0 {
			t.Errorf("ending no others: %v", err)
		}
		if _, err := signin.SignOut.Do(t.Context(), w.Door, with(one), op.Nothing{}); err != nil || works(t, w, with(one)) {
			t.Errorf("signing out: %v", err)
		}
	})
}

func TestASessionProvesNothingElsewhere(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		mine := with(in(t, w, stranger(w.A, "192.0.2.9"), credentials(w.A.Admin.User.Email, apptest.Password)))
		for name, call := range map[string]op.Call{
			"its own organization's session": {By: mine.By, Org: w.B.Org.Slug},
			"under the other's name":         {By: authz.Caller{Sessions: map[id.Org][]byte{w.B.Org.ID: mine.By.Sessions[w.A.Org.ID]}}, Org: w.B.Org.Slug},
		} {
			if works(t, w, call) {
				t.Errorf("%s works", name)
			}
			_, err := signin.SignOutUser.Do(t.Context(), w.Door, call, user.Ref{ID: w.B.User.User.ID})
			if errs.KindOf(err) != errs.KindUnauthenticated {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := signin.SignOutUser.Do(t.Context(), w.Door, mine, user.Ref{ID: w.B.User.User.ID}); !errs.Is(err, "not_found") {
			t.Errorf("signing out a user of another organization: %v", err)
		}
		if !works(t, w, w.B.User.Call(w.B)) {
			t.Error("it worked")
		}
	})
}

func TestAdminsSignOthersOut(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		if _, err := signin.SignOutUser.Do(t.Context(), w.Door, w.A.User.Call(w.A), user.Ref{ID: w.A.Admin.User.ID}); !errs.Is(err, "forbidden") {
			t.Errorf("by a plain user: %v", err)
		}
		if _, err := signin.SignOutUser.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), user.Ref{ID: w.A.User.User.ID}); err != nil {
			t.Fatal(err)
		}
		if works(t, w, w.A.User.Call(w.A)) || !works(t, w, w.A.Admin.Call(w.A)) || !works(t, w, w.B.User.Call(w.B)) {
			t.Error("the wrong ones are signed out")
		}
		in(t, w, stranger(w.A, "192.0.2.9"), credentials(w.A.User.User.Email, apptest.Password))
	})
}

func TestOneUserHasFiftySessionsAtMost(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		w.Put(t, w.A.Org.ID, func(t *op.Tx) error {
			for range 60 {
				if _, _, err := signin.Start(t, w.A.User.User, w.A.Org); err != nil {
					return err
				}
			}
			return nil
		})
		w.Advance(time.Second)
		mine := in(t, w, stranger(w.A, "192.0.2.9"), credentials(w.A.User.User.Email, apptest.Password))
		list, err := signin.List.Do(t.Context(), w.Door, with(mine), op.Nothing{})
		if err != nil || len(list.Items) != 50 || !list.Items[0].Current {
			t.Errorf("%d sessions, %v", len(list.Items), err)
		}
	})
}

func TestABrowserHasAccountsInSeveralOrganizations(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		accounts := func(sessions map[id.Org][]byte) (names []string) {
			w.Put(t, w.A.Org.ID, func(t *op.Tx) error {
				list, err := signin.AccountsOf(t, sessions)
				for _, a := range list {
					names = append(names, a.Name)
				}
				return err
			})
			return names
		}
		both := map[id.Org][]byte{w.A.Org.ID: w.A.User.Hash, w.B.Org.ID: w.B.User.Hash}
		if got := accounts(both); !slices.Equal(got, []string{"Alpha", "Beta"}) {
			t.Errorf("both: %v", got)
		}
		if got := accounts(map[id.Org][]byte{w.A.Org.ID: w.B.User.Hash}); len(got) != 0 {
			t.Errorf("a session under another organization's name: %v", got)
		}
		if got := accounts(nil); len(got) != 0 {
			t.Errorf("none: %v", got)
		}
		suspend(t, w, w.B.Org, true)
		if got := accounts(both); !slices.Equal(got, []string{"Alpha"}) {
			t.Errorf("one suspended: %v", got)
		}
		w.Advance(2 * time.Hour)
		if got := accounts(both); len(got) != 0 {
			t.Errorf("all over: %v", got)
		}
	})
}

func TestParallelSignInsAllSucceed(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		var all sync.WaitGroup
		for n := range 4 {
			all.Go(func() {
				_, err := signin.SignIn.Do(context.Background(), w.Door, stranger(w.A, fmt.Sprintf("198.51.%d.7", n)), credentials(w.A.User.User.Email, apptest.Password))
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
}

// invited is somebody who has not joined.
func invited(t *testing.T, w *apptest.World, place apptest.Place, email string) user.User {
	t.Helper()
	r, err := invite.Create.Do(t.Context(), w.Door, place.Admin.Call(place), invite.Input{Emails: []string{email}})
	if err != nil {
		t.Fatal(err)
	}
	return user.User{ID: r.Results[0].User, Email: email}
}
