package signin

import (
	"testing"
	"time"

	"roster/internal/user"
)

func TestEvidenceDecides(t *testing.T) {
	good := evidence{
		user:   user.User{ID: "usr_1", State: user.Active, Authentication: user.ByPassword},
		usable: true, right: true, fresh: true,
	}
	for name, c := range map[string]struct {
		change func(*evidence)
		want   reason
	}{
		"all is well":                {func(*evidence) {}, ""},
		"nobody":                     {func(e *evidence) { e.user = user.User{} }, unknown},
		"organization suspended":     {func(e *evidence) { e.suspended = true }, suspended},
		"invited":                    {func(e *evidence) { e.user.State = user.Invited }, "invited"},
		"pending":                    {func(e *evidence) { e.user.State = user.Pending }, "pending"},
		"waiting":                    {func(e *evidence) { e.user.State = user.Waiting }, "waiting"},
		"deactivated":                {func(e *evidence) { e.user.State = user.Deactivated }, "deactivated"},
		"federated":                  {func(e *evidence) { e.user.Authentication = user.Federated }, noPassword},
		"no password":                {func(e *evidence) { e.usable = false }, noPassword},
		"wrong password":             {func(e *evidence) { e.right = false }, wrongPassword},
		"changed while looked at":    {func(e *evidence) { e.fresh = false }, changed},
		"deactivated, and wrong too": {func(e *evidence) { e.user.State, e.right = user.Deactivated, false }, "deactivated"},
	} {
		e := good
		c.change(&e)
		if got := e.refusal(); got != c.want {
			t.Errorf("%s: refused as %q, want %q", name, got, c.want)
		}
	}
}

func TestSpellingsOfALogin(t *testing.T) {
	want := login{email: "user@x.test", username: "user@x.test"}
	for _, typed := range []string{"user@x.test", "User@X.test", " user@x.test\t", "ｕｓｅｒ＠ｘ．ｔｅｓｔ", "us\u200ber@x.test"} {
		if got := loginOf(typed); got != want {
			t.Errorf("%q is %+v", typed, got)
		}
	}
	for typed, want := range map[string]login{
		"user@x.test.":            {username: "user@x.test."},
		"Uma  Example":            {username: "uma example"},
		string(make([]byte, 2e3)): {},
	} {
		if got := loginOf(typed); got != want {
			t.Errorf("%.20q is %+v, want %+v", typed, got, want)
		}
	}
	u := user.User{ID: "usr_1"}
	if a, b := loginOf("user@x.test").name(u), loginOf("uma").name(u); a != b {
		t.Errorf("address and username of one account count as %s and %s", a, b)
	}
}

func TestSessionsEndByThemselves(t *testing.T) {
	start := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	set := limits{IdleMinutes: 60, MaxHours: 24}
	s := Session{CreatedAt: start, SeenAt: start, ExpiresAt: start.Add(24 * time.Hour)}
	seen := func(after time.Duration) Session {
		s := s
		s.SeenAt = start.Add(after)
		return s
	}
	for name, c := range map[string]struct {
		limits limits
		s      Session
		after  time.Duration
		want   bool
	}{
		"at once":                  {set, s, 0, false},
		"just before the idle end": {set, s, time.Hour - 1, false},
		"at the idle end":          {set, s, time.Hour, true},
		"in use":                   {set, seen(23 * time.Hour), 24*time.Hour - 1, false},
		"in use, at the very end":  {set, seen(24*time.Hour - 1), 24 * time.Hour, true},
		"limit lowered since":      {limits{60, 2}, seen(2 * time.Hour), 2 * time.Hour, true},
		"limit raised since":       {limits{60, 48}, seen(25 * time.Hour), 25 * time.Hour, true},
		"idle limit lowered since": {limits{5, 24}, s, 6 * time.Minute, true},
	} {
		if got := c.limits.over(c.s, start.Add(c.after)); got != c.want {
			t.Errorf("%s: over is %v", name, got)
		}
	}
}

func TestPlacesAreToldByTheSpellingOfTheirAddress(t *testing.T) {
	got := bySpelling([]place{{Email: "P@x", Slug: "a"}, {Email: "P@x", Slug: "b"}, {Email: "p@x", Slug: "c"}})
	if len(got) != 2 || len(got[0]) != 2 || len(got[1]) != 1 || got[1][0].Slug != "c" {
		t.Errorf("got %+v", got)
	}
	if len(bySpelling(nil)) != 0 {
		t.Error("nobody has a letter")
	}
}
