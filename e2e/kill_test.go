package e2e

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"
)

var crashRounds = flag.Int("crash.rounds", 4, "how often TestKillsAtAnyMoment kills the server, on each database")

// guest is somebody whom the killed server is asked to do something for, again
// and again until it has answered.
type guest struct {
	name string
	org  organization
	step int      // how many of the deeds below are done
	said []answer // what was answered
	link string
}

// deeds are done one after the other for each guest.
var deeds = []func(m mortal, g *guest) (answer, error){
	func(m mortal, g *guest) (answer, error) {
		return m.operator.try("POST", v1+"/organizations", map[string]any{"name": g.name, "admin_email": g.name + "@kill.example"}, "Idempotency-Key: org "+g.name)
	},
	func(m mortal, g *guest) (answer, error) {
		return m.operator.try("POST", g.org.path("invitations"), map[string]any{"emails": []string{"bo@" + g.name + ".example", "cy@" + g.name + ".example"}}, "Idempotency-Key: invite "+g.name)
	},
	func(m mortal, g *guest) (answer, error) {
		mails := m.post.MailsTo(g.name + "@kill.example")
		if len(mails) == 0 {
			return answer{}, errors.New("the letter has not arrived")
		}
		g.link = token.FindString(mails[0].Text)
		return accept(m.server, publicURL+"/invitation/"+g.link, g.name)
	},
	func(m mortal, g *guest) (answer, error) {
		return m.operator.try("PATCH", g.org.path("settings"), map[string]any{"sender_name": "Sender " + g.name})
	},
}

// next does the guest's next deed; false if nobody answered.
func (g *guest) next(t testing.TB, m mortal) bool {
	a, err := deeds[g.step](m, g)
	if err != nil {
		return false
	}
	gone := g.step == 2 && a.status == http.StatusGone // it had gone well, and nobody had heard of it
	if a.status >= 400 && !gone {
		t.Errorf("%s: %s", g.name, a)
	}
	if g.step == 0 {
		g.org = into[organization](t, a)
	}
	g.said = append(g.said, a)
	g.step++
	return true
}

// Killed at any moment, under load, the server loses nothing that it has
// acknowledged, does nothing by half and nothing twice.
func TestKillsAtAnyMoment(t *testing.T) {
	eachStorage(t, func(t *testing.T, at storage) {
		t.Parallel()
		th := openTheater(t, at)
		var guests []*guest
		for round := range *crashRounds {
			at.letClaimsRunOut(t)
			m := th.run(t, "")
			var open []*guest // those of the rounds before go on
			for _, g := range guests {
				if g.step < len(deeds) {
					open = append(open, g)
				}
			}
			for i := range 8 {
				open = append(open, &guest{name: fmt.Sprintf("guest%d-%d", round, i)})
			}
			guests = append(guests, open[len(open)-8:]...)
			kill := time.AfterFunc(time.Duration(50+rand.IntN(700))*time.Millisecond, func() { _ = m.process.Process.Kill() })
			m.serveGuests(t, open)
			kill.Stop()
			_ = m.process.Process.Kill() // if it was faster than its death
			<-m.process.ended
		}

		at.letClaimsRunOut(t)
		m := th.run(t, "")
		for _, g := range guests {
			for end := time.Now().Add(30 * time.Second); g.step < len(deeds) && time.Now().Before(end); {
				if !g.next(t, m) {
					time.Sleep(10 * time.Millisecond)
				}
			}
			if g.step < len(deeds) {
				t.Fatalf("%s does not get on", g.name)
			}
		}
		eventually(t, 60*time.Second, "all letters are sent", func() bool {
			return at.one(t, `select count(*) from letters where state <> 'sent'`) == 0
		})
		m.whole(t, guests)
		m.stop(t)
	})
}

// serveGuests does what it can for everybody at once, until the server is gone.
func (m mortal) serveGuests(t testing.TB, guests []*guest) {
	together(len(guests), func(i int) {
		for g := guests[i]; g.step < len(deeds); {
			if g.next(t, m) {
				continue
			}
			select {
			case <-m.process.ended:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
}

// whole fails the test unless each guest has got everything, once.
func (m mortal) whole(t testing.TB, guests []*guest) {
	t.Helper()
	n := len(guests)
	got := m.tally(t)
	expected := tally{
		"organization": n, "user active": n, "user invited": 2 * n, "invitation": 2 * n, "user with a password": n,
		"link invitation": 2 * n, "link invitation used": n, "letter invitation": 3 * n, "session": n, "device": n, "answer": 2 * n,
		"event organization.created": n, "event invitation.created": 3 * n, "event user.joined": n, "event settings.updated": n,
	}
	for what, want := range expected {
		if got[what] != want {
			t.Errorf("there are %d of %s, want %d", got[what], what, want)
		}
	}
	var organizations []organization
	for _, g := range guests {
		organizations = append(organizations, g.org)
		for i, deed := range deeds[:2] { // those with a key are answered as they were
			if a, err := deed(m, g); err != nil || string(a.body) != string(g.said[i].body) {
				t.Errorf("%s was told %s, and now %v %s", g.name, g.said[i], err, a)
			}
		}
		for _, to := range []string{g.name + "@kill.example", "bo@" + g.name + ".example", "cy@" + g.name + ".example"} {
			mails := m.post.MailsTo(to)
			if len(mails) == 0 || len(mails) > 1+*crashRounds {
				t.Errorf("%s has %d letters", to, len(mails))
			}
			same(t, mails)
		}
	}
	m.verified(t, organizations...)
}
