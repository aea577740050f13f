package demo

import (
	"fmt"
	"slices"

	"roster/internal/contact"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/team"
)

// teams forms a team of people who are there.
func (s *story) teams(m moment, by string, in team.New, members ...string) {
	s.then(m, "form "+in.Name, func(d *op.Door) error {
		call, err := s.as(d, by)
		if err != nil {
			return err
		}
		made, err := team.Create.Do(s.ctx, d, call, in)
		if err != nil || len(members) == 0 {
			return err
		}
		out, err := team.AddMembers.Do(s.ctx, d, call, team.People{ID: made.ID, Members: members})
		if err == nil && out.Count(team.Added) != len(members) {
			err = fmt.Errorf("not everybody came into the team: %+v", out.Results)
		}
		return err
	})
}

// of are the addresses of a department's people, and some more.
func of(department string, more ...string) []string {
	for _, group := range [][]person{{founder, latest}, admins, leads, fieldService, support, asia, others, newcomers, sharedAddresses} {
		for _, p := range group {
			if p.department == department && p.email != "rebecca.stone@nordlys.example" && !slices.Contains(more, p.email) {
				more = append(more, p.email)
			}
		}
	}
	return more
}

// nordlysTeams is who works with whom.
func nordlysTeams(s *story) {
	const (
		lars  = "lars.odegard@nordlys.example"
		zofia = "zofia@kontraktor.example"
	)
	act(s, on(59, 1012), maya, org.AddDomain, func() org.NewDomain { return org.NewDomain{Name: "nordlys.example"} })
	s.teams(on(14, 1034), maya, team.New{Name: "Field service", Description: "Everybody who visits customers, and who plans it."}, of(field, "dispatch@nordlys.example", maya)...)
	s.teams(on(14, 1041), siobhan, team.New{Name: "Support EMEA", Description: "The desk from Galway to Tbilisi."}, of(emea)...)
	s.teams(on(14, 1046), siobhan, team.New{Name: "Support APAC"}, of(apac, siobhan)...)
	s.teams(on(13, 915), astrid, team.New{Name: "Safety", Description: "Briefings and incidents."}, of(safety, lars, maya)...)
	s.teams(on(13, 1620), marta, team.New{Name: "Back office"}, of(finance, append(of(operations), of(it)...)...)...)
	s.teams(on(11, 1105), astrid, team.New{Name: "Gdańsk project", Description: "With the contractors on site."}, lars, marta, "lukasz.szczesny@nordlys.example", zofia)
	s.teams(on(3, 1330), marta, team.New{Name: "Night shift", Description: "Begins with the new year."})
	act(s, on(9, 1431), lars, contact.Add, func() contact.New {
		return contact.New{Name: "Crane hire Gdynia", Phone: "+48 58 500 00 00", Note: "Ask for Piotr. Two days ahead."}
	})
	act(s, on(5, 748), lars, contact.Add, func() contact.New {
		return contact.New{Name: "Harbor gate 4", Email: "gate4@hafen.example", Note: "Closed on Sundays."}
	})
}
