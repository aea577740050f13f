package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"roster/internal/mail/mailtest"
)

// password is what everybody signs in with at first.
const password = "seven quiet lanterns on the pier"

// The roles that exist everywhere.
const (
	roleAdmin = "rol_admin"
	roleUser  = "rol_user"
)

// organization is one, as the API shows it.
type organization struct {
	ID, Slug, Name string
	Suspended      bool
	Version        int
}

// path is the organization's address in the API, or that of something in it.
func (o organization) path(more ...string) string {
	return v1 + "/organizations/" + strings.Join(append([]string{o.Slug}, more...), "/")
}

// user is one, as far as tests look at it.
type user struct {
	ID, Email, State string
	FirstName        string `json:"first_name"`
	LastName         string `json:"last_name"`
	RoleID           string `json:"role_id"`
	Version          int
}

// person is a user with a browser.
type person struct {
	*browser
	user
	org organization
}

// organization makes one; its short name is the name in lower case.
func (s *server) organization(t testing.TB, name string) organization {
	t.Helper()
	return into[organization](t, s.operator.post(t, v1+"/organizations", map[string]any{"name": name}).ok(t, http.StatusCreated))
}

// invitationResult is what came of one address.
type invitationResult struct {
	Email, Outcome, Message string
	UserID                  string `json:"user_id"`
	InvitationID            string `json:"invitation_id"`
}

// invite invites one address and expects that to work.
func (s *server) invite(t testing.TB, o organization, email, role string) invitationResult {
	t.Helper()
	a := s.operator.post(t, o.path("invitations"), map[string]any{"emails": []string{email}, "role_id": role}).ok(t, http.StatusOK)
	results := into[struct{ Results []invitationResult }](t, a).Results
	if len(results) != 1 || results[0].Outcome != "invited" {
		t.Fatalf("%s was not invited: %s", email, a)
	}
	return results[0]
}

// join makes an active user: invited, and enrolled by the link in the letter.
func (s *server) join(t testing.TB, o organization, email, role string) person {
	t.Helper()
	invited := s.invite(t, o, email, role)
	letters := s.post.WaitFor(t, email, 1)
	b := s.browser(t)
	first, _, _ := strings.Cut(email, "@")
	b.enroll(t, link(t, letters[0]), first, "of "+o.Name).ok(t, http.StatusOK)
	p := person{browser: b, org: o}
	p.user = into[user](t, p.asks(t).get(t, v1+"/me").ok(t, http.StatusOK))
	if p.user.ID != invited.UserID || p.user.State != "active" {
		t.Fatalf("%s joined as %+v", email, p.user)
	}
	return p
}

// enroll opens an invitation's link and fills in the form behind it.
func (b *browser) enroll(t testing.TB, link, first, last string) sheet {
	t.Helper()
	form := b.open(t, link)
	form.ok(t, http.StatusOK)
	return form.fill(t, fields{"first_name": first, "last_name": last, "password": password}).send(t)
}

// signIn fills in the sign-in form of an organization.
func (b *browser) signIn(t testing.TB, o organization, login, password string) sheet {
	t.Helper()
	form := b.open(t, "/o/"+o.Slug+"/sign-in")
	form.ok(t, http.StatusOK)
	return form.fill(t, fields{"username": login, "password": password}).send(t)
}

// operatorsBrowser is that of an operator who has signed in.
func (s *server) operatorsBrowser(t testing.TB) *browser {
	t.Helper()
	s.roster(t, password+"\n", "operator", "create", "--email", "olga@vendor.example", "--password-stdin")
	b := s.browser(t)
	b.open(t, "/operator/sign-in").fill(t, fields{"email": "olga@vendor.example", "password": password}).send(t).ok(t, http.StatusOK)
	return b
}

// key makes a key of the organization with these permissions, and a client that
// shows it.
func (s *server) key(t testing.TB, o organization, permissions ...string) client {
	t.Helper()
	a := s.operator.post(t, o.path("api-keys"), map[string]any{"name": "e2e", "permissions": permissions}).ok(t, http.StatusCreated)
	return s.web.with("Authorization: Bearer " + into[struct{ Key string }](t, a).Key)
}

// everything are all permissions of an organization.
var everything = []string{
	"users.view", "users.manage", "invitations.manage", "roles.manage", "settings.manage", "audit.view", "apikeys.manage",
}

var token = regexp.MustCompile(`rst_[a-z]{3}_[0-9A-Za-z]{49}`)

// link is the one address with a token in a letter. Its HTML and its text name
// the same.
func link(t testing.TB, m mailtest.Mail) string {
	t.Helper()
	for _, l := range m.Links {
		if token.MatchString(l) {
			if !strings.HasPrefix(l, publicURL+"/") || !strings.Contains(m.Text, l) {
				t.Errorf("the link of the letter %q is %s; its text is\n%s", m.Subject, l, m.Text)
			}
			return l
		}
	}
	t.Fatalf("the letter %q has no link with a token: %q", m.Subject, m.Links)
	return ""
}

// event is a line of the audit log.
type event struct {
	ID, Name       string
	Actor, Subject struct{ Kind, ID, Name string }
}

// events are an organization's, newest first.
func (s *server) events(t testing.TB, o organization) []event {
	t.Helper()
	return all[event](t, s.operator, o.path("audit-events"), 100)
}

// count counts the events of a name.
func count(events []event, name string) int {
	n := 0
	for _, e := range events {
		if e.Name == name {
			n++
		}
	}
	return n
}
