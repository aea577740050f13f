package op

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/secret"
)

// Once is the client's promise that requests with this key are one request.
// For 24 hours a repeat with the same fingerprint is answered with the first
// answer; another fingerprint is refused with idempotency_key_reused.
type Once struct {
	Key         string
	Fingerprint []byte // over method, path and body
}

const onceFor = 24 * time.Hour

// run calls f, unless its answer is known already. The answer is stored in
// f's own transaction: it exists exactly if the change does.
func (o *Once) run(t *Tx, out any, f func() error) error {
	if o == nil || t.actor.Kind == authz.Nobody {
		return f()
	}
	// Keys are the caller's own: the same word from somebody else is another one.
	sum := sha256.Sum256([]byte(string(t.actor.Kind) + "\x00" + t.actor.ID + "\x00" + string(t.org) + "\x00" + o.Key))
	key := hex.EncodeToString(sum[:])
	place := secret.Place{Table: "answers", Row: key, Column: "answer"}
	found, err := All[struct {
		Fingerprint []byte `db:"fingerprint"`
		Answer      []byte `db:"answer"`
	}](t, `-- across organizations: the key is a hash over actor and organization
		select fingerprint, answer from answers where key = :key and created_at > :since`,
		Args{"key": key, "since": t.now.Add(-onceFor)})
	if err != nil {
		return err
	}
	if len(found) > 0 {
		if string(found[0].Fingerprint) != string(o.Fingerprint) {
			return errs.Invalid(errs.Field{Field: "Idempotency-Key", Code: "idempotency_key_reused", Message: "This key was used for another request. Use a new key for a new request."})
		}
		answer, err := t.Open(place, found[0].Answer)
		if err != nil {
			return err
		}
		return json.Unmarshal(answer, out)
	}
	if err := f(); err != nil {
		return err
	}
	answer, err := json.Marshal(out)
	if err != nil {
		return err
	}
	_, err = t.Exec(`-- across organizations: the key is a hash over actor and organization
		insert into answers (key, fingerprint, answer, created_at) values (:key, :fingerprint, :answer, :now)
		on conflict (key) do update set fingerprint = excluded.fingerprint, answer = excluded.answer, created_at = excluded.created_at`,
		Args{"key": key, "fingerprint": o.Fingerprint, "answer": t.Seal(place, answer), "now": t.now})
	return err
}

// Sweep removes the answers that no repeat can ask for any more.
var Sweep = Command[Nothing, Nothing]{
	Name: "answer.sweep", Needs: authz.SystemWork, Scope: authz.System, Relaxed: true,
	Quiet: "what is removed has been dead for a day",
	Run: func(t *Tx, _ Nothing) (Nothing, error) {
		_, err := t.Exec(`-- across organizations: what is dead is dead in all of them
			delete from answers where created_at <= :before`, Args{"before": t.now.Add(-onceFor)})
		return Nothing{}, err
	},
}
