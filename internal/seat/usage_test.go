package seat

import (
	"testing"
	"time"
)

func TestADayIsReckonedFromWhoHadSeatsAndWhoWishedForOne(t *testing.T) {
	from := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	hours := func(wish bool, begin, end float64) span {
		at := func(h float64) time.Time { return from.Add(time.Duration(h * float64(time.Hour))) }
		return span{From: at(begin), To: at(end), Wish: wish}
	}
	has := func(begin, end float64) span { return hours(false, begin, end) }
	wishes := func(begin, end float64) span { return hours(true, begin, end) }
	for _, test := range []struct {
		name  string
		spans []span
		want  Day // of two seats
	}{
		{"nothing", nil, Day{}},
		{"one after the other", []span{has(8, 9), has(9, 10)}, Day{Peak: 1}},
		{"together", []span{has(8, 10), has(9, 11), has(10, 12)}, Day{Peak: 2, FullMS: 2 * 3600_000}},
		{"over midnight", []span{has(-3, 1), has(0.5, 30)}, Day{Peak: 2, FullMS: 1800_000}},
		{"before and after", []span{has(-3, 0), has(24, 25)}, Day{}},
		{"somebody found none, and then one", []span{has(8, 10), has(8, 9), wishes(8.5, 9), has(9, 10)}, Day{Peak: 2, TurnedAway: 1, Demand: 3, FullMS: 2 * 3600_000}},
		{"two wished at different times", []span{has(8, 12), has(8, 12), wishes(8, 9), wishes(10, 11)}, Day{Peak: 2, TurnedAway: 2, Demand: 3, FullMS: 4 * 3600_000}},
		{"a wish of yesterday is counted there", []span{wishes(-1, 0.25)}, Day{Demand: 1}},
		{"overage", []span{has(8, 9), has(8, 9), has(8, 9)}, Day{Peak: 3, FullMS: 3600_000}},
	} {
		got := Day{Limit: 2}
		got.reckon(test.spans, from, from.AddDate(0, 0, 1))
		test.want.Limit, test.want.Demand = 2, max(test.want.Demand, test.want.Peak)
		if got != test.want {
			t.Errorf("%s: %+v instead of %+v", test.name, got, test.want)
		}
	}
}

func TestDaysAreSummedUp(t *testing.T) {
	u := Usage{Items: []Day{{Peak: 3, Demand: 7, TurnedAway: 2, FullMS: 61_999}, {Peak: 4, Demand: 4, TurnedAway: 0}}}
	u.sum()
	if u.Peak != 4 || u.Sufficient != 7 || u.TurnedAway != 2 || u.FullDays != 1 || u.Full != 61 || u.Items[0].Full != 61 {
		t.Errorf("%+v", u)
	}
}
