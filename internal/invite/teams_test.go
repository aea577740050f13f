package invite_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/apikey"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/team"
	"roster/internal/user"
)

func newTeam(t *testing.T, w *apptest.World, by op.Call, name string) id.Team {
	t.Helper()
	w.Advance(time.Millisecond) // ids of one millisecond have any order
	made, err := team.Create.Do(t.Context(), w.Door, by, team.New{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return made.ID
}

func into(t *testing.T, w *apptest.World, by op.Call, email string, teams ...id.Team) invite.Result {
	t.Helper()
	r, err := invite.Create.Do(t.Context(), w.Door, by, invite.Input{Emails: []string{email}, Teams: teams})
	if err != nil {
		t.Fatal(err)
	}
	return r.Results[0]
}

func teamsOf(t *testing.T, w *apptest.World, by op.Call, u id.User) []id.Team {
	t.Helper()
	got, err := user.Get.Do(t.Context(), w.Door, by, user.Ref{ID: u})
	if err != nil {
		t.Fatal(err)
	}
	return got.Teams
}

func TestInvitedPeopleAreInTheirTeamsFromTheStart(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		a, b := newTeam(t, w, admin, "A"), newTeam(t, w, admin, "B")
		since := w.Now(t)
		r := into(t, w, admin, "p@x.example", b, a, b)
		if got := teamsOf(t, w, admin, r.User); !slices.Equal(got, []id.Team{a, b}) {
			t.Errorf("in %v", got)
		}
		if i := list(t, w, admin)[0]; !slices.Equal(i.Teams, user.Teams{a, b}) {
			t.Errorf("the invitation: %+v", i)
		}
		if e := w.Events(t, w.A.Org.ID, since); len(e) != 1 || !strings.Contains(e[0].Changes, `"teams","before":null,"after":["A","B"]`) {
			t.Errorf("recorded %+v", e)
		}
		// A reminder keeps them; a new invitation of an expired one brings its own.
		if _, err := invite.Remind.Do(t.Context(), w.Door, admin, invite.Ref{ID: r.Invitation}); err != nil {
			t.Fatal(err)
		}
		if got := teamsOf(t, w, admin, r.User); len(got) != 2 {
			t.Errorf("after a reminder in %v", got)
		}
		if again := into(t, w, admin, "p@x.example", b); again.Outcome != invite.AlreadyInvited || len(teamsOf(t, w, admin, r.User)) != 2 {
			t.Errorf("invited while it is open: %+v", again)
		}
		w.Advance(8 * 24 * time.Hour)
		admin = w.Person(t, w.A.Org, "Ann", "Again", "again@alpha.example", authz.RoleAdmin).Call(w.A)
		if again := into(t, w, admin, "p@x.example", b); again.Outcome != invite.Invited || again.User != r.User {
			t.Errorf("invited again: %+v", again)
		}
		if got := teamsOf(t, w, admin, r.User); !slices.Equal(got, []id.Team{b}) {
			t.Errorf("after the new invitation in %v", got)
		}
		if _, err := invite.Revoke.Do(t.Context(), w.Door, admin, invite.Ref{ID: r.Invitation}); err != nil {
			t.Fatal(err)
		}
		if p, err := team.Members.Do(t.Context(), w.Door, admin, team.MembersInput{ID: b}); err != nil || len(p.Items) != 0 {
			t.Errorf("after revoking: %+v, %v", p.Items, err)
		}
	})
}

func TestNobodyIsInvitedIntoTeamsThatAreNotThere(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		theirs := newTeam(t, w, w.B.Admin.Call(w.B), "A")
		own := newTeam(t, w, admin, "A")
		k, err := apikey.Create.Do(t.Context(), w.Door, admin, apikey.New{Name: "k", Permissions: []authz.Permission{authz.InvitationsManage}})
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range []id.Team{theirs, id.New[id.Team](time.Now())} {
			_, err := invite.Create.Do(t.Context(), w.Door, admin, invite.Input{Emails: []string{"p@x.example"}, Teams: []id.Team{own, wrong}, Role: "rol_x"})
			e, ok := err.(*errs.Error)
			if !ok || len(e.Fields) != 2 || e.Fields[0].Code != "unknown_team" || e.Fields[1].Code != "unknown_role" {
				t.Errorf("%s: %v", wrong, err)
			}
		}
		// A key that invites and manages no teams is in none, so gives none.
		c := w.Client(t, k.Secret, invite.Routes)
		if got := c.Do("POST", "/organizations/alpha/invitations", `{"emails": ["p@x.example"], "team_ids": ["`+string(own)+`"]}`); got.Status != 422 || !strings.Contains(got.Body, "unknown_team") {
			t.Errorf("a key without teams.manage: %+v", got)
		}
		if got := c.Do("POST", "/organizations/alpha/invitations", `{"emails": ["p@x.example"], "team_ids": []}`); got.Status != 200 {
			t.Errorf("into none: %+v", got)
		}
		if n := len(list(t, w, admin)); n != 1 {
			t.Errorf("%d invitations", n)
		}
	})
}

func TestTheFormInvitesIntoTeams(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		b := w.Browser(t, invite.Pages).As(w.A.Admin, w.A)
		if form := b.Get("/o/alpha/invitations/new"); form.Has(`name="team_ids"`) {
			t.Error("teams are offered where there are none")
		}
		one := newTeam(t, w, admin, "One")
		newTeam(t, w, w.B.Admin.Call(w.B), "Elsewhere")
		form := b.Get("/o/alpha/invitations/new?team_id=" + string(one))
		if !regexp.MustCompile(`value="`+string(one)+`" checked`).MatchString(form.Body) || form.Has("Elsewhere") {
			t.Errorf("the form: %+v", form)
		}
		b.Post("/o/alpha/invitations", "emails", "p@x.example", "team_ids", string(one), "language", "en")
		if i := list(t, w, admin); len(i) != 1 || !slices.Equal(i[0].Teams, user.Teams{one}) {
			t.Errorf("invited %+v", i)
		}
		if wrong := b.Post("/o/alpha/invitations", "emails", "q@x.example", "team_ids", "tea_x", "language", "en"); wrong.Status != 422 || !wrong.Has(`id="team_ids-e"`) {
			t.Errorf("into an unknown one: %+v", wrong)
		}
	})
}

func TestAnInvitationSaysWhomItLetsSee(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx, admin := t.Context(), w.A.Admin.Call(w.A)
		one, two := newTeam(t, w, admin, "One"), newTeam(t, w, admin, "Two")
		for _, in := range []id.Team{one, two} {
			if _, err := team.AddMember.Do(ctx, w.Door, admin, team.Membership{ID: in, User: w.A.User.User.ID}); err != nil {
				t.Fatal(err)
			}
		}
		into(t, w, admin, "waiting@x.example", one) // is in the team, and seen by nobody
		emails := []string{"In <in@ALPHA.example>", "out@x.example", "out@x.example", "wrong@@", "in2@sub.alpha.example"}
		look := func(teams ...id.Team) invite.Reach {
			t.Helper()
			r, err := invite.Preview.Do(ctx, w.Door, admin, invite.Sample{Emails: emails, Teams: teams})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		if r := look(one, two); r.People != 1 || len(r.External) != 0 {
			t.Errorf("without domains: %+v", r)
		}
		if _, err := org.AddDomain.Do(ctx, w.Door, admin, org.NewDomain{Name: "alpha.example"}); err != nil {
			t.Fatal(err)
		}
		if r := look(); r.People != 0 || !slices.Equal(r.External, []string{"out@x.example", "in2@sub.alpha.example"}) {
			t.Errorf("without teams: %+v", r)
		}
		if _, err := org.UpdateSettings.Do(ctx, w.Door, admin, org.SettingsChange{WithoutTeams: patch.To(org.SeeEverybody)}); err != nil {
			t.Fatal(err)
		}
		if r := look(); r.People != 2 {
			t.Errorf("without teams, where these see everybody: %+v", r)
		}
		theirs := newTeam(t, w, w.B.Admin.Call(w.B), "One")
		if _, err := invite.Preview.Do(ctx, w.Door, admin, invite.Sample{Teams: []id.Team{theirs}}); errs.KindOf(err) != errs.KindInvalid {
			t.Errorf("another's team: %v", err)
		}
		if n := len(list(t, w, admin)); n != 1 {
			t.Errorf("looking ahead left %d invitations", n)
		}
		r, err := invite.Create.Do(ctx, w.Door, admin, invite.Input{Emails: emails, Teams: []id.Team{one}})
		if err != nil || r.People != 2 || r.Results[0].External || !r.Results[1].External || r.Results[3].External || !r.Results[4].External {
			t.Errorf("invited %+v, %v", r, err)
		}
	})
}

func TestTheFormLooksAhead(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx, admin := t.Context(), w.A.Admin.Call(w.A)
		one := newTeam(t, w, admin, "One")
		if _, err := team.AddMember.Do(ctx, w.Door, admin, team.Membership{ID: one, User: w.A.User.User.ID}); err != nil {
			t.Fatal(err)
		}
		if _, err := org.AddDomain.Do(ctx, w.Door, admin, org.NewDomain{Name: "alpha.example"}); err != nil {
			t.Fatal(err)
		}
		b := w.Browser(t, invite.Pages).As(w.A.Admin, w.A)
		if form := b.Get("/o/alpha/invitations/new"); !form.Has("They will see nobody", `hx-post="/o/alpha/invitations/preview"`) {
			t.Errorf("the empty form: %+v", form)
		}
		part := b.Post("/o/alpha/invitations/preview", "emails", "a@alpha.example; b@x.example", "team_ids", string(one))
		if !part.Has("Each will see 1 person, and be seen by 1.", "1 address is not in one of your domains: b@x.example") || part.Has("<html", "a@alpha.example") {
			t.Errorf("the part: %+v", part)
		}
		if none := b.Post("/o/alpha/invitations/preview", "team_ids", "tea_x"); none.Status != 200 || strings.TrimSpace(none.Body) != "" {
			t.Errorf("what cannot be said: %+v", none)
		}
		sent := b.Post("/o/alpha/invitations", "emails", "a@alpha.example; b@x.example", "team_ids", string(one), "language", "en")
		if !sent.Has("2 of 2 invited", "1 address is not in one of your domains: b@x.example") {
			t.Errorf("the outcome: %+v", sent)
		}
		if other := w.Browser(t, invite.Pages).As(w.A.User, w.A).Post("/o/alpha/invitations/preview"); other.Status != 404 {
			t.Errorf("a plain user: %+v", other)
		}
	})
}
