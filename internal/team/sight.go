package team

import (
	"roster/internal/user"
)

// Share is the rule by which people see each other: they are in one team. Where
// the organization is open to people in no team (open), these see everybody,
// and everybody sees them. Both must be active, which the caller asks.
func Share(a, b user.User, open bool) bool {
	for _, one := range a.Teams {
		for _, other := range b.Teams {
			if one == other {
				return true
			}
		}
	}
	return open && (len(a.Teams) == 0 || len(b.Teams) == 0)
}
