package service_test

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
	"roster/internal/auditlog"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/role"
	"roster/internal/service"
)

// on is a request of the operator about an organization.
func on(place apptest.Place) op.Call {
	call := apptest.OperatorCall()
	call.Org = string(place.Org.ID)
	return call
}

func input(name string, permissions ...service.Permission) service.Input {
	return service.Input{Name: patch.To(name), Permissions: patch.To(permissions)}
}

func define(t *testing.T, w *apptest.World, key string, in service.Input) service.Service {
	t.Helper()
	s, err := service.Create.Do(t.Context(), w.Door, apptest.OperatorCall(), service.New{Key: key, Input: in})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fax is a service with two permissions.
func fax(t *testing.T, w *apptest.World) service.Service {
	t.Helper()
	in := input("Fax", service.Permission{Key: "fax.send", Name: "Send faxes", Everybody: true}, service.Permission{Key: "fax.monitor", Name: "See all faxes", Delivery: true})
	in.Link, in.InstallText, in.WelcomeText = patch.To("https://fax.example"), patch.To("Get the printer <driver>.\nThen restart."), patch.To("Send your first fax.")
	return define(t, w, "fax", in)
}

func subscribe(t *testing.T, w *apptest.World, to apptest.Place, in service.NewSubscription) service.Subscription {
	t.Helper()
	s, err := service.Subscribe.Do(t.Context(), w.Door, on(to), in)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// day is so many days from the world's today.
func day(t *testing.T, w *apptest.World, days int) string {
	return w.Now(t).AddDate(0, 0, days).Format(time.DateOnly)
}

// inForce are the keys of the services that a place may use.
func inForce(t *testing.T, w *apptest.World, place apptest.Place) string {
	t.Helper()
	var keys []string
	w.Put(t, place.Org.ID, func(t *op.Tx) error {
		list, err := service.InForce(t)
		for _, s := range list {
			keys = append(keys, s.Key)
		}
		return err
	})
	return strings.Join(keys, " ")
}

// catalogue are the permissions that a place can give.
func catalogue(t *testing.T, w *apptest.World, place apptest.Place) string {
	t.Helper()
	var all []string
	w.Put(t, place.Org.ID, func(t *op.Tx) error {
		list, err := role.CatalogueOf(t)
		for _, p := range list {
			if p.Service != "" {
				all = append(all, fmt.Sprintf("%s/%s %s %q %v %v", p.Service, p.ServiceName, p.Permission, p.Name, p.Everybody, p.Delivery))
			}
		}
		return err
	})
	return strings.Join(all, "\n")
}

func TestOperatorsDefineServices(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		since := w.Now(t)
		made := fax(t, w)
		got, err := service.Get.Do(t.Context(), w.Door, apptest.OperatorCall(), service.Ref{Key: "fax"})
		if err != nil || fmt.Sprint(got) != fmt.Sprint(made) && len(got.Permissions) != 2 {
			t.Errorf("read %+v, %v; made %+v", got, err, made)
		}
		if _, err := service.Create.Do(t.Context(), w.Door, apptest.OperatorCall(), service.New{Key: "fax", Input: input("Other")}); !errs.Is(err, "service_exists") {
			t.Errorf("the same key: %v", err)
		}
		steal := service.New{Key: "mail", Input: input("Mail", service.Permission{Key: "mail.send", Name: "x"}, service.Permission{Key: "fax.send", Name: "x"})}
		_, err = service.Create.Do(t.Context(), w.Door, apptest.OperatorCall(), steal)
		if e, ok := err.(*errs.Error); !ok || e.Code != "permission_taken" || len(e.Fields) != 1 || e.Fields[0].Field != "permissions[1].key" || !strings.Contains(e.Fields[0].Message, "Fax") {
			t.Errorf("a permission of another service: %v", err)
		}
		if _, err := service.Get.Do(t.Context(), w.Door, apptest.OperatorCall(), service.Ref{Key: "mail"}); !errs.Is(err, "not_found") {
			t.Errorf("half of a service is there: %v", err)
		}

		change := service.Update{Key: "fax", Version: 1, Input: service.Input{
			Name: patch.To("Facsimile"), Permissions: patch.To([]service.Permission{{Key: "fax.monitor", Name: "See all faxes", Delivery: true}, {Key: "fax.sign", Name: "Sign"}}),
		}}
		now, err := service.Change.Do(t.Context(), w.Door, apptest.OperatorCall(), change)
		if err != nil || now.Version != 2 || now.Name != "Facsimile" || len(now.Permissions) != 2 || now.InstallText != made.InstallText {
			t.Errorf("changed: %+v, %v", now, err)
		}
		if _, err := service.Change.Do(t.Context(), w.Door, apptest.OperatorCall(), change); !errs.Is(err, "version_conflict") {
			t.Errorf("on an old version: %v", err)
		}
		change.Version = 2
		if same, err := service.Change.Do(t.Context(), w.Door, apptest.OperatorCall(), change); err != nil || same.Version != 2 {
			t.Errorf("what changes nothing makes a version: %+v, %v", same, err)
		}
		// What nobody declares any more is free.
		define(t, w, "mail", input("Mail", service.Permission{Key: "fax.send", Name: "x"}))
		back := service.Update{Key: "fax", Input: input("Fax", service.Permission{Key: "fax.send", Name: "x"})}
		if _, err := service.Change.Do(t.Context(), w.Door, apptest.OperatorCall(), back); !errs.Is(err, "permission_taken") {
			t.Errorf("taken back from the other one: %v", err)
		}
		if got, err := service.Get.Do(t.Context(), w.Door, apptest.OperatorCall(), service.Ref{Key: "fax"}); err != nil || got.Version != 2 || got.Name != "Facsimile" {
			t.Errorf("after a refusal: %+v, %v", got, err)
		}
		events := w.Events(t, "", since)
		if names := apptest.Names(events); !slices.Equal(names, []string{"service.created", "service.updated", "service.created"}) {
			t.Errorf("the platform's events: %v", names)
		}
		if !strings.Contains(events[1].Changes, "permissions.fax.send") || strings.Contains(events[1].Changes, "fax.monitor\"") {
			t.Errorf("the change tells %s", events[1].Changes)
		}
	})
}

func TestServicesAreListedByName(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		for _, s := range []string{"b Zeta", "a alpha", "c Alpha", "d_d 100%"} {
			key, name, _ := strings.Cut(s+"", " ")
			define(t, w, key+key, input(name, service.Permission{Key: key + ".x", Name: "X"}))
		}
		list := func(in service.ListInput) (keys []string) {
			t.Helper()
			for {
				p, err := service.List.Do(t.Context(), w.Door, apptest.OperatorCall(), in)
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range p.Items {
					if len(s.Permissions) != 1 || s.Permissions[0].Service != s.Key {
						t.Errorf("%s declares %+v", s.Key, s.Permissions)
					}
					keys = append(keys, s.Key)
				}
				if p.Next == nil {
					return keys
				}
				in.Cursor = *p.Next
			}
		}
		for search, want := range map[string]string{"": "[d_dd_d aa cc bb]", "ALPHA": "[aa cc]", "bb": "[bb]", "%": "[d_dd_d]", "_": "[d_dd_d]", "nothing": "[]"} {
			if got := fmt.Sprint(list(service.ListInput{Search: search, Paging: op.Paging{Limit: 1}})); got != want {
				t.Errorf("%q: %s, want %s", search, got, want)
			}
		}
	})
}

func TestASubscriptionIsInForceOnItsDays(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		fax(t, w)
		define(t, w, "guidance", input("Remote Guidance"))
		since := w.Now(t)
		s := subscribe(t, w, w.A, service.NewSubscription{Service: "fax", StartsOn: day(t, w, 1), EndsOn: day(t, w, 2)})
		subscribe(t, w, w.A, service.NewSubscription{Service: "guidance"})
		for _, test := range []struct{ inForce, state string }{
			{"guidance", "upcoming"}, {"fax guidance", "current"}, {"fax guidance", "current"}, {"guidance", "ended"},
		} {
			if got := inForce(t, w, w.A); got != test.inForce {
				t.Errorf("in force: %q, want %q", got, test.inForce)
			}
			call := on(w.A)
			shown, err := service.Show.Do(t.Context(), w.Door, call, op.Nothing{})
			if err != nil || len(shown.Subscriptions) != 2 || string(shown.Subscriptions[0].State) != test.state {
				t.Errorf("shown: %+v, %v, want %s", shown.Subscriptions, err, test.state)
			}
			w.Advance(24 * time.Hour)
		}
		// What was given while it ran keeps its name.
		want := "fax/Fax fax.send \"Send faxes\" true false\nfax/Fax fax.monitor \"See all faxes\" false true"
		if got := catalogue(t, w, w.A); got != want {
			t.Errorf("the catalogue: %s", got)
		}
		if got := inForce(t, w, w.B) + catalogue(t, w, w.B); got != "" {
			t.Errorf("the mirror organization may use %q", got)
		}
		ended, err := service.ChangeSubscription.Do(t.Context(), w.Door, on(w.A), service.Term{ID: s.ID, Version: 1, EndsOn: patch.To("")})
		if err != nil || ended.State != service.Current || ended.Version != 2 || inForce(t, w, w.A) != "fax guidance" {
			t.Errorf("prolonged: %+v, %v", ended, err)
		}
		back, err := service.ChangeSubscription.Do(t.Context(), w.Door, on(w.A), service.Term{ID: s.ID, EndsOn: patch.To(w.Now(t).AddDate(0, 0, -4).Format(time.DateOnly))})
		if err != nil || back.State != service.Withdrawn || inForce(t, w, w.A) != "guidance" || catalogue(t, w, w.A) != "" {
			t.Errorf("taken back: %+v, %v, %q", back, err, catalogue(t, w, w.A))
		}
		if names := apptest.Names(w.Events(t, w.A.Org.ID, since)); !slices.Equal(names, []string{"subscription.created", "subscription.created", "subscription.updated", "subscription.updated"}) {
			t.Errorf("the organization's events: %v", names)
		}
		if names := apptest.Names(w.Events(t, w.B.Org.ID, since)); len(names) != 0 {
			t.Errorf("the mirror's events: %v", names)
		}
	})
}

// Operators look into no organization, but see there what they have sold.
func TestOperatorsSeeWhatWasSubscribed(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		fax(t, w)
		subscribe(t, w, w.B, service.NewSubscription{Service: "fax"})
		p, err := auditlog.ListPlatform.Do(t.Context(), w.Door, apptest.OperatorCall(), auditlog.ListInput{Filter: auditlog.Filter{Name: "subscription."}})
		if err != nil || len(p.Items) != 1 || p.Items[0].Subject.Name != "Fax" || !strings.Contains(fmt.Sprint(auditlog.Differences(t.Context(), p.Items[0])), "{Organization  Beta}") {
			t.Errorf("operators see %+v, %v", p.Items, err)
		}
		theirs, err := auditlog.List.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), auditlog.ListInput{Filter: auditlog.Filter{Name: "subscription."}})
		if err != nil || len(theirs.Items) != 0 {
			t.Errorf("the mirror sees %+v, %v", theirs.Items, err)
		}
	})
}

func TestWhatCannotBeSubscribedTo(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		fax(t, w)
		try := func(in service.NewSubscription) error {
			_, err := service.Subscribe.Do(t.Context(), w.Door, on(w.A), in)
			return err
		}
		if err := try(service.NewSubscription{Service: "guidance", StartsOn: "x"}); err == nil || !strings.Contains(err.Error(), "unknown_service") || !strings.Contains(err.Error(), "invalid_date") {
			t.Errorf("an unknown service on no day: %v", err)
		}
		first := subscribe(t, w, w.A, service.NewSubscription{Service: "fax", StartsOn: "2026-01-01", EndsOn: "2026-01-31"})
		second := subscribe(t, w, w.A, service.NewSubscription{Service: "fax", StartsOn: "2026-02-01"})
		for _, in := range []service.NewSubscription{
			{Service: "fax"}, {Service: "fax", StartsOn: "2026-01-31", EndsOn: "2026-01-31"}, {Service: "fax", StartsOn: "2025-01-01"}, {Service: "fax", StartsOn: "2099-01-01"},
		} {
			if err := try(in); !errs.Is(err, "already_subscribed") {
				t.Errorf("%+v: %v", in, err)
			}
		}
		if _, err := service.ChangeSubscription.Do(t.Context(), w.Door, on(w.A), service.Term{ID: first.ID, EndsOn: patch.To("2026-02-01")}); !errs.Is(err, "already_subscribed") {
			t.Errorf("prolonged into the next: %v", err)
		}
		if _, err := service.ChangeSubscription.Do(t.Context(), w.Door, on(w.A), service.Term{ID: second.ID, Version: 7}); !errs.Is(err, "version_conflict") {
			t.Errorf("on another version: %v", err)
		}
		subscribe(t, w, w.A, service.NewSubscription{Service: "fax", StartsOn: "2025-12-31", EndsOn: "2025-12-31"})
		subscribe(t, w, w.B, service.NewSubscription{Service: "fax"}) // it has none
		for what, call := range map[string]op.Call{"none": apptest.OperatorCall(), "the mirror": on(w.B)} {
			if _, err := service.ChangeSubscription.Do(t.Context(), w.Door, call, service.Term{ID: first.ID, EndsOn: patch.To("")}); !errs.Is(err, "not_found") {
				t.Errorf("a subscription of another organization, in %s: %v", what, err)
			}
		}
		if _, err := service.Subscribe.Do(t.Context(), w.Door, apptest.OperatorCall(), service.NewSubscription{Service: "fax"}); !errs.Is(err, "not_found") {
			t.Errorf("in no organization: %v", err)
		}
		if _, err := service.Show.Do(t.Context(), w.Door, apptest.OperatorCall(), op.Nothing{}); !errs.Is(err, "not_found") {
			t.Errorf("shown of no organization: %v", err)
		}
	})
}

func TestOfManyAtOnceOneSubscribes(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		fax(t, w)
		old := subscribe(t, w, w.A, service.NewSubscription{Service: "fax", StartsOn: "2026-01-01", EndsOn: "2026-01-01"})
		start := day(t, w, 0)
		var won atomic.Int32
		var all sync.WaitGroup
		for n := range 16 {
			all.Go(func() {
				var err error
				if n%4 == 3 { // prolongs the one that has ended
					_, err = service.ChangeSubscription.Do(context.Background(), w.Door, on(w.A), service.Term{ID: old.ID, EndsOn: patch.To("")})
				} else {
					_, err = service.Subscribe.Do(context.Background(), w.Door, on(w.A), service.NewSubscription{Service: "fax", StartsOn: start})
				}
				switch {
				case err == nil && n%4 != 3:
					won.Add(1)
				case err == nil:
					won.Add(100)
				case !errs.Is(err, "already_subscribed"):
					t.Errorf("a loser gets %v", err)
				}
			})
		}
		all.Wait()
		shown, err := service.Show.Do(t.Context(), w.Door, on(w.A), op.Nothing{})
		if err != nil {
			t.Fatal(err)
		}
		current := 0
		for _, s := range shown.Subscriptions {
			if s.State == service.Current {
				current++
			}
		}
		// Either one was made, or the old one goes on: who prolongs what goes on already changes nothing.
		if n := won.Load(); current != 1 || n != 1 && n%100 != 0 {
			t.Errorf("%d won; %+v", n, shown.Subscriptions)
		}
	})
}

func TestOneOfManyServicesGetsThePermission(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		var won atomic.Int32
		var all sync.WaitGroup
		for n := range 12 {
			all.Go(func() {
				in := service.New{Key: fmt.Sprint("s", n), Input: input("S", service.Permission{Key: "fax.send", Name: "x"})}
				_, err := service.Create.Do(context.Background(), w.Door, apptest.OperatorCall(), in)
				if err == nil {
					won.Add(1)
				} else if !errs.Is(err, "permission_taken") {
					t.Errorf("a loser gets %v", err)
				}
			})
		}
		all.Wait()
		p, err := service.List.Do(t.Context(), w.Door, apptest.OperatorCall(), service.ListInput{})
		if err != nil || won.Load() != 1 || len(p.Items) != 1 {
			t.Errorf("%d won; %+v, %v", won.Load(), p.Items, err)
		}
	})
}

func TestAdminsReadAndOperatorsWrite(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		fax(t, w)
		made := subscribe(t, w, w.A, service.NewSubscription{Service: "fax"})
		p, err := service.ListSubscriptions.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), op.Paging{Count: true})
		if err != nil || len(p.Items) != 1 || *p.Total != 1 || p.Items[0].ServiceName != "Fax" || p.Items[0].State != service.Current {
			t.Errorf("the admin reads %+v, %v", p, err)
		}
		if got, err := service.GetSubscription.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), service.SubscriptionRef{ID: made.ID}); err != nil || got.ID != made.ID {
			t.Errorf("the admin reads %+v, %v", got, err)
		}
		if p, err := service.ListSubscriptions.Do(t.Context(), w.Door, w.B.Admin.Call(w.B), op.Paging{}); err != nil || len(p.Items) != 0 {
			t.Errorf("the mirror's admin reads %+v, %v", p, err)
		}
		if _, err := service.ListSubscriptions.Do(t.Context(), w.Door, w.A.User.Call(w.A), op.Paging{}); !errs.Is(err, "forbidden") {
			t.Errorf("a plain user: %v", err)
		}
		for who, call := range map[string]op.Call{"admin": w.A.Admin.Call(w.A), "user": w.A.User.Call(w.A), "mirror": w.B.Admin.CallIn(w.A.Org.ID, w.B)} {
			_, created := service.Create.Do(t.Context(), w.Door, call, service.New{Key: "mine", Input: input("Mine")})
			_, listed := service.List.Do(t.Context(), w.Door, call, service.ListInput{})
			_, changed := service.Change.Do(t.Context(), w.Door, call, service.Update{Key: "fax", Input: input("Mine")})
			_, subscribed := service.Subscribe.Do(t.Context(), w.Door, call, service.NewSubscription{Service: "fax"})
			_, ended := service.ChangeSubscription.Do(t.Context(), w.Door, call, service.Term{ID: made.ID, EndsOn: patch.To("2026-01-01")})
			_, shown := service.Show.Do(t.Context(), w.Door, call, op.Nothing{})
			for what, err := range map[string]error{"create": created, "list": listed, "change": changed, "subscribe": subscribed, "end": ended, "show": shown} {
				if errs.KindOf(err) != errs.KindUnauthenticated {
					t.Errorf("%s, %s: %v", who, what, err)
				}
			}
		}
		if inForce(t, w, w.A) != "fax" {
			t.Error("somebody ended it")
		}
	})
}

// A deleted organization takes its subscriptions along, and no service.
func TestADeletedOrganizationLeavesTheServices(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		fax(t, w)
		for _, place := range []apptest.Place{w.A, w.B} {
			subscribe(t, w, place, service.NewSubscription{Service: "fax"})
		}
		if _, err := org.Update.Do(t.Context(), w.Door, on(w.A), org.Change{Suspended: patch.To(true)}); err != nil {
			t.Fatal(err)
		}
		if _, err := org.Delete.Do(t.Context(), w.Door, on(w.A), org.Version{}); err != nil {
			t.Fatal(err)
		}
		if _, err := service.Show.Do(t.Context(), w.Door, on(w.A), op.Nothing{}); !errs.Is(err, "not_found") {
			t.Errorf("afterwards: %v", err)
		}
		if inForce(t, w, w.B) != "fax" {
			t.Error("the mirror organization lost its own")
		}
	})
}

func TestListsOfSubscriptionsGoOn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		define(t, w, "zz", input("Alpha"))
		define(t, w, "aa", input("Beta"))
		want := []string{"zz 2025-01-01", "zz 2026-01-01", "aa 2024-01-01", "aa 2027-01-01"}
		for _, n := range []int{3, 0, 2, 1} {
			key, starts, _ := strings.Cut(want[n], " ")
			subscribe(t, w, w.A, service.NewSubscription{Service: key, StartsOn: starts, EndsOn: starts})
		}
		var got []string
		in := op.Paging{Limit: 1}
		seen := map[id.Subscription]bool{}
		for {
			p, err := service.ListSubscriptions.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), in)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range p.Items {
				got, seen[s.ID] = append(got, s.Service+" "+s.StartsOn), true
			}
			if p.Next == nil {
				break
			}
			in.Cursor = *p.Next
		}
		if !slices.Equal(got, want) || len(seen) != 4 {
			t.Errorf("%v, want %v", got, want)
		}
	})
}
