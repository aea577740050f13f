package demo

import (
	"roster/internal/authz"
	"roster/internal/invite"
	"roster/internal/org"
	"roster/internal/patch"
)

const hafenbau = "hafenbau"

var luebeck = base{"DE", "de", "Europe/Berlin"}

const henrike = "henrike.johannsen@hafenbau.example"

// tellHafenbau tells of a small customer of the same vendor. Maya of Nordlys
// helps out there, so she has an account in each.
func tellHafenbau(s *story) {
	s.begin(on(64, 840), org.New{Name: "Hafenbau Lübeck", Slug: hafenbau},
		person{"Henrike", "Johannsen", "", henrike, "Geschäftsführerin", "Leitung", luebeck, "+49 40 66969 110", on(1, 1022)})
	s.subscribes(on(64, 850), guidance, 365)
	s.subscribes(on(62, 1010), fax, 30) // they have tried it
	act(s, on(63, 912), henrike, org.UpdateSettings, func() org.SettingsChange {
		return org.SettingsChange{Language: patch.To("de"), TimeZone: patch.To("Europe/Berlin"), Color: patch.To("#b3541e")}
	})
	s.recruits(on(62, 1030), henrike, invite.Input{Role: authz.RoleAdmin, Message: "Danke, dass du uns beim Einrichten hilfst."},
		person{"Maya", "Bergström", "", maya, "Beraterin", "Extern", stockholm, "+46 70 174 06 21", ago(180)})
	s.recruits(on(60, 905), henrike, invite.Input{Message: "Moin zusammen, hier geht es los."},
		person{"Jörn", "Petersen", "", "joern.petersen@hafenbau.example", "Polier", "Bau", luebeck, "+49 171 3920081", on(2, 541)},
		person{"Katharina", "Möller-Strauß", "", "k.moeller@hafenbau.example", "Bauleiterin", "Bau", luebeck, "+49 171 3920082", ago(28)},
		person{"Emre", "Aydın", "", "emre.aydin@hafenbau.example", "Vermessung", "Planung", luebeck, "", on(3, 1210)},
		person{"Swantje", "Brügge", "", "swantje.bruegge@hafenbau.example", "Buchhaltung", "Verwaltung", luebeck, "+49 40 66969 114", on(11, 1444)},
		person{"Fiete", "Ohlsen", "", "fiete.ohlsen@hafenbau.example", "Taucher", "Bau", luebeck, "", on(36, 655)})
	s.invites(on(2, 1019), maya, invite.Input{Emails: []string{"Karim El-Sayed <karim@hafenbau.example>"}})
}
