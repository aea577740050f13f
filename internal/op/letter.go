package op

import (
	"encoding/json"
	"fmt"
	"time"

	"roster/internal/id"
	"roster/internal/mailaddr"
	"roster/internal/secret"
)

// Letter is an e-mail that leaves if, and only if, the transaction commits.
// It is a row of the outbox; a worker sends it later, at least once, always
// with the same Message-ID.
type Letter struct {
	Kind   string // "invitation", "password_reset", …
	To     string // an address that has been parsed
	ToName string
	About  string    // id of what it concerns: its delivery is shown there
	After  time.Time // it does not leave before; zero: at once
	Body   any       // becomes JSON, sealed until it has been sent, then erased
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// LetterPlace is where a letter's body stands.
func LetterPlace(letter id.Letter) secret.Place {
	return secret.Place{Table: "letters", Row: string(letter), Column: "body"}
}

// Send puts a letter into the outbox.
func (t *Tx) Send(l Letter) (id.Letter, error) {
	body, err := json.Marshal(l.Body)
	if err != nil {
		return "", t.breakWith(fmt.Errorf("op: letter %s: %w", l.Kind, err))
	}
	letter := id.New[id.Letter](t.now)
	_, err = t.Exec(`-- across organizations: letters to operators belong to none
		insert into letters (org_id, id, kind, to_address, to_key, to_name, about, body, state, attempts, next_at, created_at)
		values (:letter_org, :id, :kind, :to, :to_key, :to_name, :about, :body, 'queued', 0, :after, :now)`, Args{
		"letter_org": string(t.org), "id": letter, "kind": l.Kind, "to": l.To, "to_key": mailaddr.KeyOf(l.To), "to_name": l.ToName, "about": l.About,
		"body": t.Seal(LetterPlace(letter), body), "now": t.now, "after": later(l.After, t.now),
	})
	if err != nil {
		return "", err
	}
	t.posted++
	return letter, nil
}

// Forget removes what the door keeps for the organization of the transaction
// and no foreign key takes along: letters and links. Its events stay.
func Forget(t *Tx) error {
	for _, statement := range []string{
		`delete from letters where org_id = :org`,
		`delete from links where org_id = :org`,
	} {
		if _, err := t.Exec(statement, nil); err != nil {
			return err
		}
	}
	return nil
}
