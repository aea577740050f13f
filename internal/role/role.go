package role

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/text"
)

// Limits of roles and of their texts.
const (
	MaxRoles       = 500
	MaxName        = 64  // characters
	MaxDescription = 256 // characters
	MaxLimits      = 200 // entries of one list of limits
)

// Role is a named set of permissions.
type Role struct {
	ID          id.Role      `db:"id" json:"id" audit:"ignore"`
	Name        string       `db:"name" json:"name" audit:"track"`
	Description string       `db:"description" json:"description" audit:"track"`
	BuiltIn     bool         `db:"-" json:"built_in" audit:"ignore" doc:"Admin and User cannot be changed."`
	Permissions Permissions  `db:"permissions" json:"permissions" audit:"track"`
	Limits      authz.Limits `db:"limits" json:"limits" audit:"ignore" doc:"What the rights over other users are limited to."` // changes names them
	Users       int          `db:"users" json:"users" audit:"ignore" doc:"How many users have it."`
	CreatedAt   time.Time    `db:"created_at" json:"created_at,omitzero" audit:"ignore"`
	Version     int          `db:"version" json:"version" audit:"ignore"`
}

// ETag is the version as the API's ETag.
func (r Role) ETag() string { return fmt.Sprintf(`"v%d"`, r.Version) }

// Called is the name on a page: see [Called].
func (r Role) Called(ctx context.Context) string { return Called(ctx, r.ID, r.Name) }

// Permissions are what somebody was given, in alphabetical order.
type Permissions []authz.Permission

// Scan implements sql.Scanner: keys with commas between them.
func (p *Permissions) Scan(column any) error {
	*p = Permissions{}
	written, ok := column.(string)
	if column != nil && !ok {
		return fmt.Errorf("role: cannot read %T into permissions", column)
	}
	if written == "" {
		return nil
	}
	for one := range strings.SplitSeq(written, ",") {
		*p = append(*p, authz.Permission(one))
	}
	return nil
}

// Written is the list as the database keeps it.
func (p Permissions) Written() string {
	keys := make([]string, len(p))
	for i, one := range p {
		keys[i] = string(one)
	}
	return strings.Join(keys, ",")
}

// Tidy is the list in order, with nothing twice.
func (p Permissions) Tidy() Permissions { return authz.SetOf(p...).List() }

// builtIns are the roles that every organization has. What Admin holds depends
// on the catalogue.
func builtIns(c Catalogue) []Role {
	return []Role{
		{ID: authz.RoleUser, Name: authz.RoleName(authz.RoleUser, ""), BuiltIn: true, Permissions: Permissions{}, Limits: authz.Limits{}.Tidy(), Version: 1},
		{ID: authz.RoleAdmin, Name: authz.RoleName(authz.RoleAdmin, ""), BuiltIn: true, Permissions: c.All().List(), Limits: authz.Limits{}.Tidy(), Version: 1},
	}
}

// Offered is a permission that an organization can give.
type Offered struct {
	authz.Described
	Service     string `json:"service,omitempty" doc:"The service that declares it; none: Roster itself."`
	ServiceName string `json:"service_name,omitempty"`
	Everybody   bool   `json:"everybody" doc:"Every active user holds it, whatever their role."`
}

// Called is the name of a role on a page: that of a built-in one in the context's
// language, any other as the organization has written it.
func Called(ctx context.Context, r id.Role, given string) string {
	if name := authz.RoleName(r, ""); name != "" {
		return lang.Named(ctx, name)
	}
	return given
}

// Called is the name on a page, with the service before it, if one declares it.
func (o Offered) Called(ctx context.Context) string {
	if o.Service == "" {
		return o.Label(ctx)
	}
	return o.ServiceName + ": " + o.Name
}

// Label is the name beside others of the same service, on a page.
func (o Offered) Label(ctx context.Context) string {
	if o.Service == "" {
		return lang.Named(ctx, o.Name)
	}
	return o.Name
}

// Catalogue is all that an organization can give: Roster's own permissions
// first, then service by service.
type Catalogue []Offered

// All is the catalogue as a set.
func (c Catalogue) All() authz.Set {
	s := authz.Set{}
	for _, o := range c {
		s[o.Permission] = true
	}
	return s
}

// Find finds a permission of the catalogue.
func (c Catalogue) Find(p authz.Permission) (Offered, bool) {
	at := slices.IndexFunc(c, func(o Offered) bool { return o.Permission == p })
	if at < 0 {
		return Offered{}, false
	}
	return c[at], true
}

// Among are those of the catalogue that the set holds.
func (c Catalogue) Among(s authz.Set) Catalogue {
	return slices.DeleteFunc(slices.Clone(c), func(o Offered) bool { return !s.Has(o.Permission) })
}

// Input is what a role is made of. Absent fields stay as they are.
type Input struct {
	Name        patch.Field[string]       `json:"name,omitzero"`
	Description patch.Field[string]       `json:"description,omitzero"`
	Permissions patch.Field[Permissions]  `json:"permissions,omitzero" doc:"None that the caller does not hold."`
	Limits      patch.Field[authz.Limits] `json:"limits,omitzero" doc:"What the rights over other users are limited to: all three lists at once."`
}

// apply writes the input into r, and notes what is wrong with it.
func (in Input) apply(r Role, catalogue Catalogue) (Role, *errs.Check) {
	var c errs.Check
	if in.Name.Set || r.Name == "" {
		name := text.Name(&c, "name", in.Name.Value, MaxName)
		if name == "" {
			c.Fail("name", "required", "Enter a name for the role.")
		}
		r.Name = name
	}
	if in.Description.Set {
		description, err := text.Clean(in.Description.Value, MaxDescription)
		if e, wrong := errors.AsType[*text.Error](err); wrong {
			c.Fail("description", e.Code, "The description is one line of at most %d characters.", MaxDescription)
		}
		r.Description = description
	}
	had := r.Permissions
	r.Permissions = in.Permissions.Or(r.Permissions).Tidy()
	// What a service has ceased to declare may stay; nobody holds it.
	catalogue.Check(&c, "permissions", slices.DeleteFunc(slices.Clone(r.Permissions), func(p authz.Permission) bool { return slices.Contains(had, p) }))
	r.Limits = in.Limits.Or(r.Limits).Tidy()
	if n := max(len(r.Limits.Groups), len(r.Limits.Teams), len(r.Limits.Accounts)); n > MaxLimits {
		c.Fail("limits", "too_many", "A role is limited to at most %d groups, teams or accounts.", MaxLimits)
	}
	return r, &c
}

// Check notes in c, at the named field, when one of the permissions is none that
// the organization can give.
func (c Catalogue) Check(check *errs.Check, field string, permissions Permissions) {
	for _, p := range permissions {
		if _, ok := c.Find(p); !ok {
			check.Fail(field, "unknown_permission", "There is no permission %s in this organization.", p)
			return
		}
	}
}

// gives is what r hands out that old did not.
func (r Role) gives(old Role) bool {
	return !authz.SetOf(old.Permissions...).Covers(authz.SetOf(r.Permissions...)) || !within(old.Limits, r.Limits)
}

// within reports whether whoever is limited as have says may make somebody who
// is limited as want says: no list of have is left open or widened.
func within(have, want authz.Limits) bool {
	return narrower(have.Groups, want.Groups) && narrower(have.Teams, want.Teams) && narrower(have.Accounts, want.Accounts)
}

func narrower[T comparable](have, want []T) bool {
	if len(have) == 0 {
		return true
	}
	return len(want) > 0 && !slices.ContainsFunc(want, func(one T) bool { return !slices.Contains(have, one) })
}

// Limited reports whether rights over other users under want go no further than
// under have. Only such rights are narrowed by limits: without any, every limit
// is within.
func Limited(have, want authz.Limits, holds authz.Set) bool {
	return !holds.AboutPeople() || within(have, want)
}

// MayGive is the rule that nobody gives a role that reaches further than they do.
func MayGive(actor authz.Actor, r Role) error {
	holds := authz.SetOf(r.Permissions...)
	switch {
	case actor.OnPlatform():
		return nil
	case !actor.Permissions.Covers(holds):
		return errs.New(errs.KindForbidden, "grant_exceeds_own", "The role %s gives rights that you do not have yourself.", r.Name)
	case !Limited(actor.Reach.Limits, r.Limits, holds):
		return errs.New(errs.KindForbidden, "grant_exceeds_own", "The role %s gives rights over more users than you have them over.", r.Name)
	}
	return nil
}

func (r Role) subject() op.Subject { return op.Subject{Kind: "role", ID: string(r.ID), Name: r.Name} }

// Named is r as the value of an event's change.
func (r Role) Named() op.Named { return op.Named{ID: string(r.ID), Name: r.Name} }

// mayChange refuses to touch what is built in, what gives more than the actor
// holds, and what users have whom the actor does not reach: so many have it.
func mayChange(actor authz.Actor, r Role, holders int) *errs.Error {
	switch {
	case r.BuiltIn:
		return errs.Conflict("built_in_role", "%s is built in and stays as it is. Make a role of your own instead.", r.Name)
	case MayGive(actor, r) != nil:
		return errs.New(errs.KindForbidden, "target_above_caller", "The role %s gives rights that you do not have. Ask an admin to do this.", r.Name)
	case holders > r.Users:
		return errs.New(errs.KindForbidden, "target_above_caller", "Users beyond those whom you manage have the role %s. Ask an admin to do this.", r.Name)
	}
	return nil
}

// beyond are the limits of l that old does not have.
func beyond(l, old authz.Limits) authz.Limits {
	return authz.Limits{Groups: missing(l.Groups, old.Groups), Teams: missing(l.Teams, old.Teams), Accounts: missing(l.Accounts, old.Accounts)}
}

func missing[T comparable](list, from []T) []T {
	return slices.DeleteFunc(slices.Clone(list), func(one T) bool { return slices.Contains(from, one) })
}

// Choice is a role as forms and lists offer it.
type Choice struct {
	ID          id.Role
	Name        string
	Description string
	Permissions authz.Set
	Limits      authz.Limits
}

// Called is the name on a page: see [Called].
func (c Choice) Called(ctx context.Context) string { return Called(ctx, c.ID, c.Name) }

// MayGive reports whether whoever acts may give it to somebody.
func (c Choice) MayGive(actor authz.Actor) bool {
	return MayGive(actor, Role{Name: c.Name, Permissions: c.Permissions.List(), Limits: c.Limits}) == nil
}
