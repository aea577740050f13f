package org

import (
	"strings"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/mailaddr"
	"roster/internal/op"
)

// Domain is one that the organization calls its own. It proves nothing: it says
// whose addresses are not from outside.
type Domain struct {
	ID        id.Domain `db:"id" json:"id"`
	Name      string    `db:"name" json:"name" doc:"In lower-case A-labels, as it is compared."`
	Spelling  string    `db:"spelling" json:"spelling" doc:"As it was written."`
	CreatedAt time.Time `db:"created_at" json:"created_at"`
}

// maxDomains is how many an organization has at most.
const maxDomains = 200

// Domains are those of an organization.
type Domains struct {
	Items []Domain `json:"items"`
}

// Outside reports whether an address lies outside of the domains. Where none
// are declared, nothing does.
func (d Domains) Outside(a mailaddr.Address) bool {
	for _, one := range d.Items {
		if one.Name == a.Domain() {
			return false
		}
	}
	return len(d.Items) > 0
}

// NewDomain is a domain to declare.
type NewDomain struct {
	Name string `json:"name" form:"name" maxLength:"253" required:"true" example:"nordlys.example"`
}

func (n NewDomain) check(at time.Time) (Domain, error) {
	spelling := strings.TrimPrefix(strings.TrimSpace(n.Name), "@")
	a, err := mailaddr.Parse("postmaster@" + spelling)
	if err != nil || spelling == "" {
		var c errs.Check
		c.Fail("name", "invalid_domain", "Write the domain as it stands after the @, such as nordlys.example.")
		return Domain{}, c.Err()
	}
	spelling = strings.TrimPrefix(a.Spelling, "postmaster@")
	return Domain{ID: id.New[id.Domain](at), Name: a.Domain(), Spelling: spelling, CreatedAt: at}, nil
}

// ListDomains answers the organization's domains by name.
var ListDomains = op.Query[op.Nothing, Domains]{
	Name: "domain.list", Needs: authz.SettingsManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, _ op.Nothing) (Domains, error) { return DomainsOf(t) },
}

// AddDomain declares one. Errors: validation_failed, domain_exists, too_many_domains.
var AddDomain = op.Command[NewDomain, Domain]{
	Name: "domain.add", Needs: authz.SettingsManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in NewDomain) (Domain, error) {
		d, err := in.check(t.Now())
		if err != nil {
			return d, err
		}
		has, err := DomainsOf(t)
		if err != nil {
			return d, err
		}
		if len(has.Items) >= maxDomains {
			return d, errs.Conflict("too_many_domains", "An organization has at most %d domains. Remove one first.", maxDomains)
		}
		if err := insertDomain(t, d); err != nil {
			return d, err
		}
		return d, t.Record(d.event("domain.added"))
	},
}

// DomainRef names a domain.
type DomainRef struct {
	ID id.Domain `path:"id" json:"-"`
}

// RemoveDomain removes it. Error: not_found.
var RemoveDomain = op.Command[DomainRef, op.Nothing]{
	Name: "domain.remove", Needs: authz.SettingsManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in DomainRef) (op.Nothing, error) {
		d, err := domainByID(t, in.ID)
		if err != nil {
			return op.Nothing{}, err
		}
		if err := removeDomain(t, d.ID); err != nil {
			return op.Nothing{}, err
		}
		return op.Nothing{}, t.Record(d.event("domain.removed"))
	},
}

func (d Domain) event(name string) op.Event {
	return op.Event{Name: name, Subject: op.Subject{Kind: "domain", ID: string(d.ID), Name: d.Spelling}}
}
