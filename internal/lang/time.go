package lang

import (
	"context"
	"slices"
	"time"
)

// The layouts in which dates are written. They are texts, so a language may order them in its own way.
var (
	layoutDate     = Key("2 January 2006")
	layoutDateTime = Key("2 January 2006, 15:04")
	layoutTime     = Key("15:04")
	layoutDay      = Key("2 January")
	layoutShort    = Key("2 Jan")
	layoutShortOld = Key("2 Jan 2006")
)

// CalendarNames are the English names of months and days that dates are written with: texts of every catalogue.
func CalendarNames() []string { return slices.Clone(calendarNames) }

// calendarNames are the words that those layouts produce; the long ones come first, since they begin with the short.
var calendarNames = func() []string {
	var names []string
	for m := time.January; m <= time.December; m++ {
		names = append(names, m.String())
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		names = append(names, d.String())
	}
	for m := time.January; m <= time.December; m++ {
		names = append(names, m.String()[:3])
	}
	return names
}()

func (s speaker) format(layout Text, t time.Time) string {
	return s.names.Replace(t.In(s.zone).Format(s.text(layout.english, nil)))
}

// Date writes the day: 4 October 2026.
func Date(ctx context.Context, t time.Time) string { return from(ctx).format(layoutDate, t) }

// DateTime writes day and time of day: 4 October 2026, 17:12.
func DateTime(ctx context.Context, t time.Time) string { return from(ctx).format(layoutDateTime, t) }

// Time writes the time of day: 17:12.
func Time(ctx context.Context, t time.Time) string { return from(ctx).format(layoutTime, t) }

// ShortDay writes a day of t's own zone, whatever the reader's is: 4 Oct.
func ShortDay(ctx context.Context, t time.Time) string {
	s := from(ctx)
	s.zone = t.Location()
	return s.format(layoutShort, t)
}

// Day writes the day as somebody would say it now: Today, Yesterday, 4 October, 4 October 2025.
func Day(ctx context.Context, now, t time.Time) string {
	s := from(ctx)
	switch days := s.daysBetween(t, now); {
	case days == 0:
		return T(ctx, "Today")
	case days == 1:
		return T(ctx, "Yesterday")
	case s.sameYear(now, t):
		return s.format(layoutDay, t)
	}
	return s.format(layoutDate, t)
}

// Ago writes, short, how long before now t was: now, 4 min ago, 2 h ago, yesterday, 3 days ago, 26 Oct. What lies
// ahead is written the same way: in 3 days.
func Ago(ctx context.Context, now, t time.Time) string {
	s := from(ctx)
	if t.After(now) {
		return s.ahead(ctx, now, t)
	}
	past := now.Sub(t)
	switch days := s.daysBetween(t, now); {
	case past < time.Minute:
		return T(ctx, "now")
	case past < time.Hour:
		return N(ctx, int(past/time.Minute), "%d min ago", "%d min ago")
	case days == 0 || past < 6*time.Hour:
		return N(ctx, int(past/time.Hour), "%d h ago", "%d h ago")
	case days == 1:
		return T(ctx, "yesterday")
	case days < 7:
		return N(ctx, days, "%d day ago", "%d days ago")
	case s.sameYear(now, t):
		return s.format(layoutShort, t)
	}
	return s.format(layoutShortOld, t)
}

func (s speaker) ahead(ctx context.Context, now, t time.Time) string {
	left := t.Sub(now)
	switch days := int((left + 12*time.Hour) / (24 * time.Hour)); {
	case left < time.Minute:
		return T(ctx, "now")
	case left < time.Hour:
		return N(ctx, int(left/time.Minute), "in %d min", "in %d min")
	case left < 24*time.Hour:
		return N(ctx, int(left/time.Hour), "in %d h", "in %d h")
	case days < 31:
		return N(ctx, days, "in %d day", "in %d days")
	}
	return s.format(layoutDate, t)
}

// daysBetween counts midnights of the zone, so that yesterday begins at midnight and not 24 hours ago.
func (s speaker) daysBetween(from, to time.Time) int {
	midnight := func(t time.Time) time.Time {
		y, m, d := t.In(s.zone).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(to).Sub(midnight(from)) / (24 * time.Hour))
}

func (s speaker) sameYear(a, b time.Time) bool { return a.In(s.zone).Year() == b.In(s.zone).Year() }
