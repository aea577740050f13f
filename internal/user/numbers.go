package user

import (
	"fmt"
	"slices"
	"strings"

	"roster/internal/id"
)

// Numbers are the numbers of a user, oldest first. Package number has what they
// are.
type Numbers []id.Number

// Scan implements sql.Scanner for what Columns reads: ids with commas between them.
func (l *Numbers) Scan(column any) error {
	*l = nil
	switch ids := column.(type) {
	case nil:
	case string:
		for one := range strings.SplitSeq(ids, ",") {
			*l = append(*l, id.Number(one))
		}
	default:
		return fmt.Errorf("user: cannot read %T into numbers", column)
	}
	slices.Sort(*l)
	return nil
}
