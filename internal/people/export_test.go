package people

import "testing"

// SortFewMatches makes all searches with more matches than n take the way of
// those with many, until the test ends.
func SortFewMatches(t *testing.T, n int) {
	before := fewMatches
	fewMatches = n
	t.Cleanup(func() { fewMatches = before })
}
