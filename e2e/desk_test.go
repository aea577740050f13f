package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	roster "roster/client"
)

// TestTheExampleSharesSeats runs examples/desk as three people would, in a pool of two
// seats.
func TestTheExampleSharesSeats(t *testing.T) {
	desk := filepath.Join(t.TempDir(), "desk")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", desk, "../examples/desk").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		ada := s.join(t, o, "ada@acme.example", roleAdmin)
		s.operator.post(t, v1+"/services", map[string]any{"key": "help", "name": "Help"}).ok(t, 201)
		s.operator.post(t, v1+"/services/help/plans", map[string]any{"key": "desk", "name": "Desk", "model": "seat"}).ok(t, 201)
		s.operator.post(t, o.path("subscriptions"), map[string]any{"service": "help", "plan": "desk", "quantity": 2}).ok(t, 201)
		s.operator.do(t, "PUT", o.path("users", ada.ID, "licenses", "help"), map[string]any{"plan": "desk"}).ok(t, 200)
		made := into[struct{ Key string }](t, s.operator.post(t, o.path("api-keys"), map[string]any{"name": "Desk", "permissions": []string{"users.view", "licenses.view", "seats.lease"}}).ok(t, 201))
		for _, name := range []string{"uma", "bo"} {
			s.join(t, o, name+"@acme.example", roleUser)
		}
		work := func(email, device string) (*exec.Cmd, *output, func(string)) {
			t.Helper()
			c := exec.CommandContext(t.Context(), desk, "-url", "http://"+s.address, "-org", o.Slug, "-service", "help", "-email", email, "-device", device)
			c.Env = append(os.Environ(), "ROSTER_KEY="+made.Key)
			in, err := c.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			said := &output{}
			c.Stdout, c.Stderr = said, said
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			return c, said, func(line string) { _, _ = in.Write([]byte(line + "\n")) }
		}
		waits := func(said *output, text string) {
			t.Helper()
			for end := time.Now().Add(10 * time.Second); !strings.Contains(said.String(), text); time.Sleep(10 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("it does not say %q:\n%s", text, said)
				}
			}
		}
		first, adaSaid, adaTypes := work("ada@acme.example", "Mac")
		waits(adaSaid, "you have seat 1.")
		uma, umaSaid, umaTypes := work("uma@acme.example", "Mac")
		waits(umaSaid, "you have seat 2.")
		umaTypes("call")
		waits(umaSaid, "In a call")
		bo, boSaid, _ := work("bo@acme.example", "Mac")
		if err := bo.Wait(); err == nil {
			t.Error("a third person got a seat")
		}
		if said := boSaid.String(); !strings.Contains(said, "All seats are in use. One may be free at ") || strings.Count(said, "works on Mac") != 2 {
			t.Errorf("a third person is told: %s", said)
		}
		nobody, nobodySaid, _ := work("nobody@acme.example", "Mac")
		if err := nobody.Wait(); err == nil || !strings.Contains(nobodySaid.String(), "you share no seats") {
			t.Errorf("a stranger is told: %s", nobodySaid)
		}
		adaTypes("hello")
		waits(adaSaid, "Done.")
		adaTypes("bye")
		if err := first.Wait(); err != nil {
			t.Errorf("leaving: %v\n%s", err, adaSaid)
		}
		_, boAgain, boTypes := work("bo@acme.example", "Mac")
		waits(boAgain, "you have seat 1.")
		boTypes("bye")
		waits(boAgain, "Goodbye.")
		umaTypes("bye")
		if err := uma.Wait(); err != nil {
			t.Errorf("leaving: %v\n%s", err, umaSaid)
		}

		c := roster.New("http://"+s.address, o.Slug, made.Key)
		if _, err := c.Check(t.Context(), roster.Check{User: "usr_1", Permission: "users.view"}); err == nil || !bytes.Contains([]byte(err.Error()), []byte("forbidden")) {
			t.Errorf("asking without access.check: %v", err)
		}
	})
}
