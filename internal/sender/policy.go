package sender

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/mailaddr"
	"roster/internal/op"
	"roster/internal/phone"
)

// Policy says for one service which addresses may use it without being users.
type Policy struct {
	Service   string    `db:"service" json:"service" audit:"ignore"`
	Enabled   bool      `db:"enabled" json:"enabled" audit:"track"`
	Domains   []string  `db:"-" json:"domains" audit:"ignore" doc:"Trusted ones. example.com does not cover domains below it; *.example.com covers those alone."`
	Addresses []string  `db:"-" json:"addresses" audit:"ignore" doc:"Trusted ones, whatever their domain."`
	Blocked   []string  `db:"-" json:"blocked" audit:"ignore" doc:"Addresses that are not allowed, whatever else is listed."`
	Language  string    `db:"language" json:"language" audit:"track" doc:"Empty: the group's, else the organization's."`
	Number    id.Number `db:"number_id" json:"number_id,omitempty" audit:"ignore" doc:"What they send from; the main number if left out."`
	Group     id.Group  `db:"group_id" json:"group_id,omitempty" audit:"ignore" doc:"Whose settings they get; the default group if left out."`
	CreatedAt time.Time `db:"created_at" json:"created_at" audit:"ignore"`
	Version   int       `db:"version" json:"version" audit:"ignore"`
}

// ETag is the version as the API's ETag.
func (p Policy) ETag() string { return fmt.Sprintf(`"v%d"`, p.Version) }

// Limits.
const (
	// MaxPolicies is how many services of an organization have a policy.
	MaxPolicies = 20
	// MaxDomains and MaxAddresses are how many of them a policy lists; it blocks
	// as many addresses as it trusts.
	MaxDomains   = 500
	MaxAddresses = 5000

	maxService = 32
)

// serviceForm is how the key of a service is written.
var serviceForm = regexp.MustCompile(`^[a-z][a-z0-9_-]{1,31}$`)

// Input is a policy as it is given: all of it, in place of what was there.
type Input struct {
	Version   int64     `ifmatch:"version" json:"-"`
	Service   string    `json:"service" required:"true" maxLength:"32" example:"fax" doc:"The key of a service: 2 to 32 lower-case letters, digits, hyphens and underscores."`
	Enabled   bool      `json:"enabled,omitempty"`
	Domains   []string  `json:"domains,omitempty" doc:"Up to 500, such as example.com, or *.example.com for those below it."`
	Addresses []string  `json:"addresses,omitempty" doc:"Up to 5,000."`
	Blocked   []string  `json:"blocked,omitempty" doc:"Up to 5,000."`
	Language  string    `json:"language,omitempty" doc:"The group's, else the organization's, if left out."`
	Number    id.Number `json:"number_id,omitempty" doc:"The main number, or a shared one; the main number if left out."`
	Group     id.Group  `json:"group_id,omitempty" doc:"The default group if left out."`
}

// matches is how a rule is compared.
type matches string

// The ways.
const (
	byDomain  matches = "domain"
	belowIt   matches = "below"
	byAddress matches = "address"
	blocking  matches = "blocked"
)

// rule is one line of a policy.
type rule struct {
	Kind     matches `db:"kind"`
	Key      string  `db:"key"`
	Spelling string  `db:"spelling"`
}

// apply makes the policy of what was given, with its rules, or notes in c what is
// wrong. That number and group exist, their owners say.
func (in Input) apply(p Policy, c *errs.Check) (Policy, []rule) {
	if checkService(c, in.Service); in.Language != "" && !phone.ValidLanguage(in.Language) {
		c.Fail("language", "unknown_language", "Choose a language from the list.")
	}
	p.Service, p.Enabled, p.Language, p.Number, p.Group = in.Service, in.Enabled, in.Language, in.Number, in.Group
	rules := domains(c, in.Domains)
	rules = append(rules, addresses(c, "addresses", byAddress, in.Addresses)...)
	rules = append(rules, addresses(c, "blocked", blocking, in.Blocked)...)
	return p.with(rules), rules
}

func checkService(c *errs.Check, key string) {
	if !serviceForm.MatchString(key) {
		c.Fail("service", "invalid_service", "The key of a service has 2 to %d lower-case letters, digits, hyphens and underscores, and begins with a letter.", maxService)
	}
}

// domains reads trusted domains, each once.
func domains(c *errs.Check, written []string) []rule {
	if len(written) > MaxDomains {
		c.Fail("domains", "too_many", "A policy lists at most %d domains; these are %d.", MaxDomains, len(written))
		return nil
	}
	var rules []rule
	for i, one := range written {
		name, kind := strings.TrimPrefix(strings.TrimSpace(one), "@"), byDomain
		if below, found := strings.CutPrefix(name, "*."); found {
			name, kind = below, belowIt
		}
		a, err := mailaddr.Parse("postmaster@" + name)
		if err != nil {
			c.Fail("domains", "invalid_domain", "Number %d of the list is no domain. Write example.com, or *.example.com for what lies below it.", i+1)
			continue
		}
		spelling := strings.TrimPrefix(a.Spelling, "postmaster@")
		if kind == belowIt {
			spelling = "*." + spelling
		}
		rules = append(rules, rule{kind, a.Domain(), spelling})
	}
	return once(rules)
}

// addresses reads addresses, each once.
func addresses(c *errs.Check, field string, kind matches, written []string) []rule {
	if len(written) > MaxAddresses {
		c.Fail(field, "too_many", "A policy lists at most %d addresses here; these are %d.", MaxAddresses, len(written))
		return nil
	}
	var rules []rule
	for i, one := range written {
		a, err := mailaddr.Parse(one)
		if e, wrong := errors.AsType[*mailaddr.Error](err); wrong {
			c.Fail(field, mailaddr.CodeInvalid, "Number %d of the list is not an e-mail address: %s.", i+1, e.Reason)
			continue
		}
		rules = append(rules, rule{kind, a.Key, a.Spelling})
	}
	return once(rules)
}

// once is the rules without those that say the same as one before.
func once(rules []rule) []rule {
	seen := map[rule]bool{}
	return slices.DeleteFunc(rules, func(r rule) bool {
		same := rule{Kind: r.Kind, Key: r.Key}
		before := seen[same]
		seen[same] = true
		return before
	})
}

// with is the policy with what its rules list.
func (p Policy) with(rules []rule) Policy {
	p.Domains, p.Addresses, p.Blocked = []string{}, []string{}, []string{}
	for _, r := range rules {
		switch r.Kind {
		case byAddress:
			p.Addresses = append(p.Addresses, r.Spelling)
		case blocking:
			p.Blocked = append(p.Blocked, r.Spelling)
		default:
			p.Domains = append(p.Domains, r.Spelling)
		}
	}
	return p
}

// Reason says why an address is allowed, or why not.
type Reason string

// The reasons.
const (
	OfUser        Reason = "user"           // an active user has the address
	NotActive     Reason = "not_active"     // a user has it who is not active
	ListedAddress Reason = "listed_address" // the policy trusts the address
	ListedDomain  Reason = "listed_domain"  // the policy trusts its domain
	Blocked       Reason = "blocked"        // the policy blocks the address
	NotListed     Reason = "not_listed"
	Disabled      Reason = "disabled" // there is no policy, or it is not in force
)

// Allows reports whether the reason is one to let somebody in.
func (r Reason) Allows() bool { return r == OfUser || r == ListedAddress || r == ListedDomain }

// above are the domains that a domain lies below, nearest first.
func above(domain string) []string {
	var list []string
	for {
		_, rest, found := strings.Cut(domain, ".")
		if !found {
			return list
		}
		list, domain = append(list, rest), rest
	}
}

// keysFor are all keys by which a rule can match the address.
func keysFor(a mailaddr.Address) []string { return append(above(a.Domain()), a.Domain(), a.Key) }

// judge is the verdict of a policy on an address that no user has. found are those
// of its rules that have one of the address's keys.
func (p Policy) judge(a mailaddr.Address, found []rule) Reason {
	has := func(kind matches, keys ...string) bool {
		return slices.ContainsFunc(found, func(r rule) bool { return r.Kind == kind && slices.Contains(keys, r.Key) })
	}
	switch {
	case !p.Enabled:
		return Disabled
	case has(blocking, a.Key):
		return Blocked
	case has(byAddress, a.Key):
		return ListedAddress
	case has(byDomain, a.Domain()), has(belowIt, above(a.Domain())...):
		return ListedDomain
	}
	return NotListed
}

// shownRules is how many added or removed lines an event names.
const shownRules = 200

// changes are the differences for the audit log. Of the lists, what is gone and
// what has come.
func (p Policy) changes(old Policy) []op.Change {
	list := op.Diff(old, p)
	for _, of := range []struct {
		field         string
		before, after []string
	}{{"domains", old.Domains, p.Domains}, {"addresses", old.Addresses, p.Addresses}, {"blocked", old.Blocked, p.Blocked}} {
		gone, come := without(of.before, of.after), without(of.after, of.before)
		if len(gone)+len(come) > 0 {
			list = append(list, op.Change{Field: of.field, Before: gone, After: come})
		}
	}
	return list
}

// without is what is in a and not in b, cut where it would be too long to read.
func without(a, b []string) []string {
	in := make(map[string]bool, len(b))
	for _, one := range b {
		in[one] = true
	}
	var list []string
	for _, one := range a {
		if !in[one] {
			list = append(list, one)
		}
	}
	if n := len(list) - shownRules; n > 0 {
		list = append(list[:shownRules], fmt.Sprintf("… %d more", n))
	}
	return list
}

func (p Policy) subject() op.Subject {
	return op.Subject{Kind: "sender_policy", ID: p.Service, Name: p.Service}
}

func featureOff() error {
	return errs.New(errs.KindForbidden, "feature_off", "Unlisted senders are not switched on for this organization. Ask the vendor for them.")
}
