package authz

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"roster/internal/id"
)

// Side is whose user somebody is.
type Side string

// The sides.
const (
	OfOrganization Side = "organization"
	OfDelivery     Side = "delivery" // of an end customer: sees and administers only theirs
)

// Accounts are the accounts of one kind that somebody has access to: all of
// them, or those that were chosen with everything below them. The zero value is
// none.
type Accounts struct {
	All bool
	IDs []id.Account // in order, nothing twice
}

// AllAccounts is access to every account of a kind.
func AllAccounts() Accounts { return Accounts{All: true} }

// ChosenAccounts is access to the listed accounts and what is below them.
func ChosenAccounts(list ...id.Account) Accounts {
	ids := slices.Clone(list)
	slices.Sort(ids)
	return Accounts{IDs: slices.Compact(ids)}
}

// Equal reports whether both are the same choice.
func (a Accounts) Equal(b Accounts) bool { return a.All == b.All && slices.Equal(a.IDs, b.IDs) }

// MarshalJSON implements [json.Marshaler]: "all", or a list of ids.
func (a Accounts) MarshalJSON() ([]byte, error) {
	if a.All {
		return []byte(`"all"`), nil
	}
	return json.Marshal(append([]id.Account{}, a.IDs...))
}

// UnmarshalJSON implements [json.Unmarshaler].
func (a *Accounts) UnmarshalJSON(data []byte) error {
	if string(data) == `"all"` {
		*a = AllAccounts()
		return nil
	}
	var ids []id.Account
	if err := json.Unmarshal(data, &ids); err != nil || string(data) == "null" {
		return fmt.Errorf("%q is neither \"all\" nor a list of ids", "accounts")
	}
	*a = ChosenAccounts(ids...)
	return nil
}

// Scan implements [database/sql.Scanner]: 'all', or ids with commas between them.
func (a *Accounts) Scan(column any) error {
	*a = Accounts{}
	switch written := column.(type) {
	case nil:
		return nil
	case string:
		switch written {
		case "all":
			a.All = true
		case "":
		default:
			for one := range strings.SplitSeq(written, ",") {
				a.IDs = append(a.IDs, id.Account(one))
			}
			slices.Sort(a.IDs)
		}
		return nil
	}
	return fmt.Errorf("authz: cannot read %T into accounts", column)
}

// Limits are what a role's rights over other users are limited to: users who are
// in one of the groups, in one of the teams, and have one of the accounts. An
// empty list limits nothing.
type Limits struct {
	Groups   []id.Group   `json:"group_ids" doc:"Only users in these groups. Empty: in any."`
	Teams    []id.Team    `json:"team_ids" doc:"Only users in one of these teams. Empty: in any or none."`
	Accounts []id.Account `json:"account_ids" doc:"Only users of these contract or delivery accounts, or of what is below them. Empty: of any or none."`
}

// None reports whether nothing is limited.
func (l Limits) None() bool { return len(l.Groups)+len(l.Teams)+len(l.Accounts) == 0 }

// Tidy is the limits in order, with nothing twice.
func (l Limits) Tidy() Limits {
	return Limits{tidy(l.Groups), tidy(l.Teams), tidy(l.Accounts)}
}

func tidy[T ~string](list []T) []T {
	clean := append([]T{}, list...)
	slices.Sort(clean)
	return slices.Compact(clean)
}

// Scan implements [database/sql.Scanner] for limits that are stored as JSON.
func (l *Limits) Scan(column any) error {
	*l = Limits{}
	switch written := column.(type) {
	case nil:
		return nil
	case string:
		if written == "" {
			return nil
		}
		return json.Unmarshal([]byte(written), l)
	}
	return fmt.Errorf("authz: cannot read %T into limits", column)
}

// Reach is how far somebody's rights go: which users, and which accounts. The
// zero value reaches no account.
type Reach struct {
	Side     Side
	Limits   Limits   // of the role
	Contract Accounts // contract accounts
	Delivery Accounts // delivery accounts
}

// Everywhere is the reach of whom nothing limits.
func Everywhere() Reach {
	return Reach{Side: OfOrganization, Contract: AllAccounts(), Delivery: AllAccounts()}
}

// Everybody reports whether every user of the organization is within reach.
func (r Reach) Everybody() bool { return r.Side == OfOrganization && r.Limits.None() }
