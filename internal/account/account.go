package account

import (
	"fmt"
	"slices"
	"time"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/text"
)

// Kind is which of the two trees an account stands in.
type Kind string

// The kinds. An account's kind never changes.
const (
	Contract Kind = "contract"
	Delivery Kind = "delivery"
)

// Limits of accounts, of an organization and of their texts.
const (
	MaxAccounts = 50_000
	MaxDepth    = 8 // levels of one tree
	MaxLinks    = MaxGiven
	MaxName     = 128 // characters
)

// Account is a contract account or a delivery account.
type Account struct {
	ID         id.Account `db:"id" json:"id" audit:"ignore"`
	Kind       Kind       `db:"kind" json:"kind" audit:"track" enum:"contract,delivery"`
	Name       string     `db:"name" json:"name" audit:"track"`
	Parent     id.Account `db:"parent_id" json:"parent_id,omitempty" audit:"ignore" doc:"The account that it lies below."` // changes names it
	ParentName string     `db:"parent_name" json:"-" audit:"ignore"`
	Contracts  IDs        `db:"contract_account_ids" json:"contract_account_ids,omitempty" audit:"ignore" doc:"Of a delivery account: the contract accounts that it occurs under."`
	Below      int        `db:"below" json:"below" audit:"ignore" doc:"How many accounts lie directly below it."`
	Users      int        `db:"users" json:"users" audit:"ignore" doc:"How many users were given it by name."`
	CreatedAt  time.Time  `db:"created_at" json:"created_at" audit:"ignore"`
	Version    int        `db:"version" json:"version" audit:"ignore"`
}

// ETag is the version as the API's ETag.
func (a Account) ETag() string { return fmt.Sprintf(`"v%d"`, a.Version) }

// Input is what an account is made of. Absent fields stay as they are.
type Input struct {
	Name      patch.Field[string]     `json:"name,omitzero"`
	Parent    patch.Field[id.Account] `json:"parent_id,omitzero" doc:"The account of the same kind that it lies below; null: none."`
	Contracts patch.Field[IDs]        `json:"contract_account_ids,omitzero" doc:"Of a delivery account: the contract accounts that it occurs under, all of them."`
}

// apply writes the input into a, and notes what is wrong with it.
func (in Input) apply(a Account) (Account, *errs.Check) {
	var c errs.Check
	if in.Name.Set || a.Name == "" {
		name := text.Name(&c, "name", in.Name.Value, MaxName)
		if name == "" {
			c.Fail("name", "required", "Enter a name for the account.")
		}
		a.Name = name
	}
	a.Parent = in.Parent.Or(a.Parent)
	a.Contracts = in.Contracts.Or(a.Contracts).clean()
	switch {
	case a.Kind == Contract && len(a.Contracts) > 0:
		c.Fail("contract_account_ids", "not_wanted", "Only a delivery account occurs under contract accounts.")
	case len(a.Contracts) > MaxLinks:
		c.Fail("contract_account_ids", "too_many", "A delivery account occurs under at most %d contract accounts.", MaxLinks)
	}
	return a, &c
}

// IDs are ids of accounts.
type IDs []id.Account

// Scan implements sql.Scanner: ids with commas between them.
func (l *IDs) Scan(column any) error {
	*l = nil
	written, ok := column.(string)
	if column != nil && !ok {
		return fmt.Errorf("account: cannot read %T into ids", column)
	}
	*l = listOf(written)
	return nil
}

func (l IDs) clean() IDs {
	list := slices.Clone(l)
	slices.Sort(list)
	return slices.Compact(list)
}

func (a Account) subject() op.Subject {
	return op.Subject{Kind: "account", ID: string(a.ID), Name: a.Name}
}

// Named is a as the value of an event's change, nil if it is none.
func (a Account) Named() any {
	if a.ID == "" {
		return nil
	}
	return op.Named{ID: string(a.ID), Name: a.Name}
}

// uses are what keeps an account from being deleted.
type uses struct {
	Below int `db:"below"`
	Users int `db:"users"`
	Roles int `db:"roles"`
}

// deletable says why a cannot be deleted as things are, nil if it can.
func (a Account) deletable(u uses) *errs.Error {
	switch {
	case u.Below > 0:
		return errs.Conflict("account_in_use", "There are accounts below %s. Move or delete them first.", a.Name)
	case u.Users > 0:
		return errs.Conflict("account_in_use", "Users were given %s. Take it from them first.", a.Name)
	case u.Roles > 0:
		return errs.Conflict("account_in_use", "A role is limited to %s. Change the role first.", a.Name)
	}
	return nil
}

func nameTaken() error {
	return errs.Conflict("name_taken", "Another account at the same place has this name. Choose another one.")
}

func unknown(field string) errs.Field {
	return errs.Field{Field: field, Code: "unknown_account", Message: "Choose an account from the list."}
}
