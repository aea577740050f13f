package service_test

import (
	"slices"
	"strings"
	"testing"

	"roster/internal/adduser"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/enroll"
	"roster/internal/invite"
	"roster/internal/license"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/secret"
	"roster/internal/service"
	"roster/internal/signin"
	"roster/internal/user"
)

// browser is one that nobody is signed in with.
var browser = op.Call{By: authz.Caller{Origin: authz.Origin{Address: "192.0.2.9", Agent: "test"}}}

const (
	marta = "marta@x.example"
	good  = "seven purple lanterns over Utrecht"
)

// join is Marta following the newest link that was sent to her.
func join(t *testing.T, w *apptest.World, accept op.Sequence[enroll.Acceptance, signin.SignedIn]) {
	t.Helper()
	_, err := accept.Do(t.Context(), w.Door, browser, enroll.Acceptance{
		Token: w.Newest(t, marta).Token(), Password: secret.NewClear(good),
		Fields: user.Fields{FirstName: patch.To("Marta"), LastName: patch.To("Kowalczyk"), Language: patch.To("de")},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func inviteMarta(t *testing.T, w *apptest.World, place apptest.Place) invite.Result {
	t.Helper()
	r, err := invite.Create.Do(t.Context(), w.Door, place.Admin.Call(place), invite.Input{Emails: []string{marta}})
	if err != nil || r.Results[0].Outcome != invite.Invited {
		t.Fatal(r, err)
	}
	return r.Results[0]
}

func addMarta(t *testing.T, w *apptest.World, entry adduser.Entry) user.User {
	t.Helper()
	in := adduser.Input{Email: marta, Entry: entry, Fields: user.Fields{FirstName: patch.To("Marta"), LastName: patch.To("Kowalczyk")}}
	if entry == adduser.ByPassword {
		in.Password = secret.NewClear(good)
	}
	u, err := adduser.Add.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), in)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// welcomes are the subjects of the letters that welcome somebody.
func welcomes(t *testing.T, w *apptest.World, to string) (subjects []string) {
	t.Helper()
	for _, l := range w.Letters(t, to) {
		if l.Kind == "welcome" {
			subjects = append(subjects, l.Subject)
		}
	}
	slices.Sort(subjects)
	return subjects
}

// offered is what the letter says about the service of the tests.
func offered(l apptest.Letter) bool {
	return strings.Contains(l.Text, "# Fax\n") && strings.Contains(l.Text, "Get the printer <driver>.\nThen restart.") && strings.Contains(l.Text, "https://fax.example") &&
		strings.Contains(l.HTML, "Get the printer &lt;driver&gt;.") && !strings.Contains(l.HTML, "<driver>")
}

func TestInvitationsSayHowToInstall(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		fax(t, w)
		silent := define(t, w, "silent", input("Silent"))
		subscribe(t, w, w.A, service.NewSubscription{Service: "fax"})
		subscribe(t, w, w.A, service.NewSubscription{Service: silent.Key})
		subscribe(t, w, w.B, service.NewSubscription{Service: "fax", StartsOn: "2025-01-01", EndsOn: "2025-12-31"})

		i := inviteMarta(t, w, w.A)
		if l := w.Newest(t, marta); l.Kind != "invitation" || !offered(l) || strings.Contains(l.Text, "Silent") {
			t.Errorf("the invitation: %s", l.Text)
		}
		if _, err := invite.Remind.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), invite.Ref{ID: i.Invitation}); err != nil {
			t.Fatal(err)
		}
		if l := w.Newest(t, marta); !strings.HasPrefix(l.Subject, "Reminder") || !offered(l) {
			t.Errorf("the reminder: %s", l.Text)
		}
		// What has ended is offered to nobody.
		inviteMarta(t, w, w.B)
		if l := w.Newest(t, marta); l.Kind != "invitation" || strings.Contains(l.Text, "Fax") || strings.Contains(l.Text, "fax.example") {
			t.Errorf("the mirror's invitation: %s", l.Text)
		}
	})
}

func TestActivationEmailsSayHowToInstall(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := addMarta(t, w, adduser.ByActivation)
		if l := w.Newest(t, marta); strings.Contains(l.Text, "Fax") {
			t.Errorf("before there is a service: %s", l.Text)
		}
		fax(t, w)
		subscribe(t, w, w.A, service.NewSubscription{Service: "fax"})
		if _, err := adduser.Resend.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), user.Ref{ID: u.ID}); err != nil {
			t.Fatal(err)
		}
		if l := w.Newest(t, marta); l.Kind != "activation" || !offered(l) {
			t.Errorf("the activation e-mail: %s", l.Text)
		}
	})
}

func TestWhoHasSetUpTheAccountIsWelcomed(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		fax(t, w)
		define(t, w, "guidance", input("Remote Guidance"))
		define(t, w, "network", input("Network"))
		define(t, w, "over", input("Over"))
		for _, key := range []string{"fax", "guidance"} {
			subscribe(t, w, w.A, service.NewSubscription{Service: key})
		}
		subscribe(t, w, w.A, service.NewSubscription{Service: "over", StartsOn: "2025-01-01", EndsOn: "2025-12-31"})
		subscribe(t, w, w.B, service.NewSubscription{Service: "network"})

		inviteMarta(t, w, w.A)
		if got := welcomes(t, w, marta); len(got) != 0 {
			t.Errorf("welcomed before she came: %v", got)
		}
		join(t, w, enroll.Accept)
		if got := welcomes(t, w, marta); !slices.Equal(got, []string{"Willkommen bei Fax", "Willkommen bei Remote Guidance"}) {
			t.Fatalf("welcomed with %v", got)
		}
		var first, other apptest.Letter
		for _, l := range w.Letters(t, marta) {
			if l.Subject == "Willkommen bei Fax" {
				first = l
			} else if l.Kind == "welcome" {
				other = l
			}
		}
		for _, says := range []string{"Guten Tag Marta,", "Send your first fax.", "https://fax.example", "E-Mail: marta", "http://localhost:8080/o/alpha"} {
			if !strings.Contains(first.Text, says) {
				t.Errorf("the letter does not say %q: %s", says, first.Text)
			}
		}
		if !strings.Contains(first.HTML, `lang="de"`) {
			t.Error("the letter is not in her language")
		}
		if strings.Contains(other.Text, "fax") || strings.Contains(other.Text, "Fax") {
			t.Errorf("the letter of one service speaks of another: %s", other.Text)
		}
		for _, p := range []apptest.Person{w.A.Admin, w.A.User, w.B.Admin, w.B.User} {
			if got := w.Letters(t, p.User.Email); len(got) != 0 {
				t.Errorf("%s gets %+v", p.User.Email, got)
			}
		}
		// Coming back is no arrival.
		joined := user.Ref{}
		w.Put(t, w.A.Org.ID, func(t *op.Tx) error {
			u, err := user.BySignIn(t, marta, marta)
			joined.ID = u.ID
			return err
		})
		if _, err := user.Deactivate.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), joined); err != nil {
			t.Fatal(err)
		}
		if _, err := user.Activate.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), joined); err != nil {
			t.Fatal(err)
		}
		if got := welcomes(t, w, marta); len(got) != 2 {
			t.Errorf("after coming back: %v", got)
		}
	})
}

func TestWhoIsNotWelcomed(t *testing.T) {
	quiet := func(t *testing.T, w *apptest.World) {
		t.Helper()
		if _, err := org.UpdateSettings.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), org.SettingsChange{WelcomeMails: patch.To(false)}); err != nil {
			t.Fatal(err)
		}
	}
	for name, come := range map[string]func(t *testing.T, w *apptest.World) int{
		"activation": func(t *testing.T, w *apptest.World) int {
			addMarta(t, w, adduser.ByActivation)
			join(t, w, enroll.Activate)
			return 1
		},
		"a password from an admin": func(t *testing.T, w *apptest.World) int {
			addMarta(t, w, adduser.ByPassword)
			return 0
		},
		"federated": func(t *testing.T, w *apptest.World) int {
			addMarta(t, w, adduser.ByFederation)
			return 0
		},
		"the setting": func(t *testing.T, w *apptest.World) int {
			quiet(t, w)
			inviteMarta(t, w, w.A)
			join(t, w, enroll.Accept)
			return 0
		},
		"the setting, too late": func(t *testing.T, w *apptest.World) int {
			inviteMarta(t, w, w.A)
			join(t, w, enroll.Accept)
			quiet(t, w)
			return 1
		},
		"the mirror": func(t *testing.T, w *apptest.World) int {
			inviteMarta(t, w, w.B)
			join(t, w, enroll.Accept)
			return 0
		},
	} {
		t.Run(name, func(t *testing.T) {
			apptest.Each(t, func(t *testing.T, w *apptest.World) {
				fax(t, w)
				subscribe(t, w, w.A, service.NewSubscription{Service: "fax"})
				if want, got := come(t, w), welcomes(t, w, marta); len(got) != want {
					t.Errorf("welcomed with %v, want %d", got, want)
				}
			})
		})
	}
}

// Where a service is sold by plans, only who holds a license is welcomed to it, by
// what the plan says.
func TestOnlyWhoHoldsALicenseIsWelcomed(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		operator := apptest.OperatorCall()
		if _, err := service.Create.Do(t.Context(), w.Door, operator, service.New{Key: "fax", Input: service.Input{Name: patch.To("Fax"), WelcomeText: patch.To("Press Send.")}}); err != nil {
			t.Fatal(err)
		}
		for key, text := range map[string]string{"basic": "", "pro": "Press Send twice."} {
			in := service.NewPlan{Service: "fax", Key: key, Model: service.Named, PlanInput: service.PlanInput{Name: patch.To(key), WelcomeText: patch.To(text)}}
			if _, err := service.CreatePlan.Do(t.Context(), w.Door, operator, in); err != nil {
				t.Fatal(err)
			}
			if _, err := service.Subscribe.Do(t.Context(), w.Door, on(w.A), service.NewSubscription{Service: "fax", Plan: key, Quantity: 5}); err != nil {
				t.Fatal(err)
			}
		}
		for _, test := range []struct{ email, plan, says string }{
			{"none@alpha.example", "", ""}, {"basic@alpha.example", "basic", "Press Send."}, {"pro@alpha.example", "pro", "Press Send twice."},
		} {
			var wishes []license.Wish
			if test.plan != "" {
				wishes = []license.Wish{{Service: "fax", Plan: test.plan}}
			}
			if _, err := invite.Create.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), invite.Input{Emails: []string{test.email}, Licenses: wishes}); err != nil {
				t.Fatal(err)
			}
			if _, err := enroll.Accept.Do(t.Context(), w.Door, browser, enroll.Acceptance{
				Token: w.Newest(t, test.email).Token(), Password: secret.NewClear(good), Fields: user.Fields{FirstName: patch.To("M"), LastName: patch.To("K")},
			}); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range w.Letters(t, test.email) {
				if l.Kind == "welcome" {
					got = append(got, l.Text)
				}
			}
			if test.says == "" && len(got) > 0 || test.says != "" && (len(got) != 1 || !strings.Contains(got[0], test.says)) {
				t.Errorf("%s: %q", test.email, got)
			}
		}
	})
}
