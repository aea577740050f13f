package operator

import (
	"errors"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/mailaddr"
	"roster/internal/op"
	"roster/internal/password"
	"roster/internal/secret"
	"roster/internal/text"
)

// Operator is one member of the vendor's staff.
type Operator struct {
	ID         id.Operator `db:"id" json:"id"`
	Email      string      `db:"email" json:"email"`
	Name       string      `db:"name" json:"name"`
	CreatedAt  time.Time   `db:"created_at" json:"created_at"`
	LastSeenAt time.Time   `db:"last_seen_at" json:"last_seen_at,omitzero"`
}

// maxName is how many characters a name has at most.
const maxName = 64

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{SetupLink, Create, ShowSetup, CompleteSetup, SignIn, attempt, settle, SignOut, Touch, Me, List, Sweep}
}

// Me answers the signed-in operator.
var Me = op.Query[op.Nothing, Operator]{
	Name: "operator.me", Needs: authz.SelfService, Scope: authz.Operator,
	Run: func(t *op.Tx, _ op.Nothing) (Operator, error) { return byID(t, id.Operator(t.Actor().ID)) },
}

// Operators are all there are: a handful.
type Operators struct {
	Items []Operator `json:"items"`
}

// List answers the operators by name.
var List = op.Query[op.Nothing, Operators]{
	Name: "operator.list", Needs: authz.OperatorsManage, Scope: authz.Platform,
	Run: func(t *op.Tx, _ op.Nothing) (Operators, error) {
		list, err := all(t)
		return Operators{list}, err
	},
}

func checkEmail(c *errs.Check, email string) mailaddr.Address {
	address, err := mailaddr.Parse(email)
	if e, wrong := errors.AsType[*mailaddr.Error](err); wrong {
		c.Fail("email", e.Code, "This is not an e-mail address: %s.", e.Reason)
	}
	return address
}

func checkName(c *errs.Check, name string) string {
	clean := text.Name(c, "name", name, maxName)
	if clean == "" {
		c.Fail("name", "required", "Enter a name.")
	}
	return clean
}

// checkPassword asks for a good password: an operator's stands alone.
func checkPassword(c *errs.Check, pw secret.Clear, context ...string) {
	if pw.IsZero() {
		c.Fail("password", "required", "Enter a password.")
		return
	}
	for _, p := range (password.Policy{}).Check(pw.Reveal(), context...) {
		c.Fail("password", p.Code, "The password %s.", p.Message)
	}
}

// emailKey is the one form of all spellings of an address. What is no address
// is nobody's, but still has one.
func emailKey(email string) string {
	if address, err := mailaddr.Parse(email); err == nil {
		return address.Key
	}
	return text.Key(email)
}

func (o Operator) event(name string) op.Event {
	return op.Event{Name: name, Subject: op.Subject{Kind: "operator", ID: string(o.ID), Name: o.Name}}
}
