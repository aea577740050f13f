package contact

import (
	"testing"

	"roster/internal/id"
	"roster/internal/user"
)

func TestWhoMayContactWhom(t *testing.T) {
	u := func(name id.User, s user.State, teams ...id.Team) user.User {
		return user.User{ID: name, State: s, Teams: teams}
	}
	a := u("a", user.Active, "1", "2")
	for _, c := range []struct {
		name     string
		a, b     user.User
		nobody   Answer // where people in no team see nobody
		everyone Answer
	}{
		{"a common team", a, u("b", user.Active, "2", "3"), Answer{true, SharedTeam}, Answer{true, SharedTeam}},
		{"other teams", a, u("b", user.Active, "3"), Answer{false, NoSharedTeam}, Answer{false, NoSharedTeam}},
		{"no team", a, u("b", user.Active), Answer{false, NoSharedTeam}, Answer{true, Everybody}},
		{"both in none", u("c", user.Active), u("b", user.Active), Answer{false, NoSharedTeam}, Answer{true, Everybody}},
		{"deactivated", a, u("b", user.Deactivated, "1"), Answer{false, NotActive}, Answer{false, NotActive}},
		{"invited", a, u("b", user.Invited, "1"), Answer{false, NotActive}, Answer{false, NotActive}},
		{"pending, in none", a, u("b", user.Pending), Answer{false, NotActive}, Answer{false, NotActive}},
		{"waiting", a, u("b", user.Waiting, "1"), Answer{false, NotActive}, Answer{false, NotActive}},
		{"oneself", a, a, Answer{false, SameUser}, Answer{false, SameUser}},
	} {
		for _, pair := range [][2]user.User{{c.a, c.b}, {c.b, c.a}} {
			if got := decide(pair[0], pair[1], false); got != c.nobody {
				t.Errorf("%s: %+v, want %+v", c.name, got, c.nobody)
			}
			if got := decide(pair[0], pair[1], true); got != c.everyone {
				t.Errorf("%s, open: %+v, want %+v", c.name, got, c.everyone)
			}
		}
	}
}
