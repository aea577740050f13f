package invite

import (
	"time"

	"roster/internal/account"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/user"
)

const selection = `select i.id, i.user_id, u.email, trim(u.first_name || ' ' || u.last_name) as name, u.group_id, g.name as group_name, u.role_id,
		(select r.name from roles r where r.org_id = :org and r.id = u.role_id) as role_name,
		(select string_agg(m.team_id, ',') from team_members m where m.org_id = :org and m.user_id = i.user_id) as team_ids, i.invited_by, i.invited_by_name,
		i.message, i.language, case when l.state = 'sending' then 'queued' else coalesce(l.state, 'sent') end as delivery,
		coalesce(l.problem, '') as problem, i.reminders, i.created_at, i.sent_at, i.expires_at, i.version
	from invitations i
	join users u on u.org_id = i.org_id and u.id = i.user_id
	join groups g on g.org_id = u.org_id and g.id = u.group_id
	left join letters l on l.org_id = i.org_id and l.id = i.letter_id
	where i.org_id = :org `

func byID(t *op.Tx, invitation id.Invitation) (Invitation, error) {
	condition, args := account.Within(t)
	args["id"] = invitation
	i, err := op.One[Invitation](t, selection+`and i.id = :id`+condition, args)
	return i.at(t.Now()), err
}

// ByUser is the invitation of somebody who has not joined, or errs.NotFound.
func ByUser(t *op.Tx, u id.User) (Invitation, error) {
	i, err := op.One[Invitation](t, selection+`and i.user_id = :user`, op.Args{"user": u})
	return i.at(t.Now()), err
}

// byUsers finds the invitations of several users at once.
func byUsers(t *op.Tx, users []id.User) (map[id.User]Invitation, error) {
	rows, err := op.All[Invitation](t, selection+`and i.user_id in (:users)`, op.Args{"users": users})
	found := make(map[id.User]Invitation, len(rows))
	for _, i := range rows {
		found[i.User] = i.at(t.Now())
	}
	return found, err
}

type position struct {
	Sent time.Time     `json:"s"`
	ID   id.Invitation `json:"i"`
}

// page reads invitations, last sent first. state is empty for all.
func page(t *op.Tx, state State, search string, after *position, limit int) ([]Invitation, error) {
	condition, args := account.Within(t)
	args["now"], args["limit"] = t.Now(), limit
	text := selection + stateCondition(state) + condition + ` `
	if search != "" {
		text += `and u.search like :like escape '\' `
		args["like"] = op.Like(search)
	}
	if after != nil {
		text += `and (i.sent_at, i.id) < (:sent, :id) `
		args["sent"], args["id"] = after.Sent, string(after.ID)
	}
	rows, err := op.All[Invitation](t, text+`order by i.sent_at desc, i.id desc limit :limit`, args)
	for n := range rows {
		rows[n] = rows[n].at(t.Now())
	}
	return rows, err
}

func stateCondition(state State) string {
	switch state {
	case Open:
		return `and i.expires_at > :now `
	case Expired:
		return `and i.expires_at <= :now `
	}
	return ""
}

// Counts is how many invitations are open and expired.
type Counts struct {
	Open     int `db:"open"`
	Expired  int `db:"expired"`
	Expiring int `db:"expiring"` // open, but for three days at most
}

// Count counts the invitations within the actor's reach.
func Count(t *op.Tx) (Counts, error) {
	condition, args := account.Reaching(t)
	if condition != "" {
		condition = ` and user_id in (select u.id from users u where u.org_id = :org` + condition + `)`
	}
	args["now"], args["soon"] = t.Now(), t.Now().Add(72*time.Hour)
	return op.One[Counts](t, `select count(*) filter (where expires_at > :now) as open, count(*) filter (where expires_at <= :now) as expired,
			count(*) filter (where expires_at > :now and expires_at <= :soon) as expiring
		from invitations where org_id = :org`+condition, args)
}

func total(t *op.Tx, state State, search string) (int, error) {
	condition, args := account.Within(t)
	args["now"] = t.Now()
	text := `select count(*) from invitations i join users u on u.org_id = i.org_id and u.id = i.user_id where i.org_id = :org ` + stateCondition(state) + condition + ` `
	if search != "" {
		text += `and u.search like :like escape '\' `
		args["like"] = op.Like(search)
	}
	return op.One[int](t, text, args)
}

func insert(t *op.Tx, i Invitation, emailKey string) error {
	_, err := t.Exec(`insert into invitations (org_id, id, user_id, email_key, invited_by, invited_by_name, message, language, letter_id, reminders,
			created_at, sent_at, expires_at, version)
		values (:org, :id, :user, :key, :by, :by_name, :message, :language, '', 0, :now, :now, :expires, 1)`,
		op.Args{"id": i.ID, "user": i.User, "key": emailKey, "by": i.InvitedBy, "by_name": i.InvitedByName, "message": i.Message,
			"language": i.Language, "now": i.SentAt, "expires": i.ExpiresAt})
	return err
}

// renew writes a new sending: who asks, what they say, until when.
func renew(t *op.Tx, i Invitation) error {
	n, err := t.Exec(`update invitations set invited_by = :by, invited_by_name = :by_name, message = :message, language = :language,
			reminders = :reminders, sent_at = :sent, expires_at = :expires, version = version + 1
		where org_id = :org and id = :id and version = :version`,
		op.Args{"id": i.ID, "by": i.InvitedBy, "by_name": i.InvitedByName, "message": i.Message, "language": i.Language,
			"reminders": i.Reminders, "sent": i.SentAt, "expires": i.ExpiresAt, "version": i.Version})
	if err == nil && n == 0 {
		return errs.Changed()
	}
	return err
}

func setLetter(t *op.Tx, i id.Invitation, letter id.Letter) error {
	return t.ExecOne(`update invitations set letter_id = :letter where org_id = :org and id = :id`, op.Args{"id": i, "letter": letter})
}

// Accepted is the step of joining: the invitation is done with.
func Accepted(t *op.Tx, u user.User) error {
	_, err := t.Exec(`delete from invitations where org_id = :org and user_id = :user`, op.Args{"user": u.ID})
	return err
}

// ExpiredAmong tells which of some invited users can no longer join.
func ExpiredAmong(t *op.Tx, users []id.User) (map[id.User]bool, error) {
	rows, err := op.All[id.User](t, `select user_id from invitations where org_id = :org and user_id in (:users) and expires_at <= :now`,
		op.Args{"users": users, "now": t.Now()})
	expired := make(map[id.User]bool, len(rows))
	for _, u := range rows {
		expired[u] = true
	}
	return expired, err
}

// Erase removes the name of somebody who has been deleted from the invitations
// that they sent.
func Erase(t *op.Tx, u user.User) error {
	_, err := t.Exec(`update invitations set invited_by_name = '' where org_id = :org and invited_by = :user`, op.Args{"user": string(u.ID)})
	return err
}
