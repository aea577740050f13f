package service

import (
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/text"
)

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{List, Create, Get, Change, ListPlans, GetPlan, CreatePlan, ChangePlan, ListSubscriptions, GetSubscription, Subscribe, ChangeSubscription, Show}
}

// ListInput is the list's filter.
type ListInput struct {
	Search string `query:"q" json:"-" maxLength:"128" doc:"Part of the name or key."`
	op.Paging
}

// List answers the services by name.
var List = op.Query[ListInput, op.Page[Service]]{
	Name: "service.list", Needs: authz.ServicesManage, Scope: authz.Platform, Run: list,
}

// Create defines a service, to which nobody is subscribed yet. Errors:
// validation_failed, service_exists, permission_taken, too_many_services.
var Create = op.Command[New, Service]{
	Name: "service.create", Needs: authz.ServicesManage, Scope: authz.Platform, Run: create,
}

// Ref names a service.
type Ref struct {
	Key string `path:"key" json:"-"`
}

// Get answers one service. Error: not_found.
var Get = op.Query[Ref, Service]{
	Name: "service.get", Needs: authz.ServicesManage, Scope: authz.Platform,
	Run: func(t *op.Tx, in Ref) (Service, error) { return byKey(t, in.Key) },
}

// Update is what may change of a service.
type Update struct {
	Key     string `path:"key" json:"-"`
	Version int64  `ifmatch:"version" json:"-"`
	Input
}

// Change changes a service for all who are subscribed to it. A permission that is
// left out of a new list exists no more. Errors: not_found, validation_failed,
// version_conflict, permission_taken; licenses_needed, while somebody would be
// active without a license that it begins to require.
var Change = op.Command[Update, Service]{
	Name: "service.update", Needs: authz.ServicesManage, Scope: authz.Platform, Run: change,
}

// ListSubscriptions answers the organization's subscriptions, past ones included,
// by the service's name and the first day.
var ListSubscriptions = op.Query[op.Paging, op.Page[Subscription]]{
	Name: "subscription.list", Needs: authz.UsersView, Scope: authz.InOrg, Run: listSubscriptions,
}

// SubscriptionRef names a subscription.
type SubscriptionRef struct {
	ID id.Subscription `path:"id" json:"-"`
}

// GetSubscription answers one of the organization's subscriptions. Error: not_found.
var GetSubscription = op.Query[SubscriptionRef, Subscription]{
	Name: "subscription.get", Needs: authz.UsersView, Scope: authz.InOrg,
	Run: func(t *op.Tx, in SubscriptionRef) (Subscription, error) { return subscription(t, in.ID) },
}

// Subscribe subscribes the organization that the call names to a service as a
// whole, or to so many licenses of a plan. Of several to the whole at the same
// moment that would be in force on one day, exactly one is made. Errors:
// validation_failed, already_subscribed, too_many_subscriptions, licenses_needed.
var Subscribe = op.Command[NewSubscription, Subscription]{
	Name: "subscription.create", Needs: authz.ServicesManage, Scope: authz.Platform, Run: subscribe,
}

// ChangeSubscription changes the days and the quantity of a subscription of the
// organization that the call names: ends it, prolongs it, raises or lowers it, or
// takes it back. Errors: not_found, validation_failed, version_conflict,
// already_subscribed, licenses_needed.
var ChangeSubscription = op.Command[Term, Subscription]{
	Name: "subscription.update", Needs: authz.ServicesManage, Scope: authz.Platform, Run: changeSubscription,
}

// Shown is the operator's page about an organization's subscriptions.
type Shown struct {
	Organization  org.Organization
	Today         string
	Subscriptions []Subscription // all of them
	Services      []Service      // to which it can be subscribed
	Plans         []Plan         // of them
}

// Show answers, in one snapshot, the subscriptions of the organization that the
// call names, and what there is to subscribe to. Error: not_found.
var Show = op.Query[op.Nothing, Shown]{
	Name: "subscription.show", Needs: authz.ServicesManage, Scope: authz.Platform, Run: show,
}

type position struct {
	Name string `json:"n"`
	Key  string `json:"k"`
}

func list(t *op.Tx, in ListInput) (op.Page[Service], error) {
	var none op.Page[Service]
	limit, err := in.Size()
	if err != nil {
		return none, err
	}
	search := text.Key(in.Search)
	name := "services\x00" + search
	var after position
	if in.Cursor != "" {
		if err := t.OpenCursor(name, in.Cursor, &after); err != nil {
			return none, err
		}
	}
	rows, err := page(t, search, after, limit+1)
	if err != nil {
		return none, err
	}
	p, err := op.Cut(t, name, rows, limit, func(s Service) any { return position{text.Key(s.Name), s.Key} })
	if err == nil && in.Count {
		var n int
		n, err = count(t, search)
		p.Total = &n
	}
	return p, err
}

func create(t *op.Tx, in New) (Service, error) {
	made, err := in.check(t.Now())
	if err != nil {
		return made, err
	}
	n, err := count(t, "")
	if err != nil {
		return made, err
	}
	if n >= MaxServices {
		return made, errs.Conflict("too_many_services", "There are %d services, as many as there is room for. Nothing was saved.", n)
	}
	if err := insert(t, made); err != nil {
		return made, err
	}
	return made, t.Record(op.Event{Name: "service.created", Subject: made.subject(), Changes: made.changes(Service{})})
}

func change(t *op.Tx, in Update) (Service, error) {
	old, err := byKey(t, in.Key)
	if err != nil {
		return old, err
	}
	if in.Version != 0 && int(in.Version) != old.Version {
		return old, errs.Changed()
	}
	now, err := in.apply(old, &errs.Check{})
	if err != nil {
		return old, err
	}
	changes := now.changes(old)
	if len(changes) == 0 {
		return old, nil
	}
	if now.LicenseRequired && !old.LicenseRequired {
		if err := Hooks.Required(t, now.Key); err != nil {
			return old, err
		}
	}
	if err := update(t, now); err != nil {
		return old, err
	}
	now.Version++
	if err := t.Record(op.Event{Name: "service.updated", Subject: now.subject(), Changes: changes}); err != nil {
		return old, err
	}
	return now, prune(t, now)
}

type subscriptionPosition struct {
	Name     string          `json:"n"`
	StartsOn string          `json:"s"`
	ID       id.Subscription `json:"i"`
}

func listSubscriptions(t *op.Tx, in op.Paging) (op.Page[Subscription], error) {
	const name = "subscriptions"
	var none op.Page[Subscription]
	limit, err := in.Size()
	if err != nil {
		return none, err
	}
	var after subscriptionPosition
	if in.Cursor != "" {
		if err := t.OpenCursor(name, in.Cursor, &after); err != nil {
			return none, err
		}
	}
	rows, err := subscriptionPage(t, after, limit+1)
	if err != nil {
		return none, err
	}
	p, err := op.Cut(t, name, rows, limit, func(s Subscription) any { return subscriptionPosition{s.NameKey, s.StartsOn, s.ID} })
	if err == nil && in.Count {
		var n int
		n, err = countSubscriptions(t)
		p.Total = &n
	}
	return p, err
}

func subscribe(t *op.Tx, in NewSubscription) (Subscription, error) {
	of, err := customer(t)
	if err != nil {
		return Subscription{}, err
	}
	var c errs.Check
	made := in.check(t.Now(), &c)
	s, err := byKey(t, in.Service)
	switch {
	case errs.KindOf(err) == errs.KindNotFound:
		c.Fail("service", "unknown_service", "Choose a service from the list.")
	case err != nil:
		return made, err
	}
	if err := c.Err(); err != nil {
		return made, err
	}
	made.ServiceName = s.Name
	if made, err = in.ofPlan(t, made); err != nil {
		return made, err
	}
	n, err := countSubscriptions(t)
	if err != nil {
		return made, err
	}
	if n >= MaxSubscriptions {
		return made, errs.Conflict("too_many_subscriptions", "The organization has %d subscriptions, past ones included: as many as there is room for. Nothing was saved. Prolong one of them instead.", n)
	}
	there, err := subscriptionsTo(t, made.Service)
	if err != nil {
		return made, err
	}
	if err := made.beside(there); err != nil {
		return made, err
	}
	if err := insertSubscription(t, made); err != nil {
		return made, err
	}
	if err := t.Record(made.event("subscription.created", named(of), op.Diff(Subscription{}, made))); err != nil {
		return made, err
	}
	return made.on(Today(t)), made.sold(t)
}

func changeSubscription(t *op.Tx, in Term) (Subscription, error) {
	of, err := customer(t)
	if err != nil {
		return Subscription{}, err
	}
	old, err := subscription(t, in.ID)
	if err != nil {
		return old, err
	}
	if in.Version != 0 && int(in.Version) != old.Version {
		return old, errs.Changed()
	}
	now, err := in.apply(old)
	if err != nil {
		return old, err
	}
	changes := op.Diff(old, now)
	if len(changes) == 0 {
		return old, nil
	}
	there, err := subscriptionsTo(t, now.Service)
	if err != nil {
		return old, err
	}
	if err := now.beside(there); err != nil {
		return old, err
	}
	if err := updateSubscription(t, now); err != nil {
		return old, err
	}
	now.Version++
	if err := t.Record(now.event("subscription.updated", named(of), changes)); err != nil {
		return old, err
	}
	return now.on(Today(t)), now.sold(t)
}

func show(t *op.Tx, _ op.Nothing) (s Shown, err error) {
	s.Today = Today(t)
	if s.Organization, err = customer(t); err != nil {
		return s, err
	}
	if s.Subscriptions, err = subscriptionPage(t, subscriptionPosition{}, MaxSubscriptions); err != nil {
		return s, err
	}
	if s.Services, err = page(t, "", position{}, MaxServices); err != nil {
		return s, err
	}
	s.Plans, err = allPlans(t)
	return s, err
}

// customer is the organization that a call of the platform names.
func customer(t *op.Tx) (org.Organization, error) {
	if t.Org() == "" {
		return org.Organization{}, errs.NotFound()
	}
	return org.Mine(t)
}

func named(o org.Organization) op.Named { return op.Named{ID: string(o.ID), Name: o.Name} }
