package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"roster/internal/mail/mailtest"
)

// workshop is where the program is built that can be made to die. TestMain
// removes it.
var workshop = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "roster-e2e") })

// crashable is the program with crash points: it dies, as by kill -9, when it
// gets to the one that ROSTER_CRASH_AT names.
var crashable = sync.OnceValues(func() (string, error) {
	dir, err := workshop()
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, "roster")
	build := exec.Command("go", "build", "-tags", "crashpoints", "-o", program, "roster/cmd/roster")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return program, nil
})

// theater is where servers die one after the other, on one database.
type theater struct {
	storage
	post *mailtest.Server
	key  string     // the operator's
	life testing.TB // no server outlives it
}

func openTheater(t testing.TB, at storage) theater {
	t.Helper()
	return theater{at, mailtest.Start(t), at.operatorKey(t), t}
}

// mortal is a server in a process of its own.
type mortal struct {
	*server
	process *process
}

// run starts a server that dies at a point; empty: at none.
func (th theater) run(t testing.TB, point string) mortal {
	t.Helper()
	program, err := crashable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, append([]string{"serve", "--listen", "127.0.0.1:0", "--public-url", publicURL,
		"--smtp", th.post.URL(), "--log-level", "error"}, th.flags()...)...)
	cmd.Env = append(os.Environ(), "ROSTER_CRASH_AT="+point)
	p, err := launch(cmd)
	if err != nil {
		t.Fatal(err)
	}
	th.life.Cleanup(func() {
		_ = p.Process.Kill() // it may be dead already
		<-p.ended
	})
	if err := p.ready(); err != nil {
		t.Fatal(err)
	}
	m := mortal{&server{storage: th.storage, url: publicURL, address: p.address(), post: th.post}, p}
	m.connect(t, th.key)
	return m
}

// died waits until the process has been killed by its crash point.
func (m mortal) died(t testing.TB) {
	t.Helper()
	select {
	case <-m.process.ended:
	case <-time.After(20 * time.Second):
		t.Fatalf("it lives on\n%s", &m.process.err)
	}
	if s := m.process.ProcessState.Sys().(syscall.WaitStatus); !s.Signaled() || s.Signal() != syscall.SIGKILL {
		t.Fatalf("it ended otherwise: %s\n%s", m.process.ProcessState, &m.process.err)
	}
}

// stop ends the process in an orderly way; it must not have logged an error.
func (m mortal) stop(t testing.TB) {
	t.Helper()
	if err := m.process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	<-m.process.ended
	if !m.process.ProcessState.Success() || m.process.err.String() != "" {
		t.Errorf("it ended with %s\n%s", m.process.ProcessState, &m.process.err)
	}
}

func (p *process) Signal(s os.Signal) error { return p.Process.Signal(s) }

// scene is something that is done by one request, to another object each time.
type scene struct {
	operation string
	// prepare makes what the request needs, for the object of the name.
	prepare func(t *testing.T, s *server, o organization, name string) any
	// ask sends the request. It is sent again after the server has come back.
	ask func(t *testing.T, s *server, o organization, name string, prepared any) (answer, error)
	// once: a repeat is answered as the first request was; else the repeat of what
	// was done is refused with that status.
	once    bool
	refused int
	to      string // the address of the letter that it sends, by name; empty: none
	letters int    // how many letters that address has by then
}

var scenes = []scene{
	{
		operation: "organization.create", once: true, to: "%s@crash.example", letters: 1,
		ask: func(_ *testing.T, s *server, _ organization, name string, _ any) (answer, error) {
			return s.operator.try("POST", v1+"/organizations", map[string]any{"name": name, "admin_email": name + "@crash.example"}, "Idempotency-Key: "+name)
		},
	},
	{
		operation: "invitation.create", once: true, to: "%s@crash.example", letters: 1,
		ask: func(_ *testing.T, s *server, o organization, name string, _ any) (answer, error) {
			return s.operator.try("POST", o.path("invitations"), map[string]any{"emails": []string{name + "@crash.example"}}, "Idempotency-Key: "+name)
		},
	},
	{
		operation: "user.add", once: true, to: "%s@crash.example", letters: 1,
		ask: func(_ *testing.T, s *server, o organization, name string, _ any) (answer, error) {
			return s.operator.try("POST", o.path("users"), map[string]any{"email": name + "@crash.example", "first_name": name, "last_name": "Berg"}, "Idempotency-Key: "+name)
		},
	},
	{
		operation: "user.put_password", once: true, to: "%s@crash.example", letters: 2,
		prepare: func(t *testing.T, s *server, o organization, name string) any {
			return s.join(t, o, name+"@crash.example", roleUser).ID
		},
		ask: func(_ *testing.T, s *server, o organization, name string, id any) (answer, error) {
			return s.operator.try("POST", o.path("users", id.(string), "set-password"), map[string]any{"password": fresh}, "Idempotency-Key: "+name)
		},
	},
	{
		operation: "enroll.join", refused: http.StatusGone,
		prepare: func(t *testing.T, s *server, o organization, name string) any {
			s.invite(t, o, name+"@crash.example", roleUser)
			return link(t, s.post.WaitFor(t, name+"@crash.example", 1)[0])
		},
		ask: func(_ *testing.T, s *server, _ organization, name string, address any) (answer, error) {
			return accept(s, address.(string), name)
		},
	},
	{
		operation: "user.reset_password", once: true, to: "%s@crash.example", letters: 2,
		prepare: func(t *testing.T, s *server, o organization, name string) any {
			return s.join(t, o, name+"@crash.example", roleUser).ID
		},
		ask: func(_ *testing.T, s *server, o organization, name string, id any) (answer, error) {
			return s.operator.try("POST", o.path("users", id.(string), "reset-password"), nil, "Idempotency-Key: "+name)
		},
	},
	{
		operation: "password.use_reset", refused: http.StatusGone, to: "%s@crash.example", letters: 3,
		prepare: func(t *testing.T, s *server, o organization, name string) any {
			p := s.join(t, o, name+"@crash.example", roleUser)
			s.operator.post(t, o.path("users", p.ID, "reset-password"), nil).ok(t, http.StatusAccepted)
			return link(t, s.post.WaitFor(t, name+"@crash.example", 2)[1])
		},
		ask: func(_ *testing.T, s *server, _ organization, _ string, address any) (answer, error) {
			return behind(s, address.(string), url.Values{"password": {fresh}})
		},
	},
}

// accept sends the form behind an invitation's link.
func accept(s *server, address, name string) (answer, error) {
	return behind(s, address, url.Values{"first_name": {name}, "last_name": {"Berg"}, "password": {password}})
}

// behind opens a link and sends a form to the page behind it, as a browser
// would, where the server may die meanwhile.
func behind(s *server, address string, form url.Values) (answer, error) {
	target, err := url.Parse(address)
	if err != nil {
		return answer{}, err
	}
	opened, err := s.web.try("GET", target.Path, nil)
	if err != nil {
		return answer{}, err
	}
	lines := []string{"Content-Type: application/x-www-form-urlencoded", "Origin: " + s.url}
	for _, c := range (&http.Response{Header: opened.header}).Cookies() {
		lines = append(lines, "Cookie: "+c.Name+"="+c.Value)
	}
	return s.web.try("POST", opened.header.Get("Location"), text(form.Encode()), lines...)
}

// Wherever an operation dies, all of it is there afterwards or nothing: what it
// changes, its events, its letters, its answer. A repeat makes it whole, once.
func TestADyingOperationIsWholeOrNothing(t *testing.T) {
	eachStorage(t, func(t *testing.T, at storage) {
		t.Parallel()
		th := openTheater(t, at)
		whole := th.run(t, "")
		o := whole.organization(t, "Crash")
		// What each of them leaves behind when nothing goes wrong.
		leaves := make([]tally, len(scenes))
		for i, sc := range scenes {
			name := fmt.Sprintf("twin%d", i)
			prepared := sc.prepared(t, whole.server, o, name)
			before := at.tally(t)
			if a, err := sc.ask(t, whole.server, o, name, prepared); err != nil || a.status >= 400 {
				t.Fatalf("%s: %v %s", sc.operation, err, a)
			}
			leaves[i] = at.tally(t).since(before)
		}
		for i, sc := range scenes {
			for _, point := range []string{"begin", "commit", "committed"} {
				t.Run(sc.operation+"/"+point, func(t *testing.T) {
					name := fmt.Sprintf("%s%d", point, i)
					whole = sc.dies(t, th, whole, o, name, point, leaves[i])
				})
			}
		}
		whole.verified(t, o)
		whole.stop(t)
	})
}

func (sc scene) prepared(t *testing.T, s *server, o organization, name string) any {
	t.Helper()
	if sc.prepare == nil {
		return nil
	}
	return sc.prepare(t, s, o, name)
}

// dies replaces a server by one that dies at the point, asks it, and then its
// successor, which it answers.
func (sc scene) dies(t *testing.T, th theater, whole mortal, o organization, name, point string, leaves tally) mortal {
	t.Helper()
	prepared := sc.prepared(t, whole.server, o, name)
	whole.stop(t)
	dying := th.run(t, sc.operation+":"+point)
	before := th.tally(t)
	if a, err := sc.ask(t, dying.server, o, name, prepared); err == nil {
		t.Fatalf("it was answered: %s", a)
	}
	dying.died(t)
	want := tally{}
	if point == "committed" {
		want = leaves
	}
	if got := th.tally(t).since(before); !maps.Equal(got, want) {
		t.Errorf("it left\n%v, want\n%v", got, want)
	}

	whole = th.run(t, "")
	first, err := sc.ask(t, whole.server, o, name, prepared)
	if err != nil {
		t.Fatal(err)
	}
	if refused := !sc.once && point == "committed"; refused != (first.status == sc.refused) || !refused && first.status >= 400 {
		t.Errorf("the repeat: %s", first)
	}
	second, err := sc.ask(t, whole.server, o, name, prepared)
	if err != nil || sc.once && (second.status != first.status || string(second.body) != string(first.body)) || !sc.once && second.status != sc.refused {
		t.Errorf("the next one: %v %s\nafter %s", err, second, first)
	}
	if got := th.tally(t).since(before); !maps.Equal(got, leaves) {
		t.Errorf("in the end there is\n%v, want\n%v", got, leaves)
	}
	if sc.to != "" {
		th.post.WaitFor(t, fmt.Sprintf(sc.to, name), sc.letters)
	}
	return whole
}

// verified fails the test unless the chains of the log hold.
func (m mortal) verified(t testing.TB, organizations ...organization) {
	t.Helper()
	paths := []string{v1 + "/audit-events/verify"}
	for _, o := range organizations {
		paths = append(paths, o.path("audit-events", "verify"))
	}
	for _, path := range paths {
		eventually(t, 10*time.Second, "all events are sealed", func() bool {
			return into[struct{ Unsealed int }](t, m.operator.get(t, path).ok(t, 200)).Unsealed == 0
		})
		like(t, m.operator.get(t, path), map[string]any{"ok": true})
	}
}

// Wherever the mail worker dies, the letter is accepted at least once, and twice
// only where nobody could know that it had been: then it is the same letter.
func TestADyingMailWorkerLosesNothing(t *testing.T) {
	points := map[string]int{ // how often the letter is accepted in the end
		"mail:claimed": 1, "mail:sent": 2, "letter.settle:begin": 2, "letter.settle:commit": 2, "letter.settle:committed": 1,
	}
	eachStorage(t, func(t *testing.T, at storage) {
		t.Parallel()
		th := openTheater(t, at)
		whole := th.run(t, "")
		o := whole.organization(t, "Crash")
		for i, point := range slices.Sorted(maps.Keys(points)) {
			t.Run(point, func(t *testing.T) {
				whole.stop(t)
				dying := th.run(t, point)
				email := fmt.Sprintf("letter%d@crash.example", i)
				// The worker may be faster than the answer.
				_, _ = dying.operator.try("POST", o.path("invitations"), map[string]any{"emails": []string{email}})
				dying.died(t)
				if n := at.one(t, `select count(*) from letters where to_address = '`+email+`'`); n != 1 {
					t.Fatalf("there are %d letters", n)
				}
				at.letClaimsRunOut(t)
				whole = th.run(t, "")
				eventually(t, 20*time.Second, "the letter counts as sent", func() bool {
					return at.one(t, `select count(*) from letters where state <> 'sent'`) == 0
				})
				mails := th.post.MailsTo(email)
				if len(mails) != points[point] {
					t.Fatalf("it was accepted %d times, want %d", len(mails), points[point])
				}
				same(t, mails)
				list := all[struct{ Email, Delivery string }](t, whole.operator, o.path("invitations")+"?q="+url.QueryEscape(email), 10)
				if len(list) != 1 || list[0].Delivery != "sent" {
					t.Errorf("the page of invitations shows %+v", list)
				}
				whole.browser(t).enroll(t, link(t, mails[0]), "Uma", "Berg").ok(t, http.StatusOK)
			})
		}
		whole.verified(t, o)
		whole.stop(t)
	})
}

// same fails the test unless all of the mails are one letter.
func same(t testing.TB, mails []mailtest.Mail) {
	t.Helper()
	for _, m := range mails {
		if got, want := m.Header.Get("Message-ID"), mails[0].Header.Get("Message-ID"); got != want || got == "" || m.Text != mails[0].Text {
			t.Errorf("a duplicate is another letter: %q, not %q", got, want)
		}
	}
}
