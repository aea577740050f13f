package auditlog

import (
	"errors"
	"math"
	"strings"
	"time"

	"roster/internal/account"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/secret"
	"roster/internal/user"
)

// row is an event with its place in the chain. Link is 0 until it is sealed.
type row struct {
	Seq         int64     `db:"seq"`
	ID          id.Event  `db:"id"`
	At          time.Time `db:"at"`
	Name        string    `db:"name"`
	ActorKind   string    `db:"actor_kind"`
	ActorID     string    `db:"actor_id"`
	ActorName   string    `db:"actor_name"`
	ActorKey    string    `db:"actor_key"`
	SubjectKind string    `db:"subject_kind"`
	SubjectID   string    `db:"subject_id"`
	SubjectName string    `db:"subject_name"`
	SubjectKey  string    `db:"subject_key"`
	Changes     string    `db:"changes"`
	Address     string    `db:"address"`
	Agent       string    `db:"agent"`
	Request     string    `db:"request"`
	Link        int64     `db:"link"`
	Hash        []byte    `db:"hash"`
	ActorSalt   []byte    `db:"actor_salt"`
	ActorDigest []byte    `db:"actor_digest"`
	AboutSalt   []byte    `db:"about_salt"`
	AboutDigest []byte    `db:"about_digest"`
}

const (
	shown = `seq, id, at, name, actor_kind, actor_id, actor_name, subject_kind, subject_id, subject_name, changes, address, agent, request`
	all   = shown + `, actor_key, subject_key, link, hash, actor_salt, actor_digest, about_salt, about_digest`
)

// in is how a statement begins, and by which condition it stays in the
// transaction's organization, or on the platform.
func in(t *op.Tx) (mark, own string) {
	if t.Org() == "" {
		return "-- across organizations: events of the platform belong to none\n", `org_id = '' `
	}
	return "", `org_id = :org `
}

// position is where a list goes on, newest first.
type position struct {
	At  time.Time `json:"t"`
	Seq int64     `json:"s"`
}

func (r row) position() position { return position{r.At, r.Seq} }

// platformOnly is what operators see: the events of the platform itself, and what
// became of the organizations and their subscriptions. It has to read like the index of that name.
const platformOnly = `(org_id = '' or name in ('organization.created', 'organization.updated', 'organization.deleted', 'subscription.created', 'subscription.updated')) `

// source is where a list reads from, with the arguments of its condition. With
// limits, nobody reads what happened to others, or to the organization.
func source(t *op.Tx) (mark, where string, args op.Args) {
	mark, where = in(t)
	if t.Org() == "" {
		return mark, platformOnly, op.Args{}
	}
	condition, args := account.Within(t)
	if condition != "" {
		where += `and subject_kind = 'user' and subject_id in (select u.id from users u where u.org_id = :org` + condition + `) `
	}
	return mark, where, args
}

// page reads events, newest first, after a position and down to floor, which
// may be nil.
func page(t *op.Tx, f Filter, after, floor *position, limit int) ([]row, error) {
	mark, where, args := source(t)
	condition := f.conditions(args)
	condition += after.older(args) + floor.reached(args)
	args["limit"] = limit
	return op.All[row](t, mark+`select `+shown+` from events where `+where+condition+`order by at desc, seq desc limit :limit`, args)
}

// floor is the position of the event that lies many events behind another
// position, or nil if there are not as many.
func floor(t *op.Tx, f Filter, after *position, many int) (*position, error) {
	mark, where, args := source(t)
	args["many"] = many
	condition := f.times(args) + after.older(args)
	rows, err := op.All[row](t, mark+`select at, seq from events where `+where+condition+`order by at desc, seq desc limit 1 offset :many`, args)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	p := rows[0].position()
	return &p, nil
}

func total(t *op.Tx, f Filter) (int, error) {
	mark, where, args := source(t)
	condition := f.conditions(args)
	return op.One[int](t, mark+`select count(*) from events where `+where+condition, args)
}

// older is the condition to come after a position in the list.
func (p *position) older(args op.Args) string {
	if p == nil {
		return ""
	}
	args["at"], args["seq"] = p.At, p.Seq
	return `and (at, seq) < (:at, :seq) `
}

// reached is the condition not to go beyond a position in the list.
func (p *position) reached(args op.Args) string {
	if p == nil {
		return ""
	}
	args["floor_at"], args["floor_seq"] = p.At, p.Seq
	return `and (at, seq) >= (:floor_at, :floor_seq) `
}

func (f Filter) times(args op.Args) string {
	text := ""
	if !f.From.IsZero() {
		text += `and at >= :from `
		args["from"] = f.From
	}
	if !f.To.IsZero() {
		text += `and at < :to `
		args["to"] = f.To
	}
	return text
}

func (f Filter) conditions(args op.Args) string {
	text := f.times(args)
	if f.Actor != "" {
		text += `and actor_id = :actor `
		args["actor"] = f.Actor
	}
	if f.Subject != "" {
		text += `and subject_id = :subject `
		args["subject"] = f.Subject
	}
	switch {
	case strings.HasSuffix(f.Name, "."):
		text += `and name like :name escape '\' `
		args["name"] = op.LikePrefix(f.Name)
	case f.Name != "":
		text += `and name = :name `
		args["name"] = f.Name
	}
	if f.Search != "" {
		text += `and (actor_key like :like escape '\' or subject_key like :like escape '\') `
		args["like"] = op.Like(f.Search)
	}
	return text
}

// about reads the newest events about a subject, of the given names or of all.
func about(t *op.Tx, subject string, names []string, limit int) ([]row, error) {
	only := ""
	if names != nil {
		only = `and name in (:names) `
	}
	return op.All[row](t, `select `+shown+` from events where org_id = :org and subject_id = :subject `+only+`order by at desc, seq desc limit :limit`,
		op.Args{"subject": subject, "names": names, "limit": limit})
}

// unsealedOrgs lists the organizations with events to seal; the empty one is the platform.
func unsealedOrgs(t *op.Tx) ([]id.Org, error) {
	return op.All[id.Org](t, `-- across organizations: one worker seals for all of them
		select distinct org_id from events where link is null`, nil)
}

// unsealed reads the oldest events that are not in the chain yet, and keeps
// others from erasing them meanwhile.
func unsealed(t *op.Tx, limit int) ([]row, error) {
	mark, own := in(t)
	return op.All[row](t, mark+`select `+all+` from events where `+own+`and link is null order by seq limit :limit LOCK_ROW`, op.Args{"limit": limit})
}

// seal writes an event's place in the chain.
func seal(t *op.Tx, r row) error {
	mark, own := in(t)
	return t.ExecOne(mark+`update events set link = :link, hash = :hash, actor_salt = :actor_salt, actor_digest = :actor_digest,
			about_salt = :about_salt, about_digest = :about_digest
		where `+own+`and seq = :seq and link is null`, op.Args{
		"seq": r.Seq, "link": r.Link, "hash": r.Hash, "actor_salt": r.ActorSalt, "actor_digest": r.ActorDigest,
		"about_salt": r.AboutSalt, "about_digest": r.AboutDigest,
	})
}

// holdAnchor reads the end of the chain and keeps it from moving until the
// commit: of two sealers, one waits here.
func holdAnchor(t *op.Tx) (anchor, error) {
	_, err := t.Exec(`-- across organizations: the platform has a chain, too
		insert into audit_anchors (org_id, link, hash, mark, sealed_at) values (:of, 0, :hash, :hash, :now) on conflict do nothing`,
		op.Args{"of": string(t.Org()), "hash": first(t.Org()), "now": t.Now()})
	if err != nil {
		return anchor{}, err
	}
	mark, own := in(t)
	return op.One[anchor](t, mark+`select link, hash, mark, sealed_at from audit_anchors where `+own+`LOCK_ROW`, nil)
}

// moveAnchor writes the new end of the chain.
func moveAnchor(t *op.Tx, from, to anchor) error {
	mark, own := in(t)
	return t.ExecOne(mark+`update audit_anchors set link = :link, hash = :hash, mark = :mark, sealed_at = :now where `+own+`and link = :from`,
		op.Args{"from": from.Link, "link": to.Link, "hash": to.Hash, "mark": t.Seal(anchorPlace(t.Org()), to.clear()), "now": t.Now()})
}

// anchored reads the end of the chain. Whoever changed it without the key is
// answered with genuine false.
func anchored(t *op.Tx) (a anchor, genuine bool, err error) {
	mark, own := in(t)
	a, err = op.One[anchor](t, mark+`select link, hash, mark, sealed_at from audit_anchors where `+own, nil)
	if errs.KindOf(err) == errs.KindNotFound {
		return anchor{Hash: first(t.Org())}, true, nil
	}
	if err != nil || a.Link == 0 {
		return a, true, err
	}
	clear, err := t.Open(anchorPlace(t.Org()), a.Mark)
	if err != nil && !errors.Is(err, secret.ErrSealed) {
		return a, false, err // a key is missing, which says nothing about the log
	}
	return a, err == nil && string(clear) == string(a.clear()), nil
}

func anchorPlace(org id.Org) secret.Place {
	return secret.Place{Table: "audit_anchors", Row: string(org), Column: "mark"}
}

// chain reads sealed events in the order of the chain, after a number. It
// begins below 1, so that nobody hides an event under a number that is none.
func chain(t *op.Tx, after int64, limit int) ([]row, error) {
	mark, own := in(t)
	return op.All[row](t, mark+`select `+all+` from events where `+own+`and link > :after order by link limit :limit`,
		op.Args{"after": after, "limit": limit})
}

const beforeAll = math.MinInt64

// size is how far the chain's numbers go, and how many events have none yet.
func size(t *op.Tx) (last int64, unsealed int, err error) {
	mark, own := in(t)
	s, err := op.One[struct {
		Last     int64 `db:"last"`
		Unsealed int   `db:"unsealed"`
	}](t, mark+`select (select coalesce(max(link), 0) from events where `+own+`and link is not null) as last,
		(select count(*) from events where `+own+`and link is null) as unsealed`, nil)
	return s.Last, s.Unsealed, err
}

// deletedUsers are those whose events may have been erased.
func deletedUsers(t *op.Tx) (map[string]bool, error) {
	mark, own := in(t)
	ids, err := op.All[string](t, mark+`select subject_id from events where `+own+`and name = 'user.deleted'`, nil)
	deleted := make(map[string]bool, len(ids))
	for _, one := range ids {
		deleted[one] = true
	}
	return deleted, err
}

// undigested reads the events about or by a user whose digests are not made yet.
func undigested(t *op.Tx, u id.User) ([]row, error) {
	return op.All[row](t, `select `+all+` from events
		where org_id = :org and link is null and about_digest is null and (subject_id = :user or actor_id = :user)`, op.Args{"user": u})
}

func setDigests(t *op.Tx, r row) error {
	return t.ExecOne(`update events set actor_salt = :actor_salt, actor_digest = :actor_digest, about_salt = :about_salt, about_digest = :about_digest
		where org_id = :org and seq = :seq and about_digest is null`, op.Args{
		"seq": r.Seq, "actor_salt": r.ActorSalt, "actor_digest": r.ActorDigest, "about_salt": r.AboutSalt, "about_digest": r.AboutDigest,
	})
}

// erase empties what tells of a user, with the salts by which it could be guessed.
func erase(t *op.Tx, u user.User) error {
	for _, statement := range []string{
		`update events set subject_name = '', subject_key = '', changes = '[]', about_salt = null where org_id = :org and subject_id = :user`,
		`update events set actor_name = '', actor_key = '', address = '', agent = '', actor_salt = null where org_id = :org and actor_id = :user`,
		`update events set actor_name = '', actor_key = '', address = '', agent = '', actor_salt = null
			where org_id = :org and subject_id = :user and actor_kind = 'nobody'`,
	} {
		if _, err := t.Exec(statement, op.Args{"user": u.ID}); err != nil {
			return err
		}
	}
	return nil
}
