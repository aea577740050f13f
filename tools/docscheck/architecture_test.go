package docscheck

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"roster/tools/archcheck"
)

// TestFloors compares the table of floors in ARCHITECTURE.md with the one that archcheck enforces, as far as the folders
// exist.
func TestFloors(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	written := map[int][]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| (\\d) \\w+ \\| ([`\\w ]+) \\|").FindAllStringSubmatch(string(page), -1) {
		floor, _ := strconv.Atoi(m[1])
		written[floor] = strings.Fields(strings.ReplaceAll(m[2], "`", ""))
	}
	for floor, families := range archcheck.Roster.Floors {
		var there []string
		for family := range strings.FieldsSeq(families) {
			if _, err := os.Stat(filepath.Join(root, "internal", family)); err == nil {
				there = append(there, family)
			}
		}
		slices.Sort(there)
		slices.Sort(written[floor])
		if !slices.Equal(there, written[floor]) {
			t.Errorf("floor %d has %v; ARCHITECTURE.md says %v", floor, there, written[floor])
		}
	}
}
