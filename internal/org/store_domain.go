package org

import (
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
)

const domainColumns = `id, name, spelling, created_at`

// DomainsOf are those of the organization that the transaction is bound to.
func DomainsOf(t *op.Tx) (Domains, error) {
	rows, err := op.All[Domain](t, `select `+domainColumns+` from domains where org_id = :org order by name`, nil)
	return Domains{rows}, err
}

func domainByID(t *op.Tx, domain id.Domain) (Domain, error) {
	return op.One[Domain](t, `select `+domainColumns+` from domains where org_id = :org and id = :id`, op.Args{"id": domain})
}

func insertDomain(t *op.Tx, d Domain) error {
	n, err := t.Exec(`insert into domains (org_id, id, name, spelling, created_at) values (:org, :id, :name, :spelling, :now)
		on conflict do nothing`, op.Args{"id": d.ID, "name": d.Name, "spelling": d.Spelling, "now": d.CreatedAt})
	if err == nil && n == 0 {
		return errs.Conflict("domain_exists", "The organization has this domain already.")
	}
	return err
}

func removeDomain(t *op.Tx, domain id.Domain) error {
	return t.ExecOne(`delete from domains where org_id = :org and id = :id`, op.Args{"id": domain})
}
