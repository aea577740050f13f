package contact

import (
	"roster/internal/account"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/text"
	"roster/internal/user"
)

// Operations lists what this package does.
func Operations() []op.Operation { return []op.Operation{List, Get, Add, Remove, CanContact, Photo} }

// ListInput is whose contacts, and which of them.
type ListInput struct {
	As     id.User `query:"as" json:"-" doc:"With an API key: the user whose contacts are asked for."`
	Search string  `query:"q" json:"-" maxLength:"128" doc:"Part of a name, address or phone number."`
	op.Paging
}

// List answers somebody's teammates and own contacts, together by name. Errors:
// not_found, invalid_parameter.
var List = op.Query[ListInput, op.Page[Contact]]{
	Name: "contact.list", Needs: authz.UsersView, Scope: authz.OnBehalf, Run: list,
}

// Add writes a contact down for somebody. It makes no user. Errors: not_found,
// validation_failed, too_many_contacts.
var Add = op.Command[New, Contact]{
	Name: "contact.add", Needs: authz.UsersManage, Scope: authz.OnBehalf, Run: add,
}

// Ref names a contact that somebody has written down.
type Ref struct {
	ID id.Contact `path:"id" json:"-"`
	As id.User    `query:"as" json:"-" doc:"With an API key: the user whose contact it is."`
}

// Get answers it. Error: not_found.
var Get = op.Query[Ref, Contact]{
	Name: "contact.get", Needs: authz.UsersView, Scope: authz.OnBehalf,
	Run: func(t *op.Tx, in Ref) (Contact, error) {
		me, err := owner(t, in.As)
		if err != nil {
			return Contact{}, err
		}
		return ownedBy(t, me.ID, in.ID)
	},
}

// Remove removes it. Error: not_found.
var Remove = op.Command[Ref, op.Nothing]{
	Name: "contact.remove", Needs: authz.UsersManage, Scope: authz.OnBehalf, Run: remove,
}

// Pair are two users of the organization.
type Pair struct {
	ID    id.User `path:"id" json:"-"`
	Other id.User `path:"other" json:"-"`
}

// CanContact answers whether the one may contact the other. People ask for
// themselves, and whom they do not see is not there for them. Error: not_found.
var CanContact = op.Query[Pair, Answer]{
	Name: "contact.can", Needs: authz.UsersView, Scope: authz.OnBehalf, Run: canContact,
}

// owner is for whom the operation works: who is signed in, or, for a key, whom
// it names. Nobody works for others with a session.
func owner(t *op.Tx, as id.User) (user.User, error) {
	me := t.Actor().User()
	switch {
	case me == "" && as == "":
		return user.User{}, errs.Malformed("invalid_parameter", "A key says with as= for which user it works.")
	case me == "":
		return user.ByID(t, as)
	case as != "" && as != me:
		return user.User{}, errs.NotFound()
	}
	return user.ByID(t, me)
}

// open reports whether people in no team see everybody.
func open(t *op.Tx) (bool, error) {
	o, err := org.Mine(t)
	return o.WithoutTeams == org.SeeEverybody, err
}

type position struct {
	Name string `json:"n"`
	ID   string `json:"i"`
}

func (p position) before(q position) bool {
	return p.Name < q.Name || p.Name == q.Name && p.ID < q.ID
}

func list(t *op.Tx, in ListInput) (op.Page[Contact], error) {
	var none op.Page[Contact]
	me, err := owner(t, in.As)
	if err != nil {
		return none, err
	}
	limit, err := in.Size()
	if err != nil {
		return none, err
	}
	v := view{me: me, search: text.SearchKey(in.Search)}
	if v.open, err = open(t); err != nil {
		return none, err
	}
	name := "contacts\x00" + string(me.ID) + "\x00" + v.search
	var after position
	if in.Cursor != "" {
		if err := t.OpenCursor(name, in.Cursor, &after); err != nil {
			return none, err
		}
	}
	mates, err := teammates(t, v, after, limit+1)
	if err != nil {
		return none, err
	}
	own, err := owned(t, v, after, limit+1)
	if err != nil {
		return none, err
	}
	p, err := op.Cut(t, name, merge(mates, own), limit, func(c Contact) any { return c.key() })
	if err == nil {
		err = withPhotos(t, p.Items)
	}
	if err == nil && in.Count {
		var n int
		n, err = count(t, v)
		p.Total = &n
	}
	return p, err
}

// merge makes one list in order of two.
func merge(a, b []Contact) []Contact {
	all := make([]Contact, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0].key().before(b[0].key()) {
			all, a = append(all, a[0]), a[1:]
		} else {
			all, b = append(all, b[0]), b[1:]
		}
	}
	return append(append(all, a...), b...)
}

func add(t *op.Tx, in New) (Contact, error) {
	me, err := owner(t, in.As)
	if err != nil {
		return Contact{}, err
	}
	made, err := in.check(me.Country, t.Now())
	if err != nil {
		return Contact{}, err
	}
	has, err := countOwned(t, view{me: me})
	if err != nil {
		return Contact{}, err
	}
	if has >= maxOwn {
		return Contact{}, errs.Conflict("too_many_contacts", "%d contacts of one's own is the most. Remove one first.", maxOwn)
	}
	if err := insert(t, me.ID, made); err != nil {
		return Contact{}, err
	}
	return made, t.Record(event("contact.added", me))
}

func remove(t *op.Tx, in Ref) (op.Nothing, error) {
	me, err := owner(t, in.As)
	if err != nil {
		return op.Nothing{}, err
	}
	if err := take(t, me.ID, in.ID); err != nil {
		return op.Nothing{}, err
	}
	return op.Nothing{}, t.Record(event("contact.removed", me))
}

func canContact(t *op.Tx, in Pair) (Answer, error) {
	all := t.Actor().Permissions.Has(authz.UsersView)
	if !all && in.ID != t.Actor().User() {
		return Answer{}, errs.NotFound()
	}
	a, err := user.ByID(t, in.ID)
	if err != nil {
		return Answer{}, err
	}
	b, err := user.ByID(t, in.Other)
	if err != nil {
		return Answer{}, err
	}
	answer, err := between(t, a, b)
	if err != nil {
		return Answer{}, err
	}
	if !all && !answer.Allowed && answer.Reason != SameUser {
		return Answer{}, errs.NotFound()
	}
	return answer, nil
}

// between is whether a may contact b.
func between(t *op.Tx, a, b user.User) (Answer, error) {
	o, err := open(t)
	if err != nil {
		return Answer{}, err
	}
	kin, err := account.Kin(t, a.Delivery, b.Delivery)
	if err != nil {
		return Answer{}, err
	}
	return decide(a, b, o, kin), nil
}
