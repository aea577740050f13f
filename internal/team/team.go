package team

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/mailaddr"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/text"
	"roster/internal/user"
)

// Team is one team, without its members.
type Team struct {
	ID          id.Team   `db:"id" json:"id" audit:"ignore"`
	Name        string    `db:"name" json:"name" audit:"track"`
	Description string    `db:"description" json:"description" audit:"track"`
	CreatedAt   time.Time `db:"created_at" json:"created_at" audit:"ignore"`
	Version     int       `db:"version" json:"version" audit:"ignore"`
}

// ETag is the version as the API's ETag.
func (t Team) ETag() string { return fmt.Sprintf(`"v%d"`, t.Version) }

// Listed is a team as lists show it. How many are in it changes without the
// team's version: members come and go by other ways, many at once.
type Listed struct {
	ID          id.Team   `db:"id" json:"id"`
	Name        string    `db:"name" json:"name"`
	Description string    `db:"description" json:"description"`
	CreatedAt   time.Time `db:"created_at" json:"created_at"`
	Version     int       `db:"version" json:"version"`
	Members     int       `db:"members" json:"member_count" doc:"In all states, invited and deactivated ones, too."`
}

// Member is a user as a member of a team.
type Member struct {
	User    id.User    `db:"id" json:"user_id"`
	Type    user.Type  `db:"type" json:"type" enum:"personal,group"`
	Name    string     `db:"name" json:"name"`
	Email   string     `db:"email" json:"email"`
	State   user.State `db:"state" json:"state" enum:"invited,pending,waiting,active,deactivated"`
	AddedAt time.Time  `db:"added_at" json:"added_at"`
	NameKey string     `db:"name_key" json:"-"`
}

// Limits.
const (
	maxName        = 64
	maxDescription = 500
	// MaxMembers is how many people one call adds.
	MaxMembers = 1000
	// maxTeams is how many teams one user can be given at once.
	maxTeams = 500
)

// New is what somebody gives to make a team.
type New struct {
	Name        string `json:"name" form:"name" maxLength:"64" required:"true" example:"Field service"`
	Description string `json:"description,omitempty" form:"description" maxLength:"500" doc:"What the team is for."`
}

// Update is what may change of a team.
type Update struct {
	ID          id.Team             `path:"id" json:"-"`
	Version     int64               `ifmatch:"version" json:"-"`
	Name        patch.Field[string] `json:"name,omitzero"`
	Description patch.Field[string] `json:"description,omitzero"`
}

// check makes a team of what was given, or says which fields are wrong.
func (n New) check(at time.Time) (Team, error) {
	return Update{Name: patch.To(n.Name), Description: patch.To(n.Description)}.apply(Team{ID: id.New[id.Team](at), CreatedAt: at, Version: 1})
}

func (up Update) apply(t Team) (Team, error) {
	var c errs.Check
	if up.Name.Set {
		clean := text.Name(&c, "name", up.Name.Value, maxName)
		if text.Key(clean) == "" {
			c.Fail("name", "required", "Enter a name for the team.")
		}
		t.Name = clean
	}
	if up.Description.Set {
		clean, err := text.CleanLines(up.Description.Value, maxDescription)
		if e, wrong := errors.AsType[*text.Error](err); wrong {
			c.Fail("description", e.Code, "The description has at most %d characters.", maxDescription)
		}
		t.Description = clean
	}
	return t, c.Err()
}

// People are users to add, as somebody writes them down.
type People struct {
	ID      id.Team  `path:"id" json:"-"`
	Members []string `json:"members" required:"true" doc:"Up to 1,000 e-mail addresses, usernames or whole names of users; an address may be written as Name <address>."`
}

// Outcome is what came of one of them.
type Outcome string

// The outcomes.
const (
	Added         Outcome = "added"
	AlreadyMember Outcome = "already_member"
	Unknown       Outcome = "unknown"   // nobody is called so
	Ambiguous     Outcome = "ambiguous" // several are called so
)

// Result is the outcome for one of the people, in the order in which they were given.
type Result struct {
	Member  string  `json:"member" doc:"As it was written."`
	Outcome Outcome `json:"outcome" enum:"added,already_member,unknown,ambiguous"`
	User    id.User `json:"user_id,omitempty"`
}

// Results answers an addition.
type Results struct {
	Results []Result `json:"results"`
}

// Count is how many had the outcome.
func (r Results) Count(o Outcome) int {
	n := 0
	for _, one := range r.Results {
		if one.Outcome == o {
			n++
		}
	}
	return n
}

func (p People) check() error {
	var c errs.Check
	switch {
	case len(p.Members) == 0:
		c.Fail("members", "required", "Enter at least one e-mail address or name.")
	case len(p.Members) > MaxMembers:
		c.Fail("members", "too_many", "At most %d people can be added at once; these are %d.", MaxMembers, len(p.Members))
	}
	return c.Err()
}

// called is one of the people, as keys: an address counts as one, everything
// else is a username or a name.
type called struct{ email, name string }

func callOf(written string) called {
	items, more := mailaddr.ParseList(written, 1)
	if len(items) == 1 && !more && items[0].Err == nil {
		return called{email: items[0].Address.Key, name: text.Key(items[0].Address.Spelling)}
	}
	return called{name: text.Key(strings.TrimSpace(written))}
}

// candidate is a user whom somebody may have meant.
type candidate struct {
	ID       id.User `db:"id"`
	Shown    string  `db:"shown"`
	Email    string  `db:"email_key"`
	Username string  `db:"username_key"`
	Name     string  `db:"name_key"`
	Member   bool    `db:"member"`
}

// pick finds whom is meant. An address or username means one person; a name may
// mean several, and then nobody is guessed.
func (who called) pick(from []candidate) (candidate, Outcome) {
	var named []candidate
	for _, c := range from {
		if who.email != "" && c.Email == who.email || c.Username == who.name {
			return c, c.outcome()
		}
		if who.email == "" && c.Name == who.name {
			named = append(named, c)
		}
	}
	switch len(named) {
	case 0:
		return candidate{}, Unknown
	case 1:
		return named[0], named[0].outcome()
	}
	return candidate{}, Ambiguous
}

func (c candidate) outcome() Outcome {
	if c.Member {
		return AlreadyMember
	}
	return Added
}

func (t Team) subject() op.Subject {
	return op.Subject{Kind: "team", ID: string(t.ID), Name: t.Name}
}

func taken() error {
	return errs.Conflict("team_exists", "There is a team with this name already. Choose another one.")
}
