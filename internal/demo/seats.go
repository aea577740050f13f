package demo

import (
	"time"

	"roster/internal/apikey"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/license"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/seat"
	"roster/internal/secret"
)

// desk is the support of Nordlys at work: who shares seats, and the product that takes
// and returns them.
type desk struct {
	*story
	product op.Call
	pools   map[string]id.SeatPool // by name; the default one without
	leases  map[string]seat.Lease  // by address
}

// nordlysSeats is how the support desks share seats: in EMEA three for five, which is
// sometimes too few, and in APAC five for three.
func nordlysSeats(s *story) {
	d := desk{story: s, pools: map[string]id.SeatPool{}, leases: map[string]seat.Lease{}}
	s.buys(on(46, 1015), guidance, "support", 8, 365)
	d.opens(on(45, 1110))
	inEMEA := []string{"o.shevchenko@nordlys.example", "ayse.yildirim@nordlys.example", "lukasz.szczesny@nordlys.example", "tamar.g@nordlys.example", latest.email}
	inAPAC := []string{"minh.khai@nordlys.example", "seoyeon.kim@nordlys.example", "priya@nordlys.example"}
	for i, email := range inAPAC {
		d.seats(on(45, 1120+i), "", email)
	}
	for i, email := range inEMEA {
		since := 45
		if email == latest.email {
			since = 15
		}
		d.seats(on(since, 1130+i), emea, email)
		for day := 29; day > 0; day-- {
			if day < since && s.now.AddDate(0, 0, -day).Weekday()%6 != 0 {
				begin := 8*60 + (i*131+day*day*47)%240
				d.works(emea, email, moment{day, begin}, 80+(i*53+day*29)%130)
			}
		}
	}
	for i, email := range inAPAC {
		for day := 29 - i; day > 0; day -= 2 {
			d.works("", email, moment{day, 2*60 + (i*80+day*31)%200}, 150)
		}
	}
	d.works(emea, "ayse.yildirim@nordlys.example", ago(64), 90)
	d.works(emea, "o.shevchenko@nordlys.example", ago(4), 0)
}

// opens makes the pool of the desk in EMEA, and the product's key.
func (d *desk) opens(m moment) {
	d.then(m, "share out seats", func(door *op.Door) error {
		call, err := d.as(door, maya)
		if err != nil {
			return err
		}
		key, err := apikey.Create.Do(d.ctx, door, call, apikey.New{Name: "Remote Guidance", Permissions: []authz.Permission{authz.SeatsLease}})
		if err != nil {
			return err
		}
		hash, _ := secret.HashToken(key.Secret, secret.APIKey)
		d.product = op.Call{By: authz.Caller{Key: hash.Bytes(), Origin: origin(0)}, Org: string(d.org)}
		made, err := seat.CreatePool.Do(d.ctx, door, call, seat.NewPool{Service: guidance, Plan: "support", Input: seat.Input{Name: patch.To(emea), Seats: patch.To(3)}})
		if err != nil {
			return err
		}
		list, err := seat.ListPools.Do(d.ctx, door, call, op.Nothing{})
		d.pools[emea], d.pools[""] = made.ID, list.Items[0].ID
		return err
	})
}

// seats makes somebody a member of a pool.
func (d *desk) seats(m moment, pool, email string) {
	act(d.story, m, siobhan, license.Assign, func() license.Assignment {
		return license.Assignment{User: d.users[email], Service: guidance, Plan: "support", Pool: d.pools[pool]}
	})
}

// works is somebody having a seat for so many minutes, the first one in a call, or
// finding none. What is not over yet goes on.
func (d *desk) works(pool, email string, m moment, minutes int) {
	d.then(m, email+" works", func(door *op.Door) error {
		l, err := seat.Acquire.Do(d.ctx, door, d.product, seat.Ask{Pool: d.pools[pool], User: d.users[email], Device: "Pixel 9"})
		if errs.Is(err, "no_seat") {
			return nil
		}
		if err == nil && minutes > 0 {
			l, err = seat.Renew.Do(d.ctx, door, d.product, seat.Sign{ID: l.ID, BusyUntil: m.at(d.now).Add(time.Duration(minutes) * time.Minute)})
		}
		d.leases[email] = l
		return err
	})
	if end := m.later(0, minutes); m.days > 0 {
		d.then(end, email+" stops", func(door *op.Door) error {
			l := d.leases[email]
			if delete(d.leases, email); l.ID == "" {
				return nil
			}
			_, err := seat.Return.Do(d.ctx, door, d.product, seat.LeaseRef{ID: l.ID})
			return err
		})
	}
}
