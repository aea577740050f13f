package archcheck

import "strings"

// House is what the rules are told about the project: its floors, and the exceptions with their reasons.
type House struct {
	// Floors lists the families on each floor, lowest first. Imports go down.
	Floors []string
	// SideBySide lists imports on one floor, as "from → to".
	SideBySide map[string]string
	// HTTP lists files outside the kits that may import net/http.
	HTTP map[string]string
	// Calls lists restricted calls, as "file call" or "folder call".
	Calls map[string]string
	// SQL lists files that may hold statements although they are no store.
	SQL map[string]string
	// Large lists files, functions ("folder.Type.Method") and packages beyond the limits.
	Large map[string]string
	// Shared lists tables that more than one family writes.
	Shared map[string]string
}

// floor is where a package stands. Everything below a family's folder stands with it.
func (h House) floor(dir string) (int, bool) {
	if strings.HasPrefix(dir, "cmd/") {
		return len(h.Floors), true
	}
	for i, families := range h.Floors {
		for name := range strings.FieldsSeq(families) {
			if name == family(dir) {
				return i, true
			}
		}
	}
	return 0, false
}

// Roster is this project.
var Roster = House{
	Floors: []string{
		"errs id authz patch lang text mailaddr phone",                                                                                                       // words
		"op web api job mail secret password config link throttle picture",                                                                                   // ground
		"operator org account user group field team role service photo license number wording",                                                               // the register
		"people invite adduser enroll mailbox signin self access contact sender seat transfer auditlog apikey webhook federation directory scim oidc doctor", // doors and desks
		"app cli demo", // the house
	},
	SideBySide: map[string]string{
		"mailaddr → errs": "what is wrong with an address is said in the reader's language",
		"text → errs":     "what is wrong with a text is said in the reader's language",

		"authz → id": "an actor and a scope name the organization and the person they stand for",

		"op → secret":     "the door seals letters and cursors with the key ring before they reach a row",
		"op → password":   "the door tells the hasher which contexts belong to a transaction, so that it refuses them",
		"api → op":        "an endpoint is a command or query with a method and a path",
		"web → op":        "a page is a query, a form is a command",
		"web → secret":    "cookies and form tokens are sealed",
		"mail → op":       "letters are rows of the transaction that caused them; the worker's verbs are commands",
		"job → op":        "jobs are rows of the transaction that ordered them",
		"link → op":       "a link is consumed in the transaction of what it allows",
		"link → secret":   "only the hash of a link's token is stored",
		"throttle → op":   "counters are rows, so that all nodes count together",
		"config → secret": "the key ring is opened from the configuration",

		"user → group": "every user is in one group",
		"user → field": "the values of custom fields are part of the user, and hold to one rule",
		"user → org":   "a user's fields and limits are the organization's settings",

		"photo → user":    "a photo is a user's, and is theirs or their admin's to change",
		"group → role":    "a group gives its users a role",
		"group → account": "which groups are offered depends on whom the actor reaches",
		"role → account":  "how many users have a role is said of those whom the actor reaches",
		"user → role":     "what a user may do is their role's permissions and more",
		"user → account":  "which accounts a user has access to is part of the user",

		"team → account":    "who is listed in a team, and can come into one, depends on whom the actor reaches",
		"number → wording":  "admins can change the text of the letter about a number",
		"service → role":    "a plan brings permissions, written as roles write theirs",
		"service → wording": "admins can change the text of the letter of welcome",
		"wording → org":     "the preview of a letter shows the organization's face",
		"team → user":       "a team's members are users, and the ids of a user's teams are part of the user",

		"service → org":     "subscriptions are an organization's, and stand beside the operator's page about it",
		"service → user":    "a letter of welcome is to a user",
		"team → group":      "a group says which teams new users come into",
		"license → service": "what was bought, and of which service, is what licenses are of",
		"license → user":    "a license makes who waits for it active, and is given to users",
		"license → org":     "whether licenses are assigned by themselves, and reserved, are the organization's settings",
		"license → group":   "a group can say which plan its users get",
		"license → wording": "admins can change the texts of the letters about licenses",

		"number → group": "every number is in one group",
		"number → user":  "a personal number is given to a user, and the ids of a user's numbers are part of the user",
		"number → org":   "whether numbers become free, and whether people are told of theirs, are the organization's settings",

		"enroll → invite":   "accepting an invitation is the invitation's last step, in one transaction",
		"enroll → signin":   "who has enrolled is signed in",
		"enroll → apikey":   "what a key has invited to stands while the key may give it",
		"self → signin":     "the page Security shows and ends sessions, and a new password needs the present one",
		"self → auditlog":   "the page Security shows the person's own recent activity",
		"people → auditlog": "a user's card shows that user's history",
		"people → adduser":  "a user's card shows where the activation e-mail stands, and the Users page leads to adding",
		"adduser → access":  "what a new user may do is chosen in the same form as later",
		"invite → access":   "and so is what the invited will do",
		"people → access":   "and what is changed on a user's card, which explains it",
		"access → seat":     "what a license of seats brings can be used while one is taken",
		"adduser → signin":  "a password that is given with a new user is measured and hashed like any other",
		"adduser → invite":  "what becomes of an e-mail has the same words",
		"people → signin":   "resetting a password and ending sessions are offered on the Users page, for one and for many",
		"people → invite":   "the Users page lists who is invited beside who is there, and offers the same bulk actions",

		"cli → app":  "a subcommand opens the house and does one thing in it",
		"cli → demo": "serve --demo fills the sample before anybody is served",
	},
	HTTP: map[string]string{},
	Calls: map[string]string{
		"internal/op/door.go math/rand/v2":     "jitter before a retry; nothing depends on it being unpredictable",
		"internal/op/tx.go time.Now":           "the clock of SQLite, whose database is this process",
		"internal/config/load.go os.LookupEnv": "this is where the environment is read",
		"internal/web time.Now":                "ages of cookies, durations in the log; what decides about rights is asked of the database",
		"internal/op/crash_on.go os.Getenv":    "crash points exist in test builds only and must not be a setting",
	},
	SQL:   map[string]string{},
	Large: map[string]string{},
	Shared: map[string]string{
		"events":  "the door writes an event with its change, auditlog seals the chain behind the commits",
		"links":   "op.Forget takes along what no foreign key does when an organization is deleted; everything else is the owner's",
		"letters": "the door writes a letter with the change that caused it, mail notes what became of it",
	},
}
