package enroll_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/enroll"
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

// browser is one that nobody is signed in with.
var browser = op.Call{By: authz.Caller{Origin: authz.Origin{Address: "192.0.2.9", Agent: "test"}}}

const (
	email = "marta@x.example"
	good  = "seven purple lanterns over Utrecht"
)

func invited(t *testing.T, w *apptest.World, call op.Call, in invite.Input) invite.Result {
	t.Helper()
	r, err := invite.Create.Do(t.Context(), w.Door, call, in)
	if err != nil || r.Results[0].Outcome != invite.Invited {
		t.Fatal(r, err)
	}
	return r.Results[0]
}

// marta invites her, and answers the link's token.
func marta(t *testing.T, w *apptest.World) (invite.Result, secret.Clear) {
	t.Helper()
	r := invited(t, w, w.A.Admin.Call(w.A), invite.Input{Emails: []string{email}, Message: "Welcome aboard."})
	return r, w.Newest(t, email).Token()
}

func acceptance(token secret.Clear) enroll.Acceptance {
	return enroll.Acceptance{
		Token: token, Password: secret.NewClear(good),
		Fields: user.Fields{FirstName: patch.To("Marta"), LastName: patch.To("Kowalczyk"), Country: patch.To("PL"), Phone: patch.To("512 345 678"), Language: patch.To("de")},
	}
}

func accept(t *testing.T, w *apptest.World, in enroll.Acceptance) (signin.SignedIn, error) {
	t.Helper()
	return enroll.Accept.Do(t.Context(), w.Door, browser, in)
}

func show(t *testing.T, w *apptest.World, call op.Call, token secret.Clear) (enroll.Offer, error) {
	t.Helper()
	return enroll.Show.Do(t.Context(), w.Door, call, enroll.Token{Token: token})
}

// session is a call of the browser that has just signed in.
func session(s signin.SignedIn) op.Call {
	hash, _ := secret.HashToken(s.Token.Reveal(), secret.Session)
	return op.Call{By: authz.Caller{Sessions: map[id.Org][]byte{s.Org: hash.Bytes()}, Origin: apptest.Origin}, Org: string(s.Org)}
}

func works(t *testing.T, w *apptest.World, call op.Call) bool {
	t.Helper()
	_, err := signin.List.Do(t.Context(), w.Door, call, op.Nothing{})
	return err == nil
}

func TestAcceptingMakesTheAccount(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		r, token := marta(t, w)
		for range 20 { // looking changes nothing
			offer, err := show(t, w, browser, token)
			if err != nil || offer.Org.ID != w.A.Org.ID || offer.User.Email != email || offer.Invitation.InvitedByName != w.A.Admin.User.Name() ||
				offer.Invitation.Message != "Welcome aboard." || offer.SignedInAs != "" || offer.Dead != nil {
				t.Fatalf("the offer: %+v, %v", offer, err)
			}
		}
		w.Advance(time.Minute)
		since := w.Now(t)
		got, err := accept(t, w, acceptance(token))
		if err != nil {
			t.Fatal(err)
		}
		u, err := user.Get.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), user.Ref{ID: r.User})
		if err != nil || u.State != user.Active || u.Name() != "Marta Kowalczyk" || u.Phone != "+48512345678" || u.Language != "de" ||
			u.Email != email || u.Role != authz.RoleUser || u.ActivatedAt.Before(since) {
			t.Errorf("the account: %+v, %v", u, err)
		}
		if !works(t, w, session(got)) || got.User.ID != r.User || got.Slug != w.A.Org.Slug || got.Device.IsZero() {
			t.Errorf("signed in as %+v", got)
		}
		if _, err := invite.Get.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), invite.Ref{ID: r.Invitation}); !errs.Is(err, "not_found") {
			t.Errorf("the invitation is still there: %v", err)
		}
		events := w.Events(t, w.A.Org.ID, since)
		if len(events) != 1 || events[0].Name != "user.joined" || events[0].Actor != string(r.User) || strings.Contains(events[0].Changes, good) {
			t.Errorf("events %+v", events)
		}
		call := browser
		call.Org = w.A.Org.Slug
		if _, err := signin.SignIn.Do(t.Context(), w.Door, call, signin.Credentials{Login: email, Password: secret.NewClear(good)}); err != nil {
			t.Errorf("signing in: %v", err)
		}

		again := acceptance(token)
		again.FirstName = patch.To("Mallory")
		if _, err := accept(t, w, again); !errs.Is(err, "link_used") {
			t.Errorf("the second use: %v", err)
		}
		if offer, err := show(t, w, browser, token); err != nil || !errs.Is(offer.Dead, "link_used") || offer.User.ID != "" || offer.Org.ID != w.A.Org.ID {
			t.Errorf("the page of a used link: %+v, %v", offer, err)
		}
		if u, err := user.Get.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), user.Ref{ID: r.User}); err != nil || u.FirstName != "Marta" {
			t.Errorf("the account after it: %+v, %v", u, err)
		}
	})
}

func TestFiftyParallelAcceptsHaveOneWinner(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		_, token := marta(t, w)
		w.Advance(time.Minute)
		since := w.Now(t)
		var all sync.WaitGroup
		var won atomic.Int32
		for n := range 50 {
			all.Go(func() {
				in := acceptance(token)
				in.FirstName = patch.To(fmt.Sprintf("Marta%d", n))
				switch _, err := enroll.Accept.Do(context.Background(), w.Door, browser, in); {
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
		if names := apptest.Names(w.Events(t, w.A.Org.ID, since)); !slices.Equal(names, []string{"user.joined"}) {
			t.Errorf("events %v", names)
		}
		counts := map[user.State]int{}
		w.Put(t, w.A.Org.ID, func(t *op.Tx) (err error) {
			counts, err = user.CountByState(t)
			return err
		})
		if counts[user.Active] != 3 || counts[user.Invited] != 0 {
			t.Errorf("users %v", counts)
		}
	})
}

func TestFormIsCheckedBeforeTheLinkIsUsed(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		_, token := marta(t, w)
		for name, c := range map[string]struct {
			change func(*enroll.Acceptance)
			fields []string
		}{
			"nothing":                 {func(in *enroll.Acceptance) { *in = enroll.Acceptance{Token: token} }, []string{"first_name", "last_name", "password"}},
			"no password":             {func(in *enroll.Acceptance) { in.Password = secret.Clear{} }, []string{"password"}},
			"short":                   {func(in *enroll.Acceptance) { in.Password = secret.NewClear("tin whistle 19") }, []string{"password"}},
			"the own name":            {func(in *enroll.Acceptance) { in.Password = secret.NewClear("lanterns of kowalczyk 55") }, []string{"password"}},
			"the organization's name": {func(in *enroll.Acceptance) { in.Password = secret.NewClear("lanterns of Alpha town") }, []string{"password"}},
			"leaked":                  {func(in *enroll.Acceptance) { in.Password = secret.NewClear("Password123456789") }, []string{"password"}},
			"too long":                {func(in *enroll.Acceptance) { in.Password = secret.NewClear(strings.Repeat("ab 4", 65)) }, []string{"password"}},
			"phone and last name": {func(in *enroll.Acceptance) {
				in.Phone, in.LastName = patch.To("12"), patch.To(" ")
			}, []string{"phone", "last_name"}},
			"no such country": {func(in *enroll.Acceptance) { in.Country, in.Phone = patch.To("XX"), patch.To("") }, []string{"country"}},
		} {
			in := acceptance(token)
			c.change(&in)
			_, err := accept(t, w, in)
			e, ok := err.(*errs.Error)
			if !ok || e.Kind != errs.KindInvalid {
				t.Errorf("%s: %v", name, err)
				continue
			}
			var fields []string
			for _, f := range e.Fields {
				fields = append(fields, f.Field)
			}
			if !slices.Equal(fields, c.fields) {
				t.Errorf("%s: wrong are %v", name, e.Fields)
			}
			if p := in.Password.Reveal(); p != "" && strings.Contains(e.Error(), p) {
				t.Errorf("%s: the refusal repeats the password", name)
			}
		}
		if _, err := accept(t, w, acceptance(token)); err != nil {
			t.Errorf("the link after all of that: %v", err)
		}
	})
}

func TestInvitationLinksDie(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx, admin := t.Context(), w.A.Admin.Call(w.A)
		for n, c := range []struct {
			name string
			how  func(t *testing.T, r invite.Result)
			want string
		}{
			{"with a newer one", func(t *testing.T, r invite.Result) {
				if _, err := invite.Remind.Do(ctx, w.Door, admin, invite.Ref{ID: r.Invitation}); err != nil {
					t.Fatal(err)
				}
			}, "link_superseded"},
			{"with the invitation", func(t *testing.T, r invite.Result) {
				if _, err := invite.Revoke.Do(ctx, w.Door, admin, invite.Ref{ID: r.Invitation}); err != nil {
					t.Fatal(err)
				}
			}, "link_revoked"},
			{"while the organization is suspended", func(t *testing.T, _ invite.Result) { suspend(t, w, true) }, "organization_suspended"},
			{"after seven days", func(*testing.T, invite.Result) { w.Advance(7 * 24 * time.Hour) }, "link_expired"},
		} {
			t.Run(c.name, func(t *testing.T) {
				to := fmt.Sprintf("p%d@x.example", n)
				r := invited(t, w, admin, invite.Input{Emails: []string{to}})
				token := w.Newest(t, to).Token()
				w.Advance(time.Millisecond)
				c.how(t, r)
				if _, err := accept(t, w, acceptance(token)); !errs.Is(err, c.want) {
					t.Errorf("using it: %v, want %s", err, c.want)
				}
				offer, err := show(t, w, browser, token)
				if offer.Dead != nil {
					err = offer.Dead
				}
				if !errs.Is(err, c.want) || offer.User.ID != "" {
					t.Errorf("opening it: %+v, %v", offer, err)
				}
				suspend(t, w, false)
			})
		}
	})
}

func suspend(t *testing.T, w *apptest.World, suspended bool) {
	t.Helper()
	call := apptest.OperatorCall()
	call.Org = w.A.Org.Slug
	if _, err := org.Update.Do(t.Context(), w.Door, call, org.Change{Suspended: patch.To(suspended)}); err != nil {
		t.Fatal(err)
	}
}

func TestAnInvitationWorksUntilItsLastSecond(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		_, token := marta(t, w)
		w.Advance(7*24*time.Hour - 5*time.Second)
		if _, err := accept(t, w, acceptance(token)); err != nil {
			t.Error(err)
		}
	})
}

func TestInvitersWhoLostTheirRightsInviteNobody(t *testing.T) {
	ctx := context.Background()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		other := w.Person(t, w.A.Org, "Olga", "Other", "olga@alpha.example", authz.RoleAdmin)
		admin, plain := "admin2@x.example", "plain@x.example"
		invited(t, w, other.Call(w.A), invite.Input{Emails: []string{admin}, Role: authz.RoleAdmin})
		invited(t, w, other.Call(w.A), invite.Input{Emails: []string{plain}})
		stands := func(email, want string) {
			t.Helper()
			token := w.Newest(t, email).Token()
			offer, err := show(t, w, browser, token)
			if offer.Dead != nil {
				err = offer.Dead
			}
			if want == "" && err != nil || want != "" && !errs.Is(err, want) {
				t.Errorf("%s: %v, want %q", email, err, want)
			}
			if want != "" {
				if _, err := accept(t, w, acceptance(token)); !errs.Is(err, want) {
					t.Errorf("%s: accepting: %v", email, err)
				}
			}
		}
		stands(admin, "")
		stands(plain, "")
		if _, err := user.Change.Do(ctx, w.Door, w.A.Admin.Call(w.A), user.Update{ID: other.User.ID, Role: patch.To(authz.RoleUser)}); err != nil {
			t.Fatal(err)
		}
		stands(admin, "link_revoked")
		stands(plain, "")
		if _, err := user.Change.Do(ctx, w.Door, w.A.Admin.Call(w.A), user.Update{ID: other.User.ID, Role: patch.To(authz.RoleAdmin)}); err != nil {
			t.Fatal(err)
		}
		stands(admin, "")
		if _, err := user.Deactivate.Do(ctx, w.Door, w.A.Admin.Call(w.A), user.Ref{ID: other.User.ID}); err != nil {
			t.Fatal(err)
		}
		stands(admin, "link_revoked")
		stands(plain, "")
	})
}

func TestOperatorsInviteTheFirstAdmin(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		call := apptest.OperatorCall()
		call.Org = w.A.Org.Slug
		w.Put(t, w.A.Org.ID, func(t *op.Tx) error {
			return invite.FirstAdmin(t, w.A.Org, "first@x.example")
		})
		got, err := accept(t, w, acceptance(w.Newest(t, "first@x.example").Token()))
		if err != nil || got.User.Role != authz.RoleAdmin {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestSomebodyElseInTheBrowserStaysWhoTheyAre(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		_, token := marta(t, w)
		ada := w.A.Admin.Call(w.A)
		call := op.Call{By: authz.Caller{Sessions: map[id.Org][]byte{w.A.Org.ID: w.A.Admin.Hash, w.B.Org.ID: w.B.User.Hash}, Origin: apptest.Origin}}
		offer, err := show(t, w, call, token)
		if err != nil || offer.SignedInAs != w.A.Admin.User.Name() {
			t.Errorf("the page says that %q is here, %v", offer.SignedInAs, err)
		}
		before, err := user.Get.Do(t.Context(), w.Door, ada, user.Ref{ID: w.A.Admin.User.ID})
		if err != nil {
			t.Fatal(err)
		}
		got, err := enroll.Accept.Do(t.Context(), w.Door, call, acceptance(token))
		if err != nil {
			t.Fatal(err)
		}
		after, err := user.Get.Do(t.Context(), w.Door, w.Person(t, w.A.Org, "Ann", "New", "ann@alpha.example", authz.RoleAdmin).Call(w.A), user.Ref{ID: w.A.Admin.User.ID})
		if err != nil || before.Version != after.Version || before.Name() != after.Name() {
			t.Errorf("who was signed in: before %+v, after %+v, %v", before, after, err)
		}
		if works(t, w, ada) || !works(t, w, session(got)) || !works(t, w, w.B.User.Call(w.B)) {
			t.Error("this organization's session in the browser is the new one's, the others go on")
		}
	})
}

func TestLinksOfAnotherPurposeAreUnknown(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		_, token := marta(t, w)
		call := browser
		call.Org = w.A.Org.Slug
		if _, err := signin.Forgot.Do(t.Context(), w.Door, call, signin.Forgotten{Login: w.A.User.User.Email}); err != nil {
			t.Fatal(err)
		}
		unknown, _ := secret.NewToken(secret.Invitation)
		for _, other := range []secret.Clear{w.Newest(t, w.A.User.User.Email).Token(), unknown, {}, secret.NewClear("rst_inv_x")} {
			if _, err := accept(t, w, acceptance(other)); !errs.Is(err, "link_unknown") {
				t.Errorf("using it: %v", err)
			}
			if _, err := show(t, w, browser, other); !errs.Is(err, "link_unknown") {
				t.Errorf("opening it: %v", err)
			}
		}
		if _, err := accept(t, w, acceptance(token)); err != nil {
			t.Errorf("the right one after it: %v", err)
		}
	})
}

func TestTheSameAddressElsewhereIsSomebodyElse(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		w.Advance(time.Second)
		since := w.Now(t)
		invited(t, w, w.B.Admin.Call(w.B), invite.Input{Emails: []string{email}})
		theirs := w.Newest(t, email).Token()
		w.Advance(time.Second)
		_, token := marta(t, w)
		got, err := accept(t, w, acceptance(token))
		if err != nil || got.Org != w.A.Org.ID {
			t.Fatal(got, err)
		}
		if names := apptest.Names(w.Events(t, w.B.Org.ID, since)); !slices.Equal(names, []string{"invitation.created"}) {
			t.Errorf("events of the other organization: %v", names)
		}
		if offer, err := show(t, w, browser, theirs); err != nil || offer.Dead != nil || offer.User.FirstName != "" {
			t.Errorf("the other organization's invitation: %+v, %v", offer, err)
		}
	})
}
