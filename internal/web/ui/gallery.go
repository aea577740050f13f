package ui

import (
	"slices"
	"time"

	"github.com/a-h/templ"
)

// The fixtures of the gallery. Nothing here is read by the product.

var galleryNow = time.Date(2026, 11, 22, 10, 41, 0, 0, time.UTC)

func galleryFrame() Frame {
	return Frame{
		Org: Org{Name: "Nordlys Field Service", Slug: "nordlys", Mark: "N"},
		Sections: []NavGroup{
			{"People", []NavItem{
				{Label: "Users", Href: "#users", Icon: "users", Count: "12,584", Current: true},
				{Label: "User Invitations", Href: "#invitations", Icon: "mail", Count: "41"},
				{Label: "Teams", Href: "#teams", Icon: "team"},
				{Label: "Groups", Href: "#groups", Icon: "group"},
			}},
			{"Access", []NavItem{
				{Label: "Users & subscriptions", Href: "#licenses", Icon: "ticket"},
				{Label: "Roles", Href: "#roles", Icon: "shield"},
				{Label: "Accounts", Href: "#accounts", Icon: "building"},
				{Label: "Numbers", Href: "#numbers", Icon: "hash"},
			}},
			{"Organization", []NavItem{
				{Label: "Directory", Href: "#directory", Icon: "tree"},
				{Label: "Integrations", Href: "#integrations", Icon: "plug"},
				{Label: "Audit", Href: "#audit", Icon: "list"},
				{Label: "Settings", Href: "#settings", Icon: "sliders"},
			}},
		},
		Me: Me{
			Name: "Maya Bergström", Email: "maya.bergstrom@nordlys.example", Initials: "MB", SignOut: "#sign-out",
			Links: []NavItem{
				{Label: "Profile", Href: "#profile", Icon: "person"},
				{Label: "Security", Href: "#security", Icon: "lock"},
				{Label: "Contacts", Href: "#contacts", Icon: "book"},
				{Label: "User Management", Href: "#users", Icon: "users"},
			},
		},
		Accounts: []Account{
			{Name: "Nordlys Field Service", Mark: "N", Href: "#nordlys", Current: true},
			{Name: "Hafenbau Lübeck GmbH", Mark: "H", Href: "#hafenbau"},
			{Name: "株式会社みなと計測", Mark: "株", Href: "#minato"},
		},
		AddAccount:   "#add-account",
		InviteHref:   "#invite",
		SearchAction: "#search",
		Job:          &Job{Label: "Importing users", Href: "#job", Percent: 62},
		Flash:        &Flash{Tone: Good, Text: "2 users deactivated.", Link: "Activate them again", Href: "#undo"},
	}
}

func galleryPeople() People {
	return People{
		ID: "people", Action: "#bulk", Label: "Users",
		Caption: "12,345 of 12,584 users, last changed first, 50 on this page",
		Columns: []Column{
			{Label: "User", Class: "c-user", Href: "?sort=name"},
			{Label: "State", Class: "c-state", Href: "?sort=state"},
			{Label: "Role", Class: "c-role", Href: "?sort=role"},
			{Label: "Teams", Class: "c-teams"},
			{Label: "License", Class: "c-license", Href: "?sort=license"},
			{Label: "Last seen", Class: "c-seen", Href: "?sort=-seen", Sort: "descending"},
		},
		Fields: []Pair{{"side", "organization"}},
		Bulk: &Bulk{
			All: "All 12,345 that match",
			Items: []templ.Component{
				MenuItem{Label: "Activate", Icon: "play", Disabled: "none"},
				MenuItem{Label: "Deactivate…", Icon: "off", Name: "action", Value: "deactivate", Dialog: true},
				MenuItem{Label: "Delete…", Icon: "trash", Danger: true, Name: "action", Value: "delete", Dialog: true},
				MenuRule{},
				MenuItem{Label: "Change plan or license model…", Icon: "ticket", Name: "action", Value: "plan"},
				MenuItem{Label: "Move to seat pool…", Icon: "seat", Name: "action", Value: "pool"},
			},
			More: []templ.Component{
				MenuItem{Label: "Add to teams…", Icon: "team", Name: "action", Value: "add-teams"},
				MenuItem{Label: "Remove from teams…", Icon: "minus", Name: "action", Value: "remove-teams"},
				MenuItem{Label: "Set role…", Icon: "shield", Name: "action", Value: "role"},
				MenuRule{},
				MenuItem{Label: "Send password reset…", Icon: "key", Name: "action", Value: "reset"},
				MenuItem{Label: "Remind", Icon: "mail", Name: "action", Value: "remind"},
			},
		},
		Pager: Pager{Text: "50 of 12,345, last changed first", Next: "?after=50"},
	}
}

// galleryRow is a row of the list of people, with what differs between them.
func galleryRow(id string, p Person, s State, role string, teams Fit, license Fit, seen time.Duration) PersonRow {
	p.Href = "#user-" + id
	when := When{Now: galleryNow}
	if seen > 0 {
		when.At = galleryNow.Add(-seen)
	}
	return PersonRow{
		ID: id, Person: p, Menu: "#menu-" + id,
		Cells: []Cell{
			{Class: "c-state", Label: "State", Body: s},
			{Class: "c-role", Label: "Role", Text: role},
			{Class: "c-teams", Label: "Teams", Body: teams},
			{Class: "c-license", Label: "License", Body: license},
			{Class: "c-seen", Label: "Last seen", Body: when},
		},
	}
}

func galleryRows() []PersonRow {
	const day = 24 * time.Hour
	active := State{Is: StateActive}
	standard, expert := Fit{Text: "Remote Guidance Standard"}, Fit{Text: "Remote Guidance Expert"}
	later := Fit{Text: "Remote Guidance Standard", Note: "on joining"}
	seat := Fit{Text: "Seat · Support EMEA"}
	person := func(initials, name, email string) Person {
		return Person{Avatar: Avatar{Initials: initials}, Name: name, Email: email}
	}
	return []PersonRow{
		galleryRow("1", person("AL", "Astrid Lindqvist-Öberg", "astrid.lindqvist-oberg@nordlys.example"), active, "Admin", Fit{Text: "Field service", More: 1}, expert, 4*time.Minute),
		galleryRow("2", person("NK", "Nguyễn Thị Minh Khai", "minhkhai.nguyen@nordlys.example"), active, "User", Fit{Text: "Support EMEA", More: 4}, seat, time.Second),
		galleryRow("3", Person{Avatar: Avatar{Open: true}, Name: "t.achterberg@wartung-sued.example"}, State{Is: StateInvited, Note: "expires in 3 days"}, "User", Fit{Text: "Field service"}, later, 0),
		galleryRow("4", Person{Avatar: Avatar{Initials: "山"}, Name: "山本 さくら", Lang: "ja", Email: "sakura.yamamoto@nordlys.example"}, State{Is: StateWaiting}, "User", Fit{Text: "現場サポート"}, Fit{}, 3*day),
		galleryRow("5", person("ОШ", "Олександр Шевченко-Ковальчук", "oleksandr.shevchenko@nordlys.example"), active, "Team lead", Fit{Text: "Support EMEA"}, seat, day),
		galleryRow("6", Person{Avatar: Avatar{Group: true}, Name: "Support Desk EMEA", Email: "support-desk-emea@nordlys.example"}, active, "User", Fit{Text: "Support EMEA"}, Fit{Text: "Fax Business"}, time.Hour),
		galleryRow("7", Person{Avatar: Avatar{Initials: "أ"}, Name: "أمينة بن يوسف", Lang: "ar", Email: "amina.benyoussef@nordlys.example"}, State{Is: StatePending}, "User", Fit{}, later, 0),
		galleryRow("8", person("MH", "Maximiliane von und zu Hohenlohe-Langenburg-Schillingsfürst", "maximiliane.von-und-zu-hohenlohe@nordlys.example"), active, "User", Fit{Text: "Field service"}, standard, 10*day),
		galleryRow("9", Person{Avatar: Avatar{Open: true}, Name: "zofia@kontrakt.example"}, State{Is: StateExpired}, "User", Fit{}, Fit{}, 0),
		galleryRow("10", person("CO", "Chukwuemeka Okonkwo-Adeyemi", "c.okonkwo@nordlys.example"), State{Is: StateDeactivated}, "User", Fit{Text: "Field service"}, Fit{}, 264*day),
	}
}

func galleryToolbar() Toolbar {
	return Toolbar{
		ID: "filter", Action: "#users", Target: "people", FindLabel: "Name, e-mail, phone, external id",
		Fields: []Pair{{"sort", "-seen"}},
		Filters: []Filter{
			{Name: "side", Label: "Side", Value: "Own organization", Clear: "#all-sides", Single: true, Options: []Option{
				{Value: "", Label: "Both", Count: "12,584"},
				{Value: "organization", Label: "Own organization", Count: "12,345", Selected: true},
				{Value: "delivery", Label: "Delivery accounts", Count: "239"},
			}},
			{Name: "state", Label: "State", Options: []Option{
				{Value: "active", Label: "Active", Count: "12,279"},
				{Value: "invited", Label: "Invited", Count: "41"},
				{Value: "waiting", Label: "Waiting for a license", Count: "7"},
			}},
			{Name: "role", Label: "Role", Options: []Option{{Value: "admin", Label: "Admin"}, {Value: "user", Label: "User"}}},
			{Name: "team", Label: "Team", Options: []Option{{Value: "field", Label: "Field service"}, {Value: "ja", Label: "現場サポート", Lang: "ja"}}},
		},
		Columns: &Filter{Name: "column", Label: "Columns", Options: []Option{
			{Value: "state", Label: "State", Selected: true}, {Value: "role", Label: "Role", Selected: true}, {Value: "phone", Label: "Phone"},
		}},
		Export: "#export",
	}
}

func galleryStrip() Strip {
	return Strip{Title: "Licenses", Figures: []Figure{
		{Label: "Licenses bought", Value: "12,000", Note: "in 3 plans", Href: "#bought"},
		{Label: "Used", Value: "11,912", Note: "99 % of what was bought", Href: "#used"},
		{Label: "Free", Value: "88", Note: "none of Expert"},
		{Label: "Waiting", Value: "7", Note: "for Expert, longest 3 days", Href: "#waiting", Todo: true},
		{Label: "Invited", Value: "41", Note: "5 expire within 3 days", Href: "#invited"},
		{Label: "Seats in use now", Value: "61", Of: "of 80", Note: "in 3 pools, 367 members", Href: "#seats"},
	}}
}

func galleryTabs() Tabs {
	return Tabs{Label: "Lists of users", Items: []Tab{
		{Label: "All users", Href: "#all", Count: "12,584", Current: true},
		{Label: "Named licenses", Href: "#named", Count: "11,912"},
		{Label: "Default Seat Pool", Href: "#default", Count: "143"},
		{Label: "Support EMEA pool", Href: "#emea", Count: "189"},
	}}
}

func galleryConfirm() Confirm {
	return Confirm{
		Title: "Deactivate 3 users?",
		Text:  "They are signed out within a second and cannot sign in, be called or receive messages. All their data remain, and you can activate them again.",
		Tally: []Tally{
			{OK: true, Text: "2 will be deactivated. One leaves the Support EMEA pool and the call they are in ends."},
			{Text: "1 cannot: t.achterberg@wartung-sued.example has not joined yet.", Link: "Revoke the invitation", Href: "#revoke"},
		},
		Action: "#deactivate", Fields: []Pair{{"id", "2"}, {"id", "4"}}, Verb: "Deactivate 2 users", Danger: true, Cancel: "#users",
	}
}

func galleryOutcomes() Outcomes {
	return Outcomes{
		Title: "5 of 9 invited", Note: "4 addresses need a look",
		Items: []Outcome{
			{Tone: Bad, What: "j.öster@@nordlys.example", Why: "Not an address: two @", Action: LinkButton{Label: "Correct", Href: "#emails", Small: true}},
			{Icon: "clock", What: "t.achterberg@wartung-sued.example", Why: "Invited 4 days ago by you", Action: PostButton{Action: "#remind", Button: Button{Label: "Remind", Small: true}}},
			{Icon: "person", What: "山本 さくら", Why: "sakura.yamamoto@nordlys.example is already a user", Action: LinkButton{Label: "Open", Href: "#user-4", Small: true}},
			{Tone: Caution, What: "c.okonkwo@nordlys.example", Why: "Already a user, deactivated since 3 March"},
		},
		GoodTitle: "2 invited",
		Good: []Outcome{
			{Tone: Good, What: "ingrid.solheim@nordlys.example", Why: "E-mail on its way"},
			{Tone: Good, What: "paweł.wiśniewski@nordlys.example", Why: "Delivered"},
		},
	}
}

func galleryHistory() History {
	return History{Days: []Day{
		{Label: "Yesterday", Entries: []Entry{
			{Icon: "laptop", Text: "Signed in with a passkey", Note: "17:12 · Firefox on Windows · Kraków"},
			{Icon: "shield", Who: "Maya Bergström", Text: "changed the role", Before: "User", After: "Team lead", Note: "09:40"},
		}},
		{Label: "4 October", Entries: []Entry{
			{Icon: "ticket", Who: "Support EMEA rule", Text: "assigned a license", After: "Expert", Note: "14:02"},
		}},
	}}
}

// galleryIcons are the names of all icons.
func galleryIcons() []string {
	var names []string
	for name := range symbols() {
		if name != "" {
			names = append(names, string(name))
		}
	}
	slices.Sort(names)
	return names
}

func galleryRules() []Rule {
	return []Rule{
		{Text: "At least 15 characters. A few words in a row are easy to keep in mind"},
		{Text: "Not among passwords known from leaks", Met: true},
	}
}

func galleryPeaks() Peaks {
	p := Peaks{ID: "gallery-peaks", Title: "Seats in use at the same time, 30 days", Text: "At most 24 of 24 seats, and 31 people were turned away."}
	for i, peak := range []int{14, 9, 8, 17, 18, 19, 17, 20, 11, 8, 18, 21, 22, 20, 23, 10, 9, 21, 24, 24, 22, 24, 12, 9, 22, 24, 24, 23, 24, 13} {
		p.Days = append(p.Days, PeakDay{Label: galleryNow.AddDate(0, 0, i-29).Format("2 Jan"), Peak: peak, Seats: 24})
	}
	for i, n := range map[int]int{18: 3, 19: 6, 21: 2, 25: 9, 26: 7, 28: 4} {
		p.Days[i].TurnedAway = n
	}
	return p
}
