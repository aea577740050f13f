package adduser_test

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roster/internal/adduser"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/enroll"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/team"
	"roster/internal/user"
)

// browser is one that nobody is signed in with.
var browser = op.Call{By: authz.Caller{Origin: authz.Origin{Address: "192.0.2.9", Agent: "test"}}}

const (
	email = "marta@x.example"
	good  = "seven purple lanterns over Utrecht"
	fresh = "a kettle sings in the hallway"
)

func marta(entry adduser.Entry) adduser.Input {
	in := adduser.Input{Email: email, Entry: entry, Fields: user.Fields{FirstName: patch.To("Marta"), LastName: patch.To("Kowalczyk")}}
	if entry == adduser.ByPassword {
		in.Password = secret.NewClear(good)
	}
	return in
}

func add(t *testing.T, w *apptest.World, call op.Call, in adduser.Input) user.User {
	t.Helper()
	u, err := adduser.Add.Do(t.Context(), w.Door, call, in)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func activate(w *apptest.World, token secret.Clear) (signin.SignedIn, error) {
	return enroll.Activate.Do(context.Background(), w.Door, browser, enroll.Acceptance{Token: token, Password: secret.NewClear(fresh)})
}

func signIn(t *testing.T, w *apptest.World, p apptest.Place, login, pw string) (signin.SignedIn, error) {
	t.Helper()
	call := browser
	call.Org = p.Org.Slug
	return signin.SignIn.Do(t.Context(), w.Door, call, signin.Credentials{Login: login, Password: secret.NewClear(pw)})
}

// as is a call of the browser that has just signed in.
func as(s signin.SignedIn) op.Call {
	hash, _ := secret.HashToken(s.Token.Reveal(), secret.Session)
	return op.Call{By: authz.Caller{Sessions: map[id.Org][]byte{s.Org: hash.Bytes()}, Origin: apptest.Origin}, Org: string(s.Org)}
}

func TestAddingWithAnActivationEmail(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		w.Advance(time.Second)
		since := w.Now(t)
		in := marta(adduser.ByActivation)
		in.Country, in.Phone, in.Title = patch.To("PL"), patch.To("512 345 678"), patch.To("People Partner")
		in.ExternalID, in.Notes = patch.To("E-1"), patch.To("Starts in May.")
		u := add(t, w, admin, in)
		got, err := user.Get.Do(t.Context(), w.Door, admin, user.Ref{ID: u.ID})
		if err != nil || !reflect.DeepEqual(got, u) || u.State != user.Pending || u.Name() != "Marta Kowalczyk" || u.Phone != "+48512345678" || u.Username != email ||
			u.ExternalID != "E-1" || u.Notes != "Starts in May." || !u.ActivatedAt.IsZero() {
			t.Errorf("the user: %+v, %v", got, err)
		}
		letter := w.Newest(t, email)
		if letter.Kind != "activation" || letter.Subject != "Activate your account at Alpha" ||
			!strings.Contains(letter.Text, "http://localhost:8080/activation/rst_act_") || !strings.Contains(letter.HTML, "/activation/rst_act_") {
			t.Errorf("the letter: %s\n%s", letter.Subject, letter.Text)
		}
		events := w.Events(t, w.A.Org.ID, since)
		if len(events) != 1 || events[0].Name != "user.added" || events[0].Actor != string(w.A.Admin.User.ID) || events[0].Subject != string(u.ID) {
			t.Errorf("events %+v", events)
		}
		a, err := adduser.Show.Do(t.Context(), w.Door, admin, user.Ref{ID: u.ID})
		if err != nil || a.State != adduser.Open || !a.ExpiresAt.Equal(a.SentAt.Add(7*24*time.Hour)) || a.Delivery != invite.OnItsWay {
			t.Errorf("the activation: %+v, %v", a, err)
		}
		if _, err := signIn(t, w, w.A, email, good); !errs.Is(err, "invalid_credentials") {
			t.Errorf("signing in before it: %v", err)
		}

		w.Advance(time.Minute)
		since = w.Now(t)
		s, err := enroll.Activate.Do(t.Context(), w.Door, browser, enroll.Acceptance{
			Token: letter.Token(), Password: secret.NewClear(fresh), Fields: user.Fields{LastName: patch.To("Nowak")},
		})
		if err != nil || s.User.ID != u.ID || s.User.State != user.Active || s.User.Name() != "Marta Nowak" || s.User.Email != email {
			t.Fatalf("activating: %+v, %v", s, err)
		}
		if _, err := signin.List.Do(t.Context(), w.Door, as(s), op.Nothing{}); err != nil {
			t.Errorf("the session: %v", err)
		}
		events = w.Events(t, w.A.Org.ID, since)
		if len(events) != 1 || events[0].Name != "user.joined" || events[0].Actor != string(u.ID) {
			t.Errorf("events %+v", events)
		}
		if _, err := signIn(t, w, w.A, email, fresh); err != nil {
			t.Errorf("signing in after it: %v", err)
		}
		if _, err := activate(w, letter.Token()); !errs.Is(err, "link_used") {
			t.Errorf("the second use: %v", err)
		}
		if _, err := adduser.Show.Do(t.Context(), w.Door, admin, user.Ref{ID: u.ID}); !errs.Is(err, "not_pending") {
			t.Errorf("the activation after it: %v", err)
		}
	})
}

// Who may sign in, entry by entry and state by state.
func TestSignInMatrix(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := helper(t, w)
		for _, entry := range []adduser.Entry{adduser.ByActivation, adduser.ByPassword, adduser.ByFederation} {
			in := marta(entry)
			in.Email = string(entry) + "@x.example"
			u := add(t, w, admin, in)
			for _, state := range append(user.States(), u.State) {
				w.In(t, w.A.Org, u, state)
				w.Advance(time.Hour) // more patience than the throttle has
				_, err := signIn(t, w, w.A, in.Email, good)
				refusal := "invalid_credentials"
				if entry == adduser.ByPassword && state == user.Waiting {
					refusal = "waiting_for_license" // said to whoever knows the password
				}
				if may := entry == adduser.ByPassword && state == user.Active; may != (err == nil) || err != nil && !errs.Is(err, refusal) {
					t.Errorf("%s, %s: %v", entry, state, err)
				}
			}
			if letters := w.Letters(t, in.Email); entry != adduser.ByActivation && slices.ContainsFunc(letters, func(l apptest.Letter) bool { return l.Kind != "new_device" }) {
				t.Errorf("%s: somebody writes %d letters", entry, len(letters))
			}
		}
	})
}

func TestNobodyIsToldOfAPasswordThatTheyAreAddedWith(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		for _, entry := range []adduser.Entry{adduser.ByPassword, adduser.ByFederation} {
			in := marta(entry)
			in.Email = string(entry) + "@x.example"
			u := add(t, w, admin, in)
			if u.State != user.Active || u.ActivatedAt.IsZero() {
				t.Errorf("%+v", u)
			}
			if entry == adduser.ByPassword {
				if s, err := signIn(t, w, w.A, in.Email, good); err != nil || s.MustChange {
					t.Errorf("the first sign-in: %+v, %v", s, err)
				}
			}
			if letters := w.Letters(t, in.Email); len(letters) != 0 {
				t.Errorf("%s: a letter %q", entry, letters[0].Subject)
			}
			if _, err := adduser.Resend.Do(t.Context(), w.Door, admin, user.Ref{ID: u.ID}); !errs.Is(err, "not_pending") {
				t.Errorf("%s: an activation e-mail: %v", entry, err)
			}
		}
	})
}

func TestAPasswordToBeChangedOpensNothingElse(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		in := marta(adduser.ByPassword)
		in.MustChange, in.Role = true, authz.RoleAdmin
		add(t, w, w.A.Admin.Call(w.A), in)
		s, err := signIn(t, w, w.A, email, good)
		if err != nil || !s.MustChange {
			t.Fatalf("%+v, %v", s, err)
		}
		if _, err := user.Get.Do(t.Context(), w.Door, as(s), user.Ref{ID: s.User.ID}); !errs.Is(err, "password_change_required") {
			t.Errorf("looking at a user: %v", err)
		}
		if _, err := signin.List.Do(t.Context(), w.Door, as(s), op.Nothing{}); !errs.Is(err, "password_change_required") {
			t.Errorf("looking at the own sessions: %v", err)
		}
	})
}

func TestNamesAreTakenWithinTheOrganizationOnly(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		first := marta(adduser.ByPassword)
		first.Username = "marta.k"
		add(t, w, admin, first)
		w.Advance(time.Second)
		since := w.Now(t)
		other := func(address, username string) adduser.Input {
			in := marta(adduser.ByActivation)
			in.Email, in.Username = address, username
			return in
		}
		for _, c := range []struct{ email, username, want string }{
			{email, "", "email_taken"},
			{"MARTA@X.example", "another", "email_taken"},
			{"m2@x.example", "Marta.K", "username_taken"},
			{"m2@x.example", email, "username_taken"},
			{w.A.User.User.Email, "", "email_taken"},
		} {
			if _, err := adduser.Add.Do(t.Context(), w.Door, admin, other(c.email, c.username)); !errs.Is(err, c.want) || errs.KindOf(err) != errs.KindConflict {
				t.Errorf("%s as %q: %v, want %s", c.email, c.username, err, c.want)
			}
		}
		if names := apptest.Names(w.Events(t, w.A.Org.ID, since)); len(names) != 0 || len(w.Letters(t, "m2@x.example")) != 0 {
			t.Errorf("a refusal did something: %v", names)
		}
		// What others have does not count, and is not told.
		free := add(t, w, admin, other(w.B.User.User.Email, ""))
		if free.State != user.Pending {
			t.Errorf("%+v", free)
		}
		add(t, w, w.B.Admin.Call(w.B), first)
		if s, err := signIn(t, w, w.A, "marta.k", good); err != nil || s.Org != w.A.Org.ID {
			t.Errorf("by username: %v", err)
		}
		if names := apptest.Names(w.Events(t, w.B.Org.ID, since)); !slices.Equal(names, []string{"user.added"}) {
			t.Errorf("events of the other organization: %v", names)
		}
	})
}

func TestNobodyAddsSomebodyWhoMayDoMore(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		in := marta(adduser.ByPassword)
		in.Role = authz.RoleAdmin
		helper := helper(t, w)
		w.Advance(time.Second)
		since := w.Now(t)
		if _, err := adduser.Add.Do(t.Context(), w.Door, helper, in); !errs.Is(err, "grant_exceeds_own") {
			t.Errorf("an admin: %v", err)
		}
		if _, err := adduser.Add.Do(t.Context(), w.Door, w.A.User.Call(w.A), marta(adduser.ByPassword)); errs.KindOf(err) != errs.KindForbidden {
			t.Errorf("by somebody who may not: %v", err)
		}
		if names := apptest.Names(w.Events(t, w.A.Org.ID, since)); len(names) != 0 {
			t.Errorf("events %v", names)
		}
		offer, err := adduser.Prepare.Do(t.Context(), w.Door, helper, adduser.Input{})
		if err != nil || len(offer.Roles) != 1 || offer.MayInvite {
			t.Errorf("offered %+v, %v", offer, err)
		}
		add(t, w, helper, marta(adduser.ByPassword))
		in.Email = "boss@x.example"
		boss := add(t, w, w.A.Admin.Call(w.A), in)
		// Nor does anybody touch the way in of somebody above.
		w.In(t, w.A.Org, boss, user.Pending)
		if _, err := adduser.Resend.Do(t.Context(), w.Door, helper, user.Ref{ID: boss.ID}); !errs.Is(err, "target_above_caller") {
			t.Errorf("sending an admin's activation again: %v", err)
		}
	})
}

func TestANewerActivationKillsTheOlder(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := helper(t, w)
		u := add(t, w, admin, marta(adduser.ByActivation))
		old := w.Newest(t, email).Token()
		w.Advance(6 * 24 * time.Hour)
		since := w.Now(t)
		a, err := adduser.Resend.Do(t.Context(), w.Door, admin, user.Ref{ID: u.ID})
		if err != nil || !a.ExpiresAt.Equal(a.SentAt.Add(7*24*time.Hour)) || a.SentAt.Before(since) || a.State != adduser.Open {
			t.Fatalf("%+v, %v", a, err)
		}
		if letters := w.Letters(t, email); len(letters) != 1 {
			t.Errorf("%d letters wait: the older one is of no use", len(letters))
		}
		newer := w.Newest(t, email).Token()
		if _, err := activate(w, old); !errs.Is(err, "link_superseded") {
			t.Errorf("the older: %v", err)
		}
		if names := apptest.Names(w.Events(t, w.A.Org.ID, since)); !slices.Equal(names, []string{"activation.sent"}) {
			t.Errorf("events %v", names)
		}
		w.Advance(6*24*time.Hour + 23*time.Hour)
		if _, err := activate(w, newer); err != nil {
			t.Errorf("the newer in its last hour: %v", err)
		}
		if _, err := adduser.Resend.Do(t.Context(), w.Door, admin, user.Ref{ID: u.ID}); !errs.Is(err, "not_pending") {
			t.Errorf("after it: %v", err)
		}
	})
}

func TestThreeActivationEmailsADay(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := helper(t, w)
		ref := user.Ref{ID: add(t, w, admin, marta(adduser.ByActivation)).ID}
		for range 2 {
			w.Advance(time.Minute)
			if _, err := adduser.Resend.Do(t.Context(), w.Door, admin, ref); err != nil {
				t.Fatal(err)
			}
		}
		token := w.Newest(t, email).Token()
		w.Advance(time.Minute)
		if _, err := adduser.Resend.Do(t.Context(), w.Door, admin, ref); !errs.Is(err, "too_many_letters") {
			t.Errorf("the fourth: %v", err)
		}
		if _, err := enroll.ShowActivation.Do(t.Context(), w.Door, browser, enroll.Token{Token: token}); err != nil {
			t.Errorf("a refusal killed the link: %v", err)
		}
		w.Advance(24 * time.Hour)
		if _, err := adduser.Resend.Do(t.Context(), w.Door, admin, ref); err != nil {
			t.Errorf("the next day: %v", err)
		}
	})
}

func TestActivationLinksDie(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := helper(t, w)
		u := add(t, w, admin, marta(adduser.ByActivation))
		token := w.Newest(t, email).Token()
		deactivate := func(want string) {
			t.Helper()
			if _, err := user.Deactivate.Do(t.Context(), w.Door, admin, user.Ref{ID: u.ID}); err != nil {
				t.Fatal(err)
			}
			if _, err := activate(w, token); !errs.Is(err, want) {
				t.Errorf("of somebody deactivated: %v", err)
			}
			if _, err := adduser.Resend.Do(t.Context(), w.Door, admin, user.Ref{ID: u.ID}); !errs.Is(err, "not_pending") {
				t.Errorf("sent again: %v", err)
			}
			if got, err := user.Activate.Do(t.Context(), w.Door, admin, user.Ref{ID: u.ID}); err != nil || got.State != user.Pending {
				t.Errorf("activated again: %+v, %v", got, err)
			}
		}
		deactivate("link_revoked")
		// Nothing that was ended comes back.
		if _, err := activate(w, token); !errs.Is(err, "link_revoked") {
			t.Errorf("after being activated again: %v", err)
		}
		if a, err := adduser.Show.Do(t.Context(), w.Door, admin, user.Ref{ID: u.ID}); err != nil || a.State != adduser.Withdrawn {
			t.Errorf("%+v, %v", a, err)
		}
		w.Advance(time.Minute)
		if _, err := adduser.Resend.Do(t.Context(), w.Door, admin, user.Ref{ID: u.ID}); err != nil {
			t.Fatal(err)
		}
		token = w.Newest(t, email).Token()
		w.Advance(7 * 24 * time.Hour)
		if _, err := activate(w, token); !errs.Is(err, "link_expired") {
			t.Errorf("after a week: %v", err)
		}
		if a, err := adduser.Show.Do(t.Context(), w.Door, admin, user.Ref{ID: u.ID}); err != nil || a.State != adduser.Expired {
			t.Errorf("%+v, %v", a, err)
		}
	})
}

func TestAnActivationLinkHasOneWinner(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := add(t, w, w.A.Admin.Call(w.A), marta(adduser.ByActivation))
		token := w.Newest(t, email).Token()
		w.Advance(time.Minute)
		since := w.Now(t)
		var all sync.WaitGroup
		var won atomic.Int32
		for range 20 {
			all.Go(func() {
				switch _, err := activate(w, token); {
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
		if events := w.Events(t, w.A.Org.ID, since); len(events) != 1 || events[0].Subject != string(u.ID) {
			t.Errorf("events %v", apptest.Names(events))
		}
	})
}

func TestOneAddressIsAddedOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		var all sync.WaitGroup
		var won atomic.Int32
		for range 10 {
			all.Go(func() {
				switch _, err := adduser.Add.Do(context.Background(), w.Door, admin, marta(adduser.ByActivation)); {
				case err == nil:
					won.Add(1)
				case !errs.Is(err, "email_taken"):
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 || len(w.Letters(t, email)) != 1 {
			t.Errorf("%d users, %d letters", won.Load(), len(w.Letters(t, email)))
		}
	})
}

// A token works for its own purpose only, and stays usable for it (S-049).
func TestLinksOfAnotherPurpose(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, here := w.A.Admin.Call(w.A), browser
		here.Org = w.A.Org.Slug
		add(t, w, admin, marta(adduser.ByActivation))
		activation := w.Newest(t, email).Token()
		if _, err := invite.Create.Do(t.Context(), w.Door, admin, invite.Input{Emails: []string{"ines@x.example"}}); err != nil {
			t.Fatal(err)
		}
		invitation := w.Newest(t, "ines@x.example").Token()
		if _, err := signin.Forgot.Do(t.Context(), w.Door, here, signin.Forgotten{Login: w.A.User.User.Email}); err != nil {
			t.Fatal(err)
		}
		reset := w.Newest(t, w.A.User.User.Email).Token()
		for _, wrong := range []secret.Clear{invitation, reset, {}, secret.NewClear("rst_act_x")} {
			if _, err := activate(w, wrong); !errs.Is(err, "link_unknown") {
				t.Errorf("at the activation: %v", err)
			}
		}
		if _, err := enroll.Accept.Do(t.Context(), w.Door, browser, enroll.Acceptance{Token: activation, Password: secret.NewClear(fresh)}); !errs.Is(err, "link_unknown") {
			t.Errorf("at the invitation: %v", err)
		}
		if _, err := signin.Reset.Do(t.Context(), w.Door, browser, signin.NewPassword{Token: activation, Password: secret.NewClear(fresh)}); !errs.Is(err, "link_unknown") {
			t.Errorf("at the reset: %v", err)
		}
		if _, err := activate(w, activation); err != nil {
			t.Errorf("where it belongs: %v", err)
		}
	})
}

// Before the account is activated there is no password to reset or to set (S-041).
func TestNoPasswordBeforeActivation(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, here := w.A.Admin.Call(w.A), browser
		here.Org = w.A.Org.Slug
		u := add(t, w, admin, marta(adduser.ByActivation))
		if _, err := signin.ResetPassword.Do(t.Context(), w.Door, admin, user.Ref{ID: u.ID}); !errs.Is(err, "not_activated") || !strings.Contains(err.Error(), "activation e-mail again") {
			t.Errorf("a reset: %v", err)
		}
		if _, err := signin.SetPassword.Do(t.Context(), w.Door, admin, signin.PasswordFor{ID: u.ID, Password: secret.NewClear(good)}); !errs.Is(err, "not_activated") {
			t.Errorf("a password: %v", err)
		}
		if _, err := signin.Forgot.Do(t.Context(), w.Door, here, signin.Forgotten{Login: email}); err != nil {
			t.Errorf("the public way: %v", err)
		}
		if letters := w.Letters(t, email); len(letters) != 1 || letters[0].Kind != "activation" {
			t.Errorf("%d letters", len(letters))
		}
	})
}

func TestASharedAddressIsActivatedUnderItsName(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		in := adduser.Input{Type: user.Group, Email: "desk@x.example", Fields: user.Fields{DisplayName: patch.To("Support Desk")}}
		u := add(t, w, w.A.Admin.Call(w.A), in)
		s, err := activate(w, w.Newest(t, in.Email).Token())
		if err != nil || s.User.ID != u.ID || s.User.Type != user.Group || s.User.Name() != "Support Desk" {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

// Somebody who cannot sign in does not keep an organization running.
func TestAFederatedAdminIsNotTheLastOne(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		in := marta(adduser.ByFederation)
		in.Role = authz.RoleAdmin
		fed := add(t, w, admin, in)
		if _, err := user.Deactivate.Do(t.Context(), w.Door, admin, user.Ref{ID: w.A.Admin.User.ID}); !errs.Is(err, "last_admin") {
			t.Errorf("the last who can sign in: %v", err)
		}
		if _, err := user.Deactivate.Do(t.Context(), w.Door, admin, user.Ref{ID: fed.ID}); err != nil {
			t.Errorf("the federated one: %v", err)
		}
	})
}

func TestAddingByTheAPI(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		c := w.Client(t, keySecret(t, w, authz.UsersManage, authz.UsersView), adduser.Routes, user.Routes, signin.Routes)
		body := `{"email": "marta@x.example", "first_name": "Marta", "last_name": "Kowalczyk", "entry": "password", "password": "` + good + `", "must_change_password": true}`
		got := c.Do("POST", "/organizations/alpha/users", body, "Idempotency-Key", "one")
		if got.Status != 201 || got.Header.Get("ETag") == "" || strings.Contains(got.Body, good) {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
		var u user.User
		if err := json.Unmarshal([]byte(got.Body), &u); err != nil || u.State != user.Active || got.Header.Get("Location") != "/api/v1/organizations/alpha/users/"+string(u.ID) {
			t.Errorf("%s at %s, %v", got.Body, got.Header.Get("Location"), err)
		}
		if again := c.Do("POST", "/organizations/alpha/users", body, "Idempotency-Key", "one"); again.Status != 201 || again.Body != got.Body {
			t.Errorf("the same request once more: %d %s", again.Status, again.Body)
		}
		if other := c.Do("POST", "/organizations/alpha/users", strings.Replace(body, "Marta", "Mara", 1), "Idempotency-Key", "one"); other.Status != 422 {
			t.Errorf("another request with the same key: %d %s", other.Status, other.Body)
		}
		for _, r := range []struct {
			body, code string
			status     int
		}{
			{body, "email_taken", 409},
			{`{"email": "m2@x.example", "first_name": "M", "last_name": "K", "username": "marta@x.example"}`, "username_taken", 409},
			{`{"email": "m2@x.example", "first_name": "M", "last_name": "K", "state": "active"}`, "validation_failed", 422},
			{`{"first_name": "M", "last_name": "K"}`, "validation_failed", 422},
			{`{"email": "m2@x.example", "first_name": "M", "last_name": "K", "role_id": "rol_admin"}`, "grant_exceeds_own", 403},
			{`{"email": "m2@x.example", "type": "group", "display_name": "Desk", "role_id": "rol_admin"}`, "validation_failed", 422},
		} {
			if got := c.Do("POST", "/organizations/alpha/users", r.body); got.Status != r.status || got.Code() != r.code {
				t.Errorf("%s: %d %s", r.body, got.Status, got.Body)
			}
		}
		if got := c.Do("POST", "/organizations/alpha/users/"+string(u.ID)+"/resend-activation", ""); got.Status != 409 || got.Code() != "not_pending" {
			t.Errorf("an activation e-mail: %d %s", got.Status, got.Body)
		}
		got = c.Do("POST", "/organizations/alpha/users", `{"email": "m2@x.example", "first_name": "M", "last_name": "K"}`)
		if err := json.Unmarshal([]byte(got.Body), &u); err != nil || u.State != user.Pending {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
		if got := c.Do("POST", "/organizations/alpha/users/"+string(u.ID)+"/resend-activation", ""); got.Status != 202 || !strings.Contains(got.Body, `"state":"open"`) {
			t.Errorf("an activation e-mail: %d %s", got.Status, got.Body)
		}
		if got := c.Do("GET", "/organizations/alpha/users/"+string(u.ID)+"/activation", ""); got.Status != 200 || !strings.Contains(got.Body, `"delivery":"queued"`) {
			t.Errorf("where it stands: %d %s", got.Status, got.Body)
		}
	})
}

func TestAGroupSaysWhatNobodyElseSays(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		g, err := group.Create.Do(t.Context(), w.Door, admin, group.Input{Name: patch.To("Bosses"), Defaults: patch.To(group.DefaultsChange{
			Role: patch.To(authz.RoleAdmin), Language: patch.To("sv"),
		})})
		if err != nil {
			t.Fatal(err)
		}
		in := marta(adduser.ByActivation)
		in.Group = g.ID
		if u := add(t, w, admin, in); u.Group != g.ID || u.Role != authz.RoleAdmin || u.Language != "sv" {
			t.Errorf("as the group says: %+v", u)
		}
		in.Email, in.Role, in.Language = "chosen@x.example", authz.RoleUser, patch.To("fr")
		if u := add(t, w, admin, in); u.Group != g.ID || u.Role != authz.RoleUser || u.Language != "fr" {
			t.Errorf("as was chosen: %+v", u)
		}
		in.Email, in.Group = "nobody@x.example", ""
		if u := add(t, w, admin, in); u.Group == g.ID || u.Group == "" {
			t.Errorf("without a group: %+v", u)
		}
		// A group of somebody else is none.
		in.Email, in.Group = "other@x.example", g.ID
		_, err = adduser.Add.Do(t.Context(), w.Door, w.B.Admin.Call(w.B), in)
		e, ok := err.(*errs.Error)
		if !ok || len(e.Fields) != 1 || e.Fields[0].Code != "unknown_group" {
			t.Errorf("into a group of another organization: %v", err)
		}
		// What a group gives, whoever adds must be able to give.
		in.Email, in.Role = "boss@x.example", ""
		call := helper(t, w)
		if _, err := adduser.Add.Do(t.Context(), w.Door, call, in); !errs.Is(err, "grant_exceeds_own") {
			t.Errorf("by a key that may not: %v", err)
		}
	})
}

func TestAddingIntoTeams(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		crew, err := team.Create.Do(t.Context(), w.Door, admin, team.New{Name: "Crew"})
		if err != nil {
			t.Fatal(err)
		}
		in := marta(adduser.ByActivation)
		in.Teams = []id.Team{crew.ID, crew.ID}
		if u := add(t, w, admin, in); !slices.Equal(u.Teams, []id.Team{crew.ID}) {
			t.Errorf("added into %v", u.Teams)
		}
		for who, call := range map[string]op.Call{"the mirror's admin": w.B.Admin.Call(w.B), "one who is not in it": helper(t, w)} {
			in.Email = "other@x.example"
			_, err := adduser.Add.Do(t.Context(), w.Door, call, in)
			if e, ok := err.(*errs.Error); !ok || len(e.Fields) != 1 || e.Fields[0].Code != "unknown_team" {
				t.Errorf("by %s: %v", who, err)
			}
		}
	})
}
