package org

import (
	"strings"
	"testing"
	"time"

	"roster/internal/errs"
	"roster/internal/patch"
)

var now = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// wrong lists the wrong fields of an error as field:code.
func wrong(err error) string {
	e, ok := err.(*errs.Error)
	if !ok {
		return ""
	}
	var list []string
	for _, f := range e.Fields {
		list = append(list, f.Field+":"+f.Code)
	}
	return strings.Join(list, " ")
}

func TestNewOrganizationsAreChecked(t *testing.T) {
	for _, test := range []struct {
		in         New
		slug, want string
	}{
		{New{Name: "Nordlys Field Service"}, "nordlys-field-service", ""},
		{New{Name: "  Østlandet  & Sønner "}, "ostlandet-sonner", ""},
		{New{Name: "Nordlys", Slug: "nordlys-no"}, "nordlys-no", ""},
		{New{Name: strings.Repeat("ab ", 40)}, "ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-a", ""},
		{New{}, "", "name:required"},
		{New{Name: strings.Repeat("n", 129)}, "", "name:too_long"},
		{New{Name: "Nord\nlys"}, "", "name:invalid_text"},
		{New{Name: "日本"}, "", "slug:invalid_slug"}, // nothing to make a short name of
		{New{Name: "N", Slug: "n"}, "", "slug:invalid_slug"},
		{New{Name: "N", Slug: "Nordlys"}, "", "slug:invalid_slug"},
		{New{Name: "N", Slug: "-nordlys"}, "", "slug:invalid_slug"},
		{New{Name: "N", Slug: "org_00000000000000000000000000"}, "", "slug:invalid_slug"},
		{New{Name: "Nordlys", AdminEmail: "nobody"}, "", "admin_email:invalid_email"},
		{New{Name: "Nordlys", AdminEmail: "ada@nordlys.example"}, "nordlys", ""},
	} {
		o, err := test.in.check(now)
		if wrong(err) != test.want || err == nil && o.Slug != test.slug {
			t.Errorf("%+v: got %q, %v; want %q, %q", test.in, o.Slug, err, test.slug, test.want)
		}
	}
}

func TestSettingsAreChecked(t *testing.T) {
	o := Organization{Name: "Nordlys", Settings: DefaultSettings()}
	for name, test := range map[string]struct {
		in   SettingsChange
		want string
	}{
		"nothing":           {SettingsChange{}, ""},
		"all good":          {SettingsChange{Color: patch.To("#ABCDEF"), ReplyTo: patch.To("help@nordlys.example"), TimeZone: patch.To("Europe/Oslo"), InvitationDays: patch.To(30)}, ""},
		"cleared":           {SettingsChange{ReplyTo: patch.To(""), SenderName: patch.To("")}, ""},
		"a color by name":   {SettingsChange{Color: patch.To("red")}, "color:invalid_color"},
		"a color as code":   {SettingsChange{Color: patch.To("#fff;} body{")}, "color:invalid_color"},
		"no name":           {SettingsChange{Name: patch.To(" ")}, "name:required"},
		"no address":        {SettingsChange{ReplyTo: patch.To("a@b@c")}, "reply_to:invalid_email"},
		"a language":        {SettingsChange{Language: patch.To("tlh")}, "language:unknown_language"},
		"a time zone":       {SettingsChange{TimeZone: patch.To("Mars/Olympus")}, "time_zone:unknown_time_zone"},
		"too many days":     {SettingsChange{InvitationDays: patch.To(31)}, "invitation_days:out_of_range"},
		"below the floor":   {SettingsChange{PasswordChange: PasswordChange{PasswordMinLength: patch.To(14)}}, "password_min_length:out_of_range"},
		"too short to work": {SettingsChange{SessionIdleMinutes: patch.To(4), SessionMaxHours: patch.To(0), PasswordChange: PasswordChange{PasswordMinLength: patch.To(7)}}, "session_idle_minutes:out_of_range session_max_hours:out_of_range password_min_length:out_of_range"},
	} {
		if _, err := test.in.apply(o, 15); wrong(err) != test.want {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
}

func TestSuspendingTwiceKeepsTheFirstTime(t *testing.T) {
	o := Organization{Name: "Nordlys", Slug: "nordlys"}
	suspend := Change{Suspended: patch.To(true)}
	o, err := suspend.apply(o, now)
	if err != nil || !o.SuspendedAt.Equal(now) {
		t.Fatalf("suspended at %v, %v", o.SuspendedAt, err)
	}
	if o, err = suspend.apply(o, now.Add(time.Hour)); err != nil || !o.SuspendedAt.Equal(now) {
		t.Errorf("suspended again: %v, %v", o.SuspendedAt, err)
	}
	if o, err = (Change{Suspended: patch.To(false)}).apply(o, now); err != nil || !o.SuspendedAt.IsZero() {
		t.Errorf("resumed: %v, %v", o.SuspendedAt, err)
	}
}
