package user

import (
	"fmt"
	"slices"
	"strings"

	"roster/internal/id"
)

// Teams are the teams of a user, oldest first. Package team has what they are.
type Teams []id.Team

// Scan implements sql.Scanner for what Columns reads: ids with commas between them.
func (l *Teams) Scan(column any) error {
	*l = nil
	switch ids := column.(type) {
	case nil:
	case string:
		for one := range strings.SplitSeq(ids, ",") {
			*l = append(*l, id.Team(one))
		}
	default:
		return fmt.Errorf("user: cannot read %T into teams", column)
	}
	slices.Sort(*l)
	return nil
}

// clean is the list in its own order, with nothing twice.
func (l Teams) clean() Teams {
	list := slices.Clone(l)
	slices.Sort(list)
	return slices.Compact(list)
}
