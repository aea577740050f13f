package license_test

import (
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/license"
	"roster/internal/people"
)

func TestAnAdminGivesAndTakesLicensesInThePortal(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, license.Pages, people.Pages).As(w.A.Admin, w.A)
		if page := b.Get("/o/alpha/licenses"); !page.Has("No licenses yet") {
			t.Errorf("nothing bought: %+v", page)
		}
		sell(t, w, false, map[string]int{"basic": 1, "pro": 5})
		u := w.A.User.User
		card, form := "/o/alpha/users/"+string(u.ID), "/o/alpha/users/"+string(u.ID)+"/licenses"
		if page := b.Get("/o/alpha/licenses"); !page.Has("Fax Basic", "Fax Pro", "What is assigned where nobody chooses") {
			t.Errorf("the overview: %+v", page)
		}
		if page := b.Get(form); !page.Has("The user has none.") {
			t.Errorf("of a user: %+v", page)
		}
		if page := b.Follow(b.Post(form+"/fax", "choice", "basic")); !page.Has("Fax Basic") {
			t.Errorf("given: %+v", page)
		}
		if page := b.Get(card); !page.Has("Fax Basic") {
			t.Errorf("the card: %+v", page)
		}
		other := "/o/alpha/users/" + string(w.A.Admin.User.ID) + "/licenses/fax"
		if full := b.Post(other, "choice", "basic"); full.Status != 422 || !full.Has("All 1 licenses of Fax Basic are taken.") {
			t.Errorf("none is left: %+v", full)
		}
		if page := b.Get("/o/alpha/users?plan=fax/basic"); !page.Has(u.Email) || page.Has(w.A.Admin.User.Email) {
			t.Errorf("who has the plan: %+v", page)
		}
		if page := b.Get("/o/alpha/users?plan=none"); page.Has(u.Email) || !page.Has(w.A.Admin.User.Email) {
			t.Errorf("who has none: %+v", page)
		}
		if page := b.Follow(b.Post("/o/alpha/licenses/fax/default", "choice", "pro")); !page.Has("Saved. Who has a license keeps it.") {
			t.Errorf("the rule: %+v", page)
		}
		b.Follow(b.Post(form+"/fax", "choice", ""))
		if page := b.Get(form); !page.Has("The user has none.") {
			t.Errorf("taken: %+v", page)
		}
		mirror := w.Browser(t, license.Pages).As(w.B.Admin, w.B)
		if page := mirror.Get("/o/beta/users/" + string(u.ID) + "/licenses"); page.Status != 404 {
			t.Errorf("another organization: %+v", page)
		}
		if page := w.Browser(t, license.Pages).As(w.A.User, w.A).Get("/o/alpha/licenses"); page.Status != 404 {
			t.Errorf("a user without the permission: %+v", page)
		}
	})
}
