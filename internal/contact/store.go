package contact

import (
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/team"
	"roster/internal/text"
	"roster/internal/user"
)

// view is whose contacts are read, by which rule, and what is searched for.
type view struct {
	me     user.User
	open   bool
	search string // folded
}

func (v view) args() op.Args {
	return op.Args{"me": v.me.ID, "search": v.search, "like": op.Like(v.search)}
}

func (v view) page(after position, limit int) op.Args {
	args := v.args()
	args["name"], args["id"], args["limit"] = after.Name, after.ID, limit
	return args
}

// visible is the condition for who is a teammate. Who is not active sees nobody.
func (v view) visible() string {
	return `u.org_id = :org and ` + team.SeenBy(v.me, v.open) + ` and (:search = '' or u.search like :like escape '\') `
}

func teammates(t *op.Tx, v view, after position, limit int) ([]Contact, error) {
	if v.me.State != user.Active {
		return nil, nil
	}
	return op.All[Contact](t, `select 'teammate' as kind, u.id as user_id, u.type, case when u.display_name <> '' then u.display_name
			when u.first_name || u.last_name <> '' then trim(u.first_name || ' ' || u.last_name) else u.email end as name,
			u.email, u.phone, u.title, u.department, u.name_key
		from users u where `+v.visible()+`and (u.name_key, u.id) > (:name, :id) order by u.name_key, u.id limit :limit`, v.page(after, limit))
}

const ownCondition = `org_id = :org and user_id = :me and (:search = '' or search like :like escape '\') `

func owned(t *op.Tx, v view, after position, limit int) ([]Contact, error) {
	return op.All[Contact](t, `select 'own' as kind, id as contact_id, name, email, phone, note, name_key
		from contacts where `+ownCondition+`and (name_key, id) > (:name, :id) order by name_key, id limit :limit`, v.page(after, limit))
}

func countOwned(t *op.Tx, v view) (int, error) {
	return op.One[int](t, `select count(*) from contacts where `+ownCondition, v.args())
}

// count counts both kinds.
func count(t *op.Tx, v view) (int, error) {
	own, err := countOwned(t, v)
	if err != nil || v.me.State != user.Active {
		return own, err
	}
	mates, err := op.One[int](t, `select count(*) from users u where `+v.visible(), v.args())
	return own + mates, err
}

func insert(t *op.Tx, of id.User, c Contact) error {
	return t.ExecOne(`insert into contacts (org_id, id, user_id, name, name_key, search, email, phone, note, created_at)
		values (:org, :id, :user, :name, :key, :search, :email, :phone, :note, :now)`,
		op.Args{"id": c.ID, "user": of, "name": c.Name, "key": c.NameKey, "search": text.SearchKey(c.Name + " " + c.Email + " " + c.Phone),
			"email": c.Email, "phone": c.Phone, "note": c.Note, "now": t.Now()})
}

func take(t *op.Tx, of id.User, contact id.Contact) error {
	return t.ExecOne(`delete from contacts where org_id = :org and user_id = :user and id = :id`, op.Args{"user": of, "id": contact})
}

// ownedBy is one contact that somebody has written down.
func ownedBy(t *op.Tx, of id.User, contact id.Contact) (Contact, error) {
	return op.One[Contact](t, `select 'own' as kind, id as contact_id, name, email, phone, note, name_key
		from contacts where org_id = :org and user_id = :user and id = :id`, op.Args{"user": of, "id": contact})
}
