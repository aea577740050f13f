package ui

import (
	"slices"
	"testing"
)

func TestAChartHasRoundLinesAndRunsOfSeats(t *testing.T) {
	chart := func(peak int, seats ...int) Peaks {
		p := Peaks{}
		for _, n := range seats {
			p.Days = append(p.Days, PeakDay{Peak: peak, Seats: n})
		}
		return p
	}
	for _, test := range []struct {
		chart     Peaks
		grid      []int
		stretches []stretch
	}{
		{chart(0), []int{0, 1}, nil},
		{chart(0, 0), []int{0, 1}, []stretch{{0, 1, 0}}},
		{chart(2, 3, 3), []int{0, 1, 2}, []stretch{{0, 2, 3}}},
		{chart(9, 24, 24, 20), []int{0, 10}, []stretch{{0, 2, 24}, {2, 3, 20}}},
		{chart(30, 20), []int{0, 10, 30}, []stretch{{0, 1, 20}}},
		{chart(9431, 9500), []int{0, 5000}, []stretch{{0, 1, 9500}}},
	} {
		if got := test.chart.grid(); !slices.Equal(got, test.grid) {
			t.Errorf("%+v: lines at %v instead of %v", test.chart, got, test.grid)
		}
		if got := test.chart.stretches(); !slices.Equal(got, test.stretches) {
			t.Errorf("%+v: %v instead of %v", test.chart, got, test.stretches)
		}
	}
	wide := Peaks{Days: make([]PeakDay, 30)}
	if first, last := wide.x(0), wide.x(29)+wide.column(); first < 4 || last < 99.9 || last > 100.1 {
		t.Errorf("the days go from %f to %f percent", first, last)
	}
}

func TestInitialsAreOfTheFirstAndTheLastWord(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "maya bergström": "MB", "Ana Lúcia Gonçalves da Silva": "AS", "Support": "S", "maya@nordlys.example": "M", "ياسمين الحدّاد": "يا",
		"თამარ გელაშვილი": "თგ", "(x)": "X",
	} {
		if got := Initials(name); got != want {
			t.Errorf("%q has %q instead of %q", name, got, want)
		}
	}
}
