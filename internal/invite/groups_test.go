package invite_test

import (
	"testing"
	"time"

	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/people"
	"roster/internal/user"
)

// field makes a group of A, and answers its id and that of the default.
func field(t *testing.T, w *apptest.World, call op.Call, in group.Input) (made, home id.Group) {
	t.Helper()
	in.Name = patch.To("Field")
	g, err := group.Create.Do(t.Context(), w.Door, call, in)
	if err != nil {
		t.Fatal(err)
	}
	return g.ID, w.A.User.User.Group
}

func TestTheInvitationFormOffersGroups(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		b := w.Browser(t, invite.Pages).As(w.A.Admin, w.A)
		if form := b.Get("/o/alpha/invitations/new"); form.Has("group_id") || form.Has("As the group says") {
			t.Error("one group alone is offered")
		}
		g, home := field(t, w, admin, group.Input{Defaults: patch.To(group.DefaultsChange{Role: patch.To(authz.RoleAdmin), Language: patch.To("de")})})
		form := b.Get("/o/alpha/invitations/new")
		if !form.Has(`value="`+string(home)+`" selected`, "As the group says, else User", "As the group says, else English", "(Admin, Deutsch)") {
			t.Errorf("the form: %+v", form)
		}
		b.Post("/o/alpha/invitations", "emails", "said@x.example", "group_id", string(g), "role_id", "", "language", "")
		b.Post("/o/alpha/invitations", "emails", "chosen@x.example", "group_id", string(g), "role_id", "rol_user", "language", "fr")
		p, err := people.List.Do(t.Context(), w.Door, admin, people.ListInput{Filter: people.Filter{Groups: []id.Group{g}, Sort: "email"}})
		if err != nil || len(p.Items) != 2 {
			t.Fatalf("invited are %+v, %v", p.Items, err)
		}
		if chosen, said := p.Items[0], p.Items[1]; said.Role != authz.RoleAdmin || said.Language != "de" || chosen.Role != authz.RoleUser || chosen.Language != "fr" || said.State != user.Invited {
			t.Errorf("invited are %+v and %+v", said, chosen)
		}
		if wrong := b.Post("/o/alpha/invitations", "emails", "x@x.example", "group_id", "grp_x"); wrong.Status != 422 || !wrong.Has(`id="group_id-e"`) {
			t.Errorf("into no group: %+v", wrong)
		}
	})
}

// An invitation that has run out is sent anew with what is given then.
func TestInvitingAnewIntoAnotherGroup(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		r, err := invite.Create.Do(t.Context(), w.Door, admin, invite.Input{Emails: []string{"p@x.example"}})
		if err != nil {
			t.Fatal(err)
		}
		w.Advance(8 * 24 * time.Hour)
		admin = w.Person(t, w.A.Org, "Ann", "Again", "again@alpha.example", authz.RoleAdmin).Call(w.A)
		g, _ := field(t, w, admin, group.Input{Defaults: patch.To(group.DefaultsChange{Role: patch.To(authz.RoleAdmin), Language: patch.To("sv")})})
		if _, err := invite.Create.Do(t.Context(), w.Door, admin, invite.Input{Emails: []string{"p@x.example"}, Group: g}); err != nil {
			t.Fatal(err)
		}
		i, err := invite.Remind.Do(t.Context(), w.Door, admin, invite.Ref{ID: r.Results[0].Invitation})
		if err != nil || i.Group != g || i.Role != authz.RoleAdmin || i.Language != "sv" {
			t.Errorf("the invitation is %+v, %v", i, err)
		}
	})
}
