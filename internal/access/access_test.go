package access_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/access"
	"roster/internal/account"
	"roster/internal/apikey"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/people"
	"roster/internal/role"
	"roster/internal/secret"
	"roster/internal/user"
)

// keyOf is a key of the organization that may ask.
func keyOf(t *testing.T, w *apptest.World, place apptest.Place) op.Call {
	t.Helper()
	made, err := apikey.Create.Do(t.Context(), w.Door, place.Admin.Call(place), apikey.New{Name: "Product", Permissions: []authz.Permission{authz.AccessCheck}})
	if err != nil {
		t.Fatal(err)
	}
	return show(made, place)
}

func show(made apikey.Created, place apptest.Place) op.Call {
	hash, _ := secret.HashToken(made.Secret, secret.APIKey)
	return op.Call{By: authz.Caller{Key: hash.Bytes(), Origin: apptest.Origin}, Org: string(place.Org.ID)}
}

// ask asks one question, and answers the reason: with an exclamation mark, if it is a no.
func ask(t *testing.T, w *apptest.World, by op.Call, q access.Question) string {
	t.Helper()
	out, err := access.Check.Do(t.Context(), w.Door, by, access.Questions{Checks: []access.Question{q}})
	if err != nil {
		t.Fatal(err)
	}
	if out.Results[0].Allowed {
		return string(out.Results[0].Reason)
	}
	return "!" + string(out.Results[0].Reason)
}

func must[Out any](t *testing.T) func(Out, error) Out {
	return func(out Out, err error) Out {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// subscribe gives an organization a service from a day to a day, counted from today.
func subscribe(t testing.TB, w *apptest.World, place apptest.Place, service string, from, to int) {
	t.Helper()
	_, err := subscribes.Do(t.Context(), w.Door, op.Call{By: authz.Worker("test")}, subscription{place.Org.ID, service, from, to})
	if err != nil {
		t.Fatal(err)
	}
}

type subscription struct {
	org      id.Org
	service  string
	from, to int
}

var subscribes = op.Command[subscription, op.Nothing]{
	Name: "test.subscribe", Needs: authz.SystemWork, Scope: authz.System, Quiet: "a fixture",
	Run: func(t *op.Tx, in subscription) (op.Nothing, error) {
		if err := t.Enter(in.org); err != nil {
			return op.Nothing{}, err
		}
		_, err := t.Exec(`insert into subscriptions (org_id, id, service, starts_on, ends_on, created_at, version) values (:org, :id, :service, :starts, :ends, :now, 1)`,
			op.Args{"id": string(id.New[id.Event](t.Now())), "service": in.service, "now": t.Now(),
				"starts": t.Now().AddDate(0, 0, in.from).Format(time.DateOnly), "ends": t.Now().AddDate(0, 0, in.to).Format(time.DateOnly)})
		return op.Nothing{}, err
	},
}

// A revoked role, a lost permission, a deactivated user and an ended subscription
// show in the very next answer, from another node too.
func TestAnswersAreNeverOlderThanTheLastCommit(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx, admin := t.Context(), operatorKey(t, w, w.A) // no session outlives the days that pass here
		declare(t, w)
		subscribe(t, w, w.A, "fax", -1, 5)
		key := keyOf(t, w, w.A)
		other := w.Another(t, func(*op.Config) {})
		q := access.Question{User: w.A.User.User.ID, Permission: "fax.send"}
		expect := func(what, want string) {
			t.Helper()
			if got := ask(t, w, key, q); got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
			if out, err := access.Check.Do(ctx, other, key, access.Questions{Checks: []access.Question{q}}); err != nil || string(out.Results[0].Reason) != strings.TrimPrefix(want, "!") {
				t.Errorf("%s, on another node: %+v, %v", what, out, err)
			}
		}
		change := func(in user.Update) {
			t.Helper()
			in.ID = w.A.User.User.ID
			must[user.User](t)(user.Change.Do(ctx, w.Door, admin, in))
		}
		expect("at first", "!no_grant")
		made := must[role.Role](t)(role.Create.Do(ctx, w.Door, admin, role.Input{Name: patch.To("Dispatcher"), Permissions: patch.To(role.Permissions{"fax.send"})}))
		change(user.Update{Role: patch.To(made.ID)})
		expect("with the role", "role")
		must[role.Role](t)(role.Change.Do(ctx, w.Door, admin, role.Update{ID: made.ID, Input: role.Input{Permissions: patch.To(role.Permissions{})}}))
		expect("when the role lost it", "!no_grant")
		change(user.Update{Access: user.Access{Extra: patch.To(role.Permissions{"fax.send"})}})
		expect("given beyond the role", "grant")
		must[user.User](t)(user.Deactivate.Do(ctx, w.Door, admin, user.Ref{ID: w.A.User.User.ID}))
		expect("deactivated", "!not_active")
		must[user.User](t)(user.Activate.Do(ctx, w.Door, admin, user.Ref{ID: w.A.User.User.ID}))
		expect("activated again", "grant")
		w.Advance(5 * 24 * time.Hour)
		expect("on the last day", "grant")
		w.Advance(24 * time.Hour)
		expect("on the day after", "!subscription_expired")
		subscribe(t, w, w.A, "fax", 0, 0)
		expect("bought anew", "grant")
		q.Permission = authz.UsersView
		change(user.Update{Role: patch.To(authz.RoleAdmin)})
		expect("made an admin", "role")
		q.Permission = "net.order"
		expect("of a service that the organization does not have", "!unknown_permission")
		q.Permission = authz.OrganizationsManage
		expect("of the platform", "!unknown_permission")
		must[user.User](t)(user.Deactivate.Do(ctx, w.Door, admin, user.Ref{ID: w.A.User.User.ID}))
		must[op.Nothing](t)(user.Delete.Do(ctx, w.Door, admin, user.Ref{ID: w.A.User.User.ID}))
		expect("deleted", "!unknown_user")
	})
}

// What belongs to the other organization, which is this one's mirror image, does
// not exist here; what lies beyond the reach of whoever asks, neither.
func TestNothingIsLearnedOfOthers(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx, admin := t.Context(), w.A.Admin.Call(w.A)
		newAccount := func(by op.Call, kind account.Kind, name string) id.Account {
			t.Helper()
			return must[account.Account](t)(account.Create.Do(ctx, w.Door, by, account.New{Kind: kind, Input: account.Input{Name: patch.To(name)}})).ID
		}
		ours, more := newAccount(admin, account.Contract, "North"), newAccount(admin, account.Contract, "South")
		theirs := newAccount(w.B.Admin.Call(w.B), account.Contract, "North")
		limited := w.Person(t, w.A.Org, "Lea", "Limited", "lea@alpha.example", authz.RoleUser)
		must[user.User](t)(user.Change.Do(ctx, w.Door, admin, user.Update{ID: limited.User.ID, Access: user.Access{
			Extra: patch.To(role.Permissions{authz.AccessCheck, authz.UsersView}), Contract: patch.To(authz.ChosenAccounts(ours)),
		}}))
		key := keyOf(t, w, w.A)
		view := func(u id.User, on id.Account) access.Question {
			return access.Question{User: u, Permission: authz.UsersView, Contract: on}
		}
		for name, test := range map[string]struct {
			by   op.Call
			q    access.Question
			want string
		}{
			"our admin":                            {key, view(w.A.Admin.User.ID, ""), "role"},
			"their admin":                          {key, view(w.B.Admin.User.ID, ""), "!unknown_user"},
			"their user, by our operator's key":    {operatorKey(t, w, w.A), view(w.B.User.User.ID, ""), "!unknown_user"},
			"on our account":                       {key, view(w.A.Admin.User.ID, ours), "role"},
			"on theirs":                            {key, view(w.A.Admin.User.ID, theirs), "!account"},
			"on what is none":                      {key, view(w.A.Admin.User.ID, "acc_none"), "!account"},
			"on a contract account as delivery":    {key, access.Question{User: w.A.Admin.User.ID, Permission: authz.UsersView, Delivery: ours}, "!account"},
			"limited, on the own account":          {key, view(limited.User.ID, ours), "grant"},
			"limited, on another":                  {key, view(limited.User.ID, more), "!account"},
			"the limited one asks about the admin": {limited.Call(w.A), view(w.A.Admin.User.ID, ours), "role"},
			"the same, beyond their own reach":     {limited.Call(w.A), view(w.A.Admin.User.ID, more), "!account"},
		} {
			if got := ask(t, w, test.by, test.q); got != test.want {
				t.Errorf("%s: %s, want %s", name, got, test.want)
			}
		}
		// Whoever sees some groups only learns nothing of the users of others.
		r := must[role.Role](t)(role.Create.Do(ctx, w.Door, admin, role.Input{
			Name: patch.To("Asks"), Permissions: patch.To(role.Permissions{authz.AccessCheck, authz.UsersView}), Limits: patch.To(authz.Limits{Accounts: []id.Account{ours}}),
		}))
		must[user.User](t)(user.Change.Do(ctx, w.Door, admin, user.Update{ID: w.A.User.User.ID, Role: patch.To(r.ID)}))
		for name, test := range map[string]struct {
			q    access.Question
			want string
		}{
			"somebody within reach": {view(limited.User.ID, ""), "grant"},
			"oneself":               {view(w.A.User.User.ID, ""), "role"},
			"somebody beyond":       {view(w.A.Admin.User.ID, ""), "!unknown_user"},
		} {
			if got := ask(t, w, w.A.User.Call(w.A), test.q); got != test.want {
				t.Errorf("%s: %s, want %s", name, got, test.want)
			}
		}
		if _, err := access.Explain.Do(ctx, w.Door, w.A.User.Call(w.A), user.Ref{ID: w.A.Admin.User.ID}); !errs.Is(err, "not_found") {
			t.Errorf("explained to whom it is beyond: %v", err)
		}
	})
}

func operatorKey(t *testing.T, w *apptest.World, place apptest.Place) op.Call {
	t.Helper()
	return show(must[apikey.Created](t)(apikey.CreateOperatorKey.Do(t.Context(), w.Door, apptest.OperatorCall(), apikey.NewOperatorKey{Name: "Vendor"})), place)
}

func TestAThousandQuestionsKeepTheirOrder(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx, key := t.Context(), keyOf(t, w, w.A)
		users := []id.User{w.A.Admin.User.ID, w.A.User.User.ID, w.B.User.User.ID}
		wants := []access.Answer{{Allowed: true, Reason: access.ByRole}, {Reason: access.NoGrant}, {Reason: access.UnknownUser}}
		in := access.Questions{}
		var want []access.Answer
		for i := range access.MaxChecks {
			in.Checks = append(in.Checks, access.Question{User: users[i*i%3], Permission: authz.UsersView})
			want = append(want, wants[i*i%3])
		}
		for i := 3; i < access.MaxChecks; i += 7 { // and many whom nobody knows
			in.Checks[i].User, want[i] = id.New[id.User](time.Now()), access.Answer{Reason: access.UnknownUser}
		}
		out, err := access.Check.Do(ctx, w.Door, key, in)
		if err != nil || !slices.Equal(out.Results, want) {
			t.Errorf("%v, or in another order: %+v", err, out.Results[:min(10, len(out.Results))])
		}
		var many []access.Question
		for i := range access.MaxChecks { // all names that a question can have
			many = append(many, access.Question{User: users[0], Permission: authz.UsersView, Contract: id.Account(fmt.Sprint("acc_", i)), Delivery: id.Account(fmt.Sprint("acc_", -i))})
		}
		body, err := json.Marshal(access.Questions{Checks: many})
		if err != nil {
			t.Fatal(err)
		}
		made := must[apikey.Created](t)(apikey.Create.Do(ctx, w.Door, w.A.Admin.Call(w.A), apikey.New{Name: "HTTP", Permissions: []authz.Permission{authz.AccessCheck}}))
		answer := w.Client(t, made.Secret, access.Routes).Do("POST", "/organizations/alpha/access/check", string(body))
		if answer.Status != 200 || strings.Count(answer.Body, `"reason":"account"`) != access.MaxChecks {
			t.Errorf("%d %.300s", answer.Status, answer.Body)
		}
		for name, wrong := range map[string]struct {
			checks []access.Question
			field  string
		}{
			"none":          {nil, "checks"},
			"too many":      {append(in.Checks, in.Checks[0]), "checks"},
			"no user":       {[]access.Question{in.Checks[0], {Permission: authz.UsersView}}, "checks[1].user_id"},
			"no permission": {[]access.Question{{User: users[0]}}, "checks[0].permission"},
		} {
			_, err := access.Check.Do(ctx, w.Door, key, access.Questions{Checks: wrong.checks})
			if e, ok := err.(*errs.Error); !ok || e.Code != "validation_failed" || len(e.Fields) != 1 || e.Fields[0].Field != wrong.field {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestASuspendedOrganizationAnswersOnlyThatItIs(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		key, vendor := keyOf(t, w, w.A), operatorKey(t, w, w.A)
		call := apptest.OperatorCall()
		call.Org = string(w.A.Org.ID)
		must[org.Organization](t)(org.Update.Do(t.Context(), w.Door, call, org.Change{Suspended: patch.To(true)}))
		for name, by := range map[string]op.Call{"the organization's key": key, "the operator's key": vendor} {
			_, err := access.Check.Do(t.Context(), w.Door, by, access.Questions{Checks: []access.Question{{User: w.A.Admin.User.ID, Permission: authz.UsersView}}})
			if !errs.Is(err, "organization_suspended") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestTheCardExplains(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx, admin := t.Context(), w.A.Admin.Call(w.A)
		declare(t, w)
		subscribe(t, w, w.A, "fax", -1, 5)
		subscribe(t, w, w.A, "net", -5, -1)
		north := must[account.Account](t)(account.Create.Do(ctx, w.Door, admin, account.New{Kind: account.Contract, Input: account.Input{Name: patch.To("North")}}))
		r := must[role.Role](t)(role.Create.Do(ctx, w.Door, admin, role.Input{
			Name: patch.To("Dispatcher"), Permissions: patch.To(role.Permissions{"fax.send", "net.order", authz.UsersView}), Limits: patch.To(authz.Limits{Accounts: []id.Account{north.ID}}),
		}))
		must[user.User](t)(user.Change.Do(ctx, w.Door, admin, user.Update{ID: w.A.User.User.ID, Role: patch.To(r.ID), Access: user.Access{
			Extra: patch.To(role.Permissions{"fax.send"}), Contract: patch.To(authz.ChosenAccounts(north.ID)),
		}}))
		e := must[access.Explained](t)(access.Explain.Do(ctx, w.Door, admin, user.Ref{ID: w.A.User.User.ID}))
		var got []string
		for _, h := range e.Permissions {
			got = append(got, fmt.Sprintf("%s %v %v %s", h.Permission, h.By, h.Allowed, h.Reason))
		}
		want := []string{
			"users.view [role] true role", "fax.send [role grant] true role", "fax.read [everybody] true everybody",
			"net.order [role] false subscription_expired", "net.inside [everybody] false subscription_expired",
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
		if e.Role.Name != "Dispatcher" || e.Contract.All || len(e.Contract.Items) != 1 || e.Contract.Items[0].Name != "North" || !e.Delivery.All || len(e.Limits.Accounts) != 1 {
			t.Errorf("%+v", e)
		}
		b := w.Browser(t, people.Pages).As(w.A.Admin, w.A)
		card := b.Get("/o/alpha/users/" + string(w.A.User.User.ID))
		if card.Status != 200 || !card.Has("from the role Dispatcher, given to this user", "everybody has it", "no subscription is in force today", "North", "of these accounts: North") {
			t.Errorf("%d %.2000s", card.Status, card.Body)
		}
		must[user.User](t)(user.Deactivate.Do(ctx, w.Door, admin, user.Ref{ID: w.A.User.User.ID}))
		if card := b.Get("/o/alpha/users/" + string(w.A.User.User.ID)); !card.Has("None of this can be used while the account is deactivated.") {
			t.Error("the card of somebody deactivated does not say so")
		}
		plain := w.Person(t, w.B.Org, "Pia", "Plain", "pia@beta.example", authz.RoleUser)
		if card := w.Browser(t, people.Pages).As(w.B.Admin, w.B).Get("/o/beta/users/" + string(plain.User.ID)); !card.Has("Only self-service") {
			t.Error("the card of somebody who holds nothing does not say so")
		}
		if _, err := access.Explain.Do(ctx, w.Door, admin, user.Ref{ID: w.B.User.User.ID}); !errs.Is(err, "not_found") {
			t.Errorf("explained of the other organization: %v", err)
		}
	})
}
