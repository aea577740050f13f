package invite_test

import (
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
	"roster/internal/secret"
	"roster/internal/user"
)

func create(t *testing.T, w *apptest.World, call op.Call, emails ...string) invite.Results {
	t.Helper()
	r, err := invite.Create.Do(t.Context(), w.Door, call, invite.Input{Emails: emails})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func list(t *testing.T, w *apptest.World, call op.Call) []invite.Invitation {
	t.Helper()
	p, err := invite.List.Do(t.Context(), w.Door, call, invite.ListInput{})
	if err != nil {
		t.Fatal(err)
	}
	return p.Items
}

func TestEveryAddressHasItsOwnOutcome(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		create(t, w, admin, "first@x.example")
		got := create(t, w, admin,
			"Marta Kowalczyk <marta@x.example>", "MARTA@x.example", "j.öster@@x.example", w.A.User.User.Email, "first@X.example", "", "a@x.example, b@x.example",
			w.B.User.User.Email) // somebody else's user is an address like any other
		want := []invite.Outcome{invite.Invited, invite.AlreadyInvited, invite.Invalid, invite.AlreadyUser, invite.AlreadyInvited, invite.Invalid, invite.Invalid, invite.Invited}
		for i, r := range got.Results {
			if r.Outcome != want[i] {
				t.Errorf("%q: got %s (%s), want %s", r.Email, r.Outcome, r.Message, want[i])
			}
		}
		u, err := user.Get.Do(t.Context(), w.Door, admin, user.Ref{ID: got.Results[0].User})
		if err != nil {
			t.Fatal(err)
		}
		if u.FirstName != "Marta" || u.LastName != "Kowalczyk" || u.State != user.Invited || u.Role != authz.RoleUser {
			t.Errorf("invited as %+v", u)
		}
		if n := len(list(t, w, w.B.Admin.Call(w.B))); n != 0 {
			t.Errorf("the other organization has %d invitations", n)
		}
	})
}

func TestAnInvitationCanAlwaysBeSentAgain(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		first := create(t, w, admin, "p@x.example").Results[0]

		w.Advance(8 * 24 * time.Hour)
		// The admin's session is gone by then, so take a new one.
		admin = w.Person(t, w.A.Org, "Ann", "Again", "again@alpha.example", authz.RoleAdmin).Call(w.A)
		if got := list(t, w, admin); len(got) != 1 || got[0].State != invite.Expired {
			t.Fatalf("after eight days: %+v", got)
		}
		again := create(t, w, admin, "p@x.example").Results[0]
		if again.Outcome != invite.Invited || again.Invitation != first.Invitation || again.User != first.User {
			t.Errorf("inviting again after the end: %+v, at first %+v", again, first)
		}
		i, err := invite.Remind.Do(t.Context(), w.Door, admin, invite.Ref{ID: first.Invitation})
		if err != nil || i.State != invite.Open || i.Reminders != 1 || i.ID != first.Invitation {
			t.Errorf("reminded: %+v, %v", i, err)
		}
		if _, err := invite.Revoke.Do(t.Context(), w.Door, admin, invite.Ref{ID: first.Invitation}); err != nil {
			t.Fatal(err)
		}
		if _, err := user.Get.Do(t.Context(), w.Door, admin, user.Ref{ID: first.User}); errs.KindOf(err) != errs.KindNotFound {
			t.Errorf("after revoking, the user is %v", err)
		}
		if r := create(t, w, admin, "p@x.example").Results[0]; r.Outcome != invite.Invited || r.User == first.User {
			t.Errorf("inviting again after revoking: %+v", r)
		}
	})
}

func TestInvitationsOfOthersDoNotExist(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		theirs := create(t, w, w.B.Admin.Call(w.B), "p@x.example").Results[0].Invitation
		unknown := id.New[id.Invitation](time.Now())
		for _, call := range []op.Call{w.A.Admin.Call(w.A)} {
			for _, which := range []id.Invitation{theirs, unknown} {
				_, revoked := invite.Revoke.Do(t.Context(), w.Door, call, invite.Ref{ID: which})
				_, reminded := invite.Remind.Do(t.Context(), w.Door, call, invite.Ref{ID: which})
				if !errs.Is(revoked, "not_found") || !errs.Is(reminded, "not_found") {
					t.Errorf("%s: revoke %v, remind %v", which, revoked, reminded)
				}
			}
		}
		if _, err := invite.Create.Do(t.Context(), w.Door, w.A.Admin.CallIn(w.B.Org.ID, w.A), invite.Input{Emails: []string{"q@x.example"}}); errs.KindOf(err) != errs.KindUnauthenticated {
			t.Errorf("inviting into another organization: %v", err)
		}
		if _, err := invite.Create.Do(t.Context(), w.Door, w.A.User.Call(w.A), invite.Input{Emails: []string{"q@x.example"}}); !errs.Is(err, "forbidden") {
			t.Errorf("a plain user invites: %v", err)
		}
		if got := list(t, w, w.B.Admin.Call(w.B)); len(got) != 1 || got[0].Reminders != 0 {
			t.Errorf("the other organization's invitations changed: %+v", got)
		}
	})
}

// Writing an address in another way is no way around the limit.
func TestOneMailboxIsNotFloodedUnderManySpellings(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin, left := w.A.Admin.Call(w.A), 0
		for _, spelling := range []string{"p@x.example", "P@x.example", "p@X.example", "P@X.example", "p@x.EXAMPLE"} {
			r := create(t, w, admin, spelling).Results[0]
			if r.Outcome != invite.Invited {
				t.Fatalf("%s: %+v", spelling, r)
			}
			for _, l := range w.Due(t) {
				if l == spelling {
					left++
				}
			}
			if _, err := invite.Revoke.Do(t.Context(), w.Door, admin, invite.Ref{ID: r.Invitation}); err != nil {
				t.Fatal(err)
			}
		}
		if left != 3 {
			t.Errorf("%d e-mails could leave within a day", left)
		}
	})
}

// Who may invite, and may not see users, does not find out who is one by name.
func TestOutcomesNameNobodyWhoMayNotBeSeen(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		made, err := apikey.Create.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), apikey.New{Name: "inviter", Permissions: []authz.Permission{authz.InvitationsManage}})
		if err != nil {
			t.Fatal(err)
		}
		hash, _ := secret.HashToken(made.Secret, secret.APIKey)
		key := op.Call{By: authz.Caller{Key: hash.Bytes(), Origin: apptest.Origin}, Org: string(w.A.Org.ID)}
		r := create(t, w, key, w.A.User.User.Email).Results[0]
		if r.Outcome != invite.AlreadyUser || r.User != "" || strings.Contains(r.Message, "Uma") {
			t.Errorf("%+v", r)
		}
	})
}
