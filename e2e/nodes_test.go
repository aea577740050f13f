package e2e

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"roster/internal/mail/mailtest"
)

// twoNodes are two servers on one PostgreSQL, with one mail server.
func twoNodes(t *testing.T) (first, second *server) {
	t.Helper()
	at := onPostgres(t)
	post, key := mailtest.Start(t), at.operatorKey(t)
	return start(t, at, post, key), start(t, at, post, key)
}

// at is the same browser at the other node, with a copy of its cookies.
func (b *browser) at(t testing.TB, s *server) *browser {
	t.Helper()
	other := s.browser(t)
	other.jar.SetCookies(b.home(t), b.jar.Cookies(b.home(t)))
	return other
}

// together runs f so often at once.
func together(n int, f func(i int)) {
	var all sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-begin
			f(i)
		})
	}
	close(begin)
	all.Wait()
}

// Of fifty who accept one invitation at once, on two nodes, one gets in, and
// the others are told that the link was used.
func TestOneLinkIsUsedOnce(t *testing.T) {
	first, second := twoNodes(t)
	o := first.organization(t, "Acme")
	invited := first.invite(t, o, "uma@acme.example", roleUser)
	address := link(t, first.post.WaitFor(t, "uma@acme.example", 1)[0])
	const many = 50
	forms := make([]filled, many)
	for i := range forms {
		node := []*server{first, second}[i%2]
		forms[i] = node.browser(t).open(t, address).fill(t, fields{"first_name": fmt.Sprintf("Uma %d", i), "last_name": "Berg", "password": password})
	}
	before := first.tally(t)
	answers := make([]answer, many)
	together(many, func(i int) { answers[i] = forms[i].submit(t) })
	winner := -1
	for i, a := range answers {
		switch {
		case a.status == http.StatusSeeOther && winner < 0:
			winner = i
		case a.status != http.StatusGone:
			t.Errorf("number %d: %s", i, a)
		}
	}
	if winner < 0 {
		t.Fatal("nobody got in")
	}
	want := tally{
		"user invited": -1, "user active": 1, "user with a password": 1, "invitation": -1, "link invitation": -1, "link invitation used": 1,
		"session": 1, "device": 1, "event user.joined": 1,
	}
	if got := first.tally(t).since(before); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("there came\n%v, want\n%v", got, want)
	}
	for i, f := range forms {
		status := f.b.asks(t).get(t, v1+"/me").status
		if (status == http.StatusOK) != (i == winner) {
			t.Errorf("number %d, where %d won, is answered %d", i, winner, status)
		}
	}
	like(t, second.operator.get(t, o.path("users", invited.UserID)), map[string]any{"first_name": fmt.Sprintf("Uma %d", winner), "state": "active"})
}

// What is taken away on one node is gone on the other: within a second, says
// the promise; with the next request, in truth.
func TestWhatIsTakenAwayIsGoneOnTheOtherNode(t *testing.T) {
	first, second := twoNodes(t)
	o := first.organization(t, "Acme")
	ada := first.join(t, o, "ada@acme.example", roleAdmin)
	for name, take := range map[string]func(uma person, keyID string){
		"deactivated": func(uma person, _ string) {
			first.operator.post(t, o.path("users", uma.ID, "deactivate"), nil).ok(t, 200)
		},
		"signed-out": func(uma person, _ string) {
			first.operator.post(t, o.path("users", uma.ID, "sign-out"), nil).ok(t, 204)
		},
		"reset": func(uma person, _ string) {
			ada.asks(t).post(t, o.path("users", uma.ID, "reset-password"), nil).ok(t, 202)
		},
		"signed-herself": func(uma person, _ string) {
			uma.open(t, "/o/acme/profile").form(t, "/o/acme/sign-out").send(t).ok(t, 200)
		},
		"demoted": func(uma person, _ string) {
			first.operator.patch(t, o.path("users", uma.ID), map[string]any{"role_id": roleUser}).ok(t, 200)
		},
		"revoked": func(_ person, keyID string) { first.operator.delete(t, o.path("api-keys", keyID)).ok(t, 204) },
	} {
		t.Run(name, func(t *testing.T) {
			uma := first.join(t, o, name+"@acme.example", roleAdmin)
			made := into[struct{ ID, Key string }](t, uma.asks(t).post(t, o.path("api-keys"), map[string]any{"name": name, "permissions": []string{"users.view"}}).ok(t, 201))
			there := uma.at(t, second).asks(t)
			key := second.web.with("Authorization: Bearer " + made.Key)
			there.get(t, o.path("users")).ok(t, 200)
			key.get(t, o.path("users")).ok(t, 200)
			take(uma, made.ID)
			taken := time.Now()
			cookie, shown := there.get(t, o.path("users")), key.get(t, o.path("users"))
			if waited := time.Since(taken); waited > time.Second {
				t.Errorf("the answers took %s, so they prove nothing", waited)
			}
			want := map[string][2]int{
				"deactivated": {401, 401}, "signed-out": {401, 200}, "reset": {401, 200}, "signed-herself": {401, 200},
				"demoted": {403, 403}, "revoked": {200, 401},
			}[name]
			if cookie.status != want[0] || shown.status != want[1] {
				t.Errorf("the cookie gets %d and the key %d, want %v", cookie.status, shown.status, want)
			}
		})
	}
}

// However two admins take the role from each other, one of them keeps it.
func TestTwoAdminsDemoteEachOther(t *testing.T) {
	first, second := twoNodes(t)
	o := first.organization(t, "Acme")
	admins := []person{first.join(t, o, "ada@acme.example", roleAdmin), first.join(t, o, "bea@acme.example", roleAdmin)}
	clients := []client{admins[0].asks(t), admins[1].at(t, second).asks(t)}
	for round := range 15 {
		answers := make([]answer, 2)
		together(2, func(i int) {
			answers[i] = clients[i].patch(t, o.path("users", admins[1-i].ID), map[string]any{"role_id": roleUser})
		})
		won := 0
		for _, a := range answers {
			switch a.status {
			case http.StatusOK:
				won++
			case http.StatusForbidden, http.StatusConflict:
			default:
				t.Errorf("round %d: %s", round, a)
			}
		}
		if left := all[user](t, first.operator, o.path("users")+"?role_id=rol_admin&state=active", 10); won != 1 || len(left) != 1 {
			t.Fatalf("round %d: %d won, and %d admins are left", round, won, len(left))
		}
		for _, a := range admins {
			second.operator.patch(t, o.path("users", a.ID), map[string]any{"role_id": roleAdmin}).ok(t, 200)
		}
	}
	like(t, first.operator.get(t, o.path("audit-events", "verify")).ok(t, 200), map[string]any{"ok": true})
}

// The mail workers of both nodes share the outbox: each letter leaves once.
func TestTwoMailWorkersSendEachLetterOnce(t *testing.T) {
	first, second := twoNodes(t)
	const batches, size = 8, 25
	organizations := []organization{first.organization(t, "Acme"), second.organization(t, "Beta")}
	together(batches, func(i int) {
		var emails []string
		for n := range size {
			emails = append(emails, fmt.Sprintf("p%d.%d@acme.example", i, n))
		}
		node := []*server{first, second}[i%2]
		node.operator.post(t, organizations[i/2%2].path("invitations"), map[string]any{"emails": emails}).ok(t, 200)
	})
	eventually(t, 60*time.Second, "all letters are sent", func() bool {
		return first.one(t, `select count(*) from letters where state <> 'sent'`) == 0
	})
	mails := first.post.Mails()
	seen := map[string]bool{}
	for _, m := range mails {
		seen[m.To+m.Header.Get("Message-ID")] = true
	}
	if len(mails) != batches*size || len(seen) != batches*size {
		t.Errorf("%d letters arrived, %d different ones; there are %d", len(mails), len(seen), batches*size)
	}
	if n := first.one(t, `select count(*) from letters where attempts <> 1`); n != 0 {
		t.Errorf("%d letters were tried more than once", n)
	}
}

// Both nodes answer the same key with one answer.
func TestARepeatAtTheOtherNodeIsOneRequest(t *testing.T) {
	first, second := twoNodes(t)
	answers := make([]answer, 20)
	together(len(answers), func(i int) {
		node := []*server{first, second}[i%2]
		answers[i] = node.operator.post(t, v1+"/organizations", map[string]any{"name": "Acme", "admin_email": "ada@acme.example"}, "Idempotency-Key: both")
	})
	for _, a := range answers {
		if a.status != http.StatusCreated || string(a.body) != string(answers[0].body) {
			t.Errorf("one of them is answered %s", a)
		}
	}
	first.post.WaitFor(t, "ada@acme.example", 1)
	if n := len(all[organization](t, second.operator, v1+"/organizations", 10)); n != 1 {
		t.Errorf("there are %d organizations", n)
	}
}
