package operator_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/op"
	"roster/internal/operator"
	"roster/internal/org"
	"roster/internal/secret"
)

var (
	system = op.Call{By: authz.Worker("test")}
	pw     = secret.NewClear("seven quiet lanterns on the pier")
)

// link is what stands behind a setup page's address.
func link(t *testing.T, l operator.Link) secret.Clear {
	t.Helper()
	_, token, found := strings.Cut(l.URL.Reveal(), "/operator/setup/")
	if !found {
		t.Fatalf("the link is %q", l.URL.Reveal())
	}
	return secret.NewClear(token)
}

func setupLink(t *testing.T, w *apptest.World) secret.Clear {
	t.Helper()
	l, err := operator.SetupLink.Do(t.Context(), w.Door, system, op.Nothing{})
	if err != nil {
		t.Fatal(err)
	}
	return link(t, l)
}

func setup(email string, token secret.Clear) operator.Setup {
	return operator.Setup{Token: token, Email: email, Name: "Olga Petrova", Password: pw}
}

// first sets up the first operator, olga@vendor.example.
func first(t *testing.T, w *apptest.World) operator.SignedIn {
	t.Helper()
	in, err := operator.CompleteSetup.Do(t.Context(), w.Door, op.Call{}, setup("olga@vendor.example", setupLink(t, w)))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func signIn(w *apptest.World, from, email string, password secret.Clear, device secret.Clear) (operator.SignedIn, error) {
	in := operator.Credentials{Email: email, Password: password}
	if hash, ok := secret.HashToken(device.Reveal(), secret.Device); ok {
		in.Device = hash.Bytes()
	}
	return operator.SignIn.Do(context.Background(), w.Door, op.Call{By: authz.Caller{Origin: authz.Origin{Address: from}}}, in)
}

func call(token secret.Clear) op.Call {
	hash, _ := secret.HashToken(token.Reveal(), secret.Operator)
	return op.Call{By: authz.Caller{Operator: hash.Bytes()}}
}

// may reports whether the session gets in.
func may(w *apptest.World, token secret.Clear) bool {
	_, err := operator.Me.Do(context.Background(), w.Door, call(token), op.Nothing{})
	return err == nil
}

func operators(t *testing.T, w *apptest.World) []operator.Operator {
	t.Helper()
	list, err := operator.List.Do(t.Context(), w.Door, apptest.OperatorCall(), op.Nothing{})
	if err != nil {
		t.Fatal(err)
	}
	return list.Items
}

func TestASetupLinkMakesTheFirstOperatorOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		older, token := setupLink(t, w), setupLink(t, w)
		if _, err := operator.CompleteSetup.Do(t.Context(), w.Door, op.Call{}, setup("o@vendor.example", older)); !errs.Is(err, "link_superseded") {
			t.Errorf("the older link: %v", err)
		}
		for range 2 { // looking changes nothing
			offer, err := operator.ShowSetup.Do(t.Context(), w.Door, op.Call{}, operator.Token{Token: token})
			if err != nil || offer.Email != "" {
				t.Fatalf("the page: %+v, %v", offer, err)
			}
		}

		var won atomic.Int32
		var all sync.WaitGroup
		for n := range 20 {
			all.Go(func() {
				in, err := operator.CompleteSetup.Do(context.Background(), w.Door, op.Call{}, setup(string(rune('a'+n))+"@vendor.example", token))
				switch {
				case err == nil:
					won.Add(1)
					if !may(w, in.Token) {
						t.Error("the winner is not signed in")
					}
				case !errs.Is(err, "link_used"):
					t.Errorf("a loser gets %v", err)
				}
			})
		}
		all.Wait()
		if got := operators(t, w); won.Load() != 1 || len(got) != 1 {
			t.Errorf("%d of 20 won, and there are %d operators", won.Load(), len(got))
		}
		if l, err := operator.SetupLink.Do(t.Context(), w.Door, system, op.Nothing{}); err != nil || !l.URL.IsZero() {
			t.Errorf("with an operator there is a link still: %v", err)
		}
	})
}

func TestASetupLinkEnds(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		token := setupLink(t, w)
		w.Advance(24 * time.Hour)
		if _, err := operator.CompleteSetup.Do(t.Context(), w.Door, op.Call{}, setup("o@vendor.example", token)); !errs.Is(err, "link_expired") {
			t.Errorf("after a day: %v", err)
		}
		token = setupLink(t, w)
		if _, err := operator.Create.Do(t.Context(), w.Door, system, operator.New{Email: "cli@vendor.example", Password: pw}); err != nil {
			t.Fatal(err)
		}
		if _, err := operator.CompleteSetup.Do(t.Context(), w.Door, op.Call{}, setup("o@vendor.example", token)); !errs.Is(err, "link_revoked") {
			t.Errorf("after an operator was made elsewhere: %v", err)
		}
		for _, wrong := range []string{"", "x", token.Reveal()[:20], "rst_inv_" + token.Reveal()[8:]} {
			if _, err := operator.CompleteSetup.Do(t.Context(), w.Door, op.Call{}, setup("o@vendor.example", secret.NewClear(wrong))); !errs.Is(err, "link_unknown") {
				t.Errorf("%q: %v", wrong, err)
			}
		}
		if got := operators(t, w); len(got) != 1 || got[0].Email != "cli@vendor.example" {
			t.Errorf("the operators are %+v", got)
		}
	})
}

func TestWhatIsWrongIsSaidFieldByField(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		token := setupLink(t, w)
		for _, test := range []struct {
			in     operator.Setup
			fields string
		}{
			{operator.Setup{}, "email name password"},
			{operator.Setup{Email: "olga", Name: "Olga", Password: pw}, "email"},
			{operator.Setup{Email: "olga@vendor.example", Name: strings.Repeat("o", 65), Password: pw}, "name"},
			{operator.Setup{Email: "olga@vendor.example", Name: "Olga", Password: secret.NewClear("short")}, "password"},
			{operator.Setup{Email: "olga@vendor.example", Name: "Olga", Password: secret.NewClear("olga@vendor.example 1")}, "password"},
		} {
			test.in.Token = token
			_, err := operator.CompleteSetup.Do(t.Context(), w.Door, op.Call{}, test.in)
			if got := fields(err); got != test.fields {
				t.Errorf("%+v: wrong are %q (%v), want %q", test.in, got, err, test.fields)
			}
		}
		if len(operators(t, w)) != 0 {
			t.Error("a refused form made an operator")
		}
		if _, err := operator.CompleteSetup.Do(t.Context(), w.Door, op.Call{}, setup("olga@vendor.example", token)); err != nil {
			t.Errorf("the link is spent: %v", err)
		}
	})
}

// fields are the wrong fields of an error, each once.
func fields(err error) string {
	e, ok := err.(*errs.Error)
	if !ok {
		return ""
	}
	var names []string
	for _, f := range e.Fields {
		if len(names) == 0 || names[len(names)-1] != f.Field {
			names = append(names, f.Field)
		}
	}
	return strings.Join(names, " ")
}

func TestTheCommandLineLetsOperatorsInAgain(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		olga := first(t, w)
		made, err := operator.Create.Do(t.Context(), w.Door, system, operator.New{Email: "OLGA@vendor.example"})
		if err != nil || made.Operator.ID != olga.Operator.ID {
			t.Fatalf("made %+v, %v", made, err)
		}
		if !may(w, olga.Token) {
			t.Error("printing a link ended the session")
		}
		offer, err := operator.ShowSetup.Do(t.Context(), w.Door, op.Call{}, operator.Token{Token: link(t, made.Link)})
		if err != nil || offer.Email != "olga@vendor.example" || offer.Name != "Olga Petrova" {
			t.Errorf("the page shows %+v, %v", offer, err)
		}
		fresh := setup("somebody.else@vendor.example", link(t, made.Link))
		fresh.Password = secret.NewClear("nine slow barges under a bridge")
		again, err := operator.CompleteSetup.Do(t.Context(), w.Door, op.Call{}, fresh)
		if err != nil || again.Operator.ID != olga.Operator.ID || again.Operator.Email != "olga@vendor.example" {
			t.Fatalf("set up as %+v, %v", again.Operator, err)
		}
		if may(w, olga.Token) || !may(w, again.Token) {
			t.Error("a new password must end the old session and begin a new one")
		}
		if _, err := signIn(w, "192.0.2.1", "olga@vendor.example", pw, secret.Clear{}); !errs.Is(err, "invalid_credentials") {
			t.Errorf("the old password: %v", err)
		}
		if len(operators(t, w)) != 1 {
			t.Error("there are two operators")
		}
	})
}

func TestSignInTellsNothing(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		first(t, w)
		if _, err := operator.Create.Do(t.Context(), w.Door, system, operator.New{Email: "new@vendor.example"}); err != nil {
			t.Fatal(err)
		}
		var answers []string
		for _, email := range []string{"olga@vendor.example", "new@vendor.example", "nobody@vendor.example", "no address", ""} {
			_, err := signIn(w, "192.0.2.1", email, secret.NewClear("wrong"), secret.Clear{})
			if !errs.Is(err, "invalid_credentials") || errs.KindOf(err) != errs.KindUnauthenticated {
				t.Errorf("%q: %v", email, err)
			}
			answers = append(answers, err.Error())
		}
		for i, a := range answers {
			if a != answers[0] {
				t.Errorf("answer %d is %q, the first one %q", i, a, answers[0])
			}
		}
		in, err := signIn(w, "192.0.2.1", " Olga@VENDOR.example ", pw, secret.Clear{})
		if err != nil || !may(w, in.Token) || in.Device.IsZero() {
			t.Errorf("the right password: %+v, %v", in, err)
		}
	})
}

func TestGuessingIsSlowedDownButNotItsVictim(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		olga := first(t, w)
		for _, email := range []string{"olga@vendor.example", "nobody@vendor.example"} {
			for n := range 5 {
				if _, err := signIn(w, "198.51.100.1", email, secret.NewClear("wrong"), secret.Clear{}); !errs.Is(err, "invalid_credentials") {
					t.Fatalf("%s, try %d: %v", email, n, err)
				}
			}
			_, err := signIn(w, "203.0.113.9", email, pw, secret.Clear{})
			if e, ok := err.(*errs.Error); !ok || e.Code != "too_many_attempts" || e.RetryAfter <= 0 {
				t.Errorf("%s, from elsewhere: %v", email, err)
			}
		}
		in, err := signIn(w, "203.0.113.9", "olga@vendor.example", pw, olga.Device)
		if err != nil || !in.Device.IsZero() {
			t.Errorf("on the known device: %v", err)
		}
		// Its success does not help the guesser.
		if _, err := signIn(w, "198.51.100.1", "olga@vendor.example", secret.NewClear("wrong"), secret.Clear{}); !errs.Is(err, "too_many_attempts") {
			t.Errorf("the guesser goes on: %v", err)
		}
		w.Advance(time.Second)
		if _, err := signIn(w, "203.0.113.9", "olga@vendor.example", pw, secret.Clear{}); err != nil {
			t.Errorf("a second later, the right password: %v", err)
		}
		if _, err := signIn(w, "198.51.100.1", "olga@vendor.example", secret.NewClear("wrong"), secret.Clear{}); !errs.Is(err, "invalid_credentials") {
			t.Errorf("a success does not clear the account's counter: %v", err)
		}
	})
}

func TestANetworkIsSlowedDownAsAWhole(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		first(t, w)
		for n := range 100 {
			if _, err := signIn(w, "198.51.100."+string(rune('1'+n%9)), "p"+time.Duration(n).String()+"@vendor.example", pw, secret.Clear{}); !errs.Is(err, "invalid_credentials") {
				t.Fatalf("try %d: %v", n, err)
			}
		}
		if _, err := signIn(w, "198.51.100.77", "olga@vendor.example", pw, secret.Clear{}); !errs.Is(err, "too_many_attempts") {
			t.Errorf("after a hundred tries: %v", err)
		}
		if _, err := signIn(w, "203.0.113.9", "olga@vendor.example", pw, secret.Clear{}); err != nil {
			t.Errorf("another network: %v", err)
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		olga := first(t, w)
		other, err := signIn(w, "192.0.2.1", "olga@vendor.example", pw, olga.Device)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := operator.SignOut.Do(t.Context(), w.Door, call(other.Token), op.Nothing{}); err != nil {
			t.Fatal(err)
		}
		if may(w, other.Token) || !may(w, olga.Token) {
			t.Error("signing out ends exactly this session")
		}
		for range 13 {
			w.Advance(55 * time.Minute)
			if _, err := operator.Touch.Do(t.Context(), w.Door, call(olga.Token), op.Nothing{}); err != nil {
				t.Fatal(err)
			}
		}
		w.Advance(5*time.Minute - time.Second)
		if !may(w, olga.Token) {
			t.Error("the session ended before its time")
		}
		w.Advance(2 * time.Second)
		if may(w, olga.Token) {
			t.Error("the session lives for longer than twelve hours")
		}
		idle, err := signIn(w, "192.0.2.1", "olga@vendor.example", pw, olga.Device)
		if err != nil {
			t.Fatal(err)
		}
		w.Advance(time.Hour)
		if may(w, idle.Token) {
			t.Error("an idle session lives for an hour")
		}
	})
}

func TestOperatorsAreNotInOrganizations(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		olga := first(t, w)
		in := call(olga.Token)
		in.Org = string(w.A.Org.ID)
		if _, err := org.GetSettings.Do(t.Context(), w.Door, in, op.Nothing{}); errs.KindOf(err) != errs.KindUnauthenticated {
			t.Errorf("an operator reads an organization's settings: %v", err)
		}
		for _, person := range []apptest.Person{w.A.Admin, w.A.User} {
			if _, err := operator.List.Do(t.Context(), w.Door, person.Call(w.A), op.Nothing{}); errs.KindOf(err) != errs.KindUnauthenticated {
				t.Errorf("somebody of an organization lists operators: %v", err)
			}
			stolen := op.Call{By: authz.Caller{Operator: person.Hash}}
			if _, err := operator.Me.Do(t.Context(), w.Door, stolen, op.Nothing{}); errs.KindOf(err) != errs.KindUnauthenticated {
				t.Errorf("a user's session counts as an operator's: %v", err)
			}
		}
	})
}
