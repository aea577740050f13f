package user

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"roster/internal/account"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/text"
)

// Columns are the columns of a User, for lists of other features. Teams,
// numbers and licenses are looked up by the id of the row that is read, whatever it is called there.
var Columns = `id, type, email, username, first_name, last_name, display_name, phone, country, language, time_zone, title,
	department, external_id, notes, state, state_before, group_id, role_id, authentication, password_never_expires, custom, created_at, activated_at, last_seen_at, version,
	(select string_agg(m.team_id, ',') from team_members m where m.org_id = :org and m.user_id = id) as team_ids,
	(select string_agg(n.number_id, ',') from (select id as number_id, user_id as holder from numbers where org_id = :org) n where n.holder = id) as number_ids,
	(select string_agg(li.service || ' ' || li.plan || ' ' || pl.model || ' ' || coalesce(li.pool_id, ''), ',') from licenses li
		join plans pl on pl.service = li.service and pl.key = li.plan where li.org_id = :org and li.user_id = id and li.held) as licenses,
	` + RightsColumns("", ":org")

// RightsColumns are the columns of Rights, for a statement that has the users as
// the given alias, with its dot, and their organization as org.
func RightsColumns(alias, org string) string {
	return strings.NewReplacer("USER.", alias, ":ORG", org).Replace(`USER.permissions, USER.side,
	case when USER.contract_access = 'all' then 'all' else coalesce((select string_agg(ua.account_id, ',') from user_accounts ua
		where ua.org_id = :ORG and ua.user_id = USER.id and ua.kind = 'contract'), '') end as contract_accounts,
	case when USER.side = 'organization' then 'all' else coalesce((select string_agg(ua.account_id, ',') from user_accounts ua
		where ua.org_id = :ORG and ua.user_id = USER.id and ua.kind = 'delivery'), '') end as delivery_accounts,
	(select r.name from roles r where r.org_id = :ORG and r.id = USER.role_id) as role_name,
	(select r.permissions from roles r where r.org_id = :ORG and r.id = USER.role_id) as role_permissions,
	(select r.limits from roles r where r.org_id = :ORG and r.id = USER.role_id) as role_limits,
	(select string_agg(sp.key || case when sp.delivery then '+' else '' end, ',') from service_permissions sp
		where sp.service in (select sub.service from subscriptions sub where sub.org_id = :ORG and (sub.ends_on = '' or sub.ends_on >= sub.starts_on))) as declared`)
}

// ByID finds a user of the organization who is within the reach of whoever acts,
// or answers errs.NotFound.
func ByID(t *op.Tx, user id.User) (User, error) {
	condition, args := account.Within(t)
	args["id"] = user
	return op.One[User](t, `select `+Columns+` from users u where org_id = :org and id = :id`+condition, args)
}

// Within reports which of the users are within the reach of whoever acts.
func Within(t *op.Tx, users []id.User) (map[id.User]bool, error) {
	condition, args := account.Within(t)
	args["ids"] = users
	found, err := op.All[id.User](t, `select u.id from users u where u.org_id = :org and u.id in (:ids)`+condition, args)
	within := make(map[id.User]bool, len(found))
	for _, one := range found {
		within[one] = true
	}
	return within, err
}

// ByEmailKeys finds those users whose address has one of the keys (at most 1,000).
func ByEmailKeys(t *op.Tx, keys []string) (map[string]User, error) {
	type row struct {
		User
		Key string `db:"email_key"`
	}
	rows, err := op.All[row](t, `select email_key, `+Columns+` from users where org_id = :org and email_key in (:keys)`, op.Args{"keys": keys})
	found := make(map[string]User, len(rows))
	for _, r := range rows {
		found[r.Key] = r.User
	}
	return found, err
}

// namesake is somebody with one of a user's names.
type namesake struct {
	EmailKey    string `db:"email_key"`
	UsernameKey string `db:"username_key"`
}

// namesakes finds who has u's address or username as an address or a username.
func namesakes(t *op.Tx, u User) ([]namesake, error) {
	keys := append(u.addressKeys(), text.Key(u.Username))
	return op.All[namesake](t, `select email_key, username_key from users
		where org_id = :org and (email_key in (:keys) or username_key in (:keys))`, op.Args{"keys": keys})
}

// BySignIn finds the user who signs in with this address or username, both as keys.
func BySignIn(t *op.Tx, emailKey, usernameKey string) (User, error) {
	return op.One[User](t, `select `+Columns+` from users where org_id = :org and (email_key = :email or username_key = :username)
		order by email_key = :email desc limit 1`, op.Args{"email": emailKey, "username": usernameKey})
}

// Credentials are what proves a user. They never leave the server.
type Credentials struct {
	Password   string    `db:"password"` // PHC string; empty: none
	SetAt      time.Time `db:"password_set_at"`
	MustChange bool      `db:"must_change_password"`
	Version    int       `db:"credential_version"` // grows with every change
}

// CredentialsOf reads a user's credentials.
func CredentialsOf(t *op.Tx, user id.User) (Credentials, error) {
	return op.One[Credentials](t, `select password, password_set_at, must_change_password, credential_version from users where org_id = :org and id = :id`, op.Args{"id": user})
}

// SetPassword stores a hash and makes everything useless that was bound to the
// credential before. An empty hash disables the password.
func SetPassword(t *op.Tx, user id.User, hash string, mustChange bool) error {
	set := t.Now()
	if hash == "" {
		set = time.Time{}
	}
	return t.ExecOne(`update users set password = :hash, password_set_at = :set, password_reminded_at = null,
			must_change_password = :must, credential_version = credential_version + 1
		where org_id = :org and id = :id`, op.Args{"id": user, "hash": hash, "set": set, "must": mustChange})
}

// Reminded notes that the owner of a password has been told of its end; false: that
// has been done already.
func Reminded(t *op.Tx, user id.User) (bool, error) {
	n, err := t.Exec(`update users set password_reminded_at = :now where org_id = :org and id = :id and password_reminded_at is null`,
		op.Args{"id": user, "now": t.Now()})
	return n == 1, err
}

// Rehash replaces a hash by one of the same password.
func Rehash(t *op.Tx, user id.User, hash string) error {
	return t.ExecOne(`update users set password = :hash where org_id = :org and id = :id`, op.Args{"id": user, "hash": hash})
}

// Seen notes that the user was here. It changes no version.
func Seen(t *op.Tx, user id.User) error {
	_, err := t.Exec(`update users set last_seen_at = :now where org_id = :org and id = :id`, op.Args{"id": user, "now": t.Now()})
	return err
}

// Renew tells those who hold an older version of a user that it is older: what
// other features show as the user's own, such as the teams, has changed.
func Renew(t *op.Tx, users []id.User) error {
	for some := range slices.Chunk(users, 1000) {
		if _, err := t.Exec(`update users set version = version + 1 where org_id = :org and id in (:users)`, op.Args{"users": some}); err != nil {
			return err
		}
	}
	return nil
}

// insert adds a row; false means that the address or username is taken.
func insert(t *op.Tx, u User) (bool, error) {
	args := u.args()
	args["created"], args["activated"] = u.CreatedAt, u.ActivatedAt
	n, err := t.Exec(`insert into users (org_id, id, type, email, email_key, username, username_key, first_name, last_name, display_name,
			name_key, search, phone, country, language, time_zone, title, department, external_id, notes, state, state_before, group_id, role_id,
			side, contract_access, permissions, authentication, custom, password, must_change_password, password_never_expires, credential_version, created_at, activated_at, version)
		values (:org, :id, :type, :email, :email_key, :username, :username_key, :first_name, :last_name, :display_name,
			:name_key, :search, :phone, :country, :language, :time_zone, :title, :department, :external_id, :notes, :state, :state_before, :group, :role,
			:side, :contract_access, :permissions, :authentication, :custom, '', false, :never_expires, 1, :created, :activated, 1)
		on conflict do nothing`, args)
	return n == 1, err
}

// update writes all that can change, if nobody has changed the row since.
func update(t *op.Tx, u User) error {
	args := u.args()
	args["version"], args["activated"] = u.Version, u.ActivatedAt
	n, err := t.Exec(`update users set first_name = :first_name, last_name = :last_name, display_name = :display_name,
			name_key = :name_key, search = :search, phone = :phone, country = :country, language = :language, time_zone = :time_zone,
			title = :title, department = :department, external_id = :external_id, notes = :notes, state = :state,
			state_before = :state_before, group_id = :group, role_id = :role, side = :side,
			contract_access = :contract_access, permissions = :permissions, authentication = :authentication, custom = :custom, password_never_expires = :never_expires, activated_at = :activated, version = version + 1
		where org_id = :org and id = :id and version = :version`, args)
	if err == nil && n == 0 {
		return errs.Changed()
	}
	return err
}

func (u User) args() op.Args {
	return op.Args{
		"id": u.ID, "type": u.Type, "email": u.Email, "email_key": u.EmailKey(), "username": u.Username, "username_key": text.Key(u.Username),
		"first_name": u.FirstName, "last_name": u.LastName, "display_name": u.DisplayName, "name_key": u.NameKey(), "search": u.searchText(),
		"phone": u.Phone, "country": u.Country, "language": u.Language, "time_zone": u.TimeZone, "title": u.Title, "department": u.Department,
		"external_id": u.ExternalID, "notes": u.Notes, "state": u.State, "state_before": u.StateBefore, "group": u.Group, "role": string(u.Role),
		"authentication": u.Authentication, "custom": u.Custom.Written(), "side": cmp.Or(u.Side, authz.OfOrganization), "contract_access": contractAccess(u.Contract),
		"permissions": u.Extra.Written(), "never_expires": u.NeverExpires,
	}
}

func contractAccess(a authz.Accounts) string {
	if a.All {
		return "all"
	}
	return "chosen"
}

// MoveAll is the step of deleting a group: all its users go into another one.
func MoveAll(t *op.Tx, from, to id.Group) error {
	_, err := t.Exec(`update users set group_id = :to, version = version + 1 where org_id = :org and group_id = :from`, op.Args{"from": from, "to": to})
	return err
}

// EraseCustom is the step of deleting a custom field: nobody keeps a value in it.
func EraseCustom(t *op.Tx, key string) error {
	without := `cast(cast(custom as jsonb) - cast(:key as text) as text)`
	path := key
	if t.OnSQLite() {
		// The databases have no function in common that takes a member out of an
		// object. In Go it would be as many statements as there are users.
		without, path = `json_remove(custom, :key)`, `$."`+key+`"`
	}
	_, err := t.Exec(`update users set custom = `+without+`, version = version + 1 where org_id = :org and custom like :like escape '\'`,
		op.Args{"key": path, "like": op.Like(`"` + key + `":`)})
	return err
}

// NameKey is what lists are ordered by.
func (u User) NameKey() string { return text.Key(u.Name()) }

func remove(t *op.Tx, user id.User) error {
	return t.ExecOne(`delete from users where org_id = :org and id = :id`, op.Args{"id": user})
}

// otherActiveAdmins counts the active admins who can sign in besides one user.
func otherActiveAdmins(t *op.Tx, besides id.User) (int, error) {
	return op.One[int](t, `select count(*) from users where org_id = :org and role_id = :admin and side = 'organization' and state = 'active' and authentication = 'password' and id <> :besides`,
		op.Args{"admin": string(authz.RoleAdmin), "besides": besides})
}

// CountByState counts the users within the actor's reach, state by state.
func CountByState(t *op.Tx) (map[State]int, error) {
	condition, args := account.Within(t)
	rows, err := op.All[struct {
		State State `db:"state"`
		N     int   `db:"n"`
	}](t, `select state, count(*) as n from users u where org_id = :org`+condition+` group by state`, args)
	counts := make(map[State]int, len(rows))
	for _, r := range rows {
		counts[r.State] = r.N
	}
	return counts, err
}

// ShownName is what Name answers, for the SQL of others that calls the table u.
const ShownName = `case when u.display_name <> '' then u.display_name when u.first_name || u.last_name <> ''
		then trim(u.first_name || ' ' || u.last_name) else u.email end`
