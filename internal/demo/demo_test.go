package demo_test

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/app"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/demo"
	"roster/internal/enroll"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/operator"
	"roster/internal/org"
	"roster/internal/password"
	"roster/internal/people"
	"roster/internal/secret"
	"roster/internal/service"
	"roster/internal/signin"
	"roster/internal/user"
)

// bundle is a filled installation.
type bundle struct {
	*apptest.World
	demo.Accounts
	door  func(time.Duration) *op.Door
	admin op.Call // Maya, at Nordlys
}

func fill(t *testing.T, w *apptest.World) bundle {
	t.Helper()
	b := bundle{World: w, door: func(offset time.Duration) *op.Door {
		return op.NewDoor(op.Config{
			Database: w.Database, Hooks: app.Hooks(), Tools: op.Tools{Passwords: password.NewCheapHasher()}, Keys: w.Door.Keys(),
			PublicURL: w.Door.PublicURL(), Log: apptest.Log(t), Offset: func() time.Duration { return offset },
		})
	}}
	b.Accounts = b.fill(t)
	b.admin = b.signIn(t, "nordlys", b.AdminEmail, b.AdminPassword)
	return b
}

func (b bundle) fill(t *testing.T) demo.Accounts {
	t.Helper()
	a, err := demo.Fill(t.Context(), b.door, password.NewCheapHasher())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// signIn goes the way that everybody goes, with the password that was printed.
func (b bundle) signIn(t *testing.T, slug, email string, pw secret.Clear) op.Call {
	t.Helper()
	in, err := signin.SignIn.Do(t.Context(), b.door(0), op.Call{Org: slug, By: authz.Caller{Origin: apptest.Origin}}, signin.Credentials{Login: email, Password: pw})
	if err != nil {
		t.Fatalf("%s at %s: %v", email, slug, err)
	}
	hash, _ := secret.HashToken(in.Token.Reveal(), secret.Session)
	return op.Call{By: authz.Caller{Sessions: map[id.Org][]byte{in.Org: hash.Bytes()}, Origin: apptest.Origin}, Org: slug}
}

func ask[In, Out any](t *testing.T, b bundle, call op.Call, q op.Runner[In, Out], in In) Out {
	t.Helper()
	out, err := q.Do(t.Context(), b.door(0), call, in)
	if err != nil {
		t.Fatalf("%s: %v", q.Spec().Name, err)
	}
	return out
}

func (b bundle) users(t *testing.T) []user.User {
	t.Helper()
	return ask(t, b, b.admin, people.List, people.ListInput{Paging: op.Paging{Limit: 500}}).Items
}

func TestNordlysHasPeopleInEveryState(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		began := time.Now()
		b := fill(t, w)
		t.Logf("filled in %s", time.Since(began).Round(time.Millisecond))
		want := map[user.State]int{user.Active: 41, user.Deactivated: 5, user.Invited: 12, user.Pending: 2, user.Waiting: 2}
		if got := ask(t, b, b.admin, people.Counts, op.Nothing{}); !maps.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		var admins, shared, scripts int
		var oldest, newest time.Time
		for _, u := range b.users(t) {
			if u.IsActiveAdmin() {
				admins++
			}
			if u.Type == user.Group {
				shared++
			}
			if strings.ContainsFunc(u.FirstName, func(r rune) bool { return r > 0x2ff }) {
				scripts++
			}
			switch seen := u.LastSeenAt; {
			case seen.IsZero():
			case seen.Before(u.ActivatedAt), u.ActivatedAt.Before(u.CreatedAt), seen.After(time.Now()):
				t.Errorf("%s was created at %s, activated at %s, last seen at %s", u.Email, u.CreatedAt, u.ActivatedAt, seen)
			default:
				if oldest.IsZero() || seen.Before(oldest) {
					oldest = seen
				}
				if seen.After(newest) && u.Email != b.AdminEmail {
					newest = seen
				}
			}
		}
		if admins != 4 || shared != 2 || scripts < 10 {
			t.Errorf("%d admins, %d shared addresses, %d names that are not Latin", admins, shared, scripts)
		}
		if time.Since(oldest) < 90*24*time.Hour || time.Since(newest) > 30*time.Minute {
			t.Errorf("last seen from %s to %s", oldest, newest)
		}
	})
}

func TestNordlysHasInvitationsOfEverySort(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := fill(t, w)
		got := map[string]int{}
		inviters := map[string]bool{}
		for _, i := range ask(t, b, b.admin, invite.List, invite.ListInput{}).Items {
			inviters[i.InvitedByName] = true
			got[string(i.State)]++
			got[string(i.Delivery)]++
			if i.Reminders > 0 {
				got["reminded"]++
			}
			if i.Message != "" {
				got["with a message"]++
			}
			if (i.Delivery == invite.Undeliverable) != (i.Problem != "") {
				t.Errorf("%s is %s: %q", i.Email, i.Delivery, i.Problem)
			}
		}
		want := map[string]int{"open": 8, "expired": 4, "sent": 9, "undeliverable": 3, "reminded": 2, "with a message": 4}
		if !maps.Equal(got, want) || len(inviters) != 4 {
			t.Errorf("got %v by %d people, want %v", got, len(inviters), want)
		}
	})
}

func TestEverybodyGetsIn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := fill(t, w)
		plain := b.signIn(t, "nordlys", b.UserEmail, b.UserPassword)
		if _, err := people.List.Do(t.Context(), b.door(0), plain, people.ListInput{}); !errs.Is(err, "forbidden") {
			t.Errorf("the plain user sees the list of users: %v", err)
		}
		// The admin switches to the other organization.
		there := b.signIn(t, "hafenbau", b.AdminEmail, b.AdminPassword)
		counts := ask(t, b, there, people.Counts, op.Nothing{})
		if n := counts[user.Active] + counts[user.Invited]; n != 8 {
			t.Errorf("Hafenbau has %v", counts)
		}
		if _, err := people.Counts.Do(t.Context(), b.door(0), op.Call{By: there.By, Org: "nordlys"}, op.Nothing{}); errs.KindOf(err) != errs.KindUnauthenticated {
			t.Errorf("a session of one organization counts in the other: %v", err)
		}
		vendor := op.Call{By: authz.Caller{Origin: apptest.Origin}}
		in, err := operator.SignIn.Do(t.Context(), b.door(0), vendor, operator.Credentials{Email: b.OperatorEmail, Password: b.OperatorPassword})
		if err != nil {
			t.Fatal(err)
		}
		hash, _ := secret.HashToken(in.Token.Reveal(), secret.Operator)
		vendor.By.Operator = hash.Bytes()
		if list := ask(t, b, vendor, org.List, org.ListInput{Search: "nordlys"}); len(list.Items) != 1 {
			t.Errorf("the operator sees %+v", list.Items)
		}
		var out strings.Builder
		b.Print(&out, "http://localhost:8080")
		for _, want := range []string{b.AdminEmail, b.AdminPassword.Reveal(), b.UserEmail, b.OperatorEmail, b.OperatorPassword.Reveal(), "http://localhost:8080/o/nordlys/sign-in"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s is not printed:\n%s", want, &out)
			}
		}
	})
}

// everything is what a second fill could change.
type everything struct {
	Organizations int `db:"organizations"`
	Users         int `db:"users"`
	Versions      int `db:"versions"`
	Invitations   int `db:"invitations"`
	Links         int `db:"links"`
	Sessions      int `db:"sessions"`
	Letters       int `db:"letters"`
	Unsent        int `db:"unsent"`
	Operators     int `db:"operators"`
	Events        int `db:"events"`
}

func (b bundle) everything(t *testing.T) everything {
	t.Helper()
	return ask(t, b, op.Call{}, op.Query[op.Nothing, everything]{
		Name: "test.everything", Needs: authz.Everybody, Scope: authz.Public,
		Run: func(t *op.Tx, _ op.Nothing) (everything, error) {
			return op.One[everything](t, `-- across organizations: a test
				select (select count(*) from organizations) as organizations, (select count(*) from users) as users,
					(select cast(sum(version) as integer) from users) as versions, (select count(*) from invitations) as invitations,
					(select count(*) from links) as links, (select count(*) from sessions) as sessions,
					(select count(*) from letters) as letters, (select count(*) from letters where body is not null and kind <> 'new_device') as unsent,
					(select count(*) from operators) as operators, (select count(*) from events) as events`, nil)
		},
	}, op.Nothing{})
}

func TestASecondFillChangesNothing(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := fill(t, w)
		before := b.everything(t)
		again := b.fill(t)
		if after := b.everything(t); after != before {
			t.Errorf("got %+v, before it was %+v", after, before)
		}
		if again.AdminEmail != b.AdminEmail || !again.AdminPassword.Equal(b.AdminPassword) || !again.OperatorPassword.Equal(b.OperatorPassword) {
			t.Error("the second fill tells other ways to sign in")
		}
		if before.Unsent != 1 || before.Letters < 50 {
			t.Errorf("%d of %d letters wait to be sent", before.Unsent, before.Letters)
		}
	})
}

// post is where letters go.
type post struct {
	mu      sync.Mutex
	letters []mail.Envelope
}

// Send implements mail.Sender.
func (p *post) Send(_ context.Context, e mail.Envelope) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.letters = append(p.letters, e)
	return nil
}

// One letter lands in the local mailbox, with a link that works; no other leaves.
func TestOneLetterLeaves(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := fill(t, w)
		ctx, stop := context.WithTimeout(t.Context(), 400*time.Millisecond)
		defer stop()
		var p post
		mail.Worker{Door: b.door(0), Sender: &p, From: "roster@localhost", Log: apptest.Log(t)}.Run(ctx)
		// The test has signed Maya in, which she is told.
		p.letters = slices.DeleteFunc(p.letters, func(e mail.Envelope) bool { return e.To == b.AdminEmail })
		if len(p.letters) != 1 || p.letters[0].To != "harper.quinn@nordlys.example" {
			t.Fatalf("%d letters left: %+v", len(p.letters), p.letters)
		}
		token := regexp.MustCompile(`rst_act_[0-9A-Za-z]+`).FindString(p.letters[0].Message.Text)
		offer, err := enroll.ShowActivation.Do(t.Context(), b.door(0), op.Call{}, enroll.Token{Token: secret.NewClear(token)})
		if err != nil || offer.Dead != nil || offer.User.Name() != "Harper Quinn" {
			t.Errorf("the link: %+v, %v", offer, err)
		}
	})
}

func TestTheRulesHold(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := fill(t, w)
		broken := ask(t, b, op.Call{}, op.Query[op.Nothing, []string]{
			Name: "test.rules", Needs: authz.Everybody, Scope: authz.Public,
			Run: func(t *op.Tx, _ op.Nothing) ([]string, error) {
				return op.All[string](t, `-- across organizations: a test
					select 'a session of ' || u.email from sessions s join users u on u.org_id = s.org_id and u.id = s.user_id where u.state <> 'active'
					union all select 'an open link of ' || u.email from links l join users u on u.org_id = l.org_id and u.id = l.subject_id
						where u.state not in ('invited', 'pending') and l.used_at is null and l.revoked_at is null
					union all select 'a password of ' || u.email from users u where u.state in ('invited', 'pending') and u.password <> ''
					union all select 'no password of ' || u.email from users u where u.state = 'active' and u.password = ''
					union all select 'no invitation of ' || u.email from users u
						where u.state = 'invited' and not exists (select 1 from invitations i where i.org_id = u.org_id and i.user_id = u.id)
					union all select 'an invitation of ' || u.email from invitations i join users u on u.org_id = i.org_id and u.id = i.user_id where u.state <> 'invited'
					union all select 'an event before the one before: ' || e.name from events e
						where exists (select 1 from events f where f.org_id = e.org_id and f.seq < e.seq and f.at > e.at)
					union all select 'an event of the future: ' || e.name from events e where e.at > :now`, op.Args{"now": t.Now()})
			},
		}, op.Nothing{})
		for _, b := range broken {
			t.Error(b)
		}
		var refused []string
		for _, u := range b.users(t) {
			if u.IsActiveAdmin() && u.Email != b.AdminEmail {
				ask(t, b, b.admin, user.Deactivate, user.Ref{ID: u.ID})
			} else if u.Email == b.AdminEmail {
				refused = append(refused, string(u.ID))
			}
		}
		for _, last := range refused {
			if _, err := user.Deactivate.Do(t.Context(), b.door(0), b.admin, user.Ref{ID: id.User(last)}); !errs.Is(err, "last_admin") {
				t.Errorf("the last admin is deactivated: %v", err)
			}
		}
	})
}

func TestTheHistoryIsTold(t *testing.T) {
	w := apptest.New(t, apptest.SQLite(t))
	b := fill(t, w)
	names := ask(t, b, b.admin, op.Query[op.Nothing, []string]{
		Name: "test.names", Needs: authz.SelfService, Scope: authz.Self,
		Run: func(t *op.Tx, _ op.Nothing) ([]string, error) {
			return op.All[string](t, `select distinct name from events where org_id = :org order by name`, nil)
		},
	}, op.Nothing{})
	for _, want := range []string{
		"api_key.created", "invitation.created", "invitation.reminded", "invitation.revoked", "letter.changed", "license.assigned", "organization.created", "profile.updated",
		"settings.updated", "signin.succeeded", "subscription.created", "user.activated", "user.added", "user.deactivated", "user.deleted", "user.joined",
		"user.signed_out", "user.updated",
	} {
		if !slices.Contains(names, want) {
			t.Errorf("the history has no %s: %v", want, names)
		}
	}
}

func TestTheOrganizationsAreSubscribed(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := fill(t, w)
		states := func(call op.Call) string {
			var all []string
			for _, s := range ask(t, b, call, service.ListSubscriptions, op.Paging{}).Items {
				all = append(all, s.Service+" "+string(s.State))
			}
			return strings.Join(all, ", ")
		}
		if got := states(b.admin); got != "fax current, network current, guidance current, guidance current, guidance current" {
			t.Errorf("Nordlys: %s", got)
		}
		if got := states(b.signIn(t, "hafenbau", b.AdminEmail, b.AdminPassword)); got != "fax ended, guidance current" {
			t.Errorf("Hafenbau: %s", got)
		}
		if l := b.Letters(t, "harper.quinn@nordlys.example"); len(l) != 1 || !strings.Contains(l[0].Text, "https://fax.vendor.example/printer") {
			t.Errorf("the letter in the mailbox: %+v", l)
		}
	})
}

// TestOtherInstallationsHaveOtherPasswords fills two of them.
func TestOtherInstallationsHaveOtherPasswords(t *testing.T) {
	one, other := fill(t, apptest.New(t, apptest.SQLite(t))), fill(t, apptest.New(t, apptest.SQLite(t)))
	if one.AdminPassword.Equal(other.AdminPassword) || one.OperatorPassword.Equal(other.OperatorPassword) || one.AdminPassword.Equal(one.OperatorPassword) {
		t.Error("somebody who knows one password knows another")
	}
}
