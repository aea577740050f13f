package apikey_test

import (
	"regexp"
	"strings"
	"testing"

	"roster/internal/apikey"
	"roster/internal/app/apptest"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/secret"
)

var shown = regexp.MustCompile(`rst_key_[0-9A-Za-z]{49}`)

func TestAnAdminMakesAndRevokesKeys(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, apikey.Pages).As(w.A.Admin, w.A)
		if empty := b.Get("/o/alpha/integrations"); !empty.Has("No program has a key yet", "/o/alpha/integrations/keys/new") {
			t.Errorf("without keys: %+v", empty)
		}
		if form := b.Get("/o/alpha/integrations/keys/new"); !form.Has(`value="users.view"`, `value="apikeys.manage"`) || form.Has("organizations.manage") {
			t.Errorf("the form: %+v", form)
		}
		if wrong := b.Post("/o/alpha/integrations/keys", "name", "", "permissions", "users.view", "expires_at", "9999"); wrong.Status != 422 ||
			!wrong.Has(`id="name-e"`, `id="expires_at-e"`) || !regexp.MustCompile(`value="users.view" checked`).MatchString(wrong.Body) {
			t.Errorf("without a name: %+v", wrong)
		}
		made := b.Post("/o/alpha/integrations/keys", "name", "Payroll", "permissions", "users.view", "permissions", "audit.view", "expires_at", "30")
		key := shown.FindString(made.Body)
		if made.Status != 200 || key == "" || strings.Count(made.Body, key) != 1 || !made.Has("Copy the key now.", "/api/v1/organizations/alpha/users") {
			t.Fatalf("made: %+v", made)
		}
		call := show(apikey.Created{Secret: key}, string(w.A.Org.ID))
		if err := sees(w, call, w.A.User.User.ID); err != nil {
			t.Errorf("the key: %v", err)
		}
		list := b.Get("/o/alpha/integrations")
		if !list.Has("Payroll", "Active", "in 30 days", "…"+key[len(key)-4:]) || strings.Contains(list.Body, key) {
			t.Errorf("the list: %+v", list)
		}
		ask := regexp.MustCompile(`/o/alpha/integrations/keys/key_[0-9a-z]+/revoke`).FindString(list.Body)
		if question := b.Get(ask); !question.Has("Revoke the key Payroll?", "stops working at once", "cannot be brought back") {
			t.Errorf("the question: %+v", question)
		}
		for name, other := range map[string]*apptest.Browser{
			"a plain user": w.Browser(t, apikey.Pages).As(w.A.User, w.A), "an admin of B": w.Browser(t, apikey.Pages).As(w.B.Admin, w.B),
		} {
			path := ask
			if name == "an admin of B" {
				path = strings.Replace(ask, "alpha", "beta", 1)
			}
			if got := other.Post(path); got.Status != 404 {
				t.Errorf("%s revokes it: %+v", name, got)
			}
		}
		if revoked := b.Follow(b.Post(ask)); !revoked.Has("The key has been revoked.", "No program has a key yet") {
			t.Errorf("revoked: %+v", revoked)
		}
		if err := sees(w, call, w.A.User.User.ID); err == nil {
			t.Error("the revoked key works")
		}
	})
}

func TestAnOperatorMakesAndRevokesKeys(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, apikey.Pages).AsOperator()
		if form := b.Follow(apptest.Answer{Location: "/operator/keys/new"}); !form.Has("acts in every organization") || form.Has(`name="permissions"`) {
			t.Errorf("the form: %+v", form)
		}
		made := b.Post("/operator/keys", "name", "Billing", "expires_at", "0")
		key := shown.FindString(made.Body)
		if _, ok := secret.HashToken(key, secret.APIKey); !ok {
			t.Fatalf("made: %+v", made)
		}
		if _, err := org.List.Do(t.Context(), w.Door, show(apikey.Created{Secret: key}, ""), org.ListInput{}); err != nil {
			t.Errorf("the key: %v", err)
		}
		list := b.Get("/operator/keys")
		ask := regexp.MustCompile(`/operator/keys/key_[0-9a-z]+/revoke`).FindString(list.Body)
		if !list.Has("Billing", "Olive Operator", "1 key, newest first") || ask == "" {
			t.Fatalf("the list: %+v", list)
		}
		if got := w.Browser(t, apikey.Pages).As(w.A.Admin, w.A).Post(ask); got.Status != 303 {
			t.Errorf("an organization's admin revokes it: %+v", got)
		}
		if revoked := b.Follow(b.Post(ask)); !revoked.Has("The key has been revoked.") {
			t.Errorf("revoked: %+v", revoked)
		}
		if p, err := apikey.ListOperatorKeys.Do(t.Context(), w.Door, apptest.OperatorCall(), op.Paging{}); err != nil || len(p.Items) != 0 {
			t.Errorf("left are %+v, %v", p.Items, err)
		}
	})
}
