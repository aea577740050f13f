package number

import (
	"slices"
	"strconv"
	"strings"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
)

// shownName is what user.User.Name answers.
const shownName = `case when u.display_name <> '' then u.display_name when u.first_name || u.last_name <> ''
		then trim(u.first_name || ' ' || u.last_name) else u.email end`

// selection reads numbers with what their groups and users are called.
const selection = `select n.id, n.number, n.kind, n.group_id, g.name as group_name, n.user_id, ` + shownName + ` as user_name, n.left_by, n.created_at, n.version
	from numbers n join groups g on g.org_id = n.org_id and g.id = n.group_id
	left join users u on u.org_id = n.org_id and u.id = n.user_id
	where n.org_id = :org `

func byID(t *op.Tx, number id.Number) (Number, error) {
	return op.One[Number](t, selection+`and n.id = :id`, op.Args{"id": number})
}

// byIDs finds those numbers that exist, in order.
func byIDs(t *op.Tx, numbers []id.Number) ([]Number, error) {
	return op.All[Number](t, selection+`and n.id in (:ids) order by n.number`, op.Args{"ids": numbers})
}

// OfUser are the numbers that a user has, in order.
func OfUser(t *op.Tx, u id.User) ([]Number, error) {
	return op.All[Number](t, selection+`and n.user_id = :user order by n.number`, op.Args{"user": u})
}

// ByID finds a number of the organization, or answers errs.NotFound.
func ByID(t *op.Tx, number id.Number) (Number, error) { return byID(t, number) }

// MainOf is the organization's main number, nil if it has none.
func MainOf(t *op.Tx) (*Number, error) {
	return first(op.All[Number](t, selection+`and n.kind = 'main'`, nil))
}

// Senders are the first so many numbers that are nobody's own: the main number
// and the shared ones, in order.
func Senders(t *op.Tx, limit int) ([]Number, error) {
	return op.All[Number](t, selection+`and n.kind in ('main', 'shared') order by n.kind, n.number limit :limit`, op.Args{"limit": limit})
}

// free are the first so many personal numbers that nobody has, of a group or of
// any. Those come last for whose return somebody may ask.
func free(t *op.Tx, of id.Group, limit int) ([]Number, error) {
	list, err := op.All[Number](t, selection+`and n.kind = 'personal' and n.user_id is null and n.left_by is null and (:group = '' or n.group_id = :group)
		order by n.number limit :limit`, op.Args{"group": string(of), "limit": limit})
	if err != nil || len(list) == limit {
		return list, err
	}
	more, err := op.All[Number](t, selection+`and n.left_by is not null and n.kind = 'personal' and n.user_id is null and (:group = '' or n.group_id = :group)
		order by n.number limit :limit`, op.Args{"group": string(of), "limit": limit - len(list)})
	return append(list, more...), err
}

func first(list []Number, err error) (*Number, error) {
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// filter is what a list shows: empty members do not count. assigned is yes or no.
type filter struct {
	kind     Kind
	group    id.Group
	assigned string
	digits   string
}

const filtered = `and (:kind = '' or n.kind = :kind) and (:group = '' or n.group_id = :group)
		and (:assigned = '' or :assigned = 'yes' and n.user_id is not null or :assigned = 'no' and n.user_id is null)
		and (:digits = '' or n.number like :like) `

func (f filter) args() op.Args {
	return op.Args{"kind": string(f.kind), "group": string(f.group), "assigned": f.assigned, "digits": f.digits, "like": op.Like(f.digits)}
}

func page(t *op.Tx, f filter, after string, limit int) ([]Number, error) {
	args := f.args()
	args["after"], args["limit"] = after, limit
	return op.All[Number](t, selection+filtered+`and n.number > :after order by n.number limit :limit`, args)
}

func count(t *op.Tx, f filter) (int, error) {
	return op.One[int](t, `select count(*) from numbers n where n.org_id = :org `+filtered, f.args())
}

// sum is how many numbers of a kind there are, free or not.
type sum struct {
	Kind Kind `db:"kind"`
	Free bool `db:"free"`
	N    int  `db:"n"`
}

func sums(t *op.Tx) ([]sum, error) {
	return op.All[sum](t, `select kind, user_id is null as free, count(*) as n from numbers where org_id = :org group by kind, user_id is null`, nil)
}

// known are those of the numbers that the organization has.
func known(t *op.Tx, results []Result) (map[string]bool, error) {
	there := map[string]bool{}
	for some := range slices.Chunk(results, 1000) {
		var numbers []string
		for _, r := range some {
			if r.Outcome == "" {
				numbers = append(numbers, r.Number)
			}
		}
		found, err := op.All[string](t, `select number from numbers where org_id = :org and number in (:numbers)`, op.Args{"numbers": numbers})
		if err != nil {
			return nil, err
		}
		for _, one := range found {
			there[one] = true
		}
	}
	return there, nil
}

// insertAtOnce is how many rows one statement adds.
const insertAtOnce = 200

// insert adds rows. Somebody who has added one of them meanwhile wins: the
// caller has looked, and begins again.
func insert(t *op.Tx, numbers []Number) error {
	for some := range slices.Chunk(numbers, insertAtOnce) {
		var rows strings.Builder
		args := op.Args{"kind": some[0].Kind, "group": some[0].Group, "now": t.Now()}
		for i, n := range some {
			at := strconv.Itoa(i)
			if i > 0 {
				rows.WriteString(", ")
			}
			rows.WriteString(`(:org, :id` + at + `, :number` + at + `, :kind, :group, null, null, :now, 1)`)
			args["id"+at], args["number"+at] = n.ID, n.Number
		}
		if _, err := t.Exec(`insert into numbers (org_id, id, number, kind, group_id, user_id, left_by, created_at, version) values `+rows.String(), args); err != nil {
			return err
		}
	}
	return nil
}

// update writes all that can change, if nobody has changed the row since.
func update(t *op.Tx, n Number) error {
	changed, err := t.Exec(`update numbers set kind = :kind, group_id = :group, user_id = nullif(:user, ''), left_by = nullif(:left, ''), version = version + 1
		where org_id = :org and id = :id and version = :version`,
		op.Args{"id": n.ID, "kind": n.Kind, "group": n.Group, "user": string(n.User), "left": string(n.LeftBy), "version": n.Version})
	if err == nil && changed == 0 {
		return errs.Changed()
	}
	return err
}

// leftBy are the free numbers that a user has lost by deactivation, in order.
func leftBy(t *op.Tx, u id.User) ([]Number, error) {
	return op.All[Number](t, selection+`and n.left_by = :user and n.user_id is null and n.kind = 'personal' order by n.number`, op.Args{"user": u})
}

// forget takes away that a user might get numbers back.
func forget(t *op.Tx, u id.User) error {
	_, err := t.Exec(`update numbers set left_by = null where org_id = :org and left_by = :user`, op.Args{"user": u})
	return err
}

func remove(t *op.Tx, number id.Number) error {
	return t.ExecOne(`delete from numbers where org_id = :org and id = :id and user_id is null`, op.Args{"id": number})
}

// MoveAll is the step of deleting a group: all its numbers go into another one.
func MoveAll(t *op.Tx, from, to id.Group) error {
	_, err := t.Exec(`update numbers set group_id = :to, version = version + 1 where org_id = :org and group_id = :from`, op.Args{"from": from, "to": to})
	return err
}
