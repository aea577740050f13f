package org

import (
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/text"
)

// Hooks are filled once, in app/reactions.go: what other features do when
// something happens to an organization, in the same transaction.
var Hooks struct {
	// Created invites the first admin; email is empty if none was named.
	Created func(t *op.Tx, o Organization, email string) error
	// Deleting removes what no foreign key takes along.
	Deleting func(t *op.Tx, o Organization) error
}

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{Prepare, Create, List, Get, Update, Delete, GetSettings, UpdateSettings, SetLogo, RemoveLogo, ShowLogo, Sample, Face,
		ListDomains, AddDomain, RemoveDomain}
}

// Prepare answers the settings that a new organization begins with.
var Prepare = op.Query[op.Nothing, Settings]{
	Name: "organization.prepare", Needs: authz.OrganizationsManage, Scope: authz.Platform,
	Run: func(*op.Tx, op.Nothing) (Settings, error) { return DefaultSettings(), nil },
}

// Create makes an organization and, if an address is given, invites its first
// admin. Errors: validation_failed, slug_taken.
var Create = op.Command[New, Organization]{
	Name: "organization.create", Needs: authz.OrganizationsManage, Scope: authz.Platform, Run: create,
}

// ListInput is the list's filter.
type ListInput struct {
	Search string `query:"q" json:"-" maxLength:"128" doc:"Part of the name or short name."`
	op.Paging
}

// List answers the organizations by name.
var List = op.Query[ListInput, op.Page[Organization]]{
	Name: "organization.list", Needs: authz.OrganizationsManage, Scope: authz.Platform, Run: list,
}

// Get answers the organization that the call names.
var Get = op.Query[op.Nothing, Organization]{
	Name: "organization.get", Needs: authz.OrganizationsManage, Scope: authz.Platform,
	Run: func(t *op.Tx, _ op.Nothing) (Organization, error) { return named(t) },
}

// Update renames, suspends or resumes the organization that the call names, or
// switches features on and off.
// Errors: validation_failed, slug_taken, version_conflict.
var Update = op.Command[Change, Organization]{
	Name: "organization.update", Needs: authz.OrganizationsManage, Scope: authz.Platform, Run: change,
}

// Delete removes the organization that the call names, with all that belongs to
// it, for good. It must have been suspended. Its audit events stay. Errors:
// not_suspended, version_conflict.
var Delete = op.Command[Version, op.Nothing]{
	Name: "organization.delete", Needs: authz.OrganizationsManage, Scope: authz.Platform, Run: destroy,
}

// Version is the one that a change insists on; 0: any.
type Version struct {
	Version int64 `ifmatch:"version" json:"-"`
}

// SettingsView is the settings with the name and version beside them.
type SettingsView struct {
	Name string `json:"name"`
	Slug string `json:"slug"`
	Settings
	Features Features `json:"features" doc:"What the operator has switched on. Only operators change it."`
	LogoURL  string   `json:"logo_url" doc:"Where everybody sees the logo; empty: there is none."`
	Version  int      `json:"version"`
}

// ETag is the version as the API's ETag.
func (v SettingsView) ETag() string { return ETag(v.Version) }

// GetSettings answers the organization's settings.
var GetSettings = op.Query[op.Nothing, SettingsView]{
	Name: "settings.get", Needs: authz.SettingsManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, _ op.Nothing) (SettingsView, error) {
		o, err := Mine(t)
		return o.view(t), err
	},
}

// UpdateSettings changes them. Errors: validation_failed, version_conflict.
var UpdateSettings = op.Command[SettingsChange, SettingsView]{
	Name: "settings.update", Needs: authz.SettingsManage, Scope: authz.InOrg, Run: changeSettings,
}

func (o Organization) view(t *op.Tx) SettingsView {
	v := SettingsView{Name: o.Name, Slug: o.Slug, Settings: o.Settings, Features: o.shown().Features, Version: o.Version}
	if path := o.LogoPath(); path != "" {
		v.LogoURL = t.URL(path)
	}
	return v
}

func create(t *op.Tx, in New) (Organization, error) {
	o, err := in.check(t.Now())
	if err != nil {
		return o, err
	}
	if err := insert(t, o); err != nil {
		return o, err
	}
	if err := t.Enter(o.ID); err != nil {
		return o, err
	}
	if err := t.Record(o.event("organization.created", Organization{Settings: DefaultSettings()})); err != nil {
		return o, err
	}
	return o, Hooks.Created(t, o, in.AdminEmail)
}

func list(t *op.Tx, in ListInput) (op.Page[Organization], error) {
	var none op.Page[Organization]
	limit, err := in.Size()
	if err != nil {
		return none, err
	}
	search := text.Key(in.Search)
	name := "organizations\x00" + search
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
	p, err := op.Cut(t, name, rows, limit, func(o Organization) any { return position{text.Key(o.Name), o.ID} })
	if err == nil && in.Count {
		var n int
		n, err = count(t, search)
		p.Total = &n
	}
	return p, err
}

// named is the organization that a call of the platform names.
func named(t *op.Tx) (Organization, error) {
	if t.Org() == "" {
		return Organization{}, errs.NotFound()
	}
	return Mine(t)
}

func change(t *op.Tx, in Change) (Organization, error) {
	old, err := named(t)
	if err != nil {
		return old, err
	}
	if in.Version != 0 && int(in.Version) != old.Version {
		return old, errs.Changed()
	}
	o, err := in.apply(old, t.Now())
	if err != nil {
		return old, err
	}
	return save(t, old, o, "organization.updated")
}

// save writes o if it differs from old, and records what changed.
func save(t *op.Tx, old, o Organization, event string) (Organization, error) {
	e := o.event(event, old)
	if len(e.Changes) == 0 {
		return old, nil
	}
	if err := update(t, o); err != nil {
		return old, err
	}
	o.Version++
	return o.shown(), t.Record(e)
}

func destroy(t *op.Tx, in Version) (op.Nothing, error) {
	o, err := named(t)
	if err != nil {
		return op.Nothing{}, err
	}
	if in.Version != 0 && int(in.Version) != o.Version {
		return op.Nothing{}, errs.Changed()
	}
	if !o.Suspended {
		return op.Nothing{}, errs.Conflict("not_suspended", "Suspend the organization first. Nothing was deleted.")
	}
	if err := Hooks.Deleting(t, o); err != nil {
		return op.Nothing{}, err
	}
	if err := remove(t); err != nil {
		return op.Nothing{}, err
	}
	return op.Nothing{}, t.Record(op.Event{Name: "organization.deleted", Subject: o.subject()})
}

func changeSettings(t *op.Tx, in SettingsChange) (SettingsView, error) {
	old, err := Mine(t)
	if err != nil {
		return old.view(t), err
	}
	if in.Version != 0 && int(in.Version) != old.Version {
		return old.view(t), errs.Changed()
	}
	o, err := in.apply(old, t.PasswordFloor())
	if err != nil {
		return old.view(t), err
	}
	o, err = save(t, old, o, "settings.updated")
	return o.view(t), err
}

func (o Organization) subject() op.Subject {
	return op.Subject{Kind: "organization", ID: string(o.ID), Name: o.Name}
}

func (o Organization) event(name string, before Organization) op.Event {
	e := op.Event{Name: name, Subject: o.subject(), Changes: op.Diff(before, o)}
	if was, is := before.logoWords(), o.logoWords(); was != is {
		e.Changes = append(e.Changes, op.Change{Field: "logo", Before: was, After: is})
	}
	return e
}

// Public is the face of an organization that everybody sees who knows its short
// name: on its sign-in page, which exists for whoever asks.
type Public struct {
	ID        id.Org
	Slug      string
	Name      string
	Color     string
	Logo      string // where it is; empty: there is none
	WideLogo  bool
	ReplyTo   string
	Suspended bool
}

// Face answers it.
var Face = op.Query[op.Nothing, Public]{
	Name: "organization.face", Needs: authz.Everybody, Scope: authz.Public,
	Run: func(t *op.Tx, _ op.Nothing) (Public, error) { return FaceOf(t) },
}

// FaceOf is the face of the organization that the transaction is bound to.
func FaceOf(t *op.Tx) (Public, error) {
	o, err := Mine(t)
	return o.Face(), err
}

// Face is what everybody may see of an organization.
func (o Organization) Face() Public {
	return Public{ID: o.ID, Slug: o.Slug, Name: o.Name, Color: o.Color, Logo: o.LogoPath(), WideLogo: o.WideLogo(), ReplyTo: o.ReplyTo, Suspended: o.Suspended}
}
