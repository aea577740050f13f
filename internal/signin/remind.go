package signin

import (
	"context"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/user"
)

// Remind writes to everybody whose password is about to expire, once for each
// password, however many nodes do it at once. It is Roster's own work, and is
// done from time to time.
var Remind = op.Sequence[op.Nothing, op.Nothing]{
	Name: "password.remind", Needs: authz.SystemWork, Scope: authz.System,
	Run: func(ctx context.Context, d *op.Door, call op.Call, _ op.Nothing) (op.Nothing, error) {
		return op.Nothing{}, remind(ctx, d, call)
	},
}

// remindedAtOnce is how many candidates are read in one go.
const remindedAtOnce = 500

// candidate is a user whose password may be about to expire; after that of
// another one in the order in which they are looked at.
type candidate struct {
	Org  id.Org  `db:"org_id"`
	User id.User `db:"id"`
}

// candidates are the next ones.
type candidates struct{ list []candidate }

// findDue answers, in the order of organizations and ids, the next users after
// one whose password may be due: whether it is, remindOne asks.
var findDue = op.Query[candidate, candidates]{
	Name: "password.find_due", Needs: authz.SystemWork, Scope: authz.System,
	Run: func(t *op.Tx, after candidate) (candidates, error) {
		list, err := dueAfter(t, after, remindedAtOnce)
		return candidates{list}, err
	},
}

// remindOne writes to one of them, if it is due and nobody has done so.
var remindOne = op.Command[candidate, op.Nothing]{
	Name: "password.remind_one", Needs: authz.SystemWork, Scope: authz.System,
	Run: func(t *op.Tx, in candidate) (op.Nothing, error) {
		if err := t.Enter(in.Org); err != nil {
			return op.Nothing{}, err
		}
		return op.Nothing{}, remindUser(t, in.User)
	},
}

func remind(ctx context.Context, d *op.Door, call op.Call) error {
	var after candidate
	for {
		due, err := findDue.Do(ctx, d, call, after)
		if err != nil {
			return err
		}
		for _, one := range due.list {
			// Whose turn fails has another one in the next round.
			if _, err := remindOne.Do(ctx, d, call, one); err != nil && ctx.Err() != nil {
				return err
			}
		}
		if len(due.list) < remindedAtOnce {
			return nil
		}
		after = due.list[len(due.list)-1]
	}
}

func remindUser(t *op.Tx, who id.User) error {
	o, err := org.Mine(t)
	if err != nil {
		return gone(err)
	}
	u, err := user.ByID(t, who)
	if err != nil {
		return gone(err)
	}
	stored, err := user.CredentialsOf(t, who)
	if err != nil {
		return err
	}
	rules := RulesFor(o, u)
	end := rules.expires(u, stored.SetAt)
	if o.Suspended || u.State != user.Active || past(end, t.Now()) || !past(rules.remindAt(u, stored.SetAt), t.Now()) {
		return nil
	}
	if first, err := user.Reminded(t, who); err != nil || !first {
		return err
	}
	if err := post(t, u, expiryWords, expiryLetter(end)); err != nil {
		return err
	}
	return t.Record(op.Event{Name: "password.reminded", Subject: u.Subject(), Changes: []op.Change{{Field: "expires_at", After: end}}})
}

// gone makes nothing of somebody who is not there any more.
func gone(err error) error {
	if errs.KindOf(err) == errs.KindNotFound {
		return nil
	}
	return err
}
