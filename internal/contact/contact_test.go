package contact

import (
	"testing"

	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/user"
)

func customer(u user.User) user.User {
	u.Side = authz.OfDelivery
	return u
}

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
		kin      bool // the accounts of two users of delivery accounts have to do with each other
	}{
		{"a common team", a, u("b", user.Active, "2", "3"), Answer{true, SharedTeam}, Answer{true, SharedTeam}, false},
		{"other teams", a, u("b", user.Active, "3"), Answer{false, NoSharedTeam}, Answer{false, NoSharedTeam}, false},
		{"no team", a, u("b", user.Active), Answer{false, NoSharedTeam}, Answer{true, Everybody}, false},
		{"both in none", u("c", user.Active), u("b", user.Active), Answer{false, NoSharedTeam}, Answer{true, Everybody}, false},
		{"deactivated", a, u("b", user.Deactivated, "1"), Answer{false, NotActive}, Answer{false, NotActive}, false},
		{"invited", a, u("b", user.Invited, "1"), Answer{false, NotActive}, Answer{false, NotActive}, false},
		{"pending, in none", a, u("b", user.Pending), Answer{false, NotActive}, Answer{false, NotActive}, false},
		{"waiting", a, u("b", user.Waiting, "1"), Answer{false, NotActive}, Answer{false, NotActive}, false},
		{"oneself", a, a, Answer{false, SameUser}, Answer{false, SameUser}, false},
		{"a customer in a common team", a, customer(u("b", user.Active, "2")), Answer{true, SharedTeam}, Answer{true, SharedTeam}, false},
		{"a customer in none", a, customer(u("b", user.Active)), Answer{false, NoSharedTeam}, Answer{false, NoSharedTeam}, false},
		{"two customers", customer(a), customer(u("b", user.Active, "2")), Answer{false, NoSharedTeam}, Answer{false, NoSharedTeam}, false},
		{"two of one customer", customer(a), customer(u("b", user.Active, "2")), Answer{true, SharedTeam}, Answer{true, SharedTeam}, true},
		{"two of one customer, in none", customer(u("c", user.Active)), customer(u("b", user.Active)), Answer{false, NoSharedTeam}, Answer{false, NoSharedTeam}, true},
	} {
		for _, pair := range [][2]user.User{{c.a, c.b}, {c.b, c.a}} {
			if got := decide(pair[0], pair[1], false, c.kin); got != c.nobody {
				t.Errorf("%s: %+v, want %+v", c.name, got, c.nobody)
			}
			if got := decide(pair[0], pair[1], true, c.kin); got != c.everyone {
				t.Errorf("%s, open: %+v, want %+v", c.name, got, c.everyone)
			}
		}
	}
}
