package contact_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"roster/internal/apikey"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/contact"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/secret"
	"roster/internal/team"
	"roster/internal/user"
)

// sees answers the addresses of somebody's teammates, page by page.
func sees(t *testing.T, w *apptest.World, by op.Call, in contact.ListInput) []string {
	t.Helper()
	in.Limit, in.Count = 2, true
	var all []string
	for {
		p, err := contact.List.Do(t.Context(), w.Door, by, in)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range p.Items {
			all = append(all, c.Email)
		}
		if p.Next == nil {
			if *p.Total != len(all) {
				t.Errorf("counted %d of %v", *p.Total, all)
			}
			slices.Sort(all)
			return all
		}
		in.Cursor = *p.Next
	}
}

func newTeam(t *testing.T, w *apptest.World, by op.Call, name string, members ...id.User) id.Team {
	t.Helper()
	made, err := team.Create.Do(t.Context(), w.Door, by, team.New{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range members {
		if _, err := team.AddMember.Do(t.Context(), w.Door, by, team.Membership{ID: made.ID, User: u}); err != nil {
			t.Fatal(err)
		}
	}
	return made.ID
}

func openTo(t *testing.T, w *apptest.World, by op.Call, who string) {
	t.Helper()
	if _, err := org.UpdateSettings.Do(t.Context(), w.Door, by, org.SettingsChange{WithoutTeams: patch.To(who)}); err != nil {
		t.Fatal(err)
	}
}

// model is who sees whom, written down as plainly as can be.
type model struct {
	people []apptest.Person
	state  map[id.User]user.State
	in     map[id.User]map[int]bool // which teams
	open   bool
}

func (m model) see(a, b id.User) bool {
	if a == b || m.state[a] != user.Active || m.state[b] != user.Active {
		return false
	}
	for one := range m.in[a] {
		if m.in[b][one] {
			return true
		}
	}
	return m.open && (len(m.in[a]) == 0 || len(m.in[b]) == 0)
}

func (m model) seenBy(a id.User) []string {
	var all []string
	for _, p := range m.people {
		if m.see(a, p.User.ID) {
			all = append(all, p.User.Email)
		}
	}
	slices.Sort(all)
	return all
}

// Random teams and states: lists, counts and answers are those of the model,
// and the other organization, which is full of the same, is in none of them.
func TestPeopleSeeExactlyTheirTeammates(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		seed := rand.Uint64()
		random := rand.New(rand.NewPCG(seed, 1))
		t.Logf("seed %d", seed)
		ctx, admin := t.Context(), w.A.Admin.Call(w.A)
		k := keyOf(t, w, authz.UsersView)
		m := model{state: map[id.User]user.State{}, in: map[id.User]map[int]bool{}}
		for i := range 10 {
			p := w.Person(t, w.A.Org, "P", fmt.Sprintf("Same %d", i%3), fmt.Sprintf("p%d@alpha.example", i), authz.RoleUser)
			m.people = append(m.people, p)
			m.state[p.User.ID], m.in[p.User.ID] = user.Active, map[int]bool{}
		}
		all := []id.User{w.B.Admin.User.ID, w.B.User.User.ID}
		newTeam(t, w, w.B.Admin.Call(w.B), "0", all...)
		var teams []id.Team
		for i := range 4 {
			teams = append(teams, newTeam(t, w, admin, fmt.Sprint(i)))
		}
		// The admin and the plain user of the world stay active and in no team.
		rest := []apptest.Person{w.A.Admin, w.A.User}
		m.people = append(m.people, rest...)
		for _, p := range rest {
			m.state[p.User.ID], m.in[p.User.ID] = user.Active, map[int]bool{}
		}
		for range 60 {
			p, one := m.people[random.IntN(10)].User.ID, random.IntN(len(teams))
			var err error
			switch random.IntN(8) {
			case 0:
				if m.state[p] == user.Active {
					m.state[p] = user.Deactivated
					_, err = user.Deactivate.Do(ctx, w.Door, admin, user.Ref{ID: p})
				} else {
					m.state[p] = user.Active
					_, err = user.Activate.Do(ctx, w.Door, admin, user.Ref{ID: p})
				}
			case 1, 2, 3:
				if m.in[p][one] {
					delete(m.in[p], one)
					_, err = team.RemoveMember.Do(ctx, w.Door, admin, team.Membership{ID: teams[one], User: p})
				}
			case 4:
				if random.IntN(3) == 0 {
					m.open = !m.open
					openTo(t, w, admin, map[bool]string{true: org.SeeEverybody, false: org.SeeNobody}[m.open])
				}
			default:
				m.in[p][one] = true
				_, err = team.AddMember.Do(ctx, w.Door, admin, team.Membership{ID: teams[one], User: p})
			}
			if err != nil {
				t.Fatal(err)
			}
			who := m.people[random.IntN(len(m.people))].User.ID
			if got, want := sees(t, w, k, contact.ListInput{As: who}), m.seenBy(who); !slices.Equal(got, want) {
				t.Fatalf("%s sees %v, want %v (open %v)", who, got, want, m.open)
			}
			answer, err := contact.CanContact.Do(ctx, w.Door, k, contact.Pair{ID: who, Other: p})
			if err != nil || answer.Allowed != m.see(who, p) {
				t.Fatalf("%s may contact %s: %+v, %v", who, p, answer, err)
			}
			reach := reach(t, w, w.A.Org.ID, teams[:one], m.open)
			if want := m.reach(one); reach != want {
				t.Fatalf("somebody new in the first %d teams sees %d, want %d (open %v)", one, reach, want, m.open)
			}
		}
	})
}

// reach is how many somebody new in the first n teams would see.
func (m model) reach(n int) int {
	m.people = slices.Clone(m.people)
	in := map[int]bool{}
	for one := range n {
		in[one] = true
	}
	m.in["new"], m.state["new"] = in, user.Active
	defer func() { delete(m.in, "new"); delete(m.state, "new") }()
	return len(m.seenBy("new"))
}

func reach(t *testing.T, w *apptest.World, o id.Org, teams []id.Team, open bool) (n int) {
	t.Helper()
	w.Put(t, o, func(t *op.Tx) (err error) {
		n, err = team.Reach(t, teams, open, authz.OfOrganization, authz.AllAccounts())
		return err
	})
	return n
}

// keyOf is a call of A with a key that may do this.
func keyOf(t *testing.T, w *apptest.World, may ...authz.Permission) op.Call {
	t.Helper()
	_, call := secretOf(t, w, may...)
	return call
}

// S-012, S-013: whom somebody does not see is not there, in no list, count,
// search or answer, and neither is who has left the team, from the next request on.
func TestWhoLeavesTheTeamIsGone(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx, admin := t.Context(), w.A.Admin.Call(w.A)
		uma := w.A.User
		mate := w.Person(t, w.A.Org, "Mia", "Mate", "mia@alpha.example", authz.RoleUser)
		other := w.Person(t, w.A.Org, "Otto", "Other", "otto@alpha.example", authz.RoleUser)
		one := newTeam(t, w, admin, "One", uma.User.ID, mate.User.ID)
		newTeam(t, w, admin, "Two", other.User.ID, w.A.Admin.User.ID)
		call := uma.Call(w.A)
		can := func(by op.Call, a, b id.User) string {
			answer, err := contact.CanContact.Do(ctx, w.Door, by, contact.Pair{ID: a, Other: b})
			if err != nil {
				return err.(*errs.Error).Code
			}
			return string(answer.Reason)
		}
		if got := sees(t, w, call, contact.ListInput{}); !slices.Equal(got, []string{"mia@alpha.example"}) {
			t.Errorf("sees %v", got)
		}
		for _, search := range []string{"otto@alpha.example", "Otto", "admin@alpha.example", "user@beta.example"} {
			if got := sees(t, w, call, contact.ListInput{Search: search}); len(got) != 0 {
				t.Errorf("searching %q finds %v", search, got)
			}
		}
		for what, got := range map[string][2]string{
			"a teammate":           {can(call, uma.User.ID, mate.User.ID), "shared_team"},
			"somebody else":        {can(call, uma.User.ID, other.User.ID), "not_found"},
			"nobody":               {can(call, uma.User.ID, "usr_x"), "not_found"},
			"another's":            {can(call, uma.User.ID, w.B.User.User.ID), "not_found"},
			"for somebody else":    {can(call, mate.User.ID, uma.User.ID), "not_found"},
			"an admin, of others":  {can(admin, uma.User.ID, other.User.ID), "no_shared_team"},
			"an admin, of another": {can(admin, w.B.User.User.ID, uma.User.ID), "not_found"},
		} {
			if got[0] != got[1] {
				t.Errorf("may contact %s: %s, want %s", what, got[0], got[1])
			}
		}
		if _, err := contact.List.Do(ctx, w.Door, call, contact.ListInput{As: mate.User.ID}); !errs.Is(err, "not_found") {
			t.Errorf("another's contacts: %v", err)
		}
		if _, err := contact.List.Do(ctx, w.Door, admin, contact.ListInput{As: mate.User.ID}); !errs.Is(err, "not_found") {
			t.Errorf("another's contacts, for an admin: %v", err)
		}
		for name, do := range map[string]func() error{
			"leaves": func() error {
				_, err := team.RemoveMember.Do(ctx, w.Door, admin, team.Membership{ID: one, User: mate.User.ID})
				return err
			},
			"is deactivated": func() error {
				_, err := user.Deactivate.Do(ctx, w.Door, admin, user.Ref{ID: mate.User.ID})
				return err
			},
		} {
			if err := do(); err != nil {
				t.Fatal(err)
			}
			if got := sees(t, w, call, contact.ListInput{}); len(got) != 0 {
				t.Errorf("after who %s: %v", name, got)
			}
			if got := can(call, uma.User.ID, mate.User.ID); got != "not_found" {
				t.Errorf("after who %s: %s", name, got)
			}
			if _, err := team.AddMember.Do(ctx, w.Door, admin, team.Membership{ID: one, User: mate.User.ID}); err != nil {
				t.Fatal(err)
			}
			if name == "is deactivated" {
				if _, err := user.Activate.Do(ctx, w.Door, admin, user.Ref{ID: mate.User.ID}); err != nil {
					t.Fatal(err)
				}
			}
			if got := sees(t, w, call, contact.ListInput{}); len(got) != 1 {
				t.Errorf("back again: %v", got)
			}
		}
	})
}

func TestContactsOfOnesOwn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx, call := t.Context(), w.A.User.Call(w.A)
		since := w.Now(t)
		made, err := contact.Add.Do(ctx, w.Door, call, contact.New{Name: " Zoë Plumber ", Email: "zoe@x.example", Phone: "+46 8 123 456 78", Note: "Fixes pumps"})
		if err != nil || made.Name != "Zoë Plumber" || made.Phone != "+46812345678" {
			t.Fatalf("%+v, %v", made, err)
		}
		for field, in := range map[string]contact.New{
			"name": {Name: " "}, "email": {Name: "x", Email: "x@"}, "phone": {Name: "x", Phone: "call"}, "note": {Name: "x", Note: strings.Repeat("x", 501)},
		} {
			_, err := contact.Add.Do(ctx, w.Door, call, in)
			if e, ok := err.(*errs.Error); !ok || len(e.Fields) != 1 || e.Fields[0].Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if got := sees(t, w, call, contact.ListInput{Search: "zoe plum"}); !slices.Equal(got, []string{"zoe@x.example"}) {
			t.Errorf("found %v", got)
		}
		if n, err := user.Get.Do(ctx, w.Door, w.A.Admin.Call(w.A), user.Ref{ID: w.A.User.User.ID}); err != nil || n.Version != w.A.User.User.Version {
			t.Errorf("the owner changed: %+v, %v", n, err)
		}
		// It is nobody else's: not an admin's, not that of the same person elsewhere.
		for name, by := range map[string]op.Call{"an admin": w.A.Admin.Call(w.A), "an admin of B": w.B.Admin.Call(w.B)} {
			if got := sees(t, w, by, contact.ListInput{}); len(got) != 0 {
				t.Errorf("%s sees %v", name, got)
			}
			if _, err := contact.Remove.Do(ctx, w.Door, by, contact.Ref{ID: made.ID}); !errs.Is(err, "not_found") {
				t.Errorf("%s removes it: %v", name, err)
			}
		}
		if _, err := contact.Remove.Do(ctx, w.Door, call, contact.Ref{ID: made.ID}); err != nil {
			t.Error(err)
		}
		events := w.Events(t, w.A.Org.ID, since)
		if got := apptest.Names(events); !slices.Equal(got, []string{"contact.added", "contact.removed"}) || events[0].Changes != "null" || events[0].Subject != string(w.A.User.User.ID) {
			t.Errorf("recorded %+v", events)
		}
	})
}

func TestContactsByTheAPI(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		shown, _ := secretOf(t, w, authz.UsersView, authz.UsersManage)
		c := w.Client(t, shown, contact.Routes)
		uma, ada := string(w.A.User.User.ID), string(w.A.Admin.User.ID)
		newTeam(t, w, w.A.Admin.Call(w.A), "One", w.A.User.User.ID, w.A.Admin.User.ID)
		made := c.Do("POST", "/organizations/alpha/contacts?as="+uma, `{"name": "Zoë", "phone": "+46812345678"}`)
		var answer struct{ ID, Kind string }
		if err := json.Unmarshal([]byte(made.Body), &answer); err != nil || made.Status != 201 || answer.Kind != "own" {
			t.Fatalf("%+v, %v", made, err)
		}
		for _, test := range []struct {
			method, path string
			status       int
			has          string
		}{
			{"GET", "/contacts?count=true&as=" + uma, 200, `"total":2`},
			{"GET", "/contacts?as=" + uma, 200, `"kind":"teammate"`},
			{"GET", "/contacts?count=true&as=" + ada, 200, `"total":1`},
			{"GET", "/contacts", 400, "invalid_parameter"},
			{"GET", "/contacts?as=" + string(w.B.User.User.ID), 404, "not_found"},
			{"GET", "/contacts/" + answer.ID + "?as=" + uma, 200, "Zoë"},
			{"GET", "/contacts/" + answer.ID + "?as=" + ada, 404, "not_found"},
			{"DELETE", "/contacts/" + answer.ID + "?as=" + ada, 404, "not_found"},
			{"DELETE", "/contacts/" + answer.ID + "?as=" + uma, 204, ""},
			{"GET", "/users/" + uma + "/can-contact/" + ada, 200, `{"allowed":true,"reason":"shared_team"}`},
			{"GET", "/users/" + uma + "/can-contact/" + uma, 200, `{"allowed":false,"reason":"same_user"}`},
			{"GET", "/users/" + uma + "/can-contact/" + string(w.B.User.User.ID), 404, "not_found"},
		} {
			if got := c.Do(test.method, "/organizations/alpha"+test.path, ""); got.Status != test.status || !strings.Contains(got.Body, test.has) {
				t.Errorf("%s %s: %+v, want %d %s", test.method, test.path, got, test.status, test.has)
			}
		}
		if strings.Contains(c.Do("GET", "/organizations/alpha/contacts?as="+uma, "").Body, "notes") {
			t.Error("the admins' notes are among what teammates see")
		}
		c.Key, _ = secretOf(t, w, authz.UsersView)
		if got := c.Do("POST", "/organizations/alpha/contacts?as="+uma, `{"name": "Zoë"}`); got.Status != 403 {
			t.Errorf("a key that only sees: %+v", got)
		}
		c.Key, _ = secretOf(t, w, authz.AuditView)
		if got := c.Do("GET", "/organizations/alpha/contacts?as="+uma, ""); got.Status != 403 {
			t.Errorf("a key that does not see users: %+v", got)
		}
	})
}

func TestThePageContacts(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, contact.Pages).As(w.A.User, w.A)
		if empty := b.Get("/o/alpha/contacts"); !empty.Has("Nobody is here yet", "costs no license") {
			t.Errorf("empty: %+v", empty)
		}
		if wrong := b.Post("/o/alpha/contacts", "name", "", "note", "keep me"); wrong.Status != 422 || !wrong.Has(`id="name-e"`, "keep me") {
			t.Errorf("without a name: %+v", wrong)
		}
		newTeam(t, w, w.A.Admin.Call(w.A), "One", w.A.User.User.ID, w.A.Admin.User.ID)
		list := b.Follow(b.Post("/o/alpha/contacts", "name", "Zoë <i>", "phone", "+46812345678"))
		if !list.Has("is among your contacts", "Zoë &lt;i&gt;", "tel:+46812345678", "Ada Admin-Alpha", "2 contacts, by name") {
			t.Fatalf("added: %+v", list)
		}
		i := strings.Index(list.Body, "/o/alpha/contacts/con_")
		ask := list.Body[i : i+strings.Index(list.Body[i:], `"`)]
		if question := b.Get(ask); !question.Has("Remove Zoë") {
			t.Errorf("asked: %+v", question)
		}
		if got := w.Browser(t, contact.Pages).As(w.A.Admin, w.A).Post(ask); got.Status != 404 {
			t.Errorf("an admin removes it: %+v", got)
		}
		if removed := b.Follow(b.Post(ask)); !removed.Has("has been removed", "1 contact, by name") {
			t.Errorf("removed: %+v", removed)
		}
	})
}

// secretOf is a key of A that may do this, and a call with it.
func secretOf(t *testing.T, w *apptest.World, may ...authz.Permission) (string, op.Call) {
	t.Helper()
	k, err := apikey.Create.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), apikey.New{Name: "Product", Permissions: may})
	if err != nil {
		t.Fatal(err)
	}
	hash, _ := secret.HashToken(k.Secret, secret.APIKey)
	return k.Secret, op.Call{By: authz.Caller{Key: hash.Bytes(), Origin: apptest.Origin}, Org: string(w.A.Org.ID)}
}
