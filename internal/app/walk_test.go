package app_test

import (
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"roster/internal/account"
	"roster/internal/apikey"
	"roster/internal/app"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/contact"
	"roster/internal/errs"
	"roster/internal/field"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/number"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/role"
	"roster/internal/secret"
	"roster/internal/service"
	"roster/internal/team"
)

// callers are everybody who may turn up at an operation, in organization A.
func callers(t *testing.T, w *apptest.World) map[string]op.Call {
	t.Helper()
	key := func(place apptest.Place) op.Call {
		made, err := apikey.Create.Do(t.Context(), w.Door, place.Admin.Call(place), apikey.New{Name: "walk", Permissions: authz.OrganizationSet().List()})
		if err != nil {
			t.Fatal(err)
		}
		hash, _ := secret.HashToken(made.Secret, secret.APIKey)
		return op.Call{By: authz.Caller{Key: hash.Bytes(), Origin: apptest.Origin}, Org: string(w.A.Org.ID)}
	}
	operator := apptest.OperatorCall()
	operator.Org = string(w.A.Org.ID)
	return map[string]op.Call{
		"nobody":        {By: authz.Caller{Origin: apptest.Origin}, Org: string(w.A.Org.ID)},
		"user of A":     w.A.User.Call(w.A),
		"admin of A":    w.A.Admin.Call(w.A),
		"key of A":      key(w.A),
		"admin of B":    w.B.Admin.CallIn(w.A.Org.ID, w.B),
		"key of B":      key(w.B),
		"operator":      operator,
		"made-up token": {By: authz.Caller{Key: []byte("no such key"), Origin: apptest.Origin}, Org: string(w.A.Org.ID)},
	}
}

// expected is what the door must say before the operation itself says anything.
func expected(who string, s op.Spec) errs.Kind {
	let, ask, hide, lack := errs.KindInternal, errs.KindUnauthenticated, errs.KindNotFound, errs.KindForbidden
	switch s.Scope {
	case authz.Public:
		return let
	case authz.Platform, authz.Operator:
		if who == "operator" {
			return let
		}
		return ask
	case authz.Self:
		if who == "user of A" || who == "admin of A" {
			return let
		}
		return ask
	case authz.OnBehalf:
		if who == "user of A" {
			return let
		}
		s.Scope = authz.InOrg
		return expected(who, s)
	case authz.InOrg:
		switch who {
		case "admin of A", "key of A":
			return let
		case "user of A":
			return lack
		case "key of B":
			return hide
		}
		return ask
	}
	return ask // System: nobody who comes from outside
}

func TestEveryOperationAsksWhoComes(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		everybody := callers(t, w)
		before := digest(t, w, w.A.Org.ID) + digest(t, w, w.B.Org.ID)
		for _, o := range app.Operations() {
			for who, call := range everybody {
				want := expected(who, o.Spec())
				if want == errs.KindInternal {
					continue // let in: what happens then is the operation's own test
				}
				_, err := o.Try(t.Context(), w.Door, call, o.Zero())
				if got := errs.KindOf(err); err == nil || got != want {
					t.Errorf("%s by %s: %v, want kind %d", o.Spec().Name, who, err, want)
				}
			}
		}
		if after := digest(t, w, w.A.Org.ID) + digest(t, w, w.B.Org.ID); after != before {
			t.Error("a refused operation changed something")
		}
	})
}

func TestForeignObjectsDoNotExist(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		theirs := objects(t, w, w.B)
		before := digest(t, w, w.B.Org.ID)
		tried := 0
		for _, o := range app.Operations() {
			if !o.Spec().Scope.OfOrganization() {
				continue
			}
			foreign, ok := fill(o.Zero(), theirs)
			if !ok {
				continue
			}
			unknown, _ := fill(o.Zero(), unknown())
			tried++
			for who, call := range map[string]op.Call{"admin": w.A.Admin.Call(w.A), "operator key": operatorKey(t, w)} {
				if o.Spec().Scope != authz.InOrg && who != "admin" {
					continue
				}
				_, got := o.Try(t.Context(), w.Door, call, foreign)
				_, want := o.Try(t.Context(), w.Door, call, unknown)
				if got == nil || want == nil || got.Error() != want.Error() || errs.KindOf(got) != errs.KindNotFound {
					t.Errorf("%s by the %s of A: foreign %v, unknown %v", o.Spec().Name, who, got, want)
				}
			}
		}
		if tried < 8 {
			t.Errorf("only %d operations take an object", tried)
		}
		if after := digest(t, w, w.B.Org.ID); after != before {
			t.Error("the mirror organization changed")
		}
	})
}

// objects makes one object of every kind in a place.
func objects(t *testing.T, w *apptest.World, place apptest.Place) map[reflect.Type]any {
	t.Helper()
	call := place.Admin.Call(place)
	invited, err := invite.Create.Do(t.Context(), w.Door, call, invite.Input{Emails: []string{"walk@x.example"}})
	if err != nil {
		t.Fatal(err)
	}
	key, err := apikey.Create.Do(t.Context(), w.Door, call, apikey.New{Name: "walk", Permissions: []authz.Permission{authz.UsersView}})
	if err != nil {
		t.Fatal(err)
	}
	made, err := group.Create.Do(t.Context(), w.Door, call, group.Input{Name: patch.To("Walk")})
	if err != nil {
		t.Fatal(err)
	}
	declared, err := field.Create.Do(t.Context(), w.Door, call, field.New{Key: "walk", Name: "Walk", Kind: field.Text})
	if err != nil {
		t.Fatal(err)
	}
	crew, err := team.Create.Do(t.Context(), w.Door, call, team.New{Name: "Walk"})
	if err != nil {
		t.Fatal(err)
	}
	own, err := contact.Add.Do(t.Context(), w.Door, call, contact.New{Name: "Walk"})
	if err != nil {
		t.Fatal(err)
	}
	domain, err := org.AddDomain.Do(t.Context(), w.Door, call, org.NewDomain{Name: "walk.example"})
	if err != nil {
		t.Fatal(err)
	}
	sold := subscription(t, w, place)
	desk, err := role.Create.Do(t.Context(), w.Door, call, role.Input{Name: patch.To("Walk")})
	if err != nil {
		t.Fatal(err)
	}
	part, err := account.Create.Do(t.Context(), w.Door, call, account.New{Kind: account.Contract, Input: account.Input{Name: patch.To("Walk")}})
	if err != nil {
		t.Fatal(err)
	}
	phone, err := number.Add.Do(t.Context(), w.Door, call, number.Input{Number: "+46 8 123 45 67"})
	if err != nil {
		t.Fatal(err)
	}
	sessions := query[id.Session](t, w, `select id from sessions where org_id = '`+string(place.Org.ID)+`'`)
	return map[reflect.Type]any{
		reflect.TypeFor[id.User]():       place.User.User.ID,
		reflect.TypeFor[id.Invitation](): invited.Results[0].Invitation,
		reflect.TypeFor[id.Key]():        key.ID,
		reflect.TypeFor[id.Group]():      made.ID,
		reflect.TypeFor[id.Session]():    sessions[0],
		reflect.TypeFor[id.Field]():      declared.ID,
		reflect.TypeFor[id.Team]():       crew.ID,
		reflect.TypeFor[id.Domain]():     domain.ID,
		reflect.TypeFor[id.Contact]():    own.ID,

		reflect.TypeFor[id.Subscription](): sold.ID,
		reflect.TypeFor[id.Number]():       phone.ID,
		reflect.TypeFor[id.Role]():         desk.ID,
		reflect.TypeFor[id.Account]():      part.ID,
	}
}

// subscription makes one in a place, to a service that there may be already.
func subscription(t *testing.T, w *apptest.World, place apptest.Place) service.Subscription {
	t.Helper()
	call := apptest.OperatorCall()
	made := service.New{Key: "walk", Input: service.Input{Name: patch.To("Walk")}}
	if _, err := service.Create.Do(t.Context(), w.Door, call, made); err != nil && !errs.Is(err, "service_exists") {
		t.Fatal(err)
	}
	call.Org = string(place.Org.ID)
	sold, err := service.Subscribe.Do(t.Context(), w.Door, call, service.NewSubscription{Service: "walk"})
	if err != nil {
		t.Fatal(err)
	}
	return sold
}

func unknown() map[reflect.Type]any {
	now := time.Now()
	return map[reflect.Type]any{
		reflect.TypeFor[id.User]():       id.New[id.User](now),
		reflect.TypeFor[id.Invitation](): id.New[id.Invitation](now),
		reflect.TypeFor[id.Key]():        id.New[id.Key](now),
		reflect.TypeFor[id.Group]():      id.New[id.Group](now),
		reflect.TypeFor[id.Session]():    id.New[id.Session](now),
		reflect.TypeFor[id.Field]():      id.New[id.Field](now),
		reflect.TypeFor[id.Team]():       id.New[id.Team](now),
		reflect.TypeFor[id.Domain]():     id.New[id.Domain](now),
		reflect.TypeFor[id.Contact]():    id.New[id.Contact](now),

		reflect.TypeFor[id.Subscription](): id.New[id.Subscription](now),
		reflect.TypeFor[id.Number]():       id.New[id.Number](now),
		reflect.TypeFor[id.Role]():         id.New[id.Role](now),
		reflect.TypeFor[id.Account]():      id.New[id.Account](now),
	}
}

// fill puts an object into the input's field named ID; false if it has none.
func fill(in any, objects map[reflect.Type]any) (any, bool) {
	v := reflect.New(reflect.TypeOf(in)).Elem()
	v.Set(reflect.ValueOf(in))
	if v.Kind() != reflect.Struct {
		return in, false
	}
	field := v.FieldByName("ID")
	if !field.IsValid() {
		return in, false
	}
	object, ok := objects[field.Type()]
	if !ok {
		return in, false
	}
	field.Set(reflect.ValueOf(object))
	return v.Interface(), true
}

func operatorKey(t *testing.T, w *apptest.World) op.Call {
	t.Helper()
	made, err := apikey.CreateOperatorKey.Do(t.Context(), w.Door, apptest.OperatorCall(), apikey.NewOperatorKey{Name: "walk"})
	if err != nil {
		t.Fatal(err)
	}
	hash, _ := secret.HashToken(made.Secret, secret.APIKey)
	return op.Call{By: authz.Caller{Key: hash.Bytes(), Origin: apptest.Origin}, Org: string(w.A.Org.ID)}
}

// digested are the tables of an organization and the columns that may change
// by being looked at.
var digested = []string{"users", "groups", "invitations", "links", "sessions", "devices", "api_keys", "letters", "events", "teams", "team_members", "contacts", "domains", "subscriptions", "password_history", "user_photos", "numbers", "group_teams", "sender_policies", "sender_rules", "custom_fields", "logos", "roles", "accounts", "account_below", "account_links", "user_accounts"}

// digest is everything that an organization holds, as one text.
func digest(t *testing.T, w *apptest.World, org id.Org) string {
	t.Helper()
	var all strings.Builder
	raw(t, w, func(db *sql.Tx) error {
		for _, table := range digested {
			by := "id"
			if table == "devices" {
				by = "hash"
			}
			if keys, several := map[string]string{
				"team_members": "team_id, user_id", "account_below": "account_id, below_id",
				"account_links": "delivery_id, contract_id", "user_accounts": "user_id, account_id",
				"password_history": "user_id", "user_photos": "user_id", "logos": "org_id",
				"group_teams": "group_id, team_id", "sender_policies": "service", "sender_rules": "service, kind, key",
			}[table]; several {
				by = keys
			}
			rows, err := db.Query(`select * from ` + table + ` where org_id = '` + string(org) + `' order by ` + by)
			if err != nil {
				return err
			}
			defer rows.Close()
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			for rows.Next() {
				cells := make([]any, len(columns))
				into := make([]any, len(columns))
				for i := range cells {
					into[i] = &cells[i]
				}
				if err := rows.Scan(into...); err != nil {
					return err
				}
				for i, c := range columns {
					if c == "seen_at" || c == "last_seen_at" || c == "last_used_at" || table == "events" && (c == "link" || c == "hash") {
						continue
					}
					fmt.Fprintf(&all, "%s.%s=%v;", table, c, cells[i])
				}
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	return all.String()
}

func query[T any](t *testing.T, w *apptest.World, text string) []T {
	t.Helper()
	var list []T
	raw(t, w, func(db *sql.Tx) error {
		rows, err := db.Query(text)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var one T
			if err := rows.Scan(&one); err != nil {
				return err
			}
			list = append(list, one)
		}
		return rows.Err()
	})
	return list
}

// raw looks past the door, as only a test may.
func raw(t *testing.T, w *apptest.World, f func(*sql.Tx) error) {
	t.Helper()
	driver, address := "pgx", w.Address
	if path, ok := strings.CutPrefix(w.Address, "sqlite:"); ok {
		driver, address = "sqlite", "file:"+path+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if driver == "pgx" {
		_, err = tx.Exec(`select set_config('roster.across', 'on', true)`)
	}
	if err := errors.Join(err, f(tx)); err != nil {
		t.Fatal(err)
	}
}
