package seat

import (
	"slices"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/op"
)

// Day is how a pool was used on one day of UTC.
type Day struct {
	Day        string `db:"day" json:"day" format:"date"`
	Seats      int    `db:"seats" json:"seats"`
	Limit      int    `db:"at_a_time" json:"limit" doc:"So many could be used at a time: the seats and the overage, at the day's end."`
	Peak       int    `db:"peak" json:"peak" doc:"So many were in use at the same time at most."`
	TurnedAway int    `db:"turned_away" json:"turned_away" doc:"So often somebody found no seat. Who tries again meanwhile counts once."`
	Demand     int    `db:"demand" json:"demand" doc:"So many would have been in use at the same time at most, had nobody been turned away."`
	FullMS     int    `db:"full_ms" json:"-"`
	Full       int    `db:"-" json:"full_seconds" doc:"So long no seat was free."`
}

// span is the time for which somebody had a seat, or wished for one.
type span struct {
	From time.Time `db:"started_at"`
	To   time.Time `db:"ended_at"`
	Wish bool      `db:"wish"`
}

// reckon fills in what spans say of d, which lasts from a moment to another one. At one
// moment seats are left before others are taken. Whoever wished for a seat counts on the
// day on which they began to.
func (d *Day) reckon(spans []span, from, to time.Time) {
	type mark struct {
		at   time.Time
		by   int
		wish bool
	}
	var marks []mark
	for _, s := range spans {
		if s.Wish && !s.From.Before(from) && s.From.Before(to) {
			d.TurnedAway++
		}
		begin, end := s.From, s.To
		if begin.Before(from) {
			begin = from
		}
		if end.After(to) {
			end = to
		}
		if begin.Before(end) {
			marks = append(marks, mark{begin, 1, s.Wish}, mark{end, -1, s.Wish})
		}
	}
	slices.SortFunc(marks, func(a, b mark) int {
		if order := a.at.Compare(b.at); order != 0 {
			return order
		}
		return a.by - b.by
	})
	used, wanted := 0, 0
	for i, m := range marks {
		wanted += m.by
		if !m.wish {
			used += m.by
		}
		d.Peak, d.Demand = max(d.Peak, used), max(d.Demand, wanted)
		if used >= d.Limit && i+1 < len(marks) {
			d.FullMS += int(marks[i+1].at.Sub(m.at).Milliseconds())
		}
	}
}

// Usage is how a pool was used, day by day, and what would have sufficed.
type Usage struct {
	Items      []Day `json:"items" doc:"The oldest first; the last one is today, as far as it has gone."`
	Peak       int   `json:"peak"`
	TurnedAway int   `json:"turned_away"`
	FullDays   int   `json:"full_days" doc:"On so many days all that could be used at a time was in use."`
	Full       int   `json:"full_seconds"`
	Sufficient int   `json:"sufficient" doc:"With so many at a time nobody would have been turned away. Who was turned away is taken to have wanted a seat until they had one, or until the pool's sign-out time after their last try."`
}

// sum fills in what the days say together.
func (u *Usage) sum() {
	for i := range u.Items {
		d := &u.Items[i]
		d.Full = d.FullMS / 1000
		u.Peak, u.Sufficient = max(u.Peak, d.Peak), max(u.Sufficient, d.Demand)
		u.TurnedAway += d.TurnedAway
		u.Full += d.Full
		if d.FullMS > 0 {
			u.FullDays++
		}
	}
}

// Limits of what is asked about usage.
const (
	usualDays = 30
	mostDays  = 366
)

// UsageInput is of which pool, and of how many days.
type UsageInput struct {
	PoolRef
	Days int `query:"days" json:"-" doc:"So many days, today among them: 1 to 366; 30 if left out."`
}

// GetUsage answers how a pool was used. Errors: not_found, validation_failed.
var GetUsage = op.Query[UsageInput, Usage]{
	Name: "seat_pool.usage", Needs: authz.LicensesView, Scope: authz.InOrg,
	Run: func(t *op.Tx, in UsageInput) (Usage, error) {
		if in.Days == 0 {
			in.Days = usualDays
		}
		if in.Days < 1 || in.Days > mostDays {
			return Usage{}, errs.Invalid(errs.Wrong("days", "out_of_range", "Ask for 1 to 366 days."))
		}
		p, err := poolBy(t, in.ID)
		if err != nil {
			return Usage{}, err
		}
		return usage(t, p.Pool, in.Days)
	},
}

// midnight is the beginning of a day of UTC.
func midnight(at time.Time) time.Time { return at.UTC().Truncate(24 * time.Hour) }

// usage is how a pool was used on so many days: those that are over are written down,
// the others are reckoned from the leases.
func usage(t *op.Tx, p Pool, n int) (Usage, error) {
	today := midnight(t.Now())
	from := today.AddDate(0, 0, 1-n)
	if made := midnight(p.CreatedAt); made.After(from) {
		from = made
	}
	written, err := daysOf(t, p.ID, from)
	if err != nil {
		return Usage{}, err
	}
	u := Usage{Items: []Day{}}
	for at := from; !at.After(today); at = at.AddDate(0, 0, 1) {
		if len(written) > 0 && written[0].Day == at.Format(time.DateOnly) {
			u.Items, written = append(u.Items, written[0]), written[1:]
			continue
		}
		d, err := reckonDay(t, p, at)
		if err != nil {
			return u, err
		}
		u.Items = append(u.Items, d)
	}
	u.sum()
	return u, nil
}

// reckonDay is a day as the leases in it tell.
func reckonDay(t *op.Tx, p Pool, at time.Time) (Day, error) {
	d := Day{Day: at.Format(time.DateOnly), Seats: p.Seats, Limit: p.Limit}
	to := earlier(at.AddDate(0, 0, 1), t.Now())
	list, err := spans(t, p.ID, at, to)
	if err == nil {
		d.reckon(list, at, to)
	}
	return d, err
}

// turnAway notes that a user found no seat, or still finds none.
func turnAway(t *op.Tx, p Pool, l Lease) error {
	until := t.Now().Add(time.Duration(p.SignOutAfter) * time.Second)
	going, err := wishUntil(t, l, until)
	if err != nil || going {
		return err
	}
	return addWish(t, l, until)
}

// writeDays writes down the days of a pool that are over and are not written yet.
func writeDays(t *op.Tx, p Pool) error {
	today := midnight(t.Now())
	last, known, err := lastDay(t, p.ID)
	if err != nil {
		return err
	}
	at := midnight(p.CreatedAt)
	if known {
		if at, err = time.Parse(time.DateOnly, last); err != nil {
			return err
		}
		at = at.AddDate(0, 0, 1)
	}
	if oldest := midnight(t.Now().Add(-keep)); at.Before(oldest) {
		at = oldest
	}
	for ; at.Before(today); at = at.AddDate(0, 0, 1) {
		d, err := reckonDay(t, p, at)
		if err != nil {
			return err
		}
		if err := addDay(t, p.ID, d); err != nil {
			return err
		}
	}
	return nil
}
