package op

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
	"time"

	"roster/internal/id"
	"roster/internal/text"
)

// Subject is what an event is about.
type Subject struct {
	Kind string // "user", "invitation", "organization", …
	ID   string
	Name string // as it was then
}

// Event is one line of the audit log, and the source of webhooks and outbound
// sync. It commits with the change it tells of, or neither does.
type Event struct {
	Name    string // noun.verb in the past: "invitation.created"
	Subject Subject
	Changes []Change
}

// Change is one field before and after.
type Change struct {
	Field  string `json:"field"`
	Before any    `json:"before"`
	After  any    `json:"after"`
}

// Named is an object as the value of a Change: programs go by the id, people read
// the name that it had then.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Record writes an audit event into the transaction, with the actor and where
// the request came from.
func (t *Tx) Record(e Event) error {
	changes, err := json.Marshal(e.Changes)
	if err != nil {
		return t.breakWith(fmt.Errorf("op: event %s: %w", e.Name, err))
	}
	args := Args{
		"id": id.New[id.Event](t.now), "event_org": string(t.org), "at": t.now, "name": e.Name,
		"actor_kind": string(t.actor.Kind), "actor_id": t.actor.ID, "actor_name": t.actor.Name, "actor_key": text.SearchKey(t.actor.Name),
		"subject_kind": e.Subject.Kind, "subject_id": e.Subject.ID, "subject_name": e.Subject.Name, "subject_key": text.SearchKey(e.Subject.Name),
		"changes": string(changes), "address": t.actor.Origin.Address, "agent": t.actor.Origin.Agent, "request": t.actor.Origin.RequestID,
	}
	_, err = t.Exec(`-- across organizations: events of the platform belong to none
		insert into events (org_id, id, at, name, actor_kind, actor_id, actor_name, actor_key,
			subject_kind, subject_id, subject_name, subject_key, changes, address, agent, request)
		values (:event_org, :id, :at, :name, :actor_kind, :actor_id, :actor_name, :actor_key,
			:subject_kind, :subject_id, :subject_name, :subject_key, :changes, :address, :agent, :request)`, args)
	if err != nil {
		return err
	}
	t.recorded++
	return nil
}

// Diff compares two values of an audited struct type, field by field, and
// leaves out what has not changed. Every field decides by its `audit` tag:
// `track` shows both values, `secret` says only that it changed, `ignore` is
// left out. An undecided field panics, so that a test finds it.
func Diff[T any](before, after T) []Change {
	old, now := reflect.ValueOf(before), reflect.ValueOf(after)
	var changes []Change
	for _, f := range auditFields(old.Type()) {
		a, b := old.FieldByIndex(f.index).Interface(), now.FieldByIndex(f.index).Interface()
		if f.how == "ignore" || reflect.DeepEqual(a, b) {
			continue
		}
		c := Change{Field: f.name, Before: plain(a), After: plain(b)}
		if f.how == "secret" {
			c.Before, c.After = nil, "changed"
		}
		changes = append(changes, c)
	}
	return changes
}

func plain(v any) any {
	if at, ok := v.(time.Time); ok && at.IsZero() {
		return nil
	}
	return v
}

type auditField struct {
	name, how string
	index     []int
}

var auditCache sync.Map // reflect.Type -> []auditField

func auditFields(t reflect.Type) []auditField {
	if f, ok := auditCache.Load(t); ok {
		return f.([]auditField)
	}
	var fields []auditField
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous {
			continue
		}
		how := f.Tag.Get("audit")
		if how != "track" && how != "ignore" && how != "secret" {
			panic(fmt.Sprintf("op: the field %s of the audited type %s needs an audit tag: track, ignore or secret", f.Name, t))
		}
		name := f.Tag.Get("db")
		if name == "" {
			name = f.Name
		}
		fields = append(fields, auditField{name, how, f.Index})
	}
	auditCache.Store(t, fields)
	return fields
}
