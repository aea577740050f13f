package org_test

import (
	"strconv"
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/operator"
	"roster/internal/org"
)

func TestAnOperatorRunsOrganizations(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, org.Pages, operator.Pages).AsOperator()
		if list := b.Get("/operator/organizations"); !list.Has("Alpha", "Beta", "2 organizations, by name") {
			t.Errorf("the list: %+v", list)
		}
		if found := b.Get("/operator/organizations?q=bet"); !found.Has("Beta", "1 organization, by name") || found.Has("Alpha") {
			t.Errorf("what is found: %+v", found)
		}
		if none := b.Get("/operator/organizations?q=%3Cb%3E"); !none.Has("No organization matches", "&lt;b&gt;") {
			t.Errorf("what is not found: %+v", none)
		}

		if form := b.Get("/operator/organizations/new"); !form.Has("New organization", "7 days") {
			t.Errorf("the form: %+v", form)
		}
		if taken := b.Post("/operator/organizations", "name", "Alpha", "admin_email", "ada@alpha.example"); taken.Status != 422 || !taken.Has("Another organization has this short name", `value="ada@alpha.example"`) {
			t.Errorf("a taken short name: %+v", taken)
		}
		made := b.Post("/operator/organizations", "name", "Nordlys", "admin_email", "astrid@nordlys.example")
		page := b.Follow(made)
		if !page.Has("The invitation is on its way to astrid@nordlys.example.", "/o/nordlys/sign-in", "Suspend…") {
			t.Errorf("made: %+v", page)
		}
		if letter := w.Newest(t, "astrid@nordlys.example"); letter.Token().IsZero() {
			t.Errorf("the first admin gets %+v", letter)
		}

		at := made.Location
		if wrong := b.Post(at, "name", "", "slug", "nordlys", "version", "1"); wrong.Status != 422 || !wrong.Has("Enter the organization") {
			t.Errorf("no name: %+v", wrong)
		}
		if renamed := b.Follow(b.Post(at, "name", "Nordlys AS", "slug", "nordlys-as", "version", "1")); !renamed.Has("The change has been saved.", "Nordlys AS", "/o/nordlys-as") {
			t.Errorf("renamed: %+v", renamed)
		}
		late := b.Post(at, "name", "Northern Lights", "slug", "northern", "version", "1")
		if late.Status != 412 || !late.Has("Somebody changed this while you did", "now called Nordlys AS", `value="Northern Lights"`, `name="version" value="2"`) {
			t.Errorf("renamed on an old version: %+v", late)
		}
		if again := b.Post(at, "name", "Northern Lights", "slug", "northern", "version", "2"); again.Status != 303 {
			t.Errorf("saved again: %+v", again)
		}

		if early := b.Get(at + "/delete"); early.Location != at {
			t.Errorf("deleting one at work: %+v", early)
		}
		if ask := b.Get(at + "/suspend"); !ask.Has("Suspend Northern Lights?", "Nobody in it can sign in") {
			t.Errorf("the question: %+v", ask)
		}
		if suspended := b.Follow(b.Post(at + "/suspend")); !suspended.Has("Northern Lights is suspended", "Resume", "Delete…") {
			t.Errorf("suspended: %+v", suspended)
		}
		if resumed := b.Follow(b.Post(at + "/resume")); !resumed.Has("Northern Lights is back at work", "Suspend…") {
			t.Errorf("resumed: %+v", resumed)
		}
		b.Post(at + "/suspend")
		version := strconv.Itoa(get(t, w, "northern").Version)
		if ask := b.Get(at + "/delete"); !ask.Has("Delete Northern Lights for good?", "This cannot be undone.", `name="version" value="`+version+`"`) {
			t.Errorf("the question: %+v", ask)
		}
		if wrong := b.Post(at+"/delete", "name", "Nordlys", "version", version); wrong.Status != 422 || !wrong.Has("This is not its name") {
			t.Errorf("another name: %+v", wrong)
		}
		if deleted := b.Follow(b.Post(at+"/delete", "name", " Northern Lights ", "version", version)); !deleted.Has("Northern Lights has been deleted.", "2 organizations, by name") {
			t.Errorf("deleted: %+v", deleted)
		}
		if gone := b.Get(at); gone.Status != 404 {
			t.Errorf("afterwards: %+v", gone)
		}
	})
}

func TestNobodyOfAnOrganizationSeesTheOperatorsPages(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, org.Pages, operator.Pages).As(w.A.Admin, w.A)
		for _, path := range []string{"", "/new", "/alpha", "/beta", "/nowhere", "/alpha/suspend", "/alpha/delete"} {
			if got := b.Get("/operator/organizations" + path); got.Status != 303 || got.Has("Alpha") || got.Location[:len("/operator/sign-in")] != "/operator/sign-in" {
				t.Errorf("%q: %+v", path, got)
			}
		}
		for _, path := range []string{"", "/alpha", "/alpha/suspend", "/alpha/delete"} {
			if got := b.Post("/operator/organizations"+path, "name", "Alpha", "slug", "mine"); got.Status != 303 || got.Location[:len("/operator/sign-in")] != "/operator/sign-in" {
				t.Errorf("posting to %q: %+v", path, got)
			}
		}
		if got := get(t, w, "alpha"); got != w.A.Org {
			t.Errorf("Alpha changed: %+v", got)
		}
		operators := w.Browser(t, org.Pages, operator.Pages).AsOperator()
		if got := operators.Get("/o/alpha/settings"); got.Status != 303 || got.Location != "/o/alpha/sign-in?next=%2Fo%2Falpha%2Fsettings" {
			t.Errorf("an operator in an organization's settings: %+v", got)
		}
	})
}

func TestAnAdminChangesTheSettings(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, org.Pages).As(w.A.Admin, w.A)
		form := []string{
			"version", strconv.Itoa(w.A.Org.Version), "name", "Alpha", "color", "#228833", "sender_name", "Alpha IT", "reply_to", "it@alpha.example",
			"language", "en", "time_zone", "Europe/Oslo", "invitation_days", "14", "session_idle_minutes", "30", "session_max_hours", "12", "password_min_length", "20",
		}
		with := func(name, value string) []string {
			return append([]string{name, value}, form...) // the first value of a field counts
		}
		if page := b.Get("/o/alpha/settings"); !page.Has("Settings", `value="#3a57d0"`, `value="alpha"`) {
			t.Errorf("the page: %+v", page)
		}
		for name, value := range map[string]string{"invitation_days": "31", "session_max_hours": "many", "reply_to": "nobody", "color": "green"} {
			if wrong := b.Post("/o/alpha/settings", with(name, value)...); wrong.Status != 422 || !wrong.Has(`id="`+name+`-e"`) {
				t.Errorf("%s %s: %+v", name, value, wrong)
			}
		}
		if saved := b.Follow(b.Post("/o/alpha/settings", form...)); !saved.Has("The settings have been saved.", `value="#228833"`, `value="Alpha IT"`, `value="14"`) {
			t.Errorf("saved: %+v", saved)
		}
		late := b.Post("/o/alpha/settings", with("sender_name", "Late")...)
		if late.Status != 412 || !late.Has("Somebody changed this while you did", `value="Late"`) {
			t.Errorf("saved on an old version: %+v", late)
		}
		user := w.Browser(t, org.Pages).As(w.A.User, w.A)
		if got := user.Get("/o/alpha/settings"); got.Status != 404 {
			t.Errorf("a plain user: %+v", got)
		}
		if got := user.Post("/o/alpha/settings", form...); got.Status != 404 {
			t.Errorf("a plain user posts: %+v", got)
		}
	})
}

func TestRulesForPasswordsOnThePage(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, org.Pages).As(w.A.Admin, w.A)
		page := b.Get("/o/alpha/settings")
		if !page.Has("Passwords", `name="password_min_length"`, `name="admin_password_min_length"`, `name="admin_password_expiry_days" type="text" value="0"`) {
			t.Fatalf("the page: %d", page.Status)
		}
		form := func(more ...string) []string {
			return append([]string{
				"name", "Alpha", "color", "#3a57d0", "language", "en", "time_zone", "UTC", "invitation_days", "7", "session_idle_minutes", "60", "session_max_hours", "24", "without_teams", "nobody",
				"password_reminder_days", "14", "admin_password_reminder_days", "14",
			}, more...)
		}
		wrong := b.Post("/o/alpha/settings", form("version", "1", "password_min_length", "15", "admin_password_min_length", "3", "password_kinds", "9", "password_history", "7")...)
		if wrong.Status != 422 || !wrong.Has(`href="#admin_password_min_length"`, `href="#password_kinds"`, "Admins: Shortest password", `name="password_history" type="text" value="7"`) {
			t.Errorf("wrong: %d", wrong.Status)
		}
		if got := b.Post("/o/alpha/settings", form("version", "1", "password_min_length", "16", "admin_password_min_length", "20", "admin_password_expiry_days", "90")...); got.Location != "/o/alpha/settings" {
			t.Errorf("right: %d", got.Status)
		}
		if got := b.Get("/o/alpha/settings"); !got.Has(`name="password_min_length" type="text" value="16"`, `name="admin_password_min_length" type="text" value="20"`, `name="admin_password_expiry_days" type="text" value="90"`) {
			t.Error("what was saved is not there")
		}
	})
}
