package org_test

import (
	"strings"
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/errs"
	"roster/internal/mailaddr"
	"roster/internal/op"
	"roster/internal/org"
)

func TestDomainsAreComparedAsTheMailServersDo(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx, admin := t.Context(), w.A.Admin.Call(w.A)
		outside := func(email string) bool {
			t.Helper()
			all, err := org.ListDomains.Do(ctx, w.Door, admin, op.Nothing{})
			if err != nil {
				t.Fatal(err)
			}
			a, err := mailaddr.Parse(email)
			if err != nil {
				t.Fatal(err)
			}
			return all.Outside(a)
		}
		if outside("p@x.example") {
			t.Error("without domains somebody is outside")
		}
		var first org.Domain
		for _, c := range []struct{ given, name string }{
			{" @Nordlys.example ", "nordlys.example"}, {"bücher.example", "xn--bcher-kva.example"},
		} {
			d, err := org.AddDomain.Do(ctx, w.Door, admin, org.NewDomain{Name: c.given})
			if err != nil || d.Name != c.name {
				t.Errorf("%q: %+v, %v", c.given, d, err)
			}
			if first.ID == "" {
				first = d
			}
		}
		for _, wrong := range []string{"", "@", "localhost", "a@b.example", "10.0.0.1", "x..example", "[::1]", "<b>.example"} {
			if _, err := org.AddDomain.Do(ctx, w.Door, admin, org.NewDomain{Name: wrong}); errs.KindOf(err) != errs.KindInvalid {
				t.Errorf("%q: %v", wrong, err)
			}
		}
		if _, err := org.AddDomain.Do(ctx, w.Door, admin, org.NewDomain{Name: "NORDLYS.EXAMPLE"}); !errs.Is(err, "domain_exists") {
			t.Errorf("twice: %v", err)
		}
		if _, err := org.AddDomain.Do(ctx, w.Door, w.B.Admin.Call(w.B), org.NewDomain{Name: "nordlys.example"}); err != nil {
			t.Errorf("in another organization: %v", err)
		}
		for email, want := range map[string]bool{
			"p@nordlys.example": false, "P@NORDLYS.example": false, "p@BÜCHER.example": false, "p@xn--bcher-kva.example": false,
			"p@sub.nordlys.example": true, "p@ordlys.example": true, "p@nordlys.example.evil.example": true,
		} {
			if got := outside(email); got != want {
				t.Errorf("%s is outside: %v", email, got)
			}
		}
		if _, err := org.RemoveDomain.Do(ctx, w.Door, w.B.Admin.Call(w.B), org.DomainRef{ID: first.ID}); !errs.Is(err, "not_found") {
			t.Errorf("removed by another organization: %v", err)
		}
		if _, err := org.RemoveDomain.Do(ctx, w.Door, admin, org.DomainRef{ID: first.ID}); err != nil || !outside("p@nordlys.example") {
			t.Errorf("removed: %v", err)
		}
		if _, err := org.AddDomain.Do(ctx, w.Door, w.A.User.Call(w.A), org.NewDomain{Name: "x.example"}); !errs.Is(err, "forbidden") {
			t.Errorf("a plain user: %v", err)
		}
	})
}

func TestThePageDomains(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, org.Pages).As(w.A.Admin, w.A)
		if empty := b.Get("/o/alpha/settings/domains"); !empty.Has("No domain is declared") {
			t.Errorf("empty: %+v", empty)
		}
		if wrong := b.Post("/o/alpha/settings/domains", "name", "no domain"); wrong.Status != 422 || !wrong.Has(`id="name-e"`, `value="no domain"`) {
			t.Errorf("wrong: %+v", wrong)
		}
		list := b.Follow(b.Post("/o/alpha/settings/domains", "name", "alpha.example"))
		if !list.Has("alpha.example is one of your domains.", "1 domain, by name") {
			t.Fatalf("added: %+v", list)
		}
		if twice := b.Post("/o/alpha/settings/domains", "name", "Alpha.example"); twice.Status != 422 || !twice.Has("has this domain already") {
			t.Errorf("twice: %+v", twice)
		}
		i := strings.Index(list.Body, "/o/alpha/settings/domains/dom_")
		remove := list.Body[i : i+strings.Index(list.Body[i:], `"`)]
		if gone := b.Follow(b.Post(remove)); !gone.Has("The domain has been removed.", "No domain is declared") {
			t.Errorf("removed: %+v", gone)
		}
	})
}
