package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// One way through everything: an organization is created, its admin invited,
// the admin invites others, somebody leaves and comes back, and forgets the
// password. People use pages and letters; the vendor and the products the API.
func TestTheWholeWay(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := into[organization](t, s.operator.post(t, v1+"/organizations",
			map[string]any{"name": "Nordlys Field Service", "slug": "nordlys", "admin_email": "maya@nordlys.example"}).ok(t, 201))
		maya := s.browser(t)
		s.setUp(t, maya, o)
		lars := s.inviteByForm(t, maya, o)
		s.leaveAndReturn(t, lars, o)
		lars = s.forget(t, lars, o)
		s.resetByAdmin(t, maya, lars, o)

		// All of it is in the log, in this order, and the log holds.
		events := s.events(t, o)
		slices.Reverse(events)
		var names []string
		for _, e := range events {
			names = append(names, e.Name)
		}
		want := "organization.created invitation.created user.joined invitation.created user.joined session.ended signin.failed signin.succeeded " +
			"password.reset_requested password.reset signin.succeeded password.reset_requested signin.failed password.reset signin.succeeded"
		if got := strings.Join(names, " "); got != want {
			t.Errorf("the log tells of\n%s, want\n%s", got, want)
		}
		log := s.operator.get(t, o.path("audit-events")+"?limit=500").ok(t, 200)
		for _, secret := range []string{password, fresh, fresher, "argon2"} {
			if strings.Contains(string(log.body), secret) {
				t.Errorf("the log shows %s", secret)
			}
		}
		if found := token.Find(log.body); found != nil {
			t.Errorf("the log shows %s", found)
		}
		like(t, s.operator.get(t, o.path("audit-events", "verify")).ok(t, 200), map[string]any{"ok": true})
	})
}

// The passwords that follow the first.
const (
	fresh   = "nine green bottles in the hall"
	fresher = "eleven pipers piping in the rain"
)

// setUp lets the first admin in by the link that the operator had sent.
func (s *server) setUp(t *testing.T, maya *browser, o organization) {
	t.Helper()
	letter := s.post.WaitFor(t, "maya@nordlys.example", 1)[0]
	if letter.Broken != nil || letter.Subject == "" || letter.Header.Get("Message-ID") == "" {
		t.Errorf("the letter %q: %v", letter.Subject, letter.Broken)
	}
	address := link(t, letter)
	path := strings.TrimPrefix(address, s.url)

	// What opens every link of a letter, such as a mail scanner, uses nothing up and signs nobody in.
	for range 20 {
		for _, method := range []string{"GET", "HEAD"} {
			for _, c := range s.web.do(t, method, path, nil).header.Values("Set-Cookie") {
				if strings.Contains(c, "rst_ses_") {
					t.Errorf("%s of the link starts a session: %s", method, c)
				}
			}
		}
	}
	form := maya.open(t, address)
	form.ok(t, 200)
	if form.url.Path != "/invitation" || form.header.Get("Cache-Control") != "no-store" || token.MatchString(string(form.body)) {
		t.Errorf("the token stands in %s, or on the page", form.url)
	}
	if !form.says("maya@nordlys.example") || !form.says("Nordlys Field Service") {
		t.Errorf("the page does not say whom it is for: %s", form.answer)
	}

	// What is wrong is said, what was typed stays, the link too; a password is never shown again.
	wrong := form.fill(t, fields{"first_name": "Maya", "last_name": "", "password": "lanterns", "phone": "call me"}).send(t)
	wrong.ok(t, 422)
	if v := wrong.form(t, "/invitation").values; v.Get("first_name") != "Maya" || v.Get("phone") != "call me" || v.Get("password") != "" {
		t.Errorf("the form holds %v", v)
	}
	// The address cannot be another one, whatever the form says.
	evil := wrong.fill(t, fields{"first_name": "Maya", "last_name": "Bergström", "password": password, "phone": ""})
	evil.values.Set("email", "evil@nordlys.example")
	evil.values.Set("role_id", roleUser)
	evil.send(t).ok(t, 200)
	if me := into[user](t, maya.asks(t).get(t, v1+"/me").ok(t, 200)); me.Email != "maya@nordlys.example" || me.RoleID != roleAdmin || me.LastName != "Bergström" {
		t.Errorf("the form made %+v", me)
	}
	for _, c := range maya.jar.Cookies(maya.home(t)) {
		if strings.HasPrefix(c.Value, "rst_inv_") {
			t.Errorf("the browser still holds the link's token, in %s", c.Name)
		}
	}
	again := s.browser(t).open(t, address)
	again.ok(t, http.StatusGone)
	if len(again.forms()) > 0 || !again.says("Nordlys Field Service") {
		t.Errorf("the used link: %s", again.answer)
	}
	start := maya.open(t, "/o/nordlys")
	start.ok(t, 200)
	if !start.says("Maya Bergström") {
		t.Errorf("the first page: %s", start.answer)
	}
}

// inviteByForm invites somebody on the page 'Invite users', who joins.
func (s *server) inviteByForm(t *testing.T, maya *browser, o organization) person {
	t.Helper()
	form := maya.open(t, "/o/nordlys/invitations/new").fill(t, fields{"emails": "Lars Ødegård <lars@nordlys.example>; no address\nmaya@nordlys.example", "message": "Welcome!"})

	// Another site cannot send it: neither with its own origin, nor with none.
	for _, lines := range [][]string{{"Origin: https://evil.example"}, {"Origin: null"}, {"Sec-Fetch-Site: cross-site"}, nil} {
		lines = append(lines, append(maya.cookies(form.target), "Content-Type: application/x-www-form-urlencoded")...)
		s.web.post(t, form.target.Path, text(form.values.Encode()), lines...).ok(t, 403)
	}
	outcome := form.send(t)
	outcome.ok(t, 200)
	letter := s.post.WaitFor(t, "lars@nordlys.example", 1)[0]
	if !strings.Contains(letter.Text, "Maya Bergström") || !strings.Contains(letter.Text, "Welcome!") {
		t.Errorf("the letter says\n%s", letter.Text)
	}
	b := s.browser(t)
	b.enroll(t, link(t, letter), "Lars", "Ødegård").ok(t, 200)
	lars := person{browser: b, org: o}
	lars.user = into[user](t, b.asks(t).get(t, v1+"/me").ok(t, 200))
	if lars.Email != "lars@nordlys.example" || lars.RoleID != roleUser || lars.State != "active" {
		t.Errorf("Lars is %+v", lars.user)
	}
	// He sees no page of admins, and none of another organization.
	b.open(t, "/o/nordlys/users").ok(t, 404)
	b.open(t, "/o/nordlys/invitations").ok(t, 404)
	return lars
}

// leaveAndReturn signs out, and in again.
func (s *server) leaveAndReturn(t *testing.T, lars person, o organization) {
	t.Helper()
	before := lars.asks(t)
	lars.open(t, "/o/nordlys/profile").form(t, "/o/nordlys/sign-out").send(t).ok(t, 200)
	before.get(t, v1+"/me").refused(t, 401, "unauthenticated") // with the old cookie
	if there := lars.open(t, "/o/nordlys/profile"); there.url.Path != "/o/nordlys/sign-in" {
		t.Errorf("a page of his leads to %s", there.url)
	}
	refused := lars.signIn(t, o, "lars@nordlys.example", "not this one, I think")
	unknown := s.browser(t).signIn(t, o, "nobody@nordlys.example", "not this one, I think")
	if refused.status != 401 || unknown.status != 401 || said(refused, "lars") != said(unknown, "nobody") {
		t.Errorf("refused: %s\nunknown: %s", refused.answer, unknown.answer)
	}
	in := lars.signIn(t, o, "LARS@Nordlys.example", password)
	in.ok(t, 200)
	for _, c := range in.b.jar.Cookies(lars.home(t)) {
		if strings.HasPrefix(c.Value, "rst_ses_") && c.Name != "roster-"+o.ID {
			t.Errorf("the session's cookie is called %s", c.Name)
		}
	}
	like(t, lars.asks(t).get(t, v1+"/me").ok(t, 200), map[string]any{"id": lars.ID})
}

// varying is what differs from page to page: request ids.
var varying = regexp.MustCompile(`req_[0-9a-z]{26}`)

// said is a page without what was typed.
func said(p sheet, typed string) string {
	return strings.ReplaceAll(varying.ReplaceAllString(words(p.doc), ""), typed, "")
}

// forget asks for a new password, which ends what was signed in. It answers Lars
// in another browser.
func (s *server) forget(t *testing.T, lars person, o organization) person {
	t.Helper()
	stranger := s.browser(t)
	var answers []string
	for _, who := range []string{"lars", "nobody"} {
		sent := stranger.open(t, "/o/nordlys/forgot").fill(t, fields{"username": who + "@nordlys.example"}).send(t)
		sent.ok(t, http.StatusAccepted)
		answers = append(answers, said(sent, who))
	}
	if answers[0] != answers[1] {
		t.Errorf("one who has an account is told\n%s\none who has none\n%s", answers[0], answers[1])
	}
	letter := s.post.WaitFor(t, "lars@nordlys.example", 2)[1]
	if n := len(s.post.MailsTo("nobody@nordlys.example")); n != 0 {
		t.Errorf("nobody has %d letters", n)
	}
	// Until the link is used, nothing has changed.
	lars.asks(t).get(t, v1+"/me").ok(t, 200)
	b := s.browser(t)
	set := b.open(t, link(t, letter))
	set.ok(t, 200)
	if set.url.Path != "/reset" {
		t.Errorf("the token stands in %s", set.url)
	}
	set.fill(t, fields{"password": "short"}).send(t).ok(t, 422)
	done := b.open(t, "/reset").fill(t, fields{"password": fresh}).send(t)
	done.ok(t, 200)
	if done.url.Path != "/o/nordlys/sign-in" {
		t.Errorf("a new password leads to %s", done.url)
	}
	lars.asks(t).get(t, v1+"/me").refused(t, 401, "unauthenticated")
	s.browser(t).open(t, link(t, letter)).ok(t, http.StatusGone)
	b.signIn(t, o, "lars@nordlys.example", fresh).ok(t, 200)
	if notice := s.post.WaitFor(t, "lars@nordlys.example", 3)[2]; token.MatchString(notice.Text) {
		t.Errorf("the notice has a token in it:\n%s", notice.Text)
	}
	return person{browser: b, user: lars.user, org: o}
}

// resetByAdmin sends a reset on the user's card, which disables the password at once.
func (s *server) resetByAdmin(t *testing.T, maya *browser, lars person, o organization) {
	t.Helper()
	card := "/o/nordlys/users/" + lars.ID
	maya.open(t, card+"/reset-password").form(t, card+"/reset-password").send(t).ok(t, 200)
	lars.asks(t).get(t, v1+"/me").refused(t, 401, "unauthenticated")
	lars.signIn(t, o, "lars@nordlys.example", fresh).ok(t, 401)
	letter := s.post.WaitFor(t, "lars@nordlys.example", 4)[3]
	set := lars.open(t, link(t, letter))
	set.ok(t, 200)
	set.fill(t, fields{"password": fresher}).send(t).ok(t, 200)
	lars.signIn(t, o, "lars@nordlys.example", fresher).ok(t, 200)
	s.post.WaitFor(t, "lars@nordlys.example", 5)
}

// Cookies that say who somebody is reach no script and no other site.
func TestSessionCookies(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		s.join(t, o, "uma@acme.example", roleUser)
		for _, stay := range []string{"", "on"} {
			b := s.browser(t)
			f := b.open(t, "/o/acme/sign-in").fill(t, fields{"username": "uma@acme.example", "password": password})
			if stay != "" {
				if _, there := f.values["remember"]; !there {
					t.Fatalf("the form does not ask whether to stay signed in: %v", f.values)
				}
				f.values.Set("remember", stay)
			}
			in := f.submit(t).ok(t, 303)
			found := 0
			for _, c := range (&http.Response{Header: in.header}).Cookies() {
				if c.Domain != "" || c.Path != "/" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
					t.Errorf("the cookie %s", c.Raw)
				}
				if strings.HasPrefix(c.Value, "rst_ses_") {
					found++
					if c.Expires.IsZero() == (stay != "") {
						t.Errorf("stay is %q, and the session's cookie %s", stay, c.Raw)
					}
				}
			}
			if found != 1 {
				t.Errorf("%d cookies hold a session: %s", found, fmt.Sprint(in.header))
			}
		}
	})
}
