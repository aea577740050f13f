package group_test

import (
	"slices"
	"strings"
	"testing"

	"roster/internal/adduser"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/team"
	"roster/internal/user"
)

func form(t *testing.T, w *apptest.World, call op.Call, name string) id.Team {
	t.Helper()
	made, err := team.Create.Do(t.Context(), w.Door, call, team.New{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return made.ID
}

// giving makes a group that puts new users into some teams.
func giving(t *testing.T, w *apptest.World, call op.Call, name string, teams ...id.Team) group.Group {
	t.Helper()
	g, err := group.Create.Do(t.Context(), w.Door, call, group.Input{
		Name: patch.To(name), Defaults: patch.To(group.DefaultsChange{Teams: patch.To(teams)}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func person(email string, more adduser.Input) adduser.Input {
	more.Email = email
	more.FirstName, more.LastName = patch.To("N"), patch.To("N")
	return more
}

func TestAGroupGivesTeams(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		red, blue := form(t, w, admin, "Red"), form(t, w, admin, "Blue")
		theirs := form(t, w, w.B.Admin.Call(w.B), "Red")
		since := w.Now(t)
		g := giving(t, w, admin, "Field", blue, red, red)
		if want := slices.Sorted(slices.Values([]id.Team{red, blue})); !slices.Equal(g.Defaults.Teams, want) {
			t.Errorf("gives %v, want %v", g.Defaults.Teams, want)
		}
		if events := w.Events(t, w.A.Org.ID, since); len(events) != 1 || !strings.Contains(events[0].Changes, `{"field":"default_teams","before":null,"after":["Blue","Red"]}`) {
			t.Errorf("recorded are %+v", events)
		}
		for name, c := range map[string]struct {
			teams []id.Team
			group id.Group
			want  []id.Team
		}{
			"what the group says": {nil, g.ID, []id.Team{red, blue}},
			"others":              {[]id.Team{red}, g.ID, []id.Team{red}},
			"none":                {[]id.Team{}, g.ID, nil},
			"of the default":      {nil, "", nil},
		} {
			email := strings.ReplaceAll(name, " ", "-") + "@x.example"
			r, err := invite.Create.Do(t.Context(), w.Door, admin, invite.Input{Emails: []string{email}, Group: c.group, Teams: c.teams})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			added, err := adduser.Add.Do(t.Context(), w.Door, admin, person("a-"+email, adduser.Input{Group: c.group, Teams: c.teams}))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, u := range []id.User{r.Results[0].User, added.ID} {
				got, err := user.Get.Do(t.Context(), w.Door, admin, user.Ref{ID: u})
				if want := slices.Sorted(slices.Values(c.want)); err != nil || !slices.Equal(got.Teams, user.Teams(want)) {
					t.Errorf("%s: %s is in %v, want %v, %v", name, got.Email, got.Teams, want, err)
				}
			}
		}
		// Who is there stays as they are.
		if err := put(t, w, admin, w.A.User.User.ID, g.ID); err != nil {
			t.Fatal(err)
		}
		if u, err := user.Get.Do(t.Context(), w.Door, admin, user.Ref{ID: w.A.User.User.ID}); err != nil || len(u.Teams) != 0 {
			t.Errorf("who was put into it is in %v, %v", u.Teams, err)
		}
		for name, teams := range map[string][]id.Team{"unknown": {"tea_00000000000000000000000000"}, "another's": {theirs}, "too many": make([]id.Team, 0)} {
			for i := 0; name == "too many" && i <= group.MaxTeams; i++ {
				teams = append(teams, id.Team(strings.Repeat("t", i+1)))
			}
			_, err := group.Change.Do(t.Context(), w.Door, admin, group.Update{ID: g.ID, Input: group.Input{Defaults: patch.To(group.DefaultsChange{Teams: patch.To(teams)})}})
			if !errs.Is(err, "validation_failed") || !strings.Contains(err.Error(), "defaults.team_ids") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := team.Delete.Do(t.Context(), w.Door, admin, team.Version{ID: red}); err != nil {
			t.Fatal(err)
		}
		if now, err := group.Get.Do(t.Context(), w.Door, admin, group.Ref{ID: g.ID}); err != nil || !slices.Equal(now.Defaults.Teams, []id.Team{blue}) {
			t.Errorf("after the team went: %+v, %v", now, err)
		}
		cleared, err := group.Change.Do(t.Context(), w.Door, admin, group.Update{ID: g.ID, Input: group.Input{Defaults: patch.To(group.DefaultsChange{Teams: patch.ToNull[[]id.Team]()})}})
		if err != nil || len(cleared.Defaults.Teams) != 0 {
			t.Errorf("cleared: %+v, %v", cleared, err)
		}
		if same, err := group.Change.Do(t.Context(), w.Door, admin, group.Update{ID: g.ID, Input: group.Input{Defaults: patch.To(group.DefaultsChange{Teams: patch.To([]id.Team{})})}}); err != nil || same.Version != cleared.Version {
			t.Errorf("cleared again: %+v, %v", same, err)
		}
	})
}

// Nobody opens a view of people by a group that they could not open by hand.
func TestNobodyGivesTeamsThatTheyCannotGive(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		red := form(t, w, admin, "Red")
		g := giving(t, w, admin, "Field", red)
		lesser := keyWith(t, w, authz.GroupsManage, authz.InvitationsManage, authz.UsersManage)
		if _, err := group.Create.Do(t.Context(), w.Door, lesser, group.Input{Name: patch.To("x"), Defaults: patch.To(group.DefaultsChange{Teams: patch.To([]id.Team{red})})}); !errs.Is(err, "validation_failed") {
			t.Errorf("a group that gives it: %v", err)
		}
		if _, err := group.Change.Do(t.Context(), w.Door, lesser, group.Update{ID: g.ID, Input: group.Input{Default: patch.To(true)}}); !errs.Is(err, "validation_failed") {
			t.Errorf("everybody gets it: %v", err)
		}
		if now, err := group.Change.Do(t.Context(), w.Door, lesser, group.Update{ID: g.ID, Input: group.Input{Name: patch.To("Outside")}}); err != nil || len(now.Defaults.Teams) != 1 {
			t.Errorf("what gives nothing new: %+v, %v", now, err)
		}
		for name, err := range map[string]error{
			"invited": second(invite.Create.Do(t.Context(), w.Door, lesser, invite.Input{Emails: []string{"a@x.example"}, Group: g.ID})),
			"added":   second(adduser.Add.Do(t.Context(), w.Door, lesser, person("b@x.example", adduser.Input{Group: g.ID}))),
		} {
			if !errs.Is(err, "validation_failed") || !strings.Contains(err.Error(), "team_ids") || !strings.Contains(err.Error(), "Outside") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := len(w.Letters(t, "a@x.example")) + len(w.Letters(t, "b@x.example")); n != 0 {
			t.Errorf("%d letters all the same", n)
		}
		if _, err := invite.Create.Do(t.Context(), w.Door, lesser, invite.Input{Emails: []string{"a@x.example"}, Group: g.ID, Teams: []id.Team{}}); err != nil {
			t.Errorf("invited into none: %v", err)
		}
		if _, err := adduser.Add.Do(t.Context(), w.Door, lesser, person("b@x.example", adduser.Input{Group: g.ID, Teams: []id.Team{}})); err != nil {
			t.Errorf("added into none: %v", err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestTheTeamsOfAGroupInThePortal(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		b := w.Browser(t, group.Pages, invite.Pages, adduser.Pages).As(w.A.Admin, w.A)
		if form := b.Get("/o/alpha/groups/new"); form.Has(`name="team_ids"`) {
			t.Errorf("without teams: %+v", form)
		}
		red, blue := form(t, w, admin, "Red <b>"), form(t, w, admin, "Blue")
		if wrong := b.Post("/o/alpha/groups", "name", "", "team_ids", string(red)); wrong.Status != 422 || !wrong.Has(`value="`+string(red)+`" checked`) {
			t.Errorf("wrong: %+v", wrong)
		}
		made := b.Post("/o/alpha/groups", "name", "Field", "team_ids", string(red), "team_ids", string(blue))
		if page := b.Follow(made); !page.Has("Blue, Red &lt;b&gt;") {
			t.Errorf("made: %+v", page)
		}
		g := id.Group(strings.TrimPrefix(made.Location, "/o/alpha/groups/"))
		if list := b.Get("/o/alpha/groups"); !list.Has("2 teams") {
			t.Errorf("the list: %+v", list)
		}
		if form := b.Get("/o/alpha/invitations/new"); !form.Has("(2 teams)", `name="no_teams"`) {
			t.Errorf("the form to invite: %+v", form)
		}
		b.Post("/o/alpha/invitations", "emails", "one@x.example", "group_id", string(g), "role_id", "rol_user", "language", "en")
		b.Post("/o/alpha/invitations", "emails", "none@x.example", "group_id", string(g), "role_id", "rol_user", "language", "en", "no_teams", "on")
		who := []string{"type", "personal", "email", "nia@x.example", "first_name", "Nia", "last_name", "New", "step", "access", "entry", "activation", "role_id", "rol_user", "group_id", string(g)}
		if review := b.Post("/o/alpha/users/new", who...); !review.Has("Blue, Red &lt;b&gt;", "What you are about to add") {
			t.Errorf("the last step: %+v", review)
		}
		if review := b.Post("/o/alpha/users/new", append(who, "no_teams", "on")...); review.Has("Blue, Red") || !review.Has(`name="no_teams" value="on"`) {
			t.Errorf("the last step, with none: %+v", review)
		}
		all, err := invite.List.Do(t.Context(), w.Door, admin, invite.ListInput{})
		if err != nil || len(all.Items) != 2 {
			t.Fatalf("%+v, %v", all, err)
		}
		for _, i := range all.Items {
			if want := map[string]int{"one@x.example": 2, "none@x.example": 0}[i.Email]; len(i.Teams) != want {
				t.Errorf("%s is in %v", i.Email, i.Teams)
			}
		}
		if saved := b.Follow(b.Post(made.Location+"/edit", "version", "1", "name", "Field", "team_ids", string(blue))); !saved.Has("Saved.", "Blue") || saved.Has("Red") {
			t.Errorf("saved: %+v", saved)
		}
	})
}
