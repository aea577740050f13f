package signin

import (
	"time"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/mailaddr"
	"roster/internal/op"
	"roster/internal/secret"
	"roster/internal/user"
)

const sessionColumns = `id, user_id, address, agent, stays, created_at, seen_at, expires_at`

func insertSession(t *op.Tx, s Session, hash secret.Hash) error {
	_, err := t.Exec(`insert into sessions (org_id, id, user_id, hash, address, agent, stays, created_at, seen_at, expires_at)
		values (:org, :id, :user, :hash, :address, :agent, :stays, :now, :now, :expires)`,
		op.Args{"id": s.ID, "user": s.User, "hash": hash.Bytes(), "address": s.Address, "agent": s.Agent, "stays": s.Stays,
			"now": s.CreatedAt, "expires": s.ExpiresAt})
	return err
}

// proving is what of a user's row says what they may do.
var proving = user.RightsColumns("u.", ":of")

// bySession reads everything that the door asks of a session at once: it runs
// with every request. It is bound to an organization by its argument, because
// the transaction is not bound to one yet.
func bySession(t *op.Tx, org id.Org, hash []byte) (proof, error) {
	return op.One[proof](t, `-- across organizations: the door asks before it binds the transaction to one
		select s.id as session, s.org_id, s.created_at as started_at, s.seen_at, s.expires_at,
			o.session_idle_minutes, o.session_max_hours, u.must_change_password, u.password_set_at,
			u.password_never_expires, o.password_expiry_days, o.admin_password_expiry_days, u.id, u.email, u.first_name, u.last_name, u.display_name, u.state, u.role_id, `+proving+`
		from sessions s
		join users u on u.org_id = s.org_id and u.id = s.user_id
		join organizations o on o.id = s.org_id
		where s.hash = :hash and s.org_id = :of`, op.Args{"hash": hash, "of": org})
}

// account is an organization with the session that opens it.
type account struct {
	Account
	Session
	limits
}

func accountsByHashes(t *op.Tx, hashes [][]byte) ([]account, error) {
	return op.All[account](t, `-- across organizations: one browser can be signed in to several
		select o.name, o.slug, s.org_id, s.id, s.created_at, s.seen_at, s.expires_at, o.session_idle_minutes, o.session_max_hours
		from sessions s
		join organizations o on o.id = s.org_id
		join users u on u.org_id = s.org_id and u.id = s.user_id
		where s.hash in (:hashes) and u.state = 'active' and o.suspended_at is null
		order by o.name_key, o.id`, op.Args{"hashes": hashes})
}

func sessionByID(t *op.Tx, session id.Session) (Session, error) {
	return op.One[Session](t, `select `+sessionColumns+` from sessions where org_id = :org and id = :id`, op.Args{"id": session})
}

func sessionsOf(t *op.Tx, u id.User) ([]Session, error) {
	return op.All[Session](t, `select `+sessionColumns+` from sessions where org_id = :org and user_id = :user
		order by seen_at desc, id desc`, op.Args{"user": u})
}

func touch(t *op.Tx, session id.Session) error {
	_, err := t.Exec(`update sessions set seen_at = :now where org_id = :org and id = :id`, op.Args{"id": session, "now": t.Now()})
	return err
}

func setToken(t *op.Tx, session id.Session, hash secret.Hash) error {
	return t.ExecOne(`update sessions set hash = :hash where org_id = :org and id = :id`, op.Args{"id": session, "hash": hash.Bytes()})
}

func endSession(t *op.Tx, session id.Session) (int64, error) {
	return t.Exec(`delete from sessions where org_id = :org and id = :id`, op.Args{"id": session})
}

// endSessions ends all sessions of a user but one; keep may be empty.
func endSessions(t *op.Tx, u id.User, keep id.Session) (int64, error) {
	return t.Exec(`delete from sessions where org_id = :org and user_id = :user and id <> :keep`,
		op.Args{"user": u, "keep": string(keep)})
}

// endOldest ends the sessions beyond the newest most ones.
func endOldest(t *op.Tx, u id.User, most int) error {
	_, err := t.Exec(`delete from sessions where org_id = :org and user_id = :user and id not in (
			select id from sessions where org_id = :org and user_id = :user order by seen_at desc, id desc limit :most)`,
		op.Args{"user": u, "most": most})
	return err
}

func insertDevice(t *op.Tx, u id.User, hash secret.Hash) error {
	_, err := t.Exec(`insert into devices (org_id, user_id, hash, created_at, seen_at) values (:org, :user, :hash, :now, :now)`,
		op.Args{"user": u, "hash": hash.Bytes(), "now": t.Now()})
	return err
}

// isDevice reports whether the user has signed in with this browser before.
func isDevice(t *op.Tx, u id.User, hash []byte) (bool, error) {
	found, err := op.All[id.User](t, `select user_id from devices where org_id = :org and user_id = :user and hash = :hash`,
		op.Args{"user": u, "hash": hash})
	return len(found) > 0, err
}

func seeDevice(t *op.Tx, u id.User, hash []byte) error {
	_, err := t.Exec(`update devices set seen_at = :now where org_id = :org and user_id = :user and hash = :hash`,
		op.Args{"user": u, "hash": hash, "now": t.Now()})
	return err
}

// forgetOldest forgets the devices beyond the most ones used last.
func forgetOldest(t *op.Tx, u id.User, most int) error {
	_, err := t.Exec(`delete from devices where org_id = :org and user_id = :user and hash not in (
			select hash from devices where org_id = :org and user_id = :user order by seen_at desc, hash limit :most)`,
		op.Args{"user": u, "most": most})
	return err
}

func forgetDevices(t *op.Tx, u id.User) error {
	_, err := t.Exec(`delete from devices where org_id = :org and user_id = :user`, op.Args{"user": u})
	return err
}

// place is an organization in which an address has an account.
type place struct {
	Email string `db:"email"` // as the account has it
	Name  string `db:"name"`
	Slug  string `db:"slug"`
}

// placesOf finds the organizations in which an address has an account that can
// be signed in to, or will be.
func placesOf(t *op.Tx, emailKey string) ([]place, error) {
	return op.All[place](t, `-- across organizations: the list goes to the address by e-mail, and nowhere else
		select u.email, o.name, o.slug from users u join organizations o on o.id = u.org_id
		where u.email_key = :key and u.state in ('active', 'waiting') and o.suspended_at is null
		order by u.email, o.name_key, o.id limit 100`, op.Args{"key": emailKey})
}

// lettersSince counts the letters of a kind that have been written to an
// address since a moment, in the organization of the transaction or, without
// one, in the name of the installation.
func lettersSince(t *op.Tx, to, kind string, since time.Time) (int, error) {
	return op.One[int](t, `-- across organizations: letters of the installation belong to none
		select count(*) from letters where org_id = :of and to_key = :key and to_address = :to and kind = :kind and created_at > :since`,
		op.Args{"of": string(t.Org()), "key": mailaddr.KeyOf(to), "to": to, "kind": kind, "since": since})
}

// orNothing turns 'not found' into the zero value.
func orNothing[T any](one T, err error) (T, error) {
	if errs.KindOf(err) == errs.KindNotFound {
		var none T
		return none, nil
	}
	return one, err
}
