package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// like fails the test unless an object has these members with these values,
// among others.
func like(t testing.TB, a answer, want map[string]any) {
	t.Helper()
	got := into[map[string]any](t, a)
	for name, value := range want {
		if fmt.Sprint(got[name]) != fmt.Sprint(value) {
			t.Errorf("%s: %s is %v, want %v\n%s", a.asked, name, got[name], value, a)
		}
	}
}

// members are the names in an object, in order.
func members(t testing.TB, a answer) string {
	t.Helper()
	var list []string
	for name := range into[map[string]any](t, a) {
		list = append(list, name)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func TestOrganizations(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		path := v1 + "/organizations"
		made := s.operator.post(t, path, map[string]any{"name": "Åström & Söhne", "admin_email": "ada@astrom.example"}).ok(t, 201)
		like(t, made, map[string]any{"name": "Åström & Söhne", "slug": "astrom-sohne", "suspended": false, "version": 1})
		if got := members(t, made); got != "created_at features id name slug suspended version" {
			t.Errorf("an organization has %s", got)
		}
		o := into[organization](t, made)
		if got := made.header.Get("Location"); got != path+"/"+o.ID {
			t.Errorf("Location is %q", got)
		}
		if got := made.header.Get("ETag"); got != `"v1"` {
			t.Errorf("the ETag is %s", got)
		}
		for _, ref := range []string{o.ID, o.Slug} {
			if got := s.operator.get(t, path+"/"+ref).ok(t, 200); string(got.body) != string(made.body) {
				t.Errorf("by %s: %s", ref, got)
			}
		}
		s.operator.get(t, path+"/ASTROM-SOHNE").refused(t, 404, "not_found")
		s.post.WaitFor(t, "ada@astrom.example", 1)

		for _, test := range []struct {
			body   map[string]any
			status int
			code   string
			values []string
		}{
			{map[string]any{"name": " "}, 422, "validation_failed", []string{"name required"}},
			{map[string]any{"name": strings.Repeat("n", 129)}, 422, "validation_failed", []string{"name too_long"}},
			{map[string]any{"name": "Two", "slug": "Two!"}, 422, "validation_failed", []string{"slug invalid_slug"}},
			{map[string]any{"name": "Two", "slug": o.ID}, 422, "validation_failed", []string{"slug invalid_slug"}},
			{map[string]any{"name": "株式会社"}, 422, "validation_failed", []string{"slug invalid_slug"}},
			{map[string]any{"name": "Two", "admin_email": "a@b.example, c@d.example"}, 422, "validation_failed", []string{"admin_email invalid_email"}},
			{map[string]any{"name": "Two", "admin_email": "a@b.example\r\nBcc: c@d.example", "slug": "-"}, 422, "validation_failed", []string{"admin_email invalid_email", "slug invalid_slug"}},
			{map[string]any{"name": "Two", "slug": o.Slug}, 409, "slug_taken", nil},
		} {
			s.operator.post(t, path, test.body).refused(t, test.status, test.code, test.values...)
		}
		two := s.organization(t, "Two")
		s.operator.patch(t, two.path(), map[string]any{"slug": o.Slug}).refused(t, 409, "slug_taken")
		s.operator.patch(t, two.path(), map[string]any{"name": nil}).refused(t, 422, "validation_failed", "name required")
		s.operator.patch(t, two.path(), map[string]any{"admin_email": "x@y.example"}).refused(t, 422, "validation_failed", "admin_email unknown_field")
		like(t, s.operator.patch(t, two.path(), map[string]any{"slug": "second"}).ok(t, 200), map[string]any{"slug": "second", "name": "Two", "version": 2})
		s.operator.get(t, two.path()).refused(t, 404, "not_found")
		two.Slug = "second"
		for search, want := range map[string]int{"": 2, "SÖHNE": 1, "second": 1, "%": 0, "nobody": 0} {
			if got := all[organization](t, s.operator, path+"?q="+strings.NewReplacer("%", "%25", "Ö", "%C3%96").Replace(search), 10); len(got) != want {
				t.Errorf("%q finds %+v", search, got)
			}
		}
	})
}

// A suspended organization is closed to its people and keys, not to the
// operator; what is deleted is gone.
func TestSuspendingAndDeleting(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		ada := s.join(t, o, "ada@acme.example", roleAdmin)
		key := s.key(t, o, everything...)
		waiting := s.invite(t, o, "bo@acme.example", roleUser)
		letter := s.post.WaitFor(t, "bo@acme.example", 1)[0]
		s.operator.delete(t, o.path()).refused(t, 409, "not_suspended")
		like(t, s.operator.patch(t, o.path(), map[string]any{"suspended": true}).ok(t, 200), map[string]any{"suspended": true})

		for _, c := range []client{key, ada.asks(t)} {
			c.get(t, o.path("users")).refused(t, 403, "organization_suspended")
			c.post(t, o.path("invitations"), map[string]any{"emails": []string{"x@acme.example"}}).refused(t, 403, "organization_suspended")
		}
		ada.asks(t).get(t, v1+"/me").refused(t, 403, "organization_suspended")
		if form := s.browser(t).open(t, link(t, letter)); form.status < 400 || len(form.forms()) > 0 {
			t.Errorf("the invitation still works: %s", form.answer)
		}
		if got := s.browser(t).signIn(t, o, "ada@acme.example", password); got.status != http.StatusUnauthorized {
			t.Errorf("signing in: %s", got.answer)
		}
		s.operator.get(t, o.path("users", waiting.UserID)).ok(t, 200)

		like(t, s.operator.patch(t, o.path(), map[string]any{"suspended": false}).ok(t, 200), map[string]any{"suspended": false})
		key.get(t, o.path("users")).ok(t, 200)
		s.browser(t).enroll(t, link(t, letter), "Bo", "Berg").ok(t, 200)

		s.operator.patch(t, o.path(), map[string]any{"suspended": true}).ok(t, 200)
		s.operator.delete(t, o.path(), `If-Match: "v1"`).refused(t, 412, "version_conflict")
		s.operator.delete(t, o.path()).ok(t, 204)
		s.operator.get(t, o.path()).refused(t, 404, "not_found")
		s.operator.get(t, o.path("users")).refused(t, 404, "not_found")
		key.get(t, o.path("users")).refused(t, 401, "unauthenticated")
		ada.asks(t).get(t, v1+"/me").refused(t, 401, "unauthenticated")
		again := s.organization(t, "Acme")
		if users := all[user](t, s.operator, again.path("users"), 10); again.ID == o.ID || len(users) != 0 {
			t.Errorf("the new Acme is %+v with %+v", again, users)
		}
	})
}

func TestInvitations(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		s.join(t, o, "ada@acme.example", roleAdmin)
		s.invite(t, o, "open@acme.example", roleUser)
		path := o.path("invitations")
		body := map[string]any{
			"emails": []string{
				"Grace Hopper <grace@acme.example>", "ADA@Acme.Example", "open@acme.example", "no address", "grace@ACME.example",
				"a@b.example, c@d.example", "", "evil@acme.example\r\nBcc: x@y.example",
			},
			"role_id": roleAdmin, "language": "de", "message": "See you on Monday.\nBring <b>cake</b>.",
		}
		results := into[struct{ Results []invitationResult }](t, s.operator.post(t, path, body).ok(t, 200)).Results
		var outcomes []string
		for _, r := range results {
			outcomes = append(outcomes, r.Outcome)
			if (r.Message == "") != (r.Outcome == "invited") {
				t.Errorf("%+v", r)
			}
		}
		if got := strings.Join(outcomes, " "); got != "invited already_user already_invited invalid already_invited invalid invalid invalid" {
			t.Fatalf("the outcomes are %s: %+v", got, results)
		}
		grace := results[0]
		letter := s.post.WaitFor(t, "grace@acme.example", 1)[0]
		if !strings.Contains(letter.Text, "See you on Monday.") || strings.Contains(letter.HTML, "<b>cake") {
			t.Errorf("the letter says\n%s\n%s", letter.Text, letter.HTML)
		}
		one := s.operator.get(t, path+"/"+grace.InvitationID).ok(t, 200)
		like(t, one, map[string]any{
			"id": grace.InvitationID, "user_id": grace.UserID, "email": "grace@acme.example", "name": "Grace Hopper", "role_id": roleAdmin,
			"state": "open", "reminders": 0, "language": "de", "invited_by_name": "Acme",
		})
		times := into[struct {
			Sent    time.Time `json:"sent_at"`
			Expires time.Time `json:"expires_at"`
		}](t, one)
		if got := times.Expires.Sub(times.Sent); got != 7*24*time.Hour {
			t.Errorf("it is open for %s", got)
		}
		like(t, s.operator.get(t, o.path("users", grace.UserID)).ok(t, 200), map[string]any{"state": "invited", "first_name": "Grace", "last_name": "Hopper"})
		eventually(t, 5*time.Second, "the letter is shown as sent", func() bool {
			return into[struct{ Delivery string }](t, s.operator.get(t, path+"/"+grace.InvitationID)).Delivery == "sent"
		})

		// A reminder keeps the id; only the newer link works.
		reminded := s.operator.post(t, path+"/"+grace.InvitationID+"/remind", nil).ok(t, 200)
		like(t, reminded, map[string]any{"id": grace.InvitationID, "reminders": 1})
		newer := s.post.WaitFor(t, "grace@acme.example", 2)[1]
		if old := s.browser(t).open(t, link(t, letter)); old.status != http.StatusGone || len(old.forms()) > 0 {
			t.Errorf("the older link: %s", old.answer)
		}
		s.operator.post(t, path+"/"+grace.InvitationID+"/remind", nil).ok(t, 200)
		tooMany := s.operator.post(t, path+"/"+grace.InvitationID+"/remind", nil)
		tooMany.refused(t, 429, "too_many_letters")
		if tooMany.header.Get("Retry-After") == "" {
			t.Error("nobody says when a reminder is possible again")
		}
		newest := s.post.WaitFor(t, "grace@acme.example", 3)[2]

		// Revoked is gone, and can be invited again.
		open := all[struct{ ID, Email string }](t, s.operator, path+"?state=open", 10)
		if len(open) != 2 {
			t.Fatalf("open are %+v", open)
		}
		s.operator.delete(t, path+"/"+grace.InvitationID).ok(t, 204)
		s.operator.delete(t, path+"/"+grace.InvitationID).refused(t, 404, "not_found")
		s.operator.get(t, o.path("users", grace.UserID)).refused(t, 404, "not_found")
		for _, dead := range []string{link(t, newer), link(t, newest)} {
			if form := s.browser(t).open(t, dead); form.status != http.StatusGone || len(form.forms()) > 0 {
				t.Errorf("a link after the revocation: %s", form.answer)
			}
		}
		if again := s.invite(t, o, "grace@acme.example", roleUser); again.UserID == grace.UserID || again.InvitationID == grace.InvitationID {
			t.Errorf("an id came back: %+v", again)
		}

		for _, test := range []struct {
			body   map[string]any
			values []string
		}{
			{map[string]any{}, []string{"emails required"}},
			{map[string]any{"emails": []string{}}, []string{"emails required"}},
			{map[string]any{"emails": make([]string, 1001)}, []string{"emails too_many"}},
			{map[string]any{"emails": []string{"x@acme.example"}, "role_id": "rol_king", "language": "xx"}, []string{"role_id unknown_role", "language unknown_language"}},
			{map[string]any{"emails": []string{"x@acme.example"}, "message": strings.Repeat("m", 2001)}, []string{"message too_long"}},
			{map[string]any{"emails": "x@acme.example"}, []string{"emails invalid_type"}},
			{map[string]any{"emails": []any{"x@acme.example", 7}}, []string{"emails[1] invalid_type"}},
			{map[string]any{"emails": []string{"x@acme.example"}, "pool_id": "pol_1"}, []string{"pool_id unknown_field"}},
		} {
			s.operator.post(t, path, test.body).refused(t, 422, "validation_failed", test.values...)
		}
		// Nobody gives what they do not have.
		s.key(t, o, "invitations.manage").post(t, path, map[string]any{"emails": []string{"x@acme.example"}, "role_id": roleAdmin}).refused(t, 403, "grant_exceeds_own")
		if got := all[user](t, s.operator, o.path("users"), 10); len(got) != 3 {
			t.Errorf("there are %+v", got)
		}
	})
}

// A thousand addresses in one call are normal.
func TestAThousandInvitations(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		var emails []string
		for i := range 1000 {
			emails = append(emails, fmt.Sprintf("p%04d@acme.example", i))
		}
		a := s.operator.post(t, o.path("invitations"), map[string]any{"emails": emails}).ok(t, 200)
		for _, r := range into[struct{ Results []invitationResult }](t, a).Results {
			if r.Outcome != "invited" {
				t.Errorf("%+v", r)
			}
		}
		list := all[user](t, s.operator, o.path("users")+"?sort=email", 333)
		if len(list) != 1000 || list[0].Email != emails[0] || list[999].Email != emails[999] {
			t.Errorf("there are %d users", len(list))
		}
		if n := count(all[event](t, s.operator, o.path("audit-events"), 500), "invitation.created"); n != 1000 {
			t.Errorf("the log tells of %d", n)
		}
	})
}

func TestUsers(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		ada := s.join(t, o, "ada@acme.example", roleAdmin)
		uma := s.join(t, o, "uma@acme.example", roleUser)
		path := func(more ...string) string { return o.path(append([]string{"users", uma.ID}, more...)...) }

		one := s.operator.get(t, path()).ok(t, 200)
		like(t, one, map[string]any{"id": uma.ID, "type": "personal", "email": "uma@acme.example", "username": "uma@acme.example", "state": "active",
			"role_id": roleUser, "authentication": "password", "time_zone": "UTC", "language": "en"})
		shown := strings.ReplaceAll(string(one.body), `"password_never_expires"`, "")
		for _, secret := range []string{"password", "credential", "hash", "argon2"} {
			if strings.Contains(shown, secret+"_") || strings.Contains(string(one.body), `"`+secret) && secret != "password" {
				t.Errorf("a user shows %s: %s", secret, one)
			}
		}

		like(t, s.operator.patch(t, path(), map[string]any{
			"title": "Captain", "country": "SE", "phone": "08-123 456 78", "time_zone": "Europe/Stockholm", "external_id": "x-17", "notes": "Likes cake.\nA lot.",
		}).ok(t, 200), map[string]any{"title": "Captain", "phone": "+46812345678", "country": "SE", "external_id": "x-17", "notes": "Likes cake.\nA lot."})
		like(t, s.operator.patch(t, path(), map[string]any{"title": nil, "phone": ""}).ok(t, 200), map[string]any{"title": "", "phone": "", "country": "SE"})
		for _, test := range []struct {
			change map[string]any
			values []string
		}{
			{map[string]any{"email": "new@acme.example"}, []string{"email unknown_field"}},
			{map[string]any{"state": "deactivated", "password": "x", "username": "u"}, []string{"state unknown_field", "password unknown_field", "username unknown_field"}},
			{map[string]any{"first_name": "", "last_name": nil}, []string{"first_name required", "last_name required"}},
			{map[string]any{"phone": "call me", "country": "XX", "language": "xx", "time_zone": "Mars/Olympus"},
				[]string{"phone invalid_phone", "country unknown_country", "language unknown_language", "time_zone unknown_time_zone"}},
			{map[string]any{"role_id": "rol_king"}, []string{"role_id unknown_role"}},
			{map[string]any{"title": strings.Repeat("t", 129), "notes": strings.Repeat("n", 2001)}, []string{"title too_long", "notes too_long"}},
		} {
			s.operator.patch(t, path(), test.change).refused(t, 422, "validation_failed", test.values...)
		}

		// The last admin stays.
		for _, refused := range []answer{
			s.operator.patch(t, o.path("users", ada.ID), map[string]any{"role_id": roleUser}),
			s.operator.post(t, o.path("users", ada.ID, "deactivate"), nil),
			ada.asks(t).post(t, o.path("users", ada.ID, "deactivate"), nil),
		} {
			refused.refused(t, 409, "last_admin")
		}
		s.operator.delete(t, path()).refused(t, 409, "not_deactivated")
		s.operator.post(t, path("activate"), nil).refused(t, 409, "not_deactivated")

		// Deactivated, nothing of hers works; activated again, nothing comes back.
		key := s.asking(t, s.operator.patch(t, path(), map[string]any{"role_id": roleAdmin}).ok(t, 200), uma, o)
		like(t, s.operator.post(t, path("deactivate"), nil).ok(t, 200), map[string]any{"state": "deactivated"})
		uma.asks(t).get(t, v1+"/me").refused(t, 401, "unauthenticated")
		key.get(t, o.path("users")).refused(t, 401, "unauthenticated")
		s.operator.post(t, path("deactivate"), nil).refused(t, 409, "already_deactivated")
		s.operator.post(t, path("reset-password"), nil).refused(t, 409, "deactivated")
		if got := s.browser(t).signIn(t, o, "uma@acme.example", password); got.status != http.StatusUnauthorized {
			t.Errorf("a deactivated user signs in: %s", got.answer)
		}
		like(t, s.operator.post(t, path("activate"), nil).ok(t, 200), map[string]any{"state": "active", "role_id": roleAdmin})
		uma.asks(t).get(t, v1+"/me").refused(t, 401, "unauthenticated")
		key.get(t, o.path("users")).refused(t, 401, "unauthenticated")
		if got := s.browser(t).signIn(t, o, "uma@acme.example", password); got.status != http.StatusOK {
			t.Errorf("she cannot sign in again: %s", got.answer)
		}

		// Who may less than she does cannot touch her.
		manager := s.key(t, o, "users.view", "users.manage")
		for _, refused := range []answer{
			manager.patch(t, path(), map[string]any{"title": "Mate"}), manager.post(t, path("deactivate"), nil),
			manager.post(t, path("reset-password"), nil), manager.post(t, path("sign-out"), nil),
		} {
			refused.refused(t, 403, "target_above_caller")
		}

		// Signed out everywhere.
		b := s.browser(t)
		b.signIn(t, o, "uma@acme.example", password).ok(t, 200)
		s.operator.post(t, path("sign-out"), nil).ok(t, 204)
		b.asks(t).get(t, v1+"/me").refused(t, 401, "unauthenticated")

		// Deleted for good.
		s.operator.post(t, path("deactivate"), nil).ok(t, 200)
		s.operator.delete(t, path()).ok(t, 204)
		s.operator.get(t, path()).refused(t, 404, "not_found")
		s.operator.delete(t, path()).refused(t, 404, "not_found")
		if log := string(s.operator.get(t, o.path("audit-events")+"?limit=500").body); strings.Contains(log, "uma@acme") || !strings.Contains(log, uma.ID) {
			t.Errorf("the log after the deletion: %s", log)
		}
		if again := s.invite(t, o, "uma@acme.example", roleUser); again.UserID == uma.ID {
			t.Error("her id came back")
		}
		like(t, s.operator.get(t, o.path("audit-events", "verify")).ok(t, 200), map[string]any{"ok": true})
	})
}

// asking makes a key as a user who has just become an admin.
func (s *server) asking(t testing.TB, promoted answer, u person, o organization) client {
	t.Helper()
	like(t, promoted, map[string]any{"role_id": roleAdmin})
	a := u.asks(t).post(t, o.path("api-keys"), map[string]any{"name": "hers", "permissions": []string{"users.view"}}).ok(t, 201)
	return s.web.with("Authorization: Bearer " + into[struct{ Key string }](t, a).Key)
}

func TestListsOfUsers(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		s.operator.post(t, o.path("invitations"), map[string]any{"emails": []string{
			"Zoë Ångström <zoe@acme.example>", "émile@acme.example", "Anna Berg <b@acme.example>", "Ärla Berg <a@acme.example>", "bo_b%@acme.example",
		}}).ok(t, 200)
		s.join(t, o, "ada@acme.example", roleAdmin)
		for query, want := range map[string]string{
			"sort=email":           "a ada b bo_b% zoe",
			"sort=-email":          "zoe bo_b% b ada a",
			"state=active":         "ada",
			"state=invited&q=berg": "b a",
			"state=active,invited": "ada b bo_b% zoe a",
			"role_id=rol_admin":    "ada",
			"q=angstrom":           "zoe",
			"q=ZOE%40ACME":         "zoe",
			"q=%25":                "", // no wildcard, and no word begins with it
			"q=o_b":                "bo_b%",
			"q=nobody":             "",
			"q=b%25":               "", // two letters are how a word begins
			"q=b%25%40":            "bo_b%",
			"q=a&sort=-email":      "zoe b ada a",
		} {
			var names []string
			for _, u := range all[user](t, s.operator, o.path("users")+"?"+query, 2) {
				names = append(names, strings.TrimSuffix(u.Email, "@acme.example"))
			}
			if got := strings.Join(names, " "); got != want {
				t.Errorf("%s lists %s, want %s", query, got, want)
			}
		}
		for email, exists := range map[string]bool{"ADA@acme.example": true, "nobody@acme.example": false} {
			a := s.operator.get(t, o.path("users", "lookup")+"?email="+strings.ReplaceAll(email, "@", "%40")).ok(t, 200)
			found := into[struct {
				Exists bool
				User   *user
			}](t, a)
			if found.Exists != exists || (found.User != nil) != exists {
				t.Errorf("looking %s up: %s", email, a)
			}
		}
		s.operator.get(t, o.path("users", "lookup")+"?email=nobody").refused(t, 400, "invalid_parameter")
		s.operator.get(t, o.path("users", "lookup")).refused(t, 400, "invalid_parameter")
	})
}

func TestSettings(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		path := o.path("settings")
		like(t, s.operator.get(t, path).ok(t, 200), map[string]any{
			"name": "Acme", "slug": "acme", "language": "en", "time_zone": "UTC", "invitation_days": 7, "session_idle_minutes": 60,
			"session_max_hours": 24, "password_min_length": 15, "sender_name": "", "reply_to": "", "color": "#3a57d0",
		})
		change := map[string]any{
			"name": "Acme North", "color": "#0A7B5C", "sender_name": "Acme People", "reply_to": "people@acme.example", "language": "sv",
			"time_zone": "Europe/Stockholm", "invitation_days": 3,
		}
		like(t, s.operator.patch(t, path, change).ok(t, 200), map[string]any{"name": "Acme North", "color": "#0a7b5c", "invitation_days": 3, "language": "sv"})
		for _, test := range []struct {
			change map[string]any
			values []string
		}{
			{map[string]any{"color": "red", "time_zone": "Mars", "language": "tlh"}, []string{"color invalid_color", "time_zone unknown_time_zone", "language unknown_language"}},
			{map[string]any{"invitation_days": 31, "session_idle_minutes": 4, "session_max_hours": 0, "password_min_length": 7},
				[]string{"invitation_days out_of_range", "session_idle_minutes out_of_range", "session_max_hours out_of_range", "password_min_length out_of_range"}},
			{map[string]any{"reply_to": "nobody", "sender_name": strings.Repeat("s", 65)}, []string{"reply_to invalid_email", "sender_name too_long"}},
			{map[string]any{"slug": "other"}, []string{"slug unknown_field"}},
			{map[string]any{"invitation_days": 2.5}, []string{"invitation_days invalid_type"}},
		} {
			s.operator.patch(t, path, test.change).refused(t, 422, "validation_failed", test.values...)
		}
		// Letters wear what was set.
		s.invite(t, o, "bo@acme.example", roleUser)
		letter := s.post.WaitFor(t, "bo@acme.example", 1)[0]
		if from := letter.Header.Get("From"); !strings.Contains(from, "Acme People") || letter.Header.Get("Reply-To") != "<people@acme.example>" || !strings.Contains(letter.HTML, "#0a7b5c") {
			t.Errorf("the letter comes from %q, answers go to %q", from, letter.Header.Get("Reply-To"))
		}
		s.key(t, o, "users.view").get(t, path).refused(t, 403, "forbidden")
	})
}

func TestMe(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		uma := s.join(t, o, "uma@acme.example", roleUser)
		me := v1 + "/me"
		got := uma.asks(t).get(t, me).ok(t, 200)
		like(t, got, map[string]any{"id": uma.ID, "email": "uma@acme.example", "state": "active", "permissions": "[]", "must_change_password": false})
		if org := into[struct{ Organization organization }](t, got).Organization; org.ID != o.ID || org.Name != "Acme" || org.Slug != "acme" {
			t.Errorf("she is in %+v", org)
		}
		like(t, uma.asks(t).patch(t, me, map[string]any{"first_name": "Uma", "title": "Captain"}).ok(t, 200), map[string]any{"first_name": "Uma", "title": "Captain"})
		for _, field := range []string{"role_id", "email", "state", "notes", "external_id", "permissions", "id"} {
			uma.asks(t).patch(t, me, map[string]any{field: "rol_admin"}).refused(t, 422, "validation_failed", field+" unknown_field")
		}
		like(t, uma.asks(t).get(t, me), map[string]any{"role_id": roleUser, "email": "uma@acme.example"})

		// Two places, one of them ends the other.
		b := s.browser(t)
		b.signIn(t, o, "uma@acme.example", password).ok(t, 200)
		type session struct {
			ID      string
			Current bool
		}
		sessions := into[struct{ Items []session }](t, uma.asks(t).get(t, me+"/sessions").ok(t, 200)).Items
		if len(sessions) != 2 || sessions[0].Current == sessions[1].Current {
			t.Fatalf("she is signed in at %+v", sessions)
		}
		other := sessions[slices.IndexFunc(sessions, func(s session) bool { return !s.Current })]
		uma.asks(t).delete(t, me+"/sessions/"+other.ID).ok(t, 204)
		uma.asks(t).delete(t, me+"/sessions/"+other.ID).refused(t, 404, "not_found")
		b.asks(t).get(t, me).refused(t, 401, "unauthenticated")
		b.signIn(t, o, "uma@acme.example", password).ok(t, 200)
		uma.asks(t).delete(t, me+"/sessions").ok(t, 204)
		b.asks(t).get(t, me).refused(t, 401, "unauthenticated")

		// A new password needs the present one.
		const fresh = "nine green bottles in the hall"
		for _, test := range []struct {
			change map[string]any
			values []string
		}{
			{map[string]any{}, []string{"current_password required", "new_password required"}},
			{map[string]any{"current_password": password, "new_password": "short"}, []string{"new_password too_short"}},
			{map[string]any{"current_password": password, "new_password": password}, []string{"new_password unchanged"}},
			{map[string]any{"current_password": "not this one, I think", "new_password": fresh}, []string{"current_password wrong_password"}},
		} {
			refused := uma.asks(t).post(t, me+"/password", test.change)
			refused.refused(t, 422, "validation_failed", test.values...)
			if strings.Contains(string(refused.body), "bottles") || strings.Contains(string(refused.body), "lanterns") {
				t.Errorf("a password is repeated: %s", refused)
			}
		}
		b.signIn(t, o, "uma@acme.example", password).ok(t, 200)
		old := uma.asks(t)
		changed := old.post(t, me+"/password", map[string]any{"current_password": password, "new_password": fresh}).ok(t, 200)
		old.get(t, me).refused(t, 401, "unauthenticated")
		uma.jar.SetCookies(uma.home(t), (&http.Response{Header: changed.header}).Cookies())
		uma.asks(t).get(t, me).ok(t, 200)
		b.asks(t).get(t, me).refused(t, 401, "unauthenticated")
		if got := s.browser(t).signIn(t, o, "uma@acme.example", password); got.status != 401 {
			t.Errorf("the old password works: %s", got.answer)
		}
		s.browser(t).signIn(t, o, "uma@acme.example", fresh).ok(t, 200)
		// After the invitation: the change, and two sign-ins with a browser that is not known.
		var subjects []string
		for _, notice := range s.post.WaitFor(t, "uma@acme.example", 4)[1:] {
			subjects = append(subjects, notice.Subject)
			if strings.Contains(notice.Text, "bottles") || token.MatchString(notice.Text) {
				t.Errorf("the notice says\n%s", notice.Text)
			}
		}
		if slices.Sort(subjects); !slices.Equal(subjects, []string{"New sign-in to Acme", "New sign-in to Acme", "Your password for Acme was changed"}) {
			t.Errorf("the notices are %q", subjects)
		}
	})
}

func TestAPIKeys(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		path := o.path("api-keys")
		made := s.operator.post(t, path, map[string]any{"name": "Payroll", "permissions": []string{"users.view", "apikeys.manage"}}).ok(t, 201)
		key := into[struct{ ID, Key, Hint string }](t, made)
		if !strings.HasPrefix(key.Key, "rst_key_") || !strings.HasSuffix(key.Key, key.Hint) || made.header.Get("Location") != path+"/"+key.ID {
			t.Errorf("made: %s at %s", made, made.header.Get("Location"))
		}
		like(t, made, map[string]any{"name": "Payroll", "permissions": "[apikeys.manage users.view]", "state": "active", "reduced": false})
		for _, shown := range []answer{s.operator.get(t, path), s.operator.get(t, path+"/"+key.ID), s.operator.get(t, o.path("audit-events"))} {
			if strings.Contains(string(shown.ok(t, 200).body), key.Key) {
				t.Errorf("the key is shown again: %s", shown)
			}
		}
		c := s.web.with("Authorization: Bearer " + key.Key)
		c.get(t, o.path("users")).ok(t, 200)
		s.web.get(t, o.path("users"), "Authorization: bearer  "+key.Key+" ").ok(t, 200)
		c.get(t, o.path("settings")).refused(t, 403, "forbidden")
		c.get(t, v1+"/me").refused(t, 401, "unauthenticated")
		c.post(t, path, map[string]any{"name": "More", "permissions": []string{"users.manage"}}).refused(t, 403, "grant_exceeds_own")
		eventually(t, 5*time.Second, "its last use is shown", func() bool {
			return strings.Contains(string(s.operator.get(t, path+"/"+key.ID).body), "last_used_at")
		})
		for _, test := range []struct {
			body   map[string]any
			values []string
		}{
			{map[string]any{}, []string{"name required", "permissions required"}},
			{map[string]any{"name": "n", "permissions": []string{"organizations.manage"}}, []string{"permissions unknown_permission"}},
			{map[string]any{"name": "n", "permissions": []string{"users.view"}, "expires_at": "2020-01-01T00:00:00Z"}, []string{"expires_at in_the_past"}},
			{map[string]any{"name": "n", "permissions": []string{"users.view"}, "expires_at": "tomorrow"}, []string{"expires_at invalid_type"}},
			{map[string]any{"name": strings.Repeat("n", 65), "permissions": []string{"users.view"}, "key": "mine"}, []string{"key unknown_field"}},
		} {
			s.operator.post(t, path, test.body).refused(t, 422, "validation_failed", test.values...)
		}
		// What was made with it goes with it.
		child := into[struct{ ID, Key string }](t, c.post(t, path, map[string]any{"name": "Child", "permissions": []string{"users.view"}}).ok(t, 201))
		s.operator.delete(t, path+"/"+key.ID).ok(t, 204)
		s.operator.delete(t, path+"/"+key.ID).refused(t, 404, "not_found")
		c.get(t, o.path("users")).refused(t, 401, "unauthenticated")
		s.web.get(t, o.path("users"), "Authorization: Bearer "+child.Key).refused(t, 401, "unauthenticated")
		// An end.
		soon := time.Now().Add(1500 * time.Millisecond).UTC().Format(time.RFC3339Nano)
		brief := into[struct{ ID, Key string }](t, s.operator.post(t, path, map[string]any{"name": "Brief", "permissions": []string{"users.view"}, "expires_at": soon}).ok(t, 201))
		eventually(t, 10*time.Second, "the key has ended", func() bool {
			return s.web.get(t, o.path("users"), "Authorization: Bearer "+brief.Key).status == 401
		})
		like(t, s.operator.get(t, path+"/"+brief.ID), map[string]any{"state": "expired"})

		// The operator's own.
		made = s.operator.post(t, v1+"/operator-keys", map[string]any{"name": "Billing"}).ok(t, 201)
		vendor := into[struct{ ID, Key string }](t, made)
		s.web.get(t, v1+"/organizations", "Authorization: Bearer "+vendor.Key).ok(t, 200)
		if got := all[struct{ ID string }](t, s.operator, v1+"/operator-keys", 1); len(got) != 2 {
			t.Errorf("the operator has %d keys", len(got))
		}
		s.operator.delete(t, v1+"/operator-keys/"+vendor.ID).ok(t, 204)
		s.web.get(t, v1+"/organizations", "Authorization: Bearer "+vendor.Key).refused(t, 401, "unauthenticated")
		s.operator.delete(t, v1+"/operator-keys/"+key.ID).refused(t, 404, "not_found")
	})
}

func TestAuditEvents(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		ada := s.join(t, o, "ada@acme.example", roleAdmin)
		changed := ada.asks(t).patch(t, o.path("settings"), map[string]any{"invitation_days": 5}).ok(t, 200)
		path := o.path("audit-events")
		list := s.events(t, o)
		var names []string
		for _, e := range list {
			names = append(names, e.Name)
		}
		if got := strings.Join(names, " "); got != "settings.updated user.joined invitation.created organization.created" {
			t.Errorf("the log tells of %s", got)
		}
		if e := list[0]; e.Actor.Kind != "user" || e.Actor.ID != ada.ID || e.Subject.ID != o.ID {
			t.Errorf("the newest is %+v", e)
		}
		newest := into[page[struct {
			Address string
			Request string `json:"request_id"`
			Changes []struct {
				Field         string
				Before, After any
			}
		}]](t, s.operator.get(t, path+"?limit=1").ok(t, 200)).Items[0]
		if newest.Request != changed.header.Get("X-Request-Id") || newest.Address != "127.0.0.1" || len(newest.Changes) != 1 || newest.Changes[0].Before != 7.0 || newest.Changes[0].After != 5.0 {
			t.Errorf("the newest is %+v", newest)
		}
		for query, want := range map[string]int{
			"name=user.joined": 1, "name=user.": 1, "name=nothing.": 0, "actor_id=" + ada.ID: 2, "subject_id=" + ada.ID: 2, "q=acme": 4, "q=E2E": 2,
			"from=2100-01-01T00:00:00Z": 0, "to=2100-01-01T00:00:00Z": 4, "from=2020-01-01T00:00:00%2B02:00&to=2100-01-01T00:00:00Z": 4,
		} {
			if got := all[event](t, s.operator, path+"?"+query, 2); len(got) != want {
				t.Errorf("%s finds %+v", query, got)
			}
		}
		s.operator.get(t, path+"?from=2100-01-01T00:00:00Z&to=2020-01-01T00:00:00Z").refused(t, 400, "invalid_parameter")
		s.operator.get(t, path+"?from=yesterday").refused(t, 400, "invalid_parameter", "from invalid_parameter")

		report := func(query string) answer { return s.operator.get(t, path+"/verify"+query).ok(t, 200) }
		eventually(t, 5*time.Second, "everything is sealed", func() bool {
			return into[struct{ Unsealed int }](t, report("")).Unsealed == 0
		})
		like(t, report(""), map[string]any{"ok": true, "checked": 4})
		anchor := into[struct{ Anchor string }](t, report("")).Anchor
		like(t, report("?anchor="+anchor), map[string]any{"ok": true})
		like(t, report("?anchor=9"+anchor), map[string]any{"ok": false})
		s.operator.get(t, path+"/verify?anchor=x").refused(t, 400, "invalid_parameter")

		lines := s.operator.get(t, path+"/export").ok(t, 200)
		if got := strings.Count(string(lines.body), "\n"); got != 4 || !strings.Contains(lines.header.Get("Content-Disposition"), "audit-log.ndjson") {
			t.Errorf("the export has %d lines and is %q", got, lines.header.Get("Content-Disposition"))
		}
		table := s.operator.get(t, path+"/export", "Accept: text/csv").ok(t, 200)
		if got := strings.Count(string(table.body), "\n"); got != 5 || !strings.HasPrefix(string(table.body), "at,name,actor_kind") {
			t.Errorf("as a table:\n%s", table)
		}
		for _, c := range []client{s.key(t, o, "users.view")} {
			for _, p := range []string{path, path + "/verify", path + "/export"} {
				c.get(t, p).refused(t, 403, "forbidden")
			}
		}
		// Nobody can write into it.
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
			s.operator.do(t, method, path, nil).refused(t, 405, "method_not_allowed")
		}
		like(t, s.operator.get(t, v1+"/audit-events/verify").ok(t, 200), map[string]any{"ok": true})
		if n := count(all[event](t, s.operator, v1+"/audit-events", 10), "organization.created"); n != 1 {
			t.Errorf("the platform's log tells of %d organizations", n)
		}
		s.key(t, o, everything...).get(t, v1+"/audit-events").refused(t, 401, "unauthenticated")
	})
}
