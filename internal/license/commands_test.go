package license_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/adduser"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/enroll"
	"roster/internal/errs"
	"roster/internal/id"
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

const good = "kettle of seven foxes"

// declares writes across organizations, as operators do.
var declares = op.Command[func(*op.Tx) error, op.Nothing]{
	Name: "test.declare", Needs: authz.SystemWork, Scope: authz.System, Quiet: "a fixture",
	Run: func(t *op.Tx, f func(*op.Tx) error) (op.Nothing, error) { return op.Nothing{}, f(t) },
}

// sell defines a service with plans, and sells some to A; 0 of a plan: none yet.
func sell(t *testing.T, w *apptest.World, required bool, quantities map[string]int) {
	t.Helper()
	_, err := service.Create.Do(t.Context(), w.Door, apptest.OperatorCall(), service.New{Key: "fax", Input: service.Input{
		Name: patch.To("Fax"), WelcomeText: patch.To("Send one."), LicenseRequired: patch.To(required),
		Permissions: patch.To([]service.Permission{{Key: "fax.send", Name: "Send"}}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = declares.Do(t.Context(), w.Door, op.Call{By: authz.Worker("test")}, func(t *op.Tx) error {
		for plan := range quantities {
			if _, err := t.Exec(`-- across organizations: plans are of none
				insert into plans (service, key, name, name_key, model, permissions, link, welcome_text, created_at, version)
				values ('fax', :key, :name, :key, 'named', 'fax.send', '', '', :now, 1)`,
				op.Args{"key": plan, "name": strings.ToUpper(plan[:1]) + plan[1:], "now": t.Now()}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for plan, n := range quantities {
		if n == 0 {
			continue
		}
		if err := buy(t, w, plan, n); err != nil {
			t.Fatal(err)
		}
	}
}

// buy makes what was bought of a plan so many.
func buy(t *testing.T, w *apptest.World, plan string, n int) error {
	t.Helper()
	var failed error
	w.Put(t, w.A.Org.ID, func(t *op.Tx) error {
		if _, err := t.Exec(`delete from subscriptions where org_id = :org and plan = :plan`, op.Args{"plan": plan}); err != nil {
			return err
		}
		if err := t.ExecOne(`insert into subscriptions (org_id, id, service, plan, quantity, starts_on, ends_on, created_at, version)
			values (:org, :plan, 'fax', :plan, :n, '2020-01-01', '', :now, 1)`, op.Args{"plan": plan, "n": n, "now": t.Now()}); err != nil {
			return err
		}
		if failed = license.Sold(t, "fax"); failed != nil {
			_, err := t.Exec(`delete from subscriptions where org_id = :org and plan = :plan`, op.Args{"plan": plan})
			return err
		}
		return nil
	})
	return failed
}

func admin(w *apptest.World) op.Call { return w.A.Admin.Call(w.A) }

func overview(t *testing.T, w *apptest.World) license.Overview {
	t.Helper()
	v, err := license.Show.Do(t.Context(), w.Door, admin(w), op.Nothing{})
	if err != nil {
		t.Fatal(err)
	}
	recount(t, w)
	return v
}

// recount compares the counts with the licenses themselves.
func recount(t *testing.T, w *apptest.World) {
	t.Helper()
	w.Put(t, w.A.Org.ID, func(tx *op.Tx) error {
		wrong, err := op.One[int](tx, `select count(*) from plans p where
			coalesce((select c.held from license_counts c where c.org_id = :org and c.service = p.service and c.plan = p.key), 0) <>
			(select count(*) from licenses l where l.org_id = :org and l.service = p.service and l.plan = p.key and l.held)`, nil)
		if wrong > 0 {
			t.Errorf("%d counts differ from a recount", wrong)
		}
		bare, err2 := op.One[int](tx, `select count(*) from users u where u.org_id = :org and u.state = 'active'
			and exists (select 1 from services s join subscriptions b on b.service = s.key where b.org_id = :org and s.license_required and b.plan <> '')
			and not exists (select 1 from licenses l where l.org_id = :org and l.user_id = u.id and l.held)`, nil)
		if bare > 0 {
			t.Errorf("%d active users have no license", bare)
		}
		if err == nil {
			err = err2
		}
		return err
	})
}

// figures are those of a plan, shortly: bought, assigned, reserved, free, waiting, invited, over.
func figures(v license.Overview, plan string) string {
	for _, l := range v.Items {
		if l.Plan == plan {
			return fmt.Sprint(l.Bought, l.Assigned, l.Reserved, l.Free, l.Waiting, l.Invited, l.Over)
		}
	}
	return "none"
}

func join(t *testing.T, w *apptest.World, email string) signin.SignedIn {
	t.Helper()
	if _, err := invite.Create.Do(t.Context(), w.Door, admin(w), invite.Input{Emails: []string{email}}); err != nil {
		t.Fatal(err)
	}
	return accept(t, w, email)
}

func accept(t *testing.T, w *apptest.World, email string) signin.SignedIn {
	t.Helper()
	in, err := enroll.Accept.Do(t.Context(), w.Door, op.Call{By: authz.Caller{Origin: apptest.Origin}}, enroll.Acceptance{
		Token: w.Newest(t, email).Token(), Password: secret.NewClear(good),
		Fields: user.Fields{FirstName: patch.To("Marta"), LastName: patch.To("K")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func signIn(t *testing.T, w *apptest.World, email string) error {
	t.Helper()
	_, err := signin.SignIn.Do(t.Context(), w.Door, op.Call{By: authz.Caller{Origin: apptest.Origin}, Org: w.A.Org.Slug}, signin.Credentials{Login: email, Password: secret.NewClear(good)})
	return err
}

func stateOf(t *testing.T, w *apptest.World, u id.User) user.State {
	t.Helper()
	got, err := user.Get.Do(t.Context(), w.Door, admin(w), user.Ref{ID: u})
	if err != nil {
		t.Fatal(err)
	}
	return got.State
}

// Apptest's organization A has three active people at most; every one of them needs a license.
func TestWhoWaitsGetsWhatBecomesFree(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		there := active(t, w)
		sell(t, w, true, map[string]int{"basic": there})
		if got := figures(overview(t, w), "basic"); got != fmt.Sprint(there, there, 0, 0, 0, 0, 0) {
			t.Fatalf("sold to those who are there: %s", got)
		}
		first := join(t, w, "first@x.test")
		w.Advance(time.Minute)
		second := join(t, w, "second@x.test")
		if !first.Token.IsZero() || first.User.State != user.Waiting || stateOf(t, w, second.User.ID) != user.Waiting {
			t.Fatalf("none is free, and they are %s, %s", first.User.State, second.User.State)
		}
		if err := signIn(t, w, "first@x.test"); !errs.Is(err, "waiting_for_license") {
			t.Errorf("signing in while waiting: %v", err)
		}
		if _, err := signin.SignIn.Do(t.Context(), w.Door, op.Call{By: authz.Caller{Origin: apptest.Origin}, Org: w.A.Org.Slug},
			signin.Credentials{Login: "first@x.test", Password: secret.NewClear("wrong")}); !errs.Is(err, "invalid_credentials") {
			t.Errorf("whoever does not know the password learns that somebody waits: %v", err)
		}
		if got := subjects(w.Letters(t, w.A.Admin.User.Email), "license_waiting"); len(got) != 1 {
			t.Errorf("the admin is told %v", got)
		}
		if got := figures(overview(t, w), "basic"); got != fmt.Sprint(there, there, 0, 0, 2, 0, 0) {
			t.Errorf("while they wait: %s", got)
		}
		if _, err := user.Deactivate.Do(t.Context(), w.Door, admin(w), user.Ref{ID: w.A.User.User.ID}); err != nil {
			t.Fatal(err)
		}
		if a, b := stateOf(t, w, first.User.ID), stateOf(t, w, second.User.ID); a != user.Active || b != user.Waiting {
			t.Fatalf("one became free, and they are %s, %s", a, b)
		}
		if err := signIn(t, w, "first@x.test"); err != nil {
			t.Errorf("signing in at last: %v", err)
		}
		if got := w.Letters(t, "first@x.test"); len(subjects(got, "license_given")) != 1 || len(subjects(got, "welcome")) != 1 {
			t.Errorf("who need not wait any more gets %v", got)
		}
		// Coming back takes one that is free, else it means waiting.
		back, err := user.Activate.Do(t.Context(), w.Door, admin(w), user.Ref{ID: w.A.User.User.ID})
		if err != nil || back.State != user.Waiting {
			t.Fatalf("back as %s, %v", back.State, err)
		}
		if err := buy(t, w, "basic", there+2); err != nil {
			t.Fatal(err)
		}
		if a, b := stateOf(t, w, second.User.ID), stateOf(t, w, w.A.User.User.ID); a != user.Active || b != user.Active {
			t.Errorf("more were bought, and they are %s, %s", a, b)
		}
		if got := figures(overview(t, w), "basic"); got != fmt.Sprint(there+2, there+2, 0, 0, 0, 0, 0) {
			t.Errorf("in the end: %s", got)
		}
		if got, err := license.Show.Do(t.Context(), w.Door, w.B.Admin.Call(w.B), op.Nothing{}); err != nil || len(got.Items) != 0 {
			t.Errorf("the other organization sees %+v, %v", got, err)
		}
	})
}

func subjects(letters []apptest.Letter, kind string) []string {
	var list []string
	for _, l := range letters {
		if l.Kind == kind {
			list = append(list, l.Subject)
		}
	}
	return list
}

func active(t *testing.T, w *apptest.World) int {
	t.Helper()
	n := 0
	w.Put(t, w.A.Org.ID, func(t *op.Tx) (err error) {
		n, err = op.One[int](t, `select count(*) from users where org_id = :org and state = 'active'`, nil)
		return err
	})
	return n
}

func TestNobodyIsLeftActiveWithoutALicense(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		there := active(t, w)
		sell(t, w, false, map[string]int{"basic": 1})
		change := service.Update{Key: "fax", Input: service.Input{LicenseRequired: patch.To(true)}}
		if _, err := service.Change.Do(t.Context(), w.Door, apptest.OperatorCall(), change); there > 1 && !errs.Is(err, "licenses_needed") {
			t.Errorf("required although somebody has none: %v", err)
		}
		if err := buy(t, w, "basic", there); err != nil {
			t.Fatal(err)
		}
		for _, u := range []apptest.Person{w.A.Admin, w.A.User} {
			assign(t, w, u.User.ID, "basic", "")
		}
		if _, err := service.Change.Do(t.Context(), w.Door, apptest.OperatorCall(), change); err != nil {
			t.Fatalf("required now that all have one: %v", err)
		}
		ref := license.Ref{User: w.A.Admin.User.ID, Service: "fax"}
		if _, err := license.Remove.Do(t.Context(), w.Door, admin(w), ref); !errs.Is(err, "license_required") {
			t.Errorf("the admin's license is taken: %v", err)
		}
		if _, err := license.Remove.Do(t.Context(), w.Door, w.B.Admin.Call(w.B), ref); errs.KindOf(err) != errs.KindNotFound {
			t.Errorf("another organization's admin takes it: %v", err)
		}
		if _, err := license.Remove.Do(t.Context(), w.Door, w.A.User.Call(w.A), ref); errs.KindOf(err) != errs.KindForbidden {
			t.Errorf("a user takes it: %v", err)
		}
		in := adduser.Input{Email: "new@x.test", Entry: adduser.ByPassword, Password: secret.NewClear(good), Fields: user.Fields{FirstName: patch.To("N"), LastName: patch.To("N")}}
		if _, err := adduser.Add.Do(t.Context(), w.Door, admin(w), in); !errs.Is(err, "no_license") {
			t.Errorf("added without a license: %v", err)
		}
		in.AllowWaiting = true
		if u, err := adduser.Add.Do(t.Context(), w.Door, admin(w), in); err != nil || u.State != user.Waiting {
			t.Errorf("added to wait: %s, %v", u.State, err)
		}
		overview(t, w)
	})
}

func assign(t *testing.T, w *apptest.World, u id.User, plan string, code string) {
	t.Helper()
	_, err := license.Assign.Do(t.Context(), w.Door, admin(w), license.Assignment{User: u, Service: "fax", Plan: plan})
	if code == "" && err != nil || code != "" && !errs.Is(err, code) {
		t.Errorf("assigning %s: %v, want %q", plan, err, code)
	}
}

func TestAssignChangeAndRemove(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		sell(t, w, false, map[string]int{"basic": 1, "pro": 1})
		one, two := w.A.Admin.User.ID, w.A.User.User.ID
		assign(t, w, one, "basic", "")
		assign(t, w, two, "basic", "no_license")
		assign(t, w, two, "pro", "")
		assign(t, w, one, "pro", "no_license")
		if got := figures(overview(t, w), "basic"); got != "1 1 0 0 0 0 0" {
			t.Errorf("who cannot get another one keeps theirs: %s", got)
		}
		assign(t, w, two, "gold", "validation_failed")
		for _, in := range []license.Assignment{{User: two, Service: "none", Plan: "basic"}, {User: two, Service: "fax"}, {User: two, Service: "fax", Plan: "pro", Pool: "pol_1"}} {
			if _, err := license.Assign.Do(t.Context(), w.Door, admin(w), in); errs.KindOf(err) != errs.KindInvalid {
				t.Errorf("%+v: %v", in, err)
			}
		}
		if _, err := license.Remove.Do(t.Context(), w.Door, admin(w), license.Ref{User: one, Service: "fax"}); err != nil {
			t.Fatal(err)
		}
		if _, err := license.Remove.Do(t.Context(), w.Door, admin(w), license.Ref{User: one, Service: "fax"}); errs.KindOf(err) != errs.KindNotFound {
			t.Errorf("a license that is not there: %v", err)
		}
		since := w.Now(t)
		assign(t, w, two, "basic", "")
		assign(t, w, two, "basic", "")
		events := apptest.Names(w.Events(t, w.A.Org.ID, since))
		if got := figures(overview(t, w), "pro"); got != "1 0 0 1 0 0 0" || !slices.Equal(events, []string{"license.assigned"}) {
			t.Errorf("changed: %s, %v", got, events)
		}
		if err := buy(t, w, "basic", 0); err == nil { // lowered: nobody loses anything
			if got := figures(overview(t, w), "basic"); got != "0 1 0 0 0 0 1" {
				t.Errorf("over-assigned: %s", got)
			}
		}
		assign(t, w, one, "basic", "no_license")
	})
}

func TestReservedForTheInvited(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		sell(t, w, false, map[string]int{"basic": 1})
		w.Put(t, w.A.Org.ID, func(t *op.Tx) error {
			return t.ExecOne(`update organizations set license_reserve = true where id = :org`, nil)
		})
		r, err := invite.Create.Do(t.Context(), w.Door, admin(w), invite.Input{Emails: []string{"one@x.test", "two@x.test"}})
		if err != nil {
			t.Fatal(err)
		}
		if got := figures(overview(t, w), "basic"); got != "1 0 1 0 0 1 0" {
			t.Errorf("one is reserved, one is not: %s", got)
		}
		assign(t, w, w.A.User.User.ID, "basic", "no_license")
		if _, err := invite.Revoke.Do(t.Context(), w.Door, admin(w), invite.Ref{ID: r.Results[0].Invitation}); err != nil {
			t.Fatal(err)
		}
		if got := figures(overview(t, w), "basic"); got != "1 0 0 1 0 1 0" {
			t.Errorf("a revoked invitation gives it back: %s", got)
		}
		if in := accept(t, w, "two@x.test"); in.User.State != user.Active {
			t.Errorf("joined as %s", in.User.State)
		}
		if got := figures(overview(t, w), "basic"); got != "1 1 0 0 0 0 0" {
			t.Errorf("who joins has it: %s", got)
		}
		if err := buy(t, w, "basic", 2); err != nil {
			t.Fatal(err)
		}
		if _, err := invite.Create.Do(t.Context(), w.Door, admin(w), invite.Input{Emails: []string{"three@x.test"}}); err != nil {
			t.Fatal(err)
		}
		w.Advance(8 * 24 * time.Hour)
		if _, err := license.Restock.Do(t.Context(), w.Door, op.Call{By: authz.Worker("reminder")}, op.Nothing{}); err != nil {
			t.Fatal(err)
		}
		recount(t, w)
		w.Put(t, w.A.Org.ID, func(tx *op.Tx) error {
			held, err := op.One[int](tx, `select held from license_counts where org_id = :org`, nil)
			if held != 1 {
				t.Errorf("with an expired invitation %d are held", held)
			}
			return err
		})
	})
}

func TestNothingByItselfWhereAdminsWantThat(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		sell(t, w, false, map[string]int{"basic": 5})
		if _, err := org.UpdateSettings.Do(t.Context(), w.Door, admin(w), org.SettingsChange{LicenseAssign: patch.To(false)}); err != nil {
			t.Fatal(err)
		}
		in := join(t, w, "one@x.test")
		if got := figures(overview(t, w), "basic"); got != "5 0 0 5 0 0 0" {
			t.Errorf("given by itself: %s", got)
		}
		assign(t, w, in.User.ID, "basic", "")
		if _, err := license.SetDefault.Do(t.Context(), w.Door, admin(w), license.Choice{Service: "fax", Plan: "basic"}); err != nil {
			t.Error(err)
		}
		if _, err := license.SetDefault.Do(t.Context(), w.Door, admin(w), license.Choice{Service: "net", Plan: ""}); errs.KindOf(err) != errs.KindNotFound {
			t.Errorf("of a service that nobody sold: %v", err)
		}
	})
}

// Twenty invited people join at once, and one license is left: one is active.
func TestTheLastLicenseIsGivenOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		there := active(t, w)
		sell(t, w, true, map[string]int{"basic": there + 1})
		var emails []string
		for n := range 12 {
			emails = append(emails, fmt.Sprintf("p%d@x.test", n))
		}
		if _, err := invite.Create.Do(t.Context(), w.Door, admin(w), invite.Input{Emails: emails}); err != nil {
			t.Fatal(err)
		}
		tokens := make([]secret.Clear, len(emails))
		for i, e := range emails {
			tokens[i] = w.Newest(t, e).Token()
		}
		var all sync.WaitGroup
		var lock sync.Mutex
		got := map[user.State]int{}
		for _, token := range tokens {
			all.Go(func() {
				in, err := enroll.Accept.Do(context.Background(), w.Door, op.Call{By: authz.Caller{Origin: apptest.Origin}}, enroll.Acceptance{
					Token: token, Password: secret.NewClear(good), Fields: user.Fields{FirstName: patch.To("M"), LastName: patch.To("K")},
				})
				if err != nil {
					t.Errorf("joining: %v", err)
				}
				lock.Lock()
				defer lock.Unlock()
				got[in.User.State]++
			})
		}
		all.Wait()
		if got[user.Active] != 1 || got[user.Waiting] != len(emails)-1 {
			t.Errorf("they are %v", got)
		}
		if got := figures(overview(t, w), "basic"); got != fmt.Sprint(there+1, there+1, 0, 0, len(emails)-1, 0, 0) {
			t.Errorf("in the end: %s", got)
		}
	})
}
