package group

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/phone"
	"roster/internal/role"
	"roster/internal/text"
)

// Group is one group of an organization, with how many users and numbers it has.
type Group struct {
	ID              id.Group          `db:"id" json:"id" audit:"ignore"`
	Name            string            `db:"name" json:"name" audit:"track"`
	Default         bool              `db:"is_default" json:"default" audit:"track" doc:"New users go into it who are put into no other group."`
	Defaults        Defaults          `db:"-" json:"defaults" audit:"ignore"`
	DefaultRole     id.Role           `db:"default_role_id" json:"-" audit:"ignore"` // changes name it
	RoleName        string            `db:"role_name" json:"-" audit:"ignore"`
	DefaultLanguage string            `db:"default_language" json:"-" audit:"track"`
	Settings        map[string]string `db:"-" json:"settings" audit:"ignore" doc:"What services read."`
	Written         string            `db:"settings" json:"-" audit:"ignore"`         // Settings as JSON
	DefaultTeams    string            `db:"default_team_ids" json:"-" audit:"ignore"` // ids with commas between them
	Users           int               `db:"users" json:"user_count" audit:"ignore"`
	Numbers         int               `db:"numbers" json:"number_count" audit:"ignore"`
	CreatedAt       time.Time         `db:"created_at" json:"created_at" audit:"ignore"`
	Version         int               `db:"version" json:"version" audit:"ignore"`
}

// Defaults are what a new user of the group gets where nothing else was said.
// Empty ones say nothing.
type Defaults struct {
	Role     id.Role `json:"role_id,omitempty"`
	Language string  `json:"language,omitempty"`

	Teams []id.Team `json:"team_ids,omitempty"`
}

// ETag is the version as the API's ETag.
func (g Group) ETag() string { return fmt.Sprintf(`"v%d"`, g.Version) }

// Named is the group as audit events show it.
func (g Group) Named() op.Named { return op.Named{ID: string(g.ID), Name: g.Name} }

// Limits of a group.
const (
	MaxName     = 64
	MaxSettings = 50
	MaxValue    = 500
	MaxGroups   = 1000 // in one organization
	MaxTeams    = 50   // that a group gives new users
)

// keyForm is how the key of a setting is written.
var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_.-]{0,63}$`)

// firstName is what the group is called that comes with an organization.
const firstName = "Default"

// shown fills in what is stored in another form.
func (g Group) shown() Group {
	g.Defaults = Defaults{Role: g.DefaultRole, Language: g.DefaultLanguage, Teams: teamsOf(g.DefaultTeams)}
	g.DefaultTeams = joined(g.Defaults.Teams)
	g.Settings = map[string]string{}
	if err := json.Unmarshal([]byte(g.Written), &g.Settings); err != nil {
		g.Settings = map[string]string{} // we wrote it; what cannot be read says nothing
	}
	return g
}

// teamsOf reads ids with commas between them, each once and in order.
func teamsOf(ids string) []id.Team {
	var teams []id.Team
	for one := range strings.SplitSeq(ids, ",") {
		if one != "" {
			teams = append(teams, id.Team(one))
		}
	}
	slices.Sort(teams)
	return slices.Compact(teams)
}

// joined is the inverse of teamsOf.
func joined(teams []id.Team) string {
	texts := make([]string, len(teams))
	for i, one := range teams {
		texts[i] = string(one)
	}
	return strings.Join(texts, ",")
}

// DefaultsChange are defaults as they are given: absent ones stay, null clears.
type DefaultsChange struct {
	Role     patch.Field[id.Role] `json:"role_id,omitzero"`
	Language patch.Field[string]  `json:"language,omitzero"`

	Teams patch.Field[[]id.Team] `json:"team_ids,omitzero" doc:"Up to 50 teams that new users are in from the start."`
}

// Input is what can be said of a group: absent fields stay as they are.
type Input struct {
	Name     patch.Field[string]            `json:"name,omitzero" maxLength:"64" example:"Field service"`
	Default  patch.Field[bool]              `json:"default,omitzero" doc:"true makes it the default in place of the one that is."`
	Defaults patch.Field[DefaultsChange]    `json:"defaults,omitzero" doc:"What a new user gets where nothing else was said. An absent member stays, null clears it."`
	Settings patch.Field[map[string]string] `json:"settings,omitzero" doc:"Replaces all settings: up to 50 keys of lower-case letters, digits, dots, hyphens and underscores, with up to 500 characters each. No place for secrets."`
}

// apply writes what was given into g, or says which fields are wrong. That the
// default role exists, and may be given, its owner says.
func (in Input) apply(g Group) (Group, *errs.Check) {
	var c errs.Check
	if in.Name.Set || g.Name == "" {
		g.Name = checkName(&c, in.Name.Value)
	}
	g.Default = in.Default.Or(g.Default)
	if in.Defaults.Null {
		g.DefaultRole, g.DefaultLanguage, g.DefaultTeams = "", "", ""
	}
	g.DefaultRole = in.Defaults.Value.Role.Or(g.DefaultRole)
	g.DefaultLanguage = in.Defaults.Value.Language.Or(g.DefaultLanguage)
	if g.DefaultLanguage != "" && !phone.ValidLanguage(g.DefaultLanguage) {
		c.Fail("defaults.language", "unknown_language", "Choose a language from the list.")
	}
	if in.Defaults.Value.Teams.Set {
		g.DefaultTeams = joined(teamsOf(joined(in.Defaults.Value.Teams.Value)))
		if n := len(teamsOf(g.DefaultTeams)); n > MaxTeams {
			c.Fail("defaults.team_ids", "too_many", "A group puts new users into at most %d teams; these are %d.", MaxTeams, n)
		}
	}
	if in.Settings.Set {
		g.Written = checkSettings(&c, in.Settings.Value)
	}
	return g.shown(), &c
}

func checkName(c *errs.Check, name string) string {
	clean := text.Name(c, "name", name, MaxName)
	if text.Key(clean) == "" {
		c.Fail("name", "required", "Enter a name.")
	}
	return clean
}

// checkSettings cleans the settings and writes them as JSON, keys in order.
func checkSettings(c *errs.Check, settings map[string]string) string {
	if len(settings) > MaxSettings {
		c.Fail("settings", "too_many", "A group has at most %d settings; these are %d.", MaxSettings, len(settings))
	}
	clean := make(map[string]string, len(settings))
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		if !keyForm.MatchString(key) {
			c.Fail("settings", "invalid_key", "The name of a setting begins with a lower-case letter and has up to 64 of a to z, 0 to 9, dot, hyphen and underscore.")
			continue
		}
		value, err := text.Clean(settings[key], MaxValue)
		if e, wrong := errors.AsType[*text.Error](err); wrong {
			c.Fail("settings."+key, e.Code, "The value is one line of at most %d characters.", MaxValue)
		} else if value == "" {
			c.Fail("settings."+key, "required", "Enter a value, or leave the setting out.")
		}
		clean[key] = value
	}
	written, err := json.Marshal(clean)
	if err != nil {
		return "{}" // a map of texts is always JSON
	}
	return string(written)
}

// gives reports whether g hands something out that old did not: a default role
// that is new, or one that everybody gets now who is put into no group.
func (g Group) gives(old Group) bool {
	return g.DefaultRole != "" && (g.DefaultRole != old.DefaultRole || g.Default && !old.Default)
}

// givesTeams are the teams that g puts people into and old did not: those that are
// new, or all of them if everybody gets them now who is put into no group.
func (g Group) givesTeams(old Group) []id.Team {
	if g.Default && !old.Default {
		return g.Defaults.Teams
	}
	return slices.DeleteFunc(slices.Clone(g.Defaults.Teams), func(one id.Team) bool { return slices.Contains(old.Defaults.Teams, one) })
}

// changes are the differences for the audit log, setting by setting.
func (g Group) changes(old Group) []op.Change {
	list := op.Diff(old, g)
	if g.DefaultRole != old.DefaultRole {
		list = append(list, op.Change{Field: "default_role_id", Before: old.namedRole(), After: g.namedRole()})
	}
	keys := slices.Collect(maps.Keys(g.Settings))
	for key := range old.Settings {
		if _, both := g.Settings[key]; !both {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		before, was := old.Settings[key]
		after, is := g.Settings[key]
		if before == after && was == is {
			continue
		}
		list = append(list, op.Change{Field: "settings." + key, Before: orNil(before, was), After: orNil(after, is)})
	}
	return list
}

// namedRole is the default role as the value of a change, nil if there is none.
func (g Group) namedRole() any {
	if g.DefaultRole == "" {
		return nil
	}
	return op.Named{ID: string(g.DefaultRole), Name: authz.RoleName(g.DefaultRole, g.RoleName)}
}

func orNil(value string, there bool) any {
	if !there {
		return nil
	}
	return value
}

func (g Group) subject() op.Subject {
	return op.Subject{Kind: "group", ID: string(g.ID), Name: g.Name}
}

// deletable says why g cannot be deleted as things are, nil if it can. to is
// where its users move to, empty if nowhere.
func (g Group) deletable(to id.Group) error {
	switch {
	case g.Default:
		return errs.Conflict("default_group", "%s is the default group. Make another group the default first.", g.Name)
	case g.Users+g.Numbers > 0 && to == "":
		return errs.Conflict("group_in_use", "%s has users or numbers. Say which group they move to.", g.Name)
	}
	return nil
}

// unknownGroup is the refusal of a group that does not exist, in a field.
func unknownGroup(field string) error {
	return errs.Invalid(errs.Field{Field: field, Code: "unknown_group", Message: "Choose a group from the list."})
}

// Choice is a group as forms and lists offer it.
type Choice struct {
	ID       id.Group `db:"id"`
	Name     string   `db:"name"`
	Default  bool     `db:"is_default"`
	Role     id.Role  `db:"default_role_id"`
	RoleName string   `db:"role_name"`
	Language string   `db:"default_language"`
	TeamIDs  string   `db:"default_team_ids"`
}

// Teams are the teams that the group gives new users.
func (c Choice) Teams() []id.Team { return teamsOf(c.TeamIDs) }

// NameOf is the name of one of the groups, empty if it is not among them.
func NameOf(groups []Choice, group id.Group) string {
	at := slices.IndexFunc(groups, func(c Choice) bool { return c.ID == group })
	if at < 0 {
		return ""
	}
	return groups[at].Name
}

// Says is what the group gives new users, in words, for the option of a list:
// 'User, svenska, 2 teams'. Empty if it says nothing.
func (c Choice) Says(ctx context.Context) string {
	var parts []string
	if name := role.Called(ctx, c.Role, c.RoleName); name != "" {
		parts = append(parts, name)
	}
	if name := languageName(c.Language); name != "" {
		parts = append(parts, name)
	}
	if n := len(c.Teams()); n > 0 {
		parts = append(parts, lang.N(ctx, n, "%d team", "%d teams"))
	}
	return strings.Join(parts, ", ")
}

func languageName(code string) string {
	for _, l := range phone.Languages() {
		if l.Code == code {
			return l.Name
		}
	}
	return ""
}
