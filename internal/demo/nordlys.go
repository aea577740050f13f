package demo

import (
	"roster/internal/apikey"
	"roster/internal/authz"
	"roster/internal/group"
	"roster/internal/invite"
	"roster/internal/license"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/self"
	"roster/internal/signin"
	"roster/internal/user"
	"roster/internal/wording"
)

const nordlys = "nordlys"

// The admins.
const (
	maya    = "maya.bergstrom@nordlys.example"
	astrid  = "astrid.lindqvist@nordlys.example"
	siobhan = "siobhan@nordlys.example"
	marta   = "marta.kowalczyk@nordlys.example"
)

// Where Nordlys has people.
var (
	stockholm = base{"SE", "sv", "Europe/Stockholm"}
	oslo      = base{"NO", "en", "Europe/Oslo"}
	espoo     = base{"FI", "en", "Europe/Helsinki"}
	aarhus    = base{"DK", "en", "Europe/Copenhagen"}
	akureyri  = base{"IS", "en", "Atlantic/Reykjavik"}
	hamburg   = base{"DE", "de", "Europe/Berlin"}
	lyon      = base{"FR", "fr", "Europe/Paris"}
	bilbao    = base{"ES", "es", "Europe/Madrid"}
	galway    = base{"IE", "en", "Europe/Dublin"}
	leeds     = base{"GB", "en", "Europe/London"}
	gdansk    = base{"PL", "en", "Europe/Warsaw"}
	brno      = base{"CZ", "en", "Europe/Prague"}
	kyiv      = base{"UA", "en", "Europe/Kyiv"}
	athens    = base{"GR", "en", "Europe/Athens"}
	izmir     = base{"TR", "en", "Europe/Istanbul"}
	haifa     = base{"IL", "en", "Asia/Jerusalem"}
	tunis     = base{"TN", "fr", "Africa/Tunis"}
	nairobi   = base{"KE", "en", "Africa/Nairobi"}
	lagos     = base{"NG", "en", "Africa/Lagos"}
	pune      = base{"IN", "en", "Asia/Kolkata"}
	hanoi     = base{"VN", "en", "Asia/Ho_Chi_Minh"}
	bangkok   = base{"TH", "en", "Asia/Bangkok"}
	osaka     = base{"JP", "en", "Asia/Tokyo"}
	busan     = base{"KR", "en", "Asia/Seoul"}
	xiamen    = base{"CN", "en", "Asia/Shanghai"}
	tbilisi   = base{"GE", "en", "Asia/Tbilisi"}
	recife    = base{"BR", "en", "America/Recife"}
	boston    = base{"US", "en", "America/New_York"}
)

// Departments.
const (
	field      = "Field Service"
	emea       = "Support EMEA"
	apac       = "Support APAC"
	safety     = "Safety"
	finance    = "Finance"
	operations = "Operations"
	it         = "IT"
	training   = "Training"
)

// Telephone numbers are from the ranges that regulators keep free for films.

var founder = person{"Maya", "Bergström", "", maya, "Head of Operations", operations, stockholm, "+46 70 174 06 21", ago(11)}

var admins = []person{
	{"Astrid", "Lindqvist-Öberg", "", astrid, "IT Manager", it, stockholm, "+46 70 174 06 12", ago(4)},
	{"Siobhán", "Ní Dhomhnaill", "", siobhan, "Support Lead", emea, galway, "+353 20 915 0042", ago(6)},
}

var leads = []person{
	{"Marta", "Kowalczyk", "", marta, "People Partner", operations, gdansk, "", ago(52)},
	{"Lars", "Ødegård", "", "lars.odegard@nordlys.example", "Field Engineer", field, oslo, "+46 70 174 06 33", ago(95)},
	{"Maximiliane", "von und zu Hohenlohe-Langenburg", "", "m.hohenlohe@nordlys.example", "Regional Director", field, hamburg, "+49 171 3920017", on(10, 1512)},
	{"अनन्या", "कृष्णमूर्ति", "", "ananya.k@nordlys.example", "Controller", finance, pune, "", ago(130)},
	{"Олександр", "Шевченко-Ковальчук", "", "o.shevchenko@nordlys.example", "Team Lead", emea, kyiv, "", on(1, 1640)},
	{"Wanjirũ", "Kamau", "", "wanjiru.kamau@nordlys.example", "Safety Manager", safety, nairobi, "", on(1, 905)},
	{"Jean-Baptiste", "Lefèvre", "", "jb.lefevre@nordlys.example", "Team Lead", field, lyon, "+33 6 39 98 12 34", on(2, 1420)},
	{"Gudrun", "Þorvaldsdóttir", "", "gudrun@nordlys.example", "Training Coordinator", training, akureyri, "", on(4, 1133)},
}

var fieldService = []person{
	{"Παναγιώτης", "Παπαδόπουλος", "", "p.papadopoulos@nordlys.example", "Field Engineer", field, athens, "", on(13, 717)},
	{"José María", "Fernández-Cuesta Álvarez", "", "jm.fernandez@nordlys.example", "Field Engineer", field, bilbao, "", ago(210)},
	{"Matti", "Mäkelä", "", "matti.makela@nordlys.example", "Field Engineer", field, espoo, "", on(3, 612)},
	{"Chukwuemeka", "Okonkwo-Adeyemi", "", "c.okonkwo@nordlys.example", "Field Engineer", field, lagos, "", on(160, 1045)},
	{"Zoë", "van der Meer", "", "zoe.vandermeer@nordlys.example", "Field Engineer", field, aarhus, "", on(5, 1258)},
	{"Jiří", "Dvořák", "", "jiri.dvorak@nordlys.example", "Technician", field, brno, "", on(38, 830)},
	{"Ana Lúcia", "Gonçalves da Silva", "", "ana.goncalves@nordlys.example", "Field Engineer", field, recife, "", ago(37)},
	{"Bo", "Ek", "", "bo.ek@nordlys.example", "Technician", field, stockholm, "+46 70 174 06 48", on(1, 558)},
	{"Hendrik", "Achterberg", "", "h.achterberg@nordlys.example", "Technician", field, hamburg, "+49 171 3920044", on(101, 1310)},
}

// support has one who has left for good since.
var support = []person{
	{"Ayşe", "Yıldırım", "", "ayse.yildirim@nordlys.example", "Support Engineer", emea, izmir, "", ago(19)},
	{"דניאל", "כהן", "", "daniel.cohen@nordlys.example", "Safety Advisor", safety, haifa, "", on(25, 1418)},
	{"Declan", "O’Brien", "", "declan.obrien@nordlys.example", "Support Engineer", emea, galway, "+353 20 915 0017", on(1, 1205)},
	{"Gwendolyn", "ap Rhys", "", "gwendolyn@nordlys.example", "Support Engineer", emea, leeds, "+44 7700 900142", on(66, 1009)},
	{"Łukasz", "Szczęsny", "", "lukasz.szczesny@nordlys.example", "Support Engineer", emea, gdansk, "", ago(310)},
	{"თამარ", "გელაშვილი", "", "tamar.g@nordlys.example", "Support Engineer", emea, tbilisi, "", on(2, 1550)},
	{"Ngozi", "Eze", "", "ngozi.eze@nordlys.example", "Knowledge Editor", training, lagos, "", on(8, 931)},
	{"Iain", "MacGillivray", "", "iain@nordlys.example", "Support Engineer", emea, leeds, "+44 7700 900199", on(128, 1622)},
	{"Rebecca", "Stone", "", "rebecca.stone@nordlys.example", "Support Engineer", emea, leeds, "", never},
}

var asia = []person{
	{"Thị Minh Khai", "Nguyễn", "Nguyễn Thị Minh Khai", "minh.khai@nordlys.example", "Support Engineer", apac, hanoi, "", ago(2)},
	{"서연", "김", "김서연", "seoyeon.kim@nordlys.example", "Support Engineer", apac, busan, "", on(27, 214)},
	{"小明", "王", "王小明", "xiaoming.wang@nordlys.example", "Field Engineer", field, xiamen, "", on(1, 703)},
	{"ณัฐพล", "ศรีสุวรรณ", "", "nattapon@nordlys.example", "Technician", field, bangkok, "", on(6, 425)},
	{"Priya", "Raghunathan", "", "priya@nordlys.example", "Support Lead", apac, pune, "", ago(64)},
	{"健", "佐藤", "佐藤 健", "ken.sato@nordlys.example", "Field Engineer", field, osaka, "", on(49, 133)},
}

var others = []person{
	{"Kalea", "Kahananui", "", "kalea@nordlys.example", "Account Manager", finance, boston, "+1 202 555 0143", on(3, 1911)},
	{"Márton", "Szabó", "", "marton.szabo@nordlys.example", "Payroll Specialist", finance, brno, "", on(17, 848)},
	{"Ilse", "Bäcker", "", "ilse.baecker@nordlys.example", "Dispatcher", operations, hamburg, "+49 171 3920068", ago(33)},
	{"Thandiwe", "Mokoena", "", "thandiwe@nordlys.example", "Safety Advisor", safety, nairobi, "", never},
}

var newcomers = []person{
	{"Amélie", "Ó Súilleabháin-Duchesne", "", "amelie@nordlys.example", "Trainer", training, lyon, "+33 6 39 98 56 78", on(9, 1337)},
	{"Bjørn", "Åse", "", "bjorn.ase@nordlys.example", "Technician", field, oslo, "", never},
	{"Rasmus", "Thorsen", "", "rasmus.thorsen@nordlys.example", "Technician", field, aarhus, "", on(30, 1215)},
}

var latest = person{"Ирина", "Мельник", "", "iryna.melnyk@nordlys.example", "Support Engineer", emea, kyiv, "", ago(270)}

var sharedAddresses = []person{
	{"", "", "Support Desk EMEA", "support.emea@nordlys.example", "", emea, galway, "+353 20 915 0100", ago(71)},
	{"", "", "Dispatch Nordics", "dispatch@nordlys.example", "", operations, stockholm, "+46 8 465 004 20", on(1, 615)},
}

var awaitingActivation = []person{
	{"أمينة", "بن يوسف", "", "amina.benyoussef@nordlys.example", "Support Engineer", emea, tunis, "", never},
	{"Harper", "Quinn", "", "harper.quinn@nordlys.example", "Account Manager", finance, boston, "+1 202 555 0118", never},
}

var withoutLicense = []person{
	{"さくら", "山本", "山本 さくら", "sakura.yamamoto@nordlys.example", "Field Engineer", field, osaka, "", never},
	{"Tomasz", "Wiśniewski", "", "tomasz.w@nordlys.example", "Technician", field, gdansk, "", never},
}

func tellNordlys(s *story) {
	s.begin(on(214, 910), org.New{Name: "Nordlys Field Service", Slug: nordlys}, founder)
	act(s, on(213, 1005), maya, org.UpdateSettings, func() org.SettingsChange {
		return org.SettingsChange{TimeZone: patch.To("Europe/Stockholm"), ReplyTo: patch.To("people@nordlys.example")}
	})
	s.buys(on(214, 925), guidance, "standard", 60, 0)
	s.buys(on(170, 1010), guidance, "expert", 4, 365)
	act(s, on(170, 1022), maya, license.SetDefault, func() license.Choice { return license.Choice{Service: guidance, Plan: "standard"} })
	for i, email := range []string{siobhan, "declan.obrien@nordlys.example", "ngozi.eze@nordlys.example"} {
		act(s, on(40, 1010+i), maya, license.Assign, func() license.Assignment {
			return license.Assignment{User: s.users[email], Service: guidance, Plan: "expert"}
		})
	}
	s.subscribes(on(150, 1115), fax, 730)
	s.subscribes(on(2, 1320), network, 365)
	nordlysIsDivided(s)
	nordlysGrows(s)
	nordlysChanges(s)
	nordlysInvites(s)
	nordlysTeams(s)
	nordlysAccess(s)
	nordlysFields(s)
	nordlysFaces(s)
	nordlysNumbers(s)
	nordlysSeats(s)
}

// The groups of Nordlys, beside the default one.
const (
	inField   = "Field service"
	inSupport = "Support"
	asGuest   = "Contractors"
)

// nordlysIsDivided is how the groups came to be.
func nordlysIsDivided(s *story) {
	s.makes(on(210, 1120), maya, group.Input{
		Name: patch.To(inField), Settings: patch.To(map[string]string{"cost_center": "4100", "fax_profile": "photo", "offline_maps": "on"}),
	})
	s.makes(on(210, 1124), maya, group.Input{
		Name: patch.To(inSupport), Defaults: patch.To(group.DefaultsChange{Language: patch.To("en")}),
		Settings: patch.To(map[string]string{"cost_center": "4200", "fax_profile": "fine"}),
	})
	s.makes(on(34, 1640), astrid, group.Input{
		Name: patch.To(asGuest), Defaults: patch.To(group.DefaultsChange{Role: patch.To(authz.RoleUser)}),
		Settings: patch.To(map[string]string{"cost_center": "9000"}),
	})
	s.regroups(on(187, 910), astrid, inField, "lars.odegard@nordlys.example", "m.hohenlohe@nordlys.example", "jb.lefevre@nordlys.example")
	s.regroups(on(150, 1602), siobhan, inSupport, siobhan, "o.shevchenko@nordlys.example")
	act(s, on(80, 1105), maya, group.Change, func() group.Update {
		return group.Update{ID: s.groups[named(inField)], Input: group.Input{
			Settings: patch.To(map[string]string{"cost_center": "4100", "fax_profile": "photo", "offline_maps": "on", "vehicle_log": "https://fleet.nordlys.example/log"}),
		}}
	})
}

// nordlysGrows is how people came.
func nordlysGrows(s *story) {
	s.recruits(on(212, 930), maya, invite.Input{Role: authz.RoleAdmin, Message: "You two will run this with me. Have a look around before we invite everybody."}, admins...)
	s.recruits(on(205, 1015), maya, invite.Input{Message: "Please set up your account this week. Your teams follow next."}, leads...)
	s.recruits(on(188, 1340), astrid, invite.Input{Group: named(inField), Message: "From Monday on, all site visits are planned here."}, fieldService...)
	s.recruits(on(151, 900), siobhan, invite.Input{Group: named(inSupport)}, support...)
	s.recruits(on(120, 1510), astrid, invite.Input{Message: "Welcome aboard!"}, asia...)
	s.recruits(on(83, 1130), marta, invite.Input{}, others...)
	s.recruits(on(41, 845), marta, invite.Input{Message: "Welcome to Nordlys.\n\nYour first day starts with a safety briefing at 9:00. Ilse shows you where."}, newcomers...)
	s.recruits(on(16, 1600), siobhan, invite.Input{}, latest)

	s.places(on(180, 1103), user.Group, user.Active, sharedAddresses[0])
	s.places(on(149, 1420), user.Group, user.Active, sharedAddresses[1])
	for _, p := range sharedAddresses {
		s.seen(p)
	}
	s.adds(on(4, 1017), marta, awaitingActivation[0])
	s.adds(ago(95), maya, awaitingActivation[1])
	s.mailed = []string{awaitingActivation[1].email}
	for i, p := range withoutLicense {
		s.places(on(2-i, 1239), user.Personal, user.Waiting, p)
	}
}

// nordlysChanges is what happened to those who were there.
func nordlysChanges(s *story) {
	deactivate := func(m moment, by, email string) { act(s, m, by, user.Deactivate, s.user(email)) }
	update := func(m moment, by, email string, in user.Update) {
		act(s, m, by, user.Change, func() user.Update {
			in.ID = s.users[email]
			return in
		})
	}
	update(on(130, 1010), maya, marta, user.Update{Role: patch.To(authz.RoleAdmin)})
	update(on(96, 1425), astrid, "lars.odegard@nordlys.example", user.Update{Fields: user.Fields{Title: patch.To("Team Lead, North")}})
	update(on(70, 915), marta, "ngozi.eze@nordlys.example", user.Update{Fields: user.Fields{Department: patch.To(emea), Title: patch.To("Support Engineer")}})
	update(on(58, 1533), marta, "jiri.dvorak@nordlys.example", user.Update{Notes: patch.To("On parental leave until the end of the year. Reachable by phone.")})
	update(on(12, 1102), siobhan, "declan.obrien@nordlys.example", user.Update{Fields: user.Fields{Title: patch.To("Senior Support Engineer")}})

	deactivate(on(140, 1648), astrid, "c.okonkwo@nordlys.example")
	deactivate(on(98, 1130), maya, "h.achterberg@nordlys.example")
	deactivate(on(93, 1127), siobhan, "rebecca.stone@nordlys.example")
	deactivate(on(88, 1040), marta, "zoe.vandermeer@nordlys.example")
	deactivate(on(61, 905), siobhan, "iain@nordlys.example")
	deactivate(on(33, 1720), marta, "gwendolyn@nordlys.example")
	deactivate(on(7, 1008), astrid, "rasmus.thorsen@nordlys.example")
	act(s, on(45, 1355), maya, user.Delete, s.user("rebecca.stone@nordlys.example"))
	act(s, on(22, 820), marta, user.Activate, s.user("zoe.vandermeer@nordlys.example"))
	act(s, on(29, 2144), astrid, signin.SignOutUser, s.user("jb.lefevre@nordlys.example"))

	profile := func(m moment, email string, f user.Fields) {
		act(s, m, email, self.Update, func() self.Change { return self.Change{Fields: f} })
	}
	profile(on(77, 1208), "kalea@nordlys.example", user.Fields{Phone: patch.To("+1 202 555 0176")})
	profile(on(19, 1846), "ayse.yildirim@nordlys.example", user.Fields{Phone: patch.To("+46 70 174 06 77")})
	profile(on(1, 1325), siobhan, user.Fields{Title: patch.To("Head of Support EMEA")})

	act(s, on(90, 1011), astrid, apikey.Create, func() apikey.New {
		return apikey.New{Name: "Intranet phone book", Permissions: []authz.Permission{authz.UsersView}}
	})
	act(s, on(60, 1616), maya, org.UpdateSettings, func() org.SettingsChange {
		return org.SettingsChange{SessionMaxHours: patch.To(12), SenderName: patch.To("Nordlys People")}
	})
	act(s, on(58, 1032), maya, wording.Save, func() wording.Change {
		return wording.Change{Ref: wording.Ref{Letter: "invitation", Language: "en"}, Texts: wording.Texts{
			Subject: "{{inviter}} invites you to {{organization}}",
			Opening: "{{inviter}} has invited you to {{organization}}, where you see your jobs, your team and whom to call. Set up your account to begin: it takes a minute.",
			Closing: "Anything unclear? The service desk is there from 7 to 19.",
		}}
	})
}

// nordlysInvites are the invitations that nobody has followed.
func nordlysInvites(s *story) {
	s.invites(on(33, 1018), astrid, invite.Input{
		Emails: []string{"Zofia Nowak <zofia@kontraktor.example>"}, Group: named(asGuest), Message: "For the Gdańsk project.",
	})
	s.invites(on(20, 1442), marta, invite.Input{Emails: []string{"Marek Havel <marek.havel@nordlys.example>", "elif.demir@nordlys.example"}})
	s.invites(on(14, 905), siobhan, invite.Input{Emails: []string{"Temporary Helpdesk <helpdesk-temp@agentur.example>"}, Group: named(inSupport)})
	s.invites(on(6, 2005), marta, invite.Input{
		Emails: []string{"Tilda Achterberg <t.achterberg@wartung-sued.example>"}, Language: "de",
		Message: "Hallo Tilda, willkommen im Team Süd! Melde dich, wenn etwas nicht klappt.",
	})
	s.invites(on(5, 1131), astrid, invite.Input{Emails: []string{"Παύλος Οικονόμου <p.oikonomou@nordlys.example>", "r.castellanos@montajes.example"}, Group: named(asGuest), Language: "es"})
	s.invites(on(3, 1420), siobhan, invite.Input{Emails: []string{"Aoife Ní Bhriain <aoife@nordlys.example>"}, Message: "See you on Monday – coffee is on me."})
	s.invites(on(2, 915), maya, invite.Input{Emails: []string{"Émile Thibodeaux <emile.thibodeaux@nordlys.example>"}, Language: "fr"})
	s.invites(on(1, 1008), marta, invite.Input{Emails: []string{"noor.haddad@nordlys.exmaple", "wrong.person@nordlys.example"}})
	s.invites(ago(300), siobhan, invite.Input{Emails: []string{"Solveig Brun <solveig.brun@nordlys.example>"}})
	s.invites(ago(47), astrid, invite.Input{
		Emails: []string{"Ingvild Nordgård <ingvild@nordlys.example>"}, Message: "Welcome! Your laptop is waiting at the front desk.",
	})
	act(s, on(23, 910), astrid, invite.Remind, s.invitation("zofia@kontraktor.example"))
	act(s, on(1, 1533), astrid, invite.Remind, s.invitation("r.castellanos@montajes.example"))
	act(s, on(1, 1109), marta, invite.Revoke, s.invitation("wrong.person@nordlys.example"))
	s.bounced = map[string]string{
		"noor.haddad@nordlys.exmaple":    "5.1.2 The domain nordlys.exmaple does not exist",
		"marek.havel@nordlys.example":    "5.1.1 <marek.havel@nordlys.example>: Recipient address rejected: User unknown",
		"r.castellanos@montajes.example": "5.2.2 The mailbox is full",
	}
}
