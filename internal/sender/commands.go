package sender

import (
	"cmp"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/mailaddr"
	"roster/internal/number"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/user"
)

// Operations lists what this package does.
func Operations() []op.Operation { return []op.Operation{List, Put, Delete, Check, Page} }

// Policies are those of an organization.
type Policies struct {
	Items []Policy `json:"items"`
}

// Which names a service.
type Which struct {
	Service string `query:"service" json:"-" maxLength:"32" doc:"Only the policy of this service."`
}

// List answers the policies by service. Error: feature_off.
var List = op.Query[Which, Policies]{
	Name: "sender.list", Needs: authz.SettingsManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in Which) (Policies, error) {
		if _, err := mine(t); err != nil {
			return Policies{}, err
		}
		policies, err := all(t, in.Service)
		if policies == nil {
			policies = []Policy{}
		}
		return Policies{policies}, err
	},
}

// Put makes the policy of a service, or replaces it. Errors: feature_off,
// validation_failed, version_conflict, too_many_policies.
var Put = op.Command[Input, Policy]{
	Name: "sender.put", Needs: authz.SettingsManage, Scope: authz.InOrg, Run: put,
}

// Ref names the policy of a service.
type Ref struct {
	Service string `path:"service" json:"-"`
	Version int64  `ifmatch:"version" json:"-"`
}

// Delete removes the policy of a service: from then on only users may use it.
// Errors: feature_off, not_found, version_conflict.
var Delete = op.Command[Ref, op.Nothing]{
	Name: "sender.delete", Needs: authz.SettingsManage, Scope: authz.InOrg, Run: destroy,
}

// Question is whether an address may use a service.
type Question struct {
	Service string `json:"service" required:"true" maxLength:"32" example:"fax"`
	Email   string `json:"email" required:"true" example:"reception@example.com"`
}

// Verdict answers it. Where somebody is not allowed, what follows reason is empty,
// but for the id of a user.
type Verdict struct {
	Allowed  bool              `json:"allowed"`
	Reason   Reason            `json:"reason" enum:"user,not_active,listed_address,listed_domain,blocked,not_listed,disabled"`
	User     id.User           `json:"user_id,omitempty" doc:"Who has the address."`
	Language string            `json:"language"`
	Number   string            `json:"number" doc:"What to send from, in E.164; empty if there is none."`
	Group    id.Group          `json:"group_id,omitempty"`
	Settings map[string]string `json:"settings" doc:"Of the group."`
}

// Check answers whether an address may use a service, and with what. Error:
// validation_failed.
var Check = op.Query[Question, Verdict]{
	Name: "sender.check", Needs: authz.UsersView, Scope: authz.InOrg, Run: check,
}

// mine is the organization, if the feature is switched on there.
func mine(t *op.Tx) (org.Organization, error) {
	o, err := org.Mine(t)
	if err == nil && !o.UnlistedSenders {
		return o, featureOff()
	}
	return o, err
}

func put(t *op.Tx, in Input) (Policy, error) {
	if _, err := mine(t); err != nil {
		return Policy{}, err
	}
	old, there, err := find(t, in.Service)
	if err != nil {
		return old, err
	}
	if in.Version != 0 && int(in.Version) != old.Version {
		return old, errs.Changed()
	}
	var c errs.Check
	p, rules := in.apply(old, &c)
	named, err := names(t, &c, old, p)
	if err != nil {
		return old, err
	}
	if err := c.Err(); err != nil {
		return old, err
	}
	changes := append(p.changes(old), named...)
	if there && len(changes) == 0 {
		return old, nil
	}
	event := "sender.policy_updated"
	if !there {
		event, p.CreatedAt, p.Version = "sender.policy_created", t.Now(), 1
		if n, err := count(t); err != nil {
			return old, err
		} else if n >= MaxPolicies {
			return old, errs.Conflict("too_many_policies", "An organization has policies for at most %d services. Delete one that is not needed.", MaxPolicies)
		}
	}
	if err := write(t, p, rules, there); err != nil {
		return old, err
	}
	if there {
		p.Version++
	}
	return p, t.Record(op.Event{Name: event, Subject: p.subject(), Changes: changes})
}

// find is the policy of a service with its lists, if there is one.
func find(t *op.Tx, service string) (Policy, bool, error) {
	if service == "" {
		return Policy{}, false, nil
	}
	found, err := all(t, service)
	if err != nil || len(found) == 0 {
		return Policy{}, false, err
	}
	return found[0], true, nil
}

// names notes in c when number or group do not exist or cannot serve, and answers
// their changes as events tell of them.
func names(t *op.Tx, c *errs.Check, old, p Policy) ([]op.Change, error) {
	var changes []op.Change
	if p.Number != old.Number {
		before, err := numberNamed(t, old.Number)
		if err != nil {
			return nil, err
		}
		after, err := numberNamed(t, p.Number)
		if errs.KindOf(err) == errs.KindNotFound || err == nil && p.Number != "" && after.Kind == number.Personal {
			c.Fail("number_id", "unknown_number", "Choose the main number or a shared one.")
		} else if err != nil {
			return nil, err
		}
		changes = append(changes, op.Change{Field: "number", Before: orNil(before.Number), After: orNil(after.Number)})
	}
	if p.Group != old.Group {
		before, err := groupNamed(t, old.Group)
		if err != nil {
			return nil, err
		}
		after, err := groupNamed(t, p.Group)
		if errs.KindOf(err) == errs.KindNotFound {
			c.Fail("group_id", "unknown_group", "Choose a group from the list.")
		} else if err != nil {
			return nil, err
		}
		changes = append(changes, op.Change{Field: "group_id", Before: before, After: after})
	}
	return changes, nil
}

func numberNamed(t *op.Tx, n id.Number) (number.Number, error) {
	if n == "" {
		return number.Number{}, nil
	}
	return number.ByID(t, n)
}

func groupNamed(t *op.Tx, g id.Group) (any, error) {
	if g == "" {
		return nil, nil
	}
	found, err := group.Find(t, g)
	return found.Named(), err
}

func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func destroy(t *op.Tx, in Ref) (op.Nothing, error) {
	if _, err := mine(t); err != nil {
		return op.Nothing{}, err
	}
	p, err := byService(t, in.Service)
	if err != nil {
		return op.Nothing{}, err
	}
	if in.Version != 0 && int(in.Version) != p.Version {
		return op.Nothing{}, errs.Changed()
	}
	if err := remove(t, p.Service); err != nil {
		return op.Nothing{}, err
	}
	return op.Nothing{}, t.Record(op.Event{Name: "sender.policy_deleted", Subject: p.subject()})
}

func check(t *op.Tx, in Question) (Verdict, error) {
	none := Verdict{Settings: map[string]string{}}
	var c errs.Check
	checkService(&c, in.Service)
	a, err := mailaddr.Parse(in.Email)
	if err != nil {
		c.Fail("email", mailaddr.CodeInvalid, "This is %v.", err)
	}
	if err := c.Err(); err != nil {
		return none, err
	}
	o, err := org.Mine(t)
	if err != nil {
		return none, err
	}
	p, err := byService(t, in.Service)
	if err != nil && errs.KindOf(err) != errs.KindNotFound {
		return none, err
	}
	p.Enabled = p.Enabled && o.UnlistedSenders
	users, err := user.ByEmailKeys(t, []string{a.Key})
	if err != nil {
		return none, err
	}
	v := none
	u, is := users[a.Key]
	switch {
	case is && u.State == user.Active:
		v.Reason, v.User = OfUser, u.ID
	case is:
		v.Reason, v.User = NotActive, u.ID
	default:
		found, err := matching(t, in.Service, a)
		if err != nil {
			return none, err
		}
		v.Reason = p.judge(a, found)
	}
	if v.Allowed = v.Reason.Allows(); !v.Allowed {
		return v, nil
	}
	return profile(t, v, o, p, u)
}

// profile fills in what somebody is served with who is allowed: u has their own,
// nobody has what the policy says.
func profile(t *op.Tx, v Verdict, o org.Organization, p Policy, u user.User) (Verdict, error) {
	g, err := group.Choose(t, cmp.Or(u.Group, p.Group))
	if err != nil {
		return v, err
	}
	v.Group, v.Settings = g.ID, g.Settings
	v.Language = cmp.Or(u.Language, p.Language, g.Defaults.Language, o.Language)
	if len(u.Numbers) > 0 {
		own, err := number.OfUser(t, u.ID)
		if err != nil {
			return v, err
		}
		v.Number = own[0].Number
		return v, nil
	}
	n, err := numberNamed(t, p.Number)
	if err != nil || p.Number != "" {
		v.Number = n.Number
		return v, err
	}
	main, err := number.MainOf(t)
	if main != nil {
		v.Number = main.Number
	}
	return v, err
}

// Shown is what the pages about policies show and offer.
type Shown struct {
	Available bool // the operator has switched the feature on
	Policies  []Policy
	Numbers   []number.Number // that can be sent from
	Groups    []group.Choice
	Language  string // the organization's
	MayCheck  bool
}

// numbersOffered is how many numbers the form offers.
const numbersOffered = 500

// Page answers it, in one snapshot.
var Page = op.Query[op.Nothing, Shown]{
	Name: "sender.page", Needs: authz.SettingsManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, _ op.Nothing) (s Shown, err error) {
		o, err := org.Mine(t)
		if err != nil {
			return s, err
		}
		s.Available, s.Language, s.MayCheck = o.UnlistedSenders, o.Language, t.May(Check)
		if s.Policies, err = all(t, ""); err != nil {
			return s, err
		}
		if s.Numbers, err = number.Senders(t, numbersOffered); err != nil {
			return s, err
		}
		s.Groups, err = group.Choices(t)
		return s, err
	},
}
