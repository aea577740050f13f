package org_test

import (
	"strings"
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/errs"
	"roster/internal/op"
	"roster/internal/operator"
	"roster/internal/org"
	"roster/internal/patch"
)

func TestOperatorsSwitchFeatures(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		on := org.FeaturesChange{UnlistedSenders: patch.To(true)}
		made, err := org.Create.Do(t.Context(), w.Door, apptest.OperatorCall(), org.New{Name: "Gamma", Features: on})
		if err != nil || !made.Features.UnlistedSenders {
			t.Fatalf("made %+v, %v", made, err)
		}
		call, since := apptest.OperatorCall(), w.Now(t)
		call.Org = string(w.A.Org.ID)
		if o, err := org.Get.Do(t.Context(), w.Door, call, op.Nothing{}); err != nil || o.Features.UnlistedSenders {
			t.Errorf("at first: %+v, %v", o, err)
		}
		o, err := org.Update.Do(t.Context(), w.Door, call, org.Change{Features: patch.To(on)})
		if err != nil || !o.Features.UnlistedSenders || o.Version != w.A.Org.Version+1 {
			t.Errorf("switched on: %+v, %v", o, err)
		}
		for name, change := range map[string]org.Change{
			"again": {Features: patch.To(on)}, "nothing said": {}, "no member said": {Features: patch.To(org.FeaturesChange{})}, "null": {Features: patch.ToNull[org.FeaturesChange]()},
		} {
			if same, err := org.Update.Do(t.Context(), w.Door, call, change); err != nil || same.Version != o.Version || !same.Features.UnlistedSenders {
				t.Errorf("%s: %+v, %v", name, same, err)
			}
		}
		events := w.Events(t, w.A.Org.ID, since)
		if len(events) != 1 || events[0].Name != "organization.updated" || !strings.Contains(events[0].Changes, `"unlisted_senders"`) {
			t.Errorf("recorded are %+v", events)
		}
		if _, err := org.Update.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), org.Change{Features: patch.To(on)}); errs.KindOf(err) != errs.KindUnauthenticated {
			t.Errorf("by an admin of the organization: %v", err)
		}
		b := w.Browser(t, org.Pages, operator.Pages).AsOperator()
		at := "/operator/organizations/" + string(w.A.Org.ID)
		if page := b.Get(at); !page.Has(`name="unlisted_senders" value="on" checked`) {
			t.Errorf("the operator's page: %+v", page)
		}
		if saved := b.Post(at, "name", "Alpha", "slug", "alpha", "version", "2"); saved.Status != 303 {
			t.Errorf("switched off: %+v", saved)
		}
		if page := b.Get(at); page.Has(`name="unlisted_senders" value="on" checked`) {
			t.Errorf("switched off: %+v", page)
		}
	})
}

func TestSettingsOfNumbers(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		now, err := org.GetSettings.Do(t.Context(), w.Door, admin, op.Nothing{})
		if err != nil || now.NumbersOnDeactivation != org.FreeNumbers || !now.NumberNotices || now.Settings != org.DefaultSettings() {
			t.Errorf("at first: %+v, %v", now, err)
		}
		if _, err := org.UpdateSettings.Do(t.Context(), w.Door, admin, org.SettingsChange{NumbersOnDeactivation: patch.To("burn")}); !errs.Is(err, "validation_failed") {
			t.Errorf("another way: %v", err)
		}
		changed, err := org.UpdateSettings.Do(t.Context(), w.Door, admin, org.SettingsChange{NumbersOnDeactivation: patch.To(org.KeepNumbers), NumberNotices: patch.To(false)})
		if err != nil || changed.NumbersOnDeactivation != org.KeepNumbers || changed.NumberNotices {
			t.Errorf("changed: %+v, %v", changed, err)
		}
		b := w.Browser(t, org.Pages).As(w.A.Admin, w.A)
		page := b.Get("/o/alpha/settings")
		if !page.Has(`value="keep" checked`, `name="number_notices"`) || page.Has(`name="number_notices" value="on" checked`) {
			t.Errorf("the page: %+v", page)
		}
		if theirs, err := org.GetSettings.Do(t.Context(), w.Door, w.B.Admin.Call(w.B), op.Nothing{}); err != nil || theirs.Settings != org.DefaultSettings() {
			t.Errorf("the mirror organization has %+v, %v", theirs, err)
		}
	})
}
