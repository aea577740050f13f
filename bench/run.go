package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"roster/internal/config"
	"roster/internal/password"
)

type runCommand struct {
	Database []string      `help:"sqlite, or postgres://… of a server on which the role may create databases. Several are measured one after another." default:"sqlite" placeholder:"ADDRESS"`
	Users    []int         `help:"Sizes to measure." default:"10000,100000" placeholder:"N"`
	Seed     uint64        `help:"The same seed makes the same people." default:"1" placeholder:"N"`
	Out      string        `help:"File for the figures as JSON." placeholder:"FILE" type:"path"`
	Page     string        `help:"Page whose marked block gets the tables." placeholder:"FILE" type:"path"`
	Most     time.Duration `help:"Give up after so long." default:"1h" placeholder:"DURATION"`
}

// Run implements the command. It leaves nothing behind but its report.
func (c *runCommand) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.Most)
	defer cancel()
	folder, err := os.MkdirTemp("", "roster-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	r := report{At: time.Now(), Machine: thisMachine()}
	binary := filepath.Join(folder, "roster")
	if r.Program, err = buildBoth(ctx, binary); err != nil {
		return err
	}
	for _, address := range c.Database {
		m, err := c.measureDatabase(ctx, folder, binary, address)
		if err != nil {
			return err
		}
		r.Databases = append(r.Databases, m)
	}
	fmt.Println(r.markdown())
	if c.Out != "" {
		err = r.write(c.Out)
	}
	if c.Page != "" {
		err = errors.Join(err, r.intoPage(c.Page))
	}
	return err
}

func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// buildBoth builds the program as it is and stripped, and hashes a few passwords.
func buildBoth(ctx context.Context, binary string) (program, error) {
	say("building")
	stripped := binary + "-stripped"
	if err := errors.Join(build(ctx, binary), build(ctx, stripped, "-ldflags=-s -w")); err != nil {
		return program{}, err
	}
	var p program
	for file, size := range map[string]*float64{binary: &p.SizeMiB, stripped: &p.StrippedMiB} {
		info, err := os.Stat(file)
		if err != nil {
			return p, err
		}
		*size = float64(info.Size()) / (1 << 20)
	}
	var times []time.Duration
	hasher := password.NewHasher()
	for range 20 {
		began := time.Now()
		if _, err := hasher.Hash(ctx, samplePassword); err != nil {
			return p, err
		}
		times = append(times, time.Since(began))
	}
	p.HashMillis = millis(median(times))
	return p, nil
}

func (c *runCommand) measureDatabase(ctx context.Context, folder, binary, address string) (measures, error) {
	d, err := openDatabase(ctx, address)
	if err != nil {
		return measures{}, err
	}
	defer d.close()
	m := measures{database: d}
	say("%s: starting on nothing", d.Name)
	empty := sized{}
	for range starts {
		err := d.with(ctx, folder, func(t target) error {
			first, err := t.startOnce(ctx, binary)
			m.FirstStart = append(m.FirstStart, first)
			if err == nil && len(m.FirstStart) == starts {
				err = t.startOften(ctx, binary, &empty)
			}
			return err
		})
		if err != nil {
			return m, err
		}
	}
	m.Sizes = append(m.Sizes, empty)
	for _, users := range c.Users {
		err := d.with(ctx, folder, func(t target) error {
			s, err := c.measureSize(ctx, binary, t, users)
			m.Sizes = append(m.Sizes, s)
			return err
		})
		if err != nil {
			return m, err
		}
	}
	return m, nil
}

// target is a fresh database and the key file beside it.
type target struct {
	*database
	address string
	keyFile string
}

// with calls f with a fresh database, and removes it.
func (d *database) with(ctx context.Context, folder string, f func(target) error) error {
	own, err := os.MkdirTemp(folder, "database-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(own)
	address, drop, err := d.create(ctx, own)
	if err != nil {
		return err
	}
	defer drop()
	return f(target{d, address, filepath.Join(own, "roster.key")})
}

func (t target) startOnce(ctx context.Context, binary string) (ms float64, err error) {
	s, err := start(ctx, binary, t.address, t.keyFile)
	if err != nil {
		return 0, err
	}
	return millis(s.ready), s.stop()
}

// startOften starts the program on what there is.
func (t target) startOften(ctx context.Context, binary string, into *sized) error {
	for range starts {
		ms, err := t.startOnce(ctx, binary)
		if err != nil {
			return err
		}
		into.Start = append(into.Start, ms)
	}
	say("%s, %s users: ready in %.0f ms", t.Name, thousands(into.Users), middleOf(into.Start))
	return nil
}

func (c *runCommand) measureSize(ctx context.Context, binary string, t target, users int) (sized, error) {
	size := sized{Users: users}
	var storage config.Storage
	if err := storage.Database.UnmarshalText([]byte(t.address)); err != nil {
		return size, err
	}
	storage.KeyFile = t.keyFile
	say("%s: filling with %s users", t.Name, thousands(users))
	sample, err := fill(ctx, storage, users, c.Seed)
	if err != nil {
		return size, err
	}
	size.PerSecond = float64(users) / sample.Took.Seconds()
	if err := t.tidy(ctx, t.address); err != nil {
		return size, err
	}
	if err := t.startOften(ctx, binary, &size); err != nil {
		return size, err
	}
	s, err := start(ctx, binary, t.address, t.keyFile)
	if err != nil {
		return size, err
	}
	b := bench{ctx, s, sample, say}
	err = b.all(&size)
	if err != nil {
		err = fmt.Errorf("%w; the server said:\n%s", err, s.said())
	}
	return size, errors.Join(err, s.stop())
}

// all measures one server: first what it needs when nothing happens, then what
// changes nothing, and last what leaves work behind for its workers.
func (b *bench) all(into *sized) (err error) {
	select {
	case <-time.After(idleFor):
	case <-b.ctx.Done():
		return b.ctx.Err()
	}
	if into.IdleMiB, err = b.server.memory("VmRSS"); err != nil {
		return err
	}
	reads, err := b.reads()
	if err != nil {
		return err
	}
	checks, err := b.checks()
	if err != nil {
		return err
	}
	leases, err := b.leases()
	if err != nil {
		return err
	}
	signIns, err := b.signIns()
	if err != nil {
		return err
	}
	invitations, err := b.invitations()
	if err != nil {
		return err
	}
	into.Measured = slices.Concat(reads, checks, leases, []measured{signIns}, invitations)
	into.PeakMiB, err = b.server.memory("VmHWM")
	return err
}

// middleOf is the median of some milliseconds.
func middleOf(ms []float64) float64 {
	sorted := slices.Sorted(slices.Values(ms))
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)-1)/2]
}
