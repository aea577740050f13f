package team_test

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/team"
	"roster/internal/user"
)

func create(t *testing.T, w *apptest.World, by op.Call, name string) team.Team {
	t.Helper()
	made, err := team.Create.Do(t.Context(), w.Door, by, team.New{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func put(t *testing.T, w *apptest.World, by op.Call, in team.Team, people ...apptest.Person) {
	t.Helper()
	for _, p := range people {
		if _, err := team.AddMember.Do(t.Context(), w.Door, by, team.Membership{ID: in.ID, User: p.User.ID}); err != nil {
			t.Fatal(err)
		}
	}
}

func get(t *testing.T, w *apptest.World, by op.Call, u id.User) user.User {
	t.Helper()
	got, err := user.Get.Do(t.Context(), w.Door, by, user.Ref{ID: u})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func members(t *testing.T, w *apptest.World, by op.Call, of id.Team) []string {
	t.Helper()
	p, err := team.Members.Do(t.Context(), w.Door, by, team.MembersInput{ID: of})
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(p.Items))
	for i, m := range p.Items {
		names[i] = m.Email
	}
	return names
}

func TestTeamsFromTheirMakingToTheirEnd(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx, admin := t.Context(), w.A.Admin.Call(w.A)
		since := w.Now(t)
		field := create(t, w, admin, "  Field service ")
		if field.Name != "Field service" || field.Version != 1 || !id.Valid[id.Team](string(field.ID)) {
			t.Errorf("made %+v", field)
		}
		for _, name := range []string{"field SERVICE", "Field  service"} {
			if _, err := team.Create.Do(ctx, w.Door, admin, team.New{Name: name}); !errs.Is(err, "team_exists") {
				t.Errorf("%q beside it: %v", name, err)
			}
		}
		create(t, w, w.B.Admin.Call(w.B), "Field service") // another organization's is no obstacle
		put(t, w, admin, field, w.A.Admin, w.A.User)
		put(t, w, admin, field, w.A.User) // twice is once
		before := get(t, w, admin, w.A.User.User.ID)
		if !slices.Equal(before.Teams, user.Teams{field.ID}) || before.Version != w.A.User.User.Version+1 {
			t.Errorf("the member: %+v", before)
		}
		if got := members(t, w, admin, field.ID); !slices.Equal(got, []string{"admin@alpha.example", "user@alpha.example"}) {
			t.Errorf("members %v", got)
		}
		renamed, err := team.Change.Do(ctx, w.Door, admin, team.Update{ID: field.ID, Version: 1, Name: patch.To("Field"), Description: patch.To("Outside")})
		if err != nil || renamed.Version != 2 || renamed.Name != "Field" {
			t.Errorf("renamed %+v, %v", renamed, err)
		}
		if _, err := team.Change.Do(ctx, w.Door, admin, team.Update{ID: field.ID, Version: 1, Name: patch.To("Fields")}); !errs.Is(err, "version_conflict") {
			t.Errorf("on an old version: %v", err)
		}
		create(t, w, admin, "Support")
		if _, err := team.Change.Do(ctx, w.Door, admin, team.Update{ID: field.ID, Name: patch.To("SUPPORT")}); !errs.Is(err, "team_exists") {
			t.Errorf("renamed to another's name: %v", err)
		}
		if _, err := team.RemoveMember.Do(ctx, w.Door, admin, team.Membership{ID: field.ID, User: w.A.Admin.User.ID}); err != nil {
			t.Error(err)
		}
		if _, err := team.RemoveMember.Do(ctx, w.Door, admin, team.Membership{ID: field.ID, User: w.A.Admin.User.ID}); !errs.Is(err, "not_found") {
			t.Errorf("removed twice: %v", err)
		}
		if _, err := team.Delete.Do(ctx, w.Door, admin, team.Version{ID: field.ID, Version: 1}); !errs.Is(err, "version_conflict") {
			t.Errorf("deleted on an old version: %v", err)
		}
		if _, err := team.Delete.Do(ctx, w.Door, admin, team.Version{ID: field.ID, Version: 2}); err != nil {
			t.Error(err)
		}
		after := get(t, w, admin, w.A.User.User.ID)
		if len(after.Teams) != 0 || after.Version != before.Version+1 || after.State != user.Active {
			t.Errorf("a member of the deleted team: %+v", after)
		}
		want := []string{"team.created", "team.member_added", "team.member_added", "team.updated", "team.created", "team.member_removed", "team.deleted"}
		if got := apptest.Names(w.Events(t, w.A.Org.ID, since)); !slices.Equal(got, want) {
			t.Errorf("recorded %v, want %v", got, want)
		}
		if p, err := team.List.Do(ctx, w.Door, w.B.Admin.Call(w.B), team.ListInput{}); err != nil || len(p.Items) != 1 || p.Items[0].Members != 0 {
			t.Errorf("the other organization's teams: %+v, %v", p.Items, err)
		}
	})
}

func TestPeopleAreAddedByWhatTheyAreCalled(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		one := w.Person(t, w.A.Org, "Jo", "Öster", "jo@alpha.example", authz.RoleUser)
		w.Person(t, w.A.Org, "Kim", "Same", "kim1@alpha.example", authz.RoleUser)
		w.Person(t, w.A.Org, "Kim", "Same", "kim2@alpha.example", authz.RoleUser)
		to := create(t, w, admin, "T")
		put(t, w, admin, to, w.A.Admin)
		since := w.Now(t)
		got, err := team.AddMembers.Do(t.Context(), w.Door, admin, team.People{ID: to.ID, Members: []string{
			"jo  ÖSTER", "Jo <JO@alpha.example>", "Kim Same", "Kim <kim2@ALPHA.example>", "admin@alpha.example", w.B.User.User.Email, "Uma User-Beta", "", "nobody",
		}})
		if err != nil {
			t.Fatal(err)
		}
		want := []team.Outcome{team.Added, team.AlreadyMember, team.Ambiguous, team.Added, team.AlreadyMember, team.Unknown, team.Unknown, team.Unknown, team.Unknown}
		for i, r := range got.Results {
			if r.Outcome != want[i] {
				t.Errorf("%q: %s, want %s", r.Member, r.Outcome, want[i])
			}
		}
		if got.Results[0].User != one.User.ID {
			t.Errorf("the first is %s", got.Results[0].User)
		}
		if got := members(t, w, admin, to.ID); !slices.Equal(got, []string{"admin@alpha.example", "jo@alpha.example", "kim2@alpha.example"}) {
			t.Errorf("members: %v", got)
		}
		if got := apptest.Names(w.Events(t, w.A.Org.ID, since)); !slices.Equal(got, []string{"team.member_added", "team.member_added"}) {
			t.Errorf("recorded %v", got)
		}
		if _, err := team.AddMembers.Do(t.Context(), w.Door, admin, team.People{ID: to.ID, Members: make([]string, team.MaxMembers+1)}); errs.KindOf(err) != errs.KindInvalid {
			t.Errorf("too many: %v", err)
		}
		if r, err := team.AddMembers.Do(t.Context(), w.Door, admin, team.People{ID: to.ID, Members: []string{"jo@alpha.example"}}); err != nil || r.Count(team.AlreadyMember) != 1 {
			t.Errorf("nobody new: %+v, %v", r, err)
		}
	})
}

func TestTheTeamsOfAUserAreSetAtOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx, admin, u := t.Context(), w.A.Admin.Call(w.A), w.A.User.User
		made := []team.Team{create(t, w, admin, "A"), create(t, w, admin, "B"), create(t, w, admin, "C")}
		slices.SortFunc(made, func(a, b team.Team) int { return strings.Compare(string(a.ID), string(b.ID)) }) // made in one millisecond, they have any order
		a, b, c := made[0], made[1], made[2]
		theirs := create(t, w, w.B.Admin.Call(w.B), "A")
		set := func(by op.Call, title string, teams ...id.Team) (user.User, error) {
			return user.Change.Do(ctx, w.Door, by, user.Update{ID: u.ID, Teams: patch.To(user.Teams(teams)), Fields: user.Fields{Title: patch.To(title)}})
		}
		since := w.Now(t)
		got, err := set(admin, "", b.ID, a.ID, b.ID)
		if err != nil || !slices.Equal(got.Teams, user.Teams{a.ID, b.ID}) || got.Version != u.Version+1 {
			t.Fatalf("set %+v, %v", got, err)
		}
		if again, err := set(admin, "", a.ID, b.ID); err != nil || again.Version != got.Version {
			t.Errorf("the same again: %+v, %v", again, err)
		}
		if got, err = set(admin, "Lead", b.ID, c.ID); err != nil || !slices.Equal(got.Teams, user.Teams{b.ID, c.ID}) || got.Title != "Lead" {
			t.Errorf("moved %+v, %v", got, err)
		}
		want := []string{"team.member_added", "team.member_added", "team.member_added", "team.member_removed", "user.updated"}
		if got := apptest.Names(w.Events(t, w.A.Org.ID, since)); !slices.Equal(got, want) {
			t.Errorf("recorded %v, want %v", got, want)
		}
		for _, wrong := range []id.Team{theirs.ID, id.New[id.Team](time.Now()), "x"} {
			_, err := set(admin, "must not be kept", a.ID, wrong)
			e, ok := err.(*errs.Error)
			if !ok || e.Kind != errs.KindInvalid || e.Fields[0].Field != "team_ids" || e.Fields[0].Code != "unknown_team" {
				t.Errorf("%s: %v", wrong, err)
			}
		}
		if now := get(t, w, admin, u.ID); !slices.Equal(now.Teams, user.Teams{b.ID, c.ID}) || now.Title != "Lead" {
			t.Errorf("after the refusals: %+v", now)
		}
		// Whoever is deleted has left.
		for _, do := range []func() error{
			func() error { _, err := user.Deactivate.Do(ctx, w.Door, admin, user.Ref{ID: u.ID}); return err },
			func() error {
				if got := members(t, w, admin, b.ID); len(got) != 1 {
					t.Errorf("a deactivated user is in %v", got)
				}
				_, err := user.Delete.Do(ctx, w.Door, admin, user.Ref{ID: u.ID})
				return err
			},
		} {
			if err := do(); err != nil {
				t.Fatal(err)
			}
		}
		if got := members(t, w, admin, b.ID); len(got) != 0 {
			t.Errorf("the deleted user is in %v", got)
		}
		for _, e := range w.Events(t, w.A.Org.ID, since) {
			if strings.Contains(e.Changes, "team_id") {
				t.Errorf("of the deleted user remains %+v", e)
			}
		}
	})
}

func TestListsGoOnAfterAKey(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		var want []string
		for i := range 7 {
			want = append(want, create(t, w, admin, "Team "+string(rune('a'+i))).Name)
		}
		create(t, w, admin, "Søren’s")
		var got []string
		in := team.ListInput{Search: "TEAM", Paging: op.Paging{Limit: 3, Count: true}}
		for {
			p, err := team.List.Do(t.Context(), w.Door, admin, in)
			if err != nil || *p.Total != 7 {
				t.Fatalf("%+v, %v", p, err)
			}
			for _, l := range p.Items {
				got = append(got, l.Name)
			}
			if p.Next == nil {
				break
			}
			in.Cursor = *p.Next
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v", got)
		}
		if p, err := team.List.Do(t.Context(), w.Door, admin, team.ListInput{Search: "soren"}); err != nil || len(p.Items) != 1 {
			t.Errorf("%+v, %v", p, err)
		}
		in.Search = ""
		if _, err := team.List.Do(t.Context(), w.Door, admin, in); !errs.Is(err, "invalid_cursor") {
			t.Errorf("another list's cursor: %v", err)
		}
	})
}

func TestOneOfManyTeamsWithANameIsMade(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		outcome := make([]error, 6)
		var all sync.WaitGroup
		for i := range outcome {
			all.Go(func() {
				_, outcome[i] = team.Create.Do(t.Context(), w.Door, admin, team.New{Name: "Race"})
			})
		}
		all.Wait()
		made := 0
		for _, err := range outcome {
			if err == nil {
				made++
			} else if !errs.Is(err, "team_exists") {
				t.Error(err)
			}
		}
		if made != 1 {
			t.Errorf("%d were made", made)
		}
	})
}

// A team that goes while somebody comes in takes them along, or they find it gone.
func TestNobodyIsInATeamThatIsGone(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx, admin := t.Context(), w.A.Admin.Call(w.A)
		for range 5 {
			one := create(t, w, admin, "Short-lived")
			var added, deleted error
			var both sync.WaitGroup
			both.Go(func() {
				_, added = team.AddMember.Do(ctx, w.Door, admin, team.Membership{ID: one.ID, User: w.A.User.User.ID})
			})
			both.Go(func() { _, deleted = team.Delete.Do(ctx, w.Door, admin, team.Version{ID: one.ID}) })
			both.Wait()
			if deleted != nil || added != nil && !errs.Is(added, "not_found") {
				t.Errorf("added %v, deleted %v", added, deleted)
			}
			if u := get(t, w, admin, w.A.User.User.ID); len(u.Teams) != 0 {
				t.Errorf("in %v", u.Teams)
			}
		}
	})
}

func TestTeamsByTheAPI(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Client(t, keyOf(t, w, authz.TeamsManage), team.Routes, user.Routes)
		made := b.Do("POST", "/organizations/alpha/teams", `{"name": "Field", "description": "Outside"}`)
		var answer struct {
			ID      string
			Version int
		}
		if err := json.Unmarshal([]byte(made.Body), &answer); err != nil || made.Status != 201 || made.Header.Get("ETag") != `"v1"` ||
			!strings.HasSuffix(made.Header.Get("Location"), "/teams/"+answer.ID) {
			t.Fatalf("made %+v, %v", made, err)
		}
		at, uma := "/organizations/alpha/teams/"+answer.ID, string(w.A.User.User.ID)
		for _, c := range []struct {
			method, path, body string
			status             int
			has                string
		}{
			{"PUT", at + "/members/" + uma, "", 204, ""},
			{"PUT", at + "/members/" + uma, "", 204, ""},
			{"PUT", at + "/members/" + string(w.B.User.User.ID), "", 404, "not_found"},
			{"GET", at + "/members?count=true", "", 200, `"total":1`},
			{"GET", "/organizations/alpha/teams", "", 200, `"member_count":1`},
			{"POST", at + "/members", `{"members": ["admin@alpha.example", "x"]}`, 200, `"outcome":"unknown"`},
			{"DELETE", at + "/members/" + uma, "", 204, ""},
			{"DELETE", at + "/members/" + uma, "", 404, "not_found"},
			{"PATCH", at, `{"name": ""}`, 422, "required"},
			{"PATCH", at, `{"members": []}`, 422, "unknown"},
			{"POST", "/organizations/alpha/teams", `{"name": "field"}`, 409, "team_exists"},
			{"GET", "/organizations/beta/teams", "", 404, "not_found"},
			{"GET", "/organizations/alpha/users/" + uma, "", 403, "forbidden"},
			{"DELETE", at, "", 204, ""},
			{"GET", at, "", 404, "not_found"},
		} {
			if got := b.Do(c.method, c.path, c.body); got.Status != c.status || !strings.Contains(got.Body, c.has) {
				t.Errorf("%s %s %s: %+v, want %d %s", c.method, c.path, c.body, got, c.status, c.has)
			}
		}
	})
}

func TestOneOfTwoTeamsTakesAName(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		for round := range 4 {
			pair := []team.Team{create(t, w, admin, "a"+string(rune('a'+round))), create(t, w, admin, "b"+string(rune('a'+round)))}
			outcome := make([]error, 2)
			var both sync.WaitGroup
			for i, one := range pair {
				both.Go(func() {
					_, outcome[i] = team.Change.Do(t.Context(), w.Door, admin, team.Update{ID: one.ID, Name: patch.To("same" + string(rune('a'+round)))})
				})
			}
			both.Wait()
			won := 0
			for _, err := range outcome {
				if err == nil {
					won++
				} else if !errs.Is(err, "team_exists") {
					t.Error(err)
				}
			}
			if won != 1 {
				t.Errorf("%d of two have the name", won)
			}
		}
	})
}
