package link

import (
	"time"

	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/secret"
)

const columns = `org_id, id, purpose, subject_id, address, credential_version, created_at, expires_at, used_at, revoked_at, revoked_why`

func insert(t *op.Tx, l Link, hash secret.Hash) error {
	_, err := t.Exec(`-- across organizations: links of operators belong to none
		insert into links (org_id, id, purpose, subject_id, address, hash, credential_version, created_at, expires_at, revoked_why)
		values (:of, :id, :purpose, :subject, :address, :hash, :version, :now, :expires, '')`,
		op.Args{"of": string(l.Org), "id": l.ID, "purpose": l.Purpose, "subject": l.Subject, "address": l.Address,
			"hash": hash[:], "version": l.CredentialVersion, "now": l.CreatedAt, "expires": l.ExpiresAt})
	return err
}

func byHash(t *op.Tx, hash secret.Hash) (Link, error) {
	return op.One[Link](t, `-- across organizations: only the token tells which one it is
		select `+columns+` from links where hash = :hash`, op.Args{"hash": hash[:]})
}

func byID(t *op.Tx, link id.Link) (Link, error) {
	return op.One[Link](t, `-- across organizations: links of operators belong to none
		select `+columns+` from links where org_id = :of and id = :id`, op.Args{"of": string(t.Org()), "id": link})
}

// consume is one conditional statement, so that parallel uses have one winner.
func consume(t *op.Tx, link id.Link) (won bool, err error) {
	n, err := t.Exec(`-- across organizations: links of operators belong to none
		update links set used_at = :now
		where org_id = :of and id = :id and used_at is null and revoked_at is null and expires_at > :now`,
		op.Args{"of": string(t.Org()), "id": link, "now": t.Now()})
	return n == 1, err
}

// Revoke makes the open links of a subject useless; why is Superseded or
// Withdrawn. Without purposes it means all of them.
func Revoke(t *op.Tx, subject, why string, purposes ...Purpose) error {
	if len(purposes) == 0 {
		purposes = []Purpose{Invitation, Activation, PasswordReset, Forgotten, OperatorSetup}
	}
	_, err := t.Exec(`-- across organizations: links of operators belong to none
		update links set revoked_at = :now, revoked_why = :why
		where org_id = :of and subject_id = :subject and purpose in (:purposes) and used_at is null and revoked_at is null`,
		op.Args{"of": string(t.Org()), "subject": subject, "why": why, "purposes": purposes, "now": t.Now()})
	return err
}

func removeExpired(t *op.Tx, before time.Time) error {
	_, err := t.Exec(`-- across organizations: what is dead is dead in all of them
		delete from links where expires_at < :before`, op.Args{"before": before})
	return err
}
