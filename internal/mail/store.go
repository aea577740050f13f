package mail

import (
	"time"

	"roster/internal/id"
	"roster/internal/mailaddr"
	"roster/internal/op"
)

// claimed is a letter that this worker may send until its claim runs out.
type claimed struct {
	Org      id.Org    `db:"org_id"`
	ID       id.Letter `db:"id"`
	To       string    `db:"to_address"`
	Body     []byte    `db:"body"`
	Attempts int       `db:"attempts"`
	Claim    int       `db:"claim"`
	Created  time.Time `db:"created_at"`
}

// claim takes the letters that are due, oldest first. What a suspended
// organization has written waits until it is resumed. Who does not report back
// before until loses them to the next worker: the claim's number keeps the
// loser from writing over the winner.
func claim(t *op.Tx, most int, until time.Time) ([]claimed, error) {
	return op.All[claimed](t, `-- across organizations: one worker sends for all of them
		update letters set state = 'sending', next_at = :until, claim = claim + 1, attempts = attempts + 1
		where (org_id, id) in (
			select org_id, id from letters where state in ('queued', 'sending') and next_at <= :now
				and not exists (select 1 from organizations o where o.id = letters.org_id and o.suspended_at is not null)
			order by next_at, id limit :most SKIP_LOCKED)
		returning org_id, id, to_address, body, attempts, claim, created_at`,
		op.Args{"now": t.Now(), "until": until, "most": most})
}

// settle writes what became of a letter, if its claim is still this worker's.
// The body is erased as soon as nobody needs it any more.
func settle(t *op.Tx, c claimed, r result) error {
	_, err := t.Exec(`-- across organizations: one worker sends for all of them
		update letters set state = :state, next_at = :next, problem = :problem, sent_at = :sent,
			body = case when :keep then body else null end
		where org_id = :of and id = :id and claim = :claim and state = 'sending'`,
		op.Args{"state": r.state, "next": r.next, "problem": r.problem, "sent": r.sent, "keep": r.state == "queued",
			"of": string(c.Org), "id": c.ID, "claim": c.Claim})
	return err
}

// Cancel takes back the letters about something that have not left yet.
func Cancel(t *op.Tx, about string) error {
	_, err := t.Exec(`update letters set state = 'canceled', body = null
		where org_id = :org and about = :about and state in ('queued', 'sending')`, op.Args{"about": about})
	return err
}

// Withhold keeps what is in the organization's outbox from leaving, but for the
// letters about something that stays. The letters count as sent when they were
// written.
func Withhold(t *op.Tx, stays ...string) error {
	text, args := `update letters set state = 'sent', sent_at = created_at, body = null
		where org_id = :org and state in ('queued', 'sending')`, op.Args{}
	if len(stays) > 0 {
		text += ` and about not in (:stays)`
		args["stays"] = stays
	}
	_, err := t.Exec(text, args)
	return err
}

// Bounce notes that the letters about something came back, in the words of the
// mail server that refused them.
func Bounce(t *op.Tx, about, problem string) error {
	_, err := t.Exec(`update letters set state = 'undeliverable', sent_at = null, problem = :problem
		where org_id = :org and about = :about and state = 'sent'`, op.Args{"about": about, "problem": problem})
	return err
}

// SentSince counts the letters of a kind that an address, in any spelling, got from the
// organization since a moment, and tells when the oldest of them was written.
func SentSince(t *op.Tx, to, kind string, since time.Time) (n int, oldest time.Time, err error) {
	row, err := op.One[struct {
		N      int       `db:"n"`
		Oldest time.Time `db:"oldest"`
	}](t, `select count(*) as n, min(created_at) as oldest from letters
		where org_id = :org and to_key = :to and kind = :kind and created_at > :since`,
		op.Args{"to": mailaddr.KeyOf(to), "kind": kind, "since": since})
	return row.N, row.Oldest, err
}

func removeSettled(t *op.Tx, before time.Time) error {
	_, err := t.Exec(`-- across organizations: one worker sends for all of them
		delete from letters where state in ('sent', 'undeliverable', 'canceled') and created_at < :before`, op.Args{"before": before})
	return err
}

// Erase removes the address of somebody who has been deleted from letters that
// are settled, and takes back those that are not.
func Erase(t *op.Tx, address string) error {
	_, err := t.Exec(`update letters set to_address = '', to_key = '', to_name = '', body = null, problem = '',
			state = case when state in ('queued', 'sending') then 'canceled' else state end
		where org_id = :org and to_key = :to`, op.Args{"to": mailaddr.KeyOf(address)})
	return err
}
