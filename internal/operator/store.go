package operator

import (
	"time"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/secret"
)

const columns = `id, email, name, created_at, last_seen_at`

// account is an operator with what proves them.
type account struct {
	Operator
	Password string `db:"password"` // PHC string; empty: none yet
}

func byID(t *op.Tx, o id.Operator) (Operator, error) {
	return op.One[Operator](t, `-- across organizations: operators are of none
		select `+columns+` from operators where id = :id`, op.Args{"id": o})
}

func accountOf(t *op.Tx, emailKey string) (account, error) {
	return op.One[account](t, `-- across organizations: operators are of none
		select `+columns+`, password from operators where email_key = :key`, op.Args{"key": emailKey})
}

func all(t *op.Tx) ([]Operator, error) {
	return op.All[Operator](t, `-- across organizations: operators are of none
		select `+columns+` from operators order by name, id`, nil)
}

func count(t *op.Tx) (int, error) {
	return op.One[int](t, `-- across organizations: operators are of none
		select count(*) from operators`, nil)
}

func insert(t *op.Tx, o Operator, emailKey string) error {
	n, err := t.Exec(`-- across organizations: operators are of none
		insert into operators (id, email, email_key, name, password, created_at) values (:id, :email, :key, :name, '', :now)
		on conflict (email_key) do nothing`,
		op.Args{"id": o.ID, "email": o.Email, "key": emailKey, "name": o.Name, "now": o.CreatedAt})
	if err == nil && n == 0 {
		return errs.Conflict("operator_exists", "There is an operator with this address already.")
	}
	return err
}

func rename(t *op.Tx, o Operator) error {
	return t.ExecOne(`-- across organizations: operators are of none
		update operators set name = :name where id = :id`, op.Args{"id": o.ID, "name": o.Name})
}

func setPassword(t *op.Tx, o id.Operator, hash string) error {
	return t.ExecOne(`-- across organizations: operators are of none
		update operators set password = :hash where id = :id`, op.Args{"id": o, "hash": hash})
}

func seen(t *op.Tx, o id.Operator) error {
	_, err := t.Exec(`-- across organizations: operators are of none
		update operators set last_seen_at = :now where id = :id`, op.Args{"id": o, "now": t.Now()})
	return err
}

func bySession(t *op.Tx, hash []byte) (proof, error) {
	return op.One[proof](t, `-- across organizations: operators are of none
		select s.id as session, s.seen_at, s.expires_at, o.id, o.email, o.name
		from operator_sessions s join operators o on o.id = s.operator_id
		where s.hash = :hash`, op.Args{"hash": hash})
}

// insertSession also removes the sessions that are over, and the operator's
// oldest ones beyond the most that they may have.
func insertSession(t *op.Tx, s id.Session, o id.Operator, hash secret.Hash, expires time.Time) error {
	origin := t.Actor().Origin
	_, err := t.Exec(`-- across organizations: operators are of none
		insert into operator_sessions (id, operator_id, hash, address, agent, created_at, seen_at, expires_at)
		values (:id, :operator, :hash, :address, :agent, :now, :now, :expires)`,
		op.Args{"id": s, "operator": o, "hash": hash.Bytes(), "address": origin.Address, "agent": origin.Agent, "now": t.Now(), "expires": expires})
	if err != nil {
		return err
	}
	_, err = t.Exec(`-- across organizations: operators are of none
		delete from operator_sessions where expires_at <= :now or operator_id = :operator and id not in (
			select id from operator_sessions where operator_id = :operator order by seen_at desc, id desc limit :most)`,
		op.Args{"operator": o, "now": t.Now(), "most": maxSessions})
	return err
}

func touchSession(t *op.Tx, s id.Session) error {
	_, err := t.Exec(`-- across organizations: operators are of none
		update operator_sessions set seen_at = :now where id = :id`, op.Args{"id": s, "now": t.Now()})
	return err
}

func endSession(t *op.Tx, s id.Session) error {
	return t.ExecOne(`-- across organizations: operators are of none
		delete from operator_sessions where id = :id`, op.Args{"id": s})
}

// isDevice reports whether the operator has signed in with this browser before.
func isDevice(t *op.Tx, o id.Operator, hash []byte) (bool, error) {
	n, err := op.One[int](t, `-- across organizations: operators are of none
		select count(*) from operator_devices where operator_id = :operator and hash = :hash`,
		op.Args{"operator": string(o), "hash": hash})
	return n > 0, err
}

func insertDevice(t *op.Tx, o id.Operator, hash secret.Hash) error {
	_, err := t.Exec(`-- across organizations: operators are of none
		insert into operator_devices (operator_id, hash, created_at) values (:operator, :hash, :now)`,
		op.Args{"operator": o, "hash": hash.Bytes(), "now": t.Now()})
	if err != nil {
		return err
	}
	_, err = t.Exec(`-- across organizations: operators are of none
		delete from operator_devices where operator_id = :operator and hash not in (
			select hash from operator_devices where operator_id = :operator order by created_at desc, hash limit :most)`,
		op.Args{"operator": o, "most": maxDevices})
	return err
}

// forget ends all sessions of an operator and makes every browser a stranger.
func forget(t *op.Tx, o id.Operator) error {
	if _, err := t.Exec(`-- across organizations: operators are of none
		delete from operator_sessions where operator_id = :operator`, op.Args{"operator": o}); err != nil {
		return err
	}
	_, err := t.Exec(`-- across organizations: operators are of none
		delete from operator_devices where operator_id = :operator`, op.Args{"operator": o})
	return err
}
