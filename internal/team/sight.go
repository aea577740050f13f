package team

import (
	"roster/internal/authz"
	"roster/internal/user"
)

// Share is the rule by which people see each other: they are in one team. Where
// the organization is open to people in no team (open), these see everybody,
// and everybody sees them, users of delivery accounts excepted. Two of these
// must be kin, too: have accounts that have to do with each other. Both must be
// active, which the caller asks.
func Share(a, b user.User, open, kin bool) bool {
	delivery := 0
	for _, u := range []user.User{a, b} {
		if u.Side == authz.OfDelivery {
			delivery++
		}
	}
	if delivery == 2 && !kin {
		return false
	}
	for _, one := range a.Teams {
		for _, other := range b.Teams {
			if one == other {
				return true
			}
		}
	}
	return open && delivery == 0 && (len(a.Teams) == 0 || len(b.Teams) == 0)
}
