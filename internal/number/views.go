package number

import (
	"roster/internal/authz"
	"roster/internal/group"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/user"
)

// offered is how many free numbers a form offers one by one.
const offered = 100

// Offer is what the forms about numbers offer.
type Offer struct {
	Groups []group.Choice
	Free   []Number // the first free personal ones
}

// Offered answers it.
func Offered(t *op.Tx) (o Offer, err error) {
	if o.Groups, err = group.Choices(t); err != nil {
		return o, err
	}
	o.Free, err = free(t, "", offered)
	return o, err
}

// Prepare answers what the form 'Add numbers' offers, and the list beside.
var Prepare = op.Query[op.Nothing, Overview]{
	Name: "number.prepare", Needs: authz.NumbersManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, _ op.Nothing) (v Overview, err error) {
		if v.Groups, err = group.Choices(t); err != nil {
			return v, err
		}
		all, err := sums(t)
		for _, s := range all {
			v.add(s)
		}
		return v, err
	},
}

// Overview is how many numbers there are, and the groups.
type Overview struct {
	Groups []group.Choice
	Kinds  map[Kind]int
	Given  int // personal ones that somebody has
	Free   int // personal ones that nobody has
}

func (v *Overview) add(s sum) {
	if v.Kinds == nil {
		v.Kinds = map[Kind]int{}
	}
	v.Kinds[s.Kind] += s.N
	switch {
	case s.Kind == Personal && s.Free:
		v.Free += s.N
	case s.Kind == Personal:
		v.Given += s.N
	}
}

// All is how many numbers there are.
func (v Overview) All() int { return v.Kinds[Main] + v.Kinds[Shared] + v.Kinds[Personal] }

// Shown is everything that the pages about one number show.
type Shown struct {
	Number   Number
	Groups   []group.Choice
	SeesThem bool // whether the one who looks may see users
}

// Page answers it, in one snapshot.
var Page = op.Query[Ref, Shown]{
	Name: "number.page", Needs: authz.NumbersManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in Ref) (s Shown, err error) {
		if s.Number, err = byID(t, in.ID); err != nil {
			return s, err
		}
		s.SeesThem = t.Actor().Permissions.Has(authz.UsersView)
		s.Groups, err = group.Choices(t)
		return s, err
	},
}

// OfOne is what the page shows on which a user gets a number.
type OfOne struct {
	User    user.User
	Numbers []Number // that they have
	Offer   Offer
	Notices bool // whether they will be told
}

// PageOfUser answers it, in one snapshot.
var PageOfUser = op.Query[user.Ref, OfOne]{
	Name: "number.page_of_user", Needs: authz.NumbersManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in user.Ref) (p OfOne, err error) {
		if p.User, err = user.ByID(t, in.ID); err != nil {
			return p, err
		}
		if p.Numbers, err = OfUser(t, in.ID); err != nil {
			return p, err
		}
		o, err := org.Mine(t)
		if err != nil {
			return p, err
		}
		p.Notices = told(o, p.User)
		p.Offer, err = Offered(t)
		return p, err
	},
}
