package access

import (
	"testing"

	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/role"
	"roster/internal/service"
	"roster/internal/user"
)

// What somebody is and has leads to one answer: the first reason that applies.
func TestTheFirstReasonThatAppliesCounts(t *testing.T) {
	sends := offer{Offered: role.Offered{Described: authz.Described{Permission: "fax.send", Delivery: true}, Service: "fax"}, InForce: true, Whole: true}
	with := func(o offer, f func(*offer)) offer { f(&o); return o }
	inside := with(sends, func(o *offer) { o.Delivery = false })
	over := with(sends, func(o *offer) { o.InForce, o.Whole = false, false })
	everybodys := with(sends, func(o *offer) { o.Everybody = true })
	roster := offer{Offered: role.Offered{Described: authz.Described{Permission: "fax.send", Delivery: true}}, InForce: true, Whole: true}

	somebody := func(state user.State, r user.Rights) user.User {
		r.Contract, r.Delivery = authz.AllAccounts(), authz.AllAccounts()
		return user.User{ID: "usr_1", State: state, Role: "rol_1", Rights: r}
	}
	given, extra := user.Rights{Given: role.Permissions{"fax.send"}}, user.Rights{Extra: role.Permissions{"fax.send"}}
	delivery := user.Rights{Side: authz.OfDelivery, Given: role.Permissions{"fax.send"}}
	admin := somebody(user.Active, user.Rights{})
	admin.Role = authz.RoleAdmin

	for name, test := range map[string]struct {
		u       user.User
		o       offer
		account id.Account
		want    Answer
	}{
		"by the role":                      {somebody(user.Active, given), sends, "", Answer{true, ByRole}},
		"by the role Admin":                {admin, sends, "", Answer{true, ByRole}},
		"beyond the role":                  {somebody(user.Active, extra), sends, "", Answer{true, ByGrant}},
		"by both":                          {somebody(user.Active, user.Rights{Given: given.Given, Extra: extra.Extra}), sends, "", Answer{true, ByRole}},
		"as everybody":                     {somebody(user.Active, user.Rights{}), everybodys, "", Answer{true, ByEverybody}},
		"of Roster itself":                 {somebody(user.Active, given), roster, "", Answer{true, ByRole}},
		"nothing gives it":                 {somebody(user.Active, user.Rights{}), sends, "", Answer{false, NoGrant}},
		"invited":                          {somebody(user.Invited, given), sends, "", Answer{false, NotActive}},
		"awaiting activation":              {somebody(user.Pending, given), sends, "", Answer{false, NotActive}},
		"deactivated":                      {somebody(user.Deactivated, given), over, "", Answer{false, NotActive}},
		"waiting":                          {somebody(user.Waiting, given), over, "", Answer{false, NoLicense}},
		"waiting, with nothing":            {somebody(user.Waiting, user.Rights{}), sends, "", Answer{false, NoLicense}},
		"nothing in force":                 {somebody(user.Active, given), over, "", Answer{false, SubscriptionExpired}},
		"nothing in force nor given":       {somebody(user.Active, user.Rights{}), over, "", Answer{false, SubscriptionExpired}},
		"of a delivery account":            {somebody(user.Active, delivery), sends, "", Answer{true, ByRole}},
		"not for them":                     {somebody(user.Active, delivery), inside, "", Answer{false, ForOrganization}},
		"not for them, and not held":       {somebody(user.Active, user.Rights{Side: authz.OfDelivery}), inside, "", Answer{false, NoGrant}},
		"everybody but them":               {somebody(user.Active, user.Rights{Side: authz.OfDelivery}), with(inside, func(o *offer) { o.Everybody = true }), "", Answer{false, ForOrganization}},
		"on what is no account":            {somebody(user.Active, given), sends, "acc_1", Answer{false, OutOfReach}},
		"not held, on what is no account":  {somebody(user.Active, user.Rights{}), sends, "acc_1", Answer{false, NoGrant}},
		"not for them, on what is nothing": {somebody(user.Active, delivery), inside, "acc_1", Answer{false, ForOrganization}},
	} {
		t.Run(name, func(t *testing.T) {
			f := facts{
				asks: authz.Everywhere(), users: map[id.User]user.User{test.u.ID: test.u}, offers: map[authz.Permission]offer{"fax.send": test.o},
			}
			q := Question{User: test.u.ID, Permission: "fax.send", Contract: test.account}
			if got := f.answer(q); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			q.Permission = "fax.none"
			if got := f.answer(q); got != (Answer{false, UnknownPermission}) {
				t.Errorf("a permission that nobody declares: %+v", got)
			}
			q.User = "usr_2"
			if got := f.answer(q); got != (Answer{false, UnknownUser}) {
				t.Errorf("somebody whom nobody knows: %+v", got)
			}
		})
	}
}

// Where a service was sold by plans, its users need a license of it, and have what
// the plan brings beside what they were given.
func TestALicenseDecidesWhereAServiceIsSoldByPlans(t *testing.T) {
	o := offer{Offered: role.Offered{Described: authz.Described{Permission: "fax.send", Delivery: true}, Service: "fax"}, InForce: true}
	whole, over := o, o
	whole.Whole = true
	over.InForce = false
	plan := func(bought int, brings ...authz.Permission) *holding {
		return &holding{Stock: &service.Stock{Plan: service.Plan{Service: "fax", Key: "flat", Permissions: brings}, Bought: bought}}
	}
	seat := func(bought int, seated bool) *holding {
		h := plan(bought, "fax.send")
		h.Model, h.Seated = service.Seat, seated
		return h
	}
	given := user.Rights{Given: role.Permissions{"fax.send"}}

	for name, test := range map[string]struct {
		given user.Rights
		o     offer
		plan  *holding
		want  Answer
	}{
		"without a license":                       {given, o, nil, Answer{false, NoLicense}},
		"given, with a license":                   {given, o, plan(5), Answer{true, ByRole}},
		"brought by the license":                  {user.Rights{}, o, plan(5, "fax.send"), Answer{true, ByPlan}},
		"given and brought":                       {given, o, plan(5, "fax.send"), Answer{true, ByRole}},
		"neither given nor brought":               {user.Rights{}, o, plan(5, "fax.read"), Answer{false, NoGrant}},
		"the plan has ended, another one has not": {given, o, plan(0, "fax.send"), Answer{false, SubscriptionExpired}},
		"all has ended":                           {given, over, plan(0, "fax.send"), Answer{false, SubscriptionExpired}},
		"with a seat":                             {user.Rights{}, o, seat(5, true), Answer{true, ByPlan}},
		"without a seat":                          {given, o, seat(5, false), Answer{false, NoSeat}},
		"without a seat, and it has ended":        {given, o, seat(0, false), Answer{false, SubscriptionExpired}},
		"everybody's, without a seat":             {given, whole, seat(5, false), Answer{true, ByRole}},
		"everybody's, without a license":          {given, whole, nil, Answer{true, ByRole}},
		"everybody's, brought by a license":       {user.Rights{}, whole, plan(5, "fax.send"), Answer{true, ByPlan}},
		"everybody's, the plan has ended":         {user.Rights{}, whole, plan(0, "fax.send"), Answer{false, NoGrant}},
		"of a delivery account, by the license":   {user.Rights{Side: authz.OfDelivery}, o, plan(5, "fax.send"), Answer{true, ByPlan}},
	} {
		t.Run(name, func(t *testing.T) {
			test.given.Contract, test.given.Delivery = authz.AllAccounts(), authz.AllAccounts()
			u := user.User{ID: "usr_1", State: user.Active, Role: "rol_1", Rights: test.given}
			f := facts{asks: authz.Everywhere(), users: map[id.User]user.User{u.ID: u}, offers: map[authz.Permission]offer{"fax.send": test.o}}
			if test.plan != nil {
				f.held = licenses{u.ID: {"fax": test.plan}}
			}
			if got := f.answer(Question{User: u.ID, Permission: "fax.send"}); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}
