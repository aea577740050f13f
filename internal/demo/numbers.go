package demo

import (
	"roster/internal/number"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/sender"
)

// givesNext is somebody giving people the next free number each.
func (s *story) givesNext(m moment, by string, emails ...string) {
	for i, email := range emails {
		act(s, m.later(0, i), by, number.Give, func() number.Gift { return number.Gift{ID: s.users[email], Next: number.Any} })
	}
}

// nordlysNumbers is what Nordlys can be reached by, and who may fax for it.
func nordlysNumbers(s *story) {
	act(s, on(58, 1402), maya, number.Add, func() number.Input { return number.Input{Number: "+46 8 500 100 00", Kind: number.Main} })
	act(s, on(58, 1404), maya, number.Add, func() number.Input {
		return number.Input{Numbers: []string{"+46 8 500 100 01", "+46 8 500 100 02"}, Kind: number.Shared}
	})
	act(s, on(58, 1409), maya, number.Add, func() number.Input {
		return number.Input{Number: "+353 91 400 100", Kind: number.Shared, Group: s.groups[named(inSupport)]}
	})
	act(s, on(58, 1415), maya, number.Add, func() number.Input { return number.Input{From: "+46 8 500 100 10", To: "+46 8 500 100 29"} })
	act(s, on(33, 1012), siobhan, number.Add, func() number.Input {
		return number.Input{From: "+353 91 400 110", To: "+353 91 400 117", Group: s.groups[named(inSupport)]}
	})
	s.givesNext(on(33, 1002), marta, marta, "lars.odegard@nordlys.example", "lukasz.szczesny@nordlys.example")
	act(s, on(33, 1020), siobhan, number.Give, func() number.Gift { return number.Gift{ID: s.users[siobhan], Next: number.InGroup} })

	s.then(on(31, 1130), "switch on unlisted senders", func(d *op.Door) error {
		call := s.operator
		call.Org = string(s.org)
		_, err := org.Update.Do(s.ctx, d, call, org.Change{Features: patch.To(org.FeaturesChange{UnlistedSenders: patch.To(true)})})
		return err
	})
	act(s, on(30, 905), maya, sender.Put, func() sender.Input {
		return sender.Input{
			Service: "fax", Enabled: true, Domains: []string{"nordlys.example", "*.nordlys.example"},
			Addresses: []string{"scanner@copyshop.example", "yard@hafen.example"}, Blocked: []string{"noreply@nordlys.example"},
		}
	})
}
