package number

import (
	"slices"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/mailaddr"
	"roster/internal/op"
	"roster/internal/text"
	"roster/internal/user"
)

// Hooks are filled once, in app/reactions.go: what the owners of other tables do
// in the transactions of this package.
var Hooks struct {
	// Needed refuses (number_in_use) while something needs a number that is
	// nobody's own.
	Needed func(t *op.Tx, n Number) error
}

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{List, Add, Get, Update, Delete, Give, Prepare, Page, PageOfUser}
}

// ListInput is the list's filter.
type ListInput struct {
	Search   string   `query:"q" json:"-" maxLength:"64" doc:"Some of the digits."`
	Kind     Kind     `query:"kind" json:"-" enum:"main,shared,personal"`
	Group    id.Group `query:"group_id" json:"-"`
	Assigned *bool    `query:"assigned" json:"-" doc:"Only those that somebody has, or only those that nobody has."`
	op.Paging
}

// List answers the numbers in order, each with what its user is called.
var List = op.Query[ListInput, op.Page[Number]]{
	Name: "number.list", Needs: authz.NumbersManage, Scope: authz.InOrg, Run: list,
}

// Add adds one number, a range, or a list. Of several, those that the
// organization has already do not keep the others from it. Errors:
// validation_failed, number_taken, main_number_exists, too_many_numbers;
// deactivated, too_many_of_user.
var Add = op.Command[Input, Made]{
	Name: "number.add", Needs: authz.NumbersManage, Scope: authz.InOrg, Run: add,
}

// Ref names a number of the organization.
type Ref struct {
	ID id.Number `path:"id" json:"-"`
}

// Get answers one number.
var Get = op.Query[Ref, Number]{
	Name: "number.get", Needs: authz.NumbersManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in Ref) (Number, error) { return byID(t, in.ID) },
}

// Update changes kind or group, gives the number to a user, moves it from one
// to another, or frees it. Errors: not_found, validation_failed,
// version_conflict, number_assigned, main_number_exists, number_in_use;
// deactivated, too_many_of_user.
var Update = op.Command[Change, Number]{
	Name: "number.update", Needs: authz.NumbersManage, Scope: authz.InOrg, Run: change,
}

// Version is a number, and the version that a change insists on; 0: any.
type Version struct {
	ID      id.Number `path:"id" json:"-"`
	Version int64     `ifmatch:"version" json:"-"`
}

// Delete removes a number that nobody has. Errors: not_found, version_conflict,
// number_assigned, number_in_use.
var Delete = op.Command[Version, op.Nothing]{
	Name: "number.delete", Needs: authz.NumbersManage, Scope: authz.InOrg, Run: destroy,
}

// Gift is a number for a user: the one that is named, or the next free one.
type Gift struct {
	ID     id.User   `path:"id" json:"-"`
	Number id.Number `json:"number_id,omitempty" doc:"A free personal number."`
	Next   Next      `json:"next_number,omitempty" enum:"group,any" doc:"In place of number_id: the next free personal number, of the user's group or of any."`
}

// Give gives a user a number that is free: whoever else asks for the same one at
// the same moment gets another one, or none. Errors: not_found,
// validation_failed, number_assigned, not_personal, no_number, deactivated,
// too_many_of_user.
var Give = op.Command[Gift, Number]{
	Name: "number.give", Needs: authz.NumbersManage, Scope: authz.InOrg, Run: give,
}

type position struct {
	Number string `json:"n"`
}

func list(t *op.Tx, in ListInput) (op.Page[Number], error) {
	var none op.Page[Number]
	limit, err := in.Size()
	if err != nil {
		return none, err
	}
	f, err := in.filter()
	if err != nil {
		return none, err
	}
	name := "numbers\x00" + string(f.kind) + "\x00" + string(f.group) + "\x00" + f.assigned + "\x00" + f.digits
	var after position
	if in.Cursor != "" {
		if err := t.OpenCursor(name, in.Cursor, &after); err != nil {
			return none, err
		}
	}
	rows, err := page(t, f, after.Number, limit+1)
	if err != nil {
		return none, err
	}
	p, err := op.Cut(t, name, rows, limit, func(n Number) any { return position{n.Number} })
	if err == nil && in.Count {
		var n int
		n, err = count(t, f)
		p.Total = &n
	}
	return p, err
}

func (in ListInput) filter() (filter, error) {
	if in.Kind != "" && !slices.Contains(Kinds(), in.Kind) {
		return filter{}, errs.Malformed("invalid_parameter", "kind is main, shared or personal.")
	}
	f := filter{kind: in.Kind, group: in.Group, digits: digits(in.Search)}
	if in.Search != "" && f.digits == "" {
		f.digits = "none" // what has no digit is in no number
	}
	if in.Assigned != nil {
		f.assigned = map[bool]string{true: "yes", false: "no"}[*in.Assigned]
	}
	return f, nil
}

func add(t *op.Tx, in Input) (Made, error) {
	var c errs.Check
	in, results := in.check(&c)
	g, err := placeOf(t, in.Group, &c)
	if err != nil {
		return Made{}, err
	}
	u, err := receiver(t, in.User, in.Who, &c)
	if err != nil {
		return Made{}, err
	}
	if err := c.Err(); err != nil {
		return Made{}, err
	}
	there, err := known(t, results)
	if err != nil {
		return Made{}, err
	}
	results = settle(results, there)
	if in.single() && results[0].Outcome == Taken {
		return Made{}, taken(results[0].Number)
	}
	var numbers []Number
	for i, r := range results {
		if r.Outcome == Added {
			results[i].ID = id.New[id.Number](t.Now())
			numbers = append(numbers, Number{ID: results[i].ID, Number: r.Number, Kind: in.Kind, Group: g.ID, GroupName: g.Name, CreatedAt: t.Now(), Version: 1})
		}
	}
	if err := room(t, in, len(numbers)); err != nil {
		return Made{}, err
	}
	if err := insert(t, numbers); err != nil {
		return Made{}, err
	}
	if err := recordAdded(t, in, numbers, g); err != nil || !in.single() {
		return Made{Results: results}, err
	}
	if u.ID != "" {
		if numbers, err = hand(t, u, numbers); err != nil {
			return Made{}, err
		}
	}
	return madeOf(numbers[0]), nil
}

// placeOf is the group that was asked for, or the default; c notes when there is
// no such group.
func placeOf(t *op.Tx, of id.Group, c *errs.Check) (group.Group, error) {
	g, err := group.Choose(t, of)
	if errs.KindOf(err) == errs.KindInvalid {
		c.Fail("group_id", "unknown_group", "Choose a group from the list.")
		return g, nil
	}
	return g, err
}

// receiver is the user who was named, by id or as people type them, nobody if
// nobody was; c notes when there is no such user.
func receiver(t *op.Tx, named id.User, who string, c *errs.Check) (user.User, error) {
	if who != "" {
		var email string
		if a, err := mailaddr.Parse(who); err == nil {
			email = a.Key
		}
		u, err := user.BySignIn(t, email, text.Key(who))
		if errs.KindOf(err) == errs.KindNotFound {
			c.Fail("user_id", "unknown_user", "Nobody here has this e-mail address or username.")
			return u, nil
		}
		return u, err
	}
	if named == "" {
		return user.User{}, nil
	}
	u, err := user.ByID(t, named)
	if errs.KindOf(err) == errs.KindNotFound {
		c.Fail("user_id", "unknown_user", "There is no such user.")
		return u, nil
	}
	return u, err
}

// room refuses a second main number, and more numbers than an organization has.
func room(t *op.Tx, in Input, n int) error {
	if in.Kind == Main {
		if main, err := MainOf(t); err != nil {
			return err
		} else if main != nil {
			return mainThere(*main)
		}
	}
	has, err := count(t, filter{})
	if err != nil {
		return err
	}
	if has+n > MaxNumbers {
		return errs.Conflict("too_many_numbers", "An organization has at most %d numbers. Nothing was added: delete some that are not needed.", MaxNumbers)
	}
	return nil
}

// recordAdded tells of a range at once, and of everything else one by one.
func recordAdded(t *op.Tx, in Input, numbers []Number, g group.Group) error {
	if len(numbers) == 0 {
		return nil
	}
	inGroup := op.Change{Field: "group_id", After: g.Named()}
	if in.From != "" {
		first, last := numbers[0], numbers[len(numbers)-1]
		return t.Record(op.Event{
			Name: "numbers.added", Subject: op.Subject{Kind: "number", ID: string(first.ID), Name: first.Number + " – " + last.Number},
			Changes: []op.Change{{Field: "numbers", After: len(numbers)}, {Field: "kind", After: in.Kind}, inGroup},
		})
	}
	for _, n := range numbers {
		e := op.Event{Name: "number.added", Subject: n.subject(), Changes: append(op.Diff(Number{}, n), inGroup)}
		if err := t.Record(e); err != nil {
			return err
		}
	}
	return nil
}

func change(t *op.Tx, in Change) (Number, error) {
	old, err := byID(t, in.ID)
	if err != nil {
		return old, err
	}
	if in.Version != 0 && int(in.Version) != old.Version {
		return old, errs.Changed()
	}
	var c errs.Check
	n := in.apply(old, &c)
	g, u := group.Group{ID: old.Group, Name: old.GroupName}, user.User{}
	if n.Group != old.Group {
		if n.Group == "" {
			c.Fail("group_id", "unknown_group", "Choose a group from the list.")
		} else if g, err = placeOf(t, n.Group, &c); err != nil {
			return old, err
		}
	}
	if n.User != old.User || in.Who != "" {
		if u, err = receiver(t, n.User, in.Who, &c); err != nil {
			return old, err
		}
		n.User = u.ID
	}
	if err := c.Err(); err != nil {
		return old, err
	}
	if err := permitted(t, old, n); err != nil {
		return old, err
	}
	n.GroupName = g.Name
	changes := op.Diff(old, n)
	if n.Group != old.Group {
		changes = append(changes, op.Change{
			Field: "group_id", Before: op.Named{ID: string(old.Group), Name: old.GroupName}, After: g.Named(),
		})
	}
	if len(changes) == 0 && n.User == old.User {
		return old, nil
	}
	return save(t, old, n, u, changes)
}

// permitted asks whether the number may become another kind.
func permitted(t *op.Tx, old, n Number) error {
	if n.Kind == old.Kind {
		return nil
	}
	var main *Number
	if n.Kind == Main {
		var err error
		if main, err = MainOf(t); err != nil {
			return err
		}
	}
	if err := changeable(old, n, main); err != nil {
		return err
	}
	if n.Kind == Personal {
		return Hooks.Needed(t, old)
	}
	return nil
}

// save writes n, which was old, tells of the changes, and of who has lost or got
// the number.
func save(t *op.Tx, old, n Number, u user.User, changes []op.Change) (Number, error) {
	if n.User != old.User {
		n.LeftBy, n.UserName = "", ""
		if n.User != "" {
			if err := mayHave(t, u, 1); err != nil {
				return old, err
			}
			n.UserName = u.Name()
		}
	}
	if n.Kind != Personal {
		n.LeftBy = ""
	}
	if err := update(t, n); err != nil {
		return old, err
	}
	n.Version++
	if len(changes) > 0 {
		if err := t.Record(op.Event{Name: "number.updated", Subject: n.subject(), Changes: changes}); err != nil {
			return old, err
		}
	}
	if n.User == old.User {
		return n, nil
	}
	var who []id.User
	if old.User != "" {
		who = append(who, old.User)
		if err := t.Record(moved("number.freed", n, op.Subject{Kind: "user", ID: string(old.User), Name: old.UserName})); err != nil {
			return old, err
		}
	}
	if n.User != "" {
		who = append(who, n.User)
		if err := t.Record(moved("number.assigned", n, u.Subject())); err != nil {
			return old, err
		}
		if err := Tell(t, u, []Number{n}); err != nil {
			return old, err
		}
	}
	return n, user.Renew(t, who)
}

func destroy(t *op.Tx, in Version) (op.Nothing, error) {
	n, err := byID(t, in.ID)
	if err != nil {
		return op.Nothing{}, err
	}
	if in.Version != 0 && int(in.Version) != n.Version {
		return op.Nothing{}, errs.Changed()
	}
	if err := n.deletable(); err != nil {
		return op.Nothing{}, err
	}
	if err := Hooks.Needed(t, n); err != nil {
		return op.Nothing{}, err
	}
	if err := remove(t, n.ID); err != nil {
		return op.Nothing{}, err
	}
	return op.Nothing{}, t.Record(op.Event{Name: "number.deleted", Subject: n.subject(), Changes: op.Diff(n, Number{})})
}

func give(t *op.Tx, in Gift) (Number, error) {
	u, err := user.ByID(t, in.ID)
	if err != nil {
		return Number{}, err
	}
	var c errs.Check
	if (in.Number == "") == (in.Next == "") {
		c.Fail("number_id", "required", "Choose a number, or the next free one.")
		return Number{}, c.Err()
	}
	var ids []id.Number
	if in.Number != "" {
		ids = []id.Number{in.Number}
	}
	chosen, err := Choose(t, &c, ids, in.Next, u.Group)
	if err != nil {
		return Number{}, err
	}
	if err := c.Err(); err != nil {
		return Number{}, err
	}
	if chosen, err = hand(t, u, chosen); err != nil {
		return Number{}, err
	}
	return chosen[0], nil
}

// hand gives numbers that are free to a user who was there before, and tells
// them.
func hand(t *op.Tx, u user.User, numbers []Number) ([]Number, error) {
	numbers, err := Assign(t, u, numbers)
	if err != nil {
		return nil, err
	}
	if err := Tell(t, u, numbers); err != nil {
		return nil, err
	}
	return numbers, user.Renew(t, []id.User{u.ID})
}
