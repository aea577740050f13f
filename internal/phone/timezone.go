package phone

import (
	_ "embed"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the binary runs where no zone files are installed
)

// zones.txt has the geographic zones of the IANA database (zone.tab), sorted.
//
//go:embed zones.txt
var zoneNames string

// zones is UTC followed by the geographic zones.
var zones = append([]string{"UTC"}, strings.Fields(zoneNames)...)

// zoneAreas are the first parts of names that occur in the IANA database. Anything
// else that the zone directory of a system holds is no name that another machine
// would know.
var zoneAreas = []string{
	"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Brazil", "Canada",
	"Chile", "Etc", "Europe", "Indian", "Mexico", "Pacific", "US",
}

// TimeZones returns the IANA names that a form offers: UTC first, then the
// geographic zones by name.
func TimeZones() []string { return slices.Clone(zones) }

// ValidTimeZone reports whether name is an IANA zone that [time.LoadLocation] can
// load. It takes the names of [TimeZones] and also the older ones that directories
// and browsers still send, such as "Europe/Kiev" and "US/Pacific".
func ValidTimeZone(name string) bool {
	if slices.Contains(zones, name) {
		return true
	}
	area, _, found := strings.Cut(name, "/")
	if !found || !slices.Contains(zoneAreas, area) {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}
