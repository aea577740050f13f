package ui

import (
	"fmt"
	"math"
)

// What a chart of peaks is drawn with, in pixels: the line that bars stand on, how high the highest is, and where those
// who were turned away hang.
const (
	peakFloor   = 142.0
	peakHeight  = 118.2
	awayTop     = 172.0
	awayHeight  = 21.6
	labelHeight = 14.0
)

// top is the greatest number of a chart, at least 1.
func (p Peaks) top() int {
	most := 1
	for _, d := range p.Days {
		most = max(most, d.Peak, d.Seats)
	}
	return most
}

// left is how much of the width, in percent, the numbers beside the chart take.
func (p Peaks) left() float64 { return 2.1 * float64(max(2, len(fmt.Sprint(p.top()))*5/4)) }

func (p Peaks) column() float64 { return (100 - p.left()) / float64(max(1, len(p.Days))) }

// x is where the column of a day begins.
func (p Peaks) x(day int) float64 { return p.left() + p.column()*float64(day) }

// height of a number of people.
func (p Peaks) height(n int) float64 { return peakHeight * float64(n) / float64(p.top()) }

// grid are the numbers at which lines are drawn: up to four, round, and none where the number of seats stands.
func (p Peaks) grid() []int {
	raw := float64(p.top()) / 3
	unit := math.Pow(10, math.Floor(math.Log10(raw)))
	step := int(unit)
	for _, by := range []float64{1, 2, 5, 10} {
		if step = int(by * unit); by*unit >= raw {
			break
		}
	}
	var list []int
	for n := 0; n <= p.top(); n += max(1, step) {
		if seats := p.seats(); math.Abs(p.height(n)-p.height(seats)) >= labelHeight || seats == 0 {
			list = append(list, n)
		}
	}
	return list
}

// seats is how many there were on the last day.
func (p Peaks) seats() int {
	if len(p.Days) == 0 {
		return 0
	}
	return p.Days[len(p.Days)-1].Seats
}

// stretch is a number of days in a row with the same number of seats: from one, up to before another one.
type stretch struct{ from, to, seats int }

func (p Peaks) stretches() []stretch {
	var list []stretch
	for i, d := range p.Days {
		if n := len(list); n > 0 && list[n-1].seats == d.Seats {
			list[n-1].to = i + 1
			continue
		}
		list = append(list, stretch{i, i + 1, d.Seats})
	}
	return list
}

// away is how far the mark of those who were turned away hangs down.
func (p Peaks) away(n int) float64 {
	most := 0
	for _, d := range p.Days {
		most = max(most, d.TurnedAway)
	}
	return max(2, awayHeight*float64(n)/float64(max(1, most)))
}

// named reports whether a day's name stands below the chart: every seventh, and the last.
func (p Peaks) named(day int) bool { return day%7 == 0 && day+4 < len(p.Days) }

func percent(x float64) string { return fmt.Sprintf("%.2f%%", x) }
func pixels(y float64) string  { return fmt.Sprintf("%.1f", y) }
