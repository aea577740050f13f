package org

import (
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/text"
)

const columns = `id, slug, name, suspended_at, created_at, version, color, sender_name, reply_to, language, time_zone,
	invitation_days, session_idle_minutes, session_max_hours, without_teams, welcome_mails,
	numbers_on_deactivation, number_notices, license_assign, license_reserve, unlisted_senders, logo, logo_width, logo_height, ` + passwordColumns

// Find is the door's hook: an organization by id or slug.
func Find(t *op.Tx, ref string) (op.Organization, error) {
	return op.One[op.Organization](t, `-- across organizations: this is how the door learns which one a request names
		select id, suspended_at is not null as suspended from organizations where id = :ref or slug = :ref`, op.Args{"ref": ref})
}

// Mine is the organization that the transaction is bound to.
func Mine(t *op.Tx) (Organization, error) {
	o, err := op.One[Organization](t, `select `+columns+` from organizations where id = :org`, nil)
	o.PasswordSettings = o.PasswordSettings.above(t.PasswordFloor())
	return o.shown(), err
}

func (o Organization) shown() Organization {
	o.Suspended = !o.SuspendedAt.IsZero()
	o.Features = Features{UnlistedSenders: o.UnlistedSenders}
	return o
}

type position struct {
	Name string `json:"n"`
	ID   id.Org `json:"i"`
}

func page(t *op.Tx, search string, after position, limit int) ([]Organization, error) {
	rows, err := op.All[Organization](t, `-- across organizations: operators see the list of them
		select `+columns+` from organizations
		where (name_key, id) > (:name, :id) and (:search = '' or name_key like :like escape '\' or slug like :like escape '\')
		order by name_key, id limit :limit`,
		op.Args{"name": after.Name, "id": string(after.ID), "search": search, "like": op.Like(search), "limit": limit})
	for i := range rows {
		rows[i] = rows[i].shown()
	}
	return rows, err
}

func count(t *op.Tx, search string) (int, error) {
	return op.One[int](t, `-- across organizations: operators see the list of them
		select count(*) from organizations where :search = '' or name_key like :like escape '\' or slug like :like escape '\'`,
		op.Args{"search": search, "like": op.Like(search)})
}

func insert(t *op.Tx, o Organization) error {
	args := o.args()
	args["created"] = o.CreatedAt
	n, err := t.Exec(`-- across organizations: it does not exist yet
		insert into organizations (id, slug, name, name_key, created_at, version, color, sender_name, reply_to, language, time_zone,
			invitation_days, session_idle_minutes, session_max_hours, without_teams, welcome_mails,
			numbers_on_deactivation, number_notices, license_assign, license_reserve, unlisted_senders, `+passwordColumns+`)
		values (:id, :slug, :name, :name_key, :created, 1, :color, :sender_name, :reply_to, :language, :time_zone,
			:invitation_days, :session_idle_minutes, :session_max_hours, :without_teams, :welcome_mails,
			:numbers_on_deactivation, :number_notices, :license_assign, :license_reserve, :unlisted_senders, `+passwordValues+`)
		on conflict (slug) do nothing`, args)
	if err == nil && n == 0 {
		return slugTaken()
	}
	return err
}

// update writes all that can change, if nobody has changed the row since.
func update(t *op.Tx, o Organization) error {
	if taken, err := op.All[id.Org](t, `-- across organizations: short names are unique among all of them
		select id from organizations where slug = :slug and id <> :id`, op.Args{"slug": o.Slug, "id": o.ID}); err != nil {
		return err
	} else if len(taken) > 0 {
		return slugTaken()
	}
	args := o.args()
	args["version"], args["suspended"] = o.Version, o.SuspendedAt
	args["logo"], args["logo_width"], args["logo_height"] = o.LogoVersion, o.LogoWidth, o.LogoHeight
	n, err := t.Exec(`-- across organizations: operators work on all of them
		update organizations set slug = :slug, name = :name, name_key = :name_key, suspended_at = :suspended, version = version + 1,
			color = :color, sender_name = :sender_name, reply_to = :reply_to, language = :language, time_zone = :time_zone,
			invitation_days = :invitation_days, session_idle_minutes = :session_idle_minutes,
			session_max_hours = :session_max_hours, without_teams = :without_teams, welcome_mails = :welcome_mails,
			numbers_on_deactivation = :numbers_on_deactivation, number_notices = :number_notices,
			license_assign = :license_assign, license_reserve = :license_reserve, unlisted_senders = :unlisted_senders,
			logo = :logo, logo_width = :logo_width, logo_height = :logo_height, `+passwordsChanged+`
		where id = :id and version = :version`, args)
	if err == nil && n == 0 {
		return errs.Changed()
	}
	return err
}

func (o Organization) args() op.Args {
	return o.PasswordSettings.into(op.Args{
		"id": o.ID, "slug": o.Slug, "name": o.Name, "name_key": text.Key(o.Name), "color": o.Color, "sender_name": o.SenderName,
		"reply_to": o.ReplyTo, "language": o.Language, "time_zone": o.TimeZone, "invitation_days": o.InvitationDays,
		"session_idle_minutes": o.SessionIdleMinutes, "session_max_hours": o.SessionMaxHours,
		"without_teams": o.WithoutTeams, "welcome_mails": o.WelcomeMails,
		"numbers_on_deactivation": o.NumbersOnDeactivation, "number_notices": o.NumberNotices, "license_assign": o.LicenseAssign, "license_reserve": o.LicenseReserve, "unlisted_senders": o.UnlistedSenders,
	})
}

// remove deletes the organization; what hangs on it by foreign keys goes along.
func remove(t *op.Tx) error {
	return t.ExecOne(`delete from organizations where id = :org`, nil)
}

func slugTaken() error {
	return errs.Conflict("slug_taken", "Another organization has this short name. Choose another one.")
}
