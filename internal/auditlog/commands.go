package auditlog

import (
	"roster/internal/account"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/op"
	"roster/internal/user"
)

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{List, ListPlatform, Export, Verify, VerifyPlatform, Own, toSeal, sealNext}
}

// ListInput is a filter and a page.
type ListInput struct {
	Filter
	op.Paging
}

// List answers the organization's events, newest first. A page of a search may
// hold fewer events than asked for, even none, and still have a next one: no
// page looks at more than 20,000 events. Errors: invalid_parameter,
// invalid_cursor.
var List = op.Query[ListInput, op.Page[Event]]{
	Name: "audit.list", Needs: authz.AuditView, Scope: authz.InOrg, Run: list,
}

// ListPlatform answers what happened on the platform and what became of the
// organizations, newest first. Errors: as List.
var ListPlatform = op.Query[ListInput, op.Page[Event]]{
	Name: "platform_audit.list", Needs: authz.OperatorsManage, Scope: authz.Platform, Run: onPlatform(list),
}

// VerifyInput is what the chain is compared with.
type VerifyInput struct {
	Anchor string `query:"anchor" json:"-" maxLength:"96" doc:"The anchor of an earlier answer, kept elsewhere: the chain must still contain it."`
}

// Verify walks the organization's chain from the first event to the last and
// tells whether an event was altered, removed, inserted or put into another
// place since it was sealed. Error: invalid_parameter.
var Verify = op.Query[VerifyInput, Report]{
	Name: "audit.verify", Needs: authz.AuditView, Scope: authz.InOrg, Run: verify,
}

// VerifyPlatform is Verify for the chain of the platform.
var VerifyPlatform = op.Query[VerifyInput, Report]{
	Name: "platform_audit.verify", Needs: authz.OperatorsManage, Scope: authz.Platform, Run: onPlatform(verify),
}

// onPlatform keeps operators out of the logs of organizations, whatever a call
// names: those are for the organizations' own people.
func onPlatform[In, Out any](run func(*op.Tx, In) (Out, error)) func(*op.Tx, In) (Out, error) {
	return func(t *op.Tx, in In) (Out, error) {
		if t.Org() != "" {
			var none Out
			return none, errs.NotFound()
		}
		return run(t, in)
	}
}

// ownLimit is how much of their own sign-ins people are shown.
const ownLimit = 30

// Own answers the caller's own recent sign-in activity, newest first.
var Own = op.Query[op.Nothing, []Event]{
	Name: "audit.own", Needs: authz.SelfService, Scope: authz.Self,
	Run: func(t *op.Tx, _ op.Nothing) ([]Event, error) {
		rows, err := about(t, string(t.Actor().User()), ofSignIn, ownLimit)
		return events(rows), err
	},
}

// ofSignIn are the events that people should recognize as their own doing.
var ofSignIn = []string{
	"signin.succeeded", "signin.failed", "session.ended", "user.signed_out",
	"password.changed", "password.locked", "password.reset", "password.reset_requested",
}

// History is the step of a card that shows what happened to something: its
// newest events. The page asks t.May(List) first.
func History(t *op.Tx, subject string, limit int) ([]Event, error) {
	rows, err := about(t, subject, nil, limit)
	return events(rows), err
}

// Erase is the step of deleting a user: what names them goes from all events
// about them and by them. What happened, when, and under which id stays, and so
// does the chain: an event that is not sealed yet gets its digests first.
func Erase(t *op.Tx, u user.User) error {
	rows, err := undigested(t, u.ID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := setDigests(t, r.digested()); err != nil {
			return err
		}
	}
	return erase(t, u)
}

// looksAt is how many events one page of a search looks at. It bounds what a
// search costs; the next page goes on where it ended.
const looksAt = 20_000

func list(t *op.Tx, in ListInput) (op.Page[Event], error) {
	var none op.Page[Event]
	f, err := in.read()
	if err != nil {
		return none, err
	}
	limit, err := in.Size()
	if err != nil {
		return none, err
	}
	var after, end *position
	if in.Cursor != "" {
		after = &position{}
		if err := t.OpenCursor(f.list(), in.Cursor, after); err != nil {
			return none, err
		}
	}
	if limit, _ := account.Within(t); f.scans() || limit != "" {
		if end, err = floor(t, f, after, looksAt-1); err != nil {
			return none, err
		}
	}
	rows, err := page(t, f, after, end, limit+1)
	if err != nil {
		return none, err
	}
	cut, err := op.Cut(t, f.list(), rows, limit, func(r row) any { return r.position() })
	if err != nil {
		return none, err
	}
	p := op.Page[Event]{Items: events(cut.Items), Next: cut.Next}
	if p.Next == nil && end != nil {
		next, err := t.Cursor(f.list(), end)
		if err != nil {
			return none, err
		}
		p.Next = &next
	}
	if in.Count {
		var n int
		n, err = total(t, f)
		p.Total = &n
	}
	return p, err
}

// readAtOnce is how many events verifying holds in memory.
const readAtOnce = 2000

func verify(t *op.Tx, in VerifyInput) (Report, error) {
	w := walker{before: first(t.Org())}
	var err error
	if in.Anchor != "" {
		if w.known, err = parseAnchor(in.Anchor); err != nil {
			return Report{}, err
		}
	}
	if w.deleted, err = deletedUsers(t); err != nil {
		return Report{}, err
	}
	var genuine bool
	if w.anchor, genuine, err = anchored(t); err != nil {
		return Report{}, err
	}
	last, open, err := size(t)
	if err != nil {
		return Report{}, err
	}
	broken, err := w.walk(t, last)
	if broken == nil {
		broken = w.end(genuine)
	}
	return Report{
		OK: broken == nil, Checked: w.link, SealedUntil: w.at, Unsealed: open,
		Anchor: anchor{Link: w.link, Hash: w.before}.String(), FirstBroken: broken,
	}, err
}

// walk goes along the whole chain, up to the first event that does not fit.
// last is the highest number in it.
func (w *walker) walk(t *op.Tx, last int64) (*Broken, error) {
	for after := int64(beforeAll); ; {
		rows, err := chain(t, after, readAtOnce)
		if err != nil || len(rows) == 0 {
			return nil, err
		}
		for i, r := range rows {
			broken := w.step(r)
			if broken == nil {
				continue
			}
			if broken.Why == Altered {
				broken.Why = w.explain(rows[i+1:], last)
			}
			return broken, nil
		}
		after = rows[len(rows)-1].Link
	}
}

// explain tells why the event after the walker's is not the one that was sealed
// there: next are the events that follow it.
func (w *walker) explain(next []row, last int64) Why {
	for _, r := range next {
		if !w.belongs(r) {
			continue
		}
		if last > w.anchor.Link {
			return Inserted
		}
		return Reordered
	}
	if last < w.anchor.Link {
		return Removed // and the later ones were moved up
	}
	return Altered
}
