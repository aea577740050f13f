package apikey_test

import (
	"context"
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
	"roster/internal/secret"
	"roster/internal/user"
)

// key makes a key and the call that shows it.
func key(t *testing.T, w *apptest.World, by op.Call, permissions ...authz.Permission) (apikey.Created, op.Call) {
	t.Helper()
	return made(t, by.Org)(apikey.Create.Do(t.Context(), w.Door, by, apikey.New{Name: "Payroll", Permissions: permissions}))
}

func operatorKey(t *testing.T, w *apptest.World) (apikey.Created, op.Call) {
	t.Helper()
	return made(t, "")(apikey.CreateOperatorKey.Do(t.Context(), w.Door, apptest.OperatorCall(), apikey.NewOperatorKey{Name: "Billing"}))
}

func made(t *testing.T, target string) func(apikey.Created, error) (apikey.Created, op.Call) {
	return func(k apikey.Created, err error) (apikey.Created, op.Call) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return k, show(k, target)
	}
}

// show is a request with the key, to an organization or to none.
func show(k apikey.Created, target string) op.Call {
	hash, ok := secret.HashToken(k.Secret, secret.APIKey)
	if !ok {
		panic("the secret is no key")
	}
	return op.Call{By: authz.Caller{Key: hash.Bytes(), Origin: apptest.Origin}, Org: target}
}

// sees asks for the list of users with the key.
func sees(w *apptest.World, with op.Call, u id.User) error {
	_, err := user.Get.Do(context.Background(), w.Door, with, user.Ref{ID: u})
	return err
}

func list(t *testing.T, w *apptest.World, by op.Call) []apikey.Key {
	t.Helper()
	p, err := apikey.List.Do(t.Context(), w.Door, by, op.Paging{})
	if err != nil {
		t.Fatal(err)
	}
	return p.Items
}

func TestAKeyMayWhatItWasGiven(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		k, with := key(t, w, admin, authz.UsersView)
		if !strings.HasPrefix(k.Secret, "rst_key_") || !strings.HasSuffix(k.Secret, k.Hint) || k.CreatedByName != w.A.Admin.User.Name() {
			t.Errorf("made %+v", k.Key)
		}
		if err := sees(w, with, w.A.User.User.ID); err != nil {
			t.Errorf("reading users: %v", err)
		}
		with.Org = "" // a key knows its organization
		if err := sees(w, with, w.A.User.User.ID); err != nil {
			t.Errorf("reading users of the key's own organization: %v", err)
		}
		if err := sees(w, with, w.B.User.User.ID); !errs.Is(err, "not_found") {
			t.Errorf("reading another organization's user: %v", err)
		}
		if err := sees(w, show(k, string(w.B.Org.ID)), w.B.User.User.ID); !errs.Is(err, "not_found") {
			t.Errorf("reading in another organization: %v", err)
		}
		if _, err := user.Deactivate.Do(t.Context(), w.Door, with, user.Ref{ID: w.A.User.User.ID}); !errs.Is(err, "forbidden") {
			t.Errorf("deactivating with a key that may only read: %v", err)
		}
		if _, err := org.List.Do(t.Context(), w.Door, show(k, ""), org.ListInput{}); errs.KindOf(err) != errs.KindUnauthenticated {
			t.Errorf("an organization's key on the platform: %v", err)
		}
	})
}

func TestNobodyGivesAKeyMoreThanTheyHold(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		if _, err := apikey.Create.Do(t.Context(), w.Door, w.A.User.Call(w.A), apikey.New{Name: "n", Permissions: []authz.Permission{authz.UsersView}}); !errs.Is(err, "forbidden") {
			t.Errorf("a plain user makes a key: %v", err)
		}
		admin := w.A.Admin.Call(w.A)
		strong, _ := key(t, w, admin, authz.UsersManage)
		maker, with := key(t, w, admin, authz.APIKeysManage, authz.UsersView)
		if _, err := apikey.Create.Do(t.Context(), w.Door, with, apikey.New{Name: "n", Permissions: []authz.Permission{authz.UsersView, authz.UsersManage}}); !errs.Is(err, "grant_exceeds_own") {
			t.Errorf("a key makes a stronger one: %v", err)
		}
		if _, err := apikey.Revoke.Do(t.Context(), w.Door, with, apikey.Ref{ID: strong.ID}); !errs.Is(err, "target_above_caller") {
			t.Errorf("a key revokes a stronger one: %v", err)
		}
		child, childs := key(t, w, with, authz.APIKeysManage, authz.UsersView)
		if child.CreatedBy != maker.CreatedBy || child.MadeWith != string(maker.ID) {
			t.Errorf("a key made with a key is whose? %+v", child.Key)
		}
		_, grandchilds := key(t, w, childs, authz.UsersView)
		if err := sees(w, grandchilds, w.A.User.User.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := apikey.Revoke.Do(t.Context(), w.Door, admin, apikey.Ref{ID: maker.ID}); err != nil {
			t.Fatal(err)
		}
		for name, call := range map[string]op.Call{"key": with, "child": childs, "grandchild": grandchilds} {
			if err := sees(w, call, w.A.User.User.ID); errs.KindOf(err) != errs.KindUnauthenticated {
				t.Errorf("the revoked %s: %v", name, err)
			}
		}
		if got := list(t, w, admin); len(got) != 1 || got[0].ID != strong.ID {
			t.Errorf("what is left: %+v", got)
		}
	})
}

func TestAKeyEndsWhenItShould(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		k, with := made(t, admin.Org)(apikey.Create.Do(t.Context(), w.Door, admin, apikey.New{
			Name: "A week", Permissions: []authz.Permission{authz.UsersView, authz.APIKeysManage}, ExpiresAt: w.A.Org.CreatedAt.Add(30 * time.Minute),
		}))
		child, _ := key(t, w, with, authz.UsersView)
		if !child.ExpiresAt.Equal(k.ExpiresAt) {
			t.Errorf("a key outlives the one that it was made with: %v, %v", child.ExpiresAt, k.ExpiresAt)
		}
		w.Advance(29 * time.Minute)
		if err := sees(w, with, w.A.User.User.ID); err != nil {
			t.Errorf("before its end: %v", err)
		}
		w.Advance(time.Minute)
		if err := sees(w, with, w.A.User.User.ID); errs.KindOf(err) != errs.KindUnauthenticated {
			t.Errorf("after its end: %v", err)
		}
		if got := list(t, w, admin); len(got) != 2 || got[0].State != apikey.Expired || got[1].State != apikey.Expired {
			t.Errorf("listed as %+v", got)
		}
	})
}

func TestAKeyShrinksWithItsMaker(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		ann := w.Person(t, w.A.Org, "Ann", "Second", "ann@alpha.example", authz.RoleAdmin)
		k, with := key(t, w, ann.Call(w.A), authz.UsersView)
		if _, err := user.Change.Do(t.Context(), w.Door, admin, user.Update{ID: ann.User.ID, Role: patch.To(authz.RoleUser)}); err != nil {
			t.Fatal(err)
		}
		if err := sees(w, with, w.A.User.User.ID); !errs.Is(err, "forbidden") {
			t.Errorf("after its maker's demotion: %v", err)
		}
		if got := list(t, w, admin); len(got) != 1 || !got[0].Reduced || got[0].State != apikey.Active {
			t.Errorf("listed as %+v", got)
		}
		for _, step := range []op.Command[user.Ref, user.User]{user.Deactivate, user.Activate} {
			if _, err := step.Do(t.Context(), w.Door, admin, user.Ref{ID: ann.User.ID}); err != nil {
				t.Fatal(err)
			}
			if err := sees(w, with, w.A.User.User.ID); errs.KindOf(err) != errs.KindUnauthenticated {
				t.Errorf("after %s of its maker: %v", step.Name, err)
			}
		}
		if got := list(t, w, admin); len(got) != 1 || got[0].State != apikey.Stopped || got[0].ID != k.ID {
			t.Errorf("listed as %+v", got)
		}
		for _, step := range []op.Operation{user.Deactivate, user.Delete} {
			if _, err := step.Try(t.Context(), w.Door, admin, user.Ref{ID: ann.User.ID}); err != nil {
				t.Fatal(err)
			}
		}
		if got := list(t, w, admin); len(got) != 1 || got[0].State != apikey.Stopped || got[0].CreatedByName != "" || got[0].CreatedBy != string(ann.User.ID) {
			t.Errorf("after its maker was deleted: %+v", got)
		}
	})
}

func TestKeysOfOthersDoNotExist(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		theirs, with := key(t, w, w.B.Admin.Call(w.B), authz.UsersView)
		vendors, _ := operatorKey(t, w)
		admin := w.A.Admin.Call(w.A)
		for name, which := range map[string]id.Key{"foreign": theirs.ID, "the operator's": vendors.ID, "unknown": id.New[id.Key](time.Now())} {
			_, got := apikey.Get.Do(t.Context(), w.Door, admin, apikey.Ref{ID: which})
			_, revoked := apikey.Revoke.Do(t.Context(), w.Door, admin, apikey.Ref{ID: which})
			if !errs.Is(got, "not_found") || !errs.Is(revoked, "not_found") {
				t.Errorf("%s: get %v, revoke %v", name, got, revoked)
			}
		}
		if got := list(t, w, admin); len(got) != 0 {
			t.Errorf("the list has %+v", got)
		}
		if err := sees(w, with, w.B.User.User.ID); err != nil {
			t.Errorf("the other organization's key: %v", err)
		}
		if _, err := apikey.RevokeOperatorKey.Do(t.Context(), w.Door, apptest.OperatorCall(), apikey.Ref{ID: theirs.ID}); !errs.Is(err, "not_found") {
			t.Errorf("an operator revokes an organization's key on the platform: %v", err)
		}
		for _, person := range []apptest.Person{w.A.Admin, w.A.User} {
			if _, err := apikey.ListOperatorKeys.Do(t.Context(), w.Door, person.Call(w.A), op.Paging{}); errs.KindOf(err) != errs.KindUnauthenticated {
				t.Errorf("somebody of an organization lists the operator's keys: %v", err)
			}
		}
	})
}

// events counts the events of an organization by an actor.
func events(t *testing.T, w *apptest.World, of id.Org, actor string) int {
	t.Helper()
	n, err := op.Query[op.Nothing, int]{
		Name: "test.events", Needs: authz.Everybody, Scope: authz.Public,
		Run: func(t *op.Tx, _ op.Nothing) (int, error) {
			return op.One[int](t, `-- across organizations: a test looks at all of them
				select count(*) from events where org_id = :of and actor_kind = 'operator_key' and actor_id = :actor`, op.Args{"of": string(of), "actor": actor})
		},
	}.Do(t.Context(), w.Door, op.Call{}, op.Nothing{})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTheOperatorsKeyActsInAnyOrganizationAndIsSeenThere(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		k, _ := operatorKey(t, w)
		a, b := string(w.A.Org.ID), string(w.B.Org.ID)
		if _, err := invite.Create.Do(t.Context(), w.Door, show(k, a), invite.Input{Emails: []string{"p@x.example"}}); err != nil {
			t.Fatal(err)
		}
		if inA, inB, on := events(t, w, w.A.Org.ID, string(k.ID)), events(t, w, w.B.Org.ID, string(k.ID)), events(t, w, "", string(k.ID)); inA == 0 || inB+on != 0 {
			t.Errorf("events of the key: %d in A, %d in B, %d on the platform", inA, inB, on)
		}
		if err := sees(w, show(k, b), w.B.User.User.ID); err != nil {
			t.Errorf("in B: %v", err)
		}
		if _, err := org.List.Do(t.Context(), w.Door, show(k, ""), org.ListInput{}); err != nil {
			t.Errorf("on the platform: %v", err)
		}
		if err := sees(w, show(k, ""), w.A.User.User.ID); errs.KindOf(err) == errs.KindInternal {
			t.Errorf("in no organization: %v", err)
		}

		// What it makes for an organization is the vendor's, and stays.
		_, provisioned := key(t, w, show(k, a), authz.UsersView)
		other, with := made(t, "")(apikey.CreateOperatorKey.Do(t.Context(), w.Door, show(k, ""), apikey.NewOperatorKey{Name: "Second"}))
		if other.CreatedBy != k.CreatedBy {
			t.Errorf("an operator key made with one is whose? %+v", other.Key)
		}
		if _, err := apikey.RevokeOperatorKey.Do(t.Context(), w.Door, apptest.OperatorCall(), apikey.Ref{ID: k.ID}); err != nil {
			t.Fatal(err)
		}
		if err := sees(w, provisioned, w.A.User.User.ID); err != nil {
			t.Errorf("what was made for A: %v", err)
		}
		for name, call := range map[string]op.Call{"the key": show(k, ""), "the one made with it": with} {
			if _, err := org.List.Do(t.Context(), w.Door, call, org.ListInput{}); errs.KindOf(err) != errs.KindUnauthenticated {
				t.Errorf("%s, revoked: %v", name, err)
			}
		}
	})
}

func TestTheCommandLineIssuesOperatorKeys(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		k, with := made(t, "")(apikey.IssueOperatorKey.Do(t.Context(), w.Door, op.Call{By: authz.Worker("cli")}, apikey.NewOperatorKey{Name: "Products"}))
		if _, err := org.List.Do(t.Context(), w.Door, with, org.ListInput{}); err != nil {
			t.Errorf("the key: %v", err)
		}
		p, err := apikey.ListOperatorKeys.Do(t.Context(), w.Door, with, op.Paging{})
		if err != nil || len(p.Items) != 1 || p.Items[0].ID != k.ID || p.Items[0].Reduced {
			t.Errorf("listed %+v, %v", p.Items, err)
		}
	})
}

func TestASuspendedOrganizationRefusesItsKeys(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		_, with := key(t, w, w.A.Admin.Call(w.A), authz.UsersView)
		vendors, _ := operatorKey(t, w)
		suspend(t, w, true)
		if err := sees(w, with, w.A.User.User.ID); !errs.Is(err, "organization_suspended") {
			t.Errorf("its key: %v", err)
		}
		if err := sees(w, w.A.Admin.Call(w.A), w.A.User.User.ID); !errs.Is(err, "organization_suspended") {
			t.Errorf("its admin: %v", err)
		}
		if err := sees(w, show(vendors, w.A.Org.Slug), w.A.User.User.ID); err != nil {
			t.Errorf("the operator's key: %v", err)
		}
		if err := sees(w, w.B.Admin.Call(w.B), w.B.User.User.ID); err != nil {
			t.Errorf("the other organization: %v", err)
		}
		suspend(t, w, false)
		if err := sees(w, with, w.A.User.User.ID); err != nil {
			t.Errorf("resumed, its key: %v", err)
		}
	})
}

func suspend(t *testing.T, w *apptest.World, suspended bool) {
	t.Helper()
	call := apptest.OperatorCall()
	call.Org = w.A.Org.Slug
	if _, err := org.Update.Do(t.Context(), w.Door, call, org.Change{Suspended: patch.To(suspended)}); err != nil {
		t.Fatal(err)
	}
}

func TestUseIsNotedOnceAMinute(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		_, with := key(t, w, admin, authz.UsersView)
		used := func() time.Time {
			t.Helper()
			if err := sees(w, with, w.A.User.User.ID); err != nil {
				t.Fatal(err)
			}
			return list(t, w, admin)[0].LastUsedAt
		}
		first := used()
		w.Advance(59 * time.Second)
		if again := used(); first.IsZero() || !again.Equal(first) {
			t.Errorf("noted %v, and %v within the minute", first, again)
		}
		w.Advance(time.Second)
		if later := used(); !later.After(first) {
			t.Errorf("noted %v, and a minute later %v", first, later)
		}
		if _, err := apikey.Touch.Do(t.Context(), w.Door, op.Call{}, op.Nothing{}); err != nil {
			t.Errorf("touching without a key: %v", err)
		}
	})
}

func TestKeysAreListedInPages(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		want := map[id.Key]bool{}
		for range 5 {
			k, _ := key(t, w, admin, authz.UsersView)
			want[k.ID] = true
		}
		in := op.Paging{Limit: 2, Count: true}
		for pages := 1; ; pages++ {
			p, err := apikey.List.Do(t.Context(), w.Door, admin, in)
			if err != nil || *p.Total != 5 {
				t.Fatalf("page %d: %+v, %v", pages, p, err)
			}
			for _, k := range p.Items {
				if !want[k.ID] {
					t.Errorf("%s is listed twice", k.ID)
				}
				delete(want, k.ID)
			}
			if p.Next == nil {
				break
			}
			in.Cursor = *p.Next
			if _, err := apikey.List.Do(t.Context(), w.Door, w.B.Admin.Call(w.B), in); !errs.Is(err, "invalid_cursor") {
				t.Errorf("the cursor in the other organization: %v", err)
			}
		}
		if len(want) != 0 {
			t.Errorf("%d keys are not listed", len(want))
		}
	})
}
