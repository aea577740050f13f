package license

import (
	"testing"

	"roster/internal/id"
	"roster/internal/service"
	"roster/internal/user"
)

func stock(key, plan string, change ...func(*Stock)) Stock {
	s := Stock{Stock: service.Stock{Plan: service.Plan{Service: key, Key: plan, Model: service.Named}, Bought: 10, Begun: true}}
	for _, f := range change {
		f(&s)
	}
	return s
}

func requires(s *Stock)     { s.LicenseRequired = true }
func soldOut(s *Stock)      { s.Held = 10 }
func overAssigned(s *Stock) { s.Held = 12 }
func ended(s *Stock)        { s.Bought = 0 }
func upcoming(s *Stock)     { s.Bought, s.Begun = 0, false }
func seats(s *Stock)        { s.Model = service.Seat }

func TestWhatIsFree(t *testing.T) {
	for name, c := range map[string]struct {
		s          Stock
		free, over int
	}{
		"all of it":             {stock("fax", "basic"), 10, 0},
		"nothing":               {stock("fax", "basic", soldOut), 0, 0},
		"less than nothing":     {stock("fax", "basic", overAssigned), 0, 2},
		"nothing is in force":   {stock("fax", "basic", soldOut, ended), 0, 10},
		"of seats":              {stock("fax", "desk", seats, soldOut), boundless, 0},
		"of seats that are not": {stock("fax", "desk", seats, ended), 0, 0},
	} {
		if free, over := c.s.Free(), c.s.Over(); free != c.free || over != c.over {
			t.Errorf("%s: %d free, %d over, want %d, %d", name, free, over, c.free, c.over)
		}
	}
}

func TestWhoHasToWait(t *testing.T) {
	held := func(key, plan string) License { return License{Service: key, Plan: plan, Held: true} }
	fax, net := stock("fax", "basic", requires), stock("net", "pro")
	for name, c := range map[string]struct {
		sh   shelf
		has  []License
		want user.State
	}{
		"nothing is sold":                {nil, nil, user.Active},
		"nothing is required":            {shelf{net}, nil, user.Active},
		"a license is required":          {shelf{fax, net}, nil, user.Waiting},
		"and held":                       {shelf{fax, net}, []License{held("fax", "basic")}, user.Active},
		"and waited for":                 {shelf{fax}, []License{{Service: "fax", Plan: "basic"}}, user.Waiting},
		"one that is not enough":         {shelf{fax, net}, []License{held("net", "pro")}, user.Waiting},
		"one of two is enough":           {shelf{fax, stock("net", "pro", requires)}, []License{held("net", "pro")}, user.Active},
		"of what is not sold any more":   {shelf{fax}, []License{held("old", "plan")}, user.Waiting},
		"its subscription has ended":     {shelf{stock("fax", "basic", requires, ended)}, []License{held("fax", "basic")}, user.Active},
		"its subscription is to come":    {shelf{stock("fax", "basic", requires, upcoming)}, nil, user.Active},
		"sold out, and over, but held":   {shelf{stock("fax", "basic", requires, overAssigned)}, []License{held("fax", "basic")}, user.Active},
		"a place in a pool is a license": {shelf{stock("fax", "desk", requires, seats)}, []License{held("fax", "desk")}, user.Active},
	} {
		if got := c.sh.state(c.has); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestWhatSomebodyIsToGet(t *testing.T) {
	one, two := shelf{stock("fax", "basic")}, shelf{stock("fax", "basic"), stock("fax", "pro")}
	u := user.User{ID: "usr_1", Group: "grp_1"}
	ofAll, ofGroup, ofOthers := Default{Service: "fax", Plan: "basic"}, Default{Group: "grp_1", Service: "fax", Plan: "pro", Pool: "pol_1"}, Default{Group: "grp_2", Service: "fax", Plan: "pro"}
	chosen := License{User: "usr_1", Service: "fax", Plan: "basic", Manual: true}
	for name, c := range map[string]struct {
		sh    shelf
		has   []License
		rules []Default
		plan  string
		pool  id.SeatPool
	}{
		"the only one":                  {one, nil, nil, "basic", ""},
		"none of two":                   {two, nil, nil, "", ""},
		"the organization's":            {two, nil, []Default{ofAll}, "basic", ""},
		"the group's before that":       {two, nil, []Default{ofAll, ofGroup}, "pro", "pol_1"},
		"not that of another group":     {two, nil, []Default{ofAll, ofOthers}, "basic", ""},
		"what was chosen before a rule": {two, []License{chosen}, []Default{ofGroup}, "basic", ""},
		"not what is not sold any more": {one, nil, []Default{ofGroup}, "basic", ""},
		"of another service":            {one, []License{{Service: "net", Plan: "x"}}, nil, "basic", ""},
		"what is only to come":          {shelf{stock("fax", "basic", upcoming)}, nil, nil, "", ""},
	} {
		got, known := c.sh.wanted(u, "fax", c.has, c.rules)
		if known != (c.plan != "") || got.Plan != c.plan || got.Pool != c.pool {
			t.Errorf("%s: %+v, %v", name, got, known)
		}
	}
}

func TestALineTellsEachFigureOnce(t *testing.T) {
	s := stock("fax", "basic", func(s *Stock) { s.Held = 9 })
	row := func(state user.State, held bool, n int) figures { return figures{Key{"fax", "basic"}, state, held, n} }
	got := s.line([]figures{
		row(user.Invited, true, 2), row(user.Pending, true, 1), row(user.Invited, false, 4), row(user.Pending, false, 1),
		row(user.Waiting, false, 3), row(user.Active, false, 2), row(user.Deactivated, false, 7), {Key{"fax", "pro"}, user.Waiting, false, 99},
	})
	if got.Assigned != 6 || got.Reserved != 3 || got.Free != 1 || got.Waiting != 5 || got.Invited != 5 || got.Over != 0 {
		t.Errorf("got %+v", got)
	}
	if got.Assigned+got.Reserved+got.Free != got.Bought {
		t.Errorf("%+v does not add up", got)
	}
}
