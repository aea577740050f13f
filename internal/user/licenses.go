package user

import (
	"fmt"
	"slices"
	"strings"

	"roster/internal/id"
)

// License is a license that a user holds. Package license gives and takes them.
type License struct {
	Service string      `json:"service" doc:"The service's key."`
	Plan    string      `json:"plan" doc:"The plan's key."`
	Model   string      `json:"model" enum:"named,seat"`
	Pool    id.SeatPool `json:"pool_id,omitempty" doc:"Of a seat plan: the pool that the user is a member of."`
}

// Licenses are what a user holds, by service.
type Licenses []License

// Scan implements sql.Scanner: service, plan, model and pool with spaces between
// them, and commas between licenses. Keys have neither.
func (l *Licenses) Scan(column any) error {
	*l = Licenses{}
	written, ok := column.(string)
	if column != nil && !ok {
		return fmt.Errorf("user: cannot read %T into licenses", column)
	}
	if written == "" {
		return nil
	}
	for one := range strings.SplitSeq(written, ",") {
		parts := strings.Split(one, " ")
		if len(parts) != 4 {
			return fmt.Errorf("user: cannot read the license %q", one)
		}
		*l = append(*l, License{parts[0], parts[1], parts[2], id.SeatPool(parts[3])})
	}
	slices.SortFunc(*l, func(a, b License) int { return strings.Compare(a.Service, b.Service) })
	return nil
}
